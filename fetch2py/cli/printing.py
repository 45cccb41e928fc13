"""An answer's events → stdout and stderr, for a person, a pipe or a program.

Knows events and streams. Must not know where events come from.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, Protocol

from fetch2py.cli.terminal import Spinner, aside, dimmed, printable
from fetch2py.events import End, Error, Event, Reasoning, Text

__all__ = ["JsonLines", "Plain", "Printer"]


class Printer(Protocol):
    """Shows events one by one; `close` ends the line where one is open."""

    def show(self, event: Event) -> None: ...

    def close(self) -> None: ...


class Plain:
    """The text on stdout as it comes; reasoning, dimmed, on stderr.

    A terminal gets no control characters and a line end at last; a pipe gets the answer's own characters and
    nothing else.
    """

    def __init__(self, spinner: Spinner) -> None:
        self._spinner = spinner
        self._on_terminal = sys.stdout.isatty()
        self._open_reasoning = False
        self._at_line_start = True

    def show(self, event: Event) -> None:
        self._spinner.stop()
        if isinstance(event, Reasoning):
            self._open_reasoning = True
            aside(dimmed(printable(event.text) if sys.stderr.isatty() else event.text))
        elif isinstance(event, Text):
            self._end_reasoning()
            text = printable(event.text) if self._on_terminal else event.text
            sys.stdout.write(text)
            sys.stdout.flush()
            self._at_line_start = text.endswith("\n")

    def close(self) -> None:
        self._spinner.stop()
        self._end_reasoning()
        if self._on_terminal and not self._at_line_start:
            self._at_line_start = True
            sys.stdout.write("\n")
            sys.stdout.flush()

    def _end_reasoning(self) -> None:
        if self._open_reasoning:
            self._open_reasoning = False
            aside("\n\n" if sys.stderr.isatty() else "\n")


class Teller(Protocol):
    """Has something to tell once the answer is all in."""

    def told(self) -> dict[str, Any]: ...


class JsonLines:
    """One JSON object a line for each event, the end last; just before it, what `teller` tells."""

    def __init__(self, spinner: Spinner, teller: Teller | None = None) -> None:
        self._spinner = spinner
        self._teller = teller

    def show(self, event: Event) -> None:
        self._spinner.stop()
        if isinstance(event, End) and self._teller is not None:
            _write(self._teller.told())
        _write(_told(event))

    def close(self) -> None:
        self._spinner.stop()


def _write(told: Mapping[str, Any]) -> None:
    # In ASCII on a terminal: JSON leaves U+009B, which some obey as ESC [, as it is.
    sys.stdout.write(json.dumps(told, ensure_ascii=sys.stdout.isatty()) + "\n")
    sys.stdout.flush()


def _told(event: Event) -> dict[str, object]:
    if isinstance(event, End):
        return {"event": "end", "outcome": event.outcome, "ids": dict(event.ids)}
    if isinstance(event, Error):
        return {"event": "error", "message": event.message}
    return {"event": "text" if isinstance(event, Text) else "reasoning", "text": event.text}
