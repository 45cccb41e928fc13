"""gRPC-Web: envelopes in bytes and in base64, and what the trailers say."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.framing import DECODERS, EndStream, Frame, decoder_for, encode_envelope, read_trailers
from tests.framing_feeding import Reading, decode, every_way, pieces

MESSAGE = encode_envelope(b'{"reply":"hi"}')
OK = encode_envelope(b"grpc-status:0\r\n", 0x80)
STREAMS = st.lists(
    st.sampled_from([b"AAAA", b"=", b"==", b"AA==", b"A", b"\n", b"*", b"gAAAAAA="]), max_size=12
)


def grpc_web(raw: bytes, **options: Any) -> Reading:
    """The one reading that every way of feeding the bytes must give."""
    first = decode("grpc-web", [raw], **options)
    for how, chunks in every_way(raw):
        assert decode("grpc-web", chunks, **options)[:3] == first[:3], how
    return first


def test_trailers_end_the_answer() -> None:
    trailers = b"Grpc-Status: 7\r\ngrpc-message: no%20%E4%BD%A0\r\nx: a\r\nX: b\nno field\r\n"
    reading = grpc_web(MESSAGE + encode_envelope(trailers, 0x80))
    message, last = reading.frames
    assert message == Frame(None, b'{"reply":"hi"}', "", 0)
    assert (last.event, last.flags, last.standard) == ("trailers", 0x80, True)
    assert json.loads(last.data) == {"grpc-status": "7", "grpc-message": "no 你", "x": "a, b"}
    assert reading[1:3] == (True, "")


@pytest.mark.parametrize("raw", [b"", MESSAGE, MESSAGE + OK[:-1]])
def test_without_them_it_is_cut(raw: bytes) -> None:
    assert grpc_web(raw)[1:3] == (False, "")


def test_bytes_after_the_trailers_are_a_problem() -> None:
    reading = grpc_web(OK + MESSAGE)
    assert "goes on after" in reading.problem
    assert not reading.complete


def test_compressed_payloads_come_in_clear() -> None:
    raw = encode_envelope(gzip.compress(b"{}"), 1) + encode_envelope(gzip.compress(b"grpc-status:0"), 0x81)
    frames, complete, *_ = grpc_web(raw, encoding="gzip")
    assert [frame.data for frame in frames] == [b"{}", b'{"grpc-status": "0"}']
    assert complete


@pytest.mark.parametrize("apart", [False, True])
def test_base64_may_be_padded_in_the_middle(apart: bool) -> None:
    whole = [MESSAGE[:4], MESSAGE[4:], OK] if apart else [MESSAGE + OK]
    raw = b"\r\n".join(base64.b64encode(piece) for piece in whole)
    assert grpc_web(raw, text=True)[:3] == grpc_web(MESSAGE + OK)[:3]


@pytest.mark.parametrize("raw", [b"****", b"A===", b"AAA=A===", b"=AAA", b"A=AA", b"===="])
def test_what_is_no_base64_is_a_problem(raw: bytes) -> None:
    reading = grpc_web(base64.b64encode(MESSAGE) + raw, text=True)
    assert "base64" in reading.problem
    assert reading.decoder.stopped


@given(STREAMS.map(b"".join), st.lists(st.integers(0, 40), max_size=5))
@settings(deadline=None, max_examples=300)
def test_any_cut_of_base64_gives_the_same(raw: bytes, places: list[int]) -> None:
    whole = decode("grpc-web", [raw], text=True)
    assert decode("grpc-web", pieces(raw, places), text=True)[:3] == whole[:3]
    assert decode("grpc-web", (raw[at : at + 1] for at in range(len(raw))), text=True)[:3] == whole[:3]


def test_trailers_may_stand_in_the_head() -> None:
    fields = [("Grpc-Status", "5"), ("grpc-message", "not%20here"), ("grpc-encoding", "gzip")]
    framing, options = decoder_for("application/grpc-web-text+proto", fields)
    assert (framing, dict(options)) == (
        "grpc-web",
        {"encoding": "gzip", "text": True, "status": "5", "message": "not%20here"},
    )
    last = Frame("trailers", b'{"grpc-status": "5", "grpc-message": "not here"}', "", 0x80, False)
    assert decode("grpc-web", [], **options)[:3] == ([last], True, "")
    assert decode("grpc-web", [base64.b64encode(MESSAGE)[:-1]], **options)[:2] == ([], False)
    assert len(decode("grpc-web", [base64.b64encode(OK)], **options).frames) == 1
    assert decoder_for("application/grpc-web+json") == ("grpc-web", {})


@pytest.mark.parametrize(
    ("trailers", "error"),
    [
        ({"grpc-status": "0", "grpc-message": "fine"}, None),
        ({"grpc-status": "00"}, None),
        ({"grpc-status": "7", "grpc-message": "no"}, {"code": "permission_denied", "message": "no"}),
        ({"grpc-status": "16"}, {"code": "unauthenticated", "message": ""}),
        ({"grpc-status": "17"}, {"code": "unknown", "message": ""}),
        ({"grpc-status": "9" * 9999}, {"code": "unknown", "message": ""}),
    ],
)
def test_a_status_other_than_0_is_an_error(trailers: dict[str, str], error: dict[str, str] | None) -> None:
    payload = json.dumps(trailers | {"x": "a"}).encode()
    assert read_trailers(payload) == EndStream(error, {"x": ("a",)})


@pytest.mark.parametrize("trailers", [{}, {"grpc-status": ""}, {"grpc-status": "x"}, {"grpc-status": "²"}])
def test_trailers_without_a_status_are_none(trailers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no grpc-status"):
        read_trailers(json.dumps(trailers).encode())


def test_the_limit_holds_for_base64_too() -> None:
    reading = grpc_web(base64.b64encode(encode_envelope(b"12345")), text=True, max_event_bytes=4)
    assert "larger than 4 bytes" in reading.problem
    assert DECODERS["grpc-web"](max_event_bytes=5).receive_data(encode_envelope(b"12345"))
