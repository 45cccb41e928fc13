"""Payloads that were compressed one by one, and back: whole or not at all, and never beyond a limit.

Knows content codings (RFC 9110 section 8.4.1) by name. Must not know which framing carries them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

__all__ = ["DECOMPRESSORS", "decompress"]

_ZSTD_WINDOW = 8 * 1024 * 1024
"""The largest window that a sender may ask for, as RFC 9659 section 3 has it for the web."""

_ZSTD_SLICE = 1024
"""Input given to zstd at a time, for it takes no limit on its output: 256 blocks of 128 KiB at the most."""


def decompress(payload: bytes, coding: str, limit: int) -> bytes:
    """The payload in clear. `coding` is a key of DECOMPRESSORS.

    Raises ValueError, with a sentence for a person, where the payload is broken, cut or more than `limit`
    bytes in clear, and where the package that undoes the coding isn't installed.
    """
    try:
        clear = DECOMPRESSORS[coding](payload, limit)
    except ImportError as exc:
        raise ValueError(
            f"A payload of the answer is compressed as {coding}, and no package for that is installed."
        ) from exc
    if clear is None:
        raise ValueError(f"A payload of the answer doesn't decompress as {coding}.")
    if len(clear) > limit:
        raise ValueError(f"A payload of the answer is larger than {limit:,} bytes when it is decompressed.")
    return clear


def _inflate(window_bits: int, payload: bytes, limit: int) -> bytes | None:
    stream = zlib.decompressobj(window_bits)
    try:
        clear = stream.decompress(payload, limit + 1)
    except zlib.error:
        return None
    return clear if len(clear) > limit or (stream.eof and not stream.unused_data) else None


def _br(payload: bytes, limit: int) -> bytes | None:
    try:
        import brotli  # type: ignore[import-untyped]  # neither ships types; PyPy's httpx brings the second
    except ImportError:
        import brotlicffi as brotli  # type: ignore[import-not-found]

    stream = brotli.Decompressor()
    try:
        clear: bytes = stream.process(payload, output_buffer_limit=limit + 1)
    except brotli.error:
        return None
    return clear if stream.is_finished() or len(clear) > limit else None


def _zstd(payload: bytes, limit: int) -> bytes | None:
    import zstandard

    stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    clear = bytearray()
    try:
        for start in range(0, len(payload), _ZSTD_SLICE):
            clear += stream.decompress(payload[start : start + _ZSTD_SLICE])
            if len(clear) > limit:
                return bytes(clear)
    except zstandard.ZstdError:
        return None
    return bytes(clear) if stream.eof and not stream.unused_data else None


DECOMPRESSORS: Mapping[str, Callable[[bytes, int], bytes | None]] = MappingProxyType(
    {
        "gzip": partial(_inflate, zlib.MAX_WBITS | 16),  # the 16 asks for gzip's header and check sum
        "deflate": partial(_inflate, zlib.MAX_WBITS),
        "br": _br,
        "zstd": _zstd,
    }
)
"""By coding: (payload, limit) to the payload in clear, None where it is broken, cut or followed by more.

What comes back may pass the limit, by a little, to show that it was reached. brotli and zstandard are
imported where they are used, for few answers need them.
"""
