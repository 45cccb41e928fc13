"""Tokens that go on the moment they come: as a client gets them from any other server, and to any client."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from fetch2py.server import Limits, create_app
from fetch2py.server.streaming import WRITE
from tests.back_end import (
    END,
    BackEnd,
    Wire,
    back_end,
    begin,
    nothing_left_open,
    profile,
    serving,
    talking,
    text,
    thought,
)
from tests.servers import PATIENCE, Connection, Script, serve


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    with nothing_left_open():
        yield


ERROR = json.dumps({"event": "error", "error": {"message": "Enough."}})


def one_by_one(taken: threading.Semaphore, *events: str) -> Script:
    """A script that sends each event once the client has the one before."""

    def script(connection: Connection) -> None:
        begin(events[0], then=lambda _: None)(connection)
        for event in events[1:]:
            assert taken.acquire(timeout=PATIENCE)
            connection.chunk(f"data: {event}\n\n".encode())
        connection.chunk(b"")

    return script


@contextmanager
def without_extension(origin: str) -> Iterator[BackEnd]:
    """The back end as a server runs it that has no such extension."""
    app = create_app({"kimi": profile(origin)}, limits=Limits(per_minute=0))

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        scope.get("extensions", {}).pop(WRITE, None)
        await app(scope, receive, send)

    with serving(plain) as running:
        yield running


def stream(running: BackEnd, taken: threading.Semaphore, mark: bytes, query: str) -> bytes:
    """The whole answer, after each event of which the upstream may go on."""
    got = b""
    with (
        running.client() as client,
        client.stream("POST", f"/chat/kimi{query}", json={"message": "hi"}) as response,
    ):
        for piece in response.iter_raw():
            got += piece
            for _ in range(piece.count(mark)):
                taken.release()
    return got


@pytest.mark.parametrize("last", [END, ERROR])
@pytest.mark.parametrize("query", ["", "?reasoning=1", "?events=1"])
def test_it_is_the_same_answer_with_and_without(last: str, query: str) -> None:
    events = [text("a"), *(text(f"{number}\n") for number in range(20)), text("你"), last]
    answers = []
    for without in (False, True):
        taken = threading.Semaphore(0)
        with serve(one_by_one(taken, *events)) as upstream:
            running = (
                without_extension(upstream.url) if without else back_end({"kimi": profile(upstream.url)})
            )
            with running as server:
                answers.append(stream(server, taken, b"\n\n", query))
    assert answers[0] == answers[1]
    assert answers[0].count("你".encode()) == 1
    assert (b"Enough." in answers[0]) == (last is ERROR)


def test_what_nobody_asked_for_is_taken_and_not_sent() -> None:
    go, sent, on = threading.Event(), threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        begin(text("a"), then=lambda _: None)(connection)
        connection.wait(go)
        connection.chunk(f"data: {thought('hidden')}\n\n".encode())
        sent.set()
        connection.wait(on)
        for event in (text("b"), END):
            connection.chunk(f"data: {event}\n\n".encode())
        connection.chunk(b"")

    with talking(script) as running, running.client() as client, Wire(running) as wire:
        wire.ask("/chat/kimi?message=hi").until(b"data:a\n\n")
        go.set()
        assert sent.wait(PATIENCE)
        # It is answered behind what was there before it.
        client.get("/v1/models")
        on.set()
        rest = wire.until(b"event: end")
    assert b"hidden" not in rest
    assert b"data:b\n\n" in rest


def test_an_error_in_the_middle_is_an_event() -> None:
    go, on = threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        begin(text("a"), then=lambda _: None)(connection)
        connection.wait(go)
        connection.chunk(f"data: {ERROR}\n\n".encode())
        connection.wait(on)
        connection.chunk(b"")

    with talking(script) as running, Wire(running) as wire:
        wire.ask("/chat/kimi?message=hi").until(b"data:a\n\n")
        go.set()
        assert b"Enough." in wire.until(b"event: error\ndata:Enough.\n\n")
        on.set()
        wire.until(b"event: end")


def test_a_piece_that_completes_no_event_wakes_nobody() -> None:
    go, on = threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        begin(text("a"), then=lambda _: None)(connection)
        connection.wait(go)
        whole = f"data: {text('b')}\n\n".encode()
        connection.chunk(whole[:9])
        connection.chunk(whole[9:])
        connection.wait(on)
        connection.chunk(f"data: {END}\n\n".encode())
        connection.chunk(b"")

    with talking(script) as running, Wire(running) as wire:
        wire.ask("/chat/kimi?message=hi").until(b"data:a\n\n")
        go.set()
        wire.until(b"data:b\n\n")
        on.set()
        wire.until(b"event: end")


def test_an_answer_that_is_compressed_goes_the_long_way() -> None:
    body = gzip.compress(f"data: {text('packed')}\n\ndata: {END}\n\n".encode())

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(body, headers=(("content-type", "text/event-stream"), ("content-encoding", "gzip")))

    with talking(script) as running, running.client() as client:
        got = client.post("/chat/kimi", json={"message": "hi"})
    assert "data:packed\n\n" in got.text


def test_a_client_that_reads_late_gets_every_token() -> None:
    many, word = 1500, "x" * 4000
    full = threading.Event()

    def script(connection: Connection) -> None:
        begin(text("first"), then=lambda _: None)(connection)
        for number in range(many):
            connection.chunk(f"data: {text(f'{number}.{word}')}\n\n".encode())
            if number == many // 100:
                full.set()
        connection.chunk(f"data: {END}\n\n".encode())
        connection.chunk(b"")

    with talking(script) as running, Wire(running) as wire:
        wire.ask("/chat/kimi?message=hi").until(b"data:first\n\n")
        assert full.wait(PATIENCE)
        for number in range(many):
            wire.until(f"data:{number}.{word}\n\n".encode())
        wire.until(b"event: end")


def test_a_later_request_of_a_connection_is_answered_likewise() -> None:
    with talking(None, text("a"), text("b"), END) as running, Wire(running) as wire:
        for _ in range(3):
            wire.ask("/chat/kimi?message=hi").until(b"0\r\n\r\n")


def test_nothing_is_written_before_the_response_has_begun_or_after_its_end() -> None:
    told: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        write = scope["extensions"][WRITE]
        start: Message = {"type": "http.response.start", "status": 200, "headers": []}
        told.append(write(b"early"))
        await send(start)
        told.append(write(b"in time"))
        await send({"type": "http.response.body"})
        told.append(write(b"late"))

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await app(scope, receive, send)

    with serving(bounded) as running:
        assert httpx.get(running.url, trust_env=False).content == b"in time"
    assert told == [False, True, False]
