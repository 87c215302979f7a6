"""What a backend is: a module that lists devices and makes kernels for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NoReturn, Protocol, cast

if TYPE_CHECKING:
    from kb.bench.numbers import Array

#: The backends, the most telling of a GPU first, with the package that each needs and its extra.
NEEDS = {
    "numpy": ("numpy", ""),
    "torch": ("torch", "gpu-torch"),
    "wgpu": ("wgpu", "gpu-wgpu"),
    "opencl": ("pyopencl", "gpu-opencl"),
}
BACKENDS = tuple(NEEDS)

#: What did the work: the processor's BLAS library; plain shaders; matrix units (tensor cores and the like); a
#: maker's library that does not say which units it used; plain loops of a library that are no BLAS.
Path = Literal["blas", "shader", "matrix-unit", "library", "loop"]
#: The same for people.
PATHS: dict[str, str] = {
    "matrix-unit": "matrix units",
    "tensor": "matrix units",
    "shader": "plain kernels",
    "blas": "BLAS library",
    "library": "maker’s library",
    "loop": "plain loops",
}


class Unavailable(RuntimeError):
    """The backend, the device, the type or the size cannot be used here; says why and what would help."""


@dataclass(frozen=True, slots=True)
class Found:
    """A device as its backend names it. ``reported`` is the type that the interface gives.

    ``cache`` is the size in bytes of its last cache before memory, 0 where that cannot be known. ``memory``
    in bytes, ``units`` (multiprocessors, compute units, processors) and ``clock_mhz``, the highest clock, are
    None where the interface does not tell.
    """

    name: str
    reported: str
    driver: str = ""
    features: tuple[str, ...] = ()
    cache: int = 0
    memory: int | None = None
    units: int | None = None
    clock_mhz: float | None = None


def told_apart(found: Iterable[Found]) -> list[Found]:
    """The devices in their order, so named that no two are the same: twins get a number with their driver.

    A driver lists twins in the same order each time.
    """
    seen: Counter[tuple[str, str]] = Counter()
    named = []
    for device in found:
        seen[device.name, device.driver] += 1
        number = seen[device.name, device.driver]
        named.append(device if number == 1 else replace(device, driver=f"{device.driver}, number {number}"))
    return named


@dataclass(frozen=True, slots=True)
class Job:
    """What a kernel is asked for: a test in a type, of size ``n``, on operands that are made already.

    matmul: a, b of shape (n, n); result a·b. fma: start of shape (2, n) and the two coefficients; result
    like start, after ``rounds`` rounds of ``kb.bench.chains``. copy: a of n numbers; result a.
    triad: b, c of n numbers and s of one; result b + s·c. ``only`` names the variants that are wanted.
    """

    test: str
    dtype: str
    n: int
    operands: tuple[Array, ...]
    rounds: int = 0
    only: tuple[str, ...] = ()

    def wants(self, variant: str) -> bool:
        """Whether a variant is to be made: every one, unless some are named."""
        return not self.only or variant in self.only


@dataclass(frozen=True, slots=True)
class Kernel:
    """One way to do a job, ready to run.

    ``run(repeats)`` gives seconds for one execution, the mean of so many; ``result()`` the last result.
    ``timer``: "device" where the device's own clock was read, "wall" where launching and waiting count too.
    Sums are kept in the type ``accumulate`` over ``block`` terms (0: all of them), then in fp32; the result
    is rounded to ``store``. ``flush``, where there is one, overwrites a buffer of ``flushed`` bytes, so that
    the next execution finds none of its operands in a cache; its time is in no timing.
    """

    variant: str
    run: Callable[[int], float]
    result: Callable[[], Array]
    timer: Literal["wall", "device"]
    path: Path
    accumulate: str
    store: str
    block: int = 0
    flush: Callable[[], object] | None = None
    flushed: int = 0


class Backend(Protocol):
    """A module with these names. ``LONGEST`` is how many seconds one execution may take."""

    LONGEST: float

    def version(self) -> str:
        """The library's version, and of what lies beneath it. Raises Unavailable when it is not installed."""

    def devices(self) -> list[Found]:
        """What can be measured, the best interface to each device only. Raises Unavailable."""

    def refusal(self, device: Found, test: str, dtype: str) -> str:
        """Why the test cannot be made in that type here, in words; empty where it can."""

    def kernels(self, device: Found, job: Job) -> Generator[Kernel]:
        """Each way to do the job. Raises Unavailable where its operands do not fit."""


def load(name: str) -> Backend:
    """The backend of that name. Raises Unavailable for an unknown one."""
    if name not in BACKENDS:
        raise Unavailable(f"there is no backend {name!r}; there are {', '.join(BACKENDS)}")
    return cast(Backend, import_module(f"kb.bench.{name}_backend"))


def missing(name: str, error: Exception) -> Unavailable:
    """What to raise when a backend's library does not load."""
    return Unavailable(f"{name} does not load ({error}): pip install 'kb-argmap[{NEEDS[name][1]}]'")


def broken(variant: str, error: Exception) -> Kernel:
    """A kernel that could not be built: it fails when it is run, so that the others still are."""

    def fail(*_: object) -> NoReturn:
        raise error

    return Kernel(variant, fail, fail, "wall", "shader", "fp32", "fp32")
