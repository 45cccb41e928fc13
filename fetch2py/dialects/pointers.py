"""Pointers of the rule model, compiled: where in a record a value stands.

Knows RFC 6901 and what the model adds to it: `*` takes all members, `-1` the last, `!json` and `!base64`
decode the string that stands there, and a record's `@event`, `@raw` and `@flags`. Must not know what a value
is for.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from itertools import takewhile
from typing import Any, NamedTuple, TypeAlias

from fetch2py.framing.frame import Frame
from fetch2py.jsontext import parse

__all__ = ["Getter", "Pointer", "compile_pointer", "is_place", "raw_text"]

Getter: TypeAlias = Callable[[Any, Frame], Any]
"""A record's data and its frame in, the value out; None where there is nothing."""

_Step: TypeAlias = Callable[[Any], Any]

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}|-1")
_BAD_ESCAPE = re.compile(r"~(?![01])")
_URL_SAFE = str.maketrans("-_", "+/")


class Pointer(NamedTuple):
    """One pointer: `read` gives the value, or with `many` (a `*` in it) the list of values.

    `path` are the names and places that it leads along, up to where it takes all members (that included) or
    decodes.
    """

    text: str
    read: Getter
    many: bool = False
    path: tuple[str, ...] = ()


def compile_pointer(text: str) -> Pointer:
    """A pointer's text, compiled. Raises ValueError that says what is wrong with it."""
    if text in _OF_FRAME:
        return Pointer(text, _OF_FRAME[text])
    if not text:
        return Pointer(text, _whole_data)
    if not text.startswith("/"):
        raise ValueError(f"{text!r} is not a pointer: it begins with “/”, or is @event, @raw or @flags")
    if _BAD_ESCAPE.search(text):
        raise ValueError(f"{text!r} is not a pointer: “~” is written ~0 and “/” in a name ~1")
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in text[1:].split("/")]
    path = tuple(takewhile(lambda name: name not in _DECODERS, tokens))
    if "*" in path:
        path = path[: path.index("*") + 1]
    if "*" in tokens:
        return Pointer(text, _reads_many(tokens), True, path)
    return Pointer(text, _reads_one(tokens), False, path)


def is_place(name: str) -> bool:
    """Whether this part of a pointer can lead into an array, rather than to a member of an object alone."""
    return name == "*" or bool(_INDEX.fullmatch(name))


def raw_text(frame: Frame) -> str:
    """A frame's data as text; bytes that are not UTF-8 become U+FFFD."""
    data = frame.data
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


def _reads_one(tokens: list[str]) -> Getter:
    # Most pointers of most dialects are names alone: worth getters that make no further call.
    if not any(token in _DECODERS or is_place(token) for token in tokens):
        return _reads_members(tokens)
    if not any(token in _DECODERS for token in tokens):
        return _reads_places(tokens)
    steps = tuple(_step(token) for token in tokens)

    def walk(data: Any, _frame: Frame) -> Any:
        for step in steps:
            data = step(data)
            if data is None:
                return None
        return data

    return walk


def _reads_members(names: list[str]) -> Getter:
    if len(names) == 1:
        name = names[0]

        def member(data: Any, _frame: Frame) -> Any:
            return data.get(name) if type(data) is dict else None

        return member

    def members(data: Any, _frame: Frame) -> Any:
        for name in names:
            if type(data) is not dict:
                return None
            data = data.get(name)
        return data

    return members


def _reads_places(tokens: list[str]) -> Getter:
    steps = tuple((token, _index(token)) for token in tokens)

    def walk(data: Any, _frame: Frame) -> Any:
        for name, index in steps:
            if type(data) is dict:
                data = data.get(name)
            elif index is not None and type(data) is list and index < len(data) and data:
                data = data[index]
            else:
                return None
        return data

    return walk


def _reads_many(tokens: list[str]) -> Getter:
    first = tokens.index("*")
    head = _reads_one(tokens[:first]) if first else _whole_data
    steps = tuple(None if name == "*" else _step(name) for name in tokens[first + 1 :])

    def walk(data: Any, frame: Frame) -> list[Any]:
        values = _members(head(data, frame))
        for step in steps:
            if not values:
                break
            if step is None:
                values = [member for value in values for member in _members(value)]
            else:
                values = [found for value in values if (found := step(value)) is not None]
        return values

    return walk


def _members(value: Any) -> list[Any]:
    if type(value) is dict:
        return list(value.values())
    return value if type(value) is list else []


def _index(token: str) -> int | None:
    return int(token) if _INDEX.fullmatch(token) else None


def _step(token: str) -> _Step:
    if token in _DECODERS:
        return _DECODERS[token]
    index = _index(token)

    def step(value: Any) -> Any:
        if type(value) is dict:
            return value.get(token)
        if index is not None and type(value) is list and index < len(value) and value:
            return value[index]
        return None

    return step


def _decode_json(value: Any) -> Any:
    if type(value) is not str:
        return None
    try:
        return parse(value)
    except ValueError:
        return None


def _decode_base64(value: Any) -> str | None:
    # RFC 4648 section 5's alphabet is met as often as section 4's, and with its padding left out.
    if type(value) is not str:
        return None
    try:
        return b64decode(value.translate(_URL_SAFE) + "==", validate=False).decode("utf-8", "replace")
    except ValueError:
        return None


def _whole_data(data: Any, _frame: Frame) -> Any:
    return data


def _event(_data: Any, frame: Frame) -> Any:
    return frame.event


def _raw(_data: Any, frame: Frame) -> Any:
    return raw_text(frame)


def _flags(_data: Any, frame: Frame) -> Any:
    return frame.flags


_DECODERS: dict[str, _Step] = {"!json": _decode_json, "!base64": _decode_base64}
_OF_FRAME: dict[str, Getter] = {"@event": _event, "@raw": _raw, "@flags": _flags}
