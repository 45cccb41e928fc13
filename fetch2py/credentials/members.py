"""Where in a JSON text the secrets stand, and in the JSON texts that its strings hold.

Knows JSON's spelling and the ways in which JSON says a name and its value. Must not know requests, nor what
a secret is (that is `rules`).

In a JSON text a quotation mark inside a string is always escaped; therefore `"name": "` can only be a
member's beginning, and prose that quotes JSON is never taken for it. A string is looked into only if all of
it is an object or a list, and its name isn't one that messages have: what a person wrote stays as it is.
Numbers stay too, since a placeholder in the place of one would leave a text that isn't JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from fetch2py.credentials.rules import (
    BEGINNINGS,
    SECRET_FIELDS,
    STEMS,
    grade,
    is_secret,
    is_token,
    looks_opaque,
)
from fetch2py.credentials.spelling import ESCAPED, Secret, Spelling

Finder: TypeAlias = Callable[[str, int], Iterable[Secret]]
"""What else is found in a JSON text; so many levels of texts inside of it may still be entered."""

__all__ = ["LEVELS", "Finder", "carried", "in_json", "is_message", "name_ahead"]

_COLON = r"[ \t\r\n]*+:[ \t\r\n]*+"
_MEMBER = re.compile(rf'"([^"\\]{{1,128}}+)"{_COLON}["\[{{]')
_ESCAPED_MEMBER = re.compile(rf'"((?:[^"\\]|\\.){{1,128}}+)"{_COLON}["\[{{]')
# Up to so many names are looked for by themselves; it is faster than looking at every member.
_FEW = 50
_ESCAPED_LETTER = re.compile(r"\\u00[4-7]")
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_PIECE = re.compile(r'"((?:[^"\\]++|\\.)*+)"([ \t\r\n]*+:)?+|[\[\]{}]', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
# How far behind `"session": {` its id is looked for, and below how many brackets the rest still goes on.
_INSIDE, _DEEPEST = 2000, 3
# `{"name": "token", "value": "…"}` and `["token", "…"]` in a list.
_NAMING = re.compile(rf'"(?:name|key|header|field)"{_COLON}"([^"\\]{{1,128}}+)"')
_VALUE = re.compile(rf'"value"{_COLON}(?=")')
_DUO = re.compile(r'\[[ \t\r\n]*+"([^"\\]{1,128}+)"[ \t\r\n]*+,[ \t\r\n]*+(?=")')
# So much space may be in front of such a pair.
_GAP = 80
_IDENTIFIER = re.compile(r"[\w.\- ]{1,80}+")
_END_OF_DUO = re.compile(r"[ \t\r\n]*+\]")
# A string whose first three letters could be a known token's: three sets pass over most strings at once.
_LETTERS = [
    re.escape(
        "".join(
            sorted({beginning[place] for beginning in (*BEGINNINGS, "Bearer", "bearer", "Basic", "basic")})
        )
    )
    for place in range(3)
]
_TOKEN = re.compile(rf'"([{_LETTERS[0]}][{_LETTERS[1]}][{_LETTERS[2]}][^"\\]{{8,4000}}+)"')

# A member whose string may be JSON. Each text is entered from the one around it, and no site goes deeper.
_JSON_MEMBER = re.compile(rf'"([^"\\]{{1,128}}+)"{_COLON}(?="[{{\[])')
LEVELS = 4
# Behind a string, its name; so far back it may begin.
_LONGEST_NAME = 160
_NAME_AHEAD = re.compile(rf'"([^"\\]{{1,128}}+)"{_COLON}\Z')
# The last word of the names that texts of people have.
_MESSAGES = frozenset(
    re.findall(
        r"\w+",
        """answer ask body caption chat comment comments content contents description input inputs instruction
        instructions message messages msg note notes output part parts prompt prompts q query question
        question reply response say search system text texts title txt utterance value""",
    )
)
_LAST_WORD = re.compile(r"([A-Z]?[a-z]+|[A-Z]+)[^A-Za-z]*$")
# What `{"tokens": {…}}` names its parts.
_IDS, _PARTS = frozenset(("id", "value", "raw")), frozenset(("access", "refresh", "bearer"))
_BUNDLES = frozenset(
    ("token", "tokens", "secrets", "credential", "credentials", "keys", "apikeys", "cookies")
)


def in_json(text: str, also: Finder, levels: int = LEVELS) -> Iterator[Secret]:
    """The secrets among a JSON text's strings, without their quotation marks; some may be told twice.

    `also` tells what it finds in the text, and in each that a string of it spells.
    """
    member = _ESCAPED_MEMBER if _ESCAPED_LETTER.search(text) else _MEMBER
    names = _graded(set(member.findall(text)))
    if len(names) <= _FEW:
        member = re.compile(rf'"({"|".join(map(re.escape, names))})"{_COLON}["\[{{]')
    for match in member.finditer(text) if names else ():
        name = names.get(match[1])
        if name is not None:
            yield from ((start, end, name) for start, end in _held(text, match.end() - 1, name))
    yield from chain(_beside(text), _duos(text), also(text, levels))
    for match in _TOKEN.finditer(text):
        if text[match.start() - 1] != "\\" and is_token(match[1]):
            yield (*match.span(1), "")
    if levels and '\\"' in text and ('"{' in text or '"[' in text):
        yield from _inner(text, also, levels - 1)


def carried(raw: str, spelling: Spelling, also: Finder, levels: int) -> list[Secret]:
    """The secrets in the JSON object or list that `raw` spells; none where it spells anything else."""
    text = spelling.read(raw)
    if text.rstrip()[-1:] not in ("}", "]"):
        return []
    found = list(in_json(text, also, levels))
    return spelling.outwards(raw, found) if found and _is_json(text) else []


def is_message(name: str) -> bool:
    """Whether a name is one that a person's text may stand under."""
    last = _LAST_WORD.search(name[-64:])
    return last is not None and last[1].lower() in _MESSAGES


def name_ahead(text: str, position: int) -> str:
    """The name of the member whose value begins at `position`; "" where it has none."""
    name = _NAME_AHEAD.search(text, max(position - _LONGEST_NAME, 0), position)
    return name[1] if name is not None else ""


def _inner(text: str, also: Finder, levels: int) -> Iterator[Secret]:
    for match in _JSON_MEMBER.finditer(text):
        value = _STRING.match(text, match.end())
        if value is not None and not is_message(match[1]):
            yield from _shifted(carried(value[1], ESCAPED, also, levels), value.start(1))


def _shifted(secrets: Iterable[Secret], by: int) -> Iterator[Secret]:
    return ((start + by, end + by, name) for start, end, name in secrets)


def _graded(raw_names: set[str]) -> dict[str, str]:
    """The member names that mark a secret, as they stand in the text, each with its meaning."""
    plain = "\n".join(raw_names).lower()
    stems = [stem for stem in STEMS if stem in plain]
    graded = {}
    for raw in raw_names:
        lowered = raw.lower()
        if "\\" in raw or any(stem in lowered for stem in stems):
            name = ESCAPED.read(raw)
            if grade(name):
                graded[raw] = name
    return graded


def _held(text: str, position: int, name: str) -> Iterator[tuple[int, int]]:
    """The secret string at `position`, where the value of the member `name` begins, or those inside it."""
    value = _STRING.match(text, position)
    if value is None:
        yield from _inside(text, position, name)
    elif is_secret(name, ESCAPED.read(value[1])):
        yield value.span(1)


def _inside(text: str, position: int, name: str) -> Iterator[tuple[int, int]]:
    """The secrets directly in the object or list at `position`, as in {"session": {"id": "…"}}."""
    depth, member, end = 0, "", position + _INSIDE
    piece = _PIECE.search(text, position)
    while piece is not None and piece.start() < end:
        step = _STEP.get(piece[0], 0)
        depth += step
        if not 0 < depth <= _DEEPEST:
            return
        if depth == 1 and not step:
            if piece[2]:
                member = piece[1]
            elif _is_part(name, member, piece[1]):
                yield piece.span(1)
        piece = _PIECE.search(text, piece.end())


def _is_part(name: str, member: str, value: str) -> bool:
    """Whether `value` is a secret, as the `member` (of a list's element, "") of what is called `name`."""
    if member in _IDS:
        return is_secret(f"{name} id", value)
    if member in _PARTS:
        return is_secret("token", value)
    last = _LAST_WORD.search(name)
    in_bundle = last is not None and last[1].lower() in _BUNDLES
    return (not member or (in_bundle and not is_message(member))) and looks_opaque(value)


def _beside(text: str) -> Iterator[Secret]:
    """The value in {"name": "token", "value": "…"}, whichever of the two is first."""
    if '"value"' not in text:
        return
    for match in _NAMING.finditer(text):
        if not _is_telling(match[1]):
            continue
        start, end = match.span()
        bracket = _BRACKET.search(text, end, end + _INSIDE)
        found = _VALUE.search(text, end, bracket.start() if bracket is not None else end + _INSIDE)
        if found is None:
            low = max(start - _INSIDE, 0)
            found = _VALUE.search(text, max(low, *(text.rfind(mark, low, start) for mark in _STEP)), start)
        value = _STRING.match(text, found.end()) if found is not None else None
        if value is not None and _is_paired(match[1], value[1]):
            yield (*value.span(1), match[1])


def _duos(text: str) -> Iterator[Secret]:
    """The second of two strings in a list's list, as in [["x-api-key", "…"]]."""
    for match in _DUO.finditer(text):
        # The pattern begins with the bracket, since most texts have few of them, and looks back afterwards.
        is_inside = text[max(match.start() - _GAP, 0) : match.start()].rstrip()[-1:] in ("[", ",")
        value = _STRING.match(text, match.end()) if is_inside and _is_telling(match[1]) else None
        if value is not None and _END_OF_DUO.match(text, value.end()) and _is_paired(match[1], value[1]):
            yield (*value.span(1), match[1])


def _is_telling(name: str) -> bool:
    # What isn't spelled as a name is may be a secret itself, and would be told as the placeholder's name.
    if _IDENTIFIER.fullmatch(name) is None or looks_opaque(name):
        return False
    return name.lower() in SECRET_FIELDS or bool(grade(name))


def _is_paired(name: str, value: str) -> bool:
    # Two texts side by side may be other things than a name and its value, so a plain word is believed less.
    if name.lower() in SECRET_FIELDS:
        return bool(value.strip())
    return is_secret(name, value) and is_secret("token", value)


def _is_json(text: str) -> bool:
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True
