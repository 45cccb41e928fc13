"""What browsers do with the back end by themselves: event streams read, other origins refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fetch2py.framing import DECODERS
from fetch2py.server import Access
from tests.back_end import back_end, done, profile, talking
from tests.browser import Browser, browser
from tests.command_line import body_of
from tests.page_driving import ready
from tests.servers import Connection, Server, event_stream, serve

__all__ = ["browser"]

# The page's parser

STREAM = (
    ": comment\n\ndata: a\n\nevent: text\r\ndata:b\r\ndata\r\ndata:  c\r\n\r\nevent: odd\n\n"
    "data: d\r\rid: 1\nretry: 5\nfoo: bar\n:data: no\ndata: 你:好\n\n"
    "data:\n\nevent: end\ndata: {}\n\ndata: lost"
)
READ_IN_EVERY_WAY = """(stream) => {
  const read = (...pieces) => {
    const parser = new EventStreamParser();
    const events = pieces.flatMap((piece) => parser.push(piece));
    return JSON.stringify(events.map(({type, data}) => [type, data]));
  };
  const ways = [read(stream), read(...stream), read("", ...[...stream].flatMap((each) => [each, ""]))];
  for (let cut = 0; cut <= stream.length; cut++) ways.push(read(stream.slice(0, cut), stream.slice(cut)));
  return [...new Set(ways)];
}"""


def test_an_event_stream_is_read_as_the_standard_says_however_it_is_cut(browser: Browser) -> None:
    decoder = DECODERS["sse"]()
    frames = [*decoder.receive_data(STREAM.encode()), *decoder.receive_end()]
    wanted = [[frame.event, frame.data] for frame in frames if frame.standard]
    assert len(wanted) == 6
    with talking(None, *done("never")) as running, browser.tab(running.url) as tab:
        ready(tab)
        [read] = tab.js(f"({READ_IN_EVERY_WAY})({json.dumps(STREAM)})")
        assert json.loads(read) == wanted
        # The end of a line counts at once, and doesn't wait for what might follow.
        assert tab.js("new EventStreamParser().push('data: now\\r\\r').length") == 1


# EventSource, and pages of other origins

LISTEN = """(url) => new Promise((resolve) => {
  const told = [];
  const source = new EventSource(url);
  source.onmessage = ({data}) => told.push(data);
  source.addEventListener("end", () => told.push("end"));
  source.onerror = () => source.readyState === EventSource.CLOSED && resolve(told);
})"""


@contextmanager
def elsewhere() -> Iterator[Server]:
    """A page of another origin, http://localhost:N."""

    def script(connection: Connection) -> None:
        connection.receive_request()
        html = b"<!doctype html><link rel=icon href=data:,>"
        connection.reply(html, headers=(("content-type", "text/html"),))
        connection.wait_closed()

    with serve(script, host="localhost") as server:
        yield server


def test_an_event_source_gets_the_tokens_and_asks_once(browser: Browser) -> None:
    with (
        serve(event_stream(*done("你", " 好", "\n"))) as upstream,
        back_end({"kimi": profile(upstream.url)}) as running,
        browser.tab(running.url) as tab,
    ):
        assert tab.js(f"({LISTEN})('chat/kimi?message=hi')") == ["你", " 好", "\n", "end"]
    assert upstream.request.body == body_of("hi").encode()


@pytest.mark.parametrize("origins", [(), ("http://localhost:9",)], ids=["none", "another"])
def test_pages_of_other_origins_are_refused(browser: Browser, origins: tuple[str, ...]) -> None:
    with (
        serve(event_stream(*done("never"))) as upstream,
        back_end({"kimi": profile(upstream.url)}, Access(origins=origins)) as running,
        elsewhere() as page,
        browser.tab(page.url) as tab,
    ):
        chat = json.dumps(f"{running.url}/chat/kimi?message=hi")
        assert tab.js(f"({LISTEN})({chat})") == []
        for options in ("{}", "{method: 'POST'}", "{method: 'POST', mode: 'no-cors'}"):
            assert tab.js(f"fetch({chat}, {options}).then(() => '', (error) => error.name)") == "TypeError"
        assert tab.faults(expected="CORS policy") == []
    assert upstream.requests == []


def test_pages_of_an_origin_that_is_allowed_are_answered(browser: Browser) -> None:
    asked = {
        "method": "POST",
        "headers": {"content-type": "application/json"},
        "body": '{"message":"hi"}',
    }
    with elsewhere() as page:
        access = Access(origins=(page.url,))
        with talking(None, *done("你", "好"), access=access) as running, browser.tab(page.url) as tab:
            chat = f"{running.url}/chat/kimi"
            assert tab.js(f"({LISTEN})({json.dumps(f'{chat}?message=hi')})") == ["你", "好", "end"]
            asking = f"fetch({json.dumps(chat)}, {json.dumps(asked)})"
            got = tab.js(f"{asking}.then((response) => response.text())")
            assert got == "data:你\n\ndata:好\n\nevent: end\ndata:\n\n"
