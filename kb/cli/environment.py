"""Options from the environment: ``kb check --fail-on X`` and ``KB_CHECK_FAIL_ON=X`` mean the same.

Not by click's ``auto_envvar_prefix``, which names a variable after the function's parameter, not the option,
and cuts the values of an option that may be repeated at each space.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from click.core import ParameterSource

RULE = """\
Each option but `--base` has a variable as well: `KB_`, the command and the option, in capitals, with `_` for
spaces and hyphens. `KB_CHECK_FAIL_ON=fails` is `kb check --fail-on fails`, and `KB_SOURCES_ADD_SKIP=1` is
`kb sources add --skip`. What is typed goes before what a variable says. A flag takes 1 or 0 (true, false,
yes, no, on, off); an option that may be repeated takes a value a line. Empty lines and variables say nothing.
"""
#: Variables of their own, which no option may be named like.
OTHERS: Mapping[str, str] = {
    "KB_BASE": "the folder of the base for every command, as `--base`",
    "KB_CACHE_DIR": "the folder of the cache, instead of `.kb` beside `kb.yaml`",
    "KB_DEBUG": "if set, a bug in kb shows its traceback",
    "NO_COLOR": "if set, nothing is coloured (https://no-color.org)",
    "FORCE_COLOR": "if set, output is coloured in a pipe, too, unless NO_COLOR is set",
}


def commands(
    group: click.Group, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the names that lead to it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))
        else:
            yield (*above, name), command


def variables(group: click.Group) -> Iterator[tuple[str, tuple[str, ...], click.Option]]:
    """Every variable with the names that lead to its command, and its option."""
    for names, command in commands(group):
        for option in command.params:
            # Of the base there is KB_BASE, which says in its errors where the folder was named.
            if isinstance(option, click.Option) and not option.hidden and option.name != "base_path":
                yield variable(names, option), names, option


def variable(names: Sequence[str], option: click.Option) -> str:
    """The variable of an option of the command with these names, as ("sources", "add")."""
    longest = max(option.opts, key=len).lstrip("-")
    return "_".join(("KB", *names, longest)).replace("-", "_").upper()


def defaults(group: click.Group) -> dict[str, Any]:
    """What the environment says, as click's ``default_map``: texts by command, then by parameter."""
    found: dict[str, Any] = {}
    if any(name.startswith("KB_") for name in os.environ):
        for name, names, option in variables(group):
            if written := os.environ.get(name, ""):
                place = found
                for step in names:
                    place = place.setdefault(step, {})
                place[str(option.name)] = _lines(written) if option.multiple else written
    return found


def _lines(written: str) -> list[str]:
    return [line for line in written.splitlines() if line.strip()]


def unknown(group: click.Group) -> dict[str, str]:
    """The variables that begin like ours and are none, each with the one that may be meant."""
    from kb.diagnostics.spelling import did_you_mean

    ours = {name for name, _, _ in variables(group)} | set(OTHERS)
    strange = sorted(name for name in os.environ if name.startswith("KB_") and name not in ours)
    return {name: did_you_mean(name, ours) for name in strange}


def coloured() -> bool | None:
    """Whether output is to be coloured; None leaves it to whether a terminal reads along."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def used(group: click.Group, arguments: Sequence[str]) -> dict[str, str]:
    """The variables that are set for the command that these arguments call, with their values."""
    called: tuple[str, ...] = ()
    command: click.Command | None = group
    for word in arguments:
        if isinstance(command, click.Group) and not word.startswith("-"):
            called, command = (*called, word), command.commands.get(word)
    return {
        name: written
        for name, names, _ in variables(group)
        if names == called and (written := os.environ.get(name, ""))
    }


def blame(error: click.ClickException) -> None:
    """Name the variable in the error of a value that it set."""
    if not (isinstance(error, click.BadParameter) and error.ctx and isinstance(error.param, click.Option)):
        return
    if error.ctx.get_parameter_source(str(error.param.name)) is ParameterSource.DEFAULT_MAP:
        names = error.ctx.command_path.split(" ")[1:]
        error.param_hint = f"the variable {variable(names, error.param)}"


def typed(name: str) -> bool:
    """Whether the running command was told this parameter on its command line."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
