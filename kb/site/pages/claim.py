"""A claim: what it says, how it stands and why, what is for and against it."""

from __future__ import annotations

from kb import wording
from kb.model import Account, Bearing, Claim, Evidence, Step, Undercut
from kb.site import cite, repository, words
from kb.site.machine import claim_review
from kb.site.pages.accounts import account_of, nearest
from kb.site.pages.steps import step_words
from kb.site.pages.suggest import address
from kb.site.view import View
from kb.site.words import Data

NESTED = 5  # levels of objections to objections; nobody follows more, and a circle of them has no end


def content(view: View, name: str) -> Data:
    """The page of one claim."""
    claim = view.base.claims[name]
    node = view.node(claim.id)
    account = view.accounts.get(node)
    reasons = [_reason(view, step, account) for step in view.reasons(node)]
    return {
        **view.claim(claim.id),
        "full": claim.text,
        "crumbs": _crumbs(view, node),
        "status": claim.status,
        "replaced_by": view.claims([claim.replaced_by]),
        "restates": view.claims([node]) if node != claim.id else [],
        "evidence_shared": _sharing(view, node),
        "same": view.claims(other for other in view.members.get(node, ())[1:] if other != claim.id),
        "account": account_of(view, account),
        "checks": [_bearing(view, bearing, account) for bearing in view.bearings.get(node, ())],
        "uncheckable": claim.uncheckable,
        "nearest": nearest(view, node) if account else "",
        "for": [reason for reason in reasons if reason["sign"] > 0],
        "against": [reason for reason in reasons if reason["sign"] < 0],
        "needs": [
            {"verb": verb, **_need(view, claim, other)}
            for verb, needs in (("requires", view.requires), ("assumes", view.assumes))
            for other in needs.get(node, ())
        ],
        "used": _uses(view, node),
        "evidence": [_evidence(view, evidence) for evidence in claim.evidence],
        "notes": words.paragraphs(claim.notes),
        "tags": sorted(claim.tags),
        "origin": claim.origin,
        "prior": "" if claim.prior is None else wording.number(claim.prior),
        "forecast": _forecast(claim),
        "stance": [{"words": words.STANCES[side], **line} for line, side in _stances(view, claim)],
        "review": claim_review(view, claim, account),
        "edit": repository.edit(view.base.config, view.place, claim.file),
        "history": repository.history(view.base.config, view.place, claim.file),
        "cite": cite.of_claim(view.base, claim),
        "answers": _answers(claim),
    }


def _answers(claim: Claim) -> list[Data]:
    """What a reader may write about a claim that counts."""
    if claim.status == "retired":
        return []
    return [
        {"glyph": "con", "href": address(claim.id, "attacks"), "title": "Suggest a counter-claim"},
        {"glyph": "pro", "href": address(claim.id, "supports"), "title": "Suggest a supporting reason"},
    ]


def _crumbs(view: View, node: str) -> list[Data]:
    path: list[Data] = []
    for key in view.paths.get(node, ()):
        if key in view.questions:
            path.append({"href": f"question/{key}.html", "title": view.questions[key].text})
            break
        if key in view.base.claims:
            path.append({"href": f"claim/{key}.html", "title": view.base.claims[key].name})
    path.reverse()
    return path if len(path) <= 4 else [path[0], {"href": "", "title": "…"}, *path[-2:]]


def _reason(view: View, step: Step, account: Account | None) -> Data:
    lines = () if account is None else (*account.contributions, *account.tension)
    found = next((line for line in lines if line.id == step.id), None)
    tension = account is not None and any(line.id == step.id for line in account.tension)
    return {
        "id": step.id,
        "sign": step.sign,
        "premises": view.claims(step.premises),
        "strength": step.strength,
        "because": step.because,
        "scheme": step.scheme.replace("-", " "),
        "nats": [] if found is None or tension else [wording.signed(end) for end in found.nats],
        "note": "shown, not counted: a check decides this claim" if tension else found.note if found else "",
        "suspect": step.id in view.suspect,
        "undercuts": _undercuts(view, step.id, step.conclusion),
        "answer": address(step.conclusion, "undercuts", step.id),
    }


def _undercuts(view: View, target: str, about: str, levels: int = NESTED) -> list[Data]:
    """The objections to a step to the claim ``about``, each with those to it; the innermost only counts."""
    return [
        {
            "premises": view.claims(cut.premises),
            "strength": cut.strength,
            "because": cut.because,
            "suspect": cut.id in view.suspect,
            "answer": address(about, "undercuts", cut.id),
            "undercuts": _undercuts(view, cut.id, about, levels - 1) if levels > 1 else [],
            "deeper": 0 if levels > 1 else len(view.undercuts.get(cut.id, ())),
        }
        for cut in view.undercuts.get(target, ())
    ]


def _bearing(view: View, bearing: Bearing, account: Account | None) -> Data:
    target = f"{bearing.check} > {bearing.claim}"
    result = view.results.get(bearing.check)
    check = view.base.checks.get(bearing.check)
    expect = check.expect if check else None
    line = (
        next((line for line in account.contributions if line.id == bearing.check), None) if account else None
    )
    return {
        **(
            view.check(bearing.check)
            if check
            else {"href": "", "title": bearing.check, **words.verdict(None, None)}
        ),
        "kind": words.KINDS[check.kind] if check else "",
        "bears": bearing.bears,
        "bears_words": words.BEARS.get(bearing.bears, bearing.bears),
        "because": bearing.because,
        "if_fails": bearing.if_fails,
        "claimed": words.claimed(expect, result),
        "computed": words.computed(expect, result.output if result else None),
        "why_not": result.reason if result and not result.ran else "",
        "nats": [wording.signed(end) for end in line.nats] if line and line.kind == "proxy" else [],
        "suspect": target in view.suspect,
        "undercuts": _undercuts(view, target, bearing.claim),
        "answer": address(bearing.claim, "undercuts", target),
    }


def _need(view: View, claim: Claim, other: str) -> Data:
    declared = {need.claim: need.because for need in (*claim.requires, *claim.assumes)}
    return {**view.claim(other), "because": declared.get(other, "")}


def _uses(view: View, node: str) -> list[Data]:
    """Where the claim is used: as a reason, against a step, or as something that others need."""
    uses: list[Data] = [
        {
            "verb": "supports" if step.sign > 0 else "attacks",
            "sign": step.sign,
            "step": "",
            **view.claim(step.conclusion),
        }
        for step in view.outgoing.get(node, ())
    ]
    for cut in view.cuts.get(node, ()):
        uses.append({"verb": "undercuts", "sign": 0, "step": step_words(view, cut.target), **_hit(view, cut)})
    uses.extend(
        {
            "verb": "is assumed by" if relation == "assumes" else "is required by",
            "sign": 0,
            "step": "",
            **view.claim(other),
        }
        for relation, other in view.needed_by.get(node, ())
    )
    return uses


def _hit(view: View, cut: Undercut) -> Data:
    """The claim whose page shows the step that an undercut hits."""
    target: Step | Undercut | None = view.targets.get(cut.target)
    seen = set()
    while isinstance(target, Undercut) and target.id not in seen:
        seen.add(target.id)
        cut, target = target, view.targets.get(target.target)
    if isinstance(target, Step):
        return view.claim(target.conclusion)
    claim = cut.target.rsplit(" > ", 1)[-1]
    return view.claim(view.node(claim)) if claim in view.base.claims else view.claim(cut.premises[0])


def _evidence(view: View, evidence: Evidence) -> Data:
    return {
        **view.source(evidence.source),
        "at": evidence.at,
        "who": _who(view, evidence.source),
        "role": words.ROLES.get(evidence.role, evidence.role),
        "note": evidence.note,
        "pinned": evidence.quote is not None,
    }


def _who(view: View, source: str) -> str:
    """Author and year, where there is an author to name."""
    found = view.base.sources.get(source)
    return found.short if found and found.authors else ""


def _sharing(view: View, node: str) -> list[Data]:
    """The other claims that rest on the same evidence."""
    group = view.sharing.get(view.shared.get(node, ""), ())
    return view.claims(other for other in group if other != node)


def _stances(view: View, claim: Claim) -> list[tuple[Data, str]]:
    """The theses on which the file says where the claim points, and where."""
    return [(view.claim(thesis), side) for thesis, side in claim.stance if thesis in view.base.claims]


def _forecast(claim: Claim) -> str:
    if claim.forecast is None:
        return ""
    return f"a chance of {wording.percent(claim.forecast.probability)} by {claim.forecast.by}"
