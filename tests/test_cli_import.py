"""`fetch2py import` and `refresh` at the front door: what is read, what is told, what is asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import fetch2py
from fetch2py.cli.excerpt import excerpt
from fetch2py.credentials import expiry
from fetch2py.errors import SnippetError
from tests.command_line import (
    SENT,
    body_of,
    chat,
    finished,
    give_stdin,
    jwt,
    kept,
    on_terminal,
    run,
    snippet,
    written,
)
from tests.fixture_files import snippets

KIMI = "https://www.kimi.com"
TWO = snippet(f"{KIMI}/api/user", "{}") + "\n" + snippet(chat(KIMI))


def test_report_tells_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = jwt(3 * 86400 + 600)
    until = expiry([token])
    assert until is not None
    text = snippet(
        chat(KIMI),
        headers={"authorization": f"Bearer {token}", "x-csrf": "Zk3vQ9pL2xT7"},
        credentials="include",
    )
    assert run(["import", written(tmp_path, text), "-n", "kimi", "--sent", SENT]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    size = len(body_of().encode())
    assert out.splitlines()[:7] == [
        "kimi: POST www.kimi.com/api/chat/c1/completion/stream",
        "  header fields   3",
        f"  body            application/json, {size} bytes",
        f"  message         json:/messages/0/content, held “{SENT}”",
        "  answer          kimi, because the path ends in /completion/stream",
        "  locked away     authorization, x-csrf",
        f"  token           valid for 3 days ({until:%Y-%m-%d %H:%M} UTC)",
    ]
    assert "  lost: cookies\n" in out
    assert "use Copy as fetch (Node.js)" in out
    assert token not in out
    assert fetch2py.load("kimi").slot == "json:/messages/0/content"


def test_report_of_an_expired_token(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = snippet(chat(KIMI), headers={"authorization": f"Bearer {jwt(-7260)}"})
    assert run(["import", written(tmp_path, text), "-n", "kimi"]) == 0
    told = "expired 2 hours ago: copy the request again, then `fetch2py refresh kimi`"
    assert told in capsys.readouterr().out


BROWSERS = ("chromium-156-browser", "chromium-156-node", "chromium-156-resend", "firefox-153", "webkit-2.50")


@pytest.mark.parametrize("browser", BROWSERS)
def test_every_browsers_menu(browser: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for case in snippets(browser)[:5]:
        assert run(["import", written(tmp_path, case["snippet"]), "-n", "x", "--pick", "1", "--force"]) == 0
        assert capsys.readouterr().out.startswith("x: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    assert run(["import", written(tmp_path, snippet(chat(KIMI)).encode(encoding)), "--sent", SENT]) == 0
    assert fetch2py.load("kimi").fill(None).body == body_of().encode()


def test_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    give_stdin(monkeypatch, snippet(chat(KIMI)).encode())
    assert run(["import", "-", "-n", "kimi"]) == 0
    assert "kimi: POST" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.kimi.com/a", "kimi"),
        ("https://kimi.moonshot.cn/a", "kimi"),
        ("https://chat.deepseek.com", "deepseek"),
        ("https://me:pw@api.openai.com:8443/v1", "openai"),
        ("http://127.0.0.1:8000/", "local"),
        ("http://[::1]:8000/", "local"),
        ("http://localhost:8000/", "local"),
        ("http://.../", "local"),
    ],
)
def test_name_by_host(url: str, name: str, tmp_path: Path) -> None:
    assert run(["import", written(tmp_path, snippet(url))]) == 0
    assert fetch2py.load(name).request.url


def test_unsafe_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("../x", "/etc/x", "", "con"):
        assert run(["import", written(tmp_path, snippet(KIMI)), "-n", name]) == 4
        assert "can't be the name of a profile" in capsys.readouterr().err


def test_pick(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, TWO)
    assert run(["import", file, "-n", "x", "--pick", "2"]) == 0
    assert fetch2py.load("x").request.url == chat(KIMI)
    capsys.readouterr()
    assert run(["import", file, "-n", "y"]) == 3
    err = capsys.readouterr().err
    assert "   1  POST https://www.kimi.com/api/user, 2 bytes" in err
    assert "next: Say which by its number, counted from 1 (--pick N)." in err
    assert run(["import", file, "-n", "y", "--pick", "3"]) == 3
    assert "There is no request number 3: the text holds 2." in capsys.readouterr().err


def test_sent_is_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", written(tmp_path, snippet(chat(KIMI))), "-n", "x", "--sent", "something else"]) == 4
    err = capsys.readouterr().err
    assert "What was typed is nowhere in this request" in err
    assert "next: " in err


UNSURE = json.dumps({"alpha": "the first of two texts", "beta": "the second of two texts"})


def test_unsure_without_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, snippet(KIMI, UNSURE))
    assert run(["import", file, "-n", "x"]) == 0
    out, err = capsys.readouterr()
    assert "  message         no slot" in out
    assert "Import again with --sent and what you typed, or with --slot json:/" in err
    assert run(["import", file, "-n", "y", "--slot", "json:/beta"]) == 0
    assert fetch2py.load("y").slot == "json:/beta"
    assert run(["import", file, "-n", "z", "--slot", "json:/gamma"]) == 4


def test_no_candidates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", written(tmp_path, snippet(KIMI, '{"n":1}')), "-n", "x"]) == 0
    assert "Without a slot the request goes out as it was captured" in capsys.readouterr().err


def test_existing_name_needs_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, snippet(chat(KIMI)))
    assert run(["import", file]) == 0
    assert run(["import", file]) == 4
    assert "Pass --force to replace it" in capsys.readouterr().err
    assert run(["import", file, "--force"]) == 0


def test_dialect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, snippet(KIMI))
    rules = written(tmp_path, '{"rules": [{"to": "text", "get": "/t"}]}', "rules.json")
    assert run(["import", file, "-n", "a", "--dialect", "openai-chat"]) == 0
    assert run(["import", file, "-n", "b", "--dialect", f"@{rules}"]) == 0
    out = capsys.readouterr().out
    assert "openai-chat, as the profile says" in out
    assert "read by the profile's own rules" in out
    assert run(["import", file, "-n", "c", "--dialect", "klingon"]) == 4
    for text in ("[]", "{", None):
        name = written(tmp_path, text, "bad.json") if text else "nowhere.json"
        assert run(["import", file, "-n", "c", "--dialect", f"@{name}"]) == 2
    assert "error: --dialect @nowhere.json: " in capsys.readouterr().err


def test_refresh_brings_secrets_and_keeps_edits(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(KIMI, headers={"authorization": f"Bearer {jwt(-7200)}", "x-mine": "one"})
    document = home / "profiles" / "kimi.toml"
    document.write_text(document.read_text(encoding="utf-8").replace('"one"', '"two"'), encoding="utf-8")
    token = jwt(7200)
    new = snippet(chat(KIMI), headers={"authorization": f"Bearer {token}", "x-mine": "one"})
    assert run(["refresh", "kimi", written(tmp_path, new)]) == 0
    request = fetch2py.load("kimi").fill("x")
    assert request.headers.get("authorization") == f"Bearer {token}"
    assert request.headers.get("x-mine") == "two"
    assert "token           valid for" in capsys.readouterr().out
    assert run(["refresh", "nobody", written(tmp_path, new)]) == 4
    assert run(["refresh", "kimi", written(tmp_path, snippet("https://other.example/"))]) == 4


def test_refresh_of_a_profile_without_its_secrets(tmp_path: Path, home: Path) -> None:
    text = snippet(chat(KIMI), headers={"authorization": f"Bearer {jwt(9)}", "cookie": "sid=0f1e2d3c4b5a"})
    fetch2py.save(fetch2py.Profile.from_snippet(text, sent=SENT), "kimi")
    for file in (home / "secrets").iterdir():
        file.unlink()
    token = jwt(7200)
    assert (
        run(["refresh", "kimi", written(tmp_path, snippet(chat(KIMI), headers={"authorization": token}))])
        == 0
    )
    assert fetch2py.load("kimi").captured().headers.get("authorization") == token


BAD = {
    "empty": (b"", "The text is empty."),
    "blank": (b" \r\n\t", "The text is empty."),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "This is binary data"),
    "zeros": (bytes(100), "This is binary data"),
    "half of UTF-16": (b"\xff\xfea", "This is binary data"),
    "nested": (
        b'fetch("https://a.example/", ' + b"[" * 10_000 + b"]" * 10_000 + b")",
        "nests brackets too deeply",
    ),
    "nested alone": (b"[" * 10_000, "No fetch() call, cURL command or HAR is in this text."),
    "unterminated": (b'fetch("https://a.example/, {})', "This isn't JavaScript that can be read"),
    "not a literal": (b"fetch(location.href)", "The URL (location.href) isn't a literal"),
    "curl": (b"curl 'https://a.example/", "A quotation mark is opened here and never closed."),
    "HAR": (b'{"log": {"entries": [{"request": ', "This isn't whole JSON"),
    "html": (b"<!doctype html>\n<title>x</title>", "This is a web page (HTML)"),
    "smart quotes": ("fetch(“https://a.example/”)".encode(), "A typographic quote (“)"),
    "broken host": (b'fetch("https://[a.example/")', "The URL's host or port can't be read."),
    "no body, just words": (b"hello", "No fetch() call, cURL command or HAR is in this text."),
    "large": (b'fetch("' + b"a" * 2_000_000, "The text has 2,000,007 characters"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, told = BAD[name]
    assert run(["import", written(tmp_path, content), "-n", "x"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error")
    assert told in err
    assert "\nnext: " in err
    assert "Traceback" not in err


def test_lines_and_tabs_of_windows(tmp_path: Path) -> None:
    text = snippet(chat(KIMI)).replace("\n  ", "\r\n\t")
    assert run(["import", written(tmp_path, text), "--sent", SENT]) == 0


def test_place_and_caret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'fetch("https://a.example/", {\r\n\t"method": "POST",\r\n\t"body": "你" + userText,\r\n})'
    assert run(["import", written(tmp_path, text), "-n", "x"]) == 3
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("error (line 3, column 16): The body (userText) isn't a literal")
    assert lines[1] == '  "body": "…" + userText,'
    assert lines[2] == "                ^^^^^^^^"


def test_no_such_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", str(tmp_path / "nowhere.txt")]) == 2
    err = capsys.readouterr().err
    assert "nowhere.txt can't be read: No such file or directory." in err
    assert "next: `fetch2py import --help` shows how it is used." in err
    assert run(["import", str(tmp_path)]) == 2


# --- the excerpt shows no secret, whatever is broken ---

HIDDEN = ("eyJhbGciOiJIUzI1NiJ9", "hunter2hunter2", "Zk3vQ9pL2xT7mB", "p4ssw0rd", "correcthorsebattery")
ONE_LINE = (
    'fetch("https://me:p4ssw0rd@a.example/x?token=Zk3vQ9pL2xT7mB", {"headers": {"authorization": '
    '"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "cookie": "sid=hunter2hunter2; a=b"}, '
    '"body": "{\\"password\\":\\"correcthorsebattery\\",\\"messages\\":[]}", "method": "POST"});'
)


def pieces(secret: str) -> set[str]:
    return {secret[start : start + 6] for start in range(len(secret) - 5)}


@pytest.mark.parametrize("breaker", ['"', "'", "`", "(", "\n", "“", " + f(", None])
def test_excerpt_shows_no_secret(breaker: str | None) -> None:
    parts = {part for secret in HIDDEN for part in pieces(secret)}
    for position in range(1, len(ONE_LINE), 4):
        end = position if breaker else position + 1
        text = ONE_LINE[:position] + (breaker or "") + ONE_LINE[end:]
        try:
            fetch2py.parse(text)
        except SnippetError as error:
            shown = excerpt(error) + error.message + error.hint
            assert not [part for part in parts if part in shown], (position, shown)


@pytest.mark.parametrize(
    "code",
    [
        '{"headers": {"authorization": hunter}}',
        '{"headers": {"authorization": "Bearer " + hunter}}',
        '{"headers": [["cookie", hunter]]}',
        '{"headers": {"x-other": Zk3vQ9pL2xT7mB}}',
        '{"headers": {"x-other": f("hunter", \'hunter\', `hunter`)}}',
        '{"body": atob("hunter")}',
        '{"body": x.hunter2hunter2}',
    ],
)
def test_excerpt_of_code_shows_no_secret(code: str) -> None:
    with pytest.raises(SnippetError) as caught:
        fetch2py.parse(f'fetch("https://a.example/", {code})')
    shown = excerpt(caught.value) + caught.value.message
    assert "hunter" not in shown
    assert "Zk3v" not in shown


# --- what is asked on a terminal ---

posix_terminal = pytest.mark.skipif(sys.platform == "win32", reason="pexpect's terminals are POSIX")


@posix_terminal
def test_asks_which_request_which_place_and_whether_to_replace(tmp_path: Path) -> None:
    file = written(tmp_path, TWO + snippet(KIMI, UNSURE))
    kept(KIMI)
    child = on_terminal("import", file, "-n", "kimi")
    child.expect("1  POST https://www.kimi.com/api/user, 2 bytes")
    child.expect("Which request.*:")
    child.sendline("9")
    child.expect("9 is not in the range")
    child.sendline("3")
    child.expect("It isn't certain where the message stands")
    child.expect("json:/alpha  “the first of two texts”")
    child.expect("Which place")
    child.sendline("1")
    child.expect("A profile named kimi is there already")
    child.sendline("y")
    child.expect("json:/(alpha|beta), held “the (first|second) of two texts”")
    child.wait()
    assert child.exitstatus == 0
    assert fetch2py.load("kimi").slot in ("json:/alpha", "json:/beta")


@posix_terminal
def test_none_of_the_places_and_keeping_what_is_there(tmp_path: Path) -> None:
    file = written(tmp_path, snippet(KIMI, UNSURE))
    child = on_terminal("import", file, "-n", "x")
    child.expect("Which place")
    child.sendline("0")
    child.expect("no slot")
    child.wait()
    assert child.exitstatus == 0
    child = on_terminal("import", file, "-n", "x", "--slot", "json:/beta")
    child.expect("Replace it")
    child.sendline("n")
    child.expect("stays as it is")
    child.wait()
    assert child.exitstatus == 4
    assert fetch2py.load("x").slot is None


@posix_terminal
def test_interrupted_while_asking_and_while_reading(tmp_path: Path) -> None:
    for arguments, awaited in (
        (["import", written(tmp_path, TWO)], "Which request"),
        (["import", "-"], "Paste"),
    ):
        child = on_terminal(*arguments)
        child.expect(awaited)
        child.sendintr()
        child.expect("Interrupted.")
        rest = child.read()
        child.wait()
        assert child.exitstatus == 130
        assert "Traceback" not in rest


@posix_terminal
def test_pasted_into_the_terminal() -> None:
    child = on_terminal("import", "-", "-n", "x")
    child.expect("Ctrl-D on a line of its own")
    for line in snippet(chat(KIMI)).splitlines():
        child.sendline(line)
    child.sendeof()
    child.expect("x: POST www.kimi.com")
    child.wait()
    assert child.exitstatus == 0


def test_a_process_ends_with_the_code() -> None:
    done = finished("import", "-", stdin=b"fetch(location.href)")
    assert done.returncode == 3
    assert done.stdout == b""
    assert done.stderr.startswith(b"error (line 1, column 7): ")


FORM = "application/x-www-form-urlencoded"
RICH = json.dumps(
    {
        "message": {"id": "11111111-1111-4111-8111-111111111111", "content": "<p>Hello &amp; bye to you</p>"},
        "text": "Hello & bye to you",
        "note": "some other words",
    }
)


def test_what_stands_around_and_what_was_next_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, snippet(f"{KIMI}/say?q=some%20words", RICH))
    assert run(["import", file, "-n", "x", "--sent", "Hello & bye to you"]) == 0
    out = capsys.readouterr().out
    held = "“<p>Hello &amp; bye to you</p>”"
    assert f"  message         json:/message/content, held {held}, and the same at json:/text\n" in out
    assert "  around it       “<p>{html}</p>” stays around a new message\n" in out
    assert "  fresh ids       json:/message/id: made anew with each message\n" in out
    assert run(["show", "x"]) == 0
    assert "  around it " in capsys.readouterr().out
    assert run(["import", written(tmp_path, snippet(KIMI, UNSURE)), "-n", "y", "--slot", "json:/alpha"]) == 0
    out = capsys.readouterr().out
    assert "around it" not in out
    body = '{"prompt":"hello to you","body":"csrf=FAKEhunter2FAKE9"}'
    assert run(["import", written(tmp_path, snippet(KIMI, body)), "-n", "z"]) == 0
    out = capsys.readouterr().out
    assert "  runner-up       json:/body, held “csrf=" in out
    assert "hunter2" not in out


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (snippet(f"{KIMI}/say?q=what%20is%20it%3F", "", method="GET"), 0, "query:q, held “what is it?”"),
        (snippet(f"{KIMI}/say/it?lang=en", "", method="GET"), 4, "nowhere in this request"),
        (snippet(f"{KIMI}/say/it", "", method="GET"), 0, "the request has no body"),
        (snippet(KIMI, "a=1&b=2", {"content-type": FORM}), 4, "nowhere in this request"),
        (snippet(KIMI, "\u0000\u0001", {"content-type": "application/x-data"}), 0, "The body is binary"),
    ],
)
def test_a_request_that_can_hold_no_message_is_kept(
    text: str, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", written(tmp_path, text), "-n", "x", "--sent", "what is it?"]) == code
    out, err = capsys.readouterr()
    assert said in out + err
