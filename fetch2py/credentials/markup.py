"""Where in an XML text the secrets stand: elements and attributes whose names mark one.

Knows XML's spelling (W3C XML 1.0). Must not know requests, nor what a secret is (that is `rules`).

What a CDATA section or a comment holds is text, whatever it looks like, so prose that quotes XML is never
taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fetch2py.credentials.rules import SECRET_FIELDS, grade, is_secret
from fetch2py.credentials.spelling import Secret

__all__ = ["in_markup", "is_markup"]

_BEGINNING = re.compile(r"\ufeff?[ \t\r\n]*+<(?:\?xml\b|[\w.-]{1,40}+:Envelope\b)")
_CDATA, _COMMENT = "<![CDATA[", "<!--"
_ENDS = {_CDATA: "]]>", _COMMENT: "-->"}
_MARKUP = re.compile(r"<(?:!\[CDATA\[|!--|(?P<name>[A-Za-z_][\w.:-]{0,127}+)(?P<rest>[^<>]{0,8000}+)>)")
_ATTRIBUTE = re.compile(r"""[\s"']([A-Za-z_][\w.:-]{0,127}+)\s{0,9}+=\s{0,9}+(?:"([^"]*+)"|'([^']*+)')""")
_TEXT = re.compile(r"\s*+([^<]*+)")
# An attribute that gives what another, or the element's text, is called.
_NAMING = frozenset(("name", "key", "id", "field"))


def is_markup(text: str, kind: str) -> bool:
    """Whether a body of this media type (in lower case) is XML."""
    return "xml" in kind or _BEGINNING.match(text) is not None


def in_markup(text: str) -> Iterator[Secret]:
    """The secrets in elements and attributes, without what quotes them."""
    match = _MARKUP.search(text)
    while match is not None:
        end = match.end()
        if match["name"] is None:
            closed = text.find(_ENDS[match[0]], end)
            if closed < 0:
                return
            end = closed
        else:
            yield from _in_element(text, match)
        match = _MARKUP.search(text, end)


def _in_element(text: str, tag: re.Match[str]) -> Iterator[Secret]:
    names = [_local(tag["name"])]
    values = []
    for match in _ATTRIBUTE.finditer(text, *tag.span("rest")):
        name = _local(match[1])
        span = match.span(2 if match[2] is not None else 3)
        if name.lower() in _NAMING:
            names.insert(0, text[slice(*span)])
        elif name.lower() == "value":
            values.append(span)
        elif _is_secret(name, text[slice(*span)]):
            yield (*span, name)
    telling = next((name for name in names if name.lower() in SECRET_FIELDS or grade(name)), None)
    if telling is None:
        return
    if not tag["rest"].endswith("/"):
        values.append(_content(text, tag.end()))
    for start, end in values:
        if _is_secret(telling, text[start:end]):
            yield start, end, telling


def _content(text: str, position: int) -> tuple[int, int]:
    """The span of an element's text, where it has nothing but text; an empty one otherwise."""
    if text.startswith(_CDATA, position):
        start = position + len(_CDATA)
        return start, max(text.find(_ENDS[_CDATA], start), start)
    match = _TEXT.match(text, position)
    if match is None or not text.startswith("</", match.end()):
        return position, position
    return match.start(1), match.start(1) + len(match[1].rstrip())


def _is_secret(name: str, value: str) -> bool:
    return is_secret(name, value) or (name.lower() in SECRET_FIELDS and bool(value.strip()))


def _local(name: str) -> str:
    """The name without its namespace's prefix."""
    return name.rpartition(":")[2]
