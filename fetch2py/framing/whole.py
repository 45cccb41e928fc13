"""Bodies without records in them: one JSON text, and text of any kind.

Must not know what the text says.
"""

from __future__ import annotations

import codecs
import re

from fetch2py import jsontext
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame

__all__ = ["BodyDecoder", "JSONDecoder", "TextDecoder", "text_of"]

_BOM = "\ufeff"

_CHARSETS = re.compile(
    r"utf-8|utf-16-[lb]e|ascii|iso8859-\d+|cp125\d|cp866|cp874|cp932|cp949|koi8-[ru]|mac-roman|tis-620"
    r"|gbk|gb2312|gb18030|big5|big5hkscs|shift_jis|euc_jp|iso2022_jp|euc_kr"
)
"""Python's names for the charsets that browsers read (WHATWG Encoding, section 4.2). Its further codecs turn
bytes into something else, or raise or warn on some bytes whatever they are told to do."""


class TextDecoder:
    """Text as it arrives, up to the last whole character; a Decoder.

    `charset` is the media type's parameter of that name; one that browsers don't know, or "", is read as
    UTF-8. A leading byte order mark is dropped. `complete` is False where the stream ends within a
    character. Nothing is kept, so `max_event_bytes` has nothing to cap.
    """

    def __init__(self, *, charset: str = "", max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self.stopped = False
        self._decoder = codecs.getincrementaldecoder(_codec(charset))("replace")
        self._begun = False

    def receive_data(self, data: bytes) -> list[Frame]:
        """The text that these bytes complete."""
        return self._frames(self._decoder.decode(data))

    def receive_end(self) -> list[Frame]:
        """What a cut character leaves: one U+FFFD."""
        frames = self._frames(self._decoder.decode(b"", True))
        self.complete = not frames
        return frames

    def _frames(self, text: str) -> list[Frame]:
        if text and not self._begun:
            self._begun = True
            text = text.removeprefix(_BOM)
        return [Frame(None, text)] if text else []


class BodyDecoder:
    """The whole body as one frame, at the end of the stream; a Decoder.

    For who reads a body as a document: a page, a refusal. `charset` as for text. An empty body
    gives no frame.
    """

    def __init__(self, *, charset: str = "", max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self._charset = charset
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
        text = text_of(bytes(self._body), self._charset)
        self.complete = self._is_complete(text)
        return [Frame(None, text)] if text else []

    def _is_complete(self, text: str) -> bool:
        # Only the connection can tell whether bare text was cut.
        return True


class JSONDecoder(BodyDecoder):
    """The whole body as one frame; a Decoder. Always UTF-8 (RFC 8259 section 8.1).

    `complete` is False where the body is not one JSON text; it is delivered all the same, for what stands
    in its place is often a page or a sentence that says why.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        super().__init__(max_event_bytes=max_event_bytes)

    def _is_complete(self, text: str) -> bool:
        return jsontext.is_json(text)


def text_of(body: bytes, charset: str = "") -> str:
    """A body as text, in a charset as its media type names it, without a leading byte order mark."""
    return body.decode(_codec(charset), "replace").removeprefix(_BOM)


def _codec(charset: str) -> str:
    """Python's codec for a charset."""
    try:
        name = codecs.lookup(charset).name if charset else "utf-8"
    except (LookupError, ValueError):
        return "utf-8"
    if name == "utf-16":
        # The web's utf-16 is little-endian; Python's asks for a byte order mark.
        return "utf-16-le"
    return name if _CHARSETS.fullmatch(name) else "utf-8"
