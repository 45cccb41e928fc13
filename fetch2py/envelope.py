"""The envelopes of a streaming Connect body: one flag byte, the length as 4 big-endian bytes, the payload.

Knows the layout (connectrpc.com, the protocol reference; gRPC-Web has the same one), and that a payload whose
header was spoilt is JSON. Must not know what a payload means.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fetch2py import jsontext

__all__ = ["COMPRESSED", "Envelope", "fits", "joined", "split"]

COMPRESSED = 0x01
"""The flag of a payload that is compressed."""

_HEADER = 5
# Each of its bytes may have become U+FFFD, three bytes in UTF-8.
_LONGEST_HEADER = 15


class Envelope(NamedTuple):
    """One envelope: its flag byte and its payload, as on the wire. The length is the payload's own."""

    flags: int
    payload: bytes


def split(body: bytes) -> tuple[Envelope, ...]:
    """The body's envelopes, in order.

    Where the lengths don't add up to the body (bytes of a header were lost when the snippet was made), it is
    read as one envelope: behind five bytes if a JSON object begins there and goes on to the end, or else from
    the first `{` of which that is true, or of all. With no `{` in it there is none.
    """
    if not fits(body):
        return _rebuilt(body)
    return tuple(Envelope(body[start - _HEADER], body[start:end]) for start, end in _payloads(body))


def fits(body: bytes) -> bool:
    """Whether the body is whole envelopes and nothing else: their lengths add up to its own."""
    ends = [0, *(end for _, end in _payloads(body))]
    return ends[-1] == len(body)


def joined(envelopes: tuple[Envelope, ...]) -> bytes:
    """The body that holds these envelopes, each with the length that its payload has."""
    return b"".join(
        bytes((envelope.flags,)) + len(envelope.payload).to_bytes(4, "big") + envelope.payload
        for envelope in envelopes
    )


def _payloads(body: bytes) -> Iterator[tuple[int, int]]:
    """The (start, end) of each payload as the lengths tell; the last end may lie beyond the body's."""
    position = 0
    while position + _HEADER <= len(body):
        start = position + _HEADER
        position = start + int.from_bytes(body[position + 1 : start], "big")
        yield start, position


def _rebuilt(body: bytes) -> tuple[Envelope, ...]:
    first = body.find(b"{")
    if first < 0:
        return ()
    # A byte of a length can be a brace too.
    starts = (_HEADER, *range(first, _LONGEST_HEADER + 1))
    start = next((each for each in starts if _is_object(body, each)), first)
    return (Envelope(body[0] if start else 0, body[start:]),)


def _is_object(body: bytes, start: int) -> bool:
    """Whether the body from `start` to its end is a JSON object."""
    if body[start : start + 1] != b"{":
        return False
    try:
        jsontext.parse(body[start:].decode())
    except ValueError:
        return False
    return True
