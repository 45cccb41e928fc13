"""Where in a request's texts the secrets stand, as spans of the text itself.

Knows URLs, header fields, form fields, multipart fields, and where JSON begins (`members` knows its inside).
Must not know what a secret is (that is `rules`), nor what replaces it.

Spans are found with regular expressions over the source text and never by parsing it, so that nothing but
the spans can change and a large body costs less than reading it as JSON once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from fetch2py.credentials.jwt import find_jwts
from fetch2py.credentials.members import PERCENT, carried, in_json, is_message
from fetch2py.credentials.rules import SECRET_FIELDS, is_secret, is_token, looks_opaque

__all__ = ["Span", "in_body", "in_header", "in_url"]


class Span(NamedTuple):
    """A secret at text[start:end]; `name` suggests a placeholder's name, `where` tells a person."""

    start: int
    end: int
    name: str
    where: str


_URL_FIELDS = frozenset({"referer", "location", "content-location"})
_PASSWORD = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#@:]*)(?::([^/?#]*))?@")
_PAIR = re.compile(r"([^&=]++)(?:=([^&]*+))?+")
_JSON_IN_URL = re.compile(r"[{\[]|%7B|%5B", re.IGNORECASE)

# The head of a multipart text field. Its repetitions are bounded: no text makes it look far for nothing.
_PART = re.compile(
    r'content-disposition:[^\r\n]{0,100}?;[ \t]*name="([^"\r\n]{0,500})"(?![^\r\n]{0,500}?;[ \t]*filename)'
    r"[^\r\n]{0,1000}+(?:\r?\n[^\r\n]{1,1000}+){0,8}+\r?\n\r?\n",
    re.IGNORECASE,
)


def in_url(url: str, label: str = "") -> list[Span]:
    """The secrets of a URL: the password, query and fragment parameters, JWTs anywhere."""
    where = f"{label} URL".strip()
    spans = []
    userinfo = _PASSWORD.match(url)
    if userinfo is not None and userinfo[2]:
        spans.append(Span(*userinfo.span(2), "url.password", f"password in the {where}"))
    elif userinfo is not None and (is_token(userinfo[1]) or looks_opaque(userinfo[1])):
        spans.append(Span(*userinfo.span(1), "url.user", f"user in the {where}"))
    mark = re.search(r"[?#]", url)
    if mark is not None:
        for found in re.finditer(r"[^?#]+", url[mark.start() :]):
            start = mark.start() + found.start()
            spans += _in_pairs(url, start, start + len(found[0]), ("query", f"parameter {{}} of the {where}"))
    return _apart((*spans, *_jwts(url, "url", f"JWT in the {where}")))


def in_header(name: str, value: str) -> list[Span]:
    """The secrets of a header field's value: all of it, or what a URL or a JSON text in it holds."""
    label = name.lower()
    if value.strip() and (label in SECRET_FIELDS or is_secret(name, value)):
        return [Span(0, len(value), label, f"header {label}")]
    if label in _URL_FIELDS:
        return in_url(value, label)
    spans: Iterable[Span] = ()
    if value.startswith(("{", "[")):
        spans = _in_json(value, label, f"member {{}} of the header {label}")
    return _apart((*spans, *_jwts(value, label, f"JWT in the header {label}")))


def in_body(body: str, media_type: str) -> list[Span]:
    """The secrets of a body of that media type (the content-type field's value, "" if absent)."""
    kind = media_type.partition(";")[0].strip().lower()
    spans: list[Span] = []
    if "json" in kind or body.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        spans = list(_in_json(body, "body", "member {} of the body"))
    elif kind == "application/x-www-form-urlencoded":
        spans = list(_in_pairs(body, 0, len(body), ("body", "form field {}")))
    elif kind == "multipart/form-data":
        spans = list(_in_parts(body))
    return _apart((*spans, *_jwts(body, "body", "JWT in the body")))


def _in_pairs(text: str, start: int, end: int, labels: tuple[str, str]) -> Iterator[Span]:
    """Secrets among name=value&name=value (WHATWG URL, application/x-www-form-urlencoded)."""
    for match in _PAIR.finditer(text, start, end):
        name, start = unquote_plus(match[1]), match.start(2)
        if match[2] and is_secret(name, unquote_plus(match[2])):
            yield Span(*match.span(2), f"{labels[0]}.{name}", labels[1].format(name))
        elif match[2] and _JSON_IN_URL.match(match[2]) and not is_message(name):
            for first, last, inner in carried(match[2], PERCENT):
                label = labels[1].format(f"{inner or 'with a token'} in {name}")
                yield Span(start + first, start + last, f"{labels[0]}.{inner or 'token'}", label)


def _in_parts(body: str) -> Iterator[Span]:
    """Secrets among the text fields of multipart/form-data (RFC 7578)."""
    boundary = body[: body.find("\n") + 1].strip() or body
    match = _PART.search(body)
    while match is not None:
        start, name = match.end(), unquote(match[1])
        end = body.find("\n" + boundary, start - 1)
        end = len(body) if end < 0 else max(end - (body[end - 1] == "\r"), start)
        value = body[start:end]
        if is_secret(name, value):
            yield Span(start, end, f"body.{name}", f"form field {name}")
        elif value.startswith(("{", "[")) and not is_message(name):
            for span in _in_json(value, "body", f"member {{}} of the form field {name}"):
                yield span._replace(start=span.start + start, end=span.end + start)
        match = _PART.search(body, end)


def _in_json(text: str, prefix: str, where: str) -> Iterator[Span]:
    """Secrets among a JSON text's string values (RFC 8259); their quotation marks stay outside."""
    for start, end, name in in_json(text):
        yield Span(start, end, f"{prefix}.{name or 'token'}", where.format(name or "with a token"))


def _jwts(text: str, prefix: str, where: str) -> Iterator[Span]:
    for start, end in find_jwts(text):
        yield Span(start, end, f"{prefix}.jwt", where)


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The spans in order; of two that overlap, the one that begins first, or else the longer."""
    apart: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    return apart
