"""A URL as code writes it → as browsers read it (URL standard, sections 1.3 and 4.4), for http and https.

What a browser has written stays as it is, since it was read by the same rules before. The host is left to
whoever connects. Must not know fetch().
"""

from __future__ import annotations

import re

from fetch2py.jsontext import well_formed

__all__ = ["as_read"]

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
_DOT = re.compile(r"\.|%2e", re.IGNORECASE)
_TWO_DOTS = re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)


def as_read(url: str) -> str:
    """The URL that a browser makes of `url`; unchanged where it isn't absolute, of http or https."""
    clean = _NOISE.sub("", url).strip(_BLANKS)
    parts = _PARTS.fullmatch(clean)
    if parts is None:
        return well_formed(clean)
    path = _encoded(_without_dots(parts["path"].replace("\\", "/")), _NOT_IN_PATH) if parts["path"] else ""
    query = _encoded(parts["query"], _NOT_IN_QUERY)
    return parts["origin"].replace("\\", "/") + path + query + well_formed(parts["fragment"])


def _without_dots(path: str) -> str:
    """The path without the segments that mean "here" and "one up"."""
    segments = path.removeprefix("/").split("/")
    kept: list[str] = []
    for number, segment in enumerate(segments, 1):
        is_up = _TWO_DOTS.fullmatch(segment)
        if is_up and kept:
            kept.pop()
        if not is_up and not _DOT.fullmatch(segment):
            kept.append(segment)
        elif number == len(segments):
            kept.append("")
    return "/" + "/".join(kept)


def _encoded(text: str, unfit: re.Pattern[bytes]) -> str:
    return unfit.sub(lambda byte: b"%%%02X" % byte[0][0], well_formed(text).encode()).decode("ascii")
