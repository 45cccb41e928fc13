"""What the network's exceptions mean to a person. The border where httpx's exceptions end.

Knows the exceptions of httpx, ssl and the operating system. Of a URL, a message names the origin alone.
"""

from __future__ import annotations

import enum
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx
from h2.exceptions import H2Error

from fetch2py.errors import ExchangeError, ReplyMalformed, ReplyTruncated, WireError
from fetch2py.wire import Timeouts

__all__ = ["FOREIGN", "Phase", "network", "settings"]

# A server's own words can be of any length.
_LONGEST_REASON = 200

# H2Error: a server that garbles HTTP/2 in the middle of a body. UnicodeError: a host name that the resolver
# can't encode. httpx lets both through.
FOREIGN = (httpx.HTTPError, H2Error, OSError, UnicodeError)


class Phase(enum.Enum):
    """How far the answer has come: nothing yet, its head, the beginning of its body."""

    HEAD = enum.auto()
    FIRST_BYTE = enum.auto()
    BODY = enum.auto()


class _Row(NamedTuple):
    kind: type[BaseException] | tuple[type[BaseException], ...]
    message: str
    hint: str


_AGAIN = "What came before is kept. Ask again."
_NETWORK = "Check the network connection, and the proxy if there is one."

# The first row that fits the exception or one of its causes. {why} is what its deepest cause says.
_CAUSES = (
    _Row(httpx.ConnectTimeout, "No connection to {origin} within {connect:g} seconds.", _NETWORK),
    _Row(
        httpx.WriteTimeout,
        "{origin} took no more of the request for {first_byte:g} seconds.",
        "Try again later, or wait longer with the first-byte time-out.",
    ),
    _Row(
        (socket.gaierror, UnicodeError),
        "The name in {origin} can't be found.",
        "Check its spelling, the network connection, and the proxy if there is one.",
    ),
    _Row(
        ssl.SSLCertVerificationError,
        "The certificate of {origin} is not trusted: {why}.",
        "Behind a company's proxy, name its certificate file in the environment as SSL_CERT_FILE.",
    ),
    _Row(ssl.SSLError, "No encrypted connection to {origin}: {why}.", _NETWORK),
    _Row(
        ConnectionRefusedError,
        "{origin} refuses the connection.",
        "See that the server runs, that the port is right, and the proxy if there is one.",
    ),
    _Row(httpx.ConnectError, "No connection to {origin}: {why}.", _NETWORK),
    _Row(
        httpx.ProxyError,
        "The proxy gives no connection to {origin}: {why}.",
        "Check HTTPS_PROXY and NO_PROXY in the environment.",
    ),
    _Row(httpx.RemoteProtocolError, "{origin} answers nothing that is HTTP: {why}.", "Try again later."),
    _Row(httpx.NetworkError, "The connection to {origin} broke before an answer came: {why}.", _NETWORK),
    _Row(
        Exception,
        "The request to {origin} could not be sent: {why}.",
        "Copy the request again and import it.",
    ),
)

_SILENCE = {
    Phase.HEAD: (
        "{origin} gave no answer within {first_byte:g} seconds.",
        "Try again later, or wait longer with the first-byte time-out.",
    ),
    Phase.FIRST_BYTE: (
        "{origin} took the request and then sent nothing for {first_byte:g} seconds.",
        "Try again later, or wait longer with the first-byte time-out.",
    ),
    Phase.BODY: (
        "{origin} sent nothing more for {idle:g} seconds.",
        "Ask again, or wait longer with the idle time-out; 0 waits for ever.",
    ),
}


@contextmanager
def settings() -> Iterator[None]:
    """The border around what httpx makes of the environment: proxies and certificates. Raises WireError."""
    try:
        yield
    except ImportError as exc:
        raise WireError(
            "The proxy in the environment speaks SOCKS.", hint="Run `pip install 'httpx[socks]'`."
        ) from exc
    except OSError as exc:
        raise WireError(
            f"The certificates that the environment names can't be read: {_why(exc)}.",
            hint="Check SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from exc
    except (ValueError, httpx.InvalidURL):
        # httpx's text repeats the proxy's URL, which can hold a password.
        raise WireError(
            "The proxy in the environment is not one that can be used.",
            hint="Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY.",
        ) from None


@contextmanager
def network(origin: str, timeouts: Timeouts, phase: Callable[[], Phase]) -> Iterator[None]:
    """The border around everything that touches the network, at any phase of an answer.

    Raises WireError for what kept the answer away, ReplyTruncated when the server broke it off,
    ReplyMalformed when its compression is garbled.
    """
    try:
        yield
    except FOREIGN as exc:
        raise _explain(exc, origin, timeouts, phase()) from exc


def _explain(exc: Exception, origin: str, timeouts: Timeouts, phase: Phase) -> ExchangeError:
    facts: dict[str, str | float] = {
        "origin": origin,
        "connect": timeouts.connect,
        "first_byte": timeouts.first_byte,
        "idle": timeouts.idle,
    }
    if isinstance(exc, httpx.ReadTimeout):
        message, hint = _SILENCE[phase]
        return WireError(message.format(**facts), hint=hint)
    if isinstance(exc, httpx.DecodingError):
        return ReplyMalformed(f"The answer's compression is garbled: {_why(exc)}.", hint=_AGAIN)
    causes = tuple(_causes(exc))
    facts["why"] = _why(causes[-1])
    if phase is not Phase.HEAD:
        return ReplyTruncated(
            "{origin} broke off in the middle of the answer: {why}.".format(**facts), hint=_AGAIN
        )
    row = next(row for row in _CAUSES if any(isinstance(cause, row.kind) for cause in causes))
    return WireError(row.message.format(**facts), hint=row.hint)


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    """The exception, then what led to it, outermost first. Several failed addresses come as a group."""
    while exc is not None:
        yield exc
        if isinstance(exc, BaseExceptionGroup):
            for member in exc.exceptions:
                yield from _causes(member)
        # httpcore cuts its chain with `from None` and keeps what led to it as an argument. The context won't
        # do: it goes on to whatever the caller was handling when it asked.
        exc = exc.__cause__ or next((arg for arg in exc.args if isinstance(arg, BaseException)), None)


def _why(exc: BaseException) -> str:
    text = (
        getattr(exc, "verify_message", "") or getattr(exc, "strerror", "") or str(exc) or type(exc).__name__
    )
    return text[:_LONGEST_REASON].rstrip(".")
