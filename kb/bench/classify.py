"""What a device really is, from what its driver says of it."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["gpu", "cpu", "software", "unknown"]

_SOFTWARE = re.compile(
    r"llvmpipe|lavapipe|swiftshader|softpipe|swrast|software|pocl|oclgrind|basic render|\bwarp\b|\bcpu\b",
    re.IGNORECASE,
)
_VENDORS = re.compile(
    r"nvidia|geforce|quadro|tesla|\bamd\b|radeon|instinct|\bintel\b|\barc\b|iris|apple m\d|adreno|\bmali\b",
    re.IGNORECASE,
)
# What torch's interfaces to GPUs and OpenCL's type of device are called.
_INTERFACES = ("cuda", "rocm", "mps", "xpu", "gpu")


def classify(name: str, reported: str, *, backend: str) -> tuple[Kind, bool]:
    """The kind of a device and whether it is a GPU.

    ``reported`` is the type that the backend's interface gives ("DiscreteGPU", "CPU", "CUDA" …). A graphics
    or OpenCL adapter that computes on the CPU is "software", whatever it calls itself; what cannot be told
    is "unknown" and no GPU.
    """
    kind = re.sub(r"[^a-z]", "", reported.lower())
    if backend == "numpy" or (backend == "torch" and kind == "cpu"):
        return "cpu", False
    if _SOFTWARE.search(name) or kind == "cpu":
        return "software", False
    if kind in ("discretegpu", "integratedgpu", *_INTERFACES):
        return "gpu", True
    # A hypervisor's adapter may stand for anything; believe it only where the name is a maker's.
    if kind == "virtualgpu" and _VENDORS.search(name):
        return "gpu", True
    return "unknown", False
