"""JSON Web Tokens as text: where they stand in it, and until when they say they hold (RFC 7519).

Knows the three-part form and the claim `exp`. Must not know where a text comes from, nor what time it is.
No signature is checked: nothing here depends on a token being genuine.
"""

from __future__ import annotations

import json
import re
from binascii import Error, a2b_base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

__all__ = ["describe_expiry", "expiry", "find_jwts", "is_jwt"]

# A header is a JSON object, so it begins with `{"` or `{ ` and its base64url with eyJ or eyA. The quantifiers
# are possessive and the tail optional: a long run of letters is walked once, whatever it holds.
_CANDIDATE = re.compile(r"ey[JA][\w-]*+(?:\.[\w-]++\.[\w-]*+(?:\.[\w-]++)*+)?+", re.ASCII)
_START = re.compile("ey[JA]")
# A prefix such as "survey_" can hold a false start before the true one.
_STARTS_TRIED = 4


def find_jwts(text: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of each JWT in `text`, left to right: base64url parts, the first a JSON object."""
    for match in _CANDIDATE.finditer(text):
        head, dot, _ = match[0].partition(".")
        if dot:
            starts = [found.start() for found in _START.finditer(head)][:_STARTS_TRIED]
            start = next((start for start in starts if _part(head[start:]) is not None), None)
            if start is not None:
                yield match.start() + start, match.end()


def is_jwt(text: str) -> bool:
    """Whether `text` is one JWT and nothing else."""
    return text.startswith("ey") and next(find_jwts(text), None) == (0, len(text))


def expiry(values: Iterable[str]) -> datetime | None:
    """The earliest `exp` (UTC) of the JWTs in `values`; None where none of them says one."""
    ends = [end for value in values for start, stop in find_jwts(value) for end in _end(value[start:stop])]
    return min(ends, default=None)


def describe_expiry(expires: datetime, now: datetime) -> str:
    """In words how `expires` lies to `now` (both aware): "expired 2 hours ago", "valid for 3 days"."""
    seconds = (expires - now).total_seconds()
    span = _in_words(abs(seconds))
    return f"valid for {span}" if seconds > 0 else f"expired {span} ago"


def _in_words(seconds: float) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // length)
        if count:
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "less than a minute"


def _end(token: str) -> Iterator[datetime]:
    claims = _part(token.split(".")[1])
    stamp = claims.get("exp") if claims is not None else None
    if isinstance(stamp, int | float) and not isinstance(stamp, bool):
        try:
            yield datetime.fromtimestamp(stamp, UTC)
        except (OverflowError, ValueError, OSError):
            # NaN, or a year that the calendar doesn't have: the token doesn't say when it ends.
            return


def _part(encoded: str) -> dict[str, Any] | None:
    """The JSON object that a base64url part holds, or None."""
    try:
        value = json.loads(a2b_base64(encoded.translate(_STANDARD) + "=" * (-len(encoded) % 4)))
    except (Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


_STANDARD = str.maketrans("-_", "+/")
