"""The parts of a multipart/form-data body: what each is called, and where in the body its content stands.

Knows the layout (RFC 2046, section 5.1; RFC 7578; WHATWG HTML, multipart form data). Must not know what a
part means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Part", "delimiter_of", "lost_files", "parts"]

_BOUNDARY = re.compile(r';[ \t]*+boundary=(?:"([^"]*+)"|([^;"\s]++))', re.IGNORECASE)
_FIRST_LINE = re.compile(rb"--[^\r\n]+")
_PARAMETER = re.compile(r';[ \t]*+([\w*-]++)=(?:"([^"]*+)"|([^;"\s]*+))')
# What browsers escape in a name (WHATWG HTML, 4.10.21.8), and nothing else.
_ESCAPED = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_ESCAPE = re.compile("|".join(_ESCAPED))

_LOST_BYTE = "\ufffd".encode()


class Part(NamedTuple):
    """One part. `name` is "" where it has none; `filename` is None in a text field; `content_type` is ""
    where none is declared. Its content is body[start:end]. Bytes of names that aren't UTF-8 are lone
    surrogates (PEP 383).
    """

    name: str
    filename: str | None
    content_type: str
    start: int
    end: int


def delimiter_of(body: bytes, content_type: str) -> bytes:
    """The two hyphens and the boundary: as the content-type field says, quoted or not, else as the body
    begins; b"" where neither tells it.
    """
    declared = _BOUNDARY.search(content_type)
    boundary = (declared[1] or declared[2] or "").rstrip() if declared else ""
    if boundary:
        return b"--" + boundary.encode("utf-8", "surrogateescape")
    first = _FIRST_LINE.match(body)
    return first[0].rstrip(b" \t") if first else b""


def parts(body: bytes, content_type: str) -> tuple[Part, ...]:
    """The body's parts, in order. What stands before the first delimiter and behind the last is none.

    Lines end as the first delimiter's does, in CR LF or in LF. A body that was cut off has its last part up
    to its end; a part without an empty line behind its header fields is left out.
    """
    delimiter = delimiter_of(body, content_type)
    found = list(_delimiters(body, delimiter)) if delimiter else []
    ends = [start for start, _ in found[1:]] + [len(body)]
    read = (_part(body, line_end, end) for (_, line_end), end in zip(found, ends, strict=False) if line_end)
    return tuple(part for part in read if part is not None)


def lost_files(body: bytes, content_type: str) -> tuple[Part, ...]:
    """The files of a captured body whose bytes the copy has lost: left out, or partly U+FFFD.

    An input without a file has a part too, with an empty name; there nothing is lost.
    """
    return tuple(
        part
        for part in parts(body, content_type)
        if part.filename and (part.start == part.end or _LOST_BYTE in body[part.start : part.end])
    )


def _delimiters(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int]]:
    """Each delimiter line: where it begins, with the line end before it, and where it ends, without the one
    behind it; the closing one, which is the last, ends at 0.
    """
    line_end = b""
    at = body.find(delimiter)
    while at >= 0:
        behind = _unpadded(body, at + len(delimiter))
        is_closing = body.startswith(b"--", at + len(delimiter))
        end = line_end or next((each for each in (b"\r\n", b"\n") if body.startswith(each, behind)), b"")
        is_line = at == 0 or body.endswith(end or b"\n", 0, at)
        if is_line and (is_closing or (end and body.startswith(end, behind))):
            line_end = end
            yield max(at - len(end), 0), 0 if is_closing else behind
            if is_closing:
                return
        at = body.find(delimiter, at + len(delimiter))


def _unpadded(body: bytes, position: int) -> int:
    while body[position : position + 1] in (b" ", b"\t"):
        position += 1
    return position


def _part(body: bytes, start: int, end: int) -> Part | None:
    """The part between two delimiters: from the line end behind the first to the one before the second."""
    line_end = b"\r\n" if body.startswith(b"\r\n", start) else b"\n"
    blank = body.find(line_end * 2, start, end)
    if blank < 0:
        return None
    fields: dict[str, str] = {}
    for line in body[start:blank].split(line_end):
        field, _, value = line.decode("utf-8", "surrogateescape").partition(":")
        fields.setdefault(field.strip().lower(), value.strip())
    parameters = {
        each[1].lower(): _unescaped(each[3] if each[2] is None else each[2])
        for each in _PARAMETER.finditer(fields.get("content-disposition", ""))
    }
    return Part(
        parameters.get("name", ""),
        parameters.get("filename"),
        fields.get("content-type", ""),
        blank + 2 * len(line_end),
        end,
    )


def _unescaped(name: str) -> str:
    return _ESCAPE.sub(lambda escape: _ESCAPED[escape[0]], name)
