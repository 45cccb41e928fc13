"""The conditions that tell some records from others.

Knows marks and the rule model's conditions. Must not know what the records hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fetch2py.learning.kinds import Mark

__all__ = ["protecting", "separating"]

_MOST_LISTED = 8
_MOST_CONDITIONS = 4
_UNFIT = frozenset({"/status", "/role", "/object", "/choices/0/delta/role"})


def separating(
    kept: Collection[int], others: Collection[int], marks: Sequence[Mark]
) -> Mapping[str, Any] | None:
    """An `on` that holds for the records `kept` and none of the `others`; None where no marks make one."""
    on: dict[str, Any] = {}
    left = set(others)
    while left:
        if len(on) == _MOST_CONDITIONS:
            return None
        best: tuple[int, int, Mark, set[int]] | None = None
        for rank, mark in enumerate(marks):
            if mark.pointer in on:
                continue
            wanted = _values(mark, kept)
            remaining = {number for number in left if _key(mark.values.get(number)) in wanted}
            if len(remaining) < len(left) and (best is None or (len(remaining), rank) < best[:2]):
                best = (len(remaining), rank, mark, remaining)
        if best is None:
            return None
        _, _, mark, remaining = best
        on[mark.pointer] = _condition(mark, kept, left)
        left = remaining
    return on


def protecting(kept: Collection[int], everything: Collection[int], marks: Sequence[Mark]) -> dict[str, Any]:
    """An `on` that keeps out kinds of records that this answer didn't have; {} where there are no kinds."""
    for mark in marks:
        values = _values(mark, kept)
        if mark.pointer in _UNFIT or not mark.typed or len(values) > 3 or _key(None) in values:
            continue
        elsewhere = _values(mark, everything) - values - {_key(None)}
        if elsewhere and all(_key(mark.values.get(number)) != _key(None) for number in kept):
            return {mark.pointer: _listed(mark, kept)}
    return {}


def _values(mark: Mark, numbers: Collection[int]) -> set[Any]:
    return {_key(mark.values.get(number)) for number in numbers}


def _key(value: Any) -> Any:
    return (type(value).__name__, value) if value not in (None, "") else ("NoneType", None)


def _condition(mark: Mark, kept: Collection[int], others: Collection[int]) -> Any:
    values = _values(mark, kept)
    if values == {_key(None)}:
        return {"exists": False}
    if _key(None) in values or len(values) > _MOST_LISTED:
        excluded = _values(mark, others) - values - {_key(None)}
        if excluded:
            told = sorted((value for _, value in excluded), key=str)
            return {"not": told if len(told) > 1 else told[0]}
        return {"exists": True}
    return _listed(mark, kept)


def _listed(mark: Mark, kept: Collection[int]) -> Any:
    listed = list(dict.fromkeys(_key(mark.values.get(number)) for number in sorted(kept)))
    values = [value for _, value in listed]
    return values[0] if len(values) == 1 else values
