"""One snippet, sent twice to the same recorder: by Node's own fetch, and by fetch2py.

Holds the Node process, the recorder and the comparison, with every difference that is meant, and why.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fetch2py import Profile, parse
from fetch2py.errors import Fetch2pyError, SnippetError
from fetch2py.wire import stream
from tests.servers import Connection, Received, Server, serve

__all__ = ["Bench", "Refused", "Sent", "bench"]

SCRIPT = Path(__file__).with_name("node_fetch.mjs")


class Refused(str):
    """What a side said instead of sending."""


Sent = Received | Refused


@dataclass(frozen=True)
class Bench:
    """Both sides and the recorder between them."""

    node: subprocess.Popen[bytes]
    recorder: Server

    @property
    def origin(self) -> str:
        return self.recorder.url

    def asked(self, question: Any) -> Any:
        """Node's answer to one line."""
        assert self.node.stdin is not None
        assert self.node.stdout is not None
        self.node.stdin.write(json.dumps(question).encode("ascii") + b"\n")
        self.node.stdin.flush()
        return json.loads(self.node.stdout.readline() or "null")

    def by_node(self, text: str) -> list[Sent]:
        """What Node sent or said for each call of fetch(); one Refused for a text that it can't run."""
        self.recorder.requests.clear()
        answer = self.asked(text)
        assert answer is not None, f"Node died of\n{text}"
        arrived = iter(self.recorder.requests)
        outcome: list[Sent] = [Refused(fault) if fault else next(arrived) for fault in answer["flights"]]
        assert next(arrived, None) is None, "Node sent more than it was told to"
        return outcome or [Refused(answer["thrown"])]

    def by_fetch2py(self, text: str) -> list[Sent]:
        """The same of fetch2py, along the way that a person's paste takes."""
        try:
            number = len(parse(text))
        except SnippetError as error:
            return [Refused(f"{type(error).__name__}: {error.message}")]
        return [self._replayed(text, pick) for pick in range(1, number + 1)]

    def _replayed(self, text: str, pick: int) -> Sent:
        self.recorder.requests.clear()
        try:
            with stream(Profile.from_snippet(text, pick=pick).fill(None)) as response:
                b"".join(response.chunks)
        except Fetch2pyError as error:
            return Refused(f"{type(error).__name__}: {error.message}")
        return self.recorder.request


def _record(connection: Connection) -> None:
    # Node finds some faults only when it is connected, and leaves.
    with suppress(ConnectionError):
        connection.receive_request()
        connection.reply(headers=(("connection", "close"),))


@contextmanager
def bench() -> Iterator[Bench]:
    """A Node process and a recorder, for the tests that share them. Skips where there is no Node."""
    program = shutil.which("node")
    if program is None:
        reason = "node missing: apt-get install nodejs"
        if os.environ.get("FETCH2PY_TEST_EVERYTHING"):
            pytest.fail(reason)
        pytest.skip(reason)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
    command = [program, "--no-warnings", str(SCRIPT)]
    with (
        serve(_record) as recorder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as node,
    ):
        yield Bench(node, recorder)
