"""A claim: what it says, how it stands and why, what is for and against it."""

from __future__ import annotations

from collections.abc import Sequence

from kb import wording
from kb.model import Account, Bearing, Claim, Contribution, Evidence, Interval, Step, Undercut
from kb.site import words
from kb.site.pages.steps import named, step_words
from kb.site.view import View
from kb.site.words import Data
from kb.standing import STANDARDS, thresholds

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
        "same": view.claims(other for other in view.members.get(node, ())[1:] if other != claim.id),
        "account": _account(view, account),
        "checks": [_bearing(view, bearing, account) for bearing in view.bearings.get(node, ())],
        "uncheckable": claim.uncheckable,
        "nearest": _nearest(view, node) if account else "",
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
        "review": _review(view, claim, account),
        "edit": edit_address(view, claim.file),
    }


def edit_address(view: View, file: str) -> str:
    """Where a file of the base is edited on its repository's site; nothing without a repository."""
    repository = words.web_address(view.base.config.repository).rstrip("/")
    if not repository or not file:
        return ""
    folder = view.base.root.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return f"{repository}/edit/{view.base.config.branch}/{folder}/{file}"


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


def _account(view: View, account: Account | None) -> Data | None:
    if account is None:
        return None
    texts = [view.base.claims[name] for name in view.members.get(account.claim, (account.claim,))]
    falls, stands = thresholds(texts, view.base.config.scale)
    return {
        "because": words.because(account),
        "decided": account.decided,
        "strength": list(account.strength),
        "interval": wording.interval(account.strength),
        "stands": stands,
        "falls": falls,
        "standard": _standard(texts, (falls, stands)),
        "crisp": view.crisp.get(account.claim, ""),
        "thesis": account.claim in view.theses,
        "base": wording.interval(account.base),
        "base_words": account.base_words,
        "lines": [_contribution(view, line, account.claim) for line in account.contributions],
        "tension": [_contribution(view, line, account.claim) for line in account.tension],
        "total": [wording.signed(end) for end in account.log_odds],
        "limits": [
            {"word": word, "claim": view.claims([other]), "interval": wording.interval(pair)}
            for word, other, pair in _limits(view, account)
        ],
        "contested": account.contested,
        "cyclic": account.cyclic,
        "provisional": account.provisional,
    }


def _standard(claims: Sequence[Claim], limits: Interval) -> str:
    """The proof standard that a claim sets itself, in words; the strictest, where several texts are one."""
    asked = [claim.standard for claim in claims if claim.standard in STANDARDS]
    if not asked:
        return ""
    strictest = max(asked, key=lambda name: STANDARDS[name])
    falls, stands = limits
    return (
        f"Its proof standard is {words.STANDARDS[strictest]}: it stands at {wording.number(stands)} or more, "
        f"and falls at {wording.number(falls)} or less."
    )


def _nearest(view: View, node: str) -> str:
    """How far away the nearest check is."""
    steps = view.steps.get(node)
    if steps is None:
        return "No check lies behind it."
    if steps == 0:
        return "A check bears on it."
    return f"It is {words.counted(steps, 'step')} from the nearest check."


def _limits(view: View, account: Account) -> list[tuple[str, str, tuple[float, float]]]:
    """Limits as (relation, claim, interval), whichever of the two names comes first."""
    return [
        (second, first, pair) if first in view.base.claims else (first, second, pair)
        for first, second, pair in account.limits
    ]


def _contribution(view: View, line: Contribution, conclusion: str) -> Data:
    return {
        "kind": line.kind,
        "sign": line.sign,
        "words": named(view, line.words) if line.kind == "shared" else line.words,
        "claims": view.claims(p for p in line.premises if p != conclusion),
        "nats": [wording.signed(end) for end in line.nats],
        "counts": any(abs(end) >= 0.005 for end in line.nats),
        "strength": line.strength,
        "premise": "" if line.premise is None else wording.interval(line.premise),
        "note": line.note,
    }


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
        "undercuts": _undercuts(view, step.id),
    }


def _undercuts(view: View, target: str, levels: int = NESTED) -> list[Data]:
    """The objections to a step, each with those to it; the innermost level only counts what follows."""
    return [
        {
            "premises": view.claims(cut.premises),
            "strength": cut.strength,
            "because": cut.because,
            "undercuts": _undercuts(view, cut.id, levels - 1) if levels > 1 else [],
            "deeper": 0 if levels > 1 else len(view.undercuts.get(cut.id, ())),
        }
        for cut in view.undercuts.get(target, ())
    ]


def _bearing(view: View, bearing: Bearing, account: Account | None) -> Data:
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
        "undercuts": _undercuts(view, f"{bearing.check} > {bearing.claim}"),
    }


def _need(view: View, claim: Claim, other: str) -> Data:
    declared = {need.claim: need.because for need in (*claim.requires, *claim.assumes)}
    return {**view.claim(other), "because": declared.get(other, "")}


def _uses(view: View, node: str) -> list[Data]:
    """Where the claim is used: as a reason, against a step, or as something that others need."""
    uses: list[Data] = [
        {"verb": "supports" if step.sign > 0 else "attacks", "sign": step.sign, **view.claim(step.conclusion)}
        for step in view.outgoing.get(node, ())
    ]
    for cut in view.cuts.get(node, ()):
        uses.append({"verb": "undercuts", "sign": 0, "step": step_words(view, cut.target), **_hit(view, cut)})
    uses.extend(
        {
            "verb": "is assumed by" if relation == "assumes" else "is required by",
            "sign": 0,
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
        "role": words.ROLES.get(evidence.role, evidence.role),
        "note": evidence.note,
        "pinned": evidence.quote is not None,
    }


def _forecast(claim: Claim) -> str:
    if claim.forecast is None:
        return ""
    return f"a chance of {wording.percent(claim.forecast.probability)} by {claim.forecast.by}"


def _review(view: View, claim: Claim, account: Account | None) -> Data | None:
    """ClaimReview (schema.org) for a claim that a check decided, when the site's address is known."""
    site = words.web_address(view.base.config.site).rstrip("/")
    if not site or account is None or not account.decided:
        return None
    mark = words.standing(view.marks[account.claim])
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"{site}/claim/{claim.id}.html",
        "claimReviewed": claim.text,
        "author": {"@type": "Organization", "name": view.base.config.title},
        "reviewRating": {
            "@type": "Rating",
            "alternateName": mark["word"],
            "ratingValue": round(sum(account.strength) / 2, 3),
            "worstRating": 0,
            "bestRating": 1,
        },
    }
