"""Which framing an answer's bytes are in, and which dialect reads its records.

Knows media types, hosts and what a dialect declares. Must not know what an answer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fetch2py.dialects import DIALECTS, Dialect, by_host, compile_dialect, in_framing, named
from fetch2py.errors import ProfileInvalid
from fetch2py.framing import DECODERS, Decoder, decoder_for

__all__ = ["Choice", "choose", "compiled", "media_type"]

_AUTO = "auto"
_CUSTOM = "custom"
"""The name of a dialect whose rules were given as they are."""

_OWN_MEDIA_TYPE = ("sse", "connect")
"""Framings that come under a media type of their own. A dialect that declares one yields to an answer under
another known media type: the same site sends its errors as JSON."""

_OPTIONS: Mapping[str, tuple[str, ...]] = {"sse": ("keep_space",)}
"""Which of a dialect's options each decoder takes."""


class Choice(NamedTuple):
    """What reads an answer: `dialect` is None where the records have to show it.

    `why` is one sentence about the dialect. `expected`: the media type is one that answers have. `json`:
    every record must be JSON.
    """

    framing: str
    decoder: Decoder
    dialect: Dialect | None
    why: str
    expected: bool
    json: bool


def compiled(dialect: str | Mapping[str, Any] | None) -> Dialect | None:
    """A dialect's name or rules, compiled. Raises ProfileInvalid for what can't be used."""
    if dialect is None:
        return None
    found = named(dialect) if isinstance(dialect, str) else compile_dialect(dialect, _CUSTOM)
    if found.framing not in (_AUTO, *DECODERS):
        raise ProfileInvalid(
            f"The dialect {found.name} is framed as {found.framing!r}, which can't be read.",
            hint=f"The framing can be {', '.join((_AUTO, *DECODERS))}.",
        )
    if found.also and found.also not in DIALECTS:
        raise ProfileInvalid(
            f"The dialect {found.name} names {found.also!r} under `also`, and there is no such dialect.",
            hint=f"It can be {', '.join(DIALECTS)}, or be left out.",
        )
    return found


def choose(dialect: Dialect | None, headers: Iterable[tuple[str, str]], host: str) -> Choice:
    """The choice for an answer with these header fields, from the host of this name ("" if not known)."""
    fields = list(headers)
    content_type = media_type(fields)
    promised, options = decoder_for(content_type, fields)
    why = ""
    if dialect is not None:
        dialect = in_framing(dialect, promised)
        why = "The rules were given." if dialect.name == _CUSTOM else f"The dialect {dialect.name} was named."
    elif dialect := by_host(host, promised):
        why = f"The host {host} speaks {dialect.name}."
    framing = _framing(dialect, promised)
    if framing != promised:
        options = {}
    if dialect is not None:
        taken = {name: dialect.options[name] for name in _OPTIONS.get(framing, ()) if name in dialect.options}
        options = {**options, **taken}
    is_json = content_type.partition(";")[0].strip().lower() == "application/connect+json"
    return Choice(framing, DECODERS[framing](**options), dialect, why, promised != "text", is_json)


def media_type(headers: Iterable[tuple[str, str]]) -> str:
    """The value of the first content-type field, "" where there is none."""
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _framing(dialect: Dialect | None, promised: str) -> str:
    if dialect is None or dialect.framing == _AUTO:
        return promised
    if dialect.framing in _OWN_MEDIA_TYPE and promised != "text":
        return promised
    return dialect.framing
