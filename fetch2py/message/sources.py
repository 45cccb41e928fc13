"""What a request holds, as values to be looked through: JSON, a form's fields as one object, or a text.

Knows how addresses name what is in them. Must not know what a message looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from fetch2py import jsontext
from fetch2py.message import slot as slots
from fetch2py.message.carriers import CARRIERS, Carried
from fetch2py.message.notation import Step
from fetch2py.message.walk import Place, places
from fetch2py.request import Request

__all__ = ["Source", "address", "found_in", "sources"]

Way: TypeAlias = tuple[str | int, ...]

_BRACKETED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\]){1,20})")
_KEY = re.compile(r"\[([^\[\]]*)\]")


class Source(NamedTuple):
    """One value of a request, in the carrier of that word. `fields` names the field that is at each way."""

    carrier: str
    value: Any
    fields: Mapping[Way, str]

    def leaves(self) -> Iterator[tuple[Way, Any]]:
        """Every scalar of the value, with the way to it; in no order."""
        stack: list[tuple[Way, Any]] = [((), self.value)]
        while stack:
            way, item = stack.pop()
            if isinstance(item, dict):
                stack.extend(((*way, key), member) for key, member in item.items())
            elif isinstance(item, list):
                stack.extend(((*way, index), element) for index, element in enumerate(item))
            else:
                yield way, item


class _Leaf(NamedTuple):
    name: str
    text: str


def sources(request: Request, carrier: str) -> list[Source]:
    """What the carrier holds. Raises SlotError for what it can't read, ValueError for what isn't JSON."""
    texts = CARRIERS[carrier].texts(request)
    if CARRIERS[carrier].is_json:
        return [Source(carrier, jsontext.parse(each.text), {}) for each in texts]
    if carrier == "raw":
        return [Source(carrier, each.text, {(): ""}) for each in texts]
    value, fields = _tree(texts)
    return [Source(carrier, value, fields)] if fields else []


def found_in(given: Iterable[Source]) -> list[Place]:
    """Every text of these that an address can tell."""
    found: list[Place] = []
    # An address means the first text that has a string there, so a later one that it hides can't be told.
    taken: set[tuple[str, Way]] = set()
    earlier: Iterable[tuple[str, Way]] = ()
    for source in given:
        taken.update(earlier)
        each = places(source.value, source.carrier)
        found += (
            (place for place in each if (place.carrier, place.path[0][1]) not in taken) if taken else each
        )
        earlier = _strings(source)
    return found


def address(given: Iterable[Source], place: Place) -> str:
    """The place's address, in the source that it is of."""
    fields = next(source.fields for source in given if source.carrier == place.carrier)
    (_, way), *inner = place.path
    steps = [Step(notation, _pointer(into)) for notation, into in inner]
    if CARRIERS[place.carrier].is_json:
        return slots.address(place.carrier, "", [Step("json", _pointer(way)), *steps])
    return slots.address(place.carrier, fields[way], steps)


def _pointer(way: Way) -> str:
    return jsontext.pointer(tuple(map(str, way)))


def _strings(source: Source) -> Iterator[tuple[str, Way]]:
    return ((source.carrier, way) for way, leaf in source.leaves() if isinstance(leaf, str))


def _tree(texts: Iterable[Carried]) -> tuple[dict[str, Any], dict[Way, str]]:
    """The fields as one object, and the name of the field at each way in it.

    Names as PHP and jQuery spell them, messages[0][text], are objects and lists in it. Of a name given twice
    the first counts, as in addresses.
    """
    root: dict[str, Any] = {}
    seen: set[str] = set()
    for name, text, _ in texts:
        if name not in seen:
            seen.add(name)
            if not _plant(root, _keys(name), _Leaf(name, text)):
                # Its own way is taken, by a[b] beside a; no name that was read has these brackets at its end.
                root.setdefault(f"{name}[]", _Leaf(name, text))
    fields: dict[Way, str] = {}
    return {key: _grown(item, (key,), fields) for key, item in root.items()}, fields


def _keys(name: str) -> list[str]:
    bracketed = _BRACKETED.fullmatch(name)
    return [bracketed[1], *_KEY.findall(bracketed[2])] if bracketed else [name]


def _plant(root: dict[str, Any], keys: list[str], leaf: _Leaf) -> bool:
    """Put the leaf there; False where something else is."""
    *way, last = keys
    here = root
    for key in way:
        inner = here.setdefault(key or str(len(here)), {})
        if not isinstance(inner, dict):
            return False
        here = inner
    return here.setdefault(last or str(len(here)), leaf) is leaf


def _grown(item: Any, way: Way, fields: dict[Way, str]) -> Any:
    """The tree with its lists as lists and its leaves as texts, each of which is noted in `fields`."""
    if isinstance(item, _Leaf):
        fields[way] = item.name
        return item.text
    if all(key == str(index) for index, key in enumerate(item)):
        return [_grown(inner, (*way, index), fields) for index, inner in enumerate(item.values())]
    return {key: _grown(inner, (*way, key), fields) for key, inner in item.items()}
