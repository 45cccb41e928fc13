"""A recorded answer, read as if it arrived now.

Knows recordings and their pace. Must not know files; the clock that waits is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from fetch2py.answer.reply import Iterated
from fetch2py.answer.watching import Watcher
from fetch2py.errors import ReplyTruncated, WireError
from fetch2py.wire import Response

if TYPE_CHECKING:
    from fetch2py.recording import Recording

__all__ = ["Pace", "Played"]


class Pace:
    """How fast a recording is played: `speed` times as fast as it came, with 0 as fast as it can be read.

    `sleep` waits so many seconds. `clock` tells the recording's own time, in seconds since its request went
    out, whatever the speed.
    """

    def __init__(self, speed: float, sleep: Callable[[float], object]) -> None:
        self._speed = speed
        self._sleep = sleep
        self._now = 0.0

    def clock(self) -> float:
        """What time it is in the recording."""
        return self._now

    def wait_until(self, time: float) -> None:
        """Wait until it is `time` in the recording."""
        if self._speed and time > self._now:
            self._sleep((time - self._now) / self._speed)
        self._now = time


class Played(Iterated):
    """The answer that a recording holds: what `Answer` is to a server.

    `dialect` stands in for the one that read it when it was recorded. Ends as the answer did then: a broken
    one with `End("truncated")`, one that the network lost with a WireError.
    """

    def __init__(
        self,
        recording: Recording,
        pace: Pace,
        *,
        dialect: str | Mapping[str, Any] | None = None,
        watchers: Iterable[Watcher] = (),
    ) -> None:
        head = recording.head
        given = head.dialect if dialect is None else dialect
        super().__init__(given, host=head.host, sent=head.sent, watchers=watchers)
        self._recording = recording
        self._pace = pace

    def _response(self) -> AbstractContextManager[Response[Iterator[bytes]]]:
        head = self._recording.head
        self._pace.wait_until(head.wait)
        return nullcontext(Response(head.status, head.headers, self._chunks()))

    def _chunks(self) -> Iterator[bytes]:
        wait, ending = self._recording.head.wait, self._recording.ending
        for piece in self._recording.pieces:
            self._pace.wait_until(wait + piece.at)
            yield piece.data
        self._pace.wait_until(wait + ending.at)
        if ending.how == "lost":
            raise WireError(ending.error or "The network lost the answer.")
        if ending.how == "broken":
            raise ReplyTruncated(ending.error or "The answer broke off before its end.")
