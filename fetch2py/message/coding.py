"""A request whose body is compressed, as its content-encoding field says: unpacked, and packed again.

Knows gzip (RFC 1952) and deflate, which is zlib's format (RFC 9110, section 8.4.1.2). Must not know what a
body means.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fetch2py.errors import SlotError
from fetch2py.request import Request

__all__ = ["is_opaque", "packed", "unpacked"]

# A message's request is far smaller; one that unpacks to more is made to fill the memory.
_LARGEST = 64 * 1024 * 1024
_GZIP, _ZLIB = 31, 15
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
# The other codings that compress (IANA's registry); what else stands in the field changes nothing.
_OTHERS = frozenset(
    ("br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm")
)
_SEPARATOR = re.compile(r"[ \t]*,[ \t]*")


def is_opaque(request: Request) -> bool:
    """Whether the body is declared to be coded in a way that can't be undone here."""
    codings = _codings(request)
    return bool(codings) and (len(codings) > 1 or codings[0] in _OTHERS)


def unpacked(request: Request) -> Request:
    """The request with its body as it was before it was compressed.

    Browsers show some bodies unpacked though the field stays; such a body is left as it is. Raises SlotError
    for one that unpacks to more than a request can be.
    """
    window = _window(request)
    body = _inflated(request.body, window) if request.body and window else None
    return request if body is None else replace(request, body=body)


def packed(request: Request, changed: Request) -> Request:
    """`changed`, which was made of the unpacked `request`, its body packed as the content-encoding says."""
    window = _window(request)
    if not window or not changed.body:
        return changed
    if changed.body == unpacked(request).body != request.body:
        return replace(changed, body=request.body)
    import zlib

    compressor = zlib.compressobj(wbits=window)
    return replace(changed, body=compressor.compress(changed.body) + compressor.flush())


def _codings(request: Request) -> list[str]:
    declared = [value for name, value in request.headers if name.lower() == "content-encoding"]
    names = _SEPARATOR.split(", ".join(declared).strip().lower()) if declared else []
    return [name for name in names if name in _OTHERS or name in _WINDOWS]


def _window(request: Request) -> int:
    """zlib's number for the one coding that is declared, 0 where there is none."""
    codings = _codings(request)
    return _WINDOWS.get(codings[0], 0) if len(codings) == 1 else 0


def _inflated(body: bytes, window: int) -> bytes | None:
    """The body unpacked, None where it isn't packed."""
    import zlib

    inflater = zlib.decompressobj(wbits=window)
    try:
        inflated = inflater.decompress(body, _LARGEST)
    except zlib.error:
        return None
    if inflater.unconsumed_tail:
        raise SlotError(
            f"The body unpacks to more than {_LARGEST >> 20} MB, so it isn't looked into.",
            hint="It can still be replayed as it was captured.",
        )
    # What is cut off, or goes on behind its end, is no body that a browser packed.
    return inflated if inflater.eof and not inflater.unused_data else None
