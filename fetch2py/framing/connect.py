"""Connect's enveloped streams: what the last envelope says.

Source: connectrpc.com, the protocol reference, "Streaming-RPCs". Must not know what a message means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fetch2py import jsontext
from fetch2py.framing.envelopes import EnvelopeDecoder
from fetch2py.framing.frame import MAX_EVENT_BYTES

__all__ = ["ConnectDecoder", "EndStream", "read_end_stream"]

_END = 0x02


class ConnectDecoder(EnvelopeDecoder):
    """Envelopes as frames, the last under the event name "end"; a Decoder.

    `encoding` is the value of the answer's connect-content-encoding field.
    """

    def __init__(self, *, encoding: str = "", max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        super().__init__(_END, encoding=encoding, max_event_bytes=max_event_bytes)


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


def _metadata(value: object) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for name, values in value.items() if isinstance(value, dict) else [("", None)]:
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            raise ValueError("The metadata in the answer's end envelope is not lists of strings by name.")
        fields[name] = tuple(values)
    return fields
