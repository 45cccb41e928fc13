"""Multipart answers: parts between delimiters, each out with the delimiter behind it.

Source: RFC 2046 section 5.1.1, as far as answers that are still being written have it (GraphQL's incremental
delivery). Must not know what a part says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame, too_large
from fetch2py.framing.media_type import parameter
from fetch2py.framing.whole import text_of

__all__ = ["MultipartDecoder", "Part", "PartsDecoder"]

_CLOSING = b"--"
_BLANK_LINE = re.compile(rb"\n\r?\n")
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Part(NamedTuple):
    """One part: its header fields, names in lower case, and its body as it came."""

    headers: Mapping[str, str]
    body: bytes


class PartsDecoder:
    """Bytes to parts.

    `boundary` is the media type's parameter; GraphQL's is "-" where none is named. A delimiter is the line
    end before it, two hyphens and the boundary, whatever follows on its line; the first one may begin the
    body. What stands before the first and behind the closing one is dropped. Lengths in part headers don't
    count.

    `complete`: the closing delimiter was seen. `unfinished` is how many bytes of a part are in that no
    delimiter ends.
    """

    def __init__(self, *, boundary: str = "-", max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self._limit = max_event_bytes
        self._delimiter = b"\r\n--" + (boundary or "-").encode("utf-8", "replace")
        # What no delimiter ends yet. The first delimiter may begin the body, without a line end before it: so
        # that is put there.
        self._pending = bytearray(b"\n")
        self._searched = 0
        self._in_preamble = True
        self._head, self._headers = b"", _NO_HEADERS

    @property
    def stopped(self) -> bool:
        """Whether no more parts will come."""
        return self.complete or bool(self.problem)

    @property
    def unfinished(self) -> int:
        """The bytes behind the last delimiter's line."""
        return 0 if self._in_preamble else len(self._pending.partition(b"\n")[2])

    def receive_data(self, data: bytes) -> list[Part]:
        """The parts that these bytes complete."""
        if self.stopped:
            return []
        self._pending += data
        if self._in_preamble:
            self._skip_preamble()
        return [] if self._in_preamble else self._parts()

    def _skip_preamble(self) -> None:
        first, pending = self._delimiter[1:], self._pending
        at = pending.find(first)
        self._in_preamble = at < 0
        # The end of it can be the beginning of the delimiter.
        del pending[: max(len(pending) - len(first) + 1, 0) if at < 0 else at + len(first)]

    def _parts(self) -> list[Part]:
        pending, delimiter = self._pending, self._delimiter
        start, parts = 0, list[Part]()
        while not pending.startswith(_CLOSING, start):
            end = pending.find(delimiter, max(self._searched, start))
            size = (end if end >= 0 else len(pending) - len(delimiter) + 1) - start
            if size > self._limit:
                self.problem = too_large(self._limit)
                break
            if end < 0:
                del pending[:start]
                self._searched = max(len(pending) - len(delimiter) + 1, 0)
                return parts
            parts.append(self._part(bytes(pending[start:end])))
            start = end + len(delimiter)
        self.complete = not self.problem
        pending.clear()
        return parts

    def _part(self, block: bytes) -> Part:
        """The part in what stands between two delimiters, the rest of the first one's line included."""
        blank = _BLANK_LINE.search(block)
        head, body = (block[: blank.start()], block[blank.end() :]) if blank else (block, b"")
        if head != self._head:
            # One part's header fields are nearly always those of the next.
            self._head, self._headers = head, _fields(head)
        return Part(self._headers, body)


class MultipartDecoder:
    """Parts as frames, their bodies as text; a Decoder.

    `boundary` as for PartsDecoder. A part's text is in the charset that its own media type names, JSON and
    whatever names none in UTF-8. `complete` with the closing delimiter.
    """

    def __init__(self, *, boundary: str = "-", max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._decoder = PartsDecoder(boundary=boundary, max_event_bytes=max_event_bytes)
        self.complete = False
        self.problem = ""
        self._headers, self._charset = _NO_HEADERS, ""

    @property
    def stopped(self) -> bool:
        """Whether no more parts will come, for what follows the closing delimiter is none."""
        return self._decoder.stopped

    def receive_data(self, data: bytes) -> list[Frame]:
        """The parts that these bytes complete."""
        parts = self._decoder.receive_data(data)
        self.complete, self.problem = self._decoder.complete, self._decoder.problem
        return [Frame(None, self._text(part)) for part in parts]

    def receive_end(self) -> list[Frame]:
        """Nothing more: a part that no delimiter ends is none."""
        return []

    def _text(self, part: Part) -> str:
        if part.headers is not self._headers:
            media_type = part.headers.get("content-type", "")
            self._headers = part.headers
            self._charset = "" if "json" in media_type else parameter(media_type, "charset")
        return text_of(part.body, self._charset)


def _fields(head: bytes) -> Mapping[str, str]:
    """The header fields behind the rest of a delimiter's line. A field can go on on the next line."""
    fields: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        if line.startswith((" ", "\t")) and name:
            fields[name] = f"{fields[name]} {line.strip()}".strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            fields[name] = value.strip()
    return MappingProxyType(fields)
