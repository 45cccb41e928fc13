"""One answer, read by the rules of one dialect: frames in, events out.

Knows records and the order in which rules see them. Must not know bytes, HTTP, nor any dialect in particular.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from fetch2py.dialects.actions import Action, Findings, compile_action
from fetch2py.dialects.rules import Dialect, Expansion
from fetch2py.events import Event, Reasoning, Text
from fetch2py.framing import Frame, records
from fetch2py.jsontext import parse

__all__ = ["Reader"]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_OPENING = frozenset(' \t\r\n\ufeff{["-0123456789tfn')
"""What a JSON text begins with, or may have before it."""

_raw_decode = json.JSONDecoder(parse_constant=_refuse).raw_decode


class Reader:
    """Reads one answer. `records` counts what held anything, `problem` is "" or what kept it from reading on.

    `strict` is for framings that promise JSON: a record that isn't is a problem, and nothing more is read.
    """

    def __init__(self, dialect: Dialect, *, strict: bool = False) -> None:
        self.dialect = dialect
        self.records = 0
        self.problem = ""
        self._strict = strict
        self._findings = Findings()
        self._carried: dict[str, Any] = {}
        self._plan = dialect.plans.plan
        self._acts = _Actions(self._action)

    @property
    def text(self) -> str:
        """The answer by now, its blocks in the order in which they began."""
        return self._findings.channels["text"].text

    @property
    def reasoning(self) -> str:
        """The reasoning by now, likewise."""
        return self._findings.channels["reasoning"].text

    @property
    def error(self) -> str:
        """The first error's message, "" for none."""
        return self._findings.error

    @property
    def ids(self) -> Mapping[str, str]:
        """What the answer named, by name."""
        return self._findings.ids

    @property
    def ended(self) -> bool:
        """Whether an end mark was seen. More can follow."""
        return self._findings.ended

    @property
    def notes(self) -> tuple[str, ...]:
        """Why the final text isn't the Text events joined; empty where it is."""
        return tuple(note for channel in self._findings.channels.values() for note in channel.notes)

    def receive(self, frames: Iterable[Frame]) -> list[Event]:
        """The events in these frames, in their order."""
        events: list[Event] = []
        for frame in frames:
            raw = frame.data
            if isinstance(raw, bytes):
                raw = raw.decode("utf-8", "replace")
            try:
                data, end = _raw_decode(raw)
            except (ValueError, RecursionError):
                end = -1
            if end == len(raw):
                self._read(data, frame, events)
            else:
                self._read_odd(raw, frame, events)
            if self.problem:
                break
        return events

    def finish(self) -> list[Event]:
        """No more is to come: the halves of characters that were held leave."""
        channels = self._findings.channels
        text, reasoning = channels["text"].finish(), channels["reasoning"].finish()
        return [*([Reasoning(reasoning)] if reasoning else []), *([Text(text)] if text else [])]

    def _action(self, number: int) -> Action:
        """What the rule of that number does, counted from 0."""
        return compile_action(self.dialect.rules[number], self._findings, self.dialect.strip_nul)

    def _splits(self) -> bool:
        """Whether a frame can hold several records. Bare text can look like that by chance."""
        return not any(rule.get and rule.get.text == "@raw" for rule in self.dialect.rules)

    def _read_odd(self, raw: str, frame: Frame, events: list[Event]) -> None:
        """A frame that isn't JSON from its first character to its last."""
        if self._splits() and len(parts := records(frame)) > 1:
            events += self.receive(parts)
            return
        try:
            # What can't be JSON needn't be tried a second time: bare text is told by its first character.
            self._read(parse(raw) if raw[:1] in _OPENING else _refuse(raw[:1]), frame, events)
        except ValueError:
            if self._strict:
                self.problem = "A message of the answer is not JSON."
            else:
                self._read(raw, frame, events)

    def _read(self, data: Any, frame: Frame, events: list[Event]) -> None:
        self.records += 1
        dialect = self.dialect
        if dialect.carry and type(data) is dict:
            self._carry(data)
        self._apply(data, frame, events)
        if dialect.expand and (children := _children(data, frame, dialect.expand)):
            bare = frame._replace(data="")
            for child in children:
                self._apply(child, bare, events)

    def _carry(self, data: dict[str, Any]) -> None:
        for key in self.dialect.carry:
            if key in data:
                self._carried[key] = data[key]
            elif key in self._carried:
                data[key] = self._carried[key]

    def _apply(self, data: Any, frame: Frame, events: list[Event]) -> None:
        for tests, number, stops in self._plan(data, frame):
            for test in tests:
                if not test(data, frame):
                    break
            else:
                self._acts[number](data, frame, events)
                if stops:
                    return


class _Actions(dict[int, Action]):
    """What rules do, by their numbers; each is compiled when it is first asked for, and few ever are."""

    def __init__(self, compiled: Callable[[int], Action]) -> None:
        super().__init__()
        self._compiled = compiled

    def __missing__(self, number: int) -> Action:
        action = self[number] = self._compiled(number)
        return action


def _children(data: Any, frame: Frame, expansions: tuple[Expansion, ...]) -> list[dict[str, Any]]:
    """The records inside a record, and inside those, in the text's order."""
    found: list[dict[str, Any]] = []
    waiting = _inner(data, frame, expansions)
    while waiting:
        child = waiting.pop()
        found.append(child)
        waiting += _inner(child, frame, expansions)
    return found


def _inner(parent: Any, frame: Frame, expansions: tuple[Expansion, ...]) -> list[dict[str, Any]]:
    """The records right inside a record, last first."""
    inner: list[dict[str, Any]] = []
    for expansion in expansions:
        # Nearly all records have nothing to expand, and lack the member that it would stand in.
        if type(parent) is not dict or not expansion.member or expansion.member in parent:
            inner += _expanded(parent, frame, expansion)
    inner.reverse()
    return inner


def _expanded(parent: Any, frame: Frame, expansion: Expansion) -> list[dict[str, Any]]:
    for condition in expansion.conditions:
        if not condition.test(parent, frame):
            return []
    found = expansion.at.read(parent, frame)
    arrays = found if expansion.at.many else [found]
    children = [child for array in arrays if type(array) is list for child in array if type(child) is dict]
    join = expansion.join
    if not join:
        return children
    return [{**child, join: _joined(parent.get(join), child.get(join))} for child in children]


def _joined(*paths: Any) -> str:
    return "/".join(str(path) for path in paths if type(path) in (str, int, float) and path != "")
