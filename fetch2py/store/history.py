"""The history of replays, HOME/history.sqlite3: what was asked, what came, and how it ended.

Knows the database and its file. Must not know what is secret: it is handed texts without secrets.

One row a replay, in a database because several processes may write at once, and so that a thousand answers
needn't be read to show twenty. It is bounded: the oldest go first.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from fetch2py.errors import ProfileError
from fetch2py.store.files import reported

__all__ = ["Entry", "History"]

# Months of work, and a file that is searched in no time.
MOST_ENTRIES = 1_000
# Of messages and answers together. Ordinary ones are a few kB, so only very long ones come near it.
MOST_BYTES = 64 * 1024 * 1024
# Another process writes for milliseconds; one that takes longer isn't waited for, since a person is waiting.
LOCK_SECONDS = 1.0

_VERSION = 1
_TABLE = """
    CREATE TABLE IF NOT EXISTS replays (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL, profile TEXT NOT NULL, outcome TEXT NOT NULL, seconds REAL NOT NULL,
        message TEXT, answer TEXT NOT NULL, error TEXT NOT NULL, size INTEGER NOT NULL
    )
"""
_COLUMNS = "number, time, profile, outcome, seconds, message, answer, error"
# The newest whose sizes add up to no more than the bound.
_TRIM = """
    DELETE FROM replays WHERE number IN (
        SELECT number FROM (
            SELECT number, SUM(size) OVER newest AS bytes, ROW_NUMBER() OVER newest AS place
            FROM replays WINDOW newest AS (ORDER BY number DESC)
        ) WHERE bytes > ? OR place > ?
    )
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One replay. `number` is the history's, 0 before it has one; numbers are never given twice.

    `time` is UTC in ISO 8601, to the second; `seconds` how long it took; `message` None for the one that was
    captured; `error` "" for none.
    """

    number: int
    time: str
    profile: str
    outcome: str
    seconds: float
    message: str | None
    answer: str
    error: str


@dataclass(frozen=True, slots=True)
class History:
    """The history below a store's home. Nothing is created before the first replay is kept.

    All methods raise ProfileError where the database or the disk says no.
    """

    home: Path

    @property
    def path(self) -> Path:
        """The database's file."""
        return self.home / "history.sqlite3"

    def keep(self, entry: Entry) -> None:
        """Add one, and let go of the oldest beyond the bounds."""
        row = [_storable(value) for value in astuple(entry)[1:]]
        size = sum(len(value.encode()) for value in row if isinstance(value, str))
        with reported("keep this replay in the history"):
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its journal the permissions that the database has.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        with self._open("keep this replay in the history") as database:
            database.execute(_TABLE)
            database.execute(f"PRAGMA user_version = {_VERSION}")
            database.execute(
                "INSERT INTO replays (time, profile, outcome, seconds, message, answer, error, size)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [*row, size],
            )
            database.execute(_TRIM, [MOST_BYTES, MOST_ENTRIES])

    def entries(self, most: int, profile: str | None = None) -> list[Entry]:
        """The newest, at most so many, the newest last; only those of `profile`, if one is named."""
        found = self._rows(
            f"SELECT {_COLUMNS} FROM replays WHERE ?1 IS NULL OR profile = ?1 ORDER BY number DESC LIMIT ?2",  # noqa: S608  # a constant
            [profile, most],
        )
        return found[::-1]

    def entry(self, number: int) -> Entry:
        """The one of that number."""
        found = self._rows(f"SELECT {_COLUMNS} FROM replays WHERE number = ?", [number])  # noqa: S608  # a constant
        if not found:
            raise ProfileError(
                f"The history has no number {number}.", hint="`fetch2py history` shows those there are."
            )
        return found[0]

    def clear(self) -> bool:
        """Delete all of it, even where it can't be read. False where there was none."""
        with reported("delete the history"):
            there = self.path.exists()
            for ending in ("", "-journal"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        return there

    def _rows(self, query: str, values: list[object]) -> list[Entry]:
        if not self.path.exists():
            return []
        with self._open("read the history") as database:
            return [Entry(*row) for row in database.execute(query, values)]

    @contextmanager
    def _open(self, what: str) -> Iterator[sqlite3.Connection]:
        """The database, in one transaction. `what` completes "could not …"."""
        try:
            with closing(sqlite3.connect(self.path, timeout=LOCK_SECONDS, isolation_level=None)) as database:
                database.execute("BEGIN IMMEDIATE")
                (version,) = database.execute("PRAGMA user_version").fetchone()
                if version > _VERSION:
                    raise ProfileError(
                        f"Could not {what}: {self.path} was written by a newer fetch2py.",
                        hint="Update fetch2py, or begin a new history with `fetch2py history clear`.",
                    )
                yield database
                database.execute("COMMIT")
        except sqlite3.Error as exc:
            raise ProfileError(
                f"Could not {what} ({self.path}): {exc}.",
                hint="If it stays so, `fetch2py history clear` begins a new one.",
            ) from exc


def _storable(value: object) -> object:
    """Half a character, which no file can hold, as a question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
