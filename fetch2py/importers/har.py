"""A HAR's entries → requests, in order (HTTP Archive 1.2), and what the archive can't say.

Reads a whole archive, a bare list of entries, and one entry. Must not know files, the network or profiles.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any, NoReturn
from urllib.parse import urlencode

from fetch2py import jsontext
from fetch2py.errors import NotAFetchCall, SnippetError, SnippetSyntaxError
from fetch2py.importers.body import Hidden, body_of, missing_body
from fetch2py.importers.form_data import Part, encoded
from fetch2py.importers.listing import field_value, gaps, is_placeholder
from fetch2py.request import LISTED, Headers, Loss, Request, is_http_url

__all__ = ["read", "recognises"]

_BEGINNING = re.compile(r'[\ufeff \t\r\n]*+(?:\[[ \t\r\n]*+)?\{[ \t\r\n]*+"')
_HTTP = re.compile(r"https?:", re.IGNORECASE)
_LENGTH = re.compile(r"[0-9]{1,18}")
_BOUNDARY = re.compile(r'boundary="?([^";]+)', re.IGNORECASE)


def recognises(text: str) -> bool:
    """Whether the text begins as JSON does and speaks of a request."""
    return _BEGINNING.match(text) is not None and '"request"' in text


def read(text: str) -> list[Request]:
    """The request of each entry over HTTP; data:, blob: and ws: entries are left out.

    SnippetSyntaxError where the text isn't JSON, with the place; NotAFetchCall where no request is in it;
    SnippetError names an entry by its number, counted from 1, where it isn't one.
    """
    try:
        archive = jsontext.parse(text)
    except json.JSONDecodeError as error:
        # Only the beginning of its message: that says what was expected, and quotes nothing.
        raise SnippetSyntaxError(
            f"This isn't whole JSON: {error.msg}.", source=text, span=(error.pos, error.pos), hint=_EXPORT
        ) from None
    except ValueError as error:
        raise SnippetSyntaxError(f"This JSON can't be read: {error}.", source=text, hint=_EXPORT) from None
    entries = _entries(archive)
    numbered = [(number, entry) for number, entry in enumerate(entries, 1) if _is_http(entry)]
    found = [_Entry(entry["request"], number, text) for number, entry in numbered]
    if not found:
        raise NotAFetchCall("No HTTP request is in this JSON.", source=text, hint=_EXPORT)
    kept = any(entry.has_secrets() for entry in found)
    return [entry.request(() if kept else (_COOKIES,)) for entry in found]


def _entries(archive: Any) -> list[Any]:
    if isinstance(archive, dict) and isinstance(archive.get("log"), dict):
        archive = archive["log"].get("entries")
    if isinstance(archive, dict):
        archive = [archive]
    return archive if isinstance(archive, list) else []


def _is_http(entry: Any) -> bool:
    request = entry.get("request") if isinstance(entry, dict) else None
    url = request.get("url") if isinstance(request, dict) else None
    return isinstance(url, str) and _HTTP.match(url) is not None


class _Entry:
    """Reads one entry. Its number and the text are kept for the errors alone."""

    def __init__(self, request: dict[str, Any], number: int, text: str) -> None:
        self._request = request
        self._number = number
        self._text = text
        self._headers = self._fields()

    def has_secrets(self) -> bool:
        """Whether there is any of what a sanitized archive leaves out."""
        return self._headers.has("cookie") or self._headers.has("authorization")

    def request(self, losses: tuple[Loss, ...]) -> Request:
        """The request, with `losses` and its own."""
        url, method = self._request["url"], self._request.get("method")
        if not isinstance(method, str) or not is_http_url(url):
            self._fail("has no method, or an address that isn't a web server's")
        posted = self._request.get("postData")
        headers = self._headers
        if isinstance(posted, dict) and not headers.has("content-type") and posted.get("mimeType"):
            headers = headers.plus("content-type", self._string(posted["mimeType"], "type"))
        body, more = self._body(posted, method, headers)
        missing = gaps(headers)
        if any(loss.code == "headers-missing" for loss in missing) and not headers.has("accept"):
            # The one field of those missing that every request has, and that needn't be guessed at.
            headers = headers.plus("accept", "*/*")
        losses = (*losses, *missing, *more)
        return Request(method, jsontext.well_formed(url), headers, body, losses, LISTED)

    def _fields(self) -> Headers:
        """The header fields in order, less what was never sent so; the cookies where no field holds them."""
        pairs = self._pairs(self._request.get("headers"), "header field")
        headers = Headers(
            (name, field_value(value)) for name, value in pairs if not is_placeholder(name, value)
        )
        cookies = self._pairs(self._request.get("cookies"), "cookie")
        if headers.has("cookie") or not cookies:
            return headers
        crumbs = "; ".join(f"{name}={value}" if name else value for name, value in cookies)
        return headers.plus("cookie", field_value(crumbs))

    def _body(self, posted: Any, method: str, headers: Headers) -> tuple[bytes | None, tuple[Loss, ...]]:
        length = headers.get("content-length").strip()
        if not isinstance(posted, dict):
            return None, () if length == "0" else missing_body(method, headers, self._hidden())
        text = self._string(posted.get("text", ""), "body")
        if not text and posted.get("params"):
            return self._rebuilt(posted["params"], headers)
        if method.upper() in ("GET", "HEAD") and length in ("", "0"):
            # Safari shows a redirected request with its last method and its first body.
            return None, (_DROPPED,) if text else ()
        if not text and not length and self._hidden() is Hidden.SURELY:
            return None, missing_body(method, headers, Hidden.SURELY)
        if posted.get("encoding") == "base64":
            return self._decoded(text), ()
        return _encoded(text, length, headers)

    def _hidden(self) -> Hidden:
        """Whether the entry counts bytes of a body; -1 says that they weren't counted."""
        size = self._request.get("bodySize")
        return Hidden.SURELY if isinstance(size, int | float) and size > 0 else Hidden.NO

    def _decoded(self, text: str) -> bytes:
        try:
            return b64decode(text, validate=True)
        except ValueError:
            self._fail("has a body that isn't base64, though it says so")

    def _rebuilt(self, params: Any, headers: Headers) -> tuple[bytes, tuple[Loss, ...]]:
        content_type = headers.get("content-type")
        if not content_type.lower().startswith("multipart/"):
            # The form serialiser of the URL standard leaves just these and letters and digits as they are.
            form = urlencode(self._pairs(params, "parameter"), safe="*", errors="replace").replace("~", "%7E")
            return form.encode("ascii"), (_REBUILT,)
        parts = []
        for (name, value), param in zip(self._pairs(params, "parameter"), params, strict=True):
            filename, media_type = param.get("fileName"), param.get("contentType")
            named = self._string(filename, "file name") if filename is not None else None
            lost = named is not None and not value
            parts.append(Part(name, value, named, self._string(media_type or "", "type"), lost))
        boundary = _BOUNDARY.search(content_type)
        body, _ = encoded(parts, boundary[1] if boundary else "")
        return body, (_REBUILT, *([_FILE_CONTENT] if any(part.lost for part in parts) else ()))

    def _pairs(self, items: Any, what: str) -> list[tuple[str, str]]:
        if items is None:
            return []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self._fail(f"has no list where its {what}s should be")
        return [
            (self._string(item.get("name"), what), self._string(item.get("value", ""), what))
            for item in items
        ]

    def _string(self, value: Any, what: str) -> str:
        if not isinstance(value, str):
            self._fail(f"has a {what} that isn't a string")
        return jsontext.well_formed(value)

    def _fail(self, what: str) -> NoReturn:
        raise SnippetError(f"Entry number {self._number} {what}.", source=self._text, hint=_EXPORT)


def _encoded(text: str, length: str, headers: Headers) -> tuple[bytes, tuple[Loss, ...]]:
    """The bytes that were sent: where their number is told, the encoding that gives so many."""
    raw, losses = body_of(text, headers)
    if not _LENGTH.fullmatch(length):
        return raw, losses
    if len(raw) == int(length):
        return raw, ()
    for encoding in ("latin-1", "utf-8"):
        try:
            other = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(other) == int(length):
            return other, ()
    is_explained = any(loss.code in ("body-decompressed", "file-content") for loss in losses)
    return raw, losses if is_explained else (*losses, _OTHER_LENGTH)


_EXPORT = "Export the HAR again, from the Network panel's own menu."
_COOKIES = Loss(
    "cookies",
    "No request of this HAR has a cookie or an authorization: an export that is called sanitized leaves them "
    "out; if the site needs them, export with sensitive data, or copy the request as cURL.",
)
_DROPPED = Loss("body-dropped", "The entry gives GET or HEAD a body, which wasn't sent; it was left out.")
_REBUILT = Loss(
    "body-rebuilt", "The entry lists the form's parameters alone; the body was made anew from them."
)
_FILE_CONTENT = Loss(
    "file-content",
    "The form holds a file without its content, which the HAR leaves out: use a request without a file.",
)
_OTHER_LENGTH = Loss(
    "body-length",
    "The entry's body is longer or shorter than its Content-Length says, so a part of it is gone: "
    "copy a request without attachments.",
)
