"""What the tests need of the machine: elsewhere a reason to skip, in the full run it must be there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import missing

PROGRAMS = {
    "chromium": "apt-get install chromium",
    "dot": "apt-get install graphviz",
    "node": "apt-get install nodejs",
    "npm": "apt-get install npm",
}
DRIVERS = {
    "lavapipe": ("/usr/share/vulkan/icd.d", "lvp_icd*.json", "apt-get install mesa-vulkan-drivers"),
    "PoCL": ("/etc/OpenCL/vendors", "pocl*.icd", "apt-get install pocl-opencl-icd"),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_program_is_here(program: str) -> None:
    if shutil.which(program) is None:
        missing(f"{program} is not installed: {PROGRAMS[program]}")


@pytest.mark.parametrize("driver", DRIVERS)
def test_software_driver_is_here(driver: str) -> None:
    folder, pattern, cure = DRIVERS[driver]
    if not list(Path(folder).glob(pattern)):
        missing(f"{driver} is not installed: {cure}")


def test_want_of_something_fails_where_all_must_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="no such thing"):
        missing("no such thing")
    monkeypatch.delenv("KB_REQUIRE_ALL")
    with pytest.raises(pytest.skip.Exception):
        missing("no such thing")
