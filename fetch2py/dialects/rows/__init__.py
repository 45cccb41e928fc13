"""The dialects that are known, as data in the rule model. A site that names its text differently is a row.

Must not know how rules are read. `signs` tell a dialect by its host, by how the request's path ends, or by a
record that no other dialect has; `framings` are those that it comes in, beside its own and the single JSON of
a refusal; `bare` says that its records are text alone. `also` names the row that reads the same site's
answers in another framing.

A family of rows is a file, which is read when one of its rows is asked for: most answers need one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

__all__ = ["DIALECTS"]

_FAMILIES: Mapping[str, str] = {
    "kimi": "kimi",
    "kimi-connect": "kimi",
    # Both speak OpenAI's chat completions with something of their own, so they come before it.
    "fastgpt": "builders",
    "qwen-web": "sites",
    "openai-chat": "openai",
    "openai-responses": "openai",
    "anthropic": "vendors",
    "gemini": "vendors",
    "ollama": "vendors",
    "cohere": "vendors",
    "tgi": "vendors",
    "vercel-data": "frameworks",
    "vercel-ui": "frameworks",
    "dify": "builders",
    "coze": "builders",
    "librechat": "builders",
    "langserve": "frameworks",
    "langgraph": "frameworks",
    "chatgpt-web": "sites",
    "deepseek-web": "sites",
    "grok-web": "sites",
    "huggingchat": "sites",
    "graphql": "protocols",
    "jsonrpc": "protocols",
    "spring": "frameworks",
    "plain": "frameworks",
}
"""Each dialect's file. The order is that in which signs are tried."""


class _Rows(Mapping[str, Mapping[str, Any]]):
    def __getitem__(self, name: str) -> Mapping[str, Any]:
        family = import_module(f"{__name__}.{_FAMILIES[name]}")
        row: Mapping[str, Any] = getattr(family, name.upper().replace("-", "_"))
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(_FAMILIES)

    def __len__(self) -> int:
        return len(_FAMILIES)

    def __contains__(self, name: object) -> bool:
        return name in _FAMILIES


DIALECTS: Mapping[str, Mapping[str, Any]] = _Rows()
"""The name of each dialect and its rules."""
