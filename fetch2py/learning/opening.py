"""Which framing a whole body is in that came as text, as JSON, or under no media type at all.

Knows how framings begin. Must not know what their records hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fetch2py.jsontext import is_json, parse

__all__ = ["framed", "is_page"]

_PAGE = re.compile(rb"[\s\xef\xbb\xbf]{0,100}+<(?:!doctype\s{1,10}+html|html|head|body)\b", re.IGNORECASE)
_EVENT = re.compile(rb"[\xef\xbb\xbf\r\n]{0,8}+(?::|(?:data|event|id|retry):)")
_CODE = re.compile(r"[0-9a-z]{1,2}:(?=[\[{\"tfn0-9-])")
_BOUNDARY = re.compile(rb"\r?\n?--([^\r\n]{1,70})\r\n")
_RECORD_MARK = b"\x1e"
_MOST_LINES = 50
"""So many lines show of what kind all are."""

_HEAD = 5
_FLAGS = frozenset((0x00, 0x01, 0x02, 0x03, 0x80))


def is_page(body: bytes) -> bool:
    """Whether a body is a web page."""
    return _PAGE.match(body) is not None


def framed(body: bytes, promised: str, options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The name and the options of the decoder to read the whole body with. `promised` is text or json."""
    name, more = _guess(body)
    return (promised, options) if name == promised else (name, more)


def _guess(body: bytes) -> tuple[str, Mapping[str, Any]]:
    if body.startswith(_RECORD_MARK):
        return "json-seq", {}
    if _is_enveloped(body):
        return ("grpc-web" if _ends_in_trailers(body) else "connect"), {}
    if _EVENT.match(body):
        return "sse", {}
    if boundary := _BOUNDARY.match(body):
        return "multipart", {"boundary": boundary[1].decode("latin-1").strip()}
    text = body.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text[:1] in ("{", "["):
        return _of_json(text), {}
    lines = [line for line in text.split("\n", _MOST_LINES)[:_MOST_LINES] if line.strip()]
    if lines and all(_CODE.match(line) for line in lines) and is_json(lines[0].partition(":")[2]):
        return "prefixed-lines", {}
    return ("ndjson" if len(lines) > 1 and all(map(is_json, lines[:-1])) else "text"), {}


def _of_json(text: str) -> str:
    """The framing of what begins with a JSON object or array."""
    first = text.partition("\n")[0]
    try:
        value = parse(text)
    except ValueError:
        if is_json(first.strip()):
            return "ndjson"
        return "json-array" if text.startswith("[") else "json-concat"
    several = isinstance(value, list) and len(value) > 1 and all(isinstance(one, dict) for one in value)
    return "json-array" if several else "json"


def _is_enveloped(body: bytes) -> bool:
    """Whether a body begins with an envelope's head, and what it says fits."""
    if len(body) < _HEAD or body[0] not in _FLAGS:
        return False
    end = _HEAD + int.from_bytes(body[1:_HEAD], "big")
    return end == len(body) or (end < len(body) and body[end] in _FLAGS)


def _ends_in_trailers(body: bytes) -> bool:
    position = 0
    while len(body) - position >= _HEAD:
        if body[position] & 0x80:
            return True
        position += _HEAD + int.from_bytes(body[position + 1 : position + _HEAD], "big")
    return False
