"""Who may ask: the names that the server goes by, pages of which origins, and the bearer of which token.

A page of another site can make a browser send requests here (cross-site request forgery, DNS rebinding); so
can everyone on the network, where the server listens to it. Pure ASGI. Must not know routes or profiles.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fetch2py.server.failing import Unusable, body_of
from fetch2py.server.log import log

__all__ = ["Access", "Gate", "is_loopback"]

_LOOPBACK_NAME = re.compile(r"localhost|.+\.localhost")
# RFC 9110, section 7.2: a host and a port; RFC 6454: an origin.
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/?#@]+)(?::[0-9]{1,5})?")
_ORIGIN = re.compile(r"https?://(?:\[[0-9a-f:.]+\]|[^\s\[\]:/?#@*]+)(?::[0-9]{1,5})?")
_NAME = re.compile(r"[^\s\[\]:/?#@]+")
# RFC 6750, section 2.1, or nothing.
_TOKEN = re.compile(r"(?:[-A-Za-z0-9._~+/]+=*)?")
_FIELD_NAMES = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z, ]{0,2000}")
_ELSEWHERE = ("cross-site", "same-site")
# EventSource can set no header field. RFC 6750, section 2.3, names the parameter.
_TOKEN_PARAMETER = "access_token"  # noqa: S105  # a parameter's name

_ALWAYS: Mapping[str, str] = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_EXPOSED = "x-fetch2py-ignored, retry-after"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask. ValueError for what would open the server without a word.

    `hosts`: names that the server goes by beside those of loopback and the address that was connected to.
    `origins`: origins whose pages may ask ("https://app.example"); "*" for all, with a token only.
    `token`: what every request has to bear, "" for none; other names than those of loopback need one.
    """

    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    token: str = ""

    def __repr__(self) -> str:
        return f"<Access as {self.hosts}, for {self.origins}, {'with' if self.token else 'without'} a token>"

    def __post_init__(self) -> None:
        for host in self.hosts:
            if not _is_host(host):
                raise ValueError(
                    f"{host!r} is no host's name: it has neither scheme nor port, as chat.example."
                )
        if not _TOKEN.fullmatch(self.token):
            raise ValueError(
                "The token holds what a header field can't: take letters, digits and -._~+/= alone."
            )
        for origin in self.origins:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin: it is a scheme, a host and a port, as http://localhost:5173."
                )
        if not self.token and ("*" in self.origins or not all(map(is_loopback, self.hosts))):
            raise ValueError("Whoever serves more than this machine needs a token.")

    def knows_host(self, field: str, reached: str) -> bool:
        """Whether a Host field names this server. `reached`: the address of its that was connected to.

        Addresses can't be rebound to another server, as names can.
        """
        found = _HOST.fullmatch(field)
        if found is None:
            return False
        name = found["name"].strip("[]").lower()
        return is_loopback(name) or name == reached or name in map(str.lower, self.hosts)

    def knows_origin(self, origin: str) -> bool:
        """Whether pages of this origin may ask."""
        return origin in self.origins or ("*" in self.origins and _ORIGIN.fullmatch(origin) is not None)

    def knows_token(self, given: str) -> bool:
        """Whether it is the token, compared in a time that doesn't tell how much of it is right."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())


def _is_host(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return _NAME.fullmatch(name) is not None
    return True


@lru_cache(maxsize=256)
def is_loopback(name: str) -> bool:
    """Whether a host's name or address can only mean the machine itself."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return _LOOPBACK_NAME.fullmatch(name.lower()) is not None


class Gate:
    """Lets a request through, or answers it. Every response gets the fields that keep browsers in bounds.

    Also takes the query out of the scope that the server logs: it can hold the message and the token.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        inner = dict(scope)
        scope["query_string"] = b""
        fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        origin = fields.get("origin", "")
        allowed = origin if self._access.knows_origin(origin) else ""
        guarded = _guarded(send, _cross_origin(allowed) if allowed else {})
        try:
            self._require_host(inner, fields)
            self._require_origin(inner, fields, allowed)
            if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in fields:
                await _answer_preflight(guarded, fields)
                return
            self._require_token(inner, fields)
        except Unusable as refusal:
            log(inner, refusal.http_status, refusal.message)
            await _refuse(guarded, refusal)
            return
        await self._app(inner, receive, guarded)

    def _require_host(self, scope: Scope, fields: Mapping[str, str]) -> None:
        reached = str((scope.get("server") or ("",))[0])
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self._access.knows_host(fields["host"], reached):
            raise Unusable(
                "This server doesn't go by the name in the Host field.",
                http_status=421,
                hint="Ask it by the address that it printed, or start it with --allow-host NAME.",
            )
        if not self._access.token and reached and scope["server"][1] and not is_loopback(reached):
            raise Unusable(
                "This server listens to the network and has no token.",
                http_status=403,
                hint="Start it with a token.",
            )

    def _require_origin(self, scope: Scope, fields: Mapping[str, str], allowed: str) -> None:
        """Refuse what a page of another site has sent, be it by a form, an image or a link."""
        if allowed or (_is_front_page(scope) and fields.get("sec-fetch-mode") == "navigate"):
            return
        origin = fields.get("origin")
        own = origin is None or origin.partition("://")[2] == fields["host"]
        if not own or fields.get("sec-fetch-site") in _ELSEWHERE:
            raise Unusable(
                "Pages of other origins may not ask this server.",
                http_status=403,
                hint="Start it with --allow-origin and the page's origin, as http://localhost:5173.",
            )

    def _require_token(self, scope: Scope, fields: Mapping[str, str]) -> None:
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, encoding="latin-1")
        given = [value for name, value in query if name == _TOKEN_PARAMETER]
        if given:
            kept = [pair for pair in query if pair[0] != _TOKEN_PARAMETER]
            scope["query_string"] = urlencode(kept, encoding="latin-1").encode("ascii")
        if scope["method"] != "GET":
            given.clear()
        if not self._access.token or _is_front_page(scope):
            return
        scheme, _, token = fields.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            given.append(token.strip())
        if not any(map(self._access.knows_token, given)):
            raise Unusable(
                "This server wants its token.",
                http_status=401,
                hint="Send the field “Authorization: Bearer TOKEN”; a GET can bear access_token=TOKEN.",
            )


def _is_front_page(scope: Scope) -> bool:
    """The page holds nothing of anyone's, and its script sends the token."""
    return scope["path"] == "/" and scope["method"] in ("GET", "HEAD")


def _cross_origin(origin: str) -> dict[str, str]:
    """CORS (Fetch standard, section 3.3) for an origin that may ask."""
    return {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": _EXPOSED,
        "cross-origin-resource-policy": "cross-origin",
    }


async def _answer_preflight(send: Callable[[Message], Awaitable[None]], fields: Mapping[str, str]) -> None:
    wanted = fields.get("access-control-request-headers", "")
    names = wanted if _FIELD_NAMES.fullmatch(wanted) else ""
    told = {
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": names or "authorization, content-type",
        "access-control-max-age": "600",
    }
    if fields.get("access-control-request-private-network") == "true":
        told["access-control-allow-private-network"] = "true"
    await send({"type": "http.response.start", "status": 204, "headers": _encoded(told)})
    await send({"type": "http.response.body"})


async def _refuse(send: Callable[[Message], Awaitable[None]], refusal: Unusable) -> None:
    content = json.dumps(body_of(refusal), ensure_ascii=False).encode()
    told = {"content-type": "application/json", "content-length": str(len(content))}
    if refusal.http_status == 401:
        told["www-authenticate"] = "Bearer"
    await send({"type": "http.response.start", "status": refusal.http_status, "headers": _encoded(told)})
    await send({"type": "http.response.body", "body": content})


def _guarded(send: Send, more: Mapping[str, str]) -> Send:
    """`send`, with the fields added to the response's head that it doesn't have itself."""
    fields = {**_ALWAYS, "vary": "Origin", **more}

    def guarded(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            added = [field for field in _encoded(fields) if field[0] not in there]
            message = {**message, "headers": [*message["headers"], *added]}
        return send(message)

    return guarded


def _encoded(fields: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
