"""A stand-in for chat servers on loopback: both generations of Kimi's protocol, and OpenAI's.

It answers in the servers' own framings, a piece at a time, so that the demo and the examples run without a
network. Must not know profiles or the command line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from fetch2py.framing import encode_envelope, encode_event

__all__ = ["running"]

# Seconds between two pieces: what a quick model takes, so that the stream can be seen streaming.
PACE = 0.04

_THOUGHT = ("想问我", "是谁。", "一句话就好。")


@contextmanager
def running(pace: float = PACE) -> Iterator[str]:
    """Serves on a free port of 127.0.0.1 while the context is open; yields the origin, `http://127.0.0.1:N`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Paced", (_Handler,), {"pace": pace}))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pace = PACE

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        answer = _ROUTES.get(self.path.rpartition("/")[2].lower())
        if answer is None:
            self.send_error(404)
            return
        media_type, pieces = answer
        try:
            answered = [*pieces(body), b""]
        except (LookupError, TypeError, ValueError):
            self.send_error(400, "The body isn't this protocol's")
            return
        # A client that has seen enough is free to leave.
        with suppress(ConnectionError):
            self._stream(media_type, answered)

    def _stream(self, media_type: str, pieces: list[bytes]) -> None:
        self.send_response(200)
        self.send_header("content-type", media_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
            time.sleep(self.pace if piece else 0)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """A demo prints its own lines only."""


def _words(asked: str) -> list[str]:
    """An answer in pieces, as a model makes them."""
    return ["你好！", "我是", "一个", "替身", "服务器，", "跑在", "本机上。", f"你说的是：「{asked}」", "🐎"]


def _kimi(body: bytes) -> Iterator[bytes]:
    asked = json.loads(body)["messages"][-1]["content"]
    yield _event({"event": "req", "id": "q1", "group_id": "g1", "content": asked})
    yield _event({"event": "resp", "id": "a1", "group_id": "g1"})
    for text in _THOUGHT:
        yield _event({"event": "k1", "text": text})
    for text in _words(asked):
        yield _event({"event": "cmpl", "idx_s": 0, "idx_z": 0, "text": text, "view": "cmpl"})
    yield _event({"event": "all_done"})


def _kimi_connect(body: bytes) -> Iterator[bytes]:
    request = json.loads(body[5:])
    asked = request["message"]["blocks"][-1]["text"]["content"]
    yield _envelope({"heartbeat": {}})
    yield _envelope({"op": "set", "mask": "chat", "chat": {"id": "c1", "name": asked}})
    yield _envelope({"op": "set", "mask": "message", "message": {"id": "m1", "role": "assistant"}})
    for kind, texts in (("think", _THOUGHT), ("text", _words(asked))):
        for index, text in enumerate(texts):
            mask = f"block.{kind}.content" if index else f"block.{kind}"
            block = {"id": kind, kind: {"content": text}}
            yield _envelope({"op": "append" if index else "set", "mask": mask, "block": block})
    yield _envelope({"done": {}})
    yield encode_envelope(b"{}", flags=2)


def _openai(body: bytes) -> Iterator[bytes]:
    asked = json.loads(body)["messages"][-1]["content"]
    for text in _words(asked):
        yield _chunk({"content": text}, None)
    yield _chunk({}, "stop")
    yield encode_event("[DONE]")


def _chunk(delta: dict[str, str], finish_reason: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return _event({"id": "r1", "object": "chat.completion.chunk", "choices": [choice]})


def _event(record: Any) -> bytes:
    return encode_event(json.dumps(record, ensure_ascii=False))


def _envelope(record: Any) -> bytes:
    return encode_envelope(json.dumps(record, ensure_ascii=False).encode())


# By the last segment of the path.
_ROUTES = {
    "stream": ("text/event-stream", _kimi),
    "chat": ("application/connect+json", _kimi_connect),
    "completions": ("text/event-stream", _openai),
}
