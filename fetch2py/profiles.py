"""Profiles by name: what is kept on disk, as Profile and back.

Knows the profile and the store, and joins the two. Must not know a terminal or the network.
"""

from __future__ import annotations

import dataclasses

from fetch2py.errors import ProfileInvalid
from fetch2py.profile import Profile
from fetch2py.store import Store

__all__ = ["load", "save"]


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
