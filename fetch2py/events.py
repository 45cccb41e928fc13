"""What a reader of an answer gets: the four kinds of events.

Knows nothing but them. Must not know how they were framed, found or are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ["End", "Error", "Event", "Outcome", "Reasoning", "Text"]

Outcome: TypeAlias = Literal["clean", "error", "truncated"]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer. All of them, joined, are the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of what the model thought before it answered."""

    text: str


@dataclass(frozen=True, slots=True)
class Error:
    """What the server said, or what kept its answer from being read. At most one in an answer."""

    message: str


@dataclass(frozen=True, slots=True)
class End:
    """The last event of every answer, exactly once.

    `outcome` is "clean", "error" (the server refused, or broke off with a reason) or "truncated" (the answer
    was cut). `ids` holds what later turns need, by name, such as "message".
    """

    outcome: Outcome
    ids: Mapping[str, str] = field(default_factory=dict)


Event: TypeAlias = Text | Reasoning | Error | End
