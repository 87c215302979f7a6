"""Running checks: verdicts, readings, flips, the cache, the ledger, and what is known without computing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from kb import checks, store
from kb.checks import keys
from kb.checks.engine import part_for, stale
from kb.checks.records import entries, ledger_file
from kb.model import (
    Base,
    Benchmark,
    Check,
    Config,
    Device,
    Expectation,
    Fit,
    Flip,
    Formula,
    Input,
    Measurement,
    Option,
    Published,
    Quantity,
    Reading,
    Record,
    Result,
    Scale,
    Simulation,
    Spread,
    TestRun,
    Verdict,
)

SAMPLES = 2**12

PAPER = Expectation(about="3640 petaflop/s*day", within="1.1x")
QUANTITIES = {
    "six": Quantity("six", value=6.0, unit="FLOP/parameter/token", definition=True),
    "gpt3-parameters": Quantity("gpt3-parameters", value=1.75e11, unit="parameter", verified=True),
    "gpt3-tokens": Quantity("gpt3-tokens", value=3e11, unit="token", verified=True),
    "tokens-unsure": Quantity(
        "tokens-unsure", spread=Spread("percentiles", (2.9e11, 3.1e11)), unit="token", verified=True
    ),
    "unverified": Quantity("unverified", value=3e11, unit="token"),
    "unit-range": Quantity("unit-range", spread=Spread("uniform", (0.0, 1.0)), verified=True),
}


def formula(
    compute: str = "c * n * d",
    unit: str = "petaflop/s*day",
    *,
    tokens: str = "gpt3-tokens",
    let: Mapping[str, str] | None = None,
    expect: Expectation | None = PAPER,
    flips: tuple[Flip, ...] = (),
    readings: tuple[Reading, ...] = (),
) -> Check:
    inputs = (Input("c", "six"), Input("n", "gpt3-parameters"), Input("d", tokens))
    body = Formula(compute, unit, let or {})
    return Check("bill", "formula", body, inputs=inputs, expect=expect, flips_if=flips, readings=readings)


def plain(
    compute: str, expect: Expectation | None, *inputs: Input, let: Mapping[str, str] | None = None
) -> Check:
    return Check("plain", "formula", Formula(compute, "1", let or {}), inputs=inputs, expect=expect)


def base_of(*found: Check, root: Path | str = "/nowhere", scale: Scale | None = None) -> Base:
    config = Config("test", scale=scale or Scale())
    return Base(str(root), config, checks={c.id: c for c in found}, quantities=QUANTITIES)


def run(check: Check, **options: object) -> Result:
    return checks.run(base_of(check), check, samples=SAMPLES, **options).result  # type: ignore[arg-type]


# --- points and samples ---------------------------------------------------------


def test_a_point_holds_plainly() -> None:
    found = run(formula())
    assert (found.verdict, found.p, found.p_low, found.p_high) == (Verdict.HOLDS, 1.0, 1.0, 1.0)
    assert found.output is not None
    assert found.output.value == 3645.83
    assert found.band == (3309.09, 4004.0)
    assert found.claimed == "3,640 petaflop/s·day"
    assert [i.name for i in found.inputs] == ["c", "n", "d"]
    assert not found.provisional


def test_a_point_fails_plainly() -> None:
    found = run(formula(expect=Expectation(at_most=3000.0)))
    assert (found.verdict, found.p) == (Verdict.FAILS, 0.0)


def test_spread_makes_p_quantiles_and_drivers() -> None:
    found = run(formula(tokens="tokens-unsure", expect=Expectation(at_least=3600.0)))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.p is not None
    assert 0.5 < found.p < 0.9
    assert found.drivers[0].input == "d"
    assert found.output is not None
    assert list(found.output.quantiles) == ["p5", "p10", "p25", "p50", "p75", "p90", "p95"]


def test_one_quantity_is_one_variable_whatever_its_names() -> None:
    same = run(
        plain(
            "x - y", Expectation(between=(-1e-12, 1e-12)), Input("x", "unit-range"), Input("y", "unit-range")
        )
    )
    assert (same.verdict, same.p) == (Verdict.HOLDS, 1.0)
    inline = Quantity("y", spread=Spread("uniform", (0.0, 1.0)))
    other = run(
        plain("x - y", Expectation(between=(-0.1, 0.1)), Input("x", "unit-range"), Input("y", inline=inline))
    )
    assert other.p == pytest.approx(0.19, abs=0.01)


def test_an_input_used_twice_is_one_variable() -> None:
    found = run(plain("x * x", Expectation(at_most=0.25), Input("x", "unit-range")))
    assert found.p == pytest.approx(0.5, abs=0.005)


def test_the_same_check_gives_the_same_bytes() -> None:
    check = formula(tokens="tokens-unsure", flips=(Flip({"d": "30e9 token"}, "fails"),))
    first, second = (
        json.dumps(checks.record_data(checks.run(base_of(check), check))["result"]) for _ in "ab"
    )
    assert first == second


def test_let_values_can_be_tested_and_shown() -> None:
    check = plain(
        "total / 2",
        Expectation(is_true="enough"),
        Input("x", inline=Quantity("x", value=4.0)),
        let={"total": "x + 2", "enough": "total > 5"},
    )
    found = run(check)
    assert (found.verdict, found.claimed) == (Verdict.HOLDS, "enough is true")
    assert {o.name: o.value for o in found.outputs} == {"total": 6.0, "enough": 1.0, "result": 3.0}
    assert found.band is None
    named = replace(check, expect=Expectation(output="total", at_least=7.0))
    assert run(named).verdict is Verdict.FAILS


def test_thresholds_are_the_base_s() -> None:
    check = plain("x", Expectation(at_least=0.2), Input("x", "unit-range"))
    wide = base_of(check, scale=Scale(holds=0.7))
    assert run(check).verdict is Verdict.INCONCLUSIVE
    assert checks.run(wide, check, samples=SAMPLES).result.verdict is Verdict.HOLDS


def test_an_unverified_input_makes_the_verdict_provisional() -> None:
    assert run(formula(tokens="unverified")).provisional


def test_without_an_expectation_it_is_context() -> None:
    found = run(formula(expect=None))
    assert (found.verdict, found.p) == (Verdict.INCONCLUSIVE, None)
    assert "context" in found.reason
    assert found.output is not None


# --- what cannot run ------------------------------------------------------------


@pytest.mark.parametrize("compute", ["1/(x - x)", "log(-x)", "where(log(-x) < 1, 1, 1)", "exp(9999)"])
def test_the_undefined_never_passes(compute: str) -> None:
    for name in ("gpt3", "unit-range"):
        item = (
            Input("x", "unit-range") if name == "unit-range" else Input("x", inline=Quantity("x", value=2.0))
        )
        for expect in (
            Expectation(at_most=1e300),
            Expectation(at_least=-1e300),
            Expectation(is_true="result"),
        ):
            found = run(plain(compute, expect, item))
            assert found.verdict is Verdict.COULD_NOT_RUN
            assert found.reason.startswith("undefined:")
            assert checks.blame(found) == ""


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (formula("c * n * d / x"), "named x"),
        (formula("c * n + d"), "cannot add"),
        (formula("c * n *"), "complete"),
        (formula(unit="FLOP/s"), "FLOP"),
        (formula(unit="flops"), "amount or a rate"),
        (formula(tokens="missing"), "no quantity missing"),
        (formula(expect=Expectation(at_least="1 token")), "token"),
        (formula(expect=Expectation(output="other", at_least=1.0)), "no output other"),
        (plain("x", Expectation(at_least=0.0), Input("x", inline=Quantity("x"))), "neither value"),
    ],
)
def test_a_check_that_is_wrong_could_not_run(check: Check, words: str) -> None:
    found = run(check)
    assert found.verdict is Verdict.COULD_NOT_RUN
    assert words in found.reason
    assert checks.blame(found) == "error"


# --- readings and flips ---------------------------------------------------------

STOCK = Reading(
    "stock",
    (
        Option("s2022", "as of 2022", {"d": "gpt3-tokens"}),
        Option("s2024", "as of 2024", {"d": "30e9 token"}),
    ),
)


def test_readings_that_differ_are_mixed_and_all_shown() -> None:
    found = run(formula(readings=(STOCK,)))
    assert found.verdict is Verdict.MIXED
    assert found.p is None
    assert [(r.choice, r.verdict, r.title) for r in found.readings] == [
        ({"stock": "s2022"}, Verdict.HOLDS, "as of 2022"),
        ({"stock": "s2024"}, Verdict.FAILS, "as of 2024"),
    ]
    assert "fails under “as of 2024”" in found.reason


def test_readings_that_agree_give_one_verdict() -> None:
    same = Reading("stock", (Option("a", set={"d": "3.1e11 token"}), Option("b", set={"d": 2.9e11})))
    found = run(formula(readings=(same,)))
    assert (found.verdict, found.p, len(found.readings)) == (Verdict.HOLDS, 1.0, 2)


def test_nothing_is_cited_for_a_number_that_a_reading_puts_in() -> None:
    cited = replace(QUANTITIES["gpt3-tokens"], source="gpt3-paper", at="table 2.2", title="tokens seen")
    check = formula(readings=(Reading("stock", (Option("a", set={"d": 2.9e11}),)),))
    base = replace(base_of(check), quantities={**QUANTITIES, "gpt3-tokens": cited})
    used = {item.name: item for item in checks.run(base, check, samples=SAMPLES).result.inputs}["d"]
    assert (used.value, used.title, used.source, used.at, used.quantity) == (
        2.9e11,
        "tokens seen",
        "",
        "",
        "",
    )


def test_a_reading_that_could_not_run_is_said() -> None:
    broken = Reading("stock", (Option("good"), Option("bad", compute="c * n * d / 0 ")))
    found = run(formula(readings=(broken,)))
    assert found.verdict is Verdict.MIXED
    assert "could-not-run under “bad” (undefined:" in found.reason


def test_dimensions_multiply_and_a_choice_restricts_them() -> None:
    other = Reading("limit", (Option("own"), Option("strict", expect=Expectation(at_most=1.0))))
    check = formula(readings=(STOCK, other))
    assert len(run(check).readings) == 4
    one = run(check, choice={"stock": "s2022", "limit": "own", "elsewhere": "x"})
    assert (one.verdict, len(one.readings)) == (Verdict.HOLDS, 1)
    assert run(check, choice={"limit": "strict"}).verdict is Verdict.FAILS
    assert run(check, choice={"stock": "s1999"}).verdict is Verdict.COULD_NOT_RUN


def test_a_flip_is_proven_or_not() -> None:
    flips = (
        Flip({"d": "30e9 token"}, "fails", "a tenth of the data"),
        Flip({"d": 3.1e11}, "fails"),
        Flip({"d": 3.1e11}, "holds"),
        Flip({"d": "unverified"}, "holds"),
        Flip({"x": 1.0}, "fails"),
    )
    found = run(formula(flips=flips)).flips
    assert [(f.got, f.proven) for f in found] == [
        ("fails", True),
        ("holds", False),
        ("holds", False),
        ("holds", False),
        ("could-not-run", False),
    ]
    assert found[0].because == "a tenth of the data"


def test_a_flip_may_pick_a_reading() -> None:
    found = run(formula(readings=(STOCK,), flips=(Flip({"stock": "s2024"}, "fails"),))).flips
    assert (found[0].got, found[0].proven) == ("fails", True)


def test_overrides_change_inputs_and_leave_flips_out() -> None:
    check = formula(flips=(Flip({"d": "30e9 token"}, "fails"),))
    found = run(check, overrides={"d": "30e9 token"})
    assert (found.verdict, found.flips) == (Verdict.FAILS, ())
    assert found.key != run(check).key


# --- published figures and simulations ------------------------------------------


def published(first: str, second: str) -> Check:
    inputs = tuple(
        Input(name, inline=Quantity(name, value=value, protocol=protocol, verified=True))
        for name, value, protocol in (("a", 0.7, first), ("b", 0.5, second))
    )
    body = Published("MMLU, 5-shot", "a - b")
    return Check("scores", "published", body, inputs=inputs, expect=Expectation(at_least=0.1))


def test_published_figures_compare_on_one_protocol_only() -> None:
    assert run(published("MMLU, 5-shot", "mmlu,  5-shot")).verdict is Verdict.HOLDS
    other = run(published("MMLU, 5-shot", "MMLU, 0-shot"))
    assert other.verdict is Verdict.COULD_NOT_RUN
    assert "MMLU, 0-shot" in other.reason


def simulation(expect: Expectation, flips: tuple[Flip, ...] = (), **params: object) -> Check:
    body = Simulation("best_of_k", {"trials": 2000, **params}, seeds=4)
    return Check("sampling-helps", "simulation", body, expect=expect, flips_if=flips)


def test_a_simulation_s_p_is_the_share_of_its_seeds() -> None:
    flip = Flip({"samples": 1.0}, "fails")
    check = simulation(Expectation(output="coverage_gain", at_least=0.05), (flip,))
    found = checks.run(base_of(check), check)
    assert (found.result.verdict, found.result.p) == (Verdict.HOLDS, 1.0)
    assert found.result.flips[0].proven
    assert found.run.limits
    assert {i.name for i in found.result.inputs} >= {"trials", "samples"}
    assert not found.result.provisional


def test_a_simulation_that_cannot_run_says_why() -> None:
    wrong = run(simulation(Expectation(output="coverage", at_least=0.0), samples=-1))
    assert checks.blame(wrong) == "error"
    absent = run(replace(simulation(Expectation(at_least=0.0)), body=Simulation("no-such-thing")))
    assert checks.blame(absent) == "device"


GPU = Device("Acme G100", "gpu", "wgpu", is_gpu=True)
RUN = TestRun("matmul", "fp32", 5e13, 4.9e13, 5.1e13, 4e13, 6e13, 6e13, n=4096, checked=True)


def measured(*found: Measurement) -> Base:
    return replace(base_of(BENCHMARK), measurements={m.id: m for m in found})


BENCHMARK = Check(
    "years-on-one-gpu",
    "benchmark",
    Benchmark("matmul", device={"kind": "gpu"}, compute="c * n * d / rate", unit="year"),
    inputs=(Input("c", "six"), Input("n", "gpt3-parameters"), Input("d", "gpt3-tokens")),
    expect=Expectation(at_least=100.0),
    flips_if=(Flip({"rate": "1e18 FLOP/s"}, "fails"),),
)


def test_a_benchmark_computes_with_the_measured_rate_and_its_interval() -> None:
    base = measured(Measurement("acme-2024", GPU, "2024-05-01T00:00:00Z", (RUN,)))
    found = checks.run(base, BENCHMARK, samples=SAMPLES).result
    assert (found.verdict, found.device, found.provisional) == (Verdict.HOLDS, "Acme G100", False)
    assert found.flips[0].proven
    assert found.output is not None
    years = 3.15e23 / 5e13 / (365.25 * 86400)
    assert found.output.value == pytest.approx(years, rel=1e-3)
    assert found.output.quantiles["p95"] == pytest.approx(years * 5 / (5 - 0.1 * 1.645 / 1.96), rel=1e-3)
    assert found.drivers[0].input == "rate"


def test_a_benchmark_without_a_gpu_could_not_run_but_its_flip_is_tried() -> None:
    llvm = Measurement("sw", Device("llvmpipe", "software", "wgpu"), "2024-05-01T00:00:00Z", (RUN,))
    false = Measurement("f", replace(GPU, is_gpu=False), "2024-05-01T00:00:00Z", (RUN,))
    unchecked = Measurement("u", GPU, "2024-05-01T00:00:00Z", (replace(RUN, checked=False),))
    for base in (measured(), measured(llvm), measured(false), measured(unchecked)):
        found = checks.run(base, BENCHMARK, samples=SAMPLES).result
        assert found.verdict is Verdict.COULD_NOT_RUN
        assert found.reason.startswith("no recorded measurement of a GPU; run `kb bench flops --save`")
        assert checks.blame(found) == "device"
        assert (found.flips[0].got, found.flips[0].proven) == ("fails", True)


def test_a_wrong_result_is_no_measurement() -> None:
    wrong = replace(RUN, flags=("wrong-result",))
    base = measured(Measurement("w", GPU, "2024-05-01T00:00:00Z", (wrong,)))
    assert checks.run(base, BENCHMARK).result.reason.endswith("proven right")


def test_a_benchmark_s_key_follows_its_measurement_but_not_the_raw_timings() -> None:
    first = Measurement("acme-2024", GPU, "2024-05-01T00:00:00Z", (RUN,), raw={"samples": [1, 2]})
    again = replace(first, raw={})
    faster = replace(first, runs=(replace(RUN, median=6e13),))
    keys = [checks.key(measured(m), BENCHMARK) for m in (first, again, faster)]
    assert keys[0] == keys[1] != keys[2]
    assert checks.key(measured(), BENCHMARK) not in keys


def test_a_live_run_measures_this_machine_and_is_not_remembered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = Measurement("", GPU, "2024-05-01T00:00:00Z", (RUN,))
    monkeypatch.setattr("kb.bench.run.devices", lambda: [Device("some cpu", "cpu", "numpy"), GPU])
    monkeypatch.setattr("kb.bench.run.flops", lambda device, budget, stop: {"device": device.name})
    monkeypatch.setattr("kb.bench.record.to_measurement", lambda record: here)
    base = replace(measured(), root=str(tmp_path))
    found = checks.run_all(base, [BENCHMARK.id], cache=tmp_path / "c", live=True, samples=SAMPLES)
    assert found[BENCHMARK.id].result.verdict is Verdict.HOLDS
    assert found[BENCHMARK.id].result.key == ""
    assert checks.record(tmp_path, found) == []
    assert checks.known(base, cache=tmp_path / "c", samples=SAMPLES) == {}


def test_a_live_run_without_the_device_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.bench.run.devices", lambda: [Device("some cpu", "cpu", "numpy")])
    found = checks.run(measured(), BENCHMARK, live=True).result
    assert found.reason.startswith("no device here is a GPU")
    assert checks.blame(found) == "device"


# --- keys -----------------------------------------------------------------------


def test_the_key_changes_with_what_can_change_the_result() -> None:
    check = formula()
    base = base_of(check)
    original = checks.key(base, check)
    other_value = {**QUANTITIES, "gpt3-tokens": replace(QUANTITIES["gpt3-tokens"], value=2e11)}
    other_citation = {**QUANTITIES, "gpt3-tokens": replace(QUANTITIES["gpt3-tokens"], source="a")}
    keys = [
        original,
        checks.key(base, formula("c*n*d")),
        checks.key(base, check, samples=2**10),
        checks.key(replace(base, quantities=other_value), check),
        checks.key(replace(base, quantities=other_citation), check),
        checks.key(base_of(check, scale=Scale(holds=0.8)), check),
        checks.key(base, check, choice={"stock": "a"}),
    ]
    assert len(set(keys)) == len(keys)


def test_a_simulation_s_key_follows_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    check = simulation(Expectation(at_least=0.0))
    before = checks.key(base_of(check), check)
    monkeypatch.setattr("kb.experiments.fingerprint", lambda spec: "other code")
    assert checks.key(base_of(check), check) != before


def test_versions_are_those_of_the_metadata() -> None:
    assert [keys.version(name) for name in keys.NUMERIC] == [metadata.version(name) for name in keys.NUMERIC]
    assert keys.version("no-such-distribution") == ""


@pytest.mark.parametrize("other", ["numpy", "scipy"])
@pytest.mark.parametrize("kind", ["formula", "fit", "simulation", "benchmark", "published"])
def test_every_key_follows_the_feature_versions_of_what_computes(
    kind: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = {
        "formula": formula(),
        "fit": Check("c", "fit", Fit("t", "linear", ("x",), "y")),
        "simulation": simulation(Expectation(at_least=0.0)),
        "benchmark": Check("c", "benchmark", Benchmark("matmul")),
        "published": Check("c", "published", Published("p", "1")),
    }[kind]

    def found(version: str) -> str:
        monkeypatch.setattr(keys, "version", lambda name: version if name == other else "1.2.3")
        return checks.key(base_of(check), check)

    monkeypatch.setattr(keys, "_feature", keys._feature.__wrapped__)  # without its cache
    first = found("2.1.0")
    assert (found("2.1.9") == first, found("2.2.0") == first, found("3.1.0") == first) == (True, False, False)


def test_the_key_sees_the_order_of_steps() -> None:
    """The second order names a before it is there."""
    right = plain("b", None, let={"a": "2", "b": "a + 1"})
    wrong = plain("b", None, let={"b": "a + 1", "a": "2"})
    assert run(right).verdict is not run(wrong).verdict
    assert checks.key(base_of(right), right) != checks.key(base_of(wrong), wrong)


def test_the_key_ignores_what_cannot() -> None:
    check = formula()
    unrelated = {**QUANTITIES, "unverified": replace(QUANTITIES["unverified"], value=1.0)}
    original = checks.key(base_of(check), check)
    assert checks.key(replace(base_of(check), quantities=unrelated), check) == original
    renamed = replace(check, title="t", notes="n", file="f", decides=True)
    assert checks.key(base_of(check, root="/elsewhere"), renamed) == original


# --- records, cache and ledger --------------------------------------------------


def test_a_record_survives_json() -> None:
    check = formula(tokens="tokens-unsure", readings=(STOCK,), flips=(Flip({"d": 1.0}, "fails"),))
    found = checks.run(base_of(check), check, samples=SAMPLES)
    assert checks.record_of(json.loads(json.dumps(checks.record_data(found)))) == found
    assert checks.record_of({"result": {"check": 3}}) is None


def test_run_all_keeps_what_it_finishes_and_computes_nothing_twice(tmp_path: Path) -> None:
    good = [replace(formula(), id=f"check-{i}") for i in range(3)]
    base = base_of(*good, root=tmp_path)
    told: list[tuple[str, int, int]] = []

    def stop(name: str, done: int, total: int) -> None:
        told.append((name, done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checks.run_all(base, [c.id for c in good], cache=tmp_path / "c", progress=stop, samples=SAMPLES)
    assert told == [("check-0", 1, 3), ("check-1", 2, 3)]
    assert set(checks.known(base, cache=tmp_path / "c", samples=SAMPLES)) == {"check-0", "check-1"}
    told.clear()
    rest = checks.run_all(
        base,
        [c.id for c in good],
        cache=tmp_path / "c",
        progress=lambda *say: told.append(say),
        samples=SAMPLES,
    )
    assert (list(rest), told) == ([c.id for c in good], [("check-2", 3, 3)])


def test_run_all_without_a_cache_leaves_nothing_behind(tmp_path: Path) -> None:
    check = formula()
    found = checks.run_all(base_of(check, root=tmp_path), ["bill"], cache=False, samples=SAMPLES)
    assert found["bill"].result.verdict is Verdict.HOLDS
    assert list(tmp_path.iterdir()) == []


def test_another_executor_gives_the_same_results(tmp_path: Path) -> None:
    found = [replace(formula(tokens="tokens-unsure"), id=f"check-{i}") for i in range(3)]
    base = base_of(*found, root=tmp_path)
    ids = [c.id for c in found]
    here = checks.run_all(base, ids, cache=False, samples=SAMPLES)
    with ProcessPoolExecutor(1) as pool:
        there = checks.run_all(base, ids, cache=False, samples=SAMPLES, executor=pool)
    assert {i: r.result for i, r in here.items()} == {i: r.result for i, r in there.items()}


def test_the_part_sent_to_an_executor_holds_what_the_check_needs() -> None:
    check = formula(readings=(STOCK,), flips=(Flip({"d": "unverified"}, "holds"),))
    part = part_for(base_of(check), check)
    assert set(part.quantities) == {"six", "gpt3-parameters", "gpt3-tokens", "unverified"}
    assert checks.key(part, check) == checks.key(base_of(check), check)


def test_a_damaged_cache_entry_counts_as_absent(tmp_path: Path) -> None:
    check = formula()
    base = base_of(check, root=tmp_path)
    checks.run_all(base, ["bill"], cache=tmp_path, samples=SAMPLES)
    for path in tmp_path.rglob("*.json"):
        path.write_text("{")
    assert checks.known(base, cache=tmp_path, samples=SAMPLES) == {}


def test_the_ledger_grows_only_with_news(tmp_path: Path) -> None:
    check = formula()
    base = base_of(check, root=tmp_path)
    found = checks.run_all(base, ["bill"], cache=False)
    assert checks.record(tmp_path, found) == ["bill"]
    before = ledger_file(tmp_path, "bill").read_bytes()
    assert checks.record(tmp_path, checks.run_all(base, ["bill"], cache=False)) == []
    assert ledger_file(tmp_path, "bill").read_bytes() == before
    moved = formula(expect=Expectation(at_most=1.0))
    assert checks.record(tmp_path, checks.run_all(base_of(moved), ["bill"], cache=False)) == ["bill"]
    assert [e.result.verdict for e in entries(tmp_path, "bill")] == [Verdict.HOLDS, Verdict.FAILS]
    assert checks.recorded(base)["bill"].result.verdict is Verdict.FAILS


def test_a_run_that_did_not_come_about_displaces_no_verdict(tmp_path: Path) -> None:
    check = formula()
    found = checks.run(base_of(check), check)
    lost = Record(
        replace(found.result, verdict=Verdict.COULD_NOT_RUN, reason="error: stopped after 600 s: time limit")
    )
    assert checks.record(tmp_path, [found]) == ["bill"]
    assert checks.record(tmp_path, [lost]) == []
    assert checks.record(tmp_path, [stale(found)]) == []
    base = base_of(check, root=tmp_path)
    store.put(tmp_path / "c", found.result.key, checks.record_data(lost))
    assert checks.known(base, cache=tmp_path / "c")["bill"].result == found.result


def test_known_goes_from_cache_to_ledger_to_stale_to_nothing(tmp_path: Path) -> None:
    check = formula()
    base = base_of(check, root=tmp_path)
    assert checks.known(base, cache=False) == {}
    found = checks.run_all(base, ["bill"], cache=False)
    checks.record(tmp_path, found)
    assert checks.known(base, cache=False)["bill"].result == found["bill"].result
    changed = base_of(formula("c * n * d * 1.01"), root=tmp_path)
    old = checks.known(changed, cache=False)["bill"].result
    assert old.verdict is Verdict.STALE
    assert "holds" in old.reason
    assert old.output == found["bill"].result.output
    checks.run_all(changed, ["bill"], cache=True)
    assert checks.known(changed, cache=True)["bill"].result.verdict is Verdict.HOLDS


def test_known_and_a_cached_run_import_neither_numpy_nor_scipy(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_checks import base_of, formula, simulation
from kb import checks
from kb.model import Expectation
base = base_of(formula(), simulation(Expectation(output="coverage_gain", at_least=0.05)), root=sys.argv[2])
known = checks.known(base)
cached = checks.run_all(base, list(base.checks))
heavy = sorted({"numpy", "scipy", "networkx"} & set(sys.modules))
sys.exit(f"imported {heavy}" if heavy or set(known) != set(cached) or len(known) != 2 else 0)
"""
    base = base_of(formula(), simulation(Expectation(output="coverage_gain", at_least=0.05)), root=tmp_path)
    checks.run_all(base, list(base.checks))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(__file__).parent), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
