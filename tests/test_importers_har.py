"""The room `importers` on HAR files: what Chromium writes, and what other tools write."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from fetch2py.errors import NotAFetchCall, SnippetError, SnippetSyntaxError
from fetch2py.fetch_standard import as_sent
from fetch2py.importers import parse
from fetch2py.request import Request
from tests.copied_files import har_text, har_wires, told, went

URL = "https://a.example/x"


def entry(
    method: Any = "POST",
    url: str = URL,
    headers: dict[str, Any] | None = None,
    posted: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    fields = {"user-agent": "x", "cookie": "a=b", **(headers or {})}
    listed = [{"name": name, "value": value} for name, value in fields.items()]
    return {
        "request": {
            "method": method,
            "url": url,
            "headers": listed,
            **({"postData": posted} if posted is not None else {}),
            **more,
        },
        "response": {"status": 200},
    }


def one(value: Any) -> Request:
    [request] = parse(json.dumps(value))
    return request


def codes(request: Request) -> list[str]:
    return [loss.code for loss in request.losses]


@pytest.mark.parametrize("number", range(len(har_wires())), ids=lambda number: str(har_wires()[number]["id"]))
def test_chromiums_entries_are_the_wire(number: int) -> None:
    request, wire = parse(har_text())[number], har_wires()[number]
    ours, theirs = told(request), went(wire["wire"])
    assert (ours["method"], ours["target"]) == (theirs["method"], theirs["target"])
    # A worker's request is listed before its fields are known, a binary file isn't shown.
    lost = {"worker-fetch-post": ["headers-missing"], "form-multipart-binary-file": ["file-content"]}
    assert codes(request) == lost.get(wire["id"], [])
    if "headers-missing" not in codes(request):
        assert ours["headers"] == theirs["headers"]
    if "file-content" not in codes(request):
        assert ours["body"] == theirs["body"]


def test_a_body_that_is_only_counted_is_missing() -> None:
    json_type = {"content-type": "application/json"}
    for posted in (None, {"text": ""}):
        assert codes(one(entry(headers=json_type, posted=posted, bodySize=500))) == ["body-missing"]
    assert one(entry(headers=json_type, posted={"text": ""}, bodySize=0)).body == b""
    assert codes(one(entry(headers=json_type, posted={"text": "{}"}, bodySize=500))) == []
    assert codes(one(entry(headers=json_type, bodySize=-1))) == ["body-unclear"]
    assert codes(one(entry("GET", bodySize=5))) == []


def test_a_field_that_no_entry_lists_is_not_invented_but_for_a_browser() -> None:
    assert not as_sent(one(entry(posted={"text": "x"}))).headers.has("accept")
    assert not as_sent(one(entry(posted={"text": "x"}))).headers.has("content-type")
    provisional = one(entry(headers={"user-agent": "Mozilla/5.0"}))
    assert as_sent(provisional).headers.get("accept") == "*/*"
    assert as_sent(one(entry("delete"))).method == "delete"


def test_the_length_tells_which_bytes_were_meant() -> None:
    def sent(text: str, length: int, content_type: str) -> tuple[bytes | None, list[str]]:
        headers = {"content-type": content_type, "content-length": str(length)}
        request = one([entry(headers=headers, posted={"text": text})])
        return request.body, codes(request)

    assert sent("café", 4, "text/plain") == (b"caf\xe9", [])
    assert sent("café", 5, "text/plain") == ("café".encode(), [])
    assert sent("café", 5, "application/octet-stream") == ("café".encode(), [])
    assert sent("café", 9, "text/plain") == ("café".encode(), ["body-length"])
    assert sent("你", 9, "text/plain") == ("你".encode(), ["body-length"])
    assert sent("a\ufffd", 4, "text/plain") == ("a\ufffd".encode(), [])
    assert sent("a\ufffd", 9, "text/plain") == ("a\ufffd".encode(), ["body-doubtful", "body-length"])
    assert sent("a\ufffd", 9, "image/png") == ("a\ufffd".encode(), ["body-replaced", "body-length"])


def test_a_sanitized_archive_says_so() -> None:
    requests = parse(har_text("chromium-156-sanitized"))
    assert [codes(request) for request in requests] == [["cookies"]] * 4
    assert "sensitive data" in requests[0].losses[0].message
    # One request with a cookie is enough to know that none was taken away.
    with_one = [
        entry("GET", headers={"cookie": "a=b"}),
        {"request": {**entry("GET")["request"], "headers": []}},
    ]
    assert [codes(request) for request in parse(json.dumps(with_one))] == [[], ["user-agent"]]


@pytest.mark.parametrize("wrap", [lambda e: {"log": {"entries": [e]}}, lambda e: [e], lambda e: e])
def test_an_archive_a_list_and_one_entry_are_read(wrap: Any) -> None:
    assert one(wrap(entry("GET"))).url == URL
    assert parse("\ufeff \n" + json.dumps(wrap(entry("GET")), indent=2))[0].method == "GET"


def test_only_http_is_read_and_order_is_kept() -> None:
    urls = ["data:text/plain,x", "http://a.example/1", "blob:http://a.example/x", "ws://a.example/", URL]
    value = {"log": {"entries": [*(entry("GET", url) for url in urls), {"request": 1}, 2]}}
    assert [request.url for request in parse(json.dumps(value))] == ["http://a.example/1", URL]


def test_fields_keep_order_case_and_bytes() -> None:
    headers = {":authority": "a.example", "X-B": "…\xe9", "Referer": "", "x-a": "", "Accept-Language": "en"}
    request = one(entry("GET", headers={**headers, "user-agent": "Mozilla/5.0"}))
    assert list(request.headers) == [
        ("user-agent", "Mozilla/5.0"),
        ("cookie", "a=b"),
        ("X-B", "\x85\xe9"),
        ("x-a", ""),
        ("Accept-Language", "en"),
    ]


def test_cookies_come_from_their_list_where_no_field_has_them() -> None:
    cookies = [{"name": "a", "value": "1"}, {"name": "", "value": "x"}, {"name": "b"}]
    request = {"method": "GET", "url": URL, "cookies": cookies}
    assert one({"request": request}).headers.get("cookie") == "a=1; x; b="
    assert one(entry("GET", cookies=cookies)).headers.get("cookie") == "a=b"


def test_bodies() -> None:
    base64 = {"text": b64encode(b"\xff\x00").decode(), "encoding": "base64", "mimeType": "a/b"}
    request = one(entry(posted=base64))
    assert (request.body, request.headers.get("content-type")) == (b"\xff\x00", "a/b")
    typed = one(entry(headers={"Content-Type": "c/d"}, posted={"text": "", "mimeType": "a/b"}))
    assert (typed.body, typed.headers.get("content-type")) == (b"", "c/d")
    assert codes(one(entry(headers={"content-type": "a/b"}))) == ["body-missing"]
    assert codes(one(entry(headers={"content-type": "a/b", "content-length": "0"}))) == []
    assert codes(one(entry("GET", posted={"text": "x"}))) == ["body-dropped"]
    assert (one(entry("GET", posted={"text": ""})).body, codes(one(entry("GET", posted={})))) == (None, [])
    assert one(entry("GET", headers={"content-length": "1"}, posted={"text": "x"})).body == b"x"


def test_a_forms_parameters_make_its_body_anew() -> None:
    params = [{"name": "a b", "value": "你~*"}, {"name": "c"}]
    form = one(entry(posted={"mimeType": "application/x-www-form-urlencoded", "params": params}))
    assert (form.body, codes(form)) == (b"a+b=%E4%BD%A0%7E*&c=", ["body-rebuilt"])
    parts = [*params, {"name": "f", "fileName": "g.txt", "contentType": "text/plain", "value": "x"}]
    posted = {"mimeType": 'multipart/form-data; boundary="B"', "params": parts, "text": ""}
    multipart = one(entry(posted=posted))
    assert codes(multipart) == ["body-rebuilt"]
    assert (
        multipart.body
        == (
            '--B\r\nContent-Disposition: form-data; name="a b"'
            "\r\n\r\n你~*\r\n"
            '--B\r\nContent-Disposition: form-data; name="c"\r\n\r\n\r\n'
            '--B\r\nContent-Disposition: form-data; name="f"; filename="g.txt"\r\n'
            "Content-Type: text/plain\r\n\r\nx\r\n"
            "--B--\r\n"
        ).encode()
    )
    parts[-1] = {"name": "f", "fileName": "g.txt"}
    assert codes(one(entry(posted=posted))) == ["body-rebuilt", "file-content"]


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ('{"request": ', SnippetSyntaxError, "isn't whole JSON"),
        ('{"request": [' + "[" * 100_000, SnippetSyntaxError, "nested too deeply"),
        ('{"request": 1}', NotAFetchCall, "No HTTP request"),
        ('{"log": {"entries": "request"}, "request": 1}', NotAFetchCall, "No HTTP request"),
        (json.dumps([entry(method=5)]), SnippetError, "Entry number 1 has no method"),
        (json.dumps([entry(url="http://:0/")]), SnippetError, "Entry number 1 has no method, or an address"),
        (
            json.dumps([entry(), entry(headers={"x": 1})]),
            SnippetError,
            "Entry number 2 has a header field that",
        ),
        (json.dumps([entry(cookies=5)]), SnippetError, "no list where its cookies should be"),
        (json.dumps([entry(cookies=[5])]), SnippetError, "no list where its cookies should be"),
        (json.dumps([entry(posted={"text": 5})]), SnippetError, "a body that isn't a string"),
        (json.dumps([entry(posted={"text": "SECRET!", "encoding": "base64"})]), SnippetError, "isn't base64"),
        ('{"a": 1}', NotAFetchCall, "No fetch() call, cURL command or HAR"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, kind: type[SnippetError], said: str) -> None:
    with pytest.raises(kind) as caught:
        parse(text)
    assert type(caught.value) is kind
    assert said in caught.value.message
    assert "SECRET" not in caught.value.message


def test_broken_json_is_told_with_its_place() -> None:
    with pytest.raises(SnippetSyntaxError) as caught:
        parse('{\n "request": {"url": SECRET}}')
    assert (caught.value.line, caught.value.column) == (2, 21)
    assert "SECRET" not in caught.value.message
