"""Which rules can match a record, by the record's shape: worked out once for each shape, then looked up.

Knows rules and their conditions. Must not know what a rule does.

A shape is the members that an object has, and the value at the one place where most rules of the dialect look
first (Kimi's `event`). Nearly all rules are settled by it, so an answer's commonest record costs one look-up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

from fetch2py.dialects.actions import Action
from fetch2py.dialects.conditions import Condition, Test
from fetch2py.dialects.pointers import Getter
from fetch2py.dialects.rules import Rule
from fetch2py.framing import Frame

__all__ = ["Plan", "Plans"]

Plan: TypeAlias = tuple[tuple[tuple[Test, ...], Action, bool], ...]
"""For each rule that can match: the tests that the shape leaves open, the action, whether it is the last."""

_MOST = 256
"""Genuine answers have some ten shapes; a server that invents more must not fill the memory."""

_ANY_SHAPE: tuple[Any, ...] = ()
"""What isn't an object has no shape, and all rules are tried."""


class Plans:
    """The plans of one dialect's rules."""

    def __init__(self, rules: Sequence[tuple[Rule, Action]]) -> None:
        self._rules = rules
        self._mark, self._read, self._words = _mark(
            [condition for rule, _ in rules for condition in rule.conditions]
        )
        self._plans: dict[tuple[Any, ...], Plan] = {}

    def plan(self, data: Any, frame: Frame) -> Plan:
        """The plan for this record."""
        if type(data) is dict:
            word = self._read(data, frame)
            shape = (word if type(word) is str and word in self._words else None, *data)
        else:
            shape = _ANY_SHAPE
        plan = self._plans.get(shape)
        return self._work_out(shape) if plan is None else plan

    def _work_out(self, shape: tuple[Any, ...]) -> Plan:
        if len(self._plans) >= _MOST:
            self._plans.clear()
        plan = tuple(
            (
                tuple(one.test for one in rule.conditions if not self._holds(one, shape)),
                action,
                rule.to == "ignore",
            )
            for rule, action in self._rules
            if self._can_match(rule, shape)
        )
        self._plans[shape] = plan
        return plan

    def _can_match(self, rule: Rule, shape: tuple[Any, ...]) -> bool:
        if shape is _ANY_SHAPE:
            return True
        word, *members = shape
        return rule.needs.issubset(members) and not any(self._fails(one, word) for one in rule.conditions)

    def _holds(self, condition: Condition, shape: tuple[Any, ...]) -> bool:
        """Whether the shape alone says that it holds."""
        known = condition.pointer == self._mark and shape is not _ANY_SHAPE and shape[0] is not None
        return known and condition.holds(shape[0])

    def _fails(self, condition: Condition, word: str | None) -> bool:
        """Whether the shape alone says that it doesn't hold. None stands for whatever no rule names."""
        if condition.pointer != self._mark:
            return False
        return condition.words is not None if word is None else not condition.holds(word)


def _mark(conditions: list[Condition]) -> tuple[str, Getter, frozenset[str]]:
    """Where most conditions ask for words (of several places, for most words): pointer, getter, words."""
    asked = [condition for condition in conditions if condition.words is not None and not condition.many]
    if not asked:
        return "", _nothing, frozenset()
    words: dict[str, set[str]] = {}
    for condition in asked:
        words.setdefault(condition.pointer, set()).update(condition.words or ())
    often = Counter(condition.pointer for condition in asked)
    pointer = max(words, key=lambda one: (often[one], len(words[one])))
    [read, *_] = [condition.read for condition in asked if condition.pointer == pointer]
    return pointer, read, frozenset(words[pointer])


def _nothing(_data: Any, _frame: Frame) -> None:
    return None
