"""The shortest relay on Starlette and httpx. Run by uvicorn; UPSTREAM is in the environment."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

__all__ = ["app"]

_client = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None))


async def _relay(request: Request) -> StreamingResponse:
    message = (await request.json())["message"]

    async def tokens() -> AsyncIterator[str]:
        body = {"messages": [{"role": "user", "content": message}]}
        async with _client.stream("POST", os.environ["UPSTREAM"], json=body) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    record = json.loads(line[6:])
                    text = (
                        record["choices"][0]["delta"]["content"]
                        if "choices" in record
                        else record.get("text")
                    )
                    if text:
                        yield f"data:{text}\n\n"

    return StreamingResponse(tokens(), media_type="text/event-stream")


app = Starlette(routes=[Route("/", _relay, methods=["POST"])])
