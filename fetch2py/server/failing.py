"""What went wrong, as an HTTP status and a JSON body. One shape for all routes, the one that OpenAI's clients
read.

Knows the project's errors and Starlette's responses. Must not know what was asked.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fetch2py.errors import Fetch2pyError, ReplyRefused
from fetch2py.server.limits import TooMuch

__all__ = ["ShuttingDown", "Unusable", "UpstreamRefused", "answer_error", "answer_http_exception", "body_of"]

# What the upstream's status becomes: too many requests are the client's to slow down, everything else is the
# upstream's fault as the client sees it.
_PASSED_ON = {429: 429}
_BAD_GATEWAY = 502

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
        self.http_status = _PASSED_ON.get(status, _BAD_GATEWAY)


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


async def answer_error(request: Request, error: Exception) -> Response:
    """The response to an error of the project's own."""
    if not isinstance(error, Fetch2pyError):
        raise error
    retry = str(error.retry_after) if isinstance(error, TooMuch) and error.retry_after else ""
    return _response(error, {"retry-after": retry} if retry else {})


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """The response where no route fits."""
    if not isinstance(error, HTTPException):
        raise error
    told = Unusable(
        f"{error.detail}: {request.method} {request.url.path[:200]}.",
        http_status=error.status_code,
        hint="Try POST /chat/NAME, POST /v1/chat/completions, GET /v1/models, or / in a browser.",
    )
    return _response(told, dict(error.headers or {}))


def _response(error: Fetch2pyError, fields: dict[str, str]) -> Response:
    content = json.dumps(body_of(error), ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, error.http_status, fields, "application/json")


def _code(error: Fetch2pyError) -> str:
    """The error's class in the way that OpenAI's codes are written: UpstreamRefused is upstream_refused."""
    name = type(error).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
