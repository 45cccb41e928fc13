"""One replay from request to last event, for threads and for tasks.

The twins differ in `await` alone; what they share is in `_Reading`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Mapping
from functools import cached_property
from typing import Any, Protocol

from fetch2py import wire
from fetch2py.errors import ExchangeError, ReplyMalformed, ReplyRefused, ReplyTruncated, WireError
from fetch2py.events import End, Error, Event, Outcome, Reasoning, Text
from fetch2py.exchange import Exchange
from fetch2py.request import Request
from fetch2py.wire import DEFAULT_TIMEOUTS, Timeouts

__all__ = ["Answer", "AsyncAnswer", "Replayable", "areplay", "replay"]

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
        self._fault: ExchangeError | None = None

    @property
    def status(self) -> int:
        """The HTTP status; 0 until the head is in."""
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
    def error(self) -> str:
        """What the server said was wrong, else what broke; "" if nothing did."""
        return self._exchange.error or (self._fault.message if self._fault else "")

    @property
    def outcome(self) -> Outcome | None:
        """How the answer ended; None until it has."""
        return "error" if isinstance(self._fault, ReplyRefused) else self._exchange.outcome

    @property
    def dialect(self) -> str:
        """The name of the dialect that reads this answer; "" until it is chosen."""
        return self._exchange.dialect

    @property
    def why(self) -> str:
        """One sentence: why that dialect."""
        return self._exchange.why

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know beside the events."""
        return self._exchange.notes

    def raise_for_outcome(self) -> None:
        """Raise ReplyRefused for an error, ReplyTruncated for whatever has no end. A clean answer passes."""
        hint = self._fault.hint if self._fault else ""
        if self.outcome == "error":
            raise ReplyRefused(self.error, hint=hint)
        if self.outcome != "clean":
            raise ReplyTruncated(self.error or "The answer broke off before its end.", hint=hint)

    def _refused(self, refusal: ReplyRefused) -> list[Event]:
        self._fault = refusal
        return [Error(refusal.message), End("error", self.ids)]

    def _broken_off(self, fault: ExchangeError) -> list[Event]:
        self._fault = fault
        return self._exchange.abort(fault.message)

    def _given_up(self, fault: WireError) -> list[Event]:
        # What was held back until more of it came is still the answer's; in place of its End stands the
        # exception.
        return [event for event in self._broken_off(fault) if isinstance(event, Text | Reasoning)]


class Answer(_Reading):
    """The answer to one request: a context manager, and an iterator over its events.

    `request` goes out as it stands, at `with` or at the first event. `dialect` is a name, a mapping of rules
    or None to detect it; `sent` is the person's message, so that its echo is not taken for an answer. Leaving
    the `with` closes the connection at once, read or not. Without a `with`, read it to the end. One thread at
    a time.

    Raises WireError for what kept the answer away: no connection, no TLS, a time-out. A server that broke off
    is no exception here but `End("truncated")`, and one that refused is `Error` and `End("error")`;
    `raise_for_outcome` makes exceptions of both.
    """

    @cached_property
    def _steps(self) -> Generator[_Step, None, None]:
        return self._run()

    def _run(self) -> Generator[_Step, None, None]:
        try:
            with wire.stream(self._request, self._timeouts) as response:
                yield b"", self._exchange.receive_head(response.status, response.headers)
                for chunk in response.chunks:
                    yield chunk, self._exchange.receive_data(chunk)
            yield b"", self._exchange.receive_end()
        except ReplyRefused as refusal:
            yield b"", self._refused(refusal)
        except ReplyMalformed as fault:
            yield b"", self._broken_off(fault)
        except WireError as fault:
            if rest := self._given_up(fault):
                yield b"", rest
            raise

    def __enter__(self) -> Answer:
        """Send the request and wait for the answer's head."""
        self._pending.extend(next(self._steps)[1])
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection, whether or not the answer was read."""
        self._steps.close()

    def __iter__(self) -> Iterator[Event]:
        """The answer itself: iterating again goes on where it was left."""
        return self

    def __next__(self) -> Event:
        """The next event, as soon as its bytes are in."""
        while not self._pending:
            self._pending.extend(next(self._steps)[1])
        return self._pending.popleft()

    def raw_chunks(self) -> Iterator[bytes]:
        """The body's bytes as they arrive, instead of the events; content codings are undone.

        They are read all the same, so `text`, `outcome` and the rest are known at the end. Raises WireError.
        """
        for chunk, _ in self._steps:
            if chunk:
                yield chunk


class AsyncAnswer(_Reading):
    """The twin of `Answer` for tasks: `async with`, `async for`.

    Cancelling the task closes the connection at once. Without the `async with`, an answer that is not read to
    its end is closed only when the event loop comes to it.
    """

    @cached_property
    def _steps(self) -> AsyncGenerator[_Step, None]:
        return self._run()

    async def _run(self) -> AsyncGenerator[_Step, None]:
        try:
            async with wire.astream(self._request, self._timeouts) as response:
                yield b"", self._exchange.receive_head(response.status, response.headers)
                async for chunk in response.chunks:
                    yield chunk, self._exchange.receive_data(chunk)
            yield b"", self._exchange.receive_end()
        except ReplyRefused as refusal:
            yield b"", self._refused(refusal)
        except ReplyMalformed as fault:
            yield b"", self._broken_off(fault)
        except WireError as fault:
            if rest := self._given_up(fault):
                yield b"", rest
            raise

    async def __aenter__(self) -> AsyncAnswer:
        """Send the request and wait for the answer's head."""
        self._pending.extend((await anext(self._steps))[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection, whether or not the answer was read."""
        await self._steps.aclose()

    def __aiter__(self) -> AsyncIterator[Event]:
        """The answer itself: iterating again goes on where it was left."""
        return self

    async def __anext__(self) -> Event:
        """The next event, as soon as its bytes are in."""
        while not self._pending:
            self._pending.extend((await anext(self._steps))[1])
        return self._pending.popleft()

    async def raw_chunks(self) -> AsyncIterator[bytes]:
        """The body's bytes as they arrive, instead of the events; see `Answer.raw_chunks`."""
        async for chunk, _ in self._steps:
            if chunk:
                yield chunk


def replay(
    profile: Replayable,
    message: str | None = None,
    *,
    dialect: str | Mapping[str, Any] | None = None,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
) -> Answer:
    """Send the profile's request with `message` in its slot, or as captured for None, and read the answer.

    `dialect` (a name or a mapping of rules) stands in for the profile's own. Raises SlotError or
    CredentialMissing at once if the profile can't be filled, and later what `Answer` raises.
    """
    return Answer(
        profile.fill(message), dialect=dialect or profile.dialect, sent=message or "", timeouts=timeouts
    )


def areplay(
    profile: Replayable,
    message: str | None = None,
    *,
    dialect: str | Mapping[str, Any] | None = None,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
) -> AsyncAnswer:
    """The twin of `replay` for tasks."""
    return AsyncAnswer(
        profile.fill(message), dialect=dialect or profile.dialect, sent=message or "", timeouts=timeouts
    )


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        # The wire says what is wrong with it.
        return ""
