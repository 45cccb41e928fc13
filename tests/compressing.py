"""Compressing a body as servers do that stream: each piece flushed, so that it can be read when it is in."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard

__all__ = ["CODINGS", "pressed"]

CODINGS = ("identity", "gzip", "deflate", "br", "zstd")


def pressed(coding: str) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    """The compression of a stream: a function that flushes each piece, and one that ends it."""
    if coding == "identity":
        return bytes, bytes
    if coding == "br":
        brotlis = brotli.Compressor()
        return lambda data: brotlis.process(data) + brotlis.flush(), brotlis.finish
    if coding == "zstd":
        zstd = zstandard.ZstdCompressor().compressobj()
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda data: zstd.compress(data) + zstd.flush(flush), zstd.flush
    window = {"gzip": 31, "deflate": 15}[coding]
    zipper = zlib.compressobj(wbits=window)
    return lambda data: zipper.compress(data) + zipper.flush(zlib.Z_SYNC_FLUSH), zipper.flush
