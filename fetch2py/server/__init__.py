"""A profile as a streaming back end: an ordinary ASGI application, and the server that `fetch2py serve` runs.

Knows Starlette and answers. It is handed its profiles as a mapping, and must not know click or the store.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from starlette.routing import Route, Router
from starlette.types import ASGIApp

from fetch2py.answer import Replayable
from fetch2py.server.access import Access, Gate
from fetch2py.server.desk import Desk
from fetch2py.server.endpoint import Endpoint, no_such_route
from fetch2py.server.limits import Limits
from fetch2py.server.page import page
from fetch2py.server.turns import Turns

__all__ = ["Access", "Limits", "create_app"]


def create_app(
    profiles: Mapping[str, Replayable] | None = None,
    access: Access = Access(),  # noqa: B008  # it is frozen
    limits: Limits = Limits(),  # noqa: B008  # it is frozen
) -> ASGIApp:
    """The application. `profiles` are looked up by name at each request; by default, all that are kept.

    Between requests it keeps its counts, its TLS settings and nothing else, so that any number of processes
    can run it: `uvicorn --factory fetch2py.server:create_app --workers 2`. `limits` are those of a process.
    """
    if profiles is None:
        from fetch2py.profiles import Kept

        profiles = Kept()
    desk = Desk(profiles, limits, time.monotonic)
    router = Router(
        [
            Route("/", Endpoint(page, "GET", "HEAD")),
            Route("/chat/{profile}", Endpoint(desk.chat, "GET", "POST")),
            Route("/v1/chat/completions", Endpoint(desk.complete, "POST")),
            Route("/v1/models", Endpoint(desk.models, "GET")),
            Route("/v1/models/{profile}", Endpoint(desk.model, "GET")),
        ],
        default=Endpoint(no_such_route),
        redirect_slashes=False,
        lifespan=desk.open,
    )
    return Turns(Gate(router, access))
