"""`fetch2py replay` against real servers: what goes out, what comes out, and with which exit code."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from base64 import b64decode
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import fetch2py
from fetch2py.cli.changing import with_settings
from fetch2py.request import Headers, Request
from tests.command_line import (
    COMMAND,
    SENT,
    body_of,
    chat,
    finished,
    give_stdin,
    jwt,
    kept,
    run,
    snippet,
    written,
)
from tests.fixture_files import streams
from tests.servers import Connection, Script, event_stream, serve

SSE = (("content-type", "text/event-stream"),)


def kimi(*records: dict[str, Any]) -> bytes:
    return b"".join(f"data: {json.dumps(record)}\n\n".encode() for record in records)


def said(*words: str) -> list[dict[str, Any]]:
    return [{"event": "cmpl", "text": word} for word in words]


WHOLE = kimi(
    {"event": "resp", "id": "a1"}, {"event": "k1", "text": "hm"}, *said("one ", "two"), {"event": "all_done"}
)


def answering(body: bytes = WHOLE, status: int = 200, headers: tuple[tuple[str, str], ...] = SSE) -> Script:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.reply(body, status, headers)

    return script


Captured = pytest.CaptureFixture[str]


# --- what comes out ---


def test_text_alone_on_stdout(capsys: Captured) -> None:
    with serve(answering()) as server:
        kept(server.url)
        assert run(["replay", "kimi", "-m", "hi"]) == 0
    out, err = capsys.readouterr()
    assert out == "one two"
    assert err == "hm\n"


def test_json_lines(capsys: Captured) -> None:
    with serve(answering()) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hi", "--json"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"event": "reasoning", "text": "hm"},
        {"event": "text", "text": "one "},
        {"event": "text", "text": "two"},
        {"event": "end", "outcome": "clean", "ids": {"message": "a1"}},
    ]


def test_raw_bytes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    body = WHOLE + b": \xff\x00\x1b[2J\r\n"
    with serve(answering(body)) as server:
        kept(server.url)
        done = finished("replay", "kimi", "hi", "--raw")
    assert done.returncode == 0
    assert done.stdout == body
    assert done.stderr == b""


def test_a_pipe_gets_the_answers_own_characters() -> None:
    hostile = "a\x1b[2J\x9b\r\n\t\x00é你🐎"
    with serve(answering(kimi(*said(hostile), {"event": "all_done"}))) as server:
        kept(server.url)
        done = finished("replay", "kimi", "hi", PYTHONIOENCODING="latin-1")
    assert done.stdout == hostile.encode()


def test_json_and_raw_exclude_each_other(capsys: Captured) -> None:
    kept("http://127.0.0.1:9")
    assert run(["replay", "kimi", "--json", "--raw"]) == 2
    assert "choose one" in capsys.readouterr().err


def test_notes_on_the_answer(capsys: Captured) -> None:
    with serve(answering(kimi(*said("hello there"), {"event": "all_done"}))) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hello there"]) == 0
    assert "it may be an echo" in capsys.readouterr().err


# --- what goes out ---


def sent_body(server: Any) -> Any:
    return json.loads(server.request.body)["messages"][0]["content"]


MESSAGES = [
    "\"quoted\" \\ and 'single'",
    "two\nlines\r\nand a tab\t",
    "🐎 émoji 你好 \u2028",
    "-dash",
    "--json",
    "</s>",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_arrive_intact(message: str) -> None:
    with serve(answering()) as server:
        kept(server.url)
        assert run(["replay", "kimi", "-m", message]) == 0
    assert sent_body(server) == message
    inside = json.dumps(message)[1:-1], json.dumps(message, ensure_ascii=False)[1:-1]
    before, after = body_of().split(json.dumps(SENT)[1:-1])
    body = server.request.body.decode()
    assert body.startswith(before)
    assert body.endswith(after)
    assert json.loads(f'"{inside[0]}"') == message


def test_message_of_stdin_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "nul \x00 and\n\nlines"
    file = written(tmp_path, b"\xef\xbb\xbf" + text.encode() + b"\r\n")
    for arguments in (["-m", "-"], ["-"], ["-m", f"@{file}"]):
        give_stdin(monkeypatch, text.encode() + b"\n")
        with serve(answering()) as server:
            kept(server.url)
            assert run(["replay", "kimi", *arguments]) == 0
        assert sent_body(server) == text


def test_message_that_begins_with_an_at() -> None:
    for arguments, message in ((["-m", "@@home"], "@home"), (["@home"], "@home"), (["-m", ""], "")):
        with serve(answering()) as server:
            kept(server.url)
            assert run(["replay", "kimi", *arguments]) == 0
        assert sent_body(server) == message


def test_message_that_cant_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    kept("http://127.0.0.1:9")
    give_stdin(monkeypatch, b"\xff")
    assert run(["replay", "kimi", "-m", "-"]) == 2
    assert "The message from stdin isn't UTF-8 text." in capsys.readouterr().err
    assert run(["replay", "kimi", "-m", f"@{tmp_path}/nowhere"]) == 2
    assert "For a message that begins with @ write @@." in capsys.readouterr().err
    assert run(["replay", "kimi", "one", "-m", "two"]) == 2
    assert "given twice" in capsys.readouterr().err


def test_without_a_message_as_captured() -> None:
    with serve(answering()) as server:
        kept(server.url)
        assert run(["replay", "kimi"]) == 0
    assert server.request.body == body_of().encode()


def test_settings_and_fields(capsys: Captured) -> None:
    headers = {"x-one": "1", "x-two": "2", "X-Two": "3"}
    fields = ("-H", "x-one:", "-H", "x-two: new", "-H", "x-three: a: b")
    with serve(answering()) as server:
        kept(server.url, headers=headers)
        assert run(["replay", "kimi", "hi", "--set", "json:/model=k=2", *fields]) == 0
    request = server.request
    assert json.loads(request.body)["model"] == "k=2"
    assert [pair for pair in request.headers if pair[0].startswith(("x-", "X-"))] == [
        ("x-two", "new"),
        ("x-three", "a: b"),
    ]
    capsys.readouterr()
    assert run(["replay", "kimi", "--set", "hunter2"]) == 2
    assert "hunter2" not in capsys.readouterr().err
    assert run(["replay", "kimi", "--set", "json:/nowhere=x"]) == 4
    capsys.readouterr()
    assert run(["replay", "kimi", "--set", "json:/n=hunter2"]) == 4
    err = capsys.readouterr().err
    assert "The slot json:/n holds a number, and the new value is of another type." in err
    assert "hunter2" not in err
    for field in ("x-one", ": x"):
        assert run(["replay", "kimi", "-H", field]) == 2


def test_dry_run_sends_nothing(capsys: Captured) -> None:
    token = jwt(-7200)
    kept("http://127.0.0.1:9", headers={"authorization": f"Bearer {token}"})
    assert run(["replay", "kimi", "hi", "--dry-run", "-H", "cookie: sid=0f1e2d3c4b5a"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"POST {chat('http://127.0.0.1:9')}\n")
    assert '"content":"hi"' in out
    assert token not in out
    assert "0f1e2d3c4b5a" not in out


def test_dry_run_without_a_body(capsys: Captured) -> None:
    fetch2py.save(fetch2py.Profile.from_snippet('fetch("https://a.example/x")'), "get")
    assert run(["replay", "get", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("GET https://a.example/x\n")
    assert run(["replay", "get", "hi"]) == 4
    assert "name the slot (--slot)" in capsys.readouterr().err


def test_expired_token_is_told_first(capsys: Captured) -> None:
    with serve(answering()) as server:
        kept(server.url, headers={"authorization": f"Bearer {jwt(-7260)}"})
        assert run(["replay", "kimi", "hi"]) == 0
    told = "expired 2 hours ago: copy the request again, then `fetch2py refresh kimi`"
    assert capsys.readouterr().err.startswith(f"The token {told}.\n")


# --- how it ends ---


def ended(capsys: Captured) -> tuple[str, Any]:
    """stderr, and the last line of stdout."""
    out, err = capsys.readouterr()
    return err, json.loads(out.splitlines()[-1])


JSON = (("content-type", "application/json"),)
HTML = (("content-type", "text/html"),)
TIRED = {"event": "error", "error": {"message": "tired"}}


@pytest.mark.parametrize(
    ("script", "code", "told", "hint"),
    [
        (answering(b'{"error":{"message":"no"}}', 401, JSON), 6, "no", "refresh kimi"),
        (answering(b"slow down", 429, ()), 6, "slow down", "Wait for a while"),
        (answering(b"", 500, ()), 6, "500", "--raw"),
        (answering(b"<title>Sign in</title>", 200, HTML), 6, "the login has ended", "refresh"),
        (answering(kimi(*said("a"), TIRED)), 6, "tired", "Try again"),
        (answering(kimi(*said("a"))), 7, "broke off", "--raw"),
        (answering(b"", 200, ()), 6, "without a word", "refresh"),
        (answering(b"", 302, (("location", "https://other.example/"),)), 6, "other.example", ""),
    ],
)
def test_how_it_ends(script: Script, code: int, told: str, hint: str, capsys: Captured) -> None:
    with serve(script) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hi", "--json"]) == code
    err, last = ended(capsys)
    assert err.startswith("error: ")
    assert told in err
    assert hint in err.partition("next: ")[2]
    assert last["event"] == "end"
    assert last["outcome"] == ("error" if code == 6 else "truncated")


def test_a_connection_that_breaks_is_told_once(capsys: Captured) -> None:
    def breaking(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(*SSE, ("transfer-encoding", "chunked")))
        connection.chunk(kimi(*said("one")))

    with serve(breaking) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hi"]) == 7
    out, err = capsys.readouterr()
    assert out == "one"
    assert len(err.splitlines()) == 2
    assert err.startswith("error: ")


def test_text_before_an_error_stays(capsys: Captured) -> None:
    with serve(answering(kimi(*said("a", "b"), {"event": "error", "error": {"message": "tired"}}))) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hi"]) == 6
    assert capsys.readouterr().out == "ab"


def test_raw_of_an_error(capsys: Captured) -> None:
    with serve(answering(b"no\x1b", 403, ())) as server:
        kept(server.url)
        done = finished("replay", "kimi", "hi", "--raw")
    assert done.returncode == 6
    assert done.stdout == b"no\x1b"
    assert b"error: " in done.stderr


def test_error_that_repeats_a_secret(capsys: Captured) -> None:
    token = jwt(3600)

    def script(connection: Connection) -> None:
        request = connection.receive_request()
        told = f"bad {request.get('authorization')} and {request.get('x-csrf')}"
        connection.reply(json.dumps({"error": told}).encode(), 400, JSON)

    for option in ("--json", "--set=json:/model=x"):
        with serve(script) as server:
            kept(server.url, headers={"authorization": f"Bearer {token}", "x-csrf": "Zk3vQ9pL2xT7"})
            assert run(["replay", "kimi", "hi", option]) == 6
        out, err = capsys.readouterr()
        assert "bad " in err
        assert token not in out + err
        assert "Zk3vQ9pL2xT7" not in out + err


def test_nobody_listens(capsys: Captured) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        origin = f"http://127.0.0.1:{free.getsockname()[1]}"
    kept(origin)
    assert run(["replay", "kimi", "hi", "--json"]) == 5
    err, last = ended(capsys)
    assert err.startswith("error: ")
    assert last["outcome"] in ("error", "truncated")
    assert run(["replay", "kimi", "hi"]) == 5
    assert capsys.readouterr().out == ""


def silent(connection: Connection) -> None:
    connection.receive_request()
    connection.wait_closed()


def started(connection: Connection) -> None:
    connection.receive_request()
    connection.head(headers=SSE)
    connection.send(kimi(*said("one")))
    connection.wait_closed()


@pytest.mark.parametrize(
    ("script", "option", "text"), [(silent, "--first-byte-timeout", ""), (started, "--idle-timeout", "one")]
)
def test_time_outs(script: Script, option: str, text: str, capsys: Captured) -> None:
    with serve(script) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hi", option, "0.05"]) == 5
    out, err = capsys.readouterr()
    assert out == text
    assert err.startswith("error: ")
    assert run(["replay", "kimi", "hi", option, "-1"]) == 2


def test_broken_profile_and_none(home: Path, capsys: Captured) -> None:
    assert run(["replay", "nobody", "hi"]) == 4
    kept("http://127.0.0.1:9", headers={"authorization": f"Bearer {jwt(9)}"})
    for file in (home / "secrets").iterdir():
        file.unlink()
    assert run(["replay", "kimi", "hi"]) == 4
    assert "refresh" in capsys.readouterr().err.rpartition("next: ")[2]
    assert run(["replay", "kimi", "hi", "--dialect", "klingon"]) == 4


def test_dialect_of_the_command_outdoes_the_profiles(tmp_path: Path, capsys: Captured) -> None:
    rules = written(tmp_path, '{"rules": [{"to": "text", "get": "/text"}]}', "rules.json")
    with serve(answering(kimi(*said("a")))) as server:
        kept(server.url)
        assert run(["replay", "kimi", "hi", "--dialect", f"@{rules}"]) == 0
    assert capsys.readouterr().out == "a"


# --- the corpus, through a real server ---

DETECTED = ("kimi", "openai-chat")
ROWS = [row for row in streams() if row["id"].startswith(("kimi", "openai", "connect", "sse"))]


def streaming(row: dict[str, Any]) -> Script:
    raw = b64decode(row["raw_base64"]) if "raw_base64" in row else row["raw"].encode()
    cuts = [0, *row.get("chunk_offsets", ()), len(raw)]

    def script(connection: Connection) -> None:
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.receive_request()
        headers = [("content-type", row["content_type"]), *row.get("response_headers", {}).items()]
        connection.head(row["http_status"], [*headers, ("transfer-encoding", "chunked")])
        for start, end in pairwise(cuts):
            connection.chunk(raw[start:end])
        connection.chunk(b"")

    return script


# Where a dialect of ours reads the row, it is also found without being told.
CASES = [(row, given) for row in ROWS for given in (True, False) if given or row["id"].startswith(DETECTED)]
NAMES = [f"{row['id']}, {'rules given' if given else 'detected'}" for row, given in CASES]


@pytest.mark.parametrize(("row", "given"), CASES, ids=NAMES)
def test_streams_of_the_corpus(row: dict[str, Any], given: bool, tmp_path: Path, capsys: Captured) -> None:
    path = "/apiv2/kimi.gateway.chat.v1.ChatService/Chat" if row["id"].startswith("kimi2") else "/chat"
    rules = written(tmp_path, json.dumps(row["rules"]), "rules.json")
    options = ["--dialect", f"@{rules}"] if given else []
    with serve(streaming(row)) as server:
        text = snippet(server.url + path, body_of(row.get("user_message", SENT)))
        fetch2py.save(fetch2py.Profile.from_snippet(text), "row")
        code = run(["replay", "row", "--json", *options])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = {
        kind: "".join(e.get("text", "") for e in events if e["event"] == kind)
        for kind in ("text", "reasoning")
    }
    assert told["text"] == row["expected_text"]
    assert told["reasoning"] == row.get("expected_reasoning", "")
    assert [e["message"] for e in events if e["event"] == "error"] == [
        message for message in [row.get("expected_error")] if message
    ]
    assert events[-1]["event"] == "end"
    assert events[-1]["outcome"] == row["expected_end"]
    assert code == {"clean": 0, "error": 6, "truncated": 7}[row["expected_end"]]
    for name, value in row.get("expected_ids", {}).items():
        assert events[-1]["ids"][name] == value


# --- the process's streams ---


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    left = threading.Event()
    script = event_stream(
        *(json.dumps(record) for record in (*said("first\n"), *said(*["x" * 5000] * 50))),
        gate=lambda number: left if number else _set(),
    )
    with serve(_leaving(script)) as server:
        kept(server.url)
        read, write = os.pipe()
        process = subprocess.Popen([*COMMAND, "replay", "kimi", "hi"], stdout=write, stderr=subprocess.PIPE)
        os.close(write)
        assert os.read(read, 100) == b"first\n"
        os.close(read)
        left.set()
        _, err = process.communicate()
    assert process.returncode == 0
    assert err == b""


def _set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def _leaving(script: Script) -> Script:
    def leaving(connection: Connection) -> None:
        with suppress(ConnectionError):
            script(connection)

    return leaving


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with serve(answering()) as server:
        kept(server.url)
        for arguments in (
            ["replay", "kimi", "hi"],
            ["replay", "kimi", "--raw"],
            ["list"],
            ["--help"],
            ["list", "-h"],
        ):
            with Path("/dev/full").open("wb") as full:
                done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE)
            assert done.returncode == 1
            assert done.stderr.decode().splitlines()[-2:] == [
                "error: The output can't be written: No space left on device.",
                "next: Make room there, or choose another place, and try again.",
            ]
        with Path("/dev/full").open("wb") as full:
            completing = {
                "_FETCH2PY_COMPLETE": "bash_complete",
                "COMP_WORDS": "fetch2py re",
                "COMP_CWORD": "1",
            }
            done = subprocess.run(
                COMMAND, stdout=full, stderr=subprocess.PIPE, env={**os.environ, **completing}
            )
            assert b"Traceback" not in done.stderr
            for buffering in ("", "1"):
                # Whether or not the reasoning, which goes to stderr, waits in a buffer until the exit.
                done = subprocess.run(
                    [*COMMAND, "replay", "kimi", "hi"],
                    stdout=subprocess.PIPE,
                    stderr=full,
                    env={**os.environ, "PYTHONUNBUFFERED": buffering},
                )
                assert done.returncode == 0
                assert done.stdout == b"one two"


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
def test_streams_that_are_closed() -> None:
    command = " ".join(COMMAND)
    for closed, code in (("list >&-", 0), ("list 2>&-", 0), ("list >&- 2>&-", 0), ("import - <&-", 3)):
        done = subprocess.run(["sh", "-c", f"{command} {closed}"], capture_output=True)
        assert done.returncode == code
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "body"),
    [
        ("json:/a=b=w", {"a": "", "a=b": "w"}),
        ("json:/a=c=w=", {"a": "c=w=", "a=b": ""}),
        ("json:/a=b=x=y", {"a": "", "a=b": "x=y"}),
    ],
)
def test_a_setting_s_slot_is_the_longest_that_there_is(setting: str, body: dict[str, str]) -> None:
    request = Request("POST", "https://a.example/", Headers(), b'{"a": "", "a=b": ""}')
    assert json.loads(with_settings(request, [setting]).body or b"") == body
