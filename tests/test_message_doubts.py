"""message: what must not change with the message, and what looks like it and may be another thing."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest

from fetch2py.message import fill, find, held
from fetch2py.message.finding import Finding
from fetch2py.request import Headers, Request

FORM = "application/x-www-form-urlencoded"


def post(body: Any, content_type: str = "application/json", url: str = "https://chat.example/a") -> Request:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Request("POST", url, Headers([("content-type", content_type)]), text.encode())


def found(body: Any, sent: str | None = None) -> Finding:
    return find(post(body), sent)


def said(text: str, **turn: Any) -> dict[str, Any]:
    return {"text": text, **turn}


class TestTheSameWord:
    @pytest.mark.parametrize("sent", ["test", None])
    @pytest.mark.parametrize("name", ["room", "target", "collection", "project", "topic", "group"])
    def test_another_thing_stays(self, name: str, sent: str | None) -> None:
        finding = found({"message": "test", name: "test"}, sent)
        assert (finding.slot, finding.also, finding.sure) == ("json:/message", (), True)
        assert f"json:/{name} stays" in finding.reason

    @pytest.mark.parametrize("name", ["chat", "old_message"])
    def test_one_that_may_be_the_message_is_asked_for(self, name: str) -> None:
        finding = found({"message": "test", name: "test"}, "test")
        assert (finding.slot, finding.also, finding.sure) == ("json:/message", (), False)

    def test_several_things_stay(self) -> None:
        reason = found({"message": "test", "a": "test", "b": "test", "c": "test", "d": "test"}, "test").reason
        assert "json:/a, json:/b, json:/c and others stays" in reason

    def test_a_text_of_another_thing_stays(self) -> None:
        assert found({"text": "test", "room": {"text": "test"}}, "test").also == ()

    @pytest.mark.parametrize("name", ["signature_prompt", "text_preview", "dsl_query", "raw", "userInput"])
    def test_a_message_by_its_name_changes(self, name: str) -> None:
        assert found({"message": "test", name: "test"}, "test").also == (f"json:/{name}",)

    def test_parts_of_the_turn_change(self) -> None:
        turn = {"role": "user", "content": "test", "parts": [{"type": "text", "text": "test"}]}
        assert found({"messages": [turn]}, "test").also == ("json:/messages/0/parts/0/text",)

    @pytest.mark.parametrize(
        ("text", "changes"),
        [
            ("customer support", False),
            ("where is the nearest station?", True),
            ("市场部的同事们", False),
            ("今天北京的天气怎么样啊", True),
        ],
    )
    def test_a_sentence_is_not_the_same_by_chance(self, text: str, changes: bool) -> None:
        assert bool(found({"message": text, "department": text}, text).also) is changes


class TestBase64:
    @pytest.mark.parametrize("word", ["Reading", "Homework", "Window", "annotate", "InvalidTag", "REVERSE"])
    def test_a_word_is_a_word(self, word: str) -> None:
        finding = found({"prompt": word})
        assert (finding.slot, finding.sure) == ("json:/prompt", True)

    @pytest.mark.parametrize(
        "text", ["wie geht es dir heute?", "你好，助手", '{"q":"hello you"}', "{oops oops"]
    )
    def test_what_is_base64(self, text: str) -> None:
        finding = found({"prompt": b64encode(text.encode()).decode()})
        assert finding.slot is not None
        assert finding.slot.startswith("json:/prompt > base64:")

    def test_what_may_be_either_is_asked_for(self) -> None:
        assert not found({"prompt": b64encode(b"fake").decode()}).sure

    @pytest.mark.parametrize("text", ["é漢дα x", "a\ue000 b cde"])
    def test_what_decodes_to_no_text(self, text: str) -> None:
        finding = found({"prompt": b64encode(text.encode()).decode() + ""})
        assert finding.slot == "json:/prompt"


class TestWrapped:
    @pytest.mark.parametrize(
        "text",
        [
            "<docs>\nsome\n</docs>\nsay it again",
            "say it again <user_query>now</user_query>",
            "[File: a.txt]\nwords\n[/File]\n\nsay it again",
            "Given the context, answer.\n\nsay it again",
            "some words\nUser question: say it again",
            "words above\n\nAnswer:",
            "已知信息：猫。\n请回答",
            "## Context\nwords\n## Task\nsay it again",
        ],
    )
    def test_it_is_asked_for(self, text: str) -> None:
        finding = found({"messages": [{"role": "user", "content": text}]})
        assert (finding.slot, finding.sure) == ("json:/messages/0/content", False)
        assert "More than the message" in finding.reason

    @pytest.mark.parametrize(
        "text", ["Question: is water wet?", "how do <b> and <i> differ?", "# One\n\nwords\n\n# Two\n\nwords"]
    )
    def test_what_people_write(self, text: str) -> None:
        assert found({"messages": [{"role": "user", "content": text}]}).sure


class TestNewestTurn:
    def test_an_empty_one_is_the_place(self) -> None:
        turns = [{"role": "user", "content": "hi you"}, {"role": "assistant", "content": "yes?"}]
        body = {"messages": [*turns, {"role": "user", "content": "", "images": ["a"]}]}
        finding, slot = found(body), "json:/messages/2/content"
        assert (finding.slot, finding.held, finding.sure) == (slot, "", True)
        assert held(fill(post(body), slot, (), "new"), slot) == "new"

    def test_an_empty_place_beside_another_text(self) -> None:
        finding = found({"question": "", "comment": "it was good of you"})
        assert (finding.slot, finding.sure) == ("json:/question", False)

    def test_an_empty_place_that_a_site_leaves_empty(self) -> None:
        assert found({"query": "", "text": "hello to you"}).slot == "json:/text"

    @pytest.mark.parametrize(
        ("own", "other"),
        [
            ({"fromMe": True}, {"fromMe": False}),
            ({"position": "right"}, {"position": "left"}),
            ({"isBot": False}, {"isBot": True}),
            ({"sender": "Ann"}, {"sender": "Support Bot"}),
        ],
    )
    def test_the_last_word_is_another_s(self, own: dict[str, Any], other: dict[str, Any]) -> None:
        turns = [said("hello there", **own), said("ask me anything", **other)]
        assert not found({"messages": turns}).sure
        finding = found({"messages": [*turns, said("where is it?", **own)]})
        assert (finding.slot, finding.sure) == ("json:/messages/2/text", True)

    def test_a_code_that_may_be_the_person_s_or_the_answer_s(self) -> None:
        turns = [said("hello there", sender=1), said("ask me anything", sender=2), said("", sender=1)]
        assert not found({"messages": turns}).sure

    def test_a_falling_order_is_told_beside(self) -> None:
        turns = [
            {"role": "user", "content": "the newest"},
            {"role": "assistant", "content": "an answer"},
            {"role": "user", "content": "the oldest"},
        ]
        finding = found({"messages": turns, "order": "desc"})
        assert (finding.slot, finding.sure) == ("json:/messages/0/content", True)

    def test_a_question_with_its_answer_is_past(self) -> None:
        finding = found({"q": "and then?", "turns_so_far": [{"question": "what is x", "answer": "x is y"}]})
        assert (finding.slot, finding.sure) == ("json:/q", True)


class TestNoMessage:
    @pytest.mark.parametrize(
        "body",
        [
            {"message": "x is not a function", "stack": "TypeError: x\n at a.js:1:2"},
            {"about_user_message": "I am a teacher", "enabled": True},
            {"page_text": "Welcome to our shop"},
        ],
    )
    def test_it_is_asked_for(self, body: Any) -> None:
        assert not found(body).sure

    def test_an_address_that_collects_errors(self) -> None:
        assert not find(post({"message": "it is broken"}, url="https://x.example/api/errors")).sure

    def test_a_part_of_a_title(self) -> None:
        assert not found({"page": "Welcome - how are you today, friend", "enc": "U2Fs"}, "how are you").sure


class TestTheOnlyText:
    @pytest.mark.parametrize(
        ("body", "slot"),
        [
            ({"data": ["paint a lighthouse", 7, False], "fn_index": 0}, "json:/data/0"),
            ({"inputs": {"topic": "write about tea", "tone": "formal"}}, "json:/inputs/topic"),
            ({"parameters": {"input": "what to eat", "style": "a funny tone"}}, "json:/parameters/input"),
            (["models/m-1", [[[[None, "what is a monad?"]], "user"]], "!AbCdEf1-long"], "json:/1/0/0/0/1"),
            ({"fields": {"text": {"stringValue": "hello to you"}}}, "json:/fields/text/stringValue"),
        ],
    )
    def test_it_is_sure(self, body: Any, slot: str) -> None:
        finding = found(body)
        assert (finding.slot, finding.sure) == (slot, True)

    @pytest.mark.parametrize(
        "body",
        [
            {"data": ["paint a lighthouse", "ugly and blurry", 7]},
            {"inputs": {"topic": "write about tea", "audience": "busy young parents"}},
            {"bio": "I like cats and dogs"},
            {"tools": {"prompt": "say what it is"}},
        ],
    )
    def test_of_two_texts_or_of_another_name_it_is_asked_for(self, body: Any) -> None:
        assert not found(body).sure

    def test_fields_of_a_form(self) -> None:
        for name in ("m", "ctl00$Main$txtQuestion"):
            finding = find(post(urlencode({name: "are you open?", "v": "7"}), FORM))
            assert (finding.slot, finding.sure) == (f"form:{name}", True)

    def test_a_field_given_twice_is_asked_for(self) -> None:
        assert not find(post("m=one+of+them&m=another+one", FORM)).sure
