"""The chosen channels as a dialect: rules for the text, the reasoning, errors, ids and the end.

Knows the rule model. Must not know how the channels were chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fetch2py.dialects.pointers import raw_text
from fetch2py.jsontext import tokens
from fetch2py.learning.channel import Channel, Member
from fetch2py.learning.kinds import Marks
from fetch2py.learning.material import Material
from fetch2py.learning.places import Places
from fetch2py.learning.separating import protecting, separating
from fetch2py.learning.words import listed, split_words

__all__ = ["write"]

Rule = dict[str, Any]

_ENDS = listed("done end ended finish finished complete completed close closed stop eos final")
_MOST_IDS = 6
_ID = re.compile(r"[A-Za-z0-9][\w.:-]{1,127}")
_LAST_RECORDS = 3


def write(
    material: Material, places: Places, marks: Marks, text: Channel, reasoning: Sequence[Channel]
) -> dict[str, Any]:
    """The dialect's rules as data, without its framing. The end rules are only what this answer showed."""
    rules: list[Rule] = []
    endings = _ends(material, places, marks, text)
    rules += [rule for rule in endings if "@raw" in rule["on"]]
    rules += [{"to": "ignore", "on": rule["on"]} for rule in endings if "@raw" in rule["on"]]
    for member in text.members:
        rules.append(_rule("text", text, member, material, marks))
    rules += _final(text, material, marks)
    for channel in reasoning:
        rules += [_rule("reasoning", channel, member, material, marks) for member in channel.members]
    rules += _errors(material, marks)
    rules += _ids(places)
    rules += [rule for rule in endings if "@raw" not in rule["on"]]
    texts = "".join(str(value) for _, value in text.values[:50])
    return {
        **material.patches.rules(),
        **({"strip_nul": True} if "\0" in texts else {}),
        "rules": rules,
    }


def _rule(to: str, channel: Channel, member: Member, material: Material, marks: Marks) -> Rule:
    kept = {number for number, _ in member.values}
    usable = [mark for mark in marks.all if mark.pointer != member.place.pointer]
    on = separating(kept, member.everywhere - kept, usable) or {}
    if not on:
        on = protecting(kept, [record.number for record in material.said], usable)
    rule: Rule = {"to": to, **({"on": dict(on)} if on else {}), "get": member.place.pointer}
    if channel.mode != "append":
        rule["mode"] = channel.mode
    if channel.key:
        rule["key"] = channel.key
    if channel.same:
        rule["same"] = channel.same
    return rule


def _final(text: Channel, material: Material, marks: Marks) -> list[Rule]:
    """The rule for the value that repeats everything, for answers that come without pieces."""
    if text.mode != "append" or text.same:
        return []
    own = {member.place.pointer for member in text.members}
    kept = text.numbers
    for place, number in sorted(text.repeats, key=lambda one: -one[1]):
        on = separating([number], kept, [mark for mark in marks.all if mark.pointer != place.pointer])
        grows = len({value for _, value in place.values}) > 2
        if on is None if place.pointer in own else grows:
            continue
        others = {one for one, value in place.values if value != ""} - {number} - set(kept)
        on = on or separating([number], others, marks.all) or {}
        return [{"to": "text", **({"on": dict(on)} if on else {}), "get": place.pointer, "mode": "final"}]
    return []


def _errors(material: Material, marks: Marks) -> list[Rule]:
    """Where errors stood in this answer, and where those of other answers most likely will."""
    rules: list[Rule] = []
    if any(mark.pointer == "@event" for mark in marks.all) or any(
        record.frame.event == "error" for record in material.errors
    ):
        rules.append({"to": "error", "on": {"@event": "error"}})
    told = {
        key: record.data[key]
        for record in material.errors
        if isinstance(record.data, dict)
        for key in ("type", "event", "kind", "status")
        if isinstance(record.data.get(key), str) and "error" in record.data[key].lower()
    }
    typed = [tokens(mark.pointer)[0] for mark in marks.all if mark.typed and mark.pointer.count("/") == 1]
    for key in dict.fromkeys([*told, *(one for one in typed if one in ("type", "event", "kind"))]):
        rules.append({"to": "error", "on": {f"/{key}": told.get(key, "error")}})
    rules.append({"to": "error", "get": "/error"})
    for record in material.errors:
        if isinstance(record.data, dict):
            for key in ("errors", "error_type", "errorText", "err", "exception"):
                if record.data.get(key) and not any(f"/{key}" in rule.get("on", {}) for rule in rules):
                    rules.append({"to": "error", "on": {f"/{key}": {"exists": True}}})
    return rules


def _ids(places: Places) -> list[Rule]:
    rules: list[Rule] = []
    seen: set[Any] = set()
    for at, values in places.scalars.items():
        if not at.startswith("/") or "!json" in at or len(rules) >= _MOST_IDS:
            continue
        path = [token for token in tokens(at) if not token.isdigit()]
        words = split_words(path[-1]) if path else ()
        found = {value for value in values.values() if isinstance(value, str)}
        if words[-1:] not in (("id",), ("uuid",)) or len(found) != 1 or found & seen or len(path) > 3:
            continue
        value = next(iter(found))
        name = "_".join(words[:-1]) or ("_".join(split_words(path[-2])) if len(path) > 1 else "answer")
        if _ID.fullmatch(value) and name and not any(rule["to"] == f"id:{name}" for rule in rules):
            seen.add(value)
            rules.append({"to": f"id:{name}", "get": at})
    return rules


def _ends(material: Material, places: Places, marks: Marks, text: Channel) -> list[Rule]:
    """What said that the answer was over: a bare mark, or a kind of record that came last and only once."""
    if material.marks:
        raw = raw_text(material.marks[-1].frame)
        if material.marks[-1].number >= max(text.numbers, default=0):
            return [{"to": "end", "on": {"@raw": raw}}]
    if material.errors:
        return []
    last_text, last = max(text.numbers, default=0), material.last
    for mark in marks.all:
        named = {number: value for number, value in mark.values.items() if value is not None}
        if not named or len(set(named.values())) < 2:
            continue
        number = max(named)
        value = named[number]
        alone = sum(other == value for other in named.values()) == 1
        if number < last_text or number <= last - _LAST_RECORDS or not alone:
            continue
        if _is_end(mark.words(value)):
            return [{"to": "end", "on": {mark.pointer: value}}]
    return _finished(places, last_text, last)


def _finished(places: Places, last_text: int, last: int) -> list[Rule]:
    """A reason for the end, which is null or missing till then."""
    for at, values in places.scalars.items():
        path = tokens(at) if at.startswith("/") else ()
        if not path or split_words(path[-1])[-2:] not in (("finish", "reason"), ("stop", "reason")):
            continue
        given = [number for number, value in values.items() if value]
        if len(given) == 1 and given[0] >= last_text and given[0] > last - _LAST_RECORDS:
            return [{"to": "end", "on": {at: {"exists": True}}}]
    return []


def _is_end(words: Iterable[str]) -> bool:
    return bool(_ENDS.intersection(words))


def described(rules: Mapping[str, Any]) -> str:
    """A dialect's text rules in a few words, for a person."""
    parts = []
    for rule in rules.get("rules", ()):
        if rule["to"] == "text":
            on = " and ".join(f"{at} is {value!r}" for at, value in rule.get("on", {}).items())
            parts.append(f"{rule['get'] or 'the whole record'}{f' where {on}' if on else ''}")
    return ", then ".join(parts)
