"""`--stats`: what it was like to wait for the answer, on stderr or as an object among the others.

Knows clocks and how figures are printed. Must not know how they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from fetch2py.answer import Fields, Watcher
from fetch2py.arrival import Arrival, Figures
from fetch2py.dialects import Account
from fetch2py.events import Event, Reasoning, Text

__all__ = ["Statistics", "figure_lines"]

_DIGITS = 3


class Statistics(Watcher):
    """Times an answer by `clock`, which tells seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = 0.0
        self._arrival = Arrival()
        self.account = self._record

    def begin(self) -> None:
        self._start = self._clock()

    def head(self, status: int, headers: Fields) -> None:
        self._arrival.head(self._now())

    def piece(self, data: bytes, events: Sequence[Event]) -> None:
        now = self._now()
        self._arrival.piece(now, len(data))
        self._arrival.texts(now, _texts(events))

    def end(self, how: str, error: str, events: Sequence[Event]) -> None:
        now = self._now()
        self._arrival.texts(now, _texts(events))
        self._arrival.end(now)

    def told(self) -> dict[str, Any]:
        """The figures as an object of --json."""
        figures = asdict(self._arrival.figures()).items()
        return {
            "event": "stats",
            **{name: round(value, _DIGITS) if type(value) is float else value for name, value in figures},
        }

    def lines(self) -> list[str]:
        """The figures for a person; none where no answer came, for then the error says it all."""
        figures = self._arrival.figures()
        return [] if figures.to_head is None else list(figure_lines(figures))

    def _now(self) -> float:
        return self._clock() - self._start

    def _record(self, account: Account) -> None:
        self._arrival.record(account.data)


def figure_lines(figures: Figures) -> Iterator[str]:
    """A line for each thing that there is to say of an answer that came."""
    yield f"head         {_seconds(figures.to_head)}"
    yield f"first token  {_seconds(figures.to_first_token)}"
    yield f"end          {_seconds(figures.to_end)}, {figures.bytes:,} bytes in {figures.pieces:,} pieces"
    yield f"longest gap  {_seconds(figures.longest_gap)}"
    if figures.tokens is None:
        yield "tokens       not told by the server"
    else:
        yield f"tokens       {figures.tokens:,} by the server's count{_rate(figures.tokens_per_second)}"
    if figures.events:
        yield f"events       {figures.events:,} of text and reasoning{_rate(figures.events_per_second)}"
        yield f"characters   {figures.characters:,}{_rate(figures.characters_per_second)}"
    yield f"arrival      {figures.arrival}  ({figures.step:g} s each)"


def _texts(events: Sequence[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Text | Reasoning)]


def _seconds(value: float | None) -> str:
    return "never came" if value is None else f"{value:.3f} s"


def _rate(value: float | None) -> str:
    return "" if value is None else f", {value:,.1f} a second"
