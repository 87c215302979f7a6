"""Checks that surprise: they fail where a cited work asserts the claim, or hold where most reject it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.commands import arguing
from kb.commands.opening import Opened
from kb.graph import members
from kb.model import Bearing, Record, Verdict
from kb.standing.resolving import Known, known_of, resolve
from kb.standing.supposing import supposed

_FOR = ("asserts", "concedes")


@dataclass(frozen=True, slots=True)
class Surprise:
    """A check that came out otherwise than works say of a claim on which it bears.

    ``tests``: it decides the claim, rather than being a weak sign. ``against`` are the works whose word it
    goes against. ``moves`` is how far the middles of all theses, in all, would lie elsewhere had it come
    out the other way, and ``moves_claim`` how far the middle of the claim would.
    """

    check: str
    claim: str
    tests: bool
    against: tuple[str, ...]
    moves: float
    moves_claim: float


def surprises(opened: Opened, records: Mapping[str, Record]) -> tuple[Surprise, ...]:
    """Every surprising check, each once, those first that move the theses furthest, then their claim.

    A check that fails surprises where a work asserts the claim. One that holds surprises where more works
    reject the claim than assert or concede it. A check with several such claims is told for one that it
    tests, if there is one.
    """
    found: dict[str, tuple[Bearing, tuple[str, ...]]] = {}
    for bearing, against in _candidates(opened, records):
        known = found.get(bearing.check)
        if known is None or (known[0].bears == "proxy" and bearing.bears != "proxy"):
            found[bearing.check] = bearing, against
    if not found:
        return ()
    known_now = known_of(opened.argument, opened.base, arguing.results_of(records))
    theses = arguing.theses(opened)
    told = []
    for check, (bearing, against) in found.items():
        fails = records[check].result.verdict is Verdict.FAILS
        other = supposed(opened.base.checks[check], Verdict.HOLDS if fails else Verdict.FAILS, opened.base)
        after = resolve(known_now, {check: other})
        moves = sum(_moved(known_now, after, thesis) for thesis in theses)
        moves_claim = _moved(known_now, after, bearing.claim)
        told.append(Surprise(check, bearing.claim, bearing.bears != "proxy", against, moves, moves_claim))
    return tuple(sorted(told, key=lambda s: (-round(s.moves, 9), -round(s.moves_claim, 9), s.check)))


def _moved(before: Known, after: Known, claim: str) -> float:
    number = before.snap.number[claim]
    return abs(after.middle(number) - before.middle(number))


def _candidates(opened: Opened, records: Mapping[str, Record]) -> Iterator[tuple[Bearing, tuple[str, ...]]]:
    merged = members(opened.argument)
    for bearing in opened.argument.bearings:
        check = opened.base.checks[bearing.check]
        if bearing.bears == "context" or check.circular or not check.expects:
            continue
        claims = [opened.base.claims[claim] for claim in merged[bearing.claim]]
        said = [(e.source, e.role) for claim in claims if claim.origin == "text" for e in claim.evidence]
        asserted = tuple(dict.fromkeys(source for source, role in said if role == "asserts"))
        granted = {source for source, role in said if role in _FOR}
        rejected = tuple(dict.fromkeys(source for source, role in said if role == "rejects"))
        verdict = records[bearing.check].result.verdict
        if verdict is Verdict.FAILS and asserted:
            yield bearing, asserted
        elif verdict is Verdict.HOLDS and len(rejected) > len(granted):
            yield bearing, rejected
