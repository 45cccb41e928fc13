"""What a person sees: notes and errors on stderr, the answer on stdout, and nothing that drives the terminal.

Knows streams, terminals and colours. Must not know profiles, HTTP or what an answer means.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from types import TracebackType
from typing import TextIO

import click

from fetch2py.errors import Fetch2pyError, SnippetError

__all__ = ["Spinner", "dimmed", "note", "printable", "report", "say"]

# C0 but tab and line feed, DEL, and C1, which some terminals obey as they obey ESC [.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Around an error's place this much of its line is shown: enough to find it, too little for a whole token.
_EXCERPT = 38


def printable(text: str) -> str:
    """`text` with control characters as their pictures (ESC as ␛): a terminal shows and obeys none."""
    return _CONTROLS.sub(lambda match: _picture(match[0]), text.replace("\r\n", "\n"))


def say(text: str, *, bold: bool = False) -> None:
    """A line of a command's own output, on stdout."""
    shown = printable(text) if sys.stdout.isatty() else text
    click.echo(click.style(shown, bold=True) if bold and _coloured(sys.stdout) else shown)


def note(text: str) -> None:
    """A line beside the output, on stderr."""
    click.echo(printable(text), err=True)


def report(error: Fetch2pyError) -> None:
    """An error on stderr: what happened, where, what to do next."""
    placed = isinstance(error, SnippetError) and error.source.strip()
    where = (
        f" (line {error.line}, column {error.column})" if isinstance(error, SnippetError) and placed else ""
    )
    click.echo(f"{_label(f'error{where}:', 'red')} {printable(error.message)}", err=True)
    if isinstance(error, SnippetError) and placed:
        note(_excerpt(error))
    if error.hint:
        click.echo(f"{_label('next:', None)} {printable(error.hint)}", err=True)


def dimmed(text: str) -> str:
    """The text dimmed where stderr is a terminal."""
    return click.style(text, dim=True) if _coloured(sys.stderr) else text


class Spinner:
    """A sign of life on stderr, where that is a terminal, until `stop`."""

    _FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
    _PERIOD = 0.1  # seconds; slower looks stuck, faster flickers

    def __init__(self, stream: TextIO, label: str) -> None:
        self._stream, self._label = stream, label
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._turn, daemon=True) if stream.isatty() else None

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
            frame = self._FRAMES[turn % len(self._FRAMES)]
            self._stream.write(f"\r{frame} {self._label}")
            self._stream.flush()
            turn += 1
            self._stopped.wait(self._PERIOD)
        self._stream.write("\r\x1b[2K")
        self._stream.flush()


def _excerpt(error: SnippetError) -> str:
    """The part of the line around the error, redacted, with carets under the place."""
    from fetch2py.credentials import redact

    start, end = error.span
    first = max(error.source.rfind("\n", 0, start), error.source.rfind("\r", 0, start)) + 1
    last = min(
        (p for p in (error.source.find(e, start) for e in "\r\n") if p >= 0), default=len(error.source)
    )
    left, right = max(first, start - _EXCERPT), min(last, max(end, start + 1) + _EXCERPT)
    before = redact(error.source[left:start].lstrip("\t "))
    marked = redact(error.source[start : min(end, last)])
    after = redact(error.source[min(end, last) : right])
    before, marked, after = (printable(part.replace("\t", " ")) for part in (before, marked, after))
    return f"  {before}{marked}{after}\n  {' ' * _width(before)}{'^' * max(1, min(_width(marked), 60))}"


def _width(text: str) -> int:
    """The columns that a text takes: East Asian wide characters take two."""
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _picture(control: str) -> str:
    code = ord(control)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"\\x{code:02x}"


def _coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")


def _label(text: str, colour: str | None) -> str:
    return click.style(text, fg=colour, bold=True) if _coloured(sys.stderr) else text
