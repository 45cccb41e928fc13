"""Pasted text → requests, with what the text couldn't tell. A new paste format is a row in IMPORTERS.

Must not know files, the network or profiles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fetch2py.errors import NotAFetchCall, SnippetError, SnippetSyntaxError
from fetch2py.importers import curl, fetch_call, har
from fetch2py.request import Request

__all__ = ["IMPORTERS", "Importer", "parse", "picked"]


@dataclass(frozen=True, slots=True)
class Importer:
    """A paste format: whether a text is of it, and its requests in the text's order."""

    recognises: Callable[[str], bool]
    read: Callable[[str], list[Request]]


# The first that recognises a text reads it; how it begins tells the first two, a call can stand anywhere.
IMPORTERS: dict[str, Importer] = {
    "har": Importer(har.recognises, har.read),
    "curl": Importer(curl.recognises, curl.read),
    "fetch": Importer(fetch_call.recognises, fetch_call.read),
}


def parse(text: str) -> list[Request]:
    """Every request in a pasted text, in order: of each fetch() call, cURL command, or entry of a HAR.

    Raises SnippetSyntaxError where the text can't be read, NotAFetchCall where no request is in it, and
    NotALiteral where a part that is needed would only be known by running the code.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise SnippetSyntaxError("The text is empty.", source=text, hint=_HOW_TO_COPY)
    for importer in IMPORTERS.values():
        if importer.recognises(text):
            return importer.read(text)
    what, hint = _likely(text)
    raise NotAFetchCall(what, source=text, hint=hint)


def picked(requests: list[Request], number: int | None) -> Request:
    """The one of several requests that is meant, counted from 1; None where there is only one.

    Raises SnippetError where it isn't told which, or there is no such.
    """
    if number is None and len(requests) > 1:
        raise SnippetError(f"The text holds {len(requests)} requests.", hint=_HOW_TO_PICK)
    chosen = 1 if number is None else number
    if not 1 <= chosen <= len(requests):
        raise SnippetError(
            f"There is no request number {chosen}: the text holds {len(requests)}.", hint=_HOW_TO_PICK
        )
    return requests[chosen - 1]


_HOW_TO_PICK = "Say which by its number, counted from 1 (--pick N)."
_HOW_TO_COPY = (
    "In DevTools, open Network, right-click the request, and choose Copy, “Copy as fetch”; "
    "or “Copy as fetch (Node.js)”, which keeps the cookies. “Copy as cURL” and a HAR are read as well."
)


def _likely(text: str) -> tuple[str, str]:
    """What a text without a request probably is, and what to do about it."""
    start = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if start.startswith("curl"):
        return "This is a cURL command without anything behind it.", _HOW_TO_COPY
    if start.startswith(("<!doctype", "<html", "<head", "<body", "<script")):
        return "This is a web page (HTML), and no request is in it.", _HOW_TO_COPY
    if start.startswith(("http://", "https://")):
        return "This is a URL alone, without the rest of a request.", _HOW_TO_COPY
    if "\x00" in start or "\ufffd" in start:
        return "This is binary data, and no request is in it.", _HOW_TO_COPY
    return "No fetch() call, cURL command or HAR is in this text.", _HOW_TO_COPY
