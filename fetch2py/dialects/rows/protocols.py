"""Protocols that carry any service's answers: GraphQL and JSON-RPC."""

from __future__ import annotations

from typing import Any

__all__ = ["GRAPHQL", "JSONRPC"]

_PRESENT = {"exists": True}
_ABSENT = {"exists": False}

_FIELDS = ("answer", "text", "content", "delta", "token")
"""What a schema calls a text, where it is one of the usual names; any other has rules of its own."""

# GraphQL over SSE, and incremental delivery over multipart. What follows the first payload there adds to it,
# which a subscription doesn't promise: only the former is known by its records.
GRAPHQL: dict[str, Any] = {
    "framing": "auto",
    "rules": [
        *({"to": "text", "get": f"/data/{field}"} for field in _FIELDS),
        *({"to": "text", "get": f"/incremental/*/data/{field}"} for field in _FIELDS),
        {"to": "error", "get": "/errors/0/message"},
        {"to": "error", "get": "/incremental/*/errors/0/message"},
        {"to": "end", "on": {"/hasNext": False}},
        {"to": "end", "on": {"@event": "complete"}},
        # An answer that isn't streamed is one record.
        {"to": "end", "on": {"@event": None, "/data": _PRESENT, "/hasNext": _ABSENT}},
    ],
    "signs": {
        "framings": ["sse", "multipart"],
        "paths": ["/graphql", "/graphql/stream"],
        "records": [
            *({"/hasNext": [True, False], f"/data/{field}": _PRESENT} for field in _FIELDS),
            {"/errors/0/message": _PRESENT, "/errors/0/locations": _PRESENT},
            {"/errors/0/message": _PRESENT, "/errors/0/extensions": _PRESENT},
        ],
    },
}

_CALLED = {"/jsonrpc": "2.0"}

# JSON-RPC 2.0, and the Model Context Protocol's streamable HTTP. Requests and notifications can come before
# the response.
JSONRPC: dict[str, Any] = {
    "framing": "auto",
    "rules": [
        {"to": "text", "on": {**_CALLED, "/result/isError": {"not": True}}, "get": "/result/content/*/text"},
        {"to": "text", "on": _CALLED, "get": "/result"},
        {"to": "error", "on": {**_CALLED, "/result/isError": True}, "get": "/result/content/*/text"},
        {"to": "error", "on": {**_CALLED, "/result/isError": True}, "get": "/result"},
        {"to": "error", "on": _CALLED, "get": "/error/message"},
        {"to": "error", "on": _CALLED, "get": "/error"},
        {"to": "end", "on": {**_CALLED, "/id": _PRESENT, "/result": _PRESENT}},
    ],
    "signs": {
        "framings": ["sse"],
        "records": [
            {**_CALLED, "/result/content/0/type": _PRESENT},
            {**_CALLED, "/result": {"prefix": ""}},
            {**_CALLED, "/error/code": _PRESENT, "/error/message": _PRESENT},
            {**_CALLED, "/method": {"prefix": "notifications/"}},
        ],
    },
}
