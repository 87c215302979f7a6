"""Percentiles and histograms of many values are numpy's, found without sorting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.checks.ranks import MANY, histogram, percentiles

SHARES = (0.0, 0.1, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.9, 100.0)
NORMAL = np.random.default_rng(3).standard_normal(MANY + 7)

KINDS = {
    "normal": NORMAL,
    "lognormal": np.exp(NORMAL),
    "over many orders of magnitude": np.exp(40 * NORMAL),
    "of both signs, with long tails": NORMAL / np.roll(NORMAL, 1),
    "mostly positive": np.exp(3 * NORMAL) - 0.01,
    "few different ones": np.floor(NORMAL),
    "one": np.ones(MANY),
    "sorted": np.sort(NORMAL),
    "two far apart": np.where(NORMAL > 0.3, 1e300, -1e300),
    "as far apart as a double goes": np.where(NORMAL > 0.3, 1.7e308, -1.7e308),
    "tiny": NORMAL * 5e-324,
    "one far away": np.append(NORMAL, 1.7e308),
}


@pytest.mark.parametrize("kind", KINDS)
def test_percentiles_are_numpys(kind: str) -> None:
    values = KINDS[kind]
    before = values.copy()
    with np.errstate(all="raise", under="ignore"):
        found = percentiles(values, SHARES)
    with np.errstate(all="ignore"):
        expected = np.percentile(values, SHARES)
    sure = np.isfinite(expected)
    np.testing.assert_allclose(found[sure], expected[sure], rtol=1e-12, atol=1e-322)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(values, before)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-10, 10), st.integers(0, 300))
def test_percentiles_of_any_mixture_are_numpys(seed: int, scale: float, shift: float, more: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.permutation(
        np.concatenate(
            [rng.normal(shift, scale, MANY // 2), np.exp(scale * rng.normal(size=MANY // 2 + more))]
        )
    )
    np.testing.assert_allclose(percentiles(values, SHARES), np.percentile(values, SHARES), rtol=1e-12)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("kind", ["normal", "lognormal", "mostly positive", "few different ones", "sorted"])
def test_histograms_are_numpys(kind: str, wide: bool) -> None:
    values = KINDS[kind]
    low, high = np.percentile(values, (0.1, 99.9))
    if wide:
        low, high = max(low, 1e-3), max(high, 1.0)
    edges = np.geomspace(low, high, 41) if wide else np.linspace(low, high, 41)
    on_edges = np.concatenate([values, edges, np.nextafter(edges, np.inf), np.nextafter(edges, -np.inf)])
    for found in (values, values[:300], on_edges):
        np.testing.assert_array_equal(histogram(found, edges, wide=wide), np.histogram(found, edges)[0])
