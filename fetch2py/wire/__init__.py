"""A Request goes out, the bytes of its answer come back. Nothing else in the project opens a connection.

Knows httpx, in this package alone, and translates each of its exceptions. Must not know rules of answers,
profiles or the disk. httpx takes a tenth of a second to import, so it is imported with the first request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from fetch2py.request import Request

if TYPE_CHECKING:
    import httpx

    from fetch2py.wire.flight import Flight

__all__ = ["DEFAULT_TIMEOUTS", "Opener", "Response", "Timeouts", "astream", "prepare", "stream"]

# Eleven days. Far above any wait for an answer, and still below what every platform's poll() takes.
_LONGEST = 1_000_000.0

_Chunks = TypeVar("_Chunks")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds; 0 waits for ever.

    `connect` is for a connection, and again for TLS on it. `first_byte` is from the request sent until the
    answer's head, and from there until the first byte of its body. `idle` is between any two later reads:
    none unless asked for, since a model may think for minutes in the middle of an answer. ValueError for what
    no clock can count.
    """

    connect: float = 10.0
    first_byte: float = 120.0
    idle: float = 0.0

    def __post_init__(self) -> None:
        for seconds in (self.connect, self.first_byte, self.idle):
            if not 0 <= seconds <= _LONGEST:
                raise ValueError(f"A time-out is between 0 and {_LONGEST:.0f} seconds, not {seconds!r}.")


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class Response(Generic[_Chunks]):
    """An answer's head and the way to its body.

    `headers` are (name, value) pairs as they came, one character a byte. `chunks` iterates over the body's
    bytes as they arrive, content codings (RFC 9110 section 8.4.1) undone. Iterating raises ReplyTruncated or
    ReplyMalformed when the server breaks off or garbles the body, and WireError when the wait for it is over.

    `offer`, if there is one, gives its argument the chunks that come while a task waits for one, without
    waking it; for False it wakes up, and gets b"".
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    chunks: _Chunks
    offer: Callable[[Callable[[bytes], bool]], None] | None = None


Opener: TypeAlias = Callable[[Request, Timeouts], AbstractAsyncContextManager[Response[AsyncIterator[bytes]]]]
"""What sends a request for a task: `astream` or another that does the same."""


def prepare() -> None:
    """Import what the first request needs, so that whoever times a request doesn't time that."""
    from fetch2py.wire import faults, flight  # noqa: F401  # loaded, not used


@contextmanager
def stream(request: Request, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> Iterator[Response[Iterator[bytes]]]:
    """Send `request` exactly as it stands and hand out the answer while it arrives.

    Redirects within the origin are followed as the Fetch standard says. Leaving the context closes the
    connection at once. Raises WireError for whatever kept the answer's head away, and ReplyRefused for a
    redirect that is not followed.
    """
    import httpx

    from fetch2py.wire.faults import settings
    from fetch2py.wire.flight import Flight

    flight = Flight(request, timeouts)
    with settings():
        client = httpx.Client(verify=flight.tls(), http2=flight.secure, trust_env=flight.by_environment)
    client.event_hooks = {"response": [flight.receive_head]}
    with client:
        response = _send(client, flight)
        try:
            yield Response(*flight.head, _chunks(response, flight))
        finally:
            response.close()


def _send(client: httpx.Client, flight: Flight) -> httpx.Response:
    while True:
        with flight.faults():
            response = client.send(flight.message(), stream=True)
        if not flight.redirected():
            flight.heed_clock(response)
            return response
        response.close()


def _chunks(response: httpx.Response, flight: Flight) -> Iterator[bytes]:
    flight.require_known_coding(response)
    with flight.faults():
        for chunk in response.iter_bytes():
            flight.arrived()
            yield chunk


@asynccontextmanager
async def astream(
    request: Request, timeouts: Timeouts = DEFAULT_TIMEOUTS
) -> AsyncIterator[Response[AsyncIterator[bytes]]]:
    """The twin of `stream` for tasks. Cancelling the task closes the connection at once."""
    import httpx

    from fetch2py.wire.faults import settings
    from fetch2py.wire.flight import Flight

    flight = Flight(request, timeouts)
    with settings():
        client = httpx.AsyncClient(verify=flight.tls(), http2=flight.secure, trust_env=flight.by_environment)
    client.event_hooks = {"response": [flight.areceive_head]}
    async with client:
        response = await _asend(client, flight)
        try:
            yield Response(*flight.head, achunks(response, flight))
        finally:
            await response.aclose()


async def _asend(client: httpx.AsyncClient, flight: Flight) -> httpx.Response:
    while True:
        with flight.faults():
            response = await client.send(flight.message(), stream=True)
        if not flight.redirected():
            flight.heed_clock(response)
            return response
        await response.aclose()


async def achunks(response: httpx.Response, flight: Flight) -> AsyncIterator[bytes]:
    """The body's pieces, content codings undone."""
    flight.require_known_coding(response)
    with flight.faults():
        async for chunk in response.aiter_bytes():
            flight.arrived()
            yield chunk
