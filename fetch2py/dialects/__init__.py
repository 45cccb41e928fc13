"""Frames to events, by declarative rules. Must not know bytes, nor HTTP.

A dialect is data: a row in `DIALECTS`, or rules that a person wrote into a profile. `compile_dialect` makes
it a `Dialect`, a `Reader` reads one answer with it, and a `Detector` finds the row for an answer that nobody
named.
"""

from __future__ import annotations

from fetch2py.dialects.complaints import complaint
from fetch2py.dialects.detect import Detector, by_host, family, in_framing, named
from fetch2py.dialects.explaining import Account, ExplainingReader, Taken
from fetch2py.dialects.reader import Reader
from fetch2py.dialects.rows import DIALECTS
from fetch2py.dialects.rules import Dialect, compile_dialect

__all__ = [
    "DIALECTS",
    "Account",
    "Detector",
    "Dialect",
    "ExplainingReader",
    "Reader",
    "Taken",
    "by_host",
    "compile_dialect",
    "complaint",
    "family",
    "in_framing",
    "named",
]
