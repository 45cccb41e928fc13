"""`fetch2py replay`: a profile, a new message, and the answer as it arrives.

Knows options and the terminal. Must not know httpx, framing or how a dialect works.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from fetch2py.errors import ExchangeError, ReplyMalformed
from fetch2py.request import Headers, Request

from . import terminal
from .dialect_option import chosen_dialect, dialect_option
from .names import profile_argument
from .tokens import token_note

__all__ = ["replay_command"]

_EPILOG = """\b
Examples:
  fetch2py replay kimi -m "用一句话介绍你自己"
  fetch2py replay kimi "the message as a plain argument"
  git diff | fetch2py replay kimi -m -
  fetch2py replay kimi "hello" --json
"""


def _seconds(option: str, default: float, told: str) -> Any:
    kind = click.FloatRange(min=0, max=1_000_000)
    return click.option(option, type=kind, default=default, show_default=True, metavar="SECONDS", help=told)


@click.command("replay", epilog=_EPILOG)
@profile_argument
@click.argument("text", required=False, metavar="[MESSAGE]")
@click.option("-m", "--message", metavar="TEXT", help="The new message; - is stdin, @FILE a file, @@ an @.")
@click.option("--set", "settings", multiple=True, metavar="SLOT=TEXT", help="Fill another place as well.")
@click.option("-H", "--header", "fields", multiple=True, metavar="'NAME: VALUE'", help="Set a header field.")
@dialect_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line for each event.")
@click.option("--raw", is_flag=True, help="Pass the answer's bytes through as they come.")
@click.option("--dry-run", is_flag=True, help="Show the request, secrets masked; send nothing.")
@_seconds("--connect-timeout", 10, "To connect; 0 waits for ever.")
@_seconds("--first-byte-timeout", 120, "To the answer's first byte; 0 waits for ever.")
@_seconds("--idle-timeout", 0, "Between two pieces of the answer; 0 waits for ever.")
def replay_command(**options: Any) -> int:
    """Send NAME's request with a new message and print the answer as it arrives.

    The answer goes to stdout; reasoning and notes go to stderr. Without a message the request goes out as it
    was captured. A header field without a value is left out.
    """
    from fetch2py.profiles import load

    if options["as_json"] and options["raw"]:
        raise click.UsageError("--json and --raw are two ways to print one answer: choose one.")
    profile = load(options["name"])
    message = _message(options["text"], options["message"])
    request = _with_settings(profile.fill(message), options["settings"])
    request = _with_fields(request, options["fields"])
    if options["dry_run"]:
        for line in _request_lines(request, profile.secrets.values()):
            terminal.say(line)
        return 0
    if expired := token_note(profile.secrets, options["name"]):
        terminal.note(expired)
    dialect = chosen_dialect(options["dialect"]) or profile.dialect
    return _send(request, dialect, message or "", options)


def _send(
    request: Request, dialect: str | Mapping[str, Any] | None, sent: str, options: Mapping[str, Any]
) -> int:
    from fetch2py.answer import Answer
    from fetch2py.wire import Timeouts

    from .printing import JsonLines, Plain, Printer

    timeouts = Timeouts(*(options[f"{name}_timeout"] for name in ("connect", "first_byte", "idle")))
    answer = Answer(request, dialect=dialect, sent=sent, timeouts=timeouts)
    with terminal.Spinner(sys.stderr, "waiting for the first token") as spinner:
        printer: Printer = JsonLines(spinner) if options["as_json"] else Plain(spinner)
        try:
            with answer:
                if options["raw"]:
                    _pass_through(answer.raw_chunks(), spinner)
                else:
                    for event in answer:
                        printer.show(event)
        finally:
            printer.close()
    try:
        answer.raise_for_outcome()
    except ExchangeError as error:
        terminal.report(
            type(error)(error.message, hint=error.hint or _next_step(answer.status, options["name"]))
        )
        return error.exit_code
    return 0


def _pass_through(chunks: Iterator[bytes], spinner: terminal.Spinner) -> None:
    for chunk in chunks:
        spinner.stop()
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()


def _next_step(status: int | None, name: str) -> str:
    if status in (401, 403):
        return f"If the login has ended, copy the request again, then `fetch2py refresh {name}`."
    return f"`fetch2py replay {name} --raw` shows the server's own bytes." if status == 200 else ""


def _message(argument: str | None, option: str | None) -> str | None:
    """The new message; one line end at the end of stdin or a file is the shell's, not the person's."""
    if argument is not None and option is not None:
        raise click.UsageError("The message is given twice: as an argument and with -m.")
    if option is None or not option.startswith(("-", "@")) or (option.startswith("-") and option != "-"):
        return argument if option is None else option
    if option.startswith("@@"):
        return option[1:]
    try:
        raw = sys.stdin.buffer.read() if option == "-" else Path(option[1:]).read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"-m {option}: {error}; for a message that begins with @ write @@.") from error
    return text.removesuffix("\n").removesuffix("\r")


def _with_settings(request: Request, settings: tuple[str, ...]) -> Request:
    from fetch2py.message import fill

    for setting in settings:
        slot, equals, text = setting.partition("=")
        if not equals:
            raise click.UsageError(f"--set {setting}: it wants SLOT=TEXT, such as json:/model=k2.")
        request = fill(request, slot, (), text)
    return request


def _with_fields(request: Request, fields: tuple[str, ...]) -> Request:
    headers = request.headers
    for field in fields:
        name, colon, value = field.partition(":")
        if not colon or not name.strip():
            raise click.UsageError("-H wants 'name: value'.")
        headers = _replaced(headers, name.strip(), value.strip())
    return replace(request, headers=headers)


def _replaced(headers: Headers, name: str, value: str) -> Headers:
    """The fields with `name` set at its old place, added last, or, without a value, left out."""
    if not value:
        return headers.without(name)
    if not headers.has(name):
        return headers.plus(name, value)
    first = next(pair for pair in headers if pair[0].lower() == name.lower())
    kept = (pair for pair in headers if pair is first or pair[0].lower() != name.lower())
    return Headers((pair[0], value) if pair is first else pair for pair in kept)


def _request_lines(request: Request, secrets: Any) -> Iterator[str]:
    """The request as it would go out, secrets masked."""
    from fetch2py.credentials import redact

    head = [f"{request.method} {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
    body = [] if request.body is None else ["", request.body.decode("utf-8", "backslashreplace")]
    yield from redact("\n".join(head + body), secrets).split("\n")
