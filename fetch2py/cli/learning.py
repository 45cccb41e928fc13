"""`fetch2py learn`: where the text stands in a profile's answers, found out from one of them.

Knows options, files and the terminal. Must not know httpx, framing, nor how a lesson is drawn.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fetch2py.cli import terminal
from fetch2py.cli.changing import new_message
from fetch2py.cli.names import profile_argument
from fetch2py.cli.pasting import can_ask

if TYPE_CHECKING:
    from fetch2py.cli.lessons import Asking
    from fetch2py.learning import Lesson
    from fetch2py.profile import Profile

__all__ = ["learn_command"]

_EPILOG = """\b
Examples:
  fetch2py learn company                        sends the request once, and learns from its answer
  fetch2py learn company --from answer.txt      from what DevTools' “Copy response” gave
  fetch2py learn company --from answer.jsonl    from a recording that `replay --record` made
"""
_STDIN = "-"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@click.command("learn", epilog=_EPILOG)
@profile_argument
@click.option("--from", "file", metavar="FILE|-", type=click.Path(allow_dash=True), help="A kept answer.")
@click.option("-m", "--message", metavar="TEXT", help="The message to send; by default what was captured.")
@click.option("--yes", is_flag=True, help="Take the likeliest text without asking.")
def learn_command(name: str, file: str | None, message: str | None, yes: bool) -> int:
    """Find out where the text stands in NAME's answers, and keep that in the profile.

    Without a file the request is sent once. What is found is shown on stderr, and is printed and kept once
    you say that it is right.
    """
    from fetch2py.cli.lessons import Asking, keep
    from fetch2py.profiles import load

    if file is not None and message is not None:
        raise click.UsageError("--from FILE sends nothing, so there is no message to send.")
    profile = load(name)
    asking = Asking(name, tuple(profile.secrets.values()), yes, can_ask(file))
    if file is None:
        lesson = _from_server(profile, new_message(None, message), asking)
    else:
        lesson = _from_file(file, profile)
    reading = keep(lesson, asking)
    shown = terminal.printable(reading.text) + "\n" if sys.stdout.isatty() else reading.text
    sys.stdout.write(shown)
    sys.stdout.flush()
    return 0


def _from_server(profile: Profile, message: str | None, asking: Asking) -> Lesson:
    """Send the request once and listen. Raises WireError, and ReplyRefused for what is no answer."""
    from fetch2py.answer import Answer
    from fetch2py.cli.lessons import Pupil

    sent = _held(profile) if message is None else message
    pupil = Pupil(sent, asking, eager=True)
    terminal.note(f"Sending the request of {asking.name} once, to learn from its answer.")
    # Rules that find nothing, so that whatever the host is known for doesn't stand in the way.
    answer = Answer(profile.fill(message), dialect={}, sent=sent, secrets=asking.secrets, watchers=[pupil])
    with answer:
        for _ in answer:
            pass
    if not answer.unread:
        answer.raise_for_outcome()
    return pupil.lesson()


def _from_file(file: str, profile: Profile) -> Lesson:
    from fetch2py.learning import learn
    from fetch2py.recording import is_recording, read

    try:
        raw = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file} can't be read: {error.strerror}.") from error
    if raw[:2] in _UTF_16_MARKS:
        # What Windows' shells write.
        raw = raw.decode("utf-16", "replace").encode()
    if is_recording(raw[:200].decode("utf-8", "replace")):
        kept = read(raw.decode("utf-8", "replace"))
        sent = kept.head.sent or _held(profile)
        return learn([piece.data for piece in kept.pieces], headers=kept.head.headers, sent=sent)
    return learn([raw], sent=_held(profile))


def _held(profile: Profile) -> str:
    """What the slot holds in the request as it was captured; "" where there is none."""
    from fetch2py import message
    from fetch2py.errors import ProfileError

    try:
        return message.held(profile.captured(), profile.slot) if profile.slot else ""
    except ProfileError:
        return ""
