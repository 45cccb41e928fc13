"""How much a server takes on: sizes, rates and numbers, each with a sensible value.

Knows numbers and a clock that is handed in. Must not know HTTP beyond the status that says "too much".
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from fetch2py.errors import Fetch2pyError

__all__ = ["Bucket", "Limits", "Streams", "TooMuch"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server takes, at most. ValueError for less than nothing.

    `request_bytes` and `message_characters` are of one request; `streams` answers are under way at once;
    `per_minute` is how many requests a minute go out, 0 for any number. A request's body has to be in
    `body_seconds` after its head. A stream that is silent for `ping_seconds` says that it is alive.
    """

    # JSON can spell a character in twelve bytes.
    request_bytes: int = 4 * 1024 * 1024
    message_characters: int = 200_000
    streams: int = 100
    per_minute: int = 120
    body_seconds: float = 30.0
    ping_seconds: float = 15.0

    def __post_init__(self) -> None:
        numbers = (self.request_bytes, self.message_characters, self.streams, self.per_minute)
        if min(numbers) < 0 or min(self.body_seconds, self.ping_seconds) <= 0:
            raise ValueError("A limit is no less than nothing, and a time is more than that.")


class TooMuch(Fetch2pyError):
    """More than the limits allow. `retry_after` is in seconds, 0 where waiting doesn't help."""

    def __init__(self, message: str, *, http_status: int, retry_after: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.http_status = http_status
        self.retry_after = retry_after


class Bucket:
    """A bucket of tokens that fills evenly: a minute's worth may be taken at once, never more."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._size = float(per_minute)
        self._clock = clock
        self._left = self._size
        self._then = clock()

    def take(self) -> None:
        """Take one. TooMuch where there is none."""
        if not self._size:
            return
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._then) * self._size / 60)
        self._then = now
        if self._left < 1:
            raise TooMuch(
                f"More than {self._size:.0f} requests in a minute.",
                http_status=429,
                retry_after=math.ceil((1 - self._left) * 60 / self._size),
                hint="Wait, or start the server with a higher --max-rate.",
            )
        self._left -= 1


class Streams:
    """Counts the answers that are under way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """One more, while the context is open. TooMuch where there are as many as there may be."""
        if self._open >= self._most:
            raise TooMuch(
                f"There are {self._most} answers under way already.",
                http_status=503,
                retry_after=1,
                hint="Wait, or start the server with a higher --max-streams.",
            )
        self._open += 1
        self._none.clear()
        try:
            yield
        finally:
            self._open -= 1
            if not self._open:
                self._none.set()

    async def wait_closed(self, seconds: float) -> None:
        """Wait until none is under way, for so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._none.wait()
