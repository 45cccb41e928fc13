"""Whole answers: the corpus, the streams of Connect's own suites, and what a server sends instead."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch2py.errors import ProfileInvalid
from fetch2py.events import End, Error, Event, Reasoning, Text
from fetch2py.exchange import Exchange, read_stream
from fetch2py.framing import DECODERS, encode_envelope, encode_event
from tests.fixture_files import streams
from tests.framing_feeding import conformance, every_way, pieces

STREAMS = streams()
READABLE = [row for row in STREAMS if row["framing"] in DECODERS]
CONNECT = [row for row in conformance("connect.json") if row["kind"] == "stream"]
REFUSED = [row for row in conformance("sse.json") if row.get("connection") == "failed"]

KIMI = "kimi.moonshot.cn"
ALL_DONE = b'data: {"event":"all_done"}\n\n'


class Answer(NamedTuple):
    """What an answer's events come to."""

    text: str
    reasoning: str
    error: str | None
    outcome: str
    ids: Mapping[str, str]


def collected(events: Iterable[Event]) -> Answer:
    """The answer, if its events keep to the contract: one End, and last; at most one Error."""
    *others, end = events
    assert isinstance(end, End)
    assert not any(isinstance(event, End) for event in others)
    errors = [event.message for event in others if isinstance(event, Error)]
    assert len(errors) <= 1
    assert "" not in errors
    text = "".join(event.text for event in others if isinstance(event, Text))
    reasoning = "".join(event.text for event in others if isinstance(event, Reasoning))
    (text + reasoning).encode()
    return Answer(text, reasoning, errors[0] if errors else None, end.outcome, end.ids)


def answered(
    dialect: Any, head: Mapping[str, str], *chunks: bytes, status: int = 200, **more: Any
) -> Exchange:
    """The exchange of a whole answer, with what its events say checked against what it says itself."""
    exchange = Exchange(dialect, **more)
    events = exchange.receive_head(status, head)
    for chunk in chunks:
        events += exchange.receive_data(chunk)
    events += exchange.receive_end()
    assert exchange.receive_end() == []
    if exchange.text == collected(events).text:
        assert collected(events) == (*_said(exchange)[:2], exchange.error or None, *_said(exchange)[2:])
    return exchange


def _said(exchange: Exchange) -> tuple[Any, ...]:
    return exchange.text, exchange.reasoning, exchange.outcome, exchange.ids


def sse(*data: str) -> bytes:
    return b"".join(map(encode_event, data))


def raw_of(row: dict[str, Any]) -> bytes:
    return base64.b64decode(row["raw_base64"]) if "raw_base64" in row else row["raw"].encode()


# The dialects that must read a row beside its own rules, by how its id begins: by name, and found.
DIALECTS_OF = {
    "kimi1": ["kimi", None],
    "kimi2": ["kimi", "kimi-connect", None],
    "openai-chat": ["openai-chat", None],
    "openai-responses": ["openai-responses", None],
    "anthropic": ["anthropic", None],
    "gemini": ["gemini", None],
    "ollama": ["ollama", None],
    "cohere": ["cohere", None],
    "vercel-data": ["vercel-data", None],
    "langgraph": ["langgraph", None],
    "dify": ["dify", None],
    "spring": ["spring", "plain", None],
    "graphql": ["graphql", None],
    "chatgpt-web": ["chatgpt-web", None],
    "deepseek-web": ["deepseek-web", None],
    "qwen-web": ["qwen-web", None],
    "grok-web": ["grok-web", None],
    "huggingchat": ["huggingchat", None],
    "html-login-page": [],
}
# Rows that no dialect may read, and why.
UNREAD = {
    "grpc-web-json": "a service of someone's own",
    "json-seq": "no service is known that speaks it",
    "json-seq-truncated": "no service is known that speaks it",
    "sse-corner-cases": "made to show the framing",
    "sse-single-newlines": "made to show the framing",
    "surrogate-split": "made to show the rule model",
    "both-delta-and-cumulative": "a gateway that resembles OpenAI's format and lacks its marks",
    "delta-named-but-cumulative": "its records say less than they seem to",
}


def dialects_of(row: dict[str, Any]) -> list[Any]:
    """All that must read the row: its rules, the row of DIALECTS for them by name, and detection."""
    rules = row["rules"] | ({"options": row["framing_options"]} if "framing_options" in row else {})
    if row["id"] in UNREAD:
        return [rules]
    [named] = [names for start, names in DIALECTS_OF.items() if row["id"].startswith(start)]
    return [rules, *named]


CASES = [(row, dialect) for row in READABLE for dialect in dialects_of(row)]


def name_of(case: Any) -> str:
    return str(case["id"]) if isinstance(case, dict) and "id" in case else type(case).__name__


@pytest.mark.parametrize(("row", "dialect"), CASES, ids=name_of)
def test_corpus(row: dict[str, Any], dialect: Any) -> None:
    raw = raw_of(row)
    expected = (
        row["expected_text"],
        row.get("expected_reasoning", ""),
        row.get("expected_error"),
        row["expected_end"],
    )
    cuts = [
        [raw],
        [raw[at : at + 1] for at in range(len(raw))],
        list(pieces(raw, row.get("chunk_offsets", []))),
        *([raw[:at], raw[at:]] for at in range(1, len(raw))),
    ]
    first: list[Event] = []
    for chunks in cuts:
        events = list(
            read_stream(
                chunks,
                content_type=row["content_type"],
                status=row["http_status"],
                headers=row.get("response_headers") or (),
                dialect=dialect,
            )
        )
        first = first or events
        assert events == first
    answer = collected(first)
    assert answer[:4] == expected
    if "expected_ids" in row:
        assert answer.ids == row["expected_ids"]


@pytest.mark.parametrize("row", [row for row in STREAMS if row["id"] in UNREAD], ids=name_of)
def test_what_no_dialect_knows_stays_unread(row: dict[str, Any]) -> None:
    for host in ("", "intranet.example"):
        exchange = Exchange(None, host=host)
        events = exchange.receive_head(row["http_status"], {"content-type": row["content_type"]})
        events += exchange.receive_data(raw_of(row)) + exchange.receive_end()
        assert (collected(events).text, exchange.dialect) == ("", "")
        assert "No known dialect reads this answer" in exchange.error


@pytest.mark.parametrize("row", [row for row in STREAMS if None in dialects_of(row)], ids=name_of)
def test_the_dialect_that_is_found_is_told(row: dict[str, Any]) -> None:
    head = {"content-type": row["content_type"]}
    exchange = answered(None, head, raw_of(row), status=row["http_status"])
    if row["http_status"] == 200:
        assert exchange.dialect in dialects_of(row)
        assert exchange.why == f"Its records are those of {exchange.dialect}."


def test_corpus_framing_may_be_declared() -> None:
    for row in READABLE:
        rules = row["rules"] | {"framing": row["framing"], "options": row.get("framing_options", {})}
        events = read_stream([raw_of(row)], row["content_type"], row["http_status"], dialect=rules)
        assert collected(events).outcome == row["expected_end"], row["id"]


@pytest.mark.parametrize("row", CONNECT, ids=lambda row: row["id"])
def test_connect_conformance(row: dict[str, Any]) -> None:
    expected = row["expected"]
    first: list[Event] = []
    for how, chunks in every_way(row["raw"], row.get("chunks", ())):
        events = list(read_stream(chunks, status=row["status"], headers=row["headers"]))
        first = first or events
        assert events == first, how
    answer = collected(first)
    assert answer.outcome == {"malformed": "truncated"}.get(expected["outcome"], expected["outcome"])
    if expected["outcome"] == "error":
        sent = expected["end"]["error"]
        assert answer.error == (sent.get("message") or sent.get("code") or "unknown")
    if expected["outcome"] in ("malformed", "clean"):
        assert answer.error


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["id"])
@pytest.mark.parametrize("dialect", [None, "kimi", "openai-chat"])
def test_refused_connections_are_errors(row: dict[str, Any], dialect: str | None) -> None:
    content_type = row.get("content_type", "text/event-stream")
    events = read_stream([row["raw"]], content_type, row.get("status", 200), dialect=dialect)
    answer = collected(events)
    assert answer.text == ""
    assert answer.error
    assert answer.outcome in ("error", "truncated")


@pytest.mark.parametrize(
    ("status", "content_type", "body", "message"),
    [
        (401, "application/json", b'{"error":{"code":0,"message":"no"}}', "no"),
        (429, "application/json", b'{"detail":[{"msg":"slow down"}]}', "slow down"),
        (500, "application/json", b'{"ok":false}', 'HTTP status 500: {"ok":false}.'),
        (503, "application/json", b'[{"error":{"message":"busy"}}]', "busy"),
        (400, "application/json", b"not json\nsecond line", "HTTP status 400: not json."),
        (418, "text/event-stream", b'data: {"error":"pot"}\n\n', "pot"),
        (502, "text/plain", b"", "HTTP status 502: Bad Gateway."),
        (799, "text/plain", b"  ", "HTTP status 799: no answer."),
        (204, "", b"", "HTTP status 204: No Content."),
        (302, "text/plain", b"x" * 400, f"HTTP status 302: {'x' * 300}…."),
        (
            403,
            "text/html",
            b"<!DOCTYPE html><title>Just\n a moment</title>",
            "The server sent a web page, “Just a moment”, with HTTP status 403.",
        ),
        (
            200,
            "text/html; charset=utf-8",
            b"<html><body>hello",
            "The server sent a web page, no answer: the login has ended. Copy the request again.",
        ),
    ],
)
@pytest.mark.parametrize("dialect", [None, "kimi"])
def test_what_is_no_answer(
    status: int, content_type: str, body: bytes, message: str, dialect: str | None
) -> None:
    for _, chunks in every_way(body):
        exchange = answered(dialect, {"Content-Type": content_type}, *chunks, status=status)
        assert (exchange.error, exchange.outcome, exchange.text) == (message, "error", "")
        assert exchange.status == status


LOGIN = "<title>登录</title><p>data: {}\n\n</p>".encode()
ENDED = "The server sent a web page, “登录”, no answer: the login has ended. Copy the request again."


@pytest.mark.parametrize("dialect", [None, "kimi", "kimi-connect", {"rules": []}])
@pytest.mark.parametrize(
    "content_type",
    ["", "text/event-stream", "application/connect+json", "application/json", "text/plain", "text/html"],
)
@pytest.mark.parametrize(
    "opening", [b"<!DOCTYPE html>", b" \r\n\xef\xbb\xbf\t<!doctype  HTML\n>", b"\xef\xbb\xbf<Html lang=zh>"]
)
def test_a_page_is_one_whatever_its_media_type(opening: bytes, content_type: str, dialect: Any) -> None:
    for _, chunks in every_way(opening + LOGIN):
        exchange = answered(dialect, {"content-type": content_type}, *chunks)
        assert (exchange.error, exchange.outcome, exchange.text) == (ENDED, "error", "")


def test_a_page_under_another_media_type_keeps_its_charset_and_status() -> None:
    page = b"<html>" + "<title>登录</title>".encode("gbk")
    assert answered(None, {"content-type": "text/plain; charset=gbk"}, page).error == ENDED
    told = answered("kimi", {"content-type": "text/event-stream"}, b"<html>" + LOGIN, status=403).error
    assert told == "The server sent a web page, “登录”, with HTTP status 403."


def test_a_short_page_is_known_at_its_end() -> None:
    exchange = Exchange("kimi")
    exchange.receive_head(200, {"content-type": "text/event-stream"})
    assert exchange.receive_data(b"<html>") == []
    error, end = exchange.abort("reset")
    assert error == Error(
        "The server sent a web page, no answer: the login has ended. Copy the request again."
    )
    assert end == End("error", {})


@pytest.mark.parametrize(
    "blank", [b"\n", b"\xef\xbb\xbf", b"\n\n" * 600, b"<htm\n\n", b"<b>" + b"-" * 80 + b"\n\n"]
)
def test_what_only_begins_like_a_page_is_read(blank: bytes) -> None:
    body = blank + sse('{"event":"cmpl","text":"hi"}', '{"event":"all_done"}')
    for _, chunks in every_way(body):
        exchange = answered("kimi", {"content-type": "text/event-stream"}, *chunks)
        assert (exchange.text, exchange.outcome) == ("hi", "clean")
    page = b" " * 1024 + b"<html>"
    assert all("page" not in answered(None, {}, *chunks).error for _, chunks in every_way(page))


def test_nothing_is_held_back_once_the_beginning_is_known() -> None:
    exchange = Exchange("kimi")
    exchange.receive_head(200, {"content-type": "text/event-stream"})
    for text in ("<html>", "<!doctype html>"):
        assert exchange.receive_data(sse(json.dumps({"event": "cmpl", "text": text}))) == [Text(text)]


def test_a_refusal_is_not_kept_whole() -> None:
    page = b"<html><title>Big</title>" + b"x" * 300_000
    chunks = [page[at : at + 1000] for at in range(0, len(page), 1000)]
    exchange = answered(None, {"content-type": "text/html"}, *chunks, status=500)
    assert exchange.error == "The server sent a web page, “Big”, with HTTP status 500."


@pytest.mark.parametrize("dialect", ["kimi", "kimi-connect"])
def test_a_refusal_is_read_by_the_rules_of_the_whole_site(dialect: str) -> None:
    debug = {"reason": "REASON_X", "localizedMessage": {"message": "locale"}}
    body = json.dumps({"code": "internal", "details": [{"debug": debug}]}).encode()
    head = {"content-type": "application/json"}
    assert answered(dialect, head, body, status=500).error == "REASON_X"
    assert answered(None, head, body, status=500).error == "locale"
    body = b'{"error_type":"chat.forbidden","message":"no"}'
    assert answered(dialect, head, body, status=403).error == "no"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("<title" * 45_000, "a web page with"),
        ("<title>" + " " * 200_000, "a web page with"),
        ("<title> \n </title>", "a web page with"),
        ("<title " + "x" * 300 + ">far</title>", "a web page with"),
        ("<TITLE lang='a'>\n Log in &gt; </title>", "a web page, “Log in &gt;”, with"),
        ("<title>" + "x" * 2000, f"a web page, “{'x' * 300}…”, with"),
        ("<titles>no</titles>", "a web page with"),
    ],
    ids=["beginnings", "spaces", "empty", "far", "capital", "long", "another"],
)
def test_the_title_of_a_page(page: str, message: str) -> None:
    exchange = answered(None, {"content-type": "text/html"}, b"<html>" + page.encode(), status=500)
    assert exchange.error == f"The server sent {message} HTTP status 500."


def test_rules_without_signs_can_name_a_siblings() -> None:
    """What a person writes is not recognised by anything, so it needs no signs."""
    rules = {"framing": "sse", "also": "kimi-connect", "rules": [{"to": "text", "get": "/t"}]}
    assert answered(rules, {"content-type": "text/event-stream"}, sse('{"t":"hi"}')).text == "hi"
    text = b'{"op":"append","mask":"block.text.content","block":{"id":"1","text":{"content":"hi"}}}'
    body = encode_envelope(text) + encode_envelope(b"{}", 2)
    exchange = answered(rules, {"content-type": "application/connect+json"}, body)
    assert (exchange.text, exchange.dialect) == ("hi", "kimi-connect")


def test_frameworks_that_answer_every_post_with_201() -> None:
    body = sse('{"event":"cmpl","text":"hi"}', '{"event":"all_done"}')
    assert answered("kimi", {"content-type": "text/event-stream"}, body, status=201).text == "hi"


def test_a_dialect_reads_its_sites_json_too() -> None:
    body = b'{"error_type":"chat.forbidden"}'
    exchange = answered("kimi", {"content-type": "application/json"}, body)
    assert (exchange.error, exchange.outcome, exchange.dialect) == ("chat.forbidden", "error", "kimi")
    for dialect, host in (("kimi", ""), (None, KIMI), (None, "")):
        body = b'{"error_type":"auth.token.invalid","message":"again"}'
        exchange = answered(dialect, {"content-type": "application/json"}, body, host=host)
        assert (exchange.error, exchange.outcome, exchange.dialect) == ("again", "error", "kimi")
    body = b'{"object":"chat.completion","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    exchange = answered(None, {"content-type": "application/json"}, body)
    assert (exchange.text, exchange.outcome, exchange.dialect) == ("Hi", "clean", "openai-chat")


def test_declared_framing_wins_over_an_unknown_media_type() -> None:
    body = sse('{"event":"cmpl","text":"hi"}', '{"event":"all_done"}')
    assert answered("kimi", {"content-type": "text/plain"}, body).text == "hi"
    assert answered("kimi", {}, body).text == "hi"


def test_pages_are_read_where_the_rules_say_text() -> None:
    rules = {"framing": "text", "rules": [{"to": "text", "get": "@raw"}]}
    for content_type in ("text/html", "text/plain", ""):
        assert answered(rules, {"content-type": content_type}, b"<html>hi").text == "<html>hi"


@pytest.mark.parametrize(
    ("host", "content_type", "dialect"),
    [
        ("kimi.moonshot.cn", "text/event-stream", "kimi"),
        ("WWW.Kimi.com:443", "application/connect+json", "kimi-connect"),
        ("api.openai.com", "text/event-stream", "openai-chat"),
        ("notkimi.com", "text/event-stream", ""),
        ("", "text/event-stream", ""),
        ("api.openai.com", "application/connect+json", ""),
        ("ollama.com", "text/event-stream", ""),
        ("generativelanguage.googleapis.com", "text/plain", ""),
    ],
)
def test_the_host_shows_the_dialect(host: str, content_type: str, dialect: str) -> None:
    exchange = Exchange(None, host=host)
    exchange.receive_head(200, [("content-type", content_type)])
    assert exchange.dialect == dialect
    assert exchange.why == (f"The host {host.partition(':')[0].lower()} speaks {dialect}." if dialect else "")


RESPONSES = [
    {"type": "response.created", "response": {"id": "r1"}},
    {"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"},
    {"type": "response.completed", "response": {"id": "r1"}},
]


def test_a_records_sign_outdoes_the_host() -> None:
    """One host speaks several dialects, so its own reads on probation: until an event has left."""
    body = sse(*map(json.dumps, RESPONSES))
    for _, chunks in every_way(body):
        exchange = answered(None, {"content-type": "text/event-stream"}, *chunks, host="api.openai.com")
        assert (exchange.text, exchange.outcome, exchange.ids) == ("Hi", "clean", {"response": "r1"})
        assert exchange.why == "Its records are those of openai-responses."
    body = sse('{"event":"ping"}', '{"event":"cmpl","text":"Hi"}', *map(json.dumps, RESPONSES)) + ALL_DONE
    for _, chunks in every_way(body):
        exchange = answered(None, {"content-type": "text/event-stream"}, *chunks, host=KIMI)
        assert (exchange.text, exchange.outcome, exchange.dialect) == ("Hi", "clean", "kimi")
        assert exchange.why == f"The host {KIMI} speaks kimi."


def test_the_hosts_dialect_reads_before_a_sign_is_there() -> None:
    """A gateway's record can lack what its dialect is known by, and is shown at once all the same."""
    exchange = Exchange(None, host="openrouter.ai")
    exchange.receive_head(200, {"content-type": "text/event-stream"})
    assert exchange.receive_data(sse('{"id":"c","choices":[]}')) == []
    assert exchange.receive_data(sse('{"choices":[{"delta":{"content":"Hi"}}]}')) == [Text("Hi")]
    assert exchange.ids == {"response": "c"}
    assert exchange.dialect == "openai-chat"


def test_a_host_that_says_nothing_its_dialect_knows() -> None:
    for filler in (['{"n":1}'] * 300, ['{"n":1}'], ["a", "b", "c", "d"]):
        body = sse(*filler)
        exchange = answered(None, {"content-type": "text/event-stream"}, body, host=KIMI)
        assert (exchange.text, exchange.dialect, exchange.outcome) == ("", "kimi", "truncated")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (["La", " frase", " breve", "."], "La frase breve."),
        (["Hello", " world"], "Hello world"),
        (["1", " and", "2", " are", " numbers"], "1 and2 are numbers"),
        (["a", "b", "c", "[DONE]"], "abc"),
    ],
)
def test_bare_text_is_read(data: list[str], text: str) -> None:
    body = b"".join(b"data:" + one.encode() + b"\n\n" for one in data)
    for _, chunks in every_way(body):
        exchange = answered(None, {"content-type": "text/event-stream"}, *chunks)
        assert (exchange.text, exchange.outcome, exchange.dialect) == (text, "clean", "plain")


@pytest.mark.parametrize(
    "data",
    [
        ["connected"],
        ["connected", '{"x":"Hi"}', "b", "c", "d"],
        ['{"x":"Hi"}', "a", "b", "c"],
        ['"Hel"', '"lo"', '"!"'],
        ["{'x': 'Hi'}", "{'x': '!'}", "{'x': '?'}"],
        ['{"x":"Hi"', '{"x":"!"', '{"x":"?"'],
        ["1", "2", "3", "4"],
        [" ", "  ", "\t"],
        ['[["a"]]', "a", "b", "c"],
    ],
)
def test_what_is_not_text_alone_is_not_shown(data: list[str]) -> None:
    """Never is JSON that nobody knows, or what only resembles it, printed as if it were the answer."""
    for _, chunks in every_way(sse(*data)):
        exchange = answered(None, {"content-type": "text/event-stream"}, *chunks)
        assert (exchange.text, exchange.dialect) == ("", "")
        assert "No known dialect reads this answer" in exchange.error


@pytest.mark.parametrize(
    "text",
    ["你好，朋友。\nHow are you?", "ok", "\n\n 42", 'The {"a": 1} [DONE]', '"quoted"', "1234", "<think>"],
)
def test_text_without_a_framing_is_read_as_it_arrives(text: str) -> None:
    for _, chunks in every_way(text.encode()):
        exchange = answered(None, {"content-type": "text/plain; charset=utf-8"}, *chunks)
        assert (exchange.text, exchange.outcome, exchange.dialect) == (text, "clean", "plain")
    exchange = Exchange(None)
    exchange.receive_head(200, {"content-type": "text/plain"})
    assert exchange.receive_data(b"Hello ") == [Text("Hello ")]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"{'a': 'Hi'}"),
        ("text/plain", b"[Hi"),
        ("text/plain", b"\0\1\2"),
        ("text/plain", b"\xff\xfe"),
        ("application/pdf", b"%PDF-1.7"),
        ("application/octet-stream", b"PK"),
        ("", b"ID3"),
    ],
)
def test_what_may_be_no_text_is_not_shown(content_type: str, body: bytes) -> None:
    for _, chunks in every_way(body):
        exchange = answered(None, {"content-type": content_type}, *chunks)
        assert (exchange.text, exchange.dialect) == ("", "")
        assert "No known dialect reads this answer" in exchange.error


def test_why_tells_how_the_dialect_was_chosen() -> None:
    head = {"content-type": "text/event-stream"}
    text = '{"event":"cmpl","text":"hi"}'
    assert answered("kimi", head, sse(text)).why == "The dialect kimi was named."
    assert answered({"rules": []}, head, sse(text)).why == "The rules were given."
    assert answered({"rules": []}, head, sse(text)).dialect == "custom"
    assert answered(None, head, sse('{"event":"ping"}', text)).why == "Its records are those of kimi."
    assert answered(None, head, sse("who?")).why == "It has no known dialect's signs."
    assert answered(None, head, sse("who?")).dialect == ""


def test_detection_holds_what_came_before_the_sign() -> None:
    exchange = Exchange(None)
    exchange.receive_head(200, {"content-type": "text/event-stream"})
    assert exchange.receive_data(sse('{"id":"c1","choices":[]}')) == []
    [text] = exchange.receive_data(sse('{"choices":[{"index":0,"delta":{"content":"Hi"}}]}'))
    assert text == Text("Hi")
    assert exchange.ids == {"response": "c1"}


def test_detection_reads_records_that_lost_their_blank_lines() -> None:
    body = b'data: {"event":"cmpl","text":"No"}\ndata: {"event":"cmpl","text":" blank"}\n\n' + ALL_DONE
    exchange = answered(None, {"content-type": "text/event-stream"}, body)
    assert (exchange.text, exchange.dialect) == ("No blank", "kimi")


@pytest.mark.parametrize("filler", [['{"n":1}'] * 300, ["x" * 2_000_000]])
def test_detection_gives_up(filler: list[str]) -> None:
    body = sse(*filler, '{"event":"cmpl","text":"too late"}')
    exchange = answered(None, {"content-type": "text/event-stream"}, body, ALL_DONE)
    assert (exchange.text, exchange.outcome) == ("", "error")
    assert "Name a dialect, or write its rules into the profile." in exchange.error
    assert "--" not in exchange.error
    assert f"records: {len(filler) + 2}" in exchange.error


def test_an_answer_without_text_is_no_success() -> None:
    head = {"content-type": "text/event-stream"}
    exchange = answered("kimi", head, ALL_DONE)
    assert (exchange.error, exchange.outcome) == (
        "The answer ended without text; the dialect kimi found none in it, records: 1.",
        "error",
    )
    thought = answered("kimi", head, sse('{"event":"k1","text":"hm"}'), ALL_DONE)
    assert (thought.reasoning, thought.outcome) == ("hm", "error")
    assert answered(None, head).error == "The answer ended without a word."
    assert answered(None, head, b"data: what").outcome == "truncated"
    assert answered("openai-chat", head).error == ""
    assert answered("openai-chat", head).outcome == "truncated"


def test_an_error_outdoes_a_cut() -> None:
    head = {"content-type": "application/connect+json"}
    message = encode_envelope(b'{"error":{"message":"first"}}')
    again = encode_envelope(b'{"error":{"message":"second"}}')
    exchange = answered("kimi", head, message + again + b"\0\0")
    assert (exchange.error, exchange.outcome) == ("first", "error")
    wrong = encode_envelope(b'{"error":"no object"}', 2)
    exchange = answered("kimi", head, message + wrong)
    assert (exchange.error, exchange.outcome) == ("first", "error")


def test_what_follows_a_message_that_is_no_json_is_not_read() -> None:
    body = encode_envelope(b"") + encode_envelope(b'{"t":"hi"}') + encode_envelope(b"{}", 2)
    for _, chunks in every_way(body):
        exchange = answered(TOKENS, {"content-type": "application/connect+json"}, *chunks)
        assert (exchange.text, exchange.error) == ("", "A message of the answer is not JSON.")


def test_what_follows_the_end_envelope_is_not_read() -> None:
    text = b'{"op":"append","mask":"block.text.content","block":{"id":"1","text":{"content":"hi"}}}'
    body = encode_envelope(text) + encode_envelope(b"{}", 2) + encode_envelope(text)
    for _, chunks in every_way(body):
        exchange = answered("kimi", {"content-type": "application/connect+json"}, *chunks)
        assert (exchange.text, exchange.outcome) == ("hi", "truncated")
        assert "end envelope" in exchange.error


def test_abort_keeps_what_was_read() -> None:
    exchange = Exchange("kimi")
    exchange.receive_head(200, {"content-type": "text/event-stream"})
    events = exchange.receive_data(sse('{"event":"cmpl","text":"half"}') + ALL_DONE)
    events += exchange.abort("The connection was reset.")
    assert events == [Text("half"), End("truncated", {})]
    assert exchange.abort("again") == []
    assert exchange.notes[0] == "The connection was reset."


HUGE = b"\0\xff\xff\xff\xff"


@pytest.mark.parametrize(
    ("content_type", "status", "body"),
    [
        ("text/event-stream", 200, b"data: " + b"x" * (16 * 1024 * 1024)),
        ("text/plain", 200, b"x" * (16 * 1024 * 1024 + 1)),
        ("application/connect+json", 200, HUGE),
        ("application/connect+json", 200, encode_envelope(b"no JSON")),
        ("application/connect+json", 200, encode_envelope(b"{}", 2) + b"more"),
        ("text/html", 500, b"x" * 256 * 1024),
        ("application/connect+json", 500, HUGE),
    ],
)
def test_what_nothing_more_comes_of_is_given_up(content_type: str, status: int, body: bytes) -> None:
    exchange = Exchange("kimi")
    exchange.receive_head(status, {"content-type": content_type})
    given_up = [exchange.given_up]
    exchange.receive_data(body)
    assert [*given_up, exchange.given_up] == [False, True]
    assert exchange.receive_data(ALL_DONE) == []
    *_, error, end = exchange.receive_end()
    assert isinstance(error, Error)
    assert end == End("truncated" if status == 200 else "error", {})


def test_what_can_still_go_on_is_not_given_up() -> None:
    """An envelope that can't be undone ends nothing: the next may be in clear."""
    exchange = Exchange("kimi")
    exchange.receive_head(200, {"content-type": "application/connect+proto"})
    given_up = []
    for flags in (1, 2):
        exchange.receive_data(encode_envelope(b"{}", flags))
        given_up.append(exchange.given_up)
    assert given_up == [False, True]


def test_abort_before_the_head() -> None:
    assert Exchange(None).abort("No route.") == [End("truncated")]


def test_abort_of_a_refusal() -> None:
    exchange = Exchange(None)
    exchange.receive_head(403, {"content-type": "application/json"})
    assert exchange.abort("reset") == [Error("HTTP status 403: Forbidden."), End("error")]


def test_an_echo_is_noted() -> None:
    body = sse('{"event":"cmpl","text":"你好"}') + ALL_DONE
    head = {"content-type": "text/event-stream"}
    [note] = answered("kimi", head, body, sent=" 你好\n").notes
    assert "echo" in note
    assert answered("kimi", head, body, sent="hello").notes == ()
    assert answered("kimi", head, body).notes == ()


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ("kimmi", "There is no dialect named 'kimmi'."),
        ({"framing": "morse"}, "The dialect custom is framed as 'morse', which can't be read."),
        ({"also": "kimmi"}, "The dialect custom names 'kimmi' under `also`, and there is no such dialect."),
    ],
)
def test_unusable_dialects(dialect: Any, message: str) -> None:
    with pytest.raises(ProfileInvalid, match=message) as caught:
        read_stream([], dialect=dialect)
    assert caught.value.hint


def test_header_fields_outrank_the_default_media_type() -> None:
    body = encode_envelope(b'{"error":{"code":"canceled"}}', 2)
    events = read_stream([body], headers=[("Content-Type", "application/connect+json")])
    assert list(events) == [Error("canceled"), End("error", {})]


RECORDS = ('{"t":"a"}', '{"t":"b"}', '{"t":"你"}')
TOKENS: dict[str, Any] = {"rules": [{"to": "text", "get": "/t"}]}
SPELLED = {
    "one value": b'{"t":"ab\xe4\xbd\xa0"}',
    "lines": "\n".join(RECORDS).encode(),
    "side by side": "".join(RECORDS).encode(),
    "an array": f"[{','.join(RECORDS)}]".encode(),
    "a sequence": "".join(f"\x1e{record}\n" for record in RECORDS).encode(),
    "an event stream": b": hi\n\n" + sse(*RECORDS),
    "prefixed lines": "".join(f"0:{record}\n" for record in RECORDS).encode(),
}


VAGUE_TYPES = ("application/json", "text/plain", "application/octet-stream", "")
# A prefixed line is no JSON.
UNDER = [
    (one, kind)
    for one in SPELLED
    for kind in VAGUE_TYPES
    if (one, kind) != ("prefixed lines", VAGUE_TYPES[0])
]


@pytest.mark.parametrize(("spelled", "content_type"), UNDER)
def test_the_first_bytes_show_the_framing(spelled: str, content_type: str) -> None:
    for _, chunks in every_way(SPELLED[spelled]):
        exchange = answered(TOKENS, {"content-type": content_type}, *chunks)
        assert (exchange.text, exchange.outcome) == ("ab你", "clean")


@pytest.mark.parametrize("spelled", sorted(SPELLED.keys() - {"one value", "prefixed lines"}))
def test_each_record_is_there_with_its_last_byte(spelled: str) -> None:
    exchange = Exchange(TOKENS)
    exchange.receive_head(200, {"content-type": "application/json"})
    body = SPELLED[spelled]
    first = body.index(b'"a"') + len('"a"}')
    ends = {"lines": 0, "an event stream": 2, "a sequence": 1}.get(spelled, 0)
    assert exchange.receive_data(body[: first + ends]) == [Text("a")]


def test_a_framing_that_is_declared_is_not_overruled() -> None:
    head = {"content-type": "text/plain"}
    rules = {"framing": "text", "rules": [{"to": "text", "get": "@raw"}]}
    for raw in ('{"a":1}', "data: x\n\n", '0:"a"\n'):
        assert answered(rules, head, raw.encode()).text == raw
    assert answered(TOKENS | {"framing": "ndjson"}, head, b'{"t":"a"}{"t":"b"}\n').text == ""
    assert answered(TOKENS | {"framing": "json"}, head, b'[{"t":"a"}]').text == ""


def test_a_sites_errors_may_come_as_json_under_any_type() -> None:
    body = b'{"error_type":"chat.forbidden","message":"no"}'
    for dialect, host in (("kimi", ""), (None, KIMI), (None, "")):
        assert answered(dialect, {"content-type": "text/plain"}, body, host=host).error == "no"


def test_an_event_stream_under_another_type_finds_its_dialect() -> None:
    body = sse('{"event":"cmpl","text":"hi"}', '{"event":"all_done"}')
    for content_type in ("application/json", "text/plain", "application/octet-stream"):
        for dialect, host in (("kimi", ""), (None, KIMI), (None, ""), ("kimi-connect", "")):
            exchange = answered(dialect, {"content-type": content_type}, body, host=host)
            assert (exchange.text, exchange.outcome, exchange.dialect) == ("hi", "clean", "kimi")


def test_text_is_there_as_it_arrives() -> None:
    exchange = Exchange({"rules": [{"to": "text", "get": "@raw"}]})
    exchange.receive_head(200, {"content-type": "text/plain"})
    pieces = "Hello 你".encode()
    assert [exchange.receive_data(piece) for piece in (pieces[:1], pieces[1:6], pieces[6:8], pieces[8:])] == [
        [Text("H")],
        [Text("ello ")],
        [],
        [Text("你")],
    ]
    assert exchange.receive_end() == [End("clean", {})]


def test_bare_text_keeps_the_spaces_that_are_its_own() -> None:
    body = "".join(f"data:{token}\n\n" for token in ("La", " frase", "12", " 12")).encode()
    head = {"content-type": "text/event-stream"}
    rules = [{"to": "text", "get": "@raw"}]
    assert answered({"rules": rules}, head, body).text == "La frase12 12"
    assert answered({"rules": rules, "options": {"keep_space": False}}, head, body).text == "Lafrase1212"


GRPC_WEB = {"content-type": "application/grpc-web+json"}


def test_the_trailers_of_grpc_web_tell_how_it_went() -> None:
    text = encode_envelope(b'{"t":"hi"}')
    for trailers, error, outcome in (
        (b"grpc-status:0\r\n", "", "clean"),
        (b"grpc-status: 7\r\ngrpc-message: no%21\r\n", "no!", "error"),
        (b"grpc-status: 16\r\n", "unauthenticated", "error"),
        (b"x: y\r\n", "The answer's trailers have no grpc-status.", "truncated"),
    ):
        exchange = answered(TOKENS, GRPC_WEB, text + encode_envelope(trailers, 0x80))
        assert (exchange.text, exchange.error, exchange.outcome) == ("hi", error, outcome)
    assert answered(TOKENS, GRPC_WEB, text).outcome == "truncated"
    assert answered(TOKENS, GRPC_WEB | {"grpc-status": "8", "grpc-message": "full"}).error == "full"
    wrong = answered(TOKENS, GRPC_WEB, encode_envelope(b"no JSON"), encode_envelope(b"grpc-status:0", 0x80))
    assert (wrong.error, wrong.outcome) == ("A message of the answer is not JSON.", "truncated")


@pytest.mark.parametrize(
    ("content_type", "what"),
    [("application/connect+proto", "Protocol Buffers"), ("application/grpc-web", "Protocol Buffers")],
)
@pytest.mark.parametrize("dialect", [None, "kimi"])
def test_records_that_are_no_text_are_named(content_type: str, what: str, dialect: str | None) -> None:
    end = (b"{}", 2) if "connect" in content_type else (b"grpc-status:0", 0x80)
    body = encode_envelope(b"\x0a\x02hi") + encode_envelope(*end)
    exchange = answered(dialect, {"content-type": content_type}, body)
    assert f"The records of this answer are {what}" in exchange.error
    assert "answered in JSON or text" in exchange.error


RECORD = st.one_of(
    st.fixed_dictionaries({"event": st.sampled_from(["cmpl", "k1"]), "text": st.text(max_size=4)}),
    st.fixed_dictionaries(
        {"event": st.sampled_from(["req", "resp", "ping", "all_done"]), "id": st.text(max_size=3)}
    ),
    st.fixed_dictionaries(
        {"event": st.just("error"), "error": st.dictionaries(st.just("message"), st.text())}
    ),
    st.text(max_size=5),
)


@settings(deadline=None, max_examples=80)
@given(st.lists(RECORD, max_size=6), st.lists(st.integers(0, 400), max_size=8), st.booleans())
def test_cutting_changes_nothing(records: list[Any], places: list[int], by_name: bool) -> None:
    body = sse(*[json.dumps(record, ensure_ascii=bool(index % 2)) for index, record in enumerate(records)])
    chunks = list(pieces(body, [place for place in places if place < len(body)]))
    dialect = "kimi" if by_name else None
    whole = list(read_stream([body], dialect=dialect))
    assert list(read_stream(chunks, dialect=dialect)) == whole
    exchange = answered(dialect, {"content-type": "text/event-stream"}, *chunks)
    assert exchange.text == collected(whole).text


@settings(deadline=None, max_examples=60)
@given(
    st.binary(max_size=60),
    st.sampled_from(["text/event-stream", "application/connect+json", "application/json"]),
)
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    for status in (200, 500):
        answer = collected(read_stream([body], content_type, status))
        assert answer.outcome != "clean" or answer.error
