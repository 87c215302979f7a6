"""The statistics of a measurement, simulated with the stopping rule on; and energy from made-up sensors."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kb.bench import energy, sensors, stats
from kb.bench.backend import Found
from kb.bench.coverage import simulate
from kb.bench.sensors import Hwmon, Nvml, Rapl, State

# --- the interval and when to stop ----------------------------------------------


@pytest.mark.parametrize("scatter", [0.01, 0.02, 0.03])
@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_the_interval_holds_the_median_with_the_stopping_rule_on(rho: float, scatter: float) -> None:
    found = simulate(rho, scatter, times=1500, most=400)
    assert found.stopped > 0.5
    assert found.held >= 0.93


@pytest.mark.parametrize("most", [25, 60])
def test_the_interval_holds_the_median_when_the_budget_ends_it(most: int) -> None:
    for rho in (0.0, 0.5):
        found = simulate(rho, 0.1, times=1500, most=most)
        assert found.stopped < 0.05
        assert found.held >= 0.93


def test_a_single_narrow_look_is_not_enough() -> None:
    """Before, the first narrow look ended it; of autocorrelated timings 93 % of the intervals held."""
    luck = random.Random(1)
    calm = [1 + 0.001 * luck.gauss(0, 1) for _ in range(400)]
    taken, why = stats.collect(iter(calm).__next__, 1e9, 400, clock=itertools.count().__next__)
    assert why == "interval"
    assert len(taken) == stats.LEAST + stats.LEAST // 2


def test_narrow_looks_must_follow_one_another() -> None:
    series = [1.0] * stats.LEAST + [3.0] * 10 + [1.0, 3.0] * 300
    taken, why = stats.collect(iter(series).__next__, 1e9, 300, clock=itertools.count().__next__)
    assert (why, len(taken)) == ("budget", 300)


# --- energy ---------------------------------------------------------------------


def states(*watts: float | None, **more: Any) -> list[tuple[float, State]]:
    return [(float(when), State(watts=power, **more)) for when, power in enumerate(watts)]


def test_power_is_added_up_over_time() -> None:
    found = energy.summed("hwmon", states(100.0, 200.0, 200.0))
    assert found is not None
    assert (found.joules, found.seconds, found.counted) == (350.0, 2.0, False)


def test_a_counter_goes_before_power() -> None:
    seen = [(0.0, State(joules=1000.0, watts=1.0)), (10.0, State(joules=4000.0, watts=1.0))]
    found = energy.summed("nvml", seen)
    assert found is not None
    assert (found.joules, found.counted) == (3000.0, True)
    assert found.entry(1e15, "FLOP/s")["pj_per_flop"] == pytest.approx(3.0)
    assert found.entry(1e12, "byte/s")["pj_per_byte"] == pytest.approx(3000.0)
    assert found.entry(1e12, "byte/s")["watts"] == 300


@pytest.mark.parametrize(
    "seen", [states(100.0, None), states(None, None), states(100.0), [(0.0, State(joules=5.0))] * 2]
)
def test_nothing_is_guessed(seen: list[tuple[float, State]]) -> None:
    assert energy.summed("hwmon", seen) is None


def test_states_are_told_together() -> None:
    seen = [
        (0.0, State(watts=1.0, clock_mhz=1000, temperature_c=50, throttled=("power limit",))),
        (1.0, State(watts=1.0, clock_mhz=1200, temperature_c=70)),
        (2.0, State(watts=1.0, clock_mhz=1100, temperature_c=60, clock_max_mhz=1980)),
    ]
    found = energy.summed("nvml", seen)
    assert found is not None
    assert (found.clock_mhz, found.clock_max_mhz, found.temperature_c) == (1100, 1980, 70)
    assert found.entry(1.0, "FLOP/s")["throttled"] == ["power limit"]


class Lamp:
    """Sensors that draw 60 W, until they break."""

    source: sensors.Source = "hwmon"

    def __init__(self, breaks_at: int = 10**9) -> None:
        self.looks = itertools.count()
        self.breaks_at = breaks_at

    def look(self) -> State:
        if next(self.looks) >= self.breaks_at:
            raise OSError("gone")
        return State(watts=60.0)


def test_a_watch_reads_from_start_to_end() -> None:
    with energy.Watch(Lamp(), clock=itertools.count().__next__) as watch:
        pass
    found = watch.reading()
    assert found is not None
    assert found.joules == pytest.approx(60 * found.seconds)


def test_broken_sensors_give_no_reading() -> None:
    with energy.Watch(Lamp(breaks_at=1)) as watch:
        pass
    assert watch.reading() is None


def test_without_sensors_there_is_no_reading() -> None:
    with energy.watch(Found("Something New", "Unknown")) as watch:
        pass
    assert watch.reading() is None


class NvmlError(Exception):
    def __init__(self, value: int) -> None:
        self.value = value


def library(*names: str, broken: dict[str, int] | None = None) -> Any:
    """NVML as a fake: GPUs by name; ``broken`` maps questions to the error they raise."""
    answers = {
        "nvmlDeviceGetPowerUsage": 412_000,
        "nvmlDeviceGetTotalEnergyConsumption": 5_000_000,
        "nvmlDeviceGetClockInfo": 1755,
        "nvmlDeviceGetMaxClockInfo": 1980,
        "nvmlDeviceGetTemperature": 64,
        "nvmlDeviceGetEnforcedPowerLimit": 700_000,
        "nvmlDeviceGetCurrentClocksThrottleReasons": 0x4 | 0x40 | 0x1,
    }

    def ask(question: str) -> Any:
        def answer(handle: int, *more: int) -> int:
            if question in (broken or {}):
                raise NvmlError((broken or {})[question])
            return answers[question]

        return answer

    return SimpleNamespace(
        NVMLError=NvmlError,
        NVML_ERROR_GPU_IS_LOST=15,
        nvmlInit=lambda: None,
        nvmlDeviceGetCount=lambda: len(names),
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda handle: names[handle].encode(),
        **{question: ask(question) for question in answers},
    )


def test_nvml_in_our_units() -> None:
    found = Nvml.among(library("NVIDIA L4", "NVIDIA H100 PCIe"), "NVIDIA H100 PCIe")
    assert found is not None
    assert found.handle == 1
    assert found.look() == State(
        5000.0, 412.0, 1755, 1980, 64, 700.0, ("power limit", "hardware thermal limit")
    )


def test_nvml_without_a_sensor_says_none() -> None:
    old = library("Tesla P100", broken={"nvmlDeviceGetTotalEnergyConsumption": 3})
    found = Nvml.among(old, "Tesla P100")
    assert found is not None
    assert found.look().joules is None
    assert found.look().watts == 412.0


def test_a_lost_gpu_breaks_the_watch() -> None:
    found = Nvml.among(library("NVIDIA L4", broken={"nvmlDeviceGetPowerUsage": 15}), "NVIDIA L4")
    assert found is not None
    with pytest.raises(OSError, match="lost"):
        found.look()


def test_gpus_that_cannot_be_told_apart_are_not_read() -> None:
    assert Nvml.among(library("NVIDIA L4", "NVIDIA L4"), "NVIDIA L4") is None
    assert Nvml.among(library("NVIDIA L4"), "NVIDIA L40S") is None


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(f"{text}\n", "utf-8")
    return folder


def test_hwmon_in_our_units(tmp_path: Path) -> None:
    written(tmp_path / "hwmon0", name="k10temp", temp1_input="40000")
    written(
        tmp_path / "hwmon1",
        name="amdgpu",
        power1_average="250000000",
        temp1_input="61000",
        freq1_input="2100000000",
        power1_cap="300000000",
    )
    found = Hwmon.of("AMD Instinct MI210", tmp_path)
    assert found is not None
    assert found.look() == State(watts=250.0, clock_mhz=2100.0, temperature_c=61.0, power_limit_w=300.0)
    assert Hwmon.of("NVIDIA L4", tmp_path) is None
    written(tmp_path / "hwmon2", name="amdgpu")
    assert Hwmon.of("AMD Instinct MI210", tmp_path) is None


def test_rapl_follows_a_counter_that_starts_anew(tmp_path: Path) -> None:
    package = written(
        tmp_path / "intel-rapl:0", name="package-0", energy_uj="900000", max_energy_range_uj="1000000"
    )
    written(tmp_path / "intel-rapl:0:0", name="core", energy_uj="5")
    found = Rapl.of(tmp_path)
    assert found is not None
    assert found.look().joules == 0
    (package / "energy_uj").write_text("100000\n", "utf-8")
    assert found.look().joules == pytest.approx(0.2)
    (package / "energy_uj").unlink()
    with pytest.raises(OSError, match="cannot be read"):
        found.look()


def test_rapl_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert Rapl.of(tmp_path) is None
    written(tmp_path / "intel-rapl:0", name="package-0")
    assert Rapl.of(tmp_path) is None
