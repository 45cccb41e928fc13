"""Every text of a request with its place, and how much the place speaks for a message standing there.

Knows JSON, JSON inside of it, and GraphQL's place in it. Must not know what was typed, nor decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from fetch2py import jsontext
from fetch2py.message.names import NO_NAME, Name, name
from fetch2py.message.standing import (
    Standing,
    by_elements,
    by_role,
    is_feedback,
    reported_members,
    standing_of,
)
from fetch2py.message.texts import is_graphql, words

__all__ = ["Place", "Trail", "places"]

# No site nests its message deeper; a body that does is made to keep its reader busy.
_DEEPEST = 120

_LEVEL = -0.3
_PAST = -10.0
# Parts of a turn that are not what the person typed in it.
_PARTS = words(
    """
    tool_result tool_use tool_call function_call function_call_output reasoning thinking image image_url
    input_image file input_file document audio video
    """
)
_PART = -15.0
# In lists of these names the last text is the person's: files and quotes come before it.
_LAST_COUNTS = words("blocks")
_EARLIER_BLOCK, _EARLIER = -12.0, -1.0
_GRAPHQL_MARKS = words("variables operationName extensions")

Trail: TypeAlias = "tuple[Trail, str | int | None] | None"
"""The way to a value, from its end: (the way to what it is in, its name or index). None as a name or index is
the step from a text into the JSON that it holds.
"""


class Place(NamedTuple):
    """A text where it stands. `weight` says how much name, role and position speak for the message."""

    trail: Trail
    text: str
    weight: float
    name: Name
    standing: Standing
    is_json: bool = False
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

    @property
    def surroundings(self) -> float:
        """The weight without the name's and the role's: what its containers and its position give or take."""
        return self.weight - self.name.weight - self.standing.role


class _Container(NamedTuple):
    """An object or list to be looked into. `score` is what containers and positions give or take so far;
    `name` is that of the nearest member.
    """

    value: Any
    trail: Trail
    score: float
    name: Name
    standing: Standing
    depth: int
    in_list: bool = False


_Item: TypeAlias = Place | _Container


def places(value: Any, *, field: str | None = None) -> Iterator[Place]:
    """Every text in `value` that says something, in the source's order.

    `value` is parsed JSON, or where a form's `field` is named, that field's text. Members whose names no
    address can tell are left out with all that is in them.
    """
    about = NO_NAME if field is None else name(field)
    standing = standing_of(value)
    stack: list[_Item] = []
    if isinstance(value, (dict, list)):
        stack.append(_Container(value, None, 0.0, about, standing, 0))
    elif isinstance(value, str) and _says(value):
        stack.append(Place(None, value, about.weight, about, standing))
    while stack:
        item = stack.pop()
        if isinstance(item, Place):
            inner = _json_in(item)
            if inner is not None:
                stack.append(inner)
                item = item._replace(is_json=True)
            yield item._replace(field=field) if field else item
        elif item.depth < _DEEPEST:
            stack.extend(_members(item) if isinstance(item.value, dict) else _elements(item))


def _members(container: _Container) -> Iterator[_Item]:
    """The members of an object that can lead to texts, last first."""
    members, trail, score, _, standing, depth, in_list = container
    score += _LEVEL
    if not in_list:
        standing = by_role(standing, members)
    elif isinstance(members.get("type"), str) and members["type"] in _PARTS:
        score += _PART
    if is_feedback(members):
        standing = standing._replace(in_feedback=True)
    reported = reported_members(standing, members, in_list=in_list)
    for member in reversed(members):
        value = members[member]
        about = name(member)
        if not about.is_tellable or _is_document(members, member):
            continue
        stands = standing._replace(is_report=True) if member in reported else standing
        if isinstance(value, str) and _says(value):
            yield Place((trail, member), value, score + about.weight + stands.role, about, stands)
        elif isinstance(value, (dict, list)):
            yield _Container(value, (trail, member), score + about.inside, about, stands, depth + 1)


def _elements(container: _Container) -> Iterator[_Item]:
    """The elements of a list that can lead to texts, last first."""
    elements, trail, score, about, standing, depth, _ = container
    member = trail[1] if trail else None
    in_turn = by_elements(standing, member, elements)
    earlier = _EARLIER_BLOCK if member in _LAST_COUNTS else _EARLIER
    for index in reversed(range(len(elements))):
        value = elements[index]
        each = score + _LEVEL
        if in_turn:
            standing = in_turn(index)
            each += _PAST if standing.is_past else 0.0
        elif index + 1 < len(elements):
            each += earlier
        if isinstance(value, str) and _says(value):
            yield Place((trail, index), value, each + about.weight + standing.role, about, standing)
        elif isinstance(value, (dict, list)):
            yield _Container(value, (trail, index), each, about, standing, depth + 1, in_list=True)


def _says(text: str) -> bool:
    return bool(text) and not text.isspace()


def _json_in(place: Place) -> _Container | None:
    """The object or list whose JSON the place's text is, if it is any."""
    if place.text[0] not in "{[ \t\r\n" or place.text.lstrip()[0] not in "{[":
        return None
    try:
        value = jsontext.parse(place.text)
    except ValueError:
        return None
    depth = sum(map(len, place.tokens))
    return _Container(value, (place.trail, None), place.surroundings, place.name, place.standing, depth)


def _is_document(members: dict[str, Any], member: str) -> bool:
    """Whether the member is the GraphQL document that its neighbours belong to."""
    return (
        member == "query"
        and not _GRAPHQL_MARKS.isdisjoint(members)
        and isinstance(members[member], str)
        and is_graphql(members[member])
    )
