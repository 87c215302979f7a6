"""Fit checks: parameters known beforehand, other programs' answers, intervals, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import product
from math import comb, factorial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kb import checks
from kb.checks.engine import part_for
from kb.checks.fit_plan import too_few
from kb.checks.forms import FORMS, LOSSES, parameter_units
from kb.checks.intervals import DRAWS, RESAMPLES, Fitting, bootstrap, covariance, drawn
from kb.checks.models import Curve, curve
from kb.checks.rows import picked
from kb.checks.search import Solution, descend, descend_all, loss, search
from kb.checks.trouble import CouldNotRunError, MisreadError
from kb.checks.units import unit
from kb.diagnostics import Diagnostic, Diagnostics
from kb.model import (
    Base,
    Check,
    Column,
    Config,
    Expectation,
    Fit,
    Flip,
    Option,
    Quantity,
    Reading,
    Result,
    Table,
    Verdict,
)
from kb.source import load

Rows = Mapping[str, Sequence[float]]

COMPUTE = tuple(float(c) for c in np.geomspace(1e18, 1e23, 12))
NOISE = np.random.default_rng(7).standard_normal(12)


def table(rows: Rows, **units: str) -> Table:
    columns = tuple(Column(name, units.get(name, "1")) for name in rows)
    numbers = {name: tuple(float(v) for v in values) for name, values in rows.items()}
    return Table("runs", columns, file="data/runs.yaml", csv="data/runs.csv", rows=numbers)


def base_of(found: Table, check: Check, **quantities: Quantity) -> Base:
    return Base(
        "/nowhere",
        Config("test"),
        checks={check.id: check},
        tables={found.id: found},
        quantities=quantities,
    )


def fit(model: str = "power-law", **fields: object) -> Fit:
    return Fit("runs", model, ("x",), "y", **fields)  # type: ignore[arg-type]


def check(body: Fit, expect: Expectation | None = None, **fields: object) -> Check:
    return Check("curve", "fit", body, expect=expect, **fields)  # type: ignore[arg-type]


def run(found: Table, body: Fit, expect: Expectation | None = None, **fields: object) -> Result:
    checked = check(body, expect, **fields)
    return checks.run(base_of(found, checked), checked).result


def values(result: Result) -> dict[str, float]:
    return {output.name: output.value for output in result.outputs}


def line(*, noise: float = 0.0) -> Table:
    """y = 3 · (x/x₀)^−0.07 with errors of the given size, x₀ the geometric mean of x."""
    x = np.array(COMPUTE)
    return table({"x": x, "y": 3 * (x / np.sqrt(1e41)) ** -0.07 * np.exp(noise * NOISE)}, x="FLOP")


# --- parameters known beforehand ------------------------------------------------

CENTER = float(np.exp(np.mean(np.log(COMPUTE))))
YEARS = tuple(float(year) for year in range(2000, 2012))
KNOWN: list[tuple[str, Sequence[float], object, dict[str, float]]] = [
    ("power-law", COMPUTE, lambda x: 3 * (x / CENTER) ** -0.07, {"scale": 3, "exponent": -0.07}),
    (
        "power-law-with-floor",
        COMPUTE,
        lambda x: 1.7 + 0.9 * (x / CENTER) ** -0.15,
        {"floor": 1.7, "scale": 0.9, "exponent": -0.15},
    ),
    (
        "power-law-with-floor",
        COMPUTE,
        lambda x: 0.8 - 0.1 * (x / CENTER) ** -0.2,
        {"floor": 0.8, "scale": -0.1, "exponent": -0.2},
    ),
    (
        "log-linear",
        COMPUTE,
        lambda x: 0.4 + 0.05 * np.log10(x / CENTER),
        {"level": 0.4, "per_tenfold": 0.05},
    ),
    ("linear", YEARS, lambda x: 5 + 2 * (x - 2000), {"intercept": -3995, "slope": 2}),
    (
        "logistic",
        YEARS,
        lambda x: 0.9 / (1 + np.exp(-0.6 * (x - 2005))),
        {"ceiling": 0.9, "rate": 0.6, "midpoint": 2005},
    ),
    (
        "logistic",
        YEARS,
        lambda x: 40 / (1 + np.exp(0.3 * (x - 2001))),
        {"ceiling": 40, "rate": -0.3, "midpoint": 2001},
    ),
]


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize(("model", "x", "law", "wanted"), KNOWN)
def test_a_model_recovers_the_parameters_of_its_own_data(
    model: str, x: Sequence[float], law: object, wanted: dict[str, float], loss_name: str
) -> None:
    assert callable(law)
    found = run(table({"x": x, "y": law(np.array(x))}), fit(model, loss=loss_name, interval="none"))
    assert {name: values(found)[name] for name in wanted} == pytest.approx(wanted, rel=1e-4)
    assert values(found)["train_error"] < 1e-6
    assert values(found)["r2"] == 1


HOFFMANN = {"E": 1.69, "A": 406.4, "B": 410.7, "alpha": 0.34, "beta": 0.28}


def grid(noise: float = 0.0) -> Table:
    """The loss law of Hoffmann et al. (2022), with its published constants, on a grid of N and D."""
    n, d = (side.ravel() for side in np.meshgrid(np.geomspace(1e7, 1e10, 6), np.geomspace(1e9, 1e12, 6)))
    y = HOFFMANN["E"] + HOFFMANN["A"] / n ** HOFFMANN["alpha"] + HOFFMANN["B"] / d ** HOFFMANN["beta"]
    y = y * np.exp(noise * np.random.default_rng(3).standard_normal(n.size))
    return table({"n": n, "d": d, "y": y}, n="parameter", d="token")


@pytest.mark.parametrize("loss_name", LOSSES)
def test_the_parametric_loss_gives_back_the_published_constants(loss_name: str) -> None:
    body = Fit("runs", "parametric-loss", ("n", "d"), "y", loss=loss_name, interval="none")
    found = values(run(grid(), body))
    assert {name: found[name] for name in HOFFMANN} == pytest.approx(HOFFMANN, rel=1e-4)


def test_with_noise_the_bootstrap_covers_the_published_constants() -> None:
    body = Fit("runs", "parametric-loss", ("n", "d"), "y", loss="huber-log")
    found = run(grid(0.003), body)
    for name, wanted in HOFFMANN.items():
        quantiles = next(o for o in found.outputs if o.name == name).quantiles
        assert quantiles["p5"] < wanted < quantiles["p95"], name
    assert found.fit is not None
    assert found.fit.curve == ()
    assert found.fit.x_units == ("parameter", "token")


def test_hubers_loss_passes_over_a_blunder() -> None:
    x = np.array(YEARS)
    y = 5 + 2 * (x - 2000)
    y[5] = 400.0
    spoilt = values(run(table({"x": x, "y": y}), fit("linear", interval="none")))
    robust = values(run(table({"x": x, "y": y}), fit("linear", interval="none", loss="huber")))
    assert robust["slope"] == pytest.approx(2, rel=1e-3)
    assert abs(spoilt["slope"] - 2) > 0.5


# --- other programs' answers ----------------------------------------------------


def test_a_straight_line_is_numpys() -> None:
    y = 5 + 2 * np.array(YEARS) + NOISE
    found = values(run(table({"x": YEARS, "y": y}), fit("linear", interval="none")))
    slope, intercept = np.polyfit(YEARS, y, 1)
    assert (found["slope"], found["intercept"]) == pytest.approx((slope, intercept), rel=1e-5)
    assert found["r2"] == pytest.approx(np.corrcoef(YEARS, y)[0, 1] ** 2, rel=1e-5)


def test_a_power_law_by_logarithms_is_a_straight_line_of_them() -> None:
    found = line(noise=0.05)
    result = values(run(found, fit(loss="log-squares", interval="none")))
    slope, intercept = np.polyfit(np.log(np.array(COMPUTE) / CENTER), np.log(found.rows["y"]), 1)
    assert result["exponent"] == pytest.approx(slope, rel=1e-5)
    assert result["scale"] == pytest.approx(np.exp(intercept), rel=1e-5)


def fitting(model: str, x: Sequence[float], y: object, name: str = "squares") -> Fitting:
    across, up = np.array(x, dtype=float)[:, None], np.asarray(y, dtype=float)
    made, minimised = curve(model, across, up), loss(name, up)
    solution = search(made, minimised, across, up)
    assert solution is not None
    return Fitting(made, minimised, across, up, solution)


def test_the_covariance_is_that_of_linear_regression() -> None:
    y = 5 + 2 * np.array(YEARS) + NOISE
    found = fitting("linear", YEARS, y)
    wanted = stats.linregress(YEARS, y)
    slopes = found.curve.reported(drawn(found, "a seed"))[:, 1]
    of_slope = np.sqrt(covariance(found)[1, 1]) / np.std(YEARS)
    assert of_slope == pytest.approx(wanted.stderr, rel=1e-6)
    half = stats.t.ppf(0.95, len(YEARS) - 2) * wanted.stderr
    ends = (wanted.slope - half, wanted.slope + half)
    assert np.percentile(slopes, (5, 95)) == pytest.approx(ends, abs=0.12 * wanted.stderr)


def test_the_criteria_are_those_of_the_textbook() -> None:
    y = 5 + 2 * (np.array(YEARS) - 1990) + NOISE
    result = run(table({"x": YEARS, "y": y}), fit("linear", compare="logistic", interval="none"))
    assert result.fit is not None
    assert result.fit.rival is not None
    n, k = 12, 3
    residuals = y - np.polyval(np.polyfit(YEARS, y, 1), YEARS)
    # The engine measures y in its root mean square, which moves every criterion alike.
    likely = n * np.log((residuals @ residuals) / n / np.mean(y**2))
    assert result.fit.best.aicc == pytest.approx(likely + 2 * k + 2 * k * (k + 1) / (n - k - 1), rel=1e-5)
    assert result.fit.best.bic == pytest.approx(likely + k * np.log(n), rel=1e-5)
    gain = values(result)["aicc_gain"]
    assert gain > 0
    assert result.fit.rival.aicc == pytest.approx(result.fit.best.aicc + gain, abs=1e-3)


@given(st.integers(1, 7), st.integers(1, 6))
def test_the_share_of_resamples_with_few_rows_is_that_of_counting(rows: int, distinct: int) -> None:
    def onto(places: int) -> int:
        return sum((-1) ** i * comb(places, i) * (places - i) ** rows for i in range(places + 1))

    counted = sum(comb(rows, found) * onto(found) for found in range(1, min(distinct, rows + 1)))
    assert too_few([1] * rows, distinct) == pytest.approx(counted / rows**rows)
    assert too_few([1] * rows, rows) == pytest.approx(1 - factorial(rows) / rows**rows)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.integers(1, 4))
def test_the_share_of_resamples_at_few_places_is_that_of_trying_all(rows: list[int], distinct: int) -> None:
    places = [place for place, count in enumerate(rows) for _ in range(count)][:6]
    tried = [len(set(resample)) < distinct for resample in product(places, repeat=len(places))]
    assert too_few(list(Counter(places).values()), distinct) == pytest.approx(sum(tried) / len(tried))


def test_rows_at_one_place_count_once_for_the_bootstrap() -> None:
    """Twelve rows, but a resample without one of the three places cannot be fitted by three parameters."""
    rows = table({"x": [*[1.0] * 10, 2.0, 3.0], "y": [*np.linspace(9, 9.5, 10), 8.0, 7.5]}, x="1")
    body = fit("power-law-with-floor")
    diagnostics = Diagnostics()
    checks.validate(base_of(rows, check(body)), diagnostics)
    (found,) = [d for d in diagnostics if d.rule == "KB323"]
    assert "at only 3 places of x: " in found.message
    assert found.message.endswith("of the bootstrap's resamples would hold too few different places")
    assert found.hint.endswith("write interval: covariance")
    assert run(rows, body).reason == f"error: {found.message}"


@pytest.mark.parametrize("name", [f"check-{i}" for i in range(8)])
def test_a_fit_that_is_accepted_does_not_fail_by_bad_luck(name: str) -> None:
    """Of five rows a tenth of the resamples, nearly, hold fewer than three."""
    found = fitting("power-law-with-floor", [1, 2, 4, 8, 16], [9.0, 7.1, 6.0, 5.2, 4.9])
    assert 0.09 < too_few([1] * 5, 3) < 0.1
    (samples,), failed = bootstrap([found], name)
    assert samples.shape == (RESAMPLES, 3)
    assert failed > 20


# --- scales do not matter -------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([m for m in FORMS if m != "parametric-loss"]),
    st.floats(-20, 20).map(lambda p: 10.0**p),
    st.floats(-20, 20).map(lambda p: 10.0**p),
)
def test_other_units_of_x_and_y_change_no_error(model: str, of_x: float, of_y: float) -> None:
    x = np.linspace(1, 9, 9)
    y = (2 + 3 / (1 + np.exp(-(x - 4)))) * (1 + 0.01 * NOISE[:9])
    body = fit(model, train="x < 7 * unit", predict="x >= 7 * unit", interval="none")
    plain = values(run(table({"x": x, "y": y, "unit": np.ones(9)}), body))
    scaled = values(run(table({"x": x * of_x, "y": y * of_y, "unit": np.full(9, of_x)}), body))
    free = {"train_error", "held_out_error", "worst_error", "r2", "exponent"} & plain.keys()
    for name in free:
        assert scaled[name] == pytest.approx(plain[name], rel=1e-3, abs=1e-5), name


def test_parameters_carry_units() -> None:
    x, y = unit("year"), unit("USD2023/GPU_hour")
    found = {form: parameter_units(FORMS[form], x, y) for form in ("linear", "logistic", "power-law")}
    assert found["linear"]["slope"].dimension == unit("USD2023/GPU_hour/year").dimension
    assert found["linear"]["slope"].factor == pytest.approx(unit("USD2023/GPU_hour/year").factor)
    assert unit(found["linear"]["slope"].text).dimension == found["linear"]["slope"].dimension
    assert found["logistic"]["rate"].dimension == unit("1/year").dimension
    assert found["power-law"]["scale"] == y


# --- rows held out, points predicted, rivals --------------------------------------


def test_the_error_is_that_of_the_rows_held_out() -> None:
    x = [1.0, 2.0, 3.0, 4.0, 10.0]
    found = run(
        table({"x": x, "y": [2.0, 4.0, 6.0, 8.0, 25.0]}, x="year"),
        fit("linear", train="x < 5", predict="x >= 5", interval="none"),
        Expectation(at_most="10%"),
    )
    assert found.verdict is Verdict.FAILS
    assert found.output is not None
    assert (found.output.name, found.output.value) == ("held_out_error", 0.2)
    assert found.fit is not None
    assert [p.role for p in found.fit.points] == ["train"] * 4 + ["held out"]
    assert (found.fit.points[-1].predicted, found.fit.points[-1].y) == (20.0, 25.0)
    assert found.fit.best.held_out_error == 0.2


def test_a_point_is_predicted_with_its_unit_and_its_distance_is_said() -> None:
    found = run(line(), fit(at={"x": "1e6 exaFLOP"}, interval="none"), Expectation(about=2.1, within="2x"))
    assert found.output is not None
    assert found.output.name == "predicted"
    assert found.output.value == pytest.approx(3 * (1e24 / np.sqrt(1e41)) ** -0.07, rel=1e-5)
    assert [(i.name, i.value, i.unit) for i in found.inputs] == [("x", 1e24, "FLOP")]
    assert not found.provisional
    assert "The point is 10 times beyond the largest value of x that the fit saw." in found.caveats
    assert found.fit is not None
    assert len(found.fit.curve) == 41
    assert found.fit.curve[-1][0] == 1e24


def test_a_rival_is_judged_on_the_same_rows() -> None:
    body = fit(train="x < 1e22", predict="x >= 1e22", compare="linear", interval="none")
    found = values(run(line(noise=0.01), body))
    assert found["rival_error"] / found["held_out_error"] == pytest.approx(found["error_ratio"], rel=1e-4)
    assert found["error_ratio"] > 3
    assert found["aicc_gain"] > 0
    assert found["bic_gain"] > 0


def test_rows_in_neither_are_left_out_and_change_nothing() -> None:
    body = fit("linear", train="x < 2006", predict="x > 2010", interval="none")
    y = 5 + 2 * np.array(YEARS)
    spoilt = np.where(np.array(YEARS) == 2008, 1e6, y)
    assert values(run(table({"x": YEARS, "y": spoilt}), body)) == values(
        run(table({"x": YEARS, "y": y}), body)
    )


# --- intervals --------------------------------------------------------------------


@pytest.mark.parametrize(("interval", "count"), [("bootstrap", RESAMPLES), ("covariance", DRAWS)])
def test_p_is_the_share_of_samples(interval: str, count: int) -> None:
    body = fit(interval=interval)
    found = run(line(noise=0.05), body, Expectation(output="exponent", at_most=-0.06))
    assert found.samples == count
    assert found.verdict is Verdict.HOLDS
    again = run(line(noise=0.05), body, Expectation(output="exponent", at_most=-0.06))
    assert found == again
    middle = found.output
    assert middle is not None
    split = run(line(noise=0.05), body, Expectation(output="exponent", at_most=middle.value))
    assert split.verdict is Verdict.INCONCLUSIVE
    assert split.p == pytest.approx(0.5, abs=0.01)
    (why,) = [caveat for caveat in split.caveats if caveat.startswith("P is")]
    drawn = "512 resamples" if interval == "bootstrap" else "4,096 draws"
    assert why.startswith(f"P is the share of {drawn} and lies between 0.4")
    assert not any(caveat.startswith("P is") for caveat in found.caveats)
    assert found.fit is not None
    assert all(p.low <= p.predicted <= p.high for p in found.fit.points)


def test_bootstrap_and_covariance_agree_where_both_hold() -> None:
    x = np.geomspace(1, 1e4, 60)
    y = 3 * x**-0.2 * np.exp(0.05 * np.random.default_rng(5).standard_normal(60))
    widths = []
    for interval in ("bootstrap", "covariance"):
        found = run(table({"x": x, "y": y}), fit(interval=interval, loss="log-squares"))
        quantiles = next(o for o in found.outputs if o.name == "exponent").quantiles
        widths.append(quantiles["p95"] - quantiles["p5"])
    assert widths[0] == pytest.approx(widths[1], rel=0.25)


def test_resamples_that_fail_are_counted_and_drawn_again() -> None:
    y = [1.0, 1.5, 1.8, 2.4, 2.9]
    found = run(table({"x": range(1, 6), "y": y}), fit("log-linear"))
    assert found.samples == RESAMPLES
    samples, failed = bootstrap([fitting("log-linear", range(1, 6), y)], "curve")
    assert samples[0].shape == (RESAMPLES, 2)
    assert any(f"{failed} of {RESAMPLES + failed} resamples" in c for c in found.caveats) == (failed > 0)


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize(("model", "x", "law", "wanted"), KNOWN)
def test_resamples_fitted_together_are_those_that_scipy_fits_one_by_one(
    model: str, x: Sequence[float], law: object, wanted: dict[str, float], loss_name: str
) -> None:
    assert callable(law)
    found = fitting(model, x, law(np.array(x)) * np.exp(0.01 * NOISE), loss_name)
    counts = np.random.default_rng(2).multinomial(12, np.full(12, 1 / 12), 20).astype(float)
    together = descend_all(found.curve, found.loss, found.x, found.y, counts, found.solution.t)
    for count, t in zip(counts, together, strict=True):
        rows = np.repeat(np.arange(12), count.astype(int))
        alone = descend(found.curve, found.loss, found.x[rows], found.y[rows], found.solution.t)
        assert alone is not None
        wanted_there, there = found.curve.predict(alone.t, found.x), found.curve.predict(t, found.x)
        off = found.loss.of(there[rows], found.y[rows])[0]
        assert (off**2).sum() <= alone.cost * 1.0001
        assert there == pytest.approx(wanted_there, rel=0.002)


def test_too_many_failed_resamples_are_no_result() -> None:
    found = fitting("linear", [1.0, 2.0, 3.0], [1.0, 2.0, 2.5])
    with pytest.raises(CouldNotRunError, match=r"undefined: .* more than 10%"):
        bootstrap([replace(found, x=np.array([[1.0], [1.0], [2.0]]))], "curve")


def test_a_singular_covariance_is_refused() -> None:
    found = fitting("linear", [1.0, 2.0, 3.0], [1.0, 2.0, 2.5])
    with pytest.raises(CouldNotRunError, match="singular"):
        covariance(replace(found, x=np.ones((3, 1))))
    with pytest.raises(CouldNotRunError, match="leave no error"):
        covariance(fitting("linear", [1.0, 2.0], [1.0, 2.0]))


def test_another_end_of_the_search_is_noticed() -> None:
    def square(t: np.ndarray, x: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        return np.asarray(t[..., :1] ** 2 * x[:, 0])

    def slope(t: np.ndarray, x: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        return 2 * t[0] * x

    x, y = np.array([[1.0], [2.0], [3.0]]), np.array([4.1, 7.9, 12.0])
    both = Curve(square, slope, np.asarray, (np.array([1.5]), np.array([-1.5])))
    found = search(both, loss("squares", y), x, y)
    assert found is not None
    assert abs(found.t[0]) == pytest.approx(2, rel=0.01)
    assert found.other == pytest.approx(1)
    one = search(replace(both, starts=both.starts[:1]), loss("squares", y), x, y)
    assert one is not None
    assert one.other == 0


@pytest.mark.parametrize(
    ("other", "said"), [(1.0002, "with as small a loss: "), (1.5, "with 1.5 times the loss: ")]
)
def test_another_end_of_the_search_is_said(monkeypatch: pytest.MonkeyPatch, other: float, said: str) -> None:
    def searched(*arguments: object) -> Solution | None:
        found = search(*arguments)  # type: ignore[arg-type]
        return found and replace(found, other=other)

    monkeypatch.setattr("kb.checks.search.search", searched)
    (caveat,) = run(line(noise=0.05), fit(interval="none")).caveats
    assert f"ended in different fits, the next best {said}" in caveat


def test_rows_that_settle_nothing_give_no_result() -> None:
    n = np.geomspace(1e7, 1e10, 12)  # with D always 20 N, the two terms of the law cannot be told apart
    y = 1.69 + 406.4 / n**0.34 + 410.7 / (20 * n) ** 0.34
    body = Fit("runs", "parametric-loss", ("n", "d"), "y", interval="covariance")
    found = run(table({"n": n, "d": 20 * n, "y": y}), body)
    assert found.verdict is Verdict.COULD_NOT_RUN
    assert found.reason.startswith("undefined:")


def test_few_rows_are_said() -> None:
    body = fit("power-law-with-floor", interval="none", compare="power-law")
    found = run(table({"x": [1, 2, 3, 4], "y": [9, 8, 7.5, 7.3]}), body)
    assert any("3 parameters and the fit sees 4 rows: one is left" in c for c in found.caveats)
    assert any("AICc is not defined" in c for c in found.caveats)
    assert "aicc_gain" not in values(found)


def test_rows_where_y_is_0_count_in_no_relative_error() -> None:
    found = run(table({"x": [0, 1, 2, 3], "y": [0, 1, 2, 3.3]}), fit("linear", interval="none"))
    assert any("y is 0 in 1 of the rows" in c for c in found.caveats)
    assert 0 < values(found)["train_error"] < 0.2


# --- flips, readings, keys --------------------------------------------------------


def test_a_change_of_model_rows_loss_or_point_flips() -> None:
    flips = (
        Flip({"model": "linear"}, "fails"),
        Flip({"train": "x < 3e18"}, "holds"),
        Flip({"loss": "huber"}, "holds"),
        Flip({"x": "1e10 FLOP"}, "fails"),
    )
    body = fit(at={"x": 1e24}, interval="none")
    found = run(line(), body, Expectation(between=(1.6, 1.8)), flips_if=flips)
    assert found.verdict is Verdict.HOLDS
    assert [flip.got for flip in found.flips] == ["fails", "holds", "holds", "fails"]
    assert [flip.proven for flip in found.flips] == [True, False, False, True]


def test_a_reading_may_be_another_curve() -> None:
    curves = Reading("curve", (Option("power"), Option("straight", set={"model": "linear"})))
    body = fit(train="x < 1e22", predict="x >= 1e22", interval="none")
    found = run(line(), body, Expectation(at_most="1%"), readings=(curves,))
    assert found.verdict is Verdict.MIXED
    assert [r.verdict for r in found.readings] == [Verdict.HOLDS, Verdict.FAILS]


def test_a_point_may_be_a_quantity() -> None:
    checked = check(fit(at={"x": 1e20}, interval="none"), Expectation(at_most=2.2))
    base = base_of(line(), checked, large=Quantity("large", value=1e6, unit="exaFLOP"))
    assert checks.run(base, checked).result.verdict is Verdict.FAILS
    assert checks.run(base, checked, overrides={"x": "large"}).result.verdict is Verdict.HOLDS
    found = checks.run(base, checked, overrides={"z": 1.0}).result
    assert "the fit has no z to change" in found.reason


def test_the_key_follows_the_numbers_and_travels_with_them(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    found = line()
    written = "x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in zip(*found.rows.values(), strict=True))
    (tmp_path / found.csv).write_text(written)
    checked = check(fit(interval="none"), Expectation(output="exponent", at_most=0))
    base = replace(base_of(replace(found, rows={}), checked), root=str(tmp_path))
    key = checks.key(base, checked)
    part = replace(part_for(base, checked), root="/nowhere")
    assert part.tables["runs"].rows == found.rows
    assert checks.key(part, checked) == key
    with ProcessPoolExecutor(1) as pool:
        assert pool.submit(checks.run, part, checked).result().result == checks.run(base, checked).result
    (tmp_path / found.csv).write_text(written.replace("\n1e+18,", "\n2e+18,"))
    assert checks.key(base, checked) != key
    (tmp_path / found.csv).write_text("x,y\n1,a\n")
    assert checks.key(base, checked) != key
    assert "data/runs.csv:2:3" in checks.run(base, checked).result.reason
    assert part_for(base, checked).tables["runs"].rows == {}


# --- what is refused, before a run and in it ----------------------------------------

TITLED = replace(line(), rows={**line().rows, "day": COMPUTE, "size": COMPUTE})
TITLED = replace(TITLED, columns=(*TITLED.columns, Column("day", "day"), Column("size", "parameter")))
GOOD = fit(train="x < 1e22", predict="x >= 1e22", at={"x": 1e24})


def findings(body: Fit, expect: Expectation | None = None, **fields: object) -> list[Diagnostic]:
    found = Diagnostics()
    checked = check(body, expect, **fields)
    checks.validate(base_of(TITLED, checked), found)
    return list(found)


BROKEN: list[tuple[str, Fit, str, str]] = [
    ("KB322", replace(GOOD, x=("z",), at={}), "the table has no column z", "there is x, y"),
    ("KB322", replace(GOOD, y="yy"), "the table has no column yy", "did you mean y?"),
    ("KB322", replace(GOOD, y="x"), "the column x is used twice", ""),
    ("KB322", replace(GOOD, x=("x", "day"), at={}), "power-law predicts from 1 column, not 2", ""),
    ("KB322", replace(GOOD, model="parametric-loss"), "parametric-loss predicts from 2 columns", ""),
    ("KB322", replace(GOOD, compare="power-law"), "compared with itself", ""),
    ("KB322", replace(GOOD, loss="huber", interval="covariance"), "is not known", "bootstrap"),
    ("KB322", replace(GOOD, at={"size": 1.0, "x": 1.0}), "does not predict from size", "there is x"),
    ("KB305", replace(GOOD, at={"x": "1e24 FLOP/s"}), "FLOP/s", "rate"),
    ("KB305", replace(GOOD, at={"x": "3,000 FLOP"}), "", "3640"),
    ("KB323", replace(GOOD, at={"x": -1.0}), "x must be above 0", ""),
    ("KB301", replace(GOOD, train="x <"), "", "end"),
    ("KB302", replace(GOOD, train="xx < 1"), "the table has no column xx", "did you mean x?"),
    ("KB304", replace(GOOD, train="x < size"), "cannot compare FLOP with parameter", ""),
    ("KB304", replace(GOOD, train="x"), "this is FLOP, not true or false", "comparison"),
    ("KB304", replace(GOOD, train="log(x) < 40"), "log needs a plain number", ""),
    ("KB324", replace(GOOD, train="2 * y"), "neither true nor false", "comparison"),
    ("KB324", replace(GOOD, train="1 / (x - x) < 1"), "undefined", ""),
    ("KB324", replace(GOOD, predict="x > 1e20"), "both trained on and predicted", "seen"),
    ("KB323", replace(GOOD, predict="x > 1e30"), "no row of the table", ""),
    ("KB323", replace(GOOD, train="x < 2e18"), "2 parameters, and the fit sees 1 row", "fewer parameters"),
    (
        "KB323",
        replace(GOOD, train="x < 1e19", interval="covariance", model="power-law-with-floor"),
        "leaves no error to measure",
        "none",
    ),
    (
        "KB323",
        replace(GOOD, train="x < 3e19", model="power-law-with-floor"),
        "34% of the bootstrap's resamples",
        "covariance",
    ),
]


@pytest.mark.parametrize(
    ("rule", "body", "said", "hint"), BROKEN, ids=[f"{r}-{i}" for i, (r, *_) in enumerate(BROKEN)]
)
def test_each_fault_is_found_before_the_run_and_stops_it(rule: str, body: Fit, said: str, hint: str) -> None:
    (found,) = findings(body)
    assert found.rule == rule
    assert said in found.message
    assert hint in found.hint
    result = run(TITLED, body)
    assert result.verdict is Verdict.COULD_NOT_RUN
    assert result.reason == f"error: {found.message}"


def test_a_sound_fit_has_no_findings() -> None:
    assert findings(GOOD, Expectation(at_most=3)) == []
    assert (
        findings(replace(GOOD, train=""), flips_if=(Flip({"train": "x < 1e21", "x": 1e25}, "fails"),)) == []
    )
    assert findings(replace(GOOD, interval="none", train="x < 1e19", model="power-law-with-floor")) == []


def test_an_expectation_needs_an_output_that_the_fit_has() -> None:
    bare = fit(interval="none")
    assert [d.rule for d in findings(bare, Expectation(at_most=1))] == ["KB306"]
    assert [d.rule for d in findings(bare, Expectation(output="exponent", at_most=1))] == []
    assert [d.rule for d in findings(bare, Expectation(output="floor", at_most=1))] == ["KB306"]
    assert [d.rule for d in findings(GOOD, Expectation(output="scale", at_most="1 FLOP"))] == ["KB306"]
    assert [d.rule for d in findings(GOOD, Expectation(output="aicc_gain", at_least=0))] == ["KB306"]
    rival = replace(GOOD, compare="linear")
    assert findings(rival, Expectation(output="aicc_gain", at_least=0)) == []
    robust = replace(rival, loss="huber")
    assert [d.rule for d in findings(robust, Expectation(output="aicc_gain", at_least=0))] == ["KB306"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"interval": "none"}, "KB308"),
        ({"model": "parabola"}, "KB322"),
        ({"train": "x < 2e18"}, "KB323"),
        ({"train": "x >= 1e22"}, "KB324"),
        ({"x": "3 day"}, "KB305"),
        ({"x": 0.0}, "KB323"),
    ],
)
def test_a_change_that_spoils_the_fit_is_found(changes: dict[str, float | str], rule: str) -> None:
    assert [d.rule for d in findings(GOOD, flips_if=(Flip(changes, "fails"),))] == [rule]
    option = Option("other", set=changes)
    assert [d.rule for d in findings(GOOD, readings=(Reading("which", (option,)),))] == [rule]


def test_a_table_that_does_not_exist_is_anothers_to_report() -> None:
    body = replace(GOOD, table="nothing")
    assert findings(body) == []
    assert "there is no table nothing" in run(TITLED, body).reason


FILE = """\
kind: fit
fit:
  table: runs
  model: power-law
  x: x
  y: y
  train: "x < 1e21 + size"
  predict: x >= zz
  at: {x: 1e24 FLOP/s}
expect: {at_most: 3 s}
"""


def test_findings_stand_at_their_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks/curve.yaml").write_text(FILE)
    body = replace(GOOD, train="x < 1e21 + size", predict="x >= zz", at={"x": "1e24 FLOP/s"})
    lines = FILE.splitlines()

    def places(body: Fit, expect: Expectation | None = None) -> set[tuple[str, int, int]]:
        found = Diagnostics()
        checked = check(body, expect, file="checks/curve.yaml")
        checks.validate(replace(base_of(TITLED, checked), root=str(tmp_path)), found)
        return {(d.rule, d.line, d.column) for d in found}

    assert places(body) == {("KB305", 9, lines[8].index("1e24") + 1)}
    assert places(replace(body, at={})) == {
        ("KB304", 7, lines[6].index("<") + 1),
        ("KB302", 8, lines[7].index("zz") + 1),
    }
    assert places(GOOD, Expectation(at_most="3 s")) == {("KB306", 10, lines[9].index("3 s") + 1)}


# --- row filters ------------------------------------------------------------------


def test_a_bare_number_is_in_the_columns_unit() -> None:
    columns = {"x": unit("FLOP"), "t": unit("token"), "n": unit("parameter"), "h": unit("hour")}
    rows = dict.fromkeys(columns, (1.0, 2.0, 3.0))
    for text, wanted in {
        "x <= 2": (True, True, False),
        "max(x, 2) - 1 > 1": (False, False, True),
        "t / n >= 1": (True, True, True),
        "min(x < 3, h > 1)": (False, True, False),
        "where(x < 2, h, 0) > 0": (True, False, False),
        "1": (True, True, True),
    }.items():
        assert picked(columns, rows, text) == wanted, text


def test_columns_in_two_units_of_one_kind_are_not_compared() -> None:
    columns = {"h": unit("hour"), "d": unit("day")}
    with pytest.raises(MisreadError, match="h is in hour and d in day"):
        picked(columns, {"h": (1.0,), "d": (1.0,)}, "h < d")


EXPRESSIONS = (
    "x + 1 < y",
    "sqrt(x) > y",
    "log(x - 1) > 0",
    "x ** y > 2",
    "1 / x < y",
    "where(x > 0, 1 / x, y) < 1",
)


@settings(max_examples=50)
@given(st.sampled_from(EXPRESSIONS), st.floats(-5, 5), st.floats(-5, 5))
def test_a_filter_has_the_value_that_the_engine_gives_the_expression(text: str, x: float, y: float) -> None:
    from kb.checks.evaluation import evaluate
    from kb.checks.expressions import parse

    wanted = float(evaluate(parse(text), {"x": x, "y": y}))
    plain = {"x": unit("1"), "y": unit("1")}
    rows = {"x": (x,), "y": (y,)}
    if np.isnan(wanted):
        with pytest.raises(MisreadError, match="undefined"):
            picked(plain, rows, text)
    else:
        assert picked(plain, rows, text) == (wanted == 1.0,)


def test_validating_a_fit_imports_no_numpy() -> None:
    program = """
import sys
from kb import checks
from kb.diagnostics import Diagnostics
from kb.model import Base, Check, Column, Config, Fit, Table
table = Table("t", (Column("x"), Column("y")), rows={"x": (1.0, 2.0, 3.0), "y": (1.0, 2.0, 4.0)})
check = Check("c", "fit", Fit("t", "linear", ("x",), "y", train="x < 3", interval="none"))
found = Diagnostics()
checks.validate(Base("/nowhere", Config("test"), checks={"c": check}, tables={"t": table}), found)
checks.key(Base("/nowhere", Config("test"), checks={"c": check}, tables={"t": table}), check)
print(len(found), "numpy" in sys.modules, "scipy" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["0", "False", "False"]


# --- a base's files ---------------------------------------------------------------

FILES = {
    "kb.yaml": "format: 1\ntitle: Ten runs\n",
    "data/ten-runs.yaml": "columns:\n  - {name: compute, unit: FLOP}\n  - {name: loss}\n",
    "data/ten-runs.csv": "compute,loss\n"
    + "".join(f"{c:.3g},{1.5 + 0.9 * (c / 1e20) ** -0.15:.3f}\n" for c in np.geomspace(1e18, 1e22, 10)),
    "checks/loss-levels-off.yaml": """\
kind: fit
fit:
  table: ten-runs
  model: power-law-with-floor
  x: compute
  y: loss
  train: compute <= 1e21
  at: {compute: 1e6 exaFLOP}
  interval: covariance
  compare: power-law
expect: {between: [1.6, 1.85]}
flips_if: {set: {model: linear}, to: fails}
""",
}


def test_a_fit_runs_from_a_bases_files(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    loaded = load(tmp_path, cache=False)
    assert list(loaded.diagnostics) == []
    found = Diagnostics()
    checks.validate(loaded.base, found)
    assert list(found) == []
    checked = loaded.base.checks["loss-levels-off"]
    record = checks.run_all(loaded.base, [checked.id], cache=tmp_path / "cache")[checked.id]
    assert record.result.verdict is Verdict.HOLDS
    assert record.result.output is not None
    assert record.result.output.value == pytest.approx(1.5 + 0.9 * 1e4**-0.15, rel=0.01)
    assert [flip.proven for flip in record.result.flips] == [True]
    assert checks.known(loaded.base, cache=tmp_path / "cache")[checked.id].result == record.result


def test_the_schema_refuses_a_model_that_does_not_exist(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("compare: power-law", "compare: parabola"))
    (finding,) = load(tmp_path, cache=False).diagnostics
    assert (finding.rule, finding.line) == ("KB023", 10)
