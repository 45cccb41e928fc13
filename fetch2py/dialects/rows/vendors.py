"""What other makers and servers of models answer: Anthropic, Google, Ollama, Cohere, Hugging Face."""

from __future__ import annotations

from typing import Any

__all__ = ["ANTHROPIC", "COHERE", "GEMINI", "OLLAMA", "TGI"]

_PRESENT = {"exists": True}
_ABSENT = {"exists": False}

_MESSAGE = {"/type": "message", "/role": "assistant"}
_STARTS = {"/type": "content_block_start"}
_DELTA = {"/type": "content_block_delta"}

# POST /v1/messages; Claude's web chat sends the same events. /v1/complete was before it.
ANTHROPIC: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "text", "on": {**_DELTA, "/delta/type": "text_delta"}, "get": "/delta/text"},
        {"to": "text", "on": {**_STARTS, "/content_block/type": "text"}, "get": "/content_block/text"},
        {"to": "reasoning", "on": {**_DELTA, "/delta/type": "thinking_delta"}, "get": "/delta/thinking"},
        {
            "to": "reasoning",
            "on": {**_STARTS, "/content_block/type": "thinking"},
            "get": "/content_block/thinking",
        },
        {"to": "text", "on": {"/type": "completion"}, "get": "/completion"},
        # An answer that isn't streamed is one record.
        {"to": "text", "on": _MESSAGE, "get": "/content/*/text"},
        {"to": "reasoning", "on": _MESSAGE, "get": "/content/*/thinking"},
        {"to": "error", "on": {"/type": "error"}, "get": "/error/message"},
        {"to": "error", "on": {"/type": "error"}, "get": "/error"},
        {"to": "error", "on": {"/type": "error"}, "get": ""},
        {"to": "id:message", "on": {"/type": "message_start"}, "get": "/message/id"},
        {"to": "id:message", "on": _MESSAGE, "get": "/id"},
        {"to": "end", "on": {"/type": "message_stop"}},
        {"to": "end", "on": {"/type": ["message", "completion"], "/stop_reason": _PRESENT}},
    ],
    "signs": {
        "hosts": ["api.anthropic.com", "claude.ai"],
        "paths": ["/v1/messages"],
        "records": [
            {"/type": "message_start", "/message/role": "assistant"},
            {**_STARTS, "/content_block/type": _PRESENT},
            {**_DELTA, "/delta/type": _PRESENT},
            {"/type": "completion", "/completion": _PRESENT, "/model": _PRESENT},
            {**_MESSAGE, "/content/0/type": _PRESENT, "/stop_reason": _PRESENT},
            {"/type": "error", "/error/type": _PRESENT, "/error/message": _PRESENT},
        ],
    },
}

_CANDIDATE = {"/candidates/0/index": [0, None]}

# POST …:streamGenerateContent, as a JSON array, or with alt=sse as an event stream.
GEMINI: dict[str, Any] = {
    "framing": "auto",
    "expand": [{"on": _CANDIDATE, "at": "/candidates/0/content/parts"}],
    "rules": [
        {"to": "reasoning", "on": {"/thought": True}, "get": "/text"},
        {"to": "text", "on": {"/thought": {"not": True}}, "get": "/text"},
        {"to": "error", "get": "/error/message"},
        {"to": "error", "get": "/error"},
        # What was asked is refused without an answer.
        {"to": "error", "get": "/promptFeedback/blockReasonMessage"},
        {"to": "error", "get": "/promptFeedback/blockReason"},
        {"to": "id:response", "get": "/responseId"},
        {"to": "end", "on": {**_CANDIDATE, "/candidates/0/finishReason": _PRESENT}},
    ],
    "signs": {
        "framings": ["sse", "json-array"],
        "hosts": ["generativelanguage.googleapis.com", "aiplatform.googleapis.com"],
        "paths": [":streamGenerateContent", ":generateContent"],
        "records": [
            {"/candidates/0/content/parts": _PRESENT},
            {"/candidates/0/finishReason": _PRESENT, "/usageMetadata": _PRESENT},
            {"/promptFeedback/blockReason": _PRESENT},
            {"/usageMetadata/promptTokenCount": _PRESENT, "/modelVersion": _PRESENT},
            {"/error/code": _PRESENT, "/error/status": _PRESENT, "/error/message": _PRESENT},
        ],
    },
}

# POST /api/chat and /api/generate. Their paths are those of a thousand web applications, and no sign.
OLLAMA: dict[str, Any] = {
    "framing": "auto",
    "rules": [
        {"to": "text", "get": "/message/content"},
        {"to": "text", "get": "/response"},
        {"to": "reasoning", "get": "/message/thinking"},
        {"to": "reasoning", "get": "/thinking"},
        {"to": "error", "get": "/error"},
        {"to": "end", "on": {"/done": True}},
    ],
    "signs": {
        "framings": ["ndjson"],
        "hosts": ["ollama.com"],
        "records": [{"/model": _PRESENT, "/created_at": _PRESENT, "/done": [True, False]}],
    },
}

_ENDS_V1 = {"/event_type": "stream-end"}
_ENDS_V2 = {"/type": "message-end"}
_WHOLE_V1 = {"/generation_id": _PRESENT, "/finish_reason": _PRESENT, "/event_type": _ABSENT}
_WHOLE_V2 = {"/message/role": "assistant", "/finish_reason": _PRESENT}

# POST /v1/chat (JSON lines) and /v2/chat (an event stream).
COHERE: dict[str, Any] = {
    "framing": "auto",
    "rules": [
        {
            "to": "text",
            "on": {"/type": ["content-start", "content-delta"]},
            "get": "/delta/message/content/text",
        },
        {
            "to": "reasoning",
            "on": {"/type": ["content-start", "content-delta"]},
            "get": "/delta/message/content/thinking",
        },
        {"to": "text", "on": {"/event_type": "text-generation"}, "get": "/text"},
        # The end repeats everything.
        {"to": "text", "on": _ENDS_V1, "get": "/response/text", "mode": "final"},
        # An answer that isn't streamed is one record.
        {"to": "text", "on": _WHOLE_V1, "get": "/text"},
        {"to": "text", "on": _WHOLE_V2, "get": "/message/content/*/text"},
        {"to": "reasoning", "on": _WHOLE_V2, "get": "/message/content/*/thinking"},
        {"to": "error", "on": _ENDS_V2, "get": "/delta/error"},
        {
            "to": "error",
            "on": {**_ENDS_V2, "/delta/finish_reason": ["ERROR", "TIMEOUT"]},
            "get": "/delta/finish_reason",
        },
        {"to": "error", "on": _ENDS_V1, "get": "/error"},
        {"to": "error", "on": {**_ENDS_V1, "/finish_reason": {"prefix": "ERROR"}}, "get": "/finish_reason"},
        {"to": "id:generation", "get": "/generation_id"},
        {"to": "id:message", "on": {"/type": "message-start"}, "get": "/id"},
        {"to": "id:message", "on": _WHOLE_V2, "get": "/id"},
        {"to": "end", "on": _ENDS_V1},
        {"to": "end", "on": _ENDS_V2},
        {"to": "end", "on": _WHOLE_V1},
        {"to": "end", "on": _WHOLE_V2},
    ],
    "signs": {
        "framings": ["sse", "ndjson"],
        "hosts": ["api.cohere.com", "api.cohere.ai"],
        "records": [
            {"/event_type": _PRESENT, "/is_finished": [True, False]},
            {"/type": "message-start", "/delta/message/role": "assistant"},
            {"/type": ["content-start", "content-delta"], "/delta/message/content": _PRESENT},
            {**_WHOLE_V1, "/text": _PRESENT},
            {**_WHOLE_V2, "/message/content/0/type": _PRESENT, "/choices": _ABSENT},
        ],
    },
}

# Text Generation Inference: POST /generate_stream. The last record repeats everything.
TGI: dict[str, Any] = {
    "framing": "sse",
    "rules": [
        {"to": "text", "on": {"/token/special": {"not": True}}, "get": "/token/text"},
        {"to": "text", "get": "/generated_text", "mode": "final"},
        {"to": "text", "get": "/0/generated_text", "mode": "final"},
        {"to": "error", "get": "/error"},
        {"to": "end", "get": "/generated_text"},
        {"to": "end", "get": "/0/generated_text"},
        {"to": "end", "get": "/details/finish_reason"},
    ],
    "signs": {
        "hosts": ["api-inference.huggingface.co", "endpoints.huggingface.cloud"],
        "paths": ["/generate_stream"],
        "records": [
            {"/token/id": _PRESENT, "/token/special": [True, False]},
            {"/error": _PRESENT, "/error_type": _PRESENT, "/message": _ABSENT},
        ],
    },
}
