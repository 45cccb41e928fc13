"""A profile's file: TOML that a person can read and edit, without secrets.

Knows the file's format and its number. Must not know disk, nor what a request is for.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from fetch2py.errors import ProfileInvalid
from fetch2py.request import Headers, Loss, Request, is_http_url

__all__ = ["Fields", "read", "write"]

FORMAT = 1

_HEAD = """\
# A request for fetch2py, to read and to edit. ${secret:NAME} stands for a value in the secrets file,
# so this file is safe to share.
"""
_MEND = "Mend the file with `fetch2py edit`, or import the request again with --force."

_ONLY_IN_JSON = ("null", "NaN", "Infinity")

# Table: the keys that it may have.
_KEYS = {
    "message": {"slot", "also", "template", "new_ids"},
    "answer": {"dialect", "dialect_json"},
    "request": {
        "method",
        "url",
        "referrer",
        "referrer_policy",
        "credentials",
        "headers",
        "body",
        "body_base64",
        "body_connect",
    },
}


class Fields(NamedTuple):
    """What a file holds. The fields are those of `Profile`, which tells their meaning."""

    request: Request
    slot: str | None
    also: tuple[str, ...]
    dialect: str | Mapping[str, Any] | None
    enveloped: bool
    template: str
    new_ids: tuple[str, ...]


def write(fields: Fields) -> str:
    """The file's text."""
    request = fields.request
    lines = [_HEAD, f"format = {FORMAT}", "", "[message]"]
    lines += [f"slot = {_toml(fields.slot)}"] if fields.slot is not None else []
    lines += [f"also = {_toml(list(fields.also))}"] if fields.also else []
    lines += [f"template = {_toml(fields.template)}"] if fields.template else []
    lines += [f"new_ids = {_toml(list(fields.new_ids))}"] if fields.new_ids else []
    lines += ["", "[answer]", *_dialect_lines(fields.dialect), "", "[request]"]
    for name in ("method", "url", "referrer", "referrer_policy", "credentials"):
        lines += [f"{name} = {_toml(getattr(request, name))}"] if getattr(request, name) else []
    lines += ["headers = [", *(f"    {_toml(list(pair))}," for pair in request.headers), "]"]
    lines += [_body_line(request.body, fields.enveloped)] if request.body is not None else []
    if request.losses:
        lines += ["", "[losses]", *(f"{_toml(loss.code)} = {_toml(loss.message)}" for loss in request.losses)]
    return "\n".join(lines) + "\n"


def read(text: str) -> Fields:
    """What the file's text holds. Raises ProfileInvalid, with the line or the key that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        end = f"at line {text.rstrip().count(chr(10)) + 1}, the end of the document"
        what = str(error).replace("at end of document", end)
        raise ProfileInvalid(f"The file isn't valid TOML: {what}.", hint=_MEND) from error
    except RecursionError as error:
        raise ProfileInvalid("The file nests too deeply.", hint=_MEND) from error
    if type(table.get("format")) is not int or table["format"] != FORMAT:
        _invalid(f"The file's format is {table.get('format')!r}, and this version reads {FORMAT}.")
    for name in table.keys() - _KEYS.keys() - {"format", "losses"}:
        _invalid(f"The file has {name}, which means nothing there.")
    request, answer, slot = (_table(table, name) for name in ("request", "answer", "message"))
    method, url = _text(request, "method", "GET"), _text(request, "url", "")
    if not is_http_url(url):
        _invalid("request.url isn't an http or https URL.")
    return Fields(
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
        _text(slot, "slot", "") or None,
        tuple(_texts(slot, "also")),
        _dialect(answer),
        "body_connect" in request,
        _text(slot, "template", ""),
        tuple(_texts(slot, "new_ids")),
    )


def _toml(value: Any) -> str:
    """A value in TOML. JSON's escapes are a part of TOML's, which wants DEL escaped as well."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(str(key))} = {_toml(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _dialect_lines(dialect: str | Mapping[str, Any] | None) -> list[str]:
    if dialect is None:
        return []
    # Rules may ask for null, which TOML doesn't have.
    if isinstance(dialect, Mapping) and any(word in json.dumps(dialect) for word in _ONLY_IN_JSON):
        return [f"dialect_json = {_toml(json.dumps(dialect, ensure_ascii=False))}"]
    return [f"dialect = {_toml(dialect)}"]


def _dialect(answer: Mapping[str, Any]) -> str | Mapping[str, Any] | None:
    dialect = answer.get("dialect")
    if "dialect_json" in answer:
        try:
            dialect = json.loads(_text(answer, "dialect_json", ""))
        except ValueError:
            _invalid("answer.dialect_json isn't JSON.")
    if dialect is not None and not isinstance(dialect, str | dict):
        _invalid("answer.dialect is neither a name nor a table of rules.")
    return dialect


def _body_line(body: bytes, enveloped: bool) -> str:
    """The body as text where it is text; a Connect envelope as its JSON, to be read and edited."""
    try:
        return f"{'body_connect' if enveloped else 'body'} = {_toml(body.decode())}"
    except UnicodeDecodeError:
        from base64 import b64encode

        return f"body_base64 = {_toml(b64encode(body).decode('ascii'))}"


def _body(request: Mapping[str, Any]) -> bytes | None:
    if "body_connect" in request:
        return _text(request, "body_connect", "").encode()
    if "body_base64" in request:
        from base64 import b64decode

        try:
            return b64decode(_text(request, "body_base64", ""), validate=True)
        except ValueError:
            _invalid("request.body_base64 isn't base64.")
    return _text(request, "body", "").encode() if "body" in request else None


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name, {})
    if not isinstance(found, dict):
        _invalid(f"[{name}] isn't a table.")
    for key in found.keys() - _KEYS.get(name, found.keys()):
        _invalid(f"[{name}] has {key}, which means nothing there.")
    return found


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
