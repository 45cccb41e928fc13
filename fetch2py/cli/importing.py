"""`fetch2py import` and `refresh`: a pasted request becomes a profile, and the person is told what it holds.

Knows options and questions. Must not know esprima or httpx.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import click

from fetch2py.cli import terminal
from fetch2py.cli.dialect_option import chosen_dialect, dialect_option
from fetch2py.cli.names import profile_argument
from fetch2py.cli.pasting import can_ask, meant, pasted
from fetch2py.errors import ProfileError, SlotError
from fetch2py.message.finding import Finding
from fetch2py.request import Request

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
# Subdomains that say nothing of the site.
_GENERIC = {"www", "api", "chat", "app", "m", ""}
# The name of what has none: an address, a machine in the house.
_NAMELESS = "local"

_file = click.argument("file", required=False, type=click.Path(allow_dash=True), metavar="[FILE|-]")
_pick = click.option(
    "--pick", type=click.IntRange(min=1), metavar="N", help="Which of several requests, counted from 1."
)


@click.command("import", epilog=_IMPORT_EPILOG)
@_file
@click.option("-n", "--name", metavar="NAME", help="The profile's name; by default the site's.")
@click.option("--sent", metavar="TEXT", help="What you typed into the page; it makes the slot certain.")
@_pick
@click.option("--slot", metavar="SLOT", help="The message's place, such as json:/messages/0/content.")
@dialect_option
@click.option("--force", is_flag=True, help="Replace a profile of that name without asking.")
def import_command(**options: Any) -> None:
    """Keep a copied request as a profile: from the clipboard, from FILE, or, with -, from stdin."""
    from fetch2py import message
    from fetch2py.cli.reporting import report_lines
    from fetch2py.profile import Profile
    from fetch2py.profiles import save

    asking, dialect = can_ask(options["file"]), chosen_dialect(options["dialect"])
    request = meant(pasted(options["file"]), options["pick"], asking=asking)
    bare = Profile.from_request(request, dialect=dialect)
    finding = message.find(request, options["sent"])
    meant_slot = _slot(request, finding, options, asking=asking, secrets=bare.secrets.values())
    told = finding if meant_slot == finding.slot else Finding(meant_slot)
    profile = bare.with_slot(told.slot, told.also, told.template, told.new_ids)
    name = options["name"] if options["name"] is not None else _name_for(request.url)
    save(profile, name, replace=options["force"] or _may_replace(name, asking=asking))
    for line in report_lines(name, profile, request, told):
        terminal.say(line)
    if meant_slot is None:
        terminal.note(f"  The message has no slot: {finding.reason}")
        terminal.note(f"  {_how_to_say(finding)}")


@click.command("refresh", epilog=_REFRESH_EPILOG)
@profile_argument
@_file
@_pick
def refresh_command(name: str, file: str | None, pick: int | None) -> None:
    """Paste NAME's request again: new secrets and ids, while slot, dialect and your edits stay."""
    from fetch2py.cli.reporting import report_lines
    from fetch2py.profiles import load, save
    from fetch2py.refreshing import refreshed

    known = load(name)
    profile = refreshed(known, meant(pasted(file), pick, asking=can_ask(file)))
    save(profile, name)
    for line in report_lines(name, profile):
        terminal.say(line)


def _slot(
    request: Request,
    finding: Finding,
    options: Mapping[str, Any],
    *,
    asking: bool,
    secrets: Collection[str],
) -> str | None:
    """The message's place: as told, as found, as chosen, or None."""
    from fetch2py import message
    from fetch2py.message.kinds import UNFILLABLE

    if options["slot"]:
        message.held(request, options["slot"])
        return str(options["slot"])
    if finding.slot is not None and finding.sure:
        return finding.slot
    is_nowhere = options["sent"] is not None and finding.slot is None
    if asking and finding.candidates and not is_nowhere:
        return _asked(finding, secrets)
    # A request that can hold no message is kept to go out as it was captured.
    if options["sent"] is not None and finding.body_kind not in UNFILLABLE:
        raise SlotError(finding.reason, hint=_how_to_say(finding))
    return None


def _asked(finding: Finding, secrets: Collection[str]) -> str | None:
    """The place that the person chooses, None for none of them."""
    from fetch2py.cli.reporting import shortened
    from fetch2py.credentials import redact

    terminal.note(f"It isn't certain where the message stands: {finding.reason}")
    for number, (slot, held) in enumerate(finding.candidates, 1):
        terminal.note(f"  {number:>2}  {slot}  “{shortened(redact(held, secrets))}”")
    places = click.IntRange(0, len(finding.candidates))
    chosen = click.prompt("Which place (0 for none)", type=places, err=True)
    return finding.candidates[chosen - 1][0] if chosen else None


def _how_to_say(finding: Finding) -> str:
    if not finding.candidates:
        return "Without a slot the request goes out as it was captured; --slot names a place by hand."
    places = " or ".join(f"--slot {slot}" for slot, _ in finding.candidates[:2])
    return f"Import again with --sent and what you typed, or with {places}."


def _may_replace(name: str, *, asking: bool) -> bool:
    from fetch2py.store import Store

    if not asking or name not in Store.default().names():
        return False
    if not click.confirm(f"A profile named {name} is there already. Replace it?", err=True):
        raise ProfileError(f"The profile {name} stays as it is.", hint="Choose another name with -n.")
    return True


def _name_for(url: str) -> str:
    """A site's own name: kimi for https://www.kimi.com/…, local for an address."""
    host = urlsplit(url).hostname or ""
    labels = [label for label in host.split(".") if label not in _GENERIC]
    if not labels or ":" in host or labels[-1].isdigit() or host == "localhost":
        return _NAMELESS
    return re.sub(r"[^\w-]", "-", labels[0])
