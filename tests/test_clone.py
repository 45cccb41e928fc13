"""A clean clone in an empty HOME: what a new user does first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEEDED = ("git", "make")

pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("FETCH2PY_TEST_EVERYTHING"),
        reason="installs packages from the network for half a minute: FETCH2PY_TEST_EVERYTHING=1 runs it",
    ),
    pytest.mark.skipif(sys.platform == "win32", reason="the Makefile is for a POSIX shell"),
]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The repository's last commit, in a folder of its own."""
    assert all(shutil.which(tool) for tool in NEEDED)
    folder = tmp_path / "clone"
    run(tmp_path, "git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder))
    return folder


def run(folder: Path, *command: str) -> str:
    """Runs a command with an empty HOME and nothing of this process's settings; its stdout."""
    empty = folder.parent / "empty-home"
    empty.mkdir(exist_ok=True)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FETCH2PY", "PYTHON", "COV"))
    }
    kept |= {"HOME": str(empty), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_make_demo_shows_the_main_job_and_leaves_nothing_behind(clone: Path) -> None:
    printed = run(clone, "make", "demo", f"PYTHON={sys.executable}")  # make demo
    assert printed.count("$ fetch2py import") == printed.count("$ fetch2py replay") == 3
    assert printed.count("你好！我是一个替身服务器") == 3
    assert run(clone, "git", "status", "--porcelain") == ""
    assert "fetch2py" not in " ".join(str(path) for path in (clone.parent / "empty-home").rglob("fetch2py*"))


def test_it_installs_from_the_folder(clone: Path) -> None:
    run(clone, sys.executable, "-m", "venv", "elsewhere")
    # python -m pip install .
    run(clone, "elsewhere/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ".")
    assert run(clone, "elsewhere/bin/fetch2py", "--version").startswith("fetch2py, version ")
    # python -m pip install ".[serve]"
    run(
        clone, "elsewhere/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", ".[serve]"
    )
    run(clone.parent, str(clone / "elsewhere/bin/python"), "-c", "import fetch2py.server.running")
