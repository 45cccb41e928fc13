"""The command line as tests run it: in this process, as a process, and on a terminal."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import fetch2py
from fetch2py.cli import run

__all__ = [
    "COMMAND",
    "body_of",
    "chat",
    "finished",
    "give_stdin",
    "jwt",
    "kept",
    "on_terminal",
    "run",
    "snippet",
    "written",
]

COMMAND = [sys.executable, "-m", "fetch2py"]
SENT = "你好，世界"


def body_of(text: str = SENT) -> str:
    """A chat request's body; the odd spelling shows whether bytes stay as they were."""
    return f'{{ "model":"k1","n":1.50, "messages":[{{"role":"user","content":{json.dumps(text)}}}],"n":1.50}}'


def snippet(url: str, body: str | None = None, headers: Mapping[str, str] | None = None, **more: str) -> str:
    """What “Copy as fetch” writes."""
    options: dict[str, Any] = {
        "headers": {"content-type": "application/json", **(headers or {})},
        "body": body_of() if body is None else body,
        "method": "POST",
        **more,
    }
    return f"fetch({json.dumps(url)}, {json.dumps(options, ensure_ascii=False, indent=2)});"


def chat(origin: str) -> str:
    """The address of a chat on a server."""
    return f"{origin}/api/chat/c1/completion/stream"


def kept(origin: str, name: str = "kimi", **more: Any) -> None:
    """Keep a profile of a chat on `origin`."""
    fetch2py.save(fetch2py.Profile.from_snippet(snippet(chat(origin), **more), sent=SENT), name)


def jwt(seconds: float) -> str:
    """A token that says it holds for so long from now; negative: it no longer does."""
    claims = {"sub": "someone", "exp": int(time.time() + seconds)}
    parts = ({"alg": "none"}, claims)
    return (
        ".".join(urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + ".c2lnbmVk"
    )


def written(folder: Path, content: str | bytes, name: str = "snippet.txt") -> str:
    """The path of a file with that content."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def give_stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Stdin, for a command in this process."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))


def finished(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A command line as a process of its own, to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], input=stdin, capture_output=True, env={**os.environ, **environment}
    )


def on_terminal(*arguments: str, **environment: str) -> Any:
    """A command line on a terminal of its own (pexpect's spawn); skipped where there are none."""
    pexpect = pytest.importorskip("pexpect", reason="terminals are tested with pexpect, on POSIX systems")
    return pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *arguments],
        env={**os.environ, "TERM": "xterm", **environment},
        encoding="utf-8",
        timeout=20,
        dimensions=(40, 200),
        # Where the tests run in the background, Ctrl-C is ignored, and their children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
