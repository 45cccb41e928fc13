"""Pasted cURL commands → requests: which shell they were written for, and where each command begins.

Reads “Copy as cURL” (bash and cmd, of every browser) and what people and documentation write. Must not know
what the options mean, nor files, the network or profiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fetch2py.errors import NotAFetchCall
from fetch2py.importers import cmd_exe, posix_shell
from fetch2py.importers.curl_options import Option, options
from fetch2py.importers.curl_request import requests_of
from fetch2py.importers.word import Word
from fetch2py.request import Request

__all__ = ["read", "recognises"]

# A line that begins with the command, a prompt before it perhaps.
_COMMAND = re.compile(
    r"^[ \t\ufeff]*+(?:[$%>][ \t]*+)?(curl(?:\.exe)?)(?=[ \t\\^])", re.IGNORECASE | re.MULTILINE
)
_NAME = re.compile(r"(?:.*[/\\])?curl(?:\.exe)?", re.IGNORECASE | re.DOTALL)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*|[$%]", re.DOTALL)
# What tells a text for cmd.exe: a caret that begins a word, ends a line or comes before what it escapes; or a
# quotation mark doubled inside of quoted text.
_WINDOWS = re.compile(
    r"""(?:[ \t]++(?:[^\s'"^\\$]++|"(?:[^"\\\r\n]|\\.)*+"))*+"""
    r"""(?:[ \t]++\^|\^\r?\n|(?<!")\^[&|<>^%"]|(?<=")")"""
)


def recognises(text: str) -> bool:
    """Whether a line of the text begins with the command, and no call of fetch() comes before."""
    found = _COMMAND.search(text)
    return found is not None and "fetch(" not in text[: found.start()]


def read(text: str) -> list[Request]:
    """Every request of the text's cURL commands, in order.

    Raises SnippetError and its kinds, with the place.
    """
    begin = _COMMAND.search(text)
    start, end = begin.span(1) if begin else (0, 0)
    shell = cmd_exe if _WINDOWS.match(text, end) else posix_shell
    found = [request for words in shell.commands(text, start) for request in _requests(words, text)]
    if not found:
        raise NotAFetchCall(
            "No cURL command stands in this text.", source=text, hint="Copy the request with “Copy as cURL”."
        )
    return found


def _requests(words: list[Word], text: str) -> Iterator[Request]:
    """The requests of one command; none, where it is another program's."""
    name = next((index for index, word in enumerate(words) if not _ASSIGNMENT.fullmatch(word.text)), None)
    if name is None or not _NAME.fullmatch(words[name].text):
        return
    told = [*options(words[name + 1 :], text)]
    if not told or told[-1].name != "next":
        told.append(Option("next", words[name]))
    given: list[Option] = []
    for option in told:
        if option.name != "next":
            given.append(option)
        else:
            yield from requests_of(given, words[name], text)
            given = []
