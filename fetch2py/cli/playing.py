"""`fetch2py play`: a recorded answer, shown as if it arrived now.

Knows options and files. Must not know how a recording is written, nor how its bytes are read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fetch2py.cli.answering import onlookers, show, showing_options
from fetch2py.cli.dialect_option import chosen_dialect
from fetch2py.errors import ReplyMalformed

if TYPE_CHECKING:
    from fetch2py.answer import Iterated
    from fetch2py.recording import Recording

__all__ = ["play_command"]

_EPILOG = """\b
Examples:
  fetch2py replay kimi "hello" --record hello.jsonl
  fetch2py play hello.jsonl
  fetch2py play hello.jsonl --speed 0 --dialect @rules.json --explain
"""


@click.command("play", epilog=_EPILOG)
@click.argument("file", metavar="FILE")
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    metavar="FACTOR",
    help="So many times as fast as it came; 0 doesn't wait at all.",
)
@showing_options
def play_command(file: str, speed: float, **options: Any) -> int:
    """Show the answer that is recorded in FILE as if it arrived now.

    Everything is as `fetch2py replay` does it, the exit code too; nothing is sent. --dialect reads it by
    other rules, and --stats tells the times of the recording, however fast it is played.
    """
    from time import sleep

    from fetch2py.answer import Pace, Played

    recording, chosen = _recording(file), chosen_dialect(options["dialect"])
    dialect = recording.head.dialect if chosen is None else chosen
    pace = Pace(speed, sleep)
    looks = onlookers(options, dialect, pace.clock)
    with looks:
        answer = Played(recording, pace, dialect=dialect, watchers=looks.watchers)
        return show(answer, options, looks, lambda answer: _next_step(answer, file))


def _recording(file: str) -> Recording:
    """What the file holds. Raises a usage error where it can't be read, ReplyMalformed where it is spoilt."""
    from fetch2py.recording import read

    try:
        return read(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ReplyMalformed(
            f"{file} isn't UTF-8 text, as a recording is.",
            hint="`fetch2py replay NAME --record FILE` makes one.",
        ) from error


def _next_step(answer: Iterated, file: str) -> str:
    from shlex import quote

    if not answer.text:
        return f"`fetch2py play {quote(file)} --speed 0 --explain` shows what the rules made of each record."
    return f"`fetch2py play {quote(file)} --speed 0 --raw` shows the server's own bytes."
