"""Which framing an answer's bytes are in, and which dialect reads its records.

Knows media types, hosts, what a dialect declares, and the framing that an answer's first bytes showed. Must
not know what an answer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fetch2py.dialects import DIALECTS, Dialect, by_host, compile_dialect, in_framing, named
from fetch2py.errors import ProfileInvalid
from fetch2py.framing import DECODERS, SNIFFED, Decoder, decoder_for, essence

__all__ = ["Choice", "choose", "compiled", "media_type", "reads_bare_text"]

_AUTO = "auto"
_CUSTOM = "custom"
"""The name of a dialect whose rules were given as they are."""

_YIELDING = (_AUTO, "sse", "connect", "grpc-web")
"""Framings that come under a media type of their own. A dialect that declares one yields to an answer under
another known media type, or with the first bytes of another framing: the same site sends its errors as JSON.
"""

_OPTIONS: Mapping[str, tuple[str, ...]] = {"sse": ("keep_space",), "multipart": ("boundary",)}
"""Which of a dialect's options each decoder takes."""

_ALL_JSON = ("application/connect+json", "application/grpc-web+json", "application/grpc-web-text+json")
"""Media types of streams in which every record is JSON."""


class Choice(NamedTuple):
    """What reads an answer: `dialect` is None where the records have to show it.

    `framing` is a key of DECODERS. `promised` is the framing as far as dialects are looked up by it: what the
    media type promises, or the first bytes showed; "json" for all JSON that isn't streamed under a media type
    of its own, "" for what may be no text at all. `why` is one sentence about the dialect. `expected`: the
    media type is one that answers have.
    `json`: every record must be JSON. `sniffed`: the first bytes can show another framing, and are due.
    """

    framing: str
    promised: str
    decoder: Decoder
    dialect: Dialect | None
    why: str
    expected: bool
    json: bool
    sniffed: bool


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


def choose(dialect: Dialect | None, headers: Iterable[tuple[str, str]], host: str, shown: str = "") -> Choice:
    """The choice for an answer with these header fields, from the host of this name ("" if not known).

    `shown` is the framing that its first bytes showed, "" before they are in.
    """
    fields = list(headers)
    content_type = media_type(fields)
    named, options = decoder_for(content_type, fields)
    promised = shown or named
    lookup = _looked_up(promised, named, essence(content_type))
    why = ""
    if dialect is not None:
        dialect = in_framing(dialect, lookup)
        why = "The rules were given." if dialect.name == _CUSTOM else f"The dialect {dialect.name} was named."
    elif dialect := by_host(host, lookup):
        why = f"The host {host} speaks {dialect.name}."
    framing = _framing(dialect, promised)
    options = {**(options if framing == named else {}), **_dialects_options(dialect, framing)}
    sniffed = not shown and named in SNIFFED and (dialect is None or dialect.framing in _YIELDING)
    return Choice(
        framing,
        lookup,
        DECODERS[framing](**options),
        dialect,
        why,
        expected=named != "text",
        json=essence(content_type) in _ALL_JSON,
        sniffed=sniffed,
    )


def _looked_up(promised: str, named: str, media_type: str) -> str:
    """The framing by which dialects are looked up: "" for what isn't known, and isn't said to be text."""
    if promised == "text":
        return promised if media_type.startswith("text/") else ""
    return "json" if promised.startswith("json-") and named in SNIFFED else promised


def media_type(headers: Iterable[tuple[str, str]]) -> str:
    """The value of the first content-type field, "" where there is none."""
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _framing(dialect: Dialect | None, promised: str) -> str:
    if dialect is None or dialect.framing == _AUTO:
        return promised
    yields = dialect.framing in _YIELDING and promised != "text"
    return promised if yields else dialect.framing


def _dialects_options(dialect: Dialect | None, framing: str) -> Mapping[str, Any]:
    """The decoder's options as far as the dialect has a say in them."""
    told = dialect.options if dialect else {}
    options = {name: told[name] for name in _OPTIONS.get(framing, ()) if name in told}
    if framing == "sse" and "keep_space" not in told and (dialect is None or reads_bare_text(dialect)):
        # Nothing but the stream can tell whether the spaces in it are the text's.
        options["keep_space"] = _AUTO
    return options


def reads_bare_text(dialect: Dialect) -> bool:
    """Whether the dialect takes records as text, whatever is in them."""
    return any(rule.get is not None and rule.get.text == "@raw" for rule in dialect.rules)
