"""The beginning of an answer whose dialect nobody named: read until its records show which it is.

Knows detectors and readers. Must not know sockets, bytes, nor any dialect in particular.
"""

from __future__ import annotations

from collections.abc import Callable

from fetch2py.dialects import Detector, Dialect, Reader, compile_dialect
from fetch2py.events import Event
from fetch2py.exchange.choice import Choice
from fetch2py.framing import Frame

__all__ = ["NO_RULES", "Recognition"]

NO_RULES = compile_dialect({})
"""What reads an answer that no dialect reads: it counts the records."""


class Recognition:
    """Reads an answer's first records, and decides on the dialect.

    Where the host is known, its dialect (`choice.dialect`) reads at once, and another takes over if a record
    shows one before any event has left. Otherwise the records are held until one shows its dialect. From
    `decided` on, `reader` reads the rest; `why` is one sentence about it. `reading` makes the readers.
    """

    def __init__(self, choice: Choice, reading: Callable[[Dialect, bool], Reader]) -> None:
        self.decided = False
        self.why = choice.why
        self.reader = reading(choice.dialect or NO_RULES, choice.json)
        self._reading = reading
        self._strict = choice.json
        self._detector = Detector(choice.promised, choice.dialect)

    def receive(self, frames: list[Frame]) -> list[Event]:
        """The events in these frames; one by one, so that no cut of the bytes can change what is decided."""
        detector = self._detector
        for number, frame in enumerate(frames, 1):
            dialect = detector.receive([frame])
            if dialect:
                return self._take(dialect, frames[number:])
            if detector.expected is not None:
                events = self.reader.receive([frame])
                self.decided = bool(events) or detector.full
                if self.decided:
                    return events + self.reader.receive(frames[number:])
            elif detector.full:
                return self._take(None, frames[number:])
        return []

    def finish(self) -> list[Event]:
        """No more is to come: the events in what was held."""
        self.decided = True
        return [] if self._detector.expected is not None else self._take(self._detector.finish(), [])

    def _take(self, dialect: Dialect | None, rest: list[Frame]) -> list[Event]:
        """The dialect is known, or it is known that no sign comes: read what was held, then the rest."""
        self.decided = True
        if dialect is None:
            self.why = "It has no known dialect's signs."
        elif dialect is not self._detector.expected:
            self.why = f"Its records are those of {dialect.name}."
        self.reader = self._reading(dialect or NO_RULES, self._strict)
        return self.reader.receive([*self._detector.held, *rest])
