"""Multipart answers: the public suites' rows, delimiters in every place, headers, sizes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.framing import DECODERS, Frame, decoder_for
from fetch2py.framing.multipart import Part, PartsDecoder
from tests.framing_feeding import Reading, conformance, decode, every_way, pieces

ROWS = conformance("multipart.json")
MARKS = (
    b"\r\n",
    b"\n",
    b"\r",
    b"--",
    b"-",
    b"b",
    b"--b",
    b"\r\n--b",
    b"\r\n--b--",
    b"x",
    b"a: b",
    b"{}",
    b"\xff",
)
STREAMS = st.lists(st.sampled_from(MARKS), max_size=30).map(b"".join)


def parts_of(chunks: Iterable[bytes], **options: Any) -> tuple[list[Part], PartsDecoder]:
    decoder = PartsDecoder(**options)
    return [part for chunk in chunks for part in decoder.receive_data(chunk)], decoder


def multipart(raw: bytes, **options: Any) -> Reading:
    """The one reading that every way of feeding the bytes must give."""
    first = decode("multipart", [raw], **options)
    for how, chunks in every_way(raw):
        assert decode("multipart", chunks, **options)[:3] == first[:3], how
    return first


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_conformance(row: dict[str, Any]) -> None:
    framing, options = decoder_for(row["content_type"])
    assert framing == "multipart"
    expected = row["expected"]
    wanted = [(part["headers"], base64.b64decode(part["body_base64"])) for part in expected["parts"]]
    for how, chunks in every_way(row["raw"], row.get("chunks", ())):
        parts, decoder = parts_of(chunks, **options)
        assert parts == wanted, how
        assert decoder.complete == expected["complete"], how
        assert decoder.unfinished == expected["unfinished_bytes"], how
        frames, complete, problem, _ = decode("multipart", chunks, **options)
        assert [frame.data for frame in frames] == [body.decode() for _, body in wanted], how
        assert (complete, problem) == (expected["complete"], ""), how
        for frame, part in zip(frames, expected["parts"], strict=True):
            assert "json" not in part or json.loads(frame.data) == part["json"]


@given(STREAMS, st.lists(st.integers(0, 100), max_size=6), st.sampled_from([1000, 5]))
@settings(deadline=None, max_examples=300)
def test_any_cut_gives_the_same(raw: bytes, places: list[int], limit: int) -> None:
    options = {"boundary": "b", "max_event_bytes": limit}
    whole = decode("multipart", [raw], **options)
    assert decode("multipart", pieces(raw, places), **options)[:3] == whole[:3]
    assert decode("multipart", (raw[at : at + 1] for at in range(len(raw))), **options)[:3] == whole[:3]


def test_a_part_is_out_with_the_delimiter_behind_it() -> None:
    decoder = DECODERS["multipart"]()
    assert decoder.receive_data(b"---\r\n\r\n{}\r\n--") == []
    assert decoder.receive_data(b"-") == [Frame(None, "{}")]
    steps = [
        (decoder.complete, decoder.receive_data(chunk)) for chunk in (b"-", b"-", b"\r\n---\r\n\r\n{}\r\n---")
    ]
    assert steps == [(False, []), (False, []), (True, [])]
    assert decoder.stopped


def test_a_delimiter_begins_a_line() -> None:
    raw = b"pre --b\r\n--b \t\r\n\r\nx--b\n--b\r\n--b--"
    parts, decoder = parts_of([raw], boundary="b")
    assert parts == [({}, b"x--b\n--b")]
    assert decoder.complete


def test_header_fields() -> None:
    head = b"A: 1:2\r\nB:\r\n one\r\n\ttwo\r\nno field\r\n more\r\n: x\r\n\xff: y"
    parts, _ = parts_of([b"---\r\n" + head + b"\r\n\r\n\r\n---\r\nA: 1\r\n---"])
    assert parts == [({"a": "1:2", "b": "one two", "\ufffd": "y"}, b""), ({"a": "1"}, b"")]


@pytest.mark.parametrize(
    ("media_type", "body", "text"),
    [
        (b"text/plain; charset=gbk", "登录".encode("gbk"), "登录"),
        (b"application/json; charset=gbk", "登录".encode(), "登录"),
        (b"text/plain", "登录".encode(), "登录"),
    ],
)
def test_a_part_is_read_in_its_own_charset(media_type: bytes, body: bytes, text: str) -> None:
    raw = b"---\r\ncontent-type: " + media_type + b"\r\n\r\n" + body + b"\r\n-----"
    assert multipart(raw).frames == [Frame(None, text)]


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed", ""),
        ("multipart/mixed; boundary=", ""),
        ("Multipart/Mixed; charset=utf-8; BOUNDARY = a b ; x=y", "a b"),
        ('multipart/mixed; boundary="a;b\\"c"; x', 'a;b"c'),
        ('multipart/mixed; boundary="a', "a"),
        ('multipart/mixed; x="; boundary=no"; boundary=yes', "yes"),
    ],
)
def test_the_boundary_is_the_media_types(content_type: str, boundary: str) -> None:
    assert decoder_for(content_type)[1].get("boundary", "") == boundary


def test_an_empty_boundary_is_graphqls() -> None:
    assert multipart(b"---\r\n\r\n1\r\n-----", boundary="")[:3] == ([Frame(None, "1")], True, "")


@pytest.mark.parametrize("rest", [b"", b"\r\n---\r\n\r\n1\r\n-----"])
def test_a_part_beyond_the_limit_is_a_problem(rest: bytes) -> None:
    raw = b"x" * 50 + b"\r\n---\r\n\r\n1234\r\n---\r\n\r\n" + b"12345" + rest
    reading = multipart(raw, max_event_bytes=8)
    assert reading.frames == [Frame(None, "1234")]
    assert reading.complete is False
    assert ("larger than 8 bytes" in reading.problem) == bool(rest)
    assert "larger" in multipart(raw + b"1234567890", max_event_bytes=8).problem
