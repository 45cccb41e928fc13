"""The message slot: where in a request the person's text stands; find it, read it, fill it.

Knows every kind of body. Must not know HTTP, nor the disk. Names are imported when they are first used: most
commands fill no slot, and only an import looks for one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fetch2py.message.finding import Finding as Finding
    from fetch2py.message.finding import find as find
    from fetch2py.message.slot import assign as assign
    from fetch2py.message.slot import fill as fill
    from fetch2py.message.slot import held as held
    from fetch2py.message.slot import renew as renew

__all__ = ["Finding", "assign", "fill", "find", "held", "renew"]

# The module that has each.
_HOMES = dict.fromkeys(__all__, "slot") | {"Finding": "finding", "find": "finding"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
