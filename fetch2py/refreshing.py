"""A profile and a new capture of its request → the profile with what has changed since, its edits kept.

Pure: must not know disk, clipboard or network.

What changes between two captures of one request are its secrets, its ids and its time stamps; whatever else
differs from the new capture is the person's own edit, or stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from . import credentials, jsontext, message
from .errors import ProfileError, SlotError
from .fetch_standard import origin_of
from .profile import Profile
from .request import Headers, Request

__all__ = ["refreshed"]

# A value of one session, conversation or moment: a UUID, a run of hex digits or of digits, an ObjectID.
_VOLATILE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{8,}|\d{6,}|(?=\w*\d)[\w-]{16,}", re.IGNORECASE)
_ID_NAME = re.compile(r"(?:^|[_-])id$|[a-z]Id$|ID$|uuid$", re.IGNORECASE)


def refreshed(profile: Profile, request: Request) -> Profile:
    """The profile, brought up to date by a new capture of the same request.

    Raises ProfileError where the capture is another request: another origin or another method.
    """
    old = profile.captured()
    if (origin_of(old.url), old.method) != (origin_of(request.url), request.method):
        raise ProfileError(
            f"this is another request: {request.method} to {origin_of(request.url)}, "
            f"where the profile has {old.method} to {origin_of(old.url)}",
            hint="copy the request that the profile was made from, or import this one under another name",
        )
    secret_fields = {name.lower() for name, value in profile.request.headers if "${secret:" in value}
    merged = replace(
        request,
        headers=_headers(old.headers, request.headers, secret_fields),
        body=_body(profile, old, request),
    )
    return Profile.from_request(merged, slot=profile.slot, also=profile.also, dialect=profile.dialect)


def _headers(old: Headers, new: Headers, secret: set[str]) -> Headers:
    kept = Headers(
        (name, new.get(name) if new.has(name) and (name.lower() in secret or _is_volatile(value)) else value)
        for name, value in old
    )
    return Headers((*kept, *((name, value) for name, value in new if not kept.has(name))))


def _body(profile: Profile, old: Request, new: Request) -> bytes | None:
    """The old body with the new one's secrets and ids; the new one whole where they can't be told apart."""
    updated = old
    for slot in _volatile_places(old):
        if slot == profile.slot or slot in profile.also:
            continue
        try:
            updated = message.fill(updated, slot, (), message.held(new, slot))
        except SlotError:
            continue
    same_kind = old.headers.get("content-type") == new.headers.get("content-type")
    return updated.body if same_kind and updated is not old else new.body


def _volatile_places(request: Request) -> Iterator[str]:
    """The slots of a JSON body whose values belong to one capture."""
    for carrier, payload in message.json_payloads(request):
        try:
            value = jsontext.parse(payload)
        except ValueError:
            continue
        for path, leaf in jsontext.leaves(value):
            name = next((token for token in reversed(path) if not token.isdigit()), "")
            if (
                isinstance(leaf, str)
                and leaf
                and (_ID_NAME.search(name) or _is_volatile(leaf) or credentials.is_secret(name, leaf))
            ):
                yield f"{carrier}:{jsontext.pointer(path)}"


def _is_volatile(value: str) -> bool:
    return _VOLATILE.fullmatch(value) is not None
