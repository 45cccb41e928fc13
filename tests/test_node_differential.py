"""The same snippet, sent by Node's own fetch and by fetch2py, is the same request on the wire."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fixture_files import snippets
from tests.node_differences import unexplained
from tests.node_side import Bench, Sent, bench
from tests.servers import Received

# Where the corpus was recorded. A URL's userinfo stays.
RECORDED = re.compile(
    r"https?://((?:[\w-]+:[\w-]+@)?)(?:127\.0\.0\.1|(?:[\w-]+\.)?localhost)(?::[0-9]+)?(?![\w.:@-])"
)


@pytest.fixture(scope="module")
def both() -> Iterator[Bench]:
    """Node, fetch2py, and the recorder between them."""
    with bench() as sides:
        yield sides


def compare(both: Bench, text: str, more: bool = False) -> list[tuple[Sent, Sent]]:
    """What both sent. Fails with the snippet and both recordings where they differ and it isn't meant."""
    node, ours = both.by_node(text), both.by_fetch2py(text)
    faults = [] if len(node) == len(ours) else ["the number of requests"]
    for theirs, own in zip(node, ours, strict=False):
        faults += unexplained(theirs, own, text, more)
    listed = "\n".join(faults)
    assert not faults, f"{text}\n\n{listed}\n\nNode:     {node}\nfetch2py: {ours}"
    return list(zip(node, ours, strict=True))


@pytest.mark.parametrize("row", snippets(), ids=lambda row: row["name"])
def test_the_corpus(both: Bench, row: Any) -> None:
    text = RECORDED.sub(lambda match: both.origin.replace("//", f"//{match[1]}"), row["snippet"])
    # Edit-and-resend keeps the fields that scripts may not set in comments, and fetch2py gives them back.
    sent = compare(both, text, more=row["file"] == "chromium-156-resend")
    bodies = [
        (node.body, ours.body)
        for node, ours in sent
        if isinstance(node, Received) and isinstance(ours, Received)
    ]
    # Node sends the characters that a browser showed in place of bytes: there, and only there, we differ.
    assert any(theirs != own for theirs, own in bodies) == (row["body_bytes"] == "latin-1")
