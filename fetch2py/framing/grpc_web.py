"""gRPC-Web: envelopes out of bytes or base64, and the trailers in the last of them.

Source: github.com/grpc/grpc, doc/PROTOCOL-WEB.md; statuses and messages as in its doc/PROTOCOL-HTTP2.md. Must
not know what a message means.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64
from urllib.parse import unquote

from fetch2py.framing.connect import EndStream
from fetch2py.framing.envelopes import EnvelopeDecoder
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame

__all__ = ["GRPCWebDecoder", "read_trailers"]

_TRAILERS = 0x80
_SPACE = b" \t\r\n"
_GROUP = 4
_MOST_PADDING = 2
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)*+")
_PIECE = re.compile(rb"[^=]++=*+")
"""Padding ends a piece of base64, and another begins behind it."""

_CODES = (
    "ok",
    "canceled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "unavailable",
    "data_loss",
    "unauthenticated",
)
"""The names of gRPC's statuses, by number, as Connect spells them."""


class GRPCWebDecoder(EnvelopeDecoder):
    """Envelopes as frames, the last under the event name "trailers"; a Decoder.

    The trailers' data is a JSON object: their names in lower case, their values, a repeated one's joined by
    commas, the message without its percent-encoding. `encoding` is the value of the answer's grpc-encoding
    field. `text`: the body is base64, whose pieces may each have their padding. `status` and `message` are
    the grpc-status and grpc-message of an answer that has them in its head: where no envelope tells them,
    they are the trailers, as a frame that isn't standard.
    """

    def __init__(
        self,
        *,
        encoding: str = "",
        text: bool = False,
        status: str = "",
        message: str = "",
        max_event_bytes: int = MAX_EVENT_BYTES,
    ) -> None:
        super().__init__(_TRAILERS, encoding=encoding, max_event_bytes=max_event_bytes)
        self._text = text
        self._group = b""
        self._head = {"grpc-status": status, "grpc-message": unquote(message)} if status else {}

    def receive_data(self, data: bytes) -> list[Frame]:
        """The envelopes that these bytes complete, in order."""
        if not self._text or self.stopped:
            return super().receive_data(data)
        data = self._group + data.translate(None, _SPACE)
        whole = len(data) - len(data) % _GROUP
        self._group = data[whole:]
        clear, sound = _decoded(data[:whole])
        frames = super().receive_data(clear)
        if not sound:
            self._report("The answer is not the base64 that its media type promises.")
            self.complete, self.stopped = False, True
        return frames

    def receive_end(self) -> list[Frame]:
        """The trailers that the answer's head told."""
        self.complete = self.complete and not self._group
        if self._ended or not self._head or self._buffer or self._group or self.problem:
            return []
        self.complete = True
        return [Frame("trailers", json.dumps(self._head).encode(), "", _TRAILERS, False)]

    def _last(self, payload: bytes, flags: int) -> Frame:
        return Frame("trailers", json.dumps(_fields(payload)).encode(), "", flags)


def read_trailers(payload: bytes) -> EndStream:
    """What a frame of trailers says; the error's members are code and message.

    Raises ValueError, with a sentence for a person, where there is no status in them.
    """
    fields = json.loads(payload)
    status = fields.pop("grpc-status", "")
    message = fields.pop("grpc-message", "")
    metadata = {name: (value,) for name, value in fields.items()}
    if not (status.isascii() and status.isdigit()):
        raise ValueError("The answer's trailers have no grpc-status.")
    if not status.strip("0"):
        return EndStream(None, metadata)
    code = _CODES[int(status)] if status in map(str, range(len(_CODES))) else "unknown"
    return EndStream({"code": code, "message": message}, metadata)


def _decoded(groups: bytes) -> tuple[bytes, bool]:
    """What groups of base64 hold, and whether they are sound; up to the first that isn't."""
    bare = groups.rstrip(b"=")
    if len(groups) - len(bare) <= _MOST_PADDING and not bare.translate(None, _ALPHABET):
        return a2b_base64(groups), True
    sound = _BASE64.match(groups).end()  # type: ignore[union-attr]  # it matches anywhere
    return b"".join(map(a2b_base64, _PIECE.findall(groups, 0, sound))), sound == len(groups)


def _fields(payload: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in payload.decode("utf-8", "replace").replace("\r", "\n").split("\n"):
        name, colon, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        if colon:
            value = unquote(value) if name == "grpc-message" else value
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields
