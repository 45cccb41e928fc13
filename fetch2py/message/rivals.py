"""Whether a place is the message alone: what must change with it, and what could as well be the message.

Knows two places and their weights. Must not know what was typed, nor what becomes of a doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from math import inf
from typing import TypeAlias

from fetch2py.message.names import WEAK, name
from fetch2py.message.texts import (
    NATURAL,
    is_briefing,
    is_graphql,
    is_phrase,
    is_telling,
    naturalness,
    normal,
)
from fetch2py.message.walk import Into, Place

__all__ = [
    "Ranked",
    "alike",
    "changes_with",
    "has_close_rival",
    "has_twin",
    "is_inside",
    "is_overshadowing",
    "is_sole",
    "same_and_others",
]

# The next text weighs less than the message by this much.
_MARGIN = 4.0
# Parts of one turn are told apart by little else than their order, which differs from site to site.
_MARGIN_OF_PARTS = 8.0
# A name of this weight is one that messages have.
_FAIR = 5
# Short for message, input and prompt, and for other things.
_LETTERS = ("m", "i", "p")
# Texts so short are found in unrelated places by chance.
_SHORT = 8
# What its containers take away from a place's weight before it is a matter beside the message.
_SIDE_MATTER = -6.0

Ranked: TypeAlias = tuple[float, Place]
"""A place with its weight, that of its text included where that counts."""


def same_and_others(ranked: list[Ranked]) -> tuple[list[Place], list[Ranked]]:
    """Of all places behind the best one: those that must change with it, and its rivals."""
    best = ranked[0][1]
    text = normal(best.text)
    same: list[Place] = []
    others: list[Ranked] = []
    for weight, place in ranked[1:]:
        if changes_with(best, place) and normal(place.text) == text:
            same.append(place)
        else:
            others.append((weight, place))
    return same, others


def has_close_rival(best: Ranked, rivals: list[Ranked]) -> bool:
    names = _names(best[1])
    for weight, place in rivals:
        distance = best[0] - weight
        if distance >= _MARGIN_OF_PARTS:
            return False
        if distance < _MARGIN or (place.is_own and _names(place) == names):
            return True
    return False


def is_overshadowing(best: Ranked, rivals: Iterable[Place]) -> bool:
    """Whether a rival would come near if it looked natural: "hi" and an address can be messages as well.

    Beside instructions to a model any text is near that has a name of messages.
    """
    weight, place = best
    margin = inf if is_briefing(place.text) else _MARGIN
    return any(
        rival.is_own
        and rival.name.weight > 0
        and rival.surroundings >= _SIDE_MATTER
        and weight - rival.weight - NATURAL < margin
        and (rival.holds or not is_graphql(rival.text))
        and not is_inside(place, rival)
        for rival in rivals
    )


def has_twin(best: Place, rivals: Iterable[Ranked]) -> bool:
    """Whether a machine's value, such as a number, stands in another place as well, which may be chance."""
    text = normal(best.text)
    return len(text) < _SHORT and naturalness(text) < 0 and bool(alike(best, rivals))


def alike(best: Place, rivals: Iterable[Ranked]) -> list[Place]:
    """The places that hold the same text by chance, or as another thing, as far as their names tell."""
    text = normal(best.text)
    return [
        place
        for _, place in rivals
        if place.name.weight >= 0
        and place.is_own
        and place.surroundings >= _SIDE_MATTER
        and normal(place.text) == text
    ]


def _is_row(place: Place) -> bool:
    """Whether the place is in a JSON text that names nothing, such as Google's sites send."""
    way = place.path[-1][1]
    return bool(way) and all(isinstance(token, int) for token in way)


def is_sole(place: Place, found: Iterable[Place]) -> bool:
    """Whether the place's text is the only one in the request that a person can have written, and its place
    one that could be the message's: in a row, under a name of messages, or an input of any name.
    """
    if not is_phrase(place.text) or place.standing.is_answered:
        return False
    if place.name.weight < 0 or place.surroundings < _SIDE_MATTER:
        return False
    *_, holder, own = ("", *_names(place))
    if not (_is_row(place) or place.name.weight > 0 or own in _LETTERS or holder == "inputs"):
        return False
    return not any(_is_another(place, other) for other in found)


def _is_another(place: Place, other: Place) -> bool:
    """Whether the other text can be a person's words of now, by its looks, and is not the same."""
    if other.holds or other.standing.is_report or not other.is_own or naturalness(other.text) != NATURAL:
        return False
    if other.name.weight <= WEAK and place.name.weight >= _FAIR:
        return False
    return other is not place and normal(other.text) != normal(place.text)


def is_inside(place: Place, outer: Place) -> bool:
    """Whether the place is in the JSON that is the text of the outer one."""
    trail = place.trail if place.carrier == outer.carrier else None
    while trail is not None:
        trail, token = trail
        if isinstance(token, Into) and trail is outer.trail:
            return True
    return False


def _way(place: Place) -> Iterator[str | int]:
    return chain((place.carrier,), *(way for _, way in place.path))


def _names(place: Place) -> list[str]:
    return [token for token in _way(place) if isinstance(token, str)]


def changes_with(best: Place, place: Place) -> bool:
    """Whether a place with the same text is another spelling of the same message, not one like it."""
    if not place.is_own or place.holds or (place.standing.is_answered and not best.standing.is_answered):
        return False
    if place.surroundings < _SIDE_MATTER and not place.standing.is_open:
        return False
    # Elements of one list are different turns or parts; members of one object are the same thing twice.
    ours, theirs = list(_way(best)), list(_way(place))
    parting = next(
        (at for at, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), None
    )
    if parting is None or not isinstance(ours[parting], str):
        return False
    if is_telling(place.text) and place.name.weight >= 0:
        return True
    return place.name.repeats and (place.standing.is_open or _is_held_by_message(theirs[parting:]))


def _is_held_by_message(way: list[str | int]) -> bool:
    """Whether what holds a text is a message's own, by the names on the way to it: a room's text is another
    thing than the message, though both be called text.
    """
    *holders, _ = (token for token in way if isinstance(token, str))
    return all(name(holder).is_holder for holder in holders)
