"""The async wire for a server, which has many answers under way at once: no layer between socket and parser.

Of httpx it knows the exceptions, the TLS settings, and what undoes content codings. Must not know rules of
answers or profiles.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Self
from urllib.request import getproxies

import httpx

from fetch2py.request import Request
from fetch2py.wire import DEFAULT_TIMEOUTS, Response, Timeouts, achunks, astream
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

    def stream(
        self, request: Request, timeouts: Timeouts = DEFAULT_TIMEOUTS
    ) -> AbstractAsyncContextManager[Response[AsyncIterator[bytes]]]:
        """Send `request` and hand out the answer, as `astream` does, with the same exceptions."""
        flight = Flight(request, timeouts)
        if flight.by_environment and getproxies():
            return astream(request, timeouts)
        return _Exchange(flight, self._tls_for(flight))

    def _tls_for(self, flight: Flight) -> ssl.SSLContext | None:
        if not flight.secure:
            return None
        if self._tls is None:
            with settings():
                self._tls = flight.tls()
                self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


class _Exchange:
    """A request that goes out and its answer that comes in, while the context is open."""

    def __init__(self, flight: Flight, tls: ssl.SSLContext | None) -> None:
        self._flight = flight
        self._tls = tls
        self._connection: Connection

    async def __aenter__(self) -> Response[AsyncIterator[bytes]]:
        """The answer, behind all redirects."""
        flight = self._flight
        with flight.faults():
            while not await self._answered():
                pass
        status, fields = flight.head
        pieces = _Pieces(self._connection, flight)
        if any(name.lower() == "content-encoding" for name, _ in fields):
            coded = httpx.Response(status, headers=self._connection.fields, stream=pieces)
            return Response(status, fields, achunks(coded, flight))
        return Response(status, fields, pieces, self._connection.offer)

    async def __aexit__(self, *_: object) -> None:
        self._connection.abort()

    async def _answered(self) -> bool:
        """Ask on a new connection. Whether that is the answer; if not, it says where to ask once more."""
        flight, clock = self._flight, self._flight.clock
        # First: what can't be spelled isn't worth a connection.
        spelled = flight.spelled()
        self._connection = connection = await self._connect()
        stays = False
        try:
            await connection.send(spelled, clock["write"])
            await connection.head(clock["read"])
            flight.took(connection.status, connection.fields)
            stays = not flight.redirected()
        finally:
            if not stays:
                connection.abort()
        return stays

    async def _connect(self) -> Connection:
        try:
            async with asyncio.timeout(self._flight.clock["connect"]):
                return await self._first_that_answers()
        except TimeoutError:
            raise httpx.ConnectTimeout("") from None

    async def _first_that_answers(self) -> Connection:
        loop = asyncio.get_running_loop()
        host, port, name = self._flight.peer
        tls = self._tls if self._flight.secure else None
        *others, last = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        faults: list[OSError] = []
        for address, wait in (*((each, _SILENT_ADDRESS) for each in others), (last, None)):
            try:
                connecting = loop.create_connection(
                    Connection, *address[4][:2], ssl=tls, server_hostname=name if tls else None
                )
                async with asyncio.timeout(wait) if wait else nullcontext():
                    _, connection = await connecting
                return connection
            except OSError as exc:
                faults.append(exc)
        raise httpx.ConnectError(str(faults[-1])) from faults[-1]


class _Pieces(httpx.AsyncByteStream):
    """An answer's body as it comes in: one call for a piece, and no generator."""

    def __init__(self, connection: Connection, flight: Flight) -> None:
        self._connection = connection
        self._flight = flight

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            # The clock changes with the first piece.
            piece = await self._connection.read(self._flight.clock["read"])
        except FOREIGN:
            # To set the border up for each piece would cost more than the piece.
            with self._flight.faults():
                raise
        if piece is None:
            raise StopAsyncIteration
        self._flight.arrived()
        return piece
