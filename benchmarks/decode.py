"""Decoding 100,000 events of a Kimi answer: framing and rules, over splitting and `json.loads` alone.

Both generations of the protocol: in pieces of 16 KiB, with each event in a piece of its own, as a slow
model's come, and in as many pieces that begin and end anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.timing import Measured, against
from fetch2py.events import Text
from fetch2py.exchange import read_stream
from fetch2py.framing import encode_envelope

__all__ = ["rows"]

EVENTS = 100_000
PIECE = 16 * 1024
WORDS = ("你好", "，", "I am", " Kimi ", "🐎", "。", "很高兴认识你", "\n")


def rows() -> Iterator[Measured]:
    """Each generation, whole and in small pieces."""
    events = [b"data: " + payload + b"\n\n" for payload in _payloads(1)]
    last = b'data: {"event":"all_done"}\n\n'
    yield from _decoded("event stream", split_and_parse, events, last, "text/event-stream")
    envelopes = [encode_envelope(payload) for payload in _payloads(2)]
    last = encode_envelope(b"{}", 2)
    yield from _decoded("envelopes", slice_and_parse, envelopes, last, "application/connect+json")


def split_and_parse(body: bytes) -> None:
    """The floor for an event stream."""
    for event in body.split(b"\n\n"):
        if event:
            json.loads(event[len(b"data: ") :])


def slice_and_parse(body: bytes) -> None:
    """The floor for envelopes."""
    at = 0
    while at < len(body):
        length = int.from_bytes(body[at + 1 : at + 5], "big")
        json.loads(body[at + 5 : at + 5 + length])
        at += 5 + length


def _decoded(
    name: str, floor: Any, frames: list[bytes], last: bytes, content_type: str
) -> Iterator[Measured]:
    body = b"".join(frames)
    whole = [*(body[at : at + PIECE] for at in range(0, len(body), PIECE)), last]
    size = len(body) // EVENTS
    even = [*(body[at : at + size] for at in range(0, len(body), size)), last]
    for pieces, told in (
        (whole, "16 KiB pieces"),
        ([*frames, last], "an event a piece"),
        (even, "as many pieces, cut anywhere"),
    ):
        yield against(
            f"decode of {EVENTS:,} events, {name}, {told}",
            lambda: floor(body),
            lambda pieces=pieces: _read(pieces, content_type),  # type: ignore[misc]  # bound now, not later
            rounds=5,
            goal=2,
        )


def _read(pieces: Sequence[bytes], content_type: str) -> None:
    texts = sum(isinstance(event, Text) for event in read_stream(pieces, content_type, dialect="kimi"))
    if texts != EVENTS:
        raise RuntimeError(f"{texts:,} of {EVENTS:,} texts were read.")


def _payloads(generation: int) -> Iterator[bytes]:
    """The records of one answer, each as the site spells it."""
    for number in range(EVENTS):
        word = WORDS[number % len(WORDS)]
        record = _first(word) if generation == 1 else _second(word, number)
        yield json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def _first(word: str) -> dict[str, Any]:
    return {"event": "cmpl", "idx_s": 0, "idx_z": 0, "text": word, "view": "cmpl"}


def _second(word: str, number: int) -> dict[str, Any]:
    return {
        "op": "append",
        "mask": "block.text.content",
        "eventOffset": number,
        "block": {"id": "2", "text": {"content": word}},
    }
