"""Which of an answer's channels is its text: what speaks for each, and how sure that is.

Knows names, evidence and rivals. Must not know how rules are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fetch2py.learning.channel import Channel, Member, how_it_grows, spelled
from fetch2py.learning.kinds import Marks
from fetch2py.learning.material import Material
from fetch2py.learning.places import Place, Places, Tokens
from fetch2py.learning.sorting import Atom, sort
from fetch2py.learning.words import likeness, meaning, split_words, weight

__all__ = ["Choice", "choose"]

_MOST_KINDS = 8
_MOST_WHOLES = 200_000


class Choice(NamedTuple):
    """The channels, the likeliest text first, and those of the reasoning."""

    texts: Sequence[Channel]
    reasoning: Sequence[Channel]


def choose(material: Material, places: Places, marks: Marks, sent: str) -> Choice:
    """Every channel that could be the text, and those that are reasoning by their names."""
    wholes = _wholes(places)
    found: list[Channel] = []
    thoughts: list[Channel] = []
    every = frozenset(record.number for record in material.said if not record.is_child)
    for place in places.texts.values():
        if places.nested.get(place.pointer, 0) * 2 > len([one for _, one in place.values if one != ""]):
            continue
        sorting = sort(place, marks, sent)
        # A rule for bare texts sees whatever is a record.
        whole = every if place.pointer == "@raw" else frozenset()
        _add(found, place, sorting.text, sorting.doubts, whole)
        _add(thoughts, place, sorting.reasoning, ())
        for final in sorting.finals if found and found[-1].members[0].place is place else ():
            found[-1].repeats.append((place, final.first))
    found = _merged(found, material, marks)
    for channel in (*found, *thoughts):
        how_it_grows(channel, places.scalars)
        _corroborate(channel, wholes, marks, places)
    longest = max((len(channel.text) for channel in found), default=1) or 1
    for channel in found:
        channel.score = _score(channel, marks, longest, sent)
    texts = [channel for channel in found if not _is_thought(channel)]
    texts.sort(key=lambda channel: -channel.score)
    thoughts += [channel for channel in found if _is_thought(channel)]
    for channel in thoughts:
        channel.score = _score(channel, marks, longest, sent)
    return Choice(texts, _reasoning(thoughts))


def _reasoning(thoughts: list[Channel]) -> list[Channel]:
    """The likeliest channel of the reasoning, and those that take over from it in other records."""
    taken: list[Channel] = []
    for channel in sorted(thoughts, key=lambda channel: -channel.score):
        if channel.score > 0 and all(channel.numbers.isdisjoint(other.numbers) for other in taken):
            taken.append(channel)
    return taken


def _add(
    channels: list[Channel],
    place: Place,
    atoms: Sequence[Atom],
    doubts: Sequence[str],
    whole: frozenset[int] = frozenset(),
) -> None:
    if not atoms:
        return
    values = sorted((pair for atom in atoms for pair in atom.values), key=lambda pair: pair[0])
    if not any(isinstance(value, str) for _, value in values) and place.tokens:
        return
    everywhere = frozenset(number for number, value in place.values if value != "") | whole
    says = {atom.says for atom in atoms}
    channels.append(
        Channel(
            [Member(place, values, everywhere)], says.pop() if len(says) == 1 else "", doubts=list(doubts)
        )
    )


def _wholes(places: Places) -> dict[str, list[tuple[Place, int]]]:
    """Where each string stands: what another place's pieces may add up to."""
    wholes: dict[str, list[tuple[Place, int]]] = {}
    for place in places.texts.values():
        for number, value in place.values:
            if isinstance(value, str) and len(value) > 1 and len(wholes) < _MOST_WHOLES:
                wholes.setdefault(value, []).append((place, number))
    return wholes


def _corroborate(
    channel: Channel, wholes: Mapping[str, list[tuple[Place, int]]], marks: Marks, places: Places
) -> None:
    """Finds the value that equals all of the channel: the strongest evidence that there is."""
    values = channel.values
    if len(values) < 2 or channel.mode != "append":
        return
    own = {member.place.pointer for member in channel.members}
    last = values[-1][0]
    found = [
        (place, number)
        for place, number in wholes.get(channel.text, [])
        if place.pointer not in own or number not in channel.numbers
    ]
    channel.repeats += [one for one in found if one not in channel.repeats]
    if channel.repeats:
        place, _ = max(channel.repeats, key=lambda one: one[1] >= last)
        channel.evidence.append(f"its pieces add up to what stands at {place.pointer or 'the whole record'}")
        return
    _without_one_kind(channel, wholes, marks)


def _without_one_kind(channel: Channel, wholes: Mapping[str, list[tuple[Place, int]]], marks: Marks) -> None:
    """Leaves out one kind of record where the rest then adds up to a value that stands elsewhere."""
    if len(channel.members) != 1:
        return
    member = channel.members[0]
    for mark in marks.relevant(channel.numbers, member.place.pointer):
        kinds = {mark.values.get(number) for number in channel.numbers}
        for kind in kinds if len(kinds) <= _MOST_KINDS else ():
            kept = [(number, one) for number, one in member.values if mark.values.get(number) != kind]
            text = "".join(spelled(one) for _, one in kept)
            if len(kept) > 1 and (found := wholes.get(text)):
                channel.members = [Member(member.place, kept, member.everywhere)]
                channel.text, channel.repeats = text, list(found)
                channel.evidence.append(f"its pieces add up to what stands at {found[0][0].pointer}")
                return


def _merged(channels: list[Channel], material: Material, marks: Marks) -> list[Channel]:
    """The channels, those that write to one place of the same document made one."""
    places: dict[Tokens, Channel] = {}
    merged: list[Channel] = []
    by_pointer = {mark.pointer: mark for mark in marks.all}
    key = material.patches.place
    mark = by_pointer.get(f"/{key}") if key else None
    for channel in channels:
        target = _target(channel, mark.values if mark else {})
        twin = places.get(target) or _by_tail(places, target)
        if twin is not None and twin.numbers.isdisjoint(channel.numbers) and not _repeats(twin, channel):
            twin.members += channel.members
            twin.doubts += channel.doubts
            continue
        places[target] = channel
        merged.append(channel)
    return merged


def _target(channel: Channel, where: Mapping[int, Any]) -> Tokens:
    """The place that a channel's values end up at: that of a patch comes first."""
    own = channel.members[0].place.tokens
    named = {where.get(number) for number in channel.numbers}
    told = named.pop() if len(named) == 1 else None
    path = (*told.replace(".", "/").split("/"), *own[1:]) if isinstance(told, str) else own
    if told is None and where and own:
        path = own[1:]
    return tuple("*" if step.lstrip("-").isdigit() or step == "-" else step for step in path if step)


def _by_tail(places: Mapping[Tokens, Channel], target: Tokens) -> Channel | None:
    """The channel whose place ends another's: `data/answer` and `incremental/*/data/answer`."""
    for other, channel in places.items():
        short, long = sorted((other, target), key=len)
        if len(short) >= 2 and "*" not in short and long[-len(short) :] == short and long != short:
            return channel
    return None


def _repeats(one: Channel, other: Channel) -> bool:
    texts = ["".join(spelled(value) for _, value in channel.values) for channel in (one, other)]
    lasts = [spelled(channel.values[-1][1]) for channel in (one, other)]
    return texts[0] in (texts[1], lasts[1]) or texts[1] == lasts[0]


def _is_thought(channel: Channel) -> bool:
    own = [word for token in channel.members[0].place.tokens for word in split_words(token)]
    return channel.says == "reasoning" or meaning(own) == "reasoning"


def _score(channel: Channel, marks: Marks, longest: int, sent: str) -> float:
    values = [value for _, value in channel.values]
    distinct = len(set(map(spelled, values)))
    points = likeness(channel.text, len(values)) + _name_points(channel, marks)
    points += (0.0, 0.0, 1.0, 2.5)[len(values)] if len(values) < 4 else 3.5
    points += 8.0 if channel.repeats else 0.0
    points += 5.0 if channel.mode == "snapshot" and len(values) > 2 else 0.0
    points += 2.0 * len(channel.text) / longest
    if distinct == 1 and len(values) > 2:
        points -= 8.0
    if sent and len(values) == 1 and channel.text.strip() == sent.strip():
        points -= 20.0
    return points


def _name_points(channel: Channel, marks: Marks) -> float:
    """What the names on the way to the values say, and the kinds of their records."""
    place = channel.members[0].place
    names = [split_words(name) for name in place.tokens if not name.startswith("!")]
    own = [words for words in names if words and not words[0].isdigit()]
    weights = [weight(words) for words in own]
    last = weights[-1] if weights else 0.0
    before = weights[:-1]
    if own and meaning(own[-1]) == "echo":
        last -= 6.0
    if any(mark.pointer == place.pointer and len(mark.values) > 2 for mark in marks.all):
        last -= 3.0
    points = last + min([0.0, *before]) + 0.3 * max([0.0, *before])
    says = {"aside": -6.0, "echo": -10.0, "error": -8.0, "text": 2.0}
    points += says.get(channel.says, 0.0)
    first = next(iter(channel.numbers))
    words = [mark.words(mark.values.get(first)) for mark in marks.all if mark.typed]
    told = set(map(meaning, words))
    if channel.says == "":
        points += min([0.0, *(says.get(one, 0.0) for one in told)])
        points += 2.0 if "text" in told else 0.0
    return points
