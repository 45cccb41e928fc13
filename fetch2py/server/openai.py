"""The shape of OpenAI's chat completions, so that its clients work unchanged: requests read, answers spelled.

Knows that API's JSON. Must not know profiles nor how anything is sent.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from fetch2py.answer import AsyncAnswer
from fetch2py.events import Error, Event, Reasoning, Text
from fetch2py.server.failing import CUT, Unusable

__all__ = ["Completion", "Question", "model", "models", "question"]

_USED = frozenset({"model", "messages", "stream"})
_NOT_IN_NAME = re.compile(r"[^-._0-9A-Za-z]")
_LONGEST_NAME = 40
_MOST_NAMES = 30
# What an answer that broke off ended by: clients that know no error in a stream see that it is not whole.
_FINISH = {"clean": "stop", "truncated": "length", "error": "length"}


class Question(NamedTuple):
    """What was asked: whom, what, whether to stream. `ignored` names the parameters that change nothing."""

    model: str
    message: str
    stream: bool
    ignored: tuple[str, ...]


def question(asked: Mapping[str, Any]) -> Question:
    """The question in a request's JSON. Unusable for what is none."""
    name, messages = asked.get("model"), asked.get("messages")
    if not isinstance(name, str) or not name:
        raise Unusable("There is no model named.", hint="GET /v1/models lists them.")
    if not isinstance(asked.get("stream"), bool | None):
        raise Unusable("stream is neither true nor false.")
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        raise Unusable("messages is no list of messages.")
    users = [each for each in messages if each.get("role") == "user"]
    if not users:
        raise Unusable("There is no message of the user's.")
    ignored = [key for key, value in asked.items() if key not in _USED and value is not None]
    if len(messages) > 1:
        # The profile's own conversation is what the upstream remembers.
        ignored.append("messages")
    text, others = _content(users[-1].get("content"))
    if not text:
        raise Unusable("The user's last message holds no text.", hint="Only its text can be sent on.")
    return Question(name, text, bool(asked.get("stream")), tuple(_names([*ignored, *others])))


def _content(content: object) -> tuple[str, list[str]]:
    """The text of a message's content, and the types of the parts that are none."""
    if isinstance(content, str):
        return content, []
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise Unusable("The content of the user's last message is neither a text nor a list of parts.")
    texts = [part.get("text") for part in content if part.get("type") == "text"]
    if not all(isinstance(text, str) for text in texts):
        raise Unusable("A part of the user's last message has a text that is none.")
    return "\n".join(texts), [str(part.get("type")) for part in content if part.get("type") != "text"]


def _names(names: Iterable[str]) -> list[str]:
    """Names as they can stand in a header field, each once."""
    safe = (_NOT_IN_NAME.sub("?", name)[:_LONGEST_NAME] for name in names)
    return list(dict.fromkeys(safe))[:_MOST_NAMES]


def models(names: Iterable[str]) -> bytes:
    """The list of models, one a profile."""
    return _json({"object": "list", "data": [_model(name) for name in names]})


def model(name: str) -> bytes:
    """One model."""
    return _json(_model(name))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "fetch2py"}


class Completion:
    """How one answer is spelled: in chunks, or whole."""

    def __init__(self, name: str) -> None:
        self._head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": name}
        head = json.dumps({**self._head, "object": "chat.completion.chunk"})
        self._has_failed = False
        # What all chunks begin with. A token is then a matter of joining bytes.
        self._chunk = f'data: {head[:-1]}, "choices": [{{"index": 0, "delta": {{'

    def opening(self) -> bytes:
        """The chunk that says who speaks."""
        return self._spelled('"role": "assistant", "content": ""').encode()

    def spell(self, events: Sequence[Event]) -> bytes:
        """These events as chunks."""
        return "".join(map(self._event, events)).encode("utf-8", "replace")

    def whole(self, answer: AsyncAnswer) -> bytes:
        """The whole answer as one completion."""
        message = {"role": "assistant", "content": answer.text}
        if answer.reasoning:
            message["reasoning_content"] = answer.reasoning
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return _json({**self._head, "object": "chat.completion", "choices": [choice]})

    def _event(self, event: Event) -> str:
        match event:
            case Text(text):
                return self._spelled(f'"content": {json.dumps(text, ensure_ascii=False)}')
            case Reasoning(text):
                return self._spelled(f'"reasoning_content": {json.dumps(text, ensure_ascii=False)}')
            case Error(message):
                self._has_failed = True
                return _error(message, "upstream_error")
            case _:
                is_cut = event.outcome == "truncated" and not self._has_failed
                told = _error(CUT, "reply_truncated") if is_cut else ""
                return f"{told}{self._spelled('', _FINISH[event.outcome])}data: [DONE]\n\n"

    def _spelled(self, delta: str, finish: str | None = None) -> str:
        return f'{self._chunk}{delta}}}, "finish_reason": {json.dumps(finish)}}}]}}\n\n'


def _error(message: str, code: str) -> str:
    told = {"message": message, "type": "server_error", "param": None, "code": code}
    return f"data: {json.dumps({'error': told}, ensure_ascii=False)}\n\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
