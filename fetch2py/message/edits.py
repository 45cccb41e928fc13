"""A change of a text, and a text inside of another: what all spellings of texts share.

Knows characters and their places. Must not know any spelling.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Edit", "Opened"]


class Edit(NamedTuple):
    """A change of a text: `new` takes the place of the characters from `start` to `end`."""

    start: int
    end: int
    new: str

    def of(self, text: str) -> str:
        """The text, changed."""
        return text[: self.start] + self.new + text[self.end :]

    def shifted(self, by: int) -> Edit:
        """The same change of a text that has `by` more characters before this one."""
        return Edit(self.start + by, self.end + by, self.new)


class Opened(NamedTuple):
    """A text that another one holds, read. `outwards` gives, for a change of it, the change of the text
    around it: what stays keeps its spelling, and what is new is spelled in that text's own manner.
    """

    text: str
    outwards: Callable[[Edit], Edit]
