"""Where a JSON value ends, in bytes that come in pieces: brackets and quotes counted, each byte seen once.

Source: RFC 8259. Must not know whether what stands between the brackets is JSON.
"""

from __future__ import annotations

import re

__all__ = ["CONTAINER", "Nesting"]

_QUOTE = 0x22
_OPENING = b"{["

_TEXT = rb'[^"{}\[\]]++'
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_REST_OF_STRING = re.compile(rb"(?:[^\"\\]++|\\.)*+", re.DOTALL)
_TO_BRACKET = re.compile(rb"(?:%s|%s)*+" % (_TEXT, _STRING), re.DOTALL)


def _nested(depth: int) -> bytes:
    inside = b"|" + _nested(depth - 1) if depth else b""
    return rb"[{\[](?:%s|%s%s)*+[}\]]" % (_TEXT, _STRING, inside)


CONTAINER = re.compile(_nested(5), re.DOTALL)
"""An object or array, whole, of six levels at the most: nearly every record of nearly every answer, in one
match, where `Nesting` takes a step for each bracket. Linear: its quantifiers never give back."""


class Nesting:
    """How deep the bytes that were given stand in one value. Call `end` at its first byte, a bracket or
    quote, and then, while it is not all in, at the first byte of each further piece."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._escaped = False

    @property
    def open(self) -> bool:
        """Whether a value has begun and not ended."""
        return self._depth > 0 or self._in_string

    def end(self, data: bytes, at: int) -> int:
        """The position behind the value's last byte; -1 where it goes on beyond these bytes."""
        size = len(data)
        if not self.open and data[at] == _QUOTE:
            self._in_string = True
            at += 1
        while at < size:
            if self._in_string:
                at = self._end_of_string(data, at)
                if at < 0:
                    return -1
            else:
                at = _TO_BRACKET.match(data, at).end()  # type: ignore[union-attr]  # it matches anywhere
                if at == size:
                    return -1
                mark = data[at]
                at += 1
                self._in_string = mark == _QUOTE
                self._depth += 0 if self._in_string else 1 if mark in _OPENING else -1
            if not self.open:
                return at
        return -1

    def _end_of_string(self, data: bytes, at: int) -> int:
        if self._escaped:
            self._escaped = False
            at += 1
        at = _REST_OF_STRING.match(data, at).end()  # type: ignore[union-attr]  # it matches anywhere
        if at < len(data) and data[at] == _QUOTE:
            self._in_string = False
            return at + 1
        # What the expression can't take at the end is a backslash: it hides the next piece's first byte.
        self._escaped = at < len(data)
        return -1
