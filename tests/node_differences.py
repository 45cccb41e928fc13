"""Where fetch2py means to differ from Node's fetch: a short list with reasons. All else is a fault.

Knows what either side sent or said. Must not know how it came to that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.node_side import Refused, Sent
from tests.servers import Received

__all__ = ["unexplained"]

TYPE_OF_TEXT = "text/plain;charset=UTF-8"

# What Node says in place of sending, what fetch2py does then (a part of its word, or SENT), and why.
SENT = "sent"
REFUSALS = (
    (
        "Request with GET/HEAD method cannot have body",
        SENT,
        "Safari writes such; the body is left out, and said so",
    ),
    (
        "Request cannot be constructed from a URL that includes credentials",
        SENT,
        "they go as Basic credentials",
    ),
    (
        "Cannot convert argument to a ByteString",
        SENT,
        "Firefox shows a field's UTF-8 decoded; its bytes go out",
    ),
)

# What no side takes from a snippet: a connection's own affairs, and what each says of itself.
OWN_FIELDS = {
    "connection",
    "host",
    "content-length",
    "sec-fetch-mode",
    *("http2-settings", "proxy-connection", "te", "trailer"),
    "referrer-policy",
}
NODES_OWN = {
    ("accept", "*/*"),
    ("accept-language", "*"),
    ("accept-encoding", "gzip, deflate"),
    ("user-agent", "node"),
}
OUR_OWN = re.compile(r"accept: \*/\*|user-agent: fetch2py/.*|accept-encoding: gzip, deflate, br, zstd")


class _Meant(NamedTuple):
    """A difference that is meant: where, when (of both recordings and the snippet), and why."""

    place: str
    holds: Callable[[Received, Received, str], bool]
    reason: str


MEANT = (
    _Meant(
        "body",
        lambda node, ours, text: ours.body == _as_bytes(node.body),
        "browsers show bytes that aren't UTF-8 as a character each; Node encodes the characters, we restore",
    ),
    _Meant(
        "content-length",
        lambda node, ours, text: node.body != ours.body and ours.get("content-length") == str(len(ours.body)),
        "the length of such a body",
    ),
    _Meant(
        "content-length",
        lambda node, ours, text: (
            node.method == "PATCH" and node.get("content-length") == "0" and not ours.body
        ),
        "the Fetch standard sends a length of 0 with POST and PUT alone",
    ),
    _Meant(
        "content-type",
        lambda node, ours, text: (
            node.get("content-type") == TYPE_OF_TEXT and bool(re.search("(?i)accept", text))
        ),
        "a browser's menu lists what was sent, Accept always among it: where it lists no type, none was sent",
    ),
)


def unexplained(node: Sent, ours: Sent, text: str, more: bool = False) -> Iterator[str]:
    """Each difference that no row is about. `more`: fetch2py may send fields that Node doesn't."""
    if isinstance(node, Refused) or isinstance(ours, Refused):
        if not _meant_refusal(node, ours):
            yield f"Node: {node}\n  fetch2py: {ours}"
        return
    for place, theirs, own in _places(node, ours, text, more):
        if theirs != own and not any(row.place == place and row.holds(node, ours, text) for row in MEANT):
            yield f"{place}\n  Node:     {theirs!r}\n  fetch2py: {own!r}"


def _meant_refusal(node: Sent, ours: Sent) -> bool:
    if not isinstance(node, Refused):
        return False
    told = str(ours) if isinstance(ours, Refused) else SENT
    return isinstance(ours, Refused) or any(what in node and how in told for what, how, _ in REFUSALS)


def _places(node: Received, ours: Received, text: str, more: bool) -> Iterator[tuple[str, object, object]]:
    yield "method", node.method, ours.method
    yield "target", node.target, ours.target
    yield "body", node.body, ours.body
    yield "content-length", node.get("content-length"), ours.get("content-length")
    theirs = {name: pair for name, pair in _fields(node).items() if (name, pair[1]) not in NODES_OWN}
    own = {name: pair for name, pair in _fields(ours).items() if not OUR_OWN.fullmatch(f"{name}: {pair[1]}")}
    # Node knows no page that it stands for. Browsers do, and send its origin, and the Referer as they cut it.
    if "origin" not in theirs:
        own.pop("origin", None)
    if re.search(r"\breferrer\b", text):
        theirs.pop("referer", None)
        own.pop("referer", None)
    for name in theirs | own:
        if name in theirs or not more:
            yield name, theirs.get(name), own.get(name)
    yield "order", [name for name in theirs if name in own], [name for name in own if name in theirs]


def _fields(sent: Received) -> dict[str, tuple[str, str]]:
    """Name and value by the name in lower case; those of one name are one field (RFC 9110 section 5.2)."""
    fields: dict[str, tuple[str, str]] = {}
    for name, value in sent.headers:
        key = name.lower()
        first, so_far = fields.get(key, (name, None))
        glue = "; " if key == "cookie" else ", "
        fields[key] = first, value if so_far is None else f"{so_far}{glue}{value}"
    return {key: pair for key, pair in fields.items() if key not in OWN_FIELDS}


def _as_bytes(body: bytes) -> bytes | None:
    try:
        return body.decode().encode("latin-1")
    except UnicodeError:
        return None
