"""Each row of DIALECTS on its service's answers, and no row on another's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fetch2py.dialects import DIALECTS, Detector, Reader, named
from fetch2py.dialects.detect import signs_of
from fetch2py.dialects.pointers import raw_text
from fetch2py.framing import Frame, records
from tests.dialect_material import MATERIAL, Material


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
