"""The notations that a text can be written in inside of another: how each is read, and written into.

A new notation is a row in NOTATIONS. Knows JSON strings, how their writers differ, and base64. Must not know
requests, nor which text is the message.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from fetch2py import jsontext
from fetch2py.message.edits import Edit, Opened

__all__ = ["NOTATIONS", "NotBase64", "Step", "assigned", "edit", "from_base64", "read"]

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
# An escape that JSON doesn't ask for: the writer keeps its text in ASCII.
_NEEDLESS_ESCAPE = re.compile(r"\\u(?!00[01])")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_OF_URLS, _NOT_OF_URLS = str.maketrans("+/", "-_"), str.maketrans("-_", "+/")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]++={0,2}")
# What a JSON value is called, by how it begins; any other begins a number.
_TYPES = {'"': "a string", "{": "an object", "[": "a list", "t": "true", "f": "false", "n": "null"}


class Step(NamedTuple):
    """A step from a text into one inside of it: its notation, and where in it, "" where there is one only."""

    notation: str
    at: str


class NotBase64(ValueError):
    """A text is no base64 of a text."""


class _Manner(NamedTuple):
    """How a text's writer spells its strings."""

    ascii_only: bool
    escapes_slashes: bool


def read(text: str, path: tuple[Step, ...]) -> str:
    """The text at the end of `path`; the empty path is the text itself.

    Raises KeyError where no string stands, ValueError where the text isn't in that notation.
    """
    for step in path:
        text = NOTATIONS[step.notation](text, step.at).text
    return text


def edit(text: str, path: tuple[Step, ...], message: str) -> Edit:
    """The change of `text` that puts `message` at `path` and touches nothing else. Raises as `read` does."""
    if not path:
        return Edit(0, len(text), jsontext.well_formed(message))
    inner = NOTATIONS[path[0].notation](text, path[0].at)
    return inner.outwards(edit(inner.text, path[1:], message))


def assigned(text: str, path: tuple[Step, ...], value: str) -> Edit:
    """As `edit`, but a JSON value that is no string gets one of its own type: a number as it is spelt in
    `value`, true or false, an object or a list as JSON; null gets JSON where `value` is any, else a string.

    Raises TypeError, which says what stands there, for a value of another type.
    """
    if len(path) > 1:
        inner = NOTATIONS[path[0].notation](text, path[0].at)
        return inner.outwards(assigned(inner.text, path[1:], value))
    if path and path[0].notation == "json":
        start, end = jsontext.span_of(text, path[0].at)
        if text[start] != '"':
            return Edit(start, end, _of_its_type(text, text[start], value.strip(" \t\r\n")))
    return edit(text, path, value)


@lru_cache(maxsize=8)
def _in_json(text: str, at: str) -> Opened:
    """The string at a pointer of a JSON text. A server asks for the same one with every request."""
    start, end = jsontext.span_of(text, at)
    literal = text[start:end]
    if not literal.startswith('"'):
        raise KeyError(at)

    def outwards(change: Edit) -> Edit:
        # What stays of the string must keep its spelling, so only the changed part is spelled anew.
        return Edit(
            start + _offset(literal, change.start),
            start + _offset(literal, change.end),
            _quoted(change.new, _manner(text))[1:-1],
        )

    return Opened(jsontext.parse(literal), outwards)


def _in_base64(text: str, at: str) -> Opened:
    """The text whose UTF-8 is `text` in base64, of either alphabet, padded or not (RFC 4648)."""
    inner = from_base64(text)
    if at or inner is None:
        raise NotBase64
    is_of_urls = "-" in text or "_" in text or (len(text) % 4 > 0 and "+" not in text and "/" not in text)
    is_padded = len(text) % 4 == 0

    def outwards(change: Edit) -> Edit:
        new = _base64(change.of(inner).encode())
        new = new.translate(_OF_URLS) if is_of_urls else new
        return Edit(0, len(text), new if is_padded else new.rstrip("="))

    return Opened(inner, outwards)


NOTATIONS: dict[str, Callable[[str, str], Opened]] = {"json": _in_json, "base64": _in_base64}
"""By the word that a step of an address begins with: a text and where in it → the text there."""


def from_base64(text: str) -> str | None:
    """The text whose base64 this is; None where it is none, or isn't spelled as a writer of it would."""
    if len(text) % 4 == 1 or not _BASE64.fullmatch(text):
        return None
    plain = text.translate(_NOT_OF_URLS)
    bare = plain.rstrip("=")
    padded = bare + "=" * (-len(bare) % 4)
    try:
        raw = a2b_base64(padded, strict_mode=True)
        inner = raw.decode()
    except ValueError:
        return None
    is_plain = plain in (padded, bare) and _base64(raw) == padded
    return inner if is_plain else None


def _base64(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).decode("ascii")


def _of_its_type(text: str, first: str, value: str) -> str:
    """`value` as a JSON value of the type of the one that begins with `first`. Raises TypeError."""
    known = jsontext.is_json(value)
    if first == "n":
        return value if known else _quoted(value, _manner(text))
    kind = _TYPES.get(first, "a number")
    wanted = {"t": value in ("true", "false"), "f": value in ("true", "false")}
    fits = wanted.get(first, known and value.startswith(first)) if first in _TYPES else _is_number(value)
    if not fits:
        raise TypeError(kind)
    return value


def _is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None


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
