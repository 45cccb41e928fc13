"""The async wire of a server, where it differs from the others: its connection, its addresses, its bounds."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from fetch2py.errors import ReplyTruncated, WireError
from fetch2py.request import Request
from fetch2py.wire import Timeouts
from fetch2py.wire.connection import Connection as HttpConnection
from fetch2py.wire.lean import LeanWire
from tests.back_end import nothing_left_open
from tests.servers import PATIENCE, Connection, serve

CHUNKED = (("transfer-encoding", "chunked"),)


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    with nothing_left_open():
        yield


def fetched(url: str, body: bytes | None = None, timeouts: Timeouts = Timeouts()) -> tuple[int, bytes]:  # noqa: B008
    """The status and the body of an answer."""

    async def run() -> tuple[int, bytes]:
        request = Request("GET" if body is None else "POST", url, body=body)
        async with LeanWire().stream(request, timeouts) as response:
            return response.status, b"".join([chunk async for chunk in response.chunks])

    return asyncio.run(run())


def answering(answer: bytes) -> Any:
    """A script that sends an answer as it stands."""

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.send(answer)

    return script


def test_a_task_that_does_not_read_stops_the_server() -> None:
    """No more is held than is read: were it not so, all of it would arrive."""
    stuck = threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=CHUNKED)
        connection.sock.settimeout(1.0)
        try:
            for _ in range(3000):
                connection.chunk(b"x" * 60_000)
        except TimeoutError:
            stuck.set()

    async def run(url: str) -> int:
        async with LeanWire().stream(Request("GET", url)) as response:
            first = await anext(response.chunks)
            assert await asyncio.to_thread(stuck.wait, PATIENCE)
            second = await anext(response.chunks)
            return len(first) + len(second)

    with serve(script) as server:
        assert asyncio.run(run(server.url)) < 2_000_000


def test_a_body_that_was_paused_comes_whole() -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=CHUNKED)
        for number in range(200):
            connection.chunk(b"%05d" % number * 2000)
        connection.chunk(b"")

    async def run(url: str) -> bytes:
        read = b""
        async with LeanWire().stream(Request("GET", url)) as response:
            async for chunk in response.chunks:
                read += chunk
                for _ in range(20):
                    await asyncio.sleep(0)
        return read

    with serve(script) as server:
        assert asyncio.run(run(server.url)) == b"".join(b"%05d" % number * 2000 for number in range(200))


def test_interim_answers_and_what_follows_the_answer_are_passed_over() -> None:
    answer = (
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        b"2\r\nok\r\n0\r\nx-trailer: y\r\n\r\n"
    )
    with serve(answering(answer)) as server:
        assert fetched(server.url) == (200, b"ok")
    with serve(answering(answer + b"nonsense")) as server:
        assert fetched(server.url) == (200, b"ok")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 60_000, "its head has no end"),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
            "no answer|nothing that",
        ),
    ],
)
def test_what_is_no_answer(answer: bytes, told: str) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        try:
            connection.send(answer)
        except ConnectionError:
            return

    with serve(script) as server, pytest.raises(WireError, match=told):
        fetched(server.url)


def test_the_answer_to_head_has_no_body_whatever_length_it_tells() -> None:
    async def run(url: str) -> tuple[int, list[bytes]]:
        async with LeanWire().stream(Request("HEAD", url)) as response:
            return response.status, [chunk async for chunk in response.chunks]

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("content-length", "9"),))
        connection.wait_closed()

    with serve(script) as server:
        assert asyncio.run(run(server.url)) == (200, [])


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\ncontent-length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok",
    ],
)
def test_answers_that_browsers_read_though_the_standard_does_not(answer: bytes) -> None:
    with serve(answering(answer)) as server:
        assert fetched(server.url) == (200, b"ok")


def test_a_trailer_without_end_is_no_end() -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        with suppress(ConnectionError):
            connection.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n")
            for _ in range(3000):
                connection.send(b"x: " + b"y" * 10_000 + b"\r\n")

    with serve(script) as server, pytest.raises(ReplyTruncated, match="its trailer has no end"):
        fetched(server.url)


def test_an_answer_that_comes_before_the_request_is_all_out() -> None:
    def script(connection: Connection) -> None:
        connection.sock.recv(1000)
        connection.reply(b"enough", 413)
        connection.wait_closed()

    with serve(script) as server:
        assert fetched(server.url, b"x" * 50_000_000) == (413, b"enough")


def test_a_large_request_goes_out_whole() -> None:
    with serve(_count) as server:
        assert fetched(server.url, b"x" * 20_000_000) == (200, b"20000000")


def _count(connection: Connection) -> None:
    connection.reply(str(len(connection.receive_request().body)).encode())


def test_a_connection_that_was_lost_before_the_request_went_out() -> None:
    async def run() -> None:
        connection = HttpConnection()
        connection.connection_lost(None)
        await connection.send(b"GET / HTTP/1.1\r\n\r\n", None)
        with pytest.raises(httpx.RemoteProtocolError, match="Server disconnected"):
            await connection.head(None)

    asyncio.run(run())


def test_what_comes_behind_the_answer_changes_nothing() -> None:
    async def run() -> None:
        connection = HttpConnection()
        connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        connection.data_received(b"nonsense")
        await connection.head(None)
        assert [await connection.read(None), await connection.read(None)] == [b"ok", None]

    asyncio.run(run())


def test_what_comes_in_the_moment_the_wait_is_over_counts() -> None:
    async def run() -> int:
        connection = HttpConnection()
        asyncio.get_running_loop().call_soon(connection.data_received, b"HTTP/1.1 204 No Content\r\n\r\n")
        await connection.head(0)
        return connection.status

    assert asyncio.run(run()) == 204


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name has several addresses, and the first leads nowhere."""

    async def addresses(*_: Any, **__: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("127.0.0.2", port)), (*kind, ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", addresses)
    with serve(answering(b"HTTP/1.1 200 OK\r\n\r\nok")) as server:
        port = int(server.url.rpartition(":")[2])
        assert fetched(f"http://several.example:{port}") == (200, b"ok")


def test_certificates_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    whole = ssl.create_default_context

    def counted(*arguments: Any, **named: Any) -> ssl.SSLContext:
        read.append("once")
        return whole(*arguments, **named)

    monkeypatch.setattr(ssl, "create_default_context", counted)

    async def run() -> None:
        wire = LeanWire()
        for _ in range(2):
            with pytest.raises(WireError):
                async with wire.stream(Request("GET", "https://127.0.0.1:9/")):
                    pass

    asyncio.run(run())
    assert len(read) <= 1


def test_a_connection_that_breaks_while_the_head_is_in() -> None:
    with (
        serve(answering(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")) as server,
        pytest.raises(ReplyTruncated, match="before the answer was whole"),
    ):
        fetched(server.url)
