"""What the libraries send that chat applications are built with: the AI SDK, LangChain, and bare text."""

from __future__ import annotations

from typing import Any

__all__ = ["LANGGRAPH", "LANGSERVE", "PLAIN", "SPRING", "VERCEL_DATA", "VERCEL_UI"]

_PRESENT = {"exists": True}
_ABSENT = {"exists": False}
# A string, whatever is in it.
_STRING = {"prefix": ""}
_QUOTED = {"prefix": '"'}

# The AI SDK's data stream protocol v1: a code, a colon and JSON on each line.
VERCEL_DATA: dict[str, Any] = {
    "framing": "prefixed-lines",
    "rules": [
        {"to": "text", "on": {"@event": "0"}, "get": ""},
        {"to": "reasoning", "on": {"@event": "g"}, "get": ""},
        {"to": "error", "on": {"@event": "3"}, "get": ""},
        {"to": "id:message", "on": {"@event": "f"}, "get": "/messageId"},
        {"to": "end", "on": {"@event": "d"}},
    ],
    "signs": {
        "records": [
            {"@event": ["0", "g", "3"], "@raw": _QUOTED},
            {"@event": "f", "/messageId": _PRESENT},
            {"@event": ["d", "e"], "/finishReason": _PRESENT},
            {"@event": ["9", "b"], "/toolCallId": _PRESENT},
        ],
    },
}

# The AI SDK's UI message stream.
VERCEL_UI: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "text", "on": {"/type": "text-delta"}, "get": "/delta", "key": "/id"},
        {"to": "reasoning", "on": {"/type": "reasoning-delta"}, "get": "/delta", "key": "/id"},
        {"to": "error", "on": {"/type": "error"}, "get": "/errorText"},
        {"to": "id:message", "on": {"/type": "start"}, "get": "/messageId"},
        {"to": "end", "on": {"@raw": "[DONE]"}},
        {"to": "end", "on": {"/type": "finish"}},
    ],
    "signs": {
        "records": [
            {"/type": ["text-delta", "reasoning-delta"], "/id": _PRESENT, "/delta": _STRING},
            {"/type": ["text-start", "reasoning-start"], "/id": _PRESENT},
            {"/type": "start", "/messageId": _PRESENT},
            {"/type": "start-step"},
            {"/type": "error", "/errorText": _PRESENT},
        ],
    },
}

_DATA = {"@event": "data"}
_MODEL = {"@event": "data", "/event": "on_chat_model_stream"}
_LOGGED = {"@event": "data", "/op": "add", "/path": "/streamed_output/-"}

# POST …/stream, …/stream_log and …/stream_events.
LANGSERVE: dict[str, Any] = {
    "framing": "sse",
    "expand": [{"on": _DATA, "at": "/ops"}],
    "rules": [
        {"to": "ignore", "on": {**_DATA, "/type": ["human", "system", "tool", "function"]}},
        {"to": "text", "on": {**_DATA, "@raw": _QUOTED}, "get": ""},
        {"to": "text", "on": _DATA, "get": "/content"},
        {"to": "text", "on": _DATA, "get": "/content/*/text"},
        {"to": "text", "on": _MODEL, "get": "/data/chunk/content"},
        {"to": "text", "on": _MODEL, "get": "/data/chunk/content/*/text"},
        {"to": "text", "on": _LOGGED, "get": "/value"},
        {"to": "text", "on": _LOGGED, "get": "/value/content"},
        {"to": "reasoning", "on": _DATA, "get": "/additional_kwargs/reasoning_content"},
        {"to": "error", "on": {"@event": "error"}, "get": "/message"},
        {"to": "error", "on": {"@event": "error"}, "get": ""},
        {"to": "id:run", "on": {"@event": "metadata"}, "get": "/run_id"},
        {"to": "end", "on": {"@event": "end"}},
    ],
    "signs": {
        "paths": ["/stream_log", "/stream_events"],
        "records": [
            {**_DATA, "@raw": _QUOTED},
            {**_DATA, "/type": {"prefix": "AIMessage"}},
            {**_DATA, "/event": {"prefix": "on_"}, "/run_id": _PRESENT},
            {**_DATA, "/ops/0/op": _PRESENT},
        ],
    },
}

_PIECE = {"@event": ["messages", {"prefix": "messages|"}]}
_SO_FAR = {"@event": ["messages/partial", "messages/complete"], "/0/type": ["AIMessageChunk", "ai"]}
_STATE = {"@event": "values", "/messages/-1/type": "ai"}

# POST …/runs/stream, in the stream modes messages, messages-tuple and values. One message in two of them is
# one block.
LANGGRAPH: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "ignore", "on": {**_PIECE, "/0/type": {"not": ["AIMessageChunk", "ai"]}}},
        {"to": "text", "on": _PIECE, "get": "/0/content", "key": "/0/id"},
        {"to": "text", "on": _PIECE, "get": "/0/content/*/text", "key": "/0/id"},
        {"to": "reasoning", "on": _PIECE, "get": "/0/content/*/thinking", "key": "/0/id"},
        {"to": "reasoning", "on": _PIECE, "get": "/0/additional_kwargs/reasoning_content", "key": "/0/id"},
        {"to": "text", "on": _SO_FAR, "get": "/0/content", "key": "/0/id", "mode": "snapshot"},
        {"to": "text", "on": _SO_FAR, "get": "/0/content/*/text", "key": "/0/id", "mode": "snapshot"},
        {
            "to": "reasoning",
            "on": _SO_FAR,
            "get": "/0/content/*/thinking",
            "key": "/0/id",
            "mode": "snapshot",
        },
        {
            "to": "reasoning",
            "on": _SO_FAR,
            "get": "/0/additional_kwargs/reasoning_content",
            "key": "/0/id",
            "mode": "snapshot",
        },
        {
            "to": "text",
            "on": _STATE,
            "get": "/messages/-1/content",
            "key": "/messages/-1/id",
            "mode": "snapshot",
        },
        {
            "to": "text",
            "on": _STATE,
            "get": "/messages/-1/content/*/text",
            "key": "/messages/-1/id",
            "mode": "snapshot",
        },
        {"to": "error", "on": {"@event": "error"}, "get": "/message"},
        {"to": "error", "on": {"@event": "error"}, "get": ""},
        {"to": "id:run", "on": {"@event": "metadata"}, "get": "/run_id"},
    ],
    "signs": {
        "hosts": ["langgraph.app"],
        "paths": ["/runs/stream"],
        "records": [
            {"@event": ["messages/metadata", "messages/partial", "messages/complete"]},
            {**_PIECE, "/0/type": _PRESENT, "/1": _PRESENT},
            {"@event": "values", "/messages/0/type": _PRESENT},
        ],
    },
}

_BARE_RULES = [
    # Text without a framing comes in pieces that mean nothing.
    {"to": "text", "on": {"@event": None}, "get": "@raw"},
    {"to": "ignore", "on": {"@event": None}},
    {"to": "error", "on": {"@event": "error"}, "get": "@raw"},
    {"to": "ignore", "on": {"@event": {"not": "message"}}},
    {"to": "error", "get": "/error"},
    {"to": "ignore", "on": {"@raw": ["[DONE]", " [DONE]"]}},
    {"to": "text", "on": {"": _STRING}, "get": "@raw"},
    # A word of an answer can be a number, or look like an empty or a short list. An object is none.
    {"to": "text", "on": {"": {"not": _STRING}, "/*": _ABSENT}, "get": "@raw"},
    {"to": "text", "on": {"@raw": {"prefix": "["}, "/-1": _PRESENT, "/*/*": _ABSENT}, "get": "@raw"},
]

# Spring's SseEmitter and its Flux of strings: nothing between `data:` and the text, so a space is the text's.
# To be named; found by its records, it is plain text, whose spaces the stream shows.
SPRING: dict[str, Any] = {
    "framing": "sse",
    "options": {"keep_space": True},
    "rules": _BARE_RULES,
}

# Text and nothing else: in an event stream that keeps to the standard, or with no framing at all.
PLAIN: dict[str, Any] = {
    "framing": "auto",
    "rules": _BARE_RULES,
    "signs": {"framings": ["sse", "text"], "bare": True},
}
