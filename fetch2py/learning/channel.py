"""A channel: one text of an answer as it comes, from one place or from several, and how it grows.

Knows values in their order. Must not know what names say, nor how rules are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from fetch2py.jsontext import tokens
from fetch2py.learning.places import Place
from fetch2py.learning.words import split_words

__all__ = ["Channel", "Member", "grown", "how_it_grows"]

_MOST_BLOCKS = 400
_MOST_CANDIDATES = 8
_WRAPPED = re.compile(r"\s{0,20}+<\w{2,40}>\s{0,20}+[{\[]")
_BLOCK_NAMES = frozenset({"id", "index", "idx", "uuid", "candidate", "choice", "block"})


@dataclass(frozen=True, slots=True)
class Member:
    """One place of a channel: its values, and `everywhere`, the numbers of all records with that place."""

    place: Place
    values: Sequence[tuple[int, Any]]
    everywhere: frozenset[int]


@dataclass(slots=True)
class Channel:
    """One text. `key` and `same` are pointers, "" for none.

    `repeats` are the places that hold all of it once more; `evidence` and `doubts` are for a person.
    """

    members: list[Member]
    says: str = ""
    mode: str = "append"
    key: str = ""
    same: str = ""
    text: str = ""
    score: float = 0.0
    repeats: list[tuple[Place, int]] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def values(self) -> list[tuple[int, Any]]:
        """All values in the order in which they came."""
        if len(self.members) == 1:
            return list(self.members[0].values)
        return sorted((pair for member in self.members for pair in member.values), key=lambda pair: pair[0])

    @property
    def numbers(self) -> frozenset[int]:
        """The records that it is in."""
        return frozenset(number for member in self.members for number, _ in member.values)


def grown(values: Sequence[str]) -> bool:
    """Whether each value repeats all before it: in nine tenths of the steps, of three values or more."""
    steps = list(pairwise(values))
    begun = sum(after.startswith(before) for before, after in steps)
    longer = sum(len(after) > len(before) for before, after in steps)
    return len(values) >= 3 and begun * 10 >= len(steps) * 9 and longer >= 2


def how_it_grows(channel: Channel, scalars: Mapping[str, Mapping[int, Any]]) -> None:
    """Sets the channel's mode, key, same and text by what its values and the ids beside them show."""
    pairs = [(number, spelled(value)) for number, value in channel.values]
    keys = _keys(channel, scalars)
    for at in keys:
        groups = _groups(pairs, scalars[at])
        if _takes_turns(pairs, scalars[at], groups):
            channel.same = at
            channel.doubts += [] if len(groups) < _MOST_CANDIDATES else ["There are many candidates."]
            channel.evidence.append(f"{len(groups)} candidates by {at}: the first is taken")
            pairs = [(0, text) for text in next(iter(groups.values()))]
            break
    texts = [text for _, text in pairs]
    if channel.same:
        keys = []
    if grown(texts):
        channel.mode, channel.key = "snapshot", next(iter(keys), "")
    else:
        channel.key = next((at for at in keys if len(_groups(pairs, scalars[at])) > 1), "")
        blocks = _groups(pairs, scalars[channel.key]) if channel.key else {}
        if blocks and any(map(grown, blocks.values())) and all(_could_grow(one) for one in blocks.values()):
            channel.mode = "snapshot"
    _assemble(channel, pairs, scalars)


def spelled(value: Any) -> str:
    """A value as the reader of rules takes it."""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value)


def _assemble(
    channel: Channel, pairs: Sequence[tuple[int, str]], scalars: Mapping[str, Mapping[int, Any]]
) -> None:
    texts = [text for _, text in pairs]
    if channel.mode == "append":
        channel.text = "".join(texts)
        _doubt_growth(channel, texts)
        _doubt_data(channel, texts)
        return
    channel.evidence.append(f"each of {len(texts)} values repeats the one before and goes on")
    if channel.key:
        channel.text = "".join(one[-1] for one in _groups(pairs, scalars[channel.key]).values())
    else:
        channel.text = texts[-1]
    if len(channel.text) < 8:
        channel.doubts.append("So short a text could be pieces as well.")


def _doubt_growth(channel: Channel, texts: Sequence[str]) -> None:
    """Two values of which one goes on where the other ends can't show how they grow."""
    goes_on = sum(
        3 < len(before) < len(after) and after.startswith(before) for before, after in pairwise(texts)
    )
    if len(texts) > 2 and goes_on * 2 >= len(texts):
        channel.mode, channel.text = "snapshot", texts[-1]
        channel.doubts.append("Not all values repeat the one before.")
    if len(texts) == 2 and texts[1].startswith(texts[0]) and len(texts[1]) > len(texts[0]):
        if len(texts[0]) >= 6:
            channel.mode, channel.text = "snapshot", texts[1]
        channel.doubts.append("Two values don't show whether the second repeats the first.")


def _doubt_data(channel: Channel, texts: Sequence[str]) -> None:
    """Among pieces of prose, a piece that is wrapped data may be none of the text."""
    if any(_WRAPPED.match(text) for text in texts):
        channel.doubts.append("One of its pieces looks like data.")


def _could_grow(texts: Sequence[str]) -> bool:
    return all(after.startswith(before) for before, after in pairwise(texts))


def _keys(channel: Channel, scalars: Mapping[str, Mapping[int, Any]]) -> list[str]:
    """The places beside the values that could name blocks or candidates: the nearest to the values first."""
    numbers = channel.numbers
    found = []
    for at, values in scalars.items():
        if not at.startswith("/") or "!json" in at:
            continue
        last = split_words(tokens(at)[-1])[-1:]
        if not _BLOCK_NAMES.intersection(last) or any(number not in values for number in numbers):
            continue
        kinds = {values[number] for number in numbers if isinstance(values[number], (str, int))}
        if kinds and len(kinds) <= _MOST_BLOCKS and len(kinds) * 3 <= len(numbers) * 2 + 1:
            found.append((-len(kinds), -_shared(at, channel), len(at), at))
    return [at for *_, at in sorted(found)]


def _shared(at: str, channel: Channel) -> int:
    """How many tokens a place has in common with the channel's own."""
    count = 0
    for one, other in zip(tokens(at), channel.members[0].place.tokens, strict=False):
        if one != other:
            break
        count += 1
    return count


def _groups(pairs: Iterable[tuple[int, str]], values: Mapping[int, Any]) -> dict[Any, list[str]]:
    groups: dict[Any, list[str]] = {}
    for number, text in pairs:
        groups.setdefault(values.get(number), []).append(text)
    return groups


def _takes_turns(
    pairs: Sequence[tuple[int, str]], values: Mapping[int, Any], groups: Mapping[Any, Sequence[str]]
) -> bool:
    """Whether the blocks are candidates: they come by turns."""
    if not 2 <= len(groups) <= _MOST_CANDIDATES:
        return False
    order = [values.get(number) for number, _ in pairs]
    runs = 1 + sum(one != other for one, other in pairwise(order))
    return bool(runs > len(groups))
