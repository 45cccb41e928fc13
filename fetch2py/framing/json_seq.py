"""JSON text sequences: records between record separators.

Source: RFC 7464. Must not know what a record means.
"""

from __future__ import annotations

import re

from fetch2py import jsontext
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame, too_large, without_bom
from fetch2py.framing.nesting import CONTAINER, Nesting

__all__ = ["JSONSeqDecoder"]

_RS = b"\x1e"
_SPACE = b" \t\r\n"
_RECORD = re.compile(rb"%s\n" % CONTAINER.pattern, re.DOTALL)
_TO_VALUE = re.compile(rb"[^\"{\[]*+")
_DELIMITS_ITSELF = ("{", "[", '"')


class JSONSeqDecoder:
    """Records as frames, without the LF that ends each; a Decoder.

    A record is out with the LF behind its value, before the next separator. It is delivered as it is, JSON or
    not. A record without its LF counts if it is JSON and tells its own end (section 2.4); if not, it was cut
    and is dropped: at the end `complete` is False, before that it is a problem. Records without anything in
    them are none. What no separator stands before isn't standard.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self.stopped = False
        self._limit = max_event_bytes
        self._opening: bytes | None = b""
        # The record that has not ended yet, its lines whole but for the last, and that line.
        self._lines = bytearray()
        self._line = bytearray()
        self._nesting = Nesting()
        self._separated = False

    def receive_data(self, data: bytes) -> list[Frame]:
        """The records that these bytes complete."""
        if self.stopped:
            return []
        if self._opening is not None:
            opening = self._opening + data
            sound = without_bom(opening)
            self._opening, data = (opening, b"") if sound is None else (None, sound)
        frames: list[Frame] = []
        *ended, rest = data.split(_RS)
        for piece in ended:
            self._add(piece, frames)
            if not self.stopped:
                self._separate(frames)
        self._add(rest, frames)
        return frames

    def receive_end(self) -> list[Frame]:
        """The record that was pending, if it is whole."""
        if self.stopped:
            return []
        self._line += self._opening or b""
        frames: list[Frame] = []
        self.complete = self._take(frames) and not self.problem
        return frames

    def _separate(self, frames: list[Frame]) -> None:
        """End the record, for another one begins."""
        if not self._take(frames):
            self.problem = self.problem or "A record of the answer breaks off before the next one begins."
        self._separated = True

    def _add(self, piece: bytes, frames: list[Frame]) -> None:
        """Take bytes without a separator in them, line by line."""
        if not self._line and not self._lines and len(piece) <= self._limit and _RECORD.fullmatch(piece):
            # Nearly every record is an object that came in one piece, with its LF.
            frames.append(Frame(None, piece[:-1].decode("utf-8", "replace"), "", None, self._separated))
            self._separated = False
            return
        start = 0
        while start < len(piece) and not self.stopped:
            end = piece.find(b"\n", start) + 1 or len(piece)
            self._line += piece[start:end]
            if len(self._lines) + len(self._line) > self._limit:
                self._stop()
            elif self._line.endswith(b"\n") and self._is_outside():
                self._take(frames)
            start = end

    def _is_outside(self) -> bool:
        """Move the line to those before it: does it end outside of any value, with one before it?"""
        line = bytes(self._line)
        self._lines += line
        self._line.clear()
        at = 0
        while at < len(line):
            if not self._nesting.open:
                at = _TO_VALUE.match(line, at).end()  # type: ignore[union-attr]  # it matches anywhere
            if at < len(line):
                at = self._nesting.end(line, at)
                if at < 0:
                    return False
        return True

    def _take(self, frames: list[Frame]) -> bool:
        """The record is over: deliver it if there is one and it is whole. Whether it wasn't cut."""
        if not self._lines and not self._line:
            return True
        record = bytes(self._lines + self._line)
        self._lines.clear()
        self._line.clear()
        self._nesting = Nesting()
        text = record.strip(_SPACE).decode("utf-8", "replace")
        if not text:
            return True
        if not record.endswith(b"\n") and not _is_whole(text, spaced=record[-1:] in _SPACE):
            return False
        frames.append(Frame(None, text, "", None, self._separated))
        # Another record behind this one has to have a separator of its own.
        self._separated = False
        return True

    def _stop(self) -> None:
        self.problem = self.problem or too_large(self._limit)
        self.stopped = True
        self._lines.clear()
        self._line.clear()


def _is_whole(text: str, *, spaced: bool) -> bool:
    """Whether a record without its LF is all there. `spaced`: white space follows it."""
    return jsontext.is_json(text) and (spaced or text.startswith(_DELIMITS_ITSELF))
