"""What an answer's first bytes show: every beginning, cut anywhere, and no earlier than it has to be held."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.framing import DECODERS, SNIFFED, sniff

BEGINNINGS = (
    b"data",
    b"event",
    b"id",
    b"retry",
    b":",
    b"{",
    b'"',
    b"[",
    b"}",
    b"0",
    b"f",
    b" ",
    b"\n",
    b"\r",
    b"x",
)
ODD = (b"\x1e", b"\xef\xbb\xbf", b"\xef", b"1", b"a:", b'"a":', b"\xff")
OPENINGS = st.lists(st.sampled_from((*BEGINNINGS, *ODD)), max_size=8).map(b"".join)


def decided(raw: bytes, promised: str) -> tuple[str, int]:
    """The verdict, and with how many bytes it falls."""
    for size in range(len(raw)):
        if (framing := sniff(raw[:size], promised)) is not None:
            return framing, size
    return sniff(raw, promised, ended=True) or "", len(raw)


@pytest.mark.parametrize(
    ("opening", "under_json", "under_text"),
    [
        (b"data:x", "sse", "sse"),
        (b"\xef\xbb\xbf\r\n event: x", "sse", "sse"),
        (b": ping\n\n:\r\nid: 1\rretry: 5\ndata:", "sse", "sse"),
        (b"id: 5\nname: x", "json", "text"),
        (b":) hello", "json", "text"),
        (b"database", "json", "text"),
        (b'\x1e{"a":1}', "json-seq", "json-seq"),
        (b'{"a":1}', "json-concat", "json-concat"),
        (b'{\n  "a": 1}', "json-concat", "json-concat"),
        (b"{x}", "json-concat", "text"),
        (b"{}", "json-concat", "text"),
        (b'[{"a":1}', "json-array", "json-array"),
        (b'[\n { "a"', "json-array", "json-array"),
        (b"[{x", "json-array", "text"),
        (b'["a"]', "json-concat", "text"),
        (b"[1] As is shown", "json-concat", "text"),
        (b'"a"', "json-concat", "text"),
        (b"null", "json", "text"),
        (b"12", "json", "text"),
        (b'0:"a"', "json", "prefixed-lines"),
        (b"f:{", "json", "prefixed-lines"),
        (b"8:[", "json", "prefixed-lines"),
        (b"a: b", "json", "text"),
        (b"ab:[", "json", "text"),
        (b"Hello", "json", "text"),
        ("你好".encode(), "json", "text"),
        (b"{", "json-concat", "text"),
        (b"[ ", "json", "text"),
        (b"", "json", "text"),
        (b" \n", "json", "text"),
        (b"\xef\xbb", "json", "text"),
    ],
)
def test_beginnings(opening: bytes, under_json: str, under_text: str) -> None:
    assert decided(opening, "json")[0] == under_json
    assert decided(opening, "text")[0] == under_text


@given(OPENINGS, st.sampled_from(sorted(SNIFFED)))
@settings(deadline=None, max_examples=500)
def test_the_verdict_hangs_on_the_first_bytes_alone(opening: bytes, promised: str) -> None:
    framing, size = decided(opening, promised)
    assert framing in DECODERS
    for end in range(size, len(opening) + 1):
        assert (sniff(opening[:end], promised, ended=end == len(opening)) or framing) == framing


@given(OPENINGS, st.sampled_from(sorted(SNIFFED)))
@settings(deadline=None, max_examples=500)
def test_nothing_is_held_that_could_be_shown(opening: bytes, promised: str) -> None:
    """All bytes before the one that decides complete no record, but for text, of which they are few."""
    framing, size = decided(opening, promised)
    decoder = DECODERS[framing]()
    shown = b"".join(str(frame.data).encode() for frame in decoder.receive_data(opening[: max(size - 1, 0)]))
    assert not shown or (
        framing == "text" and shown.strip()[:1] in b"{[:0123456789abcdefghijklmnopqrstuvwxyz"
    )


@pytest.mark.parametrize(
    ("opening", "size"),
    [(b"Hello", 1), ("你".encode(), 1), (b"Data", 1), (b"d you", 2), (b'{"', 2), (b"{ x", 3)],
)
def test_text_is_held_for_a_byte_or_two(opening: bytes, size: int) -> None:
    assert decided(opening, "text")[1] == size


def test_no_opening_is_held_for_ever() -> None:
    for filler in (b" ", b":", b": ping\n"):
        assert sniff(filler * 1024, "text") == "text"
        assert sniff((filler * 1024)[:1023], "text") is None
