"""What a rule does with a record that its conditions hold for, and what all rules together have found.

Knows targets, modes, blocks and locks. Must not know conditions, bytes, nor any dialect in particular.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from fetch2py.dialects.blocks import Channel
from fetch2py.dialects.complaints import complaint
from fetch2py.dialects.pointers import Pointer, compile_pointer, raw_text
from fetch2py.dialects.rules import ID_TARGET, Rule
from fetch2py.events import Error, Event, Reasoning, Text
from fetch2py.framing import Frame
from fetch2py.jsontext import leaves, well_formed

__all__ = ["Action", "Findings", "compile_action"]

Action: TypeAlias = Callable[[Any, Frame, list[Event]], bool]
"""A record's data and frame in; events are put at the list's end. Whether the rule found anything."""

_Reads: TypeAlias = Callable[[Any, Frame], str]

_WHOLE = compile_pointer("")
_MOST_NESTED = 16
_NO_REASON = "The server reported an error and gave no reason."


class Findings:
    """What an answer's records held so far. `locks` are the candidates chosen, by the pointer of `same`."""

    def __init__(self) -> None:
        self.channels = {"text": Channel(), "reasoning": Channel()}
        self.error = ""
        self.ids: dict[str, str] = {}
        self.ended = False
        self.locks: dict[str, Any] = {}


def compile_action(rule: Rule, findings: Findings, strip_nul: bool) -> Action:
    """The rule's action on these findings."""
    if rule.to in findings.channels:
        action = _tells(rule, findings.channels[rule.to], strip_nul)
    elif rule.to.startswith(ID_TARGET):
        action = _names(rule, findings, strip_nul)
    elif rule.to == "error":
        action = _complains(rule, findings)
    else:
        action = _ends(rule, findings) if rule.to == "end" else _ignores
    return _locked(action, rule.same, findings.locks) if rule.same else action


def _tells(rule: Rule, channel: Channel, strip_nul: bool) -> Action:
    event: Callable[[str], Event] = Text if rule.to == "text" else Reasoning
    read = _texts(rule.get or _WHOLE, strip_nul)
    key = rule.key.read if rule.key else None
    put = channel.snapshot if rule.mode == "snapshot" else channel.append
    final = rule.mode == "final"

    def action(data: Any, frame: Frame, events: list[Event]) -> bool:
        text = read(data, frame)
        if not text or (final and not channel.empty):
            return False
        text = put(text, _block_name(key(data, frame))) if key else put(text)
        if text:
            events.append(event(text))
        return True

    return action


def _complains(rule: Rule, findings: Findings) -> Action:
    read = (rule.get or _WHOLE).read
    otherwise = "" if rule.get else _NO_REASON

    def action(data: Any, frame: Frame, events: list[Event]) -> bool:
        value = read(data, frame)
        message = complaint(value) or _spelled(value) or otherwise
        if message and not findings.error:
            findings.error = message
            events.append(Error(message))
        return bool(message)

    return action


def _names(rule: Rule, findings: Findings, strip_nul: bool) -> Action:
    name = rule.to.removeprefix(ID_TARGET)
    read = _texts(rule.get or _WHOLE, strip_nul)
    ids = findings.ids

    def action(data: Any, frame: Frame, _events: list[Event]) -> bool:
        if name not in ids and (found := well_formed(read(data, frame))):
            ids[name] = found
        return name in ids

    return action


def _ends(rule: Rule, findings: Findings) -> Action:
    read = rule.get.read if rule.get else None

    def action(data: Any, frame: Frame, _events: list[Event]) -> bool:
        if read is None or read(data, frame):
            findings.ended = True
        return findings.ended

    return action


def _ignores(_data: Any, _frame: Frame, _events: list[Event]) -> bool:
    return True


def _locked(action: Action, same: Pointer, locks: dict[str, Any]) -> Action:
    """The action for one of several candidates only: the first that gave anything. No name, no lock:
    an object or an array is none."""

    def locked(data: Any, frame: Frame, events: list[Event]) -> bool:
        candidate = same.read(data, frame)
        if type(candidate) in (dict, list):
            candidate = None
        chosen = locks.get(same.text)
        if candidate is not None and chosen is not None and candidate != chosen:
            return False
        fired = action(data, frame, events)
        if fired and candidate is not None:
            locks[same.text] = candidate
        return fired

    return locked


def _texts(pointer: Pointer, strip_nul: bool) -> _Reads:
    """What stands at the pointer, as text: all of it, if there are several; "" where nothing is."""
    read = pointer.read
    if pointer.many:

        def texts(data: Any, frame: Frame) -> str:
            return "".join(map(_text, read(data, frame)))

    elif not pointer.text:

        def texts(data: Any, frame: Frame) -> str:
            # A bare token can look like a number, and is shown as it was spelled.
            return raw_text(frame) if isinstance(data, (int, float)) else _text(data)

    else:

        def texts(data: Any, frame: Frame) -> str:
            value = read(data, frame)
            return value if type(value) is str else _text(value)

    return (lambda data, frame: texts(data, frame).replace("\0", "")) if strip_nul else texts


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return json.dumps(value) if type(value) in (int, float) else ""


def _spelled(value: Any) -> str:
    """An error that has no sentence, as its JSON; "" where nothing is in it."""
    told = isinstance(value, (dict, list)) and any(leaf for _, leaf in leaves(value))
    return well_formed(json.dumps(_pruned(value), ensure_ascii=False)) if told else ""


def _pruned(value: Any, depth: int = _MOST_NESTED) -> Any:
    """The value, down to a depth that a person can read and the interpreter can write."""
    if not isinstance(value, (dict, list)):
        return value
    if depth == 0:
        return "…"
    if isinstance(value, list):
        return [_pruned(member, depth - 1) for member in value]
    return {name: _pruned(member, depth - 1) for name, member in value.items()}


def _block_name(value: Any) -> str:
    # What is no scalar names nothing, and can nest too deeply to be written.
    if type(value) is str:
        return value
    return "" if type(value) in (dict, list) else json.dumps(value)
