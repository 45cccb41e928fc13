"""Answers in the shapes of sites that no dialect knows, with the text that a person reads in them.

Written by hand and labelled by hand, none from a learner's output. `text` is None where there is no answer.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

__all__ = ["CASES", "Case"]


class Case(NamedTuple):
    """One answer. `sent` is the message that was answered, "" where nobody knows it."""

    name: str
    content_type: str
    body: bytes
    text: str | None
    reasoning: str | None = None
    sent: str = ""


def _dumps(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sse(*events: Any) -> bytes:
    """An event stream: each event is data, or (name, data)."""
    lines = []
    for event in events:
        name, data = event if isinstance(event, tuple) else ("", event)
        lines.append((f"event: {name}\n" if name else "") + f"data: {_dumps(data)}\n\n")
    return "".join(lines).encode()


def lines(*records: Any) -> bytes:
    """JSON lines."""
    return "".join(_dumps(record) + "\n" for record in records).encode()


def growing(*pieces: str) -> list[str]:
    """Each piece with all before it."""
    return ["".join(pieces[: end + 1]) for end in range(len(pieces))]


_SSE, _LINES, _JSON, _TEXT = "text/event-stream", "application/x-ndjson", "application/json", "text/plain"
_ZH = ("春天", "来了，", "万物", "复苏。", "鸟儿", "在枝头", "歌唱。")
_EN = ("The ", "capital", " of France", " is", " Paris", ".")
_CODE = ("```python\n", "def f(x):\n", "    return ", '{"a": x}', "\n```")
_ZH_ALL, _EN_ALL, _CODE_ALL = "".join(_ZH), "".join(_EN), "".join(_CODE)
_UUID = "3f2b8c1e-77aa-4c55-9a0e-1f6d2b9c0d11"

CASES = [
    Case("deltas", _SSE, sse(*({"d": piece} for piece in _EN)), _EN_ALL),
    Case("deltas-zh", _SSE, sse(*({"code": 0, "data": {"answer": one}} for one in _ZH)), _ZH_ALL),
    Case("cumulative", _SSE, sse(*({"code": 0, "result": {"text": one}} for one in growing(*_EN))), _EN_ALL),
    Case(
        "cumulative-with-ids",
        _SSE,
        sse(*({"msgId": _UUID, "seq": n, "body": one} for n, one in enumerate(growing(*_ZH)))),
        _ZH_ALL,
    ),
    Case(
        "delta-and-cumulative",
        _LINES,
        lines(*({"inc": p, "full": w} for p, w in zip(_EN, growing(*_EN), strict=True))),
        _EN_ALL,
    ),
    Case(
        "delta-and-final",
        _SSE,
        sse(
            *({"type": "chunk", "t": one} for one in _ZH), {"type": "done", "full_text": _ZH_ALL, "cost": 12}
        ),
        _ZH_ALL,
    ),
    Case(
        "final-in-the-same-place",
        _SSE,
        sse(
            *({"kind": "piece", "output": one, "last": False} for one in _EN),
            {"kind": "whole", "output": _EN_ALL, "last": True},
        ),
        _EN_ALL,
    ),
    Case(
        "json-patch",
        _SSE,
        sse(
            {"op": "add", "path": "/message", "value": {"id": "m1", "text": ""}},
            *({"op": "append", "path": "/message/text", "value": one} for one in _EN),
            {"op": "replace", "path": "/message/status", "value": "complete"},
        ),
        _EN_ALL,
    ),
    Case(
        "json-patch-lists",
        _SSE,
        sse(
            *(
                {
                    "ops": [
                        {"op": "add", "path": "/streamed_output/-", "value": one},
                        {"op": "replace", "path": "/count", "value": n},
                    ]
                }
                for n, one in enumerate(_ZH)
            ),
            {"ops": [{"op": "replace", "path": "/final_output", "value": {"output": _ZH_ALL}}]},
        ),
        _ZH_ALL,
    ),
    Case(
        "patches-carry",
        _SSE,
        sse(
            {"p": "/message/content/parts/0", "o": "append", "v": "The"},
            {"v": " sea"},
            {"v": " is calm"},
            {
                "o": "patch",
                "p": "",
                "v": [
                    {"p": "/message/content/parts/0", "o": "append", "v": " today."},
                    {"p": "/message/status", "o": "replace", "v": "finished_successfully"},
                ],
            },
            "[DONE]",
        ),
        "The sea is calm today.",
    ),
    Case(
        "patches-reasoning",
        _SSE,
        sse(
            {"p": "thinking", "v": "The user"},
            {"v": " greets me."},
            {"p": "answer", "v": "Hello"},
            {"v": ", good"},
            {"v": " morning!"},
            {"p": "state", "v": "DONE"},
        ),
        "Hello, good morning!",
        "The user greets me.",
    ),
    Case(
        "nested-json",
        _SSE,
        sse(*({"id": n, "data": json.dumps({"msg": one}, ensure_ascii=False)} for n, one in enumerate(_ZH))),
        _ZH_ALL,
    ),
    Case(
        "nested-json-cumulative",
        _LINES,
        lines(*({"payload": json.dumps({"kind": "text", "content": one})} for one in growing(*_EN))),
        _EN_ALL,
    ),
    Case(
        "two-candidates",
        _SSE,
        sse(
            *(
                {"choice": {"index": n % 2, "text": one}}
                for n, one in enumerate(("Red", "Blue", " is", " might", " warm", " be cold", ".", "."))
            ),
        ),
        "Red is warm.",
    ),
    Case(
        "arena-two-models",
        _SSE,
        sse(
            *(
                {"model_id": "ab"[n % 2], "delta": one}
                for n, one in enumerate(("Yes", "No", ", it", ", never", " works", " again", "!", "."))
            ),
        ),
        "Yes, it works!",
    ),
    Case(
        "bare-tokens",
        _SSE,
        b"".join(
            b"data: " + one.encode() + b"\n\n" for one in ("Once", " upon", " a", " time", " there", " was")
        ),
        "Once upon a time there was",
    ),
    Case("bare-tokens-done", _SSE, sse("你好", "，我是", "小助手", "。", "[DONE]"), "你好，我是小助手。"),
    Case("json-string-tokens", _SSE, sse(*(json.dumps(one) for one in _CODE), "[DONE]"), _CODE_ALL),
    Case("plain-text", _TEXT, _ZH_ALL.encode(), _ZH_ALL),
    Case(
        "plain-text-lines",
        "text/plain; charset=utf-8",
        b"First line.\n\n- a\n- b\n\nLast line.\n",
        "First line.\n\n- a\n- b\n\nLast line.\n",
    ),
    Case(
        "padding-noise",
        _SSE,
        sse(
            *(
                {"c": one, "pad": noise}
                for one, noise in zip(
                    _EN, ("aX91k", "Qz7Lm20pq", "p9", "Zk2mmW01xx", "r4N7vQ2m", "b7"), strict=True
                )
            )
        ),
        _EN_ALL,
    ),
    Case(
        "title-and-suggestions",
        _SSE,
        sse(
            {"type": "title", "content": "A question about France"},
            *({"type": "text", "content": one} for one in _EN),
            {"type": "suggestions", "content": "What is the population of Paris?"},
            {"type": "suggestions", "content": "Which river flows through Paris?"},
            {"type": "end"},
        ),
        _EN_ALL,
    ),
    Case(
        "citations-beside",
        _SSE,
        sse(
            (
                "sources",
                {
                    "docs": [
                        {
                            "title": "Paris",
                            "url": "https://example.com/a",
                            "snippet": "Paris is the capital and most populous city of France.",
                        }
                    ]
                },
            ),
            *(("token", {"t": one}) for one in _EN),
            ("usage", {"in": 4, "out": 6}),
        ),
        _EN_ALL,
    ),
    Case(
        "reasoning-first-by-event",
        _SSE,
        sse(
            *(("thinking", {"text": one}) for one in ("Let me", " see", " now.")),
            *(("answer", {"text": one}) for one in _EN),
        ),
        _EN_ALL,
        "Let me see now.",
    ),
    Case(
        "reasoning-by-flag",
        _LINES,
        lines(
            *({"chunk": one, "is_thought": True} for one in ("Hm, ", "the user ", "asks.")),
            *({"chunk": one, "is_thought": False} for one in _ZH),
        ),
        _ZH_ALL,
        "Hm, the user asks.",
    ),
    Case(
        "reasoning-by-code",
        _SSE,
        sse(
            *({"t": 1, "type": 1, "s": one} for one in ("First ", "I think ", "about it.")),
            *({"t": 2, "type": 2, "s": one} for one in _EN),
        ),
        _EN_ALL,
    ),
    Case(
        "one-record",
        _JSON,
        _dumps(
            {
                "code": 0,
                "msg": "success",
                "data": {"answer": "Paris is the capital of France.", "conversation_id": _UUID},
                "trace_id": "ab12cd34ef56",
            }
        ).encode(),
        "Paris is the capital of France.",
    ),
    Case(
        "one-record-completion",
        _JSON,
        _dumps(
            {
                "id": "cmpl-9",
                "object": "text_completion",
                "model": "own-1",
                "output": [
                    {"type": "message", "content": [{"type": "output_text", "text": "It is half past nine."}]}
                ],
                "usage": {"n": 3},
            }
        ).encode(),
        "It is half past nine.",
    ),
    Case(
        "one-record-messages",
        _JSON,
        _dumps(
            {
                "messages": [
                    {"role": "user", "content": "What time is it?"},
                    {"role": "assistant", "content": "Half past nine, I believe."},
                ]
            }
        ).encode(),
        "Half past nine, I believe.",
        sent="What time is it?",
    ),
    Case(
        "error-midway",
        _SSE,
        sse(
            {"w": "The "},
            {"w": "weather "},
            {"w": "is "},
            {"error": {"code": 500, "message": "Backend gone"}},
        ),
        "The weather is ",
    ),
    Case("error-only", _SSE, sse({"type": "error", "message": "Please sign in again."}), None),
    Case("error-code", _JSON, b'{"code":40101,"msg":"token is invalid","data":null}', None),
    Case("task", _JSON, b'{"status":"queued","task_id":"t-81723","eta":12}', None),
    Case("task-wrapped", _JSON, b'{"code":0,"data":{"jobId":"8812","state":"PENDING"},"message":"ok"}', None),
    Case(
        "login-page",
        "text/html",
        b"<!doctype html><html><head><title>Login</title></head><body>Sign in to continue</body></html>",
        None,
    ),
    Case("code-answer", _SSE, sse(*({"choices": [{"text": one}]} for one in _CODE)), _CODE_ALL),
    Case(
        "json-answer",
        _SSE,
        sse(*({"delta": one} for one in ('{"na', 'me": "', "Ada", '", "born": ', "1815}"))),
        '{"name": "Ada", "born": 1815}',
    ),
    Case(
        "number-tokens",
        _SSE,
        sse(*({"token": one} for one in ("1", ", ", "2", ", ", "3", ", ", "5"))),
        "1, 2, 3, 5",
    ),
    Case("bare-number-tokens", _SSE, sse("The", "answer", "is", "42", "7", "."), "Theansweris427."),
    Case(
        "events-with-ids",
        _SSE,
        b"".join(
            f"id: {n}\nevent: message.delta\ndata: {_dumps({'seq': n, 'delta': {'md': one}})}\n\n".encode()
            for n, one in enumerate(_ZH)
        )
        + b"event: message.completed\ndata: {}\n\n",
        _ZH_ALL,
    ),
    Case(
        "echo-first",
        _SSE,
        sse(
            {"from": "me", "text": "Where is Paris?"},
            *({"from": "bot", "text": one} for one in _EN),
        ),
        _EN_ALL,
        sent="Where is Paris?",
    ),
    Case(
        "echo-by-role",
        _LINES,
        lines(
            {"role": "user", "parts": ["春天怎么样？"]},
            *({"role": "model", "parts": [one]} for one in growing(*_ZH)),
        ),
        _ZH_ALL,
    ),
    Case(
        "tool-calls",
        _SSE,
        sse(
            {"type": "content_block", "text": "Let me check. "},
            *({"type": "tool_call_delta", "text": one} for one in ('{"city"', ': "Par', 'is"}')),
            {"type": "tool_result", "text": "sunny, 21 degrees"},
            *({"type": "content_block", "text": one} for one in ("It is ", "sunny ", "in Paris.")),
        ),
        "Let me check. It is sunny in Paris.",
    ),
    Case(
        "status-lines",
        _LINES,
        lines(
            {"step": "retrieving", "message": "Searching the knowledge base"},
            {"step": "ranking", "message": "Ranking 12 passages"},
            *({"step": "generating", "answer": one} for one in _EN),
            {"step": "complete", "message": "Done in 3.2 s"},
        ),
        _EN_ALL,
    ),
    Case(
        "two-blocks",
        _SSE,
        sse(
            *({"block_id": "b1", "md": one} for one in ("# Title\n", "First ", "part.\n")),
            *({"block_id": "b2", "md": one} for one in ("## More\n", "Second ", "part.")),
        ),
        "# Title\nFirst part.\n## More\nSecond part.",
    ),
    Case(
        "cumulative-blocks",
        _SSE,
        sse(
            *({"blockId": "x1", "text": one} for one in growing("One ", "two ", "three. ")),
            *({"blockId": "x2", "text": one} for one in growing("Four ", "five ", "six.")),
        ),
        "One two three. Four five six.",
    ),
    Case(
        "websocket-like-tuples",
        _LINES,
        lines(["start", {"id": "a"}], *(["token", {"v": one}] for one in _EN), ["end", {}]),
        _EN_ALL,
    ),
    Case(
        "parts-with-thoughts",
        _SSE,
        sse(
            {"parts": [{"text": "I weigh it. ", "thought": True}]},
            {"parts": [{"text": "So then. ", "thought": True}, {"text": "Go "}]},
            {"parts": [{"text": "by train"}]},
            {"parts": [{"text": ", not by car."}]},
        ),
        "Go by train, not by car.",
        "I weigh it. So then. ",
    ),
    Case(
        "special-tokens",
        _SSE,
        sse(
            *(
                {"token": {"id": 5 + n, "text": one, "special": False}, "generated_text": None}
                for n, one in enumerate(_EN)
            ),
            {"token": {"id": 2, "text": "</s>", "special": True}, "generated_text": _EN_ALL},
        ),
        _EN_ALL,
    ),
    Case(
        "html-in-text",
        _SSE,
        sse(*({"html": one} for one in ("<p>Hello", " <b>dear</b>", " friend", "</p>"))),
        "<p>Hello <b>dear</b> friend</p>",
    ),
    Case(
        "spaces-and-line-ends",
        _LINES,
        lines(*({"o": one} for one in ("Hi", " ", "there", "\n", "\n", "-", " ", "one"))),
        "Hi there\n\n- one",
    ),
    Case(
        "repeated-words",
        _SSE,
        sse(*({"say": one} for one in ("ha", "ha", "ha", " that", " is", " funny"))),
        "hahaha that is funny",
    ),
    Case(
        "heartbeats",
        _SSE,
        sse(
            ("heartbeat", {"time": "2026-01-02T03:04:05Z"}),
            *(("msg", {"content": one, "time": "2026-01-02T03:04:06Z"}) for one in _ZH),
            ("heartbeat", {"time": "2026-01-02T03:04:09Z"}),
        ),
        _ZH_ALL,
    ),
    Case(
        "workflow-nodes",
        _SSE,
        sse(
            {"event": "node_start", "node": "classify", "output": "weather question"},
            {"event": "node_end", "node": "classify", "output": "weather"},
            *({"event": "llm_chunk", "node": "writer", "chunk": one} for one in _EN),
            {"event": "node_end", "node": "writer", "output": _EN_ALL},
        ),
        _EN_ALL,
    ),
    Case(
        "latin-words-no-spaces",
        _SSE,
        sse(*({"reply": one} for one in ("Donau", "dampf", "schiff", "fahrt"))),
        "Donaudampfschifffahrt",
    ),
    Case(
        "translation-beside",
        _LINES,
        lines(
            {"src": "Guten Morgen", "lang": "de", "translation": "Good"},
            {"src": "Guten Morgen", "lang": "de", "translation": " morning"},
            {"src": "Guten Morgen", "lang": "de", "translation": " to you"},
        ),
        "Good morning to you",
        sent="Guten Morgen",
    ),
    Case(
        "emoji",
        _SSE,
        sse(*({"x": {"y": one}} for one in ("👋", " Hi", "! ", "🎉", "🎊"))),
        "👋 Hi! 🎉🎊",
    ),
    Case(
        "one-delta",
        _SSE,
        sse({"event": "start", "id": "a1"}, {"event": "text", "text": "Yes, of course."}, {"event": "end"}),
        "Yes, of course.",
    ),
    Case(
        "audio-beside",
        _LINES,
        lines(*({"text": one, "audio": "UklGRiQAAABXQVZF" + "Qk1" * n} for n, one in enumerate(_EN))),
        _EN_ALL,
    ),
    Case(
        "log-lines-beside",
        _SSE,
        sse(
            ("log", {"message": "loading the model weights"}),
            ("log", {"message": "model weights loaded"}),
            ("log", {"message": "starting to generate"}),
            *(("out", {"message": one}) for one in _EN),
        ),
        _EN_ALL,
    ),
    Case(
        "growing-list",
        _SSE,
        sse(*({"segments": [{"text": one} for one in _EN[: n + 1]]} for n in range(len(_EN)))),
        _EN_ALL,
    ),
    Case(
        "json-in-event-string",
        _SSE,
        sse(*(("update", json.dumps(json.dumps({"reply": one}))) for one in _EN)),
        _EN_ALL,
    ),
]
