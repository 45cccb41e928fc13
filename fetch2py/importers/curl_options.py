"""cURL's options, as its manual page names them: which take a value, and what becomes of each.

Words in, options out. Must not know shells, nor what a request looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fetch2py.errors import SnippetError
from fetch2py.importers.word import Word

__all__ = ["Option", "options"]


class Option(NamedTuple):
    """One option as it was given: its long name ("url" for a bare argument) and its value's word.

    An option without a value has its own word.
    """

    name: str
    word: Word


# The short names of the options below.
_SHORT = {
    "A": "user-agent", "b": "cookie", "c": "cookie-jar", "d": "data", "D": "dump-header", "e": "referer",
    "F": "form", "f": "fail", "g": "globoff", "G": "get", "H": "header", "i": "include", "I": "head",
    "j": "junk-session-cookies", "k": "insecure", "K": "config", "L": "location", "m": "max-time",
    "N": "no-buffer", "o": "output", "O": "remote-name", "q": "disable", "r": "range", "R": "remote-time",
    "s": "silent", "S": "show-error", "T": "upload-file", "u": "user", "v": "verbose", "w": "write-out",
    "x": "proxy", "X": "request", "y": "speed-time", "Y": "speed-limit", "z": "time-cond",
    "E": "cert", "Z": "parallel", "#": "progress-bar", "0": "http1.0", "1": "tlsv1", "4": "ipv4",
    "6": "ipv6", ":": "next", "J": "remote-header-name", "U": "proxy-user", "C": "continue-at",
}  # fmt: skip
_MEANT_FLAGS = frozenset({"get", "globoff", "head", "next", "path-as-is"})
_MEANT = frozenset(
    {
        "cookie", "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "form", "form-string",
        "header", "json", "oauth2-bearer", "range", "referer", "request", "url", "url-query", "user",
        "user-agent",
    }
)  # fmt: skip
# What changes nothing in the request: what becomes of the answer, what is printed, how the network is used.
_IGNORED_FLAGS = frozenset(
    {
        "alpn", "basic", "buffer", "compressed", "create-dirs", "disable", "fail", "fail-early",
        "fail-with-body", "http0.9", "http1.0", "http1.1", "http2", "http2-prior-knowledge", "http3",
        "http3-only", "include", "insecure", "ipv4", "ipv6", "junk-session-cookies", "keepalive",
        "location", "location-trusted", "no-buffer", "no-progress-meter", "parallel",
        "progress-bar", "progress-meter", "remote-header-name", "remote-name", "remote-name-all",
        "remote-time", "retry-all-errors", "retry-connrefused", "sessionid", "show-error", "show-headers",
        "silent", "ssl-no-revoke", "ssl-revoke-best-effort", "styled-output", "tcp-fastopen",
        "tcp-nodelay", "tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3", "tr-encoding", "trace-ids",
        "trace-time", "verbose",
    }
)  # fmt: skip
_IGNORED = frozenset(
    {
        "cacert", "capath", "ciphers", "connect-timeout", "cookie-jar", "curves", "dump-header",
        "expect100-timeout", "happy-eyeballs-timeout-ms", "keepalive-time", "limit-rate", "max-filesize",
        "max-redirs", "max-time", "output", "output-dir", "parallel-max", "proto", "proto-default", "rate",
        "retry", "retry-delay", "retry-max-time", "speed-limit", "speed-time", "stderr", "tls-max",
        "tls13-ciphers", "trace", "trace-ascii", "trace-config", "write-out",
    }
)  # fmt: skip
_VALUED = _MEANT | _IGNORED
# Options that a person will wonder about, with what stands in their way.
_FILES = "reads a file, which isn't part of the text"
_WAY = "sends the request another way than its address says"
_REFUSED = {
    "config": _FILES, "upload-file": _FILES, "cert": _FILES, "key": _FILES, "netrc": _FILES,
    "variable": _FILES, "proxy": _WAY, "resolve": _WAY, "connect-to": _WAY, "unix-socket": _WAY,
    "digest": "needs an answer of the server before it can be carried out",
    "ntlm": "needs an answer of the server before it can be carried out",
}  # fmt: skip
_LEAVE_IT_OUT = "Take it out of the command where the server doesn't need it, and import that."
_SPELT = re.compile(r"--[a-z][a-z0-9.]{0,15}(?:-[a-z0-9]{1,12}){0,4}|-.")


def options(words: list[Word], text: str) -> Iterator[Option]:
    """What the words behind `curl` say, in their order. `text` is kept for the errors alone.

    SnippetError names an option that isn't known to leave the request as it is, and one without its value; it
    tells as well where a shell would have filled something in.
    """
    rest = iter(words)
    for word in rest:
        _expect_literal(word, text)
        if not word.text.startswith("-") or word.text == "-":
            yield Option("url", word)
        elif word.text.startswith("--"):
            name, equals, value = word.text[2:].partition("=")
            attached = word._replace(text=value) if equals else None
            yield from _option(name, f"--{name}", attached or word, rest if not equals else None, text)
        else:
            yield from _cluster(word, rest, text)


def _cluster(word: Word, rest: Iterator[Word], text: str) -> Iterator[Option]:
    """Short options in one word: -sSL, -XPOST, -sXPOST."""
    letters = word.text[1:]
    for index, letter in enumerate(letters, 1):
        name = _SHORT.get(letter, "")
        if name in _VALUED and index < len(letters):
            yield from _option(name, f"-{letter}", word._replace(text=letters[index:]), None, text)
            return
        yield from _option(name, f"-{letter}", word, rest, text)


def _option(name: str, written: str, word: Word, rest: Iterator[Word] | None, text: str) -> Iterator[Option]:
    """One option, `written` so. Its value is `word` where `rest` is None, else the next of `rest`."""
    flag = name.removeprefix("no-")
    if name in _MEANT_FLAGS:
        yield Option(name, word)
    elif name in _VALUED:
        value = word if rest is None else next(rest, None)
        if value is None:
            raise _fault(f"The option {written} has no value.", word, text, "Copy the whole command again.")
        if name in _MEANT:
            _expect_literal(value, text)
            yield Option(name, value)
    elif name not in _IGNORED_FLAGS and flag not in _IGNORED_FLAGS:
        why = _REFUSED.get(name, "isn't known here, and it may change the request")
        # What isn't spelt as an option may be a value that lost its quotes.
        shown = f"The option {written}" if _SPELT.fullmatch(written) else "This option"
        raise _fault(f"{shown} {why}.", word, text, _LEAVE_IT_OUT)


def _expect_literal(word: Word, text: str) -> None:
    if word.opaque:
        # No NotALiteral: a name in that is shown to a person, and here it may be the end of a password.
        raise SnippetError(
            "The shell fills something in here: only running the command would give its value.",
            source=text,
            span=word.opaque,
            hint="Write the value in its place, or, if the dollar or backtick is meant, put a backslash "
            "before it.",
        )


def _fault(message: str, word: Word, text: str, hint: str) -> SnippetError:
    return SnippetError(message, source=text, span=word.span, hint=hint)
