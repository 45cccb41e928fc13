"""Conditions that tell some records from others."""

from __future__ import annotations

from typing import Any

import pytest

from fetch2py.learning.kinds import Mark
from fetch2py.learning.separating import protecting, separating


def mark(pointer: str, *values: Any, typed: bool = True) -> Mark:
    return Mark(pointer, dict(enumerate(values)), typed)


@pytest.mark.parametrize(
    ("marks", "kept", "others", "on"),
    [
        ([mark("/t", "a", "b")], {0}, {1}, {"/t": "a"}),
        ([mark("/t", "a", "b", "c")], {0, 1}, {2}, {"/t": ["a", "b"]}),
        ([mark("/t", None, "b")], {0}, {1}, {"/t": {"exists": False}}),
        ([mark("/t", None, "b", "c")], {0, 1}, {2}, {"/t": {"not": "c"}}),
        ([mark("/t", None, "b", "c", "d")], {0, 1}, {2, 3}, {"/t": {"not": ["c", "d"]}}),
        ([mark("/t", *"abcdefghi", None)], set(range(9)), {9}, {"/t": {"exists": True}}),
        ([mark("/t", "a", "a", "b"), mark("/f", True, False, True)], {0}, {1, 2}, {"/t": "a", "/f": True}),
        ([mark("/t", "a", "a")], {0}, {1}, None),
        ([], {0}, {1}, None),
        ([], {0}, set(), {}),
    ],
)
def test_what_tells_records_apart(
    marks: list[Mark], kept: set[int], others: set[int], on: dict[str, Any] | None
) -> None:
    assert separating(kept, others, marks) == on


def test_more_conditions_than_a_person_can_read_are_none() -> None:
    marks = [
        mark(f"/m{place}", "a", *("b" if place == other else "a" for other in range(5))) for place in range(5)
    ]
    assert separating({0}, {1, 2, 3, 4, 5}, marks) is None


def test_a_kind_that_others_have_not_protects() -> None:
    everything = {0, 1, 2}
    assert protecting({0, 1}, everything, [mark("/t", "a", "a", "b")]) == {"/t": "a"}
    assert protecting({0, 1}, everything, [mark("/t", "a", "a", "a")]) == {}
    assert protecting({0, 1}, everything, [mark("/t", "a", None, "b")]) == {}
    assert protecting({0, 1}, everything, [mark("/t", "a", "a", "b", typed=False)]) == {}
