"""`fetch2py demo`: the main job from paste to token, without a network.

Runs the very commands that it shows. Must not know how any of them works.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from fetch2py.cli import terminal

__all__ = ["demo_command"]

_SENT = "你好"
_MESSAGE = "用一句话介绍你自己"
# Three letters of nonsense between the dots: the shape of a token, and nothing in it.
_TOKEN = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJkZW1vIiwiZXhwIjo0MTAyNDQ0ODAwfQ.ZmFrZQ"  # noqa: S105  # fake


@click.command("demo", epilog="\b\nExamples:\n  fetch2py demo\n  fetch2py demo --serve\n")
@click.option("--serve", "serves", is_flag=True, help="Serve them then, with a page to try.")
def demo_command(serves: bool) -> int:
    """Import and replay three copied requests against a stand-in server on this machine.

    Both generations of Kimi's protocol and an OpenAI-style stream; nothing is kept.
    """
    from fetch2py.standin import running

    with running() as origin, _elsewhere() as folder:
        for name, (target, content_type, body) in _REQUESTS.items():
            snippet = folder / f"{name}.txt"
            snippet.write_text(_snippet(origin + target, content_type, body), encoding="utf-8")
            for arguments in (
                ["import", str(snippet), "-n", name, "--sent", _SENT],
                ["replay", name, "-m", _MESSAGE],
            ):
                if code := _shown(arguments):
                    return code
        if serves:
            return _shown(["serve"])
    terminal.note("That was a stand-in. Now copy a request of your own: `fetch2py import -n NAME`.")
    return 0


def _shown(arguments: list[str]) -> int:
    """Runs a command line as a person would, after showing it."""
    from fetch2py.cli import run

    shown = [Path(a).name if os.sep in a else f'"{a}"' if not a.isascii() else a for a in arguments]
    terminal.say(f"$ fetch2py {' '.join(shown)}", bold=True)
    sys.stdout.flush()
    code = run(arguments)
    terminal.say("" if sys.stdout.isatty() else "\n")
    return code


@contextmanager
def _elsewhere() -> Iterator[Path]:
    """A home for profiles that is gone afterwards."""
    known = os.environ.get("FETCH2PY_HOME")
    with tempfile.TemporaryDirectory(prefix="fetch2py-demo-") as folder:
        os.environ["FETCH2PY_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            del os.environ["FETCH2PY_HOME"]
            if known is not None:
                os.environ["FETCH2PY_HOME"] = known


def _snippet(url: str, content_type: str, body: str) -> str:
    """The text that Chromium's “Copy as fetch” would give."""
    options = {
        "headers": {"accept": "*/*", "authorization": _TOKEN, "content-type": content_type},
        "referrer": url.partition("/api")[0] + "/",
        "body": body,
        "method": "POST",
        "mode": "cors",
        "credentials": "include",
    }
    return f"fetch({json.dumps(url)}, {json.dumps(options, ensure_ascii=False, indent=2)});"


def _enveloped(payload: str) -> str:
    """A Connect envelope as DevTools shows it: its five header bytes as characters, then the JSON."""
    raw = payload.encode()
    head = b"\0" + len(raw).to_bytes(4, "big") + raw
    try:
        return head.decode()
    except UnicodeDecodeError:
        return head.decode("latin-1")


_REQUESTS = {
    "kimi": (
        "/api/chat/cdemo/completion/stream",
        "application/json",
        f'{{"model":"k1","use_search":false,"messages":[{{"role":"user","content":"{_SENT}"}}],"refs":[]}}',
    ),
    "kimi-connect": (
        "/apiv2/kimi.gateway.chat.v1.ChatService/Chat",
        "application/connect+json",
        _enveloped(
            '{"chat_id":"cdemo","scenario":"SCENARIO_K2D5","tools":[],"message":{"parent_id":"","role":"user",'
            f'"blocks":[{{"message_id":"","text":{{"content":"{_SENT}"}}}}]}},"options":{{"thinking":true}}}}'
        ),
    ),
    "openai": (
        "/v1/chat/completions",
        "application/json",
        f'{{"model":"demo","stream":true,"messages":[{{"role":"user","content":"{_SENT}"}}]}}',
    ),
}
