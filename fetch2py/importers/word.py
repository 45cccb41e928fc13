"""A word of a command line: its text, and where in the pasted text it stands. Nothing of any shell."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Word"]


class Word(NamedTuple):
    """One argument as the program gets it.

    `span` is its (start, end) in the pasted text. `shown`: its characters are what a browser displayed, so a
    character up to U+00FF may stand for one byte; otherwise they are what was meant. `opaque` is the span of a
    part that only a shell could fill in ($NAME, a command's output), None where there is none.
    """

    text: str
    span: tuple[int, int]
    shown: bool = False
    opaque: tuple[int, int] | None = None
