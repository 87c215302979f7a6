"""KB20x, KB24x: reasons that contradict themselves, run in circles or count twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from kb.graph import bearing_id
from kb.lint.cycles import circles
from kb.lint.view import Finding, View, relations
from kb.model import Step, Undercut


def self_relation(view: View) -> Iterator[Finding]:
    """KB201"""
    for step in view.steps:
        target = view.node(step.conclusion)
        own = next((p for p in step.premises if view.node(p) == target), None)
        if own is not None and step.conclusion in view.base.claims:
            yield _about_itself(view, step.owner, (step.kind, step.index), own, step.conclusion)
    for claim in view.live:
        for field, dependences in (("assumes", claim.assumes), ("requires", claim.requires)):
            for index, dependence in enumerate(dependences):
                if view.node(dependence.claim) == view.node(claim.id):
                    yield _about_itself(view, claim.id, (field, index), claim.id, dependence.claim)
        for field, others in (("restates", claim.restates), ("same_evidence_as", claim.same_evidence_as)):
            if claim.id in others:
                where = (field, others.index(claim.id))
                yield _about_itself(view, claim.id, where, claim.id, claim.id)


def _about_itself(view: View, owner: str, where: tuple[str, int], premise: str, conclusion: str) -> Finding:
    field = where[0]
    if premise == conclusion:
        said = f"{premise} {field} itself"
        if premise != owner:
            said = f"{premise} is both a premise and the conclusion"
    else:
        said = f"{premise} {field} {conclusion}, but they are one claim: one restates the other"
    return Finding(
        "KB201",
        said,
        view.base.claims[owner].file,
        (*where, "claim"),
        "another claim: no claim is a reason for or against itself",
        "remove the entry, or name the claim that was meant",
    )


def both_signs(view: View) -> Iterator[Finding]:
    """KB202"""
    for steps in view.alike.values():
        support = next((step for step in steps if step.kind == "supports"), None)
        attack = next((step for step in steps if step.kind == "attacks"), None)
        if support and attack:
            yield Finding(
                "KB202",
                f"{attack.owner} attacks {attack.conclusion} and also supports it, from the same premises",
                view.base.claims[attack.owner].file,
                (attack.kind, attack.index, "claim"),
                "one of the two",
                f"the support is {support.id}; if it cuts both ways, link further premises (with) to each",
            )


def circular_dependence(view: View) -> Iterator[Finding]:
    """KB203"""
    needs: dict[str, dict[str, tuple[str, str, int]]] = {}
    for claim in view.live:
        for field, dependences in (("assumes", claim.assumes), ("requires", claim.requires)):
            for index, dependence in enumerate(dependences):
                if dependence.claim in view.base.claims:
                    where = (claim.id, field, index)
                    needs.setdefault(view.node(claim.id), {})[view.node(dependence.claim)] = where
    for circle in circles({claim: list(others) for claim, others in needs.items()}):
        owner, field, index = needs[circle[0]][circle[1]]
        yield Finding(
            "KB203",
            f"the claims rest on one another: {' → '.join(circle)}",
            view.base.claims[owner].file,
            (field, index, "claim"),
            "a claim's assumptions and requirements that do not lead back to it",
            "remove the weakest of these links, or say it as a support",
        )


def circular_support(view: View) -> Iterator[Finding]:
    """KB241"""
    owners: dict[tuple[str, str], Step] = {}
    follows: dict[str, list[str]] = {}
    for step in view.amap.steps:
        if step.kind == "supports":
            for premise in step.premises:
                owners.setdefault((premise, step.conclusion), step)
                follows.setdefault(premise, []).append(step.conclusion)
    for circle in circles(follows):
        step = owners[circle[0], circle[1]]
        yield Finding(
            "KB241",
            f"the claims support one another in a circle: {' → '.join(circle)}",
            view.base.claims[step.owner].file,
            (step.kind, step.index, "claim"),
            "support that comes from outside the circle",
            "nothing lifts itself: inside the circle this support adds nothing to the lower end",
        )


def counted_twice(view: View) -> Iterator[Finding]:
    """KB242"""
    undercut = {cut.target for cut in view.undercuts}
    for steps in view.alike.values():
        first: dict[str, Step] = {}
        for step in steps:
            other = first.setdefault(step.kind, step)
            if other is not step and other.id != step.id:  # two inferences of one name are KB114's
                way = "for" if step.kind == "supports" else "against"
                taken, spared = (other, step) if other.id in undercut else (step, other)
                only = taken.id in undercut and spared.id not in undercut
                escapes = f"; {taken.id} is undercut, and {spared.id} escapes that" if only else ""
                yield Finding(
                    "KB242",
                    f"the same premises already argue {way} the same conclusion in {other.id}{escapes}",
                    view.base.claims[step.owner].file,
                    (step.kind, step.index, "claim"),
                    "one inference from one set of premises",
                    "keep the stronger of the two, or name the premise that makes this one different",
                )


def cuts_its_own_premise(view: View) -> Iterator[Finding]:
    """KB243"""
    inferences: Iterable[Step | Undercut] = chain(view.amap.steps, view.amap.undercuts)
    premises: Mapping[str, tuple[str, ...]] = {each.id: each.premises for each in inferences}
    bearings = {bearing_id(bearing): bearing.claim for bearing in view.amap.bearings}
    for cut in view.amap.undercuts:
        taken = premises.get(cut.target, ())
        both = [
            premise for premise in cut.premises if premise in taken or bearings.get(cut.target) == premise
        ]
        if both:
            yield Finding(
                "KB243",
                f"{both[0]} undercuts {cut.target}, which it is itself a part of",
                view.base.claims[cut.owner].file,
                ("undercuts", cut.index, "step"),
                "a claim that the inference does not rest on",
                "say what the undercut rests on in a claim of its own",
            )


def attacks_what_it_needs(view: View) -> Iterator[Finding]:
    """KB244"""
    for claim in view.live:
        needed = {
            view.node(d.claim): d.claim
            for d in (*claim.assumes, *claim.requires)
            if d.claim in view.base.claims
        }
        for step in claim.steps:
            if step.kind == "attacks" and view.node(step.conclusion) in needed:
                yield Finding(
                    "KB244",
                    f"{claim.id} attacks {step.conclusion}, which it assumes or requires",
                    claim.file,
                    (step.kind, step.index, "claim"),
                    "an argument that does not fall with the claim it attacks",
                    "if this is meant as a reduction to absurdity, let a claim of its own say so",
                )


def undercuts_in_a_circle(view: View) -> Iterator[Finding]:
    """KB245"""
    cuts = {cut.id: cut for cut in view.undercuts}
    of_themselves = [(cut.id, cut.id) for cut in cuts.values() if cut.target == cut.id]
    of_others = circles({cut.id: [cut.target] for cut in cuts.values()})
    for circle in chain(of_themselves, of_others):
        cut = cuts[circle[0]]
        yield Finding(
            "KB245",
            f"the undercuts take one another in a circle: {' → '.join(circle)}",
            view.base.claims[cut.owner].file,
            ("undercuts", cut.index, "step"),
            "undercuts that in the end take a step or the bearing of a check",
            "name the step that is meant",
        )


def retired_in_use(view: View) -> Iterator[Finding]:
    """KB217"""
    retired = {claim.id: claim for claim in view.base.claims.values() if claim.status == "retired"}
    if not retired:
        return
    uses = [(other, claim.file, path) for claim in view.live for other, path in relations(claim)]
    uses += [(other, c.file, ("restates", i)) for c in view.live for i, other in enumerate(c.restates)]
    uses += [(thesis, "kb.yaml", path) for thesis, path in view.theses.items()]
    for cut in view.undercuts:
        if cut.target in view.retired_targets and cut.target not in view.targets:
            file = view.base.claims[cut.owner].file
            uses.append((view.retired_targets[cut.target], file, ("undercuts", cut.index, "step")))
    for used, file, path in uses:
        if used in retired:
            successor = retired[used].replaced_by
            yield Finding(
                "KB217",
                f"{used} is retired, so this has no effect",
                file,
                path,
                "a claim that is still in force",
                f"name its successor, {successor}"
                if successor
                else "name another claim, or remove the entry",
            )


RULES = (
    self_relation,
    both_signs,
    circular_dependence,
    retired_in_use,
    circular_support,
    counted_twice,
    cuts_its_own_premise,
    attacks_what_it_needs,
    undercuts_in_a_circle,
)
