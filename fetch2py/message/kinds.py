"""What kind of body a request has, and why no message can be put into some of them.

Knows media types and how bodies begin. Must not know what a body says.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from fetch2py import envelope, jsontext
from fetch2py.errors import SlotError
from fetch2py.message.carriers import media_type
from fetch2py.message.coding import is_opaque, unpacked
from fetch2py.message.lines import is_lines
from fetch2py.message.texts import words
from fetch2py.request import Request

__all__ = ["CARRIER_OF", "UNFILLABLE", "is_telemetry", "kind_of"]

_BY_MEDIA_TYPE = (
    (re.compile(r"application/(connect|grpc-web|grpc-web-text|grpc)\+json$"), "connect"),
    (re.compile(r"application/(connect|grpc|grpc-web|grpc-web-text)(\+proto)?$"), "protobuf"),
    (re.compile(r"application/((x-)?proto(buf)?|x-google-protobuf|vnd\.google\.protobuf)$"), "protobuf"),
    (re.compile(r"multipart/"), "multipart"),
    (re.compile(r"(application|text)/json$|.*\+json$"), "json"),
    (re.compile(r"application/(x-)?(ndjson|jsonl|jsonlines|ldjson)$"), "json"),
)
CARRIER_OF = {
    "json": "json",
    "connect": "connect",
    "form": "form",
    "multipart": "multipart",
    "text": "raw",
}
"""The carrier of each kind of body that a message can be put into."""
_AS_CAPTURED = "it still goes out as it was captured."
UNFILLABLE = {
    "none": "There is nothing to replace: the request has no body; the message was sent by another request.",
    "protobuf": f"The body is Protocol Buffers, whose fields have no names to go by; {_AS_CAPTURED}",
    "binary": f"The body is binary, not text; {_AS_CAPTURED}",
}
"""The kinds of request that no message can be put into, with the reason as a sentence for a person."""

_FORM = "application/x-www-form-urlencoded"
# A body that is sent without its type, and can be nothing else.
_PAIRS = re.compile(rb"[\w.%*\[\]-]++=[!-%'-<>-~]*+(?:&[\w.%*\[\]-]++=[!-%'-<>-~]*+)++&?")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_LARGEST_FLAGS = 3
_TELEMETRY = words(
    """
    telemetry analytics beacon beacons metrics sentry stats tracking tracker collect collector rum logs
    log track errors error crash crashes exceptions
    """
)


def kind_of(request: Request) -> str:
    """json, connect, form, multipart, query, text, protobuf, binary or none; by media type, or by content."""
    if not request.body:
        return "query" if request.url.partition("#")[0].partition("?")[2] else "none"
    if is_opaque(request):
        return "binary"
    try:
        body = unpacked(request).body or b""
    except SlotError:
        return "binary"
    declared = media_type(request)
    for pattern, kind in _BY_MEDIA_TYPE:
        if pattern.match(declared):
            return kind
    # Sites send JSON under other media types too: text/plain saves them a preflight.
    if _is_json(body):
        return "json"
    if _is_enveloped(body):
        return "connect"
    # Scripts that leave the type to a library send texts of any format as a form.
    if (declared == _FORM and _is_form(body)) or _PAIRS.fullmatch(body):
        return "form"
    return "binary" if _CONTROL.search(body) or not _is_utf8(body) else "text"


def is_telemetry(url: str) -> bool:
    """Whether host or path name a place that collects reports rather than one that answers."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    words = {*(parts.hostname or "").lower().split("."), *parts.path.lower().split("/")}
    return not words.isdisjoint(_TELEMETRY)


def _is_json(body: bytes) -> bool:
    inside = body.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n")
    if inside[:1] not in (b"{", b"[") or inside[-1:] not in (b"}", b"]") or not _is_utf8(body):
        return False
    text = body.decode()
    return jsontext.is_json(text) or is_lines(text)


def _is_form(body: bytes) -> bool:
    return b"=" in body and not body.lstrip().startswith(b"<")


def _is_enveloped(body: bytes) -> bool:
    # Lengths that had to be made anew are no sign of envelopes.
    if body[0] > _LARGEST_FLAGS or not envelope.fits(body):
        return False
    return any(each.payload.startswith(b"{") for each in envelope.split(body))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
