"""Whether the client is still there, and whether the server is: what ends an answer before its time.

Knows ASGI's receive() and the cancelling of tasks. Must not know what is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, cast

from starlette.types import Receive

from fetch2py.server.failing import ShuttingDown

__all__ = ["Presence"]


class Presence:
    """A context for the work on one answer: cancelled as soon as the client has left, it ends quietly.

    `left` tells so then. Every other cancelling is the server's end and becomes ShuttingDown. `on_silence` is
    called whenever nothing was sent for `patience` seconds; `sent` says that something was.
    """

    def __init__(
        self, receive: Receive, patience: float | None, on_silence: Callable[[], Awaitable[None]]
    ) -> None:
        self.left = False
        self._receive = receive
        self._patience = patience
        self._on_silence = on_silence
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        # Whoever makes this is a task, and it is watched from `async with` on.
        self._worker = cast("asyncio.Task[Any]", asyncio.current_task())
        self._watch: asyncio.Task[None]

    def sent(self) -> None:
        """Something was sent just now."""
        self._last = self._loop.time()

    @property
    def _silent_at(self) -> float | None:
        return None if self._patience is None else self._last + self._patience

    async def __aenter__(self) -> Self:
        self._watch = self._loop.create_task(self._watching())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._watch.cancel()
        # They lead back here: what is over goes without a search for garbage.
        del self._watch, self._on_silence
        if kind is None or not issubclass(kind, asyncio.CancelledError):
            return False
        self._worker.uncancel()
        if not self.left:
            raise ShuttingDown from error
        return True

    async def _watching(self) -> None:
        while True:
            try:
                async with asyncio.timeout_at(self._silent_at):
                    message = await self._receive()
            except TimeoutError:
                if self._loop.time() >= (self._silent_at or 0):
                    self.sent()
                    await self._on_silence()
                continue
            # Anything else is the rest of a body, which nobody reads.
            if message["type"] == "http.disconnect":
                break
        self.left = True
        self._worker.cancel()
