"""The fixtures of “Copy as cURL” and of HAR files, as the tests read them, and how a wire is compared."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable
from functools import cache
from typing import Any

from fetch2py.request import Request
from fetch2py.wire.outgoing import locate
from tests.fixture_files import FIXTURES

__all__ = ["curl_rows", "fields", "har_text", "har_wires", "told", "went"]

# What a connection makes anew, and what it offers of codings.
CONNECTION = {"accept-encoding", "connection", "content-length", "host"}


@cache
def curl_rows(kind: str) -> list[Any]:
    """The cases of one menu entry: bash, cmd or copy-all."""
    return list(json.loads((FIXTURES / "curl" / f"chromium-156-{kind}.json").read_text(encoding="utf-8")))


@cache
def har_text(kind: str = "chromium-156") -> str:
    """A HAR file's text."""
    return (FIXTURES / "har" / f"{kind}.har").read_text(encoding="utf-8")


@cache
def har_wires() -> list[Any]:
    """What reached the server for each entry of the HAR, in its order."""
    return list(json.loads((FIXTURES / "har" / "chromium-156-wire.json").read_text(encoding="utf-8")))


def fields(pairs: Iterable[Any]) -> dict[str, str]:
    """Header fields by lower-case name, less the connection's; HTTP/2's cookie crumbs are joined."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        if key not in CONNECTION and not key.startswith(":"):
            found[key] = f"{found[key]}; {value}" if key in found else value
    return found


def told(request: Request) -> dict[str, Any]:
    """What a request says of the wire."""
    return {
        "method": request.method,
        "target": locate(request.url).target.decode("ascii"),
        "headers": fields(request.headers),
        "body": request.body or b"",
    }


def went(wire: Any) -> dict[str, Any]:
    """What reached the server."""
    return {
        "method": wire["method"],
        "target": wire["target"],
        "headers": fields(wire["headers"]),
        "body": b64decode(wire["body_base64"]),
    }
