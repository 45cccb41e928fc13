"""Whether the client is still there: silence, leaving, and the server's own end, on a clock of the tests'."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

import pytest

from fetch2py.server.failing import ShuttingDown
from fetch2py.server.presence import Presence


class _Restless(selectors.DefaultSelector):
    """A selector that doesn't wait."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose time goes on by a hundredth of a second whenever somebody looks."""

    now = 0.0

    def __init__(self) -> None:
        super().__init__(_Restless())

    def time(self) -> float:
        self.now += 0.01
        return self.now


def run(work: Coroutine[Any, Any, None]) -> None:
    """To its end, on that clock."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(work)


async def _for_ever() -> Any:
    await asyncio.Event().wait()


def test_only_silence_is_told() -> None:
    async def work() -> None:
        told = asyncio.Event()

        async def tell() -> None:
            told.set()

        async with Presence(_for_ever, 1.0, tell) as presence:
            for _ in range(1000):
                presence.sent()
                await asyncio.sleep(0)
            assert not told.is_set()
            await told.wait()
            told.clear()
            await told.wait()
        assert not presence.left

    run(work())


def test_the_rest_of_a_body_is_passed_over_and_who_leaves_ends_the_work() -> None:
    messages = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"more"}]

    async def receive() -> Any:
        return messages.pop()

    async def work() -> None:
        async with Presence(receive, None, _for_ever) as presence:
            await _for_ever()
        assert presence.left
        assert messages == []

    run(work())


def test_every_other_cancelling_is_the_servers_end() -> None:
    async def work() -> None:
        async def answer() -> None:
            async with Presence(_for_ever, None, _for_ever):
                await _for_ever()

        task = asyncio.create_task(answer())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(ShuttingDown):
            await task

    run(work())


def test_what_goes_wrong_in_the_work_stays_what_it_is() -> None:
    async def work() -> None:
        async with Presence(_for_ever, None, _for_ever):
            raise LookupError

    with pytest.raises(LookupError):
        run(work())
