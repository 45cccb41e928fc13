"""Header fields as a browser lists them: their values' bytes, and whether the list is a browser's, and whole.

“Copy as cURL” and a HAR hold nearly every field that was sent, as the panel shows it. Must not know either
format.
"""

from __future__ import annotations

from fetch2py.jsontext import well_formed
from fetch2py.request import Headers, Loss

__all__ = ["field_value", "gaps", "is_browsers", "is_placeholder"]

# Chromium reads a field's bytes as windows-1252, and shows a byte from 0x80 to 0x9F as, say, “…” (measured).
# The bytes that windows-1252 leaves undefined are shown as the control characters of those numbers.
_UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
_BYTES = str.maketrans(
    {bytes([byte]).decode("cp1252"): chr(byte) for byte in range(0x80, 0xA0) if byte not in _UNDEFINED}
)


def field_value(shown: str) -> str:
    """The value's bytes as Latin-1; a character that no byte is shown as stays what it is."""
    return shown if shown.isascii() else well_formed(shown).translate(_BYTES)


def is_placeholder(name: str, value: str) -> bool:
    """Whether a listed field was never sent so: HTTP/2's own, and a Referer that wasn't known yet."""
    return name.startswith(":") or (name.lower() == "referer" and not value)


def is_browsers(headers: Headers) -> bool:
    """Whether a browser listed these fields: every one calls itself so."""
    return headers.get("user-agent").startswith("Mozilla/")


def gaps(headers: Headers) -> tuple[Loss, ...]:
    """What a list of fields lacks that every browser sends."""
    if not headers.has("user-agent"):
        return (_USER_AGENT,)
    if is_browsers(headers) and not headers.has("accept-language"):
        return (_PROVISIONAL,)
    return ()


_USER_AGENT = Loss(
    "user-agent",
    "No User-Agent is told, and an honest fetch2py goes out in its place; "
    "if the site wants a browser's, add a user-agent line with `fetch2py edit`.",
)
_PROVISIONAL = Loss(
    "headers-missing",
    "The browser knew only a part of the header fields when it listed them (a worker's request, or one that "
    "was blocked): cookies and others may be missing; add them with `fetch2py edit`.",
)
