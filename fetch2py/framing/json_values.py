"""JSON values one after another: side by side, or as the elements of one array that is still being written.

Source: RFC 8259, for where values end. Must not know what a value means; that what stands between brackets is
JSON is for the reader to find.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from fetch2py import jsontext
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame, too_large, without_bom
from fetch2py.framing.nesting import CONTAINER, Nesting

__all__ = ["JSONArrayDecoder", "JSONConcatDecoder"]

_SPACE = re.compile(rb"[ \t\r\n]*+")
_WORD = re.compile(rb"[^ \t\r\n,{}\[\]\"]*+")
_BEGINNINGS = b'{["'
_STRUCTURE = b",}]"


class JSONConcatDecoder:
    """Values as frames, with any white space between them or none; a Decoder.

    An object, an array or a string is out with its last byte; a number or a word with the byte that follows,
    or the end of the stream. What is no value is delivered as it is, and is a problem. A value that the end
    of the stream cuts is none, and `complete` is False.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self.stopped = False
        self._limit = max_event_bytes
        self._opening: bytes | None = b""
        # The value that has not ended yet: `_nesting` is open in all but numbers and words.
        self._pending = bytearray()
        self._nesting = Nesting()

    def receive_data(self, data: bytes) -> list[Frame]:
        """The values that these bytes complete."""
        if self._opening is not None:
            opening = self._opening + data
            sound = without_bom(opening)
            self._opening, data = (opening, b"") if sound is None else (None, sound)
        frames: list[Frame] = []
        at = 0
        while at < len(data) and not self.stopped:
            at = self._value(data, at, frames) if self._pending else self._next(data, at, frames)
        return frames

    def receive_end(self) -> list[Frame]:
        """The number or word that was pending, if it is one."""
        if self.stopped:
            return []
        word = bytes(self._pending or self._opening or b"")
        cut = self._nesting.open or (word != b"" and not _is_word(word))
        self.complete = not cut and not self.problem
        return [_frame(word)] if word and not cut else []

    def _next(self, data: bytes, at: int, frames: list[Frame]) -> int:
        """Take what stands between two values, and all values that are whole; return where to read on."""
        size, limit, new = len(data), self._limit, tuple.__new__
        while True:
            at = _SPACE.match(data, at).end()  # type: ignore[union-attr]  # it matches anywhere
            # Nearly every value is an object that came in one piece. It becomes a frame right here.
            match = CONTAINER.match(data, at)
            if match is None:
                break
            start, at = at, match.end()
            if at - start > limit:
                self._stop(too_large(limit))
                return size
            frames.append(new(Frame, (None, data[start:at].decode("utf-8", "replace"), "", None, True)))
        if at == size:
            return at
        if data[at] in _STRUCTURE:
            self._report("The answer holds something between its JSON values that belongs to none.")
            return at + 1
        return self._value(data, at, frames)

    def _value(self, data: bytes, at: int, frames: list[Frame]) -> int:
        """Take as much of one value as there is; return where to read on."""
        begins = not self._pending
        if self._nesting.open or (begins and data[at] in _BEGINNINGS):
            end = self._nesting.end(data, at)
            ended = end >= 0
        else:
            end = _WORD.match(data, at).end()  # type: ignore[union-attr]  # it matches anywhere
            ended = end < len(data)
        pending = self._pending
        pending += data[at:end] if ended else data[at:]
        if len(pending) > self._limit:
            self._stop(too_large(self._limit))
            pending.clear()
        elif ended:
            if pending[0] not in _BEGINNINGS and not _is_word(bytes(pending)):
                self._report("The answer holds a word between its JSON values that is none.")
            frames.append(_frame(pending))
            pending.clear()
        return end if ended else len(data)

    def _report(self, problem: str) -> None:
        # The first thing that broke explains what follows.
        self.problem = self.problem or problem

    def _stop(self, problem: str) -> None:
        self._report(problem)
        self.stopped = True


class JSONArrayDecoder(JSONConcatDecoder):
    """The elements of the one array that is the body, each as soon as it is whole; a Decoder.

    `complete` with the array's closing bracket. Anything but white space behind it is a problem, and isn't
    read; so is a comma too many or too few, which changes no element. A body that is no array is a problem,
    and its values are delivered as they come.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        super().__init__(max_event_bytes=max_event_bytes)
        self._due = _Due.ARRAY

    def receive_end(self) -> list[Frame]:
        """Nothing more, but for the last word of a body that is no array."""
        if self._due is _Due.VALUES:
            return super().receive_end()
        self.complete = self.complete and not self.problem
        return []

    def _next(self, data: bytes, at: int, frames: list[Frame]) -> int:
        size, limit, new = len(data), self._limit, tuple.__new__
        # Nearly every element is an object that came in one piece. It becomes a frame right here, with the
        # comma behind it.
        while self._due in _ELEMENT_DUE and (match := _ELEMENT.match(data, at)):
            start, end = match.span(1)
            if end - start > limit:
                self._stop(too_large(limit))
                return size
            frames.append(new(Frame, (None, data[start:end].decode("utf-8", "replace"), "", None, True)))
            self._due = _Due.ELEMENT if match[2] else _Due.COMMA
            at = match.end()
        at = _SPACE.match(data, at).end()  # type: ignore[union-attr]  # it matches anywhere
        if at == size:
            return at
        if self._due is _Due.ARRAY and data[at] != _ARRAY:
            self._report("The answer is not the JSON array that it should be.")
            self._due = _Due.VALUES
        if self._due is _Due.VALUES:
            return super()._next(data, at, frames)
        return self._token(data, at, frames)

    def _token(self, data: bytes, at: int, frames: list[Frame]) -> int:
        """Take one bracket, comma or element; return where to read on."""
        mark, due = data[at], self._due
        if due is _Due.NOTHING:
            self.complete = False
            self._stop("The answer goes on after the end of its JSON array.")
        elif due is _Due.ARRAY:
            self._due = _Due.FIRST
        elif mark in _STRUCTURE:
            self._due, wanted = _AFTER_MARK[mark]
            if due not in wanted:
                self._report("The commas and brackets of the answer's JSON array don't match.")
            self.complete = self._due is _Due.NOTHING and not self.problem
        else:
            if due is _Due.COMMA:
                self._report("The commas and brackets of the answer's JSON array don't match.")
            self._due = _Due.COMMA
            return self._value(data, at, frames)
        return at + 1


class _Due(Enum):
    """What an array's text has to go on with. VALUES: it is none."""

    ARRAY = auto()
    FIRST = auto()
    COMMA = auto()
    ELEMENT = auto()
    NOTHING = auto()
    VALUES = auto()


_ARRAY = ord("[")
_ELEMENT = re.compile(rb"[ \t\r\n]*+(%s)[ \t\r\n]*+(?:(,)[ \t\r\n]*+)?" % CONTAINER.pattern, re.DOTALL)
_ELEMENT_DUE = (_Due.ELEMENT, _Due.FIRST)
_AFTER_MARK = {
    ord(","): (_Due.ELEMENT, (_Due.COMMA,)),
    ord("]"): (_Due.NOTHING, (_Due.FIRST, _Due.COMMA)),
    ord("}"): (_Due.COMMA, ()),
}
"""By mark: what is due behind it, and where it belongs."""


def _frame(value: bytes | bytearray) -> Frame:
    return Frame(None, value.decode("utf-8", "replace"))


def _is_word(word: bytes) -> bool:
    return jsontext.is_json(word.decode("utf-8", "replace"))
