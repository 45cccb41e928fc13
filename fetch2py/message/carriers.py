"""The carriers: each way in which a request holds texts, and how one of them is put back, changed.

A new way is a row in CARRIERS: how the texts are taken out, and how one is put back. Knows bodies. Must not
know which text is the message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from fetch2py import envelope
from fetch2py.errors import SlotError
from fetch2py.request import Request

__all__ = ["CARRIERS", "Carried", "Carrier"]


class Carried(NamedTuple):
    """One text of a request: its field's name ("" where there are no fields), its number, and the text."""

    name: str
    number: int
    text: str


class Carrier(NamedTuple):
    """A row. `texts` gives what a request holds, in order; `put` the request with the text of that number
    changed; both raise SlotError for bytes that this carrier can't read. `is_json` tells what an address has
    behind the carrier's word: a pointer into the JSON text, or the name of the field that is the text.
    """

    texts: Callable[[Request], Iterator[Carried]]
    put: Callable[[Request, int, str], Request]
    is_json: bool


def _json_texts(request: Request) -> Iterator[Carried]:
    if request.body:
        yield Carried("", 0, _utf8(request.body))


def _put_json(request: Request, number: int, text: str) -> Request:
    return replace(request, body=text.encode())


def _connect_texts(request: Request) -> Iterator[Carried]:
    if not request.body:
        return
    envelopes = envelope.split(request.body)
    readable = [number for number, each in enumerate(envelopes) if not each.flags & envelope.COMPRESSED]
    if not readable:
        what = "are compressed" if envelopes else "can't be told apart"
        raise SlotError(
            f"The envelopes of this Connect body {what}, so no message can be put in.",
            hint="Copy the request again with a short message, or replay it as it was captured.",
        )
    for number in readable:
        yield Carried("", number, _utf8(envelopes[number].payload))


def _put_connect(request: Request, number: int, text: str) -> Request:
    envelopes = list(envelope.split(request.body or b""))
    envelopes[number] = envelopes[number]._replace(payload=text.encode())
    return replace(request, body=envelope.joined(tuple(envelopes)))


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as exc:
        raise SlotError(
            f"The request's body isn't UTF-8 text (at byte {exc.start}), so it can't hold JSON.",
            hint="Copy the request again; it can still be replayed as it was captured.",
        ) from exc


CARRIERS: dict[str, Carrier] = {
    "json": Carrier(_json_texts, _put_json, is_json=True),
    "connect": Carrier(_connect_texts, _put_connect, is_json=True),
}
"""By the word that a slot's address begins with."""
