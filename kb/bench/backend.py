"""What a backend is: a module that lists devices and makes kernels for them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol, cast

if TYPE_CHECKING:
    from kb.bench.product import Array

BACKENDS = ("numpy", "wgpu")


class Unavailable(RuntimeError):
    """The backend, the device or the size cannot be used here; the message says why and what would help."""


@dataclass(frozen=True, slots=True)
class Found:
    """A device as its backend names it. ``reported`` is the type that the interface gives."""

    name: str
    reported: str
    driver: str = ""
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kernel:
    """One way to multiply, ready to run.

    ``run(repeats)`` gives seconds for one product, the mean of so many; ``result()`` the last product.
    ``timer``: "device" where the device's own clock was read, "wall" where launching and waiting count too.
    """

    variant: str
    run: Callable[[int], float]
    result: Callable[[], Array]
    timer: Literal["wall", "device"]


class Backend(Protocol):
    """A module with these names. ``LONGEST`` is how many seconds one product may take."""

    PATH: str
    LONGEST: float

    def version(self) -> str:
        """The library's version, and of what lies beneath it. Raises Unavailable when it is not installed."""

    def devices(self) -> list[Found]:
        """What can be measured, the best interface to each device only. Raises Unavailable."""

    def kernels(self, device: Found, a: Array, b: Array) -> Generator[Kernel]:
        """Each way to compute a·b in fp32. Raises Unavailable where the matrices do not fit."""


def load(name: str) -> Backend:
    """The backend of that name. Raises Unavailable for an unknown one."""
    if name not in BACKENDS:
        raise Unavailable(f"there is no backend {name!r}; there are {', '.join(BACKENDS)}")
    return cast(Backend, import_module(f"kb.bench.{name}_backend"))
