"""What the rows share that start processes: the tool as installed, a home of its own, a snippet, a server."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

__all__ = ["HEADERS", "TOOL", "answering", "elsewhere", "environment", "snippet"]

TOOL = (sys.executable, "-c", "from fetch2py.cli import main; main()")
"""The command `fetch2py`, from this very source."""

HEADERS = {
    "accept": "*/*",
    "content-type": "application/json",
    "authorization": "Bearer FAKE-TOKEN-0123456789",
}


@contextmanager
def elsewhere() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fetch2py-benchmarks-") as folder:
        yield Path(folder)


def environment(folder: Path) -> dict[str, str]:
    """The environment for processes: profiles and compiled modules lie in `folder`.

    An installed tool is compiled. So is this one after its first run, whatever the caller's environment says.
    """
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **known,
        "FETCH2PY_HOME": str(folder / "home"),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }


def snippet(url: str, body: str) -> str:
    """The text that Chromium's “Copy as fetch” gives for a POST."""
    options = {
        "headers": HEADERS,
        "referrer": url,
        "body": body,
        "method": "POST",
        "mode": "cors",
        "credentials": "include",
    }
    return f"fetch({json.dumps(url)}, {json.dumps(options, ensure_ascii=False, indent=2)});"


@contextmanager
def answering(events: Sequence[bytes]) -> Iterator[str]:
    """A server on loopback that answers every POST with these events, each in a chunk; yields its origin."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for event in (*events, b""):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))

        def log_message(self, *_: object) -> None:
            """The table is all that is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
