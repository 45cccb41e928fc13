"""The command line: the table of commands, and the one place where errors become exit codes.

Knows click and the terminal. Must not know esprima, httpx or framing. A command is imported when it is run,
so that `--help` costs little more than click itself.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from fetch2py.cli import terminal
from fetch2py.errors import Fetch2pyError
from fetch2py.version import __version__

__all__ = ["main", "run"]

INTERRUPTED = 130
UNWRITTEN = 1
# Between two searches for garbage: more than all imports together make, few enough for the longest stream.
_ALLOCATIONS = 100_000
# Windows says EINVAL of a pipe without a reader.
_READER_HAS_GONE = (errno.EPIPE, errno.EINVAL)

# name: (module, short help). The function has the command's name, with _command behind it.
COMMANDS = {
    "import": ("importing", "Keep a copied request as a profile."),
    "replay": ("replaying", "Send a profile's request with a new message; the answer streams."),
    "learn": ("learning", "Find out where the text stands in a profile's answers."),
    "play": ("playing", "Show an answer that was recorded, as if it arrived now."),
    "history": ("history", "The replays that were kept, with their answers."),
    "list": ("shelf", "The profiles, with host, slot and how long their tokens live."),
    "show": ("shelf", "A profile and its request, secrets masked."),
    "edit": ("shelf", "Open a profile's file in your editor."),
    "refresh": ("importing", "Paste a profile's request again: new secrets, your edits kept."),
    "rename": ("shelf", "Give a profile another name."),
    "remove": ("shelf", "Delete a profile and its secrets."),
    "path": ("shelf", "Where the profiles and secrets lie."),
    "settings": ("settings", "What holds for every profile: the User-Agent, the history."),
    "serve": ("serving", "Stream profiles to a page of yours, curl, or any OpenAI client."),
    "demo": ("demo", "The whole main job against a stand-in server on this machine."),
    "completion": ("completion", "The script that completes commands and names in your shell."),
}

_EPILOG = """\b
Example:
  fetch2py import -n kimi --sent "你好"        (reads the clipboard)
  fetch2py replay kimi -m "用一句话介绍你自己"
"""


class _Interrupted(Exception):
    """Ctrl-C, kept from click, which has a line and an exit code of its own for it."""


class _Unwritten(Exception):
    """A write that the system refused, kept from click for the same reason."""


@contextmanager
def _kept_from_click() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise _Interrupted from None
    except OSError as error:
        raise _Unwritten from error


class _Commands(click.Group):
    """Commands from the table, each imported when it is asked for."""

    def make_context(self, *arguments: Any, **named: Any) -> click.Context:
        with _kept_from_click():
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: click.Context) -> Any:
        with _kept_from_click():
            return super().invoke(ctx)

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
    _open_missing()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.isatty():
            stream.reconfigure(errors="replace")
        elif isinstance(stream, TextIOWrapper):
            # A pipe takes the answer's own bytes: UTF-8 and no line ends of ours, on every system.
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    # What imports leave is no garbage. Searching all of it, some ten times on the way and again at the exit,
    # takes a seventh of a short command's time.
    gc.set_threshold(_ALLOCATIONS)
    # Given as a list, since click would read a message such as "what is *.py" as a pattern on Windows.
    code = run(sys.argv[1:] if arguments is None else arguments)
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Runs a command line and returns its exit code."""
    try:
        code = cli.main(arguments, prog_name="fetch2py", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        terminal.aside(f"{error.format_message()}\n")
        return error.exit_code
    except click.ClickException as error:
        terminal.complain(error.format_message(), _usage(error))
        return error.exit_code
    except (KeyboardInterrupt, click.Abort, _Interrupted):
        terminal.note("Interrupted.")
        return INTERRUPTED
    except Fetch2pyError as error:
        terminal.report(error)
        return error.exit_code
    except _Unwritten as error:
        return _unwritten(error.__cause__)
    except OSError as error:
        return _unwritten(error)
    return code if isinstance(code, int) else 0


def _usage(error: click.ClickException) -> str:
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    return f"`{error.ctx.command_path} --help` shows how it is used."


def _unwritten(error: BaseException | None) -> int:
    """The exit code after a write failed; quiet where the reader has gone, as `head -1` does."""
    terminal.forget(sys.stdout)
    if not isinstance(error, OSError) or error.errno in _READER_HAS_GONE:
        return 0
    where = f"{error.filename} can't be used" if error.filename else "The output can't be written"
    terminal.complain(
        f"{where}: {error.strerror}.", "Make room there, or choose another place, and try again."
    )
    return UNWRITTEN


def _open_missing() -> None:
    """Gives a process that was started without stdin, stdout or stderr an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  # kept open
