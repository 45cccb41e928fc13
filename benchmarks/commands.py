"""Whole commands, as processes: the start, and a replay of five events."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import HEADERS, TOOL, answering, elsewhere, environment, snippet
from benchmarks.timing import Measured, against

__all__ = ["rows"]

ROUNDS = 20
TARGET = "/api/chat/c/completion/stream"
MESSAGE = "hello"
EVENTS = [
    *(
        f'data: {{"event":"cmpl","idx_s":0,"idx_z":0,"text":"{text}","view":"cmpl"}}\n\n'.encode()
        for text in ("你好", "！", "I am", " Kimi.")
    ),
    b'data: {"event":"all_done"}\n\n',
]

SHORTEST = """
import httpx, json, sys
request = json.load(open(sys.argv[1]))
with httpx.stream(**request) as response:
    for line in response.iter_lines():
        if line.startswith("data: {"):
            record = json.loads(line[6:])
            if record["event"] == "cmpl":
                print(record["text"], end="", flush=True)
"""


class Commands:
    """Runs commands with a home of their own."""

    def __init__(self, folder: Path) -> None:
        self._environment = environment(folder)

    def run(self, *command: str) -> bytes:
        """What the command printed. Raises where it failed."""
        return subprocess.run(command, env=self._environment, check=True, capture_output=True).stdout

    def tool(self, *arguments: str) -> bytes:
        return self.run(*TOOL, *arguments)


def rows() -> Iterator[Measured]:
    """`--help`, `list`, and a whole replay."""
    with elsewhere() as folder, answering(EVENTS) as origin:
        commands = Commands(folder)
        _import(commands, folder, origin)

        def click_alone() -> None:
            commands.run(sys.executable, "-c", "import click")

        yield against(
            "--help, over import click", click_alone, lambda: commands.tool("--help"), rounds=ROUNDS
        )
        yield against("list, over import click", click_alone, lambda: commands.tool("list"), rounds=ROUNDS)
        yield _replayed(commands, folder, origin)


def _import(commands: Commands, folder: Path, origin: str) -> None:
    file = folder / "snippet.txt"
    file.write_text(
        snippet(origin + TARGET, '{"messages":[{"role":"user","content":"hi"}]}'), encoding="utf-8"
    )
    commands.tool("import", str(file), "-n", "kimi")


def _replayed(commands: Commands, folder: Path, origin: str) -> Measured:
    """The tool and the script send the same request, but for httpx's own fields, and print the same."""
    request = {
        "method": "POST",
        "url": origin + TARGET,
        "headers": {**HEADERS, "origin": origin, "referer": origin + TARGET},
        "json": {"messages": [{"role": "user", "content": MESSAGE}]},
    }
    file = folder / "request.json"
    file.write_text(json.dumps(request), encoding="utf-8")
    script = (sys.executable, "-c", SHORTEST, str(file))
    replay = ("replay", "kimi", "-m", MESSAGE)
    if commands.run(*script) != commands.tool(*replay):
        raise RuntimeError("The tool and the script print different answers.")
    return against(
        "replay of 5 events, over the shortest httpx script",
        lambda: commands.run(*script),
        lambda: commands.tool(*replay),
        rounds=ROUNDS,
        goal=1.1,
    )
