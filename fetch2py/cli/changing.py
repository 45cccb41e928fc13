"""What the options of `replay` change in the request before it goes out, and how it is shown.

Knows options, stdin and files. Must not know the network.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from fetch2py.cli import terminal
from fetch2py.errors import SlotError
from fetch2py.request import Headers, Request

__all__ = ["SETTINGS_HELP", "new_message", "request_lines", "with_fields", "with_files", "with_settings"]

SETTINGS_HELP = (
    "Set another place as well, to a value of the type that stands there: text, or for numbers, true, false, "
    "null, lists and objects JSON."
)

_STDIN = "-"
# So many equals signs of a setting are tried as the end of its slot.
_MOST_EQUALS = 20
# The line end that a shell or an editor puts behind a text; it isn't the person's.
_LAST_LINE_END = re.compile(r"\r?\n\Z")


def new_message(argument: str | None, option: str | None) -> str | None:
    """The message of a plain argument or of -m; None where neither is given.

    `-` means stdin, and with -m `@FILE` a file and `@@` a plain @. Raises a usage error for what can't be
    read, and where both are given.
    """
    if argument is not None and option is not None:
        raise click.UsageError("The message is given twice: as an argument and with -m.")
    if _STDIN in (argument, option):
        return _decoded(_typed(), "stdin")
    if option is None or not option.startswith("@"):
        return argument if option is None else option
    if option.startswith("@@"):
        return option[1:]
    try:
        return _decoded(Path(option[1:]).read_bytes(), option[1:])
    except OSError as error:
        raise click.UsageError(
            f"{option[1:]} can't be read: {error.strerror}. For a message that begins with @ write @@."
        ) from error


def with_settings(request: Request, settings: Iterable[str]) -> Request:
    """The request with each SLOT=VALUE of `settings` set: of the type that stood there."""
    for setting in settings:
        if "=" not in setting:
            raise click.UsageError("--set wants SLOT=VALUE, such as --set json:/model=k2.")
        request = _with_setting(request, setting)
    return request


def _with_setting(request: Request, setting: str) -> Request:
    """The request with the longest slot set that there is: names and values can have equals signs too."""
    from fetch2py.message import assign

    pieces = setting.split("=", _MOST_EQUALS)
    for count in range(len(pieces) - 1, 1, -1):
        try:
            return assign(request, "=".join(pieces[:count]), "=".join(pieces[count:]))
        except SlotError:
            continue
    return assign(request, pieces[0], "=".join(pieces[1:]))


def with_files(request: Request, files: Iterable[str]) -> Request:
    """The request with each FIELD=PATH of `files` in its form: what the copy has lost of them."""
    if not files:
        return request
    from fetch2py.attaching import attach

    for file in files:
        field, equals, path = file.partition("=")
        if not equals or not path:
            raise click.UsageError("--file wants FIELD=PATH, such as --file upload=photo.png.")
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise click.UsageError(f"{path} can't be read: {error.strerror}.") from error
        request = attach(request, field, content)
    return request


def with_fields(request: Request, fields: Iterable[str]) -> Request:
    """The request with each 'name: value' of `fields` set; one without a value is left out."""
    headers = request.headers
    for field in fields:
        name, colon, value = field.partition(":")
        if not colon or not name.strip():
            raise click.UsageError("-H wants 'name: value', such as -H 'x-language: zh-CN'.")
        headers = _replaced(headers, name.strip(), value.strip())
    return replace(request, headers=headers)


def request_lines(request: Request, secrets: Iterable[str]) -> Iterator[str]:
    """The request as it would go out, secrets masked."""
    from fetch2py.credentials import redact

    head = [f"{request.method} {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
    body = [] if request.body is None else ["", request.body.decode("utf-8", "backslashreplace")]
    yield from redact("\n".join(head + body), secrets).split("\n")


def _typed() -> bytes:
    if sys.stdin.isatty():
        terminal.note("Type the message; Ctrl-D on a line of its own ends it (on Windows Ctrl-Z).")
    return sys.stdin.buffer.read()


def _decoded(raw: bytes, source: str) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"The message from {source} isn't UTF-8 text. Save it as UTF-8.") from None
    return _LAST_LINE_END.sub("", text)


def _replaced(headers: Headers, name: str, value: str) -> Headers:
    """The fields with `name` set at its old place, added last, or, without a value, left out."""
    if not value:
        return headers.without(name)
    if not headers.has(name):
        return headers.plus(name, value)
    first = next(pair for pair in headers if pair[0].lower() == name.lower())
    kept = (pair for pair in headers if pair is first or pair[0].lower() != name.lower())
    return Headers((pair[0], value) if pair is first else pair for pair in kept)
