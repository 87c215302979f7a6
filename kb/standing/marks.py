"""What can be said of a claim without writing its account: a mark to show, and a basis to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from kb.graph import bearing_id
from kb.model import Standing
from kb.standing.gradual import reason_value
from kb.standing.grouping import Groups
from kb.standing.labels import Label, is_contested
from kb.standing.scores import UNCHECKED, Grounds
from kb.standing.words import Solution

Basis = tuple[object, ...]


class Mark(NamedTuple):
    """A standing as a line or a card shows it; the fields are those of ``kb.model.Account``."""

    standing: Standing
    open_reason: str
    decided: bool
    contested: bool


def all_marks(solved: Solution, labels: Sequence[Label]) -> Mapping[str, Mark]:
    """The mark of each claim of the map, in its order."""
    snap, scores, grounds, state = solved.snap, solved.scores, solved.grounds, solved.state
    return {
        claim: Mark(
            labels[i].standing,
            labels[i].reason,
            grounds[i].decided,
            is_contested(snap, scores, grounds, labels, state, i),
        )
        for i, claim in enumerate(snap.ids)
    }


def all_weights(solved: Solution) -> Mapping[str, float]:
    """How much each step can move its conclusion: the larger end of its line, in nats without sign."""
    snap, scores, state = solved.snap, solved.scores, solved.state
    return {step.id: reason_value(snap, scores, state, i)[1] for i, step in enumerate(snap.amap.steps)}


def all_bases(solved: Solution, labels: Sequence[Label]) -> Mapping[str, Basis]:
    """All that the account of each claim is written from, in ids and numbers.

    Two solutions on one scale in which a claim's basis is equal give it equal accounts, however the rest
    of the base differs. A tenth of the work of writing them.
    """
    snap, state = solved.snap, solved.state
    ids, steps, bearings, cuts = snap.ids, snap.amap.steps, snap.amap.bearings, snap.amap.undercuts
    seen_as = _neighbours(solved, labels)
    said = _said(solved)
    kappa = [*zip(state.kappa_low, state.kappa_high, strict=True)]
    first = len(steps)

    def bearing(j: int) -> Basis:
        return (bearing_id(bearings[j]), said[bearings[j].check], kappa[first + j])

    def reason(i: int) -> Basis:
        j = snap.proxy[i]
        if j >= 0:
            return (bearing(j), snap.sign[i], snap.circular[i])
        step = steps[i]
        flags = (snap.inside[i], snap.circular[i])
        return (step.id, step.strength, kappa[i], flags, [seen_as[p] for p in snap.premises[i]])

    def undercut(k: int) -> Basis:
        return (cuts[k].target, snap.cut_sign[k], [seen_as[p] for p in snap.cut_premises[k]])

    def groups(found: Groups) -> list[list[Basis]]:
        return [[reason(i) for i in group] for group in found]

    def checks(own: Grounds) -> object:
        if own is UNCHECKED:
            return None
        used = [[bearing(j) for j in some] for some in (own.direct, own.parts, own.failed, own.waiting)]
        return (own.pending, own.prior, used)

    return {
        claim: (
            seen_as[i],
            state.base[i],
            (snap.checked[i], snap.cyclic[snap.component[i]]),
            checks(solved.grounds[i]),
            groups(snap.groups_for[i]),
            groups(snap.groups_against[i]),
            [[[undercut(k) for k in group] for group in taken] for _, taken in snap.cuts[i]],
            [seen_as[other] for other in snap.assumes[i]],
            [seen_as[other] for other in snap.requires[i]],
        )
        for i, claim in enumerate(ids)
    }


def _neighbours(solved: Solution, labels: Sequence[Label]) -> list[Basis]:
    """What the account of another claim may say of each claim."""
    ids, claims, state, grounds = solved.snap.ids, solved.base.claims, solved.state, solved.grounds
    return [
        (
            claim,
            claims[claim].name,
            state.low[i],
            state.high[i],
            label.standing,
            label.reason,
            ids[label.culprit] if label.culprit >= 0 else "",
            grounds[i].decided,
        )
        for i, (claim, label) in enumerate(zip(ids, labels, strict=True))
    ]


def _said(solved: Solution) -> Mapping[str, bytes]:
    """For each check that bears on something, a hash of it, of its result and of the score it gives."""
    found: dict[str, bytes] = {}
    for bearing, score in zip(solved.snap.amap.bearings, solved.scores, strict=True):
        check = bearing.check
        if check not in found:
            whole = (solved.base.checks[check], solved.results.get(check), score)
            found[check] = sha256(msgspec.msgpack.encode(whole)).digest()
    return found
