"""The figures of an answer, from its moments."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fetch2py.arrival import Arrival, sparkline, tokens_told


def test_the_figures_of_an_answer() -> None:
    arrival = Arrival()
    arrival.head(0.5)
    for at, texts in ((0.5, []), (1.0, ["ab"]), (1.0, ["c"]), (2.0, ["de", "f"]), (4.0, ["g"])):
        arrival.piece(at, 10)
        arrival.texts(at, texts)
    arrival.end(5.0)
    figures = arrival.figures()
    assert (figures.to_head, figures.to_first_token, figures.to_end) == (0.5, 1.0, 5.0)
    assert figures.longest_gap == 2.0
    assert (figures.bytes, figures.pieces, figures.events, figures.characters) == (50, 5, 5, 7)
    assert figures.events_per_second == 1.0
    assert figures.characters_per_second == pytest.approx(4 / 3)
    assert figures.tokens is figures.tokens_per_second is None
    assert figures.step == 0.16
    assert figures.arrival == "▄··█·····▄···········▄·······"


def test_an_answer_that_came_at_once_has_no_rate() -> None:
    arrival = Arrival()
    arrival.head(0.1)
    arrival.piece(0.1, 5)
    arrival.texts(0.1, ["hello"])
    arrival.record({"usage": {"completion_tokens": 3}})
    arrival.end(0.1)
    figures = arrival.figures()
    assert figures.events_per_second is figures.characters_per_second is figures.tokens_per_second is None
    assert figures.tokens == 3
    assert figures.arrival == "█"


def test_an_answer_that_never_came() -> None:
    figures = Arrival().figures()
    assert figures.to_head is figures.to_first_token is None
    assert figures.arrival == ""


def test_the_last_count_of_tokens_is_the_answers() -> None:
    arrival = Arrival()
    arrival.head(0.0)
    for at, tokens in ((1.0, 1), (3.0, 8)):
        arrival.texts(at, ["a"])
        arrival.record({"usage": {"output_tokens": tokens}})
    arrival.record("no count")
    assert arrival.figures().tokens == 8
    assert arrival.figures().tokens_per_second == 4.0


@pytest.mark.parametrize(
    ("data", "tokens"),
    [
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 5}}, 5),
        ({"type": "response.completed", "response": {"usage": {"output_tokens": 6}}}, 6),
        ({"type": "message_start", "message": {"usage": {"output_tokens": 1}}}, 1),
        ({"usageMetadata": {"candidatesTokenCount": 0}}, 0),
        ({"event": "message_end", "metadata": {"usage": {"completion_tokens": 4}}}, 4),
        ({"delta": {"usage": {"tokens": {"output_tokens": 7}}}}, 7),
        ({"done": True, "eval_count": 298}, 298),
        ({"finishReason": "stop", "usage": {"completionTokens": 2}}, 2),
        ({"usage": None}, None),
        ({"usage": {"output_tokens": True}}, None),
        ({"usage": {"output_tokens": "5"}}, None),
        ({"eval_count": -1}, None),
        (["usage"], None),
        ("eval_count", None),
    ],
)
def test_where_services_count_tokens(data: Any, tokens: int | None) -> None:
    assert tokens_told(data) == tokens


def test_a_line_of_sizes() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8]) == "·▁▂▃▄▅▆▇█"
    assert sparkline([1, 1_000_000]) == "▁█"
    assert sparkline([]) == ""


@given(some.lists(some.tuples(some.floats(0, 1e6), some.integers(0, 10**6))))
def test_no_byte_is_lost_however_long_it_takes(moments: list[tuple[float, int]]) -> None:
    arrival = Arrival()
    arrival.head(0.0)
    for at, size in sorted(moments):
        arrival.piece(at, size)
    figures = arrival.figures()
    assert figures.bytes == sum(size for _, size in moments)
    assert len(figures.arrival) <= 48
    assert ("█" in figures.arrival) == (figures.bytes > 0)
    assert figures.to_end <= figures.step * 48
