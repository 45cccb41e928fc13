"""What the web chats answer that have a protocol of their own."""

from __future__ import annotations

from typing import Any

__all__ = ["CHATGPT_WEB", "DEEPSEEK_WEB", "GROK_WEB", "HUGGINGCHAT", "QWEN_WEB"]

_PRESENT = {"exists": True}

_SPOKEN = {
    "/message/author/role": "assistant",
    "/message/content/content_type": ["text", "multimodal_text"],
    "/message/recipient": ["all", None],
    "/message/metadata/is_visually_hidden_from_conversation": {"not": True},
}
_ADDED = {"/v" + at: wanted for at, wanted in _SPOKEN.items()}

# POST /backend-api/conversation: each record is all of the message, or (delta encoding v1) a patch, whose
# path and operation hold until others come.
CHATGPT_WEB: dict[str, Any] = {
    "framing": "sse",
    "carry": ["p", "o"],
    "expand": [{"on": {"/o": "patch"}, "at": "/v", "join": "p"}],
    "rules": [
        {"to": "text", "on": {"/p": "/message/content/parts/0", "/o": "append"}, "get": "/v"},
        {
            "to": "text",
            "on": {"/p": "/message/content/parts/0", "/o": "replace"},
            "get": "/v",
            "mode": "snapshot",
        },
        {"to": "text", "on": _ADDED, "get": "/v/message/content/parts/0"},
        {
            "to": "text",
            "on": _SPOKEN,
            "get": "/message/content/parts/0",
            "mode": "snapshot",
            "key": "/message/id",
        },
        {"to": "reasoning", "on": {"/p": "/message/content/thoughts", "/o": "append"}, "get": "/v/*/content"},
        {"to": "reasoning", "on": {"/p": "/message/content/thoughts/0/content", "/o": "append"}, "get": "/v"},
        {"to": "error", "get": "/error"},
        {"to": "id:conversation", "get": "/conversation_id"},
        {"to": "id:conversation", "get": "/v/conversation_id"},
        {"to": "id:message", "on": {"/message/author/role": "assistant"}, "get": "/message/id"},
        {"to": "id:message", "on": {"/v/message/author/role": "assistant"}, "get": "/v/message/id"},
        {"to": "end", "on": {"@raw": "[DONE]"}},
        {"to": "end", "on": {"/type": "message_stream_complete"}},
    ],
    "signs": {
        "hosts": ["chatgpt.com", "chat.openai.com"],
        "paths": ["/backend-api/conversation", "/backend-api/f/conversation", "/backend-anon/conversation"],
        "records": [
            {"/message/author/role": _PRESENT, "/message/content/content_type": _PRESENT},
            {"/v/message/author/role": _PRESENT, "/v/message/content/content_type": _PRESENT},
            {"@event": "delta_encoding"},
            {"/p": {"prefix": "/message/"}, "/o": _PRESENT},
        ],
    },
}

# POST /api/v0/chat/completion. Not the newer answers in fragments: what is appended to one doesn't tell
# whether it is thought or said.
DEEPSEEK_WEB: dict[str, Any] = {
    "framing": "sse",
    "carry": ["p", "o"],
    "expand": [{"on": {"/o": "BATCH"}, "at": "/v", "join": "p"}],
    "rules": [
        {"to": "error", "on": {"@event": "hint", "/type": "error"}, "get": "/content"},
        {
            "to": "id:message",
            "on": {"@event": "ready"},
            "get": "/response_message_id",
        },
        {
            "to": "ignore",
            "on": {"@event": ["ready", "title", "update_session", "close", "finish", "hint", "toast"]},
        },
        {"to": "text", "on": {"/p": "response/content"}, "get": "/v"},
        {"to": "reasoning", "on": {"/p": "response/thinking_content"}, "get": "/v"},
        {"to": "text", "get": "/v/response/content"},
        {"to": "reasoning", "get": "/v/response/thinking_content"},
        {"to": "error", "on": {"/code": {"exists": True, "not": 0}}, "get": "/msg"},
        {"to": "error", "on": {"/data/biz_code": {"exists": True, "not": 0}}, "get": "/data/biz_msg"},
        {"to": "end", "on": {"/p": ["response/status", "response/quasi_status"], "/v": "FINISHED"}},
    ],
    "signs": {
        "hosts": ["chat.deepseek.com"],
        "paths": ["/api/v0/chat/completion"],
        "records": [
            {"/request_message_id": _PRESENT, "/response_message_id": _PRESENT},
            {"/v/response/message_id": _PRESENT},
            {"/p": {"prefix": "response/"}, "/v": _PRESENT},
            {"/code": _PRESENT, "/data/biz_code": _PRESENT},
        ],
    },
}

_SAYS = {"/choices/0/delta/phase": "answer"}
_THINKS = {"/choices/0/delta/phase": ["think", "thinking_summary"]}

# POST /api/v2/chat/completions. It can stream two candidates at once.
QWEN_WEB: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "text", "on": _SAYS, "get": "/choices/0/delta/content", "same": "/response_id"},
        {"to": "reasoning", "on": _THINKS, "get": "/choices/0/delta/content", "same": "/response_id"},
        {
            "to": "reasoning",
            "on": _THINKS,
            "get": "/choices/0/delta/extra/summary_thought/content/*",
            "mode": "snapshot",
            "same": "/response_id",
        },
        {"to": "id:chat", "get": "/response.created/chat_id"},
        {"to": "id:parent", "get": "/response.created/response_id"},
        {"to": "error", "get": "/error/details"},
        {"to": "error", "get": "/error"},
        {"to": "error", "on": {"/success": False}, "get": "/data/details"},
        {"to": "end", "on": {**_SAYS, "/choices/0/delta/status": "finished"}},
    ],
    "signs": {
        "hosts": ["chat.qwen.ai"],
        "paths": ["/api/v2/chat/completions"],
        "records": [
            {"/response.created/response_id": _PRESENT},
            {"/choices/0/delta/phase": _PRESENT, "/choices/0/delta/status": _PRESENT},
        ],
    },
}

# POST /rest/app-chat/conversations/new: adjacent JSON objects; an answer in a conversation that goes on has
# one level less.
GROK_WEB: dict[str, Any] = {
    "framing": "auto",
    "rules": [
        {"to": "text", "on": {"/result/response/isThinking": False}, "get": "/result/response/token"},
        {"to": "reasoning", "on": {"/result/response/isThinking": True}, "get": "/result/response/token"},
        {"to": "text", "on": {"/result/isThinking": False}, "get": "/result/token"},
        {"to": "reasoning", "on": {"/result/isThinking": True}, "get": "/result/token"},
        {"to": "text", "get": "/result/response/modelResponse/message", "mode": "final"},
        {"to": "text", "get": "/result/modelResponse/message", "mode": "final"},
        {"to": "error", "get": "/result/response/error/message"},
        {"to": "error", "get": "/error/message"},
        {"to": "id:conversation", "get": "/result/conversation/conversationId"},
        {"to": "id:message", "get": "/result/response/modelResponse/responseId"},
        {"to": "id:message", "get": "/result/modelResponse/responseId"},
        {"to": "end", "on": {"/result/response/modelResponse": _PRESENT}},
        {"to": "end", "on": {"/result/modelResponse": _PRESENT}},
    ],
    "signs": {
        "framings": ["json-concat", "ndjson"],
        "hosts": ["grok.com"],
        "paths": ["/rest/app-chat/conversations/new"],
        "records": [
            {"/result/conversation/conversationId": _PRESENT},
            {"/result/response/isThinking": [True, False], "/result/response/responseId": _PRESENT},
            {"/result/isThinking": [True, False], "/result/responseId": _PRESENT},
            {"/result/userResponse/responseId": _PRESENT},
        ],
    },
}

# POST /chat/conversation/{id}. Tokens are padded with NUL.
HUGGINGCHAT: dict[str, Any] = {
    "framing": "auto",
    "strip_nul": True,
    "rules": [
        {"to": "text", "on": {"/type": "stream"}, "get": "/token"},
        {"to": "text", "on": {"/type": "finalAnswer"}, "get": "/text", "mode": "final"},
        {"to": "reasoning", "on": {"/type": "reasoning"}, "get": "/token"},
        {"to": "error", "on": {"/type": "status", "/status": "error"}, "get": "/message"},
        {"to": "error", "on": {"/type": "status", "/status": "error"}, "get": "/status"},
        {"to": "end", "on": {"/type": "finalAnswer"}},
    ],
    "signs": {
        "framings": ["ndjson"],
        "hosts": ["huggingface.co"],
        "records": [
            {"/type": "stream", "/token": _PRESENT},
            {"/type": "status", "/status": ["started", "error"]},
            {"/type": "finalAnswer", "/text": _PRESENT},
        ],
    },
}
