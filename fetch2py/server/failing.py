"""What went wrong, as an HTTP status and a JSON body. One shape for all routes, the one that OpenAI's clients
read.

Knows the project's errors. Must not know what was asked, nor how a response is sent.
"""

from __future__ import annotations

from typing import Any

from fetch2py.errors import Fetch2pyError, ReplyRefused

__all__ = ["CUT", "ShuttingDown", "Unusable", "UpstreamRefused", "body_of"]

CUT = "The answer broke off before its end."
"""What is said of an answer that was cut, where nothing else is."""

_TOO_MANY, _BAD_GATEWAY = 429, 502

_HINTS = {
    401: "If the login has ended, copy the request again, then `fetch2py refresh NAME`.",
    403: "If the login has ended, copy the request again, then `fetch2py refresh NAME`.",
    429: "Wait for a while, then try again.",
}


class Unusable(Fetch2pyError):
    """A request that can't be read, with the HTTP status that says why."""

    def __init__(self, message: str, *, http_status: int = 400, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.http_status = http_status


class ShuttingDown(Fetch2pyError):
    """The server stops before the answer is whole."""

    http_status = 503

    def __init__(self) -> None:
        super().__init__("The server is shutting down.", hint="Ask again when it is back.")


class UpstreamRefused(ReplyRefused):
    """The upstream said no before any of the answer came. `status` is its own HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, hint=_HINTS.get(status, ""))
        self.status = status
        # To ask less often is up to the client; all else is the upstream's fault, as the client sees it.
        self.http_status = _TOO_MANY if status == _TOO_MANY else _BAD_GATEWAY


def body_of(error: Fetch2pyError) -> dict[str, Any]:
    """The JSON object of an error: what happened, what to do next, whose fault it is."""
    told: dict[str, Any] = {
        "message": error.message,
        "type": "invalid_request_error" if error.http_status < 500 else "server_error",
        "param": None,
        "code": _code(error),
    }
    if error.hint:
        told["hint"] = error.hint
    if isinstance(error, UpstreamRefused):
        told["upstream_status"] = error.status
    return {"error": told}


def _code(error: Fetch2pyError) -> str:
    """The error's class in the way that OpenAI's codes are written: UpstreamRefused is upstream_refused."""
    name = type(error).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
