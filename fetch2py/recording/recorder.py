"""One answer as it arrives → the lines of its recording, secrets out.

Knows what of a head is kept. Must not know clocks, nor where the lines go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from fetch2py.credentials import blanking, redact
from fetch2py.recording.lines import ending_line, head_line, piece_lines
from fetch2py.recording.nouns import Ending, Head, Piece

__all__ = ["Recorder", "opaque"]

# What speaks of the bytes on the wire: a recording has them with all that undone.
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")
# What hides the bytes of a single message, and with them a secret: by compression, and base64 all through.
_ENVELOPE_CODINGS = ("connect-content-encoding", "grpc-encoding")
_IN_BASE64 = "application/grpc-web-text"


class Recorder:
    """Each method returns the lines that are sure by now.

    A piece whose end may be the beginning of one of `secrets` waits for the next. Secrets in the body are
    overwritten at their length, so that no framing breaks; in the head, the message and the error they are
    masked.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(secrets)
        self._blanking = blanking(self._secrets)
        # When each piece that isn't written yet came, and how long it is.
        self._due: deque[tuple[float, int]] = deque()
        self._sure = bytearray()

    def head(self, head: Head) -> str:
        """The first line."""
        fields = tuple(
            (name, redact(f"{name}: {value}", self._secrets).partition(": ")[2])
            for name, value in head.headers
            if name.lower() not in _OF_THE_WIRE
        )
        return head_line(replace(head, headers=fields, sent=redact(head.sent, self._secrets)))

    def piece(self, piece: Piece) -> str:
        """The lines of this piece and of those before it, as far as they are sure."""
        self._due.append((piece.at, len(piece.data)))
        self._sure += self._blanking.receive_data(piece.data)
        return self._lines()

    def ending(self, ending: Ending) -> str:
        """What is left, and the last line."""
        self._sure += self._blanking.receive_end()
        return self._lines() + ending_line(replace(ending, error=redact(ending.error, self._secrets)))

    def _lines(self) -> str:
        lines = []
        while self._due and self._due[0][1] <= len(self._sure):
            at, length = self._due.popleft()
            lines.append(piece_lines(Piece(at, bytes(self._sure[:length]))))
            del self._sure[:length]
        return "".join(lines)


def opaque(headers: Iterable[tuple[str, str]]) -> str:
    """Why no secret could be found in the body of such an answer, as a clause; "" where it can."""
    for name, value in headers:
        if name.lower() in _ENVELOPE_CODINGS and value.strip().lower() not in ("", "identity"):
            return f"its messages are compressed as {value[:40]}"
        if name.lower() == "content-type" and value.lower().startswith(_IN_BASE64):
            return "its body is base64"
    return ""
