"""Bodies that are one unit: a JSON text, and text of any kind. One frame, at the end of the stream.

Must not know what the text says.
"""

from __future__ import annotations

from fetch2py import jsontext
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame

__all__ = ["JSONDecoder", "TextDecoder"]


class TextDecoder:
    """The whole body as one frame; a Decoder.

    `charset` is the media type's parameter of that name; one that is unknown, or "", is read as UTF-8.
    An empty body gives no frame.
    """

    def __init__(self, *, charset: str = "", max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self._charset = charset or "utf-8"
        self._limit = max_event_bytes
        self._body = bytearray()

    @property
    def stopped(self) -> bool:
        """Whether a problem has ended the reading."""
        return bool(self.problem)

    def receive_data(self, data: bytes) -> list[Frame]:
        """Nothing yet: the body is one unit."""
        if not self.problem:
            self._body += data
        if len(self._body) > self._limit:
            self.problem = f"The answer is larger than the {self._limit:,} bytes that are kept in memory."
            self._body.clear()
        return []

    def receive_end(self) -> list[Frame]:
        """The body."""
        if self.problem:
            return []
        text = _decoded(self._body, self._charset).removeprefix("\ufeff")
        self.complete = self._is_complete(text)
        return [Frame(None, text)] if text else []

    def _is_complete(self, text: str) -> bool:
        # Only the connection can tell whether bare text was cut.
        return True


class JSONDecoder(TextDecoder):
    """The whole body as one frame; a Decoder. Always UTF-8 (RFC 8259 section 8.1).

    `complete` is False where the body is not one JSON text; it is delivered all the same, for what stands
    in its place is often a page or a sentence that says why.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        super().__init__(max_event_bytes=max_event_bytes)

    def _is_complete(self, text: str) -> bool:
        try:
            jsontext.parse(text)
        except ValueError:
            return False
        return True


def _decoded(body: bytearray, charset: str) -> str:
    try:
        return body.decode(charset, "replace")
    except (LookupError, ValueError):
        # Not a charset that Python knows, or one that is no text encoding at all.
        return body.decode("utf-8", "replace")
