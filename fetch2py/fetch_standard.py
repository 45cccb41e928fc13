"""What a browser adds to a fetch() call before it goes out (WHATWG Fetch, Referrer Policy).

Request in, Request out. Must not know snippets, profiles or the network.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from urllib.parse import unquote_to_bytes, urlsplit

from fetch2py.jsontext import well_formed
from fetch2py.request import LISTED, Headers, Request, is_http_url, origin_of
from fetch2py.version import __version__

__all__ = ["CONNECTION_FIELDS", "as_sent", "origin_of"]

CONNECTION_FIELDS = (
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
)
"""Fields of one connection (RFC 9110 section 7.6.1), lower-case. Whoever connects makes them anew."""

# Codings that the wire decodes; any other would come through as noise.
_DECODED = ("gzip", "deflate", "br", "zstd", "identity")
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
USER_AGENT = f"fetch2py/{__version__}"

# Fetch, section 2.2.1: only these are upper-cased; "patch" goes out as it is.
_NORMALISED = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}
# The wire makes these anew as well. Old Chromium's Node.js style invents a Referrer-Policy request field that
# no browser ever sent.
_NEVER = (*CONNECTION_FIELDS, "content-length", "host", "referrer-policy")
# Referrer Policy, section 8.3: a longer referrer is cut to its origin.
_LONGEST_REFERRER = 4096
# Secure Contexts, section 3.1: what this machine says to itself needs no TLS to be trusted.
_LOOPBACK = re.compile(r"localhost|.*\.localhost|127(?:\.[0-9]{1,3}){3}|::1")


def as_sent(request: Request, user_agent: str = "") -> Request:
    """The request as it goes on the wire, less what the connection adds (Host, Content-Length).

    The method is normalised, the fragment dropped, userinfo turned into Basic credentials; fields of the
    connection go; Accept, Content-Type, Referer, Origin, User-Agent and Accept-Encoding come where the
    standard sends them and the request doesn't have them. `user_agent` is the person's, "" for fetch2py's.
    A request whose referrer is LISTED was never a call: it keeps its method, and gets the last two alone.
    """
    url, credentials = _without_userinfo(request.url.partition("#")[0].strip(" "))
    headers = Headers(
        [
            (name, value.strip(" \t\r\n"))
            for name, value in request.headers.without(*_NEVER)
            if not name.startswith(":")
        ]
    )
    is_call = request.referrer != LISTED
    normalised = is_call and request.method.upper() in _NORMALISED
    method = request.method.upper() if normalised else request.method
    sent = replace(request, method=method, url=url, headers=headers)
    added = (
        ("accept", "*/*" if is_call else ""),
        ("authorization", credentials),
        ("content-type", _content_type(request)),
        ("origin", _origin(sent)),
        ("referer", _referer(sent)),
        ("user-agent", user_agent or USER_AGENT),
        ("accept-encoding", ACCEPT_ENCODING),
    )
    there = {name.lower() for name, _ in headers}
    fields = (*headers, *((name, value) for name, value in added if value and name not in there))
    return replace(sent, headers=Headers((name, _as_field(name, value)) for name, value in fields))


def _as_field(name: str, value: str) -> str:
    """A value as it travels: one character a byte, and of the content codings those that are decoded."""
    if name.lower() == "accept-encoding":
        offered = [coding.strip() for coding in value.split(",")]
        decoded = [coding for coding in offered if coding.partition(";")[0].strip().lower() in _DECODED]
        return value if decoded == offered else ", ".join(decoded) or "identity"
    fits = value.isascii() or max(value) <= "\xff"
    return value if fits else well_formed(value).encode().decode("latin-1")


def _content_type(request: Request) -> str:
    """The type that a string body brings along (Fetch, section 5.2).

    What a browser's menu wrote lists every field that was sent, Accept among them: there, no type means none.
    """
    is_listed = request.referrer == LISTED or request.headers.has("accept")
    return "text/plain;charset=UTF-8" if request.body is not None and not is_listed else ""


def _without_userinfo(url: str) -> tuple[str, str]:
    # A backslash ends the authority as a slash does: what stands behind it names no other host.
    match = re.match(r"(https?://)([^/?#\\]*)@", url, re.IGNORECASE)
    if not match:
        return url, ""
    user, _, password = match[2].partition(":")
    if not user and not password:
        return match[1] + url[match.end() :], ""
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return match[1] + url[match.end() :], f"Basic {b64encode(pair).decode('ascii')}"


def _origin(request: Request) -> str:
    """Fetch, section 3.2: Origin goes with every cross-origin request, and with all but GET and HEAD."""
    page = _page(request)
    if not page or (request.method in ("GET", "HEAD") and origin_of(page) == origin_of(request.url)):
        return ""
    return origin_of(page)


def _referer(request: Request) -> str:
    """Referrer Policy, section 8.3, "determine request's Referrer".

    Without a policy the referrer goes as it is: browsers write the Referer that they really sent, cut to
    the page's policy already, which current Chromium and Firefox don't tell.
    """
    page = _without_userinfo(_page(request).partition("#")[0])[0]
    if not page or not request.referrer_policy:
        return page
    origin = f"{origin_of(page)}/"
    whole = page if len(page) <= _LONGEST_REFERRER else origin
    return _cut(request.referrer_policy, whole, origin, request.url)


def _cut(policy: str, whole: str, origin: str, url: str) -> str:
    """What the policy leaves of a referrer: `whole`, its `origin`, or nothing."""
    same = origin == f"{origin_of(url)}/"
    downgrade = _is_trustworthy(origin) and not _is_trustworthy(url)
    match policy.lower():
        case "no-referrer":
            return ""
        case "unsafe-url":
            return whole
        case "origin":
            return origin
        case "same-origin":
            return whole if same else ""
        case "origin-when-cross-origin":
            return whole if same else origin
        case "no-referrer-when-downgrade":
            return "" if downgrade else whole
        case "strict-origin":
            return "" if downgrade else origin
        case _:
            # The default, which a policy that the standard doesn't know leaves in force.
            return whole if same else "" if downgrade else origin


def _is_trustworthy(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or _LOOPBACK.fullmatch(parts.hostname or "") is not None


def _page(request: Request) -> str:
    """The address of the page that the request was made on, as far as the request tells; else ""."""
    page = request.referrer or request.headers.get("referer")
    return page if is_http_url(page) else ""
