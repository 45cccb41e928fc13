"""What whoever runs the server is told of requests that failed, a line each.

Knows the request's method and path. Must not tell its query, its fields or its body: they hold messages and
tokens.
"""

from __future__ import annotations

import logging

from starlette.types import Scope

from fetch2py.credentials import redact

__all__ = ["log"]

_LOGGER = logging.getLogger(__name__)
_LONGEST_PATH = 100


def log(scope: Scope, status: int, message: str) -> None:
    """Tell of a request that failed: what was answered, and why."""
    path = ascii(scope["path"][:_LONGEST_PATH])[1:-1]
    _LOGGER.warning("%s", redact(f"{scope['method']} {path}: {status}. {message}"))
