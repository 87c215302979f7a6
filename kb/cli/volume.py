"""How much a command says beside its results: ``--quiet`` and ``--verbose`` mean the same everywhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

_META = "kb.volume"


def volume_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options; their values reach ``quiet`` and ``verbose``, not the command."""
    options = (
        click.option(
            "--quiet",
            "-q",
            is_flag=True,
            expose_value=False,
            callback=_chosen,
            help="Print results and errors only: no warnings, notes, summaries or progress.",
        ),
        click.option(
            "--verbose",
            "-v",
            is_flag=True,
            expose_value=False,
            callback=_chosen,
            help="Say on standard error which base and cache are used, each step, and the time it took.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _chosen(ctx: click.Context, option: click.Parameter, given: bool) -> None:
    if not given or ctx.resilient_parsing:
        return
    if ctx.meta.setdefault(_META, option.name) != option.name:
        if ctx.get_parameter_source(str(option.name)) is ParameterSource.DEFAULT_MAP:
            return  # what is typed goes before
        raise click.UsageError("--quiet and --verbose are opposites; give one of them", ctx)
    if option.name == "verbose":
        began = time.perf_counter()
        ctx.call_on_close(lambda: click.echo(f"{time.perf_counter() - began:.1f} s", err=True))


def quiet() -> bool:
    """Whether only results and errors are wanted."""
    return _is("quiet")


def verbose() -> bool:
    """Whether each step is to be told."""
    return _is("verbose")


def note(text: str) -> None:
    """Say on standard error what is neither a result nor an error."""
    if not quiet():
        click.echo(text, err=True)


def detail(text: str) -> None:
    """Say on standard error what only --verbose asks for."""
    if verbose():
        click.echo(text, err=True)


def _is(name: str) -> bool:
    ctx = click.get_current_context(silent=True)
    return ctx is not None and ctx.meta.get(_META) == name
