"""The client's own ids of a message: which values of a request must be fresh whenever it is sent.

Knows what sites call them. Must not know how the message is found.

An id is one of these only where that is certain: a UUID under a name that means this message or this request,
in an object that the message is in, or the id of the person's turn itself. The ids of conversations, parents,
models and persons are none, and where a request asks for another answer to an old message, nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from fetch2py import jsontext
from fetch2py.message.names import words_of
from fetch2py.message.notation import from_base64
from fetch2py.message.roles import PERSON, role_of
from fetch2py.message.sources import Source, address
from fetch2py.message.texts import words
from fetch2py.message.walk import Into, Place, Trail

__all__ = ["own_ids"]

_UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", re.IGNORECASE)
_NIL = "00000000"
# Names that mean the message or the request wherever they stand around the message.
_OWN = words(
    """
    messageid messageuuid messageguid msgid msguuid humanmessageid humanmessageuuid usermessageid
    usermessageuuid clientmessageid clientmessageuuid clientmsgid newmessageid
    requestid requestuuid reqid clientrequestid clientreqid idempotencykey
    """
)
# What the id of the person's turn is called in the turn.
_OF_TURN = _OWN | words("id uuid guid")
_TURNS = words("message messages user_message userMessage new_message newMessage")
# An object beside the message that holds its ids, and with them the one that the answer is to have.
_GROUP = re.compile(r"(?:turn_)?message_(?:uu)?ids|(?:turn)?[mM]essage(?:Uui|I)ds")
_OF_GROUP = _OWN | words("assistantmessageid assistantmessageuuid")
# Marks of a request that names an old message, to change it or to have another answer.
_AGAIN = re.compile(r"regenerat|retry|variant|edit|continue|resend|rerun|replac", re.IGNORECASE)
_KINDS = words("action type trigger mode operation intent event messageAction message_action")
_OLD = words("parent conversation chat thread session user model account organization device reply")


class _Object(NamedTuple):
    """An object that the message is in, with its member's name, or that of the list whose element it is.
    `is_whole`: it is all of a JSON text.
    """

    name: str
    members: dict[str, Any]
    in_list: bool
    is_whole: bool


def own_ids(given: list[Source], found: list[Place], slot: Place) -> tuple[str, ...]:
    """The slots of the ids, those that hold the same value side by side; () where none is certain."""
    around = [each for source in given for each in _around(source, slot)]
    if any(_asks_again(each.members) for each in around):
        return ()
    slots: list[str] = []
    for value in dict.fromkeys(value for each in around for value in _ids(each)):
        same = [place for place in found if place.text == value]
        if same and not any(map(_is_old, same)) and not _is_elsewhere(given, found, value):
            slots += (address(given, place) for place in same)
    return tuple(slots)


def _around(source: Source, slot: Place) -> Iterator[_Object]:
    """The objects on the way to the slot; of a source that the slot isn't in, the outermost."""
    value, name = source.value, ""
    if isinstance(value, dict):
        yield _Object(name, value, in_list=False, is_whole=True)
    for token in _tokens(slot.trail) if source.carrier == slot.carrier else ():
        in_list = isinstance(value, list)
        name = token if isinstance(token, str) else name
        try:
            value = _stepped(value, token)
        except (LookupError, TypeError, ValueError):
            # The slot is in another of the carrier's texts.
            return
        if isinstance(value, dict):
            yield _Object(name, value, in_list, is_whole=isinstance(token, Into))


def _tokens(trail: Trail) -> list[str | int | Into]:
    tokens: list[str | int | Into] = []
    while trail:
        trail, token = trail
        tokens.append(token)
    return tokens[::-1]


def _stepped(value: Any, token: str | int | Into) -> Any:
    if token is Into.JSON:
        return jsontext.parse(value)
    return from_base64(value) if token is Into.BASE64 else value[token]


def _ids(around: _Object) -> Iterator[str]:
    members = around.members
    is_turn = role_of(members, in_list=around.in_list) == PERSON or around.name in _TURNS
    names = _OF_TURN if is_turn and not around.is_whole else _OWN
    # There the message's id is that of an old one, which the new one replaces (Vercel's AI SDK).
    names = names - {"messageid"} if "trigger" in members else names
    yield from _uuids(members, names)
    for name, member in members.items():
        if isinstance(member, dict) and _GROUP.fullmatch(name) and any(_uuids(member, _OWN)):
            yield from _uuids(member, _OF_GROUP)


def _uuids(members: dict[str, Any], names: frozenset[str]) -> Iterator[str]:
    for name, value in members.items():
        if isinstance(value, str) and "".join(words_of(name)) in names and _is_uuid(value):
            yield value


def _is_uuid(value: str) -> bool:
    return len(value) in (32, 36) and bool(_UUID.fullmatch(value)) and not value.startswith(_NIL)


def _asks_again(members: dict[str, Any]) -> bool:
    if any(value is True and _AGAIN.search(name) for name, value in members.items()):
        return True
    kinds = (value for name, value in members.items() if name in _KINDS and isinstance(value, str))
    return any(_AGAIN.search(kind) for kind in kinds)


def _is_old(place: Place) -> bool:
    """Whether the place's name means an id that stays."""
    names = [token for token in _tokens(place.trail) if isinstance(token, str)][-2:]
    own = names[-1:]
    if own and "".join(words_of(own[0])) not in _OF_TURN:
        return any(not _OLD.isdisjoint(words_of(name)) for name in own)
    return len(names) > 1 and names[0] not in _TURNS and not _OLD.isdisjoint(words_of(names[0]))


def _is_elsewhere(given: list[Source], found: list[Place], value: str) -> bool:
    """Whether the value is a part of a text, or a member's name, where it can't be made anew."""
    if any(value in place.text and place.text != value and not place.holds for place in found):
        return True
    return any(value in map(str, way) for source in given for way, _ in source.leaves())
