"""What a text looks like by itself: natural language, or a value that machines wrote for machines.

Knows texts alone. Must not know where in a request a text stands.

Texts are foreign and can be megabytes long: whatever looks at a whole one walks it in one go.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "NATURAL",
    "is_briefing",
    "is_graphql",
    "is_markup",
    "is_phrase",
    "is_telling",
    "naturalness",
    "normal",
    "unmarked",
    "words",
]

NATURAL, MACHINE, BLOB = 3, -8, -20

# So much of a text tells what it is.
_ENOUGH = 300
_NATURAL = re.compile(r"[^\x00-\x7f]|\S\s+\S|[A-Za-z'][?!.]\s*$")
_LINK = re.compile(r"\s*(https?|wss?|blob|file|ftp)://\S*\s*$", re.IGNORECASE)
_BLOB = re.compile(r"data:[\w.+/-]*[;,]")
_MACHINE = re.compile(
    r"""
      [0-9a-f]{8}-[0-9a-f-]{20,}             # UUID
    | [0-9a-fA-F]{8,}                        # digest
    | [+-]?[0-9][0-9.,:/_-]*                 # number, version, date
    | \d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*        # time stamp
    | [A-Z][A-Z0-9]*(_[A-Z0-9]+)+            # constant
    | [a-z]{2,3}([-_][A-Za-z]{2,4}){1,2}     # locale
    | [A-Z][A-Za-z]+(/[A-Z][A-Za-z_]+)+      # time zone
    | [a-z]+/[a-z0-9.+-]+                    # media type
    | !?(?=\S*\d)[\w.:~+/=-]{12,}            # identifier, token
    | [\w-]{20,}\.[\w-]+\.[\w-]*             # JWT
    | [\w.+-]+@[\w-]+\.[\w.]+                # mail address
    | !?[\w+/=.-]{40,}
    """,
    re.VERBOSE | re.ASCII,
)
# A comment ends with its line. Hashtags look like comments without end, so nothing is tried twice.
_GRAPHQL = re.compile(r"\s*+(?:#[^\r\n]*+\s*+)*+(?:\{|(?:query|mutation|subscription|fragment)\b[^{]*+\{)")
# How instructions to a model begin.
_BRIEFING = re.compile(
    r"\s*+(?:you(?:'re| are) (?:an?|the|my|our|chatgpt|claude)\b|act as\b|你是(?:一|个)|请?你?扮演)",
    re.IGNORECASE,
)
# Letters of the scripts that write without spaces.
_BROAD = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE_END = re.compile(r"[?!.。？！]\s*+\Z")
_SENTENCE, _LONG = 3, 20
_TAG = re.compile(r"<[^>]*+>")
_OPENING_TAG = re.compile(r"\s*+<([a-zA-Z][\w-]*+)[^>]*+>")
# Marks beyond the Latin letters, all combining ones among them: composing takes the square of a run's length.
_MARKS = re.compile(r"[^\w\s\x00-\u02ff]++")
_MOST_MARKS = 1000


def words(table: str) -> frozenset[str]:
    """The words of a table that is written as text."""
    return frozenset(table.split())


def normal(text: str) -> str:
    """The text in Unicode NFC, with LF as line ends and without outer space: what two equal texts share.

    Text with a thousand marks in a row, which no language has, keeps its form.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip()
    return text if text.isascii() or _is_piled_up(text) else unicodedata.normalize("NFC", text)


def unmarked(text: str) -> str:
    """What a browser would show of a piece of HTML: no tags, character references resolved."""
    # Its table of names takes time to load, and few requests need it.
    from html import unescape

    # Behind the last bracket no tag ends, so none is looked for there.
    end = text.rfind(">") + 1
    shown = _TAG.sub("", text[:end]) + text[end:]
    try:
        return unescape(shown)
    except ValueError:
        # A reference by a number so long that Python refuses to convert it.
        return shown


def naturalness(text: str) -> float:
    """NATURAL, MACHINE, BLOB or 0: how much the text looks like a person's."""
    head = text[:_ENOUGH]
    if _LINK.match(head) or (is_graphql(head) and text.rstrip().endswith("}")):
        return MACHINE
    if _BLOB.match(head):
        return BLOB
    if _MACHINE.fullmatch(head):
        return MACHINE
    return NATURAL if _NATURAL.search(head) else 0


def is_phrase(text: str) -> bool:
    """Whether the text looks a person's by more than one word."""
    head = text[:_ENOUGH]
    return naturalness(head) == NATURAL and (len(head.split()) > 1 or len(_BROAD.findall(head)) > 1)


def is_telling(text: str) -> bool:
    """Whether the text is so long, and so much a sentence, that no other text equals it by chance."""
    head = text[:_ENOUGH]
    if naturalness(head) != NATURAL:
        return False
    broad = len(_BROAD.findall(head))
    # Where words aren't set apart by spaces, each letter weighs as much as half a word.
    if max(len(head.split()), broad // 2) < _SENTENCE:
        return False
    return len(head) + broad >= _LONG or bool(_SENTENCE_END.search(head))


def is_graphql(text: str) -> bool:
    """Whether the text begins as a GraphQL document does (GraphQL, section 2.2)."""
    return bool(_GRAPHQL.match(text))


def is_briefing(text: str) -> bool:
    """Whether the text begins as instructions to a model do, which a person seldom writes as a message."""
    return bool(_BRIEFING.match(text))


def is_markup(text: str) -> bool:
    """Whether the text as a whole is an HTML element."""
    opening = _OPENING_TAG.match(text)
    return opening is not None and text[opening.end() :].rstrip().endswith(f"</{opening[1]}>")


def _is_piled_up(text: str) -> bool:
    return any(marks.end() - marks.start() > _MOST_MARKS for marks in _MARKS.finditer(text))
