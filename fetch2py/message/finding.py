"""Finding the slot: which text of a request is the person's message, and how sure that is.

Knows places and their weights. Must not know where the request goes, nor ask anyone.

Texts that equal what was typed come first, then those that equal it as HTML, then those that hold it. Among
these, or among all where nothing was typed, the weights decide; a choice with a close rival is never sure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from fetch2py import jsontext
from fetch2py.errors import SlotError
from fetch2py.jsontext import well_formed
from fetch2py.message import slot as slots
from fetch2py.message.carriers import CARRIERS
from fetch2py.message.kinds import UNFILLABLE, is_telemetry, kind_of
from fetch2py.message.names import WEAK
from fetch2py.message.rivals import (
    Ranked,
    has_close_rival,
    has_twin,
    is_inside,
    is_overshadowing,
    same_and_others,
)
from fetch2py.message.texts import NATURAL, is_markup, naturalness, normal, unmarked
from fetch2py.message.walk import Place, places
from fetch2py.request import Request

__all__ = ["Finding", "find"]

# Where nothing was typed, a text is the message if it weighs this much, and its rivals enough less. A natural
# text under a fair name weighs 8, one in the person's turn 10 more.
_SURE = 6.0
# Below this a place is none that messages stand in.
_FLOOR = 0.0
_SHORTEST_PART = 4
# A name of this weight is one that messages have.
_FAIR = 5
_OFFERED = 9


@dataclass(frozen=True, slots=True)
class _Choice:
    """Places, best first; those that change with the first; and either why not it, or a doubt, or why it."""

    places: list[Place]
    also: Sequence[Place] = ()
    refusal: str = ""
    doubt: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the message stands. `slot` is None where none was found; `reason` says why, as a sentence.

    `held` is the text there, `also` are further slots that must change with it. `sure` False asks for a word
    of the person: which of `candidates` ((slot, text), best first) it is, or what was typed. `runner_up` is
    the slot that came next. `body_kind` is json, connect, form, multipart, query, text, protobuf, binary or
    none.
    """

    slot: str | None
    held: str = ""
    also: tuple[str, ...] = ()
    runner_up: str | None = None
    sure: bool = False
    reason: str = ""
    candidates: tuple[tuple[str, str], ...] = ()
    body_kind: str = "none"


def find(request: Request, sent: str | None = None) -> Finding:
    """The slot of the request's message; `sent` is what the person typed, where that is known."""
    kind = kind_of(request)
    if kind in UNFILLABLE:
        return Finding(None, reason=UNFILLABLE[kind], body_kind=kind)
    try:
        found = _places(request, kind)
    except SlotError as exc:
        return Finding(None, reason=exc.message, body_kind=kind)
    except ValueError as exc:
        return Finding(None, reason=f"The body can't be read as JSON: {exc}.", body_kind=kind)
    typed = normal(sent or "")
    choice = _typed(found, typed) if typed else _untyped(found)
    if is_telemetry(request.url) and choice.places and not choice.places[0].standing.role > 0:
        choice = replace(choice, doubt=choice.doubt or _TELEMETRY_ADDRESS)
    return _finding(request, kind, choice)


def _places(request: Request, kind: str) -> list[Place]:
    carrier = CARRIERS[kind]
    found: list[Place] = []
    # An address means the first text that has a string there, so a later one that it hides can't be told.
    taken: set[tuple[str, ...]] = set()
    earlier: Iterable[tuple[str, ...]] = ()
    for name, _, text in carrier.texts(request):
        value, field = (jsontext.parse(text), None) if carrier.is_json else (text, name)
        taken.update(earlier)
        each = places(value, field=field)
        found += (place for place in each if (name, *_path(place)) not in taken) if taken else each
        earlier = _strings(name, value)
    return found


def _strings(name: str, value: Any) -> Iterator[tuple[str, ...]]:
    return ((name, *path) for path, leaf in jsontext.leaves(value) if isinstance(leaf, str))


def _path(place: Place) -> tuple[str, ...]:
    return tuple(map(str, place.tokens[0]))


def _typed(found: list[Place], typed: str) -> _Choice:
    for doubt, matches in _TIERS:
        # JSON as a whole is what was typed only if it is nothing but that.
        matching = [place for place in found if not (doubt and place.is_json) and matches(place.text, typed)]
        if matching:
            return _among(matching, doubt)
    return replace(_untyped(found), refusal=_NOWHERE)


def _among(matching: list[Place], doubt: str) -> _Choice:
    """The choice among the places that hold the typed text; `doubt` is what is to be said of all of them."""
    ranked = _ranked(matching, _weight)
    if not ranked:
        return _Choice(matching, refusal=_TELEMETRY)
    best = ranked[0][1]
    also, rivals = ([], ranked[1:]) if doubt else same_and_others(ranked)
    if not doubt and (best.name.weight <= WEAK or not best.is_own):
        doubt = _ODD_PLACE
    if not doubt and best.standing.in_feedback:
        doubt = _FEEDBACK
    if not doubt and (has_close_rival(ranked[0], rivals) or has_twin(best, rivals)):
        doubt = _CLOSE
    places = [best, *(place for _, place in rivals)]
    return _Choice(places, also, doubt=doubt, why=_WHY_TYPED_OF_MANY if rivals else _WHY_TYPED)


def _untyped(found: list[Place]) -> _Choice:
    ranked = _ranked((place for place in found if not place.is_json), _weight_with_nature)
    if not ranked or ranked[0][0] < _FLOOR:
        refusal = _TELEMETRY if any(place.standing.is_report for place in found) else _NO_MESSAGE
        return _Choice([place for _, place in ranked], refusal=refusal)
    weight, best = ranked[0]
    also, rivals = same_and_others(ranked)
    around = [place for place in found if place.is_json and place.is_own and place.name.weight >= _FAIR]
    outer = next((place for place in around if best.name.weight <= 0 and is_inside(best, place)), None)
    if outer is not None:
        return _Choice([outer, *(place for _, place in ranked)], doubt=_JSON_MESSAGE)
    doubt = ""
    if weight < _SURE or not best.is_own:
        doubt = _FAINT
    elif best.standing.in_feedback:
        doubt = _FEEDBACK
    elif (
        has_close_rival(ranked[0], rivals)
        or has_twin(best, rivals)
        or is_overshadowing(ranked[0], [*(place for _, place in rivals), *around])
    ):
        doubt = _CLOSE
    elif is_markup(best.text):
        doubt = _MARKUP
    return _Choice([best, *(place for _, place in rivals)], also, doubt=doubt, why=_WHY_WEIGHT)


def _finding(request: Request, kind: str, choice: _Choice) -> Finding:
    candidates = tuple((_address(kind, place), well_formed(place.text)) for place in choice.places[:_OFFERED])
    if choice.refusal:
        return Finding(None, reason=choice.refusal, candidates=candidates, body_kind=kind)
    slot, held = candidates[0]
    next_best = candidates[1][0] if len(candidates) > 1 and choice.places[1].weight > _FLOOR else None
    return Finding(
        slot,
        held,
        also=tuple(_address(kind, place) for place in choice.also),
        runner_up=next_best,
        sure=not choice.doubt,
        reason=choice.doubt or choice.why,
        candidates=candidates,
        body_kind=kind,
    )


def _address(kind: str, place: Place) -> str:
    return slots.address(kind, place.field, [tuple(map(str, tokens)) for tokens in place.tokens])


def _ranked(found: Iterable[Place], weigh: Callable[[Place], float]) -> list[Ranked]:
    """The places that are not in an event's report, the heaviest first; of equals the first in the source."""
    ranked = [(weigh(place), place) for place in found if not place.standing.is_report]
    return sorted(ranked, key=itemgetter(0), reverse=True)


def _weight(place: Place) -> float:
    return place.weight


def _weight_with_nature(place: Place) -> float:
    # A place that no text could lift to the floor needs no look at its text.
    return place.weight if place.weight < _FLOOR - NATURAL else place.weight + naturalness(place.text)


def _equal(text: str, typed: str) -> bool:
    return normal(text) == typed


def _equal_as_html(text: str, typed: str) -> bool:
    return ("<" in text or "&" in text) and normal(unmarked(text)) == typed


def _holds(text: str, typed: str) -> bool:
    return len(typed) >= _SHORTEST_PART and normal(text).count(typed) == 1


_HINT = "say which of the texts it is, or name the slot"
_WHY_TYPED = "It is the one text that equals what was typed."
_WHY_TYPED_OF_MANY = "Of the texts that equal what was typed, its name, role and position fit a message best."
_WHY_WEIGHT = "Its name, role and position fit a message best; nothing else comes near."
_ODD_PLACE = f"What was typed stands only where messages seldom do: {_HINT}."
_CLOSE = f"Other texts could be the message as well: {_HINT}."
_FAINT = "Little marks this text as the message: say what was typed, or name the slot."
_FEEDBACK = f"This looks like what was said of an answer, not like what asked for it: {_HINT}."
_JSON_MESSAGE = f"The message seems to be JSON itself: {_HINT}."
_MARKUP = "The message stands in HTML there, and a new one would replace all of it: name the slot to do so."
_PART = "What was typed is a part of this text, and a new one would replace it all: name the slot to do so."
_NOWHERE = "What was typed is nowhere in this request: another request may have sent the message."
_NO_MESSAGE = "No text in the body looks like a message: say what was typed, or name the slot."
_TELEMETRY = "This reports what happened on the page (telemetry): it isn't the request that got the answer."
_TELEMETRY_ADDRESS = f"The address looks like one that collects telemetry, not one that answers: {_HINT}."

_TIERS: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    ("", _equal),
    (_MARKUP, _equal_as_html),
    (_PART, _holds),
)
"""How a text can match what was typed, best first, with the doubt that comes with it."""
