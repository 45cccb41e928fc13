"""The beginning of an answer whose dialect nobody named: read until its records show which it is.

Knows detectors and readers. Must not know sockets, nor any dialect in particular.
"""

from __future__ import annotations

from fetch2py.dialects import Detector, Dialect, Reader, compile_dialect
from fetch2py.events import Event
from fetch2py.exchange.choice import Choice
from fetch2py.framing import DECODERS, Frame, writes_no_space

__all__ = ["NO_RULES", "Recognition"]

NO_RULES = compile_dialect({})
"""What reads an answer that no dialect reads: it counts the records."""

_RESPACED = "sse"
"""The framing in which a dialect can ask for the bytes to be read in another way."""


class Recognition:
    """Reads an answer's first records, and decides on the dialect.

    Where the host is known, its dialect (`choice.dialect`) reads at once, and another takes over if a record
    shows one before any event has left. Otherwise the records are held until one shows its dialect. From
    `decided` on, `reader` reads the rest, in the frames of `choice.decoder`; `why` is one sentence about it.
    """

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.decided = False
        self.why = choice.why
        self.reader = Reader(choice.dialect or NO_RULES, strict=choice.json)
        self._detector = Detector(choice.framing, choice.dialect)
        self._body = bytearray()

    def hold(self, data: bytes) -> None:
        """Keep a piece of the body, for a dialect that reads the bytes anew. Call it before `receive`."""
        if self.choice.framing == _RESPACED:
            self._body += data

    def receive(self, frames: list[Frame]) -> list[Event]:
        """The events in these frames; one by one, so that no cut of the bytes can change what is decided."""
        detector = self._detector
        for number, frame in enumerate(frames, 1):
            dialect = detector.receive([frame], self._spaced)
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
        if self._detector.expected is not None:
            return []
        decoder = self.choice.decoder
        events = self._take(self._detector.finish(self._spaced), [])
        if self.choice.decoder is not decoder:
            events += self.reader.receive(self.choice.decoder.receive_end())
        return events

    def _take(self, dialect: Dialect | None, rest: list[Frame]) -> list[Event]:
        """The dialect is known, or it is known that no sign comes: read what was held, then the rest."""
        self.decided = True
        frames = [*self._detector.held, *rest]
        if dialect is None:
            self.why = "It has no known dialect's signs."
        elif dialect is not self._detector.expected:
            self.why = f"Its records are those of {dialect.name}."
            if dialect.options:
                self.choice = self.choice._replace(decoder=DECODERS[self.choice.framing](**dialect.options))
                frames = self.choice.decoder.receive_data(bytes(self._body))
        self.reader = Reader(dialect or NO_RULES, strict=self.choice.json)
        return self.reader.receive(frames)

    def _spaced(self, events: int) -> bool:
        return not writes_no_space(bytes(self._body), events)
