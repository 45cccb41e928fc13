"""`fetch2py settings`: what holds for every profile.

Must not know what a setting does.
"""

from __future__ import annotations

from dataclasses import asdict

import click

from fetch2py.cli import terminal
from fetch2py.store import Store
from fetch2py.store.settings import settings_of

__all__ = ["settings_command"]

_EPILOG = """\b
Examples:
  fetch2py settings
  fetch2py settings user_agent "Mozilla/5.0 (X11; Linux x86_64) …"
  fetch2py settings user_agent ""        as if it had never been set
  fetch2py settings history off
"""


_SWITCHED = {True: "on", False: "off"}


@click.command("settings", epilog=_EPILOG)
@click.argument("name", required=False)
@click.argument("value", required=False)
def settings_command(name: str | None, value: str | None) -> None:
    """Show what holds for every profile; with NAME and VALUE, change it.

    user_agent is the User-Agent of requests whose copy has none: Chromium leaves it out. Without it an honest
    fetch2py goes out. history says whether replays are kept in the history: on, unless it is off.
    """
    store = Store.default()
    table = asdict(store.settings())
    if name is not None and value is None:
        raise click.UsageError(f"What is {name} to be? Write the value behind it, or nothing at all.")
    if name is not None:
        table[name] = value
        kept = settings_of(table)
        store.keep_settings(kept)
        table = asdict(kept)
    width = max(map(len, table))
    for known, held in table.items():
        terminal.say(f"{known:<{width}}  {_SWITCHED.get(held, held) or '(not set)'}")
