"""The application on a socket of its own: what `fetch2py serve` runs.

Knows uvicorn, sockets and signals. Must not know profiles, click, or who reads what is logged.
"""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from fetch2py.credentials import redact
from fetch2py.errors import Fetch2pyError
from fetch2py.server.connections import ImpatientProtocol

__all__ = ["GRACE_SECONDS", "listen", "run"]

# How long streams may go on after SIGTERM, in seconds. Container platforms kill after ten.
GRACE_SECONDS = 5
_BACKLOG = 2048
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
    logger = logging.getLogger("uvicorn")
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
    try:
        with _ended_by_sigterm():
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        logger.removeHandler(handler)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """uvicorn raises the signal again at its end, for the handler before its own. This one is content."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _collect_seldom() -> None:
    """What was loaded stays; and while Python looks for garbage among thousands of answers, no token leaves.

    Nearly all garbage goes without being looked for.
    """
    gc.freeze()
    gc.set_threshold(_MOST_NEW)


def _raise_file_limit() -> None:
    """A stream holds two sockets, and many systems begin with 1024 files for a process."""
    # Windows has no such limit, and no such module.
    with suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
