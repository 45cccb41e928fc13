"""`fetch2py replay`: a profile, a new message, and the answer as it arrives.

Knows options and the terminal. Must not know httpx, framing or how a dialect works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fetch2py.cli import terminal
from fetch2py.cli.answering import onlookers, show, showing_options
from fetch2py.cli.changing import (
    SETTINGS_HELP,
    new_message,
    request_lines,
    with_fields,
    with_files,
    with_settings,
)
from fetch2py.cli.dialect_option import chosen_dialect
from fetch2py.cli.names import profile_argument
from fetch2py.cli.remembering import remembered
from fetch2py.cli.tokens import token_note

if TYPE_CHECKING:
    from fetch2py.answer import Iterated
    from fetch2py.cli.lessons import Pupil
    from fetch2py.cli.recording_file import RecordingFile
    from fetch2py.request import Request

__all__ = ["replay_command"]

_EPILOG = """\b
Examples:
  fetch2py replay kimi -m "用一句话介绍你自己"
  fetch2py replay kimi "the message as a plain argument"
  git diff | fetch2py replay kimi -m -
  fetch2py replay kimi "hello" --json
  fetch2py replay kimi "hello" --stats --record hello.jsonl
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
@showing_options
@click.option("--record", metavar="FILE", help="Keep the answer as it arrives, for `fetch2py play FILE`.")
@click.option("--no-history", is_flag=True, help="Don't keep this replay in the history.")
@click.option("--yes", is_flag=True, help="If nobody knows the answer's rules, take the likeliest text.")
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
    from time import monotonic

    from fetch2py.answer import Answer
    from fetch2py.profiles import load
    from fetch2py.wire import Timeouts

    profile, chosen = load(options["name"]), chosen_dialect(options["dialect"])
    dialect = profile.dialect if chosen is None else chosen
    secrets = tuple(profile.secrets.values())
    looks = onlookers(options, dialect, monotonic, secrets)
    message = new_message(options["text"], options["message"])
    request = with_settings(profile.fill(message), options["settings"])
    request = with_fields(with_files(request, options["files"]), options["fields"])
    if options["dry_run"]:
        for line in request_lines(request, secrets):
            terminal.say(line)
        return 0
    if expired := token_note(profile.secrets, options["name"]):
        terminal.note(expired)
    with looks:
        if dialect is None and not options["raw"]:
            looks.pupil = _pupil(options, message or "", secrets)
        if options["record"]:
            looks.recording = _recording(options["record"], request, dialect, message, secrets)
        answer = Answer(
            request,
            dialect=dialect,
            sent=message or "",
            secrets=secrets,
            timeouts=Timeouts(*(options[f"{name}_timeout"] for name in ("connect", "first_byte", "idle"))),
            allow_lossy=options["allow_lossy"],
            watchers=looks.watchers,
        )
        kept = remembered(answer, profile=options["name"], message=message, secrets=secrets, clock=monotonic)
        with nullcontext() if options["no_history"] else kept:
            return show(answer, options, looks, lambda answer: _next_step(answer, options["name"]))


def _recording(
    path: str,
    request: Request,
    dialect: str | Mapping[str, Any] | None,
    message: str | None,
    secrets: Iterable[str],
) -> RecordingFile:
    from time import monotonic
    from urllib.parse import urlsplit

    from fetch2py.cli.recording_file import RecordingFile

    host = urlsplit(request.url).hostname or ""
    return RecordingFile(
        path, host=host, dialect=dialect, sent=message or "", secrets=secrets, clock=monotonic
    )


def _pupil(options: Mapping[str, Any], sent: str, secrets: tuple[str, ...]) -> Pupil:
    from fetch2py.cli.lessons import Asking, Pupil
    from fetch2py.cli.pasting import can_ask

    return Pupil(sent, Asking(options["name"], secrets, options["yes"], can_ask(None)))


def _next_step(answer: Iterated, name: str) -> str:
    raw = f"`fetch2py replay {name} --raw` shows the server's own bytes."
    if answer.status in (401, 403):
        return f"If the login has ended, copy the request again, then `fetch2py refresh {name}`."
    if answer.status == 429:
        return "Wait for a while, then try again."
    if answer.outcome == "error" and not answer.text:
        return f"If the login has ended, `fetch2py refresh {name}` with a new copy helps. {raw}"
    return f"Try again. {raw}"
