"""Progress on standard error, and only when a person watches it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Counted = Callable[[str, int, int], None]
Share = Callable[[float], None]


@contextmanager
def counted(words: str) -> Iterator[Counted | None]:
    """A bar that is told (what, done, total); None when standard error is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
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
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


@contextmanager
def bench_progress(device: str) -> Iterator[Share | None]:
    """A bar from 0 to 1 for one measurement."""
    with counted(device) as bar:
        yield None if bar is None else lambda share: bar("", round(100 * share), 100)
