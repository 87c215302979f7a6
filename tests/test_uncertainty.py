"""Correlated inputs, turning points, what one would have to believe, and what is said of an unsettled P."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kb import checks
from kb.checks import caveats
from kb.checks.cases import Given, cases
from kb.checks.correlation import cholesky, correlated, table
from kb.checks.formula import evaluate
from kb.checks.judgement import Judged
from kb.checks.sampling import quantile, uniforms
from kb.checks.variables import variables
from kb.diagnostics import Diagnostics
from kb.model import (
    Base,
    Benchmark,
    Check,
    Config,
    Correlation,
    Driver,
    Expectation,
    Formula,
    Input,
    Option,
    Quantity,
    Reading,
    Result,
    Scale,
    Spread,
    Turn,
    Verdict,
)
from kb.source import load
from kb.wording import with_unit

N = 2**13
NORMAL = Spread("normal", (0.0, 1.0))


def check_of(
    compute: str,
    expect: Expectation | None,
    *correlations: Correlation,
    readings: tuple[Reading, ...] = (),
    **numbers: float | Spread | Quantity | str,
) -> Check:
    """A formula over inputs: a point, a distribution, a whole quantity, or a shared one's id."""
    inputs = []
    for name, number in numbers.items():
        match number:
            case str():
                inputs.append(Input(name, number))
            case Quantity():
                inputs.append(Input(name, inline=number))
            case Spread():
                inputs.append(Input(name, inline=Quantity(name, spread=number, verified=True)))
            case _:
                inputs.append(Input(name, inline=Quantity(name, value=float(number), verified=True)))
    return Check(
        "some-check",
        "formula",
        Formula(compute, "1"),
        file="checks/some-check.yaml",
        inputs=tuple(inputs),
        correlations=correlations,
        expect=expect,
        readings=readings,
    )


def base_of(check: Check, *shared: Quantity, root: Path | str = "/nowhere") -> Base:
    return Base(str(root), Config("test"), checks={check.id: check}, quantities={q.id: q for q in shared})


def run(check: Check, *shared: Quantity, samples: int = N) -> Result:
    return checks.run(base_of(check, *shared), check, samples=samples).result


def turns(result: Result) -> dict[str, list[tuple[float, bool]]]:
    found: dict[str, list[tuple[float, bool]]] = {}
    for turn in result.turns:
        found.setdefault(turn.input, []).append((turn.value, turn.met))
    return found


# --- correlated inputs ----------------------------------------------------------------

spreads = st.sampled_from(
    [
        NORMAL,
        Spread("percentiles", (1.0, 30.0)),
        Spread("uniform", (-1.0, 1.0)),
        Spread("beta", (2.0, 5.0, 0.0, 1.0)),
        Spread("triangular", (0.0, 1.0, 4.0)),
    ]
)
ranks = st.floats(-0.95, 0.95)


def drawn(first: Spread, second: Spread, rank: float, seed: str = "seed") -> tuple[np.ndarray, np.ndarray]:
    points = correlated(uniforms(["a", "b"], N, seed), [("a", "b", rank)])
    return quantile(first, points["a"]), quantile(second, points["b"])


@settings(max_examples=30, deadline=None)
@given(spreads, spreads, ranks, st.text(max_size=4))
def test_the_samples_have_the_stated_rank_and_each_input_its_distribution(
    first: Spread, second: Spread, rank: float, seed: str
) -> None:
    a, b = drawn(first, second, rank, seed)
    assert stats.spearmanr(a, b)[0] == pytest.approx(rank, abs=0.03)
    at = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    for values, spread in ((a, first), (b, second)):
        wide = float(np.ptp(quantile(spread, np.array([0.05, 0.95]))))
        np.testing.assert_allclose(np.quantile(values, at), quantile(spread, at), atol=0.03 * wide)


@given(st.floats(-0.9, 0.9))
def test_a_discrete_input_keeps_its_weights_and_moves_along(rank: float) -> None:
    a, b = drawn(Spread("discrete", (1.0, 2.0, 9.0, 0.25, 0.25, 0.5)), NORMAL, rank)
    assert np.mean(a == 9) == pytest.approx(0.5, abs=0.01)
    found = stats.spearmanr(a, b)[0]
    assert abs(found) <= abs(rank) + 0.03
    assert abs(rank) < 0.1 or np.sign(found) == np.sign(rank)


def test_rank_zero_is_independence_to_the_last_bit() -> None:
    points = uniforms(["a", "b", "c"], N, "seed")
    assert correlated(points, [("a", "b", 0.0)]) is points
    moved = correlated(points, [("a", "b", 0.5)])
    np.testing.assert_array_equal(moved["a"], points["a"])
    np.testing.assert_array_equal(moved["c"], points["c"])
    assert not np.array_equal(moved["b"], points["b"])


def test_the_order_of_inputs_and_correlations_is_of_no_account() -> None:
    links = [Correlation("a", "b", 0.6), Correlation("c", "b", -0.3)]
    numbers = {"a": NORMAL, "b": Spread("uniform", (0.0, 1.0)), "c": Spread("percentiles", (1.0, 2.0))}
    found = set()
    for names in itertools.permutations(numbers):
        for order in itertools.permutations(links):
            check = check_of("a + b * c", Expectation(at_least=0.7), *order, **{n: numbers[n] for n in names})
            result = run(check)
            found.add((result.p, tuple(result.output.quantiles.items()) if result.output else ()))
    assert len(found) == 1


def test_correlation_moves_p_as_the_closed_form_says() -> None:
    rank = 0.6
    score = 2 * np.sin(np.pi * rank / 6)
    check = check_of("a + b", Expectation(at_least=2.0), Correlation("a", "b", rank), a=NORMAL, b=NORMAL)
    assert run(check, samples=2**16).p == pytest.approx(stats.norm.sf(2 / np.sqrt(2 + 2 * score)), abs=2e-3)


def test_x_less_x_is_zero_whatever_else_it_moves_with() -> None:
    shared = Quantity("shared", spread=NORMAL)
    check = check_of(
        "x - y + 0 * z", Expectation(between=(-1e-12, 1e-12)), Correlation("y", "z", 0.7),
        x="shared", y="shared", z=NORMAL,
    )  # fmt: skip
    found = run(check, shared)
    assert (found.verdict, found.p) == (Verdict.HOLDS, 1.0)
    assert [driver.input for driver in found.drivers] == ["x", "z"]


def test_a_changed_input_no_longer_varies_and_its_correlation_falls_silent() -> None:
    check = check_of("a + b", Expectation(at_least=0.0), Correlation("a", "b", 0.9), a=NORMAL, b=NORMAL)
    found = checks.run(base_of(check), check, samples=N, overrides={"a": 0.0}).result
    assert found.p == pytest.approx(0.5, abs=1e-3)
    assert found.caveats == ()


@given(st.lists(ranks, min_size=3, max_size=3))
def test_the_triangle_is_numpys_or_there_is_none(found: list[float]) -> None:
    rows = table("abc", [("a", "b", found[0]), ("b", "c", found[1]), ("a", "c", found[2])])
    least = np.linalg.eigvalsh(np.array(rows)).min()
    lower = cholesky(rows)
    if lower is None:
        assert least < 1e-6
    else:
        full = np.array([[*row, *[0.0] * (3 - len(row))] for row in lower])
        np.testing.assert_allclose(full @ full.T, rows, atol=1e-12)


def test_a_table_that_cannot_be_is_an_error_of_the_check() -> None:
    links = (Correlation("a", "b", 0.9), Correlation("b", "c", 0.9), Correlation("a", "c", -0.9))
    found = run(check_of("a + b + c", Expectation(at_least=0.0), *links, a=NORMAL, b=NORMAL, c=NORMAL))
    assert found.verdict is Verdict.COULD_NOT_RUN
    assert found.reason.startswith("error: no inputs can be correlated so: the table of correlations")


def test_correlated_shares_are_said_to_be_no_parts() -> None:
    check = check_of(
        "a + b + c", Expectation(at_least=0.0), Correlation("a", "b", 0.5), a=NORMAL, b=NORMAL, c=NORMAL
    )
    (sentence,) = run(check).caveats
    assert sentence.startswith("a and b are correlated, so their shares overlap")


YAML = """\
kind: formula
inputs:
  price: {distribution: {p5: 1, p95: 2}}
  hours: {distribution: {p5: 1, p95: 2}}
  days: {distribution: {p5: 1, p95: 2}}
  years: {value: 3}
correlations:
  - {between: [price, hours], rank: 0.9}
  - CORRELATION
compute: price * hours * days * years
expect: {at_least: 1}
"""


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        ("{between: [price, huors], rank: 0.1}", 23, "the check has no input huors", "hours"),
        ("{between: [price, years], rank: 0.1}", 23, "years does not vary", ""),
        ("{between: [days, days], rank: 0.1}", 15, "this correlates days with itself", ""),
        ("{between: [hours, price], rank: 0.1}", 15, "hours and price are correlated twice", "keep one"),
        ("{between: [hours, days], rank: 1}", 36, "hours and days are said to be one variable", "same"),
        (
            "{between: [hours, days], rank: 0.9}\n  - {between: [days, price], rank: -0.9}",
            3,
            "no inputs can be correlated so",
            "is independent",
        ),
    ],
)
def test_correlations_that_cannot_be(tmp_path: Path, line: str, column: int, message: str, hint: str) -> None:
    (tmp_path / "kb.yaml").write_text("format: 1\ntitle: Test\n")
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks/bill.yaml").write_text(YAML.replace("CORRELATION", line))
    loaded = load(tmp_path, cache=False)
    assert list(loaded.diagnostics) == []
    diagnostics = Diagnostics()
    checks.validate(loaded.base, diagnostics)
    (found,) = diagnostics
    assert (found.rule, found.severity, found.file) == ("KB320", "error", "checks/bill.yaml")
    assert (found.line, found.column) == (9 - line.count("\n"), column)
    assert found.message.startswith(message)
    assert hint in found.hint


def test_what_varies_under_a_reading_may_be_correlated() -> None:
    unsure = Quantity("unsure", spread=NORMAL)
    check = check_of(
        "a + b",
        Expectation(at_least=0.0),
        Correlation("a", "b", 0.5),
        readings=(Reading("which", (Option("plain"), Option("wide", set={"a": "unsure"}))),),
        a=1.0,
        b=NORMAL,
    )
    diagnostics = Diagnostics()
    checks.validate(base_of(check, unsure), diagnostics)
    assert [d for d in diagnostics if d.rule == "KB320"] == []
    assert run(check, unsure).verdict is Verdict.INCONCLUSIVE


# --- turning points -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compute", "expect", "numbers", "wanted"),
    [
        ("x * y", Expectation(at_least=30.0), {"x": 5, "y": 10}, {"x": [(3, False)], "y": [(6, False)]}),
        ("x * y", Expectation(at_least=60.0), {"x": 5, "y": 10}, {"x": [(6, True)], "y": [(12, True)]}),
        ("x", Expectation(about=10.0, within="2x"), {"x": 9}, {"x": [(5, False), (20, False)]}),
        # A band so narrow that no step falls into it.
        ("x", Expectation(about=777.0, within="0.01%"), {"x": 9}, {"x": [(776.922, True)]}),
        ("x", Expectation(about=0.0123, within="0.01%"), {"x": 9}, {"x": [(0.0123012, True)]}),
        ("x + 0 * y", Expectation(at_least=-2.0), {"x": 0, "y": 1}, {"x": [(-2, False)]}),
        ("-x", Expectation(at_most=50.0), {"x": -7}, {"x": [(-50, False)]}),
        # The edge of what is defined lies between two steps, just beyond the turn.
        ("1 / sqrt(6.5 - x)", Expectation(at_most=10.0), {"x": 5}, {"x": [(6.49, False)]}),
        ("log(x)", Expectation(at_least=-1e9), {"x": 1}, {}),
        ("floor(x)", Expectation(at_least=7.0), {"x": 9.5}, {"x": [(7, False)]}),
        ("x > 3", Expectation(is_true="result"), {"x": 5}, {"x": [(3, False)]}),
        # Out of reach: a millionth of the stated value still does.
        ("x", Expectation(at_least=1e-7), {"x": 1}, {}),
    ],
)
def test_where_a_point_turns(
    compute: str,
    expect: Expectation,
    numbers: dict[str, float],
    wanted: dict[str, list[tuple[float, bool]]],
) -> None:
    assert turns(run(check_of(compute, expect, **numbers))) == wanted


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 1000), st.floats(0.01, 1000), st.booleans())
def test_a_point_turns_where_algebra_says(x: float, limit: float, least: bool) -> None:
    expect = Expectation(at_least=limit) if least else Expectation(at_most=limit)
    found = run(check_of("3 * x", expect, x=x))
    (turn,) = found.turns
    assert turn.value == pytest.approx(limit / 3, rel=1e-5)
    assert turn.met is (found.verdict is Verdict.FAILS)
    step = 1e-4 * (1 if turn.value > x else -1)
    for place, met in ((turn.value * (1 - step), not turn.met), (turn.value * (1 + step), turn.met)):
        there = run(check_of("3 * x", expect, x=place))
        assert (there.verdict is Verdict.HOLDS) is met


@pytest.mark.parametrize(
    ("x", "expect", "below"), [(5, "at_least", True), (5, "at_most", False), (-5, "at_least", True)]
)
def test_a_turn_at_the_stated_value_has_its_side(x: float, expect: str, below: bool) -> None:
    """The condition is just met, so the smallest step in one direction turns it."""
    check = check_of("x", Expectation(**{expect: float(x)}), x=x)
    found = run(check)
    assert found.turns == (Turn("x", float(x), met=False, below=below),)
    word = "smaller" if below else "larger"
    assert checks.believe(check, found) == (
        f"For this to fail, x would have to be any {word} value (stated: {with_unit(x, '1')}).",
    )


def test_a_turn_that_reads_like_the_stated_value_is_not_said_to_lie_beyond_it() -> None:
    for limit, word in ((12.346, "smaller"), (12.349, "larger")):
        expect = Expectation(at_least=limit) if word == "smaller" else Expectation(at_most=limit)
        check = check_of("x", expect, x=12.3479)
        (sentence,) = checks.believe(check, run(check))
        assert sentence == f"For this to fail, x would have to be a little {word} (stated: 12.35)."


@pytest.mark.parametrize(
    ("compute", "expect", "x", "below"),
    [
        ("x", Expectation(at_most=0.0), -3.0, False),
        ("x", Expectation(at_least=0.0), 0.0, True),
        ("1e9 * x", Expectation(at_least=0.0), 0.0, True),
        ("x + 1", Expectation(at_least=1.0), 0.0, True),
        ("x", Expectation(at_least=0.0), Spread("normal", (1.0, 1.0)), True),
    ],
)
def test_a_turn_at_0_is_0(compute: str, expect: Expectation, x: float | Spread, below: bool) -> None:
    (turn,) = run(check_of(compute, expect, x=x)).turns
    assert turn == Turn("x", 0.0, met=False, below=below)


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e12])
@pytest.mark.parametrize("compute", ["x", "-x", "x * x * x"])
def test_the_steps_of_a_plain_0_follow_what_is_expected(compute: str, size: float) -> None:
    expect = Expectation(about=0.0, within=size)
    found = turns(run(check_of(compute, expect, x=0)))
    edge = np.cbrt(size) if compute == "x * x * x" else size
    assert [value for value, _ in found["x"]] == pytest.approx([-edge, edge], rel=1e-5)


def test_a_turn_at_a_stated_0_among_samples() -> None:
    """P is one half at the stated values, exactly, and on a part of the samples also a little beside them."""
    check = check_of("x + y", Expectation(at_least=0.0), x=0, y=Spread("uniform", (-1.0, 1.0)))
    found = run(check, samples=2**16)
    assert found.turns == (Turn("x", 0.0, False, below=True), Turn("y", 0.0, False, below=True))
    two = check_of("x + y", Expectation(at_least=0.0), x=NORMAL, y=NORMAL)
    assert [(t.input, t.value, t.below) for t in run(two).turns] == [("x", 0.0, True), ("y", 0.0, True)]


def test_p_turns_at_one_half() -> None:
    check = check_of(
        "x * y",
        Expectation(at_least=30.0),
        x=Spread("percentiles", (3.0, 12.0)),
        y=Spread("uniform", (4, 12)),
    )
    found = run(check, samples=2**16)
    wanted = {"x": [(30 / 8, False)], "y": [(5.0, False)]}
    for name, ((value, met),) in turns(found).items():
        assert value == pytest.approx(wanted[name][0][0], rel=2e-3)
        assert met is wanted[name][0][1]
    for turn in found.turns:
        for factor, met in ((1.02, not turn.met), (0.98, turn.met)):
            there = checks.run(
                base_of(check), check, samples=2**14, overrides={turn.input: turn.value * factor}
            ).result
            assert there.p is not None
            assert (there.p >= 0.5) is met


def test_inputs_of_one_quantity_turn_together_and_definitions_never() -> None:
    shared = Quantity("shared", value=5.0)
    six = Quantity("six", value=6.0, definition=True)
    check = check_of("six * x * y", Expectation(at_least=54.0), six=six, x="shared", y="shared")
    assert turns(run(check, shared)) == {"x": [(3.0, False)]}


def test_a_share_is_searched_only_where_it_can_lie() -> None:
    share = Spread("beta", (2.0, 2.0, 0.0, 1.0))
    assert turns(run(check_of("x", Expectation(at_most=2.0), x=share))) == {}
    assert turns(run(check_of("x", Expectation(at_most=0.9), x=share)))["x"][0][0] == pytest.approx(0.9)


def test_turns_are_those_of_the_reading_shown_and_of_let_values() -> None:
    reading = Reading("which", (Option("small", set={"y": 2.0}), Option("large", set={"y": 1.0})))
    check = check_of("x * y", Expectation(at_least=4.0), readings=(reading,), x=3.0, y=9.0)
    found = run(check)
    assert found.verdict is Verdict.MIXED
    assert turns(found)["x"] == [(2.0, False)]
    named = replace(
        check_of("x + 1", Expectation(output="twice", at_least=4.0), x=3.0),
        body=Formula("x + 1", "1", {"twice": "2 * x", "other": "x - 7"}),
    )
    assert turns(run(named)) == {"x": [(2.0, False)]}


def test_turns_are_in_the_unit_of_the_input() -> None:
    check = check_of("t * r", Expectation(at_least=1.0), t=Quantity("t", value=100.0, unit="day"),
        r=Quantity("r", value=1.0, unit="USD2023/hour"))  # fmt: skip
    check = replace(check, body=Formula("t * r", "USD2023"), expect=Expectation(at_least=240.0))
    assert turns(run(check)) == {"t": [(10.0, False)], "r": [(0.1, False)]}


# --- what one would have to believe ---------------------------------------------------

BELIEF = check_of(
    "hours * price",
    Expectation(at_least=12000.0),
    hours=Quantity("hours", spread=Spread("percentiles", (2400.0, 4000.0)), unit="hour", verified=True),
    price=Quantity("price", value=10.0, unit="USD2023/hour", verified=True),
    fee=Quantity("fee", value=1.0, verified=True),
)
BELIEF = replace(BELIEF, body=Formula("hours * price + 0 * hours * price * fee", "USD2023"))


def test_what_would_have_to_be_believed() -> None:
    assert checks.believe(BELIEF, run(BELIEF)) == (
        "For this to fail more often than not, price would have to be below 3.873 USD (2023)/hour "
        "(stated: 10 USD (2023)/hour).",
        "Or hours would have to be below 1,200 hours (stated: 3,098 hours, 5 % to 95 %: 2,400 to 4,000 "
        "hours), far outside the stated range; no value tried of fee alone changes it.",
    )


def test_belief_in_a_failing_point_and_in_both_directions() -> None:
    check = check_of("x", Expectation(about=10.0, within="2x"), x=9.0)
    assert checks.believe(check, run(check)) == (
        "For this to fail, x would have to be below 5 or above 20 (stated: 9).",
    )
    check = check_of("x", Expectation(at_least=10.0), x=9.0, y=1.0)
    assert checks.believe(check, run(check)) == (
        "For this to hold, x would have to be above 10 (stated: 9); no value tried of y alone changes it.",
    )
    check = check_of("x", Expectation(at_least=1e-9), x=9.0, y=1.0)
    assert checks.believe(check, run(check)) == ("No value tried of x or y alone changes the answer.",)


def test_belief_names_the_reading_of_a_mixed_result() -> None:
    options = (Option("small", "the small one", set={"y": 2.0}), Option("large", set={"y": 1.0}))
    check = check_of("x * y", Expectation(at_least=4.0), readings=(Reading("which", options),), x=3.0, y=9.0)
    first, second = checks.believe(check, run(check))
    assert first.startswith("Under “the small one”, where it holds: for this to fail, x would have to be")
    assert second.startswith("Or y would have to be below 1.333 (stated: 2)")


def test_nothing_is_believed_of_what_expects_nothing_or_did_not_run() -> None:
    context = check_of("x", None, x=1.0)
    broken = check_of("log(x)", Expectation(at_least=1.0), x=-1.0)
    for check in (context, broken):
        assert checks.believe(check, run(check)) == ()


@pytest.mark.parametrize(
    ("spread", "value", "words"),
    [
        (Spread("percentiles", (10.0, 20.0)), 15.0, ")."),
        (Spread("percentiles", (10.0, 20.0)), 25.0, "), outside the stated range."),
        (Spread("percentiles", (10.0, 20.0)), 80.0, "), far outside the stated range."),
        (Spread("percentiles", (-10.0, 20.0)), 80.0, "), far outside the stated range."),
        (Spread("uniform", (0.0, 10.0)), 9.7, "5 % to 95 %: 0.5 to 9.5), outside the stated range."),
        (Spread("normal", (10.0, 1.0)), 11.0, "5 % to 95 %: 8.355 to 11.64)."),
        (Spread("triangular", (0.0, 0.0, 1.0)), 0.5, "5 % to 95 %: 0.02532 to 0.7764)."),
        (Spread("discrete", (9.0, 1.0, 5.0, 5.0)), 2.0, "5 % to 95 %: 1 to 9)."),
        (Spread("beta", (2.0, 2.0, 0.0, 1.0)), 0.9, "(stated: 0.5)."),
    ],
)
def test_a_turn_is_set_against_the_stated_range(spread: Spread, value: float, words: str) -> None:
    check = check_of("x", Expectation(at_least=1.0), x=spread)
    result = replace(run(check), turns=(Turn("x", value, False, below=value < 1),))
    (sentence,) = checks.believe(check, result)
    assert sentence.endswith(words)


def test_believing_imports_no_numpy() -> None:
    code = "import kb.checks.belief, sys; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# --- caveats --------------------------------------------------------------------------


def test_too_few_samples_say_how_many_would_do() -> None:
    wide = check_of("x * y * z", Expectation(at_least=0.2), x=NORMAL, y=NORMAL, z=NORMAL)
    found = run(wide, samples=256)
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_high - found.p_low > 0.02
    first = found.caveats[0]
    assert first.startswith("There are too few samples (256): P is known to ±0.0")
    wanted = int(first.split("About ")[1].split(" would")[0].replace(",", ""))
    enough = run(wide, samples=wanted)
    assert not any("samples" in sentence for sentence in enough.caveats)


@pytest.mark.parametrize(
    ("p", "low", "high", "words"),
    [
        (0.905, 0.899, 0.911, "on both sides of a threshold. About 131,072 would do"),
        (0.9, 0.899, 0.901, "hardly tell"),
        (0.95, 0.949, 0.951, ""),
        (0.5, 0.48, 0.52, "too few samples (65,536): P is known to ±0.02 only. About 262,144 would do"),
    ],
)
def test_what_is_said_of_the_error_of_p(p: float, low: float, high: float, words: str) -> None:
    said = caveats.few_samples(Judged(Verdict.INCONCLUSIVE, p, low, high), 2**16, Scale())
    assert words in said
    assert bool(said) is bool(words)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.457, 0.545, "lies between 0.457 and 0.545: the rows do not settle it."),
        (
            0.88,
            0.93,
            "lies between 0.880 and 0.930, on both sides of a threshold: the verdict is not settled.",
        ),
    ],
)
def test_why_a_fit_is_inconclusive(low: float, high: float, words: str) -> None:
    judged = Judged(Verdict.INCONCLUSIVE, 0.5, low, high)
    said = caveats.unsettled(judged, "512 resamples", Scale())
    assert said == f"P is the share of 512 resamples and {words}"
    assert caveats.unsettled(judged, "512 resamples", Scale(), "a").startswith("Under “a”, P is the share")
    for other in (Judged(Verdict.HOLDS, 0.95, 0.91, 0.98), Judged(Verdict.INCONCLUSIVE)):
        assert caveats.unsettled(other, "512 resamples", Scale()) == ""


def test_points_have_no_caveat_and_few_runs_are_counted() -> None:
    assert run(check_of("x", Expectation(at_least=1.0), x=2.0)).caveats == ()
    judged = Judged(Verdict.INCONCLUSIVE, 0.8, 0.8, 0.8)
    assert caveats.few_runs(judged, 5) == "P counts 5 runs: 4 of them met the condition."
    assert caveats.few_runs(judged, 1) == caveats.few_runs(judged, 100) == ""


def test_inputs_that_act_together_are_said_to() -> None:
    together = run(check_of("x * y", Expectation(at_least=0.0), x=NORMAL, y=NORMAL))
    assert any("The inputs act together" in sentence for sentence in together.caveats)
    apart = run(check_of("x + y", Expectation(at_least=0.0), x=NORMAL, y=NORMAL))
    assert apart.caveats == ()
    assert caveats.together([Driver("x", 0.5, 0, 1)], ()) == []


def test_a_reading_with_too_few_samples_is_named() -> None:
    reading = Reading("which", (Option("a", "the first"), Option("b", "the second")))
    check = check_of(
        "x * y * z", Expectation(at_least=0.2), readings=(reading,), x=NORMAL, y=NORMAL, z=NORMAL
    )
    found = run(check, samples=256).caveats
    assert found[0].startswith("Under “the first”, there are too few samples")
    assert found[1].startswith("Under “the second”, there are too few samples")


# --- the parts ------------------------------------------------------------------------


def test_only_what_depends_on_an_input_is_computed_again() -> None:
    check = replace(
        check_of("a + b", Expectation(at_least=0.0), x=2.0, y=3.0),
        body=Formula("a + b", "1", {"a": "x * x", "b": "y * 2"}),
    )
    evaluated = evaluate(base_of(check), cases(check)[0], N)
    assert evaluated.model is not None
    run_again = evaluated.model.again("result", ["x"])
    np.testing.assert_array_equal(run_again([0.0, 1.0, 2.0]), [[6.0], [7.0], [10.0]])
    np.testing.assert_array_equal(evaluated.model.again("b", ["x"])([7.0]), [[6.0]])


def test_variables_are_named_by_the_first_input_that_uses_them() -> None:
    one, other = Quantity("one", value=1.0), Quantity("other", spread=Spread("uniform", (0.0, 2.0)))
    found = variables([Given("a", one, "one"), Given("b", other, "other"), Given("c", one, "one")])
    assert [(v.name, v.names, v.at(0.25)) for v in found] == [("a", ("a", "c"), 1.0), ("b", ("b",), 0.5)]


def test_a_rate_that_was_measured_turns_too() -> None:
    check = Check(
        "some-check",
        "benchmark",
        Benchmark("matmul", compute="work / rate", unit="day"),
        inputs=(Input("work", inline=Quantity("work", value=8.64e16, unit="FLOP")),),
        expect=Expectation(at_least=1.0),
    )
    found = checks.run(base_of(check), check, samples=N, overrides={"rate": "5e11 FLOP/s"}).result
    assert turns(found) == {"rate": [(1e12, False)], "work": [(4.32e16, False)]}
