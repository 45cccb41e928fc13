"""The same answer in every framing, and what each is split and parsed with where nothing else is wanted."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import NamedTuple

from fetch2py.framing import encode_envelope, encode_event

__all__ = ["FRAMINGS", "Framing", "body_of", "parse_each"]

DELIMITER = b"\r\n---"
HEAD = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
TRAILERS = encode_envelope(b"grpc-status:0\r\n", 0x80)


class Framing(NamedTuple):
    """How a record is written, what stands before the first and behind the last, and the floor.

    The floor is the least that reads such a body into parsed records. None where splitting takes a parser:
    there it is handed the records, split.
    """

    name: str
    content_type: str
    written: Callable[[bytes], bytes]
    floor: Callable[[bytes], object] | None
    before: bytes = b""
    behind: bytes = b""


def body_of(framing: Framing, records: Sequence[bytes]) -> list[bytes]:
    """The pieces of a body: what is before, each record, what is behind."""
    return [framing.before, *map(framing.written, records), framing.behind]


def split_events(body: bytes) -> None:
    for event in body.split(b"\n\n"):
        if event:
            json.loads(event[len(b"data: ") :])


def split_lines(body: bytes) -> None:
    for line in body.split(b"\n"):
        if line:
            json.loads(line)


def split_prefixed(body: bytes) -> None:
    for line in body.split(b"\n"):
        if line:
            json.loads(line[line.index(b":") + 1 :])


def parse_each(records: Sequence[bytes]) -> None:
    for record in records:
        json.loads(record)


def split_records(body: bytes) -> None:
    for record in body.split(b"\x1e"):
        if record:
            json.loads(record)


def split_parts(body: bytes) -> None:
    for part in body.split(DELIMITER)[:-1]:
        json.loads(part.partition(b"\r\n\r\n")[2])


def slice_envelopes(body: bytes) -> None:
    at = 0
    while at < len(body):
        length = int.from_bytes(body[at + 1 : at + 5], "big")
        if not body[at] & 0x80:
            json.loads(body[at + 5 : at + 5 + length])
        at += 5 + length


FRAMINGS = (
    Framing("event stream", "text/event-stream", lambda record: encode_event(record.decode()), split_events),
    Framing("lines", "application/x-ndjson", lambda record: record + b"\n", split_lines),
    Framing("prefixed lines", "text/plain", lambda record: b"0:" + record + b"\n", split_prefixed),
    Framing("values side by side", "application/json", bytes, None),
    Framing("array", "application/json", lambda record: record + b",\n", None, b"[", b"{}]"),
    Framing("sequence", "application/json-seq", lambda record: b"\x1e" + record + b"\n", split_records),
    Framing("parts", "multipart/mixed", lambda record: HEAD + record + DELIMITER, split_parts, b"---", b"--"),
    Framing(
        "Connect",
        "application/connect+json",
        encode_envelope,
        slice_envelopes,
        behind=encode_envelope(b"{}", 2),
    ),
    Framing("gRPC-Web", "application/grpc-web+json", encode_envelope, slice_envelopes, behind=TRAILERS),
    Framing(
        "gRPC-Web in base64",
        "application/grpc-web-text+json",
        # Three bytes make one group of four: no padding in the middle, as the floor wants it.
        lambda record: b64encode(encode_envelope(record + b" " * (-(len(record) + 5) % 3))),
        lambda body: slice_envelopes(b64decode(body)),
        behind=b64encode(TRAILERS),
    ),
)
