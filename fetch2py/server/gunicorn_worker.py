"""gunicorn's worker for the application: `gunicorn -k fetch2py.server.gunicorn_worker.StreamWorker`.

Knows uvicorn-worker. Must not know what is served.
"""

from __future__ import annotations

from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker

from fetch2py.server.connections import ImpatientProtocol
from fetch2py.server.running import GRACE_SECONDS

__all__ = ["StreamWorker"]


class StreamWorker(UvicornWorker):  # type: ignore[misc, unused-ignore]
    """uvicorn's worker that ends open streams with an event, and logs no requests: they hold messages."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "auto",
        "http": ImpatientProtocol,
        "ws": "none",
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": GRACE_SECONDS,
    }
