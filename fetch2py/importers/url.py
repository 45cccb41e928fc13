"""A URL as code writes it → as browsers read it (URL standard, sections 1.3 and 4.4), for http and https.

What a browser has written stays as it is, since it was read by the same rules before. The host is left to
whoever connects. Must not know fetch().
"""

from __future__ import annotations

import re

from fetch2py.jsontext import well_formed

__all__ = ["as_read", "without_dots"]

_NOISE = re.compile(r"[\t\n\r]")
_BLANKS = "".join(map(chr, range(0x21)))
_PARTS = re.compile(
    r"(?P<origin>https?:[/\\]{2}[^/\\?#]*+)(?P<path>[^?#]*+)(?P<query>(?:\?[^#]*+)?)(?P<fragment>.*)",
    re.DOTALL | re.IGNORECASE,
)
# The path percent-encode set, less `^`, and the special-query percent-encode set; both with all that can't
# stand in a request line.
_NOT_IN_PATH = re.compile(rb"[^\x21-\x7e]|[\"<>`{}]")
_NOT_IN_QUERY = re.compile(rb"[^\x21-\x7e]|[\"'<>]")
_CODED_DOT = re.compile(r"%2e", re.IGNORECASE)


def as_read(url: str) -> str:
    """The URL that a browser makes of `url`; unchanged where it isn't absolute, of http or https."""
    clean = _NOISE.sub("", url).strip(_BLANKS)
    parts = _PARTS.fullmatch(clean)
    if parts is None:
        return well_formed(clean)
    segments = parts["path"].replace("\\", "/").removeprefix("/").split("/")
    coded = [_CODED_DOT.sub(".", segment) for segment in segments]
    path = _encoded(_shortened(segments, coded), _NOT_IN_PATH) if parts["path"] else ""
    query = _encoded(parts["query"], _NOT_IN_QUERY)
    return parts["origin"].replace("\\", "/") + path + query + well_formed(parts["fragment"])


def without_dots(url: str) -> str:
    """The URL as cURL shortens its path: by dots, and not by what stands for them (RFC 3986, 5.2.4)."""
    parts = _PARTS.fullmatch(url)
    if parts is None or not parts["path"].startswith("/"):
        return url
    segments = parts["path"][1:].split("/")
    return parts["origin"] + _shortened(segments, segments) + parts["query"] + parts["fragment"]


def _shortened(segments: list[str], meanings: list[str]) -> str:
    """The path without the segments that mean "here" and "one up"."""
    kept: list[str] = []
    for number, (segment, meaning) in enumerate(zip(segments, meanings, strict=True), 1):
        if meaning == ".." and kept:
            kept.pop()
        if meaning not in (".", ".."):
            kept.append(segment)
        elif number == len(segments):
            kept.append("")
    return "/" + "/".join(kept)


def _encoded(text: str, unfit: re.Pattern[bytes]) -> str:
    return unfit.sub(lambda byte: b"%%%02X" % byte[0][0], well_formed(text).encode()).decode("ascii")
