"""Files that only their owner can read, written whole or not at all.

Knows paths, permissions and the order in which changes reach the disk. Must not know what the files hold.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fetch2py.errors import ProfileError

__all__ = ["create", "is_same_file", "reported", "require_private", "sync_directory"]

_OWNER_ONLY = 0o600
# Windows has access lists in place of these bits, and no directories to open.
_HAS_MODES = os.name == "posix"


@contextmanager
def reported(what: str) -> Iterator[None]:
    """Say of an OSError what couldn't be done. `what` completes "could not …"."""
    try:
        yield
    except OSError as exc:
        path = f": {exc.filename}" if exc.filename is not None else ""
        raise ProfileError(
            f"Could not {what}: {exc.strerror or 'unknown reason'}{path}.",
            hint="Mend that, or set FETCH2PY_HOME to another directory.",
        ) from exc


def create(path: Path, content: bytes) -> None:
    """Write a new file, readable by its owner alone from its first byte on, and wait until it is on disk.

    Raises OSError, and leaves no half of it then; FileExistsError where there is one already.
    """
    # The mode is given as the file is made: one that is changed afterwards was open to others before.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _OWNER_ONLY)
    try:
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        # Windows deletes no file that is open, so this comes after the closing.
        with suppress(OSError):
            path.unlink()
        raise


def is_same_file(path: Path, other: Path) -> bool:
    """Whether both paths lead to one file, as two spellings do where the disk is blind to case.

    Links aren't followed: a link and what it points to are two, and the one could overwrite the other. Raises
    OSError where one of them isn't there.
    """
    return os.path.samestat(path.lstat(), other.lstat())


def sync_directory(path: Path) -> None:
    """Wait until what was created, replaced or removed in a directory is on disk."""
    if _HAS_MODES:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def require_private(directory: Path) -> None:
    """Raise ProfileError where others than the owner can look into a directory that exists."""
    if not _HAS_MODES:
        return
    try:
        mode = directory.stat().st_mode
    except FileNotFoundError:
        return
    if stat.S_IMODE(mode) & 0o077:
        raise ProfileError(
            f"Others can look into the directory of the secrets: {directory}.",
            hint=f"Close it with: chmod 700 '{directory}'",
        )
