"""A header field's value as a browser shows it → one character a byte, as it travelled.

Chromium reads a field's bytes as windows-1252, so a byte from 0x80 to 0x9F is shown as, say, “…” (measured).
"""

from __future__ import annotations

from fetch2py.jsontext import well_formed

__all__ = ["field_value"]

# The bytes that windows-1252 leaves undefined are shown as the control characters of those numbers.
_UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
_BYTES = str.maketrans(
    {bytes([byte]).decode("cp1252"): chr(byte) for byte in range(0x80, 0xA0) if byte not in _UNDEFINED}
)


def field_value(shown: str) -> str:
    """The value's bytes as Latin-1; a character that no byte is shown as stays what it is."""
    return shown if shown.isascii() else well_formed(shown).translate(_BYTES)
