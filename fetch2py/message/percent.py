"""Percent-encoding: the value of a form's or a query's field, read, and written into in its own manner.

Knows application/x-www-form-urlencoded (WHATWG URL, section 5.1) and encodeURIComponent (ECMA-262, section
19.2.6.4). Must not know what a value means.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from fetch2py.jsontext import well_formed
from fetch2py.message.edits import Edit, Opened

__all__ = ["Manner", "decoded", "manner_of", "opened"]

_RUN = re.compile(r"(?:%[0-9a-fA-F]{2})++")
_LOWER = re.compile(r"%(?:[0-9][a-f]|[a-f][0-9a-f])")
_UPPER = re.compile(r"%(?:[0-9][A-F]|[A-F][0-9A-F])")
# What encodeURIComponent leaves as it is and URLSearchParams doesn't: so, and encoded.
_LEFT = re.compile(r"[!'()~]")
_NOT_LEFT = re.compile(r"%(?:2[1789]|7[eE])")
_COMPONENT, _FORM = "-_.!~*'()", "-_.*"
# Python's quote() leaves this one in any case.
_ALWAYS_LEFT = "~"


class Manner(NamedTuple):
    """How a text's writer encodes: which marks are left as they are, whether a space is a plus sign, and
    whether the hex digits are lower case.
    """

    left: str
    plus: bool
    is_lower: bool


def manner_of(text: str, *, plus: bool) -> Manner:
    """The manner that a form or a query shows; `plus` is taken where it shows none."""
    if "+" in text or "%20" in text:
        plus = "+" in text
    left = _FORM if plus else _COMPONENT
    if _LEFT.search(text):
        left = _COMPONENT
    elif _NOT_LEFT.search(text):
        left = _FORM
    return Manner(left, plus, bool(_LOWER.search(text)) and not _UPPER.search(text))


def decoded(raw: str) -> str | None:
    """The text that `raw` encodes; None where its bytes aren't UTF-8."""
    if "%" not in raw:
        text = raw.replace("+", " ")
    else:
        try:
            text = _RUN.sub(lambda run: _bytes(run[0]).decode(), raw.replace("+", " "))
        except UnicodeDecodeError:
            return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return text


def opened(raw: str, text: str, manner: Manner) -> Opened:
    """The text that `raw` encodes; what is new in it is encoded as `manner` says."""

    def outwards(change: Edit) -> Edit:
        start, end = (_offset(raw, index) for index in (change.start, change.end))
        return Edit(start, end, _encoded(change.new, manner))

    return Opened(text, outwards)


def _encoded(text: str, manner: Manner) -> str:
    new = quote(well_formed(text), safe=manner.left)
    if _ALWAYS_LEFT not in manner.left:
        new = new.replace(_ALWAYS_LEFT, "%7E")
    if manner.is_lower:
        new = _RUN.sub(lambda run: run[0].lower(), new)
    return new.replace("%20", "+") if manner.plus else new


def _bytes(run: str) -> bytes:
    return bytes.fromhex(run.replace("%", ""))


def _offset(raw: str, index: int) -> int:
    """Where in the raw text the character `index` of the text that it encodes begins."""
    offset = index
    for run in _RUN.finditer(raw):
        if run.start() >= offset:
            break
        text = _bytes(run[0]).decode()
        before = text[: offset - run.start()]
        offset += 3 * len(before.encode()) - len(before)
    return offset
