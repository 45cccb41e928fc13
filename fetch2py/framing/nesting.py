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
        depth, size = self._depth, len(data)
        if self._in_string or (not depth and data[at] == _QUOTE):
            at = self._end_of_string(data, at if self._in_string else at + 1)
            if at < 0 or not depth:
                return at
        while True:
            at = _TO_BRACKET.match(data, at).end()  # type: ignore[union-attr]  # it matches anywhere
            if at == size:
                break
            mark = data[at]
            at += 1
            if mark == _QUOTE:
                # A string that had its end here would have been stepped over.
                self._end_of_string(data, at)
                break
            depth += 1 if mark in _OPENING else -1
            if not depth:
                self._depth = 0
                return at
        self._depth = depth
        return -1

    def _end_of_string(self, data: bytes, at: int) -> int:
        """The position behind the closing quote of the string that is open at `at`, -1 where it isn't in."""
        at = _REST_OF_STRING.match(data, at + self._escaped).end()  # type: ignore[union-attr]  # as above
        # What the expression can't take at the end is a backslash: it hides the next piece's first byte.
        self._escaped = at < len(data) and data[at] != _QUOTE
        self._in_string = at == len(data) or self._escaped
        return -1 if self._in_string else at + 1
