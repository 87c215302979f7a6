"""What can be read of a device's power, energy, clock and temperature.

NVIDIA's library (NVML, through ``nvidia-ml-py``), the kernel's sensors of AMD and Intel GPUs (hwmon), and the
processor's energy counters (RAPL), which count the whole processor, other programs included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

from kb.bench.backend import Found
from kb.bench.classify import classify

Source = Literal["nvml", "hwmon", "rapl"]

_HWMON = Path("/sys/class/hwmon")
_RAPL = Path("/sys/class/powercap")
# NVML's reasons for a clock below the highest (nvmlClocksThrottleReasons); idling and settings are no brake.
_BRAKES = {
    0x04: "power limit",
    0x08: "hardware slowdown",
    0x20: "software thermal limit",
    0x40: "hardware thermal limit",
    0x80: "power brake",
}


def sensors_of(device: Found) -> Sensors | None:
    """The sensors of what does the work; None where there are none or they cannot be told apart."""
    kind, is_gpu = classify(device.name, device.reported, backend="")
    if is_gpu:
        return Nvml.of(device.name) or Hwmon.of(device.name)
    return Rapl.of() if kind in ("software", "cpu") else None


@dataclass(frozen=True, slots=True)
class State:
    """What the sensors say at one moment; None where there is no such sensor.

    ``joules`` is a counter of energy since some start, ``watts`` the power now, ``throttled`` why the clock
    is held down.
    """

    joules: float | None = None
    watts: float | None = None
    clock_mhz: float | None = None
    clock_max_mhz: float | None = None
    temperature_c: float | None = None
    power_limit_w: float | None = None
    throttled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """What a driver tells of a device beside its state: memory in bytes, highest clock; None if unknown."""

    memory: int | None = None
    clock_mhz: float | None = None


class Sensors(Protocol):
    """A source of states. ``look`` raises OSError when the sensors stop to answer."""

    @property
    def source(self) -> Source: ...

    def look(self) -> State: ...

    def size(self) -> Size: ...


@dataclass(frozen=True, slots=True)
class Nvml:
    """One NVIDIA GPU through NVML. ``library`` is the module ``pynvml``, ``handle`` its name for the GPU."""

    library: Any
    handle: Any
    source: Source = "nvml"

    @staticmethod
    def of(name: str) -> Nvml | None:
        """The only GPU of that name; None where NVML is not there or several have the name."""
        try:
            library = import_module("pynvml")
        except ImportError:
            return None
        return Nvml.among(library, name)

    @staticmethod
    def among(library: Any, name: str) -> Nvml | None:
        """As ``of``, with the library given."""
        try:
            library.nvmlInit()
            handles = [
                library.nvmlDeviceGetHandleByIndex(index) for index in range(library.nvmlDeviceGetCount())
            ]
            named = [handle for handle in handles if _text(library.nvmlDeviceGetName(handle)) == name]
        except library.NVMLError:
            return None
        return Nvml(library, named[0]) if len(named) == 1 else None

    def look(self) -> State:
        """The state now. Raises OSError when the GPU is lost."""
        library, handle = self.library, self.handle
        try:
            library.nvmlDeviceGetPowerUsage(handle)
        except library.NVMLError as error:
            lost = getattr(library, "NVML_ERROR_GPU_IS_LOST", None)
            if getattr(error, "value", None) == lost and lost is not None:
                raise OSError("the GPU is lost") from error
        sm = getattr(library, "NVML_CLOCK_SM", 1)
        brakes = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons")
        return State(
            joules=_scaled(self._ask("nvmlDeviceGetTotalEnergyConsumption"), 1e-3),
            watts=_scaled(self._ask("nvmlDeviceGetPowerUsage"), 1e-3),
            clock_mhz=_scaled(self._ask("nvmlDeviceGetClockInfo", sm), 1),
            clock_max_mhz=_scaled(self._ask("nvmlDeviceGetMaxClockInfo", sm), 1),
            temperature_c=_scaled(self._ask("nvmlDeviceGetTemperature", 0), 1),
            power_limit_w=_scaled(self._ask("nvmlDeviceGetEnforcedPowerLimit"), 1e-3),
            throttled=tuple(word for bit, word in _BRAKES.items() if brakes and brakes & bit),
        )

    def size(self) -> Size:
        """What NVML tells of the GPU itself."""
        try:
            memory = int(self.library.nvmlDeviceGetMemoryInfo(self.handle).total)
        except (self.library.NVMLError, AttributeError):
            memory = 0
        sm = getattr(self.library, "NVML_CLOCK_SM", 1)
        return Size(memory or None, _scaled(self._ask("nvmlDeviceGetMaxClockInfo", sm), 1))

    def _ask(self, question: str, *more: int) -> int | None:
        """An answer of NVML; None where this GPU or this driver has no such sensor."""
        try:
            return int(getattr(self.library, question)(self.handle, *more))
        except (self.library.NVMLError, AttributeError):
            return None


@dataclass(frozen=True, slots=True)
class Hwmon:
    """The kernel's sensors of one GPU: a folder below /sys/class/hwmon."""

    folder: Path
    source: Source = "hwmon"

    @staticmethod
    def of(name: str, root: Path = _HWMON) -> Hwmon | None:
        """The sensors of the only GPU of the maker that ``name`` tells; None for none or several."""
        if re.search(r"\bamd\b|radeon|instinct", name, re.IGNORECASE):
            drivers = {"amdgpu"}
        elif re.search(r"\bintel\b|\barc\b|iris", name, re.IGNORECASE):
            drivers = {"i915", "xe"}
        else:
            return None
        found = [path for path in sorted(root.glob("hwmon*")) if _read(path / "name") in drivers]
        return Hwmon(found[0]) if len(found) == 1 else None

    def size(self) -> Size:
        """AMD's driver tells the memory beside its sensors."""
        return Size(_number(self.folder / "device" / "mem_info_vram_total"))

    def look(self) -> State:
        """The state now, in the units of the kernel's documentation of hwmon."""
        power = _number(self.folder / "power1_average")
        if power is None:
            power = _number(self.folder / "power1_input")
        return State(
            joules=_scaled(_number(self.folder / "energy1_input"), 1e-6),
            watts=_scaled(power, 1e-6),
            clock_mhz=_scaled(_number(self.folder / "freq1_input"), 1e-6),
            temperature_c=_scaled(_number(self.folder / "temp1_input"), 1e-3),
            power_limit_w=_scaled(_number(self.folder / "power1_cap"), 1e-6),
        )


@dataclass(slots=True)
class Rapl:
    """The processor's energy counters, all its packages together. A counter that starts anew is followed."""

    folders: tuple[Path, ...]
    total: float = 0.0
    last: tuple[int, ...] = ()
    source: Source = "rapl"

    @staticmethod
    def of(root: Path = _RAPL) -> Rapl | None:
        """The counters of every package; None where one cannot be read (often only root may)."""
        packages = tuple(
            path
            for path in sorted(root.glob("intel-rapl:*"))
            if (_read(path / "name") or "").startswith("package")
        )
        readable = all(_number(path / "energy_uj") is not None for path in packages)
        return Rapl(packages) if packages and readable else None

    def size(self) -> Size:
        """Nothing: the counters tell of energy only."""
        return Size()

    def look(self) -> State:
        """The energy so far. Raises OSError when a counter cannot be read any more."""
        now = tuple(self._count(folder) for folder in self.folders)
        for folder, before, after in zip(self.folders, self.last, now, strict=False):
            around = (_number(folder / "max_energy_range_uj") or 0) if after < before else 0
            self.total += (after - before + around) * 1e-6
        self.last = now
        return State(joules=self.total)

    @staticmethod
    def _count(folder: Path) -> int:
        value = _number(folder / "energy_uj")
        if value is None:
            raise OSError(f"{folder.name} cannot be read")
        return value


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return None


def _number(path: Path) -> int | None:
    text = _read(path)
    return int(text) if text is not None and re.fullmatch(r"-?\d+", text) else None


def _scaled(value: int | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
