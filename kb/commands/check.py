"""Run checks, or fetch what they said before, and compare with the record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from kb import checks
from kb.commands.opening import Opened
from kb.commands.selecting import checks_of
from kb.model import FlipResult, Record, Verdict
from kb.source.places import place

FAIL_ON = ("fails", "mixed", "inconclusive", "could-not-run", "moved")


@dataclass(frozen=True, slots=True)
class Moved:
    """A verdict that differs from the last one recorded in ``results/``."""

    check: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a run of checks found.

    ``errors`` are checks whose program failed or ran out of time (a missing device is no
    error), ``unproven`` the ``flips_if`` that did not give the verdict they name and ``unproven_at`` file and
    line of each, ``unrecorded`` checks whose verdict should have been recorded and could not be.
    """

    records: Mapping[str, Record]
    computed: int
    moved: tuple[Moved, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    unproven: tuple[tuple[str, FlipResult], ...] = ()
    unproven_at: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    unrecorded: tuple[tuple[str, str], ...] = ()

    def failures(self, fail_on: Collection[str]) -> tuple[str, ...]:
        """Why the run counts as failed, in plain words; empty when it does not."""
        reasons = [f"{check}: {reason}" for check, reason in self.errors]
        reasons += [f"{check}: not recorded: {reason}" for check, reason in self.unrecorded]
        reasons += [
            f"{check}: the change that should give “{flip.to}” gave “{flip.got}” ({at}); "
            "correct what is expected or what is changed"
            for (check, flip), at in zip(self.unproven, self.unproven_at, strict=True)
        ]
        reasons += [
            f"{check}: {record.result.verdict}"
            for check, record in self.records.items()
            if record.result.verdict in fail_on
        ]
        if "moved" in fail_on:
            reasons += [f"{m.check}: was {m.was}, is now {m.now}" for m in self.moved]
        return tuple(reasons)


def check(
    opened: Opened,
    selection: Collection[str] = (),
    *,
    exclude: Collection[str] = (),
    since: str = "",
    jobs: int = 0,
    force: bool = False,
    cache: bool = True,
    live: bool = False,
    record: bool = False,
    samples: int = checks.SAMPLES,
    cluster: str = "",
    progress: Callable[[str, int, int], None] | None = None,
    running: Callable[[str, float], None] | None = None,
) -> CheckReport:
    """Run the selected checks (all, without a selection) and report.

    ``since`` is a revision of git: of the selected checks only those are meant that the change since touches.
    Finished results are kept in the cache as they come, so an interrupted run resumes. With ``record``
    the verdicts that are new are appended to ``results/``. ``cluster`` is the address of a Dask cluster (or
    ``local:N`` for one of N workers on this machine) that runs what has to be computed.

    Raises:
        UnknownName: a selector means nothing in the base.
        kb.review.NoRevision: there is no such revision.
        kb.checks.ClusterError: the cluster's address is none, or it cannot be reached.
    """
    ids = checks_of(
        opened,
        selection,
        exclude,
        verdicts=lambda: {
            c: str(r.result.verdict) for c, r in checks.known(opened.base, cache=cache).items()
        },
    )
    if since:
        from kb.commands.since import touched

        meant = touched(opened, since, cache=cache)
        ids = tuple(c for c in ids if c in meant)
    before = {c: r.result for c, r in checks.recorded(opened.base).items()}
    known = {} if force or live else checks.known(opened.base, cache=cache, samples=samples)
    ready = {c: known[c] for c in ids if c in known and known[c].result.verdict is not Verdict.STALE}
    wanted = [c for c in ids if c not in ready]
    if cluster:
        checks.address(cluster)  # a wrong one is told of, whether or not there is anything to compute
    with checks.cluster(cluster) if cluster and wanted else nullcontext() as executor:
        fresh = checks.run_all(
            opened.base,
            wanted,
            jobs=jobs,
            cache=cache,
            force=force,
            live=live,
            samples=samples,
            executor=executor,
            progress=progress,
            running=running,
        )
    records = {c: ready.get(c) or fresh[c] for c in ids if c in ready or c in fresh}
    kept, unkept = _record(opened, records) if record else ((), ())
    unproven = tuple((c, f) for c, r in records.items() for f in r.result.flips if not f.proven)
    return CheckReport(
        records,
        computed=len(fresh),
        moved=tuple(
            Moved(c, before[c].verdict, r.result.verdict)
            for c, r in records.items()
            if c in before and before[c].verdict != r.result.verdict
        ),
        errors=tuple((c, r.result.reason) for c, r in records.items() if checks.blame(r.result) == "error"),
        unproven=unproven,
        unproven_at=tuple(_flips(opened, c) for c, _ in unproven),
        recorded=kept,
        unrecorded=unkept,
    )


def _flips(opened: Opened, check: str) -> str:
    """File and line of what should turn a check."""
    file = opened.base.checks[check].file
    return f"{file}:{place(opened.root, file, ('flips_if',))[0]}"


def _record(
    opened: Opened, records: Mapping[str, Record]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Append what is new to the ledger: the checks recorded, and those that could not be, with the reason."""
    kept: list[str] = []
    unkept = []
    for check, record in records.items():
        try:
            kept += checks.record(opened.root, [record])
        except (checks.LedgerError, OSError) as error:
            unkept.append((check, str(error)))
    return tuple(kept), tuple(unkept)
