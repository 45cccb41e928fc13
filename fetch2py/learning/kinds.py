"""Kinds of records: what tells them apart, and what each says of the values in it.

Knows records' small values: types, phases, flags. Must not know texts, nor how rules are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from fetch2py.jsontext import tokens
from fetch2py.learning.material import Material
from fetch2py.learning.places import Places
from fetch2py.learning.words import listed, meaning, split_words

__all__ = ["Mark", "Marks", "Signature", "marks"]

Signature: TypeAlias = tuple[Any, ...]
"""The values of some marks in one record, None where it has none."""

_TYPED = listed(
    "agent speaker worker event type kind phase channel op o mask p path role stage mode cmd action object "
    "author sender from source node format method topic step subtype"
)
_FLAGS = listed(
    "think thinking reasoning thought final finish finished is done end ended complete completed special "
    "partial echo last user hidden internal visible"
)
_NAMES = frozenset(("id", "uuid", "guid", "time", "date", "at", "ts", "hash", "signature"))
"""What names one record, not its kind."""

_MOST_VALUES = 40
_LONGEST = 80
_MOST_MARKS = 24
_DEEPEST = 6


class Mark(NamedTuple):
    """A place whose value tells kinds apart. `typed`: its name says that this is what it is for."""

    pointer: str
    values: Mapping[int, Any]
    typed: bool

    def words(self, value: Any) -> tuple[str, ...]:
        """What this value says of the record that holds it."""
        if value is True:
            return split_words(tokens(self.pointer)[-1])
        return split_words(value) if isinstance(value, str) else ()


class Marks(NamedTuple):
    """All marks of an answer; the event's name comes first if it tells anything."""

    all: Sequence[Mark]
    numbers: Sequence[int] = ()

    @property
    def varied(self) -> list[Mark]:
        """Those that differ among all records."""
        return [mark for mark in self.all if len({_hashed(mark.values.get(one)) for one in self.numbers}) > 1]

    def relevant(self, numbers: Iterable[int], besides: str) -> list[Mark]:
        """Those that differ among these records, but for the place itself that they are to sort."""
        listed = list(numbers)
        found = []
        for mark in self.all:
            if mark.pointer != besides and not besides.startswith(mark.pointer + "/"):
                kinds = {_hashed(mark.values.get(number)) for number in listed}
                if len(kinds) > 1:
                    found.append(mark)
        return found


def marks(material: Material, places: Places) -> Marks:
    """The places whose values are few, short and shared by records: types before flags."""
    events = {record.number: record.frame.event for record in material.said}
    found = []
    if len(set(events.values())) > 1 or set(events.values()) - {None, "message", "end"}:
        found.append(Mark("@event", events, True))
    total = len(material.said)
    ranked = []
    for at, values in places.scalars.items():
        if "!json" not in at and at.startswith("/") and (rank := _rank(at, values, total)) is not None:
            ranked.append((rank, Mark(at, values, rank < 1)))
    ranked.sort(key=lambda one: one[0])
    return Marks([*found, *(mark for _, mark in ranked)][:_MOST_MARKS], list(events))


def _rank(at: str, values: Mapping[int, Any], total: int) -> float | None:
    """How well a place serves as a mark: 0 for a typed one near the root; None for none."""
    path = tokens(at)
    words = split_words(path[-1])
    few = {_hashed(value) for value in values.values()}
    if len(path) > _DEEPEST or len(few) > _MOST_VALUES or not words or words[-1] in _NAMES:
        return None
    kinds = {type(value) for value in values.values() if value is not None}
    if kinds <= {bool}:
        return 1 + len(path) / 10 if _FLAGS & set(words) else None
    if kinds == {str} and all(_is_short(value) for value in values.values()):
        if words[-1] in _TYPED or meaning(words) == "error":
            return len(path) / 10
        told = any(meaning(split_words(value or "")) == "reasoning" for _, value in few)
        repeats = len(few) * 2 <= len(values) or len(few) == 1 or told
        return 2 + len(path) / 10 if repeats and all(_is_label(one) for _, one in few) else None
    if (
        kinds == {int}
        and (words[-1:] == ("type",) or words[-1:] == ("kind",))
        and len(few) <= max(8, total // 4)
    ):
        return len(path) / 10
    return None


def _is_short(value: Any) -> bool:
    return value is None or len(value) <= _LONGEST


def _is_label(value: Any) -> bool:
    return value is None or (
        bool(value) and not any(letter.isspace() for letter in value) and value.isascii()
    )


def _hashed(value: Any) -> Any:
    return (type(value).__name__, value)
