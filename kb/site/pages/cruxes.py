"""What would change where the theses stand, what to check next, and what the audits found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from kb import wording
from kb.model import Interval, Question, Standing, Verdict
from kb.site.outlook import Move, Outlook, Turn
from kb.site.pages.steps import step_words
from kb.site.view import View
from kb.site.words import Data
from kb.standing.audits import AuditFinding, Kind
from kb.standing.cruxes import Change, Crux, Cruxes, said
from kb.standing.removal import Removal
from kb.standing.worth import Worth

SETS, ROWS, NEXT, NEXT_OF_QUESTION, LISTED = 6, 8, 3, 6, 60

_AUDITS: Mapping[Kind, tuple[str, str]] = {
    "one-sided": ("One-sided", "Settled by argument, while nothing of the other side counts."),
    "one source": ("Resting on one source", "Settled, but all grounds come from one place."),
    "double counting": ("Counted twice", "Reasons that count separately, yet go back to the same ground."),
    "only proxies": ("Only proxies", "Nothing but weak signs counts; no check tests what is said."),
    "without effect": ("Without effect", "Relations that could be left out and nothing would change."),
}
_HAPPENS = {Verdict.HOLDS: "holds", Verdict.FAILS: "fails"}
_SHOWN = {Verdict.HOLDS: "is shown to be so", Verdict.FAILS: "is shown not to be so"}
_BECOMES = {Standing.STANDS: "stands", Standing.FALLS: "falls", Standing.OPEN: "becomes open"}
_GLYPHS = {Standing.STANDS: "yes", Standing.FALLS: "no", Standing.OPEN: "half"}


def content(view: View) -> Data:
    """The page of cruxes."""
    asked = [_question(view, question) for question in view.base.config.questions]
    return {
        "questions": [question for question in asked if question["theses"]],
        "audits": [_audit(view, kind) for kind in get_args(Kind) if view.audits.get(kind)],
    }


def would_change(view: View, thesis: str) -> Data | None:
    """What would change where a thesis stands; None for claims that are no thesis."""
    found = view.outlooks.get(thesis)
    if found is None:
        return None
    checks = len(found.cruxes.checks) if found.cruxes else 0
    return {
        "id": thesis,
        **_sets(view, found),
        "behind": found.behind,
        "partly": found.partly,
        "rows": [_move(view, move) for move in found.moves[:ROWS]],
        "rest": checks - min(len(found.moves), ROWS),
        "flipping": [_removal(view, removal) for removal in found.flipping[:SETS]],
        "robust": found.robust,
        "judged": [
            {"kind": other.kind, "title": other.title, **_state(other.standing, other.strength)}
            for other in found.judged
        ],
        "next": [_next(view, worth) for worth in found.worth[:NEXT]],
    }


def smallest(view: View, thesis: str) -> Data | None:
    """The first of the smallest sets that turn a thesis, or what is said instead; None as above."""
    found = view.outlooks.get(thesis)
    if found is None:
        return None
    sets = _sets(view, found)
    return {"crux": next(iter(sets["sets"]), None), "said": sets["said"]}


def _sets(view: View, found: Outlook) -> Data:
    """The smallest sets of changes; among checks alone if there are any, else among open claims as well."""
    if found.cruxes is None:
        return {"sets": [], "more": 0, "said": ""}
    shown = found.wider if found.wider else found.cruxes
    return {
        "sets": [_set(view, crux) for crux in shown.found[:SETS]],
        "more": max(0, len(shown.found) - SETS),
        "said": _said(found.cruxes, found.wider),
    }


def _said(cruxes: Cruxes, wider: Cruxes | None) -> str:
    """How far was searched; among checks alone only where that says more than the wider search."""
    if wider is None or not wider.claims:
        return said(cruxes)
    told = said(wider)
    if wider.settled or (wider.searched >= cruxes.searched and not cruxes.settled):
        return told
    return f"{said(cruxes)} With open claims decided as well: {told[:1].lower()}{told[1:]}"


def _set(view: View, crux: Crux) -> Data:
    return {
        "changes": [_change(view, change) for change in crux.changes],
        **_state(crux.standing, crux.strength),
    }


def _change(view: View, change: Change) -> Data:
    if change.kind == "claim":
        return {**view.claim(change.id), "happens": _SHOWN[change.after], "now": "no check decides it"}
    now = view.check(change.id)
    unsure = ", but not verified" if change.provisional else ""
    return {**now, "happens": _HAPPENS[change.after], "now": f"now: {now['word'].lower()}{unsure}"}


def _state(standing: Standing, strength: Interval) -> Data:
    return {
        "to_glyph": _GLYPHS[standing],
        "to": _BECOMES[standing],
        "label": standing.value,
        "interval": wording.interval(strength),
    }


def _move(view: View, move: Move) -> Data:
    turns: Mapping[Verdict, Turn] = {turn.verdict: turn for turn in move.turns}
    result = view.results.get(move.check)
    return {
        **view.check(move.check),
        "slope": wording.signed(move.slope) if result and result.ran else "",
        "turns": [
            _state(turns[verdict].standing, turns[verdict].strength) if verdict in turns else None
            for verdict in (Verdict.HOLDS, Verdict.FAILS)
        ],
    }


def _removal(view: View, removal: Removal) -> Data:
    for relation in ("requires", "assumes"):
        claim, found, other = removal.relation.partition(f" {relation} ")
        if found:
            names = [f"“{view.base.claims[name].name}”" for name in (claim, other)]
            return {
                "words": f"{names[0]} having to rest on {names[1]}",
                **_state(removal.standing_after, removal.after),
            }
    return {
        "words": step_words(view, removal.relation),
        **_state(removal.standing_after, removal.after),
    }


def _next(view: View, worth: Worth) -> Data:
    """Something to check next, with the theses that it would flip."""
    line = view.check(worth.id) if worth.kind == "check" else view.claim(worth.id)
    return {
        **line,
        "kind": worth.kind,
        "expected": f"{worth.expected:.2f}",
        "flips": [
            {
                "when": (_HAPPENS if worth.kind == "check" else _SHOWN)[outcome.verdict],
                **view.claim(effect.thesis),
                **_state(effect.standing_after, effect.after),
            }
            for outcome in worth.outcomes
            for effect in outcome.effects
            if effect.flips
        ],
    }


def _question(view: View, asked: Question) -> Data:
    theses = list(dict.fromkeys(view.node(thesis) for thesis in asked.theses))
    found = {thesis: outlook for thesis in theses if (outlook := view.outlooks.get(thesis))}
    return {
        "id": asked.id,
        "href": f"question/{asked.id}.html",
        "title": asked.text,
        "theses": [
            {
                **view.claim(thesis),
                **_sets(view, outlook),
                "behind": outlook.behind,
                "partly": outlook.partly,
                "robust": outlook.robust,
            }
            for thesis, outlook in found.items()
        ],
        "next": [_next(view, worth) for worth in _together(found)[:NEXT_OF_QUESTION]],
    }


def _together(outlooks: Mapping[str, Outlook]) -> list[Worth]:
    """What is worth checking for several theses, put together; what flips most of them first."""
    found: dict[tuple[str, str], Worth] = {}
    for outlook in outlooks.values():
        for worth in outlook.worth:
            if worth.kind == "claim" and worth.id in outlooks:
                continue
            before = found.get((worth.kind, worth.id))
            found[worth.kind, worth.id] = _sum(before, worth) if before else worth
    return sorted(found.values(), key=lambda worth: (-worth.flips, -worth.expected, worth.id))


def _sum(one: Worth, other: Worth) -> Worth:
    """The same thing's worth for the theses of both."""
    return Worth(
        one.kind,
        one.id,
        one.claims,
        (*one.outcomes, *other.outcomes),
        one.expected + other.expected,
        one.flips + other.flips,
    )


def _audit(view: View, kind: Kind) -> Data:
    title, about = _AUDITS[kind]
    found: Sequence[AuditFinding] = view.audits[kind]
    rows = [{**view.claim(finding.claim), "words": finding.words} for finding in found[:LISTED]]
    return {
        "id": kind.replace(" ", "-"),
        "title": title,
        "about": about,
        "rows": rows,
        "count": len(found),
        "more": len(found) - len(rows),
    }
