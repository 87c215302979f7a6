"""Shapley values of checks: the axioms that single them out, and the refusal of too many."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import Base, Bearing, Result
from kb.standing import solve
from kb.standing.resolving import known_of
from kb.standing.shapley import MOST, TooManyChecks, shares
from tests.standing_maps import base, claim, random_case, results

RANDOM = st.integers(0, 2**48).map(Random)


def middle(made: Base, found: Mapping[str, Result], name: str) -> float:
    low, high = solve(argument_map(made), made, found)[name].strength
    return (low + high) / 2


@settings(max_examples=60, deadline=None)
@given(RANDOM, st.booleans())
def test_efficiency(r: Random, cyclic: bool) -> None:
    """Values add up to the middle with all checks less that with none, both solved in full."""
    made, found = random_case(r, cyclic=cyclic)
    known = known_of(argument_map(made), made, found)
    for name in made.claims:
        split = shares(known, name)
        without = {check: outcome for check, outcome in found.items() if check not in split.values}
        assert split.with_all == pytest.approx(middle(made, found, name), abs=1e-12)
        assert split.with_none == pytest.approx(middle(made, without, name), abs=1e-12)
        assert fsum(split.values.values()) == pytest.approx(split.with_all - split.with_none, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(RANDOM)
def test_checks_outside_change_nothing(r: Random) -> None:
    """A check that is no player does not move the claim, so its value would be 0."""
    made, found = random_case(r)
    known = known_of(argument_map(made), made, found)
    for name in made.claims:
        for check in found.keys() - shares(known, name).values.keys():
            less = {other: outcome for other, outcome in found.items() if other != check}
            assert middle(made, less, name) == pytest.approx(middle(made, found, name), abs=1e-12)


def test_symmetry() -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("c", checks=["l"], supports=[("a", "strong")]),
    ]
    made = base(claims)
    known = known_of(argument_map(made), made, results(k="holds", l="holds"))
    values = shares(known, "a").values
    assert values["k"] == pytest.approx(values["l"], abs=1e-12)
    assert values["k"] > 0


def test_a_null_player_gets_nothing() -> None:
    """A context check, and a check of a claim without any relation, have no part in it."""
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("c", checks=[Bearing("l", bears="context")], supports=["a"]),
        claim("d", checks=["m"]),
    ]
    made = base(claims)
    known = known_of(argument_map(made), made, results(k="holds", l="holds", m="holds"))
    assert list(shares(known, "a").values) == ["k"]


def test_too_many_checks_are_refused() -> None:
    claims = [claim("a")]
    claims += [claim(f"b{i}", checks=[f"k{i}"], supports=["a"]) for i in range(MOST + 1)]
    made = base(claims)
    found = results(**{f"k{i}": "holds" for i in range(MOST + 1)})
    with pytest.raises(TooManyChecks, match="13 checks"):
        shares(known_of(argument_map(made), made, found), "a")
