"""The front door to a replay: a request goes out, events come in.

Knows the wire and the exchange, and joins the two; a recording can stand in for the wire. Must not know how
bytes are framed, what a vendor's events mean, where a profile is stored or how an answer is shown.

What the server did, be it to break off, is told by events; an exception tells what kept the answer away.
"""

from __future__ import annotations

from fetch2py.answer.background import submit
from fetch2py.answer.playing import Pace, Played
from fetch2py.answer.reply import Answer, AsyncAnswer, Iterated, Replayable, areplay, replay
from fetch2py.answer.watching import Fields, Watcher

__all__ = [
    "Answer",
    "AsyncAnswer",
    "Fields",
    "Iterated",
    "Pace",
    "Played",
    "Replayable",
    "Watcher",
    "areplay",
    "replay",
    "submit",
]
