"""What audits find, what they leave alone, and that what they call idle is idle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import Base, Bearing, Claim, Evidence, Input, Quantity, Question, Result, Source
from kb.standing import solve
from kb.standing.audits import AuditFinding, audits
from kb.standing.editing import without
from tests.standing_maps import base, check, claim, random_case, result, results

RANDOM = st.integers(0, 2**48).map(Random)


def audited(
    claims: Sequence[Claim], found: Mapping[str, Result], kind: str, theses: Sequence[str] = (), **fields: Any
) -> list[AuditFinding]:
    made = base(claims, fields.pop("checks", ()))
    config = replace(made.config, questions=(Question("q", "Is it so?", tuple(theses)),))
    made = replace(made, config=config, **fields)
    return [finding for finding in audits(argument_map(made), made, found) if finding.kind == kind]


# --- one-sided -----------------------------------------------------------------


def test_an_argument_whose_only_counter_reason_is_refuted_is_one_sided() -> None:
    claims = [
        claim("a", "It is so."),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("c", "Pigs fly.", checks=["l"], attacks=[("a", "strong")]),
    ]
    (finding,) = audited(claims, results(k="holds", l="fails"), "one-sided", ["a"])
    assert (finding.claim, finding.relations) == ("a", ("c--attacks--a",))
    assert "stands by argument" in finding.words
    assert "“Pigs fly”" in finding.words


@pytest.mark.parametrize("verdict", ["holds", "inconclusive", "could-not-run"])
def test_a_counter_reason_that_may_count_is_a_second_side(verdict: str) -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "decisive")]),
        claim("c", checks=["l"], attacks=["a"]),
    ]
    assert audited(claims, results(k="holds", l=verdict), "one-sided") == []


def test_a_thesis_that_nothing_contradicts_is_left_to_the_rule_about_files() -> None:
    claims = [claim("a"), claim("b", checks=["k"], supports=[("a", "strong")])]
    assert audited(claims, results(k="holds"), "one-sided", ["a"]) == []
    (finding,) = audited(claims, results(k="holds"), "one-sided")
    assert finding.words.endswith("nothing is said against it.")
    against = [claim("a"), claim("b", checks=["k"], attacks=[("a", "strong")])]
    (finding,) = audited(against, results(k="holds"), "one-sided", ["a"])
    assert finding.words.endswith("nothing is said for it.")


# --- one source ------------------------------------------------------------------


SOURCES = {"essay": Source("essay", title="An essay"), "book": Source("book", title="A book")}


def with_number(name: str, source: str) -> Any:
    quantity = Quantity("n", 1.0, source=source, at="p. 1", verified=True)
    return replace(check(name), inputs=(Input("n", inline=quantity),))


def chain(first: str, second: str) -> list[Claim]:
    """a rests on b, and b on c and d, which cite these sources."""
    return [
        claim("a", "It is so."),
        claim("b", supports=[("a", "decisive")]),
        claim("c", checks=["k"], supports=[("b", "decisive")], evidence=(Evidence(first),)),
        claim("d", checks=["l"], supports=[("b", "decisive")], evidence=(Evidence(second),)),
    ]


def test_one_source_is_found_through_a_chain() -> None:
    found = results(k="holds", l="holds")
    findings = audited(chain("essay", "essay"), found, "one source", sources=SOURCES)
    assert [finding.claim for finding in findings] == ["a"]  # the premises of b cite it themselves: KB223
    assert "“An essay”" in findings[0].words
    assert audited(chain("essay", "book"), found, "one source", sources=SOURCES) == []


def test_where_the_numbers_of_a_check_come_from_is_what_counts() -> None:
    found = results(k="holds", l="holds")
    checks = [with_number("k", "book"), with_number("l", "book")]
    findings = audited(chain("essay", "book"), found, "one source", checks=checks, sources=SOURCES)
    assert {finding.claim for finding in findings} == {"a", "b"}
    mixed = [with_number("k", "book"), with_number("l", "essay")]
    assert audited(chain("essay", "essay"), found, "one source", checks=mixed, sources=SOURCES) == []


def test_a_base_with_one_source_is_not_told_so_of_every_claim() -> None:
    sources = {"essay": SOURCES["essay"]}
    assert (
        audited(chain("essay", "essay"), results(k="holds", l="holds"), "one source", sources=sources) == []
    )


# --- double counting ---------------------------------------------------------------


def test_double_counting_through_a_chain() -> None:
    claims = [
        claim("a", "It is so."),
        claim("b", "By one way.", supports=[("a", "strong")]),
        claim("c", "By another.", supports=[("a", "strong")]),
        claim("root", "The root.", checks=["k"], supports=[("b", "decisive"), ("c", "decisive")]),
    ]
    (finding,) = audited(claims, results(k="holds"), "double counting", ["a"])
    assert finding.relations == ("b--supports--a", "c--supports--a")
    assert "“By one way” and “By another”" in finding.words
    assert finding.words.endswith("all go back to “The root”.")


def test_double_counting_by_one_check_of_two_claims_further_back() -> None:
    claims = [
        claim("a"),
        *(claim(f"b{i}", supports=[("a", "strong")]) for i in (1, 2, 3)),
        *(claim(f"r{i}", checks=[f"k{i // 2}"], supports=[(f"b{i}", "decisive")]) for i in (1, 2, 3)),
    ]
    (finding,) = audited(claims, results(k0="holds", k1="holds"), "double counting", ["a"])
    assert finding.relations == ("b2--supports--a", "b3--supports--a")
    assert "the check “k1”" in finding.words


@pytest.mark.parametrize("shared", [{"checks": ["k"]}, {"same_evidence_as": ("b",)}])
def test_what_counts_once_anyway_is_not_double_counting(shared: dict[str, Any]) -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("c", supports=[("a", "strong")], **{"checks": ["l"], **shared}),
    ]
    assert audited(claims, results(k="holds", l="holds"), "double counting", ["a"]) == []


def test_a_reason_on_each_side_is_not_double_counting() -> None:
    claims = [
        claim("a"),
        claim("b", supports=[("a", "strong")]),
        claim("c", attacks=[("a", "strong")]),
        claim("root", checks=["k"], supports=[("b", "decisive"), ("c", "decisive")]),
    ]
    assert audited(claims, results(k="holds"), "double counting", ["a"]) == []


# --- only proxies --------------------------------------------------------------------


def test_a_claim_on_which_nothing_but_a_proxy_counts() -> None:
    claims = [
        claim("a", "It is so.", checks=[Bearing("p", bears="proxy")]),
        claim("b", checks=["k"], supports=[("a", "strong")]),
    ]
    (finding,) = audited(claims, results(p="holds", k="fails"), "only proxies")
    assert (finding.claim, finding.relations) == ("a", ("p > a",))
    assert "nothing but a proxy" in finding.words
    assert audited(claims, results(p="holds", k="holds"), "only proxies") == []
    assert audited(claims, results(p="fails", k="fails"), "only proxies") == []


# --- without effect -------------------------------------------------------------------


def idle(claims: Sequence[Claim], **verdicts: str) -> dict[str, str]:
    findings = audited(claims, results(**verdicts), "without effect")
    return {
        relation: finding.words.rpartition(": ")[2] for finding in findings for relation in finding.relations
    }


def test_why_a_reason_has_no_effect() -> None:
    claims = [
        claim("a"),
        claim("holds", checks=["k"], supports=[("a", "strong"), "settled", "waiting"]),
        claim("twin", checks=["k"], supports=[("a", "moderate")]),
        claim("refuted", checks=["l"], attacks=["a"]),
        claim("coin", checks=["m"], attacks=["a"]),
        claim("cut", checks=["n"], attacks=["a"]),
        claim("cutter", checks=["o"], undercuts=["cut--attacks--a", "refuted--attacks--a"]),
        claim("settled", checks=["p"]),
        claim("waiting", checks=["q"]),
    ]
    found = {
        **results(k="holds", l="fails", n="holds", o="holds", p="fails"),
        "m": result("m", "inconclusive", 0.5),
    }
    made = base(claims)
    said = {
        relation: finding.words.rpartition(": ")[2]
        for finding in audits(argument_map(made), made, found)
        if finding.kind == "without effect"
        for relation in finding.relations
    }
    assert said["refuted--attacks--a"] == "a premise is refuted."
    assert said["twin--supports--a"] == "a reason on the same evidence counts at least as much."
    assert said["holds--supports--settled"] == "its own checks settle it."
    assert said["holds--supports--waiting"] == "nothing counts before its check has run."
    assert "holds--supports--a" not in said
    assert "coin--attacks--a" not in said  # 0.35 to 0.65: it may count


def test_a_weak_reason_beyond_the_cap_and_one_held_down_have_no_effect() -> None:
    many = [claim(f"b{i}", checks=[f"k{i}"], supports=["a"]) for i in range(4)]
    verdicts = {f"k{i}": "holds" for i in range(4)}
    capped = idle([claim("a"), *many], **verdicts)
    assert set(capped) == {f"b{i}--supports--a" for i in range(4)}
    assert "cap" in capped["b0--supports--a"]
    held = [
        claim("a", requires=["bad"]),
        claim("bad", checks=["l"]),
        claim("b", checks=["k"], supports=[("a", "strong")]),
    ]
    assert "holds it down" in idle(held, l="fails", k="holds")["b--supports--a"]


def test_an_undercut_that_takes_nothing() -> None:
    claims = [
        claim("a"),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("u", checks=["l"], undercuts=["b--supports--a"]),
        claim("v", undercuts=["k > b"]),
    ]
    said = idle(claims, k="holds", l="fails")
    assert said["u--undercuts--b--supports--a"] == "a premise is refuted."
    assert said["v--undercuts--k > b"] == "who disputes a check has to show it, and a premise is not shown."
    assert "b--supports--a" not in said


@settings(max_examples=150, deadline=None)
@given(RANDOM, st.booleans())
def test_whatever_is_called_idle_can_be_left_out(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    amap = argument_map(made)
    before = solve(amap, made, found)
    for finding in audits(amap, made, found):
        if finding.kind == "without effect":
            for relation in finding.relations:
                after = solve(without(amap, (relation,)), made, found)
                for name in amap.claims:
                    assert after[name].strength == pytest.approx(before[name].strength, abs=1e-9), finding


@settings(max_examples=60, deadline=None)
@given(RANDOM, st.booleans())
def test_findings_name_what_is_there(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    made = replace(made, config=replace(made.config, questions=(Question("q", "?", tuple(made.claims)),)))
    known = relations(made)
    for finding in audits(argument_map(made), made, found):
        assert finding.claim in made.claims
        assert set(finding.relations) <= known
        assert finding.words.endswith(".")


def relations(made: Base) -> set[str]:
    return {
        *(s.id for c in made.claims.values() for s in (*c.steps, *c.undercuts)),
        *(f"{b.check} > {c.id}" for c in made.claims.values() for b in c.checks),
    }
