"""`fetch2py completion`: the script that a shell reads to complete commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from . import terminal

__all__ = ["completion_command"]

_EPILOG = """\b
Examples:
  fetch2py completion bash >> ~/.bashrc
  fetch2py completion zsh >> ~/.zshrc
  fetch2py completion fish > ~/.config/fish/completions/fetch2py.fish
"""


@click.command("completion", epilog=_EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """The completion script for SHELL."""
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # click knows all three
    terminal.say(kind(context.find_root().command, {}, "fetch2py", "_FETCH2PY_COMPLETE").source())
