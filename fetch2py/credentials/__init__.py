"""Which values of a request are secret: lift them out, put them back, redact a text, read a JWT's expiry.

Must not know where secrets are stored. One module a question: `rules` what is secret, `find` where it
stands, `placeholders` what takes its place, `redaction` how a text is shown, `blanking` how bytes
are kept, `jwt` until when a token holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fetch2py.credentials.jwt import describe_expiry, expiry
from fetch2py.credentials.placeholders import Lift, Lifted, lift, placeholders_in, restore

if TYPE_CHECKING:
    from fetch2py.credentials.blanking import Blanking

__all__ = [
    "Lift",
    "Lifted",
    "blanking",
    "describe_expiry",
    "expiry",
    "lift",
    "placeholders_in",
    "redact",
    "restore",
]


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` with every secret masked: those in `secrets`, in any spelling, and what looks like one.

    At most three leading characters of a secret stay. What is masked, or a placeholder, stays as it is.
    """
    # Most commands print no secret, and compiling the patterns takes milliseconds.
    from fetch2py.credentials.redaction import masked

    return masked(text, secrets)


def blanking(secrets: Iterable[str] = ()) -> Blanking:
    """What overwrites the secrets in bytes that stream by, and changes no length."""
    from fetch2py.credentials.blanking import Blanking

    return Blanking(secrets)
