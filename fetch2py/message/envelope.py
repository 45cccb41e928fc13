"""The envelopes of a streaming Connect body: one flag byte, the length as 4 big-endian bytes, the payload.

Knows the layout (connectrpc.com, the protocol reference; gRPC-Web has the same one). Must not know JSON, nor
what a payload means.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMPRESSED", "Envelope", "joined", "split"]

COMPRESSED = 0x01
"""The flag of a payload that is compressed."""

_HEADER = 5


class Envelope(NamedTuple):
    """One envelope: its flag byte and its payload, as on the wire. The length is the payload's own."""

    flags: int
    payload: bytes


def split(body: bytes) -> tuple[Envelope, ...]:
    """The body's envelopes, in order.

    Where the lengths don't add up to the body (bytes of a header were lost when the snippet was made), it is
    read as one envelope whose JSON object begins at the first `{`; with no `{` in it there is none.
    """
    envelopes = []
    position = 0
    while position + _HEADER <= len(body):
        start = position + _HEADER
        position = start + int.from_bytes(body[position + 1 : start], "big")
        envelopes.append(Envelope(body[start - _HEADER], body[start:position]))
    return tuple(envelopes) if position == len(body) else _rebuilt(body)


def joined(envelopes: tuple[Envelope, ...]) -> bytes:
    """The body that holds these envelopes, each with the length that its payload has."""
    return b"".join(
        bytes((envelope.flags,)) + len(envelope.payload).to_bytes(4, "big") + envelope.payload
        for envelope in envelopes
    )


def _rebuilt(body: bytes) -> tuple[Envelope, ...]:
    start = body.find(b"{")
    if start < 0:
        return ()
    # No JSON object begins with two braces, so the first of them was a length's last byte.
    start += body[start + 1 : start + 2] == b"{"
    return (Envelope(body[0] if start else 0, body[start:]),)
