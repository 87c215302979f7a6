"""``kb completion``: what a shell proposes while a command is typed, ids of the base among it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from kb.cli.options import stop

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SHELLS = {
    "bash": "kb completion bash > ~/.local/share/bash-completion/completions/kb",
    "zsh": "kb completion zsh > ~/.zfunc/_kb    (with fpath+=~/.zfunc before compinit in ~/.zshrc)",
    "fish": "kb completion fish > ~/.config/fish/completions/kb.fish",
}
Proposing = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def ids(*kinds: str) -> Proposing:
    """For ``shell_complete``: ids of the base's claims, checks or sources, as their files are named.

    Nothing is read and nothing is said: between two keys there is time for a look at folders only.
    """

    def propose(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from kb.api import NoBase, file_ids

        try:
            named = file_ids(ctx.params.get("base_path"), kinds)
        except (NoBase, OSError):
            return []
        return [
            CompletionItem(name, help=kind) for name, kind in named.items() if name.startswith(incomplete)
        ]

    return propose


@click.command(
    epilog="\b\nWhere it goes:\n" + "\n".join(f"  {how}" for how in SHELLS.values()),
)
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script by which SHELL completes commands, options and ids while they are typed."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        stop(f"this version of click cannot complete for {shell}", "text")
    click.echo(found(ctx.find_root().command, {}, "kb", "_KB_COMPLETE").source())
