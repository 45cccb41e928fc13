"""What in a request is good for one time only: proofs that a bot check was passed, and signatures.

Knows by which names sites send them. Must not know how any of them is made: what can't be replayed is named
and explained, and never worked around. A further one is a row in _MARKS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_plus

from fetch2py import jsontext
from fetch2py.multipart import parts
from fetch2py.request import Request

__all__ = ["Unrepeatable", "unrepeatable"]

_PROOF = (
    "is a proof that a bot check was passed, and good for one request: "
    "expect a refusal. No new one is made here; the site's official API needs none."
)
_SIGNATURE = (
    "is a signature that the page's own code made for this very request: "
    "with another message, or a little later, expect a refusal. No new one is made here."
)
_DIGEST = (
    "is a digest of the body as it was captured: a new message makes it wrong. "
    "If the server checks it, only a replay without a message can succeed."
)
_TIMED = "is a signature that holds for a short time: copy the request again if it is refused."

_HEADER, _QUERY, _MEMBER = "header field", "query parameter", "member of the body"
_ANYWHERE = (_HEADER, _QUERY, _MEMBER)


class Unrepeatable(NamedTuple):
    """One such thing: the `place` and `name` of its field, and what it means for a replay, as a sentence."""

    place: str
    name: str
    message: str


class _Mark(NamedTuple):
    """A row: where it stands, its whole name in lower case, what its value looks like, and what it means."""

    places: tuple[str, ...]
    name: re.Pattern[str]
    value: re.Pattern[str]
    meaning: str


def _mark(places: tuple[str, ...], names: str, meaning: str, value: str = r".{8,}") -> _Mark:
    alternatives = "|".join(names.split())
    return _Mark(places, re.compile(f"(?:{alternatives})"), re.compile(value, re.DOTALL), meaning)


_OPAQUE = r"[\w+/=.:%~-]{16,}"
_MARKS = (
    # ChatGPT; DeepSeek; Grok; X; Kasada; Vercel's and Cloudflare's checks.
    _mark((_HEADER,), r"openai-sentinel-[a-z-]*token x-ds-pow-response x-statsig-id", _PROOF),
    _mark((_HEADER,), r"x-client-transaction-id x-kpsdk-[a-z]+ x-is-human", _PROOF),
    # Cloudflare Turnstile, reCAPTCHA, hCaptcha, Arkose Labs, GeeTest.
    _mark(
        _ANYWHERE,
        r"(?:x-)?(?:cf-)?turnstile[-_]?(?:token|response) (?:x-)?arkose[-_]?token"
        r" (?:x-)?(?:g-)?(?:re|h-?)?captcha[-_]?(?:token|response)"
        r" gttoken geetest_(?:challenge|validate|seccode) lot_number pass_token",
        _PROOF,
    ),
    # ByteDance; Bilibili; Xiaohongshu.
    _mark((_QUERY, _HEADER), r"a_bogus x-bogus _signature w_rid x-s x-s-common", _SIGNATURE),
    # RFC 9449; RFC 9421; AWS Signature Version 4.
    _mark((_HEADER,), r"dpop signature signature-input x-amz-content-sha256", _SIGNATURE),
    _mark((_HEADER,), r"authorization", _SIGNATURE, r"(?:AWS4|OSS4|TC3|HMAC|Signature)[ -].*"),
    _mark((_QUERY,), r"x-(?:amz|goog|oss)-signature sig signature sign", _TIMED, _OPAQUE),
    _mark(
        (_HEADER, _MEMBER),
        r"(?:x-)?(?:[a-z]+-)?(?:sign|signature|request-signature|hmac(?:-[a-z0-9]+)?)",
        _SIGNATURE,
        _OPAQUE,
    ),
    # RFC 9530, and what it replaced.
    _mark(
        (_HEADER,),
        r"content-digest repr-digest digest content-md5 x-(?:body|content)-(?:hash|digest)",
        _DIGEST,
    ),
)
# One look at a large body tells most often that there is none.
_NEAR = re.compile(
    rb"(?:turnstile|captcha|arkose)[\w-]{0,12}+[\"=\\]|(?:gttoken|geetest_\w{1,12}|lot_number|pass_token)[\"=\\]"
    rb"|(?:sign|signature|hmac[\w-]{0,12}+)[\"=\\]",
    re.IGNORECASE,
)
# A member that is called so deeper inside says something of what stands beside it.
_OUTERMOST = re.compile(r".*(?:sign|signature|hmac.*)")


def unrepeatable(request: Request) -> tuple[Unrepeatable, ...]:
    """What of the request a server takes only once, or only with the very same body; each name once."""
    found: dict[tuple[str, str], Unrepeatable] = {}
    for place, name, value in _named_values(request):
        for mark in _MARKS:
            if place in mark.places and mark.name.fullmatch(name.lower()) and mark.value.fullmatch(value):
                found.setdefault(
                    (place, name), Unrepeatable(place, name, f"The {place} {name} {mark.meaning}")
                )
                break
    return tuple(found.values())


def _named_values(request: Request) -> Iterator[tuple[str, str, str]]:
    """(place, name, value) of all that could be one."""
    yield from ((_HEADER, name, value) for name, value in request.headers)
    query = request.url.partition("#")[0].partition("?")[2]
    yield from ((_QUERY, name, value) for name, value in _pairs(query))
    if request.body and _NEAR.search(request.body):
        content_type = request.headers.get("content-type")
        yield from ((_MEMBER, name, value) for name, value in _members(request.body, content_type))


def _members(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    """The named texts of a form, or of a JSON body."""
    media_type = content_type.partition(";")[0].strip().lower()
    text = body.decode("utf-8", "replace")
    if media_type == "multipart/form-data":
        for part in parts(body, content_type):
            yield part.name, body[part.start : part.end].decode("utf-8", "replace")
    elif media_type == "application/x-www-form-urlencoded":
        yield from _pairs(text)
    elif jsontext.is_json(text):
        for path, leaf in jsontext.leaves(jsontext.parse(text)):
            is_inner = len(path) > 1 and _OUTERMOST.fullmatch(path[-1].lower())
            if isinstance(leaf, str) and path and not is_inner:
                yield path[-1], leaf


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        yield unquote_plus(name), unquote_plus(value)
