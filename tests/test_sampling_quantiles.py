"""Points and beta quantiles are scipy's, only what is needed is drawn, and the benchmark measures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import special
from scipy.stats import qmc

from kb.checks import beta
from kb.checks.cases import cases
from kb.checks.formula import Plan, computed, plan
from kb.checks.sampling import quantile
from kb.checks.sobol import NEAR, nets
from kb.checks.trouble import CouldNotRunError
from kb.model import Base, Check, Config, Expectation, Formula, Input, Quantity, Spread

TAILS = 2.0 ** -np.linspace(1, 40, 5000)
SHARES = np.concatenate([TAILS, 1 - TAILS, np.random.default_rng(1).uniform(size=10_000)])
SHAPES = (0.05, 0.3, 1.0, 3.0, 320.0, 1e5)
BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.mark.parametrize(
    ("dimensions", "size"), [(1, 16), (2, 4096), (7, 256), (40, 64), (3, 2 << NEAR), (1, 1)]
)
def test_the_points_are_scipys_bit_for_bit(dimensions: int, size: int) -> None:
    found = nets(dimensions, size, np.random.SeedSequence(7), 3)
    for place, child in enumerate(np.random.SeedSequence(7).spawn(3)):
        # scipy takes a child of a generator that it is given
        sobol = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(child))
        np.testing.assert_array_equal(found[:, place].T, sobol.random(size))


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", SHAPES)
def test_the_table_is_the_inverse_in_both_tails(a: float, b: float) -> None:
    np.testing.assert_allclose(beta.quantile(a, b, SHARES), special.betaincinv(a, b, SHARES), rtol=1e-7)


def test_most_shapes_have_a_table_and_hopeless_ones_none() -> None:
    assert beta._table(2.0, 5.0) is not None
    assert beta._table(0.05, 0.05) is not None
    assert beta._table(1e-3, 1.0) is None
    np.testing.assert_array_equal(beta.quantile(1e-3, 1.0, SHARES), special.betaincinv(1e-3, 1.0, SHARES))


def test_shares_beyond_the_table_are_inverted() -> None:
    u = np.append(SHARES, 1e-20)
    np.testing.assert_array_equal(beta.quantile(2.0, 5.0, u), special.betaincinv(2.0, 5.0, u))


def test_a_discrete_distribution_rises_whatever_the_order_of_its_values() -> None:
    unsorted = Spread("discrete", (9.0, 1.0, 5.0, 0.5, 0.2, 0.3))
    ascending = Spread("discrete", (1.0, 5.0, 9.0, 0.2, 0.3, 0.5))
    shares = np.linspace(0.01, 0.99, 99)
    np.testing.assert_array_equal(quantile(unsorted, shares), quantile(ascending, shares))
    assert [float(quantile(unsorted, u)) for u in (0.1, 0.4, 0.9)] == [1.0, 5.0, 9.0]


@pytest.mark.parametrize(
    "spread",
    [
        Spread("percentiles", (1.0, 3.0)),
        Spread("percentiles", (-1.0, 3.0)),
        Spread("uniform", (0.0, 1.0)),
        Spread("normal", (0.0, 1.0)),
        Spread("beta", (2.0, 5.0, 0.0, 1.0)),
        Spread("triangular", (0.0, 0.5, 1.0)),
        Spread("discrete", (0.0, 1.0, 0.5, 0.5)),
    ],
)
def test_values_are_in_an_array_of_their_own(spread: Spread) -> None:
    shares = np.linspace(0.1, 0.9, 9)
    before = shares.copy()
    quantile(spread, shares)[...] = -1.0
    np.testing.assert_array_equal(shares, before)


@pytest.fixture
def formula() -> Plan:
    inputs = (
        Input("used", inline=Quantity("used", spread=Spread("normal", (5.0, 1.0)))),
        Input("idle", inline=Quantity("idle", spread=Spread("normal", (3.0, 1.0)))),
    )
    body = Formula("twice + 1", let={"twice": "2 * used", "aside": "used * idle"})
    check = Check("c", "formula", body, inputs=inputs, expect=Expectation(at_least=1.0))
    return plan(Base("/nowhere", Config("test")), cases(check)[0])


def test_what_the_result_does_not_use_is_drawn_when_it_is_asked_for(formula: Plan) -> None:
    evaluated = computed(formula, 256)
    assert list(evaluated.outputs) == ["twice", "aside", "result"]
    twice, result = evaluated.outputs["twice"].values, evaluated.outputs["result"].values
    np.testing.assert_array_equal(result, twice + 1)
    assert evaluated.model is not None
    assert set(evaluated.model.values) == {"used", "twice", "result"}
    idle = quantile(Spread("normal", (3.0, 1.0)), evaluated.uniforms["idle"])
    np.testing.assert_array_equal(evaluated.outputs["aside"].values, twice / 2 * idle)
    assert "other" not in evaluated.outputs
    with pytest.raises(KeyError):
        evaluated.model.values["other"]


def test_a_value_named_as_an_input_is_refused() -> None:
    inputs = (Input("x", inline=Quantity("x", value=1.0)),)
    check = Check("c", "formula", Formula("x", let={"x": "x + 1"}), inputs=inputs)
    with pytest.raises(CouldNotRunError, match="the name x is used twice"):
        plan(Base("/nowhere", Config("test")), cases(check)[0])


def test_only_a_fit_needs_linear_algebra() -> None:
    code = "import sys, kb.checks.kinds, kb.checks.verdict; print('scipy.linalg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for name in ("checks", "models", "installing"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import checks

    return checks


def test_the_benchmark_translates_and_measures_its_models(benchmark: ModuleType) -> None:
    found = benchmark.models(BENCHMARKS.parent / "claims")
    assert len(found) == 5
    kinds = {value.kind for model in found for value in model.inputs.values() if not isinstance(value, float)}
    assert "beta" in kinds
    for model in found:
        drawn = benchmark.draw(model, 256)
        np.testing.assert_allclose(
            benchmark.by_kb(model)(drawn), benchmark.by_numpy(model)(drawn), rtol=1e-12
        )
        timing = benchmark.ours(model, 2**12, 2)
        assert timing.error(benchmark.truth(model, 2**16)) < 5e-3
        assert all(0 < p < 1 for p in timing.shares)
        compile(benchmark.squigglepy_sampled(model), model.id, "exec")
        compile(benchmark.squigglepy_native(model), model.id, "exec")
        assert "**" not in benchmark.squiggle_source(model)
        assert benchmark.expressions(model, 256, 1).keys() == {"kb", "numpy"}


def test_the_benchmark_says_what_is_missing(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("installing.shutil.which", lambda name: None)
    with pytest.raises(benchmark.MissingPeer, match="node is not on PATH"):
        benchmark.squiggle_command(tmp_path)
