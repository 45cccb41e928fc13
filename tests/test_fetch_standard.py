"""What a browser adds to a fetch() call before it goes out."""

from __future__ import annotations

from typing import Any

import pytest

from fetch2py.fetch_standard import USER_AGENT, as_sent
from fetch2py.importers import parse
from fetch2py.request import Headers, Request, origin_of
from tests.fixture_files import snippets

URL = "https://api.example/v1?a=`{|}#fragment"


def sent(method: str = "GET", url: str = URL, headers: Any = (), **rest: Any) -> Request:
    return as_sent(Request(method, url, Headers(headers), **rest))


@pytest.mark.parametrize(
    ("written", "goes_out"),
    [("get", "GET"), ("Post", "POST"), ("patch", "patch"), ("PATCH", "PATCH"), ("delete", "DELETE")],
)
def test_the_standard_normalises_six_methods_only(written: str, goes_out: str) -> None:
    assert sent(written).method == goes_out


def test_a_request_that_was_no_call_keeps_its_method_and_its_fields() -> None:
    request = sent("delete", body=b"x", referrer="about:client")
    assert request.method == "delete"
    assert [name for name, _ in request.headers] == ["user-agent", "accept-encoding"]


def test_the_url_goes_as_written_less_fragment_and_userinfo() -> None:
    assert sent().url == "https://api.example/v1?a=`{|}"
    request = sent(url="https://us%65r:p%3Aw@api.example/x@y")
    assert request.url == "https://api.example/x@y"
    assert request.headers.get("authorization") == "Basic dXNlcjpwOnc="
    kept = sent(url="https://u:p@api.example/", headers=[("Authorization", "Bearer x")])
    assert kept.headers.get("authorization") == "Bearer x"
    assert sent(url="https://u@api.example/").headers.get("authorization") == "Basic dTo="


def test_fields_of_the_connection_never_go() -> None:
    stale = [
        (name, "1") for name in ("Host", "content-length", "Connection", "TE", ":path", "referrer-policy")
    ]
    assert [name for name, _ in sent(headers=[*stale, ("X-A", " 1\t")]).headers][:1] == ["X-A"]
    assert sent(headers=[("X-A", " 1\t")]).headers.get("x-a") == "1"


def test_defaults_come_where_the_request_has_none() -> None:
    assert list(sent().headers) == [
        ("accept", "*/*"),
        ("user-agent", USER_AGENT),
        ("accept-encoding", "gzip, deflate, br, zstd"),
    ]
    own = [("Accept", "a/b"), ("User-Agent", "Mine"), ("Accept-Encoding", "gzip, dcb, br;q=0.5")]
    assert list(sent(headers=own).headers) == [*own[:2], ("Accept-Encoding", "gzip, br;q=0.5")]
    assert sent(headers=[("accept-encoding", "gzip,br")]).headers.get("accept-encoding") == "gzip,br"
    assert sent(headers=[("accept-encoding", "dcz")]).headers.get("accept-encoding") == "identity"


def test_a_string_body_brings_its_type_unless_a_browser_listed_the_fields() -> None:
    assert sent("POST", body=b"x").headers.get("content-type") == "text/plain;charset=UTF-8"
    assert not sent("POST", body=b"x", headers=[("accept", "*/*")]).headers.has("content-type")
    assert sent("POST", body=b"").headers.get("content-type") == "text/plain;charset=UTF-8"
    assert not sent("POST").headers.has("content-type")


def test_header_values_travel_one_byte_a_character() -> None:
    assert sent(headers=[("x", "caf\xe9")]).headers.get("x") == "caf\xe9"
    assert sent(headers=[("x", "你")]).headers.get("x") == "\xe4\xbd\xa0"


@pytest.mark.parametrize(
    ("method", "referrer", "origin", "referer"),
    [
        ("POST", "https://api.example/", "https://api.example", "https://api.example/"),
        ("GET", "https://api.example/p#f", "", "https://api.example/p"),
        ("GET", "http://www.example:8080/p", "http://www.example:8080", "http://www.example:8080/p"),
        ("POST", "about:client", "", ""),
        ("POST", "", "", ""),
        ("POST", "https://[x/", "", ""),
        ("POST", "https://a:b/", "", ""),
    ],
)
def test_origin_and_referer_follow_the_page(method: str, referrer: str, origin: str, referer: str) -> None:
    headers = sent(method, referrer=referrer).headers
    assert (headers.get("origin"), headers.get("referer")) == (origin, referer)
    if referer:
        node = sent(method, headers=[("Referer", referrer)]).headers
        assert (node.get("origin"), node.get("referer")) == (origin, referrer)


# Referrer Policy, section 8.3: the policy; then what it leaves of the page's address for a request to the
# page's own origin, to another https origin, and to one without TLS.
POLICIES = [
    ("no-referrer", "", "", ""),
    ("no-referrer-when-downgrade", "whole", "whole", ""),
    ("origin", "origin", "origin", "origin"),
    ("origin-when-cross-origin", "whole", "origin", "origin"),
    ("same-origin", "whole", "", ""),
    ("strict-origin", "origin", "origin", ""),
    ("strict-origin-when-cross-origin", "whole", "origin", ""),
    ("unsafe-url", "whole", "whole", "whole"),
    ("Unsafe-URL", "whole", "whole", "whole"),
    ("never-heard-of", "whole", "origin", ""),
    # No policy told: the browser wrote what it had sent.
    ("", "whole", "whole", "whole"),
]


@pytest.mark.parametrize(("policy", "same", "cross", "plain"), POLICIES, ids=[row[0] for row in POLICIES])
def test_the_referer_is_cut_as_the_policy_says(policy: str, same: str, cross: str, plain: str) -> None:
    page = "https://page.example/p?q"
    shown = {page: "whole", "https://page.example/": "origin"}

    def referer(url: str) -> str:
        headers = sent("GET", url, referrer=f"{page}#f", referrer_policy=policy).headers
        value = headers.get("referer")
        return shown[value] if value else value

    got = tuple(map(referer, ("https://page.example/x", "https://other.example/", "http://page.example/")))
    assert got == (same, cross, plain)
    # The origin goes out whatever the policy: these are requests of mode cors.
    assert sent("POST", referrer=page, referrer_policy=policy).headers.get("origin") == "https://page.example"


def test_a_referrer_is_stripped_and_cut_where_it_is_too_long() -> None:
    def referer(referrer: str, policy: str = "", url: str = URL) -> str:
        return sent("GET", url, referrer=referrer, referrer_policy=policy).headers.get("referer")

    assert referer("https://us:pw@api.example/p#f") == "https://api.example/p"
    assert referer("https://us:pw@api.example/p", "unsafe-url") == "https://api.example/p"
    long = "https://api.example/" + "p" * 4077
    assert referer(long, "unsafe-url") == "https://api.example/"
    assert referer(long[:4096], "unsafe-url") == long[:4096]
    # What a machine says to itself is as good as TLS (Secure Contexts, section 3.1).
    assert referer("https://a.example/", "strict-origin", "http://x.localhost:1/") == "https://a.example/"
    assert referer("http://127.0.0.1:1/", "strict-origin", "http://a.example/") == ""
    assert referer("http://a.example/", "strict-origin", "http://b.example/") == "http://a.example/"
    assert referer("about:client", "unsafe-url") == ""


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://A.example:443/x", "https://a.example"),
        ("http://a.example:81", "http://a.example:81"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_origins_leave_the_schemes_own_port_out(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("row", snippets("chromium-156-browser"), ids=lambda row: row["name"])
def test_what_the_snippet_determines_is_as_on_the_wire(row: Any) -> None:
    if row["wire"] is None:
        pytest.skip("this request never reached a server, so there is nothing to compare")
    request = as_sent(parse(row["snippet"])[0])
    wire = {name.lower(): value for name, value in row["wire"]["headers"]}
    assert request.method == row["wire"]["method"]
    for name, value in parse(row["snippet"])[0].headers:
        assert request.headers.get(name) == value
        assert wire.get(name.lower(), value) == value
    assert request.headers.get("referer") == wire.get("referer", "")
