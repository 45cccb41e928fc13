"""Connections used as few clients use them: answers stay whole, and nothing is held for nothing."""

from __future__ import annotations

import gc
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fetch2py.answer import AsyncAnswer
from fetch2py.wire.connection import Connection as Upstream
from tests.back_end import END, Wire, begin, done, nothing_left_open, talking, text
from tests.servers import PATIENCE, Connection

ANSWER = b"data:a\n\n"
BODY = b"message=hi"


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    with nothing_left_open():
        yield


def held(go: threading.Event) -> Any:
    """A script that sends a token, and the rest when the test says so."""

    def rest(connection: Connection) -> None:
        connection.wait(go)
        connection.chunk(f"data: {END}\n\n".encode())
        connection.chunk(b"")

    return begin(text("a"), then=rest)


# More than one request


@pytest.mark.parametrize(
    "more",
    [b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n", b"GET /v1", b"\r\n", b"\x16\x03\x01 nonsense"],
)
def test_what_comes_during_an_answer_changes_nothing_in_it(more: bytes) -> None:
    go = threading.Event()
    with talking(held(go), head_seconds=0.2) as running, running.client() as client, Wire(running) as wire:
        wire.ask().until(ANSWER)
        wire.sock.sendall(more)
        # It is answered behind what was sent before it.
        client.get("/v1/models")
        go.set()
        assert wire.rest().endswith(b"event: end\ndata:\n\n\r\n0\r\n\r\n")


@pytest.mark.parametrize("more", [b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n", b"nonsense\r\n\r\n"])
def test_what_comes_together_with_a_request_is_passed_over(more: bytes) -> None:
    with talking(None, *done("a")) as running, Wire(running) as wire:
        wire.sock.sendall(b"GET /chat/kimi?message=hi HTTP/1.1\r\nhost: localhost\r\n\r\n" + more)
        got = wire.rest()
    assert got.count(b"HTTP/1.1 ") == 1
    assert got.endswith(b"event: end\ndata:\n\n\r\n0\r\n\r\n")


def test_who_leaves_behind_a_second_request_takes_the_upstream_along() -> None:
    closed = threading.Event()

    def then(connection: Connection) -> None:
        connection.wait_closed()
        closed.set()

    with talking(begin(text("a"), then=then)) as running:
        with Wire(running) as wire:
            wire.ask().until(ANSWER)
            wire.ask("/v1/models")
        assert closed.wait(PATIENCE)
        running.settle()


@pytest.mark.parametrize("late", [b"\r\n", b"\n"])
def test_a_connection_between_two_requests_is_not_held_by_a_blank_line(late: bytes) -> None:
    with talking(None, *done("ok"), head_seconds=0.2) as running, Wire(running) as wire:
        wire.ask("/v1/models").until(b'"owned_by": "fetch2py"}]}')
        wire.sock.sendall(late)
        assert wire.rest() == b""


def test_a_body_that_nobody_wanted_and_that_came_all_the_same_holds_nothing() -> None:
    with talking(None, *done("ok"), head_seconds=0.2) as running, Wire(running) as wire:
        length = 5_000_000
        wire.ask("/chat/kimi", "POST", content_type="application/json", content_length=str(length))
        wire.until(b"--max-request.")
        wire.sock.sendall(b"x" * length)
        wire.rest()


# Another protocol


@pytest.mark.parametrize(
    "arguments",
    [
        ["-d", "message=hi"],
        ["-H", "transfer-encoding: chunked", "-d", "message=hi"],
        ["-d", "message=" + "x" * 100_000],
        ["-G", "-d", "message=hi"],
    ],
)
def test_curl_that_would_rather_speak_http_2_is_answered_in_http_1(arguments: list[str]) -> None:
    with talking(None, *done("a")) as running:
        target = f"http://127.0.0.1:{running.port}/chat/kimi"
        command = ["curl", "-sSN", "--http2", *arguments, target]
        got = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE)
    assert got.stdout.endswith(b"data:a\n\nevent: end\ndata:\n\n")


@pytest.mark.parametrize(
    ("framing", "body", "answer"),
    [
        (b"content-length: 10", [BODY], b"200"),
        (b"content-length: 10", [BODY[:3], BODY[3:]], b"200"),
        (b"transfer-encoding: chunked", [b"a\r\nmess", b"age=hi\r\n0\r\n", b"\r\n"], b"200"),
        (b"transfer-encoding: chunked", [b"nonsense\r\n"], b"400"),
        (b"content-length: 10", [BODY + b"GET / HTTP/1.1\r\n\r\n"], b"200"),
    ],
)
def test_the_body_of_a_request_that_would_change_the_protocol(
    framing: bytes, body: list[bytes], answer: bytes
) -> None:
    head = (
        b"POST /chat/kimi HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, HTTP2-Settings\r\n"
        b"upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
        b"content-type: application/x-www-form-urlencoded\r\n"
    )
    with talking(None, *done("a")) as running, running.client() as client, Wire(running) as wire:
        wire.sock.sendall(head + framing + b"\r\n\r\n")
        for piece in body:
            # What was sent before is in by then.
            client.get("/v1/models")
            wire.sock.sendall(piece)
        assert wire.rest().startswith(b"HTTP/1.1 " + answer)


# What is over


def test_answers_that_are_over_go_without_a_search_for_garbage() -> None:
    with talking(None, *done("a", "b")) as running, running.client() as client:
        client.get("/chat/kimi?message=hi")
        running.settle()
        gc.collect()
        gc.disable()
        try:
            for _ in range(5):
                client.get("/chat/kimi?message=hi")
            running.settle()
            left = [type(each) for each in gc.get_objects() if isinstance(each, (AsyncAnswer, Upstream))]
        finally:
            gc.enable()
    assert left == []


def test_a_request_whose_body_is_not_in_when_the_server_stops() -> None:
    with talking(None, *done("never"), grace=0) as running:
        wire = Wire(running)
        wire.ask("/chat/kimi", "POST", content_type="application/json", content_length="9")
        with running.client() as client:
            client.get("/v1/models")
    with wire:
        got = wire.rest()
    assert got.startswith(b"HTTP/1.1 503 ")
    assert b"The server is shutting down." in got
