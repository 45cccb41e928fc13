"""Connect's enveloped streams: envelopes out of bytes and back, and what the last envelope says.

Source: connectrpc.com, the protocol reference, "Streaming-RPCs". Must not know what a message means.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fetch2py import jsontext
from fetch2py.framing.compression import DECOMPRESSORS, decompress
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame, too_large

__all__ = ["ConnectDecoder", "EndStream", "encode_envelope", "read_end_stream"]

_HEADER = struct.Struct(">BI")
_COMPRESSED = 0x01
_END = 0x02


class ConnectDecoder:
    """Envelopes as frames; a Decoder.

    `encoding` is the value of the answer's connect-content-encoding field, "" where it has none. A compressed
    payload is delivered in clear, and as it came on the wire where it can't be decompressed; `problem` tells.
    Flags stay as on the wire. What follows the end envelope is a problem, and is delivered all the same.
    """

    def __init__(self, *, encoding: str = "", max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.complete = False
        self.problem = ""
        self.stopped = False
        self._encoding = encoding.strip().lower()
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
        start, size = 0, len(received)
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
            if flags & (_COMPRESSED | _END):
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
        if not flags & _END:
            return Frame(None, payload, "", flags)
        self._ended = True
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


@dataclass(frozen=True, slots=True)
class EndStream:
    """What an end envelope says. `error` is the error object as it came, None where there is none."""

    error: Mapping[str, Any] | None = None
    metadata: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_end_stream(payload: bytes) -> EndStream:
    """The EndStreamResponse in an end envelope's payload, in clear. Further members don't count.

    Raises ValueError, with a sentence for a person, for anything that is not one: an error that is no object,
    metadata that is not an object of lists of strings. A null error is none, as Connect's own suite has it.
    """
    try:
        response = jsontext.parse(payload.decode("utf-8"))
    except ValueError:
        raise ValueError("The answer's end envelope is not JSON.") from None
    if not isinstance(response, dict):
        raise ValueError("The answer's end envelope is not a JSON object.")
    error = response.get("error")
    if error is not None and not isinstance(error, dict):
        raise ValueError("The error in the answer's end envelope is not an object.")
    return EndStream(error, _metadata(response.get("metadata", {})))


def encode_envelope(payload: bytes, flags: int = 0) -> bytes:
    """One envelope: the flag byte, the payload's length in four bytes, big-endian, and the payload.

    Raises ValueError where the flags don't fit a byte or the length four.
    """
    try:
        return _HEADER.pack(flags, len(payload)) + payload
    except struct.error as exc:
        raise ValueError(f"no envelope holds flags {flags} and {len(payload):,} bytes") from exc


def _metadata(value: object) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for name, values in value.items() if isinstance(value, dict) else [("", None)]:
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            raise ValueError("The metadata in the answer's end envelope is not lists of strings by name.")
        fields[name] = tuple(values)
    return fields


def _unusable(encoding: str) -> str:
    if encoding in ("", "identity"):
        return "An envelope of the answer is marked as compressed, but the answer names no encoding for it."
    return f"An envelope of the answer is compressed as {encoding[:40]!r}, which is not known here."
