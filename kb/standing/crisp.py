"""The crisp reading: the argument without weights, as a plain Dung framework under grounded labelling.

A claim is *in*, *out* or *undecided*. One with a direct check is what the check makes of it, and nothing
attacks it. Any other has a value in strong Kleene logic (out < undecided < in; and, or, not are
minimum, maximum and mirror image):

    claim = (some support, or else undecided) and no attack and all it requires
            and (each assumption, or else undecided)
            and (of each failing corroboration some undercut, or else undecided)
    step, undercut = all its premises and none of its undercuts
    proxy = its check holds (on the other side: fails) and none of its undercuts

so it is in only when a reason for it is in and nothing speaks against it, and out only through an attack
that is in or a requirement that is out. An author's ``prior`` never counts.

An argument of a framework is ¬(its attackers taken together), so each line above is a few helper
arguments: ``not:c`` is attacked by c alone; one that attacks itself is undecided at best, and out when
something that is in attacks it.

What undercuts leave of a check that decides a claim is weighed in the base score, from which both
readings start. No framework could say it: an unsettled undercut leaves the check as it is (the burden of
proof is on whoever disputes it) and an accepted one unsettles the claim, but under grounded labelling
what is settled while something is unknown stays settled when that becomes known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from kb.model import Standing, Verdict
from kb.standing.framework import Framework, framework
from kb.standing.grounded import IN, OUT, UNDECIDED, grounded
from kb.standing.labels import Label
from kb.standing.scores import Score
from kb.standing.words import Solution

Crisp = Literal["in", "out", "undecided"]

_WORDS: Mapping[int, Crisp] = {IN: "in", OUT: "out", UNDECIDED: "undecided"}
AGREES: Mapping[Standing, Crisp] = {
    Standing.STANDS: "in",
    Standing.FALLS: "out",
    Standing.OPEN: "undecided",
}
"""What the crisp reading says where it agrees with a standing."""


class HasStanding(Protocol):
    """An account, or a mark: whatever tells a claim's standing."""

    @property
    def standing(self) -> Standing: ...


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A claim on which the standing, which weighs reasons, and the crisp reading, which does not, differ."""

    claim: str
    standing: Standing
    crisp: Crisp

    @property
    def opposed(self) -> bool:
        """One of them accepts what the other rejects; else one of them only leaves it open."""
        return self.crisp != "undecided" and self.standing is not Standing.OPEN

    @property
    def words(self) -> str:
        """What the crisp reading says and why weighing comes out otherwise, in one sentence."""
        return _SENTENCES[self.standing, self.crisp]


_SENTENCES: Mapping[tuple[Standing, Crisp], str] = {
    (Standing.STANDS, "out"): (
        "Without weights it is rejected, since one accepted attack or rejected requirement is enough; "
        "weighed, the reasons for it prevail."
    ),
    (Standing.STANDS, "undecided"): (
        "Without weights it is undecided, since not everything for and against it is settled; "
        "weighed, what is unsettled cannot bring it down."
    ),
    (Standing.FALLS, "in"): (
        "Without weights it is accepted, since a reason for it is and no attack on it is; "
        "weighed, the attacks prevail."
    ),
    (Standing.FALLS, "undecided"): (
        "Without weights it is undecided, since no attack on it is accepted outright; "
        "weighed, the attacks prevail."
    ),
    (Standing.OPEN, "in"): (
        "Without weights it is accepted, since a reason for it is and nothing speaks against it; "
        "weighed, the reasons for it are not enough."
    ),
    (Standing.OPEN, "out"): (
        "Without weights it is rejected, since one accepted attack or rejected requirement is enough; "
        "weighed, that is not enough."
    ),
}


def crisp(solved: Solution, labels: Sequence[Label]) -> Mapping[str, Crisp]:
    """The crisp reading of each claim, in the order of the map. Linear in its size.

    ``labels`` are those of ``all_labels``; only the ones of claims with a check of their own are used.
    """
    found = grounded(compiled(solved, labels))
    return {claim: _WORDS[label] for claim, label in zip(solved.snap.ids, found, strict=False)}


def disagreements(
    accounts: Mapping[str, HasStanding], crisp: Mapping[str, Crisp]
) -> tuple[Disagreement, ...]:
    """Where the standings and the crisp reading differ, in the order of the map.

    ``accounts`` may be ``Accounts.marks``, so that none has to be written. A claim that a check decides
    never appears.
    """
    return tuple(
        Disagreement(claim, found.standing, crisp[claim])
        for claim, found in accounts.items()
        if AGREES[found.standing] != crisp[claim]
    )


def compiled(solved: Solution, labels: Sequence[Label]) -> Framework:
    """The framework behind the crisp reading; claim i is argument i, under its id, and helpers follow.

    Written to a file, it lets any other solver check the reading. Under other semantics than grounded,
    claims that support each other in a circle may hold each other up.
    """
    snap = solved.snap
    draft = _Draft([*snap.ids, ":fact", ":doubt"], len(snap.ids), len(snap.ids) + 1)
    draft.attacks.append((draft.doubt, draft.doubt))
    for claim, label in enumerate(labels):
        if not (snap.checked[claim] or solved.grounds[claim].pending):
            _argue(draft, solved, claim)
        elif label.standing is not Standing.STANDS:
            draft.attack((draft.fact if label.standing is Standing.FALLS else draft.doubt,), claim)
    return framework(draft.names, draft.attacks)


@dataclass(slots=True)
class _Draft:
    """A framework while it is built. ``fact`` is an argument that is in, ``doubt`` one that is undecided."""

    names: list[str]
    fact: int
    doubt: int
    attacks: list[tuple[int, int]] = field(default_factory=list)
    helpers: dict[tuple[str, int], int] = field(default_factory=dict)

    def new(self, name: str, attackers: Iterable[int] = ()) -> int:
        """Another argument: ¬(``attackers`` taken together)."""
        self.names.append(name)
        self.attack(attackers, len(self.names) - 1)
        return len(self.names) - 1

    def attack(self, attackers: Iterable[int], target: int) -> None:
        self.attacks.extend((attacker, target) for attacker in attackers)

    def negated(self, claim: int) -> int:
        """¬claim."""
        if ("not", claim) not in self.helpers:
            self.helpers["not", claim] = self.new(f"not:{self.names[claim]}", (claim,))
        return self.helpers["not", claim]

    def unless(self, name: str, saviours: Sequence[int]) -> int:
        """Out when one of ``saviours`` is in, else undecided; so it spares its target or unsettles it."""
        if not saviours:
            return self.doubt
        helper = self.new(name, saviours)
        self.attacks.append((helper, helper))
        return helper

    def unless_claim(self, claim: int) -> int:
        """The same for one claim, made once."""
        if ("unless", claim) not in self.helpers:
            self.helpers["unless", claim] = self.unless(f"unless:{self.names[claim]}", (claim,))
        return self.helpers["unless", claim]

    def all_of(self, name: str, premises: Sequence[int], cuts: Sequence[int]) -> int:
        """All premises and none of the undercuts."""
        if len(premises) == 1 and not cuts:
            return premises[0]
        return self.new(name, (*map(self.negated, premises), *cuts))


def _argue(draft: _Draft, solved: Solution, claim: int) -> None:
    """What acts on a claim without a check of its own."""
    snap, own = solved.snap, solved.grounds[claim]
    cuts = _cuts(draft, solved, claim)
    sides = [
        [node for group in groups for reason in group for node in _reason(draft, solved, reason, cuts)]
        for groups in (snap.groups_for[claim], snap.groups_against[claim])
    ]
    draft.attack((draft.unless(f"unsupported:{snap.ids[claim]}", sides[0]), *sides[1]), claim)
    draft.attack(map(draft.negated, snap.requires[claim]), claim)
    draft.attack(map(draft.unless_claim, snap.assumes[claim]), claim)
    for j in own.failed:
        bearing = snap.amap.bearings[j]
        name = f"fails{j}:{bearing.check}:{snap.ids[claim]}"
        draft.attack((draft.unless(name, cuts.get(len(snap.amap.steps) + j, ())),), claim)


def _reason(draft: _Draft, solved: Solution, reason: int, cuts: Mapping[int, Sequence[int]]) -> list[int]:
    """The argument of a step or a proxy; none for a proxy that says nothing on this side."""
    snap = solved.snap
    taken, bearing = cuts.get(snap.slot[reason], ()), snap.proxy[reason]
    if bearing < 0:
        return [draft.all_of(f"step{reason}:{snap.amap.steps[reason].id}", snap.premises[reason], taken)]
    value = _says(solved.scores[bearing]) * snap.sign[reason]
    if value == OUT:
        return []
    known = draft.fact if value == IN else draft.doubt
    if not taken:
        return [known]
    doubts = () if value == IN else (draft.doubt,)
    return [draft.new(f"proxy{reason}:{snap.amap.bearings[bearing].check}", (*doubts, *taken))]


def _says(score: Score) -> int:
    """What a proxy's check says for the claim: a plain, verified verdict, or nothing certain."""
    if score.provisional:
        return UNDECIDED
    if score.verdict is Verdict.HOLDS:
        return IN
    return OUT if score.verdict is Verdict.FAILS else UNDECIDED


def _cuts(draft: _Draft, solved: Solution, claim: int) -> Mapping[int, Sequence[int]]:
    """The arguments of the undercuts that take each slot of a claim, those deepest made first."""
    snap = solved.snap
    found: dict[int, list[int]] = {}
    for slot, groups in snap.cuts[claim]:
        found[slot] = [
            draft.all_of(
                f"cut{k}:{snap.amap.undercuts[k].id}",
                snap.cut_premises[k],
                found.get(snap.cut_slot + k, ()),
            )
            for group in groups
            for k in group
            if not snap.cut_idle[k]
        ]
    return found
