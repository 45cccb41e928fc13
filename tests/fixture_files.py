"""The fixtures, as the tests read them."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from fetch2py.recording import Recording, read

FIXTURES = Path(__file__).parent.parent / "fixtures"
RECORDINGS = FIXTURES / "recordings"


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


def recording_file(case: str) -> Path:
    """Where a case's answer lies."""
    return RECORDINGS / f"{case}.jsonl"


@cache
def recordings() -> dict[str, Recording]:
    """Every recorded answer, by its case."""
    files = sorted(RECORDINGS.glob("*.jsonl"))
    return {file.stem: read(file.read_text(encoding="utf-8")) for file in files}


@cache
def streams() -> list[Any]:
    """Every recorded answer with what is expected of it, as one table a case.

    `raw` is the body, or `raw_base64` where that is no text; `chunk_offsets` is where it was cut.
    """
    expected = json.loads((RECORDINGS / "expected.json").read_text(encoding="utf-8"))
    return [{**row, **_told(recordings()[row["id"]])} for row in expected]


def _told(recording: Recording) -> dict[str, Any]:
    head, body = recording.head, recording.body
    fields = dict(head.headers)
    rules = dict(head.dialect) if isinstance(head.dialect, dict) else {}
    options = rules.pop("options", {})
    told: dict[str, Any] = {"http_status": head.status, "content_type": fields.pop("content-type")}
    try:
        told["raw"] = body.decode()
    except UnicodeDecodeError:
        told["raw_base64"] = b64encode(body).decode()
    *offsets, _ = accumulate(len(piece.data) for piece in recording.pieces)
    more = {"user_message": head.sent, "response_headers": fields, "chunk_offsets": offsets}
    more["framing_options"] = options
    return {**told, "rules": rules, **{name: value for name, value in more.items() if value}}
