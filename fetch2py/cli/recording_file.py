"""`--record FILE`: an answer goes into a file as it arrives, so that one that breaks off is kept as well.

Knows the file and the clock. Must not know how a recording is written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import click

from fetch2py.answer import Fields, Watcher
from fetch2py.cli import terminal
from fetch2py.events import Event
from fetch2py.recording import Ending, Head, How, Piece, Recorder, opaque

__all__ = ["RecordingFile"]


class RecordingFile(Watcher):
    """Writes a recording, readable by its owner alone from its first byte on.

    `host`, `dialect` and `sent` are noted down for whoever plays it; `clock` tells seconds. What keeps it
    from being written is told in a note: the answer counts. Raises a usage error where the file can't be made
    or is there already.
    """

    def __init__(
        self,
        path: str,
        *,
        host: str,
        dialect: str | Mapping[str, Any] | None,
        sent: str,
        secrets: Iterable[str],
        clock: Callable[[], float],
    ) -> None:
        self._path = Path(path)
        self._known = Head(200, (), 0.0, host, dialect, sent)
        self._recorder = Recorder(secrets)
        self._clock = clock
        self._start = 0.0
        self._closed = False
        self._state: Literal["waiting", "on", "over"] = "waiting"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            # The mode is given as the file is made: one that is changed afterwards was open to others before.
            self._file = os.open(self._path, flags, 0o600)
        except FileExistsError as error:
            raise click.UsageError(
                f"--record {path}: there is such a file. Choose another name, or remove it first."
            ) from error
        except OSError as error:
            raise click.UsageError(f"--record {path}: {error.strerror}.") from error

    def begin(self) -> None:
        self._start = self._clock()

    def head(self, status: int, headers: Fields) -> None:
        if reason := opaque(headers):
            self._remove(f"The answer isn't recorded, since no secret could be found in it: {reason}.")
            return
        wait = self._clock() - self._start
        self._start += wait
        self._state = "on"
        self._write(
            self._recorder.head(replace(self._known, status=status, headers=tuple(headers), wait=wait))
        )

    def piece(self, data: bytes, events: Sequence[Event]) -> None:
        if self._state == "on":
            self._write(self._recorder.piece(Piece(self._clock() - self._start, data)))

    def end(self, how: How, error: str, events: Sequence[Event]) -> None:
        if self._state == "on":
            self._write(self._recorder.ending(Ending(self._clock() - self._start, how, error)))
            self._state = "over"

    def close(self) -> None:
        """No more is to come. An answer without an end by now was left; one without a head is no answer."""
        self.end("broken", "The recording was interrupted.", ())
        if self._state == "waiting":
            self._remove(f"Nothing is recorded in {self._path}, since no answer came.")
        elif not self._closed:
            os.close(self._file)

    def _write(self, lines: str) -> None:
        rest = memoryview(lines.encode())
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            self._state = "over"
            terminal.note(f"The recording ends here: {self._path} can't be written, {error.strerror}.")

    def _remove(self, why: str) -> None:
        self._state = "over"
        # Windows deletes no file that is open.
        os.close(self._file)
        self._closed = True
        self._path.unlink(missing_ok=True)
        terminal.note(why)
