"""An answer on its way to a client: as it arrives, or whole.

Knows ASGI, and events on their way in. How they are spelled is a shape's affair. Must not know where the
bytes come from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fetch2py.answer import AsyncAnswer
from fetch2py.errors import ExchangeError
from fetch2py.events import End, Error, Event
from fetch2py.server.failing import CUT, ShuttingDown, UpstreamRefused
from fetch2py.server.log import log
from fetch2py.server.presence import Presence

__all__ = ["WRITE", "EventStream", "Shape", "Whole", "WholeShape"]

WRITE = "fetch2py.write"
"""An extension of ASGI's scope: what sends a piece of a body at once, if the client is ready for it, and
tells whether it did."""

_PING = b": ping\n\n"
_FIELDS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    # Proxies hold answers back, to fill a buffer (nginx) or to compress them, unless they are told not to.
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
)


class Shape(Protocol):
    """How the events of an answer are spelled."""

    def opening(self) -> bytes:
        """What comes first; b"" for nothing."""

    def spell(self, events: Sequence[Event]) -> bytes:
        """These events; b"" where they say nothing in this shape."""


class WholeShape(Protocol):
    """How a whole answer is spelled, as JSON."""

    def whole(self, answer: AsyncAnswer) -> bytes:
        """The answer, which is at its clean end."""


class _Delivery:
    """What the two ways of delivery share: one answer, one place among the streams, more header fields."""

    def __init__(
        self,
        answer: AsyncAnswer,
        place: AbstractContextManager[None],
        fields: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        self._answer = answer
        self._place = place
        self._fields = fields


class EventStream(_Delivery):
    """Sends an answer as server-sent events while it arrives.

    What the upstream says before the first event is raised, and becomes an HTTP error. That can be told until
    the first silence of `ping_seconds`, when the client gets the head of a stream after all. From then on an
    error is an event, and an end always comes.
    """

    def __init__(
        self,
        answer: AsyncAnswer,
        place: AbstractContextManager[None],
        shape: Shape,
        ping_seconds: float,
        fields: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(answer, place, fields)
        self._shape = shape
        self._ping_seconds = ping_seconds
        self._started = False
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The response, as ASGI has it. Raises Fetch2pyError where it hasn't begun."""
        presence = Presence(receive, self._ping_seconds, lambda: self._ping(send))
        last_words, fault = b"", ""
        with self._place:
            try:
                async with presence, self._answer as answer:
                    if write := scope.get("extensions", {}).get(WRITE):
                        answer.offer(partial(self._take, presence, write))
                    await self._deliver(answer, presence, send)
            except (ExchangeError, ShuttingDown) as error:
                if not self._started:
                    raise
                end = End(self._answer.outcome or "truncated", self._answer.ids)
                last_words = self._shape.spell([Error(error.message), end])
                fault = error.message
            if not presence.left:
                if fault := fault or self._fault():
                    log(scope, 200, fault)
                # Cancelled now, the server's time is over, and this client has read nothing in it.
                with suppress(asyncio.CancelledError):
                    await send({"type": "http.response.body", "body": last_words})

    def _fault(self) -> str:
        """What an event has told the client of, "" for nothing."""
        return self._answer.error or (CUT if self._answer.outcome == "truncated" else "")

    def _take(self, presence: Presence, write: Callable[[bytes], bool], events: Sequence[Event]) -> bool:
        """Send some events at once, where the server has a way to. Whether it could."""
        if data := self._shape.spell(events):
            presence.sent()
            return write(data)
        return True

    async def _deliver(self, answer: AsyncAnswer, presence: Presence, send: Send) -> None:
        while burst := await answer.burst():
            if not self._started:
                # What was asked to stay unsaid begins no stream.
                said = (event for event in burst if self._shape.spell([event]))
                _require_answer(next(said, burst[0]), self._answer)
            if data := self._shape.spell(burst):
                presence.sent()
                await self._send(send, data)

    async def _send(self, send: Send, data: bytes) -> None:
        """Send some bytes, behind the head. Waits while the client doesn't read what was sent before."""
        if not self._started or self._lock.locked():
            await self._start(send)
        await send({"type": "http.response.body", "body": data, "more_body": True})

    async def _start(self, send: Send) -> None:
        """Send the head and what stands before all events, if that wasn't done; wait until it is done."""
        async with self._lock:
            if self._started:
                return
            self._started = True
            fields = [*_FIELDS, *self._fields]
            await send({"type": "http.response.start", "status": 200, "headers": fields})
            if opening := self._shape.opening():
                await send({"type": "http.response.body", "body": opening, "more_body": True})

    async def _ping(self, send: Send) -> None:
        await self._start(send)
        async with self._lock:
            await send({"type": "http.response.body", "body": _PING, "more_body": True})


class Whole(_Delivery):
    """Sends an answer when it is whole. Whatever keeps it from that is raised, and becomes an HTTP error."""

    def __init__(
        self,
        answer: AsyncAnswer,
        place: AbstractContextManager[None],
        shape: WholeShape,
        fields: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(answer, place, fields)
        self._shape = shape

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The response, as ASGI has it. Raises Fetch2pyError."""
        presence = Presence(receive, None, _nothing)
        with self._place:
            async with presence, self._answer as answer:
                async for event in answer:
                    if type(event) in (Error, End):
                        _require_answer(event, answer)
        if presence.left:
            return
        response = Response(self._shape.whole(self._answer), media_type="application/json")
        response.raw_headers.extend(self._fields)
        await response(scope, receive, send)


async def _nothing() -> None:
    """A whole answer has no sign of life to give."""


def _require_answer(event: Event, answer: AsyncAnswer) -> None:
    """Raise what an event says that is no part of an answer, or no clean end of it."""
    if type(event) is Error:
        raise UpstreamRefused(event.message, answer.status)
    if type(event) is End:
        answer.raise_for_outcome()
