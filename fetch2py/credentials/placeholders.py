"""Secrets lifted out of a request and put back, byte for byte.

Knows placeholders. Must not know what makes a text secret, nor where the secrets are kept.

A placeholder is `${secret:NAME}`. A text of the request's own that already reads `${secret:` becomes
`${secret:}`, the placeholder without a name, which always stands for just that text; so every placeholder in
a lifted request is one that was put there. Putting back is a single pass: what a secret holds isn't expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fetch2py.errors import CredentialMissing
from fetch2py.request import Headers, Request

if TYPE_CHECKING:
    from fetch2py.credentials.find import Span

__all__ = ["Lift", "Lifted", "lift", "placeholders_in", "restore"]

_OPENING = "${secret:"
_PLACEHOLDER = re.compile(r"\$\{secret:([A-Za-z0-9._-]*)\}")
_PLACEHOLDER_BYTES = re.compile(_PLACEHOLDER.pattern.encode())
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_LENGTH = 60


class Lifted(NamedTuple):
    """One secret that was lifted: its placeholder's `name`, and in words `where` it stood."""

    name: str
    where: str


class Lift(NamedTuple):
    """A request with placeholders, and what they stand for.

    `secrets` maps a placeholder's name to the exact text that it replaced, escapes included. Bytes of a body
    that aren't UTF-8 are in it as lone surrogates (PEP 383). `lifted` has one entry a place, in order.
    """

    request: Request
    secrets: dict[str, str]
    lifted: tuple[Lifted, ...]

    def __repr__(self) -> str:
        return f"<Lift of {len(self.secrets)} secrets>"


def lift(request: Request) -> Lift:
    """Take the secrets out of a request's URL, header fields, body and referrer. `restore` is the inverse."""
    # Only an import needs the patterns that find secrets, and compiling them takes milliseconds.
    from fetch2py.credentials.find import in_body, in_header, in_url

    ledger = _Ledger()
    media_type = request.headers.get("content-type")
    url = ledger.lift(request.url, in_url(request.url))
    headers = Headers((name, ledger.lift(value, in_header(name, value))) for name, value in request.headers)
    body = request.body
    if body:
        text = body.decode("utf-8", "surrogateescape")
        without = ledger.lift(text, in_body(text, media_type))
        # Most bodies hold no secret, and encoding a large one again takes a while.
        body = body if without == text else without.encode("utf-8", "surrogateescape")
    referrer = ledger.lift(request.referrer, in_url(request.referrer, "referrer"))
    bare = replace(request, url=url, headers=headers, body=body, referrer=referrer)
    return Lift(bare, ledger.secrets, tuple(ledger.lifted))


def restore(request: Request, secrets: Mapping[str, str]) -> Request:
    """Put the secrets back in the places of their placeholders.

    Raises CredentialMissing, naming every placeholder that `secrets` doesn't know.
    """
    missing: dict[str, None] = {}

    def value(name: str) -> str:
        if not name:
            return _OPENING
        if name not in secrets:
            missing[name] = None
        return secrets.get(name, "")

    def put(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: value(match[1]), text) if _OPENING in text else text

    body = request.body
    if body and _OPENING.encode() in body:
        body = _PLACEHOLDER_BYTES.sub(
            lambda match: value(match[1].decode()).encode("utf-8", "surrogateescape"), body
        )
    headers = Headers((name, put(text)) for name, text in request.headers)
    whole = replace(request, url=put(request.url), headers=headers, body=body, referrer=put(request.referrer))
    if missing:
        raise CredentialMissing(
            f"Secrets of this request are missing: {', '.join(missing)}.",
            hint="Copy the request again in the browser, then run: fetch2py refresh NAME",
        )
    return whole


def placeholders_in(request: Request) -> frozenset[str]:
    """The names of the placeholders in a lifted request: the secrets that `restore` needs for it."""
    texts = (request.url, request.referrer, *(value for _, value in request.headers))
    names = {name for text in texts for name in _PLACEHOLDER.findall(text)}
    names.update(name.decode() for name in _PLACEHOLDER_BYTES.findall(request.body or b""))
    # The one without a name stands for a text of the request's own.
    return frozenset(names - {""})


class _Ledger:
    """Gives each secret its placeholder and remembers it."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.lifted: list[Lifted] = []
        self._names: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def lift(self, text: str, spans: Iterable[Span]) -> str:
        pieces, position = [], 0
        for span in spans:
            name = self._name(span.name, text[span.start : span.end])
            self.lifted.append(Lifted(name, span.where))
            pieces += [_escape(text[position : span.start]), _OPENING, name, "}"]
            position = span.end
        return "".join([*pieces, _escape(text[position:])])

    def _name(self, wanted: str, secret: str) -> str:
        """One name for one secret: the same text under the same name is kept once."""
        base = _NOT_IN_A_NAME.sub("_", wanted)[:_NAME_LENGTH]
        name = self._names.get((base, secret))
        if name is None:
            count = self._counts.get(base, 0) + 1
            name = base if count == 1 else f"{base}-{count}"
            while name in self.secrets:
                count += 1
                name = f"{base}-{count}"
            self._counts[base] = count
            self._names[base, secret] = name
            self.secrets[name] = secret
        return name


def _escape(text: str) -> str:
    return text.replace(_OPENING, _OPENING + "}")
