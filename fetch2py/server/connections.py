"""Client connections that can't be held open for nothing: what uvicorn leaves to whatever stands before it.

Knows uvicorn's HTTP protocol. Must not know what is asked.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fetch2py.server.streaming import WRITE

__all__ = ["HEAD_SECONDS", "ImpatientProtocol"]

# From the connection until a request's whole head, in seconds; again for what is left of a body that nobody
# wants any more. Browsers open connections ahead of need, and open another where one was closed.
HEAD_SECONDS = 10.0
# nginx takes four times 8 KiB.
_LONGEST_HEAD = 64 * 1024


class ImpatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, but a connection without a request is closed after `head_seconds`."""

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
        if self._deadline is not None:
            self._head_size += len(data)
        super().data_received(data)
        if self._deadline is not None and self._head_size > _LONGEST_HEAD and not self._discards():
            self.send_400_response("The request's head is too large.")

    def on_message_begin(self) -> None:
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
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._discards():
            self._start_clock()
        super().on_response_complete()

    def _write(self, body: bytes) -> bool:
        """The extension: send a piece of a body that has begun, at once, if that is possible."""
        cycle = self.cycle
        ready = cycle.response_started and cycle.chunked_encoding and not self.flow.write_paused
        if not ready or cycle.response_complete or cycle.disconnected:
            return False
        self.transport.write(b"%x\r\n%b\r\n" % (len(body), body))
        return True

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
