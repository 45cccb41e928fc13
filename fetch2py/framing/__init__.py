"""Bytes to frames and back, by the answer's framing. Must not know JSON's meaning, nor any vendor.

A new way of framing is a row in `DECODERS`; which media types carry it, a row in `media_type`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fetch2py.framing.connect import ConnectDecoder, EndStream, encode_envelope, read_end_stream
from fetch2py.framing.frame import MAX_EVENT_BYTES, Decoder, Frame
from fetch2py.framing.media_type import decoder_for
from fetch2py.framing.spacing import writes_no_space
from fetch2py.framing.sse import SSEDecoder, encode_event, records
from fetch2py.framing.whole import JSONDecoder, TextDecoder

__all__ = [
    "DECODERS",
    "MAX_EVENT_BYTES",
    "Decoder",
    "EndStream",
    "Frame",
    "decoder_for",
    "encode_envelope",
    "encode_event",
    "read_end_stream",
    "records",
    "writes_no_space",
]

DECODERS: Mapping[str, Callable[..., Decoder]] = MappingProxyType(
    {
        "sse": SSEDecoder,
        "connect": ConnectDecoder,
        "json": JSONDecoder,
        "text": TextDecoder,
    }
)
"""The name of each framing and its decoder; a decoder's options are keywords."""
