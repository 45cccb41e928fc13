"""Which framing an answer's first bytes show, where its media type promises too little.

Knows how each framing begins. Must not know media types in particular, nor how any framing is read.
"""

from __future__ import annotations

import re

__all__ = ["SNIFFED", "sniff"]

SNIFFED = frozenset({"json", "text"})
"""Framings that a media type promises in vain: servers send every other one under application/json,
text/plain, application/octet-stream, or without a type."""

_MOST = 1024
"""So many bytes decide at the latest."""

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_RS = b"\x1e"
_FIELDS = (b"data:", b"event:")
_OTHER_FIELDS = (b":", b"id:", b"retry:")
_LINE_END = re.compile(rb"[\r\n]")
_OBJECT = re.compile(rb'\{[ \t\r\n]*+"')
_OBJECTS = re.compile(rb"\[[ \t\r\n]*+\{")
_CODED_LINE = re.compile(rb'[0-9a-z]:["{\[]')
_CODE = re.compile(rb"[0-9a-z]:?\Z")


def sniff(opening: bytes, promised: str, *, ended: bool = False) -> str | None:
    """The framing of a body that begins so, `promised` where nothing shows another. None: too short to tell.

    `promised` is a member of SNIFFED; `ended`: the body has no more. The verdict hangs on the body's first
    bytes alone, however they were cut, and nothing is told before it that could be shown: until then no
    framing has a whole record. Where it falls early, it leaves the rest open: json-concat reads a single JSON
    value, lines of JSON and values side by side alike.

    - `data:` or `event:` begin an event stream, as do comments, ids and retries before them.
    - A record separator begins a JSON text sequence.
    - Under JSON, an array of objects is one that is still being written, and an object or a string may be the
      first of many. Elsewhere the object's first name must follow its brace, for text can begin with a brace.
    - Elsewhere than under JSON, one digit or letter, a colon, and JSON begin a prefixed line.
    """
    whole = ended or len(opening) >= _MOST
    start = opening[:_MOST]
    if not whole and _BOM.startswith(start):
        return None
    start = start.removeprefix(_BOM).lstrip(_SPACE)
    if not start:
        return promised if whole else None
    if start.startswith(_RS):
        return "json-seq"
    found = (_event_stream(start), _json(start) if promised == "json" else _bare(start))
    if "" in found and not any(found) and not whole:
        return None
    return found[0] or found[1] or promised


def _event_stream(start: bytes) -> str | None:
    """The event stream; None where it is none, "" where that can't be told yet."""
    *lines, last = _LINE_END.split(start)
    for line in lines:
        if line.startswith(_FIELDS):
            return "sse"
        if line and not line.startswith(_OTHER_FIELDS):
            return None
    if last.startswith(_FIELDS):
        return "sse"
    may_be = last.startswith(_OTHER_FIELDS) or any(
        field.startswith(last) for field in _FIELDS + _OTHER_FIELDS
    )
    return "" if may_be else None


def _json(start: bytes) -> str | None:
    """Likewise, one value or more under a media type for JSON."""
    if _OBJECTS.match(start):
        return "json-array"
    if start.startswith(b"[") and not start[1:].strip(_SPACE):
        return ""
    return "json-concat" if start.startswith((b"{", b"[", b'"')) else None


def _bare(start: bytes) -> str | None:
    """Likewise, whatever else may come under a media type for text, or none."""
    if _OBJECT.match(start):
        return "json-concat"
    if _OBJECTS.match(start):
        inner = start[1:].lstrip(_SPACE)
        return "json-array" if _OBJECT.match(inner) else _unless_open(inner)
    if _CODED_LINE.match(start):
        return "prefixed-lines"
    return "" if _CODE.match(start) else _unless_open(start)


def _unless_open(start: bytes) -> str | None:
    """ "" where no more than a bracket stands there yet."""
    return "" if start.startswith((b"{", b"[")) and not start[1:].strip(_SPACE) else None
