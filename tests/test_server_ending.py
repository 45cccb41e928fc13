"""How streams end when the server does, and what the application makes of odd surroundings."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fetch2py.errors import ProfileInvalid
from fetch2py.profiles import Kept
from fetch2py.server import Access, Limits, create_app
from tests.back_end import (
    Wire,
    back_end,
    begin,
    done,
    nothing_left_open,
    profile,
    serving,
    talking,
    text,
    thought,
)
from tests.command_line import kept
from tests.servers import PATIENCE, Connection, event_stream, serve


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    with nothing_left_open():
        yield


def test_a_stream_that_has_begun_ends_with_an_event_when_the_server_stops() -> None:
    with serve(begin(text("half"))) as upstream:
        with back_end({"kimi": profile(upstream.url)}, grace=0) as running:
            wire = Wire(running).ask()
            wire.until(b"data:half\n\n")
        with wire:
            assert b"event: error\ndata:The server is shutting down.\n\n" in wire.until(
                b"event: end\ndata:\n\n"
            )


@pytest.mark.parametrize("target", ["/chat/kimi?message=hi", "whole"])
def test_what_has_not_begun_is_an_http_error_when_the_server_stops(target: str) -> None:
    asked = threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        asked.set()
        connection.wait_closed()

    with serve(script) as upstream:
        with back_end({"kimi": profile(upstream.url)}, grace=0) as running:
            wire = Wire(running)
            if target == "whole":
                body = b'{"model":"kimi","messages":[{"role":"user","content":"hi"}]}'
                length = str(len(body))
                wire.ask(
                    "/v1/chat/completions", "POST", content_type="application/json", content_length=length
                )
                wire.sock.sendall(body)
            else:
                wire.ask(target)
            assert asked.wait(PATIENCE)
        with wire:
            told = wire.rest()
    assert told.startswith(b"HTTP/1.1 503 ")
    assert b"shutting_down" in told


def test_reasoning_that_nobody_asked_for_begins_no_stream() -> None:
    """Here the refusal is in the same piece as the reasoning."""
    refusal = '{"event":"error","error":{"message":"Enough."}}'
    whole = "".join(f"data: {event}\n\n" for event in (thought("hm"), refusal)).encode()

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(whole, headers=(("content-type", "text/event-stream"),))

    with talking(script) as running, running.client() as client:
        plain = client.post("/chat/kimi", json={"message": "hi"})
        typed = client.post("/chat/kimi?reasoning=1", json={"message": "hi"})
    assert plain.status_code == 502
    assert "Enough." in plain.json()["error"]["message"]
    assert typed.text.startswith("data:hm\n\nevent: error\ndata:Enough.")


def test_reasoning_that_nobody_asked_for_is_left_out_of_a_stream() -> None:
    go, more = threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("content-type", "text/event-stream"), ("transfer-encoding", "chunked")))
        connection.wait(go)
        connection.chunk(f"data: {thought('hm')}\n\n".encode())
        connection.wait(more)
        for event in done("text"):
            connection.chunk(f"data: {event}\n\n".encode())
        connection.chunk(b"")

    with talking(script, limits=Limits(per_minute=0, ping_seconds=0.05)) as running, Wire(running) as wire:
        wire.ask().until(b": ping\n\n")
        go.set()
        for _ in range(3):
            wire.until(b": ping\n\n")
        more.set()
        assert b"hm" not in wire.until(b"data:text\n\n")


# Odd surroundings


def _asked(access: Access, server: Any) -> int:
    """The status for a request that came in on this address of the server's."""
    told: list[int] = []

    async def send(message: Any) -> None:
        told.append(message.get("status", 0))

    async def receive() -> Any:
        raise AssertionError("nothing reads this")

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/models",
        "raw_path": b"/v1/models",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", server[0].encode() if server else b"localhost")],
        "server": server,
    }
    asyncio.run(create_app({}, access)(scope, receive, send))  # type: ignore[arg-type]
    return told[0]


@pytest.mark.parametrize(
    ("token", "server", "status"),
    [
        ("", ("192.0.2.1", 80), 403),
        ("FAKE-token", ("192.0.2.1", 80), 401),
        ("", ("127.0.0.1", 80), 200),
        ("", None, 200),
    ],
    ids=["network", "network with a token", "loopback", "unix socket"],
)
def test_what_the_network_reaches_needs_a_token(token: str, server: Any, status: int) -> None:
    """Whoever binds the application elsewhere, be it with a bare uvicorn, opens nothing by that."""
    assert _asked(Access(token=token), server) == status


def test_by_default_all_that_is_kept_is_served() -> None:
    with serve(event_stream(*done("ok"))) as upstream:
        kept(upstream.url)
        with serving(create_app()) as running, running.client() as client:
            assert [each["id"] for each in client.get("/v1/models").json()["data"]] == ["kimi"]
            assert client.post("/chat/kimi", json={"message": "hi"}).text.startswith("data:ok\n")


def test_profiles_that_are_kept_are_a_mapping() -> None:
    for name in ("kimi", "other"):
        kept("http://127.0.0.1:9", name)
    everything, one = Kept(), Kept(("kimi", "nobody"))
    assert (list(everything), len(everything)) == (["kimi", "other"], 2)
    assert (list(one), len(one)) == (["kimi"], 1)
    assert everything["kimi"] is everything["kimi"]
    for profiles, name in ((one, "other"), (one, "nobody"), (everything, "..")):
        with pytest.raises(KeyError):
            _ = profiles[name]


def test_a_setting_that_changes_is_seen(home: Any) -> None:
    kept("http://127.0.0.1:9")
    profiles = Kept()
    before = profiles["kimi"]
    (home / "settings.toml").write_text('user_agent = "mine"\n', encoding="utf-8")
    assert (before.user_agent, profiles["kimi"].user_agent) == ("", "mine")
    (home / "profiles" / "kimi.toml").write_text("nonsense", encoding="utf-8")
    with pytest.raises(ProfileInvalid):
        _ = profiles["kimi"]
