"""The fast path: calls whose arguments are strict JSON, which is all that browsers' menus write.

Knows just enough of JavaScript to tell code from strings and comments. What it can't be sure of it leaves
to the full parser by answering None; it never answers differently from it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, NoReturn

from fetch2py.javascript.values import PROTOTYPE, Call, own_properties

__all__ = ["read_strict_calls"]

# Text outside the arguments is looked at mark by mark in Python; more of it than this is no snippet.
MAX_SURROUNDINGS = 1_000_000
# A snippet with commented-out header fields has some thirty lines; its body is one of them.
MAX_LINES = 100_000

# A comment that has its line for itself. Strict JSON has no line end inside a string, so inside arguments
# such a line is never a part of one. U+2028 and U+2029 end a comment as well, hence their absence in it.
_COMMENT_LINE = re.compile(r"^[ \t]*//([^\r\n\u2028\u2029]*)(?=\r?$)", re.MULTILINE)
_TRAILING_COMMA = re.compile(r",(?=[ \t\r]*\n\s*[}\]])")
# Before the callee: a member's dot, `new`, a comment, or nothing that is near enough to be seen.
_PART_OF_MORE = re.compile(r"(?:[.#/]|\b(?:new|function))\s*+\Z|\A\s{100}")
_BEHIND = 100
_SPACE = re.compile(r"[ \t\r\n]*")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return own_properties(pair for pair in pairs if pair[0] != PROTOTYPE)


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_refuse)


@cache
def _marks(callee: str) -> re.Pattern[str]:
    """Comments, strings, the callee, and whatever makes it unclear which of them one is in."""
    return re.compile(
        r"""(?xs) //[^\r\n\u2028\u2029]*+ | /\*.*?\*/
        | "(?:[^"\\\r\n]++|\\.)*+" | '(?:[^'\\\r\n]++|\\.)*+' | `(?:[^`\\$]++|\\.)*+`
        | (?P<call>(?<![\w$.\#])(?:(?:window|self|globalThis)\s*\.\s*)?"""
        + re.escape(callee)
        + r"""\s*\()
        | ["'`/\\]"""
    )


def read_strict_calls(text: str, callee: str) -> list[Call] | None:
    """All calls of `callee`, or None where any of them, or what stands around them, needs a real parser."""
    found: list[Call] = []
    marks, position, plain, outside = _marks(callee), 0, text, 0
    while mark := marks.search(text, position):
        outside += mark.end() - position
        if outside > MAX_SURROUNDINGS:
            return None
        position = mark.end()
        if mark["call"] is None:
            if len(mark[0]) == 1:
                return None
            continue
        if _PART_OF_MORE.search(text, max(0, mark.start() - _BEHIND), mark.start()):
            return None
        call = _arguments(plain, position)
        if call is None and plain is text and text.count("\n") <= MAX_LINES:
            # Same length, so that every position still holds in the text itself.
            plain = _TRAILING_COMMA.sub(" ", _COMMENT_LINE.sub(lambda m: " " * len(m[0]), text))
            call = _arguments(plain, position)
        if call is None:
            return None
        arguments, spans, position = call
        start = mark.start()
        comments = () if plain is text else tuple(_COMMENT_LINE.findall(text, start, position))
        found.append(Call(arguments, spans, (start, position), tuple(c.strip() for c in comments)))
    return found or None


def _arguments(text: str, position: int) -> tuple[tuple[Any, ...], tuple[tuple[int, int], ...], int] | None:
    """Strict JSON values between commas up to the closing parenthesis: values, spans, the end behind it."""
    values: list[Any] = []
    spans: list[tuple[int, int]] = []
    while True:
        start = _space(text, position)
        try:
            value, position = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            return None
        values.append(value)
        spans.append((start, position))
        position = _space(text, position)
        closing = text[position : position + 1]
        position += 1
        if closing == ")":
            return tuple(values), tuple(spans), position
        if closing != ",":
            return None


def _space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
