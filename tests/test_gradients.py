"""Gradients of standings: the adjoint against central differences, circles included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import Interval, Scale
from kb.standing import Score, Snapshot, strengths
from kb.standing.gradients import End, Gradient, gradient
from kb.standing.resolving import Known, known_of
from tests.standing_maps import base, claim, random_case, result, results

RANDOM = st.integers(0, 2**48).map(Random)
ENDS: tuple[End, ...] = ("low", "middle", "high")
STEP = 1e-6

Shift = Callable[[float], tuple[Snapshot, Sequence[Score]]]
"""The map's weights and scores when one of them is moved by so much."""


def value(known: Known, number: int, end: End, snap: Snapshot, scores: Sequence[Score]) -> float:
    state = strengths(snap, scores, known.grounds)
    low, high = state.low[number], state.high[number]
    return {"low": low, "middle": (low + high) / 2, "high": high}[end]


def difference(known: Known, number: int, end: End, shift: Shift) -> float:
    """The slope over a small step to both sides."""
    return (value(known, number, end, *shift(STEP)) - value(known, number, end, *shift(-STEP))) / (2 * STEP)


def moved(ends: Interval, end: int, by: float) -> Interval:
    return (ends[0] + by, ends[1]) if end == 0 else (ends[0], ends[1] + by)


def shifts(known: Known) -> dict[tuple[str, str, int], Shift]:
    """For every check's ends, step, undercut and end of a band: how to move it."""
    snap, amap = known.snap, known.snap.amap

    def of_check(check: str, end: int) -> Shift:
        def shift(by: float) -> tuple[Snapshot, Sequence[Score]]:
            scores = list(known.scores)
            for j in known.bearings[check]:
                scores[j] = replace(scores[j], interval=moved(scores[j].interval, end, by))
            return snap, scores

        return shift

    def of_weight(field: str, index: int) -> Shift:
        def shift(by: float) -> tuple[Snapshot, Sequence[Score]]:
            weights = list(getattr(snap, field))
            weights[index] += by
            return replace(snap, **{field: tuple(weights)}), known.scores

        return shift

    def of_band(end: int) -> Shift:
        def shift(by: float) -> tuple[Snapshot, Sequence[Score]]:
            scale = replace(snap.scale, unchecked=moved(snap.scale.unchecked, end, by))
            return replace(snap, scale=scale), known.scores

        return shift

    found: dict[tuple[str, str, int], Shift] = {}
    for end in (0, 1):
        found.update({("check", check, end): of_check(check, end) for check in known.bearings})
        found["band", "unchecked", end] = of_band(end)
    found.update({("step", step.id, 0): of_weight("omega", i) for i, step in enumerate(amap.steps)})
    found.update({("cut", cut.id, 0): of_weight("cut_weight", k) for k, cut in enumerate(amap.undercuts)})
    return found


def slope(slopes: Gradient, kind: str, item: str, end: int) -> float:
    match kind:
        case "check":
            return slopes.checks.get(item, (0.0, 0.0))[end]
        case "band":
            return slopes.bands.get(item, (0.0, 0.0))[end]
        case "step":
            return slopes.steps.get(item, 0.0)
        case _:
            return slopes.undercuts.get(item, 0.0)


@settings(max_examples=120, deadline=None)
@given(RANDOM, st.booleans(), st.sampled_from(ENDS))
def test_the_adjoint_is_the_central_difference(r: Random, cyclic: bool, end: End) -> None:
    made, found = random_case(r, cyclic=cyclic)
    known = known_of(argument_map(made), made, found)
    for number, name in enumerate(known.snap.ids):
        slopes = gradient(known, name, end)
        if slopes.kinks or slopes.singular:
            continue
        for (kind, item, which), shift in shifts(known).items():
            expected = difference(known, number, end, shift)
            assert slope(slopes, kind, item, which) == pytest.approx(expected, abs=1e-5, rel=1e-4), (
                name,
                kind,
                item,
                which,
            )


def test_random_maps_have_slopes_around_circles() -> None:
    """What the test above compares is not all zero, and some of it runs around circles."""
    around = 0
    for seed in range(60):
        made, found = random_case(Random(seed), cyclic=True)
        known = known_of(argument_map(made), made, found)
        for number, name in enumerate(known.snap.ids):
            slopes = gradient(known, name)
            if known.snap.cyclic[known.snap.component[number]] and not slopes.kinks:
                around += bool(slopes.steps)
    assert around >= 20


def test_a_slope_by_hand() -> None:
    """s = 1/(1 + e^−L), L = logit ½ + ω·(2s′ − 1): ds/ds′ = s(1 − s)·2ω, for a premise at 0.95."""
    claims = [claim("a"), claim("b", checks=["k"], supports=[("a", "strong")])]
    made = base(claims, scale=Scale(unchecked=(0.5, 0.5)))
    known = known_of(argument_map(made), made, results(k="holds"))
    slopes = gradient(known, "a")
    s = known.middle(0)
    assert slopes.check("k") == pytest.approx(s * (1 - s) * 2 * 2.302585, rel=1e-6)
    assert slopes.steps["b--supports--a"] == pytest.approx(s * (1 - s) * 0.9)
    assert slopes.bases["b"] == slopes.checks["k"]
    assert not slopes.kinks


def test_a_dead_reason_has_no_slope() -> None:
    made = base([claim("a"), claim("b", checks=["k"], supports=[("a", "strong")])])
    known = known_of(argument_map(made), made, results(k="fails"))
    slopes = gradient(known, "a")
    assert slopes.check("k") == 0
    assert not slopes.steps


def test_a_premise_at_one_half_is_a_kink() -> None:
    made = base([claim("a"), claim("b", checks=["k"], supports=[("a", "strong")])])
    half = {"k": result("k", "holds", provisional=True)}
    assert gradient(known_of(argument_map(made), made, half), "a", "low").kinks == ("a",)
    assert gradient(known_of(argument_map(made), made, results(k="holds")), "a", "low").kinks == ()


def test_a_check_that_decides_two_ways_names_where_they_meet() -> None:
    made = base([claim("a", checks=["k", "l"])])
    known = known_of(argument_map(made), made, results(k="holds", l="holds"))
    assert gradient(known, "a").kinks == ("a",)


def test_a_long_chain_has_a_gradient() -> None:
    n = 5_000
    claims = [claim("c0")]
    claims += [claim(f"c{i}", supports=[(f"c{i - 1}", "decisive")]) for i in range(1, n)]
    claims[-1] = replace(claims[-1], checks=claim("x", checks=["k"]).checks)
    made = base([replace(c, checks=tuple(replace(b, claim=c.id) for b in c.checks)) for c in claims])
    known = known_of(argument_map(made), made, results(k="holds"))
    slopes = gradient(known, "c0")
    assert len(slopes.steps) == n - 1
    assert slopes.check("k") > 0


def test_an_unknown_claim_is_refused() -> None:
    made = base([claim("a")])
    with pytest.raises(KeyError):
        gradient(known_of(argument_map(made), made, {}), "b")


def test_bands_count_the_checks_that_did_not_run() -> None:
    made = base([claim("a"), claim("b", checks=["k"], supports=[("a", "strong")])])
    known = known_of(argument_map(made), made, {})
    low, high = gradient(known, "a", "high").bands["not_run"]
    assert (low, high > 0) == (0.0, True)
