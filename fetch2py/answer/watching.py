"""Who looks on while an answer arrives: to record it, to time it, to explain it.

Knows what there is to see. Must not know what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from fetch2py.dialects import Account
from fetch2py.events import Event

if TYPE_CHECKING:
    from fetch2py.recording import How

__all__ = ["Fields", "Watcher"]

Fields: TypeAlias = Sequence[tuple[str, str]]
"""An answer's header fields as they came."""


class Watcher:
    """Sees everything of an answer as it arrives, and changes nothing. By itself it does nothing either.

    `account`, if it isn't None, is called with each record once the rules have seen it; reading takes longer
    then.
    """

    account: Callable[[Account], None] | None = None

    def begin(self) -> None:
        """The request goes out now."""

    def head(self, status: int, headers: Fields) -> None:
        """The head is in."""

    def piece(self, data: bytes, events: Sequence[Event]) -> None:
        """A piece of the body is in, and these events were in it."""

    def end(self, how: How, error: str, events: Sequence[Event]) -> None:
        """Nothing more comes: the body is complete, or `error` says what broke; the last events."""
