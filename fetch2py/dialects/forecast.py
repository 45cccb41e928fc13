"""Which dialect an answer will most likely be in, told before there is an answer.

Knows the signs that dialects carry. Must not know any dialect in particular; nothing is decided here.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fetch2py.dialects.detect import named
from fetch2py.dialects.rows import DIALECTS

__all__ = ["forecast"]


def forecast(url: str) -> tuple[str | None, str]:
    """The dialect that answers a request to `url`, and why; (None, why not) where none is known.

    The path goes first: of a host that speaks two dialects, it tells which. The answer has its media type for
    that, and its records where the host says nothing.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    dialects = [named(name) for name in DIALECTS]
    for dialect in dialects:
        if end := dialect.signs.path_end(parts.path):
            return dialect.name, f"the path ends in {end}"
    for dialect in dialects:
        if dialect.signs.speaks(host):
            return dialect.name, f"the host is {host}"
    return None, "neither host nor path tells it"
