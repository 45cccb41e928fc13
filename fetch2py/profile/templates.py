"""What stands around the message, without its secrets: lifted out before it is kept, and put back.

Knows placeholders. Must not know what a template is for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fetch2py import credentials
from fetch2py.request import Request

__all__ = ["lifted", "restored"]

# The secret that a whole template is, where there is one in it that isn't spelled as it is in the request.
_WHOLE = "message.template"
_OPENING = "${secret:"
# Shorter texts are part of too many others.
_SHORTEST = 4


def lifted(template: str, secrets: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The template with placeholders, and the secrets that it has beyond those of the request."""
    names = {secret: name for name, secret in secrets.items() if len(secret) >= _SHORTEST}
    longest_first = sorted(names, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, [*longest_first, _OPENING])))
    bare = known.sub(lambda found: f"{_OPENING}{names.get(found[0], '')}}}", template)
    if credentials.redact(bare, secrets.values()) == bare:
        return bare, {}
    return f"{_OPENING}{_WHOLE}}}", {_WHOLE: template}


def restored(template: str, secrets: Mapping[str, str]) -> str:
    """The template with its secrets. Raises CredentialMissing."""
    if not template:
        return ""
    carrier = Request("POST", "", body=template.encode("utf-8", "surrogatepass"))
    return (credentials.restore(carrier, secrets).body or b"").decode("utf-8", "surrogatepass")
