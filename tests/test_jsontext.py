"""jsontext: JSON as source text, its pointers and its spans."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py import jsontext

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
SPACE = st.text(alphabet=" \t\r\n", max_size=3)


@st.composite
def sources(draw: st.DrawFn, value: Any = None) -> tuple[str, Any]:
    """A JSON text with odd spacing, spellings and names given twice, and the value that it holds."""
    value = draw(VALUES) if value is None else value
    text = draw(_spelled(value))
    return draw(st.sampled_from(["", "\ufeff"])) + draw(SPACE) + text + draw(SPACE), value


@st.composite
def _spelled(draw: st.DrawFn, value: Any) -> str:
    space = [draw(SPACE) for _ in range(4)]
    if isinstance(value, list):
        inside = f"{space[0]},{space[1]}".join(draw(_spelled(item)) for item in value)
        return f"[{space[2]}{inside}{space[3]}]"
    if isinstance(value, dict):
        members = [(name, draw(_spelled(item))) for name, item in value.items()]
        for name in draw(st.lists(st.sampled_from(sorted(value)), max_size=2)) if value else []:
            members.insert(0, (name, draw(_spelled(draw(VALUES)))))
        spelled = (f"{_name(draw, name)}{space[0]}:{space[1]}{item}" for name, item in members)
        return f"{{{space[2]}{','.join(spelled)}{space[3]}}}"
    return json.dumps(value, ensure_ascii=draw(st.booleans()))


def _name(draw: st.DrawFn, name: str) -> str:
    return json.dumps(name, ensure_ascii=draw(st.booleans()))


@settings(deadline=None, max_examples=150)
@given(sources())
def test_every_leaf_is_found_where_it_stands(source: tuple[str, Any]) -> None:
    text, value = source
    assert jsontext.parse(text) == value
    for path, leaf in jsontext.leaves(value):
        at = jsontext.pointer(path)
        assert jsontext.tokens(at) == path
        start, end = jsontext.span_of(text, at)
        assert json.loads(text[start:end]) == leaf


@settings(deadline=None, max_examples=150)
@given(sources(), st.text(alphabet="/01ab~", max_size=6))
def test_a_pointer_finds_a_place_or_raises_key_error(source: tuple[str, Any], at: str) -> None:
    text, value = source
    try:
        for token in jsontext.tokens(at):
            value = value[int(token) if isinstance(value, list) and str(int(token)) == token else token]
    except (KeyError, ValueError, IndexError, TypeError):
        with pytest.raises(KeyError):
            jsontext.span_of(text, at)
    else:
        start, end = jsontext.span_of(text, at)
        assert jsontext.parse(text[start:end]) == value


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet='{}[]",:1a \\n', max_size=12), st.sampled_from(["", "/a", "/0", "/a/0"]))
def test_span_of_refuses_what_parse_refuses(text: str, at: str) -> None:
    try:
        jsontext.parse(text)
    except ValueError:
        with pytest.raises((ValueError, KeyError)):
            jsontext.span_of(text, at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\ufeff",
        "nul",
        "[1,]",
        "[1 2]",
        "[1",
        '{"a":1,}',
        '{"a" 1}',
        '{"a":1 "b":2}',
        '{1:2,"a":3}',
        '{"a":',
        '{"a":1}}',
        "[0]]",
        "NaN",
        "[Infinity]",
        '"tab\there"',
        "[" * 10_000,
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        # Too many digits for int(), and then too deep: the second reading must refuse as calmly.
        "[" + "1" * 5000 + "," + "[" * 10_000 + "]" * 10_000 + "]",
    ],
    ids=lambda text: text[:12],
)
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind of error is the contract, its words are not
        jsontext.parse(text)
    for at in ("/a", "/0"):
        with pytest.raises((ValueError, KeyError)):
            jsontext.span_of(text, at)


def test_of_a_name_given_twice_the_last_counts_at_every_level() -> None:
    text = '{"a":{"b":"1"},"a":{"b":"2","b":"3"}}'
    start, end = jsontext.span_of(text, "/a/b")
    assert text[start:end] == '"3"'
    assert start == text.index('"3"')


@pytest.mark.parametrize("text", ['{"a":{"b":1},"a":2}', '{"a":{"b":1},"a":{"c":1}}', '{"a":[1],"a":[]}'])
def test_what_a_later_member_hides_is_nowhere(text: str) -> None:
    for at in ("/a/b", "/a/0"):
        with pytest.raises(KeyError):
            jsontext.span_of(text, at)


def test_the_empty_pointer_is_the_whole_value() -> None:
    assert jsontext.span_of(' \r\n"x" ', "") == (3, 6)


def test_a_pointer_begins_with_a_slash() -> None:
    with pytest.raises(KeyError):
        jsontext.tokens("a")


def test_integers_have_no_largest() -> None:
    text = "[" + "9" * 5000 + ',12,"x"]'
    assert jsontext.parse(text) == [float("inf"), 12, "x"]
    start, end = jsontext.span_of(text, "/2")
    assert text[start:end] == '"x"'


def test_leaves_of_deep_values() -> None:
    value: Any = "x"
    for _ in range(3000):
        value = [value]
    assert [leaf for _, leaf in jsontext.leaves(value)] == ["x"]


def test_pointers_escape_slashes_and_tildes() -> None:
    assert jsontext.pointer(("a/b", "~1", "")) == "/a~1b/~01/"
    assert jsontext.tokens("/a~1b/~01/") == ("a/b", "~1", "")
