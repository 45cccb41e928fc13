"""How a text is spelt inside another, and where in the spelling each part of the text stands.

Knows JSON strings, percent-encoding and base64. Must not know what a text holds.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote_plus

__all__ = ["BASE64", "ESCAPED", "PERCENT", "PLAIN", "Secret", "Spelling"]

Secret: TypeAlias = tuple[int, int, str]
"""Where one starts and ends, and the name that it has; "" for one that is known by its shape alone."""


class Spelling(NamedTuple):
    """`read` gives what a raw text spells, and the raw text itself where it spells nothing; `outwards` gives
    the places in the raw text of secrets in what it spells.
    """

    read: Callable[[str], str]
    outwards: Callable[[str, list[Secret]], list[Secret]]


def _by_pieces(piece: re.Pattern[str], raw: str, secrets: list[Secret]) -> list[Secret]:
    """The places where each `piece` of the raw text stands for one character."""
    places, longer = {}, 0
    pieces = piece.finditer(raw)
    ahead = next(pieces, None)
    for offset in sorted(set(chain.from_iterable(secret[:2] for secret in secrets))):
        while ahead is not None and ahead.start() - longer < offset:
            longer += len(ahead[0]) - 1
            ahead = next(pieces, None)
        places[offset] = offset + longer
    return [(places[start], places[end], name) for start, end, name in secrets]


def _unescaped(raw: str) -> str:
    if "\\" not in raw:
        return raw
    try:
        return str(json.loads(f'"{raw}"'))
    except ValueError:
        return raw


def _from_url(raw: str) -> str:
    # One character a byte, as one piece is one byte. Beyond ASCII no name and no token has any.
    return unquote_plus(raw, "latin-1")


def _from_base64(raw: str) -> str:
    padded = raw.rstrip("=").translate(_STANDARD)
    try:
        return a2b_base64(padded + "=" * (-len(padded) % 4)).decode("latin-1")
    except ValueError:
        return raw


def _by_fours(raw: str, secrets: Iterable[Secret]) -> list[Secret]:
    """Four letters spell three bytes, so what is beside a secret goes with it; one may be told twice."""
    fours: list[Secret] = []
    for start, end, name in sorted(secrets):
        first, last = start // 3 * 4, min(-(-end // 3) * 4, len(raw))
        if fours and first < fours[-1][1]:
            first, name = fours[-1][0], fours[-1][2]
            last = max(last, fours.pop()[1])
        fours.append((first, last, name))
    return fours


_STANDARD = str.maketrans("-_", "+/")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)

PLAIN = Spelling(str, lambda _, secrets: secrets)
"""A text as it is."""
ESCAPED = Spelling(_unescaped, partial(_by_pieces, _ESCAPE))
"""A JSON string's inside (RFC 8259, section 7)."""
PERCENT = Spelling(_from_url, partial(_by_pieces, re.compile(r"%[0-9a-fA-F]{2}")))
"""A value in application/x-www-form-urlencoded (WHATWG URL, section 5)."""
BASE64 = Spelling(_from_base64, _by_fours)
"""A text's bytes in base64, of either alphabet, padded or not (RFC 4648)."""
