"""More answers in the shapes of other APIs and of companies' own endpoints, labelled by hand.

Written when the learner was done with those of `learning_cases`, and before it was run on these.
"""

from __future__ import annotations

import json

from tests.learning_cases import Case, growing, lines, sse

__all__ = ["LATER"]

S, L, J, T = "text/event-stream", "application/x-ndjson", "application/json", "text/plain"
Z = ("我们", "先看", "问题：", "一加一", "等于", "二。")
ZA = "".join(Z)
E = ("Sure", "! ", "Here", "'s ", "a short", " poem", ":\n\n", "Roses ", "are red")
EA = "".join(E)


def spell(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _dashscope(number: int, text: str) -> object:
    choice = {"message": {"content": text, "role": "assistant"}, "finish_reason": "null"}
    return {"output": {"choices": [choice]}, "usage": {"total_tokens": number}, "request_id": "0f3c"}


LATER = [
    Case(
        "bedrock-like",
        S,
        sse(
            {"messageStart": {"role": "assistant"}},
            *({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": x}}} for x in E),
            {"contentBlockStop": {"contentBlockIndex": 0}},
            {"messageStop": {"stopReason": "end_turn"}},
            {"metadata": {"usage": {"inputTokens": 4}, "metrics": {"latencyMs": 551}}},
        ),
        EA,
    ),
    Case(
        "watson-like",
        S,
        sse(
            *(
                {
                    "model_id": "own/13b",
                    "results": [
                        {
                            "generated_text": x,
                            "generated_token_count": n,
                            "input_token_count": 3,
                            "stop_reason": "not_finished",
                        }
                    ],
                }
                for n, x in enumerate(E)
            )
        ),
        EA,
    ),
    Case(
        "replicate",
        S,
        b"".join(
            b"event: output\nid: %d\ndata: %s\n\n" % (n, x.encode())
            for n, x in enumerate(("Roses", " are", " red", ", violets", " are", " blue"))
        )
        + b"event: done\ndata: {}\n\n",
        "Roses are red, violets are blue",
    ),
    Case(
        "poe-like",
        S,
        sse(
            ("meta", {"content_type": "text/markdown"}),
            *(("text", {"text": x}) for x in E),
            ("suggested_reply", {"text": "Tell me more"}),
            ("suggested_reply", {"text": "Write another poem"}),
            ("done", {}),
        ),
        EA,
    ),
    Case(
        "poe-replace",
        S,
        sse(
            ("text", {"text": "Thinking..."}),
            *(("replace_response", {"text": x}) for x in growing(*E)),
            ("done", {}),
        ),
        EA,
    ),
    Case(
        "coze-like",
        S,
        sse(
            ("conversation.chat.created", {"id": "738", "conversation_id": "737", "bot_id": "73"}),
            *(
                (
                    "conversation.message.delta",
                    {"id": "m1", "role": "assistant", "type": "answer", "content": x, "content_type": "text"},
                )
                for x in Z
            ),
            (
                "conversation.message.completed",
                {"id": "m1", "role": "assistant", "type": "answer", "content": ZA, "content_type": "text"},
            ),
            (
                "conversation.message.completed",
                {
                    "id": "m2",
                    "role": "assistant",
                    "type": "verbose",
                    "content": '{"msg_type":"generate_answer_finish"}',
                    "content_type": "text",
                },
            ),
            (
                "conversation.message.completed",
                {
                    "id": "m3",
                    "role": "assistant",
                    "type": "follow_up",
                    "content": "为什么等于二？",
                    "content_type": "text",
                },
            ),
            ("conversation.chat.completed", {"id": "738"}),
            ("done", "[DONE]"),
        ),
        ZA,
    ),
    Case(
        "ernie-like",
        S,
        sse(
            *(
                {
                    "id": "as-1",
                    "object": "chat.completion",
                    "sentence_id": n,
                    "is_end": n == 5,
                    "is_truncated": False,
                    "result": x,
                    "need_clear_history": False,
                }
                for n, x in enumerate(Z)
            )
        ),
        ZA,
    ),
    Case(
        "qwen-dashscope-cumulative",
        S,
        b"".join(
            f"id:{n}\nevent:result\n:HTTP_STATUS/200\ndata:{spell(_dashscope(n, x))}\n\n".encode()
            for n, x in enumerate(growing(*Z))
        ),
        ZA,
    ),
    Case(
        "spark-like",
        S,
        sse(
            *(
                {
                    "header": {"code": 0, "message": "Success", "sid": "cht000", "status": 1},
                    "payload": {
                        "choices": {
                            "status": 1,
                            "seq": n,
                            "text": [{"content": x, "role": "assistant", "index": 0}],
                        }
                    },
                }
                for n, x in enumerate(Z)
            )
        ),
        ZA,
    ),
    Case(
        "minimax-like",
        S,
        sse(
            *(
                {
                    "choices": [
                        {"index": 0, "messages": [{"sender_type": "BOT", "sender_name": "A", "text": x}]}
                    ],
                    "request_id": "r1",
                }
                for x in E
            ),
            {
                "choices": [
                    {
                        "finish_reason": "stop",
                        "index": 0,
                        "messages": [{"sender_type": "BOT", "sender_name": "A", "text": EA}],
                    }
                ],
                "reply": EA,
                "usage": {"total_tokens": 9},
            },
        ),
        EA,
    ),
    Case(
        "perplexity-like",
        S,
        sse(
            *(
                (
                    "message",
                    {
                        "status": "PENDING",
                        "text": json.dumps(
                            {
                                "answer": x,
                                "web_results": [
                                    {
                                        "name": "Poems",
                                        "url": "https://example.com",
                                        "snippet": "A long snippet about poems, roses and violets.",
                                    }
                                ],
                            }
                        ),
                        "backend_uuid": "7d1c",
                    },
                )
                for x in growing(*E)
            )
        ),
        EA,
    ),
    Case(
        "you-like",
        S,
        sse(
            ("youChatSearchResults", {"search": {"t": 1}}),
            *(("youChatToken", {"youChatToken": x}) for x in E),
            ("done", "Bye for now, dear user"),
        ),
        EA,
    ),
    Case(
        "phind-like",
        S,
        b"".join(f"data: {x}\n\n".encode() for x in ("Use", " a", " list", " comprehension", "."))
        + b'data: <PHIND_METADATA>{"a":1}</PHIND_METADATA>\n\n',
        "Use a list comprehension.",
    ),
    Case(
        "bing-like",
        L,
        lines(
            {
                "type": 1,
                "target": "update",
                "arguments": [
                    {
                        "messages": [
                            {
                                "text": "Searching for: poems",
                                "author": "bot",
                                "messageType": "InternalSearchQuery",
                            }
                        ]
                    }
                ],
            },
            *(
                {"type": 1, "target": "update", "arguments": [{"messages": [{"text": x, "author": "bot"}]}]}
                for x in growing(*E)
            ),
            {
                "type": 2,
                "item": {
                    "messages": [{"text": "write a poem", "author": "user"}, {"text": EA, "author": "bot"}]
                },
            },
            {"type": 3},
        ),
        EA,
        sent="write a poem",
    ),
    Case(
        "mistral-agents",
        S,
        sse(
            (
                "conversation.response.started",
                {"type": "conversation.response.started", "conversation_id": "c1"},
            ),
            *(
                (
                    "message.output.delta",
                    {
                        "type": "message.output.delta",
                        "output_index": 0,
                        "content_index": 0,
                        "role": "assistant",
                        "content": x,
                    },
                )
                for x in E
            ),
            (
                "conversation.response.done",
                {"type": "conversation.response.done", "usage": {"total_tokens": 3}},
            ),
        ),
        EA,
    ),
    Case(
        "assistant-api",
        S,
        sse(
            (
                "thread.run.created",
                {
                    "id": "run_1",
                    "object": "thread.run",
                    "instructions": "You are a poet who writes short poems.",
                },
            ),
            (
                "thread.message.created",
                {"id": "msg_1", "object": "thread.message", "role": "assistant", "content": []},
            ),
            *(
                (
                    "thread.message.delta",
                    {
                        "id": "msg_1",
                        "object": "thread.message.delta",
                        "delta": {
                            "content": [{"index": 0, "type": "text", "text": {"value": x, "annotations": []}}]
                        },
                    },
                )
                for x in E
            ),
            (
                "thread.message.completed",
                {
                    "id": "msg_1",
                    "object": "thread.message",
                    "content": [{"type": "text", "text": {"value": EA, "annotations": []}}],
                },
            ),
            ("done", "[DONE]"),
        ),
        EA,
    ),
    Case(
        "rasa",
        J,
        spell([{"recipient_id": "u1", "text": "Hello, how can I help you?"}]).encode(),
        "Hello, how can I help you?",
    ),
    Case(
        "rasa-two",
        J,
        spell(
            [{"recipient_id": "u1", "text": "Hello!"}, {"recipient_id": "u1", "text": " How can I help?"}]
        ).encode(),
        "Hello! How can I help?",
    ),
    Case(
        "dialogflow",
        J,
        spell(
            {
                "responseId": "8f1c-22",
                "queryResult": {
                    "queryText": "what time is it",
                    "fulfillmentText": "It is half past nine in the morning.",
                    "intent": {"name": "projects/x/agent/intents/1", "displayName": "time.now"},
                    "languageCode": "en",
                },
            }
        ).encode(),
        "It is half past nine in the morning.",
        sent="what time is it",
    ),
    Case(
        "jsonrpc-one",
        J,
        spell(
            {
                "jsonrpc": "2.0",
                "id": 1,
                "result": {
                    "content": [{"type": "text", "text": "Three files were found."}],
                    "isError": False,
                },
            }
        ).encode(),
        "Three files were found.",
    ),
    Case(
        "company-envelope",
        S,
        sse(
            *(
                {
                    "success": True,
                    "errCode": None,
                    "errMsg": None,
                    "traceId": "0a1b2c3d4e",
                    "data": {"sessionId": "s-77", "status": "RUNNING", "content": x},
                }
                for x in Z
            ),
            {
                "success": True,
                "errCode": None,
                "errMsg": None,
                "traceId": "0a1b2c3d4e",
                "data": {"sessionId": "s-77", "status": "FINISHED", "content": ""},
            },
        ),
        ZA,
    ),
    Case(
        "company-cum-think",
        S,
        sse(
            *({"reasoningContent": x, "content": ""} for x in growing("想", "想一", "想一想。")),
            *({"reasoningContent": "想一想。", "content": x} for x in growing(*Z)),
        ),
        ZA,
        "想一想。",
    ),
    Case(
        "think-both-fields",
        S,
        sse(
            *({"t": "r", "r": x, "a": ""} for x in ("Well", " then", ". ")),
            *({"t": "a", "r": "", "a": x} for x in E),
        ),
        EA,
    ),
    Case(
        "markdown-table",
        S,
        sse(*({"o": x} for x in ("| a | b |\n", "|---|---|\n", "| 1 | 2 |\n", "| 3 | 4 |"))),
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
    ),
    Case(
        "progress-percent",
        S,
        sse(
            *(
                {"progress": n * 20, "status": "generating", "partial": x}
                for n, x in enumerate(growing("A ", "cat ", "sat ", "down."))
            ),
            {"progress": 100, "status": "done", "partial": "A cat sat down."},
        ),
        "A cat sat down.",
    ),
    Case(
        "agent-log-before",
        S,
        sse(
            {"agent": "planner", "say": "I will look up the weather."},
            {"agent": "searcher", "say": "Found 3 pages."},
            *({"agent": "writer", "say": x, "final": True} for x in E),
        ),
        EA,
    ),
    Case(
        "speech-visemes",
        L,
        lines(
            *(
                {"w": x, "viseme": v, "ms": n * 80}
                for n, (x, v) in enumerate(
                    zip(E, ("aa", "E", "I", "O", "U", "aa", "E", "PP", "SS"), strict=True)
                )
            )
        ),
        EA,
    ),
    Case(
        "typing-names",
        S,
        sse(
            {"user": "bot-77", "typing": True},
            *({"user": "bot-77", "line": x} for x in E),
            {"user": "bot-77", "typing": False},
        ),
        EA,
    ),
    Case(
        "html-entities",
        S,
        sse(*({"c": x} for x in ("x &lt; ", "y &amp;&amp; ", "z"))),
        "x &lt; y &amp;&amp; z",
    ),
    Case(
        "single-char", S, sse(*({"ch": x} for x in "Hello, world. It is late!")), "Hello, world. It is late!"
    ),
    Case(
        "bold-pieces-ids-uuid",
        S,
        b"".join(
            f"id: 5f3e{n:04x}\ndata: {spell({'uuid': f'5f3e{n:04x}-aaaa', 'piece': x})}\n\n".encode()
            for n, x in enumerate(E)
        ),
        EA,
    ),
    Case(
        "two-languages",
        S,
        sse(
            *(
                {"zh": a, "en": b}
                for a, b in zip(Z, ("First ", "look ", "at: ", "one and one ", "make ", "two."), strict=True)
            )
        ),
        None,
    ),
    Case(
        "sum-then-details",
        S,
        sse(
            {"section": "summary", "text": "In short: "},
            {"section": "summary", "text": "two. "},
            {"section": "details", "text": "One and one "},
            {"section": "details", "text": "make two."},
        ),
        "In short: two. One and one make two.",
    ),
    Case("retry-restart", S, sse({"t": "Hel"}, {"t": "lo wor"}, {"t": "ld, again."}), "Hello world, again."),
    Case(
        "nulls-between",
        S,
        sse(
            *(y for x in E for y in ({"txt": x}, {"txt": None})),
        ),
        EA,
    ),
    Case(
        "chunk-arrays",
        S,
        sse(
            *(
                {"chunks": [a, b]}
                for a, b in (
                    ("One ", "two "),
                    ("three ", "four "),
                    ("five", "."),
                )
            )
        ),
        "One two three four five.",
    ),
    Case("streamlit-like-positional", L, lines(*([n, "tok", x] for n, x in enumerate(E))), EA),
    Case(
        "python-dict-noise",
        S,
        b"".join(b"data: " + x.encode() + b"\n\n" for x in ("ping", "ping"))
        + sse(*({"content": x} for x in E)),
        EA,
    ),
    Case(
        "tool-json-long",
        S,
        sse(
            *(
                {"type": "args", "v": x}
                for x in (
                    '{"query": "a very long search phrase about roses and their colours in the garden",',
                    '"limit": 10,',
                    ' "sort": "date"}',
                )
            ),
            *({"type": "answer", "v": x} for x in ("Red", ", mostly", ".")),
        ),
        "Red, mostly.",
    ),
    Case(
        "email-draft",
        J,
        spell(
            {
                "ok": True,
                "subject": "Meeting on Monday",
                "draft": "Dear all,\n\nlet us meet on Monday at ten.\n\nBest, Ann",
            }
        ).encode(),
        "Dear all,\n\nlet us meet on Monday at ten.\n\nBest, Ann",
    ),
    Case(
        "echo-inside",
        J,
        spell({"question": "How many planets are there in our solar system?", "answer": "Eight."}).encode(),
        "Eight.",
        sent="How many planets are there in our solar system?",
    ),
    Case(
        "echo-inside-unsent",
        J,
        spell({"question": "How many planets are there in our solar system?", "answer": "Eight."}).encode(),
        "Eight.",
    ),
    Case("xml-text", T, b"<answer>Eight planets.</answer>", "<answer>Eight planets.</answer>"),
    Case(
        "numbers-cumlike",
        S,
        sse(*({"tok": x} for x in ("1", "12", "123", " is a sequence"))),
        "112123 is a sequence",
    ),
]
