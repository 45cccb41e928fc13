"""Whose words an object holds: the person's, or another's. Read from its role, author, sender and the like.

Knows how sites write roles. Must not know how texts are named, nor what they say.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from fetch2py.message.texts import words

__all__ = ["OTHER", "PERSON", "UNKNOWN", "Turns", "newest_first", "role_of", "turns_of"]

PERSON, OTHER, UNKNOWN = "person", "other", ""

_KEYS = ("role", "author", "sender", "from", "speaker", "sender_type", "senderType")
_FLAGS = {
    **dict.fromkeys(("isUser", "is_user", "isCreatedByUser", "fromUser", "from_user", "isMe"), PERSON),
    **dict.fromkeys(
        ("isHuman", "is_human", "fromMe", "from_me", "isMine", "is_mine", "isOwn", "isSelf"), PERSON
    ),
    **dict.fromkeys(("isBot", "is_bot", "isAI", "is_ai", "fromBot", "from_bot", "isAssistant"), OTHER),
}
# Where a bubble is drawn: a person sees their own on the right.
_SIDE_KEYS = ("position", "side", "align", "placement")
_SIDES = {"right": PERSON, "left": OTHER}
_TELLING = frozenset((*_KEYS, *_FLAGS, *_SIDE_KEYS, "type"))
_OPPOSITE = {PERSON: OTHER, OTHER: PERSON}

_PERSONS = words("user human customer me visitor client enduser")
_OTHERS = words(
    """
    assistant system developer tool bot model ai chatbot function agent gpt llm operator robot
    """
)
_TOOL_PARTS = ("function_call_output", "function_call", "reasoning")
_SAYINGS = words("content text message parts value body blocks")
_WORD = re.compile(r"[a-z]+")
_LONGEST_ROLE = 40
_STAMPS = (
    *("create_time", "createTime", "created_at", "createdAt", "created", "timestamp", "time", "date", "ts"),
    *("sent_at", "sentAt", "order", "index", "seq", "sequence", "position"),
)


class Turns(NamedTuple):
    """A list of turns: each element's role, the index of the person's last turn (-1: none), and whether no
    other turn follows on it, so that it waits for its answer. `step` is 1 where the newest turn is the last,
    -1 where it is the first. `is_done`: no model goes on from the last turn.
    """

    roles: tuple[str, ...]
    last: int
    is_open: bool
    step: int = 1
    is_done: bool = True


def role_of(item: dict[str, Any], *, in_list: bool) -> str:
    """PERSON, OTHER, UNKNOWN, or a site's own code as "#" and digits.

    `type` counts only in a list's element: elsewhere it names kinds of requests.
    """
    if _TELLING.isdisjoint(item):
        return UNKNOWN
    for key in _KEYS:
        role = _read(item.get(key))
        if role:
            return role
    for key, meant in _FLAGS.items():
        if isinstance(item.get(key), bool):
            return meant if item[key] else _OPPOSITE[meant]
    if not in_list:
        return UNKNOWN
    sides = (item.get(key) for key in _SIDE_KEYS)
    side = next((_SIDES[side] for side in sides if isinstance(side, str) and side in _SIDES), UNKNOWN)
    return side or _word(item.get("type"))


def turns_of(items: list[Any], *, is_falling: bool = False) -> Turns | None:
    """The list as turns of a conversation, or None where no element that says something tells its role.

    Codes are told apart by the newest turn: a conversation is sent when the person has spoken. `is_falling`
    says that the newest turn is the first; else time stamps tell that.
    """
    if not (is_falling or newest_first(items)):
        return _in_order(items)
    turns = _in_order(items[::-1])
    if turns is None:
        return None
    last = len(items) - 1 - turns.last if turns.last >= 0 else -1
    return turns._replace(roles=turns.roles[::-1], last=last, step=-1)


def newest_first(items: list[Any]) -> bool:
    """Whether the elements' time stamps or numbers fall from the first to the last."""
    first = items[0] if len(items) > 1 else None
    key = next((key for key in _STAMPS if key in first), None) if isinstance(first, dict) else None
    if key is None:
        return False
    stamps: list[Any] = [item.get(key) if isinstance(item, dict) else None for item in items]
    if not (_are_numbers(stamps) or _are_texts_of_one_length(stamps)) or stamps[0] == stamps[-1]:
        return False
    return all(one >= other for one, other in pairwise(stamps))


def _are_numbers(stamps: list[Any]) -> bool:
    return all(isinstance(stamp, (int, float)) for stamp in stamps)


def _are_texts_of_one_length(stamps: list[Any]) -> bool:
    return all(isinstance(stamp, str) for stamp in stamps) and len(set(map(len, stamps))) == 1


def _in_order(items: list[Any]) -> Turns | None:
    """The turns of a list whose last element is the newest."""
    roles = [role_of(item, in_list=True) if isinstance(item, dict) else UNKNOWN for item in items]
    told = [index for index, role in enumerate(roles) if role]
    spoken = len(told)
    while told and roles[told[-1]] != PERSON and _is_placeholder(items[told[-1]]):
        told.pop()
    if not told:
        return None
    is_unclear = False
    if not any(role in (PERSON, OTHER) for role in roles):
        own = roles[told[-1]]
        # One that says nothing may be the answer's placeholder or the person's picture: whose code is it?
        is_unclear = len(told) < spoken and len(told) > 1 and own != roles[told[0]]
        roles = [role and (PERSON if role == own else OTHER) for role in roles]
    if OTHER in roles and PERSON not in roles:
        roles = [
            role or (PERSON if _is_named(item) else UNKNOWN) for role, item in zip(roles, items, strict=True)
        ]
        told = [
            index for index in range(len(items)) if roles[index] and (index in told or roles[index] == PERSON)
        ]
    persons = [index for index in told if roles[index] == PERSON]
    last = persons[-1] if persons else -1
    return Turns(
        tuple(roles), last, last == told[-1] and not is_unclear, is_done=not _goes_on(items[told[-1]])
    )


def _goes_on(item: dict[str, Any]) -> bool:
    """Whether the answer isn't done with the last turn: APIs, whose turns have roles, let a model go on from
    what a tool gave, or from the beginning of its answer.
    """
    return "role" in item or item.get("type") in _TOOL_PARTS


def _is_placeholder(item: dict[str, Any]) -> bool:
    """Whether a turn says nothing, as that of the answer to come does; one of the person's may have files."""
    said = [item[key] for key in _SAYINGS if key in item]
    return (
        bool(said) and not any(said) and not any(value for value in item.values() if isinstance(value, list))
    )


def _is_named(item: Any) -> bool:
    """Whether a turn tells its speaker by a name of their own."""
    return isinstance(item, dict) and any(isinstance(item.get(key), str) and item[key] for key in _KEYS)


def _read(value: Any) -> str:
    if isinstance(value, dict):
        return next((role for key in ("role", "type") if (role := _word(value.get(key)))), UNKNOWN)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"#{value}"
    return _word(value)


def _word(value: Any) -> str:
    return _meant(value) if isinstance(value, str) and len(value) <= _LONGEST_ROLE else UNKNOWN


@lru_cache(maxsize=256)
def _meant(value: str) -> str:
    told = set(_WORD.findall(value.lower()))
    if not told.isdisjoint(_OTHERS):
        return OTHER
    return UNKNOWN if told.isdisjoint(_PERSONS) else PERSON
