"""Each row of DIALECTS on its service's answers, and no row on another's."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from fetch2py.dialects import DIALECTS, Detector, Reader, named
from fetch2py.dialects.detect import signs_of
from fetch2py.dialects.pointers import raw_text
from fetch2py.exchange import Exchange
from fetch2py.framing import DECODERS, Frame, encode_event, records
from tests.dialect_material import MATERIAL, Material
from tests.fixture_files import streams


@pytest.mark.parametrize("one", MATERIAL, ids=lambda one: f"{one.dialect}-{one.about}")
def test_a_row_reads_its_answers(one: Material) -> None:
    reader = Reader(named(one.dialect))
    reader.receive(one.frames)
    reader.finish()
    assert (reader.text, reader.reasoning, reader.error) == (one.text, one.reasoning, one.error)
    assert reader.ended == one.ended
    if one.ids:
        assert reader.ids == one.ids


@pytest.mark.parametrize("one", MATERIAL, ids=lambda one: f"{one.dialect}-{one.about}")
def test_an_answer_shows_its_row(one: Material) -> None:
    detector = Detector(one.framing)
    found = next(filter(None, (detector.receive([frame]) for frame in one.frames)), None) or detector.finish()
    assert (found.name if found else "") == (one.dialect if one.shown else "")


MEDIA_TYPES = {
    "sse": "text/event-stream",
    "ndjson": "application/x-ndjson",
    "json": "application/json",
    "json-array": "application/json",
    "json-concat": "application/json",
    "prefixed-lines": "text/plain; charset=utf-8",
    "multipart": 'multipart/mixed; boundary="-"',
}


def body_of(one: Material) -> bytes:
    """The answer as it comes over the wire."""
    data = [raw_text(frame) for frame in one.frames]
    if one.framing == "sse":
        unnamed = ("message", None)
        return b"".join(
            encode_event(raw_text(frame), "" if frame.event in unnamed else str(frame.event))
            for frame in one.frames
        )
    if one.framing == "prefixed-lines":
        return "".join(f"{frame.event}:{raw_text(frame)}\n" for frame in one.frames).encode()
    if one.framing == "multipart":
        head = "---\r\ncontent-type: application/json\r\n\r\n"
        return ("".join(f"{head}{record}\r\n" for record in data) + "-----\r\n").encode()
    if one.framing == "json-array":
        return f"[{','.join(data)}]".encode()
    return ("" if one.framing == "json-concat" else "\n").join(data).encode()


STREAMS = streams()
WIRED = [(one, how) for one in MATERIAL for how in (one.dialect, None) if how or one.shown]


@pytest.mark.parametrize(
    ("one", "dialect"),
    WIRED,
    ids=lambda one: f"{one.dialect}-{one.about}" if isinstance(one, Material) else one,
)
def test_an_answer_over_the_wire(one: Material, dialect: str | None) -> None:
    body = body_of(one)
    outcome = "error" if one.error or not one.text else "clean" if one.ended else "truncated"
    if not one.error and not named(one.dialect).has_end:
        outcome = "clean"
    for chunks in ([body], [body[at : at + 1] for at in range(len(body))]):
        exchange = Exchange(dialect)
        exchange.receive_head(200, {"content-type": MEDIA_TYPES[one.framing]})
        for chunk in chunks:
            exchange.receive_data(chunk)
        exchange.receive_end()
        assert exchange.dialect == one.dialect
        assert (exchange.text, exchange.reasoning, exchange.outcome) == (one.text, one.reasoning, outcome)
        assert exchange.error == one.error or (not one.error and not one.text)


def test_every_row_has_material() -> None:
    have = {one.dialect for one in MATERIAL} | {"kimi", "kimi-connect", "spring"}
    assert have == set(DIALECTS)


# Whoever speaks OpenAI's chat completions with something of its own is tried before them.
SPOKEN_BY_OTHERS = {("fastgpt", "openai-chat")}


@pytest.mark.parametrize("one", MATERIAL, ids=lambda one: f"{one.dialect}-{one.about}")
def test_no_other_row_claims_an_answer(one: Material) -> None:
    claimed = {name for frame in one.frames for name in claims(frame)}
    allowed = {other for own, other in SPOKEN_BY_OTHERS if own == one.dialect}
    assert claimed - {one.dialect} <= allowed
    order = list(DIALECTS)
    assert all(order.index(one.dialect) < order.index(other) for other in allowed)


@pytest.mark.parametrize("row", STREAMS, ids=lambda row: row["id"])
def test_no_other_row_claims_a_genuine_answer(row: dict[str, Any]) -> None:
    raw = base64.b64decode(row["raw_base64"]) if "raw_base64" in row else row["raw"].encode()
    decoder = DECODERS[row["framing"]](**row.get("framing_options", {}))
    frames = [*decoder.receive_data(raw), *decoder.receive_end()]
    claimed = {name for frame in frames for name in claims(frame)}
    own = [name for name in DIALECTS if row["id"].startswith((f"{name}-", name))]
    if row["id"].startswith("kimi"):
        own = ["kimi", "kimi-connect"]
    assert claimed <= {*own}


def claims(frame: Frame) -> Iterator[str]:
    """The dialects that have a sign for this record, whatever framing they come in."""
    for record in records(frame):
        data = parsed(raw_text(record))
        for name in DIALECTS:
            signs = signs_of(name).records
            if any(all(condition.test(data, record) for condition in sign) for sign in signs):
                yield name


def parsed(raw: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw


ONLY_WHAT_IS_NEEDED = """
import sys
from fetch2py.exchange import Exchange
exchange = Exchange(sys.argv[1] or None, host="www.kimi.com")
exchange.receive_head(200, {"content-type": "text/event-stream"})
exchange.receive_data(b'data: {"event":"req","id":"x"}\\n\\ndata: {"event":"cmpl","text":"Hi"}\\n\\n')
print(exchange.text, *sorted(name for name in sys.modules if name.startswith("fetch2py.dialects.rows.")))
"""


@pytest.mark.parametrize(("dialect", "family"), [("", "kimi"), ("kimi", "kimi"), ("custom", "")])
def test_only_the_rows_that_are_needed_are_read(dialect: str, family: str) -> None:
    program = ONLY_WHAT_IS_NEEDED.replace(
        "sys.argv[1] or None", RULES if dialect == "custom" else "sys.argv[1] or None"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, dialect], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["Hi", *([f"fetch2py.dialects.rows.{family}"] if family else [])]


RULES = '{"rules": [{"to": "text", "on": {"/event": "cmpl"}, "get": "/text"}]}'
