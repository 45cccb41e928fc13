"""The back end as tests run it: a real server on a thread, real sockets, upstreams that speak as Kimi."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import uvicorn
from starlette.types import ASGIApp

from fetch2py.answer import Replayable
from fetch2py.profile import Profile
from fetch2py.server import Access, Limits, create_app
from fetch2py.server.connections import ImpatientProtocol
from fetch2py.server.running import listen
from tests.command_line import SENT, chat, snippet
from tests.servers import PATIENCE, Connection, Script, event_stream, serve

__all__ = [
    "END",
    "BackEnd",
    "Wire",
    "back_end",
    "begin",
    "done",
    "nothing_left_open",
    "open_files",
    "profile",
    "serving",
    "talking",
    "text",
    "thought",
]

LOOPBACK = "127.0.0.1"


def text(token: str) -> str:
    """One token, as Kimi's first generation sends it."""
    return json.dumps({"event": "cmpl", "text": token}, ensure_ascii=False)


def thought(token: str) -> str:
    """One piece of reasoning."""
    return json.dumps({"event": "k1", "text": token}, ensure_ascii=False)


END = '{"event":"all_done"}'


def done(*tokens: str) -> tuple[str, ...]:
    """The events of a whole answer."""
    return (*map(text, tokens), END)


def begin(*events: str, then: Callable[[Connection], None] = Connection.wait_closed) -> Script:
    """A script that sends some events, and then does something else than to go on."""

    def script(connection: Connection) -> None:
        connection.receive_request()
        connection.head(headers=(("content-type", "text/event-stream"), ("transfer-encoding", "chunked")))
        for event in events:
            connection.chunk(f"data: {event}\n\n".encode())
        then(connection)

    return script


def profile(origin: str, **headers: str) -> Profile:
    """The profile of a chat on a server."""
    return replace(Profile.from_snippet(snippet(chat(origin), headers=headers), sent=SENT), dialect="kimi")


@dataclass
class BackEnd:
    """A back end that runs: where it is, and its event loop."""

    url: str
    port: int
    loop: asyncio.AbstractEventLoop | None = None

    def client(self, **options: object) -> httpx.Client:
        """A client that waits as long as a test may take, and uses no proxy."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False, **options)  # type: ignore[arg-type]

    def settle(self) -> None:
        """Wait until no request is under way and nothing of one is left."""
        its_own = {"run", "settled", "main"}

        async def settled() -> None:
            while {task.get_coro().__name__ for task in asyncio.all_tasks()} - its_own:  # type: ignore[union-attr]
                await asyncio.sleep(0)

        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(settled(), self.loop).result(PATIENCE)


@contextmanager
def back_end(
    profiles: Mapping[str, Replayable],
    access: Access = Access(),  # noqa: B008 - it is frozen
    limits: Limits = Limits(per_minute=0),  # noqa: B008 - it is frozen
    head_seconds: float = PATIENCE,
    grace: int = 1,
) -> Iterator[BackEnd]:
    """Run the application with these profiles on a thread."""
    with serving(create_app(profiles, access, limits), head_seconds, grace) as running:
        yield running


@contextmanager
def serving(app: ASGIApp, head_seconds: float = PATIENCE, grace: int = 1) -> Iterator[BackEnd]:
    """Run an application on a thread, in the server that the product runs."""
    protocol = type("_Protocol", (ImpatientProtocol,), {"head_seconds": head_seconds})
    config = uvicorn.Config(
        app, http=protocol, ws="none", log_config=None, server_header=False, timeout_graceful_shutdown=grace
    )
    server = uvicorn.Server(config)
    with listen(LOOPBACK, 0) as listener:
        port = listener.getsockname()[1]
        running = BackEnd(f"http://{LOOPBACK}:{port}", port)
        up = threading.Event()

        async def run() -> None:
            running.loop = asyncio.get_running_loop()
            up.set()
            await server.serve(sockets=[listener])

        def start() -> None:
            with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                runner.run(run())

        thread = threading.Thread(target=start)
        thread.start()
        assert up.wait(PATIENCE)
        try:
            yield running
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
            assert not thread.is_alive(), "the server never ended"


@contextmanager
def talking(script: Script | None = None, *events: str, **options: object) -> Iterator[BackEnd]:
    """A back end whose profile “kimi” leads to an upstream with this script."""
    with (
        serve(script or event_stream(*events)) as upstream,
        back_end({"kimi": profile(upstream.url)}, **options) as running,  # type: ignore[arg-type]
    ):
        yield running


class Wire:
    """A client's end of a connection, byte by byte."""

    def __init__(self, running: BackEnd) -> None:
        self.sock = socket.create_connection((LOOPBACK, running.port), PATIENCE)
        self._host = f"{LOOPBACK}:{running.port}"
        self.buffer = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def ask(self, target: str = "/chat/kimi?message=hi", method: str = "GET", **fields: str) -> Wire:
        """Send a request's head."""
        named = {"host": self._host, **{name.replace("_", "-"): value for name, value in fields.items()}}
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self.sock.sendall(f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1"))
        return self

    def until(self, mark: bytes) -> bytes:
        """Everything up to a mark; what is behind it stays for the next call."""
        while mark not in self.buffer:
            data = self.sock.recv(65536)
            assert data, f"it ended before {mark!r}: {self.buffer[-500:]!r}"
            self.buffer += data
        read, _, self.buffer = self.buffer.partition(mark)
        return read + mark

    def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        while data := self.sock.recv(65536):
            self.buffer += data
        return self.buffer


@contextmanager
def nothing_left_open() -> Iterator[None]:
    """The context ends with as many open files as it began with."""
    # uvloop opens a pipe with its first loop, and keeps it.
    with asyncio.Runner(loop_factory=uvicorn.Config(str).get_loop_factory()) as runner:
        runner.run(asyncio.sleep(0))
    gc.collect()
    before = open_files()
    yield
    gc.collect()
    assert open_files() == before


def open_files() -> int:
    """How many files this process has open."""
    files = Path("/proc/self/fd")
    return len(list(files.iterdir())) if files.exists() else 0
