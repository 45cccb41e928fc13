"""`fetch2py demo`: the whole main job, and nothing left behind."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import pytest

from fetch2py.cli import demo
from tests.command_line import COMMAND, finished, run
from tests.test_cli_serve import ended, posix, post, started


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_demo_runs_whole(temporary: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo"]) == 0
    out, err = capsys.readouterr()
    for name in ("kimi", "kimi-connect", "openai"):
        assert f'$ fetch2py import {name}.txt -n {name} --sent "你好"\n' in out
        assert f'$ fetch2py replay {name} -m "用一句话介绍你自己"\n' in out
    assert out.count("你说的是：「用一句话介绍你自己」🐎") == 3
    assert out.count("locked away     authorization") == 3
    assert "想问我是谁。一句话就好。" in err
    assert "error" not in err
    assert os.environ["FETCH2PY_HOME"] == str(home)
    assert not home.exists()
    assert not list(temporary.iterdir())


def test_demo_without_a_home_of_ones_own(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> None:
    monkeypatch.delenv("FETCH2PY_HOME")
    monkeypatch.setattr(demo, "_REQUESTS", {})
    assert run(["demo"]) == 0
    assert "FETCH2PY_HOME" not in os.environ
    assert not list(temporary.iterdir())


def test_demo_stops_where_something_fails(
    monkeypatch: pytest.MonkeyPatch, temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "_REQUESTS", {"lost": ("/nowhere", "application/json", '{"content":"你好"}')})
    assert run(["demo"]) == 6
    assert "error: " in capsys.readouterr().err
    assert not list(temporary.iterdir())


def test_demo_as_a_process() -> None:
    done = finished("demo")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert "🐎" in done.stdout.decode()


def test_enveloped_body_of_any_length() -> None:
    # Five header bytes that aren't UTF-8 show as one character a byte, as in DevTools.
    assert demo._enveloped("{}") == "\0\0\0\0\2{}"
    assert demo._enveloped("x" * 200) == "\0\0\0\0\xc8" + "x" * 200


@posix
def test_demo_serves_what_it_has_imported() -> None:
    with started(*COMMAND, "demo", "--serve") as process:
        assert process.stdout is not None
        told = iter(process.stdout.readline, "")
        found = next(match for line in told if (match := re.match(r"Serving (.*) at (http://\S+)", line)))
        got = post(f"{found[2]}/chat/openai")
        ended(process)
    assert found[1] == "kimi, kimi-connect, openai"
    assert "你说的是：「hi」" in got.text.replace("\n\ndata:", "")
    assert process.returncode == 0
