"""One answer over one HTTP/1.1 connection, for a loop that has hundreds of them at once.

Knows asyncio's protocols and httptools, the parser that Node has. Raises httpx's exceptions, as transports of
httpx do. Must not know requests of this project nor what an answer means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import httptools
import httpx

__all__ = ["Connection"]

# More is not read from the network before what is there was taken: a reader that is slow slows the server.
_MOST_HELD = 64 * 1024
# Chromium's bound for a response's head.
_LONGEST_HEAD = 256 * 1024

_CUT = "the connection was closed before the answer was whole"


class Connection(asyncio.Protocol):
    """Sends one request's bytes, and gives the answer's head and then the pieces of its body.

    `status` and `fields` are known after `head`. One task at a time may wait.
    """

    def __init__(self) -> None:
        self.status = 0
        self.fields: list[tuple[bytes, bytes]] = []
        self._parser = httptools.HttpResponseParser(self)
        # As browsers do. What tells two answers apart doesn't matter where there is one.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_chunked_length=True, lenient_optional_cr_before_lf=True
        )
        self._transport: asyncio.Transport | None = None
        self._pieces: list[bytes] = []
        self._held = 0
        self._bare = 0
        self._paused = self._blocked = False
        self._complete = self._ended = self._bodiless = False
        self._fault: Exception | None = None
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._taker: Callable[[bytes], bool] | None = None
        self._sleeps = self._woken = False

    # What a task asks for

    def offer(self, taker: Callable[[bytes], bool]) -> None:
        """Give `taker` each piece that comes in while a task waits in `read` for as long as it takes.

        The task sleeps on for True. For False it wakes up, and gets b"".
        """
        self._taker = taker

    async def send(self, request: bytes, patience: float | None) -> None:
        """Hand the request to the network. httpx.WriteTimeout where the server is too slow to take it."""
        self._bodiless = request.startswith(b"HEAD ")
        if self._transport is not None:
            self._transport.write(request)
        try:
            while self._blocked and not self._settled:
                await self._changed(patience)
        except TimeoutError:
            raise httpx.WriteTimeout("") from None

    async def head(self, patience: float | None) -> None:
        """Wait for the answer's head."""
        while not self.status:
            self._raise_fault()
            if self._ended:
                raise httpx.RemoteProtocolError("Server disconnected without sending a response")
            await self._bytes(patience)

    async def read(self, patience: float | None) -> bytes | None:
        """The bytes of the body that are in, as soon as there are any; None at its end."""
        while not self._pieces:
            if self._woken:
                self._woken = False
                return b""
            self._raise_fault()
            if self._complete:
                return None
            if self._ended:
                raise httpx.RemoteProtocolError(_CUT)
            if patience is None:
                # Once for each token of an answer, so it is spared whatever can be spared.
                self._waiter = self._loop.create_future()
                self._sleeps = True
                await self._waiter
            else:
                await self._bytes(patience)
        return self._taken()

    def _taken(self) -> bytes:
        pieces = self._pieces
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        self._held = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return data

    def abort(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def _settled(self) -> bool:
        return bool(self.status or self._ended or self._fault)

    def _raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault

    async def _bytes(self, patience: float | None) -> None:
        try:
            await self._changed(patience)
        except TimeoutError:
            raise httpx.ReadTimeout("") from None

    async def _changed(self, patience: float | None) -> None:
        """Wait until something has happened. TimeoutError."""
        waiter = self._waiter = self._loop.create_future()
        timer = None if patience is None else self._loop.call_later(patience, _expire, waiter)
        try:
            await waiter
        finally:
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        self._sleeps = False
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._complete or self._fault is not None:
            return
        held = self._held
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as exc:
            # What follows the answer is nobody's.
            if not self._complete:
                self._fault = httpx.RemoteProtocolError(str(exc) or "it wants another protocol")
        else:
            self._bare = 0 if self._held > held else self._bare + len(data)
            if self._bare > _LONGEST_HEAD:
                what = "trailer" if self.status else "head"
                self._fault = httpx.RemoteProtocolError(f"its {what} has no end")
        if self._fault is not None:
            self.abort()
        elif self._taker is not None and self._sleeps and self._pieces and not self._complete:
            if self._taker(self._taken()):
                return
            self._woken = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and not self._complete and self._fault is None:
            self._fault = httpx.ReadError(str(exc))
            self._fault.__cause__ = exc
        self._ended = True
        # Without a length and without chunks, the connection's end is the body's (RFC 9112, section 6.3).
        if self.status and exc is None and self._fault is None and not self._is_delimited():
            self._complete = True
        self._transport = None
        # They lead back here: what is over goes without a search for garbage.
        self._taker = None
        del self._parser
        self._wake()

    def pause_writing(self) -> None:
        self._blocked = True

    def resume_writing(self) -> None:
        self._blocked = False
        self._wake()

    def _is_delimited(self) -> bool:
        return any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in self.fields)

    # What the parser tells

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head, or of the trailer, which nobody reads."""
        if not self.status:
            self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is in; an interim one (RFC 9110, section 15.2) is forgotten."""
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self.fields.clear()
        else:
            self.status = status
            self._complete = self._bodiless

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._pieces.append(body)
        self._held += len(body)
        if self._held > _MOST_HELD and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """The answer is whole, unless it was an interim one."""
        self._complete = self.status != 0


def _expire(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
