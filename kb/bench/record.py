"""Records of measurements: into a base, out of it, and which one a check means."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path
from typing import Any

from kb.model import Measurement, TestRun
from kb.resources import is_shipped


def to_measurement(record: Mapping[str, Any], name: str = "", file: str = "") -> Measurement:
    """A record that fits its schema as a Measurement; tests with a wrong result are left out."""
    from kb.source.convert import measurement

    return measurement(name, record, file)


def pick(measurement: Measurement, test: str, dtype: str) -> TestRun | None:
    """The measurement's headline run of a test: checked, largest, in bursts on random data."""
    runs = [run for run in _usual(measurement) if (run.test, run.dtype) == (test, dtype) and run.checked]
    return max(runs, key=lambda run: run.n, default=None)


def _usual(measurement: Measurement) -> list[TestRun]:
    """The runs without those on zeros, which are faster, and without sustained ones."""
    raw: Any = measurement.raw.get("tests", ())
    tests = [test for test in raw if "stats" in test]
    if len(tests) != len(measurement.runs):
        return list(measurement.runs)
    return [
        run
        for run, test in zip(measurement.runs, tests, strict=True)
        if test["data"] != "zeros" and test.get("phase", "burst") == "burst"
    ]


def select(
    measurements: Mapping[str, Measurement] | Iterable[Measurement], selector: Mapping[str, str]
) -> Measurement | None:
    """The newest measurement that fits and holds a checked run; None when there is none.

    ``selector`` may name ``kind`` (gpu, cpu, software), ``name`` (a pattern with * and ?, letter case
    aside), ``id``, ``backend``, ``test`` and ``dtype``. One whose run has no flags goes before newer ones
    that have. A device that is no GPU never answers to ``kind: gpu``. Raises ValueError for an unknown
    selector.
    """
    unknown = set(selector) - {"kind", "name", "id", "backend", "test", "dtype"}
    if unknown:
        raise ValueError(f"a measurement is not selected by {', '.join(sorted(unknown))}")
    every = measurements.values() if isinstance(measurements, Mapping) else measurements
    found = [
        (not run.flags, measurement.when, measurement.id, measurement)
        for measurement in every
        if _fits(measurement, selector) and (run := _run(measurement, selector)) is not None
    ]
    return max(found, key=lambda row: row[:3])[3] if found else None


def _fits(measurement: Measurement, selector: Mapping[str, str]) -> bool:
    device = measurement.device
    kind = selector.get("kind", device.kind)
    return (
        kind == device.kind
        and (kind != "gpu" or device.is_gpu)
        and fnmatchcase(device.name.casefold(), selector.get("name", "*").casefold())
        and selector.get("id", measurement.id) == measurement.id
        and selector.get("backend", device.backend) == device.backend
    )


def _run(measurement: Measurement, selector: Mapping[str, str]) -> TestRun | None:
    tests = {(run.test, run.dtype) for run in measurement.runs}
    wanted = [
        (test, dtype)
        for test, dtype in sorted(tests)
        if selector.get("test", test) == test and selector.get("dtype", dtype) == dtype
    ]
    found = [run for test, dtype in wanted if (run := pick(measurement, test, dtype)) is not None]
    return min(found, key=lambda run: len(run.flags), default=None)


def record_id(record: Mapping[str, Any]) -> str:
    """``<device>-<date>``, an id by the rules of a base."""
    day = record["when"][:10]
    name = re.sub(r"\(.*?\)", " ", record["device"]["name"])
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not slug[:1].isalpha():
        slug = f"device-{slug}"
    return f"{slug[: 60 - len(day)].strip('-')}-{day}"


def save(record: Mapping[str, Any], root: Path) -> Path:
    """Write a record as a new file in ``measurements/`` of the base at ``root``.

    A second record of a device on one day gets a number, also when two are written at once. Raises
    ValueError when the record does not fit its schema, OSError when it cannot be written.
    """
    from kb.source.adding import file_text
    from kb.source.schemas import misfits
    from kb.store import write_atomic

    wrong = misfits("measurement", record)
    if wrong:
        place = ".".join(str(part) for part in wrong[0].path)
        raise ValueError(f"not a record of a measurement: {place}: {wrong[0].message}")
    if is_shipped(root):
        raise PermissionError(errno.EROFS, "the shipped base is read-only; save into a copy", str(root))
    folder = root / "measurements"
    name = record_id(record)
    path = _reserved(folder, name)
    try:
        write_atomic(path, file_text(root, f"measurements/{path.name}", "measurement", record))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _reserved(folder: Path, name: str) -> Path:
    """A new, empty file, so that nobody else takes the name meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = folder / (f"{name}.yaml" if number == 1 else f"{name}-{number}.yaml")
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            continue
        break
    return path
