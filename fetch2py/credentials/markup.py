"""Where in an XML text the secrets stand: elements and attributes whose names mark one.

Knows XML's spelling (W3C XML 1.0). Must not know requests, nor what a secret is (that is `rules`).

What a CDATA section or a comment holds is text, whatever it looks like, so prose that quotes XML is never
taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from fetch2py.credentials.rules import SECRET_FIELDS, grade, is_secret
from fetch2py.credentials.spelling import Secret

Inside: TypeAlias = Callable[[str, str], Iterable[Secret]]

__all__ = ["in_markup", "is_markup"]

_BEGINNING = re.compile(r"\ufeff?[ \t\r\n]*+<(?:\?xml\b|[\w.-]{1,40}+:Envelope\b)")
_CDATA, _COMMENT = "<![CDATA[", "<!--"
_ENDS = {_CDATA: "]]>", _COMMENT: "-->"}
_MARKUP = re.compile(r"<(?:!\[CDATA\[|!--|(?P<name>[A-Za-z_][\w.:-]{0,127}+)(?P<rest>[^<>]{0,8000}+)>)")
_ATTRIBUTE = re.compile(r"""[\s"']([A-Za-z_][\w.:-]{0,127}+)\s{0,9}+=\s{0,9}+(?:"([^"]*+)"|'([^']*+)')""")
_TEXT = re.compile(r"\s*+([^<]*+)")
# An attribute that gives what another, or the element's text, is called.
_NAME = re.compile(r"[A-Za-z_-]{1,60}+")
_NAMING = frozenset(("name", "key", "id", "field"))


def is_markup(text: str, kind: str) -> bool:
    """Whether a body of this media type (in lower case) is XML."""
    return "xml" in kind or _BEGINNING.match(text) is not None


def in_markup(text: str, inside: Inside) -> Iterator[Secret]:
    """The secrets in elements and attributes, without what quotes them.

    `inside` tells, for a name and the value that isn't one secret as a whole, the secrets that it holds.
    """
    match = _MARKUP.search(text)
    while match is not None:
        end = match.end()
        if match["name"] is None:
            closed = text.find(_ENDS[match[0]], end)
            if closed < 0:
                return
            end = closed
        else:
            for name, first, last in _values(text, match):
                value = text[first:last]
                if is_secret(name, value) or (name.lower() in SECRET_FIELDS and value.strip()):
                    yield first, last, name
                else:
                    yield from ((first + at, first + to, held) for at, to, held in inside(name, value))
        match = _MARKUP.search(text, end)


def _values(text: str, tag: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """An element's attributes and its text, each with its name: (name, start, end)."""
    called, unnamed = _local(tag["name"]), []
    for match in _ATTRIBUTE.finditer(text, *tag.span("rest")):
        name = _local(match[1])
        start, end = match.span(2 if match[2] is not None else 3)
        if name.lower() in _NAMING and _NAME.fullmatch(text, start, end) and grade(text[start:end]):
            called = text[start:end]
        elif name.lower() == "value":
            unnamed.append((start, end))
        else:
            yield name, start, end
    if not tag["rest"].endswith("/"):
        unnamed.append(_content(text, tag.end()))
    for start, end in unnamed:
        yield called, start, end


def _content(text: str, position: int) -> tuple[int, int]:
    """The span of an element's text, where it has nothing but text; an empty one otherwise."""
    if text.startswith(_CDATA, position):
        start = position + len(_CDATA)
        return start, max(text.find(_ENDS[_CDATA], start), start)
    match = _TEXT.match(text, position)
    if match is None or not text.startswith("</", match.end()):
        return position, position
    return match.start(1), match.start(1) + len(match[1].rstrip())


def _local(name: str) -> str:
    """The name without its namespace's prefix."""
    return name.rpartition(":")[2]
