"""The tests: what each one computes, on what, how much work that is, and when a result is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from kb.bench import chains
from kb.bench.backend import Job, Kernel
from kb.bench.numbers import DTYPES, Array, drawn, size_of, stored
from kb.bench.peaks import MEMORY_TESTS
from kb.bench.product import Proof, operands, prove, ratio
from kb.bench.product import work as product_work

#: In triad's b + s·c. The power of two makes the product exact, so one rounding remains.
SCALE = 0.5
# Where a cache's size is unknown: as large as any that is built (AMD MI300X, 256 MiB), times the factor.
_UNKNOWN_CACHE = 256 * 2**20
#: Arrays together are at least so many times the cache, so that little is left there from the run before.
BEYOND = 4
#: What is left is overwritten: a buffer so many times the cache, where a device can do it between timings.
FLUSH = 2


@dataclass(frozen=True, slots=True)
class Workload:
    """A test. ``sizes(cache, dtype)``, given the device's cache in bytes, rise; the last ``kept`` count.

    ``work(n, dtype)`` is FLOP or byte for one execution; ``job(n, dtype, seed, zeros)`` makes the operands;
    ``prove(result, job, kernel)`` compares with a reference.
    """

    test: str
    unit: Literal["FLOP/s", "byte/s"]
    dtypes: tuple[str, ...]
    sizes: Callable[[int, str], Sequence[int]]
    kept: int
    work: Callable[[int, str], float]
    job: Callable[[int, str, int, bool], Job]
    prove: Callable[[Array, Job, Kernel], Proof]


def workload(test: str) -> Workload:
    """The test of that name. Raises ValueError for an unknown one."""
    if test not in WORKLOADS:
        raise ValueError(f"there is no test {test!r}; there are {', '.join(WORKLOADS)}")
    return WORKLOADS[test]


def chosen(tests: Sequence[str], dtypes: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of test and type, the headline first. "all" stands for every one.

    Bandwidth, which no type changes, is measured in one, and only in types that every backend holds.
    Raises ValueError for unknown names, and where nothing is left.
    """
    every_test = list(WORKLOADS) if "all" in tests else list(dict.fromkeys(tests))
    every_dtype = ["fp32", *DTYPES] if "all" in dtypes else dtypes
    unknown = [dtype for dtype in every_dtype if dtype not in DTYPES]
    if unknown:
        raise ValueError(f"there is no type {unknown[0]!r}; there are {', '.join(DTYPES)}")
    pairs: list[tuple[str, str]] = []
    for test in every_test:
        fitting = [d for d in dict.fromkeys(every_dtype) if d in workload(test).dtypes]
        moves = workload(test).unit == "byte/s"
        pairs += product([test], fitting[:1] if moves else fitting)
    if not pairs:
        raise ValueError(f"{' and '.join(every_test)} cannot be measured in {', '.join(every_dtype)}")
    return pairs


def far_beyond(cache: int, arrays: int, dtype: str) -> int:
    """The least number of elements at which so many arrays are far larger than a cache of so many bytes.

    ``cache`` 0 is an unknown one. The result is a power of two.
    """
    least = BEYOND * (cache or _UNKNOWN_CACHE) / arrays / size_of(dtype)
    return 1 << (int(least) - 1).bit_length()


def flush_bytes(cache: int, test: str) -> int:
    """The size of the buffer that is overwritten between two executions; 0 where a test needs none."""
    return FLUSH * (cache or _UNKNOWN_CACHE) if test in MEMORY_TESTS else 0


def _product(n: int, dtype: str, seed: int, zeros: bool) -> Job:
    return Job("matmul", dtype, n, operands(n, seed, dtype, zeros=zeros))


def _prove_product(result: Array, job: Job, kernel: Kernel) -> Proof:
    return prove(
        result,
        *job.operands,
        store=kernel.store,
        accumulate=kernel.accumulate,
        block=kernel.block,
        truncates=kernel.path in ("matrix-unit", "library") and job.dtype not in ("fp64", "fp32"),
    )


def _chains(n: int, dtype: str, seed: int, zeros: bool) -> Job:
    start = drawn((2, n), dtype, np.random.default_rng(seed), zeros=zeros)
    return Job("fma", dtype, n, (start, chains.coefficients(dtype)), chains.rounds(dtype))


def _prove_chains(result: Array, job: Job, kernel: Kernel) -> Proof:
    return chains.prove_ends(result, job.operands[0], job.rounds)


def _copied(n: int, dtype: str, seed: int, zeros: bool) -> Job:
    return Job("copy", dtype, n, (_row(n, dtype, seed, zeros),))


def _prove_copied(result: Array, job: Job, kernel: Kernel) -> Proof:
    return _elementwise(result, job.operands[0], 0.0)


def _triad(n: int, dtype: str, seed: int, zeros: bool) -> Job:
    b, c = _row(n, dtype, seed, zeros), _row(n, dtype, seed + 1, zeros)
    return Job("triad", dtype, n, (b, c, np.array([SCALE], stored(dtype))))


def _prove_triad(result: Array, job: Job, kernel: Kernel) -> Proof:
    b, c, scale = job.operands
    # In the type itself: the one rounding is the same everywhere, but a device may flush tiny ones to zero.
    return _elementwise(result, b + scale * c, 2.0**-13 if job.dtype == "fp16" else 2.0**-100)


def _row(n: int, dtype: str, seed: int, zeros: bool) -> Array:
    """n random numbers; a long row repeats a part, of odd length so that no alignment repeats with it."""
    part = drawn((min(n, 2**20 - 1),), dtype, np.random.default_rng(seed), zeros=zeros)
    return part if len(part) == n else np.resize(part, n)


def _elementwise(result: Array, reference: Array, tol: float) -> Proof:
    worst = 0.0
    for start in range(0, len(reference), 2**20):
        there = slice(start, start + 2**20)
        wide = reference[there].astype(np.float64)
        error = float(np.max(np.abs(result[there].astype(np.float64) - wide)))
        # max() would drop a nan.
        worst = error if not error <= worst else worst
    size = float(np.max(np.abs(reference[: 2**20])))
    err = ratio(worst, size) if worst else 0.0
    return Proof(err, tol, err, tol, bool(err <= tol))


WORKLOADS = {
    "matmul": Workload(
        "matmul",
        "FLOP/s",
        DTYPES,
        lambda cache, dtype: (256, 512, 1024, 2048, 4096, 8192),
        2,
        lambda n, dtype: product_work(n),
        _product,
        _prove_product,
    ),
    "fma": Workload(
        "fma",
        "FLOP/s",
        DTYPES,
        lambda cache, dtype: tuple(2**power for power in range(12, 23, 2)),
        1,
        lambda n, dtype: 2.0 * chains.PER_ROUND * chains.rounds(dtype) * n,
        _chains,
        _prove_chains,
    ),
    "copy": Workload(
        "copy",
        "byte/s",
        ("fp32", "fp64", "fp16"),
        lambda cache, dtype: (far_beyond(cache, 2, dtype),),
        1,
        lambda n, dtype: 2.0 * size_of(dtype) * n,
        _copied,
        _prove_copied,
    ),
    "triad": Workload(
        "triad",
        "byte/s",
        ("fp32", "fp64", "fp16"),
        lambda cache, dtype: (far_beyond(cache, 3, dtype),),
        1,
        lambda n, dtype: 3.0 * size_of(dtype) * n,
        _triad,
        _prove_triad,
    ),
}
