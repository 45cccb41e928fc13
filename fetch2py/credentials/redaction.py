"""The one redaction: what every printer passes its text through.

Knows texts of any kind: header lines, JSON, URLs, commands, messages. Must not know who prints.

It masks the secrets it is told, in every spelling they may have, and whatever looks like a secret besides. Names,
schemes and punctuation stay, so that a person recognises the line. Every pattern walks the text once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from fetch2py.credentials.jwt import find_jwts
from fetch2py.credentials.rules import BEGINNINGS, SECRET_FIELDS, STEMS, is_secret, is_token, looks_opaque

__all__ = ["redact"]

_MASK = "(redacted)"
# The characters that a mask shows of a long secret: enough to tell eyJ from sk-.
_SHOWN = 3
_LONG = 16
# Shorter texts are part of too many others: masking "1" or "dark" would blot out what isn't secret.
_LEAST_WHOLE = 4
_LEAST_PART = 8

_SCHEME = re.compile(r"\b(bearer|basic)((?:[ \t]|%20|\+)+)([A-Za-z0-9._~+/=%-]{8,}+)", re.IGNORECASE)
_USERINFO = re.compile(r"(://[^\s/?#@:\"']{0,256}+:)([^\s/?#@\"']{1,512}+)(?=@)")
_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?:%s)[A-Za-z0-9_.-]{8,}+" % "|".join(map(re.escape, BEGINNINGS)))
# A name, its separator, and the quotation marks on either side of both, escaped or not.
_NAMED = re.compile(
    r"""(?<![\w.\-%])(?P<before>\\*["'])?(?P<name>[A-Za-z_][\w.\-]{0,80}+(?:\[[\w.\-]{0,40}\])?+)
        (?:\\*["'])?+ (?P<gap>[ \t]{0,4}+[:=][ \t]{0,4}+) (?P<quote>\\*["'])?""",
    re.VERBOSE | re.ASCII,
)
_PLAIN_VALUE = re.compile(r"[^\s\"'&;,<>()\[\]{}\\]*+")
_LINE = re.compile(r"[^\r\n]*+")
_QUOTED = {
    mark: re.compile(rf"(?:[^{mark}\\\r\n]++|\\.)*+") for mark in ('"', "'")
}  # fmt: skip
_COOKIE = re.compile(r"([^=;\s]{1,200}+=)([^;]*+)")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` with every secret masked: those in `secrets`, and what looks like one.

    At most three leading characters of a secret stay. Redacting twice changes nothing more.
    """
    text = _without_known(text, secrets)
    if "://" in text:
        text = _USERINFO.sub(lambda match: match[1] + _masked(match[2]), text)
    text = _without_jwts(text)
    text = _without_named(text)
    text = _SCHEME.sub(_scheme, text)
    return _TOKEN.sub(lambda match: _masked(match[0]), text)
