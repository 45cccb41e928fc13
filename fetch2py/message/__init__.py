"""The message slot: where in a request the person's text stands; find it, read it, fill it.

Knows every kind of body. Must not know HTTP, nor the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fetch2py.message.slot import fill, held

if TYPE_CHECKING:
    from fetch2py.message.finding import Finding
    from fetch2py.request import Request

__all__ = ["fill", "find", "held"]


def find(request: Request, sent: str | None = None) -> Finding:
    """The slot of the request's message; `sent` is what the person typed, where that is known."""
    # A replay only fills a slot, and the search has eight modules of its own.
    from fetch2py.message.finding import find as search

    return search(request, sent)
