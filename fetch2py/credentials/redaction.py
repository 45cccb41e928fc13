"""The one redaction: what every printer passes its text through.

Knows texts of any kind: header lines, JSON, URLs, commands, messages. Must not know who prints.

It masks the secrets it is told, in every spelling they may have, and whatever looks like a secret besides.
Names, schemes and punctuation stay, so that a person recognises the line. Every pattern walks the text once.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import quote, quote_plus, unquote_plus

from fetch2py.credentials.jwt import find_jwts
from fetch2py.credentials.rules import BEGINNINGS, SECRET_FIELDS, grade, is_secret

__all__ = ["LEAST_PART", "masked", "spellings"]

_MASK = "(redacted)"
# The characters that a mask shows of a long secret: enough to tell eyJ from sk-.
_SHOWN = 3
_LONG = 16
# Shorter texts are part of too many others: masking "1" or "dark" would blot out what isn't secret.
_LEAST_WHOLE = 4
LEAST_PART = 8

_SCHEME = re.compile(r"\b((?:bearer|basic)(?:[ \t]|%20|\+)++)([\w.~+/=%-]{8,}+)", re.IGNORECASE | re.ASCII)
_USERINFO = re.compile(r"""(://[^\s/?#@:"']{0,256}+:)([^\s/?#@"']{1,512}+)(?=@)""")
_KNOWN_BEGINNING = "|".join(map(re.escape, BEGINNINGS))
_TOKEN = re.compile(rf"(?<![A-Za-z0-9])(?:{_KNOWN_BEGINNING})[\w-]{{8,}}+(?:\.[\w-]++)*+", re.ASCII)
# A name and its separator, with the quotation marks on either side of both; the marks may be escaped.
_NAMED = re.compile(
    r"""(?<![\w.\-%])(?<!\$\{)(?P<before>\\{0,8}+["'])?+(?P<name>[A-Za-z_][\w.\-]{0,80}+(?:\[[\w.\-]{0,40}\])?+)
        (?P<after>\\{0,8}+["'])?+[ \t]{0,4}+(?P<sign>[:=,])[ \t]{0,4}+(?P<mark>\\{0,8}+["'])?+""",
    re.VERBOSE | re.ASCII,
)
_WORD = re.compile(
    r"""(?:(?:[Bb]earer|[Bb]asic)[ \t]+)?+ (?:\$\{secret:[\w.-]*\}|[^\s"'&;,<>()\[\]{}\\])*+
        (?:\(redacted\))?+""",
    re.VERBOSE,
)
_LINE = re.compile(r"[^\r\n]*+")
_QUOTED = {mark: re.compile(rf"(?:[^{mark}\\\r\n]++|\\.)*+") for mark in ('"', "'")}
_LEADING_SCHEME = re.compile(r"((?:bearer|basic|token|digest)[ \t]+)(.+)", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r".{0,3}…?\(redacted\)|\$\{secret:[\w.-]*\}", re.DOTALL)
_PLAIN_WORD = re.compile(r"[A-Za-z]?[a-z]+")


def masked(text: str, secrets: Iterable[str]) -> str:
    """`text` with the secrets masked: those given, and what looks like one."""
    text = _without_known(text, secrets)
    if "://" in text:
        text = _USERINFO.sub(lambda match: match[1] + _masked(match[2]), text)
    text = _without_jwts(text)
    text = _without_named(text)
    text = _SCHEME.sub(_scheme, text)
    return _TOKEN.sub(lambda match: _masked(match[0]), text)


def _without_known(text: str, secrets: Iterable[str]) -> str:
    forms = {form for secret in secrets for form in spellings(secret) if form in text}
    if not forms:
        return text
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.sub("|".join(map(_bounded, longest_first)), lambda match: _masked(match[0]), text)


def spellings(secret: str) -> Iterator[str]:
    """The spellings in which a secret, or what is secret in it, may be printed."""
    bases = {secret, unquote_plus(secret)}
    if "\\" in secret:
        # Where it isn't the inside of a JSON string, its own spelling is all there is.
        with suppress(ValueError):
            bases.add(str(json.loads(f'"{secret}"', strict=False)))
    for base in bases:
        parts = ((part, LEAST_PART) for part in _parts(base))
        for text, least in ((base, _LEAST_WHOLE), *parts):
            if len(text) >= least:
                yield text
                yield json.dumps(text)[1:-1]
                yield json.dumps(text, ensure_ascii=False)[1:-1]
                yield quote(text, errors="replace")
                yield quote(text, safe="", errors="replace")
                yield quote_plus(text, errors="replace")


def _parts(secret: str) -> Iterator[str]:
    """What is secret by itself inside a secret: a cookie's values, the token behind a scheme, a password."""
    scheme = _LEADING_SCHEME.fullmatch(secret)
    if scheme is not None:
        yield scheme[2]
        try:
            yield a2b_base64(scheme[2]).decode().partition(":")[2]
        except ValueError:
            return  # a token, not user:password in base64
    else:
        for _, value in _cookies(secret):
            yield value


def _cookies(field: str) -> Iterator[tuple[str, str]]:
    """A cookie field's parts as (the name with its "=", the value); of a part without both, (it, "")."""
    for part in field.split(";"):
        name, equals, value = part.partition("=")
        yield (name + equals, value) if name.strip() and equals else (part, "")


def _bounded(form: str) -> str:
    literal = re.escape(form)
    return literal if len(form) >= LEAST_PART else rf"(?<!\w){literal}(?!\w)"


def _without_jwts(text: str) -> str:
    pieces, position = [], 0
    for start, end in find_jwts(text):
        pieces += [text[position:start], _masked(text[start:end])]
        position = end
    return "".join([*pieces, text[position:]])


def _without_named(text: str) -> str:
    """Mask the values behind the names that mark a secret: `token=…`, `"cookie": "…"`, `Authorization: …`."""
    pieces, position, search = [], 0, _NAMED.search
    match = search(text)
    while match is not None:
        name, start = match["name"], match.end()
        end = start
        if name.lower() in SECRET_FIELDS or grade(name):
            end = _value_end(text, match)
            value = text[start:end]
            if name.lower() in SECRET_FIELDS or is_secret(name, value):
                pieces += [text[position:start], _masked_field(name.lower(), value)]
                position = end
        # The mark that opens a value may also open a name.
        match = search(text, end if end > start or match["mark"] is None else match.start("mark"))
    return "".join([*pieces, text[position:]])


def _value_end(text: str, match: re.Match[str]) -> int:
    """Where the value behind a name ends; where it begins if it isn't one."""
    before, after, sign, mark = match["before"], match["after"], match["sign"], match["mark"]
    start = match.end()
    if sign == "," and not (before and after and mark):
        return start
    closing = mark or (before if before and not after else None)
    if closing is not None and len(closing) == 1:
        quoted = _QUOTED[closing].match(text, start)
        return quoted.end() if quoted is not None else start
    if closing is not None:
        end = text.find(closing, start)
        return end if end >= 0 else len(text)
    pattern = _LINE if sign == ":" and match["name"].lower() in SECRET_FIELDS else _WORD
    found = pattern.match(text, start)
    return found.end() if found is not None else start


def _masked_field(name: str, value: str) -> str:
    if "cookie" in name:
        cookies = list(_cookies(value))
        # An "=" may also be the padding of base64: then it is one token, and no part of it is a name.
        if any(held.strip("=") for _, held in cookies):
            return ";".join(before + _masked(held) for before, held in cookies)
    scheme = _LEADING_SCHEME.fullmatch(value)
    return scheme[1] + _masked(scheme[2]) if scheme is not None else _masked(value)


def _scheme(match: re.Match[str]) -> str:
    return match[0] if _PLAIN_WORD.fullmatch(match[2]) else match[1] + _masked(match[2])


def _masked(secret: str) -> str:
    if not secret.strip() or _HIDDEN.fullmatch(secret):
        return secret
    return f"{secret[:_SHOWN]}…{_MASK}" if len(secret) >= _LONG else _MASK
