"""`fetch2py history`: the replays that were kept.

Must not know how they are kept.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from fetch2py.cli import terminal

if TYPE_CHECKING:
    from fetch2py.store.history import Entry, History

__all__ = ["history_command"]

_EPILOG = """\b
Examples:
  fetch2py history
  fetch2py history --profile kimi -n 5
  fetch2py history show 12
  fetch2py history diff 11 12
  fetch2py settings history off        from now on nothing is kept
"""

_SHOWN = 20
_MESSAGE, _ANSWER = 24, 40  # cells: a line fits most terminals


@click.group("history", epilog=_EPILOG, invoke_without_command=True)
@click.option("--profile", metavar="NAME", help="Only the replays of this profile.")
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=1),
    default=_SHOWN,
    show_default=True,
    metavar="COUNT",
    help="At most so many, the newest.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, texts in full.")
@click.pass_context
def history_command(context: click.Context, profile: str | None, count: int, as_json: bool) -> None:
    """The replays that were kept, the newest last: number, time, profile, outcome, message, answer.

    Messages and answers are kept on this machine, readable by you alone, without secrets. The oldest go when
    there are more than a thousand. `replay --no-history` keeps nothing.
    """
    if context.invoked_subcommand is not None:
        return
    entries = _history().entries(count, profile)
    if not entries:
        terminal.note("Nothing in the history yet: `fetch2py replay NAME` puts it there.")
    for entry in entries:
        if as_json:
            _say_json(entry)
    if not as_json:
        for line in _lines(entries):
            terminal.say(line)


@history_command.command("show", epilog="\b\nExample:\n  fetch2py history show 12\n")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def show_command(number: int, as_json: bool) -> None:
    """What was asked and answered in the replay NUMBER. The answer alone goes to stdout."""
    entry = _history().entry(number)
    if as_json:
        _say_json(entry)
        return
    terminal.note(f"{_local(entry)}  {entry.profile}  {entry.outcome}  {entry.seconds:.1f} s")
    terminal.note("(as captured)" if entry.message is None else f"> {entry.message}")
    if entry.error:
        terminal.note(f"error: {entry.error}")
    if entry.answer:
        terminal.say(entry.answer)


@history_command.command("diff", epilog="\b\nExample:\n  fetch2py history diff 11 12\n")
@click.argument("old", metavar="A", type=int)
@click.argument("new", metavar="B", type=int)
def diff_command(old: int, new: int) -> None:
    """How the answer of replay B differs from that of A."""
    from difflib import unified_diff

    history = _history()
    entries = history.entry(old), history.entry(new)
    before, after = (entry.answer.splitlines() for entry in entries)
    one, other = (f"{entry.number} {entry.profile} {_local(entry)}" for entry in entries)
    lines = list(unified_diff(before, after, one, other, lineterm=""))
    if not lines:
        terminal.note("The two answers are the same.")
    for line in lines:
        terminal.say(line)


@history_command.command("clear", epilog="\b\nExample:\n  fetch2py history clear\n")
@click.option("--yes", is_flag=True, help="Don't ask.")
def clear_command(yes: bool) -> None:
    """Delete the whole history."""
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("Nobody can be asked here: say --yes to delete the whole history.")
    if not yes and not click.confirm("Delete the whole history?", err=True):
        terminal.note("Nothing is deleted.")
        return
    terminal.say("The history is deleted." if _history().clear() else "There was no history.")


def _history() -> History:
    from fetch2py.store import Store
    from fetch2py.store.history import History

    return History(Store.default().home)


def _say_json(entry: Entry) -> None:
    # In ASCII on a terminal: JSON leaves U+009B, which some obey as ESC [, as it is.
    terminal.say(json.dumps(asdict(entry), ensure_ascii=sys.stdout.isatty()))


def _lines(entries: list[Entry]) -> list[str]:
    rows = [
        (f"{entry.number}", _local(entry), entry.profile, entry.outcome, _asked(entry), _answered(entry))
        for entry in entries
    ]
    widths = [max(map(_cells, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]


def _asked(entry: Entry) -> str:
    return "(as captured)" if entry.message is None else _shortened(entry.message, _MESSAGE)


def _answered(entry: Entry) -> str:
    return _shortened(entry.answer or entry.error, _ANSWER)


def _local(entry: Entry) -> str:
    """The time as this machine's clock has it, to the minute."""
    from datetime import datetime

    return datetime.fromisoformat(entry.time).astimezone().strftime("%Y-%m-%d %H:%M")


def _shortened(text: str, cells: int) -> str:
    """The text's beginning on one line, in at most so many cells of a terminal."""
    line = " ".join(text[: 4 * cells].split())
    if _cells(line) <= cells and len(text) <= 4 * cells:
        return line
    while _cells(line) >= cells:
        line = line[:-1]
    return line + "…"


def _cells(text: str) -> int:
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, cells: int) -> str:
    return text + " " * (cells - _cells(text))
