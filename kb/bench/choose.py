"""Which sizes to time, and at each one which kernel: the fastest of those that are right."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass, replace

from kb.bench import stats
from kb.bench.backend import Backend, Found, Job, Kernel, Unavailable
from kb.bench.product import Proof
from kb.bench.trouble import explain
from kb.bench.workloads import Workload

SEED = 20240406
# A kernel so many times slower than the best at one size is not tried at the next: small sizes leave parts
# of a device idle, but not that large a part.
_HOPELESS = 8
Skipped = dict[str, object]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, with what."""

    backend: Backend
    device: Found
    workload: Workload
    dtype: str

    def skipped(self, reason: str, n: int | None = None) -> Skipped:
        """An entry that says what was left out, and why."""
        size: Skipped = {} if n is None else {"n": n}
        return {"test": self.workload.test, "dtype": self.dtype, **size, "reason": reason}


@dataclass(frozen=True, slots=True)
class Choice:
    """What came of one size: the fastest right kernel with its rough time.

    ``variant`` is None where none was right; ``path`` and ``accumulate`` are then those of a wrong one.
    ``promising`` are the variants to try at the next size.
    """

    n: int
    variant: str | None
    seconds: float
    proof: Proof
    path: str
    accumulate: str
    tried: list[dict[str, object]]
    promising: tuple[str, ...] = ()


def choose(bench: Bench, budget: float) -> tuple[list[Choice], list[Skipped]]:
    """The largest sizes that leave room for enough timings, smallest first, and why others were left out."""
    load = bench.workload
    allowed = min(bench.backend.LONGEST, budget / load.kept / stats.LEAST)
    choices: list[Choice] = []
    for n in load.sizes(bench.device.cache, bench.dtype):
        if choices:
            last = choices[-1]
            growth = load.work(n, bench.dtype) / load.work(last.n, bench.dtype)
            if last.variant is None or last.seconds * growth > allowed:
                break
        try:
            choice = fastest(bench, n, choices[-1].promising if choices else ())
        except Exception as error:
            # A driver's errors have any class. What was measured before this size is kept.
            return choices, [bench.skipped(explain(error), n)]
        choices = [*choices, choice][-load.kept :]
    return choices, []


def fastest(bench: Bench, n: int, only: tuple[str, ...] = ()) -> Choice:
    """Try the kernels of these names, or all, at one size. Each must be right before its time counts.

    Raises the last kernel's error where none could be run.
    """
    job = replace(bench.workload.job(n, bench.dtype, SEED, False), only=only)
    times: dict[str, float] = {}
    tried: list[dict[str, object]] = []
    best: Choice | None = None
    wrong: Choice | None = None
    failed: Exception = Unavailable("the backend has no kernel for this device")
    with closing(bench.backend.kernels(bench.device, job)) as kernels:
        for kernel in kernels:
            try:
                proof, seconds = _tried(bench.workload, kernel, job)
            except Exception as error:
                tried.append({"variant": kernel.variant, "ok": False, "reason": explain(error)})
                failed = error
                continue
            tried.append({"variant": kernel.variant, "ok": proof.ok, "err": proof.as_dict()["err"]})
            times |= {} if seconds is None else {kernel.variant: seconds}
            if seconds is None:
                wrong = Choice(n, None, math.inf, proof, kernel.path, kernel.accumulate, tried)
            elif best is None or seconds < best.seconds:
                best = Choice(n, kernel.variant, seconds, proof, kernel.path, kernel.accumulate, tried)
    if best is not None:
        promising = tuple(name for name, seconds in times.items() if seconds <= _HOPELESS * best.seconds)
        return replace(best, promising=promising)
    if wrong is None:
        raise failed
    return wrong


def _tried(load: Workload, kernel: Kernel, job: Job) -> tuple[Proof, float | None]:
    kernel.run(1)
    proof = load.prove(kernel.result(), job, kernel)
    # A wrong kernel is not even timed.
    return proof, min(kernel.run(1), kernel.run(1)) if proof.ok else None
