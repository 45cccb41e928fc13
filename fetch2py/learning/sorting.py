"""One place's values sorted by the kinds of their records: the answer, its reasoning, and what is neither.

Knows marks and what names say. Must not know rules, nor other places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from fetch2py.jsontext import tokens
from fetch2py.learning.kinds import Mark, Marks, Signature
from fetch2py.learning.places import Place
from fetch2py.learning.words import meaning, names_error, split_words, telling, weight

__all__ = ["Atom", "Sorted", "sort"]

_MOST_ATOMS = 32
_UNSORTED = frozenset({"op", "o", "action", "status", "cmd", "mode", "finish", "object"})
"""Marks that say what is done to a document, or how far it is: they don't tell one text from another."""


class Atom(NamedTuple):
    """The values of records that no mark tells apart. `says` is what their marks' values mean."""

    signature: Signature
    values: list[tuple[int, Any]]
    says: str

    @property
    def text(self) -> str:
        """The values, joined."""
        return "".join(str(value) for _, value in self.values)

    @property
    def first(self) -> int:
        return self.values[0][0]

    @property
    def last(self) -> int:
        return self.values[-1][0]


class Sorted(NamedTuple):
    """A place's atoms, sorted. `finals` repeat all of `text`. `doubts` are for a person."""

    text: list[Atom]
    reasoning: list[Atom]
    finals: list[Atom]
    doubts: tuple[str, ...]


def sort(place: Place, marks: Marks, sent: str = "") -> Sorted:
    """The place's values by kind, those that are empty or repeat what was `sent` aside."""
    values = _without_echo([(number, value) for number, value in place.values if value != ""], sent.strip())
    relevant = _few(marks.relevant({number for number, _ in values}, place.pointer), values)
    shared = [mark for mark in marks.varied if mark not in relevant and mark.pointer != place.pointer]
    atoms = _atoms(values, relevant, shared)
    if any(isinstance(value, str) for _, value in values) and place.tokens:
        atoms = [atom for atom in atoms if any(isinstance(value, str) for _, value in atom.values)]
    reasoning = [atom for atom in atoms if atom.says == "reasoning"]
    kept = [atom for atom in atoms if atom.says in ("", "text")]
    if not kept:
        # Whatever the names say, it is all that stands here; the score knows.
        kept = [atom for atom in atoms if atom.says != "reasoning"]
    finals = _finals(kept)
    kept = [atom for atom in kept if atom not in finals]
    doubts: tuple[str, ...] = ()
    for number, mark in enumerate(relevant):
        if mark.typed and not _UNSORTED & set(split_words(_name(mark))):
            kept, thoughts, doubt = _by_phase(kept, number, mark)
            reasoning += thoughts
            doubts += doubt
    return Sorted(kept, reasoning, finals, doubts)


def _without_echo(values: list[tuple[int, Any]], sent: str) -> list[tuple[int, Any]]:
    if sent and len(values) > 1 and isinstance(values[0][1], str) and values[0][1].strip() == sent:
        return [pair for pair in values if pair[1] != values[0][1]] or values
    return values


def _name(mark: Mark) -> str:
    return tokens(mark.pointer)[-1] if mark.pointer.startswith("/") else "event"


def _few(relevant: Sequence[Mark], values: Sequence[tuple[int, Any]]) -> list[Mark]:
    """So many marks that they don't make more atoms than an answer has kinds."""
    taken: list[Mark] = []
    for mark in relevant:
        trial = [*taken, mark]
        if len({_signature(trial, number) for number, _ in values}) <= _MOST_ATOMS:
            taken = trial
    return taken


def _signature(marks: Sequence[Mark], number: int) -> Signature:
    return tuple(mark.values.get(number) for mark in marks)


def _atoms(values: Iterable[tuple[int, Any]], marks: Sequence[Mark], shared: Sequence[Mark]) -> list[Atom]:
    """The values by kind. `shared` are marks that all their records have alike, and others have not."""
    atoms: dict[Any, Atom] = {}
    for number, value in values:
        signature = _signature(marks, number)
        key = tuple((type(one), one) for one in signature)
        if key not in atoms:
            atoms[key] = Atom(
                signature, [], _says((*signature, *_signature(shared, number)), (*marks, *shared))
            )
        atoms[key].values.append((number, value))
    return list(atoms.values())


def _says(signature: Signature, marks: Sequence[Mark]) -> str:
    """What the marks of a kind say: an aside or a thought by any of them outdoes a text by another."""
    found = {_mark_says(mark, value) for mark, value in zip(marks, signature, strict=True)}
    for what in ("reasoning", "echo", "aside", "error", "text"):
        if what in found:
            return what
    return ""


def _mark_says(mark: Mark, value: Any) -> str:
    words = mark.words(value)
    says = meaning(words)
    if says in ("", "text") and isinstance(value, str) and ("/" in value or "." in value):
        # A path: its end says what stands there.
        ends = [
            part
            for part in value.replace(".", "/").split("/")
            if split_words(part)[:1] and not part.isdigit()
        ]
        if ends and weight(split_words(ends[-1])) < 0:
            return "aside"
    if not mark.typed and says in ("echo", "aside", "text") and not isinstance(value, bool):
        return ""
    return says


def _finals(atoms: Sequence[Atom]) -> list[Atom]:
    """The kinds whose value repeats all that the others said."""
    if len(atoms) < 2:
        return []
    for atom in atoms:
        whole = atom.values[-1][1]
        if len(atom.values) > 2 or not isinstance(whole, str):
            continue
        others = [pair for other in atoms if other is not atom for pair in other.values]
        if len(others) > 1 and "".join(str(value) for _, value in sorted(others, key=_number)) == whole:
            return [atom]
        if others and len({value for _, value in others}) > 1 and max(others, key=_number)[1] == whole:
            # The last of what grows, once more: it is read like the others.
            return []
    return []


def _number(pair: tuple[int, Any]) -> int:
    return pair[0]


def _by_phase(atoms: list[Atom], number: int, mark: Mark) -> tuple[list[Atom], list[Atom], tuple[str, ...]]:
    """What one mark of kinds says: the atoms of the text, those of its reasoning, and a doubt."""
    groups: dict[Any, list[Atom]] = {}
    for atom in atoms:
        if (value := atom.signature[number]) is not None:
            groups.setdefault(value, []).append(atom)
    told = {value: _telling(mark, value) for value in groups}
    named = [value for value in groups if meaning(mark.words(value)) == "text" and not told[value]]
    odd = [value for value in groups if told[value]]
    if len(groups) < 2 or not odd or (len(odd) == 1 and not named):
        return atoms, [], ()
    failed = [value for value in odd if all(_is_complaint(atom) for atom in groups[value])]
    if failed and len(failed) < len(groups):
        complaints = _pick(groups, failed)
        rest = [atom for atom in atoms if atom not in complaints]
        return rest, [], (f"What reads like an error at {mark.pointer} is left out.",)
    if not named:
        named = [max(odd, key=lambda value: max(atom.last for atom in groups[value]))]
        odd = [value for value in odd if value not in named]
    left, taken = _pick(groups, odd), _pick(groups, named)
    if _interleaved(left, taken):
        return atoms, [], (f"Records of several kinds at {mark.pointer} take turns.",)
    rest = [atom for atom in atoms if atom not in left]
    if _last(left) < _last(taken):
        return rest, left, (f"The first kind at {mark.pointer} may be reasoning, or text.",)
    return rest, [], (f"Another kind at {mark.pointer} follows the text.",)


def _telling(mark: Mark, value: Any) -> bool:
    """Whether a value names a kind of its own, be it by a code alone."""
    words = mark.words(value)
    if isinstance(value, int):
        return not isinstance(value, bool)
    return bool(telling(words)) or (isinstance(value, str) and all(len(word) < 2 for word in words))


def _is_complaint(atom: Atom) -> bool:
    return len(atom.values) == 1 and names_error(atom.text)


def _pick(groups: Mapping[Any, list[Atom]], values: Iterable[Any]) -> list[Atom]:
    return [atom for value in values for atom in groups[value]]


def _last(atoms: Iterable[Atom]) -> int:
    return max((atom.last for atom in atoms), default=-1)


def _interleaved(left: Sequence[Atom], taken: Sequence[Atom]) -> bool:
    first, last = min(atom.first for atom in left), _last(left)
    return any(first < number < last for atom in taken for number, _ in atom.values) and any(
        atom.first < number < atom.last for atom in taken for one in left for number, _ in one.values
    )
