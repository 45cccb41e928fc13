"""The fixtures, as the tests read them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent.parent / "fixtures"


@cache
def snippets(browser: str = "*") -> list[Any]:
    """The cases of one browser's file, or of all."""
    rows = []
    for file in sorted((FIXTURES / "snippets").glob(f"{browser}.json")):
        for row in json.loads(file.read_text(encoding="utf-8")):
            rows.append({**row, "file": file.stem, "name": f"{file.stem}:{row['id']}"})
    assert rows, browser
    return rows


def snippet(browser: str, case: str) -> Any:
    """One case."""
    return next(row for row in snippets(browser) if row["id"] == case)
