"""A profile and a new capture of its request → the profile with what has changed since, its edits kept.

Pure: must not know disk, clipboard or network.

What changes between two captures of one request are its secrets, its ids and its time stamps. Those come from
the new capture, as do fields that only it has; whatever else differs is taken for the person's own edit and
stays. A body that isn't JSON comes whole from the new capture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from fetch2py import jsontext, message
from fetch2py.credentials import lift, placeholders_in
from fetch2py.credentials.rules import SECRET_FIELDS, is_secret
from fetch2py.errors import CredentialMissing, ProfileError, SlotError
from fetch2py.fetch_standard import origin_of
from fetch2py.message.carriers import CARRIERS
from fetch2py.message.kinds import kind_of
from fetch2py.message.templates import like
from fetch2py.profile import Profile
from fetch2py.profile.templates import restored
from fetch2py.request import Headers, Loss, Request

__all__ = ["refreshed"]

# A value of one session, conversation or moment: a UUID, a run of hex digits or of digits, an ObjectID.
_VOLATILE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{8,}|\d{6,}|(?=\w*\d)[\w-]{16,}", re.IGNORECASE)
_URL_MARK = re.compile(r"([/?&=])")
_ID_NAME = re.compile(r"(?:^|[_-])id$|[a-z]Id$|ID$|uuid$", re.IGNORECASE)


def refreshed(profile: Profile, request: Request) -> Profile:
    """The profile, brought up to date by a new capture of the same request.

    Raises ProfileError where the capture is another request: another origin, method, path or kind of body.
    """
    old = _captured(profile, request)
    if _sameness(old) != _sameness(request):
        raise ProfileError(
            f"This is another request: {request.method} to {origin_of(request.url)}, "
            f"where the profile has {old.method} to {origin_of(old.url)}, or another path or kind of body.",
            hint="Copy the request that the profile was made from, or import this one under another name.",
        )
    headers = _headers(old.headers, request.headers)
    merged = replace(
        request,
        url=_url(old.url, request.url),
        headers=headers,
        body=_body(profile, old, request),
        losses=_losses(request, headers),
    )
    return Profile.from_request(
        merged,
        slot=profile.slot,
        also=profile.also,
        dialect=profile.dialect,
        template=_template(profile, request),
        new_ids=profile.new_ids,
    )


def _template(profile: Profile, new: Request) -> str:
    """What stands around the message in the new capture, where that is the old but for ids and secrets."""
    template = restored(profile.template, profile.secrets)
    if not template or profile.slot is None:
        return template
    try:
        return like(template, message.held(new, profile.slot)) or template
    except SlotError:
        return template


def _sameness(request: Request) -> tuple[str, ...]:
    """What two captures of one request have in common: all of the path but its ids, among others."""
    path = urlsplit(request.url).path
    plain = "/".join("*" if _is_volatile(segment) else segment for segment in path.split("/"))
    return origin_of(request.url), request.method, plain, kind_of(request)


def _losses(new: Request, headers: Headers) -> tuple[Loss, ...]:
    """The new capture's losses; where it lost the cookie, the old one stands in and is named."""
    kept = Loss(
        "cookie-kept",
        "The new copy has no cookie, so the old one was kept, and may have expired: "
        "with Copy as fetch (Node.js) it comes along.",
    )
    stale = headers.has("cookie") and not new.headers.has("cookie")
    return tuple(kept if stale and loss.code == "cookies" else loss for loss in new.losses)


def _captured(profile: Profile, new: Request) -> Request:
    """The old request; secrets that are gone, as in a copy of the profile alone, come from the new one."""
    try:
        return profile.captured()
    except CredentialMissing:
        blank = dict.fromkeys(placeholders_in(profile.request), "")
        given = {**blank, **lift(new).secrets, **profile.secrets}
        return replace(profile, secrets=given).captured()


def _url(old: str, new: str) -> str:
    """The old URL with the new one's ids and secrets; the new one whole where it has other parts."""
    before, after = (_URL_MARK.split(url) for url in (old, new))
    if before[1::2] != after[1::2]:
        return new
    merged = []
    for index, (ours, theirs) in enumerate(zip(before, after, strict=True)):
        name = before[index - 2] if index > 1 and before[index - 1] == "=" else ""
        merged.append(theirs if _is_volatile(ours) or is_secret(name, ours) else ours)
    return "".join(merged)


def _headers(old: Headers, new: Headers) -> Headers:
    kept = Headers(
        (name, new.get(name, value) if _is_of_capture(name, value) else value) for name, value in old
    )
    return Headers((*kept, *((name, value) for name, value in new if not kept.has(name))))


def _is_of_capture(name: str, value: str) -> bool:
    return name.lower() in SECRET_FIELDS or is_secret(name, value) or _is_volatile(value)


def _body(profile: Profile, old: Request, new: Request) -> bytes | None:
    """The old body with the new one's secrets and ids; the new one whole where it isn't JSON."""
    try:
        places = list(_volatile_places(old))
    except (SlotError, ValueError):
        return new.body
    kind = kind_of(old)
    # What is kept of a packed body would have to be packed again, and then it were no captured one.
    if kind not in CARRIERS or not CARRIERS[kind].is_json or old.headers.has("content-encoding"):
        return new.body
    for slot in places:
        if slot == profile.slot or slot in profile.also:
            continue
        try:
            old = message.fill(old, slot, (), message.held(new, slot))
        except SlotError:
            # The new capture has nothing there, so the person put it there or the page no longer does.
            continue
    return old.body


def _volatile_places(request: Request) -> Iterator[str]:
    """The slots of a JSON body whose values belong to one capture."""
    kind = kind_of(request)
    if kind not in CARRIERS or not CARRIERS[kind].is_json:
        return
    for carried in CARRIERS[kind].texts(request):
        for path, leaf in jsontext.leaves(jsontext.parse(carried.text)):
            name = next((token for token in reversed(path) if not token.isdigit()), "")
            if not isinstance(leaf, str) or not leaf:
                continue
            if _ID_NAME.search(name) or _is_volatile(leaf) or is_secret(name, leaf):
                yield f"{kind}:{jsontext.pointer(path)}"


def _is_volatile(value: str) -> bool:
    return _VOLATILE.fullmatch(value) is not None
