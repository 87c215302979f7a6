"""The points are scipy's Sobol points, the beta table is scipy's inverse, and the benchmark measures."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import special
from scipy.stats import qmc

from kb.checks import beta
from kb.checks.sobol import nets

TAILS = 2.0 ** -np.linspace(1, 40, 5000)
SHARES = np.concatenate([TAILS, 1 - TAILS, np.random.default_rng(1).uniform(size=10_000)])
SHAPES = (0.05, 0.3, 1.0, 3.0, 320.0, 1e5)
BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.mark.parametrize(("dimensions", "size"), [(1, 16), (2, 4096), (7, 256), (40, 64)])
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
