"""Profiles on disk: where they lie, and how the two files of one change together.

Knows texts, named secrets and paths. Must not know what a document means, nor HTTP.

A profile is a document, HOME/profiles/NAME.toml, and a secrets file, HOME/secrets/GENERATION.json, which is
written once and never changed. The document names its generation in its first line. To save is to write a
new secrets file, then to replace the document (this is the moment that counts), then to sweep away what no
document names any more. Killed anywhere in between, the old pair or the new one is there, whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fetch2py.errors import ProfileError, ProfileInvalid, ProfileNotFound
from fetch2py.store.contents import command, decoded, encoded, secrets_in, spelled
from fetch2py.store.files import create, is_same_file, reported, require_private, sync_directory
from fetch2py.store.names import checked, folded
from fetch2py.store.settings import Settings, settings_in, spelled_settings
from fetch2py.store.tie import generations_in

__all__ = ["Settings", "Store"]

_DOCUMENT = ".toml"
_SECRETS = ".json"

# A save takes milliseconds; whoever waits so long waits for a process that hangs.
LOCK_SECONDS = 10.0

# What a save makes and a later one may take away. Nothing else is touched.
_SECRETS_FILE = re.compile(r"([0-9a-f]{16})\.json")
_UNFINISHED_FILE = re.compile(r"\.[0-9a-f]{16}\.tmp")


@dataclass(frozen=True, slots=True)
class Store:
    """The profiles below one directory. Nothing is created before the first save."""

    home: Path

    @classmethod
    def default(cls) -> Store:
        """The store in FETCH2PY_HOME, or else where the system keeps a person's application data.

        Raises ProfileError where FETCH2PY_HOME can't be told: `~somebody` whom the system doesn't know.
        """
        home = os.environ.get("FETCH2PY_HOME")
        if home:
            return cls(_directory(home))
        from platformdirs import user_data_path

        return cls(user_data_path("fetch2py", appauthor=False))

    def path(self, name: str) -> Path:
        """Where the document of that name lies, or would. Raises ProfileInvalid for an unsafe name."""
        return self._profiles / (checked(name) + _DOCUMENT)

    def names(self) -> list[str]:
        """The names of the profiles there are, sorted. Files that can't be profiles are passed over."""
        with reported("list the profiles"):
            try:
                stems = [entry.stem for entry in self._profiles.iterdir() if entry.suffix == _DOCUMENT]
            except FileNotFoundError:
                return []
            return sorted({name for name in map(_name_of, stems) if name and self.path(name).is_file()})

    def stamp(self, name: str) -> object | None:
        """What differs after each change of the document or the settings; None where there is no such name.

        A save writes both the document and its secrets anew, so this tells of secrets too.
        """
        try:
            document, settings = _stamped(self, name)
            stamps = [document.stat()]
        except (ProfileInvalid, OSError):
            return None
        with suppress(OSError):
            stamps.append(settings.stat())
        return tuple((each.st_mtime_ns, each.st_size, each.st_ino) for each in stamps)

    def load(self, name: str) -> tuple[str, dict[str, str]]:
        """(the document, its secrets); no secrets where their file is gone, as in a copy from elsewhere.

        Where the document named its secrets file, an empty line stands: lines are counted as in the file.
        Raises ProfileNotFound; ProfileInvalid with path and line where a file can't be read; ProfileError.
        """
        path = self.path(name)
        with reported(f"read the profile “{name}”"):
            document, generation = self._read_document(path, name)
            secrets = self._read_secrets(generation, name)
            while secrets is None:
                # Without the lock, a save may have come between the two; then the document names another.
                again = self._read_document(path, name)
                if again[1] == generation:
                    return document, {}
                document, generation = again
                secrets = self._read_secrets(generation, name)
        return document, secrets

    def save(self, name: str, document: str, secrets: Mapping[str, str], *, replace: bool) -> None:
        """Keep a document and its secrets under `name`: both at once, or neither.

        Raises ProfileInvalid for an unsafe name or a document that no file can hold, ProfileError where the
        name is taken and `replace` isn't said, or where the disk says no. The old pair is then as it was.
        """
        path = self.path(name)
        generation = os.urandom(8).hex()
        content = encoded(document, generation if secrets else "", name)
        with self._changing(f"save the profile “{name}”"):
            hint = "Pass --force to replace it, or choose another name with -n."
            self._require_free(name, replace=replace, hint=hint)
            try:
                if secrets:
                    create(self._secrets / (generation + _SECRETS), spelled(secrets))
                    sync_directory(self._secrets)
                self._replace_document(path, content, generation)
            finally:
                self._sweep()

    def rename(self, old: str, new: str) -> None:
        """Give the profile `old` the name `new`. Raises ProfileNotFound, ProfileInvalid, ProfileError."""
        source, target = self.path(old), self.path(new)
        with self._changing(f"rename the profile “{old}”"):
            self._require_there(source, old)
            is_respelled = folded(old) == folded(new) and (
                not os.path.lexists(target) or is_same_file(source, target)
            )
            if not is_respelled:
                hint = f"Choose another name, or first run: {command('remove', new)}"
                self._require_free(new, replace=False, hint=hint)
            source.rename(target)
            sync_directory(self._profiles)

    def remove(self, name: str) -> None:
        """Delete the profile and its secrets. Raises ProfileNotFound, ProfileInvalid, ProfileError."""
        path = self.path(name)
        with self._changing(f"remove the profile “{name}”"):
            self._require_there(path, name)
            path.unlink()
            sync_directory(self._profiles)
            self._sweep()

    def settings(self) -> Settings:
        """What holds for every profile. Raises ProfileInvalid where the file can't be read, ProfileError."""
        with reported("read the settings"):
            try:
                content = self._settings.read_bytes()
            except FileNotFoundError:
                return Settings()
        return settings_in(content, str(self._settings))

    def keep_settings(self, settings: Settings) -> None:
        """Keep these in place of those before. Raises ProfileError."""
        with self._changing("save the settings"):
            self._replace_document(self._settings, spelled_settings(settings), os.urandom(8).hex())

    @property
    def _settings(self) -> Path:
        return self.home / "settings.toml"

    @property
    def _profiles(self) -> Path:
        return self.home / "profiles"

    @property
    def _secrets(self) -> Path:
        return self.home / "secrets"

    @contextmanager
    def _changing(self, what: str) -> Iterator[None]:
        """Hold the lock of this store while files change; directories are there and private."""
        from filelock import FileLock, Timeout

        with reported(what):
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self.home / ".lock", timeout=LOCK_SECONDS, mode=0o600)
            try:
                lock.acquire()
            except Timeout as exc:
                raise ProfileError(
                    f"Could not {what}: another fetch2py has held the store for {LOCK_SECONDS:.0f} s.",
                    hint=f"Wait for it or end it, then try again. It holds {self.home / '.lock'}.",
                ) from exc
            try:
                require_private(self._secrets)
                for directory in (self._profiles, self._secrets):
                    directory.mkdir(mode=0o700, exist_ok=True)
                yield
            finally:
                lock.release()

    def _require_free(self, name: str, *, replace: bool, hint: str) -> None:
        """Raise where `name` is taken, with that hint, or differs only in case from one that is."""
        names = self.names()
        alike = next((other for other in names if folded(other) == folded(name)), None)
        if alike is None and not os.path.lexists(self.path(name)):
            return
        if alike is not None and checked(name) not in names:
            raise ProfileError(
                f"“{name}” and “{alike}”, which is there, would be one file on many systems.",
                hint="Use the name that is there, or one that differs in more than case.",
            )
        if not replace:
            raise ProfileError(f"There is a profile named “{name}” already.", hint=hint)

    def _require_there(self, path: Path, name: str) -> None:
        if not os.path.lexists(path):
            raise ProfileNotFound(
                f"There is no profile named “{name}”.", hint="`fetch2py list` shows those there are."
            )

    def _replace_document(self, path: Path, content: bytes, generation: str) -> None:
        # A link, say into a repository of settings, stays: what it points to is replaced.
        target = Path(os.path.realpath(path)) if path.is_symlink() else path
        unfinished = target.with_name(f".{generation}.tmp")
        create(unfinished, content)
        try:
            unfinished.replace(target)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            raise
        sync_directory(target.parent)

    def _sweep(self) -> None:
        """Delete what no document refers to. Whoever holds the lock is the only one with unfinished files.

        Every regular file among the documents counts, an editor's backup too; where one can't be read,
        nothing is deleted. What can't be deleted now waits for the next save.
        """
        with suppress(OSError):
            for entry in list(self._profiles.iterdir()):
                if _UNFINISHED_FILE.fullmatch(entry.name):
                    entry.unlink()
            entries = list(self._profiles.iterdir())
            if any(entry.is_symlink() and not entry.exists() for entry in entries):
                return
            kept = generations_in(entry.read_bytes() for entry in entries if entry.is_file())
            for entry in self._secrets.iterdir():
                found = _SECRETS_FILE.fullmatch(entry.name)
                if found is not None and found[1] not in kept:
                    entry.unlink()

    def _read_document(self, path: Path, name: str) -> tuple[str, str]:
        """(the document, the generation that it names)."""
        self._require_there(path, name)
        if not path.is_file():
            raise ProfileInvalid(
                f"What lies at {path} is neither a file nor a link to one.",
                hint="Move it elsewhere, then import the request again.",
            )
        return decoded(path.read_bytes(), path, name)

    def _read_secrets(self, generation: str, name: str) -> dict[str, str] | None:
        """The secrets of that generation, None where there is no such file."""
        if not generation:
            return {}
        require_private(self._secrets)
        path = self._secrets / (generation + _SECRETS)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        return secrets_in(content, path, name)


@lru_cache(maxsize=256)
def _stamped(store: Store, name: str) -> tuple[Path, Path]:
    """The paths that a profile's stamp is taken from; a server takes one with every request."""
    return store.path(name), store._settings


def _directory(written: str) -> Path:
    """The directory that FETCH2PY_HOME names, as an absolute path."""
    with reported("find the directory that FETCH2PY_HOME names"):
        try:
            return Path(written).expanduser().absolute()
        except RuntimeError as exc:
            raise ProfileError(
                f"The system doesn't know whose home FETCH2PY_HOME means: {written}.",
                hint="Set FETCH2PY_HOME to a directory's whole path, without “~”.",
            ) from exc


def _name_of(stem: str) -> str:
    """The profile's name in a file's, "" where it can't be one."""
    try:
        return checked(stem)
    except ProfileInvalid:
        return ""
