"""A replay goes into the history, once its answer is out.

Knows what of a replay is kept. Must not know how.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fetch2py.cli import terminal
from fetch2py.errors import ProfileError

if TYPE_CHECKING:
    from fetch2py.answer import Iterated

__all__ = ["remembered"]

# What has no outcome didn't come to its end: the person left it, or the network lost it.
_LEFT = "broken off"


@contextmanager
def remembered(
    answer: Iterated,
    *,
    profile: str,
    message: str | None,
    secrets: Collection[str],
    clock: Callable[[], float],
) -> Iterator[None]:
    """Keep the replay that happens in this context, however it ends, unless the settings say no.

    What keeps it from being kept is told in a note. Costs nothing before the answer is out.
    """
    start = clock()
    try:
        yield
    finally:
        _keep(answer, profile, message, secrets, clock() - start)


def _keep(
    answer: Iterated, profile: str, message: str | None, secrets: Collection[str], seconds: float
) -> None:
    from datetime import UTC, datetime

    from fetch2py.credentials import redact
    from fetch2py.store import Store

    try:
        store = Store.default()
        if not store.settings().history:
            return
        from fetch2py.store.history import MOST_BYTES, Entry, History

        if len(answer.text) > MOST_BYTES:
            terminal.note(
                "This answer is too long for the history: `--record FILE` keeps answers of any length."
            )
            return
        entry = Entry(
            number=0,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            profile=profile,
            outcome=answer.outcome or _LEFT,
            seconds=round(seconds, 3),
            message=None if message is None else redact(message, secrets),
            answer=redact(answer.text, secrets),
            error=answer.error or "",
        )
        History(store.home).keep(entry)
    except ProfileError as error:
        terminal.note(f"{error.message} {error.hint}")
