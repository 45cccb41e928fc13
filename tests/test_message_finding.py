"""message: finding the slot. Right or unsure, never wrong and sure."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.envelope import Envelope, joined, split
from fetch2py.message import fill, find, held
from fetch2py.message.carriers import CARRIERS, Carried, Carrier
from fetch2py.message.finding import Finding
from fetch2py.message.kinds import UNFILLABLE
from fetch2py.request import Headers, Request
from tests.fixture_files import snippets

FIXTURES = Path(__file__).parent.parent / "fixtures"
SLOTS = json.loads((FIXTURES / "slots.json").read_text(encoding="utf-8"))
CHATS = json.loads((FIXTURES / "chat_requests.json").read_text(encoding="utf-8"))
# Nothing but the typed text tells the message there: a name in a list of numbers, and one called a name.
ASKED = ("gemini-web",)
UNTOLD = ("connect-get",)


def captured(row: dict[str, Any]) -> Request:
    """A row of slots.json as the request that its snippet stands for."""
    body: str | None = row["body"]
    raw = None if body is None else body.encode()
    if body is not None and "connect" in row["content_type"] and body.isascii() is False:
        exact = body.encode("latin-1", "ignore")
        raw = exact if int.from_bytes(exact[1:5], "big") == len(exact) - 5 else raw
    return Request(row["method"], row["url"], Headers([("content-type", row["content_type"])]), raw)


def post(body: Any, content_type: str = "application/json", url: str = "https://chat.example/api") -> Request:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Request("POST", url, Headers([("Content-Type", content_type)]), raw)


def found(body: Any, sent: str | None = None) -> Finding:
    return find(post(body), sent)


def typed_in(row: dict[str, Any]) -> str | None:
    """What the person typed: as the row says, else what the slot held."""
    typed: str | None = row["typed_text"] or row["expected_old_text"]
    return typed


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in SLOTS])
@pytest.mark.parametrize("typing", ["as listed", "exactly", "nothing"])
def test_every_row(row: dict[str, Any], typing: str) -> None:
    request = captured(row)
    sent = {"as listed": row["typed_text"], "exactly": typed_in(row), "nothing": None}[typing]
    finding = find(request, sent)
    if row["id"] in UNTOLD and sent is None:
        assert (finding.slot, finding.sure) == (None, False)
        return
    assert finding.slot == row["expected_slot"]
    assert finding.reason
    assert finding.held == (row["expected_old_text"] or "")
    assert finding.also == tuple(row.get("also_set", ()))
    if finding.slot is None:
        assert not finding.sure
        return
    assert finding.sure or (sent is None and row["id"] in ASKED)
    assert finding.template == row.get("expected_template", "")
    assert held(request, finding.slot) == row["expected_old_text"]
    assert finding.candidates[0] == (finding.slot, finding.held)
    changed = fill(request, finding.slot, finding.also, "another message")
    assert all(held(changed, slot) == "another message" for slot in (finding.slot, *finding.also))


@pytest.mark.parametrize(("is_typed", "goal"), [(True, 0.95), (False, 0.9)], ids=["typed", "untyped"])
def test_of_all_rows_most_are_found_and_none_wrongly(is_typed: bool, goal: float) -> None:
    right, wrong = 0, []
    for row in SLOTS:
        finding = find(captured(row), typed_in(row) if is_typed else None)
        found = (finding.slot, finding.also, finding.template)
        also, template = tuple(row.get("also_set", ())), row.get("expected_template", "")
        right += found == (row["expected_slot"], also, template)
        wrong += [row["id"]] if finding.sure and found[0] != row["expected_slot"] else []
    assert right / len(SLOTS) >= goal, f"{right} of {len(SLOTS)}, {right / len(SLOTS):.1%}"
    assert not wrong


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in CHATS])
@pytest.mark.parametrize("typed", [True, False], ids=["typed", "untyped"])
def test_requests_of_many_sites(row: dict[str, Any], typed: bool) -> None:
    request = post(row["body"])
    text = held(request, row["expected_slot"])
    finding = find(request, text if typed else None)
    assert (finding.slot, finding.also) == (row["expected_slot"], tuple(row.get("also_set", ())))
    assert finding.held == text
    assert finding.sure


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in CHATS])
def test_the_same_in_an_envelope(row: dict[str, Any]) -> None:
    payload = json.dumps(row["body"]).encode()
    request = post(joined((Envelope(0, payload),)), "application/connect+json")
    finding = find(request)
    assert finding.slot == row["expected_slot"].replace("json:", "connect:", 1)
    assert finding.sure
    assert finding.body_kind == "connect"


CAPTURED = {
    "kimi-chat-stream": ("json:/messages/0/content", "你好"),
    "openai-chat": ("json:/messages/1/content", "What's 2+2? — d'accord?"),
    "connect-json-envelope": ("connect:/message/blocks/0/text/content", "你好"),
}


def test_every_body_that_a_browser_sent() -> None:
    told = set()
    for row in snippets():
        wire = row["wire"]
        if not isinstance(wire, dict) or not wire.get("body_base64"):
            continue
        headers = Headers((name, value) for name, value in wire["headers"])
        url = f"{wire['scheme']}://{wire['authority']}{wire['target']}"
        request = Request(wire["method"], url, headers, b64decode(wire["body_base64"]))
        finding = find(request)
        assert finding.reason
        for slot, text in finding.candidates[:1]:
            assert text == as_browsers_send(held(request, slot))
        if row["id"] in CAPTURED:
            told.add(row["id"])
            assert (finding.slot, finding.held, finding.sure) == (*CAPTURED[row["id"]], True)
    assert told == set(CAPTURED)


class TestTyped:
    def test_unicode_forms_line_ends_and_outer_space_do_not_count(self) -> None:
        finding = found({"m": " cafe\u0301\r\nau lait\n"}, "caf\u00e9\nau lait")
        assert (finding.slot, finding.sure) == ("json:/m", True)

    def test_blank_is_nothing_typed(self) -> None:
        assert found({"prompt": "hello you"}, "  \n").sure

    def test_it_is_nowhere(self) -> None:
        finding = found({"prompt": "hello you"}, "good bye")
        assert (finding.slot, finding.sure) == (None, False)
        assert "nowhere" in finding.reason
        assert finding.candidates == (("json:/prompt", "hello you"),)

    def test_equal_places_without_a_difference_are_asked_for(self) -> None:
        finding = found({"a": "yes", "b": "yes"}, "yes")
        assert (finding.slot, finding.also, finding.sure) == ("json:/a", (), False)
        assert finding.candidates == (("json:/a", "yes"), ("json:/b", "yes"))

    def test_a_long_text_is_not_equal_by_chance(self) -> None:
        finding = found({"a": "how are you?", "b": "how are you?"}, "how are you?")
        assert (finding.slot, finding.also, finding.sure) == ("json:/a", ("json:/b",), True)

    @pytest.mark.parametrize(
        "body",
        [
            {"title": "hello there"},
            {"lang": "hello there", "msg": {"html": "<p>hello there</p>"}},
            {
                "messages": [
                    {"role": "assistant", "content": "hello there"},
                    {"role": "user", "content": "bye"},
                ]
            },
            {
                "messages": [
                    {"role": "user", "content": "hello there"},
                    {"role": "assistant", "content": "yes?"},
                    {"role": "user", "content": "bye"},
                ]
            },
        ],
    )
    def test_where_messages_seldom_stand(self, body: Any) -> None:
        finding = found(body, "hello there")
        assert finding.slot is not None
        assert not finding.sure
        assert "seldom" in finding.reason

    def test_a_name_is_a_message_where_nothing_better_is(self) -> None:
        assert found({"name": "Buf"}, "Buf").sure

    def test_a_part_of_a_longer_text_stays_around_it(self) -> None:
        text = "Answer this: where is Rome?\nBe short."
        finding = found({"prompt": text, "id": "1"}, "where is Rome?")
        assert (finding.slot, finding.held, finding.sure) == ("json:/prompt", text, True)
        assert finding.template == "Answer this: {text}\nBe short."

    @pytest.mark.parametrize(("text", "sent"), [("a or b, a or c", "a or"), ("x: hey", "hey")])
    def test_a_short_or_repeated_part_is_no_match(self, text: str, sent: str) -> None:
        assert found({"prompt": text}, sent).slot is None

    def test_escaped_html_is_escaped_anew(self) -> None:
        finding = found({"q": "a &lt; b"}, "a < b")
        assert (finding.slot, finding.sure, finding.template) == ("json:/q", True, "{html}")
        assert "HTML" in finding.reason

    def test_json_that_was_typed_is_a_text(self) -> None:
        finding = found({"prompt": '{"a": "b"}'}, '{"a": "b"}')
        assert (finding.slot, finding.sure) == ("json:/prompt", True)

    def test_json_around_a_part_is_no_text(self) -> None:
        finding = found({"p": '{"q":"say: where is Rome?"}'}, "where is Rome?")
        assert [slot for slot, _ in finding.candidates] == ["json:/p > json:/q"]


class TestTwins:
    def test_a_title_of_the_same_words_stays(self) -> None:
        finding = found({"title": "hello you", "message": "hello you"}, "hello you")
        assert (finding.slot, finding.also, finding.runner_up) == ("json:/message", (), None)

    @pytest.mark.parametrize("sent", ["你好", None])
    def test_a_short_text_right_beside(self, sent: str | None) -> None:
        finding = found({"request": {"command": "你好", "original_utterance": "你好"}}, sent)
        assert finding.slot == "json:/request/original_utterance"
        assert (finding.also, finding.sure) == (("json:/request/command",), True)

    @pytest.mark.parametrize(
        "body", [{"prompt": "1", "foo": "1"}, {"prompt": "1", "x": {"foo": "1"}}, {"prompt": "1", "x": ["1"]}]
    )
    def test_a_short_text_elsewhere_is_asked_for(self, body: Any) -> None:
        finding = found(body, "1")
        assert (finding.slot, finding.also, finding.sure) == ("json:/prompt", (), False)

    def test_an_earlier_turn_of_the_same_words_stays(self) -> None:
        turns = [{"role": "user", "content": "go on"}, {"role": "assistant", "content": "…"}]
        finding = found({"messages": [*turns, *turns, turns[0]]}, "go on")
        assert (finding.slot, finding.also) == ("json:/messages/4/content", ())

    def test_a_side_matter_of_the_same_words_stays(self) -> None:
        body = {"prompt": "Normal", "styles": [{"prompt": "Normal"}], "settings": {"prompt": "Normal"}}
        finding = found(body, "Normal")
        assert (finding.slot, finding.also) == ("json:/prompt", ())

    def test_the_same_turn_in_two_lists(self) -> None:
        turns = [{"role": "user", "content": "hello you"}]
        finding = found({"messages": turns, "log": {"messages": turns}, "prompt": "hello you"})
        assert finding.slot == "json:/messages/0/content"
        assert finding.also == ("json:/log/messages/0/content", "json:/prompt")

    def test_an_answered_turn_beside_the_message_stays(self) -> None:
        turns = [{"role": "user", "content": "hello you"}, {"role": "assistant", "content": "hi"}]
        assert found({"turns": turns, "prompt": "hello you"}).also == ()

    def test_json_of_the_same_words_stays(self) -> None:
        finding = found({"prompt": "[1, 2, 3]", "data": "[1, 2, 3]"}, "[1, 2, 3]")
        assert finding.also == ()


class TestUntyped:
    @pytest.mark.parametrize(
        "body",
        [
            {"text": "Hello dear world", "prompt": "Translate to French please"},
            {"question": "what is this?", "prompt": "who are you?"},
            {"messages": [{"role": "user", "content": [{"text": "hi"}, {"text": "Attached: its text"}]}]},
            {"messages": [{"role": "user", "content": [{"text": "Be good to all"}, {"text": "hi"}]}]},
            {"data": ["Hello there you", "You are a friendly chatbot."]},
            {"a": "x y", "b": "z w"},
            {"query": "query { viewer { login } }"},
            {"prompt": "https://example.com/a"},
            {"content": "<p>Hello <b>you</b></p>"},
            {
                "messages": [
                    {"role": "user", "content": "hello you"},
                    {"role": "user", "content": [{"id": "1"}]},
                ]
            },
        ],
    )
    def test_it_asks_rather_than_guesses(self, body: Any) -> None:
        finding = found(body)
        assert finding.slot is not None
        assert not finding.sure
        assert finding.candidates[0][0] == finding.slot

    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            None,
            7,
            "",
            " ",
            {"prompt": ""},
            {"prompt": " \n"},
            {"title": "My summer plan"},
            {"username": "bob smith", "password": "my pass word"},
            {"settings": {"greeting": "Hello and welcome!", "theme": "dark"}},
            {"operationName": "Q", "query": "query Q { a { b } }", "variables": {"id": "VXNlcjox"}},
            {"prompt": "data:image/png;base64,iVBORw0KGgo="},
        ],
    )
    def test_nothing_looks_like_a_message(self, body: Any) -> None:
        finding = found(body)
        assert finding.slot is None
        assert "looks like a message" in finding.reason

    def test_a_string_alone_is_the_message(self) -> None:
        finding = found("just a string")
        assert (finding.slot, finding.held, finding.sure) == ("json:", "just a string", True)

    def test_a_bracket_is_not_json(self) -> None:
        assert found({"prompt": "[oops, what is this?"}).sure

    def test_a_graphql_query_that_is_a_question(self) -> None:
        assert found({"query": "what is this?", "variables": {}}).slot == "json:/query"
        assert found({"query": ["what is this?"], "variables": {}}).slot == "json:/query/0"

    def test_the_runner_up_and_what_to_choose_from(self) -> None:
        finding = found({"prompt": "hello you", "note": "x", "body": "some words"})
        assert finding.runner_up == "json:/body"
        assert finding.candidates == (
            ("json:/prompt", "hello you"),
            ("json:/body", "some words"),
            ("json:/note", "x"),
        )

    def test_only_so_many_are_offered(self) -> None:
        assert len(found({f"x{number}": f"some {number} words" for number in range(50)}).candidates) == 9

    def test_surrogates_without_their_halves_can_be_shown(self) -> None:
        finding = find(post(b'{"prompt":"hello \\ud800 you"}'))
        assert finding.held == "hello \ufffd you"

    @pytest.mark.parametrize("name", ["a > json:/b", "\ud800"])
    def test_a_name_that_no_address_can_tell_is_left_out(self, name: str) -> None:
        body = json.dumps({name: "how are you?", "prompt": "hello you"}).encode()
        assert [slot for slot, _ in find(post(body)).candidates] == ["json:/prompt"]

    def test_too_deep_is_refused_and_deep_is_left_out(self) -> None:
        for depth in (10_000, 100_000):
            finding = find(post(b"[" * depth + b"]" * depth))
            assert finding.slot is None
            assert "nested too deeply" in finding.reason
        deep: Any = "hello you"
        for _ in range(200):
            deep = [deep]
        assert found(deep).slot is None


SHORT = ["hi", "test", "why", "Yes", "1+1", "42", "https://a.example/b", "en-US"]
BRIEFING = "You are a bot that helps people."


class TestNeverWrongAndSure:
    @pytest.mark.parametrize("text", SHORT)
    @pytest.mark.parametrize(
        "body",
        [
            {"bot": {"prompt": BRIEFING}},
            {"prompt": BRIEFING},
            {"agent": {"persona": {"text": "Be kind to all."}, "instruction": "Be kind to all."}},
            {"characters": [{"prompt": BRIEFING}]},
            {"documents": [{"text": "Some natural text here."}], "replyTo": {"content": "An old text."}},
            {"document_text": "Some natural text here.", "quote": "An old text."},
            {
                "messages": [
                    {"role": "user", "content": "An old one?"},
                    {"role": "assistant", "content": "Yes."},
                ]
            },
        ],
    )
    @pytest.mark.parametrize("name", ["message", "text", "query", "body"])
    def test_short_messages_and_addresses(self, body: dict[str, Any], name: str, text: str) -> None:
        finding = found({**body, name: text})
        assert not finding.sure or finding.slot == f"json:/{name}"

    def test_a_short_message_beside_a_bot_is_sure(self) -> None:
        finding = found({"bot": {"prompt": BRIEFING}, "message": "hi"})
        assert (finding.slot, finding.sure) == ("json:/message", True)
        assert found({"prompt": BRIEFING, "model": "m", "mode": "query"}).sure

    @pytest.mark.parametrize(
        "body",
        [
            {"instruction": "test", "input": "The text that should be rewritten…"},
            {"question": "How satisfied are you with us?", "answer": "very much so"},
            {"rating": "good", "content": "I like it a lot"},
            {"prompt": "what is this?", "comment": "I like it", "thumbs": "up"},
            {"message": '{"n": 1}', "body": "Some text is here."},
            {"messages": [{"role": "user", "content": '{"n": 1}'}], "prompt": "Some text is here."},
        ],
    )
    def test_it_is_unsure(self, body: Any) -> None:
        assert not found(body).sure

    def test_feedback_is_no_request_even_if_it_quotes_one(self) -> None:
        finding = found({"prompt": "what is this?", "rating": 1}, "what is this?")
        assert (finding.slot, finding.sure) == ("json:/prompt", False)
        assert "answer" in finding.reason

    @pytest.mark.parametrize(
        "body", [{"question": "why me?", "answer": ""}, {"rating": None, "question": "why me?"}]
    )
    def test_what_has_no_answer_yet_is_no_feedback(self, body: Any) -> None:
        assert found(body).sure

    def test_a_message_that_is_json(self) -> None:
        body = {"messages": [{"role": "user", "content": '{"city": "Paris"}'}]}
        finding = found(body)
        assert (finding.slot, finding.sure) == ("json:/messages/0/content", False)
        assert "JSON" in finding.reason
        assert finding.runner_up == "json:/messages/0/content > json:/city"
        body["messages"][0]["content"] = '{"text": "Paris"}'
        assert found(body).slot == "json:/messages/0/content > json:/text"
        assert found({"payload": '{"utterance": "who is it?"}', "message": '{"a": 1}'}).sure is False


def turns(*stamps: Any, key: str = "created_at") -> list[dict[str, Any]]:
    """A person's turns and answers between them, each with its stamp."""
    roles = ("user", "assistant")
    return [
        {"role": roles[index % 2], "content": f"text {index}", key: stamp}
        for index, stamp in enumerate(stamps)
    ]


class TestNewestFirst:
    @pytest.mark.parametrize(
        "messages",
        [
            turns(3, 2, 1),
            turns(4.5, 3, 2, 1),
            turns("2024-01-03", "2024-01-02", "2024-01-01"),
            turns(3, 2, 2, key="ts"),
            [{"content": "text 0", "time": 2}, {"content": "text 1", "time": 1}],
        ],
    )
    def test_the_first_is_the_message(self, messages: Any) -> None:
        finding = found({"messages": messages})
        assert (finding.slot, finding.sure) == ("json:/messages/0/content", True)

    @pytest.mark.parametrize(
        "messages",
        [
            turns(1, 2, 3),
            turns(3, 1, 2),
            turns(1, 1, 1),
            turns("10", "9", "8"),
            turns(3, None, 1),
            [*turns(3, 2), {"role": "user", "content": "text 2"}],
            [*turns(3, 2), ["?"], {"role": "user", "content": "text 2", "created_at": 1}],
        ],
    )
    def test_the_last_is_the_message_where_the_stamps_do_not_fall(self, messages: Any) -> None:
        finding = found({"messages": messages})
        assert (finding.slot, finding.sure) == (f"json:/messages/{len(messages) - 1}/content", True)

    def test_answers_alone_have_no_message(self) -> None:
        assert found({"messages": turns(3, 2, 1)[1:2] * 2}).slot is None
        assert found({"messages": [{"role": "bot", "content": "a b", "ts": n} for n in (2, 1)]}).slot is None
        assert found({"log": [{"text": "", "ts": 2}, {"text": "", "ts": 1}]}).slot is None


class TestTelemetry:
    @pytest.mark.parametrize(
        "body",
        [
            {"batch": [{"type": "track", "event": "Sent", "properties": {"text": "How are you?"}}]},
            [{"events": [{"event": "send", "params": '{"text":"How are you?"}'}], "user": {}}],
            {
                "api_key": "k",
                "events": [{"event_type": "send", "event_properties": {"message": "How are you?"}}],
            },
            {"event": "Sent", "properties": {"text": "How are you?"}, "writeKey": "k"},
            {"events": [{"name": "sent", "properties": {"text": "How are you?"}}]},
        ],
    )
    def test_reports_of_events_are_refused(self, body: Any) -> None:
        for sent in ("How are you?", None):
            finding = found(body, sent)
            assert finding.slot is None
            assert "telemetry" in finding.reason

    @pytest.mark.parametrize(
        "body",
        [
            {"event": "send_message", "data": {"text": "How are you?"}},
            {"event": "send_message", "params": {"text": "How are you?"}},
            {"name": "chat", "properties": {"text": "How are you?"}},
            [{"name": "chat", "params": {"text": "How are you?"}}],
        ],
    )
    def test_messages_that_come_as_events_are_not(self, body: Any) -> None:
        assert found(body).sure

    @pytest.mark.parametrize("url", ["https://telemetry.example/ask", "https://chat.example/v1/collect"])
    def test_an_address_that_collects_is_doubtful(self, url: str) -> None:
        doubtful = find(post({"question": "where is it?"}, url=url))
        assert (doubtful.slot, doubtful.sure) == ("json:/question", False)
        assert "telemetry" in doubtful.reason
        assert find(post({"messages": [{"role": "user", "content": "hi"}]}, url=url)).sure

    def test_an_address_that_cannot_be_read_tells_nothing(self) -> None:
        assert find(post({"question": "where is it?"}, url="http://[oops/collect")).sure


class TestKinds:
    @pytest.mark.parametrize(
        ("content_type", "body", "kind"),
        [
            ("", b"", "none"),
            ("application/x-www-form-urlencoded", b"a=b", "form"),
            ("application/x-www-form-urlencoded", b'{"prompt":"hello you"}', "json"),
            ("multipart/form-data; boundary=x", b"--x--", "multipart"),
            ("text/plain;charset=UTF-8", b"hello you", "text"),
            ("text/plain", b' \n{"prompt":"hello you"}\n', "json"),
            ("text/plain", b"[hello] you", "text"),
            ("", bytes(range(256)), "binary"),
            ("", b"\x00\x00\x00\x00\x01{}", "binary"),
            ("", b'\xef\xbb\xbf[{"prompt":"hello you"}]', "json"),
            ("application/vnd.api+json", b'{"prompt":"hello you"}', "json"),
            ("Application/JSON ; charset=utf-8", b'"hello you"', "json"),
            ("application/octet-stream", b"\x00\x01", "binary"),
            ("application/octet-stream", b"\xff\xfe", "binary"),
            ("", b"\x00\x00\x00\x00\x02hi", "binary"),
            ("", joined((Envelope(0, b'{"prompt":"hello you"}'),)), "connect"),
            ("application/grpc-web+json", joined((Envelope(0, b'{"prompt":"hello you"}'),)), "connect"),
            ("application/connect+proto", b"\x00\x00\x00\x00\x00", "protobuf"),
            ("application/grpc", b"\x00\x00\x00\x00\x00", "protobuf"),
            ("application/x-protobuf", b"\x0a\x02hi", "protobuf"),
            ("application/proto", b"\x0a\x02hi", "protobuf"),
        ],
    )
    def test_by_media_type_or_content(self, content_type: str, body: bytes, kind: str) -> None:
        finding = find(post(body, content_type))
        assert finding.body_kind == kind
        if kind in UNFILLABLE:
            assert (finding.slot, finding.reason) == (None, UNFILLABLE[kind])
        else:
            assert finding.sure is (b"hello" in body)

    def test_a_message_in_the_query(self) -> None:
        assert find(Request("GET", "https://x.example/s?message=hi")).body_kind == "query"
        assert find(Request("GET", "https://[x/?a#b")).body_kind == "query"
        assert find(Request("GET", "https://x.example/?#a?b")).body_kind == "none"

    @pytest.mark.parametrize(
        ("content_type", "body", "words"),
        [
            ("application/json", b"oops", "JSON"),
            ("application/json", b'{"m":"\xff"}', "UTF-8"),
            ("application/connect+json", b"\x01\x00\x00\x00\x02{}", "compressed"),
            ("application/connect+json", b"\x00\x00\x00\x00\x02{]", "JSON"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, content_type: str, body: bytes, words: str) -> None:
        finding = find(post(body, content_type), "hi")
        assert finding.slot is None
        assert words in finding.reason

    def test_a_later_envelope_and_what_an_earlier_one_hides(self) -> None:
        first = b'{"prompt":"","auth":{"a":"x"}}'
        second = b'{"prompt":"how are you?","text":"hello you"}'
        payloads = (first, second, b'{"text":"no"}')
        request = post(joined(tuple(Envelope(0, each) for each in payloads)), "application/connect+json")
        finding = find(request)
        assert (finding.slot, finding.sure) == ("connect:/text", True)
        assert {slot for slot, _ in finding.candidates} == {"connect:/text", "connect:/auth/a"}
        changed = split(fill(request, "connect:/text", (), "bye").body or b"")
        second = second.replace(b"hello you", b"bye")
        assert [each.payload for each in changed] == [first, second, b'{"text":"no"}']


MEGABYTE = 1_000_000


class TestForeignTexts:
    """Whatever is not linear here takes hours, and whoever runs the tests will see it."""

    @pytest.mark.parametrize(
        "unit",
        [
            *("#a ", "# ", "#", "#\n", "# # #\n", "#a\r", " \n", "query ", "#{\n", "data:", "a@", "_A", "\\"),
            *("<", "<a", "<a-", "<a>", "</a>", "</a> ", "<a-a ", "&#1", "&#x", "&"),
            *("e\u0301", "\u0301\u0323", "\ud83d"),
        ],
    )
    @pytest.mark.parametrize("typing", ["exactly", "as a part", "nothing"])
    def test_a_megabyte_of_anything_is_walked_in_one_go(self, unit: str, typing: str) -> None:
        text = f"hello {unit}" + unit * (MEGABYTE // len(unit)) + "!"
        sent = {"exactly": text, "as a part": "not in there", "nothing": None}[typing]
        for body in (
            {"prompt": text},
            {"prompt": text.removeprefix("hello ")},
            {"query": text.removeprefix("hello "), "variables": {"prompt": text}},
        ):
            finding = find(post(json.dumps(body).encode()), sent)
            assert finding.reason
            if body == {"prompt": sent}:
                assert finding.slot == "json:/prompt"

    def test_hashtags_are_a_message(self) -> None:
        for text in ("#a #b #c what is that?", "# # # " * 1000 + "?", "# {not} a document"):
            assert found({"query": text, "variables": {}}, text).slot == "json:/query"

    @pytest.mark.parametrize(
        "document",
        ["{me}", "# by me {\n# and\r\n\r query Me {me}", " \n#\nmutation{a}", "fragment A on B {c}"],
    )
    def test_a_graphql_document_is_none(self, document: str) -> None:
        body = {"query": document, "variables": {"prompt": "hello you"}}
        finding = found(body)
        assert (finding.slot, finding.runner_up) == ("json:/variables/prompt", None)

    @pytest.mark.parametrize("marks", ["\u0301\u0323", "\u093c\u094d", "\U0001d165\u0323"])
    def test_a_pile_of_marks_is_found_as_it_was_typed(self, marks: str) -> None:
        text = "a" + marks * (MEGABYTE // 2)
        assert found({"prompt": text}, text + "\n").held == text

    @pytest.mark.parametrize(
        ("marked", "typed", "template"),
        [
            ("a<<b>c <d", "ac <d", ""),
            ("<p>1 &lt; 2</p>", "1 < 2", "<p>{html}</p>"),
            ("<p>&#" + "1" * 5000 + ";</p>", "&#" + "1" * 5000 + ";", "<p>{html}</p>"),
        ],
    )
    def test_html_that_is_odd(self, marked: str, typed: str, template: str) -> None:
        finding = found({"prompt": marked}, typed)
        assert (finding.slot, finding.template) == ("json:/prompt", template)
        assert finding.sure is bool(template)

    @pytest.mark.parametrize(
        ("text", "is_markup"),
        [
            (" <p>hello you</p>\n", True),
            ("<my-tag a='b'>hello\n<b>you</b></my-tag>", True),
            ("<p></p>", True),
            ("<p>hello you</b>", False),
            ("<p>hello you</p> and me", False),
            ("<p hello you", False),
            ("</p>", False),
        ],
    )
    def test_html_is_replaced_only_when_told(self, text: str, is_markup: bool) -> None:
        finding = found({"messages": [{"role": "user", "content": text}]})
        assert finding.slot == "json:/messages/0/content"
        assert ("HTML" in finding.reason) is is_markup


def test_a_carrier_of_fields_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def texts(request: Request) -> Iterator[Carried]:
        def put(change: object) -> Request:
            return request

        yield Carried("mode", "normal", put)
        yield Carried("question", "how are you?", put)
        yield Carried("payload", '{"title":"x"}', put)
        yield Carried("question", "and this?", put)

    monkeypatch.setitem(CARRIERS, "form", Carrier(texts, is_json=False))
    finding = find(post(b"a=b", "application/x-www-form-urlencoded"))
    assert (finding.slot, finding.sure) == ("form:question", True)
    assert [slot for slot, _ in finding.candidates] == [
        "form:question",
        "form:payload > json:/title",
        "form:mode",
    ]


def as_browsers_send(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


NAMES = """
role type author content messages text prompt query variables event params name blocks metadata
"""
TEXTS = st.text(max_size=20) | st.sampled_from(["hello you", "[1]", '{"q":"x y"}', "user", "assistant"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(NAMES.split()), inner, max_size=5)
    ),
    max_leaves=25,
)


@settings(deadline=None, max_examples=300)
@given(VALUES, st.none() | st.just("hello you") | st.text(max_size=5))
def test_whatever_the_body_a_found_slot_holds_what_it_says(value: Any, sent: str | None) -> None:
    request = Request("POST", "https://x.example/", Headers([("content-type", "application/json")]), None)
    request = replace(request, body=json.dumps(value).encode())
    finding = find(request, sent)
    assert finding.reason
    assert finding.slot is not None or not finding.sure
    for slot, text in finding.candidates:
        assert (
            held(request, slot).encode("utf-8", "replace") == text.encode("utf-8", "replace")
            or "\ufffd" in text
        )
    if finding.slot is not None:
        slots = (finding.slot, *finding.also)
        changed = fill(request, finding.slot, finding.also, "new")
        assert [held(changed, slot) for slot in slots] == ["new"] * len(slots)
        assert finding.runner_up not in slots
