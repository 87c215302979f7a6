"""KB20x, KB21x, KB22x, KB23x: questions, theses, and a fair hearing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kb.graph import effects, links, stance
from kb.lint.view import BASE_FILE, Finding, View, relations

THESES = (2, 4)


def orphan(view: View) -> Iterator[Finding]:
    """KB206"""
    if view.unread:
        return  # a file that could not be used may name it
    linked = {view.node(thesis) for thesis in view.theses}
    for claim in view.live:
        others = [other for other, _ in relations(claim)]
        if others or claim.undercuts:
            linked.update(map(view.node, (claim.id, *others)))
    for claim_id in view.amap.claims:
        claim = view.base.claims[claim_id]
        if claim_id not in linked and claim.status == "accepted":
            yield Finding(
                "KB206",
                f"{claim_id} is in no relation and is no thesis",
                claim.file,
                ("claim",),
                "a claim that argues for or against another, or is argued about",
                "say what it bears on with supports or attacks",
            )


def leads_nowhere(view: View) -> Iterator[Finding]:
    """KB246"""
    if view.unread or not view.theses:
        return  # a file that could not be used may lead on
    onward: defaultdict[str, list[str]] = defaultdict(list)
    backward: defaultdict[str, list[str]] = defaultdict(list)
    for source, target, _ in links(view.amap):
        onward[source].append(target)
        backward[target].append(source)
    reaching = {view.node(thesis) for thesis in view.theses}
    waiting = list(reaching)
    while waiting:
        new = [source for source in backward[waiting.pop()] if source not in reaching]
        reaching.update(new)
        waiting += new
    for claim_id in view.amap.claims:
        claim = view.base.claims[claim_id]
        is_end = backward[claim_id] and not onward[claim_id]
        if claim.status == "accepted" and is_end and claim_id not in reaching:
            yield Finding(
                "KB246",
                f"what argues about {claim_id} ends there: it bears on no other claim, and is no thesis",
                claim.file,
                ("claim",),
                "a relation that leads on to a thesis",
                "say what it bears on, or make it a thesis of a question",
            )


def number_of_theses(view: View) -> Iterator[Finding]:
    """KB218"""
    least, most = THESES
    for number, question in enumerate(view.base.config.questions):
        count = len(question.theses)
        if not least <= count <= most:
            yield Finding(
                "KB218",
                f"the question {question.id} has {count} {'thesis' if count == 1 else 'theses'}",
                BASE_FILE,
                ("questions", number, "theses"),
                f"{least} to {most} theses",
                "add the rival answer" if count < least else "split the question",
            )


def one_sided(view: View) -> Iterator[Finding]:
    """KB219"""
    reached = effects(view.amap)
    against = {view.node(step.conclusion) for step in view.steps if step.sign < 0}
    against.update(reached[cut.id][0] for cut in view.amap.undercuts if cut.id in reached)
    for thesis, path in view.theses.items():
        if view.node(thesis) in view.members and view.node(thesis) not in against:
            yield Finding(
                "KB219",
                f"nothing argues against the thesis {thesis}",
                BASE_FILE,
                path,
                "at least one attack on it, or an undercut of a reason for it",
                "until then it is shown as uncontested and makes no headline",
            )


def declared_stance(view: View) -> Iterator[Finding]:
    """KB224"""
    declared: dict[str, list[tuple[str, str]]] = {}
    for claim in view.live:
        for thesis, word in claim.stance:
            if thesis in view.base.claims:
                declared.setdefault(thesis, []).append((claim.id, word))
    for thesis, words in declared.items():
        computed = stance(view.amap, thesis)
        for claim_id, word in words:
            found = computed.get(view.node(claim_id), "neutral")
            if found != word:
                yield Finding(
                    "KB224",
                    f"{claim_id} is declared {word} {thesis}, but its paths there make it {found}",
                    view.base.claims[claim_id].file,
                    ("stance", thesis),
                    f"{found}, or other relations",
                    "a declared stance is only compared; the relations are what counts",
                )


def forecast_without_check(view: View) -> Iterator[Finding]:
    """KB231"""
    for claim in view.live:
        if claim.forecast and not claim.forecast.check:
            yield Finding(
                "KB231",
                f"nothing will score the forecast {claim.id}",
                claim.file,
                ("forecast",),
                "`check:` with the check that decides it when the day has come",
            )


def forecast_due(view: View) -> Iterator[Finding]:
    """KB232"""
    for claim in view.live:
        if claim.forecast and claim.forecast.by < view.today.isoformat()[: len(claim.forecast.by)]:
            yield Finding(
                "KB232",
                f"the forecast {claim.id} was due by {claim.forecast.by}",
                claim.file,
                ("forecast", "by"),
                "a day that is still to come",
                "see what became of it, then retire the forecast or word it as a claim about what happened",
            )


def retired_without_successor(view: View) -> Iterator[Finding]:
    """KB229"""
    for claim in view.base.claims.values():
        if claim.status == "retired" and not claim.replaced_by:
            yield Finding(
                "KB229",
                f"{claim.id} is retired and names no successor",
                claim.file,
                ("status",),
                "`replaced_by:` with the claim that takes its place",
                "readers who follow an old link want to know; say in `notes` if there is none",
            )


RULES = (
    orphan,
    leads_nowhere,
    number_of_theses,
    one_sided,
    declared_stance,
    retired_without_successor,
    forecast_without_check,
    forecast_due,
)
