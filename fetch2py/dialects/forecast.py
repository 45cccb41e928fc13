"""Which dialect an answer will most likely be in, told before there is an answer.

Knows the signs that dialects carry. Must not know any dialect in particular; nothing is decided here.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fetch2py.dialects.detect import signs_of
from fetch2py.dialects.rows import DIALECTS

__all__ = ["forecast"]


def forecast(url: str) -> tuple[str | None, str]:
    """The dialect that answers a request to `url`, and why; (None, why not) where none is known.

    The path goes first: of a host that speaks two dialects, it tells which. Of two ends, the longer.
    The answer has its media type for that, and its records.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    signs = {name: signs_of(name) for name in DIALECTS}
    ends = {name: end for name, one in signs.items() if (end := one.path_end(parts.path))}
    if ends:
        name = max(ends, key=lambda one: (len(ends[one]), signs[one].speaks(host)))
        return name, f"the path ends in {ends[name]}"
    for name, one in signs.items():
        if one.speaks(host):
            return name, f"the host is {host}"
    return None, "neither host nor path tells it"
