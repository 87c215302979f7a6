"""Small argument maps for the tests of kb.graph and kb.standing: written by hand, or at random."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from kb.model import (
    STRENGTHS,
    Base,
    Bearing,
    Check,
    Claim,
    Config,
    Dependence,
    Expectation,
    Formula,
    Output,
    ReadingResult,
    Result,
    Scale,
    Step,
    Undercut,
    Verdict,
)


def claim(name: str, text: str = "", **fields: Any) -> Claim:
    """A claim whose relations are given in short: ids, or (id, strength), or (id, strength, premises…)."""
    steps = []
    for kind in ("supports", "attacks"):
        for index, entry in enumerate(fields.pop(kind, ())):
            target, strength, *linked = (entry, "weak") if isinstance(entry, str) else entry
            steps.append(
                Step(
                    f"{name}--{kind}--{target}",
                    kind,
                    (name, *linked),
                    target,
                    strength,
                    owner=name,
                    index=index,
                )
            )
    cuts = []
    for index, entry in enumerate(fields.pop("undercuts", ())):
        target, strength, *linked = (entry, "decisive") if isinstance(entry, str) else entry
        cuts.append(
            Undercut(
                f"{name}--undercuts--{target}", (name, *linked), target, strength, owner=name, index=index
            )
        )
    needs = {
        kind: tuple(Dependence(other) for other in fields.pop(kind, ())) for kind in ("assumes", "requires")
    }
    checks = tuple(
        replace(entry, claim=name) if isinstance(entry, Bearing) else Bearing(entry, claim=name)
        for entry in fields.pop("checks", ())
    )
    return Claim(
        name,
        text or f"{name} is so.",
        file=f"topic/{name}.yaml",
        steps=tuple(steps),
        undercuts=tuple(cuts),
        checks=checks,
        **needs,
        **fields,
    )


def check(name: str, **fields: Any) -> Check:
    return Check(name, "formula", Formula("1"), expect=Expectation(at_least=1), **fields)


def base(claims: Iterable[Claim], checks: Iterable[Check] = (), scale: Scale | None = None) -> Base:
    """A base of these claims; every check they name exists, plainly, unless it is given."""
    claims = list(claims)
    named = {bearing.check: check(bearing.check) for c in claims for bearing in c.checks}
    named.update((c.id, c) for c in checks)
    config = Config("Test", scale=scale or Scale())
    return Base("", config, {c.id: c for c in claims}, named)


def result(name: str, verdict: str, p: float | None = None, **fields: Any) -> Result:
    if p is None and verdict in ("holds", "fails"):
        p = 1.0 if verdict == "holds" else 0.0
    output = Output("result", "day", 3637.0) if verdict in ("holds", "fails") else None
    given = {"condition": "at least 1 day", **fields}
    return Result(name, "key", "formula", Verdict(verdict), p=p, output=output, **given)


def results(**verdicts: str) -> dict[str, Result]:
    """Results by check id, an underscore standing for a hyphen."""
    return {
        name.replace("_", "-"): result(name.replace("_", "-"), verdict) for name, verdict in verdicts.items()
    }


def random_result(r: Random, name: str) -> Result | None:
    kind = r.choice(
        ["holds", "holds", "fails", "fails", "inconclusive", "mixed", "could-not-run", "stale", ""]
    )
    if not kind:
        return None
    p = {
        "holds": r.choice([1.0, 0.93]),
        "fails": r.choice([0.0, 0.07]),
        "inconclusive": r.choice([0.5, 0.8, None]),
    }
    readings: tuple[ReadingResult, ...] = ()
    if kind == "mixed":
        readings = tuple(
            ReadingResult({"sense": str(i)}, f"sense {i}", Verdict(verdict), p=p.get(verdict))
            for i, verdict in enumerate(["holds", r.choice(["fails", "inconclusive", "could-not-run"])])
        )
    provisional = kind in ("holds", "fails", "inconclusive", "mixed") and r.random() < 0.25
    return result(name, kind, p.get(kind), readings=readings, provisional=provisional)


def random_case(
    r: Random,
    *,
    cyclic: bool = False,
    most: int = 7,
    kinds: tuple[str, ...] = ("direct", "part", "corroborates", "proxy"),
) -> tuple[Base, Mapping[str, Result]]:
    """A random base with results. Without circles, every relation runs from a later claim to an earlier."""
    n = r.randint(2, most)
    names = [f"c{i}" for i in range(n)]
    pool = [f"k{i}" for i in range(5)]
    fields: list[dict[str, Any]] = [
        {"steps": [], "undercuts": [], "assumes": [], "requires": []} for _ in names
    ]
    targets: list[tuple[str, int]] = []

    def above(i: int) -> list[int]:
        return [j for j in range(n) if j != i] if cyclic else list(range(i + 1, n))

    for i in range(n):
        fields[i]["checks"] = tuple(
            Bearing(
                name,
                bears=r.choice(kinds),
                if_fails=r.choice(["", "against"]),
                claim=names[i],
            )
            for name in r.sample(pool, r.choice([0, 0, 1, 1, 2]))
        )
        targets += [(f"{b.check} > {names[i]}", i) for b in fields[i]["checks"]]
    for number in range(r.randint(1, 2 * n)):
        i = r.randrange(n)
        if above(i):
            premises = tuple(names[j] for j in r.sample(above(i), min(len(above(i)), r.choice([1, 1, 2]))))
            step = Step(
                f"s{number}",
                r.choice(["supports", "attacks"]),
                premises,
                names[i],
                r.choice(STRENGTHS),
                named=True,
            )
            fields[int(premises[0][1:])]["steps"].append(step)
            targets.append((step.id, i))
    for number in range(r.choice([0, 1, 2, 4])):
        target, i = r.choice(targets) if targets else ("", 0)
        if target and above(i):
            j = r.choice(above(i))
            cut = Undercut(f"u{number}", (names[j],), target, r.choice(STRENGTHS), named=True)
            fields[j]["undercuts"].append(cut)
            targets.append((cut.id, i))
    for kind in ("assumes", "requires"):
        for _ in range(r.choice([0, 0, 1])):
            i = r.randrange(n)
            if above(i):
                fields[i][kind].append(Dependence(names[r.choice(above(i))]))
    same = tuple(r.sample(names[1:], 1)) if r.random() < 0.3 else ()
    claims = [
        Claim(
            name,
            f"{name} is so.",
            same_evidence_as=same if name == "c0" else (),
            **{key: tuple(value) for key, value in field.items()},
        )
        for name, field in zip(names, fields, strict=True)
    ]
    flags = {name: r.choice(["", "", "", "decides", "required"]) for name in pool}
    checks = [
        check(name, decides=flag == "decides", required=flag == "required") for name, flag in flags.items()
    ]
    found = {name: outcome for name in pool if (outcome := random_result(r, name)) is not None}
    return base(claims, checks), found
