"""What the platforms answer on which people build assistants of their own: Dify, FastGPT, Coze, LibreChat."""

from __future__ import annotations

from typing import Any

__all__ = ["COZE", "DIFY", "FASTGPT", "LIBRECHAT"]

_PRESENT = {"exists": True}
_ABSENT = {"exists": False}

_FINISHED = {"/event": "workflow_finished"}

# POST /v1/chat-messages, /v1/completion-messages, /v1/workflows/run.
DIFY: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        # Of the two, an answer streams in one; the newer agents repeat everything in the other.
        {"to": "text", "on": {"/event": ["message", "agent_message"]}, "get": "/answer", "same": "/event"},
        {"to": "text", "on": {"/event": "message_replace"}, "get": "/answer", "mode": "snapshot"},
        {"to": "text", "on": {"/event": "text_chunk"}, "get": "/data/text"},
        {"to": "text", "on": {"/event": "text_replace"}, "get": "/data/text", "mode": "snapshot"},
        {"to": "text", "on": _FINISHED, "get": "/data/outputs/answer", "mode": "final"},
        {"to": "text", "on": _FINISHED, "get": "/data/outputs/text", "mode": "final"},
        {"to": "reasoning", "on": {"/event": "reasoning_chunk"}, "get": "/data/reasoning"},
        # A thought comes again when what its tool found is in.
        {
            "to": "reasoning",
            "on": {"/event": "agent_thought"},
            "get": "/thought",
            "key": "/id",
            "mode": "snapshot",
        },
        {"to": "error", "on": {"/event": "error"}, "get": "/message"},
        {"to": "error", "on": {"/event": "error"}, "get": "/code"},
        {"to": "error", "on": {**_FINISHED, "/data/status": "failed"}, "get": "/data/error"},
        {"to": "error", "on": {**_FINISHED, "/data/status": "failed"}, "get": "/data/status"},
        {"to": "id:conversation", "get": "/conversation_id"},
        {"to": "id:message", "get": "/message_id"},
        {"to": "id:task", "get": "/task_id"},
        {"to": "end", "on": {"/event": ["message_end", "workflow_finished"]}},
        # An answer that isn't streamed is one record.
        {"to": "end", "on": {"/event": "message", "/mode": _PRESENT}},
    ],
    "signs": {
        "hosts": ["api.dify.ai", "udify.app"],
        "paths": ["/chat-messages", "/completion-messages", "/workflows/run"],
        "records": [
            {
                "/event": [
                    "message",
                    "agent_message",
                    "agent_thought",
                    "message_end",
                    "message_file",
                    "message_replace",
                    "node_started",
                    "reasoning_chunk",
                    "text_chunk",
                    "workflow_started",
                ],
                "/task_id": _PRESENT,
            },
            {"/event": "error", "/status": _PRESENT, "/code": _PRESENT, "/message": _PRESENT},
        ],
    },
}

_ANSWER = {"@event": ["answer", "fastAnswer"]}

# POST /api/v1/chat/completions with detail=true; without it, the answer is as OpenAI's.
FASTGPT: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "text", "on": _ANSWER, "get": "/choices/0/delta/content"},
        {"to": "reasoning", "on": _ANSWER, "get": "/choices/0/delta/reasoning_content"},
        {"to": "error", "on": {"@event": "error"}, "get": "/message"},
        {"to": "error", "on": {"@event": "error"}, "get": ""},
        # More follows it.
        {"to": "end", "on": {"@raw": "[DONE]"}},
        {"to": "end", "on": {**_ANSWER, "/choices/0/finish_reason": _PRESENT}},
    ],
    "signs": {
        "hosts": ["fastgpt.in", "fastgpt.io", "fastgpt.cn"],
        "records": [
            {**_ANSWER, "/choices/0/delta": _PRESENT},
            {"@event": ["flowNodeStatus", "flowNodeResponse", "flowResponses"]},
        ],
    },
}

_SAID = {"/type": "answer", "/content_type": ["text", None]}
_PIECE = {"@event": "conversation.message.delta", **_SAID}
_REFUSED = {"/code": {"exists": True, "not": 0}, "/msg": _PRESENT}

# POST /v3/chat. A completed message repeats everything.
COZE: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "text", "on": _PIECE, "get": "/content", "key": "/id"},
        {"to": "reasoning", "on": _PIECE, "get": "/reasoning_content", "key": "/id"},
        {
            "to": "text",
            "on": {"@event": "conversation.message.completed", **_SAID},
            "get": "/content",
            "key": "/id",
            "mode": "snapshot",
        },
        {"to": "error", "on": {"@event": "conversation.chat.failed"}, "get": "/last_error/msg"},
        {"to": "error", "on": {"@event": "conversation.chat.failed"}, "get": "/last_error"},
        {"to": "error", "on": {"@event": "error"}, "get": ""},
        {"to": "error", "on": _REFUSED, "get": "/msg"},
        {"to": "id:conversation", "get": "/conversation_id"},
        {"to": "id:chat", "get": "/chat_id"},
        {"to": "id:message", "on": _PIECE, "get": "/id"},
        {"to": "end", "on": {"@event": ["conversation.chat.completed", "done"]}},
    ],
    "signs": {
        "hosts": ["api.coze.com", "api.coze.cn"],
        "paths": ["/v3/chat"],
        "records": [{"@event": {"prefix": "conversation."}, "/conversation_id": _PRESENT}],
    },
}

# POST /api/agents/chat/…; the last record repeats everything.
LIBRECHAT: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "text", "on": {"/event": "on_message_delta"}, "get": "/data/delta/content/*/text"},
        {"to": "reasoning", "on": {"/event": "on_reasoning_delta"}, "get": "/data/delta/content/*/think"},
        {"to": "text", "on": {"/final": True}, "get": "/responseMessage/text", "mode": "final"},
        {"to": "text", "on": {"/final": True}, "get": "/responseMessage/content/*/text", "mode": "final"},
        {"to": "error", "on": {"@event": "error"}, "get": ""},
        {
            "to": "error",
            "on": {"/final": True, "/responseMessage/error": True},
            "get": "/responseMessage/text",
        },
        {"to": "id:conversation", "get": "/conversation/conversationId"},
        {"to": "id:message", "get": "/responseMessage/messageId"},
        {"to": "end", "on": {"/final": True}},
    ],
    "signs": {
        "paths": ["/api/agents/chat", "/api/agents/chat/agents"],
        "records": [
            {"/event": ["on_message_delta", "on_reasoning_delta"], "/data/delta/content/0/type": _PRESENT},
            {"/event": "on_run_step", "/data/id": _PRESENT},
            {"/created": True, "/message/messageId": _PRESENT},
            {"/final": True, "/responseMessage/messageId": _PRESENT},
        ],
    },
}
