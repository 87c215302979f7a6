"""Theses judged by other semantics, base bands and strength scales: what changes one is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.cli import explaining
from kb.commands import arguing
from kb.graph import argument_map
from kb.model import Base, Claim, Question, Scale, Standing
from kb.standing import solve
from kb.standing.resolving import known_of
from kb.standing.rivals import SEMANTICS
from kb.standing.robustness import (
    BANDS,
    FACTORS,
    Robustness,
    ThesisRobustness,
    robustness,
    standings_by,
)
from tests.standing_maps import base, claim, random_case, result, results

RANDOM = st.integers(0, 2**48).map(Random)


def asking(made: Base, theses: Sequence[str]) -> Base:
    return replace(made, config=replace(made.config, questions=(Question("q", "Is it so?", tuple(theses)),)))


def judged(claims: Sequence[Claim], found: Any, *theses: str) -> Robustness:
    made = asking(base(claims), theses or ("a",))
    return robustness(argument_map(made), made, found)


def only(found: Robustness) -> ThesisRobustness:
    (thesis,) = found.theses
    return thesis


def test_every_choice_is_tried_once() -> None:
    thesis = only(judged([claim("a")], {}))
    assert [(o.choice.kind, o.choice.name) for o in thesis.outcomes] == [
        *(("semantics", name) for name in SEMANTICS),
        *(("base band", f"{low:g} to {high:g}") for low, high in BANDS),
        *(("strength scale", name) for name in FACTORS),
    ]


def test_what_a_check_decides_depends_on_nothing() -> None:
    found = judged([claim("a", "It is so.", checks=["k"])], results(k="holds"))
    assert only(found).changes == ()
    assert found.changing == ()
    assert all(o.strength == pytest.approx((0.95, 0.95)) for o in only(found).outcomes)
    assert only(found).words == "“It is so” stands under every semantics, base band and strength scale tried."


def test_a_check_that_did_not_run_leaves_a_thesis_open_whatever_is_chosen() -> None:
    backers = [claim(f"b{i}", checks=[f"k{i}"], supports=[("a", "decisive")]) for i in range(3)]
    found = judged([claim("a", checks=["missing"]), *backers], results(k0="holds", k1="holds", k2="holds"))
    assert {outcome.standing for outcome in only(found).outcomes} == {Standing.OPEN}


def test_a_base_band_that_changes_a_thesis_is_named() -> None:
    """−1.39 + 2.07 = 0.69 stands from 0.2; from 0.1 it is −2.20 + 2.07, and half of 2.07 is not enough."""
    claims = [claim("a", "It is so."), claim("b", checks=["k"], supports=[("a", "strong")])]
    thesis = only(judged(claims, results(k="holds")))
    assert thesis.standing is Standing.STANDS
    changed = {outcome.choice.name: outcome for outcome in thesis.changes}
    assert set(changed) == {"0.1 to 0.9", "halved"}
    assert changed["0.1 to 0.9"].strength[0] == pytest.approx(0.4688, abs=1e-4)
    assert changed["halved"].strength[0] == pytest.approx(0.4133, abs=1e-4)
    assert thesis.words == (
        "“It is so” stands, but is open where unchecked claims start at 0.1 to 0.9 "
        "and where the weight of every reason is halved."
    )


def test_a_semantics_that_changes_a_thesis_is_named() -> None:
    """A premise that nobody examined is worth nothing here, and a half to other semantics."""
    claims = [claim("a"), *(claim(f"b{i}", supports=[("a", "decisive")]) for i in range(3))]
    thesis = only(judged(claims, {}))
    assert thesis.standing is Standing.OPEN
    assert {o.choice.name for o in thesis.changes if o.choice.kind == "semantics"} == set(SEMANTICS)
    assert "stands under the DF-QuAD, quadratic energy, Euler-based and MLP-based semantics" in thesis.words


def test_a_stricter_standard_holds_under_every_choice() -> None:
    lax = [claim("a"), claim("b", checks=["k"], supports=[("a", "strong")])]
    strict = [replace(lax[0], standard="beyond-reasonable-doubt"), lax[1]]
    assert only(judged(lax, results(k="holds"))).standing is Standing.STANDS
    thesis = only(judged(strict, results(k="holds")))
    assert thesis.standing is Standing.OPEN
    assert {outcome.standing for outcome in thesis.outcomes if outcome.strength[0] < 0.9} == {Standing.OPEN}


def test_restated_theses_are_one_and_unknown_ones_none() -> None:
    claims = [claim("a"), claim("again", restates="a")]
    assert [t.thesis for t in judged(claims, {}, "again", "a", "no-such-claim").theses] == ["a"]


def test_a_circle_without_rest_leaves_its_claims_open() -> None:
    """Three that attack one another in turn, so heavily that they chase one another for ever."""
    scale = Scale(odds={"weak": 2.0, "moderate": 4.0, "strong": exp(10.5), "decisive": exp(20)})
    names = ["a", "b", "c"]
    claims = [claim(name, attacks=[(names[(i + 1) % 3], "decisive")]) for i, name in enumerate(names)]
    backers = [claim(f"z{n}", checks=[f"k{n}"], supports=[(n, "strong")]) for n in names]
    made = asking(base([*claims, *backers], scale=scale), ["a"])
    found = {f"k{n}": result(f"k{n}", "holds", p) for n, p in zip(names, (1.0, 0.95, 0.9), strict=True)}
    thesis = only(robustness(argument_map(made), made, found))
    mlp = next(o for o in thesis.outcomes if o.choice.name == "mlp")
    assert (mlp.standing, mlp.strength) == (Standing.OPEN, (0.0, 1.0))


@settings(max_examples=60, deadline=None)
@given(RANDOM, st.booleans())
def test_every_choice_is_what_solving_with_it_gives(r: Random, cyclic: bool) -> None:
    """Bands and scales against the whole way through ``solve`` with another kb.yaml."""
    made, found = random_case(r, cyclic=cyclic)
    made = asking(made, list(made.claims))
    amap = argument_map(made)
    judged = robustness(amap, made, found)
    scale = made.config.scale
    others = {f"{low:g} to {high:g}": replace(scale, unchecked=(low, high)) for low, high in BANDS}
    for name, factor in FACTORS.items():
        others[name] = replace(scale, odds={word: odds**factor for word, odds in scale.odds.items()})
    known = known_of(amap, made, found)
    for name in SEMANTICS:
        by_claim = standings_by(known, name)
        assert tuple(by_claim) == amap.claims
        for thesis in judged.theses:
            assert by_claim[thesis.thesis] in thesis.outcomes
    now = solve(amap, made, found)
    for thesis in judged.theses:
        assert thesis.standing is now[thesis.thesis].standing
        assert thesis.strength == pytest.approx(now[thesis.thesis].strength)
    for name, other in others.items():
        accounts = solve(amap, replace(made, config=replace(made.config, scale=other)), found)
        for thesis in judged.theses:
            outcome = next(o for o in thesis.outcomes if o.choice.name == name)
            assert outcome.strength == pytest.approx(accounts[thesis.thesis].strength, abs=1e-9)
            assert outcome.standing is accounts[thesis.thesis].standing
    assert set(judged.changing) == {thesis for thesis in judged.theses if thesis.changes}


def test_the_semantics_have_the_same_names_everywhere() -> None:
    """The command line and ``kb.commands`` list them apart, to name them without loading numpy."""
    assert tuple(SEMANTICS) == arguing.SEMANTICS
    assert (explaining.OURS, *SEMANTICS) == explaining.SEMANTICS
