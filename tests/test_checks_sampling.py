"""Distributions, Sobol points, P, quantiles and drivers, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kb.checks.cases import cases
from kb.checks.expectation import Condition, ExpectationError, condition
from kb.checks.formula import Series, evaluate
from kb.checks.judgement import judge
from kb.checks.sampling import Z95, median, quantile, uniforms
from kb.checks.sizes import REPLICATES
from kb.checks.spreads import faults
from kb.checks.summary import drivers, output, rounded
from kb.checks.units import unit
from kb.model import (
    Base,
    Check,
    Config,
    Driver,
    Expectation,
    Formula,
    Input,
    Quantity,
    Scale,
    Spread,
    Verdict,
)

N = 2**14


@pytest.mark.parametrize(
    ("spread", "reference"),
    [
        (Spread("percentiles", (2.0, 30.0)), stats.lognorm(np.log(15) / (2 * Z95), scale=np.sqrt(60))),
        (Spread("percentiles", (-1.0, 3.0)), stats.norm(1.0, 2 / Z95)),
        (Spread("uniform", (-2.0, 5.0)), stats.uniform(-2, 7)),
        (Spread("normal", (3.0, 0.5)), stats.norm(3, 0.5)),
        (Spread("beta", (2.0, 5.0, 10.0, 20.0)), stats.beta(2, 5, 10, 10)),
        (Spread("triangular", (1.0, 2.0, 5.0)), stats.triang(0.25, 1, 4)),
        (Spread("triangular", (0.0, 0.0, 5.0)), stats.triang(0, 0, 5)),
        (Spread("triangular", (0.0, 5.0, 5.0)), stats.triang(1, 0, 5)),
    ],
)
def test_quantiles_are_scipys(spread: Spread, reference: stats.rv_continuous) -> None:
    u = np.array([1e-6, 0.05, 0.2, 0.25, 0.5, 0.77, 0.95, 1 - 1e-6])
    np.testing.assert_allclose(quantile(spread, u), reference.ppf(u), rtol=1e-9, atol=1e-12)
    assert median(spread) == pytest.approx(reference.median())


def test_stated_percentiles_are_met() -> None:
    spread = Spread("percentiles", (2.7e11, 3.3e11))
    np.testing.assert_allclose(quantile(spread, np.array([0.05, 0.95])), spread.parameters, rtol=1e-12)


def test_a_discrete_distribution_has_its_weights() -> None:
    drawn = quantile(Spread("discrete", (1.0, 2.0, 9.0, 1.0, 0.0, 3.0)), uniforms(["x"], N, "s")["x"])
    assert set(np.unique(drawn)) == {1.0, 9.0}
    assert np.mean(drawn == 9) == pytest.approx(0.75, abs=1e-3)


@pytest.mark.parametrize(
    "spread",
    [
        Spread("percentiles", (3.0, 1.0)),
        Spread("percentiles", (1.0, 1.0)),
        Spread("uniform", (1.0, 1.0)),
        Spread("normal", (1.0, 0.0)),
        Spread("normal", (1.0, float("nan"))),
        Spread("beta", (0.0, 1.0, 0.0, 1.0)),
        Spread("beta", (1.0, 1.0, 1.0, 0.0)),
        Spread("triangular", (1.0, 0.0, 2.0)),
        Spread("triangular", (1.0, 1.0, 1.0)),
        Spread("discrete", (1.0, 2.0, 0.0, 0.0)),
        Spread("discrete", (1.0, 2.0, -1.0, 2.0)),
    ],
)
def test_impossible_distributions_are_named(spread: Spread) -> None:
    assert faults(spread)


def test_points_follow_from_names_and_seed_only() -> None:
    first = uniforms(["b", "a"], N, "seed")
    again = uniforms(["a", "b", "a"], N, "seed")
    other = uniforms(["a", "b"], N, "another seed")
    assert list(first) == ["a", "b"]
    np.testing.assert_array_equal(first["a"], again["a"])
    assert not np.array_equal(first["a"], other["a"])
    assert not np.array_equal(first["a"], first["b"])


def test_each_replicate_is_a_net_and_no_two_are_the_same() -> None:
    nets = uniforms(["a"], N, "seed")["a"].reshape(REPLICATES, -1)
    size = nets.shape[1]
    for net in nets:
        assert sorted((net * size).astype(int)) == list(range(size))
    assert len({tuple(net[:4]) for net in nets}) == REPLICATES


@pytest.mark.parametrize("samples", [0, 255, 1000, 128, 3 * 2**12])
def test_samples_must_be_a_power_of_two(samples: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        uniforms(["a"], samples, "seed")


@settings(max_examples=25, deadline=None)
@given(st.floats(-2, 2), st.text(max_size=5))
def test_p_is_the_closed_form_within_its_interval(threshold: float, seed: str) -> None:
    values = quantile(Spread("normal", (0.0, 1.0)), uniforms(["x"], N, seed)["x"])
    found = judge(values, Condition("", low=threshold), Scale())
    assert found.p == pytest.approx(stats.norm.sf(threshold), abs=1e-3)
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low <= found.p <= found.p_high
    assert found.p_high - found.p_low < 5e-3


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    hits = 0
    for trial in range(60):
        points = uniforms(["x", "y"], 2**10, f"trial {trial}")
        found = judge(points["x"] * points["y"], Condition("", high=0.3), Scale())
        truth = 0.3 - 0.3 * np.log(0.3)
        hits += bool(found.p_low <= truth <= found.p_high)
    assert hits >= 50


@pytest.mark.parametrize("chance", [0.02, 0.1, 0.5, 0.9, 0.995])
def test_the_interval_of_independent_samples_is_exact(chance: float) -> None:
    """Clopper and Pearson's interval covers at least 95 % of the time, whatever the chance and the number."""
    draws = np.random.default_rng(3).random((400, 512))
    found = [judge(values, Condition("", high=chance), Scale(), "resamples") for values in draws]
    assert np.mean([f.p_low <= chance <= f.p_high for f in found]) >= 0.95
    for trial in found[:20]:
        wanted = stats.binomtest(round(trial.p * 512), 512).proportion_ci(0.95, "exact")
        assert (trial.p_low, trial.p_high) == pytest.approx((wanted.low, wanted.high))


def test_independent_samples_have_no_replicates() -> None:
    """Met by every other sample, in blocks of which each holds as many: nothing is as sure as that seems."""
    values = np.tile([0.0, 1.0], 256)
    nets, resamples = (judge(values, Condition("", low=0.5), Scale(), how) for how in ("nets", "resamples"))
    assert (nets.p_low, nets.p_high) == (0.5, 0.5)
    assert (resamples.p_low, resamples.p_high) == pytest.approx((0.4559, 0.5441), abs=1e-4)


@pytest.mark.parametrize(("value", "low", "high"), [(1.0, 0.99282, 1.0), (0.0, 0.0, 0.00718)])
def test_all_or_none_of_independent_samples(value: float, low: float, high: float) -> None:
    found = judge(np.full(512, value), Condition("", low=0.5), Scale(), "draws")
    assert (found.p, found.p_low, found.p_high) == pytest.approx((value, low, high), abs=1e-5)
    assert found.verdict is (Verdict.HOLDS if value else Verdict.FAILS)


@pytest.mark.parametrize(
    ("low", "verdict"),
    [
        (0.05, Verdict.HOLDS),
        (0.5, Verdict.INCONCLUSIVE),
        (0.95, Verdict.FAILS),
        (0.1001, Verdict.INCONCLUSIVE),
    ],
)
def test_the_whole_interval_must_pass_a_threshold(low: float, verdict: Verdict) -> None:
    values = uniforms(["x"], N, "seed")["x"]
    assert judge(values, Condition("", low=low), Scale()).verdict is verdict


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_undefined_sample_makes_the_whole_undefined(bad: float) -> None:
    values = np.ones(N)
    values[17] = bad
    for case in (Condition("", low=0.0), Condition("", high=2.0), Condition("", truth=True)):
        found = judge(values, case, Scale())
        assert found.verdict is Verdict.COULD_NOT_RUN
        assert found.reason.startswith("undefined:")
        assert found.p is None
        assert judge(np.asarray(bad), case, Scale()).verdict is Verdict.COULD_NOT_RUN


def test_seeds_are_a_share_without_an_interval() -> None:
    found = judge(np.array([1.0, 1, 1, 1, 0]), Condition("", low=0.5), Scale(), "seeds")
    assert (found.p, found.p_low, found.p_high, found.verdict) == (0.8, 0.8, 0.8, Verdict.INCONCLUSIVE)


def test_quantiles_of_a_lognormal_product_are_the_closed_form() -> None:
    points = uniforms(["x", "y"], 2**16, "seed")
    one = Spread("percentiles", (1.0, 10.0))
    values = quantile(one, points["x"]) * quantile(one, points["y"])
    found = output("result", Series(values, "1"))
    wide = Z95 * np.sqrt(2) * np.log(10) / (2 * Z95)
    assert found.value == pytest.approx(10.0, rel=2e-3)
    assert found.quantiles["p5"] == pytest.approx(10 * np.exp(-wide), rel=5e-3)
    assert found.quantiles["p95"] == pytest.approx(10 * np.exp(wide), rel=5e-3)


def test_a_histogram_counts_nearly_all_samples_with_the_right_axis() -> None:
    u = uniforms(["x"], N, "seed")["x"]
    even = output("r", Series(u, "1"))
    wide = output("r", Series(quantile(Spread("percentiles", (1.0, 1000.0)), u), "1"))
    for found in (even, wide):
        assert len(found.counts) + 1 == len(found.edges) <= 41
        assert 0.99 * N <= sum(found.counts) <= N
    assert np.allclose(np.diff(even.edges), np.diff(even.edges)[0], rtol=1e-3)
    assert np.allclose(np.diff(np.log(wide.edges)), np.diff(np.log(wide.edges))[0], rtol=1e-3)


def driven(compute: str, low: float, **spreads: Spread) -> tuple[Driver, ...]:
    """The drivers of an expression over independent inputs, at least ``low`` being expected of it."""
    inputs = tuple(Input(n, inline=Quantity(n, spread=spread)) for n, spread in spreads.items())
    body = Formula(compute, "1")
    check = Check("c", "formula", body, inputs=inputs, expect=Expectation(at_least=low))
    evaluated = evaluate(Base("/nowhere", Config("test")), cases(check)[0], 2**16)
    return drivers(evaluated, "result", Condition("", low=low))


def test_drivers_are_the_closed_form_shares_of_variance() -> None:
    one = Spread("normal", (0.0, 1.0))
    found = driven("exp(2 * big + small + 0 * none)", 1.0, big=one, small=one, none=one)
    assert [d.input for d in found] == ["big", "small", "none"]
    assert [d.share for d in found] == pytest.approx([0.8, 0.2, 0.0], abs=0.01)


def test_a_driver_s_ends_are_p_with_the_input_fixed_there() -> None:
    one = Spread("normal", (0.0, 1.0))
    tenth = stats.norm.ppf(0.1)
    big, small = driven("2 * big + small", 1.0, big=one, small=one)
    assert big.p_low == pytest.approx(stats.norm.sf(1 - 2 * tenth), abs=1e-3)
    assert big.p_high == pytest.approx(stats.norm.sf(1 + 2 * tenth), abs=1e-3)
    assert small.p_low == pytest.approx(stats.norm.sf((1 - tenth) / 2), abs=1e-3)
    assert small.p_high == pytest.approx(stats.norm.sf((1 + tenth) / 2), abs=1e-3)


def test_a_single_driver_explains_nearly_all() -> None:
    assert driven("x", 3.0, x=Spread("percentiles", (1.0, 9.0)))[0].share > 0.99


def test_numbers_are_rounded_to_six_digits() -> None:
    assert rounded(123456789.0) == 123457000.0
    assert rounded(-1.23456789e-9) == -1.23457e-9
    assert rounded(None) is None


# --- expectations ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "band", "words"),
    [
        (Expectation(about="3640 petaflop/s*day", within="1.1x"), (3640 / 1.1, 3640 * 1.1), "factor of 1.1"),
        (Expectation(about=100.0, within="10%"), (90.0, 110.0), "within 10 %"),
        (Expectation(about=100.0, within=5.0), (95.0, 105.0), "of 100 petaflop/s·day"),
        (Expectation(about=-100.0, within="2x"), (-200.0, -50.0), "factor"),
        (Expectation(at_least="8.64e19 FLOP"), (1.0, None), "at least 8.64 × 10¹⁹ FLOP"),
        (Expectation(at_most=7.0), (None, 7.0), "at most 7 petaflop/s·day"),
        (Expectation(between=(1.0, "8.64e20 FLOP")), (1.0, 10.0), "between"),
    ],
)
def test_bands(expect: Expectation, band: tuple[float, float], words: str) -> None:
    found = condition(expect, unit("petaflop/s*day"))
    assert found.band == pytest.approx(band)
    assert words in found.words


@pytest.mark.parametrize(
    ("expect", "field"),
    [
        (Expectation(), "expect"),
        (Expectation(about=1.0), "about"),
        (Expectation(about=1.0, within="0.9x"), "within"),
        (Expectation(about=0.0, within="2x"), "within"),
        (Expectation(about=0.0, within="5%"), "within"),
        (Expectation(about=1.0, within=0.0), "within"),
        (Expectation(about=1.0, within="1 token"), "within"),
        (Expectation(about="1 token", within="2x"), "about"),
        (Expectation(at_least="1 FLOP/s"), "at_least"),
        (Expectation(at_most="x"), "at_most"),
        (Expectation(between=(2.0, 1.0)), "between"),
        (Expectation(is_true="result"), "is_true"),
    ],
)
def test_expectations_that_cannot_be_used(expect: Expectation, field: str) -> None:
    with pytest.raises(ExpectationError) as refused:
        condition(expect, unit("FLOP"))
    assert refused.value.field == field


def test_the_ends_of_a_band_belong_to_it_up_to_rounding() -> None:
    inside = Condition("", low=0.3, high=0.3)
    assert inside.met(np.asarray(0.1 + 0.2))
    assert not inside.met(np.asarray(0.3001))
