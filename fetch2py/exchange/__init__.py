"""One replay, sans I/O: an answer's head, data and end in, events out.

Must not know sockets, clocks, nor printing.
"""

from __future__ import annotations

from fetch2py.exchange.exchange import Exchange
from fetch2py.exchange.stream import read_stream

__all__ = ["Exchange", "read_stream"]
