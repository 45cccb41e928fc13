"""What the two files of a profile hold: texts as bytes and back, and what is said of bytes that are spoilt.

Knows the encodings, and the commands that mend a profile. Must not know the disk: a path is only told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from fetch2py.errors import ProfileInvalid
from fetch2py.store.tie import TieBroken, tied, untied

__all__ = ["command", "decoded", "encoded", "secrets_in", "spelled"]


def encoded(document: str, generation: str, name: str) -> bytes:
    """The content of a document's file, tied to a generation if there is one. Raises ProfileInvalid."""
    what = f"of the document for the profile “{name}”"
    try:
        text, _ = untied(document)
    except TieBroken as exc:
        raise ProfileInvalid(
            f"Line {exc.line} {what} names no secrets file of this store.",
            hint="Take that line away: the store names the secrets file itself.",
        ) from exc
    try:
        return (tied(text, generation) if generation else text).encode("utf-8")
    except UnicodeEncodeError as exc:
        line = text.count("\n", 0, exc.start) + 1
        # A chained exception would hold the whole document.
        raise ProfileInvalid(
            f"Line {line} {what} holds half a character, which no file can hold.",
            hint="Write the character whole, or take it away.",
        ) from None


def decoded(content: bytes, path: Path, name: str) -> tuple[str, str]:
    """(the document, the generation that it names or "") of a file's content. Raises ProfileInvalid."""
    hint = f"Mend the file with `{command('edit', name)}`, or import the request again with --force."
    try:
        return untied(content.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise ProfileInvalid(f"Line {line} of {path} isn't UTF-8 text.", hint=hint) from exc
    except TieBroken as exc:
        raise ProfileInvalid(
            f"Line {exc.line} of {path} names no secrets file of this store.", hint=hint
        ) from exc


def spelled(secrets: Mapping[str, str]) -> bytes:
    """The content of a secrets file."""
    # In ASCII, because bytes of a body that aren't UTF-8 are lone surrogates in a secret.
    return json.dumps(dict(secrets), indent=1).encode("ascii")


def secrets_in(content: bytes, path: Path, name: str) -> dict[str, str]:
    """The secrets in a secrets file's content. Raises ProfileInvalid."""
    hint = f"Copy the request again in the browser, then run: {command('refresh', name)}"
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as exc:
        # json's own message can't hold a secret, but a chained exception holds the whole text.
        line = f" (line {exc.lineno})" if isinstance(exc, json.JSONDecodeError) else ""
        raise ProfileInvalid(f"The secrets file {path} isn't JSON{line}.", hint=hint) from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ProfileInvalid(f"The secrets file {path} isn't a JSON object of strings.", hint=hint)
    return found


def command(act: str, name: str) -> str:
    """The command line that does `act` to the profile, as one types it in a shell."""
    from shlex import quote

    return f"fetch2py {act} {quote(name)}"
