"""A text for Windows' command prompt → its commands as words: cmd.exe's carets, then the C runtime's quotes.

Must not know what a command is for.
"""

from __future__ import annotations
from collections.abc import Iterator
from fetch2py.importers.word import Word


def commands(text: str, start: int = 0) -> Iterator[list[Word]]:
    yield []
