"""Which dialect an answer will most likely be in, told before there is an answer.

Knows the signs that dialects carry. Must not know any dialect in particular; nothing is decided here.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fetch2py.dialects.rows import DIALECTS

__all__ = ["forecast"]


def forecast(url: str) -> tuple[str | None, str]:
    """The dialect that answers a request to `url`, and why; (None, why not) where none is known."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    for name, row in DIALECTS.items():
        for path in row["signs"].get("paths", ()):
            if parts.path.endswith(path):
                return name, f"the path ends in {path}"
    for name, row in DIALECTS.items():
        if any(host == known or host.endswith(f".{known}") for known in row["signs"].get("hosts", ())):
            return name, f"the host is {host}"
    return None, "neither host nor path tells it"
