"""Names of profiles that are safe as file names, on every system that a profile may be carried to.

Knows names alone. Must not know the disk.
"""

from __future__ import annotations

import re
import unicodedata

from fetch2py.errors import ProfileInvalid

__all__ = ["checked", "folded"]

# With the endings that the store adds, this stays below the 255 bytes that most file systems take.
_MOST_CHARACTERS = 64
_MOST_BYTES = 200
_PUNCTUATION = frozenset("._-+@ ")
# Letters, numbers, and the marks that belong to letters in many scripts (Unicode general categories).
_CATEGORIES = frozenset("LNM")
# Windows opens the device whatever follows the first dot (Win32: Naming Files, Paths, and Namespaces).
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)

_HINT = "Choose a name of letters, digits, dots, hyphens and underscores, such as kimi or my-chat."


def checked(name: str) -> str:
    """`name` in Unicode's composed form (NFC), if it is a safe file name. Raises ProfileInvalid if not."""
    problem = _problem(name)
    if problem:
        raise ProfileInvalid(f"That can't be the name of a profile: {problem}.", hint=_HINT)
    return unicodedata.normalize("NFC", name)


def folded(name: str) -> str:
    """`name` as a file system that is blind to case compares it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _problem(name: str) -> str:
    """What makes `name` unsafe, as a clause; "" where nothing does."""
    if not name:
        return "it is empty"
    if len(name) > _MOST_CHARACTERS or len(name.encode("utf-8", "surrogatepass")) > _MOST_BYTES:
        return f"it is longer than {_MOST_CHARACTERS} characters"
    foreign = next((char for char in unicodedata.normalize("NFC", name) if not _is_allowed(char)), None)
    if foreign is not None:
        return f"it holds the character {foreign!a}"
    if name[0] in ".- ":
        return "it begins with a dot, a hyphen or a space"
    if name[-1] in ". ":
        return "it ends with a dot or a space"
    if _DEVICE.fullmatch(name):
        return "Windows keeps it for a device"
    return ""


def _is_allowed(char: str) -> bool:
    return char in _PUNCTUATION or unicodedata.category(char)[0] in _CATEGORIES
