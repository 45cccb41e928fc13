"""Clients and upstreams that mean no good, or do none: the right answer, and nothing left running."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from fetch2py.server import Limits
from fetch2py.server.limits import Bucket, TooMuch
from tests.back_end import (
    LOOPBACK,
    BackEnd,
    Wire,
    begin,
    done,
    nothing_left_open,
    talking,
    text,
)
from tests.servers import PATIENCE, Connection, event_stream

SECRET = "Bearer FAKE5f2c9d7be1a84c03"


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    with nothing_left_open():
        yield


# Too much of something


def test_a_message_of_ten_megabytes_is_refused() -> None:
    with talking(None, *done("never")) as running, running.client() as client:
        got = client.post("/chat/kimi", json={"message": "x" * 10_000_000})
        assert got.status_code == 413
        assert "4194304 bytes" in got.json()["error"]["message"]
        assert client.get("/v1/models").status_code == 200


def test_a_body_without_a_length_is_counted() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 65536

    with talking(None, *done("never")) as running, running.client() as client:
        got = client.post("/chat/kimi", content=pieces(), headers={"content-type": "application/json"})
        assert got.status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    with (
        talking(None, *done("never"), limits=Limits(per_minute=0, body_seconds=0.05)) as running,
        Wire(running) as wire,
    ):
        wire.ask("/chat/kimi", "POST", content_type="application/json", content_length="9")
        assert wire.until(b"\r\n\r\n").startswith(b"HTTP/1.1 408 ")


def test_no_more_streams_than_may_be_open() -> None:
    with (
        talking(begin(text("one")), limits=Limits(streams=1, per_minute=0)) as running,
        Wire(running) as first,
    ):
        first.ask().until(b"data:one\n\n")
        with running.client() as client:
            got = client.post("/chat/kimi", json={"message": "hi"})
            assert (got.status_code, got.headers["retry-after"]) == (503, "1")
            assert "--max-streams" in got.json()["error"]["hint"]
        first.sock.close()
        running.settle()
        with Wire(running) as second:
            second.ask().until(b"data:one\n\n")


def test_no_more_requests_than_a_minute_may_have() -> None:
    with (
        talking(None, *done("ok"), limits=Limits(per_minute=2)) as running,
        running.client() as client,
    ):
        statuses = [client.post("/chat/kimi", json={"message": "hi"}).status_code for _ in range(3)]
        got = client.post("/chat/kimi", json={"message": "hi"})
    assert statuses == [200, 200, 429]
    assert 1 <= int(got.headers["retry-after"]) <= 30
    assert "--max-rate" in got.json()["error"]["hint"]


def test_a_bucket_fills_evenly_and_never_over() -> None:
    now = 0.0
    bucket = Bucket(60, lambda: now)
    for _ in range(60):
        bucket.take()
    with pytest.raises(TooMuch) as caught:
        bucket.take()
    assert caught.value.retry_after == 1
    now = 2.0
    bucket.take()
    bucket.take()
    with pytest.raises(TooMuch):
        bucket.take()
    now = 1000.0
    for _ in range(60):
        bucket.take()
    with pytest.raises(TooMuch):
        bucket.take()


NONSENSE = [{"streams": -1}, {"per_minute": -1}, {"ping_seconds": 0}, {"body_seconds": -1}]


@pytest.mark.parametrize("limits", NONSENSE)
def test_limits_are_numbers_that_make_sense(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no less than nothing"):
        Limits(**limits)


# Connections that are held for nothing


def test_a_thousand_connections_that_send_nothing_are_closed() -> None:
    with talking(None, *done("ok"), head_seconds=1.0) as running:
        idle = [socket.create_connection((LOOPBACK, running.port), PATIENCE) for _ in range(1000)]
        try:
            with running.client() as client:
                assert client.post("/chat/kimi", json={"message": "hi"}).status_code == 200
            for sock in idle:
                assert sock.recv(1) == b""
        finally:
            for sock in idle:
                sock.close()


def test_a_head_that_comes_too_slowly_is_not_waited_for() -> None:
    with talking(None, *done("never"), head_seconds=0.05) as running, Wire(running) as wire:
        wire.sock.sendall(b"GET / HTTP/1.1\r\nhost: ")
        assert wire.rest() == b""


def test_a_kept_connection_has_time_for_each_head() -> None:
    with talking(None, *done("ok"), head_seconds=0.5) as running, Wire(running) as wire:
        for _ in range(2):
            wire.ask("/v1/models").until(b'"owned_by": "fetch2py"}]}')
        wire.sock.sendall(b"GET / HTTP/1.1\r\nhost: ")
        assert wire.rest() == b""


def test_a_head_without_end_is_refused() -> None:
    with talking(None, *done("never")) as running, Wire(running) as wire:
        wire.sock.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nx: " + b"x" * 70_000)
        assert wire.rest().startswith(b"HTTP/1.1 400 ")


def test_the_rest_of_a_body_that_nobody_wants_is_not_waited_for_long() -> None:
    with talking(None, *done("never"), head_seconds=0.2) as running, Wire(running) as wire:
        wire.ask("/chat/kimi", "POST", content_type="application/json", content_length="9000000")
        assert wire.until(b"\r\n\r\n").startswith(b"HTTP/1.1 413 ")
        wire.rest()


def test_what_is_no_http_is_refused() -> None:
    with talking(None, *done("never")) as running, Wire(running) as wire:
        wire.sock.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert wire.rest().startswith(b"HTTP/1.1 400 ")


# Clients that don't read


def test_a_client_that_never_reads_stops_the_upstream() -> None:
    """Were there a queue without bounds, the upstream would get rid of all of it."""
    stuck, go = threading.Event(), threading.Event()
    token = f"data: {text('x' * 60_000)}\n\n".encode()

    def then(connection: Connection) -> None:
        connection.sock.settimeout(1.0)
        try:
            for _ in range(3000):
                connection.chunk(token)
        except TimeoutError:
            stuck.set()
        connection.wait(go)

    with talking(begin(text("one"), then=then)) as running:
        with Wire(running) as wire:
            wire.ask().until(b"data:one\n\n")
            assert stuck.wait(PATIENCE)
        go.set()
        running.settle()


# Upstreams


def test_an_upstream_that_sends_a_byte_at_a_time() -> None:
    """Each byte goes out only after the client has seen what the one before made possible."""
    stream = "".join(f"data: {event}\n\n" for event in done("你", "好")).encode()
    step = threading.Semaphore(0)

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("content-type", "text/event-stream"), ("transfer-encoding", "chunked")))
        for position in range(len(stream)):
            assert step.acquire(timeout=PATIENCE)
            connection.chunk(stream[position : position + 1])
        connection.chunk(b"")

    first = stream.index(b"\n\n") + 2
    with talking(script) as running, Wire(running) as wire:
        wire.ask()
        step.release(first)
        wire.until("data:你\n\n".encode())
        step.release(len(stream) - first)
        wire.until("data:好\n\n".encode())
        wire.until(b"event: end\ndata:\n\n")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"", 504),
        (b"HTTP/1.1 200 OK\r\n", 504),
        (b"HTTP/1.1 OK\r\n\r\n", 504),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", 502),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 502),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\nnonsense", 502),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: secret\r\n\r\nnonsense", 502),
        (b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\xff\xfe\x00", 502),
        (b"HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\n\r\n", 502),
        (b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", 504),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 60_000, 504),
    ],
)
def test_an_upstream_that_dies_or_talks_nonsense_before_the_first_event(answer: bytes, status: int) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        try:
            connection.send(answer)
        except ConnectionError:
            return

    with talking(script) as running, running.client() as client:
        for target in ("/chat/kimi", "/v1/chat/completions"):
            got = client.post(
                target,
                json={"message": "hi", "model": "kimi", "messages": [{"role": "user", "content": "hi"}]},
            )
            assert got.status_code == status
            assert got.json()["error"]["message"]
        running.settle()


def test_many_at_once_leave_nothing_behind() -> None:

    def script(connection: Connection) -> None:
        with suppress(ConnectionError):
            event_stream(*done("你", "好"))(connection)

    with talking(script) as running:

        def one(number: int) -> bytes:
            with Wire(running) as wire:
                wire.ask()
                return wire.until(b"event: end\ndata:\n\n") if number % 2 else b""

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(one, range(100)))
        running.settle()
    whole = [answer for answer in answers if b"data:" in answer]
    assert len(whole) == 50
    assert all(token.encode() in answer for answer in whole for token in ("data:你\n\n", "data:好\n\n"))


def test_nothing_of_a_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither by this server nor by a bare uvicorn, which logs every request's target."""
    caplog.set_level("INFO")
    with talking(None, *done("ok")) as running, running.client() as client:
        query = {"message": "my-own-words", "access_token": SECRET}
        assert client.get("/chat/kimi", params=query).status_code == 200
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")]
    assert any("/chat/kimi" in line for line in logged)
    assert "my-own-words" not in str(logged)
    assert "FAKE" not in str(logged)


def _ask_in_json(running: BackEnd, message: str) -> int:
    with running.client() as client:
        content = json.dumps({"message": message}).encode()
        got = client.post("/chat/kimi", content=content, headers={"content-type": "application/json"})
        return got.status_code


@pytest.mark.parametrize("message", ["\ud800", "\x00", "\u2028", "a" * 199_999, '"}]}'])
def test_strange_messages_go_through(message: str) -> None:
    with talking(None, *done("ok")) as running:
        assert _ask_in_json(running, message) == 200
