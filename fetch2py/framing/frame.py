"""The frame, and what a decoder promises: bytes in, frames out, "need more" is a normal answer.

Must not know any framing in particular, nor what a frame's data means.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

__all__ = ["MAX_EVENT_BYTES", "Decoder", "Frame", "too_large", "without_bom"]

_BOM = b"\xef\xbb\xbf"

MAX_EVENT_BYTES = 16 * 1024 * 1024
"""The most bytes that one event may hold, for a decoder keeps the event that it waits for in memory.

Chat answers send events of a few hundred bytes. The largest that are met repeat a whole conversation with
its images and stay below 10 MB, so 16 MiB cuts nothing genuine and keeps a hostile server's cost small.
"""


class Frame(NamedTuple):
    """One unit of an answer, as its framing delimits it.

    `event` is the event's name: "message" for an event stream's unnamed events, "end" for the last Connect
    envelope, "trailers" for the last of gRPC-Web, what stands before the colon of a prefixed line, None where
    the framing has no names. `data` is text for text framings and bytes for envelopes.
    `id` is the last event id in force, `flags` an envelope's flag byte. `standard` is False for what a replay
    reader takes beyond the framing's standard.
    """

    event: str | None
    data: str | bytes
    id: str = ""
    flags: int | None = None
    standard: bool = True


class Decoder(Protocol):
    """Turns an answer's bytes into frames; any cut of the bytes gives the same frames.

    Bare text alone has no frames of its own: there, any cut gives the same text.

    Never raises on input. `complete` says whether the framing was whole: False until the end mark or
    `receive_end` tells. `problem` is "" or one sentence for a person: how the input broke the rules.
    `stopped`: whatever comes, no more frames will.
    """

    complete: bool
    problem: str

    @property
    def stopped(self) -> bool: ...

    def receive_data(self, data: bytes) -> list[Frame]:
        """The frames that these bytes complete."""
        ...

    def receive_end(self) -> list[Frame]:
        """The frames that the end of the stream completes. Call it once, last."""
        ...


def too_large(limit: int) -> str:
    """The problem's sentence for an event beyond `limit` bytes."""
    return f"One event of the answer is larger than {limit:,} bytes, the most that is kept in memory."


def without_bom(opening: bytes) -> bytes | None:
    """A stream's first bytes without a byte order mark before them; None where they are too few to tell."""
    if len(opening) < len(_BOM) and _BOM.startswith(opening):
        return None
    return opening.removeprefix(_BOM)
