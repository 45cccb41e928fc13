"""The options of a cURL command → a Request, as cURL would send it, and what the command can't say.

Must not know shells, files, the network or profiles.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import NamedTuple, NoReturn
from urllib.parse import quote_plus, urlsplit


from fetch2py.errors import SnippetError
from fetch2py.importers.body import body_of, missing_body
from fetch2py.importers.form_data import Part, encoded, part_of
from fetch2py.importers.curl_options import Option
from fetch2py.importers.field_value import field_value
from fetch2py.importers.word import Word
from fetch2py.jsontext import well_formed
from fetch2py.request import Headers, Loss, Request, is_http_url

__all__ = ["requests_of"]

FORM = "application/x-www-form-urlencoded"

_DATA = ("data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json")
# The bytes before an envelope's payload, which are made anew where they were spoilt.
_ENVELOPE_HEADER = 5
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_BROWSER = re.compile(r"user-agent:[ \t]*+Mozilla/", re.IGNORECASE)
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


class _Data(NamedTuple):
    """What the -d options give together; `shown`, `spoilt` and `flat` as in a Word."""

    text: str
    shown: bool
    spoilt: int
    flat: bool


class _Operation:
    def __init__(self, given: list[Option], command: Word, text: str) -> None:
        # A browser's copy tells the browser's name, and shows characters where it may have sent bytes.
        copied = any(name == "header" and _BROWSER.match(word.text) for name, word in given)
        self._given = [Option(n, w._replace(shown=True)) for n, w in given] if copied else given
        self._command = command
        self._text = text

    def requests(self) -> list[Request]:
        urls = self._words("url")
        if not urls:
            self._fail("The command has no URL.", self._command, _COPY_AGAIN)
        data, parts = self._data(), self._parts()
        query = data.text if data and self._words("get") else ""
        data = None if self._words("get") else data
        method = self._method(data, parts)
        form, boundary = encoded(parts) if parts else (None, "")
        headers = self._headers(data, boundary)
        body, losses = self._body(data, form, method, headers)
        losses = (*self._losses(headers, parts), *losses)
        return [Request(method, self._url(word, query, headers), headers, body, losses) for word in urls]

    def _words(self, *names: str) -> list[Word]:
        return [option.word for option in self._given if option.name in names]

    def _method(self, data: _Data | None, parts: list[Part]) -> str:
        if sum((data is not None, bool(parts), bool(self._words("head")))) > 1:
            self._fail(
                "The command asks for two kinds of request at once (of -d, -F and -I).",
                self._command,
                _COPY_AGAIN,
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
                "Write the server's name into the address; it can't be told apart from it here.",
            )
        return _with_query(url, query) if query else url

    def _data(self) -> _Data | None:
        """The -d options' values, joined as cURL joins them."""
        words = [option.word for option in self._given if option.name in _DATA]
        joined, spoilt = "", -1
        for name, word in self._given:
            if name not in _DATA:
                continue
            if word.text.startswith("@") and name not in ("data-raw", "data-urlencode"):
                self._fail(_IN_A_FILE, word, _WRITE_IT)
            piece = self._urlencoded(word) if name == "data-urlencode" else word.text
            joined += "&" if word is not words[0] and name != "json" else ""
            spoilt = len(joined) + word.spoilt if word.spoilt >= 0 else spoilt
            joined += piece
        shown, flat = any(word.shown for word in words), any(word.flat for word in words)
        return _Data(joined, shown, spoilt, flat) if words else None

    def _urlencoded(self, word: Word) -> str:
        """--data-urlencode: `content`, `=content` or `name=content`; with @ in place of = a file."""
        name, equals, content = well_formed(word.text).partition("=")
        if not equals:
            if "@" in name:
                self._fail(_IN_A_FILE, word, _WRITE_IT)
            name, content = "", name
        return (f"{name}=" if name else "") + quote_plus(content)

    def _parts(self) -> list[Part]:
        parts = []
        for name, word in self._given:
            if name not in ("form", "form-string"):
                continue
            part = part_of(well_formed(word.text), literal=name == "form-string")
            if part is None:
                self._fail("A part of the form has no name.", word, "Write it as name=content.")
            parts.append(part)
        return parts

    def _headers(self, data: _Data | None, boundary: str) -> Headers:
        """The fields in the text's order, then what cURL adds; a field of -H keeps cURL's own away."""
        named = {field[0].lower() for word in self._words("header") if (field := _field(word))}
        pairs: list[tuple[str, str]] = []
        for name, word in self._given:
            if name == "header":
                if word.text.startswith("@"):
                    self._fail("The header fields are read from a file.", word, _WRITE_IT)
                pairs += [(field[0], field[1])] if (field := _field(word)) and field[1] is not None else []
            elif (field := self._own(name, word)) and field[0].lower() not in named:
                pairs = [*(pair for pair in pairs if pair[0] != field[0]), field]
        is_json = bool(self._words("json"))
        if boundary and "content-type" in named:
            pairs = [(n, f"{v}; boundary={boundary}" if n.lower() == "content-type" else v) for n, v in pairs]
        content_type = "application/json" if is_json else FORM if data else ""
        content_type = f"multipart/form-data; boundary={boundary}" if boundary else content_type
        defaults = {"Accept": "application/json" if is_json else "*/*", "Content-Type": content_type}
        pairs += [(n, v) for n, v in defaults.items() if v and n.lower() not in named]
        return Headers(pairs)

    def _own(self, option: str, word: Word) -> tuple[str, str] | None:
        """The field that an option makes, if it makes one."""
        value = _value(word)
        match option:
            case "cookie":
                # Without an equals sign it is a file.
                value = "; ".join(_value(word) for word in self._words("cookie") if "=" in word.text)
                field = "Cookie"
            case "user-agent":
                field = "User-Agent"
            case "referer":
                field, value = "Referer", value.removesuffix(";auto")
            case "range":
                field, value = "Range", f"bytes={value}"
            case "oauth2-bearer":
                field, value = "Authorization", f"Bearer {value}"
            case "user":
                if ":" not in word.text:
                    self._fail("cURL would ask for this user's password.", word, "Write it as user:password.")
                pair = well_formed(word.text).encode()
                field, value = "Authorization", f"Basic {b64encode(pair).decode('ascii')}"
            case _:
                return None
        return (field, value) if value else None

    def _body(
        self, data: _Data | None, form: bytes | None, method: str, headers: Headers
    ) -> tuple[bytes | None, tuple[Loss, ...]]:
        if data is None:
            return form, () if form is not None else missing_body(method, headers)
        text, doubts = data.text, []
        if data.flat and headers.get("content-type").lower().startswith("multipart/"):
            # RFC 2046, section 5.1.1: between and in its parts lines end so.
            text = text.replace("\n", "\r\n")
        elif data.flat:
            doubts.append(_LINE_ENDS)
        raw, losses = body_of(text, headers)
        remade = any(loss.code == "envelope-rebuilt" for loss in losses)
        if data.spoilt >= (_ENVELOPE_HEADER if remade else 0):
            doubts.append(_BODY_REPLACED)
        return raw if data.shown else well_formed(text).encode(), (*doubts, *losses)

    def _losses(self, headers: Headers, parts: list[Part]) -> tuple[Loss, ...]:
        spoilt = any(word.spoilt >= 0 for name, word in self._given if name not in _DATA)
        in_file = any(word.text and "=" not in word.text for word in self._words("cookie"))
        return (
            *([_COOKIES] if in_file and not headers.has("cookie") else ()),
            *(() if headers.has("user-agent") else [_USER_AGENT]),
            *([_FIELDS_REPLACED] if spoilt else ()),
            *([_FILE_CONTENT] if any(part.lost for part in parts) else ()),
        )

    def _fail(self, message: str, word: Word, hint: str) -> NoReturn:
        raise SnippetError(message, source=self._text, span=word.span, hint=hint)


_COPY_AGAIN = "Copy the request again with “Copy as cURL”."
_IN_A_FILE = "The data are read from a file (@), which isn't part of the text."
_WRITE_IT = "Write the file's text into the command in its place."
_COOKIES = Loss(
    "cookies",
    "The cookies are read from a file (-b), which isn't part of the text: if the site needs them, add a cookie "
    "line with `fetch2py edit`.",
)
_USER_AGENT = Loss(
    "user-agent",
    "The command names no User-Agent, and an honest fetch2py goes out in cURL's place; "
    "if the site wants a browser's, add a user-agent line with `fetch2py edit`.",
)
_BODY_REPLACED = Loss(
    "body-replaced",
    "The body holds spaces that stand for other characters: “Copy as cURL (cmd)” writes nothing outside ASCII; "
    "use “Copy as cURL (bash)”.",
)
_FIELDS_REPLACED = Loss(
    "fields-replaced",
    "The address or a header field holds spaces that stand for other characters: “Copy as cURL (cmd)” writes "
    "nothing outside ASCII; use “Copy as cURL (bash)”.",
)
_LINE_ENDS = Loss(
    "line-ends",
    "“Copy as cURL (cmd)” writes each line end of a body as one line feed: if the site wants others, "
    "use “Copy as cURL (bash)”.",
)
_FILE_CONTENT = Loss(
    "file-content",
    "The form holds a file without its content, which isn't part of the text: copy a request without a file.",
)


def _value(word: Word) -> str:
    """A header field's value, one character a byte where they are known."""
    return field_value(word.text) if word.shown else well_formed(word.text).encode().decode("latin-1")


def _field(word: Word) -> tuple[str, str | None] | None:
    """What an argument of -H says: a field, one to take away (None), or nothing at all."""
    name, colon, value = _value(word).partition(":")
    if colon:
        return (name, value.strip(" \t\r\n") or None) if name else None
    name, semicolon, rest = name.partition(";")
    return (name, "") if semicolon and not rest.strip() else None


def _with_query(url: str, query: str) -> str:
    """The address with -G's data behind it, before its fragment."""
    address, mark, fragment = url.partition("#")
    joint = "?" if "?" not in address else "&" if address[-1] not in "?&" else ""
    return address + joint + query + mark + fragment
