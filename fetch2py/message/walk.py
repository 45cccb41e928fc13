"""Every text of a request with its place, and how much the place speaks for a message standing there.

Knows names, roles and positions in JSON, and JSON inside of it. Must not know what was typed, nor decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from fetch2py import jsontext
from fetch2py.message.names import NO_NAME, Name, name
from fetch2py.message.roles import OTHER, PERSON, UNKNOWN, Turns, role_of, turns_of
from fetch2py.message.texts import is_graphql, words

__all__ = ["Place", "Trail", "places"]

# No site nests its message deeper; a body that does is made to keep its reader busy.
_DEEPEST = 120

_ROLE_WEIGHT = {PERSON: 10.0, OTHER: -20.0}
_OPEN_TURN = 12.0
_ANSWERED_TURN = -3.0
_PAST = -10.0
_LEVEL = -0.3
_LIST_NAMES = words("messages contents turns conversation dialog dialogue")
# Parts of a turn that are not what the person typed in it.
_PARTS = words(
    """
    tool_result tool_use tool_call function_call function_call_output reasoning thinking image image_url
    input_image file input_file document audio video
    """
)
_PART = -15.0
# In lists of these names the last text is the person's: files and quotes come before it.
_LAST_COUNTS = frozenset(("blocks",))
_EARLIER_BLOCK, _EARLIER = -12.0, -1.0
# A report of what happened, as analytics send it: an event's name, and beside it its properties.
_EVENT_NAMES = words("event event_name eventName event_type eventType")
_EVENT_PROPERTIES = frozenset(("properties", "event_properties", "eventProperties"))
_EVENT_DETAILS = _EVENT_PROPERTIES | {"params", "attributes", "props", "metadata"}
_REPORT_MARKS = words(
    """
    writeKey write_key api_key distinct_id sent_at sentAt anonymousId statsigMetadata
    """
)
_GRAPHQL_MARKS = frozenset(("variables", "operationName", "extensions"))

Trail: TypeAlias = "tuple[Trail, str | int | None] | None"
"""The way to a value, from its end: (the way to what it is in, its name or index). None as a name or index is
the step from a text into the JSON that it holds.
"""


class _Standing(NamedTuple):
    """What its surroundings tell about all that is in a container. `role` is a weight; an answered turn is
    the person's last one, with another's behind it; an open turn is their last one, with none.
    """

    role: float = 0.0
    is_other: bool = False
    is_past: bool = False
    is_answered: bool = False
    is_open: bool = False
    is_report: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A text where it stands. `weight` says how much name, role and position speak for the message."""

    trail: Trail
    text: str
    weight: float
    name: Name
    standing: _Standing
    is_json: bool
    field: str = ""

    @property
    def tokens(self) -> tuple[tuple[str | int, ...], ...]:
        """The tokens of the pointer to it, then of those into each text inside; list indices as numbers."""
        path: list[list[str | int]] = [[]]
        trail = self.trail
        while trail:
            trail, token = trail
            if token is None:
                path.append([])
            else:
                path[-1].append(token)
        return tuple(tuple(reversed(tokens)) for tokens in reversed(path))

    @property
    def is_own(self) -> bool:
        """Whether it is part of what the person says now: no other's words, and no earlier turn."""
        return not (self.standing.is_other or self.standing.is_past)


class _Visit(NamedTuple):
    """A value to be looked at, with what is known of it beforehand. `name` is that of the nearest member."""

    value: Any
    trail: Trail
    depth: int
    score: float
    name: Name
    standing: _Standing
    in_list: bool = False
    in_report: bool = False


def places(value: Any, *, field: str | None = None) -> Iterator[Place]:
    """Every text in `value` that says something, in the source's order.

    `value` is parsed JSON, or where a form's `field` is named, that field's text. Members whose names no
    address can tell are left out with all that is in them.
    """
    in_report = isinstance(value, dict) and not _REPORT_MARKS.isdisjoint(value)
    about = NO_NAME if field is None else name(field)
    stack = [_Visit(value, None, 0, 0.0, about, _Standing(), in_report=in_report)]
    while stack:
        visit = stack.pop()
        if isinstance(visit.value, str):
            inner = _json_in(visit.value) if visit.depth < _DEEPEST else None
            if inner is not None:
                stack.append(visit._replace(value=inner, trail=(visit.trail, None), depth=visit.depth + 1))
            if visit.value and not visit.value.isspace():
                weight = visit.score + visit.name.weight + visit.standing.role
                is_json = inner is not None
                yield Place(
                    visit.trail, visit.value, weight, visit.name, visit.standing, is_json, field or ""
                )
        elif visit.depth < _DEEPEST:
            stack.extend(_members(visit) if isinstance(visit.value, dict) else _elements(visit))


def _json_in(text: str) -> Any:
    """The object or list whose JSON the text is, or None."""
    if text[:1] not in "{[ \t\r\n" or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return jsontext.parse(text)
    except ValueError:
        return None


def _members(visit: _Visit) -> Iterator[_Visit]:
    """The members of an object that can lead to texts, last first."""
    item: dict[str, Any] = visit.value
    score, standing, depth = visit.score + _LEVEL, visit.standing, visit.depth + 1
    if not visit.in_list:
        standing = _with_role(standing, role_of(item, in_list=False))
    elif isinstance(item.get("type"), str) and item["type"] in _PARTS:
        score += _PART
    reported = _reported(visit)
    for member in reversed(item):
        value = item[member]
        if not isinstance(value, (str, dict, list)):
            continue
        about = name(member)
        if not about.is_tellable or _is_document(item, member):
            continue
        inside = score if isinstance(value, str) else score + about.inside
        stands = standing._replace(is_report=True) if member in reported else standing
        yield _Visit(value, (visit.trail, member), depth, inside, about, stands, False, visit.in_report)


def _elements(visit: _Visit) -> Iterator[_Visit]:
    """The elements of a list that can lead to texts, last first."""
    items: list[Any] = visit.value
    score, depth, about = visit.score + _LEVEL, visit.depth + 1, visit.name
    member = visit.trail[1] if visit.trail else None
    turns = turns_of(items)
    if turns is None and member in _LIST_NAMES:
        turns = Turns((UNKNOWN,) * len(items), len(items) - 1, is_open=True)
    earlier = _EARLIER_BLOCK if member in _LAST_COUNTS else _EARLIER
    for index in reversed(range(len(items))):
        value = items[index]
        if not isinstance(value, (str, dict, list)):
            continue
        standing, extra = visit.standing, 0.0
        if turns:
            standing = _in_turn(standing, turns, index)
            extra = _PAST if standing.is_past else 0.0
        elif index + 1 < len(items):
            extra = earlier
        trail = (visit.trail, index)
        yield _Visit(value, trail, depth, score + extra, about, standing, True, visit.in_report)


def _in_turn(standing: _Standing, turns: Turns, index: int) -> _Standing:
    standing = _with_role(standing, turns.roles[index])
    if standing.is_other:
        return standing
    if index < turns.last:
        return standing._replace(is_past=True)
    if index > turns.last or turns.roles[index] == UNKNOWN:
        return standing
    role = _OPEN_TURN if turns.is_open else _ANSWERED_TURN
    return standing._replace(role=role, is_open=turns.is_open, is_answered=not turns.is_open)


def _with_role(standing: _Standing, role: str) -> _Standing:
    if role not in _ROLE_WEIGHT:
        return standing
    return standing._replace(role=_ROLE_WEIGHT[role], is_other=role == OTHER)


def _reported(visit: _Visit) -> frozenset[str]:
    """Which members of an object are what an event's report says of it."""
    if not (visit.in_list or visit.in_report):
        return frozenset()
    if not _EVENT_NAMES.isdisjoint(visit.value):
        return _EVENT_DETAILS
    return _EVENT_PROPERTIES if "name" in visit.value else frozenset()


def _is_document(item: dict[str, Any], member: str) -> bool:
    """Whether the member is the GraphQL document that its neighbours belong to."""
    return (
        member == "query"
        and not _GRAPHQL_MARKS.isdisjoint(item)
        and isinstance(item[member], str)
        and is_graphql(item[member])
    )
