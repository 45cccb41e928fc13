"""Where values stand in an answer's records: for each place, all its values in their order.

Knows records and pointers. Must not know what a value means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from fetch2py.dialects.pointers import raw_text
from fetch2py.jsontext import parse, pointer
from fetch2py.learning.material import Material, Record

__all__ = ["Place", "Places", "Tokens", "places"]

Tokens: TypeAlias = tuple[str, ...]

_DEEPEST = 24
_MOST_PLACES = 500
_MOST_POSITIONS = 6
"""Of an array that isn't a list of the same things, so many members have places of their own."""

_ALTERNATIVES = frozenset({"choices", "candidates", "generations", "alternatives"})
"""Arrays of which one member is the answer."""

_RAW: Tokens = ("@raw",)
_NESTED = "!json"


class Place(NamedTuple):
    """One place: its pointer, its tokens, and (record's number, value) for each value there."""

    pointer: str
    tokens: Tokens
    values: list[tuple[int, Any]]


class Places(NamedTuple):
    """`texts` hold strings, and numbers where strings are met too; `scalars` the last value of each record.

    `nested` are the pointers of strings that are JSON themselves, with how often they are.
    """

    texts: dict[str, Place]
    scalars: dict[str, dict[int, Any]]
    nested: dict[str, int]


def places(material: Material) -> Places:
    """Every place in the records, up to a number that no genuine answer has."""
    found = Places({}, {}, {})
    skipped = {path for path, _ in material.patches.expand}
    for record in material.said:
        members: dict[Tokens, list[str]] = {}
        for tokens, value in _leaves(record, skipped if not record.is_child else set(), material.bare):
            if "*" in tokens and isinstance(value, str):
                # All members of an array are one value, as a pointer with `*` reads them.
                members.setdefault(tokens, []).append(value)
            else:
                _take(found, tokens, record.number, value)
        for tokens, parts in members.items():
            _take(found, tokens, record.number, "".join(parts))
    return found


def _take(found: Places, tokens: Tokens, number: int, value: Any) -> None:
    at = tokens[0] if tokens == _RAW else pointer(tokens)
    _keep(found, at, tokens, number, value)
    if isinstance(value, str) and _opens_json(value) and _NESTED not in tokens:
        _descend(found, at, tokens, number, value)


def _descend(found: Places, at: str, tokens: Tokens, number: int, value: str) -> None:
    try:
        inner = parse(value)
    except ValueError:
        return
    found.nested[at] = found.nested.get(at, 0) + 1
    for below, leaf in _walk(inner, (), set()):
        under = (*(() if tokens == _RAW else tokens), _NESTED, *below)
        _keep(found, pointer(under), under, number, leaf)


def _keep(found: Places, at: str, tokens: Tokens, number: int, value: Any) -> None:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        place = found.texts.get(at)
        if place is None and len(found.texts) < _MOST_PLACES:
            place = found.texts[at] = Place(at, tokens, [])
        if place is not None:
            place.values.append((number, value))
    if "*" not in tokens and at != "" and (at in found.scalars or len(found.scalars) < _MOST_PLACES):
        found.scalars.setdefault(at, {})[number] = value


def _leaves(record: Record, skipped: set[Tokens], bare: bool) -> Iterator[tuple[Tokens, Any]]:
    if isinstance(record.data, (dict, list)):
        yield from _walk(record.data, (), skipped)
    elif bare:
        yield _RAW, raw_text(record.frame)
    elif isinstance(record.data, str) and record.data == raw_text(record.frame):
        # Text among records of JSON: a ping, a mark.
        yield _RAW, record.data
    else:
        yield (), record.data


def _walk(value: Any, path: Tokens, skipped: set[Tokens]) -> Iterator[tuple[Tokens, Any]]:
    if len(path) > _DEEPEST or path in skipped:
        return
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, (dict, list)):
                yield from _walk(member, (*path, name), skipped)
            elif name not in ("*", _NESTED, "!base64"):
                yield (*path, name), member
    elif isinstance(value, list):
        yield from _walk_list(value, path, skipped)
    elif value is not None:
        yield path, value


def _walk_list(value: list[Any], path: Tokens, skipped: set[Tokens]) -> Iterator[tuple[Tokens, Any]]:
    if path and path[-1] in _ALTERNATIVES:
        members: Sequence[tuple[str, Any]] = [("0", value[0])] if value else []
    elif path and _alike(value):
        members = [("*", member) for member in value]
    else:
        members = [(str(number), member) for number, member in enumerate(value[:_MOST_POSITIONS])]
    for token, member in members:
        yield from _walk(member, (*path, token), skipped)


def _alike(value: list[Any]) -> bool:
    return all(isinstance(one, dict) for one in value) or all(isinstance(one, str) for one in value)


def _opens_json(value: str) -> bool:
    start, end = value[:1], value[-1:]
    return (start == "{" and end == "}") or (value[:2] == "[{" and end == "]")
