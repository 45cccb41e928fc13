"""A profile: a captured request, where in it the message stands, and how its answer is read.

Knows the profile's file as text, with its format number. Must not know disk or the network.
"""

from __future__ import annotations

import json
import tomllib
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from . import credentials, message
from .errors import ProfileInvalid, SlotError, SnippetError
from .message.envelope import Envelope, joined, split
from .request import Headers, Loss, Request

__all__ = ["Profile"]

FORMAT = 1

_HEAD = """\
# A request for fetch2py, to read and to edit. ${secret:NAME} stands for a value in the secrets file,
# so this file is safe to share.
"""


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """One request to replay.

    `request` holds placeholders where its secrets stood, `secrets` the values by their names. `slot` is
    the message's place ("json:/messages/0/content"), None where it isn't known; `also` are further places
    with the same text. `dialect` reads the answer: a name, a mapping of rules, or None to find out.
    """

    request: Request
    secrets: Mapping[str, str] = field(default_factory=dict)
    slot: str | None = None
    also: tuple[str, ...] = ()
    dialect: str | Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return f"<Profile of {self.request!r}, slot {self.slot}>"

    @classmethod
    def from_snippet(cls, text: str, sent: str | None = None, *, pick: int | None = None) -> Profile:
        """The profile of a pasted request.

        `sent` is what the person typed into the page; with it the slot is certain. `pick` chooses among
        several calls, counted from 1. The slot is None where it isn't sure.

        Raises SnippetError and its kinds, and SlotError where `sent` is nowhere in the request.
        """
        from .importers import parse

        requests = parse(text)
        if pick is None and len(requests) > 1:
            raise SnippetError(
                f"The text holds {len(requests)} requests.", source=text, hint="Choose one, counted from 1."
            )
        number = 1 if pick is None else pick
        if not 1 <= number <= len(requests):
            raise SnippetError(
                f"There is no request number {number}: the text holds {len(requests)}.", source=text
            )
        request = requests[number - 1]
        finding = message.find(request, sent)
        if sent is not None and finding.slot is None:
            raise SlotError(
                finding.reason, hint="Copy the request that carried the message, or leave `sent` out."
            )
        return cls.from_request(
            request, slot=finding.slot if finding.sure else None, also=finding.also if finding.sure else ()
        )

    @classmethod
    def from_request(
        cls,
        request: Request,
        *,
        slot: str | None = None,
        also: tuple[str, ...] = (),
        dialect: str | Mapping[str, Any] | None = None,
    ) -> Profile:
        """The profile of a request, its secrets lifted out."""
        lift = credentials.lift(request)
        return cls(lift.request, lift.secrets, slot, also, dialect)

    def captured(self) -> Request:
        """The request as it was captured, secrets in place. Raises CredentialMissing."""
        request = credentials.restore(self.request, self.secrets)
        # Secrets and a person's edits change an envelope's length; one that fits is left as it is.
        envelopes = split(request.body) if _is_connect(request) and request.body else ()
        return replace(request, body=joined(envelopes)) if envelopes else request

    def fill(self, text: str | None = None) -> Request:
        """The request, complete, exactly as it goes on the wire; with `text` None as it was captured.

        Raises SlotError where there is no place for the text, CredentialMissing where a secret is gone.
        """
        from .fetch_standard import as_sent

        request = self.captured()
        if text is not None:
            if self.slot is None:
                raise SlotError(
                    "It isn't known where in this request the message stands.",
                    hint="Name the place with --slot, or import again and say with --sent what you typed.",
                )
            request = message.fill(request, self.slot, self.also, text)
        return as_sent(request)

    def document(self) -> str:
        """The profile's file: TOML, without secrets."""
        request = self.request
        lines = [_HEAD, f"format = {FORMAT}", "", "[message]"]
        lines += [f"slot = {_toml(self.slot)}"] if self.slot is not None else []
        lines += [f"also = {_toml(list(self.also))}"] if self.also else []
        lines += ["", "[answer]"]
        lines += [f"dialect = {_toml(self.dialect)}"] if self.dialect is not None else []
        lines += ["", "[request]"]
        for name in ("method", "url", "referrer", "referrer_policy", "credentials"):
            lines += [f"{name} = {_toml(getattr(request, name))}"] if getattr(request, name) else []
        lines += ["headers = [", *(f"    {_toml(list(pair))}," for pair in request.headers), "]"]
        lines += [_body_line(request)] if request.body is not None else []
        if request.losses:
            lines += [
                "",
                "[losses]",
                *(f"{_toml(loss.code)} = {_toml(loss.message)}" for loss in request.losses),
            ]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_document(cls, text: str, secrets: Mapping[str, str]) -> Profile:
        """The profile that a file holds. Raises ProfileInvalid, with the line or the key that is wrong."""
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            end = f"at line {text.rstrip().count(chr(10)) + 1}, the end of the document"
            what = str(error).replace("at end of document", end)
            raise ProfileInvalid(f"The file isn't valid TOML: {what}.", hint=_MEND) from error
        if table.get("format") != FORMAT:
            _invalid(f"The file's format is {table.get('format')!r}, and this version reads {FORMAT}.")
        request, answer, slot = (_table(table, name) for name in ("request", "answer", "message"))
        method, url = _text(request, "method", "GET"), _text(request, "url", "")
        if not _is_web_address(url):
            _invalid("request.url isn't an http or https URL.")
        dialect = answer.get("dialect")
        if dialect is not None and not isinstance(dialect, str | dict):
            _invalid("answer.dialect is neither a name nor a table of rules.")
        return cls(
            Request(
                method=method,
                url=url,
                headers=Headers(_pairs(request.get("headers", []))),
                body=_body(request),
                losses=tuple(Loss(code, str(told)) for code, told in _table(table, "losses").items()),
                referrer=_text(request, "referrer", ""),
                referrer_policy=_text(request, "referrer_policy", ""),
                credentials=_text(request, "credentials", ""),
            ),
            dict(secrets),
            _text(slot, "slot", "") or None,
            tuple(_texts(slot, "also")),
            dialect,
        )


_MEND = "Mend the file with `fetch2py edit`, or import the request again with --force."


def _toml(value: Any) -> str:
    """A value in TOML. JSON's escapes are a part of TOML's, which wants DEL escaped as well."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(str(key))} = {_toml(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _body_line(request: Request) -> str:
    """The body as text where it is text; a Connect envelope as its JSON, to be read and edited."""
    kind, body = "body", request.body or b""
    envelopes = split(body) if _is_connect(request) else ()
    if len(envelopes) == 1 and envelopes[0].flags == 0:
        kind, body = "body_connect", envelopes[0].payload
    try:
        return f"{kind} = {_toml(body.decode())}"
    except UnicodeDecodeError:
        from base64 import b64encode

        return f"body_base64 = {_toml(b64encode(request.body or b'').decode('ascii'))}"


def _is_connect(request: Request) -> bool:
    return request.headers.get("content-type").lower().startswith("application/connect+json")


def _body(request: Mapping[str, Any]) -> bytes | None:
    if "body_connect" in request:
        return joined((Envelope(0, _text(request, "body_connect", "").encode()),))
    if "body_base64" in request:
        from base64 import b64decode

        try:
            return b64decode(_text(request, "body_base64", ""), validate=True)
        except Base64Error:
            _invalid("request.body_base64 isn't base64.")
    return _text(request, "body", "").encode() if "body" in request else None


def _is_web_address(url: str) -> bool:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name, {})
    return found if isinstance(found, dict) else _invalid(f"[{name}] isn't a table.")


def _text(table: Mapping[str, Any], name: str, default: str) -> str:
    found = table.get(name, default)
    return found if isinstance(found, str) else _invalid(f"{name} isn't a string.")


def _texts(table: Mapping[str, Any], name: str) -> list[str]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        _invalid(f"{name} isn't a list of strings.")
    return found


def _pairs(found: Any) -> list[tuple[str, str]]:
    pairs = []
    for pair in found if isinstance(found, list) else [found]:
        match pair:
            case [str(name), str(value)]:
                pairs.append((name, value))
            case _:
                _invalid("request.headers isn't a list of [name, value] pairs.")
    return pairs


def _invalid(what: str) -> NoReturn:
    raise ProfileInvalid(what, hint=_MEND)
