"""`/chat/{profile}`: a message in, tokens out, each as one event.

Knows the two spellings of the stream, plain and typed. Must not know profiles nor how anything is sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from fetch2py.events import End, Error, Event, Reasoning, Text
from fetch2py.framing import encode_event
from fetch2py.server.failing import CUT

__all__ = ["Plain", "Typed"]

# An EventSource asks again when a stream ends, and names the last id that it got. Whoever does is told to
# stop (WHATWG HTML, section 9.2.3): asking twice would send the message twice.
_ONCE = b"id: 1\n\n"


class Plain:
    """Each token is one `data:`, nothing else is; an error and the end are events with those names.

    No space stands behind the colon but where a token begins with one: readers written for Spring's
    SseEmitter take the rest of the line as it is.
    """

    def __init__(self, *, reasoning: bool, once: bool) -> None:
        self._reasoning = reasoning
        self._once = once
        self._has_failed = False

    def opening(self) -> bytes:
        """The id that keeps an EventSource from asking again, if it is one."""
        return _ONCE if self._once else b""

    def spell(self, events: Sequence[Event]) -> bytes:
        """These events as server-sent events."""
        return self._spelled(events[0]) if len(events) == 1 else b"".join(map(self._spelled, events))

    def _spelled(self, event: Event) -> bytes:
        # Once for each token; a match on patterns would take longer than the spelling.
        if type(event) is Text:
            return encode_event(event.text, spaced=False)
        if type(event) is Reasoning:
            return encode_event(event.text, spaced=False) if self._reasoning else b""
        if type(event) is Error:
            self._has_failed = True
            return encode_event(event.message, "error", spaced=False)
        end = encode_event("", "end", spaced=False)
        is_cut = type(event) is End and event.outcome == "truncated" and not self._has_failed
        return encode_event(CUT, "error", spaced=False) + end if is_cut else end


class Typed(Plain):
    """Every event has its name: text, reasoning, error, ids, end. The data of the last two is JSON."""

    def _spelled(self, event: Event) -> bytes:
        match event:
            case Text(text):
                return encode_event(text, "text")
            case Reasoning(text):
                return encode_event(text, "reasoning") if self._reasoning else b""
            case Error(message):
                return encode_event(message, "error")
            case _:
                ids = json.dumps(dict(event.ids), ensure_ascii=False)
                told = encode_event(ids, "ids") if event.ids else b""
                return told + encode_event(json.dumps({"outcome": event.outcome}), "end")
