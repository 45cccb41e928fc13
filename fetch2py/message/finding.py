"""Finding the slot: which text of a request is the person's message, and how sure that is.

Knows where in a request messages can stand. Must not know where the request goes, nor ask anyone.

The body comes first. The query counts where there is no body, or where the body doesn't have it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from json import dumps
from urllib.parse import quote, quote_plus, unquote, urlsplit

from fetch2py.errors import SlotError
from fetch2py.jsontext import well_formed
from fetch2py.message.carriers import CARRIERS
from fetch2py.message.choosing import FLOOR, Choice, chosen
from fetch2py.message.coding import unpacked
from fetch2py.message.ids import own_ids
from fetch2py.message.kinds import CARRIER_OF, UNFILLABLE, is_telemetry, kind_of
from fetch2py.message.reasons import (
    CLOSE,
    IN_PATH,
    IN_QUERY,
    NOWHERE,
    SAME_STAYS,
    TELEMETRY,
    TELEMETRY_ADDRESS,
    UNTOLD,
)
from fetch2py.message.rivals import changes_with
from fetch2py.message.sources import Source, address, found_in, sources
from fetch2py.message.texts import normal
from fetch2py.message.walk import Place
from fetch2py.request import Request

__all__ = ["Finding", "find"]

_OFFERED = 9
_TOLD = 3
# What was typed is looked for in the request's bytes if it is neither there by chance nor a long search.
_SHORTEST_PART, _LONGEST_PART = 4, 10_000
# A segment of a path that is this short can equal what was typed by chance.
_SHORTEST_SEGMENT = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the message stands. `slot` is None where none was found; `reason` says why, as a sentence.

    `held` is the text there, `also` are further slots that must change with it; `template` is that text with
    {html} or {text} in the message's place, "" where it is the message alone. `new_ids` are slots of the
    client's own ids of this message, which must be fresh in each request. `sure` False asks for a word of the
    person: which of `candidates` ((slot, text), best first) it is, or what was typed. `runner_up` is the slot
    that came next. `body_kind` is json, connect, form, multipart, query, text, protobuf, binary or none.
    """

    slot: str | None
    held: str = ""
    also: tuple[str, ...] = ()
    runner_up: str | None = None
    sure: bool = False
    reason: str = ""
    candidates: tuple[tuple[str, str], ...] = ()
    body_kind: str = "none"
    template: str = ""
    new_ids: tuple[str, ...] = ()


def find(request: Request, sent: str | None = None) -> Finding:
    """The slot of the request's message; `sent` is what the person typed, where that is known."""
    kind = kind_of(request)
    typed = normal(sent or "")
    in_body, refusal = _in_body(request, kind)
    in_query = sources(request, "query")
    body, query = found_in(in_body), found_in(in_query)
    first = Choice([], refusal=refusal) if refusal else chosen(body, typed)
    choice = _with_query(first, query, typed, is_first=kind == "query", is_empty=not (body or refusal))
    if typed and choice.refusal in (NOWHERE, UNFILLABLE["none"]):
        choice = replace(choice, refusal=_elsewhere(request, kind, typed) or choice.refusal)
    if is_telemetry(request.url) and choice.places and not choice.places[0].standing.role > 0:
        choice = replace(choice, doubt=choice.doubt or TELEMETRY_ADDRESS)
    given = [*in_body, *in_query]
    if not (typed or choice.refusal or choice.doubt) and _is_repeated(request, given, choice.places[0]):
        choice = replace(choice, doubt=CLOSE)
    finding = _finding(kind, given, choice)
    if finding.slot is None:
        return finding
    return replace(finding, new_ids=own_ids(given, [*body, *query], choice.places[0]))


def _in_body(request: Request, kind: str) -> tuple[list[Source], str]:
    """What the body holds; or nothing, and why."""
    if kind not in CARRIER_OF:
        return [], UNFILLABLE.get(kind, "")
    try:
        return sources(unpacked(request), CARRIER_OF[kind]), ""
    except SlotError as exc:
        return [], exc.message
    except ValueError as exc:
        return [], f"The body can't be read as JSON: {exc}."


def _with_query(choice: Choice, query: list[Place], typed: str, *, is_first: bool, is_empty: bool) -> Choice:
    """The body's choice, or the query's. `is_first`: there is no body; `is_empty`: there is no text in it."""
    if not choice.refusal:
        best = choice.places[0]
        text = normal(best.text)
        twins = [place for place in query if normal(place.text) == text and changes_with(best, place)]
        return replace(choice, also=[*choice.also, *twins])
    if choice.refusal == TELEMETRY or not query:
        return choice
    other = chosen(query, typed)
    if other.refusal:
        places = [*choice.places, *other.places]
        return replace(choice, places=places, refusal=other.refusal if is_first else choice.refusal)
    return other if typed or is_empty else replace(other, doubt=other.doubt or IN_QUERY)


def _is_repeated(request: Request, given: list[Source], place: Place) -> bool:
    """Whether the place's field, whose name tells little, is given several times: an address can tell the
    first of them alone.
    """
    if place.name.weight > 0:
        return False
    fields = next(source.fields for source in given if source.carrier == place.carrier)
    name = fields.get(place.path[0][1])
    texts = CARRIERS[place.carrier].texts(unpacked(request)) if name else ()
    return sum(each.name == name for each in texts) > 1


def _elsewhere(request: Request, kind: str, typed: str) -> str:
    """Where what was typed stands though no slot leads there, as a sentence; "" for nowhere."""
    is_told = kind in CARRIER_OF and _SHORTEST_PART <= len(typed) <= _LONGEST_PART
    body = (unpacked(request).body or b"").decode("utf-8", "replace") if is_told else ""
    query = request.url.partition("?")[2]
    typed = well_formed(typed)
    spellings = (typed, *(dumps(typed, ensure_ascii=each)[1:-1] for each in (True, False)))
    encoded = [code(each) for each in spellings for code in (quote, quote_plus)]
    if any(each in body for each in (*spellings, *encoded)) or any(each in query for each in encoded):
        return UNTOLD
    try:
        segments = urlsplit(request.url).path.split("/")
    except ValueError:
        return ""
    is_there = len(typed) >= _SHORTEST_SEGMENT and typed in (normal(unquote(each)) for each in segments)
    return IN_PATH if is_there else ""


def _staying(slots: list[str]) -> str:
    """What is said of the places that hold the same text and stay as they are."""
    if not slots:
        return ""
    told = slots[:_TOLD] + ["others"] * (len(slots) > _TOLD)
    return SAME_STAYS.format(" and ".join(filter(None, (", ".join(told[:-1]), told[-1]))))


def _finding(kind: str, given: list[Source], choice: Choice) -> Finding:
    candidates = tuple((address(given, place), well_formed(place.text)) for place in choice.places[:_OFFERED])
    if choice.refusal:
        return Finding(None, reason=choice.refusal, candidates=candidates, body_kind=kind)
    slot, held = candidates[0]
    next_best = candidates[1][0] if len(candidates) > 1 and choice.places[1].weight > FLOOR else None
    return Finding(
        slot,
        held,
        also=tuple(address(given, place) for place in choice.also),
        runner_up=next_best,
        sure=not choice.doubt,
        reason=choice.doubt or choice.why + _staying([address(given, place) for place in choice.alike]),
        candidates=candidates,
        body_kind=kind,
        template=well_formed(choice.template),
    )
