"""A word of a command line: its text, its place in the pasted text, and what its shell can't tell of it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Word"]


class Word(NamedTuple):
    """One argument as the program gets it.

    `span` is its (start, end) in the pasted text. `shown`: its characters are what a browser displays, so one
    up to U+00FF may stand for a byte; otherwise they are what was meant. `opaque` is the span of a part that
    only a shell could fill in ($NAME, a command's output). `spoilt` is the offset in `text` of the last space
    that stands for another character, -1 for none. `flat`: what line ends it had isn't known.
    """

    text: str
    span: tuple[int, int]
    shown: bool = False
    opaque: tuple[int, int] | None = None
    spoilt: int = -1
    flat: bool = False
