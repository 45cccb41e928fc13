"""The message slot: where in a request the person's text stands; find it, read it, fill it.

Knows every kind of body. Must not know HTTP, nor the disk.
"""

from fetch2py.message.finding import Finding, find
from fetch2py.message.slot import fill, held

__all__ = ["Finding", "fill", "find", "held"]
