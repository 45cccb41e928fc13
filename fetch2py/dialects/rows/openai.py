"""What OpenAI's APIs answer, and the many services that speak them."""

from __future__ import annotations

from typing import Any

__all__ = ["OPENAI_CHAT", "OPENAI_RESPONSES"]

_PRESENT = {"exists": True}

# The index tells the candidates apart, not the place in the array. Some gateways leave it out.
_FIRST = {"/choices/0/index": [0, None]}
_WHOLE = {"/object": "response"}

# POST /v1/chat/completions, and /v1/completions before it.
OPENAI_CHAT: dict[str, Any] = {
    "framing": "auto",
    "rules": [
        {"to": "text", "on": _FIRST, "get": "/choices/0/delta/content"},
        # Some models send parts: text, and thinking that is no answer.
        {"to": "text", "on": _FIRST, "get": "/choices/0/delta/content/*/text"},
        {"to": "text", "on": _FIRST, "get": "/choices/0/delta/refusal"},
        {"to": "text", "on": _FIRST, "get": "/choices/0/delta/audio/transcript"},
        {"to": "text", "on": {"/object": "text_completion", **_FIRST}, "get": "/choices/0/text"},
        {"to": "reasoning", "on": _FIRST, "get": "/choices/0/delta/reasoning_content"},
        # Some gateways send the reasoning under both names.
        {
            "to": "reasoning",
            "on": {**_FIRST, "/choices/0/delta/reasoning_content": {"exists": False}},
            "get": "/choices/0/delta/reasoning",
        },
        {"to": "reasoning", "on": _FIRST, "get": "/choices/0/delta/content/*/thinking/*/text"},
        # An answer that isn't streamed is one record.
        {"to": "reasoning", "on": _FIRST, "get": "/choices/0/message/reasoning_content", "mode": "final"},
        {"to": "reasoning", "on": _FIRST, "get": "/choices/0/message/reasoning", "mode": "final"},
        {"to": "text", "on": _FIRST, "get": "/choices/0/message/content", "mode": "final"},
        {"to": "text", "on": _FIRST, "get": "/choices/0/message/content/*/text", "mode": "final"},
        {"to": "text", "on": _FIRST, "get": "/choices/0/message/refusal", "mode": "final"},
        {"to": "error", "get": "/error/message"},
        {"to": "error", "get": "/error"},
        {"to": "error", "on": {"/object": "error"}, "get": "/message"},
        {"to": "error", "get": "/choices/0/error"},
        {"to": "error", "on": {"/choices/0/finish_reason": "error"}, "get": "/choices/0/finish_reason"},
        {"to": "id:response", "get": "/id"},
        {"to": "end", "on": {"@raw": "[DONE]"}},
        {"to": "end", "on": {**_FIRST, "/choices/0/finish_reason": _PRESENT}},
    ],
    "signs": {
        "framings": ["sse", "ndjson", "json-concat"],
        "hosts": [
            "api.openai.com",
            "api.moonshot.cn",
            "api.moonshot.ai",
            "api.deepseek.com",
            "api.groq.com",
            "api.mistral.ai",
            "api.perplexity.ai",
            "api.together.xyz",
            "api.x.ai",
            "openrouter.ai",
        ],
        "paths": ["/chat/completions", "/v1/completions"],
        "records": [
            {
                "/object": ["chat.completion.chunk", "chat.completion", "text_completion"],
                "/choices": _PRESENT,
            },
            {"/choices/0/index": _PRESENT, "/choices/0/delta": _PRESENT},
            {"/choices/0/message/content": _PRESENT},
        ],
    },
}

# POST /v1/responses.
OPENAI_RESPONSES: dict[str, Any] = {
    "framing": "sse",
    # An answer that isn't streamed is one record, with its items inside.
    "expand": [{"on": _WHOLE, "at": "/output"}],
    "rules": [
        {
            "to": "text",
            "on": {"/type": ["response.output_text.delta", "response.refusal.delta"]},
            "get": "/delta",
        },
        {"to": "reasoning", "on": {"/type": {"prefix": "response.reasoning"}}, "get": "/delta"},
        {"to": "text", "on": {"/type": "message", "/role": "assistant"}, "get": "/content/*/text"},
        {"to": "text", "on": {"/type": "message", "/role": "assistant"}, "get": "/content/*/refusal"},
        {"to": "reasoning", "on": {"/type": "reasoning"}, "get": "/summary/*/text"},
        # The end repeats everything; it is read where no piece came, as for an answer taken up late.
        {
            "to": "text",
            "on": {
                "/type": ["response.completed", "response.incomplete"],
                "/response/output/-1/type": "message",
            },
            "get": "/response/output/-1/content/*/text",
            "mode": "final",
        },
        {"to": "error", "on": {"/type": "error"}, "get": "/message"},
        {"to": "error", "on": {"/type": ["response.failed", "error"]}, "get": "/response/error/message"},
        {"to": "error", "on": {"/type": "response.failed"}, "get": "/response/error"},
        {"to": "error", "on": {"/type": "response.failed"}, "get": "/type"},
        {"to": "error", "get": "/error"},
        {"to": "error", "on": {"/type": "error"}, "get": "/code"},
        {"to": "id:response", "get": "/response/id"},
        {"to": "id:response", "on": _WHOLE, "get": "/id"},
        {"to": "end", "on": {"/type": ["response.completed", "response.incomplete"]}},
        {"to": "end", "on": {**_WHOLE, "/status": ["completed", "incomplete"]}},
    ],
    "signs": {
        "hosts": ["api.openai.com"],
        "paths": ["/v1/responses", "/openai/responses", "/codex/responses"],
        "records": [
            {"/type": ["response.created", "response.in_progress", "response.queued"], "/response": _PRESENT},
            {
                "/type": ["response.output_item.added", "response.output_text.delta"],
                "/output_index": _PRESENT,
            },
            {"/type": "response.failed", "/response/error": _PRESENT},
            {**_WHOLE, "/output": _PRESENT},
        ],
    },
}
