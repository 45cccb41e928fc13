"""JSON lines: a text of which each line is a JSON value, read as the list of these values.

Knows where lines begin and end (NDJSON, JSON Lines). Must not know what a value means.
"""

from __future__ import annotations

from fetch2py import jsontext
from fetch2py.message.edits import Opened

__all__ = ["as_list", "is_lines"]

_BOM = "\ufeff"
_BLANK = " \t\r"


def is_lines(text: str) -> bool:
    """Whether the text is more than one JSON value, each on a line of its own."""
    if "\n" not in text:
        return False
    lines = (line for line in text.removeprefix(_BOM).split("\n") if line.strip(_BLANK))
    # A JSON text that is laid out over several lines fails at its first one.
    count = 0
    for line in lines:
        if not jsontext.is_json(line):
            return False
        count += 1
    return count > 1


def as_list(text: str) -> Opened:
    """The lines as one JSON list. Outside strings JSON has line ends only as space, so each one before a
    value can be read as the comma that a list has there, and nothing moves but by the first bracket.
    """
    lines = text.removeprefix(_BOM).split("\n")
    pieces: list[str] = []
    seen = False
    for number, line in enumerate(lines):
        is_value = bool(line.strip(_BLANK))
        pieces += ["," if is_value and seen else "\n"] * (number > 0)
        pieces.append(line)
        seen = seen or is_value
    moved = 0 if text.startswith(_BOM) else -1
    return Opened(f"[{''.join(pieces)}]", lambda change: change.shifted(moved))
