"""The power of a check: what moves its verdict, and the checks that nothing moves (KB319)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb import checks
from kb.model import (
    Allowance,
    Base,
    Check,
    Config,
    Expectation,
    Formula,
    Input,
    Option,
    Quantity,
    Reading,
    Simulation,
    Spread,
    Verdict,
)
from kb.source import load

N = 2**12


def check_of(compute: str, expect: Expectation | None, **numbers: float | Spread) -> Check:
    inputs = tuple(
        Input(name, inline=Quantity(name, spread=number, verified=True))
        if isinstance(number, Spread)
        else Input(name, inline=Quantity(name, value=float(number), verified=True))
        for name, number in numbers.items()
    )
    return Check("bill", "formula", Formula(compute, "1"), inputs=inputs, expect=expect)


def base_of(check: Check) -> Base:
    return Base("/nowhere", Config("test"), checks={check.id: check})


def power(check: Check) -> checks.Power:
    return checks.power(base_of(check), check, samples=N)


def claims(found: checks.Power) -> list[str]:
    return [str(moved.verdict) for moved in found.claims]


def test_a_sharp_check_tells_every_claim_from_the_stated_one() -> None:
    found = power(check_of("x * y", Expectation(about=12.0, within="1.1x"), x=3.0, y=4.0))
    assert [moved.to for moved in found.claims] == ["a tenth", "half", "double", "ten times"]
    assert claims(found) == ["fails"] * 4
    assert [(moved.input, moved.to, moved.verdict) for moved in found.inputs] == [
        ("x", "1.5 (half)", Verdict.FAILS),
        ("x", "6 (double)", Verdict.FAILS),
        ("y", "2 (half)", Verdict.FAILS),
        ("y", "8 (double)", Verdict.FAILS),
    ]
    assert (found.blind, found.deaf_to, found.findings, found.note) == (False, (), (), "")


def test_a_band_so_wide_that_anything_may_be_claimed() -> None:
    (finding,) = power(check_of("x", Expectation(about=3.0, within="1000x"), x=3.0)).findings
    assert (finding.rule, finding.severity) == ("KB319", "warning")
    assert finding.message == "bill holds with a tenth and with ten times of what is claimed"


def test_a_finding_that_the_file_or_the_base_allows_is_none() -> None:
    wide = check_of("x", Expectation(about=3.0, within="1000x"), x=3.0)
    allowed = (Allowance("KB319", "It is meant to be wide."),)
    assert power(replace(wide, allow=allowed)).findings == ()
    base = replace(base_of(wide), config=Config("test", allow=allowed))
    assert checks.power(base, wide, samples=N).findings == ()
    assert checks.power(base, wide, samples=N).blind


@pytest.mark.parametrize("expect", [Expectation(at_least=1.0), Expectation(at_most=1e6)])
def test_a_claim_in_one_direction_that_could_be_far_stronger_is_noted(expect: Expectation) -> None:
    found = power(check_of("x - 700", expect, x=1000.0))
    assert claims(found) == ["holds"] * 4
    assert found.blind
    assert (found.findings == ()) is (expect.at_most is None)
    if expect.at_most is None:
        assert "tests the direction, not the number" in found.note
        assert [moved.verdict for moved in found.inputs] == [Verdict.FAILS, Verdict.HOLDS]
    else:
        assert found.findings[0].message.endswith("ten times as strong, and at both ends of every input")


@pytest.mark.parametrize(
    ("value", "expect"),
    [(8.0, Expectation(at_least=1.0)), (0.2, Expectation(at_most=1.0)), (-0.2, Expectation(at_least=-1.0))],
)
def test_only_the_harder_direction_of_a_bound_counts(value: float, expect: Expectation) -> None:
    found = power(check_of("x", expect, x=value))
    assert found.verdict is Verdict.HOLDS
    assert sorted(claims(found)) == ["fails", "holds", "holds", "holds"]
    assert not found.blind


def test_an_uncertain_input_goes_to_its_percentiles_and_the_others_stay() -> None:
    wide, narrow = Spread("uniform", (0.0, 10.0)), Spread("uniform", (4.9, 5.1))
    found = power(check_of("x + 0 * y", Expectation(at_least=5.0), x=wide, y=narrow))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert [(m.input, m.to, m.verdict) for m in found.inputs] == [
        ("x", "0.5 (5th percentile)", Verdict.FAILS),
        ("x", "9.5 (95th percentile)", Verdict.HOLDS),
        ("y", "4.91 (5th percentile)", Verdict.INCONCLUSIVE),
        ("y", "5.09 (95th percentile)", Verdict.INCONCLUSIVE),
    ]
    assert found.deaf_to == ("y",)


def test_a_truth_is_judged_by_its_inputs() -> None:
    sharp = power(check_of("x > 3", Expectation(is_true="result"), x=4.0))
    assert (sharp.claims, sharp.blind, sharp.findings) == ((), False, ())
    (finding,) = power(check_of("x > 0", Expectation(is_true="result"), x=4.0)).findings
    assert finding.message == "bill holds at both ends of every input"
    fixed = check_of("x > 3", Expectation(is_true="result"))
    definition = Quantity("x", value=4.0, definition=True)
    assert power(replace(fixed, inputs=(Input("x", inline=definition),))).note.startswith("there is nothing")


@pytest.mark.parametrize(
    "expect",
    [Expectation(about=0.0, within=1.0), Expectation(between=(-1.0, 1.0)), Expectation(at_least=-0.0)],
)
def test_a_claim_about_0_is_not_blind_for_staying_there(expect: Expectation) -> None:
    found = power(check_of("x - y", expect, x=3.0, y=3.0))
    assert found.verdict is Verdict.HOLDS
    assert (found.claims, found.blind, found.findings) == ((), False, ())
    assert Verdict.FAILS in {moved.verdict for moved in found.inputs}


def test_an_absolute_tolerance_stays_and_others_grow_with_the_claim() -> None:
    absolute = power(check_of("x", Expectation(about=10.0, within=2.0), x=8.5))
    assert claims(absolute) == ["fails"] * 4
    # 20 ± 2 is not 20 ± 20 %, which would reach down to 16.
    for within, wanted in (("50%", "holds"), (5.0, "fails")):
        doubled = power(check_of("x", Expectation(about=10.0, within=within), x=12.0)).claims[2]
        assert (doubled.to, str(doubled.verdict)) == ("double", wanted)


def test_a_claim_of_nothing_cannot_be_made_larger() -> None:
    found = power(check_of("x - 3", Expectation(at_least=0.0), x=4.0))
    assert (found.claims, found.blind, found.findings) == ((), False, ())


def test_a_failing_or_a_context_check_is_no_finding() -> None:
    failing = power(check_of("x", Expectation(at_least=1.0), x=-5.0))
    assert failing.blind
    assert (failing.findings, failing.note) == ((), "it stays “fails” whatever is claimed")
    context = power(check_of("x", None, x=1.0))
    assert (context.claims, context.note) == ((), "nothing is expected of it")
    broken = power(check_of("log(x)", Expectation(at_least=1.0), x=-1.0))
    assert (broken.verdict, broken.findings) == (Verdict.COULD_NOT_RUN, ())
    assert broken.note.startswith("undefined:")


def test_every_reading_is_moved_with_the_rest() -> None:
    reading = Reading("which", (Option("a", set={"y": 1.0}), Option("b", set={"y": 2.0})))
    check = replace(check_of("x * y", Expectation(at_least=4.0), x=5.0, y=9.0), readings=(reading,))
    found = power(check)
    assert found.verdict is Verdict.HOLDS
    assert claims(found) == ["holds", "holds", "mixed", "fails"]
    assert [str(moved.verdict) for moved in found.inputs] == ["mixed", "holds", "mixed", "holds"]


def test_an_experiment_runs_once_and_only_its_claim_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.checks import simulation

    runs = []
    original = simulation.evaluate

    def counted(*arguments: object, **options: object) -> object:
        runs.append(arguments)
        return original(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(simulation, "evaluate", counted)
    check = Check(
        "tries",
        "simulation",
        Simulation("best_of_k", {"trials": 50.0}, seeds=2),
        expect=Expectation(output="coverage", at_least=0.01),
    )
    found = power(check)
    assert len(runs) == 1
    assert found.verdict is Verdict.HOLDS
    assert (len(found.claims), found.inputs) == (4, ())


def test_the_finding_stands_at_what_is_expected_and_is_as_severe_as_the_base_says(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks/bill.yaml").write_text(
        "kind: formula\ninputs: {x: {value: 3}}\ncompute: x\nexpect: {about: 3, within: 1000x}\n"
    )
    for severity in ("warning", "error"):
        (tmp_path / "kb.yaml").write_text(f"format: 1\ntitle: Test\nrules: {{KB319: {severity}}}\n")
        base = load(tmp_path, cache=False).base
        (finding,) = checks.power(base, base.checks["bill"], samples=N).findings
        assert (finding.file, finding.line, finding.column) == ("checks/bill.yaml", 4, 9)
        assert (finding.severity, finding.path) == (severity, ("expect",))
