"""The history of replays: what is kept of them, where, and the commands that show it."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import fetch2py
from fetch2py.cli import run
from fetch2py.errors import ProfileError
from fetch2py.store import history as kept_history
from fetch2py.store.history import Entry, History
from tests.command_line import SENT, chat, finished, jwt, kept, on_terminal, snippet
from tests.servers import Connection, event_stream, serve

Captured = pytest.CaptureFixture[str]

FIRST = ('{"event":"cmpl","text":"one\\n"}', '{"event":"cmpl","text":"two"}', '{"event":"all_done"}')
REFUSED = '{"event":"error","error":{"message":"Too much."}}'


def entry(answer: str = "an answer", **more: Any) -> Entry:
    """One replay, as it is before it has a number."""
    facts = {"number": 0, "time": "2026-01-02T03:04:05+00:00", "profile": "kimi", "outcome": "clean"}
    return Entry(**{**facts, "seconds": 1.25, "message": "hi", "answer": answer, "error": "", **more})


def replayed(*events: str, message: str | None = "hi", options: tuple[str, ...] = ()) -> int:
    """The exit code of a replay of these events."""
    with serve(event_stream(*events)) as server:
        kept(server.url)
        return run(["replay", "kimi", *([message] if message else []), *options])


def rows(home: Path) -> list[Entry]:
    """All there is in the history."""
    return History(home).entries(1000)


# --- the store ---


def test_what_is_kept_is_read_again(home: Path) -> None:
    history = History(home)
    assert history.entries(9) == []
    assert not home.exists(), "looking makes nothing"
    entries = [
        entry("a"),
        entry("", message=None, outcome="error", error="no"),
        entry("c\0🐎\n", profile="other"),
    ]
    for one in entries:
        history.keep(one)
    numbered = history.entries(9)
    assert [one.number for one in numbered] == [1, 2, 3]
    assert numbered[2] == history.entry(3)
    assert [one.answer for one in numbered] == ["a", "", "c\0🐎\n"]
    assert history.entries(1) == [numbered[2]]
    assert history.entries(9, "kimi") == numbered[:2]
    with pytest.raises(ProfileError, match="no number 4") as caught:
        history.entry(4)
    assert "fetch2py history" in caught.value.hint


def test_half_a_character_is_no_obstacle(home: Path) -> None:
    History(home).keep(entry("a\ud83d", message="\udcff"))
    [one] = rows(home)
    assert (one.answer, one.message) == ("a?", "?")


@pytest.mark.skipif(os.name != "posix", reason="permissions are bits on POSIX systems")
def test_nobody_else_can_read_it_not_even_its_journal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0)
    try:
        history = History(home)
        seen: dict[str, int] = {}
        real = sqlite3.connect

        class Looking(sqlite3.Connection):
            def execute(self, *arguments: Any) -> sqlite3.Cursor:
                done = super().execute(*arguments)
                seen.update({file.name: file.stat().st_mode & 0o777 for file in home.iterdir()})
                return done

        monkeypatch.setattr(sqlite3, "connect", lambda path, **more: real(path, factory=Looking, **more))
        history.keep(entry())
        history.keep(entry())
    finally:
        os.umask(before)
    assert seen == {"history.sqlite3": 0o600, "history.sqlite3-journal": 0o600}
    assert [file.name for file in home.iterdir()] == ["history.sqlite3"]
    assert home.stat().st_mode & 0o777 == 0o700


def test_the_oldest_go_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(home)
    monkeypatch.setattr(kept_history, "MOST_ENTRIES", 3)
    for number in range(5):
        history.keep(entry(f"{number}"))
    assert [one.number for one in rows(home)] == [3, 4, 5]
    monkeypatch.setattr(kept_history, "MOST_BYTES", 960)
    history.keep(entry("你" * 300))
    assert [one.number for one in rows(home)] == [6]
    history.keep(entry("x" * 1_001))
    assert rows(home) == [], "what is too large by itself isn't kept"
    history.keep(entry())
    assert [one.number for one in rows(home)] == [8], "no number is given twice"


# Each entry waits for the disk.
@settings(deadline=None, max_examples=25)
@given(some.lists(some.integers(0, 500), min_size=1, max_size=8))
def test_the_bound_holds_whatever_comes(sizes: list[int]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_history, "MOST_BYTES", 1_000)
        for size in sizes:
            History(Path(folder)).keep(entry("x" * size, message=None, profile="", outcome="", time=""))
        found = [len(one.answer) for one in rows(Path(folder))]
        assert sum(found) <= 1_000
        assert found == sizes[len(sizes) - len(found) :]
        if len(found) < len(sizes):
            assert sum(found) + sizes[-len(found) - 1] > 1_000


def test_a_database_that_is_none_says_so_and_can_be_cleared(home: Path) -> None:
    home.mkdir()
    history = History(home)
    history.path.write_bytes(b"not a database, whatever its name says" * 99)
    for act in (lambda: history.keep(entry()), lambda: history.entries(1)):
        with pytest.raises(ProfileError, match="not a database") as caught:
            act()
        assert "history clear" in caught.value.hint
    assert history.clear()
    assert not history.clear()
    history.keep(entry())


def test_a_newer_history_is_left_alone(home: Path) -> None:
    history = History(home)
    history.keep(entry())
    with closing(sqlite3.connect(history.path)) as database:
        database.execute("PRAGMA user_version = 2")
    with pytest.raises(ProfileError, match="newer fetch2py"):
        history.keep(entry())


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ProfileError, match="Could not keep this replay in the history"):
        History(tmp_path / "file" / "home").keep(entry())


# --- replays go into it ---


def test_replays_are_kept(home: Path, capsys: Captured) -> None:
    assert replayed(*FIRST) == 0
    assert replayed(*FIRST[:1], message=None) == 7
    assert replayed(REFUSED, message="again", options=("--dialect", "kimi")) == 6
    first, second, third = rows(home)
    assert (first.profile, first.outcome, first.message, first.answer) == ("kimi", "clean", "hi", "one\ntwo")
    assert abs(time.time() - _unix(first.time)) < 3600
    assert first.seconds > 0
    assert (second.outcome, second.message, second.answer) == ("truncated", None, "one\n")
    assert (third.outcome, third.error) == ("error", "Too much.")
    capsys.readouterr()


def _unix(written: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(written).timestamp()


def test_one_that_the_network_kept_away_is_kept_as_well(home: Path, capsys: Captured) -> None:
    kept("http://127.0.0.1:9")
    assert run(["replay", "kimi", "hi"]) == 5
    [one] = rows(home)
    assert one.error
    assert one.error in capsys.readouterr().err


def test_one_that_was_left_is_kept_as_far_as_it_came(home: Path) -> None:
    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("content-type", "text/event-stream"), ("transfer-encoding", "chunked")))
        connection.chunk(f"data: {FIRST[1]}\n\n".encode())
        connection.wait_closed()

    with serve(script) as server:
        kept(server.url)
        screen = on_terminal("replay", "kimi", "hi")
        screen.expect("two")
        screen.sendintr()
        screen.expect("Interrupted")
        screen.wait()
    [one] = rows(home)
    assert (one.outcome, one.answer) == ("broken off", "two")


def test_no_secret_is_kept(home: Path, capsys: Captured) -> None:
    token = jwt(3600)
    events = (json.dumps({"event": "cmpl", "text": f"You are {token}."}), FIRST[-1])
    with serve(event_stream(*events)) as server:
        text = snippet(chat(server.url), headers={"authorization": f"Bearer {token}"})
        fetch2py.save(fetch2py.Profile.from_snippet(text, sent=SENT), "kimi")
        assert run(["replay", "kimi", f"Is {token} mine?"]) == 0
    assert token in capsys.readouterr().out
    content = History(home).path.read_bytes()
    assert token[:9].encode() not in content
    assert token[-9:].encode() not in content


def test_what_is_too_long_is_not_kept_and_says_so(
    home: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_history, "MOST_BYTES", 6)
    assert replayed(*FIRST) == 0
    assert "too long for the history" in capsys.readouterr().err
    assert rows(home) == []


def test_what_is_not_to_be_kept_is_not(home: Path, capsys: Captured) -> None:
    assert replayed(*FIRST, options=("--no-history",)) == 0
    assert run(["settings", "history", "off"]) == 0
    assert replayed(*FIRST) == 0
    assert run(["replay", "kimi", "hi", "--dry-run"]) == 0
    assert not History(home).path.exists()
    assert run(["settings", "history", "on"]) == 0
    assert replayed(*FIRST) == 0
    assert len(rows(home)) == 1


def test_a_history_that_cannot_be_written_is_a_note(
    home: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert replayed(*FIRST) == 0
    monkeypatch.setattr(kept_history, "LOCK_SECONDS", 0.0)
    with closing(sqlite3.connect(History(home).path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        capsys.readouterr()
        assert replayed(*FIRST) == 0
        told = capsys.readouterr()
        assert told.out == "one\ntwo"
        assert "Could not keep this replay in the history" in told.err
        assert "locked" in told.err
        assert run(["history"]) == 4
    (home / "settings.toml").write_text("history = 5", encoding="utf-8")
    capsys.readouterr()
    # Settings that can't be read are an error before anything is sent.
    assert replayed(*FIRST) == 4
    assert "neither on nor off" in capsys.readouterr().err
    assert len(rows(home)) == 1


# --- the commands ---


@pytest.fixture
def three(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three replays."""
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    history = History(home)
    history.keep(entry("one\ntwo\nthree"))
    history.keep(entry("one\n2\nthree", message="用一句话介绍你自己，好吗，谢谢，再见", profile="deep-seek"))
    history.keep(entry("", message=None, outcome="error", error="You can't do " + "that " * 99))


@pytest.mark.usefixtures("three")
def test_a_line_for_each(capsys: Captured) -> None:
    assert run(["history"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "1  2026-01-02 03:04  kimi       clean  hi                       one two three",
        "2  2026-01-02 03:04  deep-seek  clean  用一句话介绍你自己，好…  one 2 three",
        f"3  2026-01-02 03:04  kimi       error  (as captured)            You can't do {'that ' * 5}t…",
    ]
    assert not err
    assert run(["history", "--profile", "kimi", "-n", "1"]) == 0
    assert capsys.readouterr().out.startswith("3  2026")
    assert run(["history", "--json", "-n", "2"]) == 0
    second, _ = map(json.loads, capsys.readouterr().out.splitlines())
    assert second["number"] == 2
    assert second["answer"] == "one\n2\nthree"


def test_an_empty_history_says_how_it_fills(capsys: Captured) -> None:
    assert run(["history"]) == 0
    assert "fetch2py replay" in capsys.readouterr().err


@pytest.mark.usefixtures("three")
def test_one_is_shown(capsys: Captured) -> None:
    assert run(["history", "show", "2"]) == 0
    out, err = capsys.readouterr()
    assert out == "one\n2\nthree\n"
    assert err == "2026-01-02 03:04  deep-seek  clean  1.2 s\n> 用一句话介绍你自己，好吗，谢谢，再见\n"
    assert run(["history", "show", "3"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "(as captured)\nerror: You can't" in err
    assert run(["history", "show", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["message"] == "hi"
    assert run(["history", "show", "9"]) == 4


@pytest.mark.usefixtures("three")
def test_two_are_compared(capsys: Captured) -> None:
    assert run(["history", "diff", "1", "2"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "--- 1 kimi 2026-01-02 03:04",
        "+++ 2 deep-seek 2026-01-02 03:04",
        "@@ -1,3 +1,3 @@",
        " one",
        "-two",
        "+2",
        " three",
    ]
    assert run(["history", "diff", "1", "1"]) == 0
    assert "are the same" in capsys.readouterr().err


@pytest.mark.usefixtures("three")
def test_it_is_cleared_by_who_says_so(home: Path, capsys: Captured) -> None:
    done = finished("history", "clear")
    assert done.returncode == 2
    assert b"say --yes" in done.stderr
    screen = on_terminal("history", "clear")
    screen.expect("Delete the whole history")
    screen.sendline("n")
    screen.expect("Nothing is deleted")
    screen.wait()
    assert len(rows(home)) == 3
    screen = on_terminal("history", "clear")
    screen.expect("Delete the whole history")
    screen.sendline("y")
    screen.expect("The history is deleted")
    screen.wait()
    assert rows(home) == []
    assert run(["history", "clear", "--yes"]) == 0
    assert "no history" in capsys.readouterr().out


def test_help_shows_examples() -> None:
    for command in ([], ["show"], ["diff"], ["clear"]):
        assert b"Example" in finished("history", *command, "--help").stdout
