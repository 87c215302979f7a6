"""Sentences: how a claim's base score came about, and why it stands, falls or is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.model import STRENGTHS, Base, Contribution, Interval, Result, Standing, Verdict
from kb.standing.gradual import Strengths
from kb.standing.labels import (
    CONTESTED,
    INCONCLUSIVE,
    NO_EVIDENCE,
    NOT_RUN,
    OPEN_WORDS,
    READING,
    REFUTED,
    UNVERIFIED,
    Label,
)
from kb.standing.phrases import check_name, counted, finding, quoted, unrun
from kb.standing.scores import UNCHECKED, Grounds, Score
from kb.standing.snapshot import Snapshot
from kb.wording import interval, listed


@dataclass(frozen=True, slots=True)
class Solution:
    """Everything computed for one map and one set of results; accounts are written from it."""

    base: Base
    snap: Snapshot
    results: Mapping[str, Result]
    scores: Sequence[Score]
    grounds: Sequence[Grounds]
    state: Strengths

    def name(self, claim: int) -> str:
        return quoted(self.base.claims[self.snap.ids[claim]].name)

    def finding(self, bearing: int) -> str:
        """What the check of a bearing found, as a sentence."""
        check = self.base.checks[self.snap.amap.bearings[bearing].check]
        result = self.results.get(check.id)
        if result is None or not result.ran:
            return f"{_upper(unrun(check, result))}."
        return finding(check, result)

    def unrun(self, bearing: int) -> str:
        check = self.base.checks[self.snap.amap.bearings[bearing].check]
        return unrun(check, self.results.get(check.id))


def reason_words(solved: Solution, reason: int) -> str:
    """One reason in words: who supports or attacks, and how strongly."""
    snap = solved.snap
    sign, who = snap.sign[reason], _who(solved, reason)
    if snap.proxy[reason] >= 0:
        acts = "if it holds, supports" if sign > 0 else "if it fails, attacks"
        return f"{_upper(who)}, {acts} it"
    verb = "supports" if sign > 0 else "attacks"
    return f"{who} {verb} it ({snap.amap.steps[reason].strength})"


def shared_words(solved: Solution, group: Sequence[int]) -> str:
    """Why several reasons count once: who they are, and that they rest on the same evidence."""
    who = list(dict.fromkeys(_who(solved, reason) for reason in group))
    if len(who) == 1:
        return f"{_upper(who[0])} gives several reasons, of which only the strongest counts"
    return f"Of {listed(who)}, which rest on the same evidence, only the strongest counts"


def _who(solved: Solution, reason: int) -> str:
    """Who gives a reason: its premises, or its proxy check."""
    bearing = solved.snap.proxy[reason]
    if bearing < 0:
        return " with ".join(solved.name(premise) for premise in solved.snap.premises[reason])
    return f"proxy check {check_name(solved.base.checks[solved.snap.amap.bearings[bearing].check])}"


def reason_note(solved: Solution, reason: int, premise: Interval, kappa: Interval) -> str:
    """Why a reason adds nothing, or less than it might; empty when there is nothing to say."""
    snap = solved.snap
    if snap.circular[reason]:
        return "not counted: the check that decides its premise decides this claim too"
    if premise[1] <= 0.5:
        refuted = premise[1] <= snap.scale.falls
        return "refuted: counts nothing" if refuted else "no better than a coin: counts nothing"
    notes = []
    if premise[0] <= 0.5:
        notes.append("not settled: may count nothing")
    if kappa[0] < 1:
        notes.append(f"undercut by {_undercutters(solved, reason)}")
    if snap.inside[reason]:
        notes.append("rests on this claim in turn: adds nothing at the low end")
    return "; ".join(notes)


def _undercutters(solved: Solution, reason: int) -> str:
    """The claims whose undercuts take something from a reason's step or bearing."""
    snap = solved.snap
    bearing = snap.proxy[reason]
    claim = snap.amap.bearings[bearing].claim if bearing >= 0 else snap.amap.steps[reason].conclusion
    return listed(
        [
            " with ".join(solved.name(premise) for premise in snap.cut_premises[cut])
            for slot, groups in snap.cuts[snap.number[claim]]
            if slot == snap.slot[reason]
            for group in groups
            for cut in group
        ]
    )


def base_words(solved: Solution, claim: int) -> str:
    """How the base score came about."""
    own, tau = solved.grounds[claim], solved.state.base[claim]
    if own is UNCHECKED:
        return f"No direct check: {interval(tau)}."
    if own.pending:
        return f"{_upper(listed([solved.unrun(j) for j in own.waiting]))}: {interval(tau)}."
    used = (*own.direct, *own.parts)
    said = [solved.finding(j) for j in used]
    if own.prior is not None:
        said.append("The author's own probability stands in for a check.")
    elif not used:
        said.append("No direct check.")
    said += [f"{_upper(solved.unrun(j))}; what ran decides." for j in own.waiting if j not in used]
    said += [f"A check that was to corroborate it fails. {solved.finding(j)}" for j in own.failed]
    if _undercut(solved, (*used, *own.failed)):
        said.append("An undercut takes away some or all of what a check says.")
    elif len(used) == 1 and not own.failed and solved.scores[used[0]].verdict in _PLAIN:
        low, high = solved.scores[used[0]].interval
        if low == high:
            said.append(f"0.05 + 0.9 × {(low - 0.05) / 0.9:.6g} = {low:.6g}.")
            return " ".join(said)
    said.append(f"Base score {interval(tau)}{_bound(solved, used, own)}.")
    return " ".join(said)


_PLAIN = (Verdict.HOLDS, Verdict.FAILS)


def _undercut(solved: Solution, bearings: Sequence[int]) -> bool:
    """Whether something is taken from what one of these checks says."""
    first = len(solved.snap.amap.steps)
    return any(solved.state.kappa_low[first + j] < 1 for j in bearings)


def _bound(solved: Solution, used: Sequence[int], own: Grounds) -> str:
    """What kind of interval a base score is, when it is not plain."""
    notes = []
    if any(solved.scores[j].verdict is Verdict.MIXED for j in used):
        notes.append("an outer bound over the readings")
    if any(solved.scores[j].provisional and solved.scores[j].verdict in _PLAIN for j in used):
        notes.append("reaching a half, because a number it uses is unverified")
    if len(own.parts) > 1:
        notes.append("that of the weakest part")
    if len(own.direct) > 1 or own.failed:
        notes.append("all that its checks leave possible")
    return f" ({'; '.join(notes)})" if notes else ""


def because(
    solved: Solution, claim: int, label: Label, lines: Sequence[Contribution], labels: Sequence[Label]
) -> str:
    """One or two sentences that say why a claim stands, falls or is open."""
    word = label.standing.value.capitalize()
    if solved.grounds[claim].pending or solved.snap.checked[claim]:
        return f"{word}: {_checked(solved, solved.grounds[claim], label)}"
    at = f"Strength {interval((solved.state.low[claim], solved.state.high[claim]))}."
    if label.standing is Standing.OPEN:
        return f"{word}: {_open(solved, claim, label, lines, labels)} {at}"
    return f"{word}: {_settled(solved, claim, label.standing, lines)} {at}"


def _checked(solved: Solution, own: Grounds, label: Label) -> str:
    if label.reason == NOT_RUN:
        return f"{listed([solved.unrun(j) for j in own.waiting])}."
    used = (*own.direct, *own.parts)
    said = " ".join(solved.finding(j) for j in used)
    if label.standing is not Standing.OPEN:
        verb = "decides" if label.standing is Standing.STANDS else "refutes"
        return f"{f'a check {verb}' if len(used) == 1 else f'checks {verb[:-1]}'} it. {said}"
    why = {
        READING: "it depends on how its words are read.",
        INCONCLUSIVE: "its check is inconclusive.",
        UNVERIFIED: "a number that its check uses has not been verified.",
    }
    if label.reason == INCONCLUSIVE and all(solved.scores[j].verdict in _PLAIN for j in used):
        return f"what its check shows does not reach the standard set for it. {said}"
    if label.reason != CONTESTED:
        return f"{why[label.reason]} {said}"
    if _undercut(solved, used):
        return f"what its check says is undercut. {said}"
    return f"its checks disagree. {' '.join([said, *(solved.finding(j) for j in own.failed)])}"


def _settled(solved: Solution, claim: int, standing: Standing, lines: Sequence[Contribution]) -> str:
    """Why reasons alone settle a claim: what wins, and what it outweighs."""
    sign = 1 if standing is Standing.STANDS else -1
    end = 0 if sign > 0 else 1
    winning = [line for line in lines if line.premise and line.sign == sign and line.nats[end] * sign > 0]
    losing = [line for line in lines if line.premise and line.sign == -sign and line.nats[end] * sign < 0]
    snap = solved.snap
    for other in snap.requires[claim]:
        if sign < 0 and solved.state.high[other] <= solved.state.high[claim]:
            return f"it requires {solved.name(other)}, which falls."
    if not winning:
        return "a check meant to corroborate it decides." if solved.grounds[claim].failed else "by its prior."
    side, other_side = ("for", "against") if sign > 0 else ("against", "for")
    said = f"{_count(winning)} {side} it ({listed(_names(solved, winning))})"
    plural = "" if len(winning) > 1 else "s"
    return (
        f"{said} outweigh{plural} {_count(losing)} {other_side} it."
        if losing
        else f"{said}, none {other_side} it."
    )


def _open(
    solved: Solution, claim: int, label: Label, lines: Sequence[Contribution], labels: Sequence[Label]
) -> str:
    """Why reasons alone leave a claim open."""
    if label.culprit >= 0:
        name, why = solved.name(label.culprit), labels[label.culprit].reason
        if label.reason == REFUTED and not why:
            needs = "assumes" if label.culprit in solved.snap.assumes[claim] else "requires"
            return f"it {needs} {name}, which falls."
        return f"it turns on {name}, which is itself open ({OPEN_WORDS[why]})."
    both = [
        [line for line in lines if line.premise and line.sign == sign and any(line.nats)] for sign in (1, -1)
    ]
    if label.reason == CONTESTED:
        return f"{_count(both[0])} for it and {_count(both[1])} against it do not settle it."
    if label.reason == NO_EVIDENCE:
        if not (both[0] or both[1]):
            return "no check tests it, and no reason counts for or against it."
        sides = [
            f"{_count(side)} {word} it" for side, word in zip(both, ("for", "against"), strict=True) if side
        ]
        are = "is" if len(both[0]) + len(both[1]) == 1 else "are"
        return f"{listed(sides)} {are} not enough to settle it."
    proxies = {line.id: line for line in lines if line.kind == "proxy" and line.nats[0] < line.nats[1]}
    if proxies:
        names = [check_name(solved.base.checks[name.partition(" > ")[0]]) for name in proxies]
        return (
            f"it turns on {listed([f'proxy check {name}' for name in names])} ({OPEN_WORDS[label.reason]})."
        )
    failed = " ".join(solved.finding(j) for j in solved.grounds[claim].failed)
    return f"a check that was to corroborate it fails. {failed}"


def _count(lines: Sequence[Contribution]) -> str:
    """ "two strong reasons and one weak reason", strongest first."""
    if not lines:
        return "no reason"
    tally = dict.fromkeys(reversed(STRENGTHS), 0)
    for line in lines:
        tally[line.strength] += 1
    return listed([counted(count, f"{word} reason") for word, count in tally.items() if count])


def _names(solved: Solution, lines: Sequence[Contribution]) -> list[str]:
    """The first premises of the weightiest reasons, three at most."""
    heaviest = sorted(lines, key=lambda line: -max(map(abs, line.nats)))
    claims = solved.base.claims
    names = [
        quoted(claims[line.premises[0]].name)
        if line.premises
        else f"proxy check {check_name(solved.base.checks[line.id.partition(' > ')[0]])}"
        for line in heaviest[:3]
    ]
    return [*names, f"{len(lines) - 3} more"] if len(lines) > 3 else names


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
