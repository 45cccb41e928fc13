"""An answer that is no answer: what the server said instead, as one sentence.

Knows HTTP statuses, and the bodies that come with them. Must not know sockets, nor dialects in particular.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fetch2py.dialects import Dialect, Reader, complaint
from fetch2py.dialects.pointers import raw_text
from fetch2py.framing import DECODERS, BodyDecoder, Decoder, Frame
from fetch2py.jsontext import parse

__all__ = ["ANSWERED", "Refusal", "is_page", "opens_page"]

ANSWERED = frozenset({200, 201})
"""Statuses whose body is an answer. Event streams know 200 alone (WHATWG HTML section 9.2.3), but some
frameworks give every POST 201. 204 and 205 have no body, 206 is a part, and 3xx leads elsewhere."""

_MOST_BYTES = 256 * 1024
"""The sentence stands at the beginning; of a long page no more is kept."""

_MOST_WORDS = 300
# Each has bounds, for a page can hold a hundred thousand beginnings of a title.
_TITLE = re.compile(r"<title\b[^>]{0,200}+>\s*+([^<]{1,1000})", re.IGNORECASE)
_PAGE = re.compile(r"\s*+<(!doctype\s++html|html|head|body)\b", re.IGNORECASE)
_PAGE_BYTES = re.compile(_PAGE.pattern.encode("ascii"), re.IGNORECASE)

_MOST_OPENING = 1024
_LONGEST_SIGN = 64
_BEFORE_SIGN = b"\t\n\f\r \xef\xbb\xbf"
"""White space, and the bytes of a byte order mark."""


def is_page(content_type: str) -> bool:
    """Whether the media type is a web page's."""
    return content_type.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def opens_page(opening: bytes, *, ended: bool = False) -> bool | None:
    """Whether a body that begins so is a web page, whatever its media type says. None: too short to tell.

    `ended`: the body has no more. The verdict hangs on the first bytes alone, however they were cut. Such a
    beginning means nothing in any framing but text, so holding it back delays no answer.
    """
    whole = ended or len(opening) >= _MOST_OPENING
    start = opening[:_MOST_OPENING].lstrip(_BEFORE_SIGN)
    if start and not start.startswith(b"<"):
        return False
    if len(start) < _LONGEST_SIGN and not whole:
        return None
    return _PAGE_BYTES.match(start[:_LONGEST_SIGN]) is not None


class Refusal:
    """Collects a body that isn't an answer. Error rules of `dialects` come first, in their order."""

    def __init__(
        self, status: int, framing: str, options: Mapping[str, Any], dialects: Iterable[Dialect]
    ) -> None:
        self._status = status
        # Text is read as a document: whole.
        self._decoder: Decoder = BodyDecoder(**options) if framing == "text" else DECODERS[framing](**options)
        self._dialects = dialects
        self._frames: list[Frame] = []
        self._room = _MOST_BYTES

    def receive_data(self, data: bytes) -> None:
        """More of the body."""
        if not self.full:
            self._frames += self._decoder.receive_data(data[: self._room])
            self._room -= len(data)

    @property
    def full(self) -> bool:
        """Whether no more of the body counts."""
        return self._room <= 0 or self._decoder.stopped

    def message(self) -> str:
        """The sentence. Call it once, when the body is all in."""
        frames = [*self._frames, *self._decoder.receive_end()]
        readers = [Reader(dialect) for dialect in self._dialects]
        for reader in readers:
            reader.receive(frames)
        told = [*(reader.error for reader in readers), *map(_complaint, frames)]
        if any(told):
            return next(filter(None, told))
        text = next(filter(None, map(raw_text, frames)), "")
        if _PAGE.match(text) or self._status in ANSWERED:
            return self._of_page(text)
        line = text.strip().partition("\n")[0].strip()
        return f"HTTP status {self._status}: {_short(line) or _meaning(self._status)}."

    def _of_page(self, text: str) -> str:
        title = _TITLE.search(text)
        page = f"a web page, “{_short(' '.join(title[1].split()))}”" if title else "a web page"
        if self._status in ANSWERED:
            return f"The server sent {page}, no answer: the login has ended. Copy the request again."
        return f"The server sent {page}{',' if title else ''} with HTTP status {self._status}."


def _complaint(frame: Frame) -> str:
    try:
        return complaint(parse(raw_text(frame)))
    except ValueError:
        return ""


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WORDS else text[:_MOST_WORDS] + "…"


def _meaning(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no answer"
