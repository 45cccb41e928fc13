"""All clients of one run, in a process of their own: every token is counted, and its way timed.

`python -m benchmarks.serving.client PORT PATH UPSTREAM-PORT STREAMS COUNT RATE` prints a `Told` as JSON.
While it runs it only notes what came when, so that it holds nothing up; the bytes are read afterwards. With
rate 0 it prints "held" once every stream has brought its first token, and waits for a line before it lets
them end.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import httptools
import uvloop

from benchmarks.serving.upstream import MESSAGE

__all__ = ["Told"]

_TOKEN = re.compile(rb"#(\d+)\.(\d+)@(\d+);")
_MOST_OPENING = 250
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one run: seconds, tokens, and streams that came whole and in order."""

    wall: float
    sent: int
    delivered: int
    whole: int
    delay_median: float
    delay_most: float


class _Client(asyncio.Protocol):
    """One connection: what came, and when."""

    def __init__(self, opened: asyncio.Semaphore) -> None:
        loop = asyncio.get_running_loop()
        self.arrivals: list[tuple[int, bytes]] = []
        self.first = loop.create_future()
        self.ended = loop.create_future()
        self._opened = opened

    def data_received(self, data: bytes) -> None:
        self.arrivals.append((time.monotonic_ns(), data))
        if not self.first.done() and b"@" in data:
            self.first.set_result(None)
            self._opened.release()
        if data.endswith(b"0\r\n\r\n"):
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        for future in (self.first, self.ended):
            if not future.done():
                future.set_result(None)


class _Answer:
    """A stream's bytes, read once all is over."""

    def __init__(self, arrivals: Sequence[tuple[int, bytes]]) -> None:
        self.complete = False
        self.tokens: list[tuple[int, int]] = []
        self.delays: list[float] = []
        self._body = b""
        parser = httptools.HttpResponseParser(self)
        for then, data in arrivals:
            parser.feed_data(data)
            end = 0
            for found in _TOKEN.finditer(self._body):
                end = found.end()
                self.tokens.append((int(found[1]), int(found[2])))
                self.delays.append((then - int(found[3])) / 1e9)
            self._body = self._body[end:]

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """The answer has its end."""
        self.complete = True

    def is_whole(self, count: int) -> bool:
        """Whether these are all tokens of one stream, in order, and it has ended as HTTP has it."""
        name = self.tokens[0][0] if self.tokens else 0
        return self.complete and self.tokens == [(name, number) for number in range(count)]


async def _run(port: int, path: str, upstream: int, streams: int, count: int, rate: int) -> Told:
    message = json.dumps({"message": MESSAGE.format(count=count, rate=rate)}).encode()
    request = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(message)}\r\n\r\n"
    ).encode() + message
    loop = asyncio.get_running_loop()
    # All at once where tokens flow; one after another where what counts is how many can be held.
    opened = asyncio.Semaphore(streams if rate else _MOST_OPENING)
    started = time.perf_counter()

    async def open_one() -> tuple[asyncio.BaseTransport, _Client]:
        await opened.acquire()
        transport, client = await loop.create_connection(lambda: _Client(opened), "127.0.0.1", port)
        transport.write(request)
        return transport, client

    pairs = await asyncio.gather(*(open_one() for _ in range(streams)))
    clients = [client for _, client in pairs]
    if not rate:
        await asyncio.wait_for(asyncio.gather(*(client.first for client in clients)), _PATIENCE)
        alive = sum(not client.ended.done() for client in clients)
        print(f"held {alive}", flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
        await _ask(upstream, "/release")
    await asyncio.wait_for(asyncio.gather(*(client.ended for client in clients)), _PATIENCE)
    wall = time.perf_counter() - started
    for transport, _ in pairs:
        transport.close()
    sent = int(await _ask(upstream, "/sent")) + (streams if not rate else 0)
    return _told(wall, sent, [_Answer(client.arrivals) for client in clients], count)


async def _ask(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: upstream\r\n\r\n".encode())
    told = await reader.read()
    writer.close()
    return told.rpartition(b"\r\n")[2]


def _told(wall: float, sent: int, answers: Sequence[_Answer], count: int) -> Told:
    delays = [delay for answer in answers for delay in answer.delays]
    return Told(
        wall,
        sent,
        len({token for answer in answers for token in answer.tokens}),
        sum(answer.is_whole(count) for answer in answers),
        statistics.median(delays),
        statistics.quantiles(delays, n=100)[-1],
    )


def main() -> None:
    """One run."""
    port, path, *numbers = sys.argv[1:]
    told = uvloop.run(_run(int(port), path, *map(int, numbers)))
    print(json.dumps(asdict(told)))


if __name__ == "__main__":
    main()
