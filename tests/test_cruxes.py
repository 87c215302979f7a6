"""Cruxes and what to check next, against trying everything on small random maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import Base, Bearing, Result, Standing, Verdict
from kb.standing import bounding
from kb.standing.bounding import possible
from kb.standing.cone import cone
from kb.standing.cruxes import Change, Crux, cruxes, said
from kb.standing.resolving import Known, known_of, resolve
from kb.standing.supposing import supposed
from kb.standing.worth import worth_checking
from tests.standing_maps import base, claim, random_case, random_result, result, results

RANDOM = st.integers(0, 2**48).map(Random)
MAPS = settings(max_examples=80, deadline=None)
VERDICTS = (Verdict.HOLDS, Verdict.FAILS)
PLENTY = 10**6


def solved(made: Base, found: Mapping[str, Result]) -> Known:
    return known_of(argument_map(made), made, found)


def single_changes(known: Known, made: Base, *, claims: bool, target: int) -> list[list[Change]]:
    """All changes of each check that bears on anything, and of each open claim without a check."""
    free = []
    for check in known.bearings:
        outcome = known.results.get(check)
        before = None if outcome is None else outcome.verdict
        unsure = outcome is not None and outcome.ran and outcome.provisional
        changes = [Change("check", check, before, v, unsure) for v in VERDICTS if v is not before or unsure]
        free.append(changes)
    for number, name in enumerate(known.snap.ids):
        checked = any(b.bears in ("direct", "part", "corroborates") for b in made.claims[name].checks)
        if claims and number != target and not checked and known.standing(number) is Standing.OPEN:
            free.append([Change("claim", name, None, v) for v in VERDICTS])
    return free


def after(known: Known, made: Base, changes: Sequence[Change]) -> Known:
    """The map solved anew with some changes; a claim is decided by giving it a check."""
    found = dict(known.results)
    decided = {}
    for change in changes:
        if change.kind == "check":
            found[change.id] = supposed(made.checks[change.id], change.after, made)
        else:
            strength = 0.95 if change.after is Verdict.HOLDS else 0.05
            decided[known.snap.number[change.id]] = (strength, strength)
    return resolve(solved(made, found), {}, decided)


def all_sets(free: Sequence[Sequence[Change]], largest: int) -> Iterator[tuple[Change, ...]]:
    for size in range(1, largest + 1):
        for some in combinations(free, size):
            yield from product(*some)


def minimal_flips(
    known: Known, made: Base, target: int, sets: Iterator[tuple[Change, ...]]
) -> dict[frozenset[Change], Standing]:
    found: dict[frozenset[Change], Standing] = {}
    for changes in sets:
        together = frozenset(changes)
        if not any(smaller < together for smaller in found):
            label = after(known, made, changes).standing(target)
            if label is not known.standing(target):
                found[together] = label
    return found


def as_sets(found: Sequence[Crux]) -> dict[frozenset[Change], Standing]:
    return {frozenset(crux.changes): crux.standing for crux in found}


@MAPS
@given(RANDOM, st.booleans())
def test_cruxes_are_all_minimal_sets_that_flip(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    known = solved(made, found)
    for target, name in enumerate(known.snap.ids):
        free = single_changes(known, made, claims=False, target=target)
        expected = minimal_flips(known, made, target, all_sets(free, 3))
        got = cruxes(known, name, largest=3, budget=PLENTY)
        assert as_sets(got.found) == expected
        assert not got.stopped
        assert got.searched == 3
        if got.settled:
            assert not minimal_flips(known, made, target, all_sets(free, len(free)))


@settings(max_examples=40, deadline=None)
@given(RANDOM, st.booleans())
def test_claims_without_a_check_may_be_decided_too(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic, most=5)
    known = solved(made, found)
    for target, name in enumerate(known.snap.ids):
        free = single_changes(known, made, claims=True, target=target)
        expected = minimal_flips(known, made, target, all_sets(free, 2))
        got = cruxes(known, name, claims=True, largest=2, budget=PLENTY)
        assert as_sets(got.found) == expected


@MAPS
@given(RANDOM, st.booleans())
def test_every_crux_is_certified(r: Random, cyclic: bool) -> None:
    """Solved in full, each set gives the label and the interval that were reported."""
    made, found = random_case(r, cyclic=cyclic)
    known = solved(made, found)
    for target, name in enumerate(known.snap.ids):
        for crux in cruxes(known, name).found:
            again = after(known, made, crux.changes)
            assert again.standing(target) is crux.standing is not known.standing(target)
            assert again.interval(target) == pytest.approx(crux.strength, abs=1e-12)


@settings(max_examples=300, deadline=None)
@given(RANDOM, st.booleans())
def test_no_label_outside_the_bound_is_ever_reached(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    known = solved(made, found)
    checks = r.sample(list(made.checks), 3)
    options = {check: [found.get(check), *(random_result(r, check) for _ in range(2))] for check in checks}
    reached = [
        resolve(known, dict(zip(options, chosen, strict=True))) for chosen in product(*options.values())
    ]
    for target in range(len(known.snap.ids)):
        bound = possible(known, options, target)
        assert {one.standing(target) for one in reached} <= bound


def test_the_bound_rules_something_out() -> None:
    ruled_out = 0
    for seed in range(100):
        made, found = random_case(Random(seed), cyclic=seed % 2 == 0)
        known = solved(made, found)
        options = {c: [found.get(c), *(result(c, v) for v in ("holds", "fails"))] for c in made.checks}
        ruled_out += sum(len(possible(known, options, i)) < 3 for i in range(len(known.snap.ids)))
    assert ruled_out > 100


def test_a_bound_that_forgets_the_far_end_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: with the ends of the hulls mixed up, some set that flips is pruned."""
    whole = bounding._hulls
    monkeypatch.setattr(bounding, "_hulls", lambda found: tuple(reversed(whole(found))))
    missed = 0
    for seed in range(80):
        made, found = random_case(Random(seed))
        known = solved(made, found)
        for target, name in enumerate(known.snap.ids):
            free = single_changes(known, made, claims=False, target=target)
            got = cruxes(known, name, largest=1, budget=PLENTY)
            missed += as_sets(got.found) != minimal_flips(known, made, target, all_sets(free, 1))
    assert missed


@MAPS
@given(RANDOM, st.booleans())
def test_the_cone_of_a_claim_is_enough(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    amap = argument_map(made)
    whole = known_of(amap, made, found)
    for number, name in enumerate(amap.claims):
        part = known_of(cone(amap, name), made, found)
        own = part.snap.number[name]
        assert part.interval(own) == pytest.approx(whole.interval(number), abs=1e-12)
        assert part.standing(own) is whole.standing(number)


@MAPS
@given(RANDOM, st.booleans())
def test_solving_again_is_solving_in_full(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    known = solved(made, found)
    changed = {name: random_result(r, name) for name in r.sample(list(made.checks), 2)}
    left = {**found, **changed}
    whole = solved(made, {name: outcome for name, outcome in left.items() if outcome is not None})
    again = resolve(known, changed)
    assert again.results == whole.results
    for number in range(len(known.snap.ids)):
        assert again.interval(number) == pytest.approx(whole.interval(number), abs=1e-12)
        assert again.standing(number) is whole.standing(number)


def two_pillars() -> Base:
    return base(
        [
            claim("a"),
            claim("b", checks=["k"], supports=[("a", "decisive")]),
            claim("c", checks=["l"], supports=[("a", "decisive")]),
            claim("d", checks=["m"], supports=["b"]),
        ]
    )


def test_two_pillars_must_both_fall() -> None:
    known = solved(two_pillars(), results(k="holds", l="holds", m="holds"))
    got = cruxes(known, "a")
    assert [{c.id for c in crux.changes} for crux in got.found] == [{"k", "l"}]
    assert got.found[0].standing is Standing.OPEN
    assert said(got).startswith("One set would flip it, the smallest of two changes. Of the two checks")


def test_an_early_stop_is_said() -> None:
    known = solved(two_pillars(), results(k="holds", l="holds", m="holds"))
    got = cruxes(known, "a", budget=4)
    assert (got.stopped, got.searched, got.solves) == (True, 1, 4)
    assert "stopped early" in said(got)
    assert not cruxes(known, "a", budget=1).searched


def test_nothing_flips_what_no_check_could() -> None:
    made = base([claim("a"), claim("b", checks=["k"], supports=["a"])])
    got = cruxes(solved(made, {}), "a")
    assert (got.settled, got.found) == (True, ())
    assert said(got).startswith("Nothing that could come of the one check")
    alone = cruxes(solved(base([claim("a")]), {}), "a")
    assert said(alone).startswith("No check bears on this claim")


def test_nothing_is_proved_of_a_check_that_may_hold_more_surely() -> None:
    """At P = 0.93 it leaves the claim open; it would stand at P = 1, though the verdict is the same."""
    made = base([claim("a"), claim("b", checks=["k"], supports=[("a", "strong")])])
    unsure, sure = {"k": result("k", "holds", 0.93)}, {"k": result("k", "holds", 1.0)}
    got = cruxes(solved(made, unsure), "a")
    assert (got.standing, got.settled) == (Standing.OPEN, False)
    assert solved(made, sure).standing(0) is Standing.STANDS


def test_only_one_direction_is_wanted() -> None:
    made = base([claim("a", checks=["k"])])
    found = {"k": result("k", "inconclusive", 0.5)}
    assert len(cruxes(solved(made, found), "a").found) == 2
    falling = cruxes(solved(made, found), "a", to=Standing.FALLS)
    assert [crux.changes[0].after for crux in falling.found] == [Verdict.FAILS]


# --- what to check next -------------------------------------------------------


def test_what_to_check_next_by_hand() -> None:
    """An unrun check of a strong premise, an inconclusive proxy, an untested claim; and a done one."""
    claims = [
        claim("thesis", checks=[Bearing("proxy", bears="proxy")]),
        claim("premise", checks=["unrun"], supports=[("thesis", "decisive")]),
        claim("open", attacks=["thesis"]),
        claim("done", checks=["ran"], supports=["thesis"]),
    ]
    made = base(claims)
    found = {"proxy": result("proxy", "inconclusive", 0.8), "ran": result("ran", "holds")}
    known = solved(made, found)
    order = worth_checking(known, ["thesis"])
    assert [(w.kind, w.id, w.flips) for w in order] == [
        ("check", "unrun", 1),
        ("check", "proxy", 0),
        ("claim", "open", 0),
    ]
    assert [outcome.weight for outcome in order[0].outcomes] == [0.5, 0.5]
    assert [outcome.weight for outcome in order[1].outcomes] == pytest.approx([0.8, 0.2])


@MAPS
@given(RANDOM, st.booleans())
def test_what_moves_a_thesis_is_what_solving_in_full_says(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    known = solved(made, found)
    for worth in worth_checking(known, ["c0", "c1"]):
        if worth.kind == "claim":
            continue
        total = 0.0
        for outcome in worth.outcomes:
            whole = solved(made, {**found, worth.id: supposed(made.checks[worth.id], outcome.verdict, made)})
            for effect in outcome.effects:
                number = known.snap.number[effect.thesis]
                assert whole.interval(number) == pytest.approx(effect.after, abs=1e-12)
                assert effect.flips == (whole.standing(number) is not known.standing(number))
                total += outcome.weight * abs(whole.middle(number) - known.middle(number))
        assert worth.expected == pytest.approx(total)
