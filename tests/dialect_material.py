"""fixtures/dialects.json: answers as each service spells them, which shows what the genuine ones don't.

Ids, texts and keys in it are made up. A record is `[data]`, or `[event's name, data]`; data that is a string
stands for itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from fetch2py.framing import Frame

__all__ = ["MATERIAL", "Material"]


class Material(NamedTuple):
    """One answer: a dialect, what the answer shows, its framing, its records, and what they come to.

    `shown` is False for what no sign can tell: it is read only by whoever knows the dialect already.
    """

    dialect: str
    about: str
    framing: str
    records: list[list[Any]]
    ended: bool
    text: str = ""
    reasoning: str = ""
    error: str = ""
    ids: dict[str, str] | None = None
    shown: bool = True

    @property
    def frames(self) -> list[Frame]:
        """The records as their framing gives them."""
        unnamed = "message" if self.framing == "sse" else None
        return [
            Frame(name[0] if name else unnamed, data if isinstance(data, str) else json.dumps(data))
            for *name, data in self.records
        ]


_FILE = Path(__file__).parent.parent / "fixtures" / "dialects.json"
MATERIAL = [Material(**row) for row in json.loads(_FILE.read_text(encoding="utf-8"))]
