"""The front door to a replay: a request goes out, events come in.

Knows the wire and the exchange, and joins the two. Must not know how bytes are framed, what a vendor's events
mean, where a profile is stored or how an answer is shown.

What the server did, be it to break off, is told by events; an exception tells what kept the answer away.
"""

from __future__ import annotations

from fetch2py.answer.background import submit
from fetch2py.answer.reply import Answer, AsyncAnswer, Replayable, areplay, replay

__all__ = ["Answer", "AsyncAnswer", "Replayable", "areplay", "replay", "submit"]
