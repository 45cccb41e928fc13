"""A replay in the background: three callbacks and a future.

Knows the asynchronous answer, because a task can be cancelled while it waits and a blocked thread can't.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fetch2py.answer.reply import Replayable, areplay
from fetch2py.events import Text
from fetch2py.wire import DEFAULT_TIMEOUTS, Timeouts

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = ["submit"]


def _ignore(_: object) -> None:
    """The callback of whoever gave none."""


def submit(
    profile: Replayable,
    message: str | None = None,
    *,
    on_message: Callable[[str], object] = _ignore,
    on_completed: Callable[[str], object] = _ignore,
    on_error: Callable[[BaseException], object] = _ignore,
    dialect: str | Mapping[str, Any] | None = None,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
) -> Future[str]:
    """Replay in the background. The future's result is the answer's text, or the exception that ended it.

    `profile`, `message`, `dialect` and `timeouts` are as for `replay`.

    `on_message(text)` is called for each piece of text, in order. Then exactly one of `on_completed(text)`
    and `on_error(exception)` is called, once. A clean answer completes. Everything else is an error: a
    profile that can't be filled, WireError, ReplyRefused, ReplyTruncated, what `on_message` itself raised
    (the connection is closed then), and CancelledError after `future.cancel()`. Cancelling works until the
    answer is whole and closes the connection at once.

    All callbacks run on one thread that belongs to this replay, one at a time. The future is done after the
    last of them has returned; only a cancelled one is done at once. What `on_completed` or `on_error` raise
    changes nothing and goes to `threading.excepthook`. The thread is a daemon: a program that ends doesn't
    wait for it, so wait for the future.
    """
    import asyncio
    from concurrent.futures import Future
    from threading import Thread

    future: Future[str] = Future()

    async def read() -> str:
        async with areplay(profile, message, dialect=dialect, timeouts=timeouts) as answer:
            async for event in answer:
                if isinstance(event, Text):
                    on_message(event.text)
        answer.raise_for_outcome()
        return answer.text

    async def read_or_cancel() -> str:
        task = asyncio.create_task(read())
        _cancel_with(future, task)
        return await task

    def work() -> None:
        ending: str | BaseException
        try:
            ending = asyncio.run(read_or_cancel())
        # Cancelling is a BaseException, and a callback may raise SystemExit. Whoever waits for a future that
        # nothing settles waits for ever, so all go into it, as concurrent.futures does itself; none is lost.
        except BaseException as error:  # noqa: BLE001
            ending = error
        _settle(future, ending, on_completed, on_error)

    Thread(target=work, name="fetch2py-submit", daemon=True).start()
    return future


def _settle(
    future: Future[str],
    ending: str | BaseException,
    on_completed: Callable[[str], object],
    on_error: Callable[[BaseException], object],
) -> None:
    """Call the last callback, then have the future done. `ending` is the text or what went wrong."""
    from concurrent.futures import CancelledError

    if not future.set_running_or_notify_cancel():
        on_error(CancelledError())
    elif isinstance(ending, str):
        try:
            on_completed(ending)
        finally:
            future.set_result(ending)
    else:
        try:
            on_error(ending)
        finally:
            future.set_exception(ending)


def _cancel_with(future: Future[str], task: asyncio.Task[str]) -> None:
    """Have `task` cancelled as soon as `future` is, from whichever thread."""

    def pass_on(done: Future[str]) -> None:
        if done.cancelled():
            try:
                task.get_loop().call_soon_threadsafe(task.cancel)
            except RuntimeError:
                # The loop has ended in this very moment, and the settlement sees the cancelled future.
                return

    future.add_done_callback(pass_on)
