"""`--explain`: which rule took what from which record, on stderr.

Knows how rules are written. Must not know how they are run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fetch2py.answer import Fields, Watcher
from fetch2py.cli import terminal
from fetch2py.credentials import redact
from fetch2py.dialects import DIALECTS, Account, Taken

__all__ = ["Explanation"]

_LONGEST = 100  # characters of a record or a value: a line on a wide screen


class Explanation(Watcher):
    """Notes down what became of each record, and tells it at the end, so as not to break into the answer.

    `dialect` is what was given to read the answer: its rules, where they have no name.
    """

    def __init__(self, dialect: str | Mapping[str, Any] | None, secrets: Iterable[str] = ()) -> None:
        self._given = dialect if isinstance(dialect, Mapping) else {}
        self._secrets = tuple(secrets)
        self._lines: list[str] = []
        self._dialect: str | None = None
        self._came = False
        self.account = self._explain

    def head(self, status: int, headers: Fields) -> None:
        self._came = True

    def close(self) -> None:
        """The answer is out, or has been left: tell."""
        if self._came and not self._lines:
            self._lines.append("no record was read")
        for line in self._lines:
            terminal.aside(terminal.dimmed(terminal.printable(line)) + "\n")

    def _explain(self, account: Account) -> None:
        if account.dialect != self._dialect:
            self._dialect = account.dialect
            self._lines.append(f"rules of {account.dialect}:" if account.dialect else "no rules:")
        self._lines += self._told(account)

    def _told(self, account: Account) -> Iterator[str]:
        event = f" ({account.event})" if account.event not in (None, "message") else ""
        yield f"record {account.number}{event}: {self._shown(account.data)}"
        rules = DIALECTS.get(account.dialect, self._given).get("rules", ())
        for taken in account.taken:
            yield f"  {self._taken(taken, rules[taken.rule - 1])}"
        if not account.taken:
            yield "  no rule took anything"

    def _taken(self, taken: Taken, rule: Mapping[str, Any]) -> str:
        parts = [f"rule {taken.rule} → {rule['to']}"]
        if rule.get("on"):
            parts.append("on " + self._spelled(rule["on"]))
        if "get" in rule:
            parts.append(f"get {rule['get'] or 'all of it'}: {self._shown(taken.value)}")
        return ", ".join(parts) + ("" if taken.new else " (nothing new)")

    def _shown(self, value: Any) -> str:
        """A value as its JSON, secrets masked, no longer than a line."""
        text = self._spelled(value)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def _spelled(self, value: Any) -> str:
        try:
            text = json.dumps(value, ensure_ascii=False)
        except RecursionError:
            text = "(nested too deeply to be shown)"
        return redact(text, self._secrets)
