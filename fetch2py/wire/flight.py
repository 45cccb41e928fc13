"""One request on its way: its hops, its clock and its faults, the same for the sync and the async wire.

Knows httpx's requests, extensions and exceptions. Does no I/O of its own.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import httpx

from fetch2py.errors import ReplyMalformed, ReplyRefused
from fetch2py.request import Request
from fetch2py.wire import Timeouts
from fetch2py.wire.faults import Phase, network
from fetch2py.wire.outgoing import Address, fields, locate, method, redirect

__all__ = ["Flight"]

# The Fetch standard allows 20. A chat's POST that a site sends around ten times is going in a circle.
_MOST_REDIRECTS = 10

# What httpx undoes. Any other coding it would hand through as it is, without a word.
_CODINGS = frozenset(("", "identity", "gzip", "deflate", "br", "zstd"))

_LOOPBACK = re.compile(r"localhost|.+\.localhost|127(\.[0-9]+){3}|::1")


class _Url(httpx.URL):
    """The origin to whoever prints it, the whole request target to whoever sends it.

    httpx logs URLs and puts them into exceptions, and a query can hold secrets. Its own extension for a
    target that is not to be normalised won't do: httpcore sends that target to a proxy as well, in clear
    text.
    """

    def __init__(self, address: Address) -> None:
        super().__init__(address.origin)
        self._target = address.target

    @property
    def raw_path(self) -> bytes:
        return self._target


class Flight:
    """What has to be known between sending a request and the last byte of its answer.

    `head` is the last answer's status and header fields, as they came. `clock` has the seconds to wait for
    "connect", "write" and "read" at any moment; None waits for ever.
    """

    def __init__(self, request: Request, timeouts: Timeouts) -> None:
        self.head: tuple[int, tuple[tuple[str, str], ...]] = (0, ())
        self._request = request
        self._address = locate(request.url)
        self._timeouts = timeouts
        self._hops = 0
        self._phase = Phase.HEAD
        # httpcore looks the numbers up here as it needs them, so changing the mapping changes the wait.
        self.clock = {
            "connect": timeouts.connect or None,
            "read": timeouts.first_byte or None,
            "write": timeouts.first_byte or None,
        }

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken, and HTTP/2 if the server can: browsers do no HTTP/2 without TLS."""
        return self._address.origin.scheme == "https"

    @property
    def by_environment(self) -> bool:
        """Whether the environment's proxies count. Browsers ask no proxy about this very machine, either."""
        return not _LOOPBACK.fullmatch(self._address.origin.host)

    def tls(self) -> ssl.SSLContext:
        """The TLS settings. Reading the certificates takes 50 ms, so only https does; http never uses them.

        The empty context of http trusts nobody: should it ever be used, it fails.
        """
        return httpx.create_ssl_context() if self.secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    @property
    def peer(self) -> tuple[str, int, str]:
        """Whom to connect to: a host, a port, and the name that its certificate has to bear."""
        origin = self._address.origin
        name = origin.raw_host.decode("ascii")
        # Browsers look no such name up (RFC 6761, section 6.3), and few resolvers know any.
        host = "localhost" if name.endswith(".localhost") else name
        return host, origin.port or (443 if self.secure else 80), name

    def spelled(self) -> bytes:
        """The request's bytes in HTTP/1.1, nothing added and nothing normalised (RFC 9112, section 3)."""
        lines = [b"%s %s HTTP/1.1" % (method(self._request).encode("ascii"), self._address.target)]
        lines += [b"%s: %s" % field for field in fields(self._request, self._address)]
        return b"\r\n".join((*lines, b"", self._request.body or b""))

    def message(self) -> httpx.Request:
        """The request for httpx, made so that nothing is added and nothing is normalised."""
        name = method(self._request)
        message = httpx.Request(
            name,
            self._address.origin,
            headers=fields(self._request, self._address),
            stream=httpx.ByteStream(self._request.body or b""),
            extensions={"timeout": self.clock},
        )
        address = self._address
        host, _, certified = self.peer
        if host != certified:
            message.extensions["sni_hostname"] = certified
            address = Address(address.origin.copy_with(host=host), address.target)
        # httpx has made the method upper case, and a plain URL of this one.
        message.method = name
        message.url = _Url(address)
        return message

    def receive_head(self, response: httpx.Response) -> None:
        """Take in a head, before httpx looks into it.

        httpx builds the request that follows a redirect even where it is not asked to follow one, and raises
        for a Location that it can't read. So it gets none to see.
        """
        self.took(response.status_code, response.headers.raw)
        response.headers.pop("location", None)

    async def areceive_head(self, response: httpx.Response) -> None:
        """The twin of `receive_head` for tasks."""
        self.receive_head(response)

    def took(self, status: int, fields: Iterable[tuple[bytes, bytes]]) -> None:
        """A head is in: its status and its header fields."""
        told = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
        self.head = status, tuple(told)

    def redirected(self) -> bool:
        """Whether the head leads elsewhere: then send once more. ReplyRefused where it may not lead."""
        status, headers = self.head
        location = next((value for name, value in headers if name.lower() == "location"), "")
        following = redirect(self._request, status, location)
        if following is None:
            self._phase = Phase.FIRST_BYTE
            return False
        self._hops += 1
        if self._hops > _MOST_REDIRECTS:
            raise ReplyRefused(
                f"{self._address} redirects in a circle: {_MOST_REDIRECTS} redirects were followed.",
                hint="Open the site in the browser and copy the request again.",
            )
        self._request, self._address = following, locate(following.url)
        return True

    def heed_clock(self, response: httpx.Response) -> None:
        """Have each read of the body look at the clock: the wait for the first byte differs from the later.

        For HTTP/1.1 httpcore looks up one time-out for the whole body.
        """
        network = response.extensions["network_stream"]
        read = network.read

        def timed(max_bytes: int, timeout: float | None = None) -> Any:
            return read(max_bytes, self.clock["read"])

        network.read = timed

    def require_known_coding(self, response: httpx.Response) -> None:
        """Raise ReplyMalformed for a body that is compressed in a way that httpx would leave as it is."""
        codings = response.headers.get("content-encoding", "").lower().split(",")
        unknown = {coding.strip() for coding in codings} - _CODINGS
        if unknown:
            raise ReplyMalformed(
                f"The answer is compressed in a way that can't be undone here: {', '.join(sorted(unknown))}.",
                hint="Ask for less in the profile: accept-encoding: gzip, deflate, br, zstd.",
            )

    def arrived(self) -> None:
        """Take note that bytes of the body are in."""
        if self._phase is not Phase.BODY:
            self._phase = Phase.BODY
            self.clock["read"] = self._timeouts.idle or None

    def faults(self) -> AbstractContextManager[None]:
        """The border where foreign exceptions become the project's own."""
        return network(str(self._address), self._timeouts, lambda: self._phase)
