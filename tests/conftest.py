"""What every test has: a home of its own for profiles."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """FETCH2PY_HOME, empty and new."""
    folder = tmp_path / "fetch2py-home"
    monkeypatch.setenv("FETCH2PY_HOME", str(folder))
    return folder
