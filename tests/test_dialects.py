"""The rule model: what each key of a dialect does, what is refused, and what leaves when."""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.dialects import DIALECTS, Detector, Reader, compile_dialect, complaint, named
from fetch2py.errors import ProfileInvalid
from fetch2py.events import Error, Event, Reasoning, Text
from fetch2py.framing import Frame

TEXT_T = {"to": "text", "get": "/t"}


def frame(record: Any, event: str | None = None, flags: int | None = None) -> Frame:
    """A record as a frame; a string stands for itself."""
    return Frame(event, record if isinstance(record, str) else json.dumps(record), "", flags)


def read(dialect: dict[str, Any], *records: Any) -> tuple[Reader, list[Event]]:
    """What a reader of this dialect makes of the records; frames pass as they are."""
    reader = Reader(compile_dialect(dialect))
    frames = [record if isinstance(record, Frame) else frame(record) for record in records]
    return reader, reader.receive(frames) + reader.finish()


def text(rules: list[dict[str, Any]], *records: Any, **more: Any) -> str:
    """The answer's text by these rules."""
    return read({"rules": rules, **more}, *records)[0].text


def matches(on: dict[str, Any], record: Any, **more: Any) -> bool:
    """Whether these conditions hold for the record."""
    reader, _ = read({"rules": [{"to": "end", "on": on}]}, frame(record, **more))
    return reader.ended


def nested(name: str, depth: int) -> Any:
    """A comparison in a comparison, that deep; without a name, a list in a list."""
    wanted: Any = "a"
    for _ in range(depth):
        wanted = {name: wanted} if name else [wanted]
    return wanted


def test_comparisons_nest() -> None:
    for depth in (31, 32):
        assert matches({"/x": nested("not", depth)}, {"x": "a" if depth % 2 == 0 else "b"})
        assert not matches({"/x": nested("not", depth)}, {"x": "b" if depth % 2 == 0 else "a"})
        assert matches({"/x": nested("", depth)}, {"x": "a"})


@pytest.mark.parametrize(
    ("wanted", "holds", "fails"),
    [
        ("a", ["a"], ["b", 1, None, ["a"], {}, ""]),
        (1, [1, 1.0], [True, "1", 2, None]),
        (1.5, [1.5], [1, "1.5"]),
        (0, [0, -0.0], [False, "", None]),
        (True, [True], [1, "true", None]),
        (False, [False], [0, None, ""]),
        (None, [None], [0, "", False]),
        (["a", "b"], ["a", "b"], ["c", 1, None]),
        (["a", 1], ["a", 1], [True, "1"]),
        ([], [], ["a", None]),
        ({"exists": True}, [0, False, "x", {}, []], [None, ""]),
        ({"exists": False}, [None, ""], [0, False, "x", {}]),
        ({"not": "a"}, ["b", 1, None], ["a"]),
        ({"not": ["a", 1]}, ["b", True], ["a", 1]),
        ({"not": {"prefix": "a"}}, ["b", None], ["ab"]),
        ({"prefix": "ab"}, ["ab", "abc"], ["a", "cab", 1, None]),
        ({"exists": True, "not": "a"}, ["b", 0], ["a", None]),
    ],
)
def test_conditions(wanted: Any, holds: list[Any], fails: list[Any]) -> None:
    for value in holds:
        assert matches({"/x": wanted}, {"x": value}), value
        assert matches({"/x/y": wanted}, {"x": {"y": value}}), value
    for value in fails:
        assert not matches({"/x": wanted}, {"x": value}), value
        assert not matches({"/x/y": wanted}, {"x": {"y": value}}), value


def test_a_member_that_is_absent() -> None:
    absent: list[Any] = [{"exists": False}, {"not": "a"}, None]
    present: list[Any] = ["a", 0, False, ["a"], {"exists": True}, {"prefix": ""}]
    for wanted in absent:
        assert matches({"/x": wanted}, {})
        assert matches({"/x": wanted}, [])
    for wanted in present:
        assert not matches({"/x": wanted}, {})


def test_all_conditions_must_hold() -> None:
    assert matches({"/a": 1, "/b": 2}, {"a": 1, "b": 2})
    assert not matches({"/a": 1, "/b": 2}, {"a": 1, "b": 3})
    assert matches({}, "anything")


def test_conditions_on_the_frame() -> None:
    assert matches({"@event": "end"}, {}, event="end")
    assert not matches({"@event": "end"}, {})
    assert matches({"@event": None}, {})
    assert matches({"@flags": 2}, {}, flags=2)
    assert not matches({"@flags": [0, 1]}, {}, flags=2)
    assert matches({"@raw": "[DONE]"}, "[DONE]")
    assert matches({"@raw": {"prefix": "<!DOCTYPE"}}, "<!DOCTYPE html>")
    reader, _ = read({"rules": [{"to": "end", "on": {"@raw": "caf\ufffd"}}]}, Frame(None, b"caf\xe9"))
    assert reader.ended


def test_conditions_on_several_values() -> None:
    assert matches({"/x/*": "a"}, {"x": ["b", "a"]})
    assert not matches({"/x/*": "a"}, {"x": ["b"]})
    assert matches({"/x/*": {"not": "a"}}, {"x": ["b"]})
    assert not matches({"/x/*": {"not": "a"}}, {"x": ["b", "a"]})
    assert matches({"/x/*": {"exists": False}}, {"x": []})


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("/a/b", "deep"),
        ("/l/0", "first"),
        ("/l/-1", "last"),
        ("/l/7", ""),
        ("/l/01", ""),
        ("/l/x", ""),
        ("/none/-1", ""),
        ("/l/*", "firstlast"),
        ("/m/*/t", "12"),
        ("/a/*", "deep"),
        ("/s/*", ""),
        ("/", "empty name"),
        ("/~0~1", "tilde slash"),
        ("/-1", "a member"),
        ("/json/!json/t", "inside"),
        ("/json/!json/*", "inside"),
        ("/a/!json", ""),
        ("/s/!json", ""),
        ("/b64/!base64", "你好"),
        ("/b64json/!base64/!json/t", "both"),
        ("/a/!base64", ""),
        ("/bad64/!base64", ""),
        ("/url64/!base64", "~~~~?"),
        ("/n", "4.5"),
        ("/yes", ""),
        ("/a", ""),
        ("/null", ""),
    ],
)
def test_pointers(pointer: str, found: str) -> None:
    record = {
        "a": {"b": "deep"},
        "l": ["first", "last"],
        "none": [],
        "m": {"x": {"t": "1"}, "y": {}, "z": {"t": 2}},
        "s": "plain",
        "": "empty name",
        "~/": "tilde slash",
        "-1": "a member",
        "json": '{"t":"inside"}',
        "b64": base64.b64encode("你好".encode()).decode(),
        "b64json": base64.b64encode(b'{"t":"both"}').decode().rstrip("="),
        "bad64": "é",
        "url64": base64.urlsafe_b64encode(b"~~~~?").decode(),
        "n": 4.5,
        "yes": True,
        "null": None,
    }
    assert text([{"to": "text", "get": pointer}], record) == found


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("bare", "bare"),
        ('"quoted"', "quoted"),
        ("42", "42"),
        ("1.50", "1.50"),
        ("true", "true"),
        ("null", ""),
    ],
)
def test_the_whole_data_as_text(raw: str, found: str) -> None:
    assert text([{"to": "text", "get": ""}], raw) == found


def test_json_is_read_as_browsers_read_it() -> None:
    assert text([TEXT_T], ' {"t":"spaced"}\n', '{"t":"a","t":"b"}') == "spacedb"
    assert text([TEXT_T, {"to": "text", "get": ""}], "NaN", '{"t":NaN}') == 'NaN{"t":NaN}'
    long = "1" * 5000
    assert text([{"to": "text", "get": "/t"}], f'{{"n":{long},"t":"x"}}') == "x"
    deep = "[" * 200_000
    assert text([{"to": "text", "get": "@raw"}], deep) == deep


def test_lines_are_records_where_blank_lines_were_lost() -> None:
    assert text([TEXT_T], '{"t":"a"}\n{"t":"b"}') == "ab"
    assert text([{"to": "text", "get": "@raw"}], "1\n2") == "1\n2"


def test_append_is_the_default_and_nothing_is_nothing() -> None:
    reader, events = read(
        {"rules": [TEXT_T]}, {"t": "a"}, {"t": ""}, {"t": None}, {}, {"t": ["b"]}, {"t": "c"}
    )
    assert events == [Text("a"), Text("c")]
    assert (reader.text, reader.notes, reader.records) == ("ac", (), 6)


def test_rules_run_in_order_and_ignore_stops() -> None:
    rules = [
        {"to": "text", "get": "/a"},
        {"to": "ignore", "on": {"/stop": True}},
        {"to": "reasoning", "get": "/r"},
        {"to": "text", "get": "/b"},
    ]
    reader, events = read(
        {"rules": rules}, {"a": "1", "b": "2", "r": "x"}, {"a": "3", "b": "4", "stop": True}
    )
    assert events == [Text("1"), Reasoning("x"), Text("2"), Text("3")]
    assert (reader.text, reader.reasoning) == ("123", "x")


def test_snapshots_emit_what_is_new() -> None:
    rule = {"to": "text", "get": "/t", "mode": "snapshot"}
    reader, events = read({"rules": [rule]}, {"t": "He"}, {"t": "Hello"}, {"t": "Hello"}, {"t": "Hello you"})
    assert events == [Text("He"), Text("llo"), Text(" you")]
    assert (reader.text, reader.notes) == ("Hello you", ())


@pytest.mark.parametrize(
    ("snapshots", "shown"),
    [
        (["See 【1", "See [1](x)"], ["See 【1", "[1](x)"]),
        (["Hello", "Hel", "Help"], ["Hello", "p"]),
        (["abc", "xyz"], ["abc", "xyz"]),
        (["aXc", "aYc"], ["aXc", "Yc"]),
    ],
)
def test_a_rewritten_snapshot_is_told(snapshots: list[str], shown: list[str]) -> None:
    rule = {"to": "text", "get": "/t", "mode": "snapshot"}
    reader, events = read({"rules": [rule]}, *({"t": one} for one in snapshots))
    assert [event.text for event in events if isinstance(event, Text)] == shown
    assert reader.text == snapshots[-1]
    assert ["rewrote" in note for note in reader.notes] == [True]


def test_final_counts_only_where_nothing_came_before() -> None:
    rules = [TEXT_T, {"to": "text", "get": "/all", "mode": "final"}]
    assert text(rules, {"t": "a"}, {"t": "b"}, {"all": "ab"}) == "ab"
    assert text(rules, {"all": "ab"}, {"all": "ab"}) == "ab"
    assert text(rules, {"t": ""}, {"all": "ab"}) == "ab"


def test_keys_name_blocks_in_order_of_first_appearance() -> None:
    rules = [
        {"to": "text", "on": {"/op": "set"}, "get": "/t", "key": "/id", "mode": "snapshot"},
        {"to": "text", "on": {"/op": "add"}, "get": "/t", "key": "/id"},
    ]
    one = {"op": "set", "id": "1", "t": "a"}, {"op": "add", "id": "1", "t": "b"}
    two = {"op": "set", "id": 2, "t": "c"}, {"op": "add", "id": 2, "t": "d"}
    reader, events = read({"rules": rules}, *one, *two)
    assert ([*map(str, events)], reader.text, reader.notes) == (
        [str(Text(one)) for one in "abcd"],
        "abcd",
        (),
    )
    reader, events = read({"rules": rules}, one[0], two[0], one[1], two[1])
    assert events == [Text("a"), Text("c"), Text("b"), Text("d")]
    assert reader.text == "abcd"
    assert ["interleaved" in note for note in reader.notes] == [True]


def test_same_locks_on_the_first_candidate() -> None:
    rule = {"to": "text", "get": "/t", "same": "/i"}
    records = [{"i": 0, "t": ""}, {"i": 1, "t": "a"}, {"i": 0, "t": "x"}, {"t": "b"}, {"i": 1, "t": "c"}]
    assert text([rule], *records) == "abc"
    both = [rule, {"to": "reasoning", "get": "/r", "same": "/i"}]
    reader, _ = read({"rules": both}, {"i": 2, "r": "hm"}, {"i": 1, "t": "x"}, {"i": 2, "t": "y"})
    assert (reader.text, reader.reasoning) == ("y", "hm")


def test_ids_keep_the_first_value() -> None:
    rules = [{"to": "id:chat", "get": "/c"}, {"to": "id:n", "get": "/n"}]
    reader, events = read({"rules": rules}, {"c": None}, {"c": ""}, {"c": "x\ud83d", "n": 7}, {"c": "y"})
    assert (reader.ids, events) == ({"chat": "x\ufffd", "n": "7"}, [])


def test_end_is_soft() -> None:
    rules = [{"to": "end", "on": {"/done": True}}, TEXT_T, {"to": "error", "get": "/error"}]
    reader, events = read({"rules": rules}, {"done": True, "t": "a"}, {"t": "b"}, {"error": "late"})
    assert (reader.ended, events) == (True, [Text("a"), Text("b"), Error("late")])
    reader, _ = read({"rules": [{"to": "end", "get": "/finish"}]}, {"finish": None})
    assert not reader.ended
    reader, _ = read({"rules": [{"to": "end", "get": "/finish"}]}, {"finish": "stop"}, {})
    assert reader.ended


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("busy", "busy"),
        ({"message": "busy", "code": 3}, "busy"),
        ({"details": [{"debug": {"reason": "R", "localizedMessage": {"message": "忙"}}}]}, "忙"),
        ({"error": {"error": {"error": "inside"}}}, "inside"),
        ({"error": {"error": [[[["deep"]]]]}}, '{"error": {"error": [[[["deep"]]]]}}'),
        ({"what": "else"}, '{"what": "else"}'),
        ([{"msg": "listed"}], "listed"),
        (True, "true"),
        (42, "42"),
        ("\ud83d", "\ufffd"),
        (None, None),
        (False, None),
        (0, None),
        ("0", None),
        ("", None),
        ({}, None),
        ({"code": 0, "msg": ""}, None),
    ],
)
def test_errors_are_sentences(value: Any, message: str | None) -> None:
    reader, events = read(
        {"rules": [{"to": "error", "get": "/error"}]}, {"error": value}, {"error": "second"}
    )
    assert events == [Error(message or "second")]
    assert reader.error == (message or "second")


def test_an_error_without_a_reason() -> None:
    _, events = read({"rules": [{"to": "error", "on": {"/ok": False}}]}, {"ok": False, "n": 7})
    assert events == [Error('{"ok": false, "n": 7}')]
    _, events = read({"rules": [{"to": "error", "on": {"@event": "error"}}]}, frame("", "error"))
    assert events == [Error("The server reported an error and gave no reason.")]


def test_complaint_looks_no_deeper_than_errors_go() -> None:
    assert complaint({"details": {"debug": 1}, "errors": []}) == ""
    assert complaint({"details": []}) == ""


def test_carry() -> None:
    dialect = {"carry": ["p"], "rules": [{"to": "text", "on": {"/p": "c"}, "get": "/v"}]}
    reader, _ = read(
        dialect, {"v": "-"}, {"p": "c", "v": "a"}, {"v": "b"}, "5", {"p": "d", "v": "-"}, {"v": "-"}
    )
    assert reader.text == "ab"


def test_strip_nul() -> None:
    rules = [TEXT_T, {"to": "id:i", "get": "/i"}]
    reader, events = read(
        {"strip_nul": True, "rules": rules}, {"t": "a\0\0"}, {"t": "\0"}, {"t": "b", "i": "x\0"}
    )
    assert (events, reader.ids) == ([Text("a"), Text("b")], {"i": "x"})
    assert text(rules, {"t": "a\0"}) == "a\0"


def test_expand() -> None:
    dialect = {
        "expand": [{"on": {"/o": "BATCH"}, "at": "/v", "join": "p"}],
        "rules": [
            {"to": "text", "on": {"/p": "a/b", "@event": "go", "@raw": ""}, "get": "/v"},
            {"to": "end", "on": {"/p": ["a/s", "a/a/s"], "/v": "DONE"}},
        ],
    }
    batch = {
        "p": "a",
        "o": "BATCH",
        "v": [{"p": "b", "v": "1"}, "no object", {"p": "b", "v": "2"}, {"v": "x"}],
    }
    reader, events = read(dialect, frame(batch, "go"), frame({"p": "a/b", "v": [batch]}, "go"))
    assert events == [Text("1"), Text("2")]
    assert not reader.ended
    assert reader.records == 2
    nested = {"o": "BATCH", "p": "a", "v": [{"o": "BATCH", "v": [{"p": "s", "v": "DONE"}]}]}
    assert read(dialect, nested)[0].ended


def test_expand_in_the_texts_order() -> None:
    dialect = {"expand": [{"at": "/*/parts"}, {"at": "/parts"}], "rules": [TEXT_T]}
    record = {"parts": [{"t": "3"}, {"t": "4"}], "x": {"parts": [{"t": "1", "parts": [{"t": "2"}]}]}}
    reader, _ = read(dialect, record, [1])
    assert reader.text == "1234"


def test_surrogates_split_over_records_are_rejoined() -> None:
    reader, events = read({"rules": [TEXT_T]}, {"t": "ok \ud83d"}, {"t": "\ude00 fine"})
    assert (events, reader.text) == ([Text("ok "), Text("😀 fine")], "ok 😀 fine")
    reader, events = read({"rules": [TEXT_T]}, {"t": "\ud83d"}, {"t": "x"}, {"t": "\ude00"}, {"t": "\ud83d"})
    assert events == [Text("\ufffdx"), Text("\ufffd"), Text("\ufffd")]
    rules = [{"to": "reasoning", "get": "/t"}]
    assert read({"rules": rules}, {"t": "\ud83d"})[1] == [Reasoning("\ufffd")]
    snapshot = {"to": "text", "get": "/t", "mode": "snapshot"}
    reader, events = read({"rules": [snapshot]}, {"t": "a\ud83d"}, {"t": "a😀"}, {"t": "a😀b"})
    assert (events, reader.notes) == ([Text("a"), Text("😀"), Text("b")], ())


def test_strict_readers_want_json() -> None:
    reader = Reader(compile_dialect({"rules": [TEXT_T]}), strict=True)
    events = reader.receive([frame({"t": "a"}), Frame(None, b"{oops"), frame({"t": "b"})])
    assert (events, reader.problem) == ([Text("a")], "A message of the answer is not JSON.")


def test_endless_shapes_are_not_all_kept() -> None:
    records = [{f"member{number}": 1, "t": "x"} for number in range(600)]
    assert text([TEXT_T], *records) == "x" * 600


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ({"rulez": []}, "The dialect mine: unknown key 'rulez'; it can have framing, options"),
        ({"rules": {}}, "The dialect mine: `rules` holds dict where a list belongs."),
        ({"rules": ["text"]}, "The dialect mine, rule 1: str where a table belongs."),
        ({"rules": [TEXT_T, {"get": "/t"}]}, "rule 2: `to` is ''; it can be text, reasoning, error, end"),
        ({"rules": [{"to": "id:", "get": "/t"}]}, "`to` is 'id:'"),
        ({"rules": [{"to": "text"}]}, "a rule to text has no `get`"),
        ({"rules": [{"to": "id:x"}]}, "a rule to id:x has no `get`"),
        (
            {"rules": [{**TEXT_T, "mode": "sanpshot"}]},
            "`mode` is 'sanpshot'; it can be append, snapshot, final",
        ),
        (
            {"rules": [{"to": "end", "mode": "final"}]},
            "`mode` and `key` are for text and reasoning, not for end",
        ),
        ({"rules": [{"to": "text", "get": "t"}]}, "`get`: 't' is not a pointer: it begins with “/”"),
        ({"rules": [{"to": "text", "get": "/~2"}]}, "`get`: '/~2' is not a pointer: “~” is written ~0"),
        ({"rules": [{"to": "text", "get": 1}]}, "`get` holds int where a string belongs"),
        ({"rules": [{**TEXT_T, "key": "id"}]}, "`key`: 'id' is not a pointer"),
        ({"rules": [{**TEXT_T, "on": {"event": "x"}}]}, "`on`: 'event' is not a pointer"),
        (
            {"rules": [{**TEXT_T, "on": {"/e": {"is": 1}}}]},
            "`on`: 'is' is no comparison: it can be exists, not",
        ),
        ({"rules": [{**TEXT_T, "on": {"/e": {}}}]}, "`on`: an empty comparison"),
        ({"rules": [{**TEXT_T, "on": {"/e": {"exists": 1}}}]}, "`on`: `exists` is true or false"),
        ({"rules": [{**TEXT_T, "on": {"/e": {"prefix": 1}}}]}, "`on`: `prefix` is a string"),
        ({"rules": [{**TEXT_T, "on": {"/e": b"x"}}]}, "`on`: a value of type bytes can't be compared"),
        ({"rules": [{**TEXT_T, "on": {"/e": nested("not", 3000)}}]}, "`on`: comparisons nested more than 32"),
        ({"rules": [{**TEXT_T, "on": {"/e": nested("", 3000)}}]}, "`on`: comparisons nested more than 32"),
        ({"rules": [{**TEXT_T, "on": []}]}, "`on` holds list where a table belongs"),
        ({"expand": [{"join": "p"}]}, "The dialect mine, expand 1: no `at`"),
        ({"expand": [{"at": "/v", "to": "p"}]}, "expand 1: unknown key 'to'"),
        ({"carry": [1]}, "`carry` holds something that is not a string"),
        ({"strip_nul": "yes"}, "`strip_nul` holds str where a boolean belongs"),
        ({"options": {"space": True}}, "options: unknown key 'space'"),
        ({"options": {"keep_space": "yes"}}, "options: `keep_space` holds str"),
        ({"signs": {"records": [1]}}, "signs: `on` holds int where a table belongs"),
    ],
)
def test_what_the_model_does_not_have_is_refused(dialect: Any, message: str) -> None:
    with pytest.raises(ProfileInvalid) as caught:
        compile_dialect(dialect, "mine")
    assert message in str(caught.value)
    assert caught.value.hint


def test_what_nests_as_deep_as_can_be_read_is_read() -> None:
    """Just below the depth that the interpreter can read, it could neither compare nor write the value."""
    rules = [
        {"to": "error", "get": "/e"},
        {**TEXT_T, "key": "/d", "same": "/d"},
        {"to": "text", "on": {"/p": {"exists": True}}, "get": "/p"},
    ]
    dialect = {"rules": rules, "expand": [{"at": "/v", "join": "p"}]}
    limit = sys.getrecursionlimit()
    for depth in range(limit - 200, limit):
        deep = "[" * depth + "1" + "]" * depth
        record = f'{{"t": "x", "d": {deep}, "e": {deep}, "p": {deep}, "v": [{{"p": {deep}}}, {{"p": 7}}]}}'
        reader, _ = read(dialect, record, record)
        assert reader.text in ("xx", "x7x7", "")


def test_a_deep_error_is_told_in_part() -> None:
    value: Any = {"x": 1}
    for _ in range(100):
        value = {"x": [value, 1]}
    reader, _ = read({"rules": [{"to": "error", "get": "/e"}]}, {"e": {"y": value}})
    assert reader.error.startswith('{"y": {"x": [{"x": ')
    assert reader.error.count("…") == 1


def test_a_dialect_needs_no_name() -> None:
    with pytest.raises(ProfileInvalid, match="The dialect: unknown key"):
        compile_dialect({"x": 1})


@pytest.mark.parametrize("name", DIALECTS)
def test_every_row_compiles_and_is_recognised_by_its_own_signs(name: str) -> None:
    dialect = named(name)
    # An answer of bare text says nothing but the text, and LangGraph's ends with its stream.
    assert dialect.has_end is (name not in ("langgraph", "plain", "spring"))
    # Spring's can't be told from any other bare text.
    assert bool(dialect.signs.records) is (name not in ("plain", "spring"))
    assert dialect.framing != "auto" or dialect.signs.framings
    assert not dialect.also or named(dialect.also).also == name
    assert Detector(dialect.framing).held == []


@pytest.mark.parametrize(
    "large",
    [
        Frame("message", "x" * 600_000),
        Frame("x" * 600_000, "{}"),
        Frame("message", "{}", "x" * 600_000),
    ],
    ids=["data", "name", "id"],
)
def test_all_that_is_held_counts(large: Frame) -> None:
    """What a server sends as an id or a name is held as well as its data."""
    detector = Detector("sse")
    assert detector.receive([large]) is None
    assert not detector.full
    assert detector.receive([large]) is None
    assert detector.full


OPS = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["set", "add", "final", "think"]),
        "id": st.sampled_from(["1", "2", 3]),
        "t": st.text(st.characters(codec=None, categories=["Cs", "L"]), max_size=5),
    }
)
BLOCKS = {
    "rules": [
        {"to": "text", "on": {"/op": "set"}, "get": "/t", "key": "/id", "mode": "snapshot"},
        {"to": "text", "on": {"/op": "add"}, "get": "/t", "key": "/id"},
        {"to": "text", "on": {"/op": "final"}, "get": "/t", "mode": "final"},
        {"to": "reasoning", "on": {"/op": "think"}, "get": "/t", "key": "/id"},
    ]
}


@settings(deadline=None, max_examples=200)
@given(st.lists(OPS, max_size=12))
def test_joined_events_are_the_text_or_a_note_says_why(records: list[Any]) -> None:
    reader, events = read(BLOCKS, *records)
    joined = "".join(event.text for event in events if isinstance(event, Text))
    thought = "".join(event.text for event in events if isinstance(event, Reasoning))
    assert (joined, thought) == (reader.text, reader.reasoning) or reader.notes
    (joined + thought + reader.text + reader.reasoning).encode()
    assert Text("") not in events


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(st.characters(codec=None, categories=["Cs", "Lo", "So"]), max_size=4), max_size=8))
def test_cutting_a_text_into_records_changes_nothing(pieces: list[str]) -> None:
    whole = "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert text([TEXT_T], *({"t": piece} for piece in pieces)) == whole


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abt"), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(st.lists(JSON, max_size=5), st.sampled_from(sorted(DIALECTS)))
def test_plans_change_nothing(records: list[Any], name: str) -> None:
    """An object's shape only spares tests: of what is read out of a string, none can be spared."""
    rules: list[dict[str, Any]] = [
        {"to": "text", "on": {"/a": ["x", "y"], "/b": {"not": "x"}}, "get": "/t"},
        {"to": "text", "on": {"/a": {"exists": False}}, "get": "/b"},
        {"to": "text", "on": {"/a": {"prefix": "x"}}, "get": "/a"},
        {"to": "ignore", "on": {"/a": {"not": ["x", "", 1, True, None]}, "/t": None}},
        {"to": "text", "on": {"/a": "x"}, "get": "/a"},
        {"to": "text", "get": "/t/*"},
        {"to": "text", "on": {"/a": True}, "get": "/b"},
        {"to": "text", "on": {"/a": [1, None]}, "get": "/t/a"},
        {"to": "text", "on": {"/a": [0, False]}, "get": "/t/0"},
        {"to": "text", "on": {"/b/*": {"exists": True}}, "get": "/t/0"},
        {"to": "text", "on": {"/*": "a"}, "get": "/b/-1"},
    ]

    def moved(at: str) -> list[dict[str, Any]]:
        return [
            {
                **rule,
                "get": at + rule.get("get", ""),
                "on": {at + where: is_ for where, is_ in rule.get("on", {}).items()},
            }
            for rule in rules
        ]

    words: list[Any] = ["x", "y", "z", "", 1, 1.0, True, 0, False, None]
    records += [{"a": word, "t": [word, "1"], "b": "2"} for word in words] + [{"a": "x"}, {"t": {"a": "3"}}]
    told = text(moved("/j/!json"), *({"j": json.dumps(one)} for one in records))
    assert text(moved("/w/0"), *({"w": [one]} for one in records)) == told
    assert text(moved("/w"), *({"w": one} for one in records)) == told
    assert text(rules, *map(json.dumps, records)) == told
    Reader(named(name)).receive(map(frame, records))
