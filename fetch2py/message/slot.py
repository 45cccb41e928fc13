"""The slot's address, what stands there, and filling it so that no other byte changes.

    json:/messages/0/content                       the string at that JSON Pointer (RFC 6901) of a JSON body;
                                                   of JSON lines as if they were one list
    connect:/message/blocks/0/text/content         the same in a Connect or gRPC-Web envelope
    form:question, query:q, multipart:text         the field of that name: the first that has a text there
    raw:                                           the whole body
    form:f.req > json:/1 > json:/0/0               in the JSON text that the one before holds
    json:/payload > base64:                        in the text whose base64 it is

Knows addresses. Must not know how a slot is found, nor where a request goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from fetch2py.errors import SlotError
from fetch2py.message import notation
from fetch2py.message.carriers import CARRIERS, Carried, Carrier
from fetch2py.message.coding import packed, unpacked
from fetch2py.message.edits import Edit
from fetch2py.message.notation import Step
from fetch2py.request import Request

__all__ = ["SEPARATOR", "address", "assign", "fill", "held", "renew"]

SEPARATOR = " > "

_FIRST = re.compile(r"([a-z]+):(.*)", re.DOTALL)
_STEP = re.compile(r" > (json|base64):(?=/| > |\Z)")
_Found = TypeVar("_Found")


class _Address(NamedTuple):
    carrier: Carrier
    name: str
    path: tuple[Step, ...]


def address(carrier: str, name: str, path: Sequence[Step]) -> str:
    """The slot's address: in the carrier the field of that name, "" where it has none; from there the path.

    The first step of a path in a carrier of JSON is the pointer into it.
    """
    if not CARRIERS[carrier].is_json:
        return SEPARATOR.join([f"{carrier}:{name}", *(f"{step.notation}:{step.at}" for step in path)])
    return SEPARATOR.join([f"{carrier}:{path[0].at}", *(f"{step.notation}:{step.at}" for step in path[1:])])


def held(request: Request, slot: str) -> str:
    """The text that stands in the slot. Raises SlotError where the address leads to no string."""
    _, text = _first(unpacked(request), slot, notation.read)
    return text


def fill(request: Request, slot: str, also: Sequence[str], text: str, template: str = "") -> Request:
    """The request with `text` in the slot and in each slot of `also`; every other byte of it stays.

    With a `template` it is that, the text in its place, which goes into the slot, and into those of `also`
    that hold the same as the slot; the others get the text alone. A surrogate without its other half becomes
    U+FFFD; an envelope gets the length that it then has; a body is packed as its content-encoding says.

    Raises SlotError where an address leads to no string, or the text can't stand there.
    """
    if not template:
        return _filled(request, slot, also, [text] * (1 + len(also)))
    from fetch2py.message import templates
    from fetch2py.message.texts import normal

    if not templates.is_template(template):
        raise SlotError(
            f"The template of {slot} hasn't one place for the message, {{html}} or {{text}}.", hint=_MEND
        )
    whole = templates.filled(template, text)
    old = normal(held(request, slot))
    others = [whole if normal(held(request, each)) == old else text for each in also]
    return _filled(request, slot, also, [whole, *others])


def _filled(request: Request, slot: str, also: Sequence[str], texts: Sequence[str]) -> Request:
    changed = unpacked(request)
    for each, text in zip((slot, *also), texts, strict=True):
        changed = _changed(changed, each, partial(notation.edit, message=text))
    return packed(request, changed)


def assign(request: Request, slot: str, value: str) -> Request:
    """As `fill`, for any value of a JSON text: what is a number there stays a number, and so on.

    Raises SlotError as `fill` does, and for a value of another type.
    """
    try:
        changed = _changed(unpacked(request), slot, partial(notation.assigned, value=value))
    except TypeError as exc:
        raise SlotError(
            f"The slot {slot} holds {exc}, and the new value is of another type.",
            hint="Write numbers, true, false, objects and lists as JSON has them.",
        ) from exc
    return packed(request, changed)


def renew(request: Request, slots: Sequence[str]) -> Request:
    """The request with a fresh UUID in each of the slots, spelled as the old one; one for each that was.

    Raises SlotError where an address leads to no string.
    """
    fresh: dict[str, str] = {}
    for slot in slots:
        old = held(request, slot)
        request = fill(request, slot, (), fresh.setdefault(old, _fresh(old)))
    return request


def _fresh(old: str) -> str:
    from uuid import uuid4

    new = uuid4()
    written = str(new) if "-" in old or not old else new.hex
    return written.upper() if old.isupper() else written


def _changed(request: Request, slot: str, change: Callable[[str, tuple[Step, ...]], Edit]) -> Request:
    carried, edit = _first(request, slot, change)
    return carried.put(edit)


def _first(
    request: Request, slot: str, use: Callable[[str, tuple[Step, ...]], _Found]
) -> tuple[Carried, _Found]:
    """What `use` makes of the first text that has a string there; with the text."""
    carrier, name, path = _parsed(slot)
    problem = "leads to no text in the request"
    for carried in carrier.texts(request):
        if carried.name != name:
            continue
        try:
            return carried, use(carried.text, path)
        except KeyError:
            continue
        except ValueError as exc:
            problem = f"leads into text that isn't {_written(exc)}"
    raise SlotError(f"The slot {slot} {problem}.", hint=_HINT)


def _written(problem: ValueError) -> str:
    return "base64 of a text" if isinstance(problem, notation.NotBase64) else f"JSON: {problem}"


@lru_cache(maxsize=64)
def _parsed(slot: str) -> _Address:
    first = _FIRST.fullmatch(slot)
    carrier = CARRIERS.get(first[1]) if first else None
    if first is None or carrier is None:
        raise SlotError(f"{slot!r} is not the address of a message slot.", hint=_HINT)
    start, *rest = _STEP.split(first[2])
    path = [Step(*pair) for pair in zip(rest[::2], rest[1::2], strict=True)]
    if not carrier.is_json:
        return _Address(carrier, start, tuple(path))
    if start and not start.startswith("/"):
        raise SlotError(f"{slot!r} is no JSON Pointer: it begins with a slash behind the colon.", hint=_HINT)
    return _Address(carrier, "", (Step("json", start), *path))


_MEND = "Mend the profile's template with `fetch2py edit`, or import the snippet again."
_HINT = (
    "A slot's address looks like json:/messages/0/content; import the snippet again with the text that was "
    "typed, and the slot is found."
)
