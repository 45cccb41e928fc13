"""What a person sees: notes and errors on stderr, the answer on stdout, and nothing that drives the terminal.

Knows streams, terminals and colours. Must not know profiles, HTTP or what an answer means.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import TextIO

import click

from fetch2py.errors import Fetch2pyError, SnippetError

__all__ = ["Spinner", "aside", "complain", "dimmed", "forget", "note", "printable", "report", "say"]

# C0 but tab and line feed, DEL, and C1, which some terminals obey as they obey ESC [; and the marks that turn
# the direction of what follows, which show a text in another order than its own.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


def printable(text: str) -> str:
    """`text` with control characters as their pictures (ESC as ␛): a terminal shows and obeys none."""
    return _CONTROLS.sub(lambda match: _picture(match[0]), text.replace("\r\n", "\n"))


def say(text: str, *, bold: bool = False) -> None:
    """A line of a command's own output, on stdout."""
    shown = printable(text) if sys.stdout.isatty() else text
    click.echo(click.style(shown, bold=True) if bold and _coloured(sys.stdout) else shown)


def note(text: str) -> None:
    """A line beside the output, on stderr."""
    aside(printable(text) + "\n")


def aside(text: str) -> None:
    """Text on stderr as it stands. What can't be written there is let go: the output counts."""
    try:
        click.echo(text, err=True, nl=False)
    except OSError:
        forget(sys.stderr)


def forget(stream: TextIO) -> None:
    """Lets go of a stream that can't be written: the interpreter's last flush must find somewhere to go."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(message: str, hint: str = "", where: str = "", excerpt: str = "") -> None:
    """An error in one voice, on stderr: what happened, where, what to do next."""
    aside(f"{_label(f'error{where}:', 'red')} {printable(message)}\n")
    if excerpt:
        note(excerpt)
    if hint:
        aside(f"{_label('next:', None)} {printable(hint)}\n")


def report(error: Fetch2pyError) -> None:
    """An error of the library's, on stderr; of a snippet with the place in it."""
    if not isinstance(error, SnippetError) or not error.source.strip():
        complain(error.message, error.hint)
        return
    from fetch2py.cli.excerpt import excerpt

    complain(error.message, error.hint, f" (line {error.line}, column {error.column})", excerpt(error))


def dimmed(text: str) -> str:
    """The text dimmed where stderr is a terminal."""
    return click.style(text, dim=True) if _coloured(sys.stderr) else text


class Spinner:
    """A sign of life on stderr, where that is a terminal that can go back in a line, until `stop`."""

    _FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
    _PERIOD = 0.1  # seconds; slower looks stuck, faster flickers

    def __init__(self, stream: TextIO, label: str) -> None:
        self._stream, self._label = stream, label
        self._stopped = threading.Event()
        turns = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._thread = threading.Thread(target=self._turn, daemon=True) if turns else None

    def __enter__(self) -> Spinner:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Wipes the sign. May be called again."""
        self._stopped.set()
        if self._thread and self._thread.is_alive():
            self._thread.join()

    def _turn(self) -> None:
        turn = 0
        while not self._stopped.is_set():
            self._put(f"\r{self._FRAMES[turn % len(self._FRAMES)]} {self._label}")
            turn += 1
            self._stopped.wait(self._PERIOD)
        # Spaces rather than an escape sequence: every terminal knows them.
        self._put(f"\r{' ' * (len(self._label) + 2)}\r")

    def _put(self, text: str) -> None:
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()


def _picture(control: str) -> str:
    code = ord(control)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _label(text: str, colour: str | None) -> str:
    return click.style(text, fg=colour, bold=True) if _coloured(sys.stderr) else text
