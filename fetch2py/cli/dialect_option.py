"""The option that names what reads an answer, the same on every command that has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

__all__ = ["chosen_dialect", "dialect_option"]

dialect_option = click.option(
    "--dialect", metavar="NAME|@FILE", help="What reads the answer: a name, or a file of rules in JSON."
)


def chosen_dialect(option: str | None) -> str | Mapping[str, Any] | None:
    """What --dialect means: a name or rules, both checked; None where it wasn't given.

    Raises a usage error for a file that can't be read, ProfileInvalid for a dialect that there isn't.
    """
    if option is None:
        return None
    from fetch2py.exchange.choice import compiled

    if not option.startswith("@"):
        compiled(option)
        return option
    try:
        rules = json.loads(Path(option[1:]).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise click.UsageError(f"--dialect {option}: {error}") from error
    if not isinstance(rules, dict):
        raise click.UsageError(f"--dialect {option}: the file holds no JSON object of rules.")
    compiled(rules)
    return rules
