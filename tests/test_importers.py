"""The room `importers`: pasted text → requests, on everything that real browsers wrote."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fetch2py
from fetch2py.envelope import Envelope, joined
from fetch2py.errors import NotAFetchCall, NotALiteral, SnippetError, SnippetSyntaxError
from fetch2py.importers import parse
from fetch2py.request import Headers, Request
from fetch2py.wire.outgoing import locate
from tests.fixture_files import FIXTURES, snippet, snippets


def one(text: str) -> Request:
    [request] = parse(text)
    return request


def codes(request: Request) -> list[str]:
    return [loss.code for loss in request.losses]


@pytest.mark.parametrize("row", snippets(), ids=lambda row: row["name"])
def test_says_what_the_snippet_says(row: Any) -> None:
    requests = parse(row["snippet"])
    wires = row.get("wires") or [row["wire"]]
    for request, call, wire in zip(requests, row["calls"], wires, strict=True):
        options = call["options"]
        assert (request.method, request.url) == (options["method"], call["url"])
        live = list(options.get("headers", {}).items())
        if row["file"] == "chromium-156-resend":
            assert [pair for pair in request.headers if pair in live] == live
        else:
            assert list(request.headers) == live
        if wire is not None and row["body_bytes"] != "lost":
            assert (request.body or b"") == b64decode(wire["body_base64"])


@pytest.mark.parametrize("style", ["browser", "node"])
def test_more_requests_of_chromium_are_the_wires(style: str) -> None:
    rows = json.loads((FIXTURES / "snippets_more" / f"chromium-156-{style}.json").read_text(encoding="utf-8"))
    for row in rows:
        request, wire = one(row["snippet"]), row["wire"]
        assert (request.method, locate(request.url).target.decode()) == (wire["method"], wire["target"])
        if row["body_bytes"] == "lost":
            assert {"body-replaced", "file-content"} & set(codes(request))
        else:
            assert (request.body or b"") == b64decode(wire["body_base64"]), row["id"]


# Where nothing in the snippet tells that bytes are gone: a byte order mark.
UNTELLABLE = {("firefox-153", "json-with-bom")}


@pytest.mark.parametrize(
    "row", [row for row in snippets() if row["body_bytes"] == "lost"], ids=lambda row: row["name"]
)
def test_a_lost_body_is_named(row: Any) -> None:
    told = {"body-missing", "body-unclear", "file-content", "body-charset"} & set(codes(one(row["snippet"])))
    assert bool(told) != ((row["file"], row["id"]) in UNTELLABLE)


def test_edit_and_resend_gives_its_commented_fields_back() -> None:
    for row in snippets("chromium-156-resend"):
        request = one(row["snippet"])
        if row["wire"] is None or row["wire"]["http_version"] != "1.1":
            continue
        sent = {name.lower(): value for name, value in row["wire"]["headers"]}
        told = {name.lower(): value for name, value in request.headers}
        for name in ("cookie", "origin", "referer", "sec-fetch-mode", "user-agent", "host"):
            # A request of a worker or of no-cors was shown before its last fields were known.
            assert told.get(name, sent.get(name)) == sent.get(name), (row["id"], name)
        assert ("cookie" in told) == ("cookie" in sent)
        assert "cookies" not in codes(request)
    names = [
        name for name, _ in one(snippet("chromium-156-resend", "h2-kimi-chat-stream")["snippet"]).headers
    ]
    assert names == sorted(names)
    assert "cookie" in names


def test_only_the_consoles_own_comments_are_restored() -> None:
    request = one(
        'fetch("https://a.example/", {\n  "headers": {\n    "x-b": "1",\n'
        '    // "cookie": "a=b", // Browser manages this from the cookie jar\n'
        '    // "authorization": "Bearer old",\n    // a note\n  }\n});'
    )
    assert list(request.headers) == [("cookie", "a=b"), ("x-b", "1")]
    broken = '// "cookie": "\\x", // Browser manages this from the cookie jar'
    assert not one(f'fetch("https://a.example/", {{\n "headers": {{\n{broken}\n}}\n}});').headers


def test_cookies_left_out_are_named_with_the_remedy() -> None:
    request = one(snippet("chromium-156-browser", "kimi-chat-stream")["snippet"])
    [loss] = [loss for loss in request.losses if loss.code == "cookies"]
    assert "use Copy as fetch (Node.js)" in loss.message
    assert "cookies" not in codes(one(snippet("chromium-156-node", "kimi-chat-stream")["snippet"]))
    assert "cookies" not in codes(one(snippet("chromium-156-browser", "get-simple")["snippet"]))


TYPE = ("content-type", "text/plain;charset=UTF-8")


@pytest.mark.parametrize(
    ("options", "lists_all"),
    [
        ('{"headers": {"accept": "*/*"}, "body": "x", "method": "POST"}', True),
        ('{"headers": {"2": "b", "10": "a", "accept": "*/*", "cookie": "a=b", "Referer": "c"}, "body": "x", '
         '"method": "POST"}', True),
        ('{"credentials": "omit", "headers": {"X": "y", "Accept": "*/*"}, "body": "x", "method": "POST", '
         '"mode": "cors"}', True),
        ('{"body": "x", "cache": "default", "credentials": "omit", "headers": {"Accept": "*/*"}, '
         '"method": "POST", "mode": "cors", "redirect": "follow"}', True),
        ('{headers: {Accept: "*/*"}, body: "x", method: "POST"}', False),
        ('{body: "x", headers: {accept: "*/*"}, method: "POST"}', False),
        ('{method: "POST", mode: "cors", credentials: "omit", headers: {accept: "*/*"}, body: "x"}', False),
        ('{method: "POST", body: "x"}', False),
    ],
)  # fmt: skip
def test_what_a_menu_lists_is_all_and_what_a_person_writes_is_not(options: str, lists_all: bool) -> None:
    assert one(f'fetch("https://a.example/", {options})').headers.has("content-type") != lists_all


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("'https://a.example/'", ("GET", "https://a.example/", [], None)),
        ("`https://a.example/` , {method: 'POST', body: ''}", ("POST", "https://a.example/", [TYPE], b"")),
        (
            "'https://a.test/', {headers: new Headers({A: 'b'}), body: JSON.stringify({q: 1}), method: 'A'}",
            ("A", "https://a.test/", [("A", "b"), TYPE], b'{"q":1}'),
        ),
        (
            "'https://a.example/', {headers: [['a', 'b'], ['a', 'c']]}",
            ("GET", "https://a.example/", [("a", "b, c")], None),
        ),
        (
            "'https://a.example/', {headers: new Headers([['a', 1]]), method: 'POST', body: 5}",
            ("POST", "https://a.example/", [("a", "1"), TYPE], b"5"),
        ),
        (
            "'https://a.example/', {headers: new Headers(new Headers({a: true})), method: 'P', body: null}",
            ("P", "https://a.example/", [("a", "true")], None),
        ),
        (
            "new Request('https://a.example/', {method: 'POST', body: 'x'}), {headers: {a: null}}",
            ("POST", "https://a.example/", [("a", "null"), ("accept", "*/*")], b"x"),
        ),
        (
            "new Request('https://a.example/', {method: 'POST', body: 'x'}), {body: null}",
            ("POST", "https://a.example/", [TYPE], b"x"),
        ),
        ("new Request('https://a.example/')", ("GET", "https://a.example/", [], None)),
        ("'https://a.example/', null", ("GET", "https://a.example/", [], None)),
        ("'https://a.example/', {method: undefined, headers: null}", ("GET", "https://a.example/", [], None)),
        ("'https://a.example/', {signal: AbortSignal.timeout(5)}", ("GET", "https://a.example/", [], None)),
        ("'https://a.example/', {headers: new Headers()}", ("GET", "https://a.example/", [], None)),
        ("'https://a.example/\\ud800'", ("GET", "https://a.example/%EF%BF%BD", [], None)),
        (
            "' https://A.example\\\\b/../`c`?\"d\"#e '",
            ("GET", "https://A.example/%60c%60?%22d%22#e", [], None),
        ),
    ],
)
def test_hand_written_calls(code: str, expected: Any) -> None:
    request = one(f"const res = await fetch({code})")
    assert (request.method, request.url, list(request.headers), request.body) == expected


@pytest.mark.parametrize(
    ("init", "body"),
    [
        ("{q: '你好 x', n: 1}", b"q=%E4%BD%A0%E5%A5%BD+x&n=1"),
        ("{'\\ud800': 'a'}", b"%EF%BF%BD=a"),
        ("'b=\\ud800'", b"b=%EF%BF%BD"),
        ("[['a', '~*-._'], ['a', '']]", b"a=%7E*-._&a="),
        ("'?a=b c&d'", b"a=b+c&d="),
        ("", b""),
    ],
)
def test_url_search_params_bring_their_type(init: str, body: bytes) -> None:
    form = f"new URLSearchParams({init})"
    request = one(f"fetch('https://a.example/', {{method: 'POST', body: {form}}})")
    assert request.body == body
    assert request.headers.get("content-type") == "application/x-www-form-urlencoded;charset=UTF-8"
    plain = one(f"fetch('https://a.example/', {{method: 'POST', body: {form}.toString()}})")
    assert plain.body == body
    assert list(plain.headers) == [TYPE]
    typed = one(
        f"fetch('https://a.example/', {{method: 'POST', body: {form}, headers: {{'Content-Type': 'x/y'}}}})"
    )
    assert list(typed.headers) == [("Content-Type", "x/y")]


@pytest.mark.parametrize(
    ("text", "kind", "place", "said"),
    [
        ("fetch(location.href)", NotALiteral, (1, 7), "The URL (location.href) isn't a literal"),
        ("fetch(\n  a()\n)", NotALiteral, (2, 3), "The URL isn't a literal"),
        ("fetch('https://a/', init)", NotALiteral, (1, 21), "The second argument of fetch() (init)"),
        ("fetch('https://a/', {headers: {a: b}})", NotALiteral, (1, 35), "A header value isn't a literal"),
        ("fetch('https://a/', {body: new FormData(f)})", NotALiteral, (1, 21), "new FormData"),
        ("fetch('https://a/', {body: new String()})", NotALiteral, (1, 21), "new String"),
        ("fetch('https://a/', {body: new Map().toString()})", NotALiteral, (1, 21), "new String"),
        ("fetch('https://a/', {body: {a: 1}})", SnippetError, (1, 21), "[object Object]"),
        ("fetch('https://a/', {headers: 'x'})", SnippetError, (1, 21), "header names"),
        ("fetch('https://a/', {headers: [['a']]})", SnippetError, (1, 21), "header names"),
        ("fetch('https://a/', {headers: {a: []}})", SnippetError, (1, 21), "A header value isn't a string"),
        ("fetch('https://a/', 5)", SnippetError, (1, 1), "isn't an object"),
        ("fetch('/api/chat')", SnippetError, (1, 7), "isn't absolute"),
        ("fetch(5)", SnippetError, (1, 7), "isn't absolute"),
        ("fetch('http://[bad/')", SnippetError, (1, 7), "host or port"),
        ("fetch('http://a:99999/')", SnippetError, (1, 7), "host or port"),
        ("fetch()", SnippetError, (1, 1), "without a URL"),
        ("fetch('https://a/', {method: 'Trace'})", SnippetError, (1, 21), "sends no TRACE"),
        ("// fetch('x')", NotAFetchCall, (1, 1), "as code"),
        ("", SnippetSyntaxError, (1, 1), "empty"),
        ("\ufeff \n", SnippetSyntaxError, (1, 1), "empty"),
        ("<!DOCTYPE html><p>", NotAFetchCall, (1, 1), "web page"),
        ("https://a.example/", NotAFetchCall, (1, 1), "URL alone"),
        ("\x00\x01\x02", NotAFetchCall, (1, 1), "binary"),
        ("hello", NotAFetchCall, (1, 1), "No fetch() call"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    text: str, kind: type[SnippetError], place: tuple[int, int], said: str
) -> None:
    with pytest.raises(kind) as caught:
        parse(text)
    error = caught.value
    assert type(error) is kind
    assert said in error.message
    if place != (1, 1):
        assert (error.line, error.column) == place
    assert error.exit_code == 3


def test_lines_are_counted_as_editors_count_them() -> None:
    with pytest.raises(NotALiteral) as caught:
        parse("// a\r\n// b\r// c\u2028\nfetch('https://a/',\r\n\t{body: b})")
    assert (caught.value.line, caught.value.column) == (5, 9)


def body(text: str, content_type: str, **fields: str) -> tuple[bytes | None, list[str]]:
    """The bytes and the losses of a body shown as `text`."""
    headers = {"content-type": content_type, "user-agent": "x", "content-length": "9", **fields}
    options = json.dumps({"method": "POST", "headers": headers, "body": text})
    request = one(f'fetch("https://a.example/", {options})')
    return request.body, codes(request)


@pytest.mark.parametrize(
    ("text", "content_type", "expected"),
    [
        ("café", "application/json", b"caf\xe9"),
        ('"café"', "application/json; charset=utf-8", '"café"'.encode()),
        ('"café"', "application/vnd.api+json", '"café"'.encode()),
        ('"café"', "", '"café"'.encode()),
        ("café", "", b"caf\xe9"),
        ("café", "text/plain", "café".encode()),
        ("café", "application/x-www-form-urlencoded", "café".encode()),
        ("café", "image/svg+xml", "café".encode()),
        ("café", "text/plain; charset=iso-8859-1", b"caf\xe9"),
        ("café", "application/octet-stream", b"caf\xe9"),
        ("\x1f\x8bé", "application/json", b"\x1f\x8b\xe9"),
        ('name="a"\r\n\r\né', "multipart/form-data; boundary=x", 'name="a"\r\n\r\né'.encode()),
        (
            'name="a"; filename="b"\r\n\r\né',
            "multipart/form-data; boundary=x",
            b'name="a"; filename="b"\r\n\r\n\xe9',
        ),
        ("é中", "application/octet-stream", "é中".encode()),
        ("Ã©", "application/octet-stream", "Ã©".encode()),
        ("\ud800a", "text/plain", "\ufffda".encode()),
    ],
)
def test_a_bodys_characters_become_the_bytes_that_were_sent(
    text: str, content_type: str, expected: bytes
) -> None:
    assert body(text, content_type)[0] == expected


@pytest.mark.parametrize("text", ['{"q":"café"}', '["é"]\n{"b":1}\r\n\n', '\x1e{"a":"é"}\n\x1e"ü"\n'])
@pytest.mark.parametrize(
    "content_type",
    [
        *("application/json+protobuf", "application/x-amz-json-1.1", "application/x-json", "*/*", ""),
        *(
            "application/json-rpc",
            "application/csp-report",
            "application/json-seq",
            "application/x-jsonlines",
        ),
        *("application/octet-stream", "application/x-thing", "image/png", "x"),
    ],
)
def test_what_reads_as_json_is_utf_8_whatever_its_type_says(text: str, content_type: str) -> None:
    assert body(text, content_type) == (text.encode(), [])


@pytest.mark.parametrize(
    "content_type",
    [
        *("application/json5", "application/jsonlines", "application/x-ndjson", "application/yaml"),
        *(
            "application/toml",
            "application/sdp",
            "application/x-javascript",
            "plain/text",
            "text/x-component",
        ),
        *("application/soap+xml; charset=utf-8", "application/vnd.oai.openapi+yaml", "application/xml-dtd"),
    ],
)
def test_a_type_tells_a_text_by_a_word_in_it(content_type: str) -> None:
    assert body("a: 'é'", content_type) == ("a: 'é'".encode(), [])


@pytest.mark.parametrize(
    ("text", "content_type", "expected", "loss"),
    [
        ("naïve café", "application/x-thing", "naïve café".encode(), ["body-ambiguous"]),
        ("naïve café", "*/*", "naïve café".encode(), ["body-ambiguous"]),
        ("naïve café", "", "naïve café".encode("latin-1"), ["body-ambiguous"]),
        ("{café", "application/json", b"{caf\xe9", ["body-ambiguous"]),
        ("café", "application/octet-stream", b"caf\xe9", ["body-ambiguous"]),
        ("PK\x03\x04é", "application/vnd.oasis.opendocument.text", b"PK\x03\x04\xe9", []),
        ("é\x80", "application/x-thing", b"\xe9\x80", []),
        ("é", "application/x-thing; charset=iso-8859-1", b"\xe9", []),
    ],
)
def test_what_nothing_tells_is_named(text: str, content_type: str, expected: bytes, loss: list[str]) -> None:
    assert body(text, content_type) == (expected, loss)


def test_what_a_person_wrote_in_a_command_is_never_ambiguous() -> None:
    request = one("curl https://a.example/ -H 'content-type: application/x-thing' -d café")
    assert (request.body, codes(request)) == ("café".encode(), ["user-agent"])


@given(payload=st.text(st.characters(codec="utf-8"), max_size=200), flags=st.sampled_from([0, 2]))
@settings(deadline=None)
def test_an_envelope_survives_both_ways_of_showing_it(payload: str, flags: int) -> None:
    raw = payload.encode()
    framed = bytes([flags]) + len(raw).to_bytes(4, "big") + raw
    try:
        shown = framed.decode()
    except UnicodeDecodeError:
        shown = framed.decode("latin-1")
    assert body(shown, "application/connect+json")[0] == framed
    assert body(shown, "application/grpc-web+proto")[0] == framed


def test_a_spoilt_envelope_header_is_made_anew() -> None:
    raw, losses = body('\x00\x00\x00\x01\ufffd{"a":"你"}', "application/connect+json")
    assert raw == b"\x00\x00\x00\x00\x0b" + '{"a":"你"}'.encode()
    assert losses == ["envelope-rebuilt"]
    for spoilt in ("\0\0\u0001{\ufffd", "\0\0\u0001\ufffd{", "\ufffd{{"):
        raw, losses = body(spoilt + '{"a":1}', "application/connect+json")
        assert (raw, losses) == (b'\0\0\0\0\x07{"a":1}', ["envelope-rebuilt"])
    assert body("\x00\ufffd{oops", "application/connect+json")[1] == ["body-replaced"]
    assert body("\x00\ufffd", "application/connect+json")[1] == ["body-replaced"]
    assert body("AAAAA\x80", "application/grpc-web-text")[0] == b"AAAAA\x80"


def test_losses_of_a_body_are_named() -> None:
    assert body("a" * 1_048_576, "text/plain")[1] == ["body-cut"]
    assert body("🐎" * 524_288, "text/plain")[1] == ["body-cut"]
    assert body("🐎" * 524_289, "text/plain")[1] == []
    assert body("plain", "text/plain", **{"content-encoding": "gzip"})[1] == ["body-decompressed"]
    assert body("", "text/plain", **{"content-encoding": "br"})[1] == ["body-decompressed"]
    assert body("plain", "text/plain", **{"content-encoding": "identity"})[1] == []
    assert body("\x1f\x8b\xe9", "text/plain", **{"content-encoding": "gzip"})[1] == []
    firefox = {"user-agent": "Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0"}
    assert body("caf", "text/plain; charset=gbk", **firefox)[1] == ["body-charset"]
    assert body("caf", "text/plain; charset=gbk")[1] == []
    assert body("\ufffd", "image/png")[1] == ["body-replaced"]
    assert body("\ufffd", "text/plain")[1] == ["body-doubtful"]
    assert body('"\ufffd"', "")[1] == ["body-doubtful"]
    assert body("\ufffd", "")[1] == ["body-replaced"]
    assert body("\ufffd", "multipart/form-data; boundary=x")[1] == ["body-doubtful"]
    assert body('filename="\ufffd', "multipart/form-data; boundary=x")[1] == ["body-replaced"]
    envelope = joined((Envelope(0, '{"a":"\ufffd"}'.encode()),)).decode()
    assert body(envelope, "application/connect+json")[1] == []
    dropped = one("fetch('https://a.example/', {body: 'x', headers: {'user-agent': 'y'}})")
    assert (dropped.body, codes(dropped)) == (None, ["body-dropped"])
    missing = one(
        "fetch('https://a.example/', {method: 'POST', headers: {'content-length': '5', 'user-agent': 'y'}})"
    )
    assert codes(missing) == ["body-missing"]
    assert codes(one("fetch('https://a.example/', {method: 'POST', headers: {}})")) == ["headers-missing"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("method: 'POST', headers: {'content-type': 'application/json'}", ["body-unclear"]),
        ("method: 'POST', headers: {'content-type': 'multipart/form-data; boundary=x'}", ["body-missing"]),
        ("method: 'POST', headers: {'content-type': 'application/connect+json'}", ["body-missing"]),
        # What Chromium writes for a file, and for no body at all.
        ("method: 'POST', headers: {accept: '*/*'}, mode: 'cors', credentials: 'omit'", ["body-missing"]),
        ("method: 'POST', headers: {accept: '*/*'}, mode: 'cors', credentials: 'omit', body: null", []),
        # Safari writes the same for a blob and for no body.
        ("method: 'PUT', headers: {accept: '*/*'}, cache: 'default', redirect: 'follow'", ["body-unclear"]),
        ("method: 'DELETE', headers: {accept: '*/*'}, cache: 'default', redirect: 'follow'", []),
        ("method: 'HEAD', headers: {'content-type': 'image/png'}", []),
    ],
)
def test_a_body_that_isnt_shown_is_named_as_far_as_it_is_certain(options: str, expected: list[str]) -> None:
    request = one(f"fetch('https://a.example/', {{{options}}})")
    assert [code for code in codes(request) if code.startswith("body")] == expected
    assert bool(request.lost_bytes) == ("body-missing" in expected)


@pytest.mark.parametrize(
    ("method", "fields", "referrer", "expected"),
    [
        ("POST", {"accept": "*/*"}, "", ["origin"]),
        ("POST", {"accept": "*/*"}, "about:client", ["origin"]),
        ("POST", {"accept": "*/*"}, "https://a.example/", []),
        ("POST", {"accept": "*/*", "origin": "https://a.example"}, "", []),
        ("POST", {"accept": "*/*", "Referer": "https://a.example/"}, "", []),
        ("POST", {"x": "y"}, "", []),
        ("GET", {"accept": "*/*"}, "", []),
        ("OPTIONS", {"accept": "*/*"}, "", ["preflight"]),
        ("OPTIONS", {"accept": "*/*", "access-control-request-method": "PUT"}, "", []),
        ("OPTIONS", {"content-type": "text/plain"}, "", []),
    ],
)
def test_what_the_menus_leave_unsaid_is_named(
    method: str, fields: dict[str, str], referrer: str, expected: list[str]
) -> None:
    options = {"method": method, "headers": {"user-agent": "x", **fields}, "referrer": referrer}
    request = one(f"fetch('https://a.example/', {json.dumps(options)})")
    assert [code for code in codes(request) if not code.startswith("body")] == expected


@pytest.mark.parametrize(
    ("credentials", "referrer", "cookie", "expected"),
    [
        ("include", "", "", ["cookies"]),
        ("include", "", "a=b", []),
        ("omit", "", "", []),
        ("omit", "", "a=b", ["cookie-omitted"]),
        ("same-origin", "https://a.example/p", "", ["cookies"]),
        ("same-origin", "https://b.example/p", "", []),
        ("same-origin", "https://b.example/p", "a=b", ["cookie-omitted"]),
        ("same-origin", "https://a.example/p", "a=b", []),
        ("same-origin", "about:client", "a=b", []),
        ("same-origin", "", "", []),
        ("", "https://a.example/p", "", []),
    ],
)
def test_cookies_go_as_the_option_credentials_says(
    credentials: str, referrer: str, cookie: str, expected: list[str]
) -> None:
    headers = {"user-agent": "x", **({"cookie": cookie} if cookie else {})}
    options = {"headers": headers, "referrer": referrer, "credentials": credentials}
    request = one(f"fetch('https://a.example/', {json.dumps(options)})")
    assert codes(request) == expected
    assert request.headers.has("cookie") == (bool(cookie) and not expected)


def test_a_policy_that_is_named_and_empty_is_the_default_one() -> None:
    policies = [
        one(f"fetch('https://a.example/', {{{option}}})").referrer_policy
        for option in ("", "referrerPolicy: ''", "referrerPolicy: 'origin'")
    ]
    assert policies == ["", "strict-origin-when-cross-origin", "origin"]


def test_a_requests_repr_tells_no_secret() -> None:
    request = Request("POST", "https://a.example/?token=s", Headers([("authorization", "s")]), b"s")
    assert repr(request) == "<Request POST with 1 header fields, 1 bytes>"
    assert "no body" in repr(Request("GET", "https://a.example/"))
    assert repr(Headers([("authorization", "s"), ("x", "y")])) == "<Headers authorization, x>"


def test_headers_are_pairs_that_are_blind_to_case() -> None:
    headers = Headers([("A", "1"), ("b", "2"), ("a", "3")])
    assert tuple(headers) == (("A", "1"), ("b", "2"), ("a", "3"))
    assert (headers.get("a"), headers.get("c"), headers.get("c", "x")) == ("1", "", "x")
    assert headers.has("B")
    assert headers.without("A") == (("b", "2"),)
    assert headers.plus("c", "4")[-1] == ("c", "4")


def test_the_front_door_parses() -> None:
    assert fetch2py.parse(snippet("firefox-153", "get-simple")["snippet"])[0].method == "GET"
