"""Choosing the message among the texts of a request, and saying how sure that is.

Knows places and their weights. Must not know requests, nor ask anyone.

Texts that equal what was typed come first, then those that equal it as HTML, then those that hold it. Among
these, or among all where nothing was typed, the weights decide; a choice with a close rival is never sure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import NamedTuple

from fetch2py.message.names import WEAK
from fetch2py.message.reasons import (
    ANSWERED,
    CLOSE,
    EMPTY,
    ERROR,
    FAINT,
    FEEDBACK,
    JSON_MESSAGE,
    MARKUP,
    NO_MESSAGE,
    NOWHERE,
    ODD_PLACE,
    PART,
    TELEMETRY,
    WHY_EMPTY,
    WHY_MARKUP,
    WHY_PART,
    WHY_TYPED,
    WHY_TYPED_OF_MANY,
    WHY_WEIGHT,
)
from fetch2py.message.rivals import (
    Ranked,
    alike,
    changes_with,
    has_close_rival,
    has_twin,
    is_inside,
    is_overshadowing,
    is_sole,
    same_and_others,
)
from fetch2py.message.templates import around, within
from fetch2py.message.texts import NATURAL, is_briefing, is_graphql, is_telling, naturalness, normal, unmarked
from fetch2py.message.walk import Place
from fetch2py.message.wrapping import doubt_of, is_marked_up

__all__ = ["FLOOR", "Choice", "chosen"]

# Where nothing was typed, a text is the message if it weighs this much, and its rivals enough less. A natural
# text under a fair name weighs 8, one in the person's turn 10 more.
_SURE = 6.0
# A name is so much better than another that an empty text under it may be the message's place.
_MUCH_BETTER = 5
FLOOR = 0.0
"""Below this weight a place is none that messages stand in."""
_SHORTEST_PART = 4
# A part so long isn't found at the edge of a text by chance.
_TELLING_PART = 8
_PLACE = ("{text}", "{html}")
# A name of this weight is one that messages have.
_FAIR = 5
_JOINED = re.compile(r"\S\{text\}|\{text\}\S")


@dataclass(frozen=True, slots=True)
class Choice:
    """Places, best first; those that change with the first, those that hold the same and stay, and what
    stands around the message there; and either why not it, or a doubt, or why it.
    """

    places: list[Place]
    also: Sequence[Place] = ()
    alike: Sequence[Place] = ()
    template: str = ""
    refusal: str = ""
    doubt: str = ""
    why: str = ""


def chosen(found: list[Place], typed: str) -> Choice:
    """The choice among all texts that were found; `typed` is what was typed in its normal form, or ""."""
    return _with_wrapped_twins(_typed(found, typed) if typed else _untyped(found), found)


class _Tier(NamedTuple):
    """A way in which a text can match what was typed. `wraps` gives the template that it then is, "" for
    none, which is a doubt where there is a `doubt`.
    """

    matches: Callable[[str, str], bool]
    wraps: Callable[[str, str], str]
    doubt: str
    why: str


def _typed(found: list[Place], typed: str) -> Choice:
    for tier in _TIERS:
        # JSON as a whole is what was typed only if it is nothing but that.
        texts = [place for place in found if not (tier.doubt and place.holds)]
        matching = [place for place in texts if tier.matches(place.text, typed)]
        if matching:
            return _among(matching, tier, typed)
    return replace(_untyped(found), refusal=NOWHERE)


def _among(matching: list[Place], tier: _Tier, typed: str) -> Choice:
    """The choice among the places that match what was typed in the same way."""
    ranked = _ranked(matching, _weight)
    if not ranked:
        return Choice(matching, refusal=TELEMETRY)
    best = ranked[0][1]
    template = tier.wraps(best.text, typed)
    doubt = "" if template or not tier.doubt else tier.doubt
    if tier.doubt == PART and not _is_no_chance(best, typed, template):
        doubt = PART
    also, rivals = ([], ranked[1:]) if doubt else same_and_others(ranked)
    if not doubt and (best.name.weight <= WEAK or not best.is_own):
        doubt = ODD_PLACE
    if not doubt and best.standing.in_feedback:
        doubt = FEEDBACK
    if not doubt and (has_close_rival(ranked[0], rivals) or has_twin(best, rivals)):
        doubt = CLOSE
    places = [best, *(place for _, place in rivals)]
    why = WHY_TYPED_OF_MANY if rivals else tier.why
    return Choice(places, also, alike(best, rivals), template, doubt=doubt, why=why)


def _is_no_chance(place: Place, typed: str, template: str) -> bool:
    """Whether a part of the place's text is what was typed, and not a word that it happens to have."""
    if is_briefing(place.text) or naturalness(place.text) < 0:
        return False
    # A body of text can have any format, so there the message must at least stand alone.
    if place.carrier == "raw" and not is_marked_up(place.text) and _JOINED.search(template):
        return False
    is_at_edge = template.startswith(_PLACE) or template.endswith(_PLACE)
    return place.name.weight > 0 or (len(typed) >= _TELLING_PART and (is_at_edge or is_telling(typed)))


def _untyped(found: list[Place]) -> Choice:
    choice = _of_texts([place for place in found if place.text])
    empty = _empty(found)
    if empty is None:
        return choice
    best = choice.places[0] if choice.places and not choice.refusal else None
    if empty.standing.is_open and not (best and best.standing.is_open):
        return Choice([empty, *choice.places], why=WHY_EMPTY)
    if best and not choice.doubt and empty.name.weight - best.name.weight >= _MUCH_BETTER:
        return Choice([empty, *choice.places], doubt=EMPTY)
    return choice


def _empty(found: list[Place]) -> Place | None:
    """The place without a text that is likeliest to be the message's."""
    ranked = _ranked((place for place in found if not place.text and place.is_own), _weight)
    return ranked[0][1] if ranked and ranked[0][0] >= _SURE else None


def _of_texts(found: list[Place]) -> Choice:
    ranked = _ranked((place for place in found if not place.holds), _weight_with_nature)
    if not ranked or ranked[0][0] < FLOOR:
        refusal = TELEMETRY if any(place.standing.is_report for place in found) else NO_MESSAGE
        return Choice([place for _, place in ranked], refusal=refusal)
    best = ranked[0][1]
    also, rivals = same_and_others(ranked)
    around_it = [place for place in found if place.holds and place.is_own and place.name.weight >= _FAIR]
    outer = next((place for place in around_it if best.name.weight <= 0 and is_inside(best, place)), None)
    if outer is not None:
        return Choice([outer, *(place for _, place in ranked)], doubt=JSON_MESSAGE)
    template = within(best.text)
    doubt = _doubt(ranked[0], rivals, around_it, found)
    if not (doubt or template):
        doubt = doubt_of(best.text, is_body=best.carrier == "raw")
    why = WHY_MARKUP if template else WHY_WEIGHT
    places = [best, *(place for _, place in rivals)]
    return Choice(places, also, alike(best, rivals), template, doubt=doubt, why=why)


def _doubt(ranked: Ranked, rivals: list[Ranked], around_it: list[Place], found: list[Place]) -> str:
    """Why a place may not be the message's, as far as the others and its surroundings tell."""
    weight, best = ranked
    standing = best.standing
    is_only = weight < _SURE + NATURAL and is_sole(best, found)
    if not best.is_own or (weight < _SURE and not is_only):
        return FAINT
    kinds = ((standing.in_feedback, FEEDBACK), (standing.in_error, ERROR), (standing.is_done, ANSWERED))
    doubt = next((doubt for is_so, doubt in kinds if is_so), "")
    if doubt:
        return doubt
    if is_only:
        # The others are machines' values by their looks, so only a better name speaks for them.
        rivals = [each for each in rivals if each[1].name.weight > best.name.weight]
    full = [place for place in around_it if place.text.strip() not in ("[]", "{}")]
    is_close = (
        has_close_rival(ranked, rivals)
        or has_twin(best, rivals)
        or is_overshadowing(ranked, [*(place for _, place in rivals), *full])
    )
    return CLOSE if is_close else ""


def _with_wrapped_twins(choice: Choice, found: list[Place]) -> Choice:
    """The choice with the places that hold the same message, here as it is and there in HTML.

    The slot is then one in HTML, whose template is kept; the message as it is goes into the others.
    """
    if choice.refusal or choice.doubt:
        return choice
    best = choice.places[0]
    if choice.template:
        message = normal(unmarked(best.text))
        bare = [place for place in found if normal(place.text) == message and changes_with(best, place)]
        return replace(choice, also=[*choice.also, *bare], places=_without(choice.places, bare))
    message = normal(best.text)
    marked = [place for place in found if "<" in place.text and place is not best]
    wrapped = [place for place in marked if changes_with(best, place) and within(place.text, message)]
    if not wrapped:
        return choice
    slot, *same = wrapped
    if any(place.text != slot.text for place in same):
        return replace(choice, doubt=CLOSE)
    others = _without(choice.places[1:], wrapped)
    return replace(
        choice,
        places=[slot, *others],
        also=[*same, best, *choice.also],
        template=within(slot.text, message),
        why=WHY_MARKUP,
    )


def _without(places: Iterable[Place], unwanted: list[Place]) -> list[Place]:
    return [place for place in places if not any(place is each for each in unwanted)]


def _ranked(found: Iterable[Place], weigh: Callable[[Place], float]) -> list[Ranked]:
    """The places that are not in an event's report, the heaviest first; of equals the first in the source."""
    ranked = [(weigh(place), place) for place in found if not place.standing.is_report]
    return sorted(ranked, key=itemgetter(0), reverse=True)


def _weight(place: Place) -> float:
    return place.weight


def _weight_with_nature(place: Place) -> float:
    # A place that no text could lift to the floor needs no look at its text.
    return place.weight if place.weight < FLOOR - NATURAL else place.weight + naturalness(place.text)


def _equal(text: str, typed: str) -> bool:
    return normal(text) == typed


def _equal_as_html(text: str, typed: str) -> bool:
    return ("<" in text or "&" in text) and normal(unmarked(text)) == typed


def _holds(text: str, typed: str) -> bool:
    if len(typed) < _SHORTEST_PART or is_graphql(text):
        return False
    return normal(text).count(typed) == 1 or ("&" in text and around(text, typed) != "")


def _within_or_around(text: str, typed: str) -> str:
    return within(text, typed) or around(text, typed)


def _no_template(text: str, typed: str) -> str:
    return ""


_TIERS = (
    _Tier(_equal, _no_template, "", WHY_TYPED),
    _Tier(_equal_as_html, _within_or_around, MARKUP, WHY_MARKUP),
    _Tier(_holds, around, PART, WHY_PART),
)
"""How a text can match what was typed, best first."""
