"""An experiment from another distribution: really built, installed by pip, and used through a base."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT, Ran, write_base

Kb = Callable[..., Ran]

CLAIM = """\
claim: Bodies fall with about 9.81 metres per second squared.
evidence: [{source: falls-1638, at: p1}]
checks:
  - {check: gravity-by-hand, bears: proxy, because: A toy stands for the world.}
"""
SOURCE = "type: book\ntitle: Falls\nauthor: [{family: Stone, given: Ann}]\nissued: 1638\n"
CHECK = """\
kind: simulation
title: Gravity by hand
experiment: falling_body
params: {height: 4500 cm, reaction: 50 ms}
seeds: 3
expect: {output: gravity, about: 9.81 m/s^2, within: 1.05x}
flips_if:
  - set: {reaction: 10 s, trials: 2}
    to: fails
"""


def install(source: Path, target: Path) -> None:
    """Build a distribution with the tools of this environment and install it into a folder of its own."""
    offline = ["--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *offline, "--upgrade", "--target", target, source]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the distribution's source, since building may write into it."""
    copy = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(
        PROJECT / "tests" / "plugin", copy, ignore=shutil.ignore_patterns("__pycache__", "imported")
    )
    return copy


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("installed") / "site"
    install(source, site)
    return site


@pytest.fixture
def site(installed: Path, tmp_path: Path) -> Path:
    """The installed distribution, in a folder that a test may change."""
    return Path(shutil.copytree(installed, tmp_path / "site"))


@pytest.fixture
def lab(kb: Kb, site: Path, tmp_path: Path) -> Callable[..., Ran]:
    """Run ``kb`` on a base that uses the experiment, with the distribution on the path."""
    base = tmp_path / "base"

    def run(*arguments: str, check: str = CHECK) -> Ran:
        files = {
            "kb.yaml": "format: 1\ntitle: Falls\n",
            "falls/bodies-fall.yaml": CLAIM,
            "sources/falls-1638.yaml": SOURCE,
            "checks/gravity-by-hand.yaml": check,
        }
        write_base(base, files)
        path = os.pathsep.join([str(PROJECT), str(site)])
        return kb(*arguments, "--base", base, "--format", "json", PYTHONPATH=path)

    return run


def imported(site: Path) -> bool:
    return (site / "stopwatch_lab" / "imported").exists()


def result(ran: Ran) -> dict[str, Any]:
    (check,) = ran.json["checks"]
    found: dict[str, Any] = check["result"]
    return found


def test_an_import_of_the_package_would_be_seen(site: Path) -> None:
    assert not imported(site)
    subprocess.run(
        [sys.executable, "-c", "import stopwatch_lab"],
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
    )
    assert imported(site)


def test_params_and_units_are_checked_without_importing_the_package(
    lab: Callable[..., Ran], site: Path
) -> None:
    ran = lab("validate")
    assert (ran.code, ran.json["errors"]) == (0, 0)
    assert not imported(site)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("height: 45 kg", ("height", "kg")),
        ("height: 45 m/s", ("height", "m/s")),
        ("height: 4500 km", ("height is 4.5e+06, out of range",)),
        ("hight: 4500 cm", ("the experiment has no param hight",)),
    ],
)
def test_a_wrong_param_is_a_finding_with_its_place(
    lab: Callable[..., Ran], site: Path, wrong: str, said: tuple[str, ...]
) -> None:
    check = CHECK.replace("height: 4500 cm", wrong)
    ran = lab("validate", check=check)
    (finding,) = [d for d in ran.json["diagnostics"] if d["severity"] == "error"]
    assert (ran.code, finding["rule"]) == (1, "KB313")
    assert all(words in finding["message"] for words in said)
    value = wrong.partition(": ")[2]
    column = check.splitlines()[3].index(value) + 1
    assert (finding["file"], finding["line"], finding["column"]) == ("checks/gravity-by-hand.yaml", 4, column)
    assert not imported(site)


def test_an_output_in_another_dimension_is_a_finding(lab: Callable[..., Ran], site: Path) -> None:
    ran = lab("validate", check=CHECK.replace("9.81 m/s^2", "9.81 m/s"))
    (finding,) = [d for d in ran.json["diagnostics"] if d["severity"] == "error"]
    assert finding["rule"] == "KB306"
    assert (finding["line"], finding["column"]) == (6, CHECK.splitlines()[5].index("9.81") + 1)
    assert not imported(site)


def test_it_runs_in_the_child_and_its_result_carries_its_units(lab: Callable[..., Ran]) -> None:
    ran = lab("check")
    found = result(ran)
    assert (ran.code, found["flips"][0]["proven"]) == (0, True)
    assert (found["verdict"], found["output"]["name"], found["output"]["unit"]) == (
        "holds",
        "gravity",
        "m/s^2",
    )
    assert found["output"]["value"] == pytest.approx(9.81, rel=0.01)
    # Amounts arrive in the param's own unit: 4500 cm are 45 m, and a fall from there takes 3.03 s.
    (time,) = [output for output in found["outputs"] if output["name"] == "time"]
    assert (time["unit"], time["value"]) == ("s", pytest.approx((2 * 45 / 9.81) ** 0.5, rel=0.01))


def test_a_cached_result_needs_no_import(lab: Callable[..., Ran], site: Path) -> None:
    first = lab("check")
    (site / "stopwatch_lab" / "imported").unlink(missing_ok=True)
    again = lab("check")
    assert (first.json["computed"], again.json["computed"]) == (1, 0)
    assert result(first) == result(again)
    assert not imported(site)


@pytest.mark.parametrize("name", ["clock.py", "falling_body.py", "kb-experiments.json"])
def test_a_changed_file_is_computed_again(lab: Callable[..., Ran], site: Path, name: str) -> None:
    first = result(lab("check"))
    file = site / "stopwatch_lab" / name
    # The moon's gravity in the helper; elsewhere a change of no effect, which nobody could know.
    file.write_text(file.read_text("utf-8").replace("9.81", "1.62") + "\n", "utf-8")
    ran = lab("check")
    second = result(ran)
    assert ran.json["computed"] == 1
    assert second["key"] != first["key"]
    assert (second["verdict"] == "fails") == (name == "clock.py")


def test_a_new_version_is_computed_again(lab: Callable[..., Ran], site: Path, source: Path) -> None:
    first = result(lab("check"))
    project = source / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace('version = "1.0"', 'version = "1.1"'), "utf-8")
    for old in site.glob("*.dist-info"):
        shutil.rmtree(old)  # pip leaves it in a target folder, which then holds two versions
    install(source, site)
    ran = lab("check")
    assert ran.json["computed"] == 1
    second = result(ran)
    assert second["key"] != first["key"]
    assert second["output"] == first["output"]


def test_without_the_distribution_the_check_is_a_finding(
    kb: Kb, lab: Callable[..., Ran], tmp_path: Path
) -> None:
    assert lab("validate").code == 0
    ran = kb("validate", "--base", tmp_path / "base", "--format", "json")
    (finding,) = [d for d in ran.json["diagnostics"] if d["severity"] == "error"]
    assert (finding["rule"], finding["message"]) == ("KB312", "no experiment falling_body is installed")
