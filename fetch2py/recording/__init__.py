"""Recordings: one answer's bytes as they came, with their timing and the answer's head. No I/O here.

Knows the lines of a recording's file and what they hold. Must not know where the file lies, how the bytes are
framed, nor what they mean.

A recording is UTF-8 text, one JSON object a line, to read, to compare and to edit:

    {"fetch2py-recording": 1, "status": 200, "headers": [["content-type", "text/event-stream"]],
     "wait": 0.412, "host": "kimi.moonshot.cn", "dialect": null, "sent": "你好"}       (on one line)
    {"t": 0.0, "text": "data: {\"event\":\"cmpl\",\"text\":\"你\"}\n\n"}
    {"t": 0.052, "base64": "AAAAAB8="}
    {"text": "{\"heartbeat\":{}}"}
    {"t": 1.206, "end": "complete"}

The head comes first. `wait` are the seconds from the request to the head, `host` the host that was asked,
`dialect` what read the answer (a name, rules, or null to detect it), `sent` the message. All but the first
two members may be left out.

Each line with `t` (seconds since the head) begins a piece of the body, cut as it arrived, with content
codings undone; so the head has no field about coding or length. A line without `t` goes on with the same
piece: bytes that are no text are `base64`, all others `text`.

The end is "complete", "broken" (the server broke off or garbled it) or "lost" (the network; a time-out), with
the `error` that told so. A file without one was cut off while it was written, and reads as broken.

Further members are passed over, so that whoever keeps a recording can note down in it what he likes.
"""

from __future__ import annotations

from fetch2py.recording.lines import ending_line, head_line, is_recording, piece_lines, read, spelled
from fetch2py.recording.nouns import Ending, Head, How, Piece, Recording
from fetch2py.recording.recorder import Recorder, opaque

__all__ = [
    "Ending",
    "Head",
    "How",
    "Piece",
    "Recorder",
    "Recording",
    "ending_line",
    "head_line",
    "is_recording",
    "opaque",
    "piece_lines",
    "read",
    "spelled",
]
