"""Answers as each service spells them: what the genuine ones of fixtures/streams.json don't show.

Ids, texts and keys are made up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from fetch2py.framing import Frame

__all__ = ["MATERIAL", "Material"]


class Material(NamedTuple):
    """One answer: a dialect, what the answer shows, its framing, its records, and what they come to.

    A record is its data (JSON, or text as it is), or a pair of an event's name and data. `shown` is False for
    what no sign can tell: it is read only by whoever knows the dialect already.
    """

    dialect: str
    about: str
    framing: str
    records: tuple[Any, ...]
    text: str = ""
    reasoning: str = ""
    error: str = ""
    ended: bool = True
    ids: Mapping[str, str] = {}
    shown: bool = True

    @property
    def frames(self) -> list[Frame]:
        """The records as their framing gives them."""
        unnamed = "message" if self.framing == "sse" else None
        pairs = [record if isinstance(record, tuple) else (unnamed, record) for record in self.records]
        return [Frame(name, data if isinstance(data, str) else json.dumps(data)) for name, data in pairs]


def _chunk(delta: Any, index: int | None = 0, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"delta": delta, "finish_reason": finish} | ({} if index is None else {"index": index})
    return {"id": "c1", "object": "chat.completion.chunk", "choices": [choice], **more}


_OPENAI = [
    Material(
        "openai-chat",
        "tool calls, usage alone, empty choices",
        "sse",
        (
            {
                "id": "c1",
                "object": "chat.completion.chunk",
                "choices": [],
                "prompt_filter_results": [{"x": 1}],
            },
            _chunk({"role": "assistant", "content": None}),
            _chunk(
                {"tool_calls": [{"index": 0, "id": "t", "function": {"name": "f", "arguments": '{"a":'}}]}
            ),
            _chunk({"content": "Done"}),
            _chunk({}, finish="tool_calls"),
            {"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 3}},
            "[DONE]",
        ),
        "Done",
        ids={"response": "c1"},
    ),
    Material(
        "openai-chat",
        "a refusal",
        "sse",
        (_chunk({"refusal": "I "}), _chunk({"refusal": "can't."}, finish="stop")),
        "I can't.",
    ),
    Material(
        "openai-chat",
        "reasoning under both names, of one candidate alone",
        "sse",
        (
            _chunk({"reasoning_content": "h", "reasoning": "h"}),
            _chunk({"reasoning_content": "other"}, 1),
            _chunk({"reasoning": "m", "reasoning_details": [{"text": "m"}]}),
            _chunk({"content": "A"}),
            _chunk({"content": "B"}, 1, "stop"),
        ),
        "A",
        "hm",
        ended=False,
    ),
    Material(
        "openai-chat",
        "content in parts",
        "sse",
        (
            _chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]}),
            _chunk({"content": [{"type": "text", "text": "A"}]}),
            _chunk({"content": "B"}, finish="stop"),
        ),
        "AB",
        "hm",
    ),
    Material("openai-chat", "no index", "sse", (_chunk({"content": "A"}, None), "[DONE]"), "A"),
    Material(
        "openai-chat",
        "all so far beside the pieces",
        "sse",
        (
            *(
                _chunk({"content": piece})
                | {"choices": [{"index": 0, "delta": {"content": piece}, "message": {"content": all_}}]}
                for piece, all_ in (("A", "A"), ("B", "AB"))
            ),
            "[DONE]",
        ),
        "AB",
    ),
    Material(
        "openai-chat",
        "an error in the midst, as a gateway puts it",
        "sse",
        (
            _chunk({"content": "A"}),
            _chunk({"content": ""}, finish="error", error={"code": 502, "message": "Provider disconnected"}),
        ),
        "A",
        error="Provider disconnected",
    ),
    Material(
        "openai-chat",
        "an error without words",
        "sse",
        (_chunk({"content": "A"}, finish="error"),),
        "A",
        error="error",
    ),
    Material(
        "openai-chat",
        "an error of vLLM",
        "sse",
        (_chunk({"content": "A"}), {"object": "error", "message": "too long", "code": 400}),
        "A",
        error="too long",
        ended=False,
    ),
    Material(
        "openai-chat",
        "in one piece",
        "json",
        (
            {
                "id": "c1",
                "object": "chat.completion",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {
                            "role": "assistant",
                            "content": "Hi",
                            "reasoning_content": "hm",
                            "refusal": None,
                        },
                    }
                ],
            },
        ),
        "Hi",
        "hm",
        ids={"response": "c1"},
    ),
    Material(
        "openai-chat",
        "completions of old",
        "sse",
        (
            {
                "id": "c",
                "object": "text_completion",
                "choices": [{"text": "A", "index": 0, "finish_reason": None}],
            },
            {
                "id": "c",
                "object": "text_completion",
                "choices": [{"text": "B", "index": 0, "finish_reason": "length"}],
            },
        ),
        "AB",
    ),
    Material(
        "openai-responses",
        "an answer with reasoning and repeats",
        "sse",
        tuple(
            (record["type"], record)
            for record in (
                {"type": "response.created", "response": {"id": "r1", "output": [], "error": None}},
                {"type": "response.in_progress", "response": {"id": "r1", "output": []}},
                {"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning"}},
                {
                    "type": "response.reasoning_summary_part.added",
                    "part": {"type": "summary_text", "text": ""},
                },
                {"type": "response.reasoning_summary_text.delta", "delta": "hm"},
                {"type": "response.reasoning_summary_text.done", "text": "hm"},
                {"type": "response.reasoning_text.delta", "delta": "!"},
                {"type": "response.content_part.added", "part": {"type": "output_text", "text": ""}},
                {
                    "type": "response.output_text.delta",
                    "output_index": 1,
                    "delta": "He",
                    "obfuscation": "x7Q",
                },
                {"type": "response.output_text.delta", "output_index": 1, "delta": "llo"},
                {"type": "response.output_text.annotation.added", "annotation": {"title": "T", "url": "u"}},
                {"type": "response.function_call_arguments.delta", "delta": '{"a":1}'},
                {"type": "response.output_text.done", "text": "Hello"},
                {
                    "type": "response.output_item.done",
                    "item": {"type": "message", "content": [{"text": "Hello"}]},
                },
                {
                    "type": "response.completed",
                    "response": {
                        "id": "r1",
                        "output": [
                            {"type": "message", "content": [{"type": "output_text", "text": "Hello"}]}
                        ],
                    },
                },
            )
        ),
        "Hello",
        "hm!",
        ids={"response": "r1"},
    ),
    Material(
        "openai-responses",
        "the end alone, and a refusal",
        "sse",
        (
            {"type": "response.queued", "response": {"id": "r"}},
            {
                "type": "response.incomplete",
                "response": {"output": [{"type": "message", "content": [{"text": "A"}]}]},
            },
        ),
        "A",
    ),
    Material(
        "openai-responses",
        "a call and no text",
        "sse",
        (
            {"type": "response.created", "response": {"id": "r"}},
            {
                "type": "response.completed",
                "response": {
                    "output": [{"type": "reasoning", "content": [{"text": "hm"}]}, {"type": "function_call"}]
                },
            },
        ),
    ),
    Material(
        "openai-responses",
        "a failure",
        "sse",
        (
            {"type": "response.created", "response": {"id": "r"}},
            {
                "type": "response.failed",
                "response": {"id": "r", "error": {"code": "server_error", "message": "broken"}},
            },
        ),
        error="broken",
        ended=False,
    ),
    Material(
        "openai-responses",
        "a failure without words",
        "sse",
        (
            {"type": "response.created", "response": {"id": "r"}},
            {"type": "response.failed", "response": {"id": "r", "error": None}},
        ),
        error="response.failed",
        ended=False,
    ),
    Material(
        "openai-responses",
        "in one piece",
        "json",
        (
            {
                "id": "r1",
                "object": "response",
                "status": "completed",
                "error": None,
                "output": [
                    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "output_text", "text": "Hi"}],
                    },
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "refusal", "refusal": " no"}],
                    },
                ],
            },
        ),
        "Hi no",
        "hm",
        ids={"response": "r1"},
    ),
]


def _named(*records: dict[str, Any]) -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple((record["type"], record) for record in records)


_VENDORS = [
    Material(
        "anthropic",
        "thinking, tools, citations, pings",
        "sse",
        _named(
            {"type": "message_start", "message": {"id": "m1", "role": "assistant", "content": []}},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "thinking", "thinking": ""},
            },
            {"type": "ping"},
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "thinking_delta", "thinking": "hm"},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "signature_delta", "signature": "Er=="},
            },
            {"type": "content_block_stop", "index": 0},
            {"type": "content_block_start", "content_block": {"type": "redacted_thinking", "data": "Em=="}},
            {"type": "content_block_start", "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Let me"}},
            {
                "type": "content_block_delta",
                "delta": {"type": "citations_delta", "citation": {"cited_text": "c"}},
            },
            {"type": "content_block_start", "content_block": {"type": "tool_use", "name": "f", "input": {}}},
            {
                "type": "content_block_delta",
                "delta": {"type": "input_json_delta", "partial_json": '{"q":"x"}'},
            },
            {"type": "content_block_start", "content_block": {"type": "text", "text": " look"}},
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "."}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
            {"type": "message_stop"},
        ),
        "Let me look.",
        "hm",
        ids={"message": "m1"},
    ),
    Material(
        "anthropic",
        "an error at once",
        "sse",
        (("error", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),),
        error="Overloaded",
        ended=False,
    ),
    Material(
        "anthropic",
        "in one piece",
        "json",
        (
            {
                "id": "m1",
                "type": "message",
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm"},
                    {"type": "text", "text": "A"},
                    {"type": "text", "text": "B"},
                ],
                "stop_reason": "end_turn",
            },
        ),
        "AB",
        "hm",
        ids={"message": "m1"},
    ),
    Material(
        "anthropic",
        "completions of old",
        "sse",
        _named(
            {"type": "completion", "completion": " He", "stop_reason": None, "model": "claude-2.1"},
            {"type": "ping"},
            {
                "type": "completion",
                "completion": "llo",
                "stop_reason": "stop_sequence",
                "model": "claude-2.1",
            },
        ),
        " Hello",
    ),
    Material(
        "gemini",
        "thoughts, calls, code, images, candidates",
        "sse",
        (
            {
                "candidates": [{"content": {"parts": [{"text": "hm", "thought": True}]}, "index": 0}],
                "responseId": "g1",
            },
            {
                "candidates": [
                    {"content": {"parts": [{"text": "A"}, {"functionCall": {"name": "f"}}, {"text": "B"}]}}
                ]
            },
            {"candidates": [{"content": {"parts": [{"text": "other"}]}, "index": 1, "finishReason": "STOP"}]},
            {
                "candidates": [
                    {
                        "content": {
                            "parts": [{"executableCode": {"code": "x"}}, {"inlineData": {"data": "eA=="}}]
                        }
                    }
                ]
            },
            {
                "candidates": [
                    {"content": {"parts": [{"text": "C", "thoughtSignature": "x"}]}, "finishReason": "STOP"}
                ]
            },
            {"usageMetadata": {"promptTokenCount": 4}, "modelVersion": "gemini-2.5-flash"},
        ),
        "ABC",
        "hm",
        ids={"response": "g1"},
    ),
    Material(
        "gemini",
        "a question that is blocked",
        "sse",
        ({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {}},),
        error="PROHIBITED_CONTENT",
        ended=False,
    ),
    Material(
        "gemini",
        "an error in the midst",
        "json-array",
        (
            {"candidates": [{"content": {"parts": [{"text": "A"}]}}]},
            {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}},
        ),
        "A",
        error="overloaded",
        ended=False,
    ),
    Material(
        "ollama",
        "tool calls, and in one piece",
        "json",
        (
            {
                "model": "m",
                "created_at": "2026-01-01T00:00:00Z",
                "message": {
                    "role": "assistant",
                    "content": "Hi",
                    "thinking": "hm",
                    "tool_calls": [{"function": {}}],
                },
                "done": True,
            },
        ),
        "Hi",
        "hm",
    ),
    Material(
        "ollama",
        "an error that comes alone",
        "ndjson",
        ({"error": "model 'x' not found"},),
        error="model 'x' not found",
        ended=False,
        shown=False,
    ),
    Material(
        "cohere",
        "thinking, a plan, tools, citations",
        "sse",
        _named(
            {"type": "message-start", "id": "m1", "delta": {"message": {"role": "assistant", "content": []}}},
            {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will"}}},
            {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": {"id": "t"}}}},
            {
                "type": "content-start",
                "delta": {"message": {"content": {"type": "thinking", "thinking": ""}}},
            },
            {"type": "content-delta", "delta": {"message": {"content": {"thinking": "hm"}}}},
            {"type": "content-start", "delta": {"message": {"content": {"type": "text", "text": ""}}}},
            {"type": "content-delta", "delta": {"message": {"content": {"text": "Hi"}}}},
            {"type": "citation-start", "delta": {"message": {"citations": {"text": "Hi"}}}},
            {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
        ),
        "Hi",
        "hm",
        ids={"message": "m1"},
    ),
    Material(
        "cohere",
        "an error at the end",
        "sse",
        _named(
            {"type": "message-start", "id": "m", "delta": {"message": {"role": "assistant"}}},
            {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "broken"}},
        ),
        error="broken",
        ids={"message": "m"},
    ),
    Material(
        "cohere",
        "an error without words, in the older version",
        "ndjson",
        (
            {"is_finished": False, "event_type": "stream-start", "generation_id": "g"},
            {
                "is_finished": True,
                "event_type": "stream-end",
                "finish_reason": "ERROR_TOXIC",
                "response": {"text": ""},
            },
        ),
        error="ERROR_TOXIC",
        ids={"generation": "g"},
    ),
    Material(
        "cohere",
        "the older version, the end alone",
        "sse",
        (
            {
                "is_finished": True,
                "event_type": "stream-end",
                "finish_reason": "COMPLETE",
                "response": {"text": "Hi"},
            },
        ),
        "Hi",
    ),
    Material(
        "cohere",
        "in one piece",
        "json",
        (
            {
                "id": "m1",
                "finish_reason": "COMPLETE",
                "message": {
                    "role": "assistant",
                    "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hi"}],
                },
            },
        ),
        "Hi",
        "hm",
        ids={"message": "m1"},
    ),
    Material(
        "cohere",
        "in one piece, in the older version",
        "json",
        ({"response_id": "r", "text": "Hi", "generation_id": "g", "finish_reason": "COMPLETE"},),
        "Hi",
        ids={"generation": "g"},
    ),
    Material(
        "tgi",
        "the end repeats everything",
        "sse",
        (
            {
                "index": 1,
                "token": {"id": 1, "text": " He", "logprob": -1.0, "special": False},
                "generated_text": None,
            },
            {
                "index": 2,
                "token": {"id": 2, "text": "llo", "logprob": -1.0, "special": False},
                "generated_text": None,
            },
            {
                "index": 3,
                "token": {"id": 3, "text": "</s>", "special": True},
                "generated_text": " Hello",
                "details": None,
            },
        ),
        " Hello",
    ),
    Material(
        "tgi",
        "an error",
        "sse",
        ({"error": "Input validation error", "error_type": "validation"},),
        error="Input validation error",
        ended=False,
    ),
    Material("tgi", "in one piece", "json", ([{"generated_text": "Hi"}],), "Hi", shown=False),
]

_FRAMEWORKS = [
    Material(
        "vercel-data",
        "a finish alone",
        "prefixed-lines",
        (("0", '"Hi"'), ("d", {"finishReason": "stop"})),
        "Hi",
    ),
    Material(
        "vercel-ui",
        "parts, tools, steps",
        "sse",
        (
            {"type": "start", "messageId": "m1"},
            {"type": "start-step"},
            {"type": "reasoning-start", "id": "r1"},
            {"type": "reasoning-delta", "id": "r1", "delta": "hm"},
            {"type": "reasoning-end", "id": "r1"},
            {"type": "text-start", "id": "t1"},
            {"type": "text-delta", "id": "t1", "delta": "A"},
            {"type": "text-end", "id": "t1"},
            {"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{"},
            {"type": "tool-output-error", "toolCallId": "c", "errorText": "the tool's own"},
            {"type": "data-weather", "data": {"text": "rain"}},
            {"type": "source-url", "sourceId": "s", "url": "u", "title": "T"},
            {"type": "text-delta", "id": "t2", "delta": "B"},
            {"type": "finish-step"},
            {"type": "finish"},
            "[DONE]",
        ),
        "AB",
        "hm",
        ids={"message": "m1"},
    ),
    Material(
        "vercel-ui",
        "an error",
        "sse",
        ({"type": "error", "errorText": "broken"},),
        error="broken",
        ended=False,
    ),
    Material(
        "vercel-ui",
        "a stream that was stopped",
        "sse",
        ({"type": "text-delta", "id": "t", "delta": "A"}, {"type": "abort"}),
        "A",
        ended=False,
    ),
    Material(
        "langserve",
        "strings",
        "sse",
        (("metadata", {"run_id": "u1"}), ("data", '"He"'), ("data", '"llo"'), ("end", "")),
        "Hello",
        ids={"run": "u1"},
    ),
    Material(
        "langserve",
        "messages, and parts of them",
        "sse",
        (
            ("metadata", {"run_id": "u1"}),
            (
                "data",
                {"content": "", "type": "AIMessageChunk", "additional_kwargs": {"reasoning_content": "hm"}},
            ),
            ("data", {"content": "He", "type": "AIMessageChunk", "id": "run-1"}),
            ("data", {"content": [{"type": "text", "text": "llo"}], "type": "AIMessageChunk"}),
            ("data", {"content": "a question", "type": "human"}),
            ("end", ""),
        ),
        "Hello",
        "hm",
        ids={"run": "u1"},
    ),
    Material(
        "langserve",
        "events of all steps",
        "sse",
        (
            ("data", {"event": "on_chain_start", "run_id": "u", "data": {"input": "q"}}),
            ("data", {"event": "on_chat_model_stream", "run_id": "u", "data": {"chunk": {"content": "He"}}}),
            ("data", {"event": "on_parser_stream", "run_id": "u", "data": {"chunk": "He"}}),
            ("data", {"event": "on_chat_model_stream", "data": {"chunk": {"content": [{"text": "llo"}]}}}),
            ("end", ""),
        ),
        "Hello",
    ),
    Material(
        "langserve",
        "a log of patches",
        "sse",
        (
            ("data", {"ops": [{"op": "replace", "path": "", "value": {"id": "u"}}]}),
            ("data", {"ops": [{"op": "add", "path": "/streamed_output/-", "value": "He"}]}),
            (
                "data",
                {
                    "ops": [
                        {"op": "add", "path": "/logs/llm/streamed_output_str/-", "value": "llo"},
                        {"op": "add", "path": "/streamed_output/-", "value": {"content": "llo"}},
                    ]
                },
            ),
            ("end", ""),
        ),
        "Hello",
    ),
    Material(
        "langserve",
        "an error",
        "sse",
        (("data", '"He"'), ("error", {"status_code": 500, "message": "Internal Server Error"})),
        "He",
        error="Internal Server Error",
        ended=False,
    ),
    Material(
        "langgraph",
        "pieces, with the tools' and the person's",
        "sse",
        (
            ("metadata", {"run_id": "u1", "attempt": 1}),
            ("messages", [{"content": "q", "type": "human", "id": "h"}, {"langgraph_node": "model"}]),
            ("messages", [{"content": "He", "type": "AIMessageChunk", "id": "r1"}, {}]),
            (
                "messages",
                [
                    {
                        "content": [{"type": "thinking", "thinking": "hm"}],
                        "type": "AIMessageChunk",
                        "id": "r1",
                    },
                    {},
                ],
            ),
            (
                "messages|tools:9",
                [{"content": [{"type": "text", "text": "llo"}], "type": "AIMessageChunk", "id": "r1"}, {}],
            ),
            ("messages", [{"content": "22 degrees", "type": "tool", "id": "t"}, {}]),
            ("updates", {"model": {"messages": [{"content": "Hello", "type": "ai", "id": "r1"}]}}),
            (
                "values",
                {
                    "messages": [
                        {"type": "human", "content": "q"},
                        {"content": "Hello", "type": "ai", "id": "r1"},
                    ]
                },
            ),
        ),
        "Hello",
        "hm",
        ended=False,
        ids={"run": "u1"},
    ),
    Material(
        "langgraph",
        "messages so far, and complete",
        "sse",
        (
            ("messages/complete", [{"content": "q", "type": "human", "id": "h"}]),
            ("messages/partial", [{"content": "He", "type": "ai", "id": "r1"}]),
            ("messages/partial", [{"content": "Hello", "type": "ai", "id": "r1"}]),
            ("messages/complete", [{"content": "Hello", "type": "ai", "id": "r1"}]),
            ("messages/complete", [{"content": "22", "type": "tool", "id": "t"}]),
            ("messages/partial", [{"content": [{"type": "text", "text": " you"}], "type": "ai", "id": "r2"}]),
        ),
        "Hello you",
        ended=False,
    ),
    Material(
        "langgraph",
        "the state alone",
        "sse",
        (
            ("metadata", {"run_id": "u"}),
            ("values", {"messages": [{"type": "human", "content": "q", "id": "h"}]}),
            (
                "values",
                {
                    "messages": [
                        {"type": "human", "content": "q"},
                        {"type": "ai", "content": "Hello", "id": "r"},
                    ]
                },
            ),
        ),
        "Hello",
        ended=False,
        ids={"run": "u"},
    ),
    Material(
        "langgraph",
        "an error",
        "sse",
        (
            ("messages/partial", [{"content": "He", "type": "ai", "id": "r"}]),
            ("error", {"error": "ValueError", "message": "broken"}),
        ),
        "He",
        error="broken",
        ended=False,
    ),
    Material(
        "plain",
        "words that look like JSON",
        "sse",
        (
            "In",
            " 19",
            "84",
            "[1]",
            "[]",
            "{",
            " it",
            " was",
            '"a"',
            "}",
            "true",
            {"sources": ["x"]},
            "[DONE]",
        ),
        'In 1984[1][]{ it was"a"}true',
        ended=False,
    ),
    Material(
        "plain", "an error", "sse", ("a", "b", "c", ("error", "broken")), "abc", error="broken", ended=False
    ),
]


def _dify(event: str, **more: Any) -> dict[str, Any]:
    return {"event": event, "task_id": "t1", "message_id": "m1", "conversation_id": "c1", **more}


_DIFY_IDS = {"task": "t1", "message": "m1", "conversation": "c1"}


def _coze(event: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return (f"conversation.{event}", {"id": "m1", "conversation_id": "c1", "chat_id": "h1", **more})


_BUILDERS = [
    Material(
        "dify",
        "a text that is replaced",
        "sse",
        (
            _dify("message", answer="Bad w"),
            _dify("message", answer="ords"),
            _dify("message_replace", answer="I can't."),
            _dify("tts_message", audio="eA=="),
            _dify("message_end", metadata={}),
        ),
        "I can't.",
        ids=_DIFY_IDS,
    ),
    Material(
        "dify",
        "thoughts that come twice, files",
        "sse",
        (
            _dify("agent_thought", id="a1", thought="", tool="f"),
            _dify("agent_message", answer="He"),
            _dify("agent_message", answer="llo"),
            _dify("agent_thought", id="a1", thought="hm", tool="f", observation=""),
            _dify("agent_thought", id="a1", thought="hm", tool="f", observation="22"),
            _dify("message_file", id="f1", url="u"),
            _dify("message_end", metadata={}),
        ),
        "Hello",
        "hm",
        ids=_DIFY_IDS,
    ),
    Material(
        "dify",
        "a workflow in pieces",
        "sse",
        (
            {"event": "workflow_started", "task_id": "t1", "data": {"id": "w"}},
            {"event": "text_chunk", "task_id": "t1", "data": {"text": "He"}},
            {"event": "text_chunk", "task_id": "t1", "data": {"text": "llo"}},
            {
                "event": "workflow_finished",
                "task_id": "t1",
                "data": {"status": "succeeded", "outputs": {"text": "Hello"}},
            },
        ),
        "Hello",
        ids={"task": "t1"},
    ),
    Material(
        "dify",
        "a workflow whose output comes at its end",
        "sse",
        (
            {"event": "workflow_started", "task_id": "t1", "data": {"id": "w"}},
            {
                "event": "workflow_finished",
                "task_id": "t1",
                "data": {"status": "succeeded", "outputs": {"text": "Hello"}},
            },
        ),
        "Hello",
        ids={"task": "t1"},
    ),
    Material(
        "dify",
        "a workflow that failed",
        "sse",
        (
            {"event": "workflow_started", "task_id": "t1", "data": {"id": "w"}},
            {
                "event": "workflow_finished",
                "task_id": "t1",
                "data": {"status": "failed", "error": "no model"},
            },
        ),
        error="no model",
        ids={"task": "t1"},
    ),
    Material(
        "dify",
        "in one piece",
        "json",
        (_dify("message", mode="chat", answer="Hi", metadata={}),),
        "Hi",
        ids=_DIFY_IDS,
    ),
    Material(
        "fastgpt",
        "steps beside the answer, and more behind its end",
        "sse",
        (
            ("flowNodeStatus", {"status": "running", "name": "AI"}),
            ("answer", _chunk({"role": "assistant", "reasoning_content": "hm"})),
            ("answer", _chunk({"content": "He"})),
            ("toolCall", {"tool": {"id": "x", "toolName": "f"}}),
            ("fastAnswer", _chunk({"content": "llo"})),
            ("answer", _chunk({}, finish="stop")),
            ("answer", "[DONE]"),
            ("flowResponses", [{"moduleName": "AI", "query": "q", "historyPreview": [{"value": "Hello"}]}]),
        ),
        "Hello",
        "hm",
    ),
    Material(
        "fastgpt",
        "an error",
        "sse",
        (("flowNodeStatus", {"status": "running"}), ("error", {"code": 500, "message": "no key"})),
        error="no key",
        ended=False,
    ),
    Material(
        "coze",
        "an answer that is repeated, and what would follow",
        "sse",
        (
            _coze("chat.created", status="created"),
            _coze("message.delta", type="answer", content="", reasoning_content="hm", content_type="text"),
            _coze("message.delta", type="answer", content="He", content_type="text"),
            _coze("message.delta", type="answer", content="llo", content_type="text"),
            _coze("message.completed", type="function_call", content="{}", content_type="text"),
            _coze("message.completed", type="answer", content="Hello", content_type="text"),
            _coze("message.completed", type="verbose", content='{"msg_type":"generate_answer_finish"}'),
            _coze("message.completed", type="follow_up", content="And you?", content_type="text"),
            _coze("chat.completed", status="completed", last_error={"code": 0, "msg": ""}),
            ("done", '"[DONE]"'),
        ),
        "Hello",
        "hm",
        ids={"conversation": "c1", "chat": "h1", "message": "m1"},
    ),
    Material(
        "coze",
        "a failure",
        "sse",
        (
            _coze("chat.created"),
            _coze("chat.failed", last_error={"code": 5000, "msg": "event interrupt"}),
        ),
        error="event interrupt",
        ended=False,
        ids={"conversation": "c1", "chat": "h1"},
    ),
    Material(
        "coze",
        "a refusal",
        "json",
        ({"code": 4100, "msg": "authentication is invalid"},),
        error="authentication is invalid",
        ended=False,
        shown=False,
    ),
    Material(
        "librechat",
        "an answer and its repeat",
        "sse",
        (
            {"created": True, "message": {"messageId": "u", "text": "q"}},
            {"event": "on_run_step", "data": {"id": "s1", "stepDetails": {}}},
            {
                "event": "on_reasoning_delta",
                "data": {"id": "s1", "delta": {"content": [{"type": "think", "think": "hm"}]}},
            },
            {
                "event": "on_message_delta",
                "data": {"id": "s2", "delta": {"content": [{"type": "text", "text": "He"}]}},
            },
            {
                "event": "on_message_delta",
                "data": {"id": "s2", "delta": {"content": [{"type": "text", "text": "llo"}]}},
            },
            {
                "final": True,
                "conversation": {"conversationId": "c1", "title": "T"},
                "requestMessage": {"text": "q"},
                "responseMessage": {
                    "messageId": "m1",
                    "text": "",
                    "content": [{"type": "text", "text": "Hello"}],
                },
            },
        ),
        "Hello",
        "hm",
        ids={"conversation": "c1", "message": "m1"},
    ),
]


def _web(role: str, *parts: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "id": role[0] + "1",
        "author": {"role": role},
        "content": {"content_type": kind, "parts": [*parts]},
        **more,
    }


_SITES = [
    Material(
        "chatgpt-web",
        "patches whose path holds",
        "sse",
        (
            ("delta_encoding", '"v1"'),
            {"p": "", "o": "add", "v": {"message": _web("system", ""), "conversation_id": "c1"}, "c": 0},
            {"v": {"message": _web("user", "q"), "conversation_id": "c1"}, "c": 1},
            {"v": {"message": _web("assistant", "He", recipient="all"), "conversation_id": "c1"}, "c": 2},
            {"p": "/message/content/parts/0", "o": "append", "v": "l"},
            {"v": "lo"},
            {
                "p": "",
                "o": "patch",
                "v": [
                    {"p": "/message/content/parts/0", "o": "append", "v": " you"},
                    {"p": "/message/status", "o": "replace", "v": "finished_successfully"},
                ],
            },
            {"v": [{"p": "/message/content/parts/0", "o": "append", "v": "."}]},
            {"type": "title_generation", "title": "T"},
            {"type": "message_stream_complete", "conversation_id": "c1"},
            "[DONE]",
        ),
        "Hello you.",
        ids={"conversation": "c1", "message": "a1"},
    ),
    Material(
        "chatgpt-web",
        "thoughts, and what goes to tools",
        "sse",
        (
            {"p": "", "o": "add", "v": {"message": _web("assistant", "search()", recipient="web")}, "c": 0},
            {"p": "/message/content/thoughts", "o": "append", "v": [{"summary": "s", "content": "h"}]},
            {"p": "/message/content/thoughts/0/content", "o": "append", "v": "m"},
            {"p": "/message/content/parts/0", "o": "replace", "v": "Hi"},
            {"message": None, "conversation_id": "c1", "error": "Something went wrong"},
        ),
        "Hi",
        "hm",
        "Something went wrong",
        ended=False,
        ids={"conversation": "c1", "message": "a1"},
    ),
    Material(
        "deepseek-web",
        "what comes with the opening, and a batch",
        "sse",
        (
            ("ready", {"request_message_id": 1, "response_message_id": 2}),
            {"v": {"response": {"message_id": 2, "content": "He", "thinking_content": "hm"}}},
            {"p": "response/content", "o": "APPEND", "v": "llo"},
            {
                "p": "response",
                "o": "BATCH",
                "v": [{"p": "accumulated_token_usage", "v": 9}, {"p": "quasi_status", "v": "FINISHED"}],
            },
        ),
        "Hello",
        "hm",
        ids={"message": "2"},
    ),
    Material(
        "deepseek-web",
        "a refusal in the stream",
        "sse",
        (
            ("ready", {"request_message_id": 1, "response_message_id": 2}),
            (
                "hint",
                {"type": "error", "content": "Too many messages", "finish_reason": "rate_limit_reached"},
            ),
        ),
        error="Too many messages",
        ended=False,
        ids={"message": "2"},
    ),
    Material(
        "deepseek-web",
        "a refusal",
        "json",
        ({"code": 0, "msg": "", "data": {"biz_code": 5, "biz_msg": "invalid session", "biz_data": None}},),
        error="invalid session",
        ended=False,
    ),
    Material(
        "qwen-web",
        "a refusal",
        "sse",
        (
            {"response.created": {"chat_id": "c", "response_id": "r"}},
            {"error": {"code": "data_inspection_failed", "details": "The content can't be shown."}},
        ),
        error="The content can't be shown.",
        ended=False,
        ids={"chat": "c", "parent": "r"},
    ),
    Material(
        "grok-web",
        "in a conversation that goes on",
        "json-concat",
        (
            {"result": {"userResponse": {"responseId": "u", "message": "q"}}},
            {"result": {"token": "hm", "isThinking": True, "responseId": "r"}},
            {"result": {"token": "Hi", "isThinking": False, "responseId": "r"}},
            {"result": {"modelResponse": {"responseId": "r", "message": "Hi"}}},
        ),
        "Hi",
        "hm",
        ids={"message": "r"},
    ),
    Material(
        "grok-web",
        "an error",
        "json-concat",
        (
            {"result": {"conversation": {"conversationId": "c"}}},
            {"error": {"code": 8, "message": "Too many requests", "details": []}},
        ),
        error="Too many requests",
        ended=False,
        ids={"conversation": "c"},
    ),
    Material(
        "huggingchat",
        "reasoning, and a failure",
        "ndjson",
        (
            {"type": "status", "status": "started"},
            {"type": "reasoning", "subtype": "stream", "token": "hm"},
            {"type": "stream", "token": "Hi\0\0"},
            {"type": "status", "status": "error", "message": "overloaded"},
        ),
        "Hi",
        "hm",
        "overloaded",
        ended=False,
    ),
]

_PROTOCOLS = [
    Material(
        "graphql",
        "parts that follow",
        "multipart",
        (
            {"data": {"answer": "He"}, "hasNext": True},
            {
                "incremental": [{"data": {"answer": "l"}, "path": []}, {"data": {"answer": "lo"}}],
                "hasNext": True,
            },
            {"hasNext": False},
        ),
        "Hello",
    ),
    Material(
        "graphql",
        "an event stream",
        "sse",
        (("next", {"data": {"token": "He"}}), ("next", {"data": {"token": "llo"}}), ("complete", "")),
        "Hello",
        shown=False,
    ),
    Material(
        "graphql",
        "an error",
        "json",
        ({"errors": [{"message": "no such field", "locations": [{"line": 1, "column": 2}]}]},),
        error="no such field",
        ended=False,
    ),
    Material("graphql", "in one piece", "json", ({"data": {"text": "Hi"}},), "Hi", shown=False),
    Material(
        "jsonrpc",
        "a tool's answer behind its progress",
        "sse",
        (
            {
                "jsonrpc": "2.0",
                "method": "notifications/progress",
                "params": {"progress": 1, "message": "half"},
            },
            {"jsonrpc": "2.0", "id": 7, "method": "sampling/createMessage", "params": {"messages": []}},
            {
                "jsonrpc": "2.0",
                "id": 2,
                "result": {
                    "content": [
                        {"type": "text", "text": "A"},
                        {"type": "image", "data": "eA=="},
                        {"type": "text", "text": "B"},
                    ]
                },
            },
        ),
        "AB",
    ),
    Material(
        "jsonrpc",
        "a tool that failed",
        "json",
        (
            {
                "jsonrpc": "2.0",
                "id": 2,
                "result": {"isError": True, "content": [{"type": "text", "text": "no such city"}]},
            },
        ),
        error="no such city",
    ),
    Material(
        "jsonrpc",
        "a tool that failed without words",
        "json",
        ({"jsonrpc": "2.0", "id": 2, "result": {"isError": True, "content": [{"type": "image"}]}},),
        error='{"isError": true, "content": [{"type": "image"}]}',
    ),
    Material(
        "jsonrpc",
        "an error",
        "json",
        ({"jsonrpc": "2.0", "id": 2, "error": {"code": -32602, "message": "Unknown tool"}},),
        error="Unknown tool",
        ended=False,
    ),
    Material("jsonrpc", "a string", "json", ({"jsonrpc": "2.0", "id": 2, "result": "Hi"},), "Hi"),
]

MATERIAL = [*_OPENAI, *_VENDORS, *_FRAMEWORKS, *_BUILDERS, *_SITES, *_PROTOCOLS]
