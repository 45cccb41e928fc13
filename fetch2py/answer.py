"""The front door to one replay: a request goes out, events come in, for threads and for tasks.

Knows the wire and the exchange and joins the two. Must not know how bytes are framed, what a vendor's events mean,
where a profile is stored or how an answer is shown.

What the server did, and be it to break off, is told by events; an exception tells what kept the answer away.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from fetch2py import wire
from fetch2py.errors import ReplyMalformed, ReplyRefused, ReplyTruncated, WireError
from fetch2py.events import End, Error, Event, Reasoning, Text
from fetch2py.exchange import Exchange
from fetch2py.request import Request
from fetch2py.wire import DEFAULT_TIMEOUTS, Timeouts

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import TracebackType

__all__ = ["Answer", "AsyncAnswer", "Replayable", "areplay", "replay", "submit"]

# Decoded bytes as they came, and the events that they made.
_Step = tuple[bytes, list[Event]]


class Replayable(Protocol):
    """What a replay asks of a profile."""

    @property
    def dialect(self) -> str | Mapping[str, Any] | None:
        """The name or the rules of the answer's dialect; None detects it."""

    def fill(self, message: str | None, /) -> Request:
        """The request with `message` in its slot, or as captured for None."""


class _Reading:
    """What is known of an answer so far. The same for the sync and the async answer."""

    def __init__(
        self,
        request: Request,
        *,
        dialect: str | Mapping[str, Any] | None = None,
        sent: str = "",
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self._request = request
        self._timeouts = timeouts
        self._exchange = Exchange(dialect, host=_host(request.url), sent=sent)
        self._pending: deque[Event] = deque()
        self._refusal = ""

    @property
    def status(self) -> int | None:
        """The HTTP status, once the head is in."""
        return self._exchange.status

    @property
    def text(self) -> str:
        """The answer's text so far."""
        return self._exchange.text

    @property
    def reasoning(self) -> str:
        """The answer's reasoning so far."""
        return self._exchange.reasoning

    @property
    def ids(self) -> Mapping[str, str]:
        """The ids found so far, by name."""
        return self._exchange.ids

    @property
    def error(self) -> str | None:
        """What the server said was wrong, or what broke; None if nothing did."""
        return self._refusal or self._exchange.error

    @property
    def outcome(self) -> str | None:
        """clean, error or truncated; None until the end."""
        return "error" if self._refusal else self._exchange.outcome

    @property
    def dialect(self) -> str | None:
        """The name of the dialect that reads this answer, once it is chosen."""
        return self._exchange.dialect

    @property
    def why(self) -> str:
        """One sentence: why that dialect."""
        return self._exchange.why

    def raise_for_outcome(self) -> None:
        """Raise ReplyRefused for an error, ReplyTruncated for whatever has no end. A clean answer passes."""
        if self.outcome == "error":
            raise ReplyRefused(self.error or "The server answered with an error.")
        if self.outcome != "clean":
            raise ReplyTruncated(self.error or "The answer broke off before its end.")

    def _refused(self, refusal: ReplyRefused) -> list[Event]:
        self._refusal = refusal.message
        return [Error(refusal.message), End("error", dict(self.ids))]

    def _given_up(self, fault: WireError) -> list[Event]:
        # What was held back until more of it came is still the answer's; its End is the exception.
        events = self._exchange.abort(fault.message)
        return [event for event in events if isinstance(event, Text | Reasoning)]


class Answer(_Reading):
    """The answer to one request: a context manager, and an iterator over its events.

    `request` goes out as it stands, at `with` or at the first event. `dialect` is a name, a mapping of rules or None
    to detect it; `sent` is the person's message, so that its echo is not taken for an answer. Leaving the `with`
    closes the connection at once, read or not. Without a `with`, read it to the end. One thread at a time.

    Raises WireError for what kept the answer away: no connection, no TLS, a time-out. A server that broke off is
    no exception here but `End("truncated")`, and one that refused is `Error` and `End("error")`;
    `raise_for_outcome` makes exceptions of both.
    """

    _steps: Iterator[_Step]

    def __enter__(self) -> Answer:
        """Send the request and wait for the answer's head."""
        self._pending.extend(next(self._reading())[1])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def __iter__(self) -> Iterator[Event]:
        """The answer itself; iterating again goes on where it was left."""
        return self

    def __next__(self) -> Event:
        """The next event, as soon as its bytes are in."""
        while not self._pending:
            self._pending.extend(next(self._steps)[1])
        return self._pending.popleft()
