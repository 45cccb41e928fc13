"""Reading each dialect's commonest record 20,000 times, over splitting and `json.loads` alone.

The records are those of fixtures/dialects.json: the shorter a record is, the more the rules weigh beside it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.timing import Measured, against
from fetch2py.exchange import read_stream
from fetch2py.framing import encode_event

__all__ = ["rows"]

EVENTS = 20_000
PIECE = 16 * 1024
MATERIAL = Path(__file__).parent.parent / "fixtures" / "dialects.json"
BARE = ("plain",)


def rows() -> Iterator[Measured]:
    """Each dialect that comes as an event stream of JSON."""
    for dialect, (name, record) in _commonest().items():
        event = encode_event(json.dumps(record, ensure_ascii=False, separators=(",", ":")), name)
        body = event * EVENTS
        pieces = [body[at : at + PIECE] for at in range(0, len(body), PIECE)]
        yield against(
            f"{EVENTS:,} events of {dialect}",
            lambda body=body: _split_and_parse(body),  # type: ignore[misc]  # bound now, not later
            lambda pieces=pieces, dialect=dialect: _read(pieces, dialect),  # type: ignore[misc]  # likewise
            rounds=5,
            goal=2,
        )


def _split_and_parse(body: bytes) -> None:
    for event in body.split(b"\n\n"):
        if event:
            json.loads(event.split(b"data: ", 1)[1])


def _read(pieces: list[bytes], dialect: str) -> None:
    for _ in read_stream(pieces, dialect=dialect):
        pass


def _commonest() -> dict[str, tuple[str, Any]]:
    """For each dialect the record whose shape is met most, with its event's name."""
    met: dict[str, list[tuple[str, Any]]] = {}
    for row in json.loads(MATERIAL.read_text(encoding="utf-8")):
        if row["framing"] == "sse" and row["dialect"] not in BARE:
            named = [(pair[0] if pair[1:] else "", pair[-1]) for pair in row["records"]]
            met.setdefault(row["dialect"], []).extend(
                one for one in named if isinstance(one[1], (dict, list))
            )
    return {dialect: _most(records) for dialect, records in met.items()}


def _most(records: list[tuple[str, Any]]) -> tuple[str, Any]:
    often = Counter(_shape(*record) for record in records)
    return max(records, key=lambda record: often[_shape(*record)])


def _shape(name: str, record: Any) -> tuple[str, ...]:
    return (
        name,
        *(record if isinstance(record, dict) else ()),
        str(isinstance(record, dict) and record.get("type")),
    )
