"""The text to import, from the clipboard, a file or stdin, and which of its requests is meant.

Knows the clipboard, files and questions. Must not know what becomes of the request.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fetch2py.cli import terminal
from fetch2py.errors import SnippetError, SnippetSyntaxError
from fetch2py.request import Request

__all__ = ["can_ask", "meant", "pasted"]

_STDIN = "-"
_OTHERWISE = (
    "Save the text to a file, then `fetch2py import FILE`, or pipe it to `fetch2py import -`. "
    "(Linux needs xclip or wl-clipboard to read a clipboard.)"
)
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def can_ask(file: str | None) -> bool:
    """Whether a person is there to answer, and stdin isn't what is imported."""
    return file != _STDIN and sys.stdin.isatty() and sys.stderr.isatty()


def pasted(file: str | None) -> str:
    """The text to import. Raises SnippetError where there is none, a usage error for no such file."""
    if file is None:
        return _clipboard()
    try:
        raw = _typed() if file == _STDIN else Path(file).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file} can't be read: {error.strerror}.") from error
    # What Windows' shells write has a byte order mark, and may be UTF-16.
    encoding = "utf-16" if raw[:2] in _UTF_16_MARKS else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise _binary() from None


def meant(text: str, pick: int | None, *, asking: bool) -> Request:
    """The one request that is meant: the only one, number `pick`, or as the person says."""
    from fetch2py.importers import parse, picked

    requests = parse(text)
    if len(requests) > 1 and pick is None:
        for number, request in enumerate(requests, 1):
            terminal.note(f"  {number:>2}  {_summary(request)}")
        if asking:
            pick = click.prompt("Which request", type=click.IntRange(1, len(requests)), err=True)
    return picked(requests, pick)


def _typed() -> bytes:
    if sys.stdin.isatty():
        terminal.note("Paste the request; Ctrl-D on a line of its own ends it (on Windows Ctrl-Z).")
    return sys.stdin.buffer.read()


def _clipboard() -> str:
    import pyperclip

    try:
        text = str(pyperclip.paste())
    except pyperclip.PyperclipException:
        raise SnippetError("The clipboard can't be read on this machine.", hint=_OTHERWISE) from None
    except UnicodeDecodeError:
        raise _binary() from None
    if not text.strip():
        raise SnippetError("The clipboard holds no text.", hint=f"Copy the request first. Or: {_OTHERWISE}")
    return text


def _binary() -> SnippetSyntaxError:
    return SnippetSyntaxError(
        "This is binary data, or text that isn't UTF-8.",
        hint="Copy the request with “Copy as fetch” and save it as UTF-8 text.",
    )


def _summary(request: Request) -> str:
    from fetch2py.credentials import lift, redact

    # Lifted as well, so that nothing in an address is shown that a profile would lock away.
    address = redact(lift(request).request.url.partition("?")[0])
    size = f", {len(request.body):,} bytes" if request.body else ""
    return f"{request.method} {address}{size}"
