"""What a person at a terminal sees, on a terminal of its own: spinner, colours, hostile text, Ctrl-C."""

from __future__ import annotations

import io
import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from fetch2py.cli.terminal import Spinner
from tests.command_line import kept, on_terminal, snippet, written
from tests.servers import Connection, Script, event_stream, serve

posix_terminal = pytest.mark.skipif(sys.platform == "win32", reason="pexpect's terminals are POSIX")

ESCAPE = "\x1b"
# Clears the screen, sets the title, turns the line round, types for the person: as text, all harmless.
HOSTILE = "\x1b[2J\x1b]0;gotcha\x07\x9b31m\u202e\x08\r"
HARMLESS = "␛[2J␛]0;gotcha␇\\x9b31m\\u202e␈␍"


def script(*records: dict[str, Any]) -> Script:
    return event_stream(*map(json.dumps, records))


def told(text: str) -> dict[str, Any]:
    return {"event": "cmpl", "text": text}


END = {"event": "all_done"}


def shown(child: Any) -> str:
    """All that comes until the process ends."""
    text = str(child.read())
    child.wait()
    return text


@posix_terminal
def test_spinner_reasoning_and_answer() -> None:
    first = threading.Event()
    gate = {0: first}

    def at(number: int) -> threading.Event:
        return gate.get(number, first)

    records = map(json.dumps, ({"event": "k1", "text": "thinking"}, told("the "), told("answer"), END))
    with serve(event_stream(*records, gate=at)) as server:
        kept(server.url)
        child = on_terminal("replay", "kimi", "hi")
        child.expect_exact("waiting for the first token")
        first.set()
        rest = shown(child)
    wiped, _, after = rest.partition(" " * len("waiting for the first token"))
    assert after.lstrip(" ").startswith("\r")
    assert f"{ESCAPE}[2mthinking{ESCAPE}[0m" in after
    assert "thinking" not in wiped
    assert after.endswith("the answer\r\n")
    assert child.exitstatus == 0


@posix_terminal
def test_spinner_without_an_answer_is_wiped() -> None:
    with serve(script(END)) as server:
        kept(server.url)
        child = on_terminal("replay", "kimi", "hi")
        rest = shown(child)
    assert rest.count(" " * len("waiting for the first token")) == 1
    assert f"{ESCAPE}[31m" in rest
    assert child.exitstatus == 6


@posix_terminal
@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_plain_terminals_get_no_colours(plain: dict[str, str]) -> None:
    with serve(script({"event": "k1", "text": "hm"}, told("a\n"))) as server:
        kept(server.url)
        child = on_terminal("replay", "kimi", "hi", **plain)
        rest = shown(child)
    assert ESCAPE not in rest
    assert "hm" in rest
    assert "error: " in rest
    assert ("waiting" in rest) is ("NO_COLOR" in plain)


@posix_terminal
def test_hostile_answer_is_harmless() -> None:
    failure = {"event": "error", "error": {"message": f"no{HOSTILE}"}}
    for option in ((), ("--json",)):
        with serve(script({"event": "k1", "text": f"hm{HOSTILE}"}, told(f"a{HOSTILE}"), failure)) as server:
            kept(server.url)
            child = on_terminal("replay", "kimi", "hi", *option, NO_COLOR="1")
            rest = shown(child)
        assert not {ESCAPE, "\x9b", "\x07", "\x08", "\u202e"} & set(rest)
        assert f"no{HARMLESS}" in rest
        if not option:
            assert f"hm{HARMLESS}" in rest
            assert f"a{HARMLESS}" in rest
        assert child.exitstatus == 6


@posix_terminal
def test_hostile_page_and_profile_are_harmless(tmp_path: Path) -> None:
    def page(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(f"<title>{HOSTILE}</title>".encode(), 403, (("content-type", "text/html"),))

    with serve(page) as server:
        kept(server.url)
        child = on_terminal("replay", "kimi", "hi", NO_COLOR="1")
        assert ESCAPE not in shown(child)
    file = written(tmp_path, snippet("https://a.example/", json.dumps({"content": f"hello {HOSTILE}"})))
    for arguments in (["import", file, "-n", "x", "--force"], ["show", "x"], ["list"]):
        child = on_terminal(*arguments, NO_COLOR="1")
        assert not {ESCAPE, "\x9b", "\x07"} & set(shown(child))
        assert child.exitstatus == 0


@posix_terminal
def test_raw_is_passed_to_a_terminal_as_it_is() -> None:
    with serve(script(told("a"), {"event": "all_done", "x": "\x9b"})) as server:
        kept(server.url)
        child = on_terminal("replay", "kimi", "hi", "--raw")
        assert 'data: {"event": "cmpl", "text": "a"}' in shown(child)


@posix_terminal
def test_half_a_character_does_not_break_a_terminal() -> None:
    with serve(event_stream('{"event":"cmpl","text":"a\\ud83d"}', json.dumps(END))) as server:
        kept(server.url)
        child = on_terminal("replay", "kimi", "hi")
        assert "Traceback" not in shown(child)
        assert child.exitstatus == 0


@posix_terminal
@pytest.mark.parametrize("begun", [False, True], ids=["before the first byte", "in the answer"])
def test_ctrl_c_ends_the_request_at_once(begun: bool) -> None:
    closed, asked = threading.Event(), threading.Event()

    def waiting(connection: Connection) -> None:
        connection.receive_request()
        if begun:
            connection.head(headers=(("content-type", "text/event-stream"),))
            connection.send(f"data: {json.dumps(told('kept'))}\n\n".encode())
        asked.set()
        connection.wait_closed()
        closed.set()

    with serve(waiting) as server:
        kept(server.url)
        child = on_terminal("replay", "kimi", "hi", NO_COLOR="1")
        child.expect_exact("kept" if begun else "waiting")
        assert asked.wait(20)
        child.sendintr()
        rest = shown(child)
        assert closed.wait(20)
    assert rest.endswith("Interrupted.\r\n")
    assert "Traceback" not in rest
    assert child.exitstatus == 130


@posix_terminal
def test_message_typed_on_a_terminal() -> None:
    with serve(script(told("ok"), END)) as server:
        kept(server.url)
        child = on_terminal("replay", "kimi", "-m", "-")
        child.expect_exact("Type the message; Ctrl-D")
        child.sendline("one")
        child.sendline("two")
        child.sendeof()
        assert shown(child).endswith("ok\r\n")
    assert b'"content":"one\\ntwo"' in server.request.body


@posix_terminal
def test_demo_on_a_terminal() -> None:
    child = on_terminal("demo")
    rest = shown(child)
    assert f"{ESCAPE}[1m$ fetch2py import kimi.txt" in rest
    assert child.exitstatus == 0


class _Terminal(io.StringIO):
    """A terminal without one: what is written stays."""

    def isatty(self) -> bool:
        return True


def test_spinner_turns_until_it_is_stopped() -> None:
    turned = threading.Event()

    class Watched(_Terminal):
        def write(self, text: str) -> int:
            if "⠹" in text:
                turned.set()
            return super().write(text)

    stream = Watched()
    with Spinner(stream, "wait") as spinner:
        assert turned.wait(20)
        spinner.stop()
        spinner.stop()
    assert stream.getvalue().startswith("\r⠋ wait\r⠙ wait\r⠹ wait")
    assert stream.getvalue().endswith("\r      \r")


def test_spinner_outlives_a_terminal_that_is_gone() -> None:
    class Gone(_Terminal):
        def write(self, _: str) -> int:
            raise OSError(5, "Input/output error")

    with Spinner(Gone(), "wait"):
        pass
