"""Connect's envelopes: the public suites' rows, compression, sizes, the end envelope, and the way back."""

from __future__ import annotations

import base64
import gzip
import sys
import zlib
from typing import Any

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.framing import DECODERS, EndStream, Frame, encode_envelope, read_end_stream
from fetch2py.framing.compression import DECOMPRESSORS
from tests.framing_feeding import Reading, conformance, decode, every_way, pieces

ROWS = [row for row in conformance("connect.json") if row["kind"] == "stream"]
END = encode_envelope(b"{}", 2)
TEXT = "你好 ".encode() * 50
COMPRESS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
ENVELOPES = st.lists(st.tuples(st.binary(max_size=20), st.integers(0, 255)), max_size=6)


def connect(raw: bytes, **options: Any) -> Reading:
    """The one reading that every way of feeding the bytes must give."""
    first = decode("connect", [raw], **options)
    for how, chunks in every_way(raw):
        assert decode("connect", chunks, **options)[:3] == first[:3], how
    return first


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_conformance(row: dict[str, Any]) -> None:
    expected = row["expected"]
    envelopes = [(item["flags"], base64.b64decode(item["payload_base64"])) for item in expected["envelopes"]]
    for how, chunks in every_way(row["raw"], row.get("chunks", ())):
        frames, complete, _, _ = decode("connect", chunks)
        assert [(frame.flags, frame.data) for frame in frames] == envelopes, how
        assert [frame.event for frame in frames] == ["end" if flags & 2 else None for flags, _ in envelopes]
        assert all(frame.standard for frame in frames)
        if expected["leftover_bytes"] or expected["outcome"] == "truncated":
            assert not complete, how


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_conformance_of_the_end(row: dict[str, Any]) -> None:
    expected = row["expected"]
    encoding = row["headers"].get("connect-content-encoding", "")
    frames, complete, problem, _ = connect(row["raw"], encoding=encoding)
    if expected["outcome"] in ("clean", "error"):
        assert (complete, problem) == (True, "")
    if expected["end"] == "malformed":
        with pytest.raises(ValueError, match="end envelope"):
            read_end_stream(bytes(frames[-1].data))  # type: ignore[arg-type]  # envelopes hold bytes
    elif expected["end"] != "missing":
        end = next(frame.data for frame in frames if frame.event == "end")
        assert isinstance(end, bytes)
        metadata = {name: tuple(values) for name, values in expected["end"]["metadata"].items()}
        assert read_end_stream(end) == EndStream(expected["end"]["error"], metadata)


@given(
    ENVELOPES, st.binary(max_size=6), st.lists(st.integers(0, 150), max_size=6), st.sampled_from(["", "gzip"])
)
@settings(deadline=None, max_examples=300)
def test_any_cut_gives_the_same(
    envelopes: list[tuple[bytes, int]], rest: bytes, places: list[int], encoding: str
) -> None:
    raw = b"".join(encode_envelope(*envelope) for envelope in envelopes) + rest
    options = {"encoding": encoding, "max_event_bytes": 15}
    whole = decode("connect", [raw], **options)
    assert decode("connect", pieces(raw, places), **options)[:3] == whole[:3]
    assert decode("connect", (raw[at : at + 1] for at in range(len(raw))), **options)[:3] == whole[:3]


@given(ENVELOPES)
@settings(deadline=None)
def test_the_decoder_gives_back_what_was_encoded(envelopes: list[tuple[bytes, int]]) -> None:
    raw = b"".join(encode_envelope(*envelope) for envelope in envelopes)
    assert [(frame.data, frame.flags) for frame in decode("connect", [raw]).frames] == envelopes


def test_the_bytes_of_an_envelope() -> None:
    assert encode_envelope(b"{}") == b"\0\0\0\0\x02{}"
    assert encode_envelope(b"a" * 258, 3)[:5] == b"\x03\0\0\x01\x02"


@pytest.mark.parametrize("flags", [-1, 256])
def test_flags_that_are_no_byte_are_refused(flags: int) -> None:
    with pytest.raises(ValueError, match="flags"):
        encode_envelope(b"", flags)


def test_an_envelope_is_out_with_its_last_byte() -> None:
    decoder = DECODERS["connect"]()
    steps = [
        (decoder.receive_data(chunk), decoder.complete)
        for chunk in (b"\0\0\0\0\x02{", b"}", END[:-1], b"}", b"")
    ]
    message, end = Frame(None, b"{}", "", 0), Frame("end", b"{}", "", 2)
    assert steps == [([], False), ([message], False), ([], False), ([end], True), ([], True)]
    assert (decoder.receive_end(), decoder.complete) == ([], True)


@pytest.mark.parametrize("more", [b"\0", END, encode_envelope(b"x"), b"\0\xff\xff\xff\xff"])
def test_bytes_after_the_end_are_a_problem(more: bytes) -> None:
    reading = connect(END + more)
    assert not reading.complete
    assert "goes on after its end envelope" in reading.problem


class TestCompression:
    """Payloads that were compressed one by one."""

    @pytest.mark.parametrize("encoding", COMPRESS)
    def test_a_payload_comes_in_clear_under_its_flags(self, encoding: str) -> None:
        packed = COMPRESS[encoding]
        raw = encode_envelope(packed(TEXT), 1) + encode_envelope(b"clear") + encode_envelope(packed(b"{}"), 3)
        assert connect(raw, encoding=f" {encoding.upper()} ")[:3] == (
            [Frame(None, TEXT, "", 1), Frame(None, b"clear", "", 0), Frame("end", b"{}", "", 3)],
            True,
            "",
        )

    @pytest.mark.parametrize("encoding", COMPRESS)
    @pytest.mark.parametrize("damage", ["noise", "cut", "more"])
    def test_a_broken_payload_is_a_problem_and_comes_as_on_the_wire(self, encoding: str, damage: str) -> None:
        packed = COMPRESS[encoding](TEXT)
        broken = {"noise": b"nope" * 4, "cut": packed[:-3], "more": packed + b"more"}[damage]
        reading = connect(encode_envelope(broken, 1) + END, encoding=encoding)
        assert [frame.data for frame in reading.frames] == [broken, b"{}"]
        assert f"doesn't decompress as {encoding}" in reading.problem
        assert not reading.complete

    @pytest.mark.parametrize("encoding", COMPRESS)
    def test_a_bomb_is_a_problem(self, encoding: str) -> None:
        packed = COMPRESS[encoding](bytes(5_000_000))
        reading = decode(
            "connect", [encode_envelope(packed, 1) + END], encoding=encoding, max_event_bytes=9000
        )
        assert [frame.data for frame in reading.frames] == [packed, b"{}"]
        assert "larger than 9,000 bytes when it is decompressed" in reading.problem

    @pytest.mark.parametrize("encoding", COMPRESS)
    def test_a_bomb_never_goes_off_whole(self, encoding: str) -> None:
        clear = DECOMPRESSORS[encoding](COMPRESS[encoding](bytes(60_000_000)), 9000)
        # zstd takes no limit itself and is stopped from outside, after 32 MiB at the latest.
        assert clear is not None
        assert 9000 < len(clear) < (33_600_000 if encoding == "zstd" else 100_000)

    @pytest.mark.parametrize("encoding", COMPRESS)
    def test_a_payload_of_just_the_limit_is_read(self, encoding: str) -> None:
        raw = encode_envelope(COMPRESS[encoding](TEXT), 1) + END
        assert connect(raw, encoding=encoding, max_event_bytes=len(TEXT)).frames[0].data == TEXT
        assert connect(raw, encoding=encoding, max_event_bytes=len(TEXT) - 1).frames[0].data != TEXT

    @pytest.mark.parametrize("encoding", ["br", "zstd"])
    def test_a_package_that_is_missing_is_a_problem(
        self, encoding: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("brotli", "brotlicffi", "zstandard"):
            monkeypatch.setitem(sys.modules, name, None)
        packed = COMPRESS[encoding](TEXT)
        reading = connect(encode_envelope(packed, 1) + END, encoding=encoding)
        assert [frame.data for frame in reading.frames] == [packed, b"{}"]
        assert f"compressed as {encoding}, and no package for that is installed" in reading.problem

    def test_brotli_under_its_other_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "brotlicffi", sys.modules["brotli"])
        monkeypatch.setitem(sys.modules, "brotli", None)
        reading = connect(encode_envelope(COMPRESS["br"](TEXT), 1) + END, encoding="br")
        assert (reading.frames[0].data, reading.problem) == (TEXT, "")

    def test_a_zstd_payload_of_many_slices_is_read(self) -> None:
        noise = b"".join(zlib.crc32(bytes([at % 256, at // 256])).to_bytes(4, "big") for at in range(2000))
        raw = encode_envelope(zstandard.compress(noise), 1) + END
        assert decode("connect", [raw], encoding="zstd").frames[0].data == noise

    @pytest.mark.parametrize(
        ("encoding", "why"), [("", "no encoding"), ("identity", "no encoding"), ("lzw", "'lzw'")]
    )
    def test_an_encoding_that_is_none_or_unknown_is_a_problem(self, encoding: str, why: str) -> None:
        reading = connect(encode_envelope(b"packed", 1) + END, encoding=encoding)
        assert [frame.data for frame in reading.frames] == [b"packed", b"{}"]
        assert why in reading.problem
        assert not reading.complete

    @pytest.mark.parametrize("encoding", ["", "gzip"])
    def test_an_empty_payload_is_never_compressed(self, encoding: str) -> None:
        assert connect(encode_envelope(b"", 1) + END, encoding=encoding)[:3] == (
            [Frame(None, b"", "", 1), Frame("end", b"{}", "", 2)],
            True,
            "",
        )


class TestSize:
    """Memory is capped by what an envelope announces, before it is in."""

    def test_an_envelope_of_just_the_limit_is_read(self) -> None:
        assert connect(encode_envelope(b"1234") + END, max_event_bytes=4).complete

    def test_one_byte_more_is_a_problem_and_ends_the_reading(self) -> None:
        reading = connect(encode_envelope(b"1234") + encode_envelope(b"12345") + END, max_event_bytes=4)
        assert [frame.data for frame in reading.frames] == [b"1234"]
        assert "larger than 4 bytes" in reading.problem
        assert not reading.complete

    def test_the_limit_by_default_is_16_mib(self) -> None:
        decoder = DECODERS["connect"]()
        decoder.receive_data(b"\0\x01\0\0\0")
        assert decoder.problem == ""
        decoder = DECODERS["connect"]()
        decoder.receive_data(b"\0\x01\0\0\x01")
        assert "16,777,216" in decoder.problem


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"error":"boom"}', "error"),
        (b'{"metadata":null}', "metadata"),
        (b'{"metadata":{"a":"b"}}', "metadata"),
        (b'{"metadata":{"a":[1]}}', "metadata"),
    ],
)
def test_an_end_envelope_that_is_none(payload: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_end_stream(payload)


def test_an_end_envelope_says_its_error_and_metadata() -> None:
    assert read_end_stream(b'{"error":{"code":"aborted"},"metadata":{"a":["b","c"]},"other":1}') == EndStream(
        {"code": "aborted"}, {"a": ("b", "c")}
    )
    assert read_end_stream(b'{"error":null}') == EndStream() == EndStream(None, {})
