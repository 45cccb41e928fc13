"""Where fetch2py means to differ from Node's fetch: a short list with reasons. All else is a fault.

Knows what either side sent or said. Must not know how a snippet came to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.node_side import Bench, Refused, Sent
from tests.servers import Received

__all__ = ["compare", "unexplained"]

TYPE_OF_TEXT = "text/plain;charset=UTF-8"

# What Node says where fetch2py sends, and why it does.
REFUSALS = (
    (
        "Request with GET/HEAD method cannot have body",
        "Safari writes such; the body is left out, and said so",
    ),
    ("cannot be constructed from a URL that includes credentials", "they go as Basic credentials"),
    (
        "Cannot convert argument to a ByteString",
        "a field's UTF-8 is shown decoded at times; its bytes go out",
    ),
    ("fetch failed: invalid transfer-encoding header", "the connection's own fields are made anew"),
    ("Request body length does not match content-length header", "so is the length"),
    ("fetch failed: expect header not supported", "the standard has nothing against it"),
    ("fetch failed: invalid x-a header", "nor against controls in a value, less NUL, CR and LF"),
    (
        '":authority" is an invalid header name',
        "HTTP/2's pseudo-fields are shown among the others; they are dropped",
    ),
    (
        "invalid request mode navigate",
        "a mode, cache or referrer is the page's affair, and nothing on the wire",
    ),
    ("is not an accepted type", "as a mode"),
    ("is not a valid URL", "as a mode"),
    ("'only-if-cached' can be set only with", "as a mode"),
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
    """A difference that is meant: where, when (of both recordings), and why."""

    place: str
    holds: Callable[[Received, Received], bool]
    reason: str


MEANT: tuple[_Meant, ...] = (
    _Meant(
        "body",
        lambda node, ours: ours.body == _as_bytes(node.body),
        "browsers show bytes that aren't UTF-8 as a character each; Node encodes the characters, we restore",
    ),
    _Meant(
        "target",
        lambda node, ours: ours.target == f"{node.target}?",
        "a query that is empty is still one (URL standard, URL serializing); Node drops its mark",
    ),
    _Meant(
        "content-length",
        lambda node, ours: node.body != ours.body and ours.get("content-length") == str(len(ours.body)),
        "the length of such a body",
    ),
    _Meant(
        "content-length",
        lambda node, ours: node.body == ours.body == b"" and node.method not in ("POST", "PUT"),
        "the Fetch standard sends a length of 0 with an empty body, and with none for POST and PUT alone",
    ),
    _Meant(
        "content-type",
        lambda node, ours: node.get("content-type") == TYPE_OF_TEXT and _names_accept(node),
        "a browser's menu lists what was sent, Accept always among it: where it lists no type, none was sent",
    ),
    _Meant(
        "accept-encoding",
        lambda node, ours: bool(ours.get("accept-encoding")),
        "only codings that are decoded are asked for",
    ),
    _Meant(
        "order",
        lambda node, ours: any(name.isdigit() for name, _ in node.headers),
        "Node keeps fields as an object's members, where numbers come first; the standard has a list",
    ),
)


def compare(both: Bench, text: str, more: bool = False) -> list[tuple[Sent, Sent]]:
    """What both sent. Fails with the snippet and both recordings where they differ and it isn't meant."""
    node, ours = both.by_node(text), both.by_fetch2py(text)
    faults = [] if len(node) == len(ours) else ["the number of requests"]
    for theirs, own in zip(node, ours, strict=False):
        faults += unexplained(theirs, own, text, more)
    listed = "\n".join(faults)
    assert not faults, f"{text}\n\n{listed}\n\nNode:     {node}\nfetch2py: {ours}"
    return list(zip(node, ours, strict=True))


def unexplained(node: Sent, ours: Sent, text: str, more: bool = False) -> Iterator[str]:
    """Each difference that no row is about. `more`: fetch2py may send fields that Node doesn't."""
    if isinstance(node, Refused) or isinstance(ours, Refused):
        if not _meant_refusal(node, ours):
            yield f"Node: {node}\n  fetch2py: {ours}"
        return
    for place, theirs, own in _places(node, ours, text, more):
        if theirs != own and not any(row.place == place and row.holds(node, ours) for row in MEANT):
            yield f"{place}\n  Node:     {theirs!r}\n  fetch2py: {own!r}"


def _meant_refusal(node: Sent, ours: Sent) -> bool:
    return isinstance(node, Refused) and (
        isinstance(ours, Refused) or any(what in node for what, _ in REFUSALS)
    )


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
    if "Headers" in text:
        # Such an object gives its fields in lower case and sorted: newer Node the one, older ones the other.
        theirs, own = ({name: (name, sent[name][1]) for name in sorted(sent)} for sent in (theirs, own))
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
    return {key: (name, value.strip(" ")) for key, (name, value) in fields.items() if key not in OWN_FIELDS}


def _names_accept(node: Received) -> bool:
    """Whether the snippet does so: else Node sends its own Accept behind the type that it adds."""
    names = [name.lower() for name, _ in node.headers]
    return names.index("accept") < names.index("content-type")


def _as_bytes(body: bytes) -> bytes | None:
    try:
        return body.decode().encode("latin-1")
    except UnicodeError:
        return None
