"""What its surroundings tell about all that is in a container: whose words they are, and of which turn.

Knows turns of a conversation, and reports of events. Must not know how texts are named, nor what they say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from fetch2py.message.roles import OTHER, PERSON, UNKNOWN, Turns, newest_first, role_of, turns_of
from fetch2py.message.texts import words

__all__ = ["Standing", "by_elements", "by_neighbours", "by_role", "reported_members", "standing_of"]

_ROLE_WEIGHT = {PERSON: 10.0, OTHER: -20.0}
_OPEN_TURN = 12.0
_ANSWERED_TURN = -3.0
# Lists of these names are turns even where no element tells its role.
_TURN_LISTS = words("messages contents turns conversation dialog dialogue")
# A report of what happened, as analytics send it: an event's name, and beside it its properties.
_EVENT_NAMES = words("event event_name eventName event_type eventType")
_EVENT_PROPERTIES = words("properties event_properties eventProperties")
_EVENT_DETAILS = _EVENT_PROPERTIES | words("params attributes props metadata")
_REPORT_MARKS = words("writeKey write_key api_key distinct_id sent_at sentAt anonymousId statsigMetadata")
# What is said of an answer, and a question with the answer it got.
_RATINGS = words(
    """
    rating feedback feedback_type feedbackType vote thumbs thumbs_up thumbs_down thumbsUp thumbsDown stars
    satisfaction liked is_liked isLiked reaction
    """
)
_ANSWERS, _QUESTIONS = words("answer response reply completion output"), words("question prompt query")
# The trace that an error's report has beside its message.
_STACKS = words("stack stacktrace stackTrace stack_trace componentStack traceback trace")
_STACK = re.compile(r"(?:\A|\n)\s*+at \S|:[0-9]+:[0-9]+|Traceback|[A-Z][A-Za-z]*+Error\b|\.js:[0-9]")
_ENOUGH = 1000
_ORDERS = ("order", "sort", "sortOrder", "sort_order", "ordering")
_FALLING = re.compile(r"desc|newest|latest|reverse", re.IGNORECASE)


class Standing(NamedTuple):
    """`role` is a weight. An answered turn is the person's last one with another's behind it, and is done
    where no model goes on from that; an open turn is their last one with none; the turns before are past.
    `in_report`: the body as a whole reports events; `in_feedback`: it tells about an answer; `in_error`: of
    a program's error. `is_falling`: lists there are said to have the newest turn first.
    """

    role: float = 0.0
    is_other: bool = False
    is_past: bool = False
    is_answered: bool = False
    is_open: bool = False
    is_report: bool = False
    in_report: bool = False
    in_feedback: bool = False
    is_done: bool = False
    in_error: bool = False
    is_falling: bool = False


def standing_of(body: Any) -> Standing:
    """How all that is in a body stands."""
    return Standing(in_report=isinstance(body, dict) and not _REPORT_MARKS.isdisjoint(body))


def by_role(standing: Standing, item: dict[str, Any]) -> Standing:
    """How the members of an object stand that is no list's element."""
    return _with_role(standing, role_of(item, in_list=False))


def by_elements(standing: Standing, member: object, items: list[Any]) -> Callable[[int], Standing] | None:
    """How each element of a list of turns stands, by index; None for any other list. `member` is its name."""
    turns = turns_of(items, is_falling=standing.is_falling)
    if turns is None:
        if member not in _TURN_LISTS:
            return None
        is_reversed = standing.is_falling or newest_first(items)
        last = 0 if is_reversed else len(items) - 1
        turns = Turns((UNKNOWN,) * len(items), last, is_open=True, step=-1 if is_reversed else 1)
    known: dict[tuple[str, int], Standing] = {}

    def at(index: int) -> Standing:
        side = ((index > turns.last) - (index < turns.last)) * turns.step
        key = (turns.roles[index], side)
        if key not in known:
            known[key] = _in_turn(standing, turns, *key)
        return known[key]

    return at


def reported_members(standing: Standing, item: dict[str, Any], *, in_list: bool) -> frozenset[str]:
    """Which members of an object are what an event's report says of the event."""
    if not (in_list or standing.in_report):
        return frozenset()
    if not _EVENT_NAMES.isdisjoint(item):
        return _EVENT_DETAILS
    return _EVENT_PROPERTIES if "name" in item else frozenset()


def by_neighbours(standing: Standing, item: dict[str, Any], *, in_list: bool) -> Standing:
    """How the members of an object stand by what the others of them are."""
    if is_feedback(item):
        standing = standing._replace(in_feedback=True)
        if in_list and not _QUESTIONS.isdisjoint(item) and _has_text(item, _ANSWERS):
            standing = standing._replace(is_past=True)
    if not _STACKS.isdisjoint(item) and any(_is_stack(item.get(key)) for key in _STACKS):
        standing = standing._replace(in_error=True)
    orders = [item[key] for key in _ORDERS if isinstance(item.get(key), str)]
    return standing._replace(is_falling=True) if any(map(_FALLING.match, orders)) else standing


def _is_stack(value: Any) -> bool:
    return isinstance(value, str) and bool(_STACK.search(value[:_ENOUGH]))


def is_feedback(item: dict[str, Any]) -> bool:
    """Whether an object tells what a person thinks of an answer, or which answer a question got."""
    if not _RATINGS.isdisjoint(item) and any(item.get(name) for name in _RATINGS):
        return True
    if _ANSWERS.isdisjoint(item):
        return False
    return _has_text(item, _ANSWERS) and _has_text(item, _QUESTIONS)


def _has_text(item: dict[str, Any], names: frozenset[str]) -> bool:
    return any(isinstance(item.get(name), str) and item[name] for name in names)


def _in_turn(standing: Standing, turns: Turns, role: str, side: int) -> Standing:
    standing = _with_role(standing, role)
    if role == OTHER:
        return standing
    if side < 0:
        return standing._replace(is_past=True)
    if side > 0 or role == UNKNOWN:
        return standing
    if turns.is_open:
        return standing._replace(role=_OPEN_TURN, is_open=True)
    return standing._replace(role=_ANSWERED_TURN, is_answered=True, is_done=turns.is_done)


def _with_role(standing: Standing, role: str) -> Standing:
    if role not in _ROLE_WEIGHT:
        return standing
    return standing._replace(role=_ROLE_WEIGHT[role], is_other=role == OTHER)
