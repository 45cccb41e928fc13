"""Which framing an answer's media type promises. Must not know how any framing is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["decoder_for"]

_CONNECT_STREAM = "application/connect+"
_ENCODING = "connect-content-encoding"


def decoder_for(content_type: str, headers: Iterable[tuple[str, str]] = ()) -> tuple[str, Mapping[str, str]]:
    """The framing's name in DECODERS and its options, from the answer's media type and header fields.

    A media type's case doesn't count (RFC 9110 section 8.3.1). What is unknown is text, in the charset that
    the media type names.
    """
    essence, _, parameters = content_type.partition(";")
    essence = essence.strip().lower()
    if essence == "text/event-stream":
        return "sse", {}
    if essence.startswith(_CONNECT_STREAM):
        return "connect", _connect_options(headers)
    if essence == "application/json" or essence.endswith("+json"):
        return "json", {}
    return "text", _text_options(parameters)


def _connect_options(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    for name, value in headers:
        if name.lower() == _ENCODING:
            return {"encoding": value}
    return {}


def _text_options(parameters: str) -> dict[str, str]:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return {"charset": value.strip().strip('"')}
    return {}
