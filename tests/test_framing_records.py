"""Framings of JSON records: lines, values side by side, one array, and text sequences."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.framing import DECODERS, Frame
from tests.framing_feeding import Reading, conformance, decode, every_way, pieces

ROWS = conformance("ndjson_jsonseq.json")
PLACES = st.lists(st.integers(0, 200), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
CONTAINERS = JSON.filter(lambda value: isinstance(value, (dict, list, str)))
# What breaks streams of values: every mark and half of one, white space, words, odd bytes.
MARKS = (b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\n", b"\r", b" ", b"\x1e")
PARTS = (
    b'{"a":1}',
    b'{"a":{"b":["}"]}}',
    b'"\\"]"',
    b"12",
    b"tru",
    b"null",
    b"[DONE]",
    b"0:",
    b"\xef\xbb\xbf",
)
ODD = (b"\xef\xbb", b"\xe4\xbd", "你".encode(), b"\xff", b"x")
STREAMS = st.lists(st.sampled_from((*MARKS, *PARTS, *ODD)), max_size=30).map(b"".join)
RECORDS = ("ndjson", "prefixed-lines", "json-concat", "json-array", "json-seq")


def read(framing: str, raw: bytes, **options: Any) -> Reading:
    """The one reading that every way of feeding the bytes must give."""
    first = decode(framing, [raw], **options)
    for how, chunks in every_way(raw):
        assert decode(framing, chunks, **options)[:3] == first[:3], how
    return first


def data(reading: Reading) -> list[str]:
    return [str(frame.data) for frame in reading.frames]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_conformance(row: dict[str, Any]) -> None:
    whole = [item for item in row["expected"] if "truncated_base64" not in item]
    for how, chunks in every_way(row["raw"], row.get("chunks", ())):
        frames, complete, _, _ = decode(row["format"], chunks)
        assert len(frames) == len(whole), how
        for frame, item in zip(frames, whole, strict=True):
            assert frame.standard
            if "value" in item:
                assert json.loads(frame.data) == item["value"], how
            else:
                # The LF that ends a record of a sequence is no part of the frame.
                assert str(frame.data).encode() == base64.b64decode(item["invalid_base64"]).strip(), how
        assert complete == (len(whole) == len(row["expected"])), how


@pytest.mark.parametrize("framing", RECORDS)
@given(STREAMS, PLACES, st.sampled_from([{}, {"max_event_bytes": 9}]))
@settings(deadline=None, max_examples=150)
def test_any_cut_gives_the_same(framing: str, raw: bytes, places: list[int], options: dict[str, Any]) -> None:
    whole = decode(framing, [raw], **options)
    assert decode(framing, pieces(raw, places), **options)[:3] == whole[:3]
    assert decode(framing, (raw[at : at + 1] for at in range(len(raw))), **options)[:3] == whole[:3]


@given(st.lists(JSON, max_size=6), st.sampled_from(["\n", "\r\n", "\n\n"]), st.booleans())
@settings(deadline=None)
def test_lines_give_back_the_values(values: list[Any], line_end: str, last: bool) -> None:
    lines = [json.dumps(value, ensure_ascii=False) for value in values]
    raw = line_end.join([*lines, ""] if last else lines).encode("utf-8", "replace")
    for framing in ("ndjson", "json-concat"):
        reading = decode(framing, [raw])
        assert [json.loads(text) for text in data(reading)] == [
            json.loads(text) for text in raw.splitlines() if text
        ]
        assert reading[1:3] == (True, "")


@given(st.lists(CONTAINERS, max_size=6), st.sampled_from(["", " ", "\n"]), st.sampled_from([None, 1]))
@settings(deadline=None)
def test_adjacent_values_are_told_apart(values: list[Any], between: str, indent: int | None) -> None:
    raw = between.join(json.dumps(value, indent=indent) for value in values).encode()
    reading = decode("json-concat", [raw])
    assert [json.loads(text) for text in data(reading)] == values
    assert reading[1:3] == (True, "")


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1]))
@settings(deadline=None)
def test_an_array_gives_its_elements(values: list[Any], indent: int | None) -> None:
    reading = decode("json-array", [json.dumps(values, indent=indent).encode()])
    assert [json.loads(text) for text in data(reading)] == values
    assert reading[1:3] == (True, "")


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1]))
@settings(deadline=None)
def test_a_sequence_gives_its_records(values: list[Any], indent: int | None) -> None:
    raw = b"".join(b"\x1e" + json.dumps(value, indent=indent).encode() + b"\n" for value in values)
    reading = decode("json-seq", [raw])
    assert [json.loads(text) for text in data(reading)] == values
    assert reading[1:3] == (True, "")


@pytest.mark.parametrize(
    ("framing", "before", "last"),
    [
        ("ndjson", b'{"a":1}', b"\n"),
        ("prefixed-lines", b"0:1", b"\n"),
        ("json-concat", b'{"a":{"b":[1]}', b"}"),
        ("json-concat", b'"\\"', b'"'),
        ("json-array", b'[{"a":{"b":[1]}', b"}"),
        ("json-seq", b'\x1e{"a":\n[1]}', b"\n"),
        ("json-seq", b"\x1e12", b"\n"),
    ],
)
def test_a_record_is_out_with_its_last_byte(framing: str, before: bytes, last: bytes) -> None:
    for _, chunks in every_way(before):
        decoder = DECODERS[framing]()
        assert [decoder.receive_data(chunk) for chunk in chunks] == [[] for _ in chunks]
        assert len(decoder.receive_data(last)) == 1


class TestLines:
    """JSON lines, and lines with a prefix."""

    def test_a_last_line_counts_if_it_is_whole(self) -> None:
        for last, whole in ((b"34", True), (b"[DONE]", True), (b"\xef\xbb\xbf2", False), (b"oops", False)):
            reading = read("ndjson", b"1\n" + last)
            assert (len(reading.frames), reading.complete) == (1 + whole, whole)

    def test_a_byte_order_mark_that_is_cut(self) -> None:
        assert read("ndjson", b"\xef\xbb")[:3] == ([], False, "")
        assert read("ndjson", b"\xef\xbb\xbf")[:3] == ([], True, "")

    def test_what_stands_before_the_colon_is_the_name(self) -> None:
        reading = read("prefixed-lines", b'0:"a: b"\r\n\n \nno name\nd:{}\n:1\ne:')
        assert reading[:3] == (
            [
                Frame("0", '"a: b"'),
                Frame(None, "no name", standard=False),
                Frame("d", "{}"),
                Frame("", "1"),
            ],
            False,
            "",
        )

    def test_a_last_prefixed_line_counts_if_its_data_is_whole(self) -> None:
        assert read("prefixed-lines", b"0:1\nd:{}")[:2] == ([Frame("0", "1"), Frame("d", "{}")], True)

    @pytest.mark.parametrize("rest", [b"", b"\n", b"\n1\n"])
    def test_a_line_beyond_the_limit_is_a_problem(self, rest: bytes) -> None:
        assert data(read("ndjson", b"1234\n12\n1234\n", max_event_bytes=4)) == ["1234", "12", "1234"]
        reading = read("ndjson", b"1234\n12345" + rest, max_event_bytes=4)
        assert (data(reading), reading.complete) == (["1234"], False)
        assert "larger than 4 bytes" in reading.problem
        assert reading.decoder.stopped


class TestValues:
    """Values side by side."""

    def test_values_of_every_kind_need_nothing_between_them(self) -> None:
        reading = read("json-concat", b'\xef\xbb\xbf{"}":"\\"}"}[[1],2]"a\\\\""b"12 true{}null\n-1e5')
        assert data(reading) == [
            '{"}":"\\"}"}',
            "[[1],2]",
            '"a\\\\"',
            '"b"',
            "12",
            "true",
            "{}",
            "null",
            "-1e5",
        ]
        assert reading[1:3] == (True, "")

    @pytest.mark.parametrize(
        "raw", [b"{}{", b'{}"a', b'{}"a\\', b'{"a":"\\"', b"{}tru", b"\xef\xbb", b"{}[[]"]
    )
    def test_a_value_that_the_end_cuts_is_dropped_and_told(self, raw: bytes) -> None:
        reading = read("json-concat", raw)
        assert (reading.complete, reading.problem) == (False, "")
        assert data(reading) == (["{}"] if raw.startswith(b"{}") else [])

    @pytest.mark.parametrize(
        ("raw", "values"),
        [(b"{} oops {}", ["{}", "oops", "{}"]), (b"{},{}", ["{}", "{}"]), (b"{}}{}", ["{}", "{}"])],
    )
    def test_what_is_no_value_is_a_problem_and_ends_nothing(self, raw: bytes, values: list[str]) -> None:
        reading = read("json-concat", raw)
        assert data(reading) == values
        assert "between its JSON values" in reading.problem
        assert not reading.complete
        assert not reading.decoder.stopped

    def test_what_only_looks_like_a_value_comes_as_it_is(self) -> None:
        assert data(read("json-concat", b'{"a":}{]{}')) == ['{"a":}', "{]", "{}"]

    @pytest.mark.parametrize("depth", [5, 6, 7, 8, 500])
    def test_depth_has_no_limit(self, depth: int) -> None:
        value = '{"a":[' * depth + '"]"' + "]}" * depth
        for framing, raw in (("json-concat", value * 2), ("json-array", f"[{value},{value}]")):
            reading = decode(framing, [raw.encode()])
            assert (data(reading), reading.complete) == ([value] * 2, True)

    @pytest.mark.parametrize(
        "large", [b'{"a":12345}', b'{"a":1234', b'"abcdefghi"', b"12345678901", b"[[1,2,3,4]]"]
    )
    def test_a_value_beyond_the_limit_is_a_problem(self, large: bytes) -> None:
        for framing, opening in (("json-concat", b'{"a":1234}'), ("json-array", b'[{"a":1234},')):
            reading = read(framing, opening + large + b"{}", max_event_bytes=10)
            assert (data(reading), reading.complete) == (['{"a":1234}'], False)
            assert "larger than 10 bytes" in reading.problem


class TestArray:
    """The elements of one array."""

    def test_it_is_whole_with_its_bracket(self) -> None:
        decoder = DECODERS["json-array"]()
        steps = [
            (decoder.receive_data(chunk), decoder.complete)
            for chunk in (b"\n[{}", b" , 1", b"2", b"]", b"\n")
        ]
        assert steps == [
            ([Frame(None, "{}")], False),
            ([], False),
            ([], False),
            ([Frame(None, "12")], True),
            ([], True),
        ]
        assert (decoder.receive_end(), decoder.complete) == ([], True)

    @pytest.mark.parametrize("raw", [b"", b"[", b"[1,", b"[{}", b"[{},{", b"[1"])
    def test_without_it_the_answer_is_cut(self, raw: bytes) -> None:
        assert read("json-array", raw)[1:3] == (False, "")

    def test_an_array_may_be_empty(self) -> None:
        assert read("json-array", b" [ ] ")[:3] == ([], True, "")

    @pytest.mark.parametrize("more", [b"x", b"[]", b"{}", b",", b"]"])
    def test_what_follows_it_is_a_problem_and_not_read(self, more: bytes) -> None:
        reading = read("json-array", b"[1]\n" + more)
        assert (data(reading), reading.complete) == (["1"], False)
        assert "goes on after" in reading.problem
        assert reading.decoder.stopped

    @pytest.mark.parametrize(
        "raw", [b"[{}{}]", b"[{},,{}]", b"[,{},{}]", b"[{},{},]", b"[{},{}}]", b"[{} , }{}]"]
    )
    def test_commas_that_are_wrong_are_a_problem_and_change_no_element(self, raw: bytes) -> None:
        reading = read("json-array", raw)
        assert (data(reading), reading.complete) == (["{}", "{}"], False)
        assert "commas and brackets" in reading.problem

    def test_a_body_that_is_no_array_is_a_problem(self) -> None:
        reading = read("json-array", b'{"error":1} 12')
        assert (data(reading), reading.complete) == (['{"error":1}', "12"], False)
        assert "not the JSON array" in reading.problem


class TestSequence:
    """JSON text sequences."""

    def test_a_record_may_have_many_lines(self) -> None:
        reading = read("json-seq", b'\x1e{\n "a": "\\"",\n "b": [\n1\n]\n}\n\x1e12\n')
        assert [json.loads(text) for text in data(reading)] == [{"a": '"', "b": [1]}, 12]
        assert reading[1:3] == (True, "")

    def test_a_record_without_its_separator_is_not_standard(self) -> None:
        reading = read("json-seq", b"1\n\x1e2\n3\n\x1e4\n")
        assert [(frame.data, frame.standard) for frame in reading.frames] == [
            ("1", False),
            ("2", True),
            ("3", False),
            ("4", True),
        ]
        assert reading.complete

    @pytest.mark.parametrize("record", [b'"foo', b"12", b"null", b'{"a":}', b"[1"])
    def test_a_record_that_the_next_one_cuts_is_a_problem(self, record: bytes) -> None:
        reading = read("json-seq", b"\x1e" + record + b"\x1e[]\n")
        assert (data(reading), reading.complete) == (["[]"], False)
        assert "breaks off" in reading.problem
        assert not reading.decoder.stopped

    def test_white_space_ends_a_number_too(self) -> None:
        assert data(read("json-seq", b"\x1e12\t\x1e true ")) == ["12", "true"]

    @pytest.mark.parametrize("large", [b"\x1e123456789\n", b"\x1e123456789", b"\x1e[\n1,\n2,\n3,\n4]\n"])
    def test_a_record_beyond_the_limit_is_a_problem(self, large: bytes) -> None:
        reading = read("json-seq", b"\x1e1234567\n" + large + b"\x1e1\n", max_event_bytes=8)
        assert (data(reading), reading.complete) == (["1234567"], False)
        assert "larger than 8 bytes" in reading.problem
