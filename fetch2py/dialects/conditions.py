"""Conditions of the rule model, compiled: does a record have what a rule asks for?

Knows pointers and comparisons. Must not know what follows from the answer.

A value is compared as JSON: of its own type, where numbers are one type (1 equals 1.0) and true is no number.
Nulls and empty strings are nothing, so they do not exist; a condition of null holds where nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from fetch2py.dialects.pointers import Getter, Pointer, compile_pointer
from fetch2py.framing.frame import Frame

__all__ = ["Condition", "Test", "compile_conditions"]

Test: TypeAlias = Callable[[Any, Frame], bool]
_Holds: TypeAlias = Callable[[Any], bool]

_DEEPEST = 32
"""How deep comparisons may nest: deeper than sense is, and far from what the interpreter carries."""


class Condition(NamedTuple):
    """One condition of a rule.

    `read` gives the value at the pointer (the values, with `many`), `holds` judges one, `test` a record.
    `scalars` are the values that it can hold for, if they can be listed. `path` is the one without which it
    can't hold, () for none.
    """

    pointer: str
    read: Getter
    many: bool
    holds: _Holds
    test: Test
    scalars: tuple[Any, ...] | None
    path: tuple[str, ...]


def compile_conditions(on: Mapping[str, Any]) -> tuple[Condition, ...]:
    """All conditions of an `on`. Raises ValueError that says what is wrong with one."""
    return tuple(_condition(compile_pointer(pointer), wanted) for pointer, wanted in on.items())


def _condition(pointer: Pointer, wanted: Any) -> Condition:
    holds = _holds(wanted)
    read = pointer.read
    absent = holds(None)
    if pointer.many:
        # “Is not” and “does not exist” speak of all the values, the others of any.
        def test(data: Any, frame: Frame) -> bool:
            values = read(data, frame)
            return all(map(holds, values)) if absent else any(map(holds, values))
    else:

        def test(data: Any, frame: Frame) -> bool:
            return holds(read(data, frame))

    return Condition(
        pointer.text, read, pointer.many, holds, test, _scalars(wanted), () if absent else pointer.path
    )


def _scalars(wanted: Any) -> tuple[Any, ...] | None:
    listed = wanted if isinstance(wanted, list) else [wanted]
    return None if any(isinstance(one, (Mapping, list)) for one in listed) else tuple(listed)


def _holds(wanted: Any, depth: int = 0) -> _Holds:
    if depth > _DEEPEST:
        raise ValueError(f"comparisons nested more than {_DEEPEST} deep")
    if isinstance(wanted, Mapping):
        return _all_of([_COMPARISONS[name](given, depth + 1) for name, given in _comparisons(wanted)])
    if isinstance(wanted, list):
        return _any_of([_holds(one, depth + 1) for one in wanted], wanted)
    if wanted is None or isinstance(wanted, bool):
        return lambda value: value is wanted
    if isinstance(wanted, (int, float)):
        return lambda value: value == wanted and type(value) is not bool
    if isinstance(wanted, str):
        return lambda value: type(value) is str and value == wanted
    raise ValueError(f"a value of type {type(wanted).__name__} can't be compared with JSON")


def _comparisons(wanted: Mapping[str, Any]) -> list[tuple[str, Any]]:
    for name in wanted:
        if name not in _COMPARISONS:
            raise ValueError(f"{name!r} is no comparison: it can be {', '.join(_COMPARISONS)}")
    if not wanted:
        raise ValueError("an empty comparison")
    return list(wanted.items())


def _all_of(parts: list[_Holds]) -> _Holds:
    return parts[0] if len(parts) == 1 else lambda value: all(part(value) for part in parts)


def _any_of(parts: list[_Holds], wanted: list[Any]) -> _Holds:
    words = frozenset(one for one in wanted if isinstance(one, str))
    others = [part for part, one in zip(parts, wanted, strict=True) if not isinstance(one, str)]
    if not others:
        return lambda value: type(value) is str and value in words
    return lambda value: (type(value) is str and value in words) or any(part(value) for part in others)


def _exists(wanted: Any, _depth: int) -> _Holds:
    if not isinstance(wanted, bool):
        raise ValueError("`exists` is true or false")
    return lambda value: (value is not None and value != "") is wanted


def _differs(wanted: Any, depth: int) -> _Holds:
    holds = _holds(wanted, depth)
    return lambda value: not holds(value)


def _begins(wanted: Any, _depth: int) -> _Holds:
    if not isinstance(wanted, str):
        raise ValueError("`prefix` is a string")
    return lambda value: type(value) is str and value.startswith(wanted)


_COMPARISONS: dict[str, Callable[[Any, int], _Holds]] = {
    "exists": _exists,
    "not": _differs,
    "prefix": _begins,
}
