"""Progress on standard error: a bar when a person watches it, a line each step with --verbose."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from kb.cli.volume import quiet, verbose

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Counted = Callable[[str, int, int], None]
Share = Callable[[float], None]
Running = Callable[[str, float], None]

#: At most so many of the things that run at the moment are named.
NAMED = 3


@contextmanager
def counted(words: str) -> Iterator[Counted | None]:
    """A bar that is told (what, done, total); None when nobody watches or --quiet is given."""
    if verbose():
        # Not by ``detail``: in another thread there is no command to ask whether it is wanted.
        yield lambda what, done, total: click.echo(f"{words}: {done} of {total} {what}".rstrip(), err=True)
        return
    if quiet() or not sys.stderr.isatty():
        yield None
        return
    with _bar(words) as (bar, task):
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


@contextmanager
def bench_progress(device: str) -> Iterator[Share | None]:
    """A bar from 0 to 1 for one measurement."""
    with counted(device) as bar:
        yield None if bar is None else lambda share: bar("", round(100 * share), 100)


@contextmanager
def worked(words: str) -> Iterator[tuple[Counted | None, Running | None]]:
    """A bar that is told of what is done and of what runs; as ``counted``, with None for both."""
    if quiet() or verbose() or not sys.stderr.isatty():
        with counted(words) as line:
            yield line, None
        return
    with _bar(words) as (bar, task):
        now = Now()

        def done(what: str, count: int, total: int) -> None:
            now.ended(what)
            bar.update(task, description=now.words(), completed=count, total=total)

        def running(what: str, share: float) -> None:
            now.told(what, share)
            bar.update(task, description=now.words())

        yield done, running


@dataclass(frozen=True, slots=True)
class Now:
    """What runs at the moment, by name, with the share done of each; told from several threads."""

    shares: dict[str, float] = field(default_factory=dict)

    def told(self, what: str, share: float) -> None:
        self.shares[what] = share

    def ended(self, what: str) -> None:
        self.shares.pop(what, None)

    def words(self) -> str:
        """``slow-one 40 %, slow-two``: the first few, and how many more."""
        # A copy, since another thread may begin or end one meanwhile.
        shares = self.shares.copy()
        said = [f"{what} {share:.0%}".replace("%", " %") if share else what for what, share in shares.items()]
        more = f" and {len(said) - NAMED} more" if len(said) > NAMED else ""
        return ", ".join(said[:NAMED]) + more


@contextmanager
def _bar(words: str) -> Iterator[tuple[Progress, TaskID]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(words),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar, bar.add_task("", total=None)
