"""Bodies that are one unit, and which framing a media type promises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.framing import DECODERS, Frame, decoder_for
from tests.framing_feeding import decode, every_way, pieces


@pytest.mark.parametrize("framing", ["json", "text"])
@pytest.mark.parametrize("raw", ['{"你":1}'.encode(), b"\xef\xbb\xbf[]", b" 12\n", b"null"])
def test_a_body_is_one_frame_at_its_end(framing: str, raw: bytes) -> None:
    text = raw.decode("utf-8-sig")
    for how, chunks in every_way(raw):
        assert decode(framing, chunks)[:3] == ([Frame(None, text)], True, ""), how
    assert DECODERS[framing]().receive_data(raw) == []


@pytest.mark.parametrize("raw", [b'{"a":', b"<html>", b"{}{}", b"NaN", b"\xff"])
def test_a_body_that_is_not_json_is_delivered_and_not_complete(raw: bytes) -> None:
    frames, complete, problem, _ = decode("json", [raw])
    assert (frames, complete, problem) == ([Frame(None, raw.decode("utf-8", "replace"))], False, "")


def test_an_empty_body_has_no_frame() -> None:
    assert decode("text", [])[:3] == ([], True, "")
    assert decode("json", [b""])[:3] == ([], False, "")


@pytest.mark.parametrize("framing", ["json", "text"])
def test_a_body_beyond_the_limit_is_a_problem(framing: str) -> None:
    assert decode(framing, [b"123", b"4"], max_event_bytes=4)[:3] == ([Frame(None, "1234")], True, "")
    frames, complete, problem, _ = decode(framing, [b"123", b"45", b"6"], max_event_bytes=4)
    assert (frames, complete) == ([], False)
    assert "larger than the 4 bytes" in problem


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("gbk", "登录".encode("gbk"), "登录"),
        ("", "登录".encode(), "登录"),
        ("utf-8", b"a\xffb", "a�b"),
        ("no-such-charset", "登录".encode(), "登录"),
        ("base64", "登录".encode(), "登录"),
        ("idna", "登录".encode(), "登录"),
        ("a\0b", "登录".encode(), "登录"),
    ],
)
def test_text_is_read_in_its_charset(charset: str, raw: bytes, text: str) -> None:
    assert decode("text", [raw], charset=charset).frames == [Frame(None, text)]


@given(st.binary(), st.lists(st.integers(0, 100)), st.sampled_from(["json", "text"]))
@settings(deadline=None)
def test_any_cut_gives_the_same(raw: bytes, places: list[int], framing: str) -> None:
    assert decode(framing, pieces(raw, places))[:3] == decode(framing, [raw])[:3]


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
        ("", "text", {}),
    ],
)
def test_the_media_type_names_the_framing(content_type: str, framing: str, options: dict[str, str]) -> None:
    chosen, chosen_options = decoder_for(content_type, [("x", "y"), ("Connect-Content-Encoding", "gzip")])
    assert (chosen, dict(chosen_options)) == (framing, options)
    DECODERS[chosen](**chosen_options)


def test_connect_without_an_encoding_is_told_none() -> None:
    assert decoder_for("application/connect+json", []) == ("connect", {})
