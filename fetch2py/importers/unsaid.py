"""What a fetch() call leaves unsaid of its request: each browser's menu drops something, and none says so.

Knows what the menus leave out. Must not know how a call is read.
"""

from __future__ import annotations

from typing import Any

from fetch2py.importers.body import Hidden
from fetch2py.request import Headers, Loss

__all__ = ["COOKIES", "KEPT_BACK", "USER_AGENT", "gaps", "hidden_body"]

COOKIES = Loss(
    "cookies",
    "This was copied with credentials and without a cookie: if the site needs its cookies, "
    "use Copy as fetch (Node.js); Firefox and Safari have no such entry: there, add a cookie line with "
    "`fetch2py edit`.",
)
# What the Node.js style writes behind the sorted fields.
_APPENDED = ("cookie", "Referer", "Referrer-Policy")
_ORIGIN = Loss(
    "origin",
    "No referrer, so the page isn't known, and no Origin goes out: if the server refuses that, add an origin "
    "line with `fetch2py edit`, such as https:// and the site's name.",
)
_PREFLIGHT = Loss(
    "preflight",
    "This looks like the preflight that a browser sends ahead of the request that is meant, and its "
    "Access-Control-Request fields are left out: copy the request of the same address below it.",
)
KEPT_BACK = Loss(
    "cookie-omitted",
    "The snippet has a cookie, and by its option credentials fetch() sends none; it was left out. "
    "If the site needs it, add a cookie line with `fetch2py edit`.",
)
USER_AGENT = Loss(
    "user-agent",
    "No User-Agent: Chromium leaves it out, and an honest fetch2py goes out in its place; "
    "if the site wants the browser's, add a user-agent line with `fetch2py edit`.",
)


def hidden_body(options: dict[str, Any], headers: Headers) -> Hidden:
    """Whether a snippet without a body is of a kind that also stands for requests that had one."""
    if {"cache", "redirect"} <= options.keys():
        # Safari leaves every Blob out.
        return Hidden.POSSIBLY
    by_chromium = {"mode", "method", "credentials"} <= options.keys() and not headers.has("user-agent")
    # Chromium writes null for no body, and no member at all for a file.
    return Hidden.SURELY if by_chromium and "body" not in options else Hidden.NO


def is_menus(options: dict[str, Any], headers: Headers) -> bool:
    """Whether a browser's menu wrote these options, so that `headers` lists every field that was sent.

    Every menu's list has an Accept. Every menu writes the method behind headers and body, and people before
    them; then a mode with credentials, or, in the Node.js style, the headers first, in lower case and sorted.
    """
    order = [name for name in options if name in ("headers", "body", "method")]
    if order[-1:] != ["method"] or len(order) < 3 or not headers.has("accept"):
        return False
    names = [name for name, _ in headers if name not in _APPENDED and not name.isdigit()]
    is_node = next(iter(options)) == "headers" and names == sorted(name.lower() for name in names)
    return is_node or {"mode", "credentials"} <= options.keys()


def gaps(method: str, headers: Headers, page: str) -> tuple[Loss, ...]:
    """What a browser's list of fields lacks, going by the method and the page's origin, "" if unknown."""
    verb = method.upper()
    if verb == "OPTIONS" and not (
        headers.has("access-control-request-method") or headers.has("content-type")
    ):
        return (_PREFLIGHT,)
    # What browsers write lists Accept; what people write says what it means.
    is_listed = headers.has("accept") and not (headers.has("origin") or headers.has("referer"))
    return (_ORIGIN,) if is_listed and not page and verb not in ("GET", "HEAD", "OPTIONS") else ()
