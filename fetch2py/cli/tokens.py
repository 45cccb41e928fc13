"""Until when a profile's tokens live, in the words that commands print. The command line's only clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

__all__ = ["lifetime", "refresh_hint", "token_note", "until"]


def lifetime(secrets: Mapping[str, str]) -> str:
    """Such as "valid for 3 days" or "expired 2 hours ago"; "" where no token tells."""
    from fetch2py.credentials import describe_expiry, expiry

    expires = expiry(secrets.values())
    return "" if expires is None else describe_expiry(expires, datetime.now(UTC))


def until(secrets: Mapping[str, str]) -> str:
    """The moment until which the tokens live, such as "2026-11-23 08:00 UTC"; "" where no token tells."""
    from fetch2py.credentials import expiry

    expires = expiry(secrets.values())
    return "" if expires is None else f"{expires:%Y-%m-%d %H:%M} UTC"


def refresh_hint(name: str) -> str:
    """What to do about secrets that no longer hold."""
    return f"copy the request again, then `fetch2py refresh {name}`"


def token_note(secrets: Mapping[str, str], name: str) -> str:
    """The warning before a replay whose token has expired, "" for none."""
    told = lifetime(secrets)
    return f"The token {told}: {refresh_hint(name)}." if told.startswith("expired") else ""
