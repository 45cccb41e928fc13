"""Whatever bytes a server sends: no exception, memory within the cap, one End, the same however it is cut.

One round of examples runs with the tests, in about half a minute. FETCH2PY_FUZZ_MINUTES=10 goes on with new
ones for so long, by hand.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fetch2py.dialects import DIALECTS
from fetch2py.events import End, Error, Event
from fetch2py.exchange import Exchange
from fetch2py.framing import DECODERS, BodyDecoder, Decoder
from tests.fixture_files import streams
from tests.framing_feeding import conformance, pieces

FIXTURES = Path(__file__).parent.parent / "fixtures"
MINUTES = float(os.environ.get("FETCH2PY_FUZZ_MINUTES", "0"))
ROUND = settings(
    max_examples=4000, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
)

# No decoder holds more than the event that it waits for, and a delimiter or the beginning of an envelope.
CAP = 40
BESIDE = 100


def _streams() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = streams()
    raw = [
        base64.b64decode(row["raw_base64"]) if "raw_base64" in row else row["raw"].encode() for row in rows
    ]
    return [row | {"raw": body} for row, body in zip(rows, raw, strict=True)]


STREAMS = _streams()
CONFORMANCE = [
    row for name in ("sse", "connect", "multipart", "ndjson_jsonseq") for row in conformance(f"{name}.json")
]
BODIES = [row["raw"] for row in (*STREAMS, *CONFORMANCE) if len(row["raw"]) <= 4000]
MARKS = [
    *(
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xe4\xbd",
        b"\x1e",
        b" ",
        b":",
        b",",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b"data:",
        b"data: ",
        b"event: ",
        b"id: ",
        b"---",
        b"\r\n---",
        b"--",
    ),
    *(
        b"\0\0\0\0\2{}",
        b"\1\0\0\0\2{}",
        b"\2\0\0\0\2{}",
        b"\x80\0\0\0\3a:b",
        b"\0\xff\xff\xff\xff",
        b"AAAA",
        b"=",
    ),
    *(b'{"a":1}', b"[DONE]", b"12", b"null", b"0:", "🐎".encode(), b"\\ud83d", b"<html>", b"x" * 60),
]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "insert", "repeat", "flip"]),
        st.integers(0, 4000),
        st.integers(0, 60),
        st.sampled_from(MARKS),
    ),
    max_size=6,
)
PLACES = st.one_of(
    st.just(list[int]()), st.lists(st.integers(0, 4000), max_size=30), st.just(list(range(4000)))
)
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "sse": [{"keep_space": "auto"}, {"keep_space": True}, {}],
    "connect": [{"encoding": coding} for coding in ("gzip", "deflate", "br", "zstd", "")],
    "grpc-web": [{"text": True}, {"encoding": "gzip"}, {"status": "7", "message": "%"}, {}],
    "multipart": [{"boundary": "-"}, {"boundary": "gc0p4Jq0M2Yt08jU534c0p"}],
    "text": [{"charset": charset} for charset in ("", "gb18030", "utf-16", "iso-2022-jp")],
}
DIALECTS_TRIED = [
    None,
    *DIALECTS,
    *({"rules": row["rules"].get("rules", [])} | row["rules"] for row in STREAMS),
]
CONTENT_TYPES = sorted(
    {row["content_type"] for row in (*STREAMS, *CONFORMANCE) if "content_type" in row}
    | {
        "",
        "text/plain",
        "application/json",
        "application/grpc-web-text",
        "application/connect+json",
        ';;="\\',
    }
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["connect-content-encoding", "grpc-encoding", "grpc-status", "grpc-message", "x"]),
        st.sampled_from(["gzip", "br", "0", "7", "%ff", "", "zstd"]),
    ),
    max_size=3,
)


def edited(body: bytes, edits: Iterable[tuple[str, int, int, bytes]]) -> bytes:
    """The body, damaged."""
    for edit, at, size, mark in edits:
        at %= len(body) + 1
        rest = body[at:]
        if edit == "cut":
            rest = rest[size:]
        elif edit == "insert":
            rest = mark + rest
        elif edit == "repeat":
            rest = rest[:size] * 3 + rest[size:]
        else:
            rest = bytes(byte ^ 1 << size % 8 for byte in rest[:1]) + rest[1:]
        body = body[:at] + rest
    return body


ANSWERS = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(MARKS), max_size=30).map(b"".join),
    st.builds(edited, st.sampled_from(BODIES), EDITS),
)


def held(thing: object, seen: set[int] | None = None) -> int:
    """How many bytes and characters an object holds, in itself and in what it is made of."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, (bytes, bytearray, str)):
        return len(thing)
    if not type(thing).__module__.startswith("fetch2py"):
        return 0
    return sum(held(value, seen) for value in vars(thing).values())


def rounds(examples: Callable[[], None]) -> None:
    """One round, and further ones as long as the environment asks for."""
    end = time.monotonic() + MINUTES * 60 / 2
    examples()
    while time.monotonic() < end:
        examples()


@ROUND
@given(st.sampled_from([*DECODERS, "body"]), st.integers(0, 4), ANSWERS, PLACES)
def read_by_a_decoder(framing: str, option: int, raw: bytes, places: list[int]) -> None:
    options = OPTIONS.get(framing, [{}])
    made = partial(DECODERS.get(framing, BodyDecoder), **options[option % len(options)], max_event_bytes=CAP)
    cut = list(pieces(raw, [place for place in places if place < len(raw)]))
    found = [_decoded(framing, made(), chunks) for chunks in ([raw], cut)]
    if framing == "text":
        # Bare text has no frames of its own.
        found = [("".join(str(frame.data) for frame in frames), *rest) for frames, *rest in found]
    assert found[0] == found[1]


def _decoded(framing: str, decoder: Decoder, chunks: Iterable[bytes]) -> tuple[Any, ...]:
    read = []
    for chunk in chunks:
        stopped = decoder.stopped
        frames = decoder.receive_data(chunk)
        assert not (stopped and frames)
        assert held(decoder) <= CAP + BESIDE
        if framing not in ("text", "grpc-web"):
            assert all(len(frame.data) <= CAP for frame in frames)
        read += frames
    read += decoder.receive_end()
    assert decoder.problem == "" or decoder.problem.endswith(".")
    assert not (decoder.problem and decoder.complete)
    return read, decoder.complete, decoder.problem


@ROUND
@given(
    st.sampled_from(DIALECTS_TRIED),
    st.sampled_from(CONTENT_TYPES),
    HEADERS,
    st.sampled_from([200, 200, 200, 201, 204, 403, 500]),
    ANSWERS,
    PLACES,
)
def read_by_an_exchange(
    dialect: Any,
    content_type: str,
    headers: list[tuple[str, str]],
    status: int,
    raw: bytes,
    places: list[int],
) -> None:
    head = [("content-type", content_type), *headers]
    cut = list(pieces(raw, [place for place in places if place < len(raw)]))
    found = []
    for chunks in ([raw], cut):
        exchange = Exchange(dialect)
        events = exchange.receive_head(status, head)
        for chunk in chunks:
            events += exchange.receive_data(chunk)
        events += exchange.abort("reset") if len(raw) % 5 == 0 else exchange.receive_end()
        found.append(_answer(exchange, events))
    assert found[0] == found[1]


def _answer(exchange: Exchange, events: list[Event]) -> tuple[Any, ...]:
    *others, last = events
    assert isinstance(last, End)
    assert not any(isinstance(event, End) for event in others)
    assert sum(isinstance(event, Error) for event in others) <= 1
    assert last.outcome != "clean" or exchange.text or exchange.error
    (exchange.text + exchange.reasoning + exchange.error).encode()
    return exchange.text, exchange.reasoning, exchange.error, last


def test_decoders() -> None:
    rounds(read_by_a_decoder)


def test_exchange() -> None:
    rounds(read_by_an_exchange)
