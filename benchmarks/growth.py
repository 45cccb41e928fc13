"""One answer of 1 MB and one of 100 MB, through each framing's decoder: time and memory.

Time: a hundred answers of 1 MB over one of 100 MB. Memory: the most that the decoder and its frames take at a
time, without the answer itself, of which a piece of 64 KiB is there at a time.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.framings import FRAMINGS, Framing, body_of
from benchmarks.timing import Measured, against
from fetch2py.framing import DECODERS, SNIFFED, decoder_for, sniff

__all__ = ["rows"]

TIMES = 100
RECORD = json.dumps({"event": "cmpl", "text": "你好，I am Kimi. 🐎 " * 40}, ensure_ascii=False).encode()
RECORDS = 1_000_000 // len(RECORD)
PIECE = 64 * 1024


def rows() -> Iterator[Measured]:
    """Time and memory of each framing."""
    for framing in FRAMINGS:
        before, *records, behind = body_of(framing, [RECORD] * RECORDS)
        answer = _Answer(framing, before, b"".join(records), behind)
        yield against(
            f"growth to {TIMES} MB, {framing.name}, time",
            # Bound now, not later.
            lambda answer=answer: _read_often(answer),  # type: ignore[misc]
            lambda answer=answer: _read(answer, TIMES),  # type: ignore[misc]
            rounds=2,
            goal=1.2,
        )
        small, large = (_peak(answer, times) for times in (1, TIMES))
        yield Measured(f"growth to {TIMES} MB, {framing.name}, memory", small, large, 1.2, "B")


class _Answer(NamedTuple):
    """An answer of 1 MB, whose inside can be repeated."""

    framing: Framing
    before: bytes
    inside: bytes
    behind: bytes


def _read(answer: _Answer, times: int) -> None:
    name, options = decoder_for(answer.framing.content_type)
    if name in SNIFFED:
        name = sniff(answer.before + answer.inside[:100], name) or name
    decoder = DECODERS[name](**options)
    frames = len(decoder.receive_data(answer.before))
    for _ in range(times):
        for at in range(0, len(answer.inside), PIECE):
            frames += len(decoder.receive_data(answer.inside[at : at + PIECE]))
    frames += len(decoder.receive_data(answer.behind)) + len(decoder.receive_end())
    if frames < RECORDS * times or decoder.problem:
        raise RuntimeError(f"{frames:,} frames were read. {decoder.problem}")


def _read_often(answer: _Answer) -> None:
    for _ in range(TIMES):
        _read(answer, 1)


def _peak(answer: _Answer, times: int) -> int:
    tracemalloc.start()
    try:
        _read(answer, times)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
