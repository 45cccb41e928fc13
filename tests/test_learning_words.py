"""What the learning makes of names and texts, where no answer brings it up every time."""

from __future__ import annotations

import pytest

from fetch2py.learning.words import likeness


@pytest.mark.parametrize(
    ("text", "pieces", "least", "most"),
    [
        ("", 1, -8.0, -8.0),
        (" \n\t", 3, -8.0, -8.0),
        ("https://a.example/x", 1, -8.0, -8.0),
        ("你", 1, 2.0, 2.0),
        ("你好", 1, 4.0, 4.0),
        ("42", 1, -4.0, -4.0),
        ("42", 3, -1.0, -1.0),
        ("A sentence that people read.", 1, 0.5, 4.0),
    ],
)
def test_how_much_a_text_looks_like_one_that_people_read(
    text: str, pieces: int, least: float, most: float
) -> None:
    assert least <= likeness(text, pieces) <= most
