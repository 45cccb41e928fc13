"""The argument that every command on a profile takes, with completion of the names that there are."""

from __future__ import annotations

import click

__all__ = ["ProfileName", "profile_argument"]


class ProfileName(click.ParamType[str]):
    """A name as text; the store says whether it is one."""

    name = "profile"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        from click.shell_completion import CompletionItem

        from fetch2py.store import Store

        return [CompletionItem(name) for name in Store.default().names() if name.startswith(incomplete)]


profile_argument = click.argument("name", metavar="NAME", type=ProfileName())
