"""The traps a standing must not fall into, each as a property of random maps, with an example that bites.

What decides a claim is read off the files and the results here, never asked of ``kb.standing``: a test that
took it from there would pass whatever was computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import STRENGTHS, Base, Bearing, Claim, Interval, Result, Scale, Standing, Step
from kb.standing import Accounts, solve
from kb.standing.resolving import known_of
from kb.standing.rivals import SEMANTICS
from kb.standing.robustness import standings_by
from tests.standing_maps import base, check, claim, random_case, result

SLACK = 1e-9
RANDOM = st.integers(0, 2**48).map(Random)
MAPS = settings(max_examples=150, deadline=None)
UNRUN = (None, "could-not-run", "stale")


def solved(made: Base, found: Mapping[str, Result], **options: bool) -> Accounts:
    return solve(argument_map(made), made, found, **options)


def said(accounts: Accounts) -> dict[str, tuple[Standing, str, Interval]]:
    return {name: (a.standing, a.open_reason, a.strength) for name, a in accounts.items()}


def inside(inner: Interval, outer: Interval) -> bool:
    return outer[0] - SLACK <= inner[0] and inner[1] <= outer[1] + SLACK


def with_checks(made: Base, *more: Any) -> Base:
    """The base with checks that have no bearing yet."""
    return replace(made, checks={**made.checks, **{item.id: item for item in more}})


def bearing_on(made: Base, name: str, bearing: Bearing, *, first: bool) -> Base:
    """The base with one more check on a claim, before or after its others."""
    owner = made.claims[name]
    checks = (bearing, *owner.checks) if first else (*owner.checks, bearing)
    return replace(made, claims={**made.claims, name: replace(owner, checks=checks)})


def decided_case(r: Random, **kinds: Any) -> tuple[Base, dict[str, Result]]:
    """A random map in which checks of their own decide some of the claims that had none."""
    made, found = random_case(r, **kinds)
    found = dict(found)
    for c in [c for c in made.claims.values() if not c.checks and r.random() < 0.7]:
        made = with_checks(made, check(f"of-{c.id}"))
        made = bearing_on(made, c.id, Bearing(f"of-{c.id}", claim=c.id), first=True)
        found[f"of-{c.id}"] = result(f"of-{c.id}", r.choice(["holds", "fails"]))
    return made, found


def plain_verdict(c: Claim, found: Mapping[str, Result]) -> str:
    """What the one direct check of a claim says, when it is all that could set the claim's score; else ""."""
    setting = [b for b in c.checks if b.bears in ("direct", "part", "corroborates")]
    if len(setting) != 1 or setting[0].bears != "direct":
        return ""
    outcome = found.get(setting[0].check)
    if outcome is None or outcome.provisional or outcome.verdict not in ("holds", "fails"):
        return ""
    return str(outcome.verdict)


def undisputed(made: Base) -> set[str]:
    """The claims with no check that anything undercuts."""
    targets = {cut.target for c in made.claims.values() for cut in c.undercuts}
    return {c.id for c in made.claims.values() if not any(f"{b.check} > {c.id}" in targets for b in c.checks)}


# --- a check that was not run ------------------------------------------------------


@MAPS
@given(RANDOM, st.booleans(), st.sampled_from(["direct", "corroborates", "proxy", "context"]))
def test_one_more_check_that_was_not_run_keeps_every_label(r: Random, cyclic: bool, bears: str) -> None:
    """On a decided claim, wherever it stands in the file, deciding or not; nor does any other claim move."""
    made, found = decided_case(r, cyclic=cyclic)
    before = said(solved(made, found))
    decided = [c.id for c in made.claims.values() if plain_verdict(c, found)]
    if not decided:
        return
    name, unrun = r.choice(decided), r.choice(UNRUN)
    more = with_checks(made, check("new", decides=r.random() < 0.5))
    more = bearing_on(more, name, Bearing("new", bears=bears, claim=name), first=r.random() < 0.5)
    if unrun:
        found = {**found, "new": result("new", unrun)}
    assert said(solved(more, found)) == before


@pytest.mark.parametrize("unrun", UNRUN)
def test_half_of_a_conjunction_and_a_required_check_are_waited_for(unrun: str | None) -> None:
    """The two exceptions: another half may yet refute the claim, and `required` says that it is needed."""
    found = {"k": result("k", "holds")} | ({"new": result("new", unrun)} if unrun else {})
    halves = claim("a", checks=[Bearing("k", bears="part"), Bearing("new", bears="part")])
    needed = claim("b", checks=["k", "new"])
    made = with_checks(base([halves, needed]), check("new", required=True))
    for account in solved(made, found).values():
        assert (account.standing, account.open_reason) == (Standing.OPEN, "not run")
    failing = {**found, "k": result("k", "fails")}
    assert solved(base([halves]), failing)["a"].standing is Standing.FALLS


@MAPS
@given(RANDOM, st.integers(1, 12), st.sampled_from(["direct", "part"]), st.sampled_from(UNRUN))
def test_nothing_supports_a_claim_past_its_only_check(
    r: Random, supports: int, bears: str, unrun: str | None
) -> None:
    sure = [claim(f"s{i}", checks=[f"k{i}"], supports=[("a", "decisive")]) for i in range(supports)]
    found = {f"k{i}": result(f"k{i}", "holds") for i in range(supports)}
    tested = claim("a", checks=[Bearing("own", bears=bears)], supports=[("b", "decisive")])
    if unrun:
        found["own"] = result("own", unrun)
    accounts = solved(base([tested, claim("b"), *sure]), found)
    assert accounts["a"].standing is Standing.OPEN
    assert accounts["a"].open_reason == "not run"
    assert accounts["a"].strength == (0.02, 0.98)
    assert accounts["b"].standing is Standing.OPEN
    assert accounts.crisp["a"] == "undecided"
    # The same claim without the check does stand, so it is the check that holds it open.
    free = solved(base([replace(tested, checks=()), claim("b"), *sure]), found)
    assert free["a"].standing is Standing.STANDS


# --- the same thing said twice --------------------------------------------------------


@MAPS
@given(RANDOM, st.booleans())
def test_a_reason_again_under_another_id_on_the_same_check_changes_nothing(r: Random, cyclic: bool) -> None:
    """Said by another claim on the same check, no stronger, linked premises and both signs included."""
    made, found = decided_case(r, cyclic=cyclic, kinds=("direct", "part", "corroborates"))
    targets = {cut.target for c in made.claims.values() for cut in c.undercuts}
    decided = {c.id for c in made.claims.values() if plain_verdict(c, found)} & undisputed(made)
    steps = [
        s for c in made.claims.values() for s in c.steps if s.id not in targets and s.premises[0] in decided
    ]
    if not steps:
        return
    step = r.choice(steps)
    first, *linked = step.premises
    twin = Claim(
        "twin",
        "The same in other words.",
        steps=(
            replace(
                step,
                id="again",
                premises=("twin", *linked),
                strength=r.choice(STRENGTHS[: STRENGTHS.index(step.strength) + 1]),
            ),
        ),
        checks=tuple(replace(b, claim="twin") for b in made.claims[first].checks),
    )
    before, after = solved(made, found), solved(replace(made, claims={**made.claims, "twin": twin}), found)
    for name in made.claims:
        assert after[name].strength == pytest.approx(before[name].strength, abs=SLACK)
        assert after[name].standing is before[name].standing


def test_the_same_reason_on_another_check_does_count() -> None:
    """So the property above is not true of every second reason."""
    claims = [claim("a"), *(claim(f"s{i}", checks=[f"k{i}"], supports=[("a", "moderate")]) for i in range(2))]
    found = {f"k{i}": result(f"k{i}", "holds") for i in range(2)}
    assert solved(base(claims[:2]), found)["a"].standing is Standing.OPEN
    assert solved(base(claims), found)["a"].standing is Standing.STANDS


# --- rivals without evidence ---------------------------------------------------------


@MAPS
@given(
    st.sampled_from(STRENGTHS),
    st.sampled_from(STRENGTHS),
    st.integers(0, 8),
    st.integers(0, 8),
    st.sampled_from(STRENGTHS),
)
def test_two_rivals_without_evidence_are_both_open(
    one: str, other: str, friends: int, foes: int, strength: str
) -> None:
    """However heavily they attack each other, and however many unchecked files take a side."""
    crowd = [claim(f"f{i}", supports=[("a", strength)], attacks=[("b", strength)]) for i in range(friends)]
    crowd += [claim(f"g{i}", supports=[("b", strength)]) for i in range(foes)]
    rivals = [claim("a", attacks=[("b", one)]), claim("b", attacks=[("a", other)])]
    accounts = solved(base([*rivals, *crowd]), {})
    assert {accounts[name].standing for name in "ab"} == {Standing.OPEN}
    assert {accounts.crisp[name] for name in "ab"} == {"undecided"}


def test_evidence_for_one_rival_settles_both() -> None:
    """So rivals are not open whatever is known."""
    rivals = [claim("a", attacks=[("b", "decisive")]), claim("b", attacks=[("a", "weak")])]
    witnesses = [claim(f"s{i}", checks=[f"k{i}"], supports=[("a", "decisive")]) for i in range(2)]
    accounts = solved(base([*rivals, *witnesses]), {f"k{i}": result(f"k{i}", "holds") for i in range(2)})
    assert accounts["a"].standing is Standing.STANDS
    assert accounts["b"].standing is Standing.FALLS


# --- priors -----------------------------------------------------------------------


@MAPS
@given(RANDOM, st.booleans())
def test_no_prior_alters_a_standing(r: Random, cyclic: bool) -> None:
    """Neither the default one nor the crisp reading nor any other semantics."""
    made, found = random_case(r, cyclic=cyclic)
    told = replace(made, claims={n: replace(c, prior=r.random()) for n, c in made.claims.items()})
    with_priors, without = solved(told, found), solved(made, found)
    assert dict(with_priors) == dict(without)
    assert with_priors.crisp == without.crisp
    for name in SEMANTICS:
        known = [known_of(argument_map(some), some, found) for some in (told, made)]
        assert standings_by(known[0], name) == standings_by(known[1], name)


def test_a_prior_counts_where_it_is_asked_for() -> None:
    made = base([claim("a", prior=0.9)])
    assert solved(made, {})["a"].standing is Standing.OPEN
    assert solved(made, {}, use_priors=True)["a"].standing is Standing.STANDS


# --- narrowing an input -----------------------------------------------------------


def narrower(r: Random, outer: Interval) -> Interval:
    """A band inside another, or the same."""
    if r.random() < 0.4:
        return outer
    low, high = sorted(r.uniform(*outer) for _ in range(2))
    return low, high


def of_reasons(made: Base) -> Base:
    """At most one check a claim, and no undercut of one that sets a score: documented exceptions."""

    setting = {
        f"{b.check} > {c.id}" for c in made.claims.values() for b in c.checks if b.bears in ("direct", "part")
    }
    taken = set(setting)
    while more := {u.id for c in made.claims.values() for u in c.undercuts if u.target in taken} - taken:
        taken |= more
    claims = {
        name: replace(
            c, checks=c.checks[:1], undercuts=tuple(u for u in c.undercuts if u.target not in taken)
        )
        for name, c in made.claims.items()
    }
    alive = {
        *(s.id for c in claims.values() for s in c.steps),
        *(f"{b.check} > {c.id}" for c in claims.values() for b in c.checks),
    }
    cuts = [u for c in claims.values() for u in c.undercuts]
    while more := {u.id for u in cuts if u.target in alive} - alive:
        alive |= more
    return replace(
        made,
        claims={
            name: replace(c, undercuts=tuple(u for u in c.undercuts if u.id in alive))
            for name, c in claims.items()
        },
    )


@MAPS
@given(RANDOM, st.booleans())
def test_narrowing_any_band_never_widens_an_interval(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic, kinds=("direct", "part", "proxy"))
    made, scale = of_reasons(made), Scale()
    less = replace(
        scale,
        unchecked=narrower(r, scale.unchecked),
        not_run=narrower(r, scale.not_run),
        inconclusive=narrower(r, scale.inconclusive),
    )
    narrow = replace(made, config=replace(made.config, scale=less))
    before, after = solved(made, found), solved(narrow, found)
    assert all(inside(after[name].strength, before[name].strength) for name in made.claims)


@MAPS
@given(RANDOM, st.booleans())
def test_narrowing_one_check_never_widens_an_interval(r: Random, cyclic: bool) -> None:
    """From not run, to inconclusive about a chance, to a verdict on its side of one half."""
    made, found = random_case(r, cyclic=cyclic, kinds=("direct", "part", "proxy"))
    made, name = of_reasons(made), r.choice(["k0", "k1", "k2"])
    p = r.random()
    stages = (
        result(name, "could-not-run"),
        result(name, "inconclusive", p),
        replace(result(name, "holds" if p > 0.5 else "fails", p), provisional=False),
    )
    made = with_checks(made, check(name))
    wide, middle, narrow = (solved(made, {**found, name: stage}) for stage in stages)
    for claim_id in made.claims:
        assert inside(middle[claim_id].strength, wide[claim_id].strength)
        assert inside(narrow[claim_id].strength, middle[claim_id].strength)


def test_narrowing_does_narrow() -> None:
    made = base([claim("a"), claim("b", attacks=[("a", "strong")])])
    narrow = replace(made, config=replace(made.config, scale=Scale(unchecked=(0.4, 0.6))))
    wide, less = solved(made, {})["a"].strength, solved(narrow, {})["a"].strength
    assert inside(less, wide)
    assert less[1] - less[0] < wide[1] - wide[0] - 0.1


def test_only_a_dispute_of_a_check_may_widen_what_was_decided() -> None:
    """The exception, on purpose: an undercut of a check counts once its premise has been shown."""
    made = base([claim("a", checks=["k"]), claim("u", checks=["ku"], undercuts=["k > a"])])
    found = {"k": result("k", "holds")}
    assert solved(made, found)["a"].strength == pytest.approx((0.95, 0.95))
    shown = solved(made, {**found, "ku": result("ku", "holds")})["a"]
    assert shown.strength == pytest.approx((0.1 * 0.95 + 0.9 * 0.2, 0.1 * 0.95 + 0.9 * 0.8))
    assert shown.open_reason == "contested"


# --- crisp and gradual -----------------------------------------------------------


def decided_plainly(made: Base, found: Mapping[str, Result]) -> Iterator[tuple[str, str]]:
    """Claims with one direct check, undisputed, that holds or fails; and which of the two."""
    free = undisputed(made)
    for c in made.claims.values():
        if c.id in free and (verdict := plain_verdict(c, found)):
            yield c.id, verdict


@MAPS
@given(RANDOM, st.booleans())
def test_crisp_and_gradual_say_what_the_check_says(r: Random, cyclic: bool) -> None:
    """Whatever argues about it; neither reading is compared with the other, but with the verdict."""
    made, found = decided_case(r, cyclic=cyclic)
    accounts = solved(made, found)
    for name, verdict in decided_plainly(made, found):
        assert accounts[name].decided
        assert accounts[name].standing is (Standing.STANDS if verdict == "holds" else Standing.FALLS)
        assert accounts.crisp[name] == ("in" if verdict == "holds" else "out")


def test_a_crowd_moves_neither_reading_of_what_a_check_decided() -> None:
    crowd = [
        replace(
            claim(f"m{i}", checks=[f"k{i}"]),
            steps=(Step(f"s{i}", "attacks", (f"m{i}",), "a", "decisive"),),
        )
        for i in range(30)
    ]
    found = {b.check: result(b.check, "holds") for c in crowd for b in c.checks}
    accounts = solved(base([claim("a", checks=["k"]), *crowd]), {**found, "k": result("k", "holds")})
    assert (accounts["a"].standing, accounts.crisp["a"]) == (Standing.STANDS, "in")
    assert len(accounts["a"].tension) == 30


def test_the_random_maps_decide_something() -> None:
    """Or the properties above would hold for want of cases."""
    verdicts = [
        verdict
        for seed in range(100)
        for _, verdict in decided_plainly(*decided_case(Random(seed), cyclic=True))
    ]
    assert min(verdicts.count("holds"), verdicts.count("fails")) > 50
