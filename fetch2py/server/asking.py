"""What was asked: a request's body within its limits, and the message in it, however it was sent.

Knows JSON, forms and queries. Must not know what becomes of the message.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from fetch2py.multipart import parts
from fetch2py.server.failing import Unusable
from fetch2py.server.limits import Limits

__all__ = ["flag", "json_object", "message_within", "named_values"]

_MOST_FIELDS = 100
_FLAGS = {
    "1": True,
    "true": True,
    "on": True,
    "0": False,
    "false": False,
    "off": False,
}
_HOW = 'Send {"message": "…"} with content-type: application/json, or message=… as a form or in the query.'
_SMALLER = "Send less, or start the server with a higher --max-request."


async def named_values(request: Request, limits: Limits) -> dict[str, Any]:
    """The values of the query and of the body, the body's in front. Unusable for one that can't be read."""
    values: dict[str, Any] = dict(_pairs(request.scope["query_string"]))
    body = await _body(request, limits)
    if not body:
        return values
    media_type = request.headers.get("content-type", "")
    match media_type.partition(";")[0].strip().lower():
        case "application/json":
            values.update(_object(body))
        case "application/x-www-form-urlencoded":
            values.update(_pairs(body))
        case "multipart/form-data":
            values.update(_fields(body, media_type))
        case _:
            # A page of any site can send text/plain without asking first.
            raise Unusable(
                "The body is neither JSON nor a form.",
                http_status=415,
                hint='Send content-type: application/json and {"message": "…"}.',
            )
    return values


async def json_object(request: Request, limits: Limits) -> dict[str, Any]:
    """The JSON object in the body."""
    body = await _body(request, limits)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Unusable("The body is no JSON.", http_status=415, hint="Send content-type: application/json.")
    return _object(body)


def message_within(message: object, limits: Limits) -> str:
    """The message, if it is a text that isn't empty or too long."""
    if not isinstance(message, str) or not message:
        raise Unusable("There is no message.", hint=_HOW)
    if len(message) > limits.message_characters:
        raise Unusable(
            f"The message is longer than {limits.message_characters} characters.",
            http_status=413,
            hint="Send less, or start the server with a higher --max-message.",
        )
    return message


def flag(values: Mapping[str, Any], name: str, default: bool) -> bool:
    """A value as yes or no: 1 or 0, true or false. Unusable for any other."""
    value = values.get(name)
    if value is None or isinstance(value, bool):
        return default if value is None else value
    known = _FLAGS.get(str(value).lower())
    if known is None:
        raise Unusable(f"{name} is 1 or 0.")
    return known


async def _body(request: Request, limits: Limits) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limits.request_bytes:
        raise _too_large(limits)
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(limits.body_seconds):
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    # Nobody reads this.
                    raise Unusable("The client has left.")
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > limits.request_bytes:
                    raise _too_large(limits)
    except TimeoutError:
        raise Unusable(
            f"The body wasn't in within {limits.body_seconds:g} seconds.", http_status=408, hint="Try again."
        ) from None
    return bytes(body)


def _too_large(limits: Limits) -> Unusable:
    return Unusable(
        f"The request is larger than {limits.request_bytes} bytes.", http_status=413, hint=_SMALLER
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise Unusable("The body is no JSON that can be read.") from exc
    if not isinstance(value, dict):
        raise Unusable("The body's JSON is no object.")
    return value


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as exc:
        raise Unusable("The form can't be read: it is no UTF-8, or has too many fields.") from exc


def _fields(body: bytes, media_type: str) -> dict[str, str]:
    try:
        return {
            part.name: body[part.start : part.end].decode()
            for part in parts(body, media_type)[:_MOST_FIELDS]
            if part.filename is None
        }
    except ValueError as exc:
        raise Unusable("The form can't be read: it is no UTF-8.") from exc
