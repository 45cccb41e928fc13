"""What a profile holds, in lines for a person: the import report, and the head of `show`.

Knows how to say it. Must not know where it goes, and never shows a secret.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fetch2py import message
from fetch2py.cli.tokens import lifetime, refresh_hint, until
from fetch2py.credentials import redact
from fetch2py.dialects.forecast import forecast
from fetch2py.errors import CredentialMissing, SlotError
from fetch2py.profile import Profile
from fetch2py.request import Request
from fetch2py.unrepeatable import unrepeatable

if TYPE_CHECKING:
    from fetch2py.message.finding import Finding

__all__ = ["report_lines", "shortened"]

# Of a text this much is shown: enough to recognise it.
_SHOWN = 60
# A secret that begins in it ends within so much more: no common server takes a longer header field.
_LONGEST_SECRET = 8192
_LABELS = 14


def report_lines(
    name: str, profile: Profile, captured: Request | None = None, finding: Finding | None = None
) -> Iterator[str]:
    """One fact a line: request, body, slot, dialect, secrets, token's life, losses, and what is good once.

    Whoever has just made the profile knows the request as it was captured, and how its slot was found.
    """
    request, secrets, missing = profile.request, list(profile.secrets.values()), ""
    try:
        captured = captured or profile.captured()
    except CredentialMissing as error:
        captured, missing = request, error.message.removesuffix(".")
    parts = urlsplit(request.url)
    yield f"{name}: {request.method} {redact(parts.netloc + parts.path, secrets)}"
    yield _line("header fields", str(len(request.headers)))
    yield _line("body", _body(captured))
    yield from _message(profile, captured, finding)
    yield _line("answer", _answer(profile.dialect, request))
    if missing:
        yield _line("locked away", f"{missing}: {refresh_hint(name)}")
    elif profile.secrets:
        yield _line("locked away", ", ".join(profile.secrets))
    if life := lifetime(profile.secrets):
        more = f": {refresh_hint(name)}" if life.startswith("expired") else f" ({until(profile.secrets)})"
        yield _line("token", life + more)
    for loss in request.losses:
        yield _line(f"lost: {loss.code}", "")
        yield f"    {loss.message}"
    for field in unrepeatable(captured):
        yield _line(f"good once: {field.name}", "")
        yield f"    {field.message}"


def shortened(text: str) -> str:
    """The beginning of `text`, on one line."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return shown.replace("\r\n", "⏎").replace("\n", "⏎").replace("\r", "⏎")


def _line(label: str, fact: str) -> str:
    return f"  {label:<{_LABELS}}  {fact}".rstrip()


def _body(request: Request) -> str:
    if request.body is None:
        return "none"
    media_type = request.headers.get("content-type").partition(";")[0].strip() or "no content type"
    return f"{media_type}, {len(request.body):,} bytes"


def _message(profile: Profile, captured: Request, finding: Finding | None) -> Iterator[str]:
    """The message's place and what it held, what changes with it or stays around it, and the runner-up."""
    if profile.slot is None:
        yield _line("message", "no slot")
        return
    secrets = profile.secrets.values()
    try:
        held = finding.held if finding and finding.held else message.held(captured, profile.slot)
    except SlotError as error:
        yield _line("message", error.message)
        return
    also = f", and the same at {', '.join(profile.also)}" if profile.also else ""
    yield _line("message", f"{profile.slot}, held {_quoted(held, secrets)}{also}")
    if profile.template:
        yield _line("around it", f"{_quoted(profile.template, secrets)} stays around a new message")
    if profile.new_ids:
        yield _line("fresh ids", f"{', '.join(profile.new_ids)}: made anew with each message")
    for slot, text in finding.candidates if finding else ():
        if finding is not None and slot == finding.runner_up:
            yield _line("runner-up", f"{slot}, held {_quoted(text, secrets)}")


def _quoted(text: str, secrets: Collection[str]) -> str:
    return f"“{shortened(redact(text[: _SHOWN + _LONGEST_SECRET], secrets))}”"


def _answer(dialect: str | Mapping[str, Any] | None, request: Request) -> str:
    if isinstance(dialect, Mapping):
        return "read by the profile's own rules"
    if dialect is not None:
        return f"{dialect}, as the profile says"
    name, why = forecast(request.url)
    return f"{name}, because {why}" if name else f"found out from the first answer, because {why}"
