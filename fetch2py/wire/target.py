"""The request target of a URL: its path and query as browsers send them (URL standard, sections 1.3 and 4.4).

What a browser has written stays as it is, since it was read by the same rules before. Must not know hosts.
"""

from __future__ import annotations

import re

__all__ = ["target_of"]

# The path percent-encode set, less `^`, and the special-query percent-encode set; both with all that can't
# stand in a request line.
_NOT_IN_PATH = re.compile(rb"[^\x21-\x7e]|[\"<>`{}]")
_NOT_IN_QUERY = re.compile(rb"[^\x21-\x7e]|[\"'<>]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DOT = re.compile(r"\.|%2e", re.IGNORECASE)
_TWO_DOTS = re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)


def target_of(rest: str) -> bytes:
    """The target for what stands in an http URL behind its authority and before its fragment."""
    path, mark, query = rest.partition("?")
    return _encoded(_without_dots(path.replace("\\", "/")), _NOT_IN_PATH) + _encoded(
        mark + query, _NOT_IN_QUERY
    )


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


def _encoded(text: str, unfit: re.Pattern[bytes]) -> bytes:
    return unfit.sub(lambda byte: b"%%%02X" % byte[0][0], _SURROGATE.sub("\ufffd", text).encode())
