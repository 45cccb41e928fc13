"""OpenAI's shape: its own Python client, and whoever else speaks it, gets answers unchanged."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from fetch2py.framing import DECODERS
from fetch2py.server import Access, Limits
from tests.back_end import (
    END,
    BackEnd,
    back_end,
    begin,
    done,
    nothing_left_open,
    profile,
    talking,
    text,
    thought,
)
from tests.command_line import body_of
from tests.servers import PATIENCE, Connection, event_stream, serve

TOKEN = "FAKE-token-of-the-server"
HI: list[Any] = [{"role": "user", "content": "hi"}]


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    with nothing_left_open():
        yield


def client(running: BackEnd, key: str = "any") -> openai.OpenAI:
    """OpenAI's client, turned to the back end."""
    return openai.OpenAI(base_url=f"{running.url}/v1", api_key=key, max_retries=0, timeout=PATIENCE)


def complete(running: BackEnd, **asked: Any) -> httpx.Response:
    with running.client() as http:
        return http.post("/v1/chat/completions", json={"model": "kimi", "messages": HI, **asked})


def chunks(body: bytes) -> list[str]:
    return [str(frame.data) for frame in DECODERS["sse"]().receive_data(body)]


def test_openais_client_gets_each_token_before_the_next_is_made() -> None:
    seen = [threading.Event() for _ in range(4)]
    seen[0].set()
    events = (thought("hm"), *done("你", "好"))
    with (
        talking(event_stream(*events, gate=lambda number: seen[number])) as running,
        client(running) as api,
        api.chat.completions.create(model="kimi", messages=HI, stream=True) as stream,
    ):
        told: list[Any] = []
        for chunk in stream:
            told.append(chunk.choices[0])
            if len(told) > 1 and len(told) - 1 < len(seen):
                seen[len(told) - 1].set()
    deltas = [each.delta for each in told]
    assert deltas[0].role == "assistant"
    assert [delta.reasoning_content for delta in deltas if hasattr(delta, "reasoning_content")] == ["hm"]
    assert [delta.content for delta in deltas if delta.content] == ["你", "好"]
    assert [each.finish_reason for each in told] == [None, None, None, None, "stop"]


def test_openais_client_gets_a_whole_answer() -> None:
    with talking(None, thought("hm"), *done("你", "好")) as running, client(running) as api:
        got = api.chat.completions.create(model="kimi", messages=HI)
        names = [model.id for model in api.models.list()]
        assert api.models.retrieve("kimi").id == "kimi"
    choice = got.choices[0]
    assert choice.message.to_dict() == {"role": "assistant", "content": "你好", "reasoning_content": "hm"}
    assert (choice.finish_reason, got.model, got.object) == ("stop", "kimi", "chat.completion")
    assert names == ["kimi"]


def test_openais_client_is_told_of_errors_in_its_own_way() -> None:
    def refuse(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(b'{"message":"Too often."}', 429)

    with talking(refuse) as running, client(running) as api:
        with pytest.raises(openai.RateLimitError, match="Too often"):
            api.chat.completions.create(model="kimi", messages=HI)
        with pytest.raises(openai.NotFoundError, match="no profile"):
            api.chat.completions.create(model="nobody", messages=HI)
        with pytest.raises(openai.NotFoundError):
            api.models.retrieve("nobody")


def test_openais_client_raises_for_an_error_in_the_stream() -> None:
    events = text("half"), '{"event":"error","error":{"message":"Too long."}}'
    with talking(None, *events) as running, client(running) as api:
        stream = api.chat.completions.create(model="kimi", messages=HI, stream=True)
        with stream, pytest.raises(openai.APIError, match="Too long"):
            list(stream)


def test_openais_client_bears_the_token() -> None:
    with talking(None, *done("ok"), access=Access(token=TOKEN)) as running:
        with client(running, TOKEN) as api:
            got = api.chat.completions.create(model="kimi", messages=HI)
            assert got.choices[0].message.content == "ok"
        with client(running, "wrong") as api, pytest.raises(openai.AuthenticationError):
            api.models.list()


@pytest.mark.parametrize(
    "fault", [lambda _: None, Connection.reset, lambda connection: connection.send(b"zz\r\n")]
)
def test_a_stream_that_breaks_has_an_error_a_finish_and_a_done(fault: Any) -> None:
    with talking(begin(text("half"), then=fault)) as running:
        told = chunks(complete(running, stream=True).content)
    assert told[-1] == "[DONE]"
    assert json.loads(told[1])["choices"][0]["delta"] == {"content": "half"}
    assert json.loads(told[-2])["choices"][0]["finish_reason"] == "length"


def test_a_whole_answer_that_breaks_is_an_http_error() -> None:
    with talking(begin(text("half"), then=lambda _: None)) as running:
        got = complete(running)
    assert got.status_code == 502
    assert got.json()["error"]["code"] == "reply_truncated"


def test_an_upstream_that_cannot_be_reached() -> None:
    with back_end({"kimi": profile("http://127.0.0.1:9")}) as running:
        for stream in (False, True):
            got = complete(running, stream=stream)
            assert got.status_code == 504
            assert got.json()["error"]["type"] == "server_error"


def test_openais_client_is_told_of_an_answer_that_breaks_off() -> None:
    with (
        talking(begin(text("half"), then=lambda _: None)) as running,
        client(running) as api,
        api.chat.completions.create(model="kimi", messages=HI, stream=True) as stream,
    ):
        assert [next(stream).choices[0].delta.content for _ in range(2)] == ["", "half"]
        with pytest.raises(openai.APIError, match="broke off before its end"):
            next(stream)


def test_openais_client_does_not_ask_again_by_itself() -> None:
    """Each of its tries would put the person's message to the site once more."""

    def refuse(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(b'{"error":"expired"}', 401)

    with (
        serve(refuse) as upstream,
        back_end({"kimi": profile(upstream.url)}) as running,
        client(running).with_options(max_retries=2) as api,
        pytest.raises(openai.InternalServerError),
    ):
        api.chat.completions.create(model="kimi", messages=HI)
    assert len(upstream.requests) == 1


def test_what_a_profile_cannot_do_is_named_in_a_field() -> None:
    with talking(None, *done("ok")) as running:
        plain = complete(running, stream=False)
        more = complete(
            running,
            temperature=0.5,
            tools=[],
            seed=None,
            stream=True,
            messages=[{"role": "system", "content": "Be brief."}, *HI],
            **{"x\r\nset-cookie: a": 1, "é" * 99: 1},
        )
    assert "x-fetch2py-ignored" not in plain.headers
    assert more.headers["x-fetch2py-ignored"] == f"temperature, tools, x??set-cookie??a, {'?' * 40}, messages"
    assert "set-cookie" not in more.headers


def test_the_last_message_of_the_user_goes_into_the_slot() -> None:
    parts = [
        {"type": "text", "text": "再"},
        {"type": "image_url", "image_url": {}},
        {"type": "text", "text": "见"},
    ]
    with serve(event_stream(*done("ok"))) as upstream, back_end({"kimi": profile(upstream.url)}) as running:
        messages = [*HI, {"role": "user", "content": parts}, {"role": "assistant", "content": "…"}]
        got = complete(running, messages=messages)
    assert upstream.request.body == body_of("再\n见").encode()
    assert got.headers["x-fetch2py-ignored"] == "messages, image_url"


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"model": ""}, 400, "There is no model named."),
        ({"model": 7}, 400, "There is no model named."),
        ({"messages": "hi"}, 400, "messages is no list"),
        ({"messages": ["hi"]}, 400, "messages is no list"),
        ({"messages": []}, 400, "There is no message of the user's."),
        ({"messages": [{"role": "user"}]}, 400, "neither a text nor a list"),
        ({"messages": [{"role": "user", "content": ["a"]}]}, 400, "neither a text nor a list"),
        ({"messages": [{"role": "user", "content": ""}]}, 400, "holds no text"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "holds no text"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": None}]}]}, 400, "a text that"),
        ({"stream": "true"}, 400, "neither true nor false"),
    ],
)
def test_a_question_that_cannot_be_read(asked: dict[str, Any], status: int, told: str) -> None:
    with talking(None, END) as running:
        got = complete(running, **asked)
    assert got.status_code == status
    assert told in got.json()["error"]["message"]
    assert set(got.json()["error"]) >= {"message", "type", "param", "code"}


def test_only_json_is_read() -> None:
    with talking(None, END) as running, running.client() as http:
        got = http.post("/v1/chat/completions", content=b"{}", headers={"content-type": "text/plain"})
    assert got.status_code == 415


def test_who_leaves_before_a_whole_answer_takes_the_upstream_along() -> None:
    asked, closed = threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        asked.set()
        connection.wait_closed()
        closed.set()

    with talking(script, limits=Limits(per_minute=0)) as running:
        body = json.dumps({"model": "kimi", "messages": HI}).encode()
        from tests.back_end import Wire

        with Wire(running) as wire:
            wire.ask(
                "/v1/chat/completions",
                "POST",
                content_type="application/json",
                content_length=str(len(body)),
            )
            wire.sock.sendall(body)
            assert asked.wait(PATIENCE)
        assert closed.wait(PATIENCE)
        running.settle()
