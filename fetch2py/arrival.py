"""When what of an answer came: the figures, and a line that shows them.

Knows times and sizes, and where services put their own count of tokens. Must not know clocks, HTTP or how
figures are printed.

What is counted as text are events, for that is what came: many servers send a token in each, but only their
own count (`tokens`) says how many there were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Arrival", "Figures", "sparkline", "tokens_told"]

_BINS = 48
_FINEST = 0.01  # seconds a bin: finer than a screen shows
_LEVELS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"

_COUNTS = (
    ("usage", "completion_tokens"),
    ("usage", "output_tokens"),
    ("usage", "completionTokens"),
    ("response", "usage", "output_tokens"),
    ("message", "usage", "output_tokens"),
    ("usageMetadata", "candidatesTokenCount"),
    ("metadata", "usage", "completion_tokens"),
    ("delta", "usage", "tokens", "output_tokens"),
    ("eval_count",),
)
"""Where OpenAI, Anthropic, the AI SDK, Gemini, Dify, Cohere and Ollama tell how many tokens they made."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What it was like to wait for an answer. Times are seconds since the request, None for what never came.

    `events` are those of text and reasoning; the rates count what came after the first of them, and are None
    where all came at once. `tokens` is the server's own count. `arrival` is the bytes' sparkline from the
    head on, `step` seconds a character.
    """

    to_head: float | None
    to_first_token: float | None
    to_end: float
    longest_gap: float
    bytes: int
    pieces: int
    events: int
    characters: int
    events_per_second: float | None
    characters_per_second: float | None
    tokens: int | None
    tokens_per_second: float | None
    arrival: str
    step: float


class Arrival:
    """Sums up an answer's moments, in seconds since its request; its size doesn't grow with them."""

    def __init__(self) -> None:
        self._head: float | None = None
        self._first: float | None = None
        self._last_text = 0.0
        self._latest = 0.0
        self._gap = 0.0
        self._bytes = self._pieces = 0
        # Events and characters: those of the first moment, and all.
        self._at_first = (0, 0)
        self._told = (0, 0)
        self._tokens: int | None = None
        self._bins = [0] * _BINS
        self._step = _FINEST

    def head(self, at: float) -> None:
        """The head is in."""
        self._head = self._latest = at

    def piece(self, at: float, size: int) -> None:
        """So many bytes of the body are in."""
        self._pieces += 1
        self._bytes += size
        self._pass_to(at)
        place = self._bin(at)
        self._bins[place] += size

    def texts(self, at: float, texts: list[str]) -> None:
        """These texts were in what came."""
        if not texts:
            return
        events, characters = self._told
        self._told = events + len(texts), characters + sum(map(len, texts))
        if self._first is None:
            self._first = at
        if at == self._first:
            self._at_first = self._told
        self._last_text = at

    def record(self, data: Any) -> None:
        """A record was in what came. The last count of tokens that one tells is the answer's."""
        told = tokens_told(data)
        self._tokens = self._tokens if told is None else told

    def end(self, at: float) -> None:
        """Nothing more comes."""
        self._pass_to(at)

    def figures(self) -> Figures:
        """All of it, so far."""
        seconds = self._last_text - (self._first or 0.0)
        later = [
            (all_ - first) / seconds if seconds else None
            for all_, first in zip(self._told, self._at_first, strict=True)
        ]
        tokens_rate = self._tokens / seconds if seconds and self._tokens is not None else None
        reach = 0 if self._head is None else self._bin(self._latest) + 1
        return Figures(
            to_head=self._head,
            to_first_token=self._first,
            to_end=self._latest,
            longest_gap=self._gap,
            bytes=self._bytes,
            pieces=self._pieces,
            events=self._told[0],
            characters=self._told[1],
            events_per_second=later[0],
            characters_per_second=later[1],
            tokens=self._tokens,
            tokens_per_second=tokens_rate,
            arrival=sparkline(self._bins[:reach]),
            step=self._step,
        )

    def _pass_to(self, at: float) -> None:
        self._gap = max(self._gap, at - self._latest)
        self._latest = at

    def _bin(self, at: float) -> int:
        since = at - (self._head or 0.0)
        while since >= self._step * _BINS:
            pairs = zip(self._bins[::2], self._bins[1::2], strict=True)
            self._bins = [*map(sum, pairs), *[0] * (_BINS // 2)]
            self._step *= 2
        return int(since / self._step)


def sparkline(sizes: list[int]) -> str:
    """One character for each size, as high as it is beside the largest; a dot for nothing."""
    top = max(sizes, default=0)
    return "".join(_LEVELS[(len(_LEVELS) * size - 1) // top] if size else _NOTHING for size in sizes)


def tokens_told(data: Any) -> int | None:
    """How many tokens a record says that the answer has; None where it doesn't say."""
    for place in _COUNTS:
        found = data
        for name in place:
            found = found.get(name) if isinstance(found, dict) else None
        if type(found) is int and found >= 0:
            return found
    return None
