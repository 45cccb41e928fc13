"""JSON as a notation: read the string at a pointer, and write another one there, in the text's own manner.

Knows JSON strings and how their writers differ. Must not know requests, nor which string is the message.

A path is a row of pointers: the first leads into the text, each further one into the JSON that the string
before it holds. The empty path is the text itself.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from fetch2py import jsontext

__all__ = ["Edit", "edit", "read"]

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
# An escape that JSON doesn't ask for: the writer keeps its text in ASCII.
_NEEDLESS_ESCAPE = re.compile(r"\\u(?!00[01])")


class Edit(NamedTuple):
    """A change of a text: `new` takes the place of the characters from `start` to `end`."""

    start: int
    end: int
    new: str

    def of(self, text: str) -> str:
        """The text, changed."""
        return text[: self.start] + self.new + text[self.end :]


class _Manner(NamedTuple):
    """How a text's writer spells its strings."""

    ascii_only: bool
    escapes_slashes: bool


def read(text: str, path: tuple[str, ...]) -> str:
    """The string at `path`. Raises KeyError where no string stands, ValueError where the text isn't JSON."""
    for at in path:
        start, end = jsontext.span_of(text, at)
        text = jsontext.parse(text[start:end])
        if not isinstance(text, str):
            raise KeyError(at)
    return text


def edit(text: str, path: tuple[str, ...], message: str) -> Edit:
    """The change of `text` that puts `message` at `path` and touches nothing else. Raises as `read` does."""
    if not path:
        return Edit(0, len(text), jsontext.well_formed(message))
    start, end = jsontext.span_of(text, path[0])
    literal = text[start:end]
    if not literal.startswith('"'):
        raise KeyError(path[0])
    if len(path) == 1:
        return Edit(start, end, _quoted(message, _manner(text)))
    inner = edit(jsontext.parse(literal), path[1:], message)
    # What stays of the inner text must keep its spelling, so only the changed part is spelled anew.
    return Edit(
        start + _offset(literal, inner.start),
        start + _offset(literal, inner.end),
        _quoted(inner.new, _manner(text))[1:-1],
    )


def _manner(text: str) -> _Manner:
    if "\\" not in text:
        return _Manner(ascii_only=False, escapes_slashes=False)
    # Without the escaped backslashes each backslash that is left begins an escape.
    plain = text.replace("\\\\", "")
    slashes = plain.count("/")
    return _Manner(
        ascii_only=text.isascii() and bool(_NEEDLESS_ESCAPE.search(plain)),
        escapes_slashes=slashes > 0 and plain.count("\\/") == slashes,
    )


def _quoted(message: str, manner: _Manner) -> str:
    literal = json.dumps(jsontext.well_formed(message), ensure_ascii=manner.ascii_only)
    return literal.replace("/", "\\/") if manner.escapes_slashes else literal


def _offset(literal: str, index: int) -> int:
    """Where in the literal the character `index` of the string that it spells begins."""
    offset = index + 1
    for escape in _ESCAPE.finditer(literal):
        if escape.start() >= offset:
            break
        offset += len(escape[0]) - 1
    return offset
