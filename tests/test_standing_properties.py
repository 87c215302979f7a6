"""What must hold of standings on any map, tried on random ones, circles included.

``Point`` is a second, naive implementation of docs/standings.md for single numbers instead of intervals,
on maps without circles. It shares no code with kb.standing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import exp, log
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import (
    Account,
    Base,
    Bearing,
    Claim,
    Dependence,
    ReadingResult,
    Result,
    Standing,
    Undercut,
    Verdict,
)
from kb.standing import OPEN_REASONS, gradual, solve
from tests.standing_maps import base, claim, random_case, result

ODDS = {"weak": 2, "moderate": 4, "strong": 10, "decisive": 100}
CUT = {"weak": 0.25, "moderate": 0.5, "strong": 0.75, "decisive": 1.0}
SLACK = 1e-9

RANDOM = st.integers(0, 2**48).map(Random)
MAPS = settings(max_examples=150, deadline=None)


def solved(made: Base, found: Mapping[str, Result], **options: bool) -> Mapping[str, Account]:
    return solve(argument_map(made), made, found, **options)


def inside(inner: tuple[float, float], outer: tuple[float, float]) -> bool:
    return outer[0] - SLACK <= inner[0] and inner[1] <= outer[1] + SLACK


# --- the oracle ---------------------------------------------------------------


class Point:
    """Strengths of one world: a number drawn from every interval that the base leaves open."""

    def __init__(self, made: Base, found: Mapping[str, Result], known: Mapping[str, Account], r: Random):
        self.base, self.found, self.known, self.r = made, found, known, r
        self.steps = [step for c in made.claims.values() for step in c.steps]
        self.cuts = [cut for c in made.claims.values() for cut in c.undercuts]
        self.check = {name: self.draw(self.interval(found.get(name))) for name in made.checks}
        self.memo: dict[str, float] = {}

    def draw(self, ends: tuple[float, float]) -> float:
        """A point of an interval, its ends included and likely."""
        low, high = ends
        return self.r.choice([low, high, low + (high - low) * self.r.random()])

    def interval(self, outcome: Result | ReadingResult | None) -> tuple[float, float]:
        if outcome is None or outcome.verdict in ("could-not-run", "stale"):
            return 0.02, 0.98
        if outcome.verdict == "mixed":
            assert isinstance(outcome, Result)
            all_ends = [self.interval(reading) for reading in outcome.readings]
            low, high = min(e[0] for e in all_ends), max(e[1] for e in all_ends)
        else:
            p = outcome.p
            low = high = 0.05 + 0.9 * p if p is not None else 0.5
            if outcome.verdict == "inconclusive":
                low, high = min(low, 0.35), max(high, 0.65)
        if isinstance(outcome, Result) and outcome.provisional:
            low, high = min(low, 0.5), max(high, 0.5)
        return low, high

    def ran(self, check: str) -> bool:
        return check in self.found and self.found[check].verdict not in ("could-not-run", "stale")

    def strength(self, name: str) -> float:
        if name not in self.memo:
            self.memo[name] = self.compute(self.base.claims[name])
        return self.memo[name]

    def compute(self, c: Claim) -> float:
        tau, final = self.own(c)
        if final:
            return tau
        odds = log(tau / (1 - tau))
        odds += self.side(c, 1) - self.side(c, -1)
        strength = 1 / (1 + exp(-odds))
        for dependence in c.assumes:
            strength = min(strength, max(0.5, self.strength(dependence.claim)))
        for dependence in c.requires:
            strength = min(strength, self.strength(dependence.claim))
        return strength

    def own(self, c: Claim) -> tuple[float, bool]:
        """The base score, and whether checks settle it so that reasons are not counted."""
        unchecked = self.draw((0.2, 0.8))
        by = {kind: [b for b in c.checks if b.bears == kind] for kind in ("direct", "part", "corroborates")}
        if any(
            self.base.checks[b.check].required and not self.ran(b.check) for bs in by.values() for b in bs
        ):
            return self.draw((0.02, 0.98)), True
        direct = [b for b in by["direct"] if self.ran(b.check)]
        deciding = [b for b in direct if self.base.checks[b.check].decides]
        parts = by["part"]
        whole = all(self.ran(b.check) for b in parts)
        failed = any(self.ran(b.check) and self.found[b.check].verdict == "fails" for b in parts)
        options = [(self.check[b.check], self.kappa(f"{b.check} > {c.id}", True)) for b in deciding or direct]
        if parts and not deciding and (whole or failed or not by["direct"]):
            if not (whole or failed) and not any(self.ran(b.check) for b in parts):
                return self.draw((0.02, 0.98)), True
            weakest = min(
                k * self.check[b.check] + (1 - k) * unchecked
                for b in parts
                for k in [self.kappa(f"{b.check} > {c.id}", True)]
            )
            options.append((weakest, 1.0))
        if not options and by["direct"]:
            return self.draw((0.02, 0.98)), True
        tau = 0.0
        for chosen in product([True, False], repeat=len(options)):
            weight = 1.0
            values = []
            for bears, (value, kappa) in zip(chosen, options, strict=True):
                weight *= kappa if bears else 1 - kappa
                values += [value] if bears else []
            tau += weight * (self.draw((min(values), max(values))) if values else unchecked)
        for b in by["corroborates"]:
            if self.ran(b.check) and self.found[b.check].verdict == "fails":
                moved = self.draw(tuple(sorted((tau, self.check[b.check]))))
                kappa = self.kappa(f"{b.check} > {c.id}", True)
                tau = kappa * moved + (1 - kappa) * tau
        return tau, bool(by["direct"] or parts)

    def side(self, c: Claim, sign: int) -> float:
        """What all reasons of one sign add up to."""
        reasons: list[tuple[float, bool, set[str]]] = []
        own = self.deciding(c.id)
        for step in self.steps:
            if step.conclusion == c.id and step.sign == sign:
                rests = {token for p in step.premises for token in self.rests_on(p)}
                s = min(self.strength(p) for p in step.premises)
                value = log(ODDS[step.strength]) * self.kappa(step.id, False) * max(0.0, 2 * s - 1)
                decided = {check for p in step.premises for check in self.deciding(p)}
                reasons.append((0.0 if decided & own else value, step.strength == "weak", rests))
        for b in c.checks:
            if b.bears == "proxy" and (sign > 0 or b.if_fails == "against"):
                s = self.check[b.check] if sign > 0 else 1 - self.check[b.check]
                kappa = self.kappa(f"{b.check} > {c.id}", False)
                reasons.append((log(2) * kappa * max(0.0, 2 * s - 1), True, {b.check}))
        firm_total = weak_total = 0.0
        for group in self.once([rests for _, _, rests in reasons]):
            firm = max([reasons[i][0] for i in group if not reasons[i][1]], default=0.0)
            firm_total += firm
            weak_total += max(reasons[i][0] for i in group) - firm
        return firm_total + min(log(4), weak_total)

    def deciding(self, name: str) -> set[str]:
        return {b.check for b in self.base.claims[name].checks if b.bears in ("direct", "part")}

    def rests_on(self, name: str) -> set[str]:
        declared = {(c.id, o) for c in self.base.claims.values() for o in c.same_evidence_as}
        near = {f"evidence {a} {b}" for a, b in declared if name in (a, b)}
        return {name} | self.deciding(name) | near

    def once(self, tokens: Sequence[set[str]]) -> list[set[int]]:
        groups: list[set[int]] = [{i} for i in range(len(tokens))]
        for i, j in product(range(len(tokens)), repeat=2):
            if tokens[i] & tokens[j]:
                one = next(g for g in groups if i in g)
                other = next(g for g in groups if j in g)
                if one is not other:
                    one |= other
                    groups.remove(other)
        return groups

    def kappa(self, target: str, of_check: bool) -> float:
        cuts = [cut for cut in self.cuts if cut.target == target]
        kept = 1.0
        for group in self.once([{t for p in cut.premises for t in self.rests_on(p)} for cut in cuts]):
            kept *= 1 - max(self.taken(cuts[i], of_check) for i in group)
        return kept

    def taken(self, cut: Undercut, of_check: bool) -> float:
        s = min(
            self.known[p].strength[0] if of_check and not self.known[p].decided else self.strength(p)
            for p in cut.premises
        )
        return CUT[cut.strength] * max(0.0, 2 * s - 1) * self.kappa(cut.id, of_check)


def violations(r: Random, worlds: int = 4) -> list[str]:
    """Claims of a random map whose strength in some world lies outside their interval."""
    made, found = random_case(r)
    known = solved(made, found)
    return [
        name
        for world in (Point(made, found, known, r) for _ in range(worlds))
        for name in made.claims
        if not inside((world.strength(name),) * 2, known[name].strength)
    ]


@settings(max_examples=400, deadline=None)
@given(RANDOM)
def test_every_world_lies_inside_the_interval(r: Random) -> None:
    assert violations(r) == []


def test_undercuts_that_do_not_cross_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradual, "crossed", lambda taken: (1 - taken[0], 1 - taken[1]))
    assert any(violations(Random(seed)) for seed in range(300))


def test_ends_are_reached_where_nothing_is_used_twice() -> None:
    """The interval is no wider than needed on a tree: its ends are the strengths of two worlds."""
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("c", attacks=[("a", "moderate")]),
        claim("u", undercuts=["b--supports--a"]),
    ]
    made = base(claims)
    found = {"k": result("k", "inconclusive", 0.7)}
    known = solved(made, found)
    worlds = [Point(made, found, known, Random(seed)).strength("a") for seed in range(600)]
    assert (min(worlds), max(worlds)) == pytest.approx(known["a"].strength)


# --- on any map ---------------------------------------------------------------


@MAPS
@given(RANDOM, st.booleans())
def test_accounts_add_up(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    for account in solved(made, found).values():
        low, high = account.strength
        assert 0 <= low <= high + SLACK <= 1 + SLACK
        for end in (0, 1):
            total = sum(line.nats[end] for line in account.contributions)
            assert total == pytest.approx(account.log_odds[end], abs=1e-9)
            expected = 1 / (1 + exp(-account.log_odds[end]))
            for other, relation, _ in account.limits:
                limit = solved(made, found)[other].strength[end]
                expected = min(expected, max(0.5, limit) if relation == "assumes" else limit)
            assert account.strength[end] == pytest.approx(expected, abs=1e-9)
        assert (account.standing is Standing.OPEN) == (account.open_reason in OPEN_REASONS)
        assert account.because.startswith(account.standing.value.capitalize())
        assert all(
            line.nats[0] * line.sign <= 0 for line in account.contributions if line.kind in ("cap", "shared")
        )
        if account.tension:
            assert len(account.contributions) == 1


@MAPS
@given(RANDOM)
def test_every_equilibrium_of_a_circle_lies_inside(r: Random) -> None:
    """Iterate points with damping; wherever they come to rest is an equilibrium."""
    n = r.randint(2, 5)
    names = [f"c{i}" for i in range(n)]
    links = [(r.randrange(n), r.randrange(n), r.choice([1, -1]), r.choice(list(ODDS))) for _ in range(2 * n)]
    links = [
        link
        for i, link in enumerate(links)
        if link[0] != link[1] and link[:2] not in {x[:2] for x in links[:i]}
    ]
    claims = [
        claim(
            name,
            supports=[(names[t], w) for s, t, sign, w in links if names[s] == name and sign > 0],
            attacks=[(names[t], w) for s, t, sign, w in links if names[s] == name and sign < 0],
        )
        for name in names
    ]
    known = solved(base(claims), {})
    tau = [r.uniform(0.2, 0.8) for _ in names]
    s = [r.random() for _ in names]
    for _ in range(400):
        moved = []
        for i in range(n):
            odds = log(tau[i] / (1 - tau[i]))
            for sign in (1, -1):
                into = [(s[a], w) for a, b, x, w in links if b == i and x == sign]
                values = [(log(ODDS[w]) * max(0.0, 2 * x - 1), w) for x, w in into]
                odds += sign * sum(v for v, w in values if w != "weak")
                odds += sign * min(log(4), sum(v for v, w in values if w == "weak"))
            moved.append(1 / (1 + exp(-odds)))
        rest = max(abs(a - b) for a, b in zip(s, moved, strict=True))
        s = [0.5 * a + 0.5 * b for a, b in zip(s, moved, strict=True)]
    if rest < 1e-10:
        assert all(inside((x, x), known[name].strength) for x, name in zip(s, names, strict=True))


@MAPS
@given(RANDOM, st.booleans())
def test_order_and_names_change_nothing(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    names = dict(zip(made.claims, r.sample([f"n{i}" for i in range(99)], len(made.claims)), strict=True))

    def renamed_target(target: str) -> str:
        check, arrow, name = target.partition(" > ")
        return f"{check} > {names[name]}" if arrow else target

    claims = [
        replace(
            c,
            id=names[c.id],
            steps=tuple(
                replace(s, premises=tuple(names[p] for p in s.premises), conclusion=names[s.conclusion])
                for s in reversed(c.steps)
            ),
            undercuts=tuple(
                replace(u, premises=tuple(names[p] for p in u.premises), target=renamed_target(u.target))
                for u in reversed(c.undercuts)
            ),
            assumes=tuple(Dependence(names[d.claim]) for d in c.assumes),
            requires=tuple(Dependence(names[d.claim]) for d in c.requires),
            same_evidence_as=tuple(names[o] for o in c.same_evidence_as),
            checks=tuple(replace(b, claim=names[c.id]) for b in reversed(c.checks)),
        )
        for c in made.claims.values()
    ]
    r.shuffle(claims)
    other = replace(made, claims={c.id: c for c in claims})
    before, after = solved(made, found), solved(other, found)
    for name in made.claims:
        assert after[names[name]].strength == pytest.approx(before[name].strength, abs=1e-8)
        assert after[names[name]].open_reason == before[name].open_reason
        assert after[names[name]].standing == before[name].standing
        assert after[names[name]].contested == before[name].contested


@MAPS
@given(RANDOM, st.booleans())
def test_learning_more_never_widens_an_interval(r: Random, cyclic: bool) -> None:
    """Of a claim's only check; a second check that joins the first is allowed to disagree with it."""
    made, found = random_case(r, cyclic=cyclic, kinds=("direct", "part", "proxy"))
    claims = {
        name: replace(
            c, checks=c.checks[:1], undercuts=tuple(u for u in c.undercuts if " > " not in u.target)
        )
        for name, c in made.claims.items()
    }
    made = replace(made, claims=claims)
    known = solved(made, found)
    name = r.choice(list(made.checks))
    outcome = found.get(name)
    if outcome is None or not outcome.ran:
        learned = result(name, r.choice(["holds", "fails", "inconclusive"]))
    elif outcome.verdict is Verdict.MIXED:
        reading = outcome.readings[r.randrange(len(outcome.readings))]
        learned = replace(outcome, verdict=reading.verdict, p=reading.p, readings=())
    else:
        learned = replace(outcome, provisional=False)
    after = solved(made, {**found, name: learned})
    assert all(inside(after[c].strength, known[c].strength) for c in made.claims)
    accepted = solved(made, found, accept_unverified=True)
    assert all(inside(accepted[c].strength, known[c].strength) for c in made.claims)


@settings(max_examples=15, deadline=None)
@given(RANDOM, st.booleans())
def test_a_thousand_unchecked_files_move_nothing_that_a_check_decided(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    before = solved(made, found)
    decided = {
        name
        for name, account in before.items()
        if account.decided
        and all(before[p].decided for c in made.claims.values() for u in c.undercuts for p in u.premises)
    }
    steps = [s.id for c in made.claims.values() for s in c.steps]
    bearings = [f"{b.check} > {c.id}" for c in made.claims.values() for b in c.checks]
    names = list(made.claims)
    mob = {}
    for i in range(1000):
        name = f"m{i}"
        targets = r.sample([*names, *list(mob)[-3:]], 2)
        fields = {
            r.choice(["supports", "attacks"]): [(targets[0], "decisive")],
            r.choice(["assumes", "requires", "restates_not"]): [targets[1]],
        }
        fields.pop("restates_not", None)
        cuts = r.sample([*steps, *bearings], min(1, len(steps + bearings)))
        unrun = [Bearing(f"new{i}")] if r.random() < 0.2 else []
        mob[name] = claim(name, undercuts=cuts, checks=unrun, **fields)
    new = [b.check for c in mob.values() for b in c.checks]
    more = base([*made.claims.values(), *mob.values()], made.checks.values())
    assert all(check in more.checks for check in new)
    after = solved(more, found)
    for name in decided:
        assert after[name].strength == before[name].strength
        assert after[name].standing == before[name].standing


@MAPS
@given(st.integers(0, 40), st.integers(0, 40), RANDOM)
def test_weak_reasons_alone_never_settle_a_claim(supports: int, attacks: int, r: Random) -> None:
    claims = [claim("a", checks=[Bearing(f"p{i}", bears="proxy", if_fails="against") for i in range(5)])]
    claims += [claim(f"f{i}", checks=[f"k{i}"], supports=["a"]) for i in range(supports)]
    claims += [claim(f"g{i}", checks=[f"h{i}"], attacks=["a"]) for i in range(attacks)]
    verdicts = ["holds", "fails"]
    found = {b.check: result(b.check, r.choice(verdicts)) for c in claims for b in c.checks}
    assert solved(base(claims), found)["a"].standing is Standing.OPEN


@MAPS
@given(RANDOM)
def test_a_refuted_assumption_makes_no_claim_fall(r: Random) -> None:
    made, found = random_case(r)
    first = made.claims["c0"]
    bad = claim("bad", checks=["bad-check"])
    found = {**found, "bad-check": result("bad-check", "fails")}
    claims = {**made.claims, "bad": bad}
    checks = {**made.checks, **base([bad]).checks}
    before = solved(replace(made, claims=claims, checks=checks), found)["c0"]
    claims["c0"] = replace(first, assumes=(*first.assumes, Dependence("bad")))
    after = solved(replace(made, claims=claims, checks=checks), found)["c0"]
    assert (after.standing is Standing.FALLS) == (before.standing is Standing.FALLS)
    if not after.decided and before.open_reason != "not run":
        assert after.standing is not Standing.STANDS


@MAPS
@given(RANDOM)
def test_claims_without_checks_never_stand(r: Random) -> None:
    made, _ = random_case(r, cyclic=True, kinds=("context",))
    assert all(account.standing is not Standing.STANDS for account in solved(made, {}).values())
    assert all(account.strength[0] <= 0.2 + SLACK for account in solved(made, {}).values())


@MAPS
@given(RANDOM, st.booleans())
def test_saying_it_twice_changes_nothing(r: Random, cyclic: bool) -> None:
    """The same reason under another id, and the same reason from another claim on the same check."""
    made, found = random_case(r, cyclic=cyclic)
    before = solved(made, found)
    taken = {u.target for c in made.claims.values() for u in c.undercuts}
    steps = [s for c in made.claims.values() for s in c.steps if len(s.premises) == 1 and s.id not in taken]
    if not steps:
        return
    step = r.choice(steps)
    owner = made.claims[step.premises[0]]
    again = replace(owner, steps=(*owner.steps, replace(step, id="again")))
    after = solved(replace(made, claims={**made.claims, owner.id: again}), found)
    assert all(after[n].strength == pytest.approx(before[n].strength, abs=1e-9) for n in made.claims)
    if before[owner.id].decided and not any(target.endswith(f" > {owner.id}") for target in taken):
        checks = tuple(replace(b, claim="twin") for b in owner.checks)
        twin = Claim("twin", "Said again.", checks=checks)
        twin = replace(twin, steps=(replace(step, id="again", premises=("twin",)),))
        after = solved(replace(made, claims={**made.claims, "twin": twin}), found)
        assert all(after[n].strength == pytest.approx(before[n].strength, abs=1e-9) for n in made.claims)


@MAPS
@given(RANDOM, st.booleans())
def test_priors_alter_nothing(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    told = replace(made, claims={n: replace(c, prior=r.random()) for n, c in made.claims.items()})
    assert dict(solved(told, found)) == dict(solved(made, found))


@MAPS
@given(RANDOM, st.booleans())
def test_a_check_that_did_not_run_keeps_the_label_of_a_decided_claim(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    before = solved(made, found)
    claims = [
        replace(
            c,
            checks=(
                *c.checks,
                Bearing(f"new-{c.id}", bears=r.choice(["direct", "corroborates"]), claim=c.id),
            ),
        )
        if before[c.id].decided
        else c
        for c in made.claims.values()
    ]
    found = {**found, **{f"new-{name}": result(f"new-{name}", "could-not-run") for name in made.claims}}
    after = solved(base(claims, made.checks.values()), found)
    for name, account in before.items():
        assert (after[name].standing, after[name].strength) == (account.standing, account.strength)
        assert after[name].open_reason == account.open_reason


@MAPS
@given(RANDOM, st.booleans())
def test_a_claim_whose_only_check_did_not_run_is_open(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic, kinds=("direct",))
    for name, account in solved(made, found).items():
        checks = made.claims[name].checks
        if checks and not any(b.check in found and found[b.check].ran for b in checks):
            assert (account.standing, account.open_reason) == (Standing.OPEN, "not run")
            assert account.strength == (0.02, 0.98)


@MAPS
@given(RANDOM)
def test_stronger_support_never_weakens(r: Random) -> None:
    """Adding a reason of its own evidence for a claim lowers neither end; one against raises neither."""
    made, found = random_case(r)
    before = solved(made, found)["c0"]
    kind = r.choice(["supports", "attacks"])
    more = claim("more", checks=["own-check"], **{kind: [("c0", r.choice(list(ODDS)))]})
    claims = [*made.claims.values(), more]
    after = solved(base(claims, made.checks.values()), {**found, "own-check": result("own-check", "holds")})[
        "c0"
    ]
    sign = 1 if kind == "supports" else -1
    assert all(sign * (b - a) >= -SLACK for a, b in zip(before.strength, after.strength, strict=True))


def test_steps_are_exercised() -> None:
    """The random maps reach what they are meant to: circles, nesting, caps, sharing, limits, tension."""
    kinds: set[str] = set()
    for seed in range(300):
        made, found = random_case(Random(seed), cyclic=seed % 2 == 0)
        for account in solved(made, found).values():
            kinds |= {line.kind for line in account.contributions}
            kinds |= {relation for _, relation, _ in account.limits}
            kinds |= {"circle"} if account.cyclic else set()
            kinds |= {"tension"} if account.tension else set()
            kinds |= {account.open_reason, str(account.standing)}
        kinds |= {"nested" for c in made.claims.values() for u in c.undercuts if u.target.startswith("u")}
    assert kinds >= {
        "base", "step", "proxy", "cap", "shared", "assumes", "requires", "circle", "tension", "nested",
        "stands", "falls", *OPEN_REASONS,
    }  # fmt: skip
