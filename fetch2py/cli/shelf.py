"""The commands on profiles that are kept: list, show, edit, rename, remove, path.

Must not know httpx or esprima.
"""

from __future__ import annotations

import click

from fetch2py.cli import terminal
from fetch2py.cli.names import ProfileName, profile_argument
from fetch2py.errors import Fetch2pyError, ProfileInvalid
from fetch2py.store import Store

__all__ = ["edit_command", "list_command", "path_command", "remove_command", "rename_command", "show_command"]


@click.command("list", epilog="\b\nExample:\n  fetch2py list\n")
def list_command() -> int:
    """The profiles, one a line: name, method and host, slot, how long the token lives."""
    store, worst = Store.default(), 0
    names = store.names()
    if not names:
        terminal.note("No profiles yet: copy a request as fetch, then `fetch2py import -n NAME`.")
    width = max(map(len, names), default=0)
    for name in names:
        try:
            facts = _facts(name, store)
        except Fetch2pyError as error:
            facts, worst = f"can't be read: {error.message}", error.exit_code
        terminal.say(f"{name:<{width}}  {facts}")
    return worst


def _facts(name: str, store: Store) -> str:
    from urllib.parse import urlsplit

    from fetch2py.cli.tokens import lifetime
    from fetch2py.profiles import load

    profile = load(name, store)
    where = f"{profile.request.method} {urlsplit(profile.request.url).hostname}"
    return "  ".join(filter(None, (where, profile.slot or "no slot", lifetime(profile.secrets))))


@click.command("show", epilog="\b\nExamples:\n  fetch2py show kimi\n  fetch2py show kimi --reveal\n")
@profile_argument
@click.option("--reveal", is_flag=True, help="Show the secrets as well.")
def show_command(name: str, reveal: bool) -> None:
    """NAME's report and its request, secrets masked."""
    from fetch2py.cli.reporting import report_lines
    from fetch2py.credentials import redact
    from fetch2py.profiles import load

    profile = load(name)
    request = profile.captured() if reveal else profile.request
    for line in report_lines(name, profile):
        terminal.say(line)
    body = "" if request.body is None else request.body.decode("utf-8", "backslashreplace")
    text = "\n".join(
        ["", f"{request.method} {request.url}", *(": ".join(pair) for pair in request.headers), "", body]
    )
    terminal.say(text if reveal else redact(text, profile.secrets.values()))


@click.command("edit", epilog="\b\nExample:\n  EDITOR=nano fetch2py edit kimi\n")
@profile_argument
def edit_command(name: str) -> None:
    """Open NAME's file in your editor, check it afterwards, and show what it now says."""
    from contextlib import suppress

    from fetch2py.cli.reporting import report_lines
    from fetch2py.profiles import load

    store = Store.default()
    # A file that can't be read is opened all the same: this is how it is mended.
    with suppress(ProfileInvalid):
        store.load(name)
    click.edit(filename=str(store.path(name)))
    for line in report_lines(name, load(name, store)):
        terminal.say(line)


@click.command("rename", epilog="\b\nExample:\n  fetch2py rename kimi kimi-work\n")
@profile_argument
@click.argument("new", metavar="NEW")
def rename_command(name: str, new: str) -> None:
    """Give the profile NAME the name NEW."""
    Store.default().rename(name, new)
    terminal.say(f"{name} is now {new}.")


@click.command("remove", epilog="\b\nExample:\n  fetch2py remove kimi\n")
@profile_argument
def remove_command(name: str) -> None:
    """Delete the profile NAME and its secrets."""
    Store.default().remove(name)
    terminal.say(f"{name} is removed, and its secrets with it.")


@click.command("path", epilog="\b\nExample:\n  fetch2py path kimi\n")
@click.argument("name", required=False, type=ProfileName(), metavar="[NAME]")
def path_command(name: str | None) -> None:
    """Where everything lies, or where NAME's file lies."""
    store = Store.default()
    terminal.say(str(store.path(name) if name else store.home))
