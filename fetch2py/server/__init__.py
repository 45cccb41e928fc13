"""A profile as a streaming back end: an ordinary ASGI application, and the server that `fetch2py serve` runs.

Knows Starlette and answers. It is handed its profiles as a mapping, and must not know click or the store.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from fetch2py.answer import Replayable
from fetch2py.errors import Fetch2pyError
from fetch2py.server.access import Access, Gate
from fetch2py.server.desk import Desk
from fetch2py.server.failing import answer_error, answer_http_exception
from fetch2py.server.limits import Limits
from fetch2py.server.page import page

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
    served = Starlette(
        routes=[
            Route("/", page),
            Route("/chat/{profile}", desk.chat, methods=["GET", "POST"]),
            Route("/v1/chat/completions", desk.complete, methods=["POST"]),
            Route("/v1/models", desk.models),
            Route("/v1/models/{profile}", desk.model),
        ],
        exception_handlers={Fetch2pyError: answer_error, HTTPException: answer_http_exception},
        lifespan=desk.open,
    )
    return Gate(served, access)
