"""The same snippet, sent by Node's own fetch and by fetch2py, is the same request on the wire."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixture_files import snippets
from tests.node_differences import compare
from tests.node_side import Bench, Refused, bench
from tests.node_snippets import by_browsers, by_people
from tests.servers import Received

# Where the corpus was recorded. A URL's userinfo stays.
RECORDED = re.compile(
    r"https?://((?:[\w-]+:[\w-]+@)?)(?:127\.0\.0\.1|(?:[\w-]+\.)?localhost)(?::[0-9]+)?(?![\w.:@-])"
)

# FETCH2PY_EXAMPLES asks for more, by hand: 20000 take about four minutes.
EXAMPLES = int(os.environ.get("FETCH2PY_EXAMPLES", "1000"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def both() -> Iterator[Bench]:
    """Node, fetch2py, and the recorder between them."""
    with bench() as sides:
        yield sides


@pytest.mark.parametrize("row", snippets(), ids=lambda row: row["name"])
def test_the_corpus(both: Bench, row: Any) -> None:
    text = RECORDED.sub(lambda match: both.origin.replace("//", f"//{match[1]}"), row["snippet"])
    # Edit-and-resend keeps the fields that scripts may not set in comments, and fetch2py gives them back.
    sent = compare(both, text, more=row["file"] == "chromium-156-resend")
    bodies = [
        (node.body, ours.body)
        for node, ours in sent
        if isinstance(node, Received) and isinstance(ours, Received)
    ]
    # Node sends the characters that a browser showed in place of bytes: there, and only there, we differ.
    assert any(theirs != own for theirs, own in bodies) == (row["body_bytes"] == "latin-1")


@pytest.mark.parametrize(
    "options",
    [
        '{method: "GET", body: "x"}',
        '{body: ""}',
        '{mode: "navigate"}',
        '{mode: "nonsense"}',
        '{credentials: "nonsense"}',
        '{cache: "only-if-cached"}',
        '{referrer: "no-referrer"}',
        '{headers: {"x-a": "b\\x01c\\x7f"}}',
        '{headers: {"x-a": "你"}}',
        '{headers: {":authority": "b"}}',
        '{method: "POST", body: "x", headers: {"content-length": "5"}}',
        '{method: "POST", body: "x", headers: {"transfer-encoding": "chunked"}}',
        '{method: "POST", body: "x", headers: {"expect": "100-continue"}}',
    ],
)
def test_fetch2py_sends_what_node_refuses(both: Bench, options: str) -> None:
    [(node, ours)] = compare(both, f'fetch("{both.origin}/", {options})')
    assert isinstance(node, Refused)
    assert isinstance(ours, Received)


def test_a_user_in_the_url_goes_as_basic_credentials(both: Bench) -> None:
    [(node, ours)] = compare(both, f'fetch("{both.origin.replace("//", "//a:b@")}/")')
    assert isinstance(node, Refused)
    assert isinstance(ours, Received)
    assert ours.get("authorization") == "Basic YTpi"


@pytest.mark.parametrize(
    "options",
    [
        '{method: "a b"}',
        '{method: ""}',
        '{headers: {"x-a": "b\\nc"}}',
        '{headers: {"x-a": "b\\0c"}}',
        '{headers: {"": "b"}}',
        '{headers: {"a b": "b"}}',
        '{headers: {"é": "b"}}',
        '{headers: [["a"]]}',
        '{headers: [["a", "b", "c"]]}',
        '{headers: "x"}',
        "5",
        '"x"',
        '{method: "POST", body: "x" "y"}',
    ],
)
def test_both_refuse(both: Bench, options: str) -> None:
    [(node, ours)] = compare(both, f'fetch("{both.origin}/", {options})')
    assert isinstance(node, Refused)
    assert isinstance(ours, Refused)


@pytest.mark.parametrize(
    "options",
    [
        '{method: "POST", body: {a: 1}}',
        '{method: "POST", body: [1, 2]}',
        '{method: "POST", body: new Blob(["x"])}',
        '{method: "POST", body: new Uint8Array([1])}',
        '{method: "POST", body: encodeURIComponent("é")}',
        '{method: "POST", body: JSON.stringify({a: new Date(0)})}',
        '{method: "POST", get body() { return "x" }}',
        '{method: "POST", body: true ? "a" : "b"}',
        '{method: "POST", body: 1 + 2 + "a"}',
        '{headers: {"x-a": undefined}}',
        '{headers: {"x-a": [1, 2]}}',
        'Object.assign({}, {method: "POST"})',
    ],
)
def test_what_only_running_gives_is_refused_not_guessed(both: Bench, options: str) -> None:
    text = f'fetch("{both.origin}/", {options})'
    [node], [ours] = both.by_node(text), both.by_fetch2py(text)
    assert isinstance(node, Received)
    assert isinstance(ours, Refused)


@pytest.mark.parametrize(
    "call",
    [
        'new Request("U", {method: "POST", body: "x"}), {headers: {a: "1"}}',
        'new Request("U", {method: "POST", body: "x"}), {headers: {a: "1"}, body: null}',
        'new Request("U", {method: "POST", body: "x"}), {headers: {a: "1"}, body: "y"}',
        'new Request("U", {method: "POST", body: "x"}), {body: new URLSearchParams("a=b")}',
        'new Request("U", {method: "POST", body: "x", headers: {accept: "a/b"}}), {body: "y"}',
        'new Request("U", {method: "POST", headers: {a: "1"}}), {body: new URLSearchParams("a=b")}',
        '"U", {method: "POST", headers: {Accept: "application/json"}, body: "z"}',
        '"U", {method: "POST", mode: "cors", credentials: "include", headers: {accept: "a/b"}, body: "é"}',
        '"U", {headers: {Accept: "a/b"}, body: new URLSearchParams("a=b").toString(), method: "POST"}',
        '"U", {headers: {"X-Dup": " 1 ", "x-dup": "2", cookie: "a=b", Cookie: "c=d"}}',
        '"U", {headers: [["X-Dup", "1"], ["x-b", ""], ["x-dup", " 2"], ["X-DUP", ""]]}',
        '"U", {headers: [["X-Dup", ""], ["x-dup", ""], ["x-dup", ""]]}',
    ],
)
def test_types_and_repeated_fields_are_nodes(both: Bench, call: str) -> None:
    for node, ours in compare(both, f"fetch({call.replace('U', both.origin, 1)})"):
        assert isinstance(node, Received)
        assert isinstance(ours, Received)
        assert node.get("content-type") == ours.get("content-type")
        assert node.get("x-dup") == ours.get("x-dup")


@pytest.mark.parametrize(
    "call",
    [
        '"U", {__proto__: {method: "POST"}}',
    ],
)
@pytest.mark.xfail(strict=True, raises=AssertionError, reason="a known fault")
def test_known_faults(both: Bench, call: str) -> None:
    compare(both, f"fetch({call.replace('U', both.origin, 1)})")


@settings(deadline=None, max_examples=EXAMPLES // 4, suppress_health_check=SLOW)
@given(data=st.data())
def test_as_browsers_write_it(both: Bench, data: st.DataObject) -> None:
    compare(both, data.draw(by_browsers(both.origin)))


@settings(deadline=None, max_examples=EXAMPLES // 2, suppress_health_check=SLOW)
@given(data=st.data())
def test_as_people_write_it(both: Bench, data: st.DataObject) -> None:
    compare(both, data.draw(by_people(both.origin)))
