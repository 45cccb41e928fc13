"""What a recording is made of. Must not know how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["Ending", "Head", "How", "Piece", "Recording"]

How: TypeAlias = Literal["complete", "broken", "lost"]


@dataclass(frozen=True, slots=True)
class Head:
    """An answer's head, and what its reader knew before. `wait`: seconds from the request until it came."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0.0
    host: str = ""
    dialect: str | Mapping[str, Any] | None = None
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the body that arrived at once, `at` so many seconds after the head."""

    at: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Ending:
    """How the body ended, `at` so many seconds after the head; `error` says what broke, "" if nothing did."""

    at: float
    how: How
    error: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """One answer from its head to its end."""

    head: Head
    pieces: tuple[Piece, ...]
    ending: Ending

    @property
    def body(self) -> bytes:
        """All bytes of the body that came."""
        return b"".join(piece.data for piece in self.pieces)
