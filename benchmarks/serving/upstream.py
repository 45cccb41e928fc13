"""The server that all relays stand before: it streams numbered tokens at a pace that the request names.

`python -m benchmarks.serving.upstream SHAPE` prints its port and serves until it is terminated.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import cast

import uvloop

__all__ = ["MESSAGE", "PATH"]

PATH = "/api/chat/c/completion/stream"
MESSAGE = "{count} tokens, {rate} a second"
"""What a client asks for. Rate 0: only the first token, and the others when /release is asked for."""

_ASKED = re.compile(rb"(\d+) tokens, (\d+) a second")
_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    b"connection: close\r\n\r\n"
)

# What stands around a token, and the last event.
_SHAPES: Mapping[str, tuple[bytes, bytes]] = {
    "kimi": (
        b'data: {"event":"cmpl","idx_s":0,"idx_z":0,"text":"%s","view":"cmpl"}\n\n',
        b'data: {"event":"all_done"}\n\n',
    ),
    "openai": (
        b'data: {"id":"chatcmpl-FAKE","object":"chat.completion.chunk","created":1767225600,"model":"fake",'
        b'"choices":[{"index":0,"delta":{"content":"%s"},"logprobs":null,"finish_reason":null}]}\n\n',
        b"data: [DONE]\n\n",
    ),
}


class _Book:
    """What was sent by all streams, and which of them wait to be released."""

    def __init__(self, shape: str) -> None:
        self.event, self.last = _SHAPES[shape]
        self.streams = 0
        self.sent = 0
        self.held: list[Callable[[], None]] = []

    def answer(self, path: bytes) -> bytes:
        """What is asked about the streams: how many tokens were sent since the last time."""
        if path == b"/release":
            held, self.held = self.held, []
            for release in held:
                release()
        sent, self.sent = self.sent, 0
        return b"%d" % sent


class _Stream(asyncio.Protocol):
    """One connection, one answer."""

    def __init__(self, book: _Book) -> None:
        self._book = book
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._number = self._count = 0
        self._pause = 0.0
        self._name = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        if not found or len(body) < int(length[1] if length else 0):
            return
        asked = _ASKED.search(body)
        if asked is None:
            told = self._book.answer(head.split(b" ")[1])
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(told), told))
            self._transport.close()
            return
        self._received = b""
        self._begin(int(asked[1]), int(asked[2]))

    def _begin(self, count: int, rate: int) -> None:
        self._book.streams += 1
        self._name, self._count, self._pause = self._book.streams, count, 1 / rate if rate else 0.0
        self._transport.write(_HEAD)
        self._due = self._loop.time()
        self._next()

    def _next(self) -> None:
        if self._transport.is_closing():
            return
        if self._number == self._count:
            self._write(self._book.last)
            self._transport.write(b"0\r\n\r\n")
            self._transport.close()
            return
        token = b"#%d.%d@%d;" % (self._name, self._number, time.monotonic_ns())
        self._write(self._book.event % token)
        self._book.sent += 1
        self._number += 1
        if self._number == 1 and not self._pause:
            self._book.held.append(self._next)
        else:
            # By the timetable, not by when the last one left.
            self._due += self._pause
            self._loop.call_at(self._due, self._next)

    def _write(self, event: bytes) -> None:
        self._transport.write(b"%x\r\n%s\r\n" % (len(event), event))


async def _serve(shape: str) -> None:
    book = _Book(shape)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Stream(book), "127.0.0.1", 0, backlog=4096
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1]))
