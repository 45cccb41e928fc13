"""The request as a noun: method, URL, ordered header fields, body, and what a snippet couldn't tell.

Must not know where a request came from or where it goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

__all__ = ["BODY_LOSSES", "LISTED", "Headers", "Loss", "Request", "is_http_url", "origin_of"]

_PORTS = {"http": 80, "https": 443}

BODY_LOSSES = frozenset(
    {"body-missing", "body-cut", "body-replaced", "body-length", "file-content", "body-charset"}
)
"""The codes of losses that say: bytes of the body are gone, and what is left isn't what the browser sent."""


LISTED = "about:client"
"""The referrer of a request that is told as it was sent, and not as a call of fetch().

Its method is as it was written, and of Accept, Content-Type, Origin and Referer it has what it is to have.
"""


class Headers(tuple[tuple[str, str], ...]):
    """Header fields as ordered (name, value) pairs. Duplicates and the case of names are kept.

    A tuple of pairs in every respect; the methods add the look-ups that RFC 9110 section 5.1 wants to be
    blind to case. Values hold one character a byte (Latin-1), as header fields travel.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        # The values hold secrets, and a repr ends up in tracebacks and logs.
        return f"<Headers {', '.join(name for name, _ in self)}>"

    def __new__(cls, pairs: Iterable[tuple[str, str]] = ()) -> Headers:
        return super().__new__(cls, [(name, value) for name, value in pairs])

    def get(self, name: str, default: str = "") -> str:
        """The first value under `name`, or `default`."""
        wanted = name.lower()
        for key, value in self:
            if key.lower() == wanted:
                return value
        return default

    def has(self, name: str) -> bool:
        """Whether a field of that name is there, an empty one included."""
        wanted = name.lower()
        return any(key.lower() == wanted for key, _ in self)

    def without(self, *names: str) -> Headers:
        """The same fields, less those named."""
        unwanted = {name.lower() for name in names}
        return Headers([pair for pair in self if pair[0].lower() not in unwanted])

    def plus(self, name: str, value: str) -> Headers:
        """The same fields and one more, last."""
        return Headers((*self, (name, value)))


@lru_cache(maxsize=128)
def is_http_url(url: str) -> bool:
    """Whether `url` is absolute, of http or https, with a host and a port that can be."""
    try:
        parts = _split(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


@lru_cache(maxsize=128)
def origin_of(url: str) -> str:
    """The URL's origin as it is serialised: scheme, host, and the port where it isn't the scheme's own."""
    parts = _split(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _PORTS.get(parts.scheme) else "")


def _split(url: str) -> SplitResult:
    # A backslash ends the authority as a slash does (URL standard, section 4.4).
    return urlsplit(url.replace("\\", "/"))


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that the snippet can't tell. `code` is stable, for programs; `message` names the remedy."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One call of fetch(), as its snippet says it.

    `referrer`, `referrer_policy` and `credentials` are fetch()'s options of those names ("" where absent);
    the first gives the fields Referer and Origin, which a snippet doesn't list; LISTED says that none is to
    be added. `body` is None where nothing was sent.
    """

    method: str
    url: str
    headers: Headers = Headers()
    body: bytes | None = None
    losses: tuple[Loss, ...] = ()
    referrer: str = ""
    referrer_policy: str = ""
    credentials: str = ""

    @property
    def lost_bytes(self) -> tuple[Loss, ...]:
        """The losses that keep the body from being what the browser sent; none, and it is whole."""
        return tuple(loss for loss in self.losses if loss.code in BODY_LOSSES)

    def __repr__(self) -> str:
        # The fields hold secrets, and a repr ends up in tracebacks and logs.
        size = "no body" if self.body is None else f"{len(self.body)} bytes"
        return f"<Request {self.method} with {len(self.headers)} header fields, {size}>"
