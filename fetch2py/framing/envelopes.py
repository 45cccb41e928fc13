"""Envelopes: a flag byte, the payload's length in four bytes, big-endian, and the payload.

Source: the framing that gRPC (PROTOCOL-HTTP2.md, "Length-Prefixed-Message"), gRPC-Web and Connect share. Must
not know which of them an answer speaks, nor what a payload means.
"""

from __future__ import annotations

import struct

from fetch2py.framing.compression import DECOMPRESSORS, decompress
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame, too_large

__all__ = ["EnvelopeDecoder", "encode_envelope"]

_HEADER = struct.Struct(">BI")
_COMPRESSED = 0x01


class EnvelopeDecoder:
    """Envelopes as frames; what the Decoders of its protocols have in common.

    `end_flag` marks the last envelope, `encoding` is how the answer's head says that payloads are compressed,
    "" where it says nothing. A compressed payload is delivered in clear, and as it came on the wire where it
    can't be decompressed; `problem` tells. Flags stay as on the wire. What follows the last envelope is a
    problem, and is delivered all the same.
    """

    def __init__(self, end_flag: int, *, encoding: str = "", max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self.stopped = False
        self._encoding = encoding.strip().lower()
        self._end_flag = end_flag
        self._special = end_flag | _COMPRESSED
        self._limit = max_event_bytes
        self._buffer = bytearray()
        self._ended = False

    def receive_data(self, data: bytes) -> list[Frame]:
        """The envelopes that these bytes complete, in order."""
        if self.stopped or not data:
            return []
        if self._ended:
            self._report("The answer goes on after its end envelope.")
        if self._buffer:
            self._buffer += data
            frames, read = self._envelopes(self._buffer)
            del self._buffer[:read]
        else:
            # Servers flush after each envelope, so most pieces are whole ones and needn't be kept.
            frames, read = self._envelopes(data)
            self._buffer += data[read:]
        # Whatever is behind the end envelope, whole or not, is a problem by now.
        self.complete = self._ended and not self.problem
        return frames

    def receive_end(self) -> list[Frame]:
        """Nothing more: an envelope that the end of the stream cuts is no envelope."""
        return []

    def _envelopes(self, received: bytes | bytearray) -> tuple[list[Frame], int]:
        """The envelopes that are whole, and the position behind them."""
        # Nearly every envelope is plain, and becomes a frame right here, without a call: that is what keeps
        # decoding cheap beside parsing the JSON in it.
        new, frames = tuple.__new__, []
        start, size, special = 0, len(received), self._special
        while size - start >= _HEADER.size:
            flags, length = _HEADER.unpack_from(received, start)
            if length > self._limit:
                self._report(too_large(self._limit))
                self.stopped = True
                start = size
                break
            end = start + _HEADER.size + length
            if end > size:
                break
            payload = bytes(received[start + _HEADER.size : end])
            if flags & special:
                frames.append(self._frame(flags, payload))
            else:
                frames.append(new(Frame, (None, payload, "", flags, True)))
            start = end
            if self._ended and start < size:
                self._report("The answer goes on after its end envelope.")
        return frames, start

    def _frame(self, flags: int, payload: bytes) -> Frame:
        # An empty payload is never compressed, whatever its flag says.
        if flags & _COMPRESSED and payload:
            payload = self._clear(payload)
        if not flags & self._end_flag:
            return Frame(None, payload, "", flags)
        self._ended = True
        return self._last(payload, flags)

    def _last(self, payload: bytes, flags: int) -> Frame:
        """The last envelope's frame."""
        return Frame("end", payload, "", flags)

    def _clear(self, payload: bytes) -> bytes:
        if self._encoding not in DECOMPRESSORS:
            self._report(_unusable(self._encoding))
            return payload
        try:
            return decompress(payload, self._encoding, self._limit)
        except ValueError as broken:
            self._report(str(broken))
            return payload

    def _report(self, problem: str) -> None:
        # The first thing that broke explains what follows.
        self.problem = self.problem or problem


def encode_envelope(payload: bytes, flags: int = 0) -> bytes:
    """One envelope: the flag byte, the payload's length in four bytes, big-endian, and the payload.

    Raises ValueError where the flags don't fit a byte or the length four.
    """
    try:
        return _HEADER.pack(flags, len(payload)) + payload
    except struct.error as exc:
        raise ValueError(f"no envelope holds flags {flags} and {len(payload):,} bytes") from exc


def _unusable(encoding: str) -> str:
    if encoding in ("", "identity"):
        return "An envelope of the answer is marked as compressed, but the answer names no encoding for it."
    return f"An envelope of the answer is compressed as {encoding[:40]!r}, which is not known here."
