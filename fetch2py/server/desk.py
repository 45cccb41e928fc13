"""Where requests become answers: a profile is looked up, its slot is filled, its answer is sent on.

Knows the routes' two shapes and what they share. Must not know how events are spelled nor how bytes travel.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.responses import Response

from fetch2py.answer import AsyncAnswer, Replayable, areplay
from fetch2py.errors import ProfileNotFound
from fetch2py.server import openai
from fetch2py.server.asking import flag, json_object, message_within, named_values
from fetch2py.server.chat import Plain, Typed
from fetch2py.server.limits import Bucket, Limits, Streams
from fetch2py.server.streaming import EventStream, Whole
from fetch2py.wire.lean import LeanWire

__all__ = ["Desk"]

# Streams that were told to end take no longer than this, in seconds, unless their client doesn't read.
_LAST_WORDS = 2.0


class Desk:
    """Answers the routes' requests. Between them it keeps its counts and its TLS settings, nothing else."""

    def __init__(
        self, profiles: Mapping[str, Replayable], limits: Limits, clock: Callable[[], float]
    ) -> None:
        self._profiles = profiles
        self._limits = limits
        self._bucket = Bucket(limits.per_minute, clock)
        self._streams = Streams(limits.streams)
        self._wire = LeanWire()

    @asynccontextmanager
    async def open(self, app: object) -> AsyncIterator[None]:
        """The application's life: at its end, streams that were cancelled say their last words."""
        yield
        await self._streams.wait_closed(_LAST_WORDS)

    async def chat(self, request: Request) -> Response | EventStream:
        """A message as JSON, form or query; its answer as server-sent events."""
        if "last-event-id" in request.headers:
            # An EventSource whose stream has ended asks again by itself; 204 stops it.
            return Response(status_code=204)
        values = await named_values(request, self._limits)
        is_typed = flag(values, "events", default=False)
        kind = Typed if is_typed else Plain
        shape = kind(reasoning=flag(values, "reasoning", default=is_typed), once=request.method == "GET")
        answer = self._answer(request.path_params["profile"], values.get("message"))
        return EventStream(answer, self._streams.one(), shape, self._limits.ping_seconds)

    async def complete(self, request: Request) -> EventStream | Whole:
        """OpenAI's chat completions."""
        asked = openai.question(await json_object(request, self._limits))
        answer, place = self._answer(asked.model, asked.message), self._streams.one()
        shape = openai.Completion(asked.model)
        ignored = ", ".join(asked.ignored).encode("ascii")
        fields = [(b"x-fetch2py-ignored", ignored)] if ignored else []
        if asked.stream:
            return EventStream(answer, place, shape, self._limits.ping_seconds, fields)
        return Whole(answer, place, shape, fields)

    async def models(self, request: Request) -> Response:
        """OpenAI's list of models, one a profile."""
        return Response(openai.models(self._profiles), media_type="application/json")

    async def model(self, request: Request) -> Response:
        """One of them."""
        name = request.path_params["profile"]
        self._profile(name)
        return Response(openai.model(name), media_type="application/json")

    def _answer(self, name: str, message: object) -> AsyncAnswer:
        """The answer to a message, its request not sent yet. Raises Fetch2pyError."""
        profile = self._profile(name)
        text = message_within(message, self._limits)
        self._bucket.take()
        return areplay(profile, text).through(self._wire.stream)

    def _profile(self, name: str) -> Replayable:
        try:
            return self._profiles[name]
        except KeyError:
            raise ProfileNotFound(
                "There is no profile with that name here.",
                hint="GET /v1/models lists those there are. An OpenAI client's base URL ends in /v1.",
            ) from None
