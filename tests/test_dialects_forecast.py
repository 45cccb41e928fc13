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
        ("https://notkimi.com/", None, "neither"),
        ("https://any.example/", None, "neither"),
    ],
)
def test_path_and_host_foretell_the_dialect(url: str, name: str | None, why: str) -> None:
    foretold, because = forecast(url)
    assert foretold == name
    assert why in because
