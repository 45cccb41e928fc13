"""The parts of a form → a multipart/form-data body (RFC 7578), and what an argument of cURL's -F says of one.

Must not know files: what stands in one is lost.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple

__all__ = ["Part", "encoded", "part_of"]


class Part(NamedTuple):
    """A field of a form. `lost`: its content stands in a file."""

    name: str
    content: str
    filename: str | None = None
    media_type: str = ""
    lost: bool = False


# A value that ends at a semicolon, unless quotation marks keep it together.
_VALUE = re.compile(r'[ \t]*+(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<plain>[^;]*+))[^;]*+;?', re.DOTALL)
_ATTRIBUTE = re.compile(r"[ \t]*+(type|filename)=", re.IGNORECASE)
_ESCAPE = re.compile(r'\\(["\\])')
_TYPES = {
    "gif": "image/gif", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
    "svg": "image/svg+xml", "txt": "text/plain", "htm": "text/html", "html": "text/html",
    "pdf": "application/pdf", "xml": "application/xml",
}  # fmt: skip


def part_of(argument: str, *, literal: bool = False) -> Part | None:
    """What `name=content;type=…` says; None where it has no name. `literal`: all behind `=` is content."""
    name, equals, rest = argument.partition("=")
    if not equals:
        return None
    if literal:
        return Part(name, rest)
    mark = rest[:1] if rest[:1] in ("@", "<") else ""
    content, position = _value(rest, len(mark))
    told: dict[str, str] = {}
    while position < len(rest):
        attribute = _ATTRIBUTE.match(rest, position)
        value, position = _value(rest, attribute.end() if attribute else position)
        if attribute:
            told[attribute[1].lower()] = value
    media_type = told.get("type", "")
    if not mark:
        return Part(name, content, told.get("filename"), media_type)
    if mark == "<":
        return Part(name, "", None, media_type, lost=True)
    filename = told.get("filename", re.split(r"[/\\]", content)[-1])
    guessed = _TYPES.get(filename.rpartition(".")[2].lower(), "application/octet-stream")
    return Part(name, "", filename, media_type or guessed, lost=True)


def encoded(parts: list[Part], boundary: str = "") -> tuple[bytes, str]:
    """The body, and its boundary: if none is given a new one, the same for the same parts."""
    bare = [_head(part) + part.content.encode() + b"\r\n" for part in parts]
    boundary = boundary or "-" * 24 + sha256(b"".join(bare)).hexdigest()[:22]
    delimiter = b"--" + boundary.encode("ascii")
    return b"".join(delimiter + b"\r\n" + part for part in bare) + delimiter + b"--\r\n", boundary


def _head(part: Part) -> bytes:
    head = f'Content-Disposition: form-data; name="{_quoted(part.name)}"'
    if part.filename is not None:
        head += f'; filename="{_quoted(part.filename)}"'
    if part.media_type:
        head += f"\r\nContent-Type: {part.media_type}"
    return f"{head}\r\n\r\n".encode()


def _quoted(name: str) -> str:
    # HTML, "multipart/form-data encoding algorithm"; cURL since 7.81 as well.
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str, start: int) -> tuple[str, int]:
    """The value at `start`, and where the next attribute begins."""
    found = _VALUE.match(text, start)
    assert found is not None  # noqa: S101 - the pattern matches anywhere, the empty text too
    if found["quoted"] is not None:
        return _ESCAPE.sub(r"\1", found["quoted"]), found.end()
    return found["plain"].strip(" \t\r\n"), found.end()
