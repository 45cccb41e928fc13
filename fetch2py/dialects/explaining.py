"""A reader that accounts for what it does: which rule took what from which record.

Apart from `Reader`, which doesn't pay for it. Must not know who wants to know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fetch2py.dialects.actions import Action
from fetch2py.dialects.reader import Reader
from fetch2py.dialects.rules import Dialect
from fetch2py.events import Event
from fetch2py.framing import Frame

__all__ = ["Account", "ExplainingReader", "Taken"]


class Taken(NamedTuple):
    """What one rule took: `rule` is its number in the dialect, counted from 1, `value` what it found.

    `new` is False where nothing came of it: the id was known, or the text hadn't grown.
    """

    rule: int
    value: Any
    new: bool


class Account(NamedTuple):
    """What became of one record. `number` is "3", or "3.1" for the first record that was inside the third.

    `dialect` is the name of the rules that read it, "" for none; `event` the record's event name.
    """

    dialect: str
    number: str
    event: str | None
    data: Any
    taken: tuple[Taken, ...]


class ExplainingReader(Reader):
    """The same, and calls `account` with each record once its rules have run."""

    def __init__(self, dialect: Dialect, *, strict: bool = False, account: Callable[[Account], None]) -> None:
        self._account = account
        self._taken: list[Taken] = []
        self._within = 0
        super().__init__(dialect, strict=strict)

    def _action(self, number: int) -> Action:
        rule, action = self.dialect.rules[number], super()._action(number)
        ids = self._findings.ids

        def noted(data: Any, frame: Frame, events: list[Event]) -> bool:
            before = len(events), len(ids)
            took = action(data, frame, events)
            if took:
                new = rule.to in ("end", "ignore") or before != (len(events), len(ids))
                value = rule.get.read(data, frame) if rule.get else None
                self._taken.append(Taken(number + 1, value, new))
            return took

        return noted

    def _read(self, data: Any, frame: Frame, events: list[Event]) -> None:
        self._within = 0
        super()._read(data, frame, events)

    def _apply(self, data: Any, frame: Frame, events: list[Event]) -> None:
        self._taken = []
        super()._apply(data, frame, events)
        number = f"{self.records}.{self._within}" if self._within else f"{self.records}"
        self._within += 1
        self._account(Account(self.dialect.name, number, frame.event, data, tuple(self._taken)))
