"""What holds for every profile: kept in a file of its own, shown and changed by a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetch2py.cli import run
from fetch2py.errors import ProfileInvalid
from fetch2py.store import Settings, Store

AGENT = 'Mozilla/5.0 (X11; Linux x86_64) "quoted" \\ caf\xe9'


def test_settings_are_shown_and_changed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["settings"]) == 0
    assert capsys.readouterr().out == "user_agent  (not set)\nhistory     on\n"
    assert not home.exists(), "looking makes nothing"
    assert run(["settings", "user_agent", AGENT]) == 0
    assert capsys.readouterr().out == f"user_agent  {AGENT}\nhistory     on\n"
    assert Store(home).settings() == Settings(user_agent=AGENT)
    assert run(["settings", "user_agent", ""]) == 0
    assert Store(home).settings() == Settings()
    assert (home / "settings.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["user_agent"], 2, "What is user_agent to be?"),
        (["colour", "red"], 4, "There is no setting named colour"),
        (["user_agent", "a\nb"], 4, "isn't a text that a header field can hold"),
        (["user_agent", "你好"], 4, "isn't a text that a header field can hold"),
        (["history", "maybe"], 4, "neither on nor off"),
    ],
)
def test_what_is_no_setting_is_refused(
    arguments: list[str], code: int, told: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["settings", *arguments]) == code
    assert told in capsys.readouterr().err
    assert not (home / "settings.toml").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"user_agent =", "isn't valid TOML"),
        (b"\xff", "isn't valid TOML"),
        (b"user_agent = 5", "isn't a text"),
        (b"color = 'red'", "no setting named color"),
        (b"history = 1", "neither on nor off"),
    ],
)
def test_a_spoilt_file_is_named_and_left_alone(home: Path, content: bytes, told: str) -> None:
    home.mkdir()
    file = home / "settings.toml"
    file.write_bytes(content)
    with pytest.raises(ProfileInvalid, match=told) as caught:
        Store(home).settings()
    assert str(file) in caught.value.message
    assert run(["settings", "user_agent", "x"]) == 4
    assert file.read_bytes() == content


def test_a_switch_is_on_or_off(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["settings", "history", "off"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "history     off"
    assert (home / "settings.toml").read_text(encoding="utf-8") == "history = false\n"
    assert Store(home).settings() == Settings(history=False)
    for written in ("on", ""):
        assert run(["settings", "history", written]) == 0
        assert Store(home).settings() == Settings()
