"""The slot's address, what stands there, and filling it so that no other byte changes.

    json:/messages/0/content                       the string at that JSON Pointer (RFC 6901) of a JSON body
    connect:/message/blocks/0/text/content         the same in a Connect envelope
    json:/messages/0/content > json:/text          in the JSON text that the string there holds

Knows addresses. Must not know how a slot is found, nor where a request goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from fetch2py import jsontext
from fetch2py.errors import SlotError
from fetch2py.message import notation
from fetch2py.message.carriers import CARRIERS, Carrier
from fetch2py.request import Request

__all__ = ["SEPARATOR", "address", "fill", "held"]

SEPARATOR = " > "

_STEP = re.compile(r"([a-z]+):(.*)", re.DOTALL)
_INTO_JSON = re.compile(r" > json:(?=/| > |\Z)")
_Found = TypeVar("_Found")


class _Address(NamedTuple):
    carrier: Carrier
    name: str
    path: tuple[str, ...]


def address(carrier: str, name: str, path: Sequence[tuple[str, ...]]) -> str:
    """The slot's address; `path` has the pointer's tokens, then those of each pointer into a text inside.

    The first pointer is the empty one where the carrier's text is no JSON but a field's, told by `name`.
    """
    first, *nested = map(jsontext.pointer, path)
    steps = (f"json:{pointer}" for pointer in nested)
    return SEPARATOR.join([f"{carrier}:{first if CARRIERS[carrier].is_json else name}", *steps])


def held(request: Request, slot: str) -> str:
    """The text that stands in the slot. Raises SlotError where the address leads to no string."""
    _, _, text = _first(request, slot, notation.read)
    return text


def fill(request: Request, slot: str, also: Sequence[str], text: str) -> Request:
    """The request with `text` in the slot and in each slot of `also`; every other byte of it stays.

    A surrogate without its other half becomes U+FFFD; a Connect envelope gets the length that it then has.
    Raises SlotError where an address leads to no string.
    """
    for each in (slot, *also):
        carrier, number, changed = _first(
            request, each, lambda source, path: notation.edit(source, path, text).of(source)
        )
        request = carrier.put(request, number, changed)
    return request


def _first(
    request: Request, slot: str, use: Callable[[str, tuple[str, ...]], _Found]
) -> tuple[Carrier, int, _Found]:
    """What `use` makes of the first text that has a string there; with the carrier and the text's number."""
    carrier, name, path = _parsed(slot)
    problem = "leads to no text in the request"
    for carried in carrier.texts(request):
        if carried.name != name:
            continue
        try:
            return carrier, carried.number, use(carried.text, path)
        except KeyError:
            continue
        except ValueError as exc:
            problem = f"leads into text that isn't JSON: {exc}"
    raise SlotError(f"The slot {slot} {problem}.", hint=_HINT)


def _parsed(slot: str) -> _Address:
    step = _STEP.fullmatch(slot)
    carrier = CARRIERS.get(step[1]) if step else None
    if step is None or carrier is None:
        raise SlotError(f"{slot!r} is not the address of a message slot.", hint=_HINT)
    first, *nested = _INTO_JSON.split(step[2])
    if not carrier.is_json:
        return _Address(carrier, first, tuple(nested))
    if first and not first.startswith("/"):
        raise SlotError(f"{slot!r} is no JSON Pointer: it begins with a slash behind the colon.", hint=_HINT)
    return _Address(carrier, "", (first, *nested))


_HINT = (
    "A slot's address looks like json:/messages/0/content; import the snippet again with the text that was "
    "typed, and the slot is found."
)
