"""The page of measurements: a device is called what it is, a rate comes with what speaks against it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.bench import peaks, to_measurement
from kb.checks import run
from kb.model import Base, Benchmark, Check, Config, Measurement, Record
from kb.site import build
from kb.site.pages import check as check_page
from kb.site.pages import devices
from kb.site.pages import measurements as page
from kb.site.pages.every import completed
from kb.site.view import View, view_of
from tests import site_demo, site_demo_measurements
from tests.conftest import PROJECT

A100 = "m-nvidia-a100-2025-03-01"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build(*site_demo.demo(), out)
    return out


def text(site: Path, name: str) -> str:
    return (site / name).read_text(encoding="utf-8")


def section(site: Path, anchor: str) -> str:
    """One device's part of the page, without tags."""
    found = re.search(
        rf'<section [^>]*id="{anchor}".*?</section>', text(site, "measurements.html"), re.DOTALL
    )
    assert found
    return found.group()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def view(base: Base, records: dict[str, Record] | None = None) -> View:
    return completed(view_of(*site_demo.solved(base, records or {})))


def based(*found: Measurement, checks: dict[str, Check] | None = None) -> Base:
    return Base("", Config("Measured"), checks=checks or {}, measurements={each.id: each for each in found})


def test_a_rate_stands_with_its_interval_its_peak_and_what_disturbed_it(site: Path) -> None:
    said = words(section(site, A100))
    assert "250 TFLOP/s 248 to 252 TFLOP/s 262 TFLOP/s 80.1 % of 312 TFLOP/s" in said
    assert "sustained, matrix units" in said
    assert "Throttled: the device held its clock down" in said
    assert "burst, zeros" in said
    assert "Drew 1.6 pJ for each FLOP at 400 W, by NVIDIA’s library." in said
    assert "Matrix product in fp8: the device has no &lt;fp8&gt;" in said


def test_a_wrong_result_has_no_rate(site: Path) -> None:
    said = words(section(site, A100))
    assert "Matrix product, fp16 burst, plain kernels, n = 4,096, no rate" in said.replace(
        "4,096 no", "4,096, no"
    )
    assert "The result was wrong (error 0.7, allowed 0.01)" in said


def test_only_a_record_with_a_bandwidth_has_a_roofline(site: Path) -> None:
    assert 'class="chart wide"' in section(site, A100)
    assert "the memory is the limit (triad, 1.7 TB/s)" in section(site, A100)
    assert "<svg" not in section(site, "m-slow-processor-2024-04-06")


def test_software_is_never_called_a_gpu(site: Path) -> None:
    said = words(section(site, "m-llvmpipe-2024-04-06"))
    assert "A software adapter, not a GPU" in said
    assert said.count("GPU") == 1
    row = re.search(
        r"llvmpipe \(LLVM 15.0.6, 256 bits\)</a></td><td[^>]*>([^<]*)", text(site, "measurements.html")
    )
    assert row
    assert row.group(1) == "Software adapter"


def test_each_device_says_what_it_means(site: Path) -> None:
    assert "that is 39.8 years" in words(section(site, A100))
    assert "which no training run reaches" in words(section(site, "m-slow-processor-2024-04-06"))


def test_gpus_come_first_and_newer_records_before_older_ones() -> None:
    gpu, processor, software = site_demo_measurements.measurements()
    newer = replace(processor, id="newer", when="2025-01-01T00:00:00Z")
    rows = page.content(view(based(software, processor, newer, gpu)))["rows"]
    assert [row["day"] for row in rows] == ["2025-03-01", "2025-01-01", "2024-04-06", "2024-04-06"]
    assert [row["kind"] for row in rows] == ["GPU", "Processor", "Processor", "Software adapter"]


def test_there_is_no_share_of_a_figure_that_was_not_read() -> None:
    unread = [
        (device, figure)
        for device in peaks.listed()
        for figure in device.peaks
        if not figure.verified and figure.path == "shader" and figure.dtype == "fp32"
    ]
    device = next(d for d, _ in unread if (known := peaks.known(d.name)) and known.name == d.name)
    record: Any = {**site_demo_measurements.measurements()[0].raw}
    record["device"] = {"name": device.name, "kind": "gpu", "is_gpu": True}
    record["tests"] = [site_demo_measurements.timed("fma", "fp32", 1e12)]
    (row,) = page.content(view(based(to_measurement(record, "unread"))))["rows"]
    assert row["tests"][0]["peak"]["share"] == "unknown"


def test_benchmark_checks_lead_to_their_record_or_to_how_one_is_made(site: Path) -> None:
    assert f'href="../measurements.html#{A100}"' in text(site, "check/h100-matmul.html")
    assert 'href="../measurements.html#add"' in text(site, "check/gpt3-on-gpus.html")
    assert "measurements.html#" not in text(site, "check/gpt3-petaflop-days.html")
    assert 'href="check/h100-matmul.html"' in section(site, A100)


def test_the_rate_of_a_result_cites_the_record_that_it_used() -> None:
    (gpu, *_) = site_demo_measurements.measurements()
    body = Benchmark("matmul", "bf16", {"kind": "gpu"}, unit="FLOP/s")
    base = based(gpu, checks={"time": Check("time", "benchmark", body)})
    record = run(base, base.checks["time"])
    (row,) = check_page.content(view(base, {"time": record}), "time")["inputs"]
    assert row["source"]["href"] == f"measurements.html#{A100}"
    later = replace(gpu, when="2025-04-01T12:00:00Z")
    (row,) = check_page.content(view(replace(base, measurements={gpu.id: later}), {"time": record}), "time")[
        "inputs"
    ]
    assert row["source"] is None


def test_the_navigation_has_the_page_only_with_measurements(tmp_path: Path, site: Path) -> None:
    assert 'href="../measurements.html">Measured</a>' in text(site, "claim/energy.html")
    build(*site_demo.solved(replace(site_demo.base(), measurements={}), {}), tmp_path / "site")
    assert "measurements.html" not in text(tmp_path / "site", "claim/energy.html")
    assert "kb bench flops" in text(tmp_path / "site", "measurements.html")


def test_the_search_finds_devices(site: Path) -> None:
    assert f'"measurements.html#{A100}"' in text(site, "search/0.js")


def test_every_word_of_the_schema_has_words_on_the_page() -> None:
    schema = json.loads((PROJECT / "schema" / "measurement.schema.json").read_text("utf-8"))
    test = schema["properties"]["tests"]["items"]["properties"]
    assert set(schema["properties"]["device"]["properties"]["kind"]["enum"]) == page.KINDS.keys()
    assert set(test["test"]["enum"]) == devices._TESTS.keys()
    assert set(test["path"]["enum"]) == devices.PATHS.keys()
    assert set(test["flags"]["items"]["enum"]) == devices._FLAGS.keys() | {"wrong-result"}
    assert set(test["energy"]["properties"]["source"]["enum"]) == devices._METERS.keys()
