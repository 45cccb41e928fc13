"""Which rules can match a record, by the record's shape: worked out once for each shape, then looked up.

Knows rules and their conditions. All answers in a dialect share them. Must not know what a rule does.

A shape is the members that an object has, those of the objects inside it that many rules of the dialect
lead into (OpenAI's `/choices/0/delta`) with their types, and the value at the one place where most rules look
first (Kimi's `event`). Nearly all rules are settled by it, so an answer's commonest record costs one look-up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeAlias

from fetch2py.dialects.conditions import Condition, Test
from fetch2py.dialects.pointers import Getter, compile_pointer, is_place
from fetch2py.framing import Frame
from fetch2py.jsontext import pointer

if TYPE_CHECKING:
    from fetch2py.dialects.rules import Rule

__all__ = ["Plan", "Plans"]

Plan: TypeAlias = tuple[tuple[tuple[Test, ...], int, bool], ...]
"""For each rule that can match: the tests that the shape leaves open, its number, whether it is the last."""

_Members: TypeAlias = dict[str, type] | None
"""An object's members and their types (`object`: not known); None for what is no object."""

_MOST = 256
"""Genuine answers have some ten shapes; a server that invents more must not fill the memory."""

_WORTHWHILE = 6
"""How many rules must lead into an object for its members to be worth looking at beforehand."""

_OTHER = object()
"""Whatever value no rule names."""
_BOOLEANS = {True: object(), False: object()}
"""To Python, true is 1."""
_INSIDE = object()
"""Stands before the members of an object inside."""
_NO_OBJECT = object()


class Plans:
    """The plans of one dialect's rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._mark, self._read, self._scalars = _mark([one for rule in rules for one in rule.conditions])
        self._inside = _inside(rules)
        self._readers = [compile_pointer(pointer(path)).read for path in self._inside]
        self._plans: dict[tuple[Any, ...], Plan] = {}

    def plan(self, data: Any, frame: Frame) -> Plan:
        """The plan for this record."""
        mark = self._read(data, frame)
        if type(mark) is not str:
            mark = _hashable(mark)
        if mark not in self._scalars:
            mark = _OTHER
        shape = (mark, *data) if type(data) is dict else (mark, _NO_OBJECT)
        for read in self._readers:
            inner = read(data, frame)
            if type(inner) is dict:
                shape += (_INSIDE, *inner, *map(type, inner.values()))
            else:
                shape += (_INSIDE, _NO_OBJECT)
        plan = self._plans.get(shape)
        return self._work_out(shape) if plan is None else plan

    def _work_out(self, shape: tuple[Any, ...]) -> Plan:
        if len(self._plans) >= _MOST:
            self._plans.clear()
        mark, objects = shape[0], _objects(shape[1:])
        plan = tuple(
            (
                tuple(one.test for one in rule.conditions if not self._holds(one, mark)),
                number,
                rule.to == "ignore",
            )
            for number, rule in enumerate(self._rules)
            if self._can_match(rule, objects) and not any(self._fails(one, mark) for one in rule.conditions)
        )
        self._plans[shape] = plan
        return plan

    def _can_match(self, rule: Rule, objects: list[_Members]) -> bool:
        """Whether these objects, the whole record first, leave all of the rule's paths open."""
        return all(
            _leads_on(path[len(at) :], members)
            for at, members in zip(((), *self._inside), objects, strict=True)
            for path in rule.paths
            if path[: len(at)] == at and len(path) > len(at)
        )

    def _holds(self, condition: Condition, mark: Any) -> bool:
        """Whether the shape alone says that it holds."""
        known = condition.pointer == self._mark and mark is not _OTHER
        return known and condition.holds(self._scalars[mark])

    def _fails(self, condition: Condition, mark: Any) -> bool:
        """Whether the shape alone says that it doesn't hold."""
        if condition.pointer != self._mark:
            return False
        return condition.scalars is not None if mark is _OTHER else not condition.holds(self._scalars[mark])


def _objects(shape: tuple[Any, ...]) -> list[_Members]:
    """The members of the record, then of each object inside."""
    bounds = [*(at for at, part in enumerate(shape) if part is _INSIDE), len(shape)]
    parts = [shape[at + 1 : end] for at, end in pairwise(bounds)]
    record = shape[: bounds[0]]
    return [
        _members(record, [object] * len(record)),
        *(_members(part, part[len(part) // 2 :]) for part in parts),
    ]


def _members(names: Sequence[Any], types: Sequence[Any]) -> _Members:
    return None if _NO_OBJECT in names else dict(zip(names, types, strict=False))


def _leads_on(path: tuple[str, ...], members: _Members) -> bool:
    """Whether a path can lead from this object to a value."""
    if members is None or path[0] == "*":
        # What is no object may be an array.
        return is_place(path[0])
    kind = members.get(path[0], NoneType)
    return kind is object or (kind is not NoneType and (len(path) == 1 or kind in (dict, list)))


def _mark(conditions: list[Condition]) -> tuple[str, Getter, dict[Any, Any]]:
    """Where most conditions ask for scalars (of such places, for most): pointer, getter, scalars."""
    asked: dict[str, list[Condition]] = {}
    for one in conditions:
        if one.scalars is not None and not one.many:
            asked.setdefault(one.pointer, []).append(one)
    scalars = {
        place: {_hashable(scalar): scalar for one in ones for scalar in one.scalars or ()}
        for place, ones in asked.items()
    }
    if not scalars:
        return "", _nothing, {}
    place = max(scalars, key=lambda one: (len(asked[one]), len(scalars[one])))
    return place, asked[place][0].read, scalars[place]


def _inside(rules: Sequence[Rule]) -> list[tuple[str, ...]]:
    """The paths of the objects inside a record that many rules lead into."""
    led = Counter(at for rule in rules for at in {at for path in rule.paths for at in _objects_on(path)})
    return [at for at, count in led.items() if count >= _WORTHWHILE]


def _objects_on(path: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [path[:end] for end in range(1, len(path)) if not is_place(path[end])]


def _hashable(value: Any) -> Any:
    if type(value) is bool:
        return _BOOLEANS[value]
    return _OTHER if type(value) in (dict, list) else value


def _nothing(_data: Any, _frame: Frame) -> None:
    return None
