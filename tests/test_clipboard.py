"""Import from a real clipboard: X11's, through xclip, on a display of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pyperclip
import pytest

import fetch2py
from tests.command_line import body_of, chat, finished, run, snippet

KIMI = "https://www.kimi.com"
LONG = "汉字、かな、한글。" * 4_000


@pytest.fixture
def display() -> Iterator[str]:
    """An X display with nothing on it."""
    missing = [name for name in ("Xvfb", "xclip") if shutil.which(name) is None]
    if missing:
        reason = f"{' and '.join(missing)} missing: apt-get install xvfb xclip"
        if os.environ.get("FETCH2PY_TEST_EVERYTHING"):
            pytest.fail(reason)
        pytest.skip(reason)
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as number:
        name = f":{number.readline().strip()}"
    try:
        yield name
    finally:
        server.terminate()
        server.wait()


def copied(display: str, content: bytes, *options: str) -> None:
    """Put bytes on the clipboard. xclip stays to serve them, and ends with the display."""
    subprocess.run(
        ["xclip", "-selection", "clipboard", *options],
        input=content,
        env={**os.environ, "DISPLAY": display},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def test_a_long_snippet_from_the_clipboard(display: str) -> None:
    text = snippet(chat(KIMI), body_of(LONG))
    assert len(text.encode()) > 100_000
    copied(display, text.encode())
    done = finished("import", "-n", "kimi", "--sent", LONG, DISPLAY=display, WAYLAND_DISPLAY="")
    assert done.stderr == b""
    assert done.returncode == 0
    assert fetch2py.load("kimi").fill(None).body == body_of(LONG).encode()


def test_a_clipboard_without_text(display: str) -> None:
    done = finished("import", "-n", "kimi", DISPLAY=display, WAYLAND_DISPLAY="")
    assert done.returncode == 3
    assert done.stderr.decode().startswith(
        "error: The clipboard holds no text.\nnext: Copy the request first."
    )


def test_a_clipboard_with_a_picture(display: str) -> None:
    copied(display, b"\x89PNG\r\n\x1a\n\xff", "-t", "UTF8_STRING")
    done = finished("import", "-n", "kimi", DISPLAY=display, WAYLAND_DISPLAY="")
    assert done.returncode == 3
    assert done.stderr.startswith(b"error: This is binary data, or text that isn't UTF-8.\nnext: ")


def test_without_a_clipboard_one_message_tells_the_ways(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> str:
        raise pyperclip.PyperclipException("no mechanism")

    monkeypatch.setattr(pyperclip, "paste", none)
    assert run(["import", "-n", "kimi"]) == 3
    assert capsys.readouterr().err.splitlines() == [
        "error: The clipboard can't be read on this machine.",
        "next: Save the text to a file, then `fetch2py import FILE`, or pipe it to `fetch2py import -`. "
        "(Linux needs xclip or wl-clipboard to read a clipboard.)",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has a clipboard always")
def test_without_a_display() -> None:
    done = finished("import", "-n", "kimi", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 3
    assert b"`fetch2py import -`" in done.stderr


def test_clipboard_in_this_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pyperclip, "paste", lambda: snippet(chat(KIMI)))
    assert run(["import"]) == 0
    assert run(["refresh", "kimi"]) == 0
    monkeypatch.setattr(pyperclip, "paste", lambda: " \n")
    assert run(["refresh", "kimi"]) == 3
    monkeypatch.setattr(pyperclip, "paste", lambda: b"\xff".decode())
    assert run(["import"]) == 3
    assert "binary data" in capsys.readouterr().err
