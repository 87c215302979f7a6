"""What is found wrong with checks before they run: rule, place, words and suggestion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb import checks
from kb.diagnostics import Diagnostic, Diagnostics
from kb.diagnostics.rules import RULES
from kb.model import (
    Base,
    Bearing,
    Benchmark,
    Check,
    Claim,
    Config,
    Expectation,
    Flip,
    Formula,
    Input,
    Option,
    Published,
    Quantity,
    Reading,
    Simulation,
    Spread,
)

QUANTITIES = {
    "six": Quantity("six", value=6.0, unit="FLOP/parameter/token", file="quantities/q.yaml"),
    "size": Quantity("size", value=1.75e11, unit="parameter", file="quantities/q.yaml"),
    "tokens": Quantity("tokens", value=3e11, unit="token", file="quantities/q.yaml"),
}
BASE = Base(
    "/nowhere",
    Config("test"),
    claims={"claim": Claim("claim", "A claim.", checks=(Bearing("bill"),))},
    quantities=QUANTITIES,
)
GOOD = Check(
    "bill",
    "formula",
    Formula("c * n * d", "petaflop/s*day"),
    file="checks/bill.yaml",
    inputs=(Input("c", "six"), Input("n", "size"), Input("d", "tokens")),
    expect=Expectation(about="3640 petaflop/s*day", within="1.1x"),
    flips_if=(Flip({"d": "30e9 token"}, "fails"),),
)
STOCK = Reading("stock", (Option("old"), Option("new", set={"d": "1e12 token"})))
NINE = tuple(Option(f"o{i}") for i in range(9))
SIMULATED = Check(
    "bill",
    "simulation",
    Simulation("best_of_k", {"trials": 100}, seeds=3),
    file="checks/bill.yaml",
    expect=Expectation(output="coverage", at_least=0.5),
    flips_if=(Flip({"samples": 1.0}, "fails"),),
)


def findings(check: Check, base: Base = BASE) -> list[Diagnostic]:
    found = Diagnostics()
    checks.validate(replace(base, checks={check.id: check}), found)
    return list(found)


def formula(compute: str = "c * n * d", unit: str = "petaflop/s*day", **let: str) -> Formula:
    return Formula(compute, unit, let)


def inline(**fields: object) -> tuple[Input, ...]:
    return (*GOOD.inputs, Input("x", inline=Quantity("x", **fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "check",
    [
        GOOD,
        replace(GOOD, readings=(STOCK,), flips_if=(Flip({"stock": "new"}, "fails"),)),
        replace(GOOD, flips_if=(Flip({"d": "tokens", "n": 12.0}, "fails"),)),
        replace(GOOD, body=formula("total / 2", total="c * n * d")),
        replace(GOOD, body=formula(ok="c*n*d > c*n*d"), expect=Expectation(is_true="ok")),
        SIMULATED,
        replace(SIMULATED, body=Simulation("best_of_k", {"samples": "64"})),
        Check(
            "bill",
            "published",
            Published("MMLU, 5-shot", "a - b"),
            inputs=tuple(Input(n, inline=Quantity(n, value=0.5, protocol="MMLU, 5-shot")) for n in "ab"),
            expect=Expectation(at_least="10%"),
            flips_if=(Flip({"a": 0.1}, "fails"),),
        ),
        Check(
            "bill",
            "benchmark",
            Benchmark("matmul", device={"kind": "gpu"}, compute="c * n * d / rate", unit="day"),
            inputs=GOOD.inputs,
            expect=Expectation(at_least="1 year"),
            flips_if=(Flip({"rate": "1e30 FLOP/s"}, "fails"),),
        ),
    ],
)
def test_a_sound_check_has_no_findings(check: Check) -> None:
    assert [(d.rule, d.message) for d in findings(check)] == []


BROKEN: list[tuple[str, Check, str]] = [
    ("KB301", replace(GOOD, body=formula("c * n ^ d")), "**"),
    ("KB301", replace(GOOD, body=formula(total="c *")), "end"),
    ("KB301", replace(GOOD, readings=(Reading("r", (Option("o", compute="c *"),)),)), "end"),
    ("KB302", replace(GOOD, body=formula("c * n * d * toknes")), ""),
    ("KB302", replace(GOOD, body=formula("totl", total="c * n * d")), "total"),
    ("KB303", replace(GOOD, inputs=inline(value=1.0, unit="tokns")), "token"),
    ("KB303", replace(GOOD, body=formula(unit="petaflops/s")), "FLOP/s"),
    ("KB304", replace(GOOD, body=formula("c * n + d")), "FLOP/parameter/token"),
    ("KB304", replace(GOOD, body=formula(unit="petaflop/s")), "rate"),
    ("KB304", replace(GOOD, flips_if=(Flip({"d": "size"}, "fails"),)), ""),
    ("KB305", replace(GOOD, flips_if=(Flip({"d": "5 day"}, "fails"),)), ""),
    ("KB305", replace(GOOD, flips_if=(Flip({"d": "3,000 token"}, "fails"),)), "3640"),
    ("KB305", replace(GOOD, readings=(Reading("r", (Option("o", set={"d": "x"}),)),)), ""),
    ("KB306", replace(GOOD, expect=Expectation(at_least="3 FLOP/s")), "rate"),
    ("KB306", replace(GOOD, expect=Expectation(about=1.0)), "within"),
    ("KB306", replace(GOOD, expect=Expectation(output="reslt", at_least=1.0)), "result"),
    ("KB306", replace(GOOD, expect=Expectation(is_true="result")), "compare"),
    ("KB306", replace(GOOD, readings=(Reading("r", (Option("o", expect=Expectation(at_most="1 s")),)),)), ""),
    ("KB306", replace(SIMULATED, expect=Expectation(at_least=0.5)), "coverage"),
    ("KB306", replace(SIMULATED, expect=Expectation(output="coverge", at_least=0.5)), "coverage"),
    ("KB307", replace(GOOD, inputs=inline(value=1.0)), "remove"),
    ("KB308", replace(GOOD, flips_if=(Flip({"e": 1.0}, "fails"),)), "c, n, d"),
    ("KB308", replace(GOOD, readings=(STOCK,), flips_if=(Flip({"stock": "nwe"}, "fails"),)), "new"),
    ("KB308", replace(GOOD, readings=(Reading("r", (Option("o", set={"e": 1.0}),)),)), "c, n, d"),
    ("KB308", replace(SIMULATED, flips_if=(Flip({"sampels": 1.0}, "fails"),)), "samples"),
    ("KB309", replace(GOOD, flips_if=(Flip({"d": 1.0}, "could-not-run"),)), ""),
    ("KB310", replace(GOOD, flips_if=()), "flips_if"),
    ("KB311", replace(GOOD, expect=None), "context"),
    ("KB312", replace(SIMULATED, body=Simulation("best_of_n")), "best_of_k"),
    ("KB313", replace(SIMULATED, body=Simulation("best_of_k", {"sampels": 1})), "samples"),
    ("KB313", replace(SIMULATED, body=Simulation("best_of_k", {"samples": -1})), ""),
    ("KB313", replace(SIMULATED, body=Simulation("best_of_k", {"samples": 1.5})), ""),
    ("KB313", replace(SIMULATED, body=Simulation("best_of_k", {"samples": [1]})), ""),
    ("KB313", replace(SIMULATED, body=Simulation("best_of_k", {"samples": "1 day"})), ""),
    ("KB313", replace(SIMULATED, flips_if=(Flip({"samples": 0.5}, "fails"),)), ""),
    (
        "KB313",
        replace(SIMULATED, readings=(Reading("tries", (Option("few", set={"samples": 0.5}),)),)),
        "",
    ),
    ("KB314", replace(GOOD, inputs=(*GOOD.inputs, Input("log", "six"))), "another name"),
    ("KB314", replace(GOOD, body=formula(d="c * n")), "another name"),
    ("KB314", replace(GOOD, body=formula(result="c * n")), "another name"),
    (
        "KB315",
        Check(
            "bill",
            "published",
            Published("MMLU, 5-shot", "a"),
            inputs=(Input("a", inline=Quantity("a", value=0.5, protocol="MMLU, 0-shot")),),
            expect=Expectation(at_least=0.1),
            flips_if=(Flip({"a": 0.0}, "fails"),),
        ),
        "same protocol",
    ),
    ("KB316", replace(GOOD, inputs=inline(spread=Spread("percentiles", (2.0, 1.0)))), ""),
    ("KB316", replace(GOOD, inputs=inline(spread=Spread("uniform", (-1e200, 1e200)))), ""),
    ("KB317", replace(GOOD, readings=tuple(Reading(d, NINE) for d in ("first", "second"))), "drop options"),
]


@pytest.mark.parametrize(
    ("rule", "check", "hint"), BROKEN, ids=[f"{r}-{i}" for i, (r, *_) in enumerate(BROKEN)]
)
def test_each_rule_finds_what_breaks_it(rule: str, check: Check, hint: str) -> None:
    found = [d for d in findings(check) if d.rule == rule]
    assert len(found) == 1
    assert hint in found[0].hint
    assert found[0].file == check.file


def test_every_rule_of_this_room_is_broken_by_a_test() -> None:
    # KB318, a damaged ledger, is broken by files in test_hostile; what follows it in test_power,
    # test_uncertainty, test_tables and test_fits.
    elsewhere = {"KB318", "KB319", "KB320", "KB321", "KB322", "KB323", "KB324"}
    broken = {rule for rule, *_ in BROKEN} | elsewhere
    assert broken == {number for number in RULES if number.startswith("KB3")}


def test_one_mistake_is_one_finding() -> None:
    for check in (
        replace(GOOD, body=formula("c * n * d + *")),
        replace(GOOD, body=formula(unit="tokns")),
        replace(GOOD, body=formula("c * n * d * x"), inputs=inline(value=1.0, unit="tokns")),
    ):
        assert len([d for d in findings(check) if d.severity == "error"]) == 1


def test_a_context_check_needs_neither_expectation_nor_flip() -> None:
    context = Claim("claim", "A claim.", checks=(Bearing("bill", bears="context"),))
    base = replace(BASE, claims={"claim": context})
    assert findings(replace(GOOD, expect=None, flips_if=()), base) == []
    assert findings(replace(GOOD, expect=None, flips_if=()), replace(BASE, claims={})) == []


def test_a_proxy_needs_both() -> None:
    proxy = Claim("claim", "A claim.", checks=(Bearing("bill", bears="proxy"),))
    base = replace(BASE, claims={"claim": proxy})
    assert [d.rule for d in findings(replace(GOOD, flips_if=()), base)] == ["KB310"]


def test_a_dangling_quantity_is_not_reported_here() -> None:
    assert findings(replace(GOOD, inputs=(*GOOD.inputs[:2], Input("d", "missing")))) == []


def test_a_shared_quantity_with_a_bad_unit_is_reported_once_in_its_own_file() -> None:
    base = replace(BASE, quantities={**QUANTITIES, "tokens": replace(QUANTITIES["tokens"], unit="tokns")})
    assert [(d.rule, d.file) for d in findings(GOOD, base)] == [("KB303", "quantities/q.yaml")]


# --- places ---------------------------------------------------------------------

FILE = """\
kind: formula
inputs:
  c: six
  n: {value: 3, unit: paramter}
  d: tokens
compute: c * d + d
unit: petaflop/s*day
expect:
  about: "3640 petaflop/s*dya"
  within: 1.1x
flips_if:
  set: {d: 5 day}
  to: fails
"""


def test_findings_stand_at_their_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks/bill.yaml").write_text(FILE)
    check = replace(
        GOOD,
        body=formula("c * d + d"),
        inputs=(
            GOOD.inputs[0],
            Input("n", inline=Quantity("n", value=3.0, unit="paramter")),
            GOOD.inputs[2],
        ),
        expect=Expectation(about="3640 petaflop/s*dya", within="1.1x"),
        flips_if=(Flip({"d": "5 day"}, "fails"),),
    )
    found = findings(check, replace(BASE, root=str(tmp_path)))
    lines = FILE.splitlines()
    places = {d.rule: (d.line, d.column) for d in found if d.rule != "KB307"}
    assert places == {
        "KB303": (4, lines[3].index("paramter") + 1),
        "KB304": (6, lines[5].index("+") + 1),
        "KB306": (9, lines[8].index("dya") + 1),
        "KB305": (12, lines[11].index("5 day") + 1),
    }


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("compute: c * n ^ d", (1, 16)),
        ("compute: 'c * n ^ d'", (1, 17)),
        ('compute: "c * n ^ d"', (1, 17)),
        ("compute: >\n  c * n\n  ^ d", (1, 10)),
        ("# the file was changed meanwhile", (1, 1)),
    ],
)
def test_a_column_is_exact_where_the_text_is_one_line(
    tmp_path: Path, written: str, place: tuple[int, int]
) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks/bill.yaml").write_text(written + "\n")
    found = findings(replace(GOOD, body=formula("c * n ^ d")), replace(BASE, root=str(tmp_path)))
    assert [(d.line, d.column) for d in found if d.rule == "KB301"] == [place]


def test_a_change_in_a_list_is_placed_too(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    text = "flips_if:\n  - {set: {d: 1}, to: fails}\n  - {set: {x: 1}, to: fails}\n"
    (tmp_path / "checks/bill.yaml").write_text(text)
    check = replace(GOOD, flips_if=(Flip({"d": 1.0}, "fails"), Flip({"x": 1.0}, "fails")))
    found = findings(check, replace(BASE, root=str(tmp_path)))
    assert [(d.rule, d.line) for d in found] == [("KB308", 3)]


def test_a_wrong_unit_is_one_finding() -> None:
    found = findings(replace(GOOD, body=formula(unit="petaflop/s")))
    assert [d.rule for d in found] == ["KB304"]
