"""Every text of a request with its place, and how much the place speaks for a message standing there.

Knows JSON, and fields, which are the members of one object; JSON and base64 inside of them, and GraphQL's
place. Must not know what was typed, nor decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from fetch2py import jsontext
from fetch2py.message.names import NO_NAME, Name, name
from fetch2py.message.notation import from_base64
from fetch2py.message.standing import (
    Standing,
    by_elements,
    by_neighbours,
    by_role,
    reported_members,
    standing_of,
)
from fetch2py.message.texts import NATURAL, is_graphql, naturalness, words

__all__ = ["Into", "Place", "Trail", "places"]

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
# Databases spell a text as an object of its type; the name is then that of the object.
_TYPED_VALUES = words("stringValue string_value")
_SPACE = " \t\r\n"
_BRACKETS = '{["'
# Of a text that may be base64 so much tells: shorter ones spell no text that is worth the look.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6}")
# A text of letters alone is a word before it is base64, however it decodes.
_LOOKS_CODED = re.compile(r"(?=.{12})(?=[^a-z]*+[a-z])(?=[^A-Z]*+[A-Z])[^0-9+/_=-]*+[0-9+/_=-]")
_BY_CHANCE = -30.0
_ENOUGH = 300
_MOST_SCRIPTS = 3
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*+")
_GRAPHQL_MARKS = words("variables operationName extensions")


class Into(Enum):
    """A step from a text into the one that it holds, by its notation."""

    JSON = "json"
    BASE64 = "base64"


Trail: TypeAlias = "tuple[Trail, str | int | Into] | None"
"""The way to a value, from its end: (the way to what it is in, its name, index, or the step into a text)."""


class Place(NamedTuple):
    """A text where it stands. `weight` says how much name, role and position speak for the message, `carrier`
    is the word of what it stands in. `holds` says that it is the spelling of other texts: JSON, base64.
    """

    carrier: str
    trail: Trail
    text: str
    weight: float
    name: Name
    standing: Standing
    holds: bool = False

    @property
    def path(self) -> tuple[tuple[str, tuple[str | int, ...]], ...]:
        """The steps to it: each with its notation, and the names and indices from there to the next."""
        steps: list[tuple[str, tuple[str | int, ...]]] = []
        way: list[str | int] = []
        trail = self.trail
        while trail:
            trail, token = trail
            if isinstance(token, Into):
                steps.append((token.value, tuple(reversed(way))))
                way = []
            else:
                way.append(token)
        steps.append((Into.JSON.value, tuple(reversed(way))))
        return tuple(reversed(steps))

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

    carrier: str
    value: Any
    trail: Trail
    score: float
    name: Name
    standing: Standing
    depth: int
    in_list: bool = False


_Item: TypeAlias = Place | _Container


def places(value: Any, carrier: str) -> Iterator[Place]:
    """Every text in `value` that says something, in the source's order; and empty ones of a message's name.

    `value` is parsed JSON, the fields of a form as an object, or a text. Members whose names no address can
    tell are left out with all that is in them.
    """
    standing = standing_of(value)
    stack: list[_Item] = []
    if isinstance(value, (dict, list)):
        stack.append(_Container(carrier, value, None, 0.0, NO_NAME, standing, 0))
    elif isinstance(value, str) and _says(value):
        stack.append(Place(carrier, None, value, NO_NAME.weight, NO_NAME, standing))
    while stack:
        item = stack.pop()
        if isinstance(item, Place):
            inner = _inside(item)
            if inner is not None:
                stack.append(inner)
                # A message in quotation marks, or one that happens to be base64, is a text all the same.
                item = item._replace(holds=isinstance(inner, _Container) or _speaks(item, inner))
            yield item
        elif item.depth < _DEEPEST:
            stack.extend(_members(item) if isinstance(item.value, dict) else _elements(item))


def _members(container: _Container) -> Iterator[_Item]:
    """The members of an object that can lead to texts, last first."""
    carrier, members, trail, score, outer, standing, depth, in_list = container
    score += _LEVEL
    if not in_list:
        standing = by_role(standing, members)
    elif isinstance(members.get("type"), str) and members["type"] in _PARTS:
        score += _PART
    was_past = standing.is_past
    standing = by_neighbours(standing, members, in_list=in_list)
    score += _PAST if standing.is_past and not was_past else 0.0
    reported = reported_members(standing, members, in_list=in_list)
    for member in reversed(members):
        value = members[member]
        about = outer if member in _TYPED_VALUES else name(member)
        if not about.is_tellable or _is_document(members, member):
            continue
        stands = standing._replace(is_report=True) if member in reported else standing
        if isinstance(value, str) and (_says(value) or (not value and about.repeats)):
            yield Place(carrier, (trail, member), value, score + about.weight + stands.role, about, stands)
        elif isinstance(value, (dict, list)):
            yield _Container(carrier, value, (trail, member), score + about.inside, about, stands, depth + 1)


def _elements(container: _Container) -> Iterator[_Item]:
    """The elements of a list that can lead to texts, last first."""
    carrier, elements, trail, score, about, standing, depth, _ = container
    member = trail[1] if trail else None
    in_turn = by_elements(standing, member, elements)
    earlier = _EARLIER_BLOCK if member in _LAST_COUNTS else _EARLIER
    if len(set(map(type, elements))) > 1:
        # A row of fields without names, as Google's sites send them, where each has its place.
        earlier = 0.0
    for index in reversed(range(len(elements))):
        value = elements[index]
        each = score + _LEVEL
        if in_turn:
            standing = in_turn(index)
            each += _PAST if standing.is_past else 0.0
        elif index + 1 < len(elements):
            each += earlier
        if isinstance(value, str) and _says(value):
            yield Place(carrier, (trail, index), value, each + about.weight + standing.role, about, standing)
        elif isinstance(value, (dict, list)):
            yield _Container(carrier, value, (trail, index), each, about, standing, depth + 1, in_list=True)


def _says(text: str) -> bool:
    return bool(text) and not text.isspace()


def _inside(place: Place) -> _Item | None:
    """What the place's text holds, if it is JSON or base64: an object or list, or another text."""
    first = place.text.lstrip(_SPACE)[:1]
    if first and first in _BRACKETS:
        try:
            value = jsontext.parse(place.text)
        except ValueError:
            return None
        return _within(place, Into.JSON, value)
    inner = from_base64(place.text) if _BASE64.match(place.text) else None
    if inner is None or not (inner.isprintable() or _PRINTABLE.fullmatch(inner)):
        return None
    return _within(place, Into.BASE64, inner)


def _within(place: Place, into: Into, value: Any) -> _Item | None:
    """The object, list or text that the place's text holds in that notation."""
    trail = (place.trail, into)
    if isinstance(value, str):
        by_chance = _BY_CHANCE if into is Into.BASE64 and _is_by_chance(place.text, value) else 0.0
        inner = place._replace(trail=trail, text=value, weight=place.weight + by_chance)
        return inner if _says(value) else None
    depth, outer = 0, place.trail
    while outer:
        depth, outer = depth + 1, outer[0]
    return _Container(place.carrier, value, trail, place.surroundings, place.name, place.standing, depth)


def _speaks(outer: Place, inner: Place) -> bool:
    """Whether a text inside of another speaks for itself."""
    if inner.trail is not None and inner.trail[1] is Into.BASE64:
        return _is_coded(outer.text, inner.text)
    return inner.text.lstrip(_SPACE)[0] in "{["


def _is_by_chance(text: str, inner: str) -> bool:
    """Whether the text is a word that decodes to something, rather than the base64 of something short."""
    is_word = text.islower() or text.isupper() or text.istitle() or not inner.isascii()
    return is_word and not _is_coded(text, inner)


def _is_coded(text: str, inner: str) -> bool:
    """Whether a text is base64 by more than chance: it looks so, and what it spells is far likelier."""
    if not _LOOKS_CODED.match(text):
        return False
    if inner.lstrip(_SPACE)[:1] in ("{", "[") and jsontext.is_json(inner):
        return True
    return naturalness(inner) == NATURAL and _is_of_few_scripts(inner[:_ENOUGH])


def _is_of_few_scripts(text: str) -> bool:
    """Whether the letters are of the few alphabets that one language needs; random bytes spell many."""
    if text.isascii():
        return True
    from unicodedata import category, name

    signs = {char for char in text if not char.isascii()}
    if any(category(sign) in ("Cc", "Cn", "Co") for sign in signs):
        return False
    return len({name(sign, "").partition(" ")[0] for sign in signs if sign.isalpha()}) <= _MOST_SCRIPTS


def _is_document(members: dict[str, Any], member: str) -> bool:
    """Whether the member is the GraphQL document that its neighbours belong to."""
    return (
        member == "query"
        and not _GRAPHQL_MARKS.isdisjoint(members)
        and isinstance(members[member], str)
        and is_graphql(members[member])
    )
