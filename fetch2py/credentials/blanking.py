"""Secrets out of bytes that stream by, at the same length: a count of bytes ahead of them stays right.

Knows the spellings of a secret. Must not know how the bytes are framed, nor who keeps them.

A secret can be cut anywhere by the pieces that the bytes come in, so what may be the beginning of one is held
until the next piece tells. At most one secret's length is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from fetch2py.credentials.redaction import LEAST_PART, spellings

__all__ = ["Blanking"]

_FILLER = b"(redacted)"


class Blanking:
    """Bytes in, the same number of bytes out, every secret in them overwritten."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = sorted(set(_spelled(secrets)), key=lambda form: (-len(form), form))
        self._pattern = re.compile(b"|".join(map(_bounded, self._forms)) or rb"(?!)")
        # What isn't given out yet, behind the last byte that is: a short secret must not be part of a word.
        self._window = b""
        self._start = 0

    def receive_data(self, data: bytes) -> bytes:
        """What is sure by now, of these bytes and of those held before."""
        self._window += data
        return self._given_out(ended=False)

    def receive_end(self) -> bytes:
        """What was held. The beginning of a secret that was cut off is overwritten too."""
        return self._given_out(ended=True)

    def _given_out(self, *, ended: bool) -> bytes:
        window, position, out = self._window, self._start, []
        unsure = self._unsure(position)
        # Where nothing is sure, searching would only go over the same bytes with every piece.
        while ended or unsure > position:
            match = self._pattern.search(window, position)
            if match is None or (match.start() >= unsure and not ended):
                break
            out += [window[position : match.start()], _blank(len(match[0]))]
            position = match.end()
            unsure = self._unsure(position)
        out.append(window[position:unsure])
        held = window[unsure:]
        if ended:
            out.append(_blank(len(held)) if len(held) >= LEAST_PART else held)
            held = b""
        before = window[max(0, unsure - 1) : unsure]
        self._window, self._start = before + held, len(before)
        return b"".join(out)

    def _unsure(self, start: int) -> int:
        """From where on what was received may be the beginning of a secret."""
        window = self._window
        earliest = len(window)
        for form in self._forms:
            # What follows a short one decides as well.
            reach = len(form) - (len(form) >= LEAST_PART)
            at = window.find(form[:1], max(start, len(window) - reach))
            while 0 <= at < earliest:
                if form.startswith(window[at:]):
                    earliest = at
                at = window.find(form[:1], at + 1)
        return earliest


def _spelled(secrets: Iterable[str]) -> Iterator[bytes]:
    for secret in secrets:
        for form in spellings(secret):
            # Half a character has no bytes; its escaped spelling is among the forms.
            with suppress(UnicodeEncodeError):
                yield form.encode("utf-8", "surrogateescape")


def _bounded(form: bytes) -> bytes:
    literal = re.escape(form)
    return literal if len(form) >= LEAST_PART else rb"(?<!\w)%b(?!\w)" % literal


def _blank(length: int) -> bytes:
    return _FILLER.ljust(length, b"*") if length >= len(_FILLER) else b"*" * length
