"""Decoding 100,000 events of a Kimi answer: framing and rules, against splitting and `json.loads` alone.

Run it by hand: python benchmarks/decode.py. Goal: at most twice the floor.
The small pieces show what it costs when each event comes alone, as from a slow model.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from fetch2py.events import Text
from fetch2py.exchange import read_stream
from fetch2py.framing import DECODERS, encode_envelope

EVENTS = 100_000
ROUNDS = 5
PIECE = 16 * 1024
WORDS = ("你好", "，", "I am", " Kimi ", "🐎", "。", "很高兴认识你", "\n")


def records(generation: int) -> list[dict[str, Any]]:
    """The records of one answer, as the site spells them."""
    words = [WORDS[number % len(WORDS)] for number in range(EVENTS)]
    if generation == 1:
        return [{"event": "cmpl", "idx_s": 0, "idx_z": 0, "text": word, "view": "cmpl"} for word in words]
    return [
        {
            "op": "append",
            "mask": "block.text.content",
            "eventOffset": number,
            "block": {"id": "2", "text": {"content": word}},
        }
        for number, word in enumerate(words)
    ]


def payloads(generation: int) -> list[bytes]:
    """The same, each as its JSON."""
    spelled = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in records(generation))
    return [text.encode() for text in spelled]


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


def framed(body: bytes, framing: str, piece: int) -> None:
    """Framing without rules."""
    decoder = DECODERS[framing]()
    for at in range(0, len(body), piece):
        decoder.receive_data(body[at : at + piece])


def read(body: bytes, content_type: str, piece: int) -> None:
    """All of it, down to the events."""
    chunks = (body[at : at + piece] for at in range(0, len(body), piece))
    texts = sum(isinstance(event, Text) for event in read_stream(chunks, content_type, dialect="kimi"))
    assert texts == EVENTS, texts


def fastest(work: Callable[[], None]) -> float:
    """Seconds of the fastest round; the others were disturbed."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def table(title: str, floor: Callable[[], None], rows: dict[str, Callable[[], None]]) -> None:
    """Print how each compares with the floor."""
    print(f"\n{title}, {EVENTS:,} events")
    base = fastest(floor)
    print(f"  {'splitting and json.loads alone':34} {base * 1e6 / EVENTS:6.2f} µs an event   1.00")
    for name, work in rows.items():
        seconds = fastest(work)
        print(f"  {name:34} {seconds * 1e6 / EVENTS:6.2f} µs an event  {seconds / base:5.2f}")


def main() -> None:
    """Measure both generations of the protocol."""
    stream = b"".join(b"data: " + payload + b"\n\n" for payload in payloads(1))
    done = b'data: {"event":"all_done"}\n\n'
    table(
        "event stream (first generation)",
        lambda: split_and_parse(stream),
        {
            "framing, 16 KiB pieces": lambda: framed(stream, "sse", PIECE),
            "framing and rules, 16 KiB pieces": lambda: read(stream + done, "text/event-stream", PIECE),
            "framing and rules, 100 byte pieces": lambda: read(stream + done, "text/event-stream", 100),
        },
    )
    envelopes = b"".join(encode_envelope(payload) for payload in payloads(2))
    end = encode_envelope(b"{}", 2)
    table(
        "envelopes (second generation)",
        lambda: slice_and_parse(envelopes),
        {
            "framing, 16 KiB pieces": lambda: framed(envelopes, "connect", PIECE),
            "framing and rules, 16 KiB pieces": lambda: read(
                envelopes + end, "application/connect+json", PIECE
            ),
            "framing and rules, 150 byte pieces": lambda: read(
                envelopes + end, "application/connect+json", 150
            ),
        },
    )


if __name__ == "__main__":
    main()
