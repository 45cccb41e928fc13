"""Decoding an answer: framing and rules, over splitting and `json.loads` alone.

100,000 events of both generations of Kimi's protocol: in pieces of 16 KiB, with each event in a piece of its
own, as a slow model's come, and in as many pieces that begin and end anywhere. Then the same events in every
framing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.framings import FRAMINGS, Framing, body_of, parse_each
from benchmarks.timing import Measured, against
from fetch2py.events import Text
from fetch2py.exchange import read_stream

__all__ = ["rows"]

EVENTS = 100_000
FEWER = 20_000
NAMES = {"event stream": "event stream", "Connect": "envelopes"}
RULES = {"rules": [{"to": "text", "on": {"/event": "cmpl"}, "get": "/text"}]}
PIECE = 16 * 1024
WORDS = ("你好", "，", "I am", " Kimi ", "🐎", "。", "很高兴认识你", "\n")


def rows() -> Iterator[Measured]:
    """Each generation, whole and in small pieces; each framing likewise."""
    stream, connect = (framing for framing in FRAMINGS if framing.name in ("event stream", "Connect"))
    yield from _decoded(stream, list(_payloads(1)), b'data: {"event":"all_done"}\n\n')
    yield from _decoded(connect, list(_payloads(2)), connect.behind)
    payloads = list(_payloads(1))[:FEWER]
    for framing in FRAMINGS:
        yield from _framed(framing, payloads)


def _framed(framing: Framing, payloads: list[bytes]) -> Iterator[Measured]:
    """One framing, read by rules like Kimi's."""
    records = body_of(framing, payloads)
    body = b"".join(records)
    whole = [body[at : at + PIECE] for at in range(0, len(body), PIECE)]
    size = len(body) // len(payloads)
    even = [body[at : at + size] for at in range(0, len(body), size)]
    for pieces, told in ((whole, "16 KiB pieces"), (records, "an event a piece"), (even, "cut anywhere")):
        yield against(
            f"framing of {len(payloads):,} events, {framing.name}, {told}",
            lambda: framing.floor(body) if framing.floor else parse_each(payloads),
            lambda pieces=pieces: _read(pieces, framing.content_type, RULES, len(payloads)),  # type: ignore[misc]
            rounds=5,
            goal=2,
        )


def _decoded(framing: Framing, payloads: list[bytes], last: bytes) -> Iterator[Measured]:
    frames = [framing.written(payload) for payload in payloads]
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
            f"decode of {EVENTS:,} events, {NAMES[framing.name]}, {told}",
            lambda: framing.floor(body) if framing.floor else None,
            # Bound now, not later.
            lambda pieces=pieces: _read(pieces, framing.content_type, "kimi", EVENTS),  # type: ignore[misc]
            rounds=5,
            goal=2,
        )


def _read(pieces: Sequence[bytes], content_type: str, dialect: Any, events: int) -> None:
    texts = sum(isinstance(event, Text) for event in read_stream(pieces, content_type, dialect=dialect))
    if texts != events:
        raise RuntimeError(f"{texts:,} of {events:,} texts were read.")


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
