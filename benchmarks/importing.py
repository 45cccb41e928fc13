"""`import` of snippets of a megabyte, in this process, over two json.loads: of the call, of its body."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path

from benchmarks.processes import elsewhere, snippet
from benchmarks.timing import Measured, against
from fetch2py.cli import run

__all__ = ["rows"]

URL = "https://kimi.moonshot.cn/api/chat/c/completion/stream"
BYTES = 1_000_000
CHINESE = "用一句话介绍你自己，并说说“为什么”。\n" * 30
CODE = 'def greet(name: str) -> str:\n\treturn f"Hello, {name}!"  # as the "docs" say\n' * 20


def rows() -> Iterator[Measured]:
    """A conversation in Chinese, one full of code, and one long message."""
    with elsewhere() as folder:
        os.environ["FETCH2PY_HOME"] = str(folder / "home")
        yield _imported("a Chinese conversation", folder, _conversation(CHINESE))
        yield _imported("a conversation on code", folder, _conversation(CODE))
        yield _imported("one long message", folder, _body([CODE * (BYTES // len(json.dumps(CODE)))]))


def _conversation(text: str) -> str:
    turns = BYTES // len(json.dumps(text, ensure_ascii=False).encode())
    return _body([f"{number}: {text}" for number in range(turns | 1)])


def _body(texts: list[str]) -> str:
    turns = [
        {"role": ("user", "assistant")[number % 2], "content": text} for number, text in enumerate(texts)
    ]
    return json.dumps({"model": "k1", "messages": turns}, ensure_ascii=False, separators=(",", ":"))


def _imported(name: str, folder: Path, body: str) -> Measured:
    """Start-up is what the import of a small snippet takes, with all that it waits for the disk."""
    text = snippet(URL, body)
    options = text[text.index("{") : -2]
    return against(
        f"import of 1 MB, {name}, over two json.loads",
        lambda: json.loads(json.loads(options)["body"]),
        _importer(folder / "large.txt", text),
        start_up=_importer(folder / "small.txt", snippet(URL, _body(["hi"]))),
        rounds=15,
        goal=3,
    )


def _importer(file: Path, text: str) -> Callable[[], None]:
    file.write_text(text, encoding="utf-8")

    def work() -> None:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
            code = run(["import", str(file), "-n", file.stem, "--force"])
        if code:
            raise RuntimeError(f"The import of {file} failed with exit code {code}.")

    return work
