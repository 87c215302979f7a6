"""Running checks, and finding what they said before.

``known`` never computes and imports neither numpy nor scipy; everything that does is imported when a check
has to be run.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kb import store
from kb.checks.executors import Running, run_here, run_there
from kb.checks.keys import key, mentioned
from kb.checks.records import entries, record_data, record_of
from kb.checks.sizes import SAMPLES
from kb.checks.trouble import blame
from kb.model import Amount, Base, Check, Fit, Record, Run, Table, Verdict

if TYPE_CHECKING:
    from concurrent.futures import Executor

#: Wall time that a simulation may take for all its seeds, in seconds.
SECONDS = 600.0
#: Told after each check: its id, how many are done, how many there are.
Progress = Callable[[str, int, int], None]
#: A cache folder; True for the base's own, False or None for none.
Cache = Path | bool | None


def run(
    base: Base,
    check: Check,
    *,
    samples: int = SAMPLES,
    live: bool = False,
    seconds: float = SECONDS,
    progress: Callable[[float], None] | None = None,
    stop: threading.Event | None = None,
    choice: Mapping[str, str] | None = None,
    overrides: Mapping[str, Amount] | None = None,
) -> Record:
    """Run one check. What keeps it from running is a verdict too (could-not-run, with the reason).

    ``choice`` keeps the named option of reading dimensions and ``overrides`` changes inputs (of a
    simulation: params) by name; both leave the flips out. ``live`` measures this machine instead of using a
    recorded measurement; such a result has no key, since nothing in the base decides it. A simulation may
    take ``seconds`` for a case; ``progress`` is told the share of it that is done, from 0 to 1, and setting
    ``stop`` ends its child process.

    Raises:
        ValueError: ``samples`` is no power of two, or below 256.
    """
    from kb.checks.kinds import evaluator
    from kb.checks.verdict import result

    started = time.monotonic()
    limits: list[str] = []
    evaluate = evaluator(
        base, check, samples, live=live, seconds=seconds, progress=progress, stop=stop, limits=limits
    )
    measured_now = live and check.kind == "benchmark"
    found = result(
        check,
        "" if measured_now else key(base, check, samples=samples, choice=choice, overrides=overrides),
        evaluate,
        base.config.scale,
        choice=choice,
        overrides=overrides,
    )
    return Record(
        found,
        Run(
            seconds=round(time.monotonic() - started, 3),
            host=f"{platform.system()} {platform.machine()}",
            limits=tuple(dict.fromkeys(limits)),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
    )


def run_all(
    base: Base,
    ids: Collection[str],
    *,
    jobs: int = 0,
    cache: Cache = True,
    progress: Progress | None = None,
    running: Running | None = None,
    force: bool = False,
    live: bool = False,
    samples: int = SAMPLES,
    seconds: float = SECONDS,
    executor: Executor | None = None,
) -> dict[str, Record]:
    """Run the checks that the cache does not hold; gives the records of all, in the order asked for.

    Each record is stored as soon as it is there, so an interrupted run (KeyboardInterrupt passes
    through) resumes where it stopped. Formulas run in this thread; kinds with a process of their own
    run ``jobs`` at a time (default: one a processor), and ``running`` is told of what runs. A cached run
    that did not come about is tried again; ``live`` and ``force`` run everything.

    With ``executor``, any ``concurrent.futures.Executor`` (see ``kb.checks.cluster``), every check becomes a
    task of it, and ``running`` is told nothing. A task that is lost, that raises, or whose worker would run
    other code than ours gives a record that could not run, with the reason.

    Raises:
        KeyError: the base has no such check.
    """
    folder = cache_folder(base, cache)
    wanted = {name: base.checks[name] for name in ids}
    done: dict[str, Record] = {}
    if not (force or live):
        for name, check in wanted.items():
            stored = _cached(folder, key(base, check, samples=samples))
            if stored and not blame(stored.result):
                done[name] = stored

    def finish(record: Record) -> None:
        if record.result.key:
            store.put(folder, record.result.key, record_data(record))
        done[record.result.check] = record
        if progress:
            progress(record.result.check, len(done), len(wanted))

    work = [(part_for(base, check), check) for name, check in wanted.items() if name not in done]
    task = partial(run, samples=samples, live=live, seconds=seconds)
    if executor is not None:
        run_there(work, task, finish, executor=executor, key_of=partial(key, samples=samples))
    elif work:
        # Two measurements at once would disturb each other.
        run_here(work, task, finish, jobs=1 if live else jobs or os.cpu_count() or 1, running=running)
    return {name: done[name] for name in wanted}


def part_for(base: Base, check: Check) -> Base:
    """The part of a base that a check's run can see, small enough to send to another machine."""
    return replace(
        base,
        claims={},
        sources={},
        checks={check.id: check},
        quantities={name: base.quantities[name] for name in mentioned(base, check)},
        tables=_tables(base, check),
        measurements=base.measurements if check.kind == "benchmark" else {},
    )


def _tables(base: Base, check: Check) -> dict[str, Table]:
    """The table of a fit with its numbers, if they can be read; what is wrong with it is the run's to say."""
    if not isinstance(check.body, Fit) or check.body.table not in base.tables:
        return {}
    from kb.source.tables import TableError, rows

    table = base.tables[check.body.table]
    try:
        return {table.id: replace(table, rows=rows(base.home, table))}
    except TableError:
        return {table.id: table}


# --- what is known already ----------------------------------------------------


def cache_folder(base: Base, cache: Cache) -> Path | None:
    """The folder that a ``cache`` argument means; None where nothing can or shall be kept."""
    if isinstance(cache, Path):
        return cache
    return store.cache_folder(Path(base.root)) if cache else None


def known(base: Base, *, cache: Cache = True, samples: int = SAMPLES) -> dict[str, Record]:
    """What is known of each check without computing: from the cache, else from ``results/``.

    A recorded entry of another key gives a stale record with the old numbers. A check never run is absent.
    """
    folder = cache_folder(base, cache)
    found = {}
    for name, check in base.checks.items():
        record = _known(base, check, folder, samples)
        if record is not None:
            found[name] = record
    return found


def _known(base: Base, check: Check, folder: Path | None, samples: int) -> Record | None:
    today = key(base, check, samples=samples)
    cached = _cached(folder, today)
    if cached and not blame(cached.result):
        return cached
    past = entries(base.home, check.id)
    same = [entry for entry in past if entry.result.key == today]
    if same and (cached is None or same[-1].result.ran):
        return same[-1]
    if cached:
        return cached
    return stale(past[-1]) if past else None


def stale(record: Record) -> Record:
    """A record of another key: its numbers stay readable, its verdict no longer counts."""
    was = record.result.verdict
    return replace(
        record,
        result=replace(
            record.result,
            verdict=Verdict.STALE,
            reason=f"recorded as “{was}”, but what it depends on has changed since; run `kb check`",
        ),
    )


def _cached(folder: Path | None, name: str) -> Record | None:
    data = store.get(folder, name)
    return None if data is None else record_of(data)
