"""Kimi's web chat, in both generations of its protocol."""

from __future__ import annotations

from typing import Any

__all__ = ["KIMI", "KIMI_CONNECT"]

_PRESENT = {"exists": True}

# Kimi's web chat, first generation: POST /api/chat/{id}/completion/stream.
KIMI: dict[str, Any] = {
    "framing": "sse",
    "also": "kimi-connect",
    "rules": [
        {"to": "text", "on": {"/event": "cmpl"}, "get": "/text"},
        {"to": "reasoning", "on": {"/event": "k1"}, "get": "/text"},
        {"to": "error", "on": {"/event": "error"}, "get": "/error/message"},
        # An error without a message is told by its type.
        {"to": "error", "on": {"/event": "error"}, "get": "/error"},
        {"to": "error", "on": {"/error_type": _PRESENT}, "get": "/message"},
        {"to": "error", "on": {"/error_type": _PRESENT}, "get": "/error_type"},
        {"to": "id:user_message", "on": {"/event": "req"}, "get": "/id"},
        {"to": "id:message", "on": {"/event": "resp"}, "get": "/id"},
        {"to": "id:group", "on": {"/event": ["req", "resp"]}, "get": "/group_id"},
        # `done` is not the end: more can follow it.
        {"to": "end", "on": {"/event": "all_done"}},
    ],
    "signs": {
        "hosts": ["kimi.moonshot.cn", "kimi.com"],
        "paths": ["/completion/stream"],
        "records": [
            {"/event": ["cmpl", "k1"], "/text": _PRESENT},
            {"/event": ["req", "resp"], "/id": _PRESENT},
            {"/event": ["all_done", "search_plus"]},
            {"/event": "error", "/error/error_type": _PRESENT},
            {"/error_type": _PRESENT, "/message": _PRESENT},
        ],
    },
}

# Kimi's web chat, second generation: POST /apiv2/kimi.gateway.chat.v1.ChatService/Chat.
KIMI_CONNECT: dict[str, Any] = {
    "framing": "connect",
    "also": "kimi",
    "rules": [
        {
            "to": "text",
            "on": {"/op": "append", "/mask": "block.text.content"},
            "get": "/block/text/content",
            "key": "/block/id",
        },
        # `set` opens a block, and can hold its first characters.
        {
            "to": "text",
            "on": {"/op": "set", "/mask": ["block.text", "block.text.content"]},
            "get": "/block/text/content",
            "key": "/block/id",
            "mode": "snapshot",
        },
        {
            "to": "reasoning",
            "on": {"/op": "append", "/mask": "block.think.content"},
            "get": "/block/think/content",
            "key": "/block/id",
        },
        {
            "to": "reasoning",
            "on": {"/op": "set", "/mask": ["block.think", "block.think.content"]},
            "get": "/block/think/content",
            "key": "/block/id",
            "mode": "snapshot",
        },
        {"to": "id:chat", "on": {"/chat/id": _PRESENT}, "get": "/chat/id"},
        {"to": "id:message", "on": {"/message/role": "assistant"}, "get": "/message/id"},
        # The first that is there is told: the sentence for a person before the code for a program.
        {"to": "error", "get": "/error/message"},
        {"to": "error", "get": "/error/details/0/debug/localizedMessage/message"},
        {"to": "error", "get": "/error/details/0/debug/reason"},
        {"to": "error", "get": "/error/code"},
        {"to": "error", "on": {"/code": _PRESENT}, "get": "/details/0/debug/reason"},
        {"to": "error", "on": {"/details": _PRESENT}, "get": "/code"},
        # `done` and a completed status are soft: an error envelope can still follow.
        {"to": "end", "on": {"@event": "end"}},
    ],
    "signs": {
        "hosts": ["kimi.com", "kimi.moonshot.cn"],
        "paths": ["/kimi.gateway.chat.v1.ChatService/Chat"],
        "records": [
            {"/op": ["set", "append"], "/mask": _PRESENT},
            {"/op": "set", "/chat/id": _PRESENT},
            {"/heartbeat": _PRESENT},
        ],
    },
}
