"""Feeding a decoder one body in every way that a connection could cut it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fetch2py.framing import DECODERS, Decoder, Frame

__all__ = ["Reading", "conformance", "decode", "every_way", "pieces"]

_ROWS = Path(__file__).parent.parent / "fixtures" / "conformance"

# Rows up to this many bytes are cut at every place; the longer ones would only repeat it.
_SHORT = 1500


class Reading(NamedTuple):
    """What one feeding came to."""

    frames: list[Frame]
    complete: bool
    problem: str
    decoder: Decoder


def conformance(name: str) -> list[dict[str, Any]]:
    """The rows of fixtures/conformance, each with its `raw` bytes."""
    rows: list[dict[str, Any]] = json.loads((_ROWS / name).read_text(encoding="utf-8"))
    return [row | {"raw": base64.b64decode(row["raw_base64"])} for row in rows]


def pieces(raw: bytes, places: Iterable[int]) -> Iterator[bytes]:
    """The bytes, cut at these places."""
    ends = [*sorted(places), len(raw)]
    for start, end in zip([0, *ends], ends, strict=False):
        yield raw[start:end]


def decode(framing: str, chunks: Iterable[bytes], **options: Any) -> Reading:
    """Everything that a new decoder makes of these chunks and the end behind them."""
    decoder = DECODERS[framing](**options)
    frames = [frame for chunk in chunks for frame in decoder.receive_data(chunk)]
    frames += decoder.receive_end()
    return Reading(frames, decoder.complete, decoder.problem, decoder)


def every_way(raw: bytes, lengths: Iterable[int] = ()) -> Iterator[tuple[str, list[bytes]]]:
    """(what it is, chunks): whole, as `lengths` has it, byte by byte, and a short body cut at every place."""
    yield "whole", [raw]
    places, at = [], 0
    for length in lengths:
        places.append(at := at + length)
    if places:
        yield "as chunked", list(pieces(raw, places))
    yield "byte by byte", [raw[at : at + 1] for at in range(len(raw))]
    if len(raw) <= _SHORT:
        for place in range(1, len(raw)):
            yield f"cut at {place}", [raw[:place], raw[place:]]
