"""cURL's -d and -F options → a request's body, or -G's query.

Must not know the other options, nor files: what is read from one is refused, or lost.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote_plus

from fetch2py.errors import SnippetError
from fetch2py.importers.body import body_of
from fetch2py.importers.curl_options import Option
from fetch2py.importers.form_data import Part, part_of
from fetch2py.importers.word import Word
from fetch2py.jsontext import well_formed
from fetch2py.request import Headers, Loss

__all__ = ["DATA", "Data", "data_bytes", "data_of", "parts_of", "query_of"]

DATA = ("data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json")
"""The options that give a body's text."""

# The bytes before an envelope's payload, which are made anew where they were spoilt.
_ENVELOPE_HEADER = 5


class Data(NamedTuple):
    """What those options give together; `shown`, `spoilt` and `flat` as in a Word."""

    text: str
    shown: bool
    spoilt: int
    flat: bool


def data_of(given: list[Option], text: str) -> Data | None:
    """The values of the -d options, joined as cURL joins them; None where there are none.

    SnippetError, with its place in `text`, where one is read from a file.
    """
    told = [option for option in given if option.name in DATA]
    joined, spoilt = "", -1
    for index, (name, word) in enumerate(told):
        joined += "&" if index and name != "json" else ""
        spoilt = len(joined) + word.spoilt if word.spoilt >= 0 else spoilt
        joined += _piece(name, word, text)
    shown, flat = any(word.shown for _, word in told), any(word.flat for _, word in told)
    return Data(joined, shown, spoilt, flat) if told else None


def query_of(given: list[Option], text: str) -> str:
    """The values of --url-query, as they stand behind the address; "" where there are none.

    SnippetError, with its place in `text`, where one is read from a file.
    """
    pieces = [
        word.text[1:] if word.text.startswith("+") else _piece("data-urlencode", word, text)
        for name, word in given
        if name == "url-query"
    ]
    return "&".join(pieces)


def data_bytes(data: Data, headers: Headers) -> tuple[bytes, tuple[Loss, ...]]:
    """The body's bytes, and what may be gone of it."""
    text, doubts = data.text, []
    if data.flat and headers.get("content-type").lower().startswith("multipart/"):
        # RFC 2046, section 5.1.1: between and in its parts lines end so.
        text = text.replace("\n", "\r\n")
    elif data.flat:
        doubts.append(_LINE_ENDS)
    raw, losses = body_of(text, headers)
    remade = any(loss.code == "envelope-rebuilt" for loss in losses)
    if data.spoilt >= (_ENVELOPE_HEADER if remade else 0):
        doubts.append(_REPLACED)
    if not data.shown:
        # What a person wrote are characters.
        raw, losses = (
            well_formed(text).encode(),
            tuple(loss for loss in losses if loss.code != "body-ambiguous"),
        )
    return raw, (*doubts, *losses)


def parts_of(given: list[Option], text: str) -> list[Part]:
    """The form's parts. SnippetError, with its place in `text`, where one has no name."""
    parts = []
    for name, word in given:
        if name in ("form", "form-string"):
            part = part_of(well_formed(word.text), literal=name == "form-string")
            if part is None:
                raise SnippetError(
                    "A part of the form has no name.",
                    source=text,
                    span=word.span,
                    hint="Write it as name=content.",
                )
            parts.append(part)
    return parts


def _piece(option: str, word: Word, text: str) -> str:
    """One option's text. --data-urlencode takes `content`, `=content` or `name=content`; @ is a file's."""
    name, equals, content = well_formed(word.text).partition("=")
    encoded = option == "data-urlencode"
    if option != "data-raw" and (not equals and "@" in name if encoded else word.text.startswith("@")):
        raise SnippetError(
            "The data are read from a file (@), which isn't part of the text.",
            source=text,
            span=word.span,
            hint="Write the file's text into the command in its place, with --data-raw.",
        )
    if not encoded:
        return word.text
    name, content = (name, content) if equals else ("", name)
    return (f"{name}=" if name else "") + quote_plus(content)


_REPLACED = Loss(
    "body-replaced",
    "The body holds spaces that stand for other characters: “Copy as cURL (cmd)” writes nothing outside "
    "ASCII; use “Copy as cURL (bash)”.",
)
_LINE_ENDS = Loss(
    "line-ends",
    "“Copy as cURL (cmd)” writes each line end of a body as one line feed: if the site wants others, "
    "use “Copy as cURL (bash)”.",
)
