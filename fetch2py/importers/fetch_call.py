"""A fetch() call with literal arguments → a Request, as the call says it, and what it can't say.

Knows fetch()'s arguments (WHATWG Fetch, section 5) and what each browser's menu leaves out of them. Must not
know files, the network or profiles.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode

from fetch2py.errors import NotAFetchCall, NotALiteral, SnippetError
from fetch2py.importers.body import body_of, missing_body
from fetch2py.importers.unsaid import COOKIES, KEPT_BACK, USER_AGENT, gaps, hidden_body, is_menus
from fetch2py.importers.url import as_read
from fetch2py.javascript import UNDEFINED, Call, Construct, Opaque, calls, number_text
from fetch2py.jsontext import well_formed
from fetch2py.request import LISTED, Headers, Loss, Request, is_http_url, origin_of

__all__ = ["read", "recognises"]

FORM = "application/x-www-form-urlencoded;charset=UTF-8"
TEXT = "text/plain;charset=UTF-8"

# What an empty policy means where one is named (Referrer Policy, section 3). Where none is, a browser's menu
# wrote the referrer as it was sent.
_DEFAULT_POLICY = "strict-origin-when-cross-origin"

_CALL = re.compile(r"\bfetch\s*+(?:/\*[^*]*+\*/\s*+)?+\)?+\s*+(?:\?\.\s*+)?+\(")
_VARIABLE = re.compile(r"[A-Za-z_$.]{1,40}")
# Fetch, section 2.2.1.
_FORBIDDEN_METHODS = ("CONNECT", "TRACE", "TRACK")
_BLANKS = " \t\r\n"
_ABSOLUTE = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
# In the console's edit-and-resend text, a header field that scripts may not set: a comment with the browser's
# remark behind it, or a sec-* field, whose run has one remark above.
_RESEND_FIELD = re.compile(r'("(?:[^"\\]|\\.)*"): ("(?:[^"\\]|\\.)*"),(?: // Browser .*)?$')


def recognises(text: str) -> bool:
    """Whether a call of fetch() stands in the text."""
    # The pattern alone needs seconds for a text of many megabytes.
    return "fetch" in text and _CALL.search(text) is not None


def read(text: str) -> list[Request]:
    """Every fetch() call of the text as a Request. Raises SnippetError and its kinds, with the place."""
    found = calls(text, "fetch")
    if not found:
        raise NotAFetchCall(
            "No call of fetch() stands in this text as code.",
            source=text,
            hint="Copy the request with “Copy as fetch” and import that text unchanged.",
        )
    return [_Reader(text, call).request() for call in found]


class _Reader:
    """Reads one call. `text` is kept for the errors alone."""

    def __init__(self, text: str, call: Call) -> None:
        self._text = text
        self._call = call
        self._span = call.span

    def request(self) -> Request:
        url, first, second = self._arguments()
        options = first | second
        method = self._option(options, "method", "GET")
        if method.upper() in _FORBIDDEN_METHODS:
            self._fail(SnippetError, f"fetch() sends no {method.upper()}.", _FROM_PANEL)
        headers, losses = self._headers(options.get("headers", UNDEFINED))
        body, _ = self._body(options.get("body", UNDEFINED))
        if body is not None and not headers.has("content-type") and not is_menus(options, headers):
            headers = self._typed(headers, first, second)
        credentials = self._option(options, "credentials", "")
        raw, body_losses = self._encoded(method, body, headers, options)
        referrer = self._option(options, "referrer", "")
        # The page's own address, which the call doesn't tell (Fetch, section 5.4).
        referrer = "" if referrer == LISTED else referrer
        page = origin_of(referrer) if is_http_url(referrer) else ""
        headers, cookie_losses = self._cookies(headers, credentials, page and page == origin_of(url))
        losses = (*losses, *gaps(method, headers, page))
        return Request(
            method=method,
            url=url,
            headers=headers,
            body=raw,
            losses=(*cookie_losses, *losses, *body_losses),
            referrer=referrer,
            referrer_policy=self._option(options, "referrerPolicy", "")
            or (_DEFAULT_POLICY if "referrerPolicy" in options else ""),
            credentials=credentials,
        )

    def _typed(self, headers: Headers, first: dict[str, Any], second: dict[str, Any]) -> Headers:
        """The fields with the type that a body brings along (Fetch, section 5.4, "new Request").

        A Request's own body brings it as the Request is made, so other headers take it away again.
        """
        made = "headers" not in second and first.get("body") is not None
        _, content_type = self._body((first if made else second).get("body", UNDEFINED))
        if content_type:
            return headers.plus("content-type", content_type)
        # This goes out in any case, and where it is listed no type is missing.
        return headers if headers.has("accept") else headers.plus("accept", "*/*")

    def _arguments(self) -> tuple[str, dict[str, Any], dict[str, Any]]:
        arguments = self._call.arguments
        if not arguments:
            self._fail(SnippetError, "fetch() is called without a URL.", _FROM_PANEL)
        self._span = self._call.spans[0]
        target, options = arguments[0], arguments[1] if len(arguments) > 1 else UNDEFINED
        inner: Any = UNDEFINED
        if isinstance(target, Construct) and target.name == "Request" and target.arguments:
            target, inner = target.arguments[0], target.arguments[1] if len(target.arguments) > 1 else inner
        url = self._literal(target, "the URL")
        if isinstance(url, str):
            url = as_read(url)
        if not isinstance(url, str) or not _ABSOLUTE.match(url):
            self._fail(
                SnippetError,
                "The URL isn't absolute, so it doesn't say which server is meant.",
                _FROM_PANEL,
            )
        if not is_http_url(url):
            self._fail(
                SnippetError, "The URL's host or port can't be read.", "Compare it with the page's address."
            )
        self._span = self._call.spans[1] if len(arguments) > 1 else self._call.span
        first, second = self._dictionary(inner), self._dictionary(options)
        if "body" in first and second.get("body", UNDEFINED) is None:
            # Null is no body, and then the Request's own counts (Fetch, section 5.4, "new Request").
            del second["body"]
        return url, first, second

    def _dictionary(self, value: Any) -> dict[str, Any]:
        options = self._literal(value, "the second argument of fetch()")
        if options is None or options is UNDEFINED:
            return {}
        if not isinstance(options, dict):
            self._fail(SnippetError, "The second argument of fetch() isn't an object.", _FROM_PANEL)
        return {name: member for name, member in options.items() if member is not UNDEFINED}

    def _option(self, options: dict[str, Any], name: str, default: str) -> str:
        return self._scalar(options.get(name, default), f"the option {name}")

    def _headers(self, value: Any) -> tuple[Headers, tuple[Loss, ...]]:
        literal = self._literal(value, "the option headers")
        headers = _combined(self._pairs(literal, "header"))
        if not headers and not self._call.comments:
            lost = Loss(
                "headers-missing",
                "The snippet has no header fields (old Chromium wrote none): copy it with a current browser.",
            )
            return headers, (lost,) if isinstance(literal, dict) else ()
        headers = _with_restored(headers, self._call.comments)
        return headers, () if headers.has("user-agent") else (USER_AGENT,)

    def _pairs(self, value: Any, kind: str) -> list[tuple[str, str]]:
        """(name, value) pairs of an object, a list of pairs, `new Headers(…)` or `new URLSearchParams(…)`."""
        value = self._literal(value, f"a {kind} list")
        while isinstance(value, Construct) and value.name in ("Headers", "URLSearchParams"):
            value = self._literal(value.arguments[0] if value.arguments else UNDEFINED, f"a {kind} list")
        if value is None or value is UNDEFINED:
            return []
        if isinstance(value, dict):
            value = list(map(list, value.items()))
        if not isinstance(value, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in value):
            self._fail(SnippetError, f"These aren't {kind} names with values.", _FROM_PANEL)
        return [(self._scalar(n, f"a {kind} name"), self._scalar(v, f"a {kind} value")) for n, v in value]

    def _body(self, value: Any) -> tuple[str | None, str]:
        """The body's text, and the content type that its kind brings along (Fetch, section 5.2)."""
        value = self._literal(value, "the body")
        if value is None or value is UNDEFINED:
            return None, ""
        if isinstance(value, Construct):
            plain = value.name == "String"
            inner = value.arguments[0] if plain and value.arguments else value
            if not isinstance(inner, Construct) or inner.name != "URLSearchParams":
                self._fail(
                    NotALiteral, f"The body is made by `new {value.name}(…)`, which isn't a literal.", _RUN_IT
                )
            return self._form(inner), TEXT if plain else FORM
        if isinstance(value, dict | list):
            self._fail(
                SnippetError,
                "The body is an object, which fetch() would send as the text [object Object].",
                "Write JSON.stringify(…) around it.",
            )
        return self._scalar(value, "the body"), TEXT

    def _form(self, value: Construct) -> str:
        argument = value.arguments[0] if value.arguments else ""
        if isinstance(argument, str):
            pairs = parse_qsl(well_formed(argument).removeprefix("?"), keep_blank_values=True)
        else:
            pairs = [(well_formed(n), well_formed(v)) for n, v in self._pairs(value, "form")]
        # The form serialiser of the URL standard leaves just these and letters and digits as they are.
        return urlencode(pairs, safe="*").replace("~", "%7E")

    def _encoded(
        self, method: str, body: str | None, headers: Headers, options: dict[str, Any]
    ) -> tuple[bytes | None, tuple[Loss, ...]]:
        if body is None:
            return None, missing_body(method, headers, hidden_body(options, headers))
        if method.upper() in ("GET", "HEAD"):
            # Safari shows a redirected request with its last method and its first body.
            lost = Loss(
                "body-dropped",
                f"The snippet gives {method.upper()} a body, which isn't sent; it was left out.",
            )
            return None, (lost,)
        return body_of(body, headers)

    def _cookies(
        self, headers: Headers, credentials: str, same_origin: bool | str
    ) -> tuple[Headers, tuple[Loss, ...]]:
        """The fields less a cookie that the option credentials keeps back, and what is to be said of it.

        `same_origin` is whether the page and the request share one, "" where the page isn't known.
        """
        mode = credentials.lower()
        if headers.has("cookie"):
            kept_back = mode == "omit" or (mode == "same-origin" and same_origin is False)
            return (headers.without("cookie"), (KEPT_BACK,)) if kept_back else (headers, ())
        # Edit-and-resend tells the cookie in a comment, so there its absence is the truth.
        restored = any(_RESEND_FIELD.match(comment) for comment in self._call.comments)
        included = mode == "include" or (mode == "same-origin" and same_origin is True)
        return headers, (COOKIES,) if included and not restored else ()

    def _scalar(self, value: Any, what: str) -> str:
        """A string, or what the language makes of a number, a boolean or null where it wants a string."""
        value = self._literal(value, what)
        if isinstance(value, str):
            return value
        if value is None or isinstance(value, bool):
            return json.dumps(value)
        if isinstance(value, int | float):
            return number_text(value)
        return self._fail(SnippetError, f"{_sentence(what)} isn't a string.", _FROM_PANEL)

    def _literal(self, value: Any, what: str) -> Any:
        if isinstance(value, Opaque):
            self._span = value.span
            start, end = value.span
            shown = _VARIABLE.fullmatch(self._text, start, end)
            # What stands without quotes where a header value should may be the secret itself.
            named = f"{what} ({shown[0]})" if shown and what != "a header value" else what
            self._fail(
                NotALiteral,
                f"{_sentence(named)} isn't a literal: only running the code would give its value.",
                _RUN_IT,
            )
        return value

    def _fail(self, kind: type[SnippetError], message: str, hint: str) -> NoReturn:
        raise kind(message, source=self._text, span=self._span, hint=hint)


_FROM_PANEL = "Copy the request from DevTools' Network panel, where it is whole."
_RUN_IT = "Copy the request from DevTools' Network panel, where every value is filled in, or write it here."


def _sentence(what: str) -> str:
    return what[0].upper() + what[1:]


def _combined(pairs: list[tuple[str, str]]) -> Headers:
    """The fields, those of one name as one (Fetch, section 2.2.2, "get"); of cookies as Node does it."""
    named: dict[str, tuple[str, list[str]]] = {}
    for name, value in pairs:
        named.setdefault(name.lower(), (name, []))[1].append(value.strip(_BLANKS))
    return Headers(
        (name, ("; " if key == "cookie" else ", ").join(values)) for key, (name, values) in named.items()
    )


def _with_restored(headers: Headers, comments: tuple[str, ...]) -> Headers:
    """The fields that edit-and-resend commented out, back at their places: its list is sorted by name."""
    pairs = list(headers)
    for comment in comments:
        field = _RESEND_FIELD.match(comment)
        if not field or not (" // Browser " in comment or field[1].startswith('"sec-')):
            continue
        try:
            name, value = json.loads(field[1]), json.loads(field[2])
        except ValueError:
            # Edited by hand into what is no field any more.
            continue
        later = (index for index, (other, _) in enumerate(pairs) if other > name and not other.isdigit())
        pairs.insert(next(later, len(pairs)), (name, value))
    return Headers(pairs)
