"""`fetch2py replay`: a profile, a new message, and the answer as it arrives.

Knows options and the terminal. Must not know httpx, framing or how a dialect works.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fetch2py.cli import terminal
from fetch2py.cli.changing import (
    SETTINGS_HELP,
    new_message,
    request_lines,
    with_fields,
    with_files,
    with_settings,
)
from fetch2py.cli.dialect_option import chosen_dialect, dialect_option
from fetch2py.cli.names import profile_argument
from fetch2py.cli.tokens import token_note
from fetch2py.errors import ExchangeError, WireError
from fetch2py.events import End, Error

if TYPE_CHECKING:
    from fetch2py.answer import Answer
    from fetch2py.cli.printing import Printer

__all__ = ["replay_command"]

_EPILOG = """\b
Examples:
  fetch2py replay kimi -m "用一句话介绍你自己"
  fetch2py replay kimi "the message as a plain argument"
  git diff | fetch2py replay kimi -m -
  fetch2py replay kimi "hello" --json
"""
# What the time-outs can be set to at most, in seconds: what the wire takes.
_LONGEST = 1_000_000

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def _seconds(option: str, default: float, told: str) -> Callable[[_Decorated], _Decorated]:
    kind = click.FloatRange(min=0, max=_LONGEST)
    return click.option(option, type=kind, default=default, show_default=True, metavar="SECONDS", help=told)


@click.command("replay", epilog=_EPILOG)
@profile_argument
@click.argument("text", required=False, metavar="[MESSAGE]")
@click.option("-m", "--message", metavar="TEXT", help="The new message; - is stdin, @FILE a file, @@ an @.")
@click.option("--set", "settings", multiple=True, metavar="SLOT=VALUE", help=SETTINGS_HELP)
@click.option("-H", "--header", "fields", multiple=True, metavar="'NAME: VALUE'", help="Set a header field.")
@click.option(
    "--file", "files", multiple=True, metavar="FIELD=PATH", help="A form's file that the copy lost."
)
@dialect_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line for each event.")
@click.option("--raw", is_flag=True, help="Pass the answer's bytes through as they come.")
@click.option("--allow-lossy", is_flag=True, help="Send even a body that has lost bytes in the copy.")
@click.option("--dry-run", is_flag=True, help="Show the request, secrets masked; send nothing.")
@_seconds("--connect-timeout", 10, "To connect; 0 waits for ever.")
@_seconds("--first-byte-timeout", 120, "To the answer's first byte; 0 waits for ever.")
@_seconds("--idle-timeout", 0, "Between two pieces of the answer; 0 waits for ever.")
def replay_command(**options: Any) -> int:
    """Send NAME's request with a new message and print the answer as it arrives.

    The answer goes to stdout; reasoning and notes go to stderr. Without a message the request goes out as it
    was captured. A header field without a value is left out.
    """
    from fetch2py.answer import Answer
    from fetch2py.profiles import load
    from fetch2py.wire import Timeouts

    if options["as_json"] and options["raw"]:
        raise click.UsageError("--json and --raw are two ways to print one answer: choose one.")
    profile, dialect = load(options["name"]), chosen_dialect(options["dialect"])
    message = new_message(options["text"], options["message"])
    request = with_settings(profile.fill(message), options["settings"])
    request = with_fields(with_files(request, options["files"]), options["fields"])
    secrets = profile.secrets.values()
    if options["dry_run"]:
        for line in request_lines(request, secrets):
            terminal.say(line)
        return 0
    if expired := token_note(profile.secrets, options["name"]):
        terminal.note(expired)
    answer = Answer(
        request,
        dialect=profile.dialect if dialect is None else dialect,
        sent=message or "",
        secrets=secrets,
        timeouts=Timeouts(*(options[f"{name}_timeout"] for name in ("connect", "first_byte", "idle"))),
        allow_lossy=options["allow_lossy"],
    )
    _print(answer, options)
    return _conclude(answer, options["name"])


def _print(answer: Answer, options: Mapping[str, Any]) -> None:
    """The whole answer, in the way that was asked for. Raises WireError, after what there was of it."""
    from fetch2py.cli.printing import JsonLines, Plain

    with terminal.Spinner(sys.stderr, "waiting for the first token") as spinner:
        printer: Printer = JsonLines(spinner) if options["as_json"] else Plain(spinner)
        try:
            with answer:
                if options["raw"]:
                    _pass_through(answer.raw_chunks(), spinner)
                else:
                    for event in answer:
                        printer.show(event)
        except WireError as error:
            # A program that reads lines is told as well, and finds an end.
            printer.show(Error(error.message))
            printer.show(End(answer.outcome or "error", answer.ids))
            raise _with_hint(error, answer, options["name"]) from error
        finally:
            printer.close()


def _pass_through(chunks: Iterator[bytes], spinner: terminal.Spinner) -> None:
    for chunk in chunks:
        spinner.stop()
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()


def _conclude(answer: Answer, name: str) -> int:
    """The exit code, after the notes on the answer and what was wrong with it."""
    for told in answer.notes:
        if told != answer.error:
            terminal.note(told)
    try:
        answer.raise_for_outcome()
    except ExchangeError as error:
        raise _with_hint(error, answer, name) from error
    return 0


def _with_hint(error: ExchangeError, answer: Answer, name: str) -> ExchangeError:
    return type(error)(error.message, hint=error.hint or _next_step(answer, name))


def _next_step(answer: Answer, name: str) -> str:
    raw = f"`fetch2py replay {name} --raw` shows the server's own bytes."
    if answer.status in (401, 403):
        return f"If the login has ended, copy the request again, then `fetch2py refresh {name}`."
    if answer.status == 429:
        return "Wait for a while, then try again."
    if answer.outcome == "error" and not answer.text:
        return f"If the login has ended, `fetch2py refresh {name}` with a new copy helps. {raw}"
    return f"Try again. {raw}"
