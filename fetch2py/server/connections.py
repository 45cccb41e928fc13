"""Client connections that can't be held open for nothing: what uvicorn leaves to whatever stands before it.

Knows uvicorn's HTTP protocol and httptools, its parser. Must not know what is asked.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fetch2py.server.streaming import WRITE

__all__ = ["HEAD_SECONDS", "ImpatientProtocol"]

# From the connection until a request's whole head, in seconds; again for what is left of a body that nobody
# wants any more. Browsers open connections ahead of need, and open another where one was closed.
HEAD_SECONDS = 10.0
# nginx takes four times 8 KiB.
_LONGEST_HEAD = 64 * 1024
# The fields that say how long a body is, in the spelling of ASGI.
_FRAMING = (b"content-length", b"transfer-encoding")


class ImpatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, but a connection without a request is closed after `head_seconds`.

    One request at a time: what comes while it is answered is passed over, and the connection closed behind
    the answer (RFC 9112, section 9.3.2, has the client ask again). To change the protocol is declined.
    """

    head_seconds = HEAD_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._head_size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._is_answering():
            self.cycle.keep_alive = False
            return
        if self._deadline is not None:
            self._head_size += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._refuse("Invalid HTTP request received.")
        if self._deadline is not None and self._head_size > _LONGEST_HEAD and not self._discards():
            self._refuse("The request's head is too large.")
        if self._deadline is None and self._is_idle() and not self.transport.is_closing():
            self._start_clock()

    def on_message_begin(self) -> None:
        if self._is_answering():
            raise ValueError("one request at a time")
        super().on_message_begin()
        self.scope["extensions"] = cast(Any, {WRITE: self._write})
        # A kept connection's next request: its time begins with its first byte.
        if self._deadline is None:
            self._start_clock()

    def on_headers_complete(self) -> None:
        self._stop_clock()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_clock()
        # Where the client would change to another protocol, the parser ends a message with its head.
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._discards():
            self._start_clock()
        super().on_response_complete()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as exc:
            # Declined (RFC 9110, section 7.8): what follows the head is the body of this request after all.
            self.cycle.keep_alive = False
            framing = [b"%b: %b\r\n" % field for field in self.headers if field[0] in _FRAMING]
            self.parser = httptools.HttpRequestParser(_Body(self))
            head = b"".join((b"POST / HTTP/1.1\r\n", *framing, b"\r\n"))
            self.parser.feed_data(head + data[exc.args[0] :])

    def _refuse(self, why: str) -> None:
        """Answer what is no request; not into the answer to the one before it."""
        if self._is_answering():
            self.cycle.keep_alive = False
        else:
            self.send_400_response(why)

    def _write(self, body: bytes) -> bool:
        """The extension: send a piece of a body that has begun, at once, if that is possible."""
        cycle = self.cycle
        ready = cycle.response_started and cycle.chunked_encoding and not self.flow.write_paused
        if not ready or cycle.response_complete or cycle.disconnected:
            return False
        self.transport.write(b"%x\r\n%b\r\n" % (len(body), body))
        return True

    def _is_answering(self) -> bool:
        """Whether a request is in, and its answer isn't out."""
        return self.cycle is not None and not (self.cycle.response_complete or self.cycle.more_body)

    def _is_idle(self) -> bool:
        """Whether no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _discards(self) -> bool:
        """Whether what comes is the body of a request that was answered without it."""
        return self.cycle is not None and self.cycle.response_complete and self.cycle.more_body

    def _start_clock(self) -> None:
        self._stop_clock()
        self._head_size = 0
        self._deadline = self.loop.call_later(self.head_seconds, self.transport.close)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Body:
    """The part of a protocol that a parser tells of a request's body."""

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        self.on_body = protocol.on_body
        self.on_message_complete = protocol.on_message_complete
