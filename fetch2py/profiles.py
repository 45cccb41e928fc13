"""Profiles by name: what is kept on disk, as Profile and back.

Knows the profile and the store, and joins the two. Must not know a terminal or the network.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping

from fetch2py.errors import ProfileInvalid
from fetch2py.profile import Profile
from fetch2py.store import Store

__all__ = ["Kept", "load", "save"]


def load(name: str, store: Store | None = None) -> Profile:
    """The profile kept under `name`, with the User-Agent of the person's settings.

    Raises ProfileNotFound, and ProfileInvalid with the file's path where it can't be read; the file is left
    as it is.
    """
    shelf = store or Store.default()
    document, secrets = shelf.load(name)
    try:
        profile = Profile.from_document(document, secrets)
    except ProfileInvalid as error:
        raise ProfileInvalid(f"{shelf.path(name)}: {error.message}", hint=error.hint) from error
    return dataclasses.replace(profile, user_agent=shelf.settings().user_agent)


def save(profile: Profile, name: str, store: Store | None = None, *, replace: bool = True) -> None:
    """Keeps the profile under `name`, its secrets apart, both at once or not at all.

    Raises ProfileInvalid for a name that is no safe file name, ProfileError where one is kept under it and
    `replace` is False.
    """
    (store or Store.default()).save(name, profile.document(), profile.secrets, replace=replace)


class Kept(Mapping[str, Profile]):
    """A store's profiles by name, as they stand on disk at each look-up. A file is read when it has changed.

    `names`: these alone; all there are where it is empty. A look-up raises KeyError for a name that isn't
    there, and what `load` raises for a file that can't be read.
    """

    def __init__(self, names: Collection[str] = (), store: Store | None = None) -> None:
        self._store = store or Store.default()
        self._names = names
        self._read: dict[str, tuple[object, Profile]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(name for name in self._store.names() if not self._names or name in self._names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, name: str) -> Profile:
        stamp = self._store.stamp(name) if not self._names or name in self._names else None
        if stamp is None:
            self._read.pop(name, None)
            raise KeyError(name)
        known = self._read.get(name)
        if known is not None and known[0] == stamp:
            return known[1]
        profile = load(name, self._store)
        self._read[name] = stamp, profile
        return profile
