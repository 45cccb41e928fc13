"""One replay from request to last event, for threads and for tasks.

The twins differ in `await` alone; what they share is in `Reading`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, Protocol, Self

from fetch2py import wire
from fetch2py.answer.reading import Reading
from fetch2py.answer.watching import Watcher
from fetch2py.errors import ProfileError, ReplyMalformed, ReplyRefused, WireError
from fetch2py.events import Event, Reasoning, Text
from fetch2py.request import Request
from fetch2py.wire import DEFAULT_TIMEOUTS, Opener, Response, Timeouts

__all__ = ["Answer", "AsyncAnswer", "Iterated", "Replayable", "areplay", "replay"]

# Decoded bytes as they came, and the events that they made.
_Step = tuple[bytes, list[Event]]


class Replayable(Protocol):
    """What a replay asks of a profile."""

    @property
    def dialect(self) -> str | Mapping[str, Any] | None:
        """The name or the rules of the answer's dialect; None detects it."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """The values that no error may repeat, by any name."""

    def fill(self, message: str | None, /) -> Request:
        """The request with `message` in its slot, or as captured for None."""


class Iterated(Reading, ABC):
    """A reading whose bytes come while it is iterated over: what an answer is beside where it comes from."""

    @abstractmethod
    def _response(self) -> AbstractContextManager[Response[Iterator[bytes]]]:
        """Where the head and the bytes come from; entering it may take its time."""

    @cached_property
    def _steps(self) -> Generator[_Step, None, None]:
        return self._run()

    def _run(self) -> Generator[_Step, None, None]:
        self._begin()
        try:
            with self._response() as response:
                yield b"", self._receive_head(response)
                for chunk in response.chunks:
                    yield chunk, self._receive_data(chunk)
                    if self._enough:
                        break
            yield b"", self._receive_end()
        except ReplyRefused as refusal:
            yield b"", self._refused(refusal)
        except ReplyMalformed as fault:
            yield b"", self._broken_off(fault)
        except WireError as fault:
            if rest := self._left_over(fault):
                yield b"", rest
            if safe := self._safe(fault):
                raise safe from None
            raise

    def __enter__(self) -> Self:
        """Send the request and wait for the answer's head, unless that was done before."""
        if not self._begun:
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
        return self._next_pending()

    def raw_chunks(self) -> Iterator[bytes]:
        """The body's bytes as they arrive, instead of the events; content codings are undone.

        They come to the end, whatever is in them, and are read all the same: `text`, `outcome` and the rest
        are known then. Raises WireError.
        """
        self._raw = True
        for chunk, _ in self._steps:
            if chunk:
                yield chunk


class Asked(Reading):
    """A reading of the answer to a request that goes out now: what the twins are made from."""

    def __init__(
        self,
        request: Request,
        *,
        dialect: str | Mapping[str, Any] | None = None,
        sent: str = "",
        secrets: Iterable[str] = (),
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        allow_lossy: bool = False,
        watchers: Iterable[Watcher] = (),
    ) -> None:
        if request.lost_bytes and not allow_lossy:
            raise ProfileError(
                f"Nothing was sent, since the request isn't whole. {request.lost_bytes[0].message}",
                hint="To send what there is all the same, use --allow-lossy (in Python, allow_lossy=True).",
            )
        super().__init__(dialect, host=_host(request.url), sent=sent, secrets=secrets, watchers=watchers)
        self._request = request
        self._timeouts = timeouts

    def _begin(self) -> None:
        if self._watchers:
            wire.prepare()
        super()._begin()


class Answer(Iterated, Asked):
    """The answer to one request: a context manager, and an iterator over its events.

    `request` goes out as it stands, at `with` or at the first event. `dialect` is a name, a mapping of rules
    or None to detect it; `sent` is the person's message, so that its echo is not taken for an answer;
    `secrets` are values that no error, note or exception may repeat. Text and reasoning are never touched.
    A request with lost bytes is a ProfileError at once, unless `allow_lossy`. `watchers` look on.
    Leaving the `with` closes the connection at once, read or not; a second `with` sends nothing and goes on
    where the answer was left. Without a `with`, read it to the end. One thread at a time.

    An answer that broke the rules of its framing ends there: nothing more of it can be read.

    Raises WireError for what kept the answer away: no connection, no TLS, a time-out. A server that broke off
    is no exception here but `End("truncated")`, and one that refused is `Error` and `End("error")`;
    `raise_for_outcome` makes exceptions of both.
    """

    def _response(self) -> AbstractContextManager[Response[Iterator[bytes]]]:
        return wire.stream(self._request, self._timeouts)


class AsyncAnswer(Asked):
    """The twin of `Answer` for tasks: `async with`, `async for`.

    Cancelling the task closes the connection at once. Without the `async with`, an answer that is not read to
    its end is closed only when the event loop comes to it.
    """

    _opener: Opener = staticmethod(wire.astream)
    _offer: Callable[[Callable[[bytes], bool]], None] | None = None

    def through(self, opener: Opener) -> Self:
        """The same answer, its request sent by another than `wire.astream`. Before it is begun."""
        self._opener = opener
        return self

    @cached_property
    def _steps(self) -> AsyncGenerator[_Step, None]:
        return self._run()

    async def _run(self) -> AsyncGenerator[_Step, None]:
        self._begin()
        try:
            async with self._opener(self._request, self._timeouts) as response:
                self._offer = response.offer
                yield b"", self._receive_head(response)
                async for chunk in response.chunks:
                    yield chunk, self._receive_data(chunk)
                    if self._enough:
                        break
            yield b"", self._receive_end()
        except ReplyRefused as refusal:
            yield b"", self._refused(refusal)
        except ReplyMalformed as fault:
            yield b"", self._broken_off(fault)
        except WireError as fault:
            if rest := self._left_over(fault):
                yield b"", rest
            if safe := self._safe(fault):
                raise safe from None
            raise

    async def __aenter__(self) -> Self:
        """Send the request and wait for the answer's head, unless that was done before."""
        if not self._begun:
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
        return self._next_pending()

    async def burst(self) -> list[Event]:
        """The next events, those together that came together; none behind the last."""
        if not self._pending:
            async for _, events in self._steps:
                self._pending.extend(events)
                if self._pending:
                    break
        return [self._next_pending() for _ in range(len(self._pending))]

    def offer(self, taker: Callable[[list[Event]], bool]) -> None:
        """Give `taker` the text and the reasoning that come while a task waits in `burst`, without waking it.

        True says that it took them. What it doesn't take, and every other event, comes from `burst`. Waking a
        task takes longer than to read a token, so that a server with hundreds of answers gains by this.
        For an answer that is entered; while a time-out of its body runs, all comes from `burst`.
        """
        if self._offer is None:
            return

        def take(chunk: bytes) -> bool:
            events = self._receive_data(chunk)
            for event in events:
                if type(event) is not Text and type(event) is not Reasoning:
                    break
            else:
                if not self._enough and (not events or taker(events)):
                    return True
            self._pending.extend(events)
            return False

        self._offer(take)

    async def raw_chunks(self) -> AsyncIterator[bytes]:
        """The body's bytes as they arrive, instead of the events; see `Answer.raw_chunks`."""
        self._raw = True
        async for chunk, _ in self._steps:
            if chunk:
                yield chunk


def replay(
    profile: Replayable,
    message: str | None = None,
    *,
    dialect: str | Mapping[str, Any] | None = None,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    allow_lossy: bool = False,
) -> Answer:
    """Send the profile's request with `message` in its slot, or as captured for None, and read the answer.

    `dialect` (a name or a mapping of rules) stands in for the profile's own. Raises SlotError or
    CredentialMissing at once if the profile can't be filled, ProfileError if bytes of its body are lost, and
    later what `Answer` raises.
    """
    return Answer(
        profile.fill(message),
        dialect=dialect or profile.dialect,
        sent=message or "",
        secrets=profile.secrets.values(),
        timeouts=timeouts,
        allow_lossy=allow_lossy,
    )


def areplay(
    profile: Replayable,
    message: str | None = None,
    *,
    dialect: str | Mapping[str, Any] | None = None,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    allow_lossy: bool = False,
) -> AsyncAnswer:
    """The twin of `replay` for tasks."""
    return AsyncAnswer(
        profile.fill(message),
        dialect=dialect or profile.dialect,
        sent=message or "",
        secrets=profile.secrets.values(),
        timeouts=timeouts,
        allow_lossy=allow_lossy,
    )


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        # The wire says what is wrong with it.
        return ""
