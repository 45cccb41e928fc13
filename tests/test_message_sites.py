"""message: requests of many sites' shapes in every carrier, ids that must be fresh, and what must not be."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fetch2py.errors import SlotError
from fetch2py.message import fill, find, held, renew
from fetch2py.message.finding import Finding
from fetch2py.request import Headers, Request
from tests.fixture_files import FIXTURES

ROWS = json.loads((FIXTURES / "carried_requests.json").read_text(encoding="utf-8"))
CHATS = json.loads((FIXTURES / "chat_requests.json").read_text(encoding="utf-8"))
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def request(
    body: str | bytes | None, content_type: str = JSON, url: str = "https://chat.example/a"
) -> Request:
    raw = body.encode() if isinstance(body, str) else body
    headers = Headers([("content-type", content_type)] if content_type else [])
    return Request("POST", url, headers, raw)


def found(body: Any, sent: str | None = None) -> Finding:
    return find(request(json.dumps(body, ensure_ascii=False)), sent)


def of(row: dict[str, Any]) -> Request:
    headers = Headers([("content-type", row["content_type"])] if row["content_type"] else [])
    body = row["body"]
    return Request(row["method"], row["url"], headers, None if body is None else body.encode())


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
class TestRows:
    def test_typed(self, row: dict[str, Any]) -> None:
        finding = find(of(row), row["typed"])
        assert finding.slot == row["expected_slot"]
        assert finding.also == tuple(row.get("also_set", ()))
        assert finding.template == row.get("expected_template", "")
        assert finding.sure is (finding.slot is not None)
        if finding.slot is not None:
            new = 'Is 1 < 2 & "x"?\n你好'
            changed = fill(of(row), finding.slot, finding.also, new, finding.template)
            again = find(changed, new)
            assert (again.slot, again.template, again.sure) == (finding.slot, finding.template, True)

    def test_untyped(self, row: dict[str, Any]) -> None:
        finding = find(of(row))
        told = "none" if finding.slot is None else "sure" if finding.sure else "asked"
        assert not finding.sure or finding.slot == row["expected_slot"]
        assert row["untyped"] in (told, "any")


def in_brackets(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The fields that jQuery makes of an object."""
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            yield from in_brackets(member, f"{name}[{key}]" if name else str(key))
    else:
        yield name, value if isinstance(value, str) else json.dumps(value)


def elsewhere(body: Any, slot: str) -> Iterator[tuple[Request, str]]:
    """The same body in other carriers, with the slot there."""
    text = json.dumps(body, ensure_ascii=False)
    coded = b64encode(text.encode()).decode()
    yield request(f"x=1&data={quote(text)}&sig=abcd1234", FORM), f"form:data > {slot}"
    yield Request("GET", f"https://x.example/?d={quote(text)}"), f"query:d > {slot}"
    yield request(f"{text}\n", "application/x-ndjson"), slot.replace("json:", "json:/0", 1)
    yield request(json.dumps({"payload": coded})), f"json:/payload > base64: > {slot}"
    yield request(coded, "text/plain"), f"raw: > base64: > {slot}"
    if isinstance(body, dict) and " > " not in slot:
        first, *more = slot.removeprefix("json:/").split("/")
        name = first + "".join(f"[{each}]" for each in more)
        yield request(urlencode(list(in_brackets(body))), FORM), f"form:{name}"


def test_requests_of_chat_sites_in_other_carriers() -> None:
    sure = 0
    for row in CHATS:
        text = held(request(json.dumps(row["body"])), row["expected_slot"])
        for other, slot in elsewhere(row["body"], row["expected_slot"]):
            typed, untyped = find(other, text), find(other)
            assert (typed.slot, typed.sure, untyped.slot) == (slot, True, slot), (row["id"], slot)
            sure += untyped.sure
    # A form's "true" isn't JSON's true, and an answer that is begun makes its question less certain.
    assert sure >= 6 * len(CHATS) - 12


class TestFields:
    def test_of_a_name_given_twice_only_the_first_can_be_told(self) -> None:
        body = "m=first+words&m=second+words&m[]=third+words&m[]=fourth+words"
        assert [slot for slot, _ in find(request(body, FORM)).candidates] == ["form:m", "form:m[]"]
        assert find(request(body, FORM), "third words").slot == "form:m[]"
        for typed in ("second words", "fourth words"):
            finding = find(request(body, FORM), typed)
            assert finding.slot is None
            assert "no slot leads" in finding.reason

    def test_names_that_are_odd(self) -> None:
        body = urlencode({"a > b": "how are you?", "": "hello you", "x]y[": "what is it?", "[z]": "why so?"})
        slots = [slot for slot, _ in find(request(body, FORM)).candidates]
        assert sorted(slots) == ["form:", "form:[z]", "form:x]y["]
        assert held(request(body, FORM), "form:") == "hello you"

    def test_names_that_contradict_each_other(self) -> None:
        body = urlencode({"a": "hello you", "a[b]": "what is it?", "c[d]": "why so?", "c": "who is it?"})
        slots = [slot for slot, _ in find(request(body, FORM)).candidates]
        assert sorted(slots) == ["form:a", "form:a[b]", "form:c", "form:c[d]"]

    def test_bytes_that_are_no_utf_8_are_no_text_and_stay(self) -> None:
        body = b"gbk=%C4%E3%BA%C3&raw=\xff&%ff=x&q=hello+you&n"
        finding = find(request(body, FORM))
        assert [slot for slot, _ in finding.candidates] == ["form:q"]
        assert fill(request(body, FORM), "form:q", (), "é").body == body.replace(b"hello+you", b"%C3%A9")

    @pytest.mark.parametrize(
        ("body", "new"),
        [
            ("q=a+b", "%7E%21*+%C3%A9"),
            ("q=a%20b", "~!*%20%C3%A9"),
            ("q=a", "%7E%21*+%C3%A9"),
            ("q=a&x=%21+%7e", "%7e%21*+%c3%a9"),
            ("q=a&x=%c3%a9", "%7e%21*+%c3%a9"),
            ("q=a&x='b'+c", "~!*+%C3%A9"),
            ("q=a&x=%28%20", "%7E%21*%20%C3%A9"),
        ],
    )
    def test_new_text_is_encoded_as_the_rest_is(self, body: str, new: str) -> None:
        changed = fill(request(body, FORM), "form:q", (), "~!* é")
        assert (changed.body or b"").decode() == "q=" + new + body[body.find("&") :] * ("&" in body)

    def test_a_query_shows_no_manner(self) -> None:
        get = Request("GET", "https://x.example/?q=a#b")
        assert fill(get, "query:q", (), "~!* é").url == "https://x.example/?q=~!*%20%C3%A9#b"

    def test_a_body_and_a_query_with_the_same_text(self) -> None:
        url = "https://x.example/?text=how%20are%20you%3F&lang=how"
        finding = find(request('{"prompt":"how are you?"}', url=url), "how are you?")
        assert (finding.slot, finding.also) == ("json:/prompt", ("query:text",))

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [(b"\x0a\x02hi", "application/x-protobuf"), (b"{oops", JSON), (b'{"mode":"fast"}', JSON)],
    )
    def test_a_query_beside_a_body_is_taken_only_if_it_was_typed(
        self, body: bytes, content_type: str
    ) -> None:
        url = "https://x.example/?text=how%20are%20you%3F"
        post = request(body, content_type, url)
        assert (find(post).slot, find(post).sure) == ("query:text", False)
        assert (find(post, "how are you?").slot, find(post, "how are you?").sure) == ("query:text", True)
        assert find(post, "good bye").slot is None

    def test_a_path_is_named(self) -> None:
        finding = find(Request("GET", "https://x.example/say/how%20are%20you%3F"), "how are you?")
        assert "path" in finding.reason
        assert find(Request("GET", "https://[x/how"), "how").slot is None
        assert "no body" in find(Request("GET", "https://x.example/a"), "a b").reason

    def test_parts_that_are_no_text(self) -> None:
        body = (
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="blob"\r\n'
            b"Content-Type: image/png\r\n\r\nwhat is it?\r\n"
            b'--b\r\nContent-Disposition: form-data; name="b"\r\n\r\n\xff\r\n'
            b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello you\r\n--b--\r\n'
        )
        post = request(body, "multipart/form-data; boundary=b")
        assert find(post).candidates == (("multipart:text", "hello you"),)
        with pytest.raises(SlotError, match="boundary"):
            fill(post, "multipart:text", (), "a\r\n--b\r\nb")


class TestTemplates:
    @pytest.mark.parametrize(
        ("text", "sent", "template"),
        [
            ("Say: good morning!", "good morning", "Say: {text}!"),
            ("Say: 1 &lt; 2 or so", "1 < 2 or so", "Say: {html}"),
            ("one\r\ntwo and a tail", "one\ntwo", "{text} and a tail"),
            ("<b>1 &lt; 2</b> and <i>more</i>", "1 < 2", "<b>{html}</b> and <i>more</i>"),
            ("<p>it&#39;s me</p><hr>", "it's me", "<p>{html}</p><hr>"),
            ("<p>it&apos;s me</p><hr>", "it's me", "<p>{html}</p><hr>"),
            ("<p>say &quot;x&quot;</p><hr>", 'say "x"', "<p>{html}</p><hr>"),
        ],
    )
    def test_what_stands_around_stays(self, text: str, sent: str, template: str) -> None:
        finding = found({"prompt": text}, sent)
        assert (finding.slot, finding.held, finding.sure) == ("json:/prompt", text, True)
        assert finding.template == template

    @pytest.mark.parametrize(
        ("text", "sent"),
        [
            ("the latest news", "test"),
            ("我说你好吗朋友", "你好吗朋"),
            ("Say {text}: good morning", "good morning"),
            ("<p>{html} hello you</p>", "{html} hello you"),
            ("<hello-you/> <b>x</b>", "hello-you"),
            ('<a title="x hello you y"><b>x</b></a>', "hello you"),
            ("<m><![CDATA[1 &lt; 2]]><n/></m>", "1 < 2"),
            ("<m>1 < 2<n/></m>", "1 < 2<n/>"),
            ("mode=chat&text=hello", "hello"),
            ('data: {"text":"hello you"}', "hello you"),
            ("{text: 'hello you'}", "hello you"),
            ("You are a bot that says hello you.", "hello you"),
            ("https://x.example/?a=hello-you&b", "hello-you"),
        ],
    )
    def test_where_that_is_not_certain_it_is_asked_for(self, text: str, sent: str) -> None:
        finding = found({"prompt": text}, sent)
        assert not finding.sure

    def test_a_short_part_under_a_plain_name_is_chance(self) -> None:
        assert not found({"foo": "to be good"}, "good").sure
        assert found({"foo": "to be good to all"}, "good to all").sure

    def test_a_body_of_text_with_a_format_of_its_own(self) -> None:
        assert not find(request("7|0|hello you|9", "text/x-gwt-rpc"), "hello you").sure
        assert not find(request("callCount=1\nc0-param0=string:hello you", "text/plain")).sure
        assert find(request("Question: how are you?\n", "text/plain"), "how are you?").sure

    @pytest.mark.parametrize(
        "body",
        [
            '42["chat message","hello to you"]',
            '{"text":"hello to you","cut',
            "7|0|hello to you|9",
            "msg:hello to you",
            'say: {"text":"hello to you"}',
            "<m>hello to you</m><n/>",
        ],
    )
    def test_data_of_no_known_format_is_asked_for(self, body: str) -> None:
        for typed in ("hello to you", None):
            finding = find(request(body, "text/plain"), typed)
            assert finding.sure is (typed is not None and body.startswith("<"))
            assert [slot for slot, _ in finding.candidates] in ([], ["raw:"])

    def test_requests_in_a_body_are_left_alone(self) -> None:
        body = '--b\r\nContent-Type: application/http\r\n\r\nPOST /a\r\n\r\n{"text":"hello to you"}\r\n--b--'
        finding = find(request(body, "multipart/mixed; boundary=b"), "hello to you")
        assert (finding.slot, finding.body_kind) == (None, "multipart")

    def test_html_of_another_text_stays(self) -> None:
        finding = found({"text": "good morning", "html": "<p>good night</p>"}, "good morning")
        assert (finding.slot, finding.also, finding.template) == ("json:/text", (), "")

    @pytest.mark.parametrize(
        "text", ["<|user|>\nHow are you?\n", "[INST] How are you? [/INST]", "User: who is it?\nAssistant:"]
    )
    def test_a_prompt_around_a_message_is_asked_for(self, text: str) -> None:
        finding = found({"prompt": text})
        assert (finding.slot, finding.sure) == ("json:/prompt", False)

    @pytest.mark.parametrize("typed", ["Hi & bye to all", None])
    def test_the_same_message_as_it_is_and_in_html(self, typed: str | None) -> None:
        wrapped = "<p>Hi &amp; bye to all</p>"
        body = {"content": wrapped, "preview": {"html": wrapped}, "text": "Hi & bye to all"}
        finding = found(body, typed)
        assert (finding.template, finding.slot) == ("<p>{html}</p>", "json:/content")
        if typed is not None:
            assert finding.also == ("json:/preview/html", "json:/text")
        changed = fill(
            request(json.dumps(body)),
            "json:/content",
            ("json:/preview/html", "json:/text"),
            "1<2",
            finding.template,
        )
        value = json.loads(changed.body or b"")
        assert value == {"content": "<p>1&lt;2</p>", "preview": {"html": "<p>1&lt;2</p>"}, "text": "1<2"}

    def test_wrapped_in_two_ways_is_asked_for(self) -> None:
        body = {"text": "good morning", "html": "<p>good morning</p>", "rich": "<div>good morning</div>"}
        assert not found(body, "good morning").sure

    def test_marks_that_end_a_section_of_text(self) -> None:
        post = request("<m><![CDATA[old text]]></m>", "text/xml")
        changed = fill(post, "raw:", (), "a]]>b", "<m><![CDATA[{text}]]></m>")
        assert changed.body == b"<m><![CDATA[a]]]]><![CDATA[>b]]></m>"

    def test_quotation_marks_in_an_attribute(self) -> None:
        post = request('<m text="old"/>', "text/xml")
        assert fill(post, "raw:", (), '"<', '<m text="{html}"/>').body == b'<m text="&quot;&lt;"/>'

    @pytest.mark.parametrize("template", ["no place", "{html}{text}", "{text} {text}"])
    def test_a_template_with_no_one_place(self, template: str) -> None:
        with pytest.raises(SlotError, match="one place"):
            fill(request('{"m":"x"}'), "json:/m", (), "y", template)


class TestTextsInTexts:
    def test_a_text_that_was_written_as_json(self) -> None:
        body = {"prompt": '"how are you?"', "n": '"1"', "e": '""', "t": "7"}
        finding = found(body, "how are you?")
        assert (finding.slot, finding.sure) == ("json:/prompt > json:", True)
        assert found(body, '"how are you?"').slot == "json:/prompt"
        assert not found(body).sure

    def test_json_that_was_written_as_json(self) -> None:
        body = {"payload": json.dumps(json.dumps({"question": "how are you?"}))}
        assert found(body).slot == "json:/payload > json: > json:/question"
        assert found(body).sure

    @pytest.mark.parametrize(
        "text",
        ["c29tZXRoaW5nAA==", "3q2+7w==", "aGVsbG8", "aGVsbG8gdGhlcmU=x", "YQ==YQ==", "aGVsbG9=", "ICAgICAg"],
    )
    def test_what_is_no_base64_of_a_text(self, text: str) -> None:
        finding = found({"prompt": text, "x": "550e8400-e29b-41d4-a716-446655440000"}, "hello there")
        assert finding.slot is None

    def test_a_word_that_happens_to_be_base64_is_a_text(self) -> None:
        assert found({"prompt": "aGVsbG8h"}, "aGVsbG8h").slot == "json:/prompt"
        assert found({"prompt": "aGVsbG8h"}, "hello!").slot == "json:/prompt > base64:"
        with pytest.raises(SlotError, match="isn't base64"):
            held(request('{"m":"hey you"}'), "json:/m > base64:")
        with pytest.raises(SlotError, match="isn't base64"):
            held(request('{"m":"aGVsbG8h"}'), "json:/m > base64:/x")

    def test_a_grpc_web_text_body_that_is_no_base64(self) -> None:
        finding = find(request("???", "application/grpc-web-text+json"))
        assert "base64" in finding.reason


U1, U2, U3 = (f"{digit * 8}-1111-4111-8111-{digit * 12}" for digit in "abc")


class TestFreshIds:
    @pytest.mark.parametrize(
        ("body", "slots"),
        [
            (
                {
                    "messages": [
                        {"id": U1, "author": {"role": "user"}, "content": {"parts": ["how are you?"]}}
                    ]
                },
                ["json:/messages/0/id"],
            ),
            (
                {"messageId": U1, "parentMessageId": U2, "conversationId": U3, "text": "how are you?"},
                ["json:/messageId"],
            ),
            (
                {"prompt": "how are you?", "request_id": U1, "session_id": U2, "model_id": U3},
                ["json:/request_id"],
            ),
            (
                {
                    "prompt": "how are you?",
                    "turn_message_uuids": {"human_message_uuid": U1, "assistant_message_uuid": U2},
                },
                [
                    "json:/turn_message_uuids/human_message_uuid",
                    "json:/turn_message_uuids/assistant_message_uuid",
                ],
            ),
            (
                {"message": {"id": U1, "text": "how are you?", "thread": {"id": U2}}, "current": U1},
                ["json:/message/id", "json:/current"],
            ),
            ({"data": json.dumps({"msgId": U1, "query": "how are you?"})}, ["json:/data > json:/msgId"]),
            ({"id": U1, "prompt": "how are you?"}, []),
            ({"role": "user", "id": U1, "content": "how are you?"}, []),
            ({"messageId": U1, "conversationId": U1, "text": "how are you?"}, []),
            ({"messageId": U1, "thread": {"id": U1}, "text": "how are you?"}, []),
            ({"messageId": U1, "note": f"see {U1}", "text": "how are you?"}, []),
            ({"messageId": U1, "tree": {U1: 1}, "text": "how are you?"}, []),
            ({"messageId": "00000000-0000-0000-0000-000000000000", "text": "how are you?"}, []),
            ({"messageId": "m1", "text": "how are you?"}, []),
            ({"messageId": U1, "action": "regenerate", "text": "how are you?"}, []),
            ({"messageId": U1, "isEdited": True, "text": "how are you?"}, []),
            ({"messageId": U1, "trigger": "submit-message", "text": "how are you?"}, []),
            ({"message_ids": {"assistant_message_id": U1}, "text": "how are you?"}, []),
            (
                {
                    "messages": [
                        {"id": U1, "role": "user", "content": "hello you"},
                        {"id": U2, "role": "assistant", "content": "yes?"},
                        {"id": U3, "role": "user", "content": "how are you?"},
                    ]
                },
                ["json:/messages/2/id"],
            ),
        ],
    )
    def test_which_are_found(self, body: Any, slots: list[str]) -> None:
        for sent in ("how are you?", None):
            finding = found(body, sent)
            assert list(finding.new_ids) == slots

    def test_in_fields_and_in_a_query(self) -> None:
        post = request(
            urlencode({"messageId": U1, "q": "how are you?"}),
            FORM,
            f"https://x.example/?requestId={U2}&a={U3}",
        )
        assert find(post).new_ids == ("form:messageId", "query:requestId")
        both = b'{"m":"x"}\n{"messageId":"' + U1.encode() + b'","text":"how are you?"}'
        assert find(request(both)).new_ids == ("json:/1/messageId",)

    def test_in_envelopes_and_base64(self) -> None:
        from base64 import b64encode

        from fetch2py.envelope import Envelope, joined

        inner = json.dumps({"messageId": U1, "text": "how are you?"}).encode()
        first = Envelope(0, b'{"a":{"b":"c"}}')
        post = request(joined((first, Envelope(0, inner))), "application/connect+json")
        assert find(post).new_ids == ("connect:/messageId",)
        assert found({"p": b64encode(inner).decode()}).new_ids == ("json:/p > base64: > json:/messageId",)

    def test_they_are_made_anew_in_the_old_spelling(self) -> None:
        plain, upper = U1.replace("-", ""), U2.upper()
        body = json.dumps({"a": U1, "b": plain, "c": upper, "d": U1, "e": "", "m": "x"})
        slots = ("json:/a", "json:/b", "json:/c", "json:/d", "json:/e")
        value = json.loads(renew(request(body), slots).body or b"")
        assert value["a"] == value["d"] != U1
        assert len(value["a"]) == len(value["e"]) == 36
        assert len(value["b"]) == 32
        assert value["b"] != plain
        assert value["c"] != upper
        assert value["c"].isupper()
        assert value["m"] == "x"
        assert renew(request(body), ()) == request(body)
        with pytest.raises(SlotError, match="leads to no text"):
            renew(request(body), ("json:/z",))


PIECES = st.sampled_from(
    [
        *("q=hello+you", "&", "a[b]=1", "a[]=x", "[", "]", '{"prompt":"hello you"}', '{"a": ["hello you"]}'),
        *('"', "'", "\\", "%41", "%e4", "%E4%BD%A0", "+", "<", "<p>", "</p>", "&lt;", "<![CDATA[", "]]>"),
        *("aGVsbG8geW91", "eyJxIjoiaGVsbG8geW91In0=", "--b", "--b--", "{html}", "{text}", "hello you"),
        *(">", "json:", "base64:", "/", "~", "#", "?", "\n", "\r\n", "\r\n\r\n", " ", "\x00", "\ufeff"),
        *('Content-Disposition: form-data; name="q"', "\ud83d", "\ud800"),
    ]
)
TYPES = [
    *(FORM, JSON, "text/plain", "application/xml", "application/x-ndjson", "", "multipart/form-data"),
    *("application/connect+json", "application/grpc-web-text+json", "multipart/form-data; boundary=b"),
]


@settings(deadline=None, max_examples=1000, suppress_health_check=list(HealthCheck))
@given(
    st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30),
    st.sampled_from(TYPES),
    st.lists(PIECES, max_size=6).map("".join),
    st.sampled_from([None, "hello you", "hello", "x"]),
    st.sampled_from(["", "gzip", "deflate", "br"]),
)
def test_whatever_the_request_what_is_found_is_there(
    body: str, content_type: str, query: str, sent: str | None, coding: str
) -> None:
    headers = Headers([("content-type", content_type), ("content-encoding", coding)])
    raw = body.encode("utf-8", "surrogatepass")
    post = Request("POST", f"https://x.example/hello%20you?{query}", headers, raw)
    finding = find(post, sent)
    assert finding.reason
    assert finding.sure <= (finding.slot is not None)
    for slot, text in finding.candidates:
        assert as_browsers_send(held(post, slot)) == text
    for slot in finding.new_ids:
        assert held(post, slot)
    if finding.slot is not None:
        refusal = ""
        try:
            changed = fill(post, finding.slot, finding.also, "new", finding.template)
        except SlotError as error:
            refusal = error.message
        if refusal:
            assert "boundary" in refusal
            return
        new = finding.template.replace("{html}", "new").replace("{text}", "new") or "new"
        assert held(changed, finding.slot) == new
        assert {held(changed, slot) for slot in finding.also} <= {"new", new}


def as_browsers_send(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
