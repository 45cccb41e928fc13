"""message: reading the slot and filling it, so that no other byte of the request changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py import jsontext
from fetch2py.envelope import Envelope, fits, joined, split
from fetch2py.errors import SlotError
from fetch2py.message import fill, held
from fetch2py.message.carriers import CARRIERS, Carried, Carrier
from fetch2py.message.edits import Edit
from fetch2py.message.notation import Step
from fetch2py.message.slot import address
from fetch2py.request import Headers, Request

MESSAGES = st.text() | st.text(alphabet='"\\/\n\r\t\x00\u2028é你😀\ud83d\ude00</script>{}[]', max_size=12)


def post(body: str | bytes | None, content_type: str = "application/json") -> Request:
    raw = body.encode() if isinstance(body, str) else body
    return Request("POST", "https://chat.example/api", Headers([("content-type", content_type)]), raw)


def filled(body: str, slot: str, message: str, also: tuple[str, ...] = ()) -> str:
    return (fill(post(body), slot, also, message).body or b"").decode()


def envelope(payload: str, flags: int = 0) -> bytes:
    return joined((Envelope(flags, payload.encode()),))


def as_browsers_send(text: str) -> str:
    """Surrogate pairs joined, lone halves replaced: what TextEncoder makes of a JavaScript string."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class TestJSON:
    def test_only_the_string_changes(self) -> None:
        body = '\ufeff{ "n":1.0,\r\n\t"a" : [ "\\u00e9" , {"t":"old"} ], "n":-0E+2, "z":"\\/" }\r\n'
        assert filled(body, "json:/a/1/t", "né w") == body.replace('"old"', '"né w"')

    @pytest.mark.parametrize(
        ("message", "literal"),
        [
            ("", '""'),
            ('say "hi"\\', '"say \\"hi\\"\\\\"'),
            ("a\nb\r\n\tc", '"a\\nb\\r\\n\\tc"'),
            ("\x00\x1f\x7f", '"\\u0000\\u001f\x7f"'),
            ("你好 😀", '"你好 😀"'),
            ("\u2028</script>", '"\u2028</script>"'),
            ("\ud83d\ude00", '"😀"'),
            ("a\ud800b\udfff", '"a\ufffdb\ufffd"'),
        ],
    )
    def test_any_text_can_be_the_message(self, message: str, literal: str) -> None:
        assert filled('{"m":"old"}', "json:/m", message) == f'{{"m":{literal}}}'

    @pytest.mark.parametrize(
        ("body", "literal"),
        [
            ('{"m":"old"}', '"é/😀"'),
            ('{"m":"\\u65e9 old"}', '"\\u00e9/\\ud83d\\ude00"'),
            # One letter that stands as it is: the writer keeps its text as it is.
            ('{"m":"\\u65e9","x":"é"}', '"é/😀"'),
            # JSON asks for these escapes, so they tell nothing of their writer.
            ('{"m":"\\u0000\\u001f"}', '"é/😀"'),
            # A backslash and the letter u, not an escape.
            ('{"m":"C:\\\\u65e9"}', '"é/😀"'),
            ('{"m":"a\\/b","u":"http:\\/\\/x"}', '"é\\/😀"'),
            ('{"m":"a\\/b","u":"http://x"}', '"é/😀"'),
            ('{"m":"\\\\/"}', '"é/😀"'),
            ('{"m":"\\u4f60\\/"}', '"\\u00e9\\/\\ud83d\\ude00"'),
        ],
    )
    def test_it_is_spelled_as_the_rest_is(self, body: str, literal: str) -> None:
        start, end = jsontext.span_of(body, "/m")
        assert filled(body, "json:/m", "é/😀") == body[:start] + literal + body[end:]

    def test_of_a_name_given_twice_the_last_is_filled(self) -> None:
        assert filled('{"m":"a","m":"b"}', "json:/m", "new") == '{"m":"a","m":"new"}'

    def test_every_slot_gets_the_message(self) -> None:
        body = '{"c":{"p":"hi"},"t":"hi","x":"hi"}'
        changed = filled(body, "json:/c/p", "bye bye", ("json:/t",))
        assert changed == '{"c":{"p":"bye bye"},"t":"bye bye","x":"hi"}'

    def test_the_whole_body_can_be_the_message(self) -> None:
        assert filled('"just a string"', "json:", "new") == '"new"'
        assert held(post('"just a string"'), "json:") == "just a string"

    def test_names_with_slashes_tildes_and_dots(self) -> None:
        body = '{"a/b":{"~":{"":"x"}}}'
        assert held(post(body), "json:/a~1b/~0/") == "x"

    def test_the_request_is_otherwise_the_same(self) -> None:
        request = replace(post('{"m":"x"}'), referrer="https://chat.example/")
        assert fill(request, "json:/m", (), "y") == replace(request, body=b'{"m":"y"}')


class TestJSONInside:
    def test_the_outer_text_keeps_its_spelling(self) -> None:
        inner = '{\\"q\\": \\"\\u4f60\\ud83d\\ude00\\",\\u0020\\"u\\":\\"a\\\\/b\\", \\"m\\":\\"old\\"}'
        body = f'{{"p":"{inner}","é":1}}'
        slot = "json:/p > json:/m"
        assert held(post(body), slot) == "old"
        changed = filled(body, slot, 'new "one"')
        assert changed == body.replace('\\"old\\"', '\\"new \\\\\\"one\\\\\\"\\"')
        assert held(post(changed), slot) == 'new "one"'

    def test_three_texts_deep(self) -> None:
        body = json.dumps({"a": json.dumps([1, json.dumps({"b": "x"})])})
        slot = "json:/a > json:/1 > json:/b"
        changed = filled(body, slot, "y\n😀")
        assert held(post(changed), slot) == "y\n😀"
        assert json.loads(json.loads(json.loads(changed)["a"])[1]) == {"b": "y\n😀"}

    def test_a_text_that_is_a_json_string(self) -> None:
        body = json.dumps({"a": json.dumps(json.dumps({"b": "x"}))})
        assert held(post(body), "json:/a > json: > json:/b") == "x"

    def test_a_text_that_is_no_json(self) -> None:
        with pytest.raises(SlotError, match="isn't JSON"):
            held(post('{"a":"{oops"}'), "json:/a > json:/b")


class TestConnect:
    def test_the_length_is_made_anew(self) -> None:
        request = post(envelope('{"text":{"content":"hi"}}', flags=4), "application/connect+json")
        body = fill(request, "connect:/text/content", (), "你好" * 100).body
        assert body is not None
        assert body[0] == 4
        assert int.from_bytes(body[1:5], "big") == len(body) - 5
        assert json.loads(body[5:]) == {"text": {"content": "你好" * 100}}

    def test_the_first_envelope_that_has_the_slot_is_filled(self) -> None:
        payloads = ['{"auth":"x"}', '{"m":7}', '{"m":"a"}', '{"m":"b"}']
        request = post(b"".join(envelope(each) for each in payloads), "application/connect+json")
        assert held(request, "connect:/m") == "a"
        changed = fill(request, "connect:/m", (), "longer")
        payloads[2] = '{"m":"longer"}'
        assert changed.body == b"".join(envelope(each) for each in payloads)

    def test_a_compressed_envelope_stays_as_it_is(self) -> None:
        request = post(envelope("\x1f", flags=1) + envelope('{"m":"a"}'), "application/connect+json")
        assert fill(request, "connect:/m", (), "b").body == envelope("\x1f", flags=1) + envelope('{"m":"b"}')

    @pytest.mark.parametrize(
        "body",
        [
            b"\x00\x00\x00\x01\xef\xbf\xbd" + b'{"m":"a"}',
            b'{"m":"a"}',
            b"\x00\x00\x00\x00{" + b'{"m":"a"}',
            b"\x00\x00\x00\x00\x05" + b'{"m":"a"}',
            # A brace in the length, before others of its bytes.
            b"\x00\x00\x00{\x05" + b'{"m":"a"}',
            b"\x00\x00{\x00{" + b'{"m":"a"}',
            b"\x00\x00{\xef\xbf\xbd\xef\xbf\xbd" + b'{"m":"a"}',
            b"\x00\x00\x00\x00" + b'{"m":"a"}',
        ],
    )
    def test_a_spoilt_header_is_made_anew(self, body: bytes) -> None:
        request = post(body, "application/connect+json")
        assert held(request, "connect:/m") == "a"
        assert fill(request, "connect:/m", (), "bb").body == envelope('{"m":"bb"}')

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (None, "leads to no text"),
            (b"", "leads to no text"),
            (b"\x00\x01", "can't be told apart"),
            (envelope("{}", flags=1), "compressed"),
            (joined((Envelope(0, b'{"m":"\xff"}'),)), "isn't UTF-8"),
            (envelope('{"m":'), "isn't JSON"),
            (envelope('{"m":1}'), "leads to no text"),
        ],
    )
    def test_what_cannot_be_filled(self, body: bytes | None, words: str) -> None:
        request = post(body, "application/connect+json")
        with pytest.raises(SlotError, match=words):
            fill(request, "connect:/m", (), "x")

    def test_what_is_behind_a_whole_header_is_cut_there(self) -> None:
        payload = b'{"m":{"n":"' + b"a" * 0x7B00 + b'"}}'
        assert split(b"\x02\x00\x00\x7b\x11" + payload) == (Envelope(2, payload),)
        assert split(b"\x00\x00{" + b'{"m":') == (Envelope(0, b'{{"m":'),)
        assert split(b"\x00\x00\x00\x00\x01{\xff}") == (Envelope(0, b"{\xff}"),)

    @pytest.mark.parametrize(
        ("body", "whole"),
        [
            (b"", True),
            (envelope(""), True),
            (envelope("{}") + envelope("{{", flags=1), True),
            (envelope("{}")[:-1], False),
            (envelope("{}") + b"\x00", False),
            (b"\x00\x00\x00\x00", False),
            (b"{}", False),
        ],
    )
    def test_whether_the_lengths_add_up(self, body: bytes, whole: bool) -> None:
        assert fits(body) is whole
        if whole:
            assert joined(split(body)) == body

    def test_no_envelopes_in_an_empty_body(self) -> None:
        assert split(b"") == ()
        assert joined(()) == b""


@pytest.mark.parametrize(
    "slot",
    [
        "",
        "json",
        "/m",
        "json:m",
        "json:m/x",
        "carrier-pigeon:/m",
        "cookie:/m",
        "json:/m > yaml:/x",
        "JSON:/m",
    ],
)
def test_what_is_no_address(slot: str) -> None:
    with pytest.raises(SlotError) as caught:
        held(post('{"m":"x"}'), slot)
    assert caught.value.hint
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    "slot", ["json:", "json:/n", "json:/none", "json:/l/0", "json:/l/1", "json:/s/0", "json:/d"]
)
def test_where_no_text_stands(slot: str) -> None:
    request = post('{"n":1,"l":[null],"s":"x","d":{"e":"y"}}')
    with pytest.raises(SlotError, match="leads to no text"):
        held(request, slot)
    with pytest.raises(SlotError, match="leads to no text"):
        fill(request, slot, (), "x")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, "leads to no text"),
        (b"", "leads to no text"),
        (b"oops", "isn't JSON"),
        (b'{"m":"x"} more', "isn't JSON"),
        (b'{"m":"\xff"}', "at byte 6"),
        (b"[" * 10_000, "nested too deeply"),
    ],
)
def test_bodies_that_hold_no_json(body: bytes | None, words: str) -> None:
    slot = "json:/0" if body and body.startswith(b"[") else "json:/m"
    slot = "json:" if body == b"[" * 10_000 else slot
    with pytest.raises(SlotError, match=words):
        held(post(body), slot)


def test_a_carrier_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def texts(request: Request) -> Iterator[Carried]:
        body = (request.body or b"").decode()
        for pair in re.finditer("([^&]*)=([^&]*)", body):

            def put(change: Edit, start: int = pair.start(2)) -> Request:
                return replace(request, body=change.shifted(start).of(body).encode())

            yield Carried(pair[1], pair[2], put)

    monkeypatch.setitem(CARRIERS, "fields", Carrier(texts, is_json=False))
    request = post('a=1&q=hello&j={"m":["x"]}')
    assert held(request, "fields:q") == "hello"
    assert fill(request, "fields:q", (), "bye\udc00").body == 'a=1&q=bye\ufffd&j={"m":["x"]}'.encode()
    slot = address("fields", "j", [Step("json", "/m/0")])
    assert slot == "fields:j > json:/m/0"
    assert fill(request, slot, (), "y").body == b'a=1&q=hello&j={"m":["y"]}'


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, str]:
    """A JSON text with odd spacing, escapes and names given twice, and the pointer of a string in it."""
    space = st.text(alphabet=" \t\r\n", max_size=2)
    names = st.text(alphabet='ab/~ é\\"', max_size=3)
    path: list[str] = []
    text = json.dumps(draw(st.text()), ensure_ascii=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 4))):
        before, behind = draw(space), draw(space)
        other = json.dumps(draw(st.text(max_size=3) | st.integers() | st.none()))
        if draw(st.booleans()):
            count = draw(st.integers(0, 2))
            path.insert(0, str(count))
            text = f"[{before}{''.join(f'{other}{behind},' for _ in range(count))}{text}{behind}]"
        else:
            name = draw(names)
            path.insert(0, name)
            spelled = json.dumps(name, ensure_ascii=draw(st.booleans()))
            twin = f"{spelled}:{other}," if draw(st.booleans()) else ""
            text = f"{{{before}{twin}{spelled}{behind}:{before}{text}{behind}}}"
    return draw(space) + text + draw(space), jsontext.pointer(tuple(path))


@settings(deadline=None, max_examples=200)
@given(bodies(), MESSAGES)
def test_filled_then_held_and_all_else_the_same(body: tuple[str, str], message: str) -> None:
    text, pointer = body
    start, end = jsontext.span_of(text, pointer)
    changed = filled(text, f"json:{pointer}", message)
    assert held(post(changed), f"json:{pointer}") == as_browsers_send(message)
    assert changed.startswith(text[:start])
    assert changed.endswith(text[end:])
    assert json.loads(changed[start : len(changed) - len(text) + end]) == as_browsers_send(message)


@settings(deadline=None, max_examples=150)
@given(bodies(), bodies(), MESSAGES, st.booleans())
def test_the_same_inside_a_json_string(
    inner: tuple[str, str], outer: tuple[str, str], message: str, ascii_only: bool
) -> None:
    text, pointer = outer
    start, end = jsontext.span_of(text, pointer)
    literal = json.dumps(inner[0], ensure_ascii=ascii_only)
    text = text[:start] + literal + text[end:]
    slot = f"json:{pointer} > json:{inner[1]}"
    changed = filled(text, slot, message)
    assert held(post(changed), slot) == as_browsers_send(message)
    value: Any = json.loads(changed[start : len(changed) - len(text) + start + len(literal)])
    assert value == filled(inner[0], f"json:{inner[1]}", message)
    assert changed.startswith(text[:start])


@settings(deadline=None, max_examples=100)
@given(bodies(), MESSAGES, st.integers(0, 255).filter(lambda flags: not flags & 1))
def test_the_same_in_an_envelope(body: tuple[str, str], message: str, flags: int) -> None:
    text, pointer = body
    request = post(envelope(text, flags), "application/connect+json")
    changed = fill(request, f"connect:{pointer}", (), message).body or b""
    assert changed == envelope(filled(text, f"json:{pointer}", message), flags)
    assert [each.flags for each in split(changed)] == [flags]
