"""Bytes to frames and back, by the answer's framing. Must not know JSON's meaning, nor any vendor.

A new way of framing is a row in `DECODERS`; which media types carry it, a row in `media_type`; how it begins
under another one, a line in `sniffing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fetch2py.framing.connect import ConnectDecoder, EndStream, read_end_stream
from fetch2py.framing.envelopes import encode_envelope
from fetch2py.framing.frame import MAX_EVENT_BYTES, Decoder, Frame
from fetch2py.framing.grpc_web import GRPCWebDecoder, read_trailers
from fetch2py.framing.json_seq import JSONSeqDecoder
from fetch2py.framing.json_values import JSONArrayDecoder, JSONConcatDecoder
from fetch2py.framing.lines import NDJSONDecoder, PrefixedLinesDecoder
from fetch2py.framing.media_type import decoder_for, essence, unreadable
from fetch2py.framing.multipart import MultipartDecoder
from fetch2py.framing.sniffing import SNIFFED, sniff
from fetch2py.framing.sse import SSEDecoder, encode_event, records
from fetch2py.framing.whole import BodyDecoder, JSONDecoder, TextDecoder

__all__ = [
    "DECODERS",
    "MAX_EVENT_BYTES",
    "SNIFFED",
    "BodyDecoder",
    "Decoder",
    "EndStream",
    "Frame",
    "decoder_for",
    "encode_envelope",
    "encode_event",
    "essence",
    "read_end_stream",
    "read_trailers",
    "records",
    "sniff",
    "unreadable",
]

DECODERS: Mapping[str, Callable[..., Decoder]] = MappingProxyType(
    {
        "sse": SSEDecoder,
        "connect": ConnectDecoder,
        "grpc-web": GRPCWebDecoder,
        "ndjson": NDJSONDecoder,
        "json": JSONDecoder,
        "json-array": JSONArrayDecoder,
        "json-concat": JSONConcatDecoder,
        "json-seq": JSONSeqDecoder,
        "multipart": MultipartDecoder,
        "prefixed-lines": PrefixedLinesDecoder,
        "text": TextDecoder,
    }
)
"""The name of each framing and its decoder; a decoder's options are keywords."""
