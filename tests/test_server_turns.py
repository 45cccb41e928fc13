"""A rush of requests: a few begin in each round of the event loop, all in their order."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from fetch2py.server.turns import Turns

RUSH = 30


async def receive() -> Message:
    """Nothing comes."""
    raise AssertionError("nobody asks")


async def send(_: Message) -> None:
    """Nothing goes."""


def begun(rounds: int, *, leaves: int | None = None) -> list[int]:
    """Which of many requests that came at once have begun after so many rounds of the loop.

    `leaves` has its task cancelled before the first.
    """
    order: list[int] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        order.append(scope["number"])

    async def run() -> list[int]:
        turns = Turns(app)
        tasks = [
            asyncio.ensure_future(turns({"type": "http", "number": number}, receive, send))
            for number in range(RUSH)
        ]
        await asyncio.sleep(0)
        if leaves is not None:
            tasks[leaves].cancel()
        for _ in range(rounds):
            await asyncio.sleep(0)
        so_far = list(order)
        await asyncio.gather(*tasks, return_exceptions=True)
        return so_far

    return asyncio.run(run())


def test_only_a_few_begin_at_once() -> None:
    assert 0 < len(begun(0)) < RUSH


def test_all_begin_and_in_their_order() -> None:
    assert begun(RUSH) == list(range(RUSH))


def test_one_that_has_left_keeps_nobody_waiting() -> None:
    left = RUSH - 2
    assert begun(RUSH, leaves=left) == [number for number in range(RUSH) if number != left]


def test_there_are_turns_again_after_a_rush() -> None:
    numbers: list[Any] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        numbers.append(scope["number"])

    async def run() -> None:
        turns = Turns(app)
        for rush in range(3):
            await asyncio.gather(
                *(turns({"type": "http", "number": (rush, number)}, receive, send) for number in range(RUSH))
            )

    asyncio.run(run())
    assert numbers == [(rush, number) for rush in range(3) for number in range(RUSH)]


def test_what_is_no_request_needs_no_turn() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    asyncio.run(Turns(app)({"type": "lifespan"}, receive, send))
    assert seen == ["lifespan"]
