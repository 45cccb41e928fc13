"""Which dialect an answer is in, by its host or by its first records.

Knows the signs that dialects carry. Must not know any dialect in particular, bytes, nor HTTP.

A record's sign outdoes the host, for one host can speak several dialects. Only signs are compiled here, and
the rules of the dialect that they show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from fetch2py.dialects.pointers import raw_text
from fetch2py.dialects.rows import DIALECTS
from fetch2py.dialects.rules import Dialect, Signs, compile_dialect, compile_signs
from fetch2py.errors import ProfileInvalid
from fetch2py.framing import Frame, records
from fetch2py.jsontext import parse

__all__ = ["Detector", "by_host", "family", "in_framing", "named", "signs_of"]

_MOST_FRAMES = 256
_MOST_TEXT = 1024 * 1024
"""How much of an answer is held while its dialect isn't known, in frames and in characters or bytes. In every
answer that was seen a sign stands in the first records, and what is held can't be shown."""

_UNFRAMED = "text"
"""The framing whose frames are pieces cut anywhere, so that only its beginning can tell anything."""

_BARE_AT_ONCE = 3
_BARE_IN_ALL = 2
"""How many records of text, and no JSON, make an answer bare text: to be shown as it arrives, and at its end.
A single word is as likely a greeting before the answer, or what went wrong."""


@cache
def named(name: str) -> Dialect:
    """The dialect of that name, compiled. Raises ProfileInvalid where there is none."""
    if name not in DIALECTS:
        raise ProfileInvalid(
            f"There is no dialect named {name!r}.",
            hint=f"Choose one of {', '.join(DIALECTS)}, or none to detect it.",
        )
    return compile_dialect(DIALECTS[name], name)


@cache
def signs_of(name: str) -> Signs:
    """The signs of the dialect of that name in DIALECTS."""
    return compile_signs(DIALECTS[name], name)


def in_framing(dialect: Dialect, framing: str) -> Dialect:
    """The dialect, or the one that reads the same site's answers in this framing."""
    return next((one for one in family(dialect) if one.framing == framing), dialect)


def family(dialect: Dialect) -> tuple[Dialect, ...]:
    """The dialect, and the one for the same site's other framing."""
    return (dialect, named(dialect.also)) if dialect.also else (dialect,)


@lru_cache(maxsize=256)
def by_host(host: str, framing: str) -> Dialect | None:
    """The dialect that this host most likely speaks in this framing, if one is known. Subdomains count.

    "" for a host or a framing that isn't known. Rows are read only as far as the one that is found.
    """
    if not host or not framing:
        return None
    return next((named(name) for name in _possible(framing) if signs_of(name).speaks(host)), None)


class Detector:
    """Holds an answer's frames until one of them shows its dialect. `full`: enough was seen, and no sign.

    `expected` is the dialect that the host speaks; its signs are tried first, and bare text is none of it.
    """

    def __init__(self, framing: str, expected: Dialect | None = None) -> None:
        self.held: list[Frame] = []
        self.full = False
        self.expected = expected
        self._framing = framing
        self._bare = 0
        self._can_be_bare = expected is None
        self._size = 0

    def receive(self, frames: Iterable[Frame]) -> Dialect | None:
        """Hold these frames; the dialect, as soon as one shows it."""
        found = None
        for frame in frames:
            self.held.append(frame)
            self._size += len(frame.data) + len(frame.id) + len(frame.event or "")
            self.full = len(self.held) >= _MOST_FRAMES or self._size >= _MOST_TEXT
            if found is None and not self.full:
                found = self._recognise(frame) or self._if_bare(_BARE_AT_ONCE)
        return found

    def finish(self) -> Dialect | None:
        """No more is to come: the dialect, if all that was held shows it together."""
        return self._if_bare(_BARE_IN_ALL)

    def _recognise(self, frame: Frame) -> Dialect | None:
        if self._framing == _UNFRAMED:
            return self._opens_text(raw_text(frame).lstrip())
        for record in records(frame):
            data = _data(record)
            if self.expected is not None and _shows(self.expected.signs, data, record):
                return self.expected
            for name in _candidates(self._framing):
                if _shows(signs_of(name), data, record):
                    return named(name)
            self._weigh(data, record)
        return None

    def _opens_text(self, text: str) -> Dialect | None:
        """Text is all that there is to an answer without framing, unless it begins as data or as no text."""
        if text and self._can_be_bare:
            self._can_be_bare = text[0].isprintable() and text[0] not in "{[\ufffd"
            self._bare = _BARE_AT_ONCE
        return None

    def _weigh(self, data: Any, record: Frame) -> None:
        """Count a record for or against bare text. A named one, or what could be either, counts for none."""
        raw = raw_text(record)
        if data is raw and raw.strip()[:1] not in ("{", "["):
            self._bare += bool(raw.strip()) and record.event in ("message", None)
        elif _is_structure(data, raw):
            self._can_be_bare = False

    def _if_bare(self, enough: int) -> Dialect | None:
        if self.full or self._bare < enough or not self._can_be_bare:
            return None
        return next((named(name) for name in _candidates(self._framing) if signs_of(name).bare), None)


def _shows(signs: Signs, data: Any, record: Frame) -> bool:
    return any(all(condition.test(data, record) for condition in sign) for sign in signs.records)


def _is_structure(data: Any, raw: str) -> bool:
    """Whether it is data about an answer. A word of one can be a bracket, a number or [1]."""
    if type(data) is str:
        # A quoted string is JSON; what only begins like an object or an array is none that can be read.
        return bool(data.strip()) and raw.strip() not in ("{", "[")
    members = data.values() if type(data) is dict else data if type(data) is list else ()
    return any(type(data) is dict or type(member) in (dict, list) for member in members)


@cache
def _candidates(framing: str) -> tuple[str, ...]:
    return tuple(_possible(framing))


def _possible(framing: str) -> Iterator[str]:
    # Whatever a site streams in, its refusals are single JSON bodies.
    return (name for name in DIALECTS if framing == "json" or _comes_in(name, framing))


def _comes_in(name: str, framing: str) -> bool:
    own, others = DIALECTS[name]["framing"], signs_of(name).framings
    return framing == own or framing in others or (own == "auto" and not others)


def _data(frame: Frame) -> Any:
    raw = raw_text(frame)
    try:
        return parse(raw)
    except ValueError:
        return raw
