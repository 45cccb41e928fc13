"""What an error value says, in the places where services put the sentence for people.

Knows those places. Must not know HTTP, nor where the value was found.
"""

from __future__ import annotations

import json
from typing import Any

from fetch2py.jsontext import well_formed

__all__ = ["complaint"]

_PLACES = (
    ("error",),
    ("errors",),
    ("message",),
    ("details", 0, "debug", "localizedMessage", "message"),
    ("msg",),
    ("detail",),
    ("error_description",),
    ("details", 0, "debug", "reason"),
    ("reason",),
    ("error_type",),
    ("type",),
    ("code",),
    ("status",),
)
"""From the sentence for a person to the code for a program: the first that holds something is taken."""

_DEPTH = 4
"""Errors are wrapped in one another a few times, not endlessly."""


def complaint(value: Any, depth: int = _DEPTH) -> str:
    """The sentence in an error value; "" where it holds none. Null, false, 0 and what is empty are none."""
    if not value or value == "0":
        return ""
    if isinstance(value, str):
        return well_formed(value)
    if not isinstance(value, (dict, list)):
        return json.dumps(value)
    inner = value if isinstance(value, list) else (_at(value, place) for place in _PLACES)
    return next((found for one in inner if depth and (found := complaint(one, depth - 1))), "")


def _at(value: Any, place: tuple[str | int, ...]) -> Any:
    for token in place:
        if isinstance(value, dict) and token in value:
            value = value[str(token)]
        elif isinstance(value, list) and value and token == 0:
            value = value[0]
        else:
            return None
    return value
