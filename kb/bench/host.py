"""The machine as far as a measurement needs it. Never its name, nor a user's."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path


def cpu_name() -> str:
    """The processor's model, as the system names it."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    except OSError:
        found = None
    name = found.group(1) if found else platform.processor() or platform.machine()
    return re.sub(r"\s+", " ", name).strip() or "unknown processor"


def cpus() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load() -> list[float] | None:
    """Load averages over 1, 5 and 15 minutes; None where the system has none."""
    try:
        return [round(value, 2) for value in os.getloadavg()]
    except (OSError, AttributeError):
        return None


def busy_seconds() -> float | None:
    """Processor seconds that all programs together have used since the start; None except on Linux."""
    try:
        fields = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _idle, _wait, *interrupts = (int(field) for field in fields[:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def describe() -> dict[str, object]:
    """System, processor, number of processors, Python and load, as plain data."""
    return {
        "system": platform.system(),
        "release": re.match(r"[\d.]*", platform.release()).group(),  # type: ignore[union-attr]
        "machine": platform.machine(),
        "cpu": cpu_name(),
        "cpus": cpus(),
        "python": platform.python_version(),
        "load": load(),
    }


def cache_bytes() -> int:
    """The size of the processor's last cache; 0 where the system does not say (except on Linux)."""
    units = {"K": 2**10, "M": 2**20, "G": 2**30}
    found = []
    for path in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        text = path.read_text("ascii").strip()
        found.append(int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text))
    return max(found, default=0)


def on_battery() -> bool:
    """Whether the machine runs on its battery, and so perhaps slower; False where the system does not say."""
    if platform.system() == "Darwin":
        return "Battery Power" in _said_by("pmset", "-g", "ps")
    for path in Path("/sys/class/power_supply").glob("*/status"):
        try:
            if path.read_text("ascii").strip() == "Discharging" and _powers_system(path.parent):
                return True
        except OSError:
            continue
    return False


def _powers_system(supply: Path) -> bool:
    """Whether a power supply feeds the machine, and not a mouse."""
    scope = supply / "scope"
    return not scope.exists() or scope.read_text("ascii").strip() != "Device"


def _said_by(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
