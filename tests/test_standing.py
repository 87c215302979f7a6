"""Standings on small maps, with numbers that can be recomputed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import exp, log
from pathlib import Path

import pytest

from kb.graph import argument_map
from kb.model import (
    BEARS,
    Account,
    Base,
    Bearing,
    Claim,
    ReadingResult,
    Result,
    Scale,
    Standing,
    Step,
    Undercut,
    Verdict,
)
from kb.standing import OPEN_WORDS, phrases, solve
from tests.standing_maps import base, check, claim, result, results


def accounts(made: Base, found: Mapping[str, Result] | None = None, **options: bool) -> Mapping[str, Account]:
    return solve(argument_map(made), made, found or {}, **options)


def one(claims: list[Claim], found: Mapping[str, Result] | None = None, **options: bool) -> Account:
    """The account of the first claim."""
    return accounts(base(claims), found, **options)[claims[0].id]


def logistic(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


G = 0.9  # g(0.95) = 2 × 0.95 − 1, of a premise whose check holds
LOGIT = log(4)  # of 0.8


# --- base scores --------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "strength", "standing", "reason"),
    [
        (result("k", "holds"), (0.95, 0.95), Standing.STANDS, ""),
        (result("k", "holds", 0.92), (0.878, 0.878), Standing.STANDS, ""),
        (result("k", "fails"), (0.05, 0.05), Standing.FALLS, ""),
        (result("k", "inconclusive", 0.5), (0.35, 0.65), Standing.OPEN, "inconclusive"),
        (result("k", "inconclusive", 0.8), (0.35, 0.77), Standing.OPEN, "inconclusive"),
        (result("k", "inconclusive"), (0.35, 0.65), Standing.OPEN, "inconclusive"),
        (result("k", "holds", provisional=True), (0.5, 0.95), Standing.OPEN, "rests on an unverified number"),
        (result("k", "fails", provisional=True), (0.05, 0.5), Standing.OPEN, "rests on an unverified number"),
        (result("k", "could-not-run"), (0.02, 0.98), Standing.OPEN, "not run"),
        (result("k", "stale"), (0.02, 0.98), Standing.OPEN, "not run"),
        (None, (0.02, 0.98), Standing.OPEN, "not run"),
    ],
)
def test_one_direct_check(
    outcome: Result | None, strength: tuple[float, float], standing: Standing, reason: str
) -> None:
    found = {} if outcome is None else {"k": outcome}
    account = one([claim("a", checks=["k"])], found)
    assert account.strength == pytest.approx(strength)
    assert (account.standing, account.open_reason) == (standing, reason)


def test_accepting_unverified_numbers_counts_them_in_full() -> None:
    found = {"k": result("k", "holds", provisional=True)}
    account = one([claim("a", checks=["k"])], found, accept_unverified=True)
    assert (account.standing, account.strength) == (Standing.STANDS, pytest.approx((0.95, 0.95)))


def test_mixed_is_the_hull_over_its_readings() -> None:
    def readings(*verdicts: str) -> Result:
        made = tuple(ReadingResult({"s": str(i)}, f"s{i}", Verdict(v)) for i, v in enumerate(verdicts))
        return result("k", "mixed", readings=made)

    account = one([claim("a", checks=["k"])], {"k": readings("holds", "fails")})
    assert account.strength == pytest.approx((0.05, 0.95))
    assert account.open_reason == "depends on the reading"
    assert "outer bound" in account.base_words
    account = one([claim("a", checks=["k"])], {"k": readings("holds", "could-not-run")})
    assert account.strength == pytest.approx((0.02, 0.98))


def test_no_check_is_wide_open() -> None:
    account = one([claim("a")])
    assert account.strength == pytest.approx((0.2, 0.8))
    assert (account.standing, account.open_reason) == (Standing.OPEN, "no evidence")


def direct(*names: str) -> list[Claim]:
    return [claim("a", checks=list(names))]


def test_several_direct_checks_give_the_hull_of_those_that_ran() -> None:
    account = one(direct("k", "m"), results(k="holds", m="fails"))
    assert account.strength == pytest.approx((0.05, 0.95))
    assert account.open_reason == "contested"


def test_a_second_check_that_did_not_run_is_a_badge() -> None:
    account = one(direct("k", "m"), results(k="holds", m="could-not-run"))
    assert account.strength == pytest.approx((0.95, 0.95))
    assert "could not run" in account.base_words


def test_a_chance_near_one_is_not_printed_as_certain() -> None:
    account = one(direct("k"), {"k": result("k", "holds", 0.9996)})
    assert "0.05 + 0.9 × 0.9996 = 0.94964" in account.base_words
    assert "P = 1" not in account.base_words + account.because


def test_the_check_that_decides_decides() -> None:
    made = base(direct("k", "m"), [check("m", decides=True)])
    assert accounts(made, results(k="holds", m="fails"))["a"].standing is Standing.FALLS
    assert accounts(made, results(k="holds", m="stale"))["a"].standing is Standing.STANDS


def test_a_required_check_that_did_not_run_leaves_the_claim_open() -> None:
    made = base(direct("k", "m"), [check("m", required=True)])
    account = accounts(made, results(k="holds", m="could-not-run"))["a"]
    assert account.strength == pytest.approx((0.02, 0.98))
    assert (account.open_reason, account.decided) == ("not run", False)


def test_corroboration_only_shows_when_it_fails() -> None:
    claims = [claim("a", checks=["k", Bearing("m", bears="corroborates")])]
    assert one(claims, results(k="holds", m="could-not-run")).strength == pytest.approx((0.95, 0.95))
    assert one(claims, results(k="holds", m="holds")).strength == pytest.approx((0.95, 0.95))
    assert one(claims, results(k="holds", m="fails")).strength == pytest.approx((0.05, 0.95))


def test_corroboration_alone_decides_nothing() -> None:
    claims = [claim("a", checks=[Bearing("m", bears="corroborates")])]
    assert one(claims, results(m="holds")).strength == pytest.approx((0.2, 0.8))
    failing = one(claims, results(m="fails"))
    assert (failing.strength, failing.decided) == (pytest.approx((0.05, 0.8)), False)


def test_failing_corroborations_count_the_same_in_any_order() -> None:
    bearings = [Bearing("k", bears="corroborates"), Bearing("m", bears="corroborates")]
    found = {**results(n="holds"), "k": result("k", "fails", 0.0), "m": result("m", "fails", 0.07)}
    disputing = claim("b", checks=["n"], undercuts=["k > a"])
    first, second = (
        one([claim("a", checks=order), disputing], found) for order in (bearings, bearings[::-1])
    )
    assert first.strength == pytest.approx(second.strength)
    # κ = 0.1: the expected lowest of 0.2, of 0.05 with chance 0.1, and of 0.05 + 0.9 × 0.07 always.
    assert first.strength[0] == pytest.approx(0.1 * 0.05 + 0.9 * 0.113)


def test_a_conjunction_is_as_strong_as_its_weakest_part() -> None:
    claims = [claim("a", checks=[Bearing("k", bears="part"), Bearing("m", bears="part")])]
    assert one(claims, results(k="holds", m="holds")).standing is Standing.STANDS
    assert one(claims, results(k="holds", m="fails")).standing is Standing.FALLS
    assert one(claims, results(k="fails")).standing is Standing.FALLS
    waiting = one(claims, results(k="holds"))
    assert waiting.strength == pytest.approx((0.02, 0.95))
    assert (waiting.standing, waiting.open_reason) == (Standing.OPEN, "not run")


@pytest.mark.parametrize("bears", BEARS)
def test_a_check_of_nothing_is_context_however_it_bears(bears: str) -> None:
    nothing = replace(check("k", required=True), expect=None)
    made = base([claim("a", checks=[Bearing("k", bears=bears, if_fails="against")])], [nothing])
    account = accounts(made, {"k": result("k", "inconclusive")})["a"]
    assert account == one([claim("a")])


def test_context_and_circular_checks_count_nothing() -> None:
    claims = [claim("a", checks=[Bearing("k", bears="context"), "m"])]
    made = base(claims, [check("m", circular=True)])
    account = accounts(made, results(k="fails", m="holds"))["a"]
    assert account.strength == pytest.approx((0.2, 0.8))
    assert not account.decided


# --- reasons ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strength", "odds"), [("weak", 2), ("moderate", 4), ("strong", 10), ("decisive", 100)]
)
@pytest.mark.parametrize(("kind", "sign"), [("supports", 1), ("attacks", -1)])
def test_one_reason_adds_its_weight(strength: str, odds: float, kind: str, sign: int) -> None:
    account = one([claim("a"), claim("b", checks=["k"], **{kind: [("a", strength)]})], results(k="holds"))
    shift = sign * log(odds) * G
    assert account.log_odds == pytest.approx((-LOGIT + shift, LOGIT + shift))
    assert account.strength == pytest.approx((logistic(-LOGIT + shift), logistic(LOGIT + shift)))


def test_the_worked_example_of_the_documentation() -> None:
    claims = [
        claim("bill"),
        claim("prices", checks=["k"], supports=[("bill", "strong")]),
        claim("rent", checks=["m"], attacks=[("bill", "weak")]),
        claim("cluster", attacks=[("bill", "weak")]),
    ]
    account = one(claims, results(k="holds", m="holds"))
    low = -1.386294 + 2.302585 * 0.9 - 0.693147 * 0.9 - 0.693147 * 0.6
    high = 1.386294 + 2.302585 * 0.9 - 0.693147 * 0.9
    assert account.log_odds == pytest.approx((low, high), abs=1e-5)
    assert account.strength == pytest.approx((0.4125, 0.9445), abs=5e-5)
    assert (account.standing, account.open_reason) == (Standing.OPEN, "contested")


def test_a_refuted_reason_counts_nothing() -> None:
    account = one([claim("a"), claim("b", checks=["k"], attacks=[("a", "decisive")])], results(k="fails"))
    assert account.strength == pytest.approx((0.2, 0.8))
    assert account.contributions[1].nats == (0.0, 0.0)
    assert "refuted" in account.contributions[1].note
    assert account.contested, "a counter-reason that was refuted has been examined"


def test_linked_premises_are_as_strong_as_the_weakest() -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "decisive", "c")]),
        claim("c", checks=["m"]),
    ]
    assert one(claims, results(k="holds", m="fails")).strength == pytest.approx((0.2, 0.8))
    assert one(claims, results(k="holds")).strength[1] > 0.8


def test_weak_reasons_are_capped_together() -> None:
    claims = [claim("a"), *(claim(f"b{i}", checks=[f"k{i}"], supports=["a"]) for i in range(5))]
    account = one(claims, {f"k{i}": result(f"k{i}", "holds") for i in range(5)})
    assert account.log_odds[0] == pytest.approx(-LOGIT + log(4))
    cap = account.contributions[-1]
    assert (cap.kind, cap.sign) == ("cap", 1)
    assert cap.nats == pytest.approx((log(4) - 5 * log(2) * G,) * 2)


def test_strong_reasons_stand_beside_the_cap() -> None:
    weak = [claim(f"b{i}", checks=[f"k{i}"], supports=["a"]) for i in range(5)]
    claims = [claim("a"), *weak, claim("s", checks=["k"], supports=[("a", "strong")])]
    found = {f"k{i}": result(f"k{i}", "holds") for i in range(5)} | results(k="holds")
    assert one(claims, found).log_odds[0] == pytest.approx(-LOGIT + log(4) + log(10) * G)


def test_reasons_on_one_check_count_once() -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("c", checks=["k"], supports=[("a", "moderate")]),
    ]
    account = one(claims, results(k="holds"))
    assert account.log_odds[0] == pytest.approx(-LOGIT + log(10) * G)
    assert [line.kind for line in account.contributions] == ["base", "step", "step", "shared"]


def test_what_is_shared_is_told_by_name() -> None:
    claims = [
        claim("a"),
        claim("b", "Prices are high.", checks=["k"], supports=[("a", "strong"), ("a", "weak")]),
        claim("c", "Power is dear.", checks=["k"], supports=[("a", "moderate")]),
    ]
    words = one(claims, results(k="holds")).contributions[-1].words
    assert words == (
        "Of “Prices are high” and “Power is dear”, which rest on the same evidence, only the strongest counts"
    )
    words = one(claims[:2], results(k="holds")).contributions[-1].words
    assert words == "“Prices are high” gives several reasons, of which only the strongest counts"


def test_declared_shared_evidence_counts_once_through_others() -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")], same_evidence_as=("x",)),
        claim("c", checks=["m"], supports=[("a", "strong")], same_evidence_as=("x",)),
        claim("x"),
    ]
    assert one(claims, results(k="holds", m="holds")).log_odds[0] == pytest.approx(-LOGIT + log(10) * G)


def test_a_strong_reason_that_falls_does_not_lift_weak_ones_out_of_the_cap() -> None:
    weak = [claim(f"b{i}", checks=[f"k{i}"], supports=["a"]) for i in range(3)]
    twin = claim("s", checks=["no"], supports=[("a", "strong")], same_evidence_as=("b0",))
    found = {f"k{i}": result(f"k{i}", "holds") for i in range(3)} | results(no="fails")
    assert one([claim("a"), *weak, twin], found).log_odds[0] == pytest.approx(0)


def test_a_premise_on_the_check_of_its_conclusion_counts_nothing() -> None:
    claims = [claim("a", checks=["k"]), claim("b", checks=["k"], supports=[("a", "strong")])]
    account = one(claims, results(k="holds"))
    assert account.tension[0].nats == (0.0, 0.0)
    assert "not counted" in account.tension[0].note


def test_reasons_on_a_decided_claim_are_tension() -> None:
    claims = [claim("a", checks=["k"]), claim("b", checks=["m"], attacks=[("a", "decisive")])]
    account = one(claims, results(k="holds", m="holds"))
    assert account.strength == pytest.approx((0.95, 0.95))
    assert len(account.contributions) == 1
    assert account.tension[0].nats == pytest.approx((-log(100) * G,) * 2)
    assert account.contested


def test_reasons_do_not_stand_in_for_a_check_that_did_not_run() -> None:
    claims = [claim("a", checks=["k"]), claim("b", checks=["m"], supports=[("a", "decisive")])]
    account = one(claims, results(m="holds"))
    assert account.strength == pytest.approx((0.02, 0.98))
    assert (account.standing, account.open_reason) == (Standing.OPEN, "not run")


def test_proxies_count_as_weak_reasons_if_they_hold() -> None:
    plain = [claim("a", checks=[Bearing("k", bears="proxy")])]
    against = [claim("a", checks=[Bearing("k", bears="proxy", if_fails="against")])]
    nats = log(2) * G
    assert one(plain, results(k="holds")).log_odds == pytest.approx((-LOGIT + nats, LOGIT + nats))
    assert one(plain, results(k="fails")).log_odds == pytest.approx((-LOGIT, LOGIT))
    assert one(against, results(k="fails")).log_odds == pytest.approx((-LOGIT - nats, LOGIT - nats))
    account = one(plain)
    assert account.log_odds == pytest.approx((-LOGIT, LOGIT + log(2) * 0.96))
    assert account.open_reason == "not run"


# --- undercuts ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("strength", "weight"), [("weak", 0.25), ("moderate", 0.5), ("strong", 0.75), ("decisive", 1.0)]
)
def test_an_undercut_takes_its_share(strength: str, weight: float) -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("u", checks=["m"], undercuts=[("b--supports--a", strength)]),
    ]
    account = one(claims, results(k="holds", m="holds"))
    assert account.contributions[1].kappa == pytest.approx((1 - weight * G,) * 2)
    assert account.log_odds[0] == pytest.approx(-LOGIT + log(10) * G * (1 - weight * G))


def test_undercuts_take_support_away_and_oppose_nothing() -> None:
    claims = [claim("a"), claim("b", supports=["a"]), claim("u", checks=["m"], undercuts=["b--supports--a"])]
    account = one(claims, results(m="holds"))
    assert account.log_odds[0] == pytest.approx(-LOGIT)
    assert account.log_odds[1] < one(claims[:2]).log_odds[1]


def test_the_ends_cross_at_each_nesting() -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("u", undercuts=["b--supports--a"]),
        claim("v", undercuts=["u--undercuts--b--supports--a"]),
    ]
    account = one(claims, results(k="holds"))
    # g of an unchecked claim is 0 to 0.6; v leaves 0.4 to 1 of u, so u takes 0 to 0.6.
    assert account.contributions[1].kappa == pytest.approx((0.4, 1.0))
    decided = [*claims[:2], replace(claims[2], checks=(Bearing("m", claim="u"),)), claims[3]]
    account = one(decided, results(k="holds", m="holds"))
    assert account.contributions[1].kappa == pytest.approx((1 - 0.9, 1 - 0.9 * 0.4))


def test_undercuts_on_the_same_check_count_once() -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("u", checks=["m"], undercuts=[("b--supports--a", "moderate")]),
        claim("v", checks=["m"], undercuts=[("b--supports--a", "weak")]),
    ]
    account = one(claims, results(k="holds", m="holds"))
    assert account.contributions[1].kappa == pytest.approx((1 - 0.5 * G,) * 2)


def test_undercutting_a_bearing_disputes_a_decided_claim() -> None:
    claims = [claim("a", checks=["k"]), claim("u", checks=["m"], undercuts=[("k > a", "strong")])]
    account = one(claims, results(k="holds", m="holds"))
    kappa = 1 - 0.75 * G
    assert account.strength == pytest.approx(
        (kappa * 0.95 + (1 - kappa) * 0.2, kappa * 0.95 + (1 - kappa) * 0.8)
    )
    assert (account.standing, account.open_reason, account.contested) == (Standing.OPEN, "contested", True)


def test_undercutting_one_of_two_checks_leaves_the_other() -> None:
    claims = [claim("a", checks=["k", "m"]), claim("u", checks=["n"], undercuts=["m > a"])]
    scale = Scale(undercut={"decisive": 1 / 0.9})
    made = base(claims, scale=scale)
    account = accounts(made, results(k="holds", m="fails", n="holds"))["a"]
    assert account.strength == pytest.approx((0.95, 0.95))


def test_the_burden_of_proof_lies_with_who_disputes_a_check() -> None:
    claims = [claim("a", checks=["k"]), claim("u", undercuts=["k > a"])]
    assert one(claims, results(k="holds")).strength == pytest.approx((0.95, 0.95))
    proven = [*claims, claim("b", checks=["m"], supports=[("u", "decisive")])]
    low = logistic(-LOGIT + log(100) * G)
    kappa = 1 - (2 * low - 1)
    assert one(proven, results(k="holds", m="holds")).strength[0] == pytest.approx(
        kappa * 0.95 + (1 - kappa) * 0.2
    )


# --- what is assumed and required ---------------------------------------------


def test_a_refuted_assumption_opens_a_claim() -> None:
    claims = [
        claim("a", assumes=["x"]),
        claim("b", checks=["k"], supports=[("a", "decisive")]),
        claim("x", checks=["m"]),
    ]
    account = one(claims, results(k="holds", m="fails"))
    assert account.strength == pytest.approx((0.5, 0.5))
    assert (account.standing, account.open_reason) == (Standing.OPEN, "rests on a refuted assumption")
    assert account.limits == (("x", "assumes", pytest.approx((0.05, 0.05))),)
    assert one(claims, results(k="holds", m="holds")).standing is Standing.STANDS


def test_what_a_claim_requires_brings_it_down() -> None:
    claims = [
        claim("a", requires=["x"]),
        claim("b", checks=["k"], supports=[("a", "decisive")]),
        claim("x", checks=["m"]),
    ]
    account = one(claims, results(k="holds", m="fails"))
    assert (account.standing, account.strength) == (Standing.FALLS, pytest.approx((0.05, 0.05)))
    assert "requires" in account.because
    waiting = one(claims, results(k="holds"))
    assert (waiting.standing, waiting.open_reason) == (Standing.OPEN, "not run")


def test_a_decided_claim_is_held_down_by_nothing() -> None:
    claims = [claim("a", checks=["k"], requires=["x"], assumes=["x"]), claim("x", checks=["m"])]
    assert one(claims, results(k="holds", m="fails")).strength == pytest.approx((0.95, 0.95))


# --- circles ------------------------------------------------------------------


def test_two_rivals_without_evidence_are_both_open() -> None:
    claims = [claim("a", attacks=[("b", "decisive")]), claim("b", attacks=[("a", "decisive")])]
    found = accounts(base(claims))
    assert {account.standing for account in found.values()} == {Standing.OPEN}
    assert found["a"].cyclic
    assert found["a"].strength == pytest.approx(found["b"].strength)


def test_evidence_settles_rivals() -> None:
    claims = [
        claim("a", attacks=[("b", "decisive")]),
        claim("b", attacks=[("a", "moderate")]),
        claim("e", checks=["k"], supports=[("a", "decisive")]),
    ]
    found = accounts(base(claims), results(k="holds"))
    assert found["a"].standing is Standing.STANDS


def test_claims_do_not_lift_themselves_in_a_ring() -> None:
    ring = [claim(f"c{i}", supports=[(f"c{(i + 1) % 4}", "decisive")]) for i in range(4)]
    found = accounts(base(ring))
    assert all(account.standing is Standing.OPEN for account in found.values())
    assert all(account.strength[0] == pytest.approx(0.2) for account in found.values())
    assert "in turn" in found["c0"].contributions[1].note


def test_a_claim_cannot_undercut_the_check_that_it_rests_on() -> None:
    claims = [claim("a", checks=["k"], supports=[("u", "decisive")]), claim("u", undercuts=["k > a"])]
    assert one(claims, results(k="holds")).strength == pytest.approx((0.95, 0.95))


def test_an_undercut_that_takes_nothing_closes_no_circle() -> None:
    """v links u, which rests on a's check, against that check: that must not cost u its support."""
    claims = [
        claim("u"),
        claim("a", checks=["k"], supports=[("u", "strong")]),
        claim("v", undercuts=[("k > a", "decisive", "u")]),
    ]
    found = accounts(base(claims), results(k="holds"))
    assert found["a"].strength == pytest.approx((0.95, 0.95))
    assert found["u"].strength == pytest.approx(one(claims[:2], results(k="holds")).strength)
    assert not found["u"].cyclic


def test_an_undercut_of_what_is_not_counted_closes_no_circle() -> None:
    """b is decided, so what a says for it, and against that, makes b rest on nothing."""
    claims = [
        claim("a", supports=[("b", "strong")], undercuts=["a--supports--b"]),
        claim("b", checks=["k"], supports=[("a", "strong")]),
    ]
    found = accounts(base(claims), results(k="holds"))
    assert not found["a"].cyclic
    assert found["a"].log_odds == pytest.approx((-LOGIT + log(10) * G, LOGIT + log(10) * G))
    assert found["a"].strength[0] > 0.6
    [tension] = found["b"].tension
    assert tension.kappa == pytest.approx(
        (1 - (2 * found["a"].strength[1] - 1), 1 - (2 * found["a"].strength[0] - 1))
    )


@pytest.mark.parametrize("shape", ["chain", "undercuts", "ring", "assumptions"])
def test_depth_is_no_limit(shape: str) -> None:
    n = 3000
    fields: dict[str, dict[int, dict[str, object]]] = {
        "chain": {i: {"supports": [(f"c{i - 1}", "strong")]} for i in range(1, n)},
        "ring": {i: {"attacks": [(f"c{(i + 1) % n}", "strong")]} for i in range(n)},
        "assumptions": {i: {"assumes": [f"c{i + 1}"]} for i in range(n - 1)},
        "undercuts": {},
    }
    claims = [claim(f"c{i}", **fields[shape].get(i, {})) for i in range(n)]
    if shape == "undercuts":
        claims[1] = replace(claims[1], steps=(Step("s", "supports", ("c1",), "c0", "strong", named=True),))
        for i in range(2, n):
            target = "s" if i == 2 else f"u{i - 1}"
            claims[i] = replace(claims[i], undercuts=(Undercut(f"u{i}", (f"c{i}",), target, named=True),))
    assert len([account for account in accounts(base(claims)).values() if account.because]) == n


# --- labels and words ---------------------------------------------------------


@pytest.mark.parametrize(
    ("standard", "standing"),
    [
        ("", Standing.STANDS),
        ("preponderance", Standing.STANDS),
        ("clear-and-convincing", Standing.OPEN),
        ("beyond-reasonable-doubt", Standing.OPEN),
    ],
)
def test_a_standard_of_proof_raises_the_bar(standard: str, standing: Standing) -> None:
    claims = [claim("a", standard=standard), claim("b", checks=["k"], supports=[("a", "strong")])]
    assert one(claims, results(k="holds")).standing is standing
    claims = [claim("a", standard=standard), claim("b", checks=["k"], attacks=[("a", "strong")])]
    expected = Standing.FALLS if standing is Standing.STANDS else Standing.OPEN
    assert one(claims, results(k="holds")).standing is expected


def test_a_check_that_holds_below_the_standard_is_not_called_inconclusive() -> None:
    strict = claim("a", checks=["k"], standard="beyond-reasonable-doubt")
    account = one([strict], {"k": result("k", "holds", 0.92)})
    assert account.standing is Standing.OPEN
    assert account.because.startswith("Open: what its check shows does not reach the standard set for it.")


def test_restated_claims_share_one_account() -> None:
    claims = [claim("a"), claim("b", restates=("a",), checks=["k"])]
    found = accounts(base(claims), results(k="holds"))
    assert list(found) == ["a"]
    assert found["a"].standing is Standing.STANDS


def test_a_claim_that_no_one_opposed_is_uncontested() -> None:
    supported = [claim("a"), claim("b", checks=["k"], supports=[("a", "strong")])]
    assert not one(supported, results(k="holds")).contested
    opposed = [*supported, claim("c", attacks=["a"])]
    assert not one(opposed, results(k="holds")).contested, "nobody looked into c"
    examined = [*supported, claim("c", checks=["m"], attacks=["a"])]
    assert one(examined, results(k="holds", m="fails")).contested


def test_disputing_a_context_check_contests_nothing() -> None:
    context = Bearing("idle", bears="context")
    claims = [
        claim("a", checks=[context]),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("u", checks=["m"], undercuts=["idle > a"]),
    ]
    assert not one(claims, results(k="holds", m="holds")).contested


def test_priors_count_only_when_asked_for() -> None:
    claims = [claim("a", prior=0.9)]
    assert one(claims).strength == pytest.approx((0.2, 0.8))
    assert one(claims, use_priors=True).strength == pytest.approx((0.9, 0.9))


@pytest.mark.parametrize(
    ("claims", "found", "words"),
    [
        (
            direct("k"),
            results(k="holds"),
            "Stands: a check decides it. The computed 3,637 days is at least 1 day (P = 1).",
        ),
        (
            direct("k"),
            results(k="fails"),
            "Falls: a check refutes it. The computed 3,637 days is not at least 1 day (P = 0).",
        ),
        (direct("k"), {}, "Open: its check “k” has not been run yet."),
        (
            direct("k"),
            {"k": result("k", "could-not-run", reason="no GPU measurement")},
            "Open: its check “k” could not run (no GPU measurement).",
        ),
        (
            [claim("a")],
            {},
            "Open: no check tests it, and no reason counts for or against it. Strength 0.20 to 0.80.",
        ),
        (
            [claim("a"), claim("b", "Prices are high.", checks=["k"], supports=[("a", "strong")])],
            results(k="holds"),
            "Stands: one strong reason for it (“Prices are high”), none against it. Strength 0.67 to 0.97.",
        ),
        (
            [claim("a"), claim("b", "Prices are high.", supports=[("a", "strong")])],
            {},
            "Open: it turns on “Prices are high”, which is itself open (no check decides it). "
            "Strength 0.20 to 0.94.",
        ),
        (
            [claim("a"), claim("b", "Prices are high.", checks=["k"], supports=[("a", "strong")])],
            {},
            "Open: it turns on “Prices are high”, which is itself open (not run). Strength 0.20 to 0.97.",
        ),
    ],
)
def test_because_is_a_plain_sentence(claims: list[Claim], found: dict[str, Result], words: str) -> None:
    assert one(claims, found).because == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            "within a factor of 1.1 of 3,640 days: 3,309 to 4,004 days",
            "is within a factor of 1.1 of 3,640 days",
        ),
        ("at most 10²⁰ FLOP/s·day", "is at most 10²⁰ FLOP/s·day"),
        ("between 1 day and 4,000 days", "is between 1 day and 4,000 days"),
    ],
)
def test_a_finding_names_the_computed_and_the_condition(condition: str, words: str) -> None:
    said = phrases.finding(check("k"), result("k", "holds", condition=condition))
    assert said == f"The computed 3,637 days {words} (P = 1)."


def test_open_reasons_are_the_documented_ones() -> None:
    page = (Path(__file__).parents[1] / "docs" / "standings.md").read_text()
    assert all(f"*{words}*" in page for words in OPEN_WORDS.values())
