"""The machine as far as a measurement needs it. Never its name, nor a user's."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

_POWER = Path("/sys/class/power_supply")
_CONTAINERS = {".dockerenv": "docker", "run/.containerenv": "podman"}


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
        "virtual": virtual(),
        "battery": battery(),
    }


def virtual(root: Path = Path("/")) -> list[str] | None:
    """Signs that this is a machine within a machine: "virtual machine", a kind of container; None if unknown.

    Known on Linux only, where an empty list says that there is no sign.
    """
    try:
        processor = (root / "proc/cpuinfo").read_text("utf-8")
    except OSError:
        return None
    signs = ["virtual machine"] if re.search(r"^flags\s*:.*\bhypervisor\b", processor, re.MULTILINE) else []
    try:
        groups = (root / "proc/1/cgroup").read_text("utf-8")
    except OSError:
        groups = ""
    kinds = [kind for file, kind in _CONTAINERS.items() if (root / file).exists()]
    kinds += re.findall(r"docker|kubepods|lxc|podman", groups)
    return [*signs, *(f"container ({kind})" for kind in dict.fromkeys(kinds))]


def memory_bytes() -> int | None:
    """The machine's memory; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def clock_mhz(root: Path = Path("/sys/devices/system/cpu")) -> float | None:
    """The processor's highest clock; None where the system does not say. The present one is no substitute."""
    try:
        return int((root / "cpu0/cpufreq/cpuinfo_max_freq").read_text("ascii")) / 1000
    except (OSError, ValueError):
        return None


def cache_bytes() -> int:
    """The size of the processor's last cache; 0 where the system does not say (except on Linux)."""
    units = {"K": 2**10, "M": 2**20, "G": 2**30}
    found = []
    for path in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        text = path.read_text("ascii").strip()
        found.append(int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text))
    return max(found, default=0)


def on_battery() -> bool:
    """Whether the machine is known to run on its battery, and so perhaps slower."""
    return battery() is True


def battery(root: Path | None = None) -> bool | None:
    """Whether the machine runs on its battery; None where the system does not say.

    ``root`` is the folder of the power supplies on Linux.
    """
    folder = root or _POWER
    if root is None and platform.system() == "Darwin":
        said = _said_by("pmset", "-g", "ps")
        return "Battery Power" in said if said else None
    if not folder.is_dir():
        return None
    return any(_discharging(supply) for supply in folder.iterdir())


def _discharging(supply: Path) -> bool:
    try:
        return (supply / "status").read_text("ascii").strip() == "Discharging" and _powers_system(supply)
    except OSError:
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
