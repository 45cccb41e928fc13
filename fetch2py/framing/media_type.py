"""Which framing an answer's media type promises. Must not know how any framing is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["decoder_for", "essence", "parameter", "unreadable"]

_PARAMETER = re.compile(r';[ \t]*+([^ \t=;]++)[ \t]*+=[ \t]*+(?:"((?:[^"\\]++|\\.)*+)"|([^;]*+))', re.DOTALL)

_FRAMINGS: Mapping[str, str] = MappingProxyType(
    {
        "text/event-stream": "sse",
        "application/json": "json",
        "text/json": "json",
        "application/x-ndjson": "ndjson",
        "application/ndjson": "ndjson",
        "application/jsonl": "ndjson",
        "application/x-jsonl": "ndjson",
        "application/jsonlines": "ndjson",
        "application/x-jsonlines": "ndjson",
        "application/json-lines": "ndjson",
        "application/stream+json": "ndjson",
        "application/x-json-stream": "ndjson",
        "application/json-seq": "json-seq",
        "application/grpc-web": "grpc-web",
        "application/grpc-web-text": "grpc-web",
    }
)
"""Framings by media type. Whole families are in _FAMILIES."""

_FAMILIES = (
    ("application/connect+", "", "connect"),
    ("application/grpc-web+", "", "grpc-web"),
    ("application/grpc-web-text+", "", "grpc-web"),
    ("multipart/", "", "multipart"),
    ("", "+json-seq", "json-seq"),
    ("", "+json", "json"),
)
"""How the media types of a family begin and end, and their framing. The first that fits counts."""

_BINARY: Mapping[str, str] = MappingProxyType(
    {
        "application/connect+proto": "Protocol Buffers",
        "application/grpc-web": "Protocol Buffers",
        "application/grpc-web-text": "Protocol Buffers",
        "application/grpc-web+proto": "Protocol Buffers",
        "application/grpc-web-text+proto": "Protocol Buffers",
        "application/grpc": "gRPC",
        "application/grpc+proto": "gRPC",
        "application/proto": "Protocol Buffers",
        "application/protobuf": "Protocol Buffers",
        "application/x-protobuf": "Protocol Buffers",
        "application/msgpack": "MessagePack",
        "application/x-msgpack": "MessagePack",
        "application/cbor": "CBOR",
        "application/vnd.amazon.eventstream": "the binary event stream of AWS",
    }
)
"""Media types whose records are no text, and what they are."""


def decoder_for(content_type: str, headers: Iterable[tuple[str, str]] = ()) -> tuple[str, Mapping[str, Any]]:
    """The framing's name in DECODERS and its options, from the answer's media type and header fields.

    A media type's case doesn't count (RFC 9110 section 8.3.1). What is unknown is text, in the charset that
    the media type names.
    """
    media_type = essence(content_type)
    framing = _FRAMINGS.get(media_type) or next(
        (name for start, end, name in _FAMILIES if media_type.startswith(start) and media_type.endswith(end)),
        "text",
    )
    fields: dict[str, str] = {}
    for name, value in headers:
        # Of two fields the first counts.
        fields.setdefault(name.lower(), value)
    return framing, {name: value for name, value in _options(framing, content_type, fields).items() if value}


def essence(content_type: str) -> str:
    """The type and subtype, in lower case, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def parameter(content_type: str, name: str) -> str:
    """The media type's parameter of this name, "" where it has none (RFC 9110 section 5.6.6).

    Values without the quotes that they should have are read up to the next semicolon.
    """
    for found, quoted, bare in _PARAMETER.findall(content_type):
        if found.lower() == name:
            return str(re.sub(r"\\(.)", r"\1", quoted) or bare.strip().strip('"'))
    return ""


def unreadable(content_type: str) -> str:
    """What the records under this media type are, where they are no text; "" for what can be read."""
    return _BINARY.get(essence(content_type), "")


def _options(framing: str, content_type: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
    if framing == "connect":
        return {"encoding": fields.get("connect-content-encoding")}
    if framing == "grpc-web":
        return {
            "encoding": fields.get("grpc-encoding"),
            "text": essence(content_type).startswith("application/grpc-web-text"),
            "status": fields.get("grpc-status"),
            "message": fields.get("grpc-message"),
        }
    if framing == "multipart":
        return {"boundary": parameter(content_type, "boundary")}
    return {"charset": parameter(content_type, "charset")} if framing == "text" else {}
