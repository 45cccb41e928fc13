"""Whole commands, as processes: the start, a replay of five events, the import of a megabyte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import Measured, against
from fetch2py.standin import running

SHORTEST = """
import httpx, json, sys
body = json.loads(open(sys.argv[2], encoding="utf-8").read())
with httpx.stream("POST", sys.argv[1], json=body) as response:
    for line in response.iter_lines():
        if line.startswith("data: {"):
            record = json.loads(line[6:])
            if record["event"] == "cmpl":
                print(record["text"], end="", flush=True)
"""


def rows() -> Iterator[Measured]:
    with home() as folder:
        environment = {**os.environ, "FETCH2PY_HOME": str(folder / "home")}

        def run(*command: str) -> None:
            subprocess.run(
                command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )

        def tool(*arguments: str) -> None:
            run(sys.executable, "-c", "from fetch2py.cli import main; main()", *arguments)

        def click_alone() -> None:
            run(sys.executable, "-c", "import click")

        yield against("start: --help, over import click", click_alone, lambda: tool("--help"))
        yield against("start: list, over import click", click_alone, lambda: tool("list"))
        with running(pace=0) as origin:
            url = f"{origin}/api/chat/c/completion/stream"
            body = folder / "body.json"
            body.write_text('{"messages":[{"role":"user","content":"hi"}]}', encoding="utf-8")
            snippet = folder / "snippet.txt"
            snippet.write_text(snippet_of(url, body.read_text(encoding="utf-8")), encoding="utf-8")
            tool("import", str(snippet), "-n", "bench")
            shortest = (sys.executable, "-c", SHORTEST, url, str(body))
            yield against(
                "replay, over the shortest httpx script",
                lambda: run(*shortest),
                lambda: tool("replay", "bench", "-m", "hello"),
                rounds=15,
                goal=1.1,
            )
        yield imported(folder)


def imported(folder: Path) -> Measured:
    """Import of 1 MB in this process, over two json.loads of the same text; start-up is left out on both sides."""
    from fetch2py.cli import run as run_command

    turns = [
        {"role": ("user", "assistant")[index % 2], "content": f"{index}: 用一句话介绍你自己，“quoted”\n" * 12}
        for index in range(1400)
    ]
    body = json.dumps(
        {"model": "k1", "messages": [*turns, {"role": "user", "content": "你好"}]}, ensure_ascii=False
    )
    text = snippet_of("https://kimi.moonshot.cn/api/chat/c/completion/stream", body)
    file = folder / "large.txt"
    file.write_text(text, encoding="utf-8")
    options = text[text.index(", ") + 2 : -2]
    os.environ["FETCH2PY_HOME"] = str(folder / "home")

    def floor() -> None:
        json.loads(json.loads(options)["body"])

    def subject() -> None:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            known, sys.stdout = sys.stdout, nowhere
            try:
                assert run_command(["import", str(file), "-n", "large", "--force"]) == 0
            finally:
                sys.stdout = known

    subject()
    return against(
        f"import of {len(text.encode()) / 1e6:.1f} MB, over two json.loads", floor, subject, goal=3
    )


def snippet_of(url: str, body: str) -> str:
    headers = {
        "accept": "*/*",
        "content-type": "application/json",
        "authorization": "Bearer FAKE-TOKEN-0123456789",
    }
    options = {
        "headers": headers,
        "referrer": url,
        "body": body,
        "method": "POST",
        "mode": "cors",
        "credentials": "include",
    }
    return f"fetch({json.dumps(url)}, {json.dumps(options, ensure_ascii=False, indent=2)});"


@contextmanager
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
