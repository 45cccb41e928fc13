"""The async wire for a server, which has many answers under way at once: no layer between socket and parser.

Knows httpx's requests and responses, and sends the bytes of a request itself. Must not know rules of answers
or profiles.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Self, cast
from urllib.request import getproxies

import httpx

from fetch2py.request import Request
from fetch2py.wire import DEFAULT_TIMEOUTS, Response, Timeouts, achunks, asend, astream
from fetch2py.wire.connection import Connection
from fetch2py.wire.faults import FOREIGN, settings
from fetch2py.wire.flight import Flight

__all__ = ["LeanWire"]

# While another address of the host is left, one that keeps silent gets no more, in seconds: it is often an
# IPv6 address that leads nowhere.
_SILENT_ADDRESS = 2.0


class LeanWire:
    """What `astream` does, at a fraction of the CPU time: `stream` is its twin, over HTTP/1.1 alone.

    TLS settings are read once, at the first https request. Where the environment names a proxy, `astream`
    itself does the work.
    """

    def __init__(self) -> None:
        self._tls: ssl.SSLContext | None = None

    @asynccontextmanager
    async def stream(
        self, request: Request, timeouts: Timeouts = DEFAULT_TIMEOUTS
    ) -> AsyncIterator[Response[AsyncIterator[bytes]]]:
        """Send `request` and hand out the answer, as `astream` does, with the same exceptions."""
        flight = Flight(request, timeouts)
        if flight.by_environment and getproxies():
            async with astream(request, timeouts) as proxied:
                yield proxied
            return
        if flight.secure and self._tls is None:
            with settings():
                self._tls = flight.tls()
                self._tls.set_alpn_protocols(["http/1.1"])
        response = await asend(_Transport(self._tls, flight), flight)
        try:
            # Layers are for what has to be undone.
            if "content-encoding" in response.headers:
                yield Response(*flight.head, achunks(response, flight))
            else:
                pieces = _Pieces(response, flight)
                yield Response(*flight.head, pieces, pieces.offer)
        finally:
            await response.aclose()


class _Transport:
    """Sends a request of httpx's on a new connection."""

    def __init__(self, tls: ssl.SSLContext | None, flight: Flight) -> None:
        self._tls = tls
        self._flight = flight

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        clock: Mapping[str, float | None] = request.extensions["timeout"]
        connection = await self._connect(request, clock["connect"])
        try:
            await connection.send(_spelled(request), clock["write"])
            await connection.head(clock["read"])
        except BaseException:
            connection.abort()
            raise
        response = httpx.Response(
            connection.status,
            headers=connection.fields,
            stream=_Body(connection, clock),
            request=request,
        )
        self._flight.receive_head(response)
        return response

    async def _connect(self, request: httpx.Request, patience: float | None) -> Connection:
        try:
            async with asyncio.timeout(patience):
                return await self._first_that_answers(request)
        except TimeoutError:
            raise httpx.ConnectTimeout("") from None

    async def _first_that_answers(self, request: httpx.Request) -> Connection:
        loop = asyncio.get_running_loop()
        url, tls = request.url, self._tls if request.url.scheme == "https" else None
        name = request.extensions.get("sni_hostname") or url.raw_host.decode("ascii")
        port = url.port or (443 if tls else 80)
        *others, last = await loop.getaddrinfo(url.raw_host.decode("ascii"), port, type=socket.SOCK_STREAM)
        faults: list[OSError] = []
        for address, wait in (*((each, _SILENT_ADDRESS) for each in others), (last, None)):
            try:
                connecting = loop.create_connection(
                    Connection, *address[4][:2], ssl=tls, server_hostname=name if tls else None
                )
                _, connection = await (asyncio.wait_for(connecting, wait) if wait else connecting)
                return connection
            except OSError as exc:
                faults.append(exc)
        raise httpx.ConnectError(str(faults[-1])) from faults[-1]


class _Body(httpx.AsyncByteStream):
    """An answer's body, piece by piece. The clock is looked at before each."""

    def __init__(self, connection: Connection, clock: Mapping[str, float | None]) -> None:
        self.connection = connection
        self.clock = clock

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self.connection.read(self.clock["read"])) is not None:
            yield piece

    async def aclose(self) -> None:
        self.connection.abort()


class _Pieces:
    """What `achunks` gives, for a body without content codings: one call for a piece, and no generator."""

    def __init__(self, response: httpx.Response, flight: Flight) -> None:
        body = cast(_Body, response.stream)
        self._connection, self._clock = body.connection, body.clock
        self._flight = flight
        self.offer = body.connection.offer

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            piece = await self._connection.read(self._clock["read"])
        except FOREIGN:
            # To set the border up for each piece would cost more than the piece.
            with self._flight.faults():
                raise
        if piece is None:
            raise StopAsyncIteration
        self._flight.arrived()
        return piece


def _spelled(request: httpx.Request) -> bytes:
    """The request's bytes: nothing added, nothing normalised (RFC 9112, section 3)."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%s: %s" % field for field in request.headers.raw]
    return b"\r\n".join((*lines, b"", request.read()))
