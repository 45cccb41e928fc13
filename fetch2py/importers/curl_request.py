"""The options of a cURL command → a Request, as cURL would send it, and what the command can't say.

Must not know shells, files, the network or profiles.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import NoReturn
from urllib.parse import urlsplit

from fetch2py.errors import SnippetError
from fetch2py.importers.body import missing_body
from fetch2py.importers.curl_body import DATA, Data, data_bytes, data_of, parts_of, query_of
from fetch2py.importers.curl_options import Option
from fetch2py.importers.form_data import Part, encoded
from fetch2py.importers.listing import field_value, gaps, is_browsers, is_placeholder
from fetch2py.importers.url import without_dots
from fetch2py.importers.word import Word
from fetch2py.jsontext import well_formed
from fetch2py.request import LISTED, Headers, Loss, Request, is_http_url

__all__ = ["requests_of"]

FORM = "application/x-www-form-urlencoded"

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# What cURL makes several addresses of, and what a backslash keeps from that.
_GLOB = re.compile(
    r"(?<!\\)(?:\{(?=[^{}\\]*+\})[^{},]*+,|\[(?:\d{1,20}-\d{1,20}|[a-z]-[a-z]|[A-Z]-[A-Z])(?::\d{1,20})?\])"
)
_GLOB_ESCAPE = re.compile(r"\\([\[\]{}])")


def requests_of(given: list[Option], command: Word, text: str) -> list[Request]:
    """The requests of one operation, one for each of its URLs. `text` is kept for the errors alone.

    SnippetError tells what cURL would refuse too, and what it would read from a file.
    """
    return _Operation(given, command, text).requests()


class _Operation:
    def __init__(self, given: list[Option], command: Word, text: str) -> None:
        fields = [_field(option.word) for option in given if option.name == "header"]
        # A browser lists every field that it sent, and shows characters where it may have sent bytes.
        self._copied = is_browsers(Headers((name, value) for name, value in fields if value))
        self._given = (
            [Option(name, word._replace(shown=True)) for name, word in given] if self._copied else given
        )
        self._by_name: dict[str, list[Word]] = {}
        for name, word in self._given:
            self._by_name.setdefault(name, []).append(word)
        self._command = command
        self._text = text

    def requests(self) -> list[Request]:
        urls = self._words("url")
        if not urls:
            self._fail("The command has no URL.", self._command, _COPY_AGAIN)
        data, query = data_of(self._given, self._text), query_of(self._given, self._text)
        if data and self._words("get"):
            # -G's data take the place of --url-query's.
            query, data = data.text, None
        parts = parts_of(self._given, self._text)
        method = self._method(data, parts)
        form, boundary = encoded(parts) if parts else (None, "")
        headers = self._headers(data, boundary)
        body, losses = data_bytes(data, headers) if data else (form, ())
        if body is None and headers.get("content-length") != "0":
            losses = missing_body(method, headers)
        losses = (*self._losses(headers, parts), *losses)
        return [
            Request(method, self._url(word, query, headers), headers, body, losses, LISTED) for word in urls
        ]

    def _words(self, name: str) -> list[Word]:
        return self._by_name.get(name, [])

    def _method(self, data: Data | None, parts: list[Part]) -> str:
        if sum((data is not None, bool(parts), bool(self._words("head")))) > 1:
            self._fail(
                "The command asks for two kinds of request at once (of -d, -F and -I).",
                self._command,
                "Take one of them out; cURL would refuse it too.",
            )
        named = self._words("request")
        if named:
            return named[-1].text
        if self._words("head"):
            return "HEAD"
        return "POST" if data is not None or parts else "GET"

    def _url(self, word: Word, query: str, headers: Headers) -> str:
        url = well_formed(word.text).strip(" ")
        if not self._words("globoff"):
            if _GLOB.search(url):
                self._fail(
                    "cURL makes several requests of this address.",
                    word,
                    "Write the one that is meant, or add -g where brackets and braces are meant as they are.",
                )
            url = _GLOB_ESCAPE.sub(r"\1", url)
        if not _SCHEME.match(url):
            url = f"http://{url}"
        if not is_http_url(url):
            self._fail("This isn't the address of a web server.", word, "Compare it with the page's address.")
        host = headers.get("host").lower()
        if host and host != urlsplit(url).netloc.rpartition("@")[2].lower():
            self._fail(
                "The Host field names another server than the address.",
                word,
                "Write the server's name into the address, and take the Host field out.",
            )
        if not self._words("path-as-is"):
            url = without_dots(url)
        return _with_query(url, query) if query else url

    def _headers(self, data: Data | None, boundary: str) -> Headers:
        """The fields in the text's order, then what cURL adds; a field of -H keeps cURL's own away."""
        named = {_field(word)[0].lower() for word in self._words("header")}
        # Given twice, the last one counts.
        last = {option.name: index for index, option in enumerate(self._given)}
        pairs: list[tuple[str, str]] = []
        for index, (option, word) in enumerate(self._given):
            is_custom = option == "header"
            if not is_custom and index != last[option]:
                continue
            field, value = self._custom(word) if is_custom else self._own(option, word)
            if value is not None and (is_custom or field.lower() not in named):
                pairs.append((field, value))
        if boundary:
            pairs = [(n, f"{v}; boundary={boundary}" if n.lower() == "content-type" else v) for n, v in pairs]
        is_json = bool(self._words("json"))
        kind = f"multipart/form-data; boundary={boundary}" if boundary else FORM if data else ""
        defaults = {
            "Accept": "application/json" if is_json else "*/*",
            # A browser would have listed it.
            "Content-Type": "application/json" if is_json else "" if self._copied else kind,
        }
        return Headers((*pairs, *((n, v) for n, v in defaults.items() if v and n.lower() not in named)))

    def _custom(self, word: Word) -> tuple[str, str | None]:
        if word.text.startswith("@"):
            self._fail("The header fields are read from a file.", word, "Write each of them with -H.")
        name, value = _field(word)
        return name, None if self._copied and is_placeholder(name, value or "") else value

    def _own(self, option: str, word: Word) -> tuple[str, str | None]:
        """The field that an option makes; the value is None where it makes none."""
        value = _value(word)
        match option:
            case "cookie":
                # Without an equals sign it is a file.
                crumbs = [_value(word) for word in self._words("cookie") if "=" in word.text]
                field, value = "Cookie", ";".join(crumbs)
            case "user-agent":
                field = "User-Agent"
            case "referer":
                field, value = "Referer", value.removesuffix(";auto")
            case "range":
                field, value = "Range", f"bytes={value}"
            case "oauth2-bearer":
                field, value = "Authorization", f"Bearer {value}"
            case "user" if self._words("oauth2-bearer"):
                return "", None
            case "user":
                if ":" not in word.text:
                    self._fail("cURL would ask for this user's password.", word, "Write it as user:password.")
                pair = well_formed(word.text).encode()
                field, value = "Authorization", f"Basic {b64encode(pair).decode('ascii')}"
            case _:
                return "", None
        return field, value or None

    def _losses(self, headers: Headers, parts: list[Part]) -> tuple[Loss, ...]:
        spoilt = any(word.spoilt >= 0 for name, word in self._given if name not in DATA)
        in_file = any(word.text and "=" not in word.text for word in self._words("cookie"))
        return (
            *([_COOKIES] if in_file and not headers.has("cookie") else ()),
            *gaps(headers),
            *([_FIELDS_REPLACED] if spoilt else ()),
            *([_FILE_CONTENT] if any(part.lost for part in parts) else ()),
        )

    def _fail(self, message: str, word: Word, hint: str) -> NoReturn:
        raise SnippetError(message, source=self._text, span=word.span, hint=hint)


_COPY_AGAIN = "Copy the request again with “Copy as cURL”."
_COOKIES = Loss(
    "cookies",
    "The cookies are read from a file (-b), which isn't part of the text: if the site needs them, "
    "add a cookie line with `fetch2py edit`.",
)
_FIELDS_REPLACED = Loss(
    "fields-replaced",
    "The address or a header field holds spaces that stand for other characters: “Copy as cURL (cmd)” "
    "writes nothing outside ASCII; use “Copy as cURL (bash)”.",
)
_FILE_CONTENT = Loss(
    "file-content",
    "The form holds a file without its content, which isn't part of the text: copy a request without a file.",
)


def _value(word: Word) -> str:
    """A header field's value, one character a byte where they are known."""
    return field_value(word.text) if word.shown else well_formed(word.text).encode().decode("latin-1")


def _field(word: Word) -> tuple[str, str | None]:
    """What an argument of -H says: a field, or one to take away (None). `name;` is an empty field."""
    name, colon, value = _value(word).partition(":")
    if colon:
        return name, (value.strip(" \t\r\n") or None) if name else None
    name, semicolon, rest = name.partition(";")
    return name, "" if semicolon and not rest else None


def _with_query(url: str, query: str) -> str:
    """The address with -G's data behind it, before its fragment."""
    address, mark, fragment = url.partition("#")
    _, question, known = address.partition("?")
    joint = ("&" if known and not known.endswith("&") else "") if question else "?"
    return address + joint + query + mark + fragment
