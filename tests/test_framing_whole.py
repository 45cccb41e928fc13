"""Bodies that are one unit, and which framing a media type promises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.framing import DECODERS, BodyDecoder, Frame, decoder_for, unreadable
from tests.framing_feeding import decode, every_way, pieces


@pytest.mark.parametrize("raw", ['{"你":1}'.encode(), b"\xef\xbb\xbf[]", b" 12\n", b"null"])
def test_json_is_one_frame_at_its_end(raw: bytes) -> None:
    text = raw.decode("utf-8-sig")
    for how, chunks in every_way(raw):
        assert decode("json", chunks)[:3] == ([Frame(None, text)], True, ""), how
    assert DECODERS["json"]().receive_data(raw) == []


@pytest.mark.parametrize("raw", [b'{"a":', b"<html>", b"{}{}", b"NaN", b"\xff"])
def test_a_body_that_is_not_json_is_delivered_and_not_complete(raw: bytes) -> None:
    frames, complete, problem, _ = decode("json", [raw])
    assert (frames, complete, problem) == ([Frame(None, raw.decode("utf-8", "replace"))], False, "")


def test_an_empty_body_has_no_frame() -> None:
    assert decode("text", [])[:3] == ([], True, "")
    assert decode("json", [b""])[:3] == ([], False, "")
    assert BodyDecoder().receive_end() == []


def test_a_body_beyond_the_limit_is_a_problem() -> None:
    assert decode("json", [b"123", b"4"], max_event_bytes=4)[:3] == ([Frame(None, "1234")], True, "")
    frames, complete, problem, _ = decode("json", [b"123", b"45", b"6"], max_event_bytes=4)
    assert (frames, complete) == ([], False)
    assert "larger than the 4 bytes" in problem


CHARSETS = pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("gbk", "登录".encode("gbk"), "登录"),
        ("", "登录".encode(), "登录"),
        ("utf-8", b"a\xffb", "a�b"),
        ("utf-16", "登录".encode("utf-16"), "登录"),
        ("no-such-charset", "登录".encode(), "登录"),
        ("base64", "登录".encode(), "登录"),
        ("idna", "登录".encode(), "登录"),
        ("unicode_escape", b"\\d", "\\d"),
        ("a\0b", "登录".encode(), "登录"),
    ],
)


@CHARSETS
def test_text_leaves_as_it_arrives_in_its_charset(charset: str, raw: bytes, text: str) -> None:
    for how, chunks in every_way(raw):
        frames, complete, problem, _ = decode("text", chunks, charset=charset)
        assert "".join(str(frame.data) for frame in frames) == text, how
        assert (complete, problem) == (True, "")


@CHARSETS
def test_a_body_is_read_in_its_charset(charset: str, raw: bytes, text: str) -> None:
    decoder = BodyDecoder(charset=charset)
    for byte in raw:
        assert decoder.receive_data(bytes([byte])) == []
    assert (decoder.receive_end(), decoder.complete) == ([Frame(None, text)], True)


def test_text_leaves_at_the_borders_of_characters() -> None:
    decoder = DECODERS["text"]()
    raw = "\ufeff你🐎!".encode()
    assert [[frame.data for frame in decoder.receive_data(bytes([byte]))] for byte in raw] == [
        *[[]] * 5,
        ["你"],
        *[[]] * 3,
        ["🐎"],
        ["!"],
    ]
    assert not decoder.stopped


def test_text_that_ends_within_a_character_is_cut() -> None:
    assert decode("text", ["你".encode()[:2]])[:2] == ([Frame(None, "\ufffd")], False)


@given(st.binary(), st.lists(st.integers(0, 100)), st.sampled_from(["", "gb18030", "shift_jis", "utf-16"]))
@settings(deadline=None)
def test_any_cut_gives_the_same(raw: bytes, places: list[int], charset: str) -> None:
    whole = decode("text", [raw], charset=charset)
    cut = decode("text", pieces(raw, places), charset=charset)
    assert "".join(str(frame.data) for frame in cut.frames) == "".join(
        str(frame.data) for frame in whole.frames
    )
    assert cut.complete == whole.complete
    assert decode("json", pieces(raw, places))[:3] == decode("json", [raw])[:3]


@pytest.mark.parametrize(
    ("content_type", "framing", "options"),
    [
        ("text/event-stream", "sse", {}),
        (" Text/Event-Stream ; charset=latin-1", "sse", {}),
        ("application/connect+json", "connect", {"encoding": "gzip"}),
        ("application/connect+proto; charset=utf-8", "connect", {"encoding": "gzip"}),
        ("application/json; charset=gbk", "json", {}),
        ("application/problem+json", "json", {}),
        ('text/html; q=1; Charset = "GBK"', "text", {"charset": "GBK"}),
        ("text/plain", "text", {}),
        ("application/x-ndjson", "ndjson", {}),
        ("application/jsonl; charset=utf-8", "ndjson", {}),
        ("application/stream+json", "ndjson", {}),
        ("application/json-seq", "json-seq", {}),
        ("application/geo+json-seq", "json-seq", {}),
        ("multipart/mixed", "multipart", {}),
        ("", "text", {}),
    ],
)
def test_the_media_type_names_the_framing(content_type: str, framing: str, options: dict[str, str]) -> None:
    chosen, chosen_options = decoder_for(content_type, [("x", "y"), ("Connect-Content-Encoding", "gzip")])
    assert (chosen, dict(chosen_options)) == (framing, options)
    DECODERS[chosen](**chosen_options)


def test_connect_without_an_encoding_is_told_none() -> None:
    assert decoder_for("application/connect+json", []) == ("connect", {})


def test_media_types_of_records_that_are_no_text_are_known() -> None:
    assert unreadable("Application/Connect+Proto; x=y") == "Protocol Buffers"
    assert unreadable("application/grpc-web") == "Protocol Buffers"
    assert unreadable("application/connect+json") == ""
