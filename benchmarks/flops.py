"""Is ``kb bench`` near what this machine can do? Against C, clpeak, and calling the libraries by hand.

Everything runs in one thread and takes turns within one run, every second round backwards, so that what
disturbs one disturbs all; a goal is the median over the rounds of a ratio of work per CPU-second within a
round. By hand, a library multiplies the same two matrices as through kb. Needs gcc, pyopencl with PoCL
(``pocl-opencl-icd``), and for its row clpeak. A row whose program is missing says so, and fails.

    python benchmarks/flops.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.bench.backend import Job

ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **dict.fromkeys(("POCL_MAX_PTHREAD_COUNT", "POCL_CPU_MAX_CU_COUNT", "LP_NUM_THREADS"), "1"),
}
SECONDS = 0.2  # of one turn
MATMUL = 512
COVERAGE_RUNS = 4000

#: Sixteen independent chains of the widest vectors: enough to hide the latency of any FMA unit.
REFERENCE = r"""
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif
#define CHAINS 16
typedef float vec __attribute__((vector_size(BYTES)));
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}
int main(int argc, char **argv) {
  double seconds = atof(argv[1]), done = 0, start = now(), end;
  vec x[CHAINS], factor, term;
  for (int k = 0; k < BYTES / 4; k++) { factor[k] = 0.999f; term[k] = 0.001f; }
  for (int i = 0; i < CHAINS; i++) for (int k = 0; k < BYTES / 4; k++) x[i][k] = i + k;
  do {
    for (int j = 0; j < 100000; j++)
#pragma GCC unroll 16
      for (int i = 0; i < CHAINS; i++) x[i] = x[i] * factor + term;
    done += 100000.0 * CHAINS * (BYTES / 4) * 2;
    end = now();
  } while (end - start < seconds);
  float sum = 0;
  for (int i = 0; i < CHAINS; i++) for (int k = 0; k < BYTES / 4; k++) sum += x[i][k];
  printf("%.17g %.17g %g\n", done, end - start, sum);
  return 0;
}
"""


@dataclass(frozen=True)
class Goal:
    """A ratio to be reached: ``of`` a turn over ``to`` another; ``most`` is its upper end, if it has one."""

    of: str
    to: str
    least: float
    most: float = float("inf")


GOALS = (
    Goal("OpenCL FMA", "C reference", 0.85),
    Goal("OpenCL matmul", "numpy by hand", 0.5),
    Goal("numpy through kb", "numpy by hand", 0.95, 1.05),
    Goal("torch through kb", "torch by hand", 0.95, 1.05),
)
CLPEAK_LEAST, CLPEAK_ROUNDS = 5.0, 5
COVERAGE_LEAST = 0.93

#: A turn does some work and says how much, in FLOP for each CPU-second.
Turn = Callable[[], float]


def main() -> int:
    """Run all rounds and print a line a goal; 1 when one is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        # Libraries read these when they are loaded.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    good = [coverage()]
    with ExitStack() as stack:
        turns = dict(prepared(stack))
        rates: dict[str, list[float]] = {name: [] for name in turns}
        for number in range(rounds):
            for name in list(turns)[:: -1 if number % 2 else 1]:
                rates[name].append(turns[name]())
        for name, found in rates.items():
            print(f"{name:18} {median(found) / 1e9:8.1f} GFLOP for each CPU-second")
        good += [judged(goal, rates) for goal in GOALS]
        if "OpenCL FMA" in turns:
            good.append(against_clpeak(turns["OpenCL FMA"]))
    return 0 if all(good) else 1


def judged(goal: Goal, rates: dict[str, list[float]]) -> bool:
    """Print how a goal stands; a turn that could not be taken fails it."""
    missing = [name for name in (goal.of, goal.to) if not rates.get(name)]
    if missing:
        return said(False, f"{goal.of} / {goal.to}", f"{missing[0]} did not run")
    ratio = median(a / b for a, b in zip(rates[goal.of], rates[goal.to], strict=True))
    wanted = f"{goal.least}" + (f" to {goal.most}" if goal.most < float("inf") else " or more")
    return said(goal.least <= ratio <= goal.most, f"{goal.of} / {goal.to}", f"{ratio:.3f} (goal: {wanted})")


def said(good: bool, what: str, result: str) -> bool:
    print(f"{'met   ' if good else 'MISSED'} {what}: {result}", flush=True)
    return good


def coverage() -> bool:
    """Simulate how often the 95 % interval holds the median, with the stopping rule on."""
    from kb.bench.coverage import simulate

    good = True
    for rho in (0.0, 0.5):
        for scatter in (0.01, 0.02, 0.03):
            found = simulate(rho, scatter, times=COVERAGE_RUNS)
            what = f"coverage, autocorrelation {rho}, scatter {scatter:.0%}"
            result = (
                f"{found.held:.3f} (goal: {COVERAGE_LEAST} or more); {found.stopped:.0%} stopped early, "
                f"{found.timings:.0f} timings"
            )
            good = said(found.held >= COVERAGE_LEAST, what, result) and good
    return good


def prepared(stack: ExitStack) -> Iterator[tuple[str, Turn]]:
    """The turns that can be taken here, warm, and a line for each that cannot."""
    makers: dict[str, Callable[[], Iterator[tuple[str, Turn]]]] = {
        "C reference": lambda: c_reference(stack),
        "OpenCL": lambda: opencl(stack),
        "numpy": lambda: by_hand(stack, "numpy"),
        "torch": lambda: by_hand(stack, "torch"),
    }
    for name, make in makers.items():
        try:
            yield from make()
        except (OSError, RuntimeError, ImportError) as error:
            print(f"{name} does not run: {error}")


def c_reference(stack: ExitStack) -> Iterator[tuple[str, Turn]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    source, program = folder / "fma.c", folder / "fma"
    source.write_text(REFERENCE)
    options = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffp-contract=fast"]
    subprocess.run(["gcc", *options, str(source), "-o", str(program)], check=True)

    def turn() -> float:
        ran = subprocess.run([program, str(SECONDS)], capture_output=True, text=True, check=True)
        flop, seconds, _ = map(float, ran.stdout.split())
        return flop / seconds

    yield "C reference", turn


def opencl(stack: ExitStack) -> Iterator[tuple[str, Turn]]:
    from kb.bench.choose import SEED
    from kb.bench.workloads import workload

    for name, test, n in (("OpenCL FMA", "fma", 2**18), ("OpenCL matmul", "matmul", MATMUL)):
        yield name, through_kb(stack, "opencl", workload(test).job(n, "fp32", SEED, False))


def by_hand(stack: ExitStack, library: str) -> Iterator[tuple[str, Turn]]:
    """Products of the same two matrices, through kb and by hand."""
    from kb.bench.choose import SEED
    from kb.bench.workloads import workload

    n = 1024
    job = workload("matmul").job(n, "fp32", SEED, False)
    yield f"{library} through kb", through_kb(stack, library, job)
    a, b = job.operands
    if library == "numpy":
        import numpy as np

        c = np.empty_like(a)
        yield "numpy by hand", timed(lambda: np.matmul(a, b, out=c), 2.0 * n**3)
        return
    torch = import_module("torch")
    torch.set_num_threads(1)
    x, y = torch.from_numpy(a), torch.from_numpy(b)
    z = torch.empty_like(x)
    yield "torch by hand", timed(lambda: torch.mm(x, y, out=z), 2.0 * n**3)


def through_kb(stack: ExitStack, backend_name: str, job: Job) -> Turn:
    """A turn of the kernel that ``kb bench`` would time for the job, on the processor."""
    from kb.bench.backend import load
    from kb.bench.choose import Bench, fastest
    from kb.bench.workloads import workload

    backend, load_of = load(backend_name), workload(job.test)
    device = next(device for device in backend.devices() if device.reported == "CPU")
    choice = fastest(Bench(backend, device, load_of, job.dtype), job.n)
    if choice.variant is None:
        raise RuntimeError(f"{job.test} is wrong on {device.name}")
    made = stack.enter_context(closing(backend.kernels(device, job)))
    kernel = next(kernel for kernel in made if kernel.variant == choice.variant)
    print(f"{backend_name} {job.test}: {kernel.variant} on {device.name}")
    return timed(lambda: kernel.run(1), load_of.work(job.n, job.dtype))


def timed(once: Callable[[], object], work: float) -> Turn:
    """A turn that repeats ``once``, warm, for so many CPU-seconds of this process and its threads."""

    def turn() -> float:
        done, started = 0, time.process_time()
        while (spent := time.process_time() - started) < SECONDS:
            once()
            done += 1
        return done * work / spent

    once()
    return turn


def against_clpeak(turn: Turn) -> bool:
    """Our FMA rate against clpeak's best in single precision: same device, one thread, in turns.

    clpeak's kernel is one chain of multiply-adds, each waiting for the one before, so it shows how long one
    takes; how many a core can have under way at once is the most that this ratio can become. It reports by
    the wall clock, so the round counts in which it waited least for a processor.
    """
    what = "OpenCL FMA / clpeak"
    if shutil.which("clpeak") is None:
        return said(False, what, "clpeak is not installed")
    found = [(turn(), *clpeak()) for _ in range(CLPEAK_ROUNDS)]
    ours, theirs, share = max(found, key=lambda one: one[2])
    between = sorted(a / b for a, b, _ in found)
    result = (
        f"{ours / theirs:.2f} (goal: {CLPEAK_LEAST} or more); {ours / 1e9:.1f} against {theirs / 1e9:.1f} "
        f"GFLOP for each CPU-second, clpeak had {share:.0%} of its processor; other rounds "
        f"{between[0]:.2f} to {between[-1]:.2f}"
    )
    return said(ours / theirs >= CLPEAK_LEAST, what, result)


def clpeak() -> tuple[float, float]:
    """The best figure in FLOP for each CPU-second, and the share of a processor behind it.

    The share is the time that it ran over the time that it wanted to, since the figure before; what clpeak
    reports is divided by it.
    """
    found = []
    command = ["clpeak", "--compute-sp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        before = scheduled(process.pid)
        for line in process.stdout:
            now = scheduled(process.pid)
            ran, waited = now[0] - before[0], now[1] - before[1]
            figure = re.search(r"float\d*\s*:\s*([\d.]+)", line)
            if figure and ran:
                share = ran / (ran + waited)
                found.append((float(figure[1]) * 1e9 / share, share))
            before = now
    if not found:
        raise RuntimeError("clpeak reported nothing")
    return max(found)


def scheduled(process: int) -> tuple[int, int]:
    """How long all threads of a process ran, and waited for a processor, in nanoseconds (Linux)."""
    tasks = [task.read_text().split() for task in Path(f"/proc/{process}/task").glob("*/schedstat")]
    return sum(int(task[0]) for task in tasks), sum(int(task[1]) for task in tasks)


if __name__ == "__main__":
    sys.exit(main())
