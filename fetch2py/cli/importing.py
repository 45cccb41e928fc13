"""`fetch2py import` and `refresh`: a pasted request becomes a profile, and the person is told what it holds.

Knows the clipboard, files and questions. Must not know esprima or httpx.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from fetch2py.errors import SlotError, SnippetError, SnippetSyntaxError
from fetch2py.message import Finding
from fetch2py.request import Request

from . import terminal
from .dialect_option import chosen_dialect, dialect_option
from .names import profile_argument

__all__ = ["import_command", "refresh_command"]

_IMPORT_EPILOG = """\b
Examples:
  fetch2py import -n kimi --sent "你好"         from the clipboard
  fetch2py import request.txt -n kimi
  pbpaste | fetch2py import - -n kimi --slot json:/messages/0/content
"""
_REFRESH_EPILOG = """\b
Example:
  fetch2py refresh kimi        from the clipboard, after “Copy as fetch”
"""
_OTHERWISE = "Save the text to a file, then `fetch2py import FILE`, or pipe it to `fetch2py import -`."
# Subdomains that say nothing of the site.
_GENERIC = {"www", "api", "chat", "app", "m"}

_pick = click.option(
    "--pick", type=click.IntRange(min=1), metavar="N", help="Which of several requests, counted from 1."
)


@click.command("import", epilog=_IMPORT_EPILOG)
@click.argument("file", required=False, metavar="[FILE|-]")
@click.option("-n", "--name", metavar="NAME", help="The profile's name; by default the site's.")
@click.option("--sent", metavar="TEXT", help="What you typed into the page; it makes the slot certain.")
@_pick
@click.option("--slot", metavar="SLOT", help="The message's place, such as json:/messages/0/content.")
@dialect_option
@click.option("--force", is_flag=True, help="Replace a profile of that name without asking.")
def import_command(**options: Any) -> None:
    """Keep a copied request as a profile: from the clipboard, from FILE, or, with -, from stdin."""
    from fetch2py import message
    from fetch2py.profile import Profile
    from fetch2py.profiles import save

    from .reporting import report_lines

    asking = _can_ask(options["file"])
    request = _picked(_pasted(options["file"]), options["pick"], asking=asking)
    finding = message.find(request, options["sent"])
    slot, also = _slot(request, finding, options, asking=asking)
    dialect = chosen_dialect(options["dialect"])
    profile = Profile.from_request(request, slot=slot, also=also, dialect=dialect)
    name = options["name"] or _name_for(request.url)
    save(profile, name, replace=options["force"] or _may_replace(name, asking=asking))
    for line in report_lines(name, profile):
        terminal.say(line)
    if slot is None:
        terminal.note(f"  The message has no slot: {finding.reason}")
        terminal.note(f"  {_how_to_say(finding)}")


@click.command("refresh", epilog=_REFRESH_EPILOG)
@profile_argument
@click.argument("file", required=False, metavar="[FILE|-]")
@_pick
def refresh_command(name: str, file: str | None, pick: int | None) -> None:
    """Paste NAME's request again: new secrets and ids, while slot, dialect and your edits stay."""
    from fetch2py.profiles import load, save
    from fetch2py.refreshing import refreshed

    from .reporting import report_lines

    known = load(name)
    request = _picked(_pasted(file), pick, asking=_can_ask(file))
    profile = refreshed(known, request)
    save(profile, name)
    for line in report_lines(name, profile):
        terminal.say(line)


def _can_ask(file: str | None) -> bool:
    return file != "-" and sys.stdin.isatty() and sys.stderr.isatty()


def _pasted(file: str | None) -> str:
    """The text to import. Raises SnippetError where there is none, a usage error for no such file."""
    if file is None:
        return _clipboard()
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file} can't be read: {error.strerror}.") from error
    # What Windows' shells write has a byte order mark, and may be UTF-16.
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise SnippetSyntaxError(
            "This is binary data, not a copied request.",
            hint="Copy the request with “Copy as fetch” and save it as UTF-8 text.",
        ) from None


def _clipboard() -> str:
    import pyperclip

    try:
        text = str(pyperclip.paste())
    except pyperclip.PyperclipException:
        raise SnippetError("The clipboard can't be read on this machine.", hint=_OTHERWISE) from None
    if not text.strip():
        raise SnippetError("The clipboard holds no text.", hint=f"Copy the request first. Or: {_OTHERWISE}")
    return text


def _picked(text: str, pick: int | None, *, asking: bool) -> Request:
    """The one request that is meant."""
    from fetch2py.importers import parse

    requests = parse(text)
    if len(requests) > 1 and pick is None:
        for number, request in enumerate(requests, 1):
            terminal.note(f"  {number:>2}  {_summary(request)}")
        if not asking:
            raise SnippetError(f"The text holds {len(requests)} requests.", hint="Choose one with --pick N.")
        pick = click.prompt("Which request", type=click.IntRange(1, len(requests)), err=True)
    if (pick or 1) > len(requests):
        raise SnippetError(
            f"There is no request number {pick}: the text holds {len(requests)}.",
            hint="Choose one with --pick N.",
        )
    return requests[(pick or 1) - 1]


def _summary(request: Request) -> str:
    size = f", {len(request.body):,} bytes" if request.body else ""
    return f"{request.method} {request.url.partition('?')[0]}{size}"


def _slot(
    request: Request, finding: Finding, options: Mapping[str, Any], *, asking: bool
) -> tuple[str | None, tuple[str, ...]]:
    """The message's place and its twins: as told, as found, as chosen, or None."""
    from fetch2py import message

    if options["slot"]:
        message.held(request, options["slot"])
        return options["slot"], ()
    if finding.slot is not None and finding.sure:
        return finding.slot, finding.also
    if asking and finding.candidates:
        terminal.note(f"It isn't certain where the message stands: {finding.reason}")
        for number, (slot, held) in enumerate(finding.candidates, 1):
            terminal.note(f"  {number:>2}  {slot}  “{held[:60]}”")
        chosen = click.prompt(
            "Which place (0 for none)", type=click.IntRange(0, len(finding.candidates)), err=True
        )
        return (finding.candidates[chosen - 1][0] if chosen else None), ()
    if options["sent"] is not None:
        raise SlotError(finding.reason, hint=_how_to_say(finding))
    return None, ()


def _how_to_say(finding: Finding) -> str:
    if not finding.candidates:
        return "Without a slot the request goes out as it was captured; --slot names a place by hand."
    places = " or ".join(f"--slot {slot}" for slot, _ in finding.candidates[:2])
    return f"Import again with --sent and what you typed, or with {places}."


def _may_replace(name: str, *, asking: bool) -> bool:
    from fetch2py.store import Store

    if not asking or name not in Store.default().names():
        return False
    return click.confirm(f"A profile named {name} is there already. Replace it?", err=True, abort=True)


def _name_for(url: str) -> str:
    """A site's own name: kimi for https://www.kimi.com/…, local for an address."""
    host = re.sub(r"^[^/]*//(?:[^/?#@]*@)?|[/?#].*$|:\d+$", "", url.lower())
    labels = [label for label in host.split(".") if label not in _GENERIC]
    if not labels or host.startswith("[") or labels[-1].isdigit() or host == "localhost":
        return "local"
    return re.sub(r"[^\w-]", "-", labels[0])
