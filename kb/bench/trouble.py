"""What goes wrong with drivers and devices, in one line each, with the next step."""

from __future__ import annotations

import re

from kb.bench.backend import Unavailable

# What libraries say, in lower case; what it means; what to do.
_KNOWN = (
    (
        r"out of (device |host |gpu )?memory|out_of_(host|resources|device)|mem_object_allocation|bad_alloc"
        r"|invalid_buffer_size|not enough memory|can't allocate|cannot allocate|unable to allocate",
        "out of memory",
        "close what else uses the device's memory",
    ),
    (
        r"device(.{0,20})?(is )?lost|device_lost|device removed|device hung|unspecified launch failure"
        r"|ecc error|device_not_available|fallen off the bus|hsa_status_error|device-side",
        "device lost",
        "the system's log says why (dmesg on Linux); update the driver, watch heat and power supply",
    ),
    (
        r"timed? ?out|timeout|watchdog|time limit",
        "time-out",
        "the device did not answer in time; measure with a smaller --seconds, or when nothing else uses it",
    ),
    (
        r"no kernel image|invalid device function|not compiled with|no cuda gpus|insufficient.*driver",
        "the library was not built for this device or driver",
        "install a build of it for this device, or update the driver",
    ),
    (
        r"platform_not_found|no opencl",
        "no OpenCL driver",
        "install your device's, or pocl-opencl-icd for the CPU",
    ),
    (
        r"not implemented|not supported|unsupported|invalid_program|build_program_failure|no such feature",
        "the device or its driver lacks what the test needs",
        "update the driver, or try another backend",
    ),
    (
        r"killed by signal",
        "the driver crashed",
        "update it, or try another backend (kb bench devices)",
    ),
    (
        r"ended without a result",
        "the measuring process ended early",
        "measure again; if it happens again, update the driver or try another backend (kb bench devices)",
    ),
)


def explain(error: Exception | str) -> str:
    """An error as one line: what it means with the next step where it is known, and its own words."""
    text = error if isinstance(error, str) else _said(error)
    if isinstance(error, Unavailable):
        return text
    for pattern, meaning, step in _KNOWN:
        if re.search(pattern, text, re.IGNORECASE):
            return f"{meaning}: {step} ({text})"
    return text


def _said(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"out of memory {error}".strip()
    line = " ".join(str(error).split())
    if isinstance(error, Unavailable):
        return line
    return f"{type(error).__name__}: {line[:300]}" if line else type(error).__name__
