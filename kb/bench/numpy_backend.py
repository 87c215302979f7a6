"""The CPU through numpy and its BLAS. How many threads it uses is set by the parent's environment."""

from __future__ import annotations

import time
from collections.abc import Generator

import numpy as np

from kb.bench.backend import Found, Kernel
from kb.bench.host import cpu_name
from kb.bench.product import Array

PATH = "blas"
LONGEST = float("inf")


def version() -> str:
    """numpy's version, and the BLAS that it was built with."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{np.__version__}, {blas['name']} {blas['version']}"


def devices() -> list[Found]:
    """The one CPU."""
    return [Found(cpu_name(), "CPU")]


def kernels(device: Found, a: Array, b: Array) -> Generator[Kernel]:
    """numpy's own product, into an array that is there already."""
    c = np.empty((a.shape[0], b.shape[1]), a.dtype)

    def run(repeats: int) -> float:
        started = time.perf_counter()
        for _ in range(repeats):
            np.matmul(a, b, out=c)
        return (time.perf_counter() - started) / repeats

    yield Kernel("matmul", run, lambda: c, "wall")
