"""Debian's Chromium as tests drive it: over a pipe, in its own words (the Chrome DevTools Protocol).

Nothing sleeps: a test waits until the page shows what it should. The browser ends with the pipe, however the
tests end.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.servers import PATIENCE

__all__ = ["Browser", "Tab", "browser"]

_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP *.test 127.0.0.1, EXCLUDE localhost",
    "--remote-debugging-pipe",
)
# It reads its commands from file 3 and answers on file 4; here both are one socket.
_TRAMPOLINE = (
    "import os, sys; s = int(sys.argv[1]); os.dup2(s, 3); os.dup2(s, 4); os.execv(sys.argv[2], sys.argv[2:])"
)
_KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, "")}
_SHIFT = 8


class Browser:
    """A browser's end of the pipe: commands out, their results and events in."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self._number = 0
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Give a command; its result."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        self._sock.sendall(json.dumps(command).encode() + b"\0")
        while (told := self._next()).get("id") != self._number:
            self._events.append(told)
        assert "error" not in told, f"{method}: {told['error']}"
        result: dict[str, Any] = told["result"]
        return result

    def event(self, method: str, session: str) -> dict[str, Any]:
        """The next event with that name, which is waited for."""
        for told in self._events:
            if told["method"] == method and told.get("sessionId") == session:
                self._events.remove(told)
                return told
        while (told := self._next())["method"] != method or told.get("sessionId") != session:
            self._events.append(told)
        return told

    def taken(self, session: str) -> list[dict[str, Any]]:
        """The events of a tab that nobody has waited for. They are told once."""
        taken = [told for told in self._events if told.get("sessionId") == session]
        self._events = [told for told in self._events if told.get("sessionId") != session]
        return taken

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = self._sock.recv(1 << 20)
            assert data, "the browser has gone"
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\0")
        told: dict[str, Any] = json.loads(line)
        return told

    @contextmanager
    def tab(self, url: str, language: str = "en-GB", **media: str) -> Iterator[Tab]:
        """A tab of a context of its own, with the page at `url` loaded.

        `media`: features as a style sheet asks for them, prefers_color_scheme="dark". The context ends with
        an assertion that the page broke no rule and raised nothing.
        """
        context = self.call("Target.createBrowserContext")["browserContextId"]
        try:
            target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
            session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            tab = Tab(self, session)
            features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
            tab.call("Emulation.setEmulatedMedia", features=features)
            tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
            agent = self.call("Browser.getVersion")["userAgent"]
            tab.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
            for domain in ("Page", "Runtime", "Log"):
                tab.call(f"{domain}.enable")
            tab.open(url)
            yield tab
            assert tab.faults() == []
        finally:
            self.call("Target.disposeBrowserContext", browserContextId=context)


class Tab:
    """One page in the browser."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give this tab a command; its result."""
        return self._browser.call(method, self._session, **parameters)

    def open(self, url: str) -> None:
        """Go to an address and wait until its page has loaded."""
        self.call("Page.navigate", url=url)
        self._browser.event("Page.loadEventFired", self._session)

    def js(self, expression: str) -> Any:
        """The value of an expression in the page; that of a promise is waited for."""
        told = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression in the page is true. It is looked at before each frame is painted."""
        patience = int(PATIENCE * 900)
        held = self.js(
            f"""new Promise((resolve) => {{
              const latest = performance.now() + {patience};
              const look = () => (({condition}) ? resolve(true)
                : performance.now() > latest ? resolve(false) : requestAnimationFrame(look));
              look();
            }})"""
        )
        assert held, f"never true: {condition}\n{self.js('document.body.innerText')}\n{self.faults()}"

    def until_shown(self, text: str, selector: str = "body") -> None:
        """Wait until an element's text, as it is rendered, holds this one."""
        self.until(f"document.querySelector({json.dumps(selector)})?.innerText.includes({json.dumps(text)})")

    def text(self, selector: str) -> str:
        """The text in the first element that fits, whether it is rendered or not."""
        return str(self.js(f"document.querySelector({json.dumps(selector)}).textContent"))

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.call("Input.insertText", text=text)

    def press(self, key: str, *, shift: bool = False, command: str = "", code: int = 0) -> None:
        """Press a key; `command` is what the editor makes of it, `code` the key code instead of its own."""
        own, text = _KEYS.get(key, (0, ""))
        if code:
            text = ""
        stroke = {
            "key": key,
            "code": key,
            "windowsVirtualKeyCode": code or own,
            "modifiers": _SHIFT if shift else 0,
        }
        commands = [command] if command else []
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, commands=commands, **stroke)
        self.call("Input.dispatchKeyEvent", type="keyUp", **stroke)

    def click(self, selector: str) -> None:
        """Click in the middle of an element that can be seen."""
        box = self.js(
            f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Give the page this many CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )

    def picture(self, file: Path) -> None:
        """Keep what is seen, as PNG."""
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def faults(self, expected: str = "") -> list[str]:
        """What the page raised and the rules that it broke since last asked. A refusal is neither."""
        told = []
        for event in self._browser.taken(self._session):
            if event["method"] == "Runtime.exceptionThrown":
                told.append(json.dumps(event["params"]["exceptionDetails"]))
            entry = event["params"].get("entry", {}) if event["method"] == "Log.entryAdded" else {}
            if entry.get("level") in ("error", "warning") and entry["source"] != "network":
                told.append(entry["text"])
        return [fault for fault in told if not expected or expected not in fault]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without a window, with a home of its own; skipped where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None or sys.platform == "win32":
        reason = "chromium is missing: apt-get install chromium"
        if os.environ.get("FETCH2PY_TEST_EVERYTHING"):
            pytest.fail(reason)
        pytest.skip(reason)
    home = tmp_path_factory.mktemp("browser")
    ours, its = socket.socketpair()
    ours.settimeout(PATIENCE)
    arguments = [program, *_FLAGS, f"--user-data-dir={home / 'data'}", "about:blank"]
    with its:
        process = subprocess.Popen(
            [sys.executable, "-c", _TRAMPOLINE, str(its.fileno()), *arguments],
            pass_fds=[its.fileno()],
            env={**os.environ, "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    with Browser(ours) as driven:
        yield driven
        driven.call("Browser.close")
    process.wait(PATIENCE)
