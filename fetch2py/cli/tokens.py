"""Until when a profile's tokens live, in the words that commands print. The command line's only clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

__all__ = ["lifetime", "token_note"]


def lifetime(secrets: Mapping[str, str]) -> str:
    """Such as "valid for 3 days" or "expired 2 hours ago"; "" where no token tells."""
    from fetch2py.credentials import describe_expiry, expiry

    expires = expiry(secrets.values())
    return "" if expires is None else describe_expiry(expires, datetime.now(UTC))


def token_note(secrets: Mapping[str, str], name: str) -> str:
    """The warning before a replay whose token has expired, "" for none."""
    told = lifetime(secrets)
    if not told.startswith("expired"):
        return ""
    return f"The token {told}: copy the request again, then `fetch2py refresh {name}`."
