"""The exchange for bytes that are already there: an answer's chunks in, its events out.

Must not know where the chunks come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fetch2py.events import Event
from fetch2py.exchange.exchange import Exchange, Fields, pairs

__all__ = ["read_stream"]


def read_stream(
    chunks: Iterable[bytes],
    content_type: str = "text/event-stream",
    status: int = 200,
    headers: Fields = (),
    dialect: str | Mapping[str, Any] | None = None,
) -> Iterator[Event]:
    """The events of an answer whose bytes come in `chunks`, cut anywhere; End is the last.

    `content_type` counts where `headers` hold no content-type field. `dialect` is a name, a mapping of rules,
    or None to detect it. Raises ProfileInvalid, before the first event, for a dialect that can't be used.
    """
    exchange = Exchange(dialect)
    # Of two fields the first counts.
    due = exchange.receive_head(status, [*pairs(headers), ("content-type", content_type)])
    return _events(exchange, due, chunks)


def _events(exchange: Exchange, due: list[Event], chunks: Iterable[bytes]) -> Iterator[Event]:
    yield from due
    for chunk in chunks:
        yield from exchange.receive_data(chunk)
    yield from exchange.receive_end()
