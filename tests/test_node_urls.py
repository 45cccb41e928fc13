"""URLs as people write them, read by Node's URL and by fetch2py: on the wire, and for the host alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py import Profile
from fetch2py.errors import Fetch2pyError
from fetch2py.wire.outgoing import locate
from tests.node_differences import compare
from tests.node_side import Bench, bench
from tests.servers import Received

EXAMPLES = int(os.environ.get("FETCH2PY_EXAMPLES", "1000"))

REST = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                "b.c",
                "/",
                "//",
                ".",
                "..",
                "/./",
                "/../",
                "%2e",
                "/%2E%2e/",
                "/.%2e",
                "\\",
                "\\..\\",
                "?",
            ),
            *("#", " ", "\t", "\n", "\r", "`", "{", "}", "|", "^", "[", "]", '"', "'", "<", ">", "%", "%zz"),
            *(
                "%41",
                "%e4",
                "é",
                "你",
                "😀",
                "\ud800",
                "\x00",
                "\x1f",
                "\x7f",
                "\x80",
                "\xa0",
                "\ufeff",
                "\u2028",
            ),
            *("\uff0e\uff0e", "@", ":", ";", "&b=c", "=", "+", "~", "!$()*,", "C:", "C|"),
        ]
    ),
    max_size=8,
).map(lambda pieces: "".join(["/", *pieces]))


@pytest.fixture(scope="module")
def both() -> Iterator[Bench]:
    """Node, fetch2py, and the recorder between them."""
    with bench() as sides:
        yield sides


def same(both: Bench, url: str) -> None:
    """Fail where the two don't send the same to the same."""
    [(node, ours)] = compare(both, f"fetch({json.dumps(url)})")
    assert isinstance(node, Received), node
    assert isinstance(ours, Received), ours
    assert node.get("host") == ours.get("host")


@settings(deadline=None, max_examples=EXAMPLES // 8)
@given(rest=REST)
def test_a_url_that_is_normalised_goes_out_as_it_is(both: Bench, rest: str) -> None:
    """What the URL standard has read and written once is what browsers' menus write."""
    read = both.asked({"url": both.origin + rest})
    same(both, both.origin + read["target"])


@settings(deadline=None, max_examples=EXAMPLES // 8)
@given(rest=REST)
def test_a_url_as_people_write_it(both: Bench, rest: str) -> None:
    same(both, both.origin + rest)


# What is before and between, R for the recorder's host and port.
STARTS = {
    *("HTTP://R/a", "hTTp://R", "http://R?b", "http://R#c", "http://R\\a", "http://R/", "http://R/%2e%2e?c"),
    *("http://R/\t", "http://R\n/", "http:/\t/R/", "ht\ntp://R/", "\thttp://R/", " http://R/ "),
    "\x00http://R/\x1f",
    *("http:R/", "http:/R/", "http:///R/", "http:\\\\R\\a", "http:\\/R/a", "http:////R", "http://@R/"),
}
STARTS_THAT_DIFFER = {
    *("http:R/", "http:/R/", "http:///R/", "http:////R"),
}


def cases(urls: set[str], that_differ: set[str]) -> list[Any]:
    mark = pytest.mark.xfail(
        strict=True,
        raises=AssertionError,
        reason="nobody writes such a URL; it is refused, or goes out as written",
    )
    return [
        pytest.param(url, marks=[mark] if url in that_differ else [], id=ascii(url)) for url in sorted(urls)
    ]


@pytest.mark.parametrize("url", cases(STARTS, STARTS_THAT_DIFFER))
def test_the_beginning_of_a_url(both: Bench, url: str) -> None:
    same(both, url.replace("R", both.origin.removeprefix("http://")))


HOSTS = {
    *("http://h.example:80/", "https://h.example:443/", "http://h.example:443/", "http://h.example:/"),
    *("http://h.example:080/", "http://h.example:65535/", "http://h.example:65536/", "http://h.example:a/"),
    *("http://h.example:0000008080/", "http://h.example:0/", "http://H.EXAMPLE", "http://h.example./"),
    *("http://h\n.example/", "http://h.example:8\t0/a", "http://h.example /", "http://h_x.example/"),
    "http://",
    *("http://münchen.example/", "http://MÜNCHEN.example/", "http://faß.example/", "http://你好.example/"),
    *("http://xn--mnchen-3ya.example/", "http://h。example/", "http://ＡＢ.example/", "http://😀.example/"),
    *("http://a\xadb.example/", "http://℡.example/", "http://%68.example/"),
    *("http://h%2eexample/", "http://h%00.example/", "http://h<.example/", "http://h^.example/"),
    "http://h`.example/",
    *("http://{h}.example/", "http://h$&'()*+,;=.example/", "http://-h.example/", "http://h..example/"),
    *("http://127.1/", "http://0x7f.1/", "http://2130706433/", "http://0177.0.0.1/", "http://127.0.0.1./"),
    *("http://１２７.0.0.1/", "http://256.1.1.1/", "http://1.2.3.4.5/", "http://1.2.3/", "http://h.1/"),
    *("http://[::1]/", "http://[::0001]/", "http://[::FFFF:127.0.0.1]/", "http://[fe80::1%25eth0]/"),
    "http://[::1/",
    *("http://a@b@h.example/", "http://a:b@h.example/", "http://h.example:80@x.example/"),
    *("http://h.example\\@x.example/", "http://h.example/@x", "http://h.example?@x", "http://h.example#@x"),
}
HOSTS_THAT_DIFFER = {
    *("http://h.example:0000008080/", "http://h.example:0/"),
    *("http://ＡＢ.example/", "http://😀.example/", "http://a\xadb.example/", "http://℡.example/"),
    *("http://%68.example/", "http://h%2eexample/", "http://h`.example/"),
    "http://{h}.example/",
    *("http://127.1/", "http://0x7f.1/", "http://2130706433/", "http://0177.0.0.1/", "http://127.0.0.1./"),
    *("http://１２７.0.0.1/", "http://1.2.3.4.5/", "http://1.2.3/", "http://h.1/"),
    *("http://[::0001]/", "http://[::FFFF:127.0.0.1]/"),
}


@pytest.mark.parametrize("url", cases(HOSTS, HOSTS_THAT_DIFFER))
def test_the_host_of_a_url(both: Bench, url: str) -> None:
    read = both.asked({"url": url})
    assert located(url) == (None if "thrown" in read else (read["host"], read["target"]))


def located(url: str) -> tuple[str, str] | None:
    """The host, with its port where that isn't the scheme's own, and the request target; None if refused."""
    try:
        address = locate(Profile.from_snippet(f"fetch({json.dumps(url)})").fill(None).url)
    except Fetch2pyError:
        return None
    return address.origin.netloc.decode("ascii"), address.target.decode("ascii")
