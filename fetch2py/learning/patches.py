"""Records that change a document bit by bit: which keys carry on, and which arrays hold records of their own.

Knows the rule model's `carry` and `expand`. Must not know frames, nor which value is the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from fetch2py.jsontext import pointer
from fetch2py.learning.words import meaning, split_words

__all__ = ["Patches", "patches"]

_PLACE_KEYS = ("p", "path", "ptr", "pointer", "mask", "target", "field", "loc")
_OPERATION_KEYS = ("o", "op", "operation", "action")
_KIND_KEYS = ("type", "kind", "event", "channel", "role", "author", "sender", "from")
_DEEPEST = 4


class Patches(NamedTuple):
    """`carry` are the keys that go on to the next record; `expand` maps an array's path to the key to join.

    `place` is the key whose value says where a record's change belongs, "" where there is none.
    """

    carry: tuple[str, ...] = ()
    expand: tuple[tuple[tuple[str, ...], str], ...] = ()
    place: str = ""

    def children(self, data: Any) -> Iterator[dict[str, Any]]:
        """The records inside a record, as the reader of rules would give them: after it, in its order."""
        for path, join in self.expand:
            for child in _members(data, path):
                if join:
                    places = (data.get(join) if isinstance(data, dict) else None, child.get(join))
                    child = {**child, join: "/".join(one for one in places if isinstance(one, str) and one)}
                yield child

    def rules(self) -> dict[str, Any]:
        """The same as parts of a dialect."""
        expand = [{"at": pointer(path), **({"join": join} if join else {})} for path, join in self.expand]
        return {
            **({"carry": list(self.carry)} if self.carry else {}),
            **({"expand": expand} if expand else {}),
        }


def patches(parsed: Sequence[Any]) -> Patches:
    """What these records' shapes show."""
    objects = [data for data in parsed if isinstance(data, dict)]
    carry = _carried(objects)
    arrays: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for data in parsed:
        for path, children in _arrays(data, ()):
            arrays.setdefault(path, []).extend(children)
    expand = tuple((path, _join(children)) for path, children in arrays.items() if _differ(children))
    # An array inside one that is expanded would be expanded from the wrong record.
    outer = tuple(
        (path, join) for path, join in expand if not any(_is_inside(path, other) for other, _ in expand)
    )
    place = carry[0] if carry else _place_in([child for path, _ in outer for child in arrays[path]], objects)
    return Patches(carry, outer, place)


def _carried(objects: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The place key that later records leave out, and the operation beside it."""
    for key in _PLACE_KEYS:
        seen = without = 0
        values = Counter(
            name for data in objects if isinstance(data.get(key), str) for name in data.keys() - {key}
        )
        common = {name for name, count in values.items() if count * 2 > sum(key in one for one in objects)}
        common -= set(_OPERATION_KEYS)
        for data in objects:
            seen += isinstance(data.get(key), str)
            without += bool(seen) and key not in data and len(data) <= 3 and not common.isdisjoint(data)
        if seen and without:
            operations = tuple(name for name in _OPERATION_KEYS if any(name in data for data in objects))
            return (key, *operations)
    return ()


def _arrays(data: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    if len(path) > _DEEPEST:
        return
    if isinstance(data, list):
        children = [one for one in data if isinstance(one, dict)]
        if children and len(children) == len(data):
            yield path, children
        for number, one in enumerate(data[:1]):
            if isinstance(one, (dict, list)):
                yield from _arrays(one, (*path, str(number)))
    elif isinstance(data, dict):
        for name, value in data.items():
            if isinstance(value, (dict, list)):
                yield from _arrays(value, (*path, name))


def _differ(children: Sequence[dict[str, Any]]) -> bool:
    """Whether the members of an array are records of several kinds."""
    if sum(_is_patch(child) for child in children) * 2 > len(children):
        return True
    for key in _KIND_KEYS:
        kinds = {child[key] for child in children if isinstance(child.get(key), str)}
        if len(kinds) > 1 and len(kinds) <= max(2, len(children) // 2):
            return True
    flags = {name for child in children for name, value in child.items() if isinstance(value, bool)}
    return any(
        meaning(split_words(name)) == "reasoning" and len({child.get(name) is True for child in children}) > 1
        for name in flags
    )


def _is_patch(child: dict[str, Any]) -> bool:
    return any(isinstance(child.get(key), str) for key in _PLACE_KEYS[:4]) and (
        any(isinstance(child.get(key), str) for key in _OPERATION_KEYS) or len(child) <= 2
    )


def _join(children: Sequence[dict[str, Any]]) -> str:
    for key in _PLACE_KEYS[:4]:
        places = [child[key] for child in children if isinstance(child.get(key), str)]
        if places and not any(place.startswith("/") for place in places):
            return key
    return ""


def _place_in(children: Sequence[dict[str, Any]], objects: Sequence[dict[str, Any]]) -> str:
    for key in _PLACE_KEYS[:4]:
        places = [one[key] for one in (*children, *objects) if isinstance(one.get(key), str)]
        if places and all("/" in place or not place for place in places):
            return key
    return ""


def _members(data: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for token in path:
        if isinstance(data, dict):
            data = data.get(token)
        elif isinstance(data, list) and token.isdigit() and int(token) < len(data):
            data = data[int(token)]
        else:
            data = None
    if isinstance(data, list):
        yield from (one for one in data if isinstance(one, dict))


def _is_inside(path: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(path) > len(other) and path[: len(other)] == other
