"""message: filling bodies of every kind, and reading them back with readers of other hands."""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fetch2py.envelope import Envelope, joined
from fetch2py.errors import SlotError
from fetch2py.message import assign, fill, find, held
from fetch2py.request import Headers, Request

FORM = "application/x-www-form-urlencoded;charset=UTF-8"
ODD = st.text(alphabet="\"\\/\n\r\t\x00\x7f\u2028\ufeffé你😀\ud83d\ude00+ %&=;#?<>'{}[]-_.!~*()", max_size=12)
TEXTS = st.text(max_size=12) | ODD
NAMES = st.text(alphabet='abz09 é你-_.~[]"%+&=/:>\n', min_size=1, max_size=6).filter(
    lambda name: " > " not in name
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def as_browsers_send(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def request(body: bytes | str | None, content_type: str = "", url: str = "https://x.example/a") -> Request:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    headers = Headers([("content-type", content_type)] if content_type else [])
    return Request("GET" if raw is None else "POST", url, headers, raw)


def body_of(changed: Request) -> bytes:
    return changed.body or b""


class Case(NamedTuple):
    """A request, the slot to fill, and how another reader reads the new message from the request; it checks
    that all else is as it was.
    """

    request: Request
    slot: str
    read: Callable[[Request], str]


def same(one: Any, other: Any) -> None:
    assert one == other


@st.composite
def json_bodies(draw: st.DrawFn) -> Case:
    members: dict[str, Any] = {
        **draw(st.dictionaries(st.text(max_size=4), VALUES, max_size=3)),
        "m": ["", "old"],
    }
    text = json.dumps(
        members, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1, "\t"]))
    )

    def read(changed: Request) -> str:
        value = json.loads(body_of(changed))
        message = value["m"][1]
        same({**value, "m": ["", "old"]}, json.loads(text))
        assert isinstance(message, str)
        return message

    return Case(request(text, "application/json"), "json:/m/1", read)


@st.composite
def json_lines(draw: st.DrawFn) -> Case:
    rows = [json.dumps(draw(VALUES)) for _ in range(draw(st.integers(1, 4)))]
    index = draw(st.integers(0, len(rows)))
    rows.insert(index, ' {"t" : "old"}\t')
    end = draw(st.sampled_from(["\n", "\r\n", "\n \n", "\n\n"]))
    text = draw(st.sampled_from(["", "\ufeff", "\n"])) + end.join(rows) + draw(st.sampled_from(["", end]))

    def read(changed: Request) -> str:
        lines = [line for line in body_of(changed).decode("utf-8-sig").split("\n") if line.strip()]
        message = json.loads(lines[index])["t"]
        same(
            [json.loads(line) for number, line in enumerate(lines) if number != index],
            [json.loads(row) for number, row in enumerate(rows) if number != index],
        )
        before, behind = text.encode().split(b'"old"')
        assert body_of(changed).startswith(before)
        assert body_of(changed).endswith(behind)
        assert isinstance(message, str)
        return message

    return Case(request(text, "application/x-ndjson"), f"json:/{index}/t", read)


def envelopes(raw: bytes) -> list[tuple[int, bytes]]:
    found = []
    while raw:
        end = 5 + int.from_bytes(raw[1:5], "big")
        assert len(raw) >= end
        found.append((raw[0], raw[5:end]))
        raw = raw[end:]
    return found


@st.composite
def connect_bodies(draw: st.DrawFn) -> Case:
    before = [json.dumps({"x": draw(VALUES)}).encode() for _ in range(draw(st.integers(0, 2)))]
    raw = joined(tuple(Envelope(0, each) for each in (*before, b'{"a":{"m":"old"}}', b'{"a":{"m":"no"}}')))
    is_text = draw(st.booleans())
    kind = "application/grpc-web-text+json" if is_text else "application/connect+json"

    def read(changed: Request) -> str:
        body = b64decode(body_of(changed), validate=True) if is_text else body_of(changed)
        found = envelopes(body)
        message = json.loads(found[len(before)][1])["a"]["m"]
        found[len(before)] = (0, b'{"a":{"m":"old"}}')
        same(found, envelopes(raw))
        assert isinstance(message, str)
        return message

    return Case(request(b64encode(raw) if is_text else raw, kind), "connect:/a/m", read)


def as_components(text: str) -> str:
    return quote(text, safe="!'()*~")


ENCODERS: list[Callable[[str], str]] = [quote_plus, as_components]
# A coding's name, and what packs and unpacks it.
CODINGS: list[tuple[str, Callable[[bytes], bytes], Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress, gzip.decompress),
    ("deflate", zlib.compress, zlib.decompress),
]


@st.composite
def pairs(draw: st.DrawFn, value: str) -> tuple[str, str, int]:
    """A query with `value` in one of its fields: the text, that field's name, its number among the fields."""
    encode = draw(st.sampled_from(ENCODERS))
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    index = draw(st.integers(0, len(names) - 1))
    fields = [(name, value if name == names[index] else draw(TEXTS)) for name in names]
    text = "&".join(f"{encode(name)}={encode(as_browsers_send(text))}" for name, text in fields)
    return text + draw(st.sampled_from(["", "&", f"&{encode(names[index])}=again"])), names[index], index


def read_pairs(before: str, after: str, index: int) -> str:
    """The value of a field by the standard library; every other byte is the same."""
    ours, theirs = before.split("&"), after.split("&")
    assert ours[:index] == theirs[:index]
    assert ours[index + 1 :] == theirs[index + 1 :]
    assert ours[index].partition("=")[0] == theirs[index].partition("=")[0]
    return parse_qsl(after, keep_blank_values=True, max_num_fields=100)[index][1]


@st.composite
def forms(draw: st.DrawFn) -> Case:
    text, name, index = draw(pairs("old text"))
    return Case(
        request(text, FORM),
        f"form:{name}",
        lambda changed: read_pairs(text, body_of(changed).decode(), index),
    )


@st.composite
def queries(draw: st.DrawFn) -> Case:
    text, name, index = draw(pairs("old text"))
    body = draw(st.sampled_from([None, b"{}"]))
    behind = draw(st.sampled_from(["", "#", "#a?b=c"]))
    start = "https://x.example/a;b/%7E?"

    def read(changed: Request) -> str:
        assert changed.url.startswith(start)
        assert changed.url.endswith(behind)
        assert changed.body == body
        assert changed.url.isascii()
        query = changed.url[len(start) : len(changed.url) - len(behind)]
        assert query == urlsplit(changed.url).query
        return read_pairs(text, query, index)

    return Case(request(body, url=start + text + behind), f"query:{name}", read)


@st.composite
def json_in_forms(draw: st.DrawFn) -> Case:
    inner = json.dumps([["old", draw(st.text(max_size=5)), None]], ensure_ascii=draw(st.booleans()))
    outer = json.dumps([None, inner], ensure_ascii=draw(st.booleans()))
    text, name, index = draw(pairs(outer))

    def read(changed: Request) -> str:
        value = json.loads(read_pairs(text, body_of(changed).decode(), index))
        rows = json.loads(value[1])
        message = rows[0][0]
        same([value[0], [["old", *rows[0][1:]]]], [None, json.loads(inner)])
        assert isinstance(message, str)
        return message

    return Case(request(text, FORM), f"form:{name} > json:/1 > json:/0/0", read)


@st.composite
def multiparts(draw: st.DrawFn) -> Case:
    names = draw(st.lists(st.text("ab é\"'%;=", min_size=1, max_size=5), min_size=1, max_size=4, unique=True))
    names = list(dict.fromkeys(name.replace("%", "") or "x" for name in names))
    index = draw(st.integers(0, len(names) - 1))
    line_end = draw(st.sampled_from(["\r\n", "\n"]))
    contents = [b"old" if number == index else draw(st.binary(max_size=9)) for number in range(len(names))]
    pieces = []
    for name, content in zip(names, contents, strict=True):
        head = f'--B0{line_end}Content-Disposition: form-data; name="{name.replace(chr(34), "%22")}"'
        pieces.append(f"{head}{line_end * 2}".encode() + content + line_end.encode())
    raw = b"".join(pieces) + f"--B0--{line_end}".encode()

    def read(changed: Request) -> str:
        before = b"".join(pieces[:index]) + pieces[index].rsplit(b"old", 1)[0]
        behind = raw[len(before) + 3 :]
        assert body_of(changed).startswith(before)
        assert body_of(changed).endswith(behind)
        return body_of(changed)[len(before) : len(body_of(changed)) - len(behind)].decode()

    return Case(request(raw, 'multipart/form-data; boundary="B0"'), f"multipart:{names[index]}", read)


@st.composite
def raw_texts(draw: st.DrawFn) -> Case:
    bom = draw(st.sampled_from(["", "\ufeff"]))
    return Case(
        request(bom + "old\r\ntext", "text/plain"),
        "raw:",
        lambda changed: body_of(changed).removeprefix(bom.encode()).decode(),
    )


@st.composite
def base64_members(draw: st.DrawFn) -> Case:
    code, decode = draw(st.sampled_from([(b64encode, b64decode), (urlsafe_b64encode, urlsafe_b64decode)]))
    inner = json.dumps({"q": "old", "é": draw(st.text(max_size=8))}, ensure_ascii=False).encode()
    spelled = code(inner).decode()
    is_padded = draw(st.booleans())
    spelled = spelled if is_padded else spelled.rstrip("=")
    if not is_padded and len(spelled) % 4 and code is b64encode:
        spelled = code(inner).decode()
    body = json.dumps({"p": spelled, "n": 1})

    def read(changed: Request) -> str:
        value = json.loads(body_of(changed))
        text = value["p"]
        inside = json.loads(decode(text + "=" * (-len(text) % 4)))
        message = inside["q"]
        same({**inside, "q": "old"}, json.loads(inner))
        assert value["n"] == 1
        assert isinstance(message, str)
        return message

    return Case(request(body, "application/json"), "json:/p > base64: > json:/q", read)


@st.composite
def packed_bodies(draw: st.DrawFn) -> Case:
    coding, pack, unpack = draw(st.sampled_from(CODINGS))
    case = draw(json_bodies() | forms())
    plain = case.request
    # Browsers show some of these bodies unpacked.
    shown = pack(body_of(plain)) if draw(st.booleans()) else body_of(plain)
    headers = plain.headers.plus("Content-Encoding", coding)
    return Case(
        replace(plain, headers=headers, body=shown),
        case.slot,
        lambda changed: case.read(replace(changed, body=unpack(body_of(changed)))),
    )


CASES = {
    "json": json_bodies(),
    "json lines": json_lines(),
    "connect": connect_bodies(),
    "form": forms(),
    "query": queries(),
    "json in a form": json_in_forms(),
    "multipart": multiparts(),
    "raw": raw_texts(),
    "base64": base64_members(),
    "packed": packed_bodies(),
}


@pytest.mark.parametrize("kind", CASES)
def test_filled_then_read_by_another_and_nothing_else_changed(kind: str) -> None:
    @settings(deadline=None, max_examples=1000, suppress_health_check=list(HealthCheck), database=None)
    @given(CASES[kind], TEXTS)
    def check(case: Case, message: str) -> None:
        # At a text's beginning it would be taken for the byte order mark.
        assume(kind != "raw" or not message.startswith("\ufeff"))
        changed = fill(case.request, case.slot, (), message)
        assert case.read(changed) == as_browsers_send(message)
        assert held(changed, case.slot) == as_browsers_send(message)
        assert replace(changed, url=case.request.url, body=case.request.body) == case.request
        again = fill(changed, case.slot, (), held(case.request, case.slot))
        assert held(again, case.slot) == held(case.request, case.slot)

    check()


class TestAssign:
    @pytest.mark.parametrize(
        ("old", "value", "literal"),
        [
            ('"x"', "7", '"7"'),
            ('"x"', "null", '"null"'),
            ("1.0", "-1.50e+3", "-1.50e+3"),
            ("-7", " 8 ", "8"),
            ("true", "false", "false"),
            ("false", "true", "true"),
            ("{}", '{"a": [1]}', '{"a": [1]}'),
            ("[1]", "[]", "[]"),
            ("null", "3", "3"),
            ("null", '{"a":1}', '{"a":1}'),
            ("null", "plain", '"plain"'),
            ("null", '"quoted"', '"quoted"'),
        ],
    )
    def test_a_value_keeps_its_type(self, old: str, value: str, literal: str) -> None:
        body = f'{{ "a":[1, {old}] }}'
        new = f'{{ "a":[1, {literal}] }}'
        assert body_of(assign(request(body), "json:/a/1", value)).decode() == new
        changed = assign(request(json.dumps({"in": body})), "json:/in > json:/a/1", value)
        assert json.loads(body_of(changed)) == {"in": new}

    @pytest.mark.parametrize(
        ("slot", "value", "what"),
        [
            ("n", "x", "a number"),
            ("n", "1_000", "a number"),
            ("n", "NaN", "a number"),
            ("n", "01", "a number"),
            ("n", '"1"', "a number"),
            ("t", "1", "true"),
            ("f", "no", "false"),
            ("o", "[]", "an object"),
            ("o", "{", "an object"),
            ("l", "{}", "a list"),
            ("l", "[1", "a list"),
        ],
    )
    def test_a_value_of_another_type_is_refused(self, slot: str, value: str, what: str) -> None:
        body = '{"n":1, "t":true, "f":false, "o":{}, "l":[]}'
        with pytest.raises(SlotError, match=f"holds {what}") as caught:
            assign(request(body), f"json:/{slot}", value)
        assert caught.value.hint

    def test_elsewhere_it_is_text(self) -> None:
        assert assign(request("n=1&b=2", FORM), "form:n", "[x]").body == b"n=%5Bx%5D&b=2"
        changed = assign(request('n={"a":1}', FORM), "form:n > json:/a", "2")
        assert changed.body == b'n={"a":2}'

    def test_null_in_a_text_that_is_escaped(self) -> None:
        changed = assign(request('{"a":"\\u00e9","z":null}'), "json:/z", "é")
        assert changed.body == b'{"a":"\\u00e9","z":"\\u00e9"}'


class TestPacked:
    BODY = b'{"prompt":"how are you?"}'

    def packed(self, body: bytes, *codings: str) -> Request:
        headers = Headers(
            [("content-type", "application/json"), *(("Content-Encoding", each) for each in codings)]
        )
        return Request("POST", "https://x.example/?m=a", headers, body)

    @pytest.mark.parametrize(
        ("coding", "pack"),
        [("gzip", gzip.compress), ("X-GZip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
    )
    def test_it_is_looked_into_unpacked(self, coding: str, pack: Callable[[bytes], bytes]) -> None:
        finding = find(self.packed(pack(self.BODY), coding))
        assert (finding.slot, finding.sure, finding.body_kind) == ("json:/prompt", True, "json")

    def test_a_change_elsewhere_leaves_it_as_it_was_packed(self) -> None:
        body = gzip.compress(self.BODY, compresslevel=1)
        changed = fill(self.packed(body, "gzip"), "query:m", (), "b")
        assert (changed.body, changed.url) == (body, "https://x.example/?m=b")

    def test_one_that_is_shown_unpacked_is_packed(self) -> None:
        changed = fill(self.packed(self.BODY, "gzip"), "json:/prompt", (), "hi")
        assert gzip.decompress(body_of(changed)) == b'{"prompt":"hi"}'
        changed = fill(self.packed(self.BODY, "gzip"), "query:m", (), "b")
        assert gzip.decompress(body_of(changed)) == self.BODY
        assert fill(self.packed(b"", "gzip"), "query:m", (), "b").body == b""

    @pytest.mark.parametrize("codings", [("br",), ("zstd",), ("gzip, deflate",), ("gzip", "gzip")])
    def test_other_codings_are_binary(self, codings: tuple[str, ...]) -> None:
        assert find(self.packed(self.BODY, *codings)).body_kind == "binary"

    @pytest.mark.parametrize("coding", ["utf-8", "", "amz-1.0"])
    def test_what_is_no_coding_changes_nothing(self, coding: str) -> None:
        assert find(self.packed(self.BODY, coding)).sure

    def test_bombs_and_pieces(self) -> None:
        bomb = gzip.compress(bytes(65 * 1024 * 1024))
        finding = find(self.packed(bomb, "gzip"))
        assert (finding.slot, finding.body_kind) == (None, "binary")
        with pytest.raises(SlotError, match="64 MB"):
            held(self.packed(bomb, "gzip"), "json:/prompt")
        for body in (gzip.compress(self.BODY)[:-9], gzip.compress(self.BODY) + b"more"):
            assert find(self.packed(body, "gzip")).slot is None


class TestLines:
    @pytest.mark.parametrize(
        ("body", "content_type", "kind"),
        [
            ('{"a":1}\n{"b":2}', "text/plain", "json"),
            ('{"a":1}\n[2]', "", "json"),
            ('{"a":1}\n[2', "", "text"),
            ("1\n2", "text/plain", "text"),
            ("[a] and [b]", "text/plain", "text"),
            ("a=1&b=2", "", "form"),
            ("a=1", "", "text"),
            ("a=1", FORM, "form"),
            ("what is it?", FORM, "text"),
            ('<a b="c"/>', FORM, "text"),
            ("a=1 &b=2", "", "text"),
            (b'{"\xff":1}', "", "binary"),
        ],
    )
    def test_by_content(self, body: str | bytes, content_type: str, kind: str) -> None:
        assert find(request(body, content_type)).body_kind == kind

    def test_one_line_of_a_list_by_its_type(self) -> None:
        post = request('{"text":"how are you?"}\n', "application/x-ndjson")
        assert find(post).slot == "json:/0/text"

    def test_json_over_several_lines_is_one_value(self) -> None:
        post = request('{\n"text":\n"how are you?"\n}', "application/json")
        assert find(post).slot == "json:/text"

    def test_a_line_that_is_no_json(self) -> None:
        finding = find(request('{"a":1}\noops', "application/x-ndjson"))
        assert "can't be read as JSON" in finding.reason


def test_an_empty_text_is_a_text() -> None:
    assert fill(request("", "text/plain"), "raw:", (), "x").body == b"x"
    assert fill(request("a=&b", FORM), "form:a", (), "x").body == b"a=x&b"
    for slot in ("raw:", "form:b", "multipart:a"):
        with pytest.raises(SlotError, match="leads to no text"):
            held(request(None), slot)
