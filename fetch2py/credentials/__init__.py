"""Which values of a request are secret: lift them out, put them back, redact a text, read a JWT's expiry.

Must not know where secrets are stored. One module a question: `rules` what is secret, `find` where it
stands, `placeholders` what takes its place, `redaction` how a text is shown, `jwt` until when a token holds.
"""

from __future__ import annotations

from fetch2py.credentials.jwt import describe_expiry, expiry
from fetch2py.credentials.placeholders import Lift, Lifted, lift, restore
from fetch2py.credentials.redaction import redact

__all__ = ["Lift", "Lifted", "describe_expiry", "expiry", "lift", "redact", "restore"]
