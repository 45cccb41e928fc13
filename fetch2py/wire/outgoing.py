"""What a Request looks like on the wire, and where a redirect leads. Pure: nothing here opens a connection.

Knows URLs, header fields and the Fetch standard's redirect rules. Of httpx it uses the URL of an origin
alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import httpx

from fetch2py.errors import ReplyRefused, WireError
from fetch2py.fetch_standard import CONNECTION_FIELDS
from fetch2py.request import Request

__all__ = ["Address", "fields", "locate", "method", "redirect"]

# The Fetch standard, "request-body-header name": what a redirect drops together with the body.
_BODY_FIELDS = ("content-encoding", "content-language", "content-location", "content-type", "content-length")
_REDIRECTS = frozenset((301, 302, 303, 307, 308))

# A backslash ends the authority as a slash does (URL standard, "special authority"): a reader that thinks
# otherwise sends the request, and its secrets, to another host than the browser would.
_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?:[^/\\?#]*@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[^\x00-\x20\"#%/:<>?@\[\\\]^`{|}\x7f]+)"
    r"(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<rest>[/\\?][^#]*)?(?:#.*)?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_URL_NOISE = re.compile(r"[\t\n\r]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_IN_TARGET = re.compile(rb"[^\x21-\x7e]")

# RFC 9110 section 5.6.2: what methods and field names are made of.
_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_NOT_IN_VALUE = re.compile(r"[\x00\n\v\f\r]|[^\x00-\xff]")
_MOST_SHOWN = 40


class Address(NamedTuple):
    """A URL taken apart: its origin as httpx's URL, and the request target's bytes."""

    origin: httpx.URL
    target: bytes

    def __str__(self) -> str:
        """The origin as a person reads it, and nothing that could be a secret."""
        return f"{self.origin.scheme}://{self.origin.netloc.decode('ascii')}"


def locate(url: str) -> Address:
    """The parts of a URL. The request target stays as it is written, down to `` ` { } | \\ ^ ``.

    Only what can't stand in a request line is percent-encoded, in UTF-8, as browsers do (URL standard,
    section 1.3). Userinfo and fragment are dropped, a host beyond ASCII becomes punycode. WireError where
    there is no such URL.
    """
    found = _URL.fullmatch(_URL_NOISE.sub("", url).strip(" "))
    if found is None or int(found["port"] or 0) > 65535:
        raise _not_an_address()
    try:
        origin = _origin(f"{found['scheme'].lower()}://{found['host']}:{found['port'] or ''}/")
    except httpx.InvalidURL as exc:
        raise _not_an_address() from exc
    rest = found["rest"] or "/"
    if rest[0] == "?":
        rest = f"/{rest}"
    elif rest[0] == "\\":
        rest = f"/{rest[1:]}"
    target = _NOT_IN_TARGET.sub(
        lambda byte: b"%%%02X" % byte[0][0], _SURROGATE.sub("\ufffd", rest).encode("utf-8")
    )
    return Address(origin, target)


@lru_cache(maxsize=64)
def _origin(url: str) -> httpx.URL:
    return httpx.URL(url)


def method(request: Request) -> str:
    """The method, as it is written. WireError names one that can't stand in a request line."""
    if not _TOKEN.fullmatch(request.method):
        raise WireError(
            f"The method {request.method[:_MOST_SHOWN]!r} holds something that HTTP doesn't carry.",
            hint="Correct the method in the profile: `fetch2py edit NAME`.",
        )
    return request.method


def fields(request: Request, address: Address) -> list[tuple[bytes, bytes]]:
    """The header fields to send: the request's own, in their order and case, behind what a browser computes.

    Host is the URL's unless the request has one, the length is the body's own, whatever a captured one says
    (Fetch standard, "HTTP-network-or-cache fetch"). WireError names a field that can't travel, never its
    value.
    """
    # A connection's own fields are left out: h11 frames the body by its length, and HTTP/2 makes an error of
    # them (RFC 9113 section 8.2.2).
    host = request.headers.get("host") or address.origin.netloc.decode("ascii")
    pairs = [("Host", host)]
    length = _length(request)
    if length is not None:
        pairs.append(("Content-Length", str(length)))
    pairs += request.headers.without("host", "content-length", *CONNECTION_FIELDS)
    return [_field(name, value.strip(" \t\r\n")) for name, value in pairs]


def redirect(request: Request, status: int, location: str) -> Request | None:
    """The request that follows a redirect, or None if this answer is no redirect.

    `location` is the field's value, one character a byte. The Fetch standard's "HTTP-redirect fetch" gives
    the rules for method and body. ReplyRefused for another origin: what the request carries was meant for
    this one.
    """
    if status not in _REDIRECTS or not location:
        return None
    url = _resolve(request.url, location)
    if locate(url).origin != locate(request.url).origin:
        raise ReplyRefused(
            f"{locate(request.url)} sends this request on to {locate(url)}, and it was not sent there.",
            hint="Often the login has ended: open the site, copy the request again and import it.",
        )
    becomes_get = request.method == "POST" if status in (301, 302) else request.method not in ("GET", "HEAD")
    if status in (307, 308) or not becomes_get:
        return replace(request, url=url)
    return replace(request, url=url, method="GET", body=None, headers=request.headers.without(*_BODY_FIELDS))


def _resolve(base: str, location: str) -> str:
    from urllib.parse import urljoin

    try:
        text = location.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        text = location
    try:
        url = urljoin(base, text)
        locate(url)
    except (ValueError, WireError) as exc:
        raise ReplyRefused(
            f"{locate(base)} redirects to something that is not a web address.",
            hint="Open the site in the browser and copy the request again.",
        ) from exc
    return url


def _length(request: Request) -> int | None:
    if request.body is not None:
        return len(request.body)
    return 0 if request.method in ("POST", "PUT") else None


def _field(name: str, value: str) -> tuple[bytes, bytes]:
    # httpx would refuse these too, with the value in the exception's text.
    if not _TOKEN.fullmatch(name) or _NOT_IN_VALUE.search(value):
        raise WireError(
            f"The header field {name!r} holds a character that HTTP doesn't carry.",
            hint="Correct the field in the profile: `fetch2py edit NAME`.",
        )
    return name.encode("ascii"), value.encode("latin-1")


def _not_an_address() -> WireError:
    return WireError(
        "The URL of this request is not a complete http or https address.",
        hint="It has to begin with https:// and a host, as the browser copies it.",
    )
