"""Which dialect an answer is in, by its host or by its first records.

Knows the signs that dialects carry. Must not know any dialect in particular, bytes, nor HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from fetch2py.dialects.pointers import raw_text
from fetch2py.dialects.rows import DIALECTS
from fetch2py.dialects.rules import Dialect, compile_dialect
from fetch2py.errors import ProfileInvalid
from fetch2py.framing import Frame, records
from fetch2py.jsontext import parse

__all__ = ["Detector", "by_host", "family", "in_framing", "named"]

_MOST_FRAMES = 256
_MOST_TEXT = 1024 * 1024
"""How much of an answer is held while its dialect isn't known, in frames and in characters or bytes. In every
answer that was seen a sign stands in the first records, and what is held can't be shown."""


@cache
def named(name: str) -> Dialect:
    """The dialect of that name, compiled. Raises ProfileInvalid where there is none."""
    if name not in DIALECTS:
        raise ProfileInvalid(
            f"There is no dialect named {name!r}.",
            hint=f"Choose one of {', '.join(DIALECTS)}, or none to detect it.",
        )
    return compile_dialect(DIALECTS[name], name)


def in_framing(dialect: Dialect, framing: str) -> Dialect:
    """The dialect, or the one that reads the same site's answers in this framing."""
    return next((one for one in family(dialect) if one.framing == framing), dialect)


def family(dialect: Dialect) -> tuple[Dialect, ...]:
    """The dialect, and the one for the same site's other framing."""
    return (dialect, named(dialect.also)) if dialect.also else (dialect,)


def by_host(host: str, framing: str) -> Dialect | None:
    """The dialect that this host speaks in this framing, if it is known. Subdomains count."""
    for dialect in _candidates(framing):
        if dialect.signs.speaks(host):
            return dialect
    return None


class Detector:
    """Holds an answer's frames until one of them shows its dialect. `full`: enough was seen, and no sign."""

    def __init__(self, framing: str) -> None:
        self.held: list[Frame] = []
        self.full = False
        self._candidates = _candidates(framing)
        self._size = 0

    def receive(self, frames: Iterable[Frame]) -> Dialect | None:
        """Hold these frames; the dialect, as soon as one shows it."""
        found = None
        for frame in frames:
            self.held.append(frame)
            self._size += len(frame.data) + len(frame.id) + len(frame.event or "")
            self.full = len(self.held) >= _MOST_FRAMES or self._size >= _MOST_TEXT
            found = found or (None if self.full else self._recognise(frame))
        return found

    def _recognise(self, frame: Frame) -> Dialect | None:
        for record in records(frame):
            data = _data(record)
            for dialect in self._candidates:
                for sign in dialect.signs.records:
                    if all(condition.test(data, record) for condition in sign):
                        return dialect
        return None


def _candidates(framing: str) -> list[Dialect]:
    # Whatever a site streams in, its refusals are single JSON bodies.
    fits = ("auto", framing)
    return [one for one in map(named, DIALECTS) if one.framing in fits or framing == "json"]


def _data(frame: Frame) -> Any:
    raw = raw_text(frame)
    try:
        return parse(raw)
    except ValueError:
        return raw
