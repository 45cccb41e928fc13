"""Every command and every Python block of the documents, run as a reader would, against the stand-in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from fetch2py.cli import COMMANDS, cli
from fetch2py.standin import running

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")

# Commands that other tests or the gate itself run, each with the place that does.
ELSEWHERE = {
    "python -m pip install .": "test_clone.py",
    'python -m pip install ".[serve]"': "test_clone.py",
    "make demo": "test_clone.py",
    "make test": "../.ci/run",
}
PORT = "8765"


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(block: str) -> Iterator[tuple[str, str]]:
    """(command, the output that is shown) for each line that begins with a prompt."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def steady(text: str) -> str:
    """The text less what changes from day to day."""
    return re.sub(r"valid for \d+ days", "valid for N days", text).strip()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Path]]:
    """A folder with the example snippet, `fetch2py` on the path; yields the stand-in's port and it."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    tool = binaries / "fetch2py"
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m fetch2py "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{binaries}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    with running(pace=0) as origin:
        port = origin.rpartition(":")[2]
        snippet = (ROOT / "fixtures/readme/kimi.txt").read_text(encoding="utf-8").replace(PORT, port)
        (tmp_path / "kimi.txt").write_text(snippet, encoding="utf-8")
        run(tmp_path, "fetch2py import kimi.txt -n kimi --sent 你好")
        yield port, tmp_path


def run(folder: Path, command: str) -> str:
    """What a command prints on stdout; it must succeed."""
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the documents' commands are for a POSIX shell")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_prints_what_is_shown(document: str, shell: tuple[str, Path]) -> None:
    port, folder = shell
    for block in blocks(document, "console"):
        for command, output in commands(block):
            if command in ELSEWHERE:
                assert command in (ROOT / "tests" / ELSEWHERE[command]).read_text(encoding="utf-8")
                continue
            # The clipboard has tests of its own; here the same text comes from a file.
            typed = command.replace("import -n kimi", "import kimi.txt -n kimi --force")
            printed = run(folder, typed).replace(port, PORT)
            if output:
                assert steady(printed) == steady(output), command


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (document, code)
        for document in DOCUMENTS
        for code in blocks(document, "python")
        # What is a module for a server is run in test_server_proxied.py.
        if not code.startswith("# service.py")
    ],
    ids=lambda value: value if len(value) < 40 else "",
)
def test_every_python_block_runs(document: str, code: str, shell: tuple[str, Path]) -> None:
    _, folder = shell
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=folder, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or document == "CONTRIBUTING.md"
    assert "failed" not in done.stdout


def test_every_command_and_option_is_in_the_reference() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        assert f"`{name}" in text or f"· `{name}" in text, name
        assert "Example" in (command.epilog or ""), name
        for option in command.params:
            if isinstance(option, click.Option) and name in ("import", "replay"):
                assert any(spelling in text for spelling in option.opts), (name, option.opts)
