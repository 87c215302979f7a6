"""What if: changed verdicts, strengths and relations; removal; reasons without a slope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import STRENGTHS, Base, Bearing, ReadingResult, Result, Scale, Standing, Step, Undercut, Verdict
from kb.standing import solve
from kb.standing.editing import UnknownRelation, relation_ids
from kb.standing.levers import levers
from kb.standing.removal import dead_reasons, removals
from kb.standing.resolving import known_of
from kb.standing.whatif import Changes, WhatIf, whatif
from tests.standing_maps import base, claim, random_case, result, results

RANDOM = st.integers(0, 2**48).map(Random)
MAPS = settings(max_examples=80, deadline=None)


def supposing(made: Base, found: Mapping[str, Result], **changes: object) -> WhatIf:
    return whatif(argument_map(made), made, found, Changes(**changes))  # type: ignore[arg-type]


def chain() -> Base:
    return base(
        [
            claim("a"),
            claim("b", supports=[("a", "strong")]),
            claim("c", checks=["k"], supports=[("b", "decisive")]),
            claim("aside", checks=["l"]),
        ]
    )


def test_a_verdict_travels_along_the_chain() -> None:
    told = supposing(chain(), results(k="holds", l="holds"), verdicts={"k": "fails"})
    assert {m.claim: (m.standing_before, m.standing_after) for m in told.moved if m.relabelled} == {
        "c": (Standing.STANDS, Standing.FALLS),
        "b": (Standing.STANDS, Standing.OPEN),
        "a": (Standing.STANDS, Standing.OPEN),
    }
    assert [m.claim for m in told.moved] == ["c", "b", "a"]
    assert {m.cause for m in told.moved} == {"k"}
    assert told.path("c") == ()
    assert [hop.relation for hop in told.path("a")] == ["c--supports--b", "b--supports--a"]
    assert told.unmoved == 1


def test_a_probability_is_a_verdict() -> None:
    made = base([claim("a", checks=["k"])])
    for p, verdict in ((0.95, Standing.STANDS), (0.5, Standing.OPEN), (0.02, Standing.FALLS)):
        told = supposing(made, {}, verdicts={"k": p})
        assert told.moved[0].standing_after is verdict or not told.moved
    with pytest.raises(ValueError, match="between 0 and 1"):
        supposing(made, {}, verdicts={"k": 1.5})


def test_relations_come_and_go() -> None:
    made, found = chain(), results(k="holds", l="holds")
    gone = supposing(made, found, remove=["c--supports--b"])
    assert gone.moved[0].claim == "b"
    assert gone.moved[0].cause == "c--supports--b"
    assert [hop.relation for hop in gone.path("a")] == ["b--supports--a"]
    new = Step("new", "attacks", ("aside",), "a", "decisive")
    more = supposing(made, found, add=[new])
    assert [(m.claim, m.cause) for m in more.moved] == [("a", "new")]
    cut = Undercut("cut", ("aside",), "c--supports--b")
    assert [m.claim for m in supposing(made, found, add=[cut]).moved] == ["b", "a"]
    weaker = supposing(made, found, strengths={"c--supports--b": "weak"})
    assert [m.claim for m in weaker.moved] == ["b", "a"]
    assert supposing(made, found, remove=["k > c"]).moved[0].standing_after is Standing.OPEN


def test_an_undercut_goes_with_what_it_takes() -> None:
    claims = [claim("a"), claim("b", supports=["a"]), claim("u", undercuts=["b--supports--a"])]
    made = base(claims)
    assert supposing(made, {}, remove=["b--supports--a"]).moved[0].claim == "a"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdicts": {"kk": "holds"}}, "no check 'kk'; did you mean k"),
        ({"remove": ["c--supports--bb"]}, "did you mean c--supports--b"),
        ({"strengths": {"c--supports--b": "wek"}}, "did you mean weak"),
        ({"strengths": {"nothing": "weak"}}, "no 'nothing'"),
        ({"add": [Step("s", "supports", ("nobody",), "a")]}, "no 'nobody'"),
        ({"add": [Step("s", "supports", ("a",), "a")]}, "its own premise"),
        ({"add": [Step("c--supports--b", "supports", ("c",), "b")]}, "is there already"),
        ({"add": [Undercut("u", ("a",), "nowhere")]}, "no 'nowhere'"),
    ],
)
def test_what_is_not_there_is_named(changes: dict[str, object], said: str) -> None:
    with pytest.raises(UnknownRelation) as error:
        supposing(chain(), {}, **changes)
    assert said in str(error.value)


def mixed(name: str) -> Result:
    readings = tuple(
        ReadingResult({"stock": stock, "year": year}, f"{stock} {year}", Verdict(verdict), p=p)
        for stock, year, verdict, p in (
            ("old", "x", "holds", 1.0),
            ("old", "y", "fails", 0.0),
            ("new", "x", "fails", 0.0),
            ("new", "y", "fails", 0.0),
        )
    )
    return result(name, "mixed", readings=readings)


def test_a_reading_settles_a_mixed_result() -> None:
    made = base([claim("a", checks=["k"])])
    found = {"k": mixed("k")}
    told = supposing(made, found, readings={"stock": "new"})
    assert (told.moved[0].standing_after, told.moved[0].cause) == (Standing.FALLS, "stock")
    assert supposing(made, found, readings={"stock": "old"}).moved == ()
    both = supposing(made, found, readings={"stock": "old", "year": "x"})
    assert both.moved[0].standing_after is Standing.STANDS
    assert supposing(made, found, readings={"planet": "mars"}).unused == ("planet",)
    with pytest.raises(UnknownRelation, match="did you mean new"):
        supposing(made, found, readings={"stock": "neww"})


def test_settings() -> None:
    claims = [claim("a", checks=["k"]), claim("b", prior=0.9), claim("c", checks=["l"])]
    made = base(claims)
    found = {"k": result("k", "holds", provisional=True), "l": result("l", "holds")}
    accepted = supposing(made, found, accept_unverified=True)
    assert [(m.claim, m.cause) for m in accepted.moved] == [("a", "unverified numbers accepted")]
    believed = supposing(made, found, use_priors=True)
    assert [(m.claim, m.cause) for m in believed.moved] == [("b", "the authors' priors")]
    banded = supposing(made, found, scale=Scale(unchecked=(0.4, 0.6)))
    assert [(m.claim, m.after) for m in banded.moved] == [("b", (0.4, 0.6))]


def test_an_accepted_proxy_moves_its_claim() -> None:
    made = base([claim("a", checks=[Bearing("k", bears="proxy")])])
    found = {"k": result("k", "holds", provisional=True)}
    assert [m.claim for m in supposing(made, found, accept_unverified=True).moved] == ["a"]


def test_a_check_that_bears_on_nothing_is_said() -> None:
    made = base([claim("a")], checks=base([claim("b", checks=["k"])]).checks.values())
    assert supposing(made, {}, verdicts={"k": "holds"}).unused == ("k",)


@MAPS
@given(RANDOM, st.booleans())
def test_what_moves_is_the_difference_of_two_solutions(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    amap = argument_map(made)
    check = r.choice(list(made.checks))
    verdict = r.choice(["holds", "fails", "inconclusive", "could-not-run"])
    step = r.choice(amap.steps).id if amap.steps else ""
    strength = r.choice(STRENGTHS)
    told = whatif(
        amap, made, found, Changes(verdicts={check: verdict}, strengths={step: strength} if step else {})
    )
    claims = {
        name: replace(c, steps=tuple(replace(s, strength=strength) if s.id == step else s for s in c.steps))
        for name, c in made.claims.items()
    }
    other = replace(made, claims=claims)
    before = solve(amap, made, found)
    after = solve(argument_map(other), other, {**found, check: result(check, verdict)})
    changed = {
        name
        for name in made.claims
        if before[name].strength != pytest.approx(after[name].strength, abs=1e-9)
        or before[name].open_reason != after[name].open_reason
        or before[name].standing is not after[name].standing
    }
    assert {m.claim for m in told.moved} == changed
    for m in told.moved:
        assert m.after == pytest.approx(after[m.claim].strength, abs=1e-9)
        assert (m.standing_after, m.open_after) == (after[m.claim].standing, after[m.claim].open_reason)
        path = told.path(m.claim)
        assert not path or path[-1].target == m.claim
        assert {hop.source for hop in path} <= {other.claim for other in told.moved}


# --- removal, and reasons without a slope -------------------------------------


@settings(max_examples=40, deadline=None)
@given(RANDOM, st.booleans())
def test_removal_is_what_if_without(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    amap = argument_map(made)
    for removal in removals(amap, made, found, "c0"):
        told = whatif(amap, made, found, Changes(remove=[removal.relation]))
        moved = next((m for m in told.moved if m.claim == "c0"), None)
        assert removal.after == pytest.approx(moved.after if moved else removal.before, abs=1e-9)
    assert {x.relation for x in removals(amap, made, found, "c0")} <= set(relation_ids(amap))


def test_a_dead_reason_is_ranked_by_what_it_could_do() -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "weak")]),
        claim("c", checks=["l"], supports=[("a", "decisive")]),
        claim("d", supports=[("a", "strong")]),
        claim("e", checks=["m"], supports=[("a", "strong")]),
    ]
    made = base(claims)
    known = known_of(argument_map(made), made, results(k="fails", l="fails", m="holds"))
    dead = dead_reasons(known, "a")
    assert [(reason.relation, reason.dead_at) for reason in dead] == [
        ("c--supports--a", "both"),
        ("d--supports--a", "low"),
        ("b--supports--a", "both"),
    ]
    assert dead[0].moves > 0


@pytest.mark.parametrize("count", [3, 13])
def test_levers_hold_all_that_moves_a_claim(count: int) -> None:
    """Shares of checks are left out where there are too many of them; the rest is there."""
    claims = [claim("a"), claim("dead", supports=["a"])]
    claims += [claim(f"b{i}", checks=[f"k{i}"], supports=[("a", "moderate")]) for i in range(count)]
    made = base(claims)
    found = results(**{f"k{i}": "holds" for i in range(count)})
    moved_by = levers(argument_map(made), made, found, "a")
    assert (moved_by.shares is None) == (count > 12)
    assert moved_by.slopes.checks.keys() == found.keys()
    assert [reason.relation for reason in moved_by.dead] == ["dead--supports--a"]
    assert {removal.relation for removal in moved_by.removals} >= {f"k{i} > b{i}" for i in range(count)}
