"""A message in, tokens out: what front ends get from /chat, as it arrives and to its end."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch2py.events import Text
from fetch2py.framing import DECODERS, Frame
from fetch2py.server import Limits
from fetch2py.server.chat import Plain
from tests.back_end import END, BackEnd, Wire, back_end, begin, done, profile, talking, text, thought
from tests.command_line import body_of
from tests.servers import PATIENCE, Connection, event_stream, serve


def frames(body: bytes) -> list[tuple[str, str]]:
    """(event, data) as an EventSource dispatches them."""
    decoder = DECODERS["sse"]()
    read: list[Frame] = [*decoder.receive_data(body), *decoder.receive_end()]
    return [(frame.event or "", str(frame.data)) for frame in read if frame.standard]


def ask(running: BackEnd, query: str = "", **options: Any) -> httpx.Response:
    with running.client() as client:
        return client.post(f"/chat/kimi{query}", **(options or {"json": {"message": "hi"}}))


ANSWER = (thought("hm"), text("你"), text("\n\n"), text(" 好"), END)


def test_each_token_is_one_data_line_and_the_end_has_a_name() -> None:
    with talking(None, *ANSWER) as running:
        got = ask(running)
    assert got.status_code == 200
    assert got.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert got.headers["x-accel-buffering"] == "no"
    assert got.headers["cache-control"] == "no-store, no-transform"
    assert (
        got.content
        == "data:你\n\ndata:\ndata:\ndata:\n\ndata:  好\n\nevent:end\ndata:\n\n".replace(
            "event:", "event: "
        ).encode()
    )
    assert frames(got.content) == [("message", "你"), ("message", "\n\n"), ("message", " 好"), ("end", "")]


def test_the_reasoning_comes_in_order_where_it_is_asked_for() -> None:
    with talking(None, *ANSWER) as running:
        got = ask(running, "?reasoning=1")
    assert [data for event, data in frames(got.content) if event == "message"] == ["hm", "你", "\n\n", " 好"]


def test_typed_events_have_names_and_tell_the_ids() -> None:
    ids = '{"event":"resp","id":"a1","group_id":"g1"}'
    with talking(None, ids, *ANSWER) as running:
        got, quiet = ask(running, "?events=1"), ask(running, "?events=true&reasoning=0")
    told = frames(got.content)
    assert told[:4] == [("reasoning", "hm"), ("text", "你"), ("text", "\n\n"), ("text", " 好")]
    assert [(event, json.loads(data)) for event, data in told[4:]] == [
        ("ids", {"message": "a1", "group": "g1"}),
        ("end", {"outcome": "clean"}),
    ]
    assert frames(quiet.content) == told[1:]


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"message": "再见"}},
        {"data": {"message": "再见"}},
        {"files": {"message": (None, "再见")}},
        {"params": {"message": "再见"}},
        {"params": {"message": "no"}, "json": {"message": "再见"}},
    ],
    ids=["json", "form", "multipart", "query", "both"],
)
def test_the_message_goes_into_the_slot_however_it_came(options: dict[str, Any]) -> None:
    with (
        serve(event_stream(*done("ok"))) as upstream,
        back_end({"kimi": profile(upstream.url)}) as running,
        running.client() as client,
    ):
        assert client.post("/chat/kimi", **options).status_code == 200
    assert upstream.request.body == body_of("再见").encode()


def test_an_event_source_asks_once() -> None:
    """Its stream begins with an id. With that it comes again when the stream ends, and is told to stop."""
    with talking(None, *done("a")) as running, running.client() as client:
        got = client.get("/chat/kimi", params={"message": "hi"})
        again = client.get("/chat/kimi", params={"message": "hi"}, headers={"last-event-id": "1"})
    assert got.content.startswith(b"id: 1\n\ndata:a\n\n")
    assert frames(got.content) == [("message", "a"), ("end", "")]
    assert (again.status_code, again.content) == (204, b"")


def test_curl_sees_each_token_before_the_next_is_made() -> None:
    seen = [threading.Event() for _ in range(4)]
    seen[0].set()
    with talking(event_stream(*done("one", "two", "three"), gate=lambda number: seen[number])) as running:
        command = ["curl", "-sN", "--noproxy", "*", f"{running.url}/chat/kimi", "-d", "message=hi"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as curl:
            assert curl.stdout is not None
            for number, token in enumerate(("one", "two", "three"), 1):
                assert curl.stdout.readline() == f"data:{token}\n".encode()
                assert curl.stdout.readline() == b"\n"
                seen[number].set()
            assert curl.stdout.read() == b"event: end\ndata:\n\n"
    assert curl.returncode == 0


@given(st.lists(st.text(), min_size=1))
def test_every_token_survives_for_whoever_reads_by_the_standard(tokens: list[str]) -> None:
    spelled = Plain(reasoning=False, once=False).spell([Text(token) for token in tokens])
    wanted = [token.replace("\r\n", "\n").replace("\r", "\n") for token in tokens]
    assert [data for _, data in frames(spelled)] == wanted


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")))
def test_whoever_takes_the_rest_of_the_line_gets_the_token_but_for_a_space(token: str) -> None:
    [line, _, _] = Plain(reasoning=False, once=False).spell([Text(token)]).decode().split("\n")
    assert line.removeprefix("data:") == (f" {token}" if token.startswith(" ") else token)


# What can't be read


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        ({}, 400, "There is no message."),
        ({"json": {"message": ""}}, 400, "There is no message."),
        ({"json": {"message": 7}}, 400, "There is no message."),
        ({"json": ["message"]}, 400, "The body's JSON is no object."),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "no JSON that can be read"),
        (
            {"content": b"[" * 100_000, "headers": {"content-type": "application/json"}},
            400,
            "no JSON that can be read",
        ),
        ({"content": b"hi", "headers": {"content-type": "text/plain"}}, 415, "neither JSON nor a form"),
        ({"content": b"hi"}, 415, "neither JSON nor a form"),
        (
            {"content": b"message=%ff", "headers": {"content-type": "application/x-www-form-urlencoded"}},
            400,
            "The form can't be read",
        ),
        (
            {
                "content": b'--x\r\ncontent-disposition: form-data; name="message"\r\n\r\n\xff\r\n--x--',
                "headers": {"content-type": "multipart/form-data; boundary=x"},
            },
            400,
            "The form can't be read",
        ),
        ({"data": {f"f{number}": "" for number in range(101)}}, 400, "The form can't be read"),
        ({"json": {"message": "hi", "events": "maybe"}}, 400, "events is 1 or 0."),
        ({"json": {"message": "x" * 200_001}}, 413, "longer than 200000 characters"),
    ],
)
def test_a_request_that_cannot_be_read_is_told_why(options: dict[str, Any], status: int, told: str) -> None:
    with talking(None, *done("never")) as running, running.client() as client:
        got = client.post("/chat/kimi", **options)
    assert got.status_code == status
    assert told in got.json()["error"]["message"]
    assert got.json()["error"]["type"] == "invalid_request_error"


def test_a_profile_that_is_not_there() -> None:
    with talking(None, *done("never")) as running, running.client() as client:
        for name in ("nobody", "..%2f..%2fetc%2fpasswd", "%00"):
            got = client.post(f"/chat/{name}", json={"message": "hi"})
            assert got.status_code == 404
            assert got.headers["content-type"] == "application/json"


def test_a_method_that_no_route_has() -> None:
    with talking(None, *done("never")) as running, running.client() as client:
        got = client.put("/chat/kimi", json={"message": "hi"})
    assert got.status_code == 405
    assert "GET" in got.headers["allow"]
    assert got.json()["error"]["code"] == "unusable"


# What the upstream does


@pytest.mark.parametrize(
    ("status", "becomes", "hint"),
    [(401, 502, "refresh"), (403, 502, "refresh"), (429, 429, "Wait"), (500, 502, ""), (404, 502, "")],
)
def test_a_refusal_before_the_first_event_is_an_http_error(status: int, becomes: int, hint: str) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(
            b'{"error_type":"auth.token.invalid","message":"Say who you are."}',
            status,
            (("content-type", "application/json"),),
        )

    with talking(script) as running:
        for query in ("", "?events=1"):
            got = ask(running, query)
            error = got.json()["error"]
            assert (got.status_code, error["upstream_status"]) == (becomes, status)
            assert "Say who you are." in error["message"]
            assert hint in error.get("hint", "")


def test_an_error_that_is_the_first_event_is_an_http_error_too() -> None:
    with talking(None, '{"event":"error","error":{"message":"Enough for today."}}') as running:
        got = ask(running)
    assert got.status_code == 502
    assert "Enough for today." in got.json()["error"]["message"]


def test_an_answer_that_breaks_off_before_it_began() -> None:
    with talking(begin('{"event":"resp","id":"a1"}', then=lambda _: None)) as running:
        got = ask(running)
    assert got.status_code == 502
    assert got.json()["error"]["code"] == "reply_truncated"


def test_an_upstream_that_cannot_be_reached() -> None:
    with back_end({"kimi": profile("http://127.0.0.1:9")}) as running:
        got = ask(running)
    assert got.status_code == 504
    assert "refuses the connection" in got.json()["error"]["message"]


def test_an_upstream_that_answers_no_http() -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.send(b"SSH-2.0-nothing\r\n\r\n")

    with talking(script) as running:
        got = ask(running)
    assert got.status_code == 504
    assert "nothing that is HTTP" in got.json()["error"]["message"]


def _garble(connection: Connection) -> None:
    connection.send(b"zz\r\n")


@pytest.mark.parametrize(
    "fault", [lambda _: None, Connection.reset, _garble], ids=["close", "reset", "garble"]
)
def test_what_breaks_in_the_middle_is_an_event_and_the_end_comes(fault: Any) -> None:
    with talking(begin(text("half"), then=fault)) as running:
        plain, typed = ask(running), ask(running, "?events=1")
    assert plain.status_code == typed.status_code == 200
    assert frames(plain.content)[0] == ("message", "half")
    assert frames(plain.content)[1:] == [("error", "The answer broke off before its end."), ("end", "")]
    assert frames(typed.content)[0] == ("text", "half")
    assert frames(typed.content)[-1] == ("end", '{"outcome": "truncated"}')


def test_an_error_in_the_middle_is_an_event() -> None:
    with talking(None, text("half"), '{"event":"error","error":{"message":"Too long."}}') as running:
        got = ask(running, "?events=1")
    assert [event for event, _ in frames(got.content)] == ["text", "error", "end"]
    assert "Too long." in frames(got.content)[1][1]


def test_no_secret_of_the_profile_comes_back_in_an_error() -> None:
    secret = "Bearer FAKE5f2c9d7be1a84c03"

    def script(connection: Connection) -> None:
        told = connection.receive_request().get("authorization") or ""
        connection.reply(json.dumps({"message": f"Not for {told}"}).encode(), 401)

    with (
        serve(script) as upstream,
        back_end({"kimi": profile(upstream.url, authorization=secret)}) as running,
    ):
        got = ask(running)
    assert upstream.request.get("authorization") == secret
    assert "FAKE5f2c9d7be1a84c03" not in got.text + str(got.headers)
    assert got.status_code == 502


# While nothing comes


def test_a_silent_stream_says_that_it_is_alive() -> None:
    go = threading.Event()

    def script(connection: Connection) -> None:
        begin(text("one"))
        connection.receive_request()
        connection.head(headers=(("content-type", "text/event-stream"), ("transfer-encoding", "chunked")))
        connection.wait(go)
        for event in done("one"):
            connection.chunk(f"data: {event}\n\n".encode())
        connection.chunk(b"")

    with (
        talking(script, limits=Limits(per_minute=0, ping_seconds=0.05)) as running,
        Wire(running) as wire,
    ):
        head = wire.ask().until(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        wire.until(b": ping\n\n")
        wire.until(b": ping\n\n")
        go.set()
        wire.until(b"data:one\n\n")
        wire.until(b"event: end\ndata:\n\n")


def test_a_refusal_after_the_first_ping_is_an_event() -> None:
    go = threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.wait(go)
        connection.reply(b'{"message":"Say who you are."}', 401)

    with (
        talking(script, limits=Limits(per_minute=0, ping_seconds=0.05)) as running,
        Wire(running) as wire,
    ):
        wire.ask().until(b": ping\n\n")
        go.set()
        assert b"Say who you are." in wire.until(b"event: end\ndata:\n\n")


# Who leaves


def _closing(closed: threading.Event, *events: str) -> Any:
    def then(connection: Connection) -> None:
        connection.wait_closed()
        closed.set()

    return begin(*events, then=then)


def test_who_leaves_in_the_middle_takes_the_upstream_along() -> None:
    closed = threading.Event()
    with talking(_closing(closed, text("one"))) as running:
        with Wire(running) as wire:
            wire.ask().until(b"data:one\n\n")
        assert closed.wait(PATIENCE)
        running.settle()


def test_who_leaves_before_the_first_token_takes_the_upstream_along() -> None:
    asked, closed = threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        asked.set()
        connection.wait_closed()
        closed.set()

    with talking(script) as running:
        with Wire(running) as wire:
            wire.ask()
            assert asked.wait(PATIENCE)
        assert closed.wait(PATIENCE)
        running.settle()


def test_who_leaves_in_the_middle_of_a_body_leaves_nothing() -> None:
    with talking(None, *done("never")) as running:
        with Wire(running) as wire:
            wire.ask("/chat/kimi", "POST", content_type="application/json", content_length="100")
            wire.sock.sendall(b"{")
        running.settle()
