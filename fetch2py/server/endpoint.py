"""A route's function as an ASGI application, and what errors become.

Starlette's own way from a route to a response puts three calls around each piece that is sent; here there is
none. Knows Starlette's requests and responses. Must not know what any route does.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from fetch2py.errors import Fetch2pyError
from fetch2py.server.failing import ShuttingDown, Unusable, body_of
from fetch2py.server.limits import TooMuch
from fetch2py.server.log import log

__all__ = ["Endpoint", "no_such_route"]


class Endpoint:
    """Calls the function with the request, and sends the response that it returns.

    `methods` are those that the route has; any, where none is named. An error of the project's own, be it
    raised by the response before it has begun, becomes a JSON response.
    """

    def __init__(self, function: Callable[[Request], Awaitable[ASGIApp]], *methods: str) -> None:
        self._function = function
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The response, as ASGI has it."""
        try:
            if self._methods and scope["method"] not in self._methods:
                raise Unusable(f"This address takes {' and '.join(self._methods)}.", http_status=405)
            response = await self._response(Request(scope, receive))
            await response(scope, receive, send)
        except Fetch2pyError as error:
            log(scope, error.http_status, error.message)
            await self._told(error)(scope, receive, send)

    async def _response(self, request: Request) -> ASGIApp:
        try:
            return await self._function(request)
        except asyncio.CancelledError:
            # The server's time is over, and the request isn't in.
            cast("asyncio.Task[Any]", asyncio.current_task()).uncancel()
            raise ShuttingDown from None

    def _told(self, error: Fetch2pyError) -> Response:
        content = json.dumps(body_of(error), ensure_ascii=False).encode("utf-8", "replace")
        response = Response(content, error.http_status, media_type="application/json")
        if isinstance(error, TooMuch):
            response.headers["retry-after"] = str(error.retry_after)
        else:
            # OpenAI's clients ask again by themselves, which here sends a person's message again.
            response.headers["x-should-retry"] = "false"
        if error.http_status == 405:
            response.headers["allow"] = ", ".join(self._methods)
        return response


async def no_such_route(request: Request) -> Response:
    """Raises what says so."""
    raise Unusable(
        f"There is nothing at {request.url.path[:200]}.",
        http_status=404,
        hint="Try POST /chat/NAME, POST /v1/chat/completions, GET /v1/models, or / in a browser.",
    )
