"""The carriers: each way in which a request holds texts, and how one of them is put back, changed.

A new way is a row in CARRIERS: how the texts are taken out, each with what puts it back. Knows bodies and
queries that aren't compressed. Must not know which text is the message.

What reads the rarer bodies is imported where it is used: a replay fills one body, nearly always JSON.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from fetch2py import envelope
from fetch2py.errors import SlotError
from fetch2py.message import lines
from fetch2py.message.edits import Edit, Opened
from fetch2py.request import Request

__all__ = ["CARRIERS", "Carried", "Carrier", "media_type"]

_BOM = "\ufeff"
_LINES = re.compile(r"application/(x-)?(ndjson|jsonl|jsonlines|ldjson)$")
# Scripts send text fields as blobs to give them a type; a blob without a name of its own gets this one.
_NAMELESS_BLOB = "blob"
_TEXT_TYPES = ("application/json", "text/plain")


class Carried(NamedTuple):
    """One text of a request: its field's name ("" where there are no fields), the text, and what gives the
    request with that text changed. `put` raises SlotError for a change that can't be carried.
    """

    name: str
    text: str
    put: Callable[[Edit], Request]


class Carrier(NamedTuple):
    """A row. `texts` gives what a request holds, in order; it raises SlotError for bytes that this carrier
    can't read. `is_json` tells what an address has behind the carrier's word: a pointer into the JSON text,
    or the name of the field that is the text.
    """

    texts: Callable[[Request], Iterator[Carried]]
    is_json: bool


def media_type(request: Request) -> str:
    """The content-type field's type and subtype, in lower case; "" where it is absent."""
    return request.headers.get("content-type").partition(";")[0].strip().lower()


def _json_texts(request: Request) -> Iterator[Carried]:
    if not request.body:
        return
    text = _utf8(request.body)
    is_list = bool(_LINES.match(media_type(request))) or lines.is_lines(text)
    inner = lines.as_list(text) if is_list else Opened(text, lambda change: change)

    def put(change: Edit) -> Request:
        return replace(request, body=inner.outwards(change).of(text).encode())

    yield Carried("", inner.text, put)


def _connect_texts(request: Request) -> Iterator[Carried]:
    if not request.body:
        return
    is_base64 = media_type(request).startswith("application/grpc-web-text")
    envelopes = envelope.split(_from_base64(request.body) if is_base64 else request.body)
    readable = [number for number, each in enumerate(envelopes) if not each.flags & envelope.COMPRESSED]
    if not readable:
        what = "are compressed" if envelopes else "can't be told apart"
        raise SlotError(
            f"The envelopes of this Connect body {what}, so no message can be put in.",
            hint="Copy the request again with a short message, or replay it as it was captured.",
        )

    def carried(number: int) -> Carried:
        text = _utf8(envelopes[number].payload)

        def put(change: Edit) -> Request:
            changed = list(envelopes)
            changed[number] = envelopes[number]._replace(payload=change.of(text).encode())
            body = envelope.joined(tuple(changed))
            return replace(request, body=b2a_base64(body, newline=False) if is_base64 else body)

        return Carried("", text, put)

    yield from map(carried, readable)


def _form_texts(request: Request) -> Iterator[Carried]:
    # Bytes that aren't UTF-8 keep their places; what holds them is no text.
    text = (request.body or b"").decode("utf-8", "surrogateescape")

    def put(change: Edit) -> Request:
        return replace(request, body=change.of(text).encode("utf-8", "surrogateescape"))

    yield from _pairs(text, put, plus=True)


def _query_texts(request: Request) -> Iterator[Carried]:
    before, mark, query = request.url.partition("#")[0].partition("?")
    moved = len(before) + len(mark)

    def put(change: Edit) -> Request:
        return replace(request, url=change.shifted(moved).of(request.url))

    # Each server reads %20 as a space, and not each one a plus sign.
    yield from _pairs(query, put, plus=False)


def _pairs(text: str, put: Callable[[Edit], Request], *, plus: bool) -> Iterator[Carried]:
    """The fields of name=value&name=value; `put` gives the request with a change of `text`."""
    from fetch2py.message import percent

    manner = percent.manner_of(text, plus=plus)

    def carried(name: str, raw: str, value: str, start: int) -> Carried:
        field = percent.opened(raw, value, manner)
        return Carried(name, value, lambda change: put(field.outwards(change).shifted(start)))

    position = 0
    for pair in text.split("&"):
        raw_name, equals, raw = pair.partition("=")
        name, value = percent.decoded(raw_name), percent.decoded(raw)
        if equals and name is not None and value is not None:
            yield carried(name, raw, value, position + len(raw_name) + 1)
        position += len(pair) + 1


def _multipart_texts(request: Request) -> Iterator[Carried]:
    from fetch2py import multipart

    if media_type(request) != "multipart/form-data":
        return
    body, content_type = request.body or b"", request.headers.get("content-type")
    delimiter = multipart.delimiter_of(body, content_type)

    def carried(part: multipart.Part) -> Carried | None:
        try:
            text = body[part.start : part.end].decode()
        except UnicodeDecodeError:
            return None

        def put(change: Edit) -> Request:
            new = change.of(text).encode()
            if delimiter in new:
                raise SlotError(
                    "The text holds the very boundary that parts this form, so it can't be put in.",
                    hint="Take the boundary, a long row of letters and digits, out of the text.",
                )
            return replace(request, body=body[: part.start] + new + body[part.end :])

        return Carried(part.name, text, put)

    for part in multipart.parts(body, content_type):
        if _is_text(part.filename, part.content_type) and (field := carried(part)) is not None:
            yield field


def _is_text(filename: str | None, content_type: str) -> bool:
    if filename is None:
        return True
    return filename == _NAMELESS_BLOB and content_type.lower().startswith(_TEXT_TYPES)


def _raw_texts(request: Request) -> Iterator[Carried]:
    if request.body is None:
        return
    text = _utf8(request.body, "is no text")
    moved = 1 if text.startswith(_BOM) else 0

    def put(change: Edit) -> Request:
        return replace(request, body=change.shifted(moved).of(text).encode())

    yield Carried("", text[moved:], put)


def _utf8(raw: bytes, so: str = "can't hold JSON") -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as exc:
        raise SlotError(
            f"The request's body isn't UTF-8 text (at byte {exc.start}), so it {so}.",
            hint="Copy the request again; it can still be replayed as it was captured.",
        ) from exc


def _from_base64(raw: bytes) -> bytes:
    try:
        return a2b_base64(raw, strict_mode=True)
    except ValueError as exc:
        raise SlotError(
            "The request's body isn't base64, which its content type says, so no message can be put in.",
            hint="Copy the request again; it can still be replayed as it was captured.",
        ) from exc


CARRIERS: dict[str, Carrier] = {
    "json": Carrier(_json_texts, is_json=True),
    "connect": Carrier(_connect_texts, is_json=True),
    "form": Carrier(_form_texts, is_json=False),
    "query": Carrier(_query_texts, is_json=False),
    "multipart": Carrier(_multipart_texts, is_json=False),
    "raw": Carrier(_raw_texts, is_json=False),
}
"""By the word that a slot's address begins with."""
