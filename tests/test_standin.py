"""The stand-in server: it answers in three protocols, refuses what isn't theirs, and is gone afterwards."""

from __future__ import annotations

import json
import socket
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

import fetch2py
from fetch2py.standin import running
from tests.command_line import snippet

CHATS = {
    "/api/chat/c/completion/stream": ({"messages": [{"role": "user", "content": "hello there"}]}, "kimi"),
    "/v1/chat/completions": ({"messages": [{"role": "user", "content": "hello there"}]}, "openai-chat"),
}


@pytest.mark.parametrize("path", CHATS)
def test_answers(path: str) -> None:
    body, dialect = CHATS[path]
    with running(pace=0) as origin:
        profile = fetch2py.Profile.from_snippet(snippet(origin + path, json.dumps(body)), sent="hello there")
        with fetch2py.replay(profile, "you?") as answer:
            list(answer)
    assert answer.outcome == "clean"
    assert answer.dialect == dialect
    assert "「you?」" in answer.text


def test_answers_in_envelopes() -> None:
    payload = b'{"message":{"blocks":[{"text":{"content":"hello there"}}]}}'
    body = b"\0" + len(payload).to_bytes(4, "big") + payload
    headers = {"content-type": "application/connect+json"}
    with running(pace=0) as origin:
        text = snippet(f"{origin}/apiv2/kimi.gateway.chat.v1.ChatService/Chat", body.decode(), headers)
        with fetch2py.replay(fetch2py.Profile.from_snippet(text), "you?") as answer:
            list(answer)
    assert answer.outcome == "clean"
    assert answer.reasoning == "想问我是谁。一句话就好。"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/nowhere", b"{}", 404),
        ("/v1/chat/completions", b"{}", 400),
        ("/v1/chat/completions", b"\xff", 400),
        ("/v1/chat/completions", b"[1]", 400),
    ],
)
def test_refusals(path: str, body: bytes, status: int) -> None:
    with running(pace=0) as origin:
        request = Request(origin + path, data=body, headers={"content-type": "application/json"})
        with pytest.raises(HTTPError) as refused:
            urlopen(request)
        assert refused.value.code == status
        refused.value.close()


def test_a_client_may_leave(capsys: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"messages": [{"content": "x" * 2_000_000}]}).encode()
    with running(pace=0) as origin:
        host, port = origin.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body)
            client.recv(10)
    assert capsys.readouterr().err == ""


def test_gone_afterwards() -> None:
    with running() as origin:
        host, port = origin.removeprefix("http://").split(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))
