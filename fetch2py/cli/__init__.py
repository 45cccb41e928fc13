"""The command line: the table of commands, and the one place where errors become exit codes.

Knows click and the terminal. Must not know esprima, httpx or framing. A command is imported when it is run,
so that `--help` costs little more than click itself.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from fetch2py.errors import Fetch2pyError
from fetch2py.version import __version__

from . import terminal

__all__ = ["main"]

INTERRUPTED = 130

# name: (module, short help). The function has the command's name, with _command behind it.
COMMANDS = {
    "import": ("importing", "Keep a copied request as a profile."),
    "replay": ("replaying", "Send a profile's request with a new message; the answer streams."),
    "list": ("shelf", "The profiles, with host, slot and how long their tokens live."),
    "show": ("shelf", "A profile and its request, secrets masked."),
    "edit": ("shelf", "Open a profile's file in your editor."),
    "refresh": ("importing", "Paste a profile's request again: new secrets, your edits kept."),
    "rename": ("shelf", "Give a profile another name."),
    "remove": ("shelf", "Delete a profile and its secrets."),
    "path": ("shelf", "Where the profiles and secrets lie."),
    "demo": ("demo", "The whole main job against a stand-in server on this machine."),
    "completion": ("completion", "The script that completes commands and names in your shell."),
}

_EPILOG = """\b
Example:
  fetch2py import -n kimi --sent "你好"        (reads the clipboard)
  fetch2py replay kimi -m "用一句话介绍你自己"
"""


class _Commands(click.Group):
    """Commands from the table, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{__name__}.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fetch2py")
def cli() -> None:
    """Paste a browser's “Copy as fetch”, send it again with a new message, watch the answer stream.

    Exit codes: 0 clean, 2 usage, 3 the snippet, 4 the profile, 5 the network, 6 refused by the server,
    7 malformed or broken off, 130 interrupted.
    """


def main(arguments: list[str] | None = None) -> None:
    """Runs a command line and exits with its code."""
    for stream in (sys.stdout, sys.stderr):
        # A pipe takes the answer's own bytes: UTF-8 and no line ends of ours, on every system.
        if not stream.isatty() and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Runs a command line and returns its exit code."""
    try:
        code = cli.main(arguments, prog_name="fetch2py", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        terminal.note("Interrupted.")
        return INTERRUPTED
    except Fetch2pyError as error:
        terminal.report(error)
        return error.exit_code
    except BrokenPipeError:
        _forget_stdout()
        return 0
    return code if isinstance(code, int) else 0


def _forget_stdout() -> None:
    # Whoever read has gone, as `head -1` does; the interpreter's last flush must find somewhere to go.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
