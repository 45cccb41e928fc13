"""The line of a document that names its secrets file: `secrets_file = "0123456789abcdef"`.

Knows that line. Must not know the rest of the document, nor the disk.

It is a key of TOML at the top level, so that other programs that rewrite the file keep it; here it is found
as a line of text, so that it is found in a file that isn't valid TOML any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["TieBroken", "generations_in", "tied", "untied"]

_LINE = re.compile(r"^[ \t]*+secrets_file[ \t]*+=(.*+)$", re.MULTILINE)
_VALUE = re.compile(r"""(["'])([0-9a-f]{16})\1(?:[ \t]*#.*)?""")
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_NAMED = re.compile(rb"""secrets_file[ \t]*=[ \t]*["']([0-9a-f]{16})["']""")


class TieBroken(Exception):
    """The line is there, and the name in it isn't one that a store gives. `line` is counted from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def tied(document: str, generation: str) -> str:
    """`document` with its secrets file named in the first line; in place of an empty one, if it begins so."""
    return f'secrets_file = "{generation}"\n' + document.removeprefix("\n")


def untied(document: str) -> tuple[str, str]:
    """(the document, the generation that it names or "").

    An empty line is left where the name stood: the lines of the text are then the lines of the file.
    Raises TieBroken where the name isn't one that a store gives.
    """
    table = _TABLE.search(document)
    line = _LINE.search(document, 0, table.start() if table is not None else len(document))
    if line is None:
        return document, ""
    value = _VALUE.fullmatch(line[1].strip(" \t\r"))
    if value is None:
        raise TieBroken(document.count("\n", 0, line.start()) + 1)
    return document[: line.start()] + document[line.end() :], value[2]


def generations_in(files: Iterable[bytes]) -> set[str]:
    """Every generation that is named anywhere in these files. Generous: what is named here is kept."""
    return {found.decode("ascii") for file in files for found in _NAMED.findall(file)}
