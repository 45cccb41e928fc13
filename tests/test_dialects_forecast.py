"""What is told of an answer's dialect before there is an answer."""

from __future__ import annotations

import pytest

from fetch2py.dialects.forecast import forecast


@pytest.mark.parametrize(
    ("url", "name", "why"),
    [
        ("https://kimi.moonshot.cn/api/chat/x/completion/stream", "kimi", "path"),
        ("https://www.kimi.com/apiv2/kimi.gateway.chat.v1.ChatService/Chat", "kimi-connect", "path"),
        ("https://any.example/v1/chat/completions?x", "openai-chat", "path"),
        ("https://www.kimi.com/elsewhere", "kimi", "host"),
        ("https://www.kimi.com/v1/chat/completions", "openai-chat", "path"),
        ("https://api.openai.com/v1/responses", "openai-responses", "path"),
        ("https://api.anthropic.com/v1/messages?beta=true", "anthropic", "path"),
        ("https://x.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse", "gemini", "path"),
        ("https://chat.qwen.ai/api/v2/chat/completions?chat_id=1", "qwen-web", "path"),
        ("https://dify.example/v1/chat-messages", "dify", "path"),
        ("https://chatgpt.com/backend-api/f/conversation", "chatgpt-web", "path"),
        ("https://us-central1-aiplatform.googleapis.com/v1/x", None, "neither"),
        ("https://grok.com/rest/app-chat/conversations/1/responses", "grok-web", "host"),
        # Ollama's path, and every other web application's.
        ("http://localhost:11434/api/chat", None, "neither"),
        ("https://notkimi.com/", None, "neither"),
        ("https://any.example/", None, "neither"),
    ],
)
def test_path_and_host_foretell_the_dialect(url: str, name: str | None, why: str) -> None:
    foretold, because = forecast(url)
    assert foretold == name
    assert why in because
