"""Where in a request's texts the secrets stand, as spans of the text itself.

Knows URLs, header fields, form fields, multipart fields, and what kind of text each body is; `members`,
`markup` and `settings` know the insides of JSON, XML and rows of settings. Must not know what a secret is
(that is `rules`), nor what replaces it.

Spans are found with regular expressions over the source text and never by parsing it, so that nothing but
the spans can change and a large body costs less than reading it as JSON once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from fetch2py.credentials.jwt import find_jwts
from fetch2py.credentials.markup import in_markup, is_markup
from fetch2py.credentials.members import LEVELS, carried, in_json, is_message, name_ahead
from fetch2py.credentials.rules import SECRET_FIELDS, STEMS, is_parameter, is_secret, is_token, looks_opaque
from fetch2py.credentials.settings import in_arguments, in_parameters, in_settings
from fetch2py.credentials.spelling import BASE64, ESCAPED, PERCENT, PLAIN, Secret

__all__ = ["Span", "in_body", "in_header", "in_url"]


class Span(NamedTuple):
    """A secret at text[start:end]; `name` suggests a placeholder's name, `where` tells a person."""

    start: int
    end: int
    name: str
    where: str


_URL_FIELDS = frozenset({"referer", "location", "content-location"})
_PASSWORD = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#@:]*)(?::([^/?#]*))?@")
# A path that is a secret by itself, as a webhook's, or holds one: Telegram, Slack, Discord and their like.
_PATH = re.compile(
    r"""/bot[0-9]{5,20}+:([\w-]{16,200}+)
      | /(?:services|workflows|triggers)/T[A-Z0-9]{2,20}+(?:/[A-Z0-9]{2,30}+){1,2}?/([\w-]{16,200}+)
      | /webhooks?/(?:[\w-]{1,60}+/){0,2}([\w-]{16,200}+)
      | ;([A-Za-z][\w.-]{0,60}+)=([^;/?\#]++)""",
    re.VERBOSE | re.ASCII,
)
_PAIR = re.compile(r"([^&=]++)(?:=([^&]*+))?+")
# All of a value that is a place; a scheme may be in front of another, as in jdbc:postgresql://.
_SCHEME = r"(?:[a-z]{2,10}:)?[A-Za-z][A-Za-z0-9+.-]{0,30}+:"
_ADDRESS = re.compile(rf"{_SCHEME}//\S++|/[^\s?]*+\?\S++")
_BASE64 = r"(?:ey[JA]|ew[o0]|W3s|Wy)[A-Za-z0-9+/_-]{16,}+={0,2}+"
_PACKED = re.compile(_BASE64)
# How a JSON string begins that may hold such a value, or JSON in base64, or a document of GraphQL. One
# pattern, since to look at each quotation mark is what costs.
_SPACE = r"[ \t\r\n]*+"
_PROMISING = re.compile(
    rf'"(?<!\\")(?:(?P<packed>{_BASE64}")|query"{_SPACE}:{_SPACE}(?P<document>")'
    r"|-{0,2}[A-Za-z][\w+.\- ]{0,60}+(?:=|:[ ]|(?::[A-Za-z][\w+.-]{0,30}+)?+:\\?/\\?/))",
    re.ASCII,
)
# Longer strings are no URLs, and no settings either.
_LONGEST = 8000
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
# What marks a name, a user or a webhook, in small letters: a URL or setting without any holds no secret.
_TELLING = re.compile("|".join((*STEMS, "@", "code", "hook", "/bot", "/services/", "eyj", "eya")))

# The head of a multipart text field: also of a blob, which is how a script gives its JSON a type. Its
# repetitions are bounded: no text makes it look far for nothing.
_PART = re.compile(
    r'content-disposition:[^\r\n]{0,100}?;[ \t]*name="([^"\r\n]{0,500})"(?:;[ \t]*filename="(blob)")?+'
    r"(?![^\r\n]{0,500}?;[ \t]*filename)([^\r\n]{0,1000}+(?:\r?\n[^\r\n]{1,1000}+){0,8}+)\r?\n\r?\n",
    re.IGNORECASE,
)
_TEXT_TYPE = re.compile(r"\ncontent-type:[ \t]*(?:application/json|text/plain)", re.IGNORECASE)


def in_url(url: str, label: str = "", levels: int = LEVELS) -> list[Span]:
    """The secrets of a URL: the password, query, path and fragment parameters, webhooks, JWTs anywhere."""
    where = f"{label} URL".strip()
    spans = []
    userinfo = _PASSWORD.match(url)
    if userinfo is not None and userinfo[2]:
        spans.append(Span(*userinfo.span(2), "url.password", f"password in the {where}"))
    elif userinfo is not None and (is_token(userinfo[1]) or looks_opaque(userinfo[1])):
        spans.append(Span(*userinfo.span(1), "url.user", f"user in the {where}"))
    mark = re.search(r"[?#]", url)
    path_end = mark.start() if mark is not None else len(url)
    spans += _in_path(url, path_end, where)
    for found in re.finditer(r"[^?#]+", url[path_end:]):
        start = path_end + found.start()
        labels = ("query", f"parameter {{}} of the {where}")
        spans += _in_pairs(url, start, start + len(found[0]), labels, levels)
    return _apart((*spans, *_jwts(url, "url", f"JWT in the {where}")))


def in_header(name: str, value: str) -> list[Span]:
    """The secrets of a header field's value: all of it, or what a URL, JSON or a parameter in it holds."""
    label = name.lower()
    if value.strip() and (label in SECRET_FIELDS or is_parameter(name, value)):
        return [Span(0, len(value), label, f"header {label}")]
    if label in _URL_FIELDS:
        return in_url(value, label)
    if value.startswith(("{", "[")):
        found = in_json(value, _in_strings)
    else:
        found = chain(_in_value(value, LEVELS), in_parameters(value))
    spans = _named(found, label, f"member {{}} of the header {label}")
    return _apart((*spans, *_jwts(value, label, f"JWT in the header {label}")))


def in_body(body: str, media_type: str) -> list[Span]:
    """The secrets of a body of that media type (the content-type field's value, "" if absent)."""
    kind = media_type.partition(";")[0].strip().lower()
    if "json" in kind or body.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        spans = _named(in_json(body, _in_strings), "body", "member {} of the body")
    elif kind == "application/x-www-form-urlencoded":
        spans = _in_pairs(body, 0, len(body), ("body", "form field {}"), LEVELS)
    elif kind == "multipart/form-data":
        spans = _in_parts(body)
    elif is_markup(body, kind):
        spans = _named(in_markup(body, _in_markup_value), "body", "{} in the body's XML")
    else:
        found = chain(in_arguments(body), _in_value(body, LEVELS))
        spans = _named(found, "body", "{} in the body's text")
    return _apart((*spans, *_jwts(body, "body", "JWT in the body")))


def _in_path(url: str, end: int, where: str) -> Iterator[Span]:
    for match in _PATH.finditer(url, 0, end):
        group = match.lastindex or 0
        name, value = match[4], match[group]
        if looks_opaque(value) if name is None else is_secret(name, value):
            label = f"{name or 'secret'} in the path of the {where}"
            yield Span(*match.span(group), f"url.{name or 'path'}", label)


def _in_pairs(text: str, start: int, end: int, labels: tuple[str, str], levels: int) -> Iterator[Span]:
    """Secrets among name=value&name=value (WHATWG URL, application/x-www-form-urlencoded)."""
    for match in _PAIR.finditer(text, start, end):
        name, start = unquote_plus(match[1]), match.start(2)
        if match[2] and is_parameter(name, unquote_plus(match[2])):
            yield Span(*match.span(2), f"{labels[0]}.{name}", labels[1].format(name))
        elif match[2] and not is_message(name):
            inner = _in_value(PERCENT.read(match[2]), levels)
            for first, last, found in PERCENT.outwards(match[2], inner):
                label = labels[1].format(f"{found or 'with a token'} in {name}")
                yield Span(start + first, start + last, f"{labels[0]}.{found or 'token'}", label)


def _in_parts(body: str) -> Iterator[Span]:
    """Secrets among the text fields of multipart/form-data (RFC 7578)."""
    boundary = body[: body.find("\n") + 1].strip() or body
    match = _PART.search(body)
    while match is not None:
        start, name = match.end(), unquote(match[1])
        end = body.find("\n" + boundary, start - 1)
        end = len(body) if end < 0 else max(end - (body[end - 1] == "\r"), start)
        if match[2] is None or _TEXT_TYPE.search(match[3]):
            yield from _in_part(body, start, end, name)
        match = _PART.search(body, end)


def _in_part(body: str, start: int, end: int, name: str) -> Iterator[Span]:
    value = body[start:end]
    if is_parameter(name, value):
        yield Span(start, end, f"body.{name}", f"form field {name}")
    elif not is_message(name):
        is_json = value.startswith(("{", "["))
        found = in_json(value, _in_strings) if is_json else _in_value(value, LEVELS)
        for span in _named(found, "body", f"member {{}} of the form field {name}"):
            yield span._replace(start=span.start + start, end=span.end + start)


def _in_value(text: str, levels: int) -> list[Secret]:
    """The secrets in what a value is all of: JSON, JSON in base64, a URL, a row of settings."""
    if not levels:
        return []
    if text.startswith(("{", "[")):
        return carried(text, PLAIN, _in_strings, levels - 1)
    if _PACKED.fullmatch(text):
        return carried(text, BASE64, _in_strings, levels - 1)
    if not _ADDRESS.fullmatch(text):
        return in_settings(text, partial(_in_value, levels=levels - 1))
    # What in_url knows begins with the scheme that is nearest to the host.
    start = text.rfind(":", 0, max(text.find("://"), 0)) + 1
    spans = in_url(text[start:], levels=levels - 1)
    return [(span.start + start, span.end + start, span.name.partition(".")[2]) for span in spans]


def _in_markup_value(name: str, text: str) -> list[Secret]:
    return [] if not text or is_message(name) else _in_value(text, LEVELS)


def _in_strings(text: str, levels: int) -> Iterator[Secret]:
    """The secrets in a JSON text's strings that are URLs, settings, base64 or documents of GraphQL."""
    for match in _PROMISING.finditer(text):
        is_document = match["document"] is not None
        start = match.start("document") if is_document else match.start()
        value = _STRING.match(text, start)
        if value is None:
            return
        raw, found = value[1], list[Secret]()
        if is_document:
            found += in_arguments(raw)
        elif _is_telling(match, raw) and not is_message(name_ahead(text, start)):
            found += ESCAPED.outwards(raw, _in_value(ESCAPED.read(raw), levels))
        for first, last, name in found:
            yield value.start(1) + first, value.start(1) + last, name


def _is_telling(match: re.Match[str], raw: str) -> bool:
    return match["packed"] is not None or _TELLING.search(raw[:_LONGEST].lower()) is not None


def _named(secrets: Iterable[Secret], prefix: str, where: str) -> Iterator[Span]:
    """Secrets with the names and words that a place gives them."""
    for start, end, name in secrets:
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
