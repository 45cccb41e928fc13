"""Replays against real servers: what a reader gets, when it gets it, and how it is told of the end."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field, replace
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest

from fetch2py.answer import Answer, AsyncAnswer, areplay, replay, submit
from fetch2py.errors import (
    ProfileError,
    ProfileInvalid,
    ReplyMalformed,
    ReplyRefused,
    ReplyTruncated,
    SlotError,
    WireError,
)
from fetch2py.events import End, Error, Event, Reasoning, Text
from fetch2py.framing import encode_envelope
from fetch2py.request import Headers, Loss, Request
from fetch2py.wire import Timeouts
from tests.servers import Connection, Script, event_stream, serve

RULES: Mapping[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "text", "get": "/t"},
        {"to": "reasoning", "get": "/r"},
        {"to": "error", "get": "/e"},
        {"to": "id:message", "get": "/id"},
        {"to": "end", "on": {"@raw": "[DONE]"}},
    ],
}
HELLO = ('{"id": "m1"}', '{"r": "hm"}', '{"t": "你"}', '{"t": "好"}', "[DONE]")
SECRET = "correct horse battery staple"
TOKEN = "Bearer FAKE5f2c9d7be1a84c03"
SHORT = Timeouts(first_byte=0.2, idle=0.2)
PATIENCE = 20.0


@pytest.fixture(scope="module", autouse=True)
def _quick_collections() -> Iterator[None]:
    """Spare the collector what is there for good: it runs around each test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """Each test ends with as many open files as it began with."""
    gc.collect()
    before = _open_files()
    yield
    gc.collect()
    assert _open_files() == before


def _open_files() -> int:
    files = Path("/proc/self/fd")
    return len(list(files.iterdir())) if files.exists() else 0


@dataclass(frozen=True)
class Plain:
    """A profile whose message is the whole body."""

    url: str
    dialect: str | Mapping[str, Any] | None = field(default_factory=lambda: RULES)
    secrets: Mapping[str, str] = field(default_factory=dict)

    def fill(self, message: str | None, /) -> Request:
        """The request; "no slot" stands for a message that can't be filled in."""
        if message == "no slot":
            raise SlotError("no slot")
        return Request("POST", self.url, Headers(), (message or "captured").encode())


@dataclass(frozen=True)
class Lossy(Plain):
    """A profile whose body has lost a letter."""

    def fill(self, message: str | None, /) -> Request:
        """The request, with what it lost."""
        lost = Loss("body-charset", "A letter is gone.")
        return replace(super().fill(message), losses=(lost,))


Read = Callable[..., tuple[Answer | AsyncAnswer, list[Event]]]


def _read(profile: Plain, message: str | None = None, **options: Any) -> tuple[Answer, list[Event]]:
    with replay(profile, message, **options) as answer:
        return answer, list(answer)


def _aread(profile: Plain, message: str | None = None, **options: Any) -> tuple[AsyncAnswer, list[Event]]:
    async def run() -> tuple[AsyncAnswer, list[Event]]:
        async with areplay(profile, message, **options) as answer:
            return answer, [event async for event in answer]

    return asyncio.run(run())


@pytest.fixture(params=[_read, _aread], ids=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Read:
    """Both twins, one after the other."""
    twin: Read = request.param
    return twin


def _raw(profile: Plain) -> tuple[Answer, bytes]:
    with replay(profile) as answer:
        return answer, b"".join(answer.raw_chunks())


def _araw(profile: Plain) -> tuple[AsyncAnswer, bytes]:
    async def run() -> tuple[AsyncAnswer, bytes]:
        async with areplay(profile) as answer:
            return answer, b"".join([chunk async for chunk in answer.raw_chunks()])

    return asyncio.run(run())


def _begin(*events: str, then: Callable[[Connection], None] = Connection.wait_closed) -> Script:
    """Send some events, and then do something else than to go on."""

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("content-type", "text/event-stream"), ("transfer-encoding", "chunked")))
        for event in events:
            connection.chunk(f"data: {event}\n\n".encode())
        then(connection)

    return script


def _whole(
    body: str, status: int = 200, content_type: str = "text/event-stream", location: str = ""
) -> Script:
    def script(connection: Connection) -> None:
        connection.receive_request()
        headers = (("content-type", content_type), *((("location", location),) if location else ()))
        connection.reply(body.encode(), status, headers)

    return script


def test_a_clean_answer(read: Read) -> None:
    with serve(event_stream(*HELLO)) as server:
        answer, events = read(Plain(server.url), "问")
    assert events == [Reasoning("hm"), Text("你"), Text("好"), End("clean", {"message": "m1"})]
    assert (answer.text, answer.reasoning, answer.outcome, answer.error) == ("你好", "hm", "clean", None)
    assert (answer.ids, answer.status, answer.dialect) == ({"message": "m1"}, 200, "custom")
    assert answer.why
    assert answer.notes == ()
    assert server.request.body == "问".encode()
    answer.raise_for_outcome()


def test_without_a_message_the_captured_one_goes_out(read: Read) -> None:
    with serve(event_stream(*HELLO)) as server:
        read(Plain(server.url))
    assert server.request.body == b"captured"


def test_a_dialect_can_be_given_for_one_replay(read: Read) -> None:
    openai = '{"choices": [{"delta": {"content": "hi"}}]}'
    with serve(event_stream(openai, "[DONE]")) as server:
        answer, _ = read(Plain(server.url), dialect="openai-chat")
    assert (answer.text, answer.dialect, answer.outcome) == ("hi", "openai-chat", "clean")


def test_the_sent_message_reaches_the_exchange(read: Read) -> None:
    with serve(event_stream('{"t": "echo"}', "[DONE]")) as server:
        answer, _ = read(Plain(server.url), "echo")
    assert len(answer.notes) == 1


def test_each_event_is_there_before_the_next_is_sent() -> None:
    gates = [threading.Event() for _ in HELLO]
    gates[0].set()
    gates[1].set()
    gates[2].set()
    with serve(event_stream(*HELLO, gate=gates.__getitem__)) as server, replay(Plain(server.url)) as answer:
        assert answer.status == 200
        assert next(answer) == Reasoning("hm")
        assert next(answer) == Text("你")
        assert answer.text == "你"
        assert answer.outcome is None
        gates[3].set()
        assert next(answer) == Text("好")
        gates[4].set()
        assert list(answer) == [End("clean", {"message": "m1"})]
        assert list(answer) == []


def test_without_a_with(read: Read) -> None:
    with serve(event_stream(*HELLO)) as server:
        assert [type(event) for event in replay(Plain(server.url))] == [Reasoning, Text, Text, End]

        async def run() -> list[Event]:
            return [event async for event in areplay(Plain(server.url))]

        assert [type(event) for event in asyncio.run(run())] == [Reasoning, Text, Text, End]


def test_leaving_early_closes_the_connection_at_once() -> None:
    closed = threading.Event()

    def wait_closed(connection: Connection) -> None:
        connection.wait_closed()
        closed.set()

    with serve(_begin('{"t": "a"}', then=wait_closed)) as server:
        with replay(Plain(server.url)) as answer:
            assert next(answer) == Text("a")
        assert closed.wait(PATIENCE)
    assert (answer.text, answer.outcome) == ("a", None)
    with pytest.raises(ReplyTruncated):
        answer.raise_for_outcome()


def test_leaving_early_closes_the_connection_at_once_for_tasks() -> None:
    closed = threading.Event()

    def wait_closed(connection: Connection) -> None:
        connection.wait_closed()
        closed.set()

    async def run(url: str) -> None:
        async with areplay(Plain(url)) as answer:
            assert await anext(answer) == Text("a")
        assert await asyncio.to_thread(closed.wait, PATIENCE)

    with serve(_begin('{"t": "a"}', then=wait_closed)) as server:
        asyncio.run(run(server.url))


@pytest.mark.parametrize("raw", [_raw, _araw], ids=["sync", "async"])
def test_raw_bytes_are_read_all_the_same(raw: Callable[[Plain], tuple[Answer | AsyncAnswer, bytes]]) -> None:
    with serve(event_stream(*HELLO)) as server:
        answer, body = raw(Plain(server.url))
    assert body == "".join(f"data: {event}\n\n" for event in HELLO).encode()
    assert (answer.text, answer.outcome) == ("你好", "clean")


def test_an_error_inside_the_stream(read: Read) -> None:
    with serve(event_stream('{"t": "a"}', '{"e": "too many"}')) as server:
        answer, events = read(Plain(server.url))
    assert events == [Text("a"), Error("too many"), End("error", {})]
    assert (answer.outcome, answer.error) == ("error", "too many")
    with pytest.raises(ReplyRefused, match="too many"):
        answer.raise_for_outcome()


def test_an_error_status(read: Read) -> None:
    with serve(_whole('{"message": "login has expired"}', 401, "application/json")) as server:
        answer, events = read(Plain(server.url))
    assert isinstance(events[0], Error)
    assert "login has expired" in events[0].message
    assert events[1:] == [End("error", {})]
    assert (answer.status, answer.outcome) == (401, "error")


def test_a_redirect_elsewhere_is_told_by_events(read: Read) -> None:
    with serve(_whole("", 302, location="https://login.invalid/?s3cret")) as server:
        answer, events = read(Plain(server.url))
    assert isinstance(events[0], Error)
    assert "https://login.invalid" in events[0].message
    assert "s3cret" not in events[0].message
    assert events[1:] == [End("error", {})]
    assert (answer.outcome, answer.error, answer.status) == ("error", events[0].message, 0)
    with pytest.raises(ReplyRefused) as caught:
        answer.raise_for_outcome()
    assert "copy the request again" in caught.value.hint


def test_an_answer_without_its_end(read: Read) -> None:
    with serve(event_stream('{"t": "a"}')) as server:
        answer, events = read(Plain(server.url))
    assert events == [Text("a"), End("truncated", {})]
    with pytest.raises(ReplyTruncated, match="broke off before its end"):
        answer.raise_for_outcome()


@pytest.mark.parametrize("then", [Connection.reset, lambda _: None], ids=["reset", "closed"])
def test_a_connection_that_breaks(read: Read, then: Callable[[Connection], None]) -> None:
    with serve(_begin('{"id": "m1"}', '{"t": "a"}', then=then)) as server:
        answer, events = read(Plain(server.url))
        assert events == [Text("a"), End("truncated", {"message": "m1"})]
        assert (answer.error or "").startswith(f"{server.url} broke off")
    with pytest.raises(ReplyTruncated, match="broke off in the middle") as caught:
        answer.raise_for_outcome()
    assert caught.value.hint


def test_no_connection_is_an_exception(read: Read) -> None:
    with serve(_whole("")) as server:
        url = server.url
    with pytest.raises(WireError, match="refuses the connection"):
        read(Plain(url))


def test_no_connection_without_a_with() -> None:
    with serve(_whole("")) as server:
        url = server.url
    answer = replay(Plain(url))
    with pytest.raises(WireError, match="refuses the connection"):
        next(answer)
    assert list(answer) == []
    assert answer.outcome == "truncated"


@pytest.mark.parametrize("url", ["https://[::1/", "not a url"])
def test_a_url_that_is_none(read: Read, url: str) -> None:
    with pytest.raises(WireError, match="not a complete http or https address"):
        read(Plain(url))


def _last_event_open(connection: Connection) -> None:
    connection.chunk(b'data: {"t": "b"}\n')
    connection.wait_closed()


def test_silence_in_the_middle_is_an_exception_after_the_text() -> None:
    """The second event lacks the empty line that would dispatch it, and is still a part of the answer."""
    events: list[Event] = []
    with (
        serve(_begin('{"t": "a"}', then=_last_event_open)) as server,
        replay(Plain(server.url), timeouts=SHORT) as answer,
    ):
        events += [next(answer), next(answer)]
        with pytest.raises(WireError, match="sent nothing more"):
            next(answer)
    assert events == [Text("a"), Text("b")]
    assert (answer.text, answer.outcome) == ("ab", "truncated")
    assert answer.error == f"{server.url} sent nothing more for 0.2 seconds."


def test_silence_in_the_middle_is_an_exception_for_tasks_too() -> None:
    events: list[Event] = []

    async def run(url: str) -> None:
        async with areplay(Plain(url), timeouts=SHORT) as answer:
            async for event in answer:
                events.append(event)

    with (
        serve(_begin('{"t": "a"}', then=_last_event_open)) as server,
        pytest.raises(WireError, match="sent nothing more"),
    ):
        asyncio.run(run(server.url))
    assert events == [Text("a"), Text("b")]


def test_silence_before_anything_can_be_read(read: Read) -> None:
    with serve(_begin('{"nobody": "knows"}')) as server, pytest.raises(WireError, match="sent nothing more"):
        read(Plain(server.url, None), timeouts=SHORT)


# What an error may tell


@pytest.mark.parametrize("told", [SECRET, TOKEN])
@pytest.mark.parametrize("status", [200, 401])
def test_an_error_repeats_no_secret(read: Read, told: str, status: int) -> None:
    body = f'{{"error": {{"message": "Invalid token: {told}"}}, "e": "Invalid token: {told}"}}'
    script = _whole(body, 401, "application/json") if status == 401 else event_stream(body)
    with serve(script) as server:
        answer, events = read(Plain(server.url, secrets={"password": SECRET}))
    assert isinstance(events[0], Error)
    assert events[0].message.startswith("Invalid token: ")
    assert answer.error == events[0].message
    with pytest.raises(ReplyRefused) as caught:
        answer.raise_for_outcome()
    for text in (events[0].message, answer.error, "".join(format_exception(caught.value))):
        assert "(redacted)" in text
        assert told not in text
        assert told[-10:] not in text


def test_text_and_reasoning_are_never_touched(read: Read) -> None:
    record = f'{{"t": "{SECRET}", "r": "{TOKEN}"}}'
    with serve(event_stream(record, "[DONE]")) as server:
        answer, events = read(Plain(server.url, secrets={"password": SECRET}))
    assert events[:-1] == [Text(SECRET), Reasoning(TOKEN)]
    assert (answer.text, answer.reasoning) == (SECRET, TOKEN)


def test_a_note_repeats_no_secret(read: Read) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("content-encoding", SECRET),))

    with serve(script) as server:
        answer, events = read(Plain(server.url, secrets={"password": SECRET}))
    assert [type(event) for event in events] == [End]
    told = f"{answer.error} {answer.notes[0]}"
    assert told.count("(redacted)") == 2
    assert SECRET not in told


def test_a_whole_stream_without_an_answer_is_no_success(read: Read) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        body = encode_envelope(b'{"i":1}') + encode_envelope(b"{}", flags=2)
        connection.reply(body, 200, (("content-type", "application/connect+json"),))

    with serve(script) as server:
        answer, events = read(Plain(server.url, dialect=None))
    assert [type(event) for event in events] == [Error, End]
    assert answer.outcome == "clean"
    with pytest.raises(ReplyMalformed, match="No known dialect"):
        answer.raise_for_outcome()


def _status_line(text: str) -> Script:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.send(f"HTTP/1.1 {text}\r\n\r\n".encode())
        connection.wait_closed()

    return script


@pytest.mark.parametrize("before", ["", "no " * 100], ids=["message", "cause"])
def test_an_exception_repeats_no_secret_nor_do_its_causes(read: Read, before: str) -> None:
    with serve(_status_line(before + SECRET)) as server, pytest.raises(WireError) as caught:
        read(Plain(server.url, secrets={"password": SECRET}))
    assert caught.value.message.startswith(f"{server.url} answers nothing that is HTTP")
    assert caught.value.hint
    assert SECRET not in "".join(format_exception(caught.value))


def test_an_exception_without_a_secret_keeps_its_causes(read: Read) -> None:
    with serve(_status_line("what")) as server, pytest.raises(WireError) as caught:
        read(Plain(server.url, secrets={"password": SECRET}))
    assert caught.value.__cause__ is not None


def test_an_answer_of_a_bare_request_masks_as_well() -> None:
    with serve(_whole(f'{{"message": "no: {SECRET}"}}', 403, "application/json")) as server:
        answer = Answer(Request("GET", server.url), secrets=[SECRET])
        assert list(answer) == [Error("no: cor…(redacted)"), End("error", {})]


# Twice, too much, and what is refused before it is sent


def test_a_second_with_goes_on_where_the_answer_was_left() -> None:
    with serve(_begin(*HELLO[:3])) as server:
        answer = replay(Plain(server.url))
        with answer:
            assert next(answer) == Reasoning("hm")
            with answer:
                assert next(answer) == Text("你")
        with answer:
            assert list(answer) == []
        assert answer.text == "你"
    assert len(server.requests) == 1


def test_a_with_around_an_answer_that_was_read() -> None:
    async def run(url: str) -> tuple[list[Event], list[Event]]:
        answer = areplay(Plain(url))
        async with answer:
            events = [event async for event in answer]
        async with answer:
            return events, [event async for event in answer]

    with serve(event_stream(*HELLO)) as server:
        answer = replay(Plain(server.url))
        assert len(list(answer)) == 4
        with answer:
            assert list(answer) == []
        events, more = asyncio.run(run(server.url))
    assert (len(events), more) == (4, [])
    assert len(server.requests) == 2


def _endless(connection: Connection) -> None:
    """No JSON where JSON was promised, and then whatever comes until the client leaves."""
    connection.receive_request()
    connection.head(headers=(("content-type", "application/connect+json"), ("transfer-encoding", "chunked")))
    connection.chunk(b"\0\0\0\0\x02no")
    connection.wait_closed()


def test_an_answer_that_broke_its_rules_is_not_read_on(read: Read) -> None:
    with serve(_endless) as server:
        answer, events = read(Plain(server.url))
    assert events == [Error("A message of the answer is not JSON."), End("truncated", {})]
    assert answer.outcome == "truncated"


@pytest.mark.parametrize("raw", [_raw, _araw], ids=["sync", "async"])
def test_raw_bytes_come_to_the_end(raw: Callable[[Plain], tuple[Answer | AsyncAnswer, bytes]]) -> None:
    page = "<html>" + "x" * 1_000_000
    with serve(_whole(page, 500, "text/html")) as server:
        answer, body = raw(Plain(server.url))
    assert body == page.encode()
    assert answer.outcome == "error"


def test_rules_that_name_no_dialect_are_refused_before_anything_is_sent() -> None:
    for function in (replay, areplay):
        with pytest.raises(ProfileInvalid, match="names 'kimmi' under `also`"):
            function(Plain("http://127.0.0.1:9", {**RULES, "also": "kimmi"}))


def test_a_message_that_cannot_be_filled_in_is_told_at_once() -> None:
    for function in (replay, areplay):
        with pytest.raises(SlotError):
            function(Plain("http://127.0.0.1:9"), "no slot")


# In the background


class Calls:
    """What the callbacks of a submission were called with, and whether all were on one thread."""

    def __init__(self, fail_in: str = "") -> None:
        self.made: list[tuple[str, Any]] = []
        self.threads: set[str] = set()
        self.first = threading.Event()
        self.settled = threading.Event()
        self._fail_in = fail_in

    def submit(self, profile: Plain, message: str | None = None, **options: Any) -> Future[str]:
        """Submit a replay that calls back here."""
        return submit(
            profile,
            message,
            on_message=lambda text: self._note("message", text),
            on_completed=lambda text: self._note("completed", text),
            on_error=lambda error: self._note("error", type(error)),
            **options,
        )

    def _note(self, name: str, value: Any) -> None:
        self.made.append((name, value))
        self.threads.add(threading.current_thread().name)
        self.first.set()
        if name != "message":
            self.settled.set()
        if name == self._fail_in:
            raise ZeroDivisionError(name)


def test_submit_a_clean_answer() -> None:
    calls = Calls()
    with serve(event_stream(*HELLO)) as server:
        future = calls.submit(Plain(server.url), "hi")
        assert future.result(PATIENCE) == "你好"
    assert calls.made == [("message", "你"), ("message", "好"), ("completed", "你好")]
    assert calls.threads == {"fetch2py-submit"}


def test_submit_with_a_dialect_for_one_replay() -> None:
    openai = '{"choices": [{"delta": {"content": "hi"}}]}'
    with serve(event_stream(openai, "[DONE]")) as server:
        assert submit(Plain(server.url), dialect="openai-chat").result(PATIENCE) == "hi"


def test_submit_repeats_no_secret() -> None:
    with serve(_whole(f'{{"message": "no: {SECRET}"}}', 403, "application/json")) as server:
        error = submit(Plain(server.url, secrets={"password": SECRET})).exception(PATIENCE)
    assert str(error) == "no: cor…(redacted)"


def test_submit_without_callbacks() -> None:
    with serve(event_stream(*HELLO)) as server:
        assert submit(Plain(server.url)).result(PATIENCE) == "你好"
    with serve(_whole("", 500)) as server, pytest.raises(ReplyRefused):
        submit(Plain(server.url)).result(PATIENCE)


@pytest.mark.parametrize(
    ("script", "message", "error"),
    [
        (_whole("", 500), "hi", ReplyRefused),
        (event_stream('{"e": "too many"}'), "hi", ReplyRefused),
        (_begin(then=Connection.reset), "hi", ReplyTruncated),
        (_begin(), "hi", WireError),
        (_begin(), "no slot", SlotError),
    ],
    ids=["status", "error", "reset", "silence", "slot"],
)
def test_submit_what_fails(script: Script, message: str, error: type[Exception]) -> None:
    calls = Calls()
    with serve(script) as server:
        future = calls.submit(Plain(server.url), message, timeouts=SHORT)
        with pytest.raises(error):
            future.result(PATIENCE)
    assert calls.made == [("error", error)]


def test_submit_when_on_message_fails() -> None:
    calls = Calls(fail_in="message")
    with serve(_begin('{"t": "a"}', '{"t": "b"}')) as server:
        future = calls.submit(Plain(server.url))
        with pytest.raises(ZeroDivisionError):
            future.result(PATIENCE)
    assert calls.made == [("message", "a"), ("error", ZeroDivisionError)]


@pytest.mark.parametrize("name", ["completed", "error"])
def test_submit_when_the_last_callback_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    uncaught: list[object] = []
    hooked = threading.Event()

    def hook(args: threading.ExceptHookArgs) -> None:
        uncaught.append(args.exc_type)
        hooked.set()

    monkeypatch.setattr(threading, "excepthook", hook)
    calls = Calls(fail_in=name)
    with serve(event_stream(*HELLO) if name == "completed" else _whole("", 500)) as server:
        future = calls.submit(Plain(server.url))
        wait_for([future], PATIENCE)
        assert hooked.wait(PATIENCE)
    assert uncaught == [ZeroDivisionError]
    assert [call for call, _ in calls.made if call != "message"] == [name]
    assert (future.exception(0) is None) == (name == "completed")


def test_submit_and_cancel_in_the_middle() -> None:
    closed = threading.Event()

    def wait_closed(connection: Connection) -> None:
        connection.wait_closed()
        closed.set()

    calls = Calls()
    with serve(_begin('{"t": "a"}', then=wait_closed)) as server:
        future = calls.submit(Plain(server.url))
        assert calls.first.wait(PATIENCE)
        assert future.cancel()
        assert closed.wait(PATIENCE)
        assert calls.settled.wait(PATIENCE)
        with pytest.raises(CancelledError):
            future.result(0)
    assert calls.made == [("message", "a"), ("error", CancelledError)]


def test_submit_and_cancel_before_the_answer() -> None:
    arrived = threading.Event()

    def script(connection: Connection) -> None:
        connection.receive_request()
        arrived.set()
        connection.wait_closed()

    calls = Calls()
    with serve(script) as server:
        future = calls.submit(Plain(server.url))
        assert arrived.wait(PATIENCE)
        assert future.cancel()
        assert calls.settled.wait(PATIENCE)
    assert calls.made == [("error", CancelledError)]


def test_submit_and_cancel_too_late() -> None:
    """In the last callback the answer is whole: it can't be cancelled any more."""
    cancelled: list[bool] = []
    box: list[Future[str]] = []
    boxed = threading.Event()

    def on_completed(_: str) -> None:
        assert boxed.wait(PATIENCE)
        cancelled.append(box[0].cancel())

    with serve(event_stream(*HELLO)) as server:
        box.append(submit(Plain(server.url), on_completed=on_completed))
        boxed.set()
        assert box[0].result(PATIENCE) == "你好"
    assert cancelled == [False]


def test_submit_and_cancel_when_the_loop_has_just_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The future is cancelled between the end of the event loop and the settlement."""
    calls = Calls()
    box: list[Future[str]] = []
    boxed = threading.Event()
    run = asyncio.run

    def run_then_cancel(main: Any) -> Any:
        text = run(main)
        assert boxed.wait(PATIENCE)
        assert box[0].cancel()
        return text

    monkeypatch.setattr(asyncio, "run", run_then_cancel)
    with serve(event_stream(*HELLO)) as server:
        box.append(calls.submit(Plain(server.url)))
        boxed.set()
        assert calls.settled.wait(PATIENCE)
    assert calls.made[-1] == ("error", CancelledError)
    assert [call for call, _ in calls.made].count("completed") == 0


def test_a_body_that_lost_bytes_is_sent_only_when_asked_for(read: Read) -> None:
    with serve(event_stream(*HELLO)) as server:
        with pytest.raises(ProfileError, match=r"Nothing was sent.*A letter is gone") as caught:
            read(Lossy(server.url))
        assert "--allow-lossy" in caught.value.hint
        assert not server.requests
        answer, _ = read(Lossy(server.url), allow_lossy=True)
        assert answer.text == "你好"
        assert server.request.body == b"captured"
