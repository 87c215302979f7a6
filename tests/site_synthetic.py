"""Synthetic bases of any size, for tests and measurements of the site."""

from __future__ import annotations

from dataclasses import replace

from kb.model import (
    ArgumentMap,
    Base,
    Bearing,
    Check,
    Claim,
    Config,
    Evidence,
    Expectation,
    Formula,
    Question,
    Record,
    Result,
    Source,
    Verdict,
)
from kb.standing import Accounts
from tests.site_demo import solved
from tests.site_demo_checks import histogram
from tests.site_demo_claims import step


def synthetic(count: int) -> tuple[Base, ArgumentMap, dict[str, Record], Accounts]:
    """``count`` claims in questions of forty, every third with a check; a tree with some cross links."""
    made: dict[str, Claim] = {}
    tested: dict[str, Check] = {}
    records: dict[str, Record] = {}
    for index in range(count):
        name, position = f"claim-{index}", index % 40
        steps = []
        if position:
            kind = "attacks" if index % 3 == 0 else "supports"
            steps.append(
                step(
                    kind,
                    name,
                    f"claim-{index - position + (position - 1) // 3}",
                    because="It makes the other more likely.",
                )
            )
        if position > 12 and index % 7 == 0:
            steps.append(step("supports", name, f"claim-{index - position}"))
        bearings = ()
        if index % 3 == 0:
            check = f"check-{index}"
            bearings = (Bearing(check, claim=name),)
            tested[check] = Check(
                check,
                "formula",
                Formula("a * b", "1"),
                f"checks/{check}.yaml",
                expect=Expectation(about=10, within="2x"),
            )
            output = replace(histogram(9.0 + index % 5, 0.2), unit="1")
            records[check] = Record(
                Result(
                    check,
                    f"k{index}",
                    "formula",
                    Verdict.HOLDS if index % 2 else Verdict.FAILS,
                    p=0.97 if index % 2 else 0.03,
                    claimed="10",
                    band=(5.0, 20.0),
                    output=output,
                    samples=65536,
                )
            )
        made[name] = Claim(
            name,
            f"This is what claim number {index} says about the world in one plain sentence.",
            f"topic-{index // 40}/{name}.yaml",
            f"Claim number {index}",
            steps=tuple(steps),
            checks=bearings,
            evidence=(Evidence("only-source", f"p{index}"),),
        )
    questions = tuple(
        Question(f"question-{i}", f"Is number {i} so?", (f"claim-{i * 40}",))
        for i in range((count + 39) // 40)
    )
    found = Base(
        "/somewhere/claims",
        Config("A large base", questions=questions),
        made,
        tested,
        {"only-source": Source("only-source", "The only source")},
    )
    return solved(found, records)
