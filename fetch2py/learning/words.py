"""What the names in an answer say of a value, and what a value says of itself.

Knows words and the look of texts. Must not know records, rules, nor where a value stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

__all__ = ["likeness", "listed", "meaning", "names_error", "split_words", "telling", "weight"]


def listed(words: str) -> frozenset[str]:
    """Words with spaces between them, as a set."""
    return frozenset(words.split())


_WORD = re.compile(r"[A-Z]{1,32}(?![a-z])|[A-Z]?[a-z]{1,32}|[0-9]{1,16}")

_WEIGHTS = {
    **dict.fromkeys(("answer", "content", "completion", "reply", "markdown"), 3.0),
    **dict.fromkeys(
        ("text", "txt", "token", "output", "generated", "generation", "response", "assistant"), 2.5
    ),
    **dict.fromkeys(
        ("delta", "chunk", "message", "msg", "result", "cmpl", "speech", "final", "agent", "bot", "ai"), 1.5
    ),
    **dict.fromkeys(("part", "parts", "segment", "word", "body", "choices", "candidates"), 1.0),
    **dict.fromkeys(("description", "desc", "label", "display", "comment", "notice", "hint", "tip"), -3.0),
    **dict.fromkeys(("id", "ids", "uuid", "guid", "hash", "etag", "key", "nonce", "signature", "sign"), -8.0),
    **dict.fromkeys(("url", "uri", "link", "href", "src", "icon", "avatar", "image", "path", "file"), -8.0),
    **dict.fromkeys(
        ("type", "event", "op", "kind", "object", "role", "model", "status", "state", "phase"), -6.0
    ),
    **dict.fromkeys(("time", "date", "created", "updated", "timestamp", "version", "locale", "lang"), -8.0),
    **dict.fromkeys(("obfuscation", "padding", "pad", "noise", "random", "salt", "cursor"), -8.0),
    **dict.fromkeys(("finish", "stop", "reason", "code", "fingerprint", "tier", "currency", "region"), -6.0),
    **dict.fromkeys(("mask", "node", "name", "author", "owner", "user", "username", "category"), -6.0),
}

_ASIDES = listed(
    "title titles headline suggestion suggestions suggested followup followups recommend recommended "
    "recommendation recommendations related tool tools toolcall function arguments args argument plugin "
    "search searches keyword keywords citation citations cite reference references ref refs "
    "source sources snippet snippets document documents doc docs metadata meta usage debug log logs "
    "logprobs trace heartbeat ping progress notice notification annotation annotations instructions json "
    "input inputs intent greeting webpages tip tips refusal tokens"
)
_THOUGHTS = listed(
    "think thinking thought thoughts reasoning cot analysis reflection deliberation rationale ruminate "
    "scratchpad"
)
_ECHOES = listed("user human client question prompt req request system customer")
_TEXTS = frozenset(word for word, points in _WEIGHTS.items() if points > 1.0)
_NEUTRAL = listed(
    "set append add put replace insert patch update create created start started begin open delta chunk "
    "block message msg data event in progress stream streaming generating typing wip running part parts "
    "piece continue new item content end done finish finished complete completed stop success ok "
    "succeeded"
)
_FAILURES = frozenset(["error", "errors", "failed", "failure", "exception", "err", "fatal"])

_SAMPLE = 2000
_ID = re.compile(r"[\w.:/+=-]{1,2000}")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:[_.:/-][a-z0-9]+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\n]{0,30}")
_ADDRESS = re.compile(r"(?:https?:/|data:|/)[\w./:%?&=+~#,;@-]{3,}")
_NUMBER = re.compile(r"[-+]?[\d.,:]+%?")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U0001f000-\U0001faff]")
_SAYS_ERROR = re.compile(
    r"\b(?:error|failed|failure|exception|timed out|unavailable|quota|rate limit)\b"
    r"|错误|失败|异常|出错|超时|繁忙|限流",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def split_words(name: str) -> tuple[str, ...]:
    """The words in a name: `isThinking`, `block.text.content`, `tool_call`."""
    return tuple(word.lower() for word in _WORD.findall(name[:200]))


def meaning(words: Iterable[str]) -> str:
    """What these words say: "reasoning", "echo", "aside", "error", "text", or "" for nothing."""
    found = set(words)
    for what, known in (
        ("reasoning", _THOUGHTS),
        ("error", _FAILURES),
        ("aside", _ASIDES),
        ("echo", _ECHOES - {"query"}),
        ("text", _TEXTS),
    ):
        if found & known:
            return what
    return ""


def telling(words: Iterable[str]) -> frozenset[str]:
    """The words that could tell one kind of record from another: not `set`, `append`, `start`, `done`."""
    return frozenset(words) - _NEUTRAL - _TEXTS


def names_error(text: str) -> bool:
    """Whether a short text reads like a complaint."""
    return len(text) <= 300 and _SAYS_ERROR.search(text) is not None


def weight(words: Sequence[str]) -> float:
    """For or against a value under a name of these words, as that of an answer's text. The last word is the
    noun: a `message_id` is an id, a `modelResponse` a response."""
    if _ASIDES.intersection(words):
        return -6.0
    return next((_WEIGHTS[word] for word in reversed(words) if word in _WEIGHTS), 0.0)


def likeness(text: str, pieces: int) -> float:
    """How much a text looks like one that people read, from about -8 to 4. `pieces`: in how many it came."""
    shown = text[:_SAMPLE].strip()
    if not shown:
        return -8.0
    if _MOMENT.fullmatch(shown) or _ADDRESS.fullmatch(shown):
        return -8.0
    if _WIDE.search(shown):
        return 4.0 if len(shown) > 1 else 2.0
    if _NUMBER.fullmatch(shown):
        return -4.0 if pieces < 3 else -1.0
    if not _ID.fullmatch(shown):
        return _prose(shown)
    if _IDENTIFIER.fullmatch(shown) and pieces < 3:
        return -4.0
    digits = sum(letter.isdigit() for letter in shown)
    if len(shown) >= 8 and (digits or len(shown) > 24):
        return -5.0
    return 0.0 if shown[-1:] in ".:" or shown[:1].isupper() or pieces > 1 else -1.0


def _prose(shown: str) -> float:
    """The likeness of what is more than one word."""
    words = shown.split()
    longest = max(map(len, words))
    if len(words) == 1:
        return -3.0 if longest > 40 else 1.5
    letters = sum(letter.isalpha() for letter in shown)
    return 3.0 if letters * 3 > len(shown) else 1.5
