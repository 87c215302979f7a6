"""The crisp reading against strong Kleene truth tables, and against a naive fixpoint on random maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import Account, Base, Bearing, Claim, Result, Standing, Step
from kb.standing import Solution, all_grounds, all_scores, snapshot_of, solve, strengths
from kb.standing.crisp import AGREES, Crisp, Disagreement, compiled, crisp, disagreements
from kb.standing.extensions import credulous, sceptical
from kb.standing.labels import Label, all_labels
from tests.standing_maps import base, check, claim, random_case, result, results

RANDOM = st.integers(0, 2**48).map(Random)
MAPS = settings(max_examples=200, deadline=None)

VALUES: Mapping[str, Crisp] = {"holds": "in", "inconclusive": "undecided", "fails": "out"}
ORDER: tuple[Crisp, ...] = ("out", "undecided", "in")
RANK = {value: i for i, value in enumerate(ORDER)}


def solution(made: Base, found: Mapping[str, Result], **options: bool) -> tuple[Solution, tuple[Label, ...]]:
    snap = snapshot_of(argument_map(made), made)
    scores = all_scores(snap, made, found, **options)
    grounds = all_grounds(snap, made, scores)
    state = strengths(snap, scores, grounds)
    solved = Solution(made, snap, found, scores, grounds, state)
    return solved, all_labels(snap, made, scores, grounds, state)


def read(made: Base, found: Mapping[str, Result], **options: bool) -> Mapping[str, Crisp]:
    return crisp(*solution(made, found, **options))


def standings(made: Base, found: Mapping[str, Result], **options: bool) -> Mapping[str, Account]:
    return solve(argument_map(made), made, found, **options)


# --- strong Kleene logic ------------------------------------------------------------


def both(*values: Crisp) -> Crisp:
    return min(values, key=lambda value: RANK[value], default="in")


def either(values: Iterable[Crisp]) -> Crisp:
    return max(values, key=lambda value: RANK[value], default="out")


def opposite(value: Crisp) -> Crisp:
    return ORDER[2 - RANK[value]]


def at_least_undecided(value: Crisp) -> Crisp:
    return either((value, "undecided"))


# --- truth tables: a claim "c", and others whose checks say anything -------------------


def table(c: Claim, **others: Claim) -> Iterable[tuple[dict[str, Crisp], Crisp]]:
    """For all verdicts on the checks kp, kq … of the claims p, q …: their values, and that of c."""
    made = base([c, *others.values()])
    checked = [name for name, other in others.items() if other.checks]
    for verdicts in product(VALUES, repeat=len(checked)):
        given_values = dict(zip(checked, verdicts, strict=True))
        found = results(**{f"k{name}": verdict for name, verdict in given_values.items()})
        reading = read(made, found)
        assert all(reading[name] == VALUES[verdict] for name, verdict in given_values.items())
        yield {name: VALUES[verdict] for name, verdict in given_values.items()}, reading["c"]


def test_a_support_alone_can_only_put_a_claim_in() -> None:
    for v, c in table(claim("c"), p=claim("p", checks=("kp",), supports=("c",))):
        assert c == at_least_undecided(v["p"])


def test_an_attack_alone_can_only_put_a_claim_out() -> None:
    for v, c in table(claim("c"), p=claim("p", checks=("kp",), attacks=("c",))):
        assert c == both("undecided", opposite(v["p"]))


def test_supports_and_attacks_together() -> None:
    for v, c in table(
        claim("c"),
        p=claim("p", checks=("kp",), supports=("c",)),
        q=claim("q", checks=("kq",), supports=("c",)),
        a=claim("a", checks=("ka",), attacks=("c",)),
        b=claim("b", checks=("kb",), attacks=("c",)),
    ):
        assert c == both(at_least_undecided(either((v["p"], v["q"]))), opposite(either((v["a"], v["b"]))))


def test_linked_premises_are_all_needed() -> None:
    for v, c in table(
        claim("c"),
        p=claim("p", checks=("kp",), supports=(("c", "weak", "q"),)),
        q=claim("q", checks=("kq",)),
        a=claim("a", checks=("ka",), attacks=(("c", "weak", "b"),)),
        b=claim("b", checks=("kb",)),
    ):
        assert c == both(at_least_undecided(both(v["p"], v["q"])), opposite(both(v["a"], v["b"])))


def test_requirements_and_assumptions() -> None:
    for v, c in table(
        claim("c", requires=("r",), assumes=("a",)),
        p=claim("p", checks=("kp",), supports=("c",)),
        r=claim("r", checks=("kr",)),
        a=claim("a", checks=("ka",)),
    ):
        assert c == both(at_least_undecided(v["p"]), v["r"], at_least_undecided(v["a"]))


@pytest.mark.parametrize("kind", ["supports", "attacks"])
def test_undercuts_of_a_step_and_of_an_undercut(kind: str) -> None:
    for v, c in table(
        claim("c"),
        p=claim("p", checks=("kp",), **{kind: ("c",)}),
        u=claim("u", checks=("ku",), undercuts=(f"p--{kind}--c",)),
        w=claim("w", checks=("kw",), undercuts=((f"u--undercuts--p--{kind}--c", "weak", "x"),)),
        x=claim("x", checks=("kx",)),
    ):
        cut = both(v["u"], opposite(both(v["w"], v["x"])))
        step = both(v["p"], opposite(cut))
        expected = at_least_undecided(step) if kind == "supports" else both("undecided", opposite(step))
        assert c == expected


@pytest.mark.parametrize("says", VALUES)
@pytest.mark.parametrize("if_fails", ["", "against"])
def test_undercuts_of_the_bearing_of_a_proxy(says: str, if_fails: str) -> None:
    c = claim("c", checks=(Bearing("proxy", bears="proxy", if_fails=if_fails),))
    made = base([c, claim("u", checks=("ku",), undercuts=("proxy > c",))])
    for verdict, cut in VALUES.items():
        reading = read(made, results(proxy=says, ku=verdict))
        support = both(VALUES[says], opposite(cut))
        attack = both(opposite(VALUES[says]), opposite(cut)) if if_fails else "out"
        assert reading["c"] == both(at_least_undecided(support), opposite(attack))


def test_a_failing_corroboration_leaves_a_claim_undecided_unless_it_is_undercut() -> None:
    c = claim("c", checks=(Bearing("extra", bears="corroborates"),))
    p = claim("p", checks=("kp",), supports=("c",))
    u = claim("u", checks=("ku",), undercuts=("extra > c",))
    made = base([c, p, u])
    assert read(made, results(kp="holds"))["c"] == "in"
    assert read(made, results(kp="holds", extra="fails"))["c"] == "undecided"
    for verdict, value in (("holds", "in"), ("inconclusive", "undecided"), ("fails", "undecided")):
        assert read(made, results(kp="holds", extra="fails", ku=verdict))["c"] == value


def test_an_undercut_that_rests_on_the_corroboration_it_would_take_counts_nothing() -> None:
    c = claim("c", checks=(Bearing("extra", bears="corroborates"),), supports=("u",))
    p = claim("p", checks=("kp",), supports=("c", "u"))
    reading = read(base([c, p, claim("u", undercuts=("extra > c",))]), results(kp="holds", extra="fails"))
    assert (reading["c"], reading["u"]) == ("undecided", "in")


@pytest.mark.parametrize("kind", ["supports", "attacks"])
def test_a_claim_waits_for_a_required_corroboration(kind: str) -> None:
    c = claim("c", checks=(Bearing("extra", bears="corroborates"),))
    made = base([c, claim("p", checks=("kp",), **{kind: ("c",)})], [check("extra", required=True)])
    assert read(made, results(kp="holds"))["c"] == "undecided"
    assert read(made, results(kp="holds", extra="holds"))["c"] != "undecided"


def test_what_each_verdict_makes_of_a_claim() -> None:
    made = base([claim("c", checks=("k",))])
    expected = {
        "holds": "in",
        "fails": "out",
        "inconclusive": "undecided",
        "could-not-run": "undecided",
        "stale": "undecided",
    }
    for verdict, value in expected.items():
        assert read(made, {"k": result("k", verdict)})["c"] == value
    assert read(made, {})["c"] == "undecided"
    unverified = {"k": result("k", "holds", provisional=True)}
    assert read(made, unverified)["c"] == "undecided"
    assert read(made, unverified, accept_unverified=True)["c"] == "in"


def test_nothing_attacks_what_a_check_decides() -> None:
    many = [claim(f"a{i}", checks=(f"k{i}",), attacks=("c",)) for i in range(9)]
    made = base([claim("c", checks=("k",), requires=("a0",)), *many])
    found = results(k="holds", **{f"k{i}": "holds" for i in range(9)})
    solved, labels = solution(made, found)
    af = compiled(solved, labels)
    assert crisp(solved, labels)["c"] == "in"
    assert not af.attackers_of(af.number["c"])


def test_an_undercut_of_a_deciding_check_counts_as_the_base_score_weighs_it() -> None:
    def reading(strength: str, verdict: str) -> Crisp:
        u = claim("u", checks=("ku",), undercuts=(("k > c", strength),))
        return read(base([claim("c", checks=("k",)), u]), results(k="holds", ku=verdict))["c"]

    assert reading("decisive", "holds") == "undecided"
    assert reading("weak", "holds") == "in"
    assert reading("decisive", "fails") == "in"
    unchecked = base([claim("c", checks=("k",)), claim("u", undercuts=("k > c",))])
    assert read(unchecked, results(k="holds"))["c"] == "in"


def test_nothing_lifts_itself() -> None:
    made = base([claim("a", supports=(("b", "decisive"),)), claim("b", supports=(("a", "decisive"),))])
    assert set(read(made, {}).values()) == {"undecided"}


# --- random maps against a naive fixpoint -----------------------------------------------


class Naive:
    """Strong Kleene truth by going through all claims until nothing changes. Shares no code with kb.standing.

    What a check decides is taken from the standings.
    """

    def __init__(self, made: Base, found: Mapping[str, Result], known: Mapping[str, Account]) -> None:
        self.base, self.found = made, found
        claims = made.claims.values()
        self.steps = [step for c in claims for step in c.steps]
        self.cuts = [cut for c in claims for cut in c.undercuts]
        self.now: dict[str, Crisp] = dict.fromkeys(made.claims, "undecided")
        self.fixed = {c.id: AGREES[known[c.id].standing] for c in claims if self.is_fixed(c)}
        while (new := {c.id: self.fixed.get(c.id) or self.value(c) for c in claims}) != self.now:
            self.now = new

    def ran(self, name: str) -> bool:
        return name in self.found and self.found[name].verdict not in ("could-not-run", "stale")

    def is_fixed(self, c: Claim) -> bool:
        return any(
            b.bears in ("direct", "part")
            or (b.bears == "corroborates" and self.base.checks[b.check].required and not self.ran(b.check))
            for b in c.checks
        )

    def value(self, c: Claim) -> Crisp:
        supports: list[Crisp] = [self.step(s) for s in self.steps if s.conclusion == c.id and s.sign > 0]
        attacks: list[Crisp] = [self.step(s) for s in self.steps if s.conclusion == c.id and s.sign < 0]
        doubts: list[Crisp] = [at_least_undecided(self.now[need.claim]) for need in c.assumes]
        for b in c.checks:
            cut = self.cut(f"{b.check} > {c.id}")
            if b.bears == "proxy":
                says = self.says(b.check)
                supports.append(both(says, opposite(cut)))
                if b.if_fails:
                    attacks.append(both(opposite(says), opposite(cut)))
            elif b.bears == "corroborates" and self.ran(b.check) and self.found[b.check].verdict == "fails":
                doubts.append(at_least_undecided(cut))
        required = [self.now[need.claim] for need in c.requires]
        return both(at_least_undecided(either(supports)), opposite(either(attacks)), *doubts, *required)

    def says(self, name: str) -> Crisp:
        if name not in self.found or self.found[name].provisional:
            return "undecided"
        return {"holds": "in", "fails": "out"}.get(self.found[name].verdict, "undecided")  # type: ignore[return-value]

    def step(self, s: Step) -> Crisp:
        return both(*(self.now[p] for p in s.premises), opposite(self.cut(s.id)))

    def cut(self, target: str) -> Crisp:
        """What the undercuts of something amount to together."""
        return either(
            both(*(self.now[p] for p in cut.premises), opposite(self.cut(cut.id)))
            for cut in self.cuts
            if cut.target == target and not self.idle(cut.premises, target)
        )

    def idle(self, premises: tuple[str, ...], target: str) -> bool:
        """An undercut of a check that sets a score counts nothing when it rests on that check in turn."""
        while any(cut.id == target for cut in self.cuts):
            target = next(cut.target for cut in self.cuts if cut.id == target)
        bearing = next(
            (b for c in self.base.claims.values() for b in c.checks if f"{b.check} > {c.id}" == target), None
        )
        if bearing is None or bearing.bears == "proxy":
            return False
        return any(p not in self.fixed and self.in_circle(p, bearing.claim) for p in premises)

    def in_circle(self, one: str, other: str) -> bool:
        return other in self.rests_on(one) and one in self.rests_on(other)

    def rests_on(self, name: str) -> set[str]:
        """The claims on which one turns, itself included, undercuts and all."""
        reached, queue = {name}, [name]
        for current in queue:
            for other in self.next_to(current):
                if other not in reached:
                    reached.add(other)
                    queue.append(other)
        return reached

    def next_to(self, name: str) -> list[str]:
        c = self.base.claims[name]
        settled = any(b.bears in ("direct", "part") for b in c.checks)
        near, targets = [], []
        for b in c.checks:
            if b.bears != "proxy" or not settled:
                targets.append(f"{b.check} > {name}")
        if not settled:
            near += [need.claim for need in (*c.assumes, *c.requires)]
            for s in self.steps:
                if s.conclusion == name:
                    near += s.premises
                    targets.append(s.id)
        for target in targets:
            for cut in self.cuts:
                if cut.target == target:
                    near += cut.premises
                    targets.append(cut.id)
        return near


@MAPS
@given(RANDOM, st.booleans())
def test_the_compilation_equals_the_naive_fixpoint(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic, kinds=("direct", "corroborates", "proxy", "proxy", "context"))
    reading = read(made, found)
    assert reading == Naive(made, found, standings(made, found)).now


@MAPS
@given(RANDOM, st.booleans(), st.booleans())
def test_crisp_and_gradual_agree_on_decided_claims(r: Random, cyclic: bool, accept: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    known = standings(made, found, accept_unverified=accept)
    reading = read(made, found, accept_unverified=accept)
    for found_apart in disagreements(known, reading):
        assert not known[found_apart.claim].decided
        assert found_apart.words
    for name, account in known.items():
        if account.decided:
            assert AGREES[account.standing] == reading[name]


@MAPS
@given(RANDOM)
def test_without_undercuts_of_its_checks_a_decided_claim_is_what_they_say(r: Random) -> None:
    """No weights are read: the verdicts of the deciding checks are enough."""
    made, found = random_case(r, kinds=("direct", "proxy"))
    reading = read(made, found)
    targets = {cut.target for c in made.claims.values() for cut in c.undercuts}
    for c in made.claims.values():
        direct = [b for b in c.checks if b.bears == "direct"]
        if len(direct) == 1 and f"{direct[0].check} > {c.id}" not in targets:
            outcome = found.get(direct[0].check)
            plain = outcome is not None and not outcome.provisional
            assert reading[c.id] == (
                VALUES.get(outcome.verdict, "undecided") if plain and outcome else "undecided"
            )


@MAPS
@given(RANDOM)
def test_what_is_settled_stays_settled_when_more_is_known(r: Random) -> None:
    """Reasons of argued claims only: undercuts of deciding checks are weighed, and may unsettle."""
    made, found = random_case(r, cyclic=True, kinds=("proxy",))
    fewer = {name: outcome for name, outcome in found.items() if r.random() < 0.5}
    before, after = read(made, fewer), read(made, found)
    for name, value in before.items():
        assert value in ("undecided", after[name])


@MAPS
@given(RANDOM)
def test_unchecked_files_move_no_decided_claim(r: Random) -> None:
    made, found = random_case(r, kinds=("direct",))
    names = list(made.claims)
    new = [
        claim(
            f"new{i}", undercuts=tuple(f"{b.check} > {c.id}" for c in made.claims.values() for b in c.checks)
        )
        for i in range(3)
    ]
    more = base([*made.claims.values(), *new], made.checks.values())
    known = standings(made, found)
    before, after = read(made, found), read(more, found)
    assert all(before[name] == after[name] for name in names if known[name].decided)


# --- frameworks and disagreements -----------------------------------------------------


@MAPS
@given(RANDOM, st.booleans())
def test_the_framework_holds_the_claims_first_and_names_that_files_can_carry(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    solved, labels = solution(made, found)
    af = compiled(solved, labels)
    assert af.names[: len(solved.snap.ids)] == solved.snap.ids
    assert not any(set(name) & set(" ()[],.#%\"'") for name in af.names)


def test_a_disagreement_says_which_and_why() -> None:
    strong = [claim(f"p{i}", checks=(f"k{i}",), supports=(("c", "decisive"),)) for i in range(2)]
    made = base([claim("c"), *strong, claim("a", checks=("ka",), attacks=("c",)), claim("d")])
    found = results(k0="holds", k1="holds", ka="holds")
    known = standings(made, found)
    assert known["c"].standing is Standing.STANDS
    [only] = disagreements(known, read(made, found))
    assert only == Disagreement("c", Standing.STANDS, "out")
    assert only.opposed
    assert only.words.startswith("Without weights it is rejected")
    weak = base([claim("c"), claim("p", checks=("k",), supports=("c",))])
    [only] = disagreements(standings(weak, results(k="holds")), read(weak, results(k="holds")))
    assert (only.standing, only.crisp, only.opposed) == (Standing.OPEN, "in", False)


def test_other_semantics_tell_which_sides_can_be_taken() -> None:
    a = claim("a", attacks=("b",))
    b = claim("b", attacks=("a",))
    p = claim("p", checks=("k",), supports=("a", "b"))
    lone = claim("lone")
    made, found = base([a, b, p, lone]), results(k="holds")
    af = compiled(*solution(made, found))
    assert read(made, found)["a"] == "undecided"
    for name, possible in (("a", True), ("b", True), ("p", True), ("lone", False)):
        assert credulous(af, "preferred", af.number[name]) == possible
    assert not sceptical(af, "preferred", af.number["a"])


def test_long_chains_are_read() -> None:
    n = 20_000
    chain = [claim(f"c{i}", attacks=(f"c{i + 1}",)) for i in range(n)]
    ends = [claim("support", checks=("k",), supports=tuple(f"c{i}" for i in range(n + 1)))]
    reading = read(base([*chain, claim(f"c{n}"), *ends]), results(k="holds"))
    assert [reading[f"c{i}"] for i in range(4)] == ["in", "out", "in", "out"]
    assert "undecided" not in reading.values()
