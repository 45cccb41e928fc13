"""The application on a socket of its own: what `fetch2py serve` runs.

Knows uvicorn, sockets and signals. Must not know profiles, click, or who reads what is logged.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from fetch2py.credentials import redact
from fetch2py.errors import Fetch2pyError
from fetch2py.server.connections import ImpatientProtocol

__all__ = ["GRACE_SECONDS", "listen", "run"]

# How long streams may go on after SIGTERM, in seconds. Container platforms kill after ten.
GRACE_SECONDS = 5
_BACKLOG = 2048
# OPEN_MAX of macOS. What has no bound elsewhere has room for it as well.
_MOST_FILES = 10_240
# Objects that are new, before garbage is looked for. An answer begins with some hundred.
_MOST_NEW = 20_000


class _Redacted(logging.Formatter):
    """A log line, its traceback included, with whatever looks like a secret masked."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises Fetch2pyError where that can't be."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as exc:
        raise Fetch2pyError(
            f"Can't listen on {host}, port {port}: {exc.strerror or exc}.",
            hint="Choose another with --port or --host; --port 0 takes a free one.",
        ) from exc


def run(app: ASGIApp, listener: socket.socket, grace_seconds: int = GRACE_SECONDS) -> None:
    """Serve until SIGTERM, then return; Ctrl-C raises KeyboardInterrupt.

    Streams that are open then may go on for `grace_seconds`, and are ended with an event.
    """
    _raise_file_limit()
    _collect_seldom()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacted("%(message)s"))
    handler.addFilter(_is_news)
    loggers = [logging.getLogger(name) for name in ("uvicorn", "fetch2py", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
    # No log of requests: a query can hold a message.
    config = uvicorn.Config(
        app,
        http=ImpatientProtocol,
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=grace_seconds,
    )
    server = _Server(config)
    try:
        with _ended_by_signals(server):
            server.run(sockets=[listener])
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


class _Server(uvicorn.Server):
    """uvicorn's server, which says what it waits for at its end, and ends it at a second Ctrl-C."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            # uvicorn would leave at once. So streams get their last event all the same.
            self._loop.call_soon_threadsafe(self._end_answers)
        else:
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if answers := len(self.server_state.tasks):
            grace = self.config.timeout_graceful_shutdown
            logging.getLogger(__name__).warning(
                f"Ending. Answers under way: {answers}; in {grace} s they end as well, with Ctrl-C at once."
            )
        await super().shutdown(sockets)

    def _end_answers(self) -> None:
        for task in self.server_state.tasks:
            task.cancel()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line tells what isn't told already: that the grace is over is no fault."""
    return "timeout graceful shutdown exceeded" not in record.getMessage()


@contextmanager
def _ended_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """What comes before uvicorn listens to signals ends the server, too. Ctrl-C raises KeyboardInterrupt once
    all is closed.

    uvicorn raises the signals again at its end, inside its event loop, for the handlers before its own.
    """
    came: set[int] = set()

    def end(number: int, _: FrameType | None) -> None:
        came.add(number)
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if signal.SIGINT in came:
        raise KeyboardInterrupt


def _collect_seldom() -> None:
    """What was loaded stays; and while Python looks for garbage among thousands of answers, no token leaves.

    Nearly all garbage goes without being looked for.
    """
    gc.freeze()
    gc.set_threshold(_MOST_NEW)


def _raise_file_limit() -> None:
    """A stream holds two sockets, and many systems begin with 1024 files for a process.

    Windows has no such limit. macOS says that there is no bound, and refuses to go beyond one.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _MOST_FILES if most == resource.RLIM_INFINITY else most
        if now != resource.RLIM_INFINITY and now < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
