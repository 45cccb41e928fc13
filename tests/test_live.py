"""Each record of an answer is an event when its bytes are in, whatever the framing and the compression.

From a real server's socket, through the wire and the exchange: the server sends a record only after the
client has made the one before into text.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from fetch2py.events import End, Text
from fetch2py.exchange import Exchange
from fetch2py.framing import encode_envelope, encode_event
from fetch2py.request import Request
from fetch2py.wire import stream
from tests.compressing import CODINGS, pressed
from tests.servers import Connection, serve

TEXTS = ("你", "hi ", "🐎")
RECORDS = [f'{{"t":"{text}"}}'.encode() for text in TEXTS]
TOKENS = [{"to": "text", "get": "/t"}]
BARE = [{"to": "text", "get": "@raw"}]
TRAILERS = encode_envelope(b"grpc-status:0\r\n", 0x80)
PART = b"\r\n\r\n%s\r\n---"

# By name: media type, rules, how a record is written, what is before the first and behind the last.
FRAMINGS: dict[str, tuple[str, list[Any], Callable[[bytes], bytes], bytes, bytes]] = {
    "sse": ("text/event-stream", TOKENS, lambda record: encode_event(record.decode()), b"", b""),
    "ndjson": ("application/x-ndjson", TOKENS, lambda record: record + b"\n", b"", b""),
    "json-array": ("application/json", TOKENS, lambda record: record + b",", b"[", b"{}]"),
    "json-concat": ("application/json", TOKENS, lambda record: record, b"", b""),
    "json-seq": ("application/json-seq", TOKENS, lambda record: b"\x1e" + record + b"\n", b"", b""),
    "connect": ("application/connect+json", TOKENS, encode_envelope, b"", encode_envelope(b"{}", 2)),
    "grpc-web": ("application/grpc-web+json", TOKENS, encode_envelope, b"", TRAILERS),
    "grpc-web-text": (
        "application/grpc-web-text+json",
        TOKENS,
        lambda record: b64encode(encode_envelope(record)),
        b"",
        b64encode(TRAILERS),
    ),
    "multipart": ("multipart/mixed", TOKENS, lambda record: PART % record, b"---", b"--"),
    "prefixed-lines": ("text/plain", TOKENS, lambda record: b"0:" + record + b"\n", b"", b""),
    "text": ("text/plain", BARE, lambda record: record[6:-2], b"", b""),
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_record_is_an_event_when_its_bytes_are_in(framing: str, coding: str) -> None:
    content_type, rules, written, before, behind = FRAMINGS[framing]
    seen = [threading.Event() for _ in RECORDS]

    def script(connection: Connection) -> None:
        connection.receive_request()
        fields = {"content-type": content_type, "content-encoding": coding, "transfer-encoding": "chunked"}
        connection.head(200, fields.items())
        press, finish = pressed(coding)
        if before:
            connection.chunk(press(before))
        for record, event in zip(RECORDS, seen, strict=True):
            connection.chunk(press(written(record)))
            connection.wait(event)
        for last in (press(behind) if behind else b"", finish()):
            if last:
                connection.chunk(last)
        connection.chunk(b"")

    exchange = Exchange({"rules": rules})
    texts: list[str] = []
    with serve(script) as server, stream(Request("GET", server.url)) as response:
        events = exchange.receive_head(response.status, response.headers)
        for chunk in response.chunks:
            for event in exchange.receive_data(chunk):
                assert isinstance(event, Text)
                texts.append(event.text)
                seen[len(texts) - 1].set()
        events += exchange.receive_end()
    assert texts == list(TEXTS)
    assert events == [End("clean", {})]
