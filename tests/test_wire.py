"""The wire against real servers on loopback: what goes out, what comes back, and what can break."""

from __future__ import annotations

import asyncio
import gc
import gzip
import logging
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest
import trustme

from fetch2py.errors import ReplyMalformed, ReplyRefused, ReplyTruncated, WireError
from fetch2py.request import Headers, Request
from fetch2py.wire import Opener, Response, Timeouts, astream, stream
from fetch2py.wire.lean import LeanWire
from fetch2py.wire.outgoing import locate, redirect
from tests.compressing import CODINGS, pressed
from tests.servers import Connection, Received, Script, serve, serve_http2

SHORT = 0.2

# It comes without types, and mypy is told so by the way of importing it.
brotli: Any = import_module("brotli")


@pytest.fixture(scope="module", autouse=True)
def _quick_collections() -> Iterator[None]:
    """Spare the collector what is there for good: it runs around each test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _nothing_left_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins without a proxy and ends with as many open files as it began with."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    gc.collect()
    before = _open_files()
    yield
    gc.collect()
    assert _open_files() == before


def _open_files() -> int:
    files = Path("/proc/self/fd")
    return len(list(files.iterdir())) if files.exists() else 0


class Got:
    """A response that was read to its end."""

    def __init__(
        self, response: Response[Iterator[bytes]] | Response[AsyncIterator[bytes]], body: bytes
    ) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = body


Fetch = Callable[..., Got]


def _fetch(request: Request, timeouts: Timeouts = Timeouts()) -> Got:  # noqa: B008 - it is frozen
    with stream(request, timeouts) as response:
        return Got(response, b"".join(response.chunks))


def _afetch(request: Request, timeouts: Timeouts = Timeouts()) -> Got:  # noqa: B008 - it is frozen
    async def run() -> Got:
        async with astream(request, timeouts) as response:
            return Got(response, b"".join([chunk async for chunk in response.chunks]))

    return asyncio.run(run())


def _lean(request: Request, timeouts: Timeouts = Timeouts()) -> Got:  # noqa: B008 - it is frozen
    async def run() -> Got:
        async with LeanWire().stream(request, timeouts) as response:
            return Got(response, b"".join([chunk async for chunk in response.chunks]))

    return asyncio.run(run())


@pytest.fixture(params=[_fetch, _afetch], ids=["sync", "async"])
def httpx_fetch(request: pytest.FixtureRequest) -> Fetch:
    """The twins that know HTTP/2 too."""
    twin: Fetch = request.param
    return twin


@pytest.fixture(params=[_fetch, _afetch, _lean], ids=["sync", "async", "lean"])
def fetch(request: pytest.FixtureRequest) -> Fetch:
    """All that send requests, one after the other."""
    twin: Fetch = request.param
    return twin


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS settings, and the environment that has clients trust it."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def _reply(body: bytes = b"", status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Script:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(body, status, headers)

    return script


def _answers(*replies: tuple[int, str]) -> Script:
    """Answer each connection with the next status and Location; {url} in it stands for the server's own."""
    left = list(replies)

    def script(connection: Connection) -> None:
        connection.receive_request()
        status, location = left.pop(0)
        connection.reply(b"done", status, (("location", location.format(url=connection.server.url)),))

    return script


# What goes out


def test_a_request_goes_out_as_it_stands(fetch: Fetch) -> None:
    with serve(_reply(b"ok")) as server:
        headers = Headers(
            [
                ("x-B", "2"),
                ("Accept", "*/*"),
                ("X-a", " caf\xe9\x01 "),
                ("x-B", "1"),
                ("cookie", ""),
                ("x-b", "a  b"),
            ]
        )
        got = fetch(Request("POST", f"{server.url}/a", headers, "你好".encode()))
    assert got.status == 200
    assert got.body == b"ok"
    assert got.headers == (("content-length", "2"),)
    host = server.url.removeprefix("http://")
    assert server.request == Received(
        "POST",
        "/a",
        (
            ("Host", host),
            ("Content-Length", "6"),
            ("x-B", "2"),
            ("Accept", "*/*"),
            ("X-a", "caf\xe9\x01"),
            ("x-B", "1"),
            ("cookie", ""),
            ("x-b", "a  b"),
        ),
        "你好".encode(),
    )


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("POST", None, "0"),
        ("PUT", None, "0"),
        ("POST", b"", "0"),
        ("PATCH", b"x", "1"),
        ("GET", None, None),
        ("DELETE", None, None),
        ("OPTIONS", None, None),
        ("patch", None, None),
    ],
)
def test_the_length_is_what_browsers_send(
    fetch: Fetch, method: str, body: bytes | None, length: str | None
) -> None:
    with serve(_reply()) as server:
        fetch(Request(method, server.url, body=body))
    assert server.request.method == method
    assert server.request.get("content-length") == length
    assert server.request.get("transfer-encoding") is None
    assert [name for name, _ in server.request.headers] == (
        ["Host"] if length is None else ["Host", "Content-Length"]
    )


def test_what_a_capture_says_of_its_connection_is_made_anew(fetch: Fetch) -> None:
    stale = Headers(
        [
            ("Host", "elsewhere.test"),
            ("connection", "keep-alive"),
            ("content-length", "999"),
            ("Transfer-Encoding", "x"),
            ("Trailer", "x"),
            ("HTTP2-Settings", "x"),
        ]
    )
    with serve(_reply()) as server:
        fetch(Request("POST", server.url, stale, b"four"))
    assert server.request.headers == (("Host", "elsewhere.test"), ("Content-Length", "4"))


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("", "/"),
        ("?q", "/?q"),
        ("/?", "/?"),
        ("/#top", "/"),
        ("/a#b?c", "/a"),
        ("/`{}|\\^~%7E%zz%e4/../.", "/`{}|\\^~%7E%zz%e4/../."),
        ("/?`{}|\\^\"<>'[]", "/?`{}|\\^\"<>'[]"),
        ("\\path", "/path"),
        ("/a b\tc\n", "/a%20bc"),
        ("/é?q=你", "/%C3%A9?q=%E4%BD%A0"),
        ("/\ud83d\x7f\x01", "/%EF%BF%BD%7F%01"),
        ("/" + "a" * 70_000, "/" + "a" * 70_000),
    ],
)
def test_the_target_is_the_url_as_written(written: str, target: str) -> None:
    with serve(_reply()) as server:
        _fetch(Request("GET", server.url + written))
    assert server.request.target == target


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTPS://Example.TEST:443/x", "https://example.test"),
        ("http://example.test:80", "http://example.test"),
        ("http://example.test:/", "http://example.test"),
        ("https://example.test:80/", "https://example.test:80"),
        ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://user:p%40ss@example.test/", "http://example.test"),
        ("http://a@b@example.test/", "http://example.test"),
        ("https://evil.test\\@good.test/", "https://evil.test"),
        (" https://example.test/ ", "https://example.test"),
    ],
)
def test_the_origin_of_a_url(url: str, origin: str) -> None:
    assert str(locate(url)) == origin
    assert locate(url).origin.userinfo == b""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "ftp://example.test/",
        "blob:https://example.test/1",
        "https://",
        "https:///path",
        "https://a b.test/",
        "https://exa%6dple.test/",
        "https://example.test:99999/",
        "https://example.test:8x/",
        "https://[::1/",
        "http://999.1.1.1/",
        "https://\ud83d.test/",
        "https://[1:2]/",
    ],
)
def test_what_is_no_web_address_is_told_without_repeating_it(fetch: Fetch, url: str) -> None:
    with pytest.raises(WireError, match="not a complete http or https address") as caught:
        fetch(Request("GET", url))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-secret", "s3cret\n2"),
        ("x-secret", "s3cret\0"),
        ("x-secret", "s3cret你"),
        ("bad name", "s3cret"),
        (":p", "s"),
    ],
)
def test_a_field_that_cannot_travel_is_named_without_its_value(fetch: Fetch, name: str, value: str) -> None:
    with pytest.raises(WireError) as caught:
        fetch(Request("GET", "http://127.0.0.1:9/", Headers([(name, value)])))
    assert repr(name) in caught.value.message
    assert "s3cret" not in "".join(format_exception(caught.value))


@pytest.mark.parametrize("method", ["", "É", "NO WAY", "GET\n", "你" * 90])
def test_a_method_that_cannot_travel_is_named(fetch: Fetch, method: str) -> None:
    with pytest.raises(WireError) as caught:
        fetch(Request(method, "http://127.0.0.1:9/"))
    assert f"The method {method[:40]!r} holds something" in caught.value.message
    assert caught.value.hint


def test_neither_log_nor_exception_repeats_the_query(fetch: Fetch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serve(_reply()) as server:
        fetch(Request("GET", f"{server.url}/?token=s3cret", Headers([("authorization", "s3cret")])))
    assert fetch is _lean or "HTTP Request" in caplog.text
    assert "s3cret" not in caplog.text


# What comes back


@pytest.mark.parametrize("coding", CODINGS)
def test_each_piece_is_there_as_soon_as_its_bytes_are(coding: str) -> None:
    """The server sends a piece only after the client has read the one before."""
    seen = [threading.Event() for _ in range(3)]

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(200, (("content-encoding", coding), ("transfer-encoding", "chunked")))
        press, finish = pressed(coding)
        for number, event in enumerate(seen):
            connection.chunk(press(b"piece %d" % number))
            connection.wait(event)
        if tail := finish():
            connection.chunk(tail)
        connection.chunk(b"")

    with serve(script) as server, stream(Request("GET", server.url)) as response:
        pieces = []
        for chunk in response.chunks:
            pieces.append(chunk)
            seen[len(pieces) - 1].set()
    assert pieces == [b"piece 0", b"piece 1", b"piece 2"]


def test_two_codings_on_each_other_are_both_undone(fetch: Fetch) -> None:
    body = gzip.compress(brotli.compress(b"answer"))
    with serve(_reply(body, headers=(("Content-Encoding", "br, gzip"),))) as server:
        assert fetch(Request("GET", server.url)).body == b"answer"


def test_an_unknown_coding_is_an_error_and_not_noise(fetch: Fetch) -> None:
    with (
        serve(_reply(b"\x1f\x9d", headers=(("content-encoding", "gzip, compress"),))) as server,
        pytest.raises(ReplyMalformed, match="can't be undone here: compress") as caught,
    ):
        fetch(Request("GET", server.url))
    assert "accept-encoding" in caught.value.hint


def test_garbled_compression_is_an_error(fetch: Fetch) -> None:
    with (
        serve(_reply(b"not gzip", headers=(("content-encoding", "gzip"),))) as server,
        pytest.raises(ReplyMalformed, match="compression is garbled"),
    ):
        fetch(Request("GET", server.url))


def test_fields_come_back_in_their_order_and_case(fetch: Fetch) -> None:
    sent = (("Set-Cookie", "a=1"), ("X-Name", "caf\xe9"), ("set-cookie", "b=2"))
    with serve(_reply(headers=sent)) as server:
        assert fetch(Request("GET", server.url)).headers == (*sent, ("content-length", "0"))


def test_an_error_status_is_an_answer(fetch: Fetch) -> None:
    with serve(_reply(b"no", 503)) as server:
        got = fetch(Request("GET", server.url))
    assert (got.status, got.body) == (503, b"no")


def test_a_body_without_a_length_ends_with_the_connection(fetch: Fetch) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head()
        connection.send(b"all of it")

    with serve(script) as server:
        assert fetch(Request("GET", server.url)).body == b"all of it"


def test_leaving_early_closes_the_connection_at_once() -> None:
    closed = threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("transfer-encoding", "chunked"),))
        connection.chunk(b"first")
        connection.wait_closed()
        closed.set()

    with serve(script) as server:
        with stream(Request("GET", server.url)) as response:
            assert next(response.chunks) == b"first"
        assert closed.wait(10)


@pytest.mark.parametrize("opener", [astream, LeanWire().stream], ids=["astream", "lean"])
def test_cancelling_the_task_closes_the_connection_at_once(opener: Opener) -> None:
    closed = threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("transfer-encoding", "chunked"),))
        connection.chunk(b"first")
        connection.wait_closed()
        closed.set()

    async def run(url: str) -> None:
        begun = asyncio.Event()

        async def read() -> None:
            async with opener(Request("GET", url), Timeouts()) as response:
                async for _ in response.chunks:
                    begun.set()

        task = asyncio.create_task(read())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with serve(script) as server:
        asyncio.run(run(server.url))
        assert closed.wait(10)


# Redirects


def test_a_post_goes_on_as_fetch_says(fetch: Fetch) -> None:
    headers = Headers(
        [("content-type", "text/plain"), ("authorization", "s3cret"), ("Content-Language", "zh")]
    )
    replies = _answers((307, "/two?x#y"), (308, "three"), (302, "{url}/four"), (200, ""))
    with serve(replies) as server:
        got = fetch(Request("POST", f"{server.url}/one", headers, b"body"))
    assert got.body == b"done"
    assert [(r.method, r.target, r.body) for r in server.requests] == [
        ("POST", "/one", b"body"),
        ("POST", "/two?x", b"body"),
        ("POST", "/three", b"body"),
        ("GET", "/four", b""),
    ]
    host = server.url.removeprefix("http://")
    assert server.requests[3].headers == (("Host", host), ("authorization", "s3cret"))


@pytest.mark.parametrize(
    ("method", "status", "becomes"),
    [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("PUT", 301, "PUT"),
        ("PUT", 303, "GET"),
        ("HEAD", 303, "HEAD"),
        ("GET", 303, "GET"),
        ("POST", 307, "POST"),
        ("DELETE", 308, "DELETE"),
    ],
)
def test_the_method_after_a_redirect(method: str, status: int, becomes: str) -> None:
    request = Request(method, "https://a.test/x", Headers([("content-type", "t")]), b"body")
    following = redirect(request, status, "/y")
    assert following is not None
    assert (following.method, following.url) == (becomes, "https://a.test/y")
    kept = becomes == method
    assert (following.body, following.headers.has("content-type")) == (b"body" if kept else None, kept)


@pytest.mark.parametrize(("status", "location"), [(200, "/y"), (300, "/y"), (304, "/y"), (302, "")])
def test_what_is_no_redirect(status: int, location: str) -> None:
    assert redirect(Request("GET", "https://a.test/"), status, location) is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("https://A.test:443/y", "https://A.test:443/y"),
        ("?y", "https://a.test/p/x?y"),
        ("caf\xc3\xa9", "https://a.test/p/café"),
        ("caf\xe9", "https://a.test/p/café"),
    ],
)
def test_a_location_is_read_as_browsers_do(location: str, url: str) -> None:
    following = redirect(Request("GET", "https://a.test/p/x"), 302, location)
    assert following is not None
    assert following.url == url


@pytest.mark.parametrize(
    ("location", "origin"),
    [
        ("https://login.test/?next=s3cret", "https://login.test"),
        ("//login.test/s3cret", "https://login.test"),
        ("http://a.test/s3cret", "http://a.test"),
        ("https://a.test:8443/s3cret", "https://a.test:8443"),
        ("https://login.test\\@a.test/s3cret", "https://login.test"),
    ],
)
def test_a_redirect_to_another_origin_is_refused(location: str, origin: str) -> None:
    with pytest.raises(ReplyRefused) as caught:
        redirect(Request("POST", "https://a.test/x"), 307, location)
    assert (
        caught.value.message
        == f"https://a.test sends this request on to {origin}, and it was not sent there."
    )
    assert "login has ended" in caught.value.hint


@pytest.mark.parametrize("location", ["javascript:alert(1)", "https://[::1/"])
def test_a_redirect_to_nowhere_is_refused(location: str) -> None:
    with pytest.raises(ReplyRefused, match="not a web address"):
        redirect(Request("GET", "https://a.test/x"), 302, location)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["weixin:login", "javascript:alert(1)", "http://[::1", "http://a b/", "//:x", "https:host/x"]
)
def test_a_server_that_redirects_to_nowhere(fetch: Fetch, location: str, status: int) -> None:
    with serve(_answers((status, location))) as server, pytest.raises(ReplyRefused) as caught:
        fetch(Request("POST", server.url, Headers([]), b"body"))
    assert caught.value.message == f"{server.url} redirects to something that is not a web address."
    assert len(server.requests) == 1


def test_a_scheme_without_slashes_is_relative_to_the_same_scheme(fetch: Fetch, tls: ssl.SSLContext) -> None:
    """URL standard, "scheme state"; under another scheme it leads elsewhere."""
    with serve(_answers((302, "http:host/x"), (200, ""))) as server:
        assert fetch(Request("GET", server.url)).body == b"done"
    assert [request.target for request in server.requests] == ["/", "/host/x"]
    with serve(_answers((302, "http:host/x")), tls) as server, pytest.raises(ReplyRefused, match="not a web"):
        fetch(Request("GET", server.url))


@pytest.mark.parametrize(("status", "location"), [(200, "weixin:login"), (300, "/y"), (302, "")])
def test_a_location_that_is_not_followed_is_handed_out(fetch: Fetch, status: int, location: str) -> None:
    with serve(_answers((status, location))) as server:
        got = fetch(Request("GET", server.url))
    assert (got.status, got.headers) == (status, (("location", location), ("content-length", "4")))


def test_secrets_never_reach_another_origin(fetch: Fetch) -> None:
    with serve(_reply()) as other, serve(_answers((307, f"{other.url}/s3cret"))) as server:
        with pytest.raises(ReplyRefused) as caught:
            fetch(Request("POST", server.url, Headers([("authorization", "s3cret")]), b"s3cret"))
        assert other.url in caught.value.message
    assert other.requests == []


def test_a_circle_of_redirects_ends(fetch: Fetch) -> None:
    with serve(_answers(*[(302, "/again")] * 11)) as server, pytest.raises(ReplyRefused, match="in a circle"):
        fetch(Request("GET", server.url))
    assert len(server.requests) == 11


# What can break


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e7])
def test_a_time_out_is_a_number_of_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1000000 seconds"):
        Timeouts(idle=seconds)


def _hang(*sent: bytes) -> Script:
    def script(connection: Connection) -> None:
        connection.receive_request()
        for data in sent:
            connection.send(data)
        connection.wait_closed()

    return script


HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def test_silence_instead_of_an_answer(fetch: Fetch) -> None:
    with serve(_hang()) as server:
        with pytest.raises(WireError) as caught:
            fetch(Request("GET", f"{server.url}/?s3cret"), Timeouts(first_byte=SHORT))
        assert caught.value.message == f"{server.url} gave no answer within 0.2 seconds."
    assert "first-byte" in caught.value.hint


def test_silence_after_the_head(fetch: Fetch) -> None:
    with (
        serve(_hang(HEAD)) as server,
        pytest.raises(WireError, match=r"took the request and then sent nothing for 0\.2 seconds"),
    ):
        fetch(Request("GET", server.url), Timeouts(first_byte=SHORT))


def test_silence_in_the_middle(fetch: Fetch) -> None:
    with (
        serve(_hang(HEAD + b"5\r\nfirst\r\n")) as server,
        pytest.raises(WireError, match=r"sent nothing more for 0\.2 seconds"),
    ):
        fetch(Request("GET", server.url), Timeouts(first_byte=0, idle=SHORT))


def _let_pass(seconds: float) -> None:
    """Wait the way the product does: for a server that says nothing."""
    with serve(_hang()) as server, pytest.raises(WireError):
        _fetch(Request("GET", server.url), Timeouts(first_byte=seconds))


def test_the_first_byte_may_take_longer_than_the_idle_time(fetch: Fetch) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        _let_pass(0.3)
        connection.send(HEAD)
        _let_pass(0.3)
        connection.chunk(b"first")
        connection.chunk(b"")

    with serve(script) as server:
        assert fetch(Request("GET", server.url), Timeouts(first_byte=10, idle=SHORT)).body == b"first"


def test_a_long_stream_is_not_cut(fetch: Fetch) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.send(HEAD)
        connection.chunk(b"first")
        _let_pass(0.7)
        connection.chunk(b", last")
        connection.chunk(b"")

    with serve(script) as server:
        assert fetch(Request("GET", server.url), Timeouts(first_byte=0.5)).body == b"first, last"


def test_a_server_that_does_not_read(fetch: Fetch) -> None:
    """The request is larger than what the sockets' buffers take."""
    done = threading.Event()

    def script(connection: Connection) -> None:
        connection.wait(done)

    with serve(script) as server:
        try:
            with pytest.raises(WireError, match=r"took no more of the request for 0\.2 seconds"):
                fetch(Request("POST", server.url, body=b"x" * 50_000_000), Timeouts(first_byte=SHORT))
        finally:
            done.set()


def test_no_connection_in_time(fetch: Fetch) -> None:
    """A server that never accepts: its queue is full, and connecting to it hangs."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", port))
            with pytest.raises(WireError, match=r"No connection to http://127.* within 0\.2 seconds"):
                fetch(Request("GET", f"http://127.0.0.1:{port}"), Timeouts(connect=SHORT))
        finally:
            for filler in fillers:
                filler.close()


def test_no_tls_in_time(fetch: Fetch, tls: ssl.SSLContext) -> None:
    def script(connection: Connection) -> None:
        connection.wait_closed()

    with (
        serve(script) as server,
        pytest.raises(WireError, match=r"No connection to https://127.* within 0\.2 seconds"),
    ):
        fetch(Request("GET", server.url.replace("http", "https")), Timeouts(connect=SHORT))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_nobody_listens(fetch: Fetch, host: str) -> None:
    url = f"http://{host}:{_free_port()}"
    with pytest.raises(WireError) as caught:
        fetch(Request("GET", f"{url}/?s3cret"))
    assert caught.value.message == f"{url} refuses the connection."
    assert caught.value.hint
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("no-such-host.invalid", "The name in http://no-such-host.invalid can't be found."),
        ("a..b", "The name in http://a..b can't be found."),
    ],
)
def test_a_name_that_leads_nowhere(fetch: Fetch, host: str, message: str) -> None:
    with pytest.raises(WireError) as caught:
        fetch(Request("GET", f"http://{host}"))
    assert caught.value.message == message


def test_a_name_with_several_addresses_none_of_which_listens(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = _free_port()
    addresses = [
        (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (f"127.0.0.{last}", port))
        for last in (1, 2)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    with pytest.raises(WireError, match=r"http://two\.test:\d+ refuses the connection\."):
        fetch(Request("GET", f"http://two.test:{port}"))


def test_a_host_that_cannot_be_reached(fetch: Fetch) -> None:
    """A broadcast address takes no TCP connection; the system says so at once."""
    with pytest.raises(WireError, match=r"No connection to http://255\.255\.255\.255: ."):
        fetch(Request("GET", "http://255.255.255.255"))


def test_a_server_that_hangs_up_at_once(fetch: Fetch) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()

    with serve(script) as server, pytest.raises(WireError, match="answers nothing that is HTTP: Server disc"):
        fetch(Request("GET", server.url))


def test_a_fault_is_not_taken_for_one_that_came_before_it(fetch: Fetch) -> None:
    """Who asks again while handling the first fault is told about the second."""

    def script(connection: Connection) -> None:
        connection.receive_request()

    try:
        fetch(Request("GET", f"http://127.0.0.1:{_free_port()}"))
    except WireError:
        with serve(script) as server, pytest.raises(WireError, match="answers nothing that is HTTP"):
            fetch(Request("GET", server.url))


def test_a_server_that_resets_before_its_answer(fetch: Fetch) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reset()

    with serve(script) as server, pytest.raises(WireError, match="broke before an answer came: "):
        fetch(Request("GET", server.url))


def test_a_server_that_speaks_something_else(fetch: Fetch) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.send(b"SSH-2.0-nothing" + b"x" * 1000 + b"\r\n\r\n")

    with serve(script) as server, pytest.raises(WireError, match="answers nothing that is HTTP") as caught:
        fetch(Request("GET", server.url))
    assert len(caught.value.message) < 300


def _break_off(connection: Connection) -> None:
    connection.receive_request()
    connection.send(HEAD)
    connection.chunk(b"first")


def _break_off_hard(connection: Connection) -> None:
    _break_off(connection)
    connection.reset()


def _break_off_short(connection: Connection) -> None:
    connection.receive_request()
    connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfirst")


def _break_the_chunks(connection: Connection) -> None:
    _break_off(connection)
    connection.send(b"zz\r\n")


@pytest.mark.parametrize("script", [_break_off, _break_off_hard, _break_off_short, _break_the_chunks])
def test_an_answer_that_breaks_off(script: Script) -> None:
    pieces = []
    with serve(script) as server, stream(Request("GET", server.url)) as response:
        with pytest.raises(ReplyTruncated) as caught:
            pieces += list(response.chunks)
        assert caught.value.message.startswith(f"{server.url} broke off in the middle of the answer: ")


@pytest.mark.parametrize("script", [_break_off, _break_off_hard, _break_off_short, _break_the_chunks])
def test_an_answer_that_breaks_off_for_tasks(script: Script) -> None:
    with (
        serve(script) as server,
        pytest.raises(ReplyTruncated, match="broke off in the middle of the answer"),
    ):
        _afetch(Request("GET", server.url))


# TLS and HTTP/2


def test_a_trusted_certificate(fetch: Fetch, tls: ssl.SSLContext) -> None:
    with serve(_reply(b"ok"), tls, host="localhost") as server:
        assert fetch(Request("GET", server.url)).body == b"ok"


def test_a_certificate_nobody_trusts(
    fetch: Fetch, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    def script(connection: Connection) -> None:
        raise AssertionError("the client went on")

    with pytest.raises(ssl.SSLError), serve(script, tls, host="localhost") as server:  # noqa: PT012 - the server's end of the refusal
        with pytest.raises(WireError) as caught:
            fetch(Request("GET", server.url))
        assert caught.value.message.startswith(f"The certificate of {server.url} is not trusted: ")
        assert "SSL_CERT_FILE" in caught.value.hint


def test_a_server_without_tls(fetch: Fetch, tls: ssl.SSLContext) -> None:
    def script(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.wait_closed()

    with serve(script) as server, pytest.raises(WireError, match="No encrypted connection to https://"):
        fetch(Request("GET", server.url.replace("http", "https")))


def test_certificates_that_cannot_be_read(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    with pytest.raises(
        WireError, match="certificates that the environment names can't be read: No such file"
    ):
        fetch(Request("GET", "https://127.0.0.1:9"))


def test_http2(httpx_fetch: Fetch, tls: ssl.SSLContext) -> None:
    headers = Headers(
        [("X-B", "2"), ("connection", "keep-alive"), ("x-a", "caf\xe9"), ("x-b", "1"), ("Te", "x")]
    )
    with serve_http2(tls, [b"first", b", last"]) as server:
        got = httpx_fetch(Request("POST", f"{server.url}/|^?q#f", headers, "你好".encode()))
    assert got.status == 200
    assert got.body == b"first, last"
    assert got.headers == (("content-type", "text/event-stream"),)
    assert server.request == Received(
        "POST",
        "/|^?q",
        (
            (":method", "POST"),
            (":authority", server.url.removeprefix("https://")),
            (":scheme", "https"),
            (":path", "/|^?q"),
            ("content-length", "6"),
            ("x-b", "2"),
            ("x-a", "caf\xe9"),
            ("x-b", "1"),
        ),
        "你好".encode(),
    )


def test_http2_that_is_reset(httpx_fetch: Fetch, tls: ssl.SSLContext) -> None:
    with (
        serve_http2(tls, [b"first"], broken=True) as server,
        pytest.raises(ReplyTruncated, match="broke off"),
    ):
        httpx_fetch(Request("GET", server.url))


# Proxies


def test_a_proxy_of_the_environment_is_asked(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(_reply(b"by proxy")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        got = fetch(Request("GET", "http://example.invalid:81/|^?q", Headers([("x-a", "1")])))
    assert got.body == b"by proxy"
    assert proxy.request.target == "http://example.invalid:81/|^?q"
    assert proxy.request.get("host") == "example.invalid:81"


def test_a_proxy_that_refuses(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(_reply(b"", 407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(WireError, match=r"proxy gives no connection to https://example\.invalid: 407"):
            fetch(Request("GET", "https://example.invalid/?s3cret"))
    assert (proxy.request.method, proxy.request.target) == ("CONNECT", "example.invalid:443")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_proxy_is_asked_about_this_machine(
    fetch: Fetch, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{_free_port()}")
    with serve(_reply(b"ok"), host=host) as server:
        assert fetch(Request("GET", server.url)).body == b"ok"


@pytest.mark.parametrize(
    ("proxy", "message"),
    [
        ("what://s3cret@proxy.invalid", "not one that can be used"),
        ("http://s3cret@proxy.invalid:x", "not one that can be used"),
        ("socks5://proxy.invalid", "speaks SOCKS"),
    ],
)
def test_a_proxy_that_cannot_be_used(
    fetch: Fetch, proxy: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(WireError, match=message) as caught:
        fetch(Request("GET", "http://example.invalid"))
    assert "s3cret" not in "".join(format_exception(caught.value))
