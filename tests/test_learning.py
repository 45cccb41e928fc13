"""Learning blind from whole answers: the corpus, other sites' shapes, and random ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.exchange import Exchange
from fetch2py.framing import encode_envelope
from fetch2py.learning import Lesson, Listener, learn
from tests.fixture_files import streams
from tests.learning_cases import CASES, Case, lines, sse
from tests.learning_cases_later import LATER
from tests.learning_streams import made

STREAMS = streams()
SSE, LINES, JSON = "text/event-stream", "application/x-ndjson", "application/json"


def body_of(row: Mapping[str, Any]) -> bytes:
    return row["raw"].encode() if "raw" in row else base64.b64decode(row["raw_base64"])


def blind(row: Mapping[str, Any]) -> Lesson:
    """What bytes, media type, header fields and message alone teach."""
    fields = row.get("response_headers", {}).items()
    return learn(
        [body_of(row)], content_type=row["content_type"], headers=fields, sent=row.get("user_message", "")
    )


def verdict(lesson: Lesson, text: str) -> str:
    if lesson.text == text:
        return "right" if lesson.sure or not text else "right, unsure"
    return "WRONG" if lesson.sure else "wrong, unsure"


def told(verdicts: Mapping[str, str]) -> None:
    """The table, for `pytest -rP`."""
    for name, said in sorted(verdicts.items(), key=lambda pair: pair[1]):
        print(f"{said:14} {name}")


def test_nine_texts_of_ten_are_found_blind_and_none_is_wrong_for_sure() -> None:
    verdicts = {row["id"]: verdict(blind(row), row["expected_text"]) for row in STREAMS}
    told(verdicts)
    with_text = [verdicts[row["id"]] for row in STREAMS if row["expected_text"]]
    assert sum(said.startswith("right") for said in with_text) >= 0.9 * len(with_text)
    assert "WRONG" not in verdicts.values()


def test_what_holds_no_text_teaches_none() -> None:
    for row in STREAMS:
        if not row["expected_text"]:
            assert blind(row).rules is None, row["id"]


def test_other_shapes() -> None:
    verdicts = {case.name: verdict(taught(case), case.text or "") for case in (*CASES, *LATER)}
    told(verdicts)
    assert sum(said.startswith("right") for said in verdicts.values()) >= 0.95 * len(verdicts)
    assert "WRONG" not in verdicts.values()


def taught(case: Case) -> Lesson:
    return learn([case.body], content_type=case.content_type, sent=case.sent)


@pytest.mark.parametrize("case", [case for case in CASES if case.reasoning], ids=lambda case: case.name)
def test_reasoning_is_told_from_the_text(case: Case) -> None:
    assert taught(case).reasoning == case.reasoning


@pytest.mark.parametrize("case", [case for case in CASES if case.text], ids=lambda case: case.name)
def test_the_rules_read_the_next_answer_as_they_read_this_one(case: Case) -> None:
    lesson = taught(case)
    assert lesson.rules is not None
    exchange = Exchange(lesson.rules)
    exchange.receive_head(200, [("content-type", case.content_type)])
    for position in range(0, len(case.body), 7):
        exchange.receive_data(case.body[position : position + 7])
    exchange.receive_end()
    assert exchange.text == lesson.text == case.text
    assert exchange.reasoning == lesson.reasoning
    # An answer that itself says that it failed is no clean one.
    assert exchange.outcome == ("error" if case.name == "error-midway" else "clean")


@pytest.mark.parametrize("case", [case for case in CASES if case.text], ids=lambda case: case.name)
def test_the_media_type_may_be_missing(case: Case) -> None:
    assert learn([case.body], sent=case.sent).text == case.text


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_a_lesson_is_right_or_says_that_it_is_unsure(seed: int) -> None:
    answer = made(Random(seed))
    lesson = learn([answer.body], content_type=answer.content_type)
    assert lesson.text == answer.text or not lesson.sure


def test_most_random_answers_are_understood() -> None:
    answers = [made(Random(seed)) for seed in range(400)]
    right = [
        learn([one.body], content_type=one.content_type).text == one.text
        for one in answers
        if one.text.strip()
    ]
    assert sum(right) >= 0.9 * len(right)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(
    st.lists(_json, max_size=8), st.sampled_from([SSE, LINES, JSON, "text/plain", ""]), st.text(max_size=5)
)
def test_no_answer_makes_it_raise(records: list[Any], content_type: str, sent: str) -> None:
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in records).encode()
    for whole in (body, lines(*map(json.dumps, records)), json.dumps(records).encode()):
        learn([whole], content_type=content_type, sent=sent)


@settings(deadline=None)
@given(
    st.binary(max_size=60), st.sampled_from([SSE, LINES, JSON, "text/plain", "application/connect+json", ""])
)
def test_no_bytes_make_it_raise(body: bytes, content_type: str) -> None:
    learn([body], content_type=content_type)


def test_the_runner_up_is_another_reading() -> None:
    lesson = learn(
        [sse({"a": "One ", "b": "Two "}, {"a": "and", "b": "or"}, {"a": " so on.", "b": " else."})]
    )
    assert lesson.runner_up is not None
    assert {lesson.text, lesson.runner_up.text} == {"One and so on.", "Two or else."}
    assert lesson.runner_up.rules != lesson.rules
    assert not lesson.sure


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b'{"status":"queued","task_id":"t1"}', "another channel"),
        (b'{"code":0,"data":{"jobId":"8812","state":"PENDING"}}', "another channel"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "login has ended"),
        (sse({"thinking": "Let me"}, {"thinking": " see"}, {"thinking": " now."}), "reasoning and no text"),
        (sse({"id": "8812-77"}), "looks like a text"),
        (sse({"error": {"message": "Please sign in."}}), "an error"),
    ],
    ids=["empty", "ticket", "job", "page", "thoughts", "nothing", "error"],
)
def test_why_there_is_no_lesson(body: bytes, why: str) -> None:
    lesson = learn([body])
    assert lesson.rules is None
    assert why in lesson.why
    assert not lesson.sure


def test_rules_hold_what_the_answer_said_of_its_end_its_errors_and_its_ids() -> None:
    body = sse(
        {"type": "start", "conversation_id": "c-77", "message": {"id": "m-1"}, "uuid": "5f3e-1"},
        *({"type": "say", "txt": one} for one in ("Well", ", it", " is.")),
        {"type": "finished"},
    )
    lesson = learn([body], content_type=SSE)
    assert lesson.rules == {
        "framing": "sse",
        "rules": [
            {"to": "text", "on": {"/type": "say"}, "get": "/txt"},
            {"to": "error", "on": {"/type": "error"}},
            {"to": "error", "get": "/error"},
            {"to": "id:conversation", "get": "/conversation_id"},
            {"to": "id:message", "get": "/message/id"},
            {"to": "id:answer", "get": "/uuid"},
            {"to": "end", "on": {"/type": "finished"}},
        ],
    }


def test_a_listener_tells_records_as_they_come() -> None:
    listener = Listener([("content-type", SSE)])
    assert listener.receive(b'data: {"t":"a"}\n\ndata: {"t"') == ['{"t":"a"}']
    assert listener.receive(b':"b"}\n\nevent: end\ndata: x\n\n') == ['{"t":"b"}', "end: x"]
    plain = Listener([("content-type", "text/plain")])
    assert [plain.receive(one) for one in (b"\xe4\xbd", b"\xa0 ok")] == [[""], ["你 ok"]]


def test_envelopes_without_a_media_type() -> None:
    records = [json.dumps({"out": one}).encode() for one in ("All ", "is ", "well.")]
    envelopes = b"".join(map(encode_envelope, records))
    for end, framing in (
        (encode_envelope(b"{}", 2), "connect"),
        (encode_envelope(b"grpc-status:0\r\n", 0x80), "grpc-web"),
    ):
        lesson = learn([envelopes + end])
        assert lesson.rules is not None
        assert (lesson.text, lesson.rules["framing"]) == ("All is well.", framing)


def test_of_an_endless_answer_no_more_is_kept_than_said() -> None:
    listener = Listener([("content-type", SSE)], most=20)
    assert listener.receive(b'data: {"t":"a"}\n\n') == ['{"t":"a"}']
    assert listener.receive(b'data: {"t":"b"}\n\n') == []
    assert "larger" in listener.finish().why


@pytest.mark.parametrize(
    ("body", "framing"),
    [
        (b'\x1e{"t":"One"}\n\x1e{"t":" two"}\n\x1e{"t":" three."}\n', "json-seq"),
        (
            b'--x\r\n\r\n{"t":"One"}\r\n--x\r\n\r\n{"t":" two"}\r\n--x\r\n\r\n{"t":" three."}\r\n--x--\r\n',
            "multipart",
        ),
        (b'{"t":"One"}{"t":" two"}{"t":" three."}', "json-concat"),
        (b'[{"t":"One"},{"t":" two"},{"t":" three."}]', "json-array"),
        (b'[{"t":"One"},{"t":" two"},{"t":" three."}', "json-array"),
        (b'0:"One"\n0:" two"\n0:" three."\n', "prefixed-lines"),
        (b'"One"\n" two"\n" three."\n', "ndjson"),
        (b'{"t":"One two three."}', "json"),
        (b"One two three.", "text"),
        (b"".join(map(encode_envelope, (b'{"t":"One"}', b'{"t":" two"}', b'{"t":" three."}'))), "connect"),
    ],
    ids=["seq", "multipart", "concat", "array", "cut", "codes", "strings", "json", "text", "envelopes"],
)
def test_framings_without_a_media_type(body: bytes, framing: str) -> None:
    lesson = learn([body])
    assert lesson.rules is not None
    assert (lesson.rules["framing"], lesson.text) == (framing, "One two three.")


def test_patches_of_patches() -> None:
    body = sse(
        {
            "p": "response",
            "o": "BATCH",
            "v": [{"p": "status", "v": "WIP"}, {"p": "content", "o": "APPEND", "v": "It"}],
        },
        *(
            {
                "p": "response",
                "o": "BATCH",
                "v": [{"p": "content", "o": "APPEND", "v": one}, {"p": "tokens", "v": 5}],
            }
            for one in (" is", " a fine", " day.")
        ),
    )
    lesson = learn([body], content_type=SSE)
    assert lesson.rules is not None
    assert lesson.text == "It is a fine day."
    assert lesson.rules["expand"] == [{"at": "/v", "join": "p"}]


def test_errors_are_told_wherever_they_stand() -> None:
    for error in (
        {"result": {"error": {"message": "gone"}}},
        {"error_type": "quota", "message": "gone"},
        {"code": 500, "message": "gone"},
        {"type": "stream_error", "message": "gone"},
    ):
        body = sse(*({"type": "say", "txt": one} for one in ("Well", ", it", " is.")), error)
        lesson = learn([body], content_type=SSE)
        assert lesson.text == "Well, it is."
        exchange = Exchange(lesson.rules)
        exchange.receive_head(200, [("content-type", SSE)])
        exchange.receive_data(body)
        exchange.receive_end()
        if "type" in error or "error_type" in error:
            assert exchange.error == "gone"


def test_more_places_than_any_answer_has() -> None:
    words = [{f"k{number}": "one thing"} for number in range(600)]
    lesson = learn([lines(*words)], content_type=LINES)
    assert not lesson.sure


def test_an_end_mark_amid_the_text_is_a_doubt() -> None:
    assert not learn([sse("One", "[DONE]", " two", " three.", "four")], content_type=SSE).sure
    assert not learn([sse("Say", " when", " you are", "DONE")], content_type=SSE).sure
    assert learn([sse("Say", " when", " you are.", "[DONE]")], content_type=SSE).sure


def test_an_error_that_is_a_sentence() -> None:
    body = sse(*(("say", {"t": one}) for one in ("Well", ", it", " is.")), ("error", "gone away"))
    lesson = learn([body], content_type=SSE)
    assert lesson.text == "Well, it is."
    assert lesson.rules is not None
    assert {"to": "error", "on": {"@event": "error"}} in lesson.rules["rules"]


def test_more_kinds_than_an_answer_has() -> None:
    words = [{"type": f"t{n % 30}", "phase": f"p{n % 7}", "txt": f"word {n} "} for n in range(400)]
    assert not learn([sse(*words)], content_type=SSE).sure


def test_parts_that_are_missing_and_names_that_mean_something_in_a_pointer() -> None:
    parts = [{"type": "thinking", "text": "Hm. "}, {"type": "text", "text": "Well"}]
    body = sse(
        {"body": {"parts": parts}, "*": "star"},
        {"body": "none"},
        {"body": {"parts": [{"type": "text", "text": ", it"}]}},
        {"body": {"parts": [{"type": "text", "text": " is so."}]}},
    )
    lesson = learn([body], content_type=SSE)
    assert (lesson.text, lesson.reasoning) == ("Well, it is so.", "Hm. ")


def test_records_that_are_lists() -> None:
    def record(*parts: tuple[str, str]) -> list[dict[str, Any]]:
        return [{"parts": [{"type": kind, "text": text} for kind, text in parts]}]

    body = lines(
        record(("thinking", "Hm. "), ("text", "Well")), record(("text", ", it")), record(("text", " is so."))
    )
    lesson = learn([body], content_type=LINES)
    assert (lesson.text, lesson.reasoning) == ("Well, it is so.", "Hm. ")
