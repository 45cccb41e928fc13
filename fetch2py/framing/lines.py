"""Framings of one record a line: JSON lines, and lines that a code stands before.

Sources: github.com/ndjson/ndjson-spec, jsonlines.org; for the prefixed lines, version 1 of the AI SDK's data
stream protocol. Must not know what a record means; whether it is JSON is asked only of a line without an end.
"""

from __future__ import annotations

from fetch2py import jsontext
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame, too_large, without_bom
from fetch2py.framing.sse import END_MARKS

__all__ = ["NDJSONDecoder", "PrefixedLinesDecoder"]

_BLANK = " \t\r"


class NDJSONDecoder:
    """Lines as frames; a Decoder.

    A LF ends a line, and nothing else does; one CR before it is dropped. Lines of white space are none. A
    line that isn't JSON is delivered as it is. A last line without its LF counts if it is JSON or an end
    mark; if not, it was cut, and `complete` is False.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self._limit = max_event_bytes
        self._opening: bytes | None = b""
        # The line that has not ended yet.
        self._pending = bytearray()

    @property
    def stopped(self) -> bool:
        """Whether a problem has ended the reading."""
        return bool(self.problem)

    def receive_data(self, data: bytes) -> list[Frame]:
        """The lines that these bytes complete."""
        if self.problem:
            return []
        if self._opening is not None:
            opening = self._opening + data
            sound = without_bom(opening)
            self._opening, data = (opening, b"") if sound is None else (None, sound)
        pending = self._pending
        end = data.rfind(b"\n") + 1
        frames: list[Frame] = []
        if end:
            lines = bytes(pending) + data[:end] if pending else data[:end]
            pending[:] = data[end:]
            frames = self._read(lines)
        else:
            pending += data
        if len(pending) > self._limit:
            self.problem = self.problem or too_large(self._limit)
        if self.problem:
            pending.clear()
        return frames

    def receive_end(self) -> list[Frame]:
        """The line that was pending, if it is whole."""
        if self.problem:
            return []
        line = (self._pending or self._opening or b"").decode("utf-8", "replace")
        frames = self._frames(line)
        self.complete = all(_is_whole(str(frame.data)) for frame in frames)
        return frames if self.complete else []

    def _read(self, lines: bytes) -> list[Frame]:
        """The frames of whole lines, given with their ends."""
        if len(lines) > self._limit:
            sound = 0
            while sound < len(lines) and (end := lines.index(b"\n", sound)) - sound <= self._limit:
                sound = end + 1
            if sound < len(lines):
                self.problem = too_large(self._limit)
                lines = lines[:sound]
        # Decoded together, lines give what each gives alone: no UTF-8 sequence, sound or not, spans a LF.
        text = lines.decode("utf-8", "replace")
        return self._frames(text.replace("\r\n", "\n") if "\r" in text else text)

    def _frames(self, text: str) -> list[Frame]:
        new, lines = tuple.__new__, text.split("\n")
        return [new(Frame, (None, line, "", None, True)) for line in lines if line.strip(_BLANK)]


class PrefixedLinesDecoder(NDJSONDecoder):
    """Lines as frames: before the first colon the event's name, behind it the data; a Decoder.

    Lines and their ends as in JSON lines. A line without a colon has no name and isn't standard.
    """

    def _frames(self, text: str) -> list[Frame]:
        new = tuple.__new__
        frames: list[Frame] = []
        for line in text.split("\n"):
            code, colon, data = line.partition(":")
            if colon:
                frames.append(new(Frame, (code, data, "", None, True)))
            elif line.strip(_BLANK):
                frames.append(new(Frame, (None, line, "", None, False)))
        return frames


def _is_whole(data: str) -> bool:
    return data.strip() in END_MARKS or (not data.startswith("\ufeff") and jsontext.is_json(data))
