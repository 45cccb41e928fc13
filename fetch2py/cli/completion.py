"""`fetch2py completion`: the script that a shell reads to complete commands, options and names."""

from __future__ import annotations

import click

from fetch2py.cli import terminal

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
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    kind = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}[shell]
    terminal.say(kind(context.find_root().command, {}, "fetch2py", "_FETCH2PY_COMPLETE").source())
