"""KB10x: ids that lead nowhere.

An id that is missing is reported once, where it is first named; the finding says where else it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.diagnostics import PathItem
from kb.lint.view import BASE_FILE, Finding, View, relations, some
from kb.model import Benchmark, Fit

Mention = tuple[str, str, tuple[PathItem, ...]]  # id, file, path


def dangling_relation(view: View) -> Iterator[Finding]:
    """KB101"""
    mentions = (
        (other, claim.file, path) for claim in view.base.claims.values() for other, path in relations(claim)
    )
    return _dangling(view, "KB101", "claim", mentions)


def dangling_check(view: View) -> Iterator[Finding]:
    """KB102"""
    mentions = (
        (bearing.check, claim.file, ("checks", bearing.index, "check"))
        for claim in view.base.claims.values()
        for bearing in claim.checks
    )
    return _dangling(view, "KB102", "check", mentions)


def dangling_source(view: View) -> Iterator[Finding]:
    """KB103"""
    mentions = ((source, file, path) for source, file, path in cited(view) if source)
    return _dangling(view, "KB103", "source", mentions)


def dangling_quantity(view: View) -> Iterator[Finding]:
    """KB104"""
    mentions = (
        (given.quantity, check.file, ("inputs", given.name, "quantity"))
        for check in view.base.checks.values()
        for given in check.inputs
        if given.quantity
    )
    return _dangling(view, "KB104", "quantity", mentions)


def dangling_thesis(view: View) -> Iterator[Finding]:
    """KB105"""
    mentions = ((thesis, BASE_FILE, path) for thesis, path in view.theses.items())
    return _dangling(view, "KB105", "claim", mentions)


def dangling_undercut(view: View) -> Iterator[Finding]:
    """KB106"""
    for cut in view.undercuts:
        wanted = cut.target
        if wanted in view.targets or wanted in view.base.claims or wanted in view.retired_targets:
            continue
        if any(view.is_unread(part, "claim") for part in wanted.replace(" > ", "--").split("--")):
            continue
        check, arrow, claim = wanted.partition(" > ")
        if arrow and check in view.base.checks and claim in view.base.claims:
            hint = f"{claim} does not name {check} among its checks"
        elif wanted in view.base.checks:
            users = [f'"{wanted} > {bearing.claim}"' for bearing in view.users.get(wanted, ())]
            hint = f"{wanted} is a check; name its bearing: {some(users)}" if users else ""
        else:
            hint = view.did_you_mean(wanted, "step")
        yield Finding(
            "KB106",
            f"there is no step, undercut or bearing {wanted}",
            view.base.claims[cut.owner].file,
            ("undercuts", cut.index, "step"),
            'the id of a step or of an undercut, or "check-id > claim-id"',
            hint,
        )


def undercut_of_claim(view: View) -> Iterator[Finding]:
    """KB107"""
    for cut in view.undercuts:
        wanted = cut.target
        if wanted not in view.base.claims or wanted in view.targets:
            continue
        node = view.node(wanted)
        ways = [step.id for step in view.into.get(node, ())]
        ways += [f'"{bearing.check} > {bearing.claim}"' for bearing in view.bearings(wanted)]
        yield Finding(
            "KB107",
            f"an undercut takes a step, and {wanted} is a claim",
            view.base.claims[cut.owner].file,
            ("undercuts", cut.index, "step"),
            f"a step into {wanted}: {some(ways, 5)}" if ways else f"a step; nothing leads to {wanted} yet",
            "to argue against the claim itself, use attacks",
        )


def dangling_data(view: View) -> Iterator[Finding]:
    """KB108"""
    tables: list[Mention] = []
    measurements: list[Mention] = []
    for check in view.base.checks.values():
        match check.body:
            case Fit(table=table):
                tables.append((table, check.file, ("fit", "table")))
            case Benchmark(device={"id": measurement}):
                measurements.append((measurement, check.file, ("measure", "device", "id")))
    yield from _dangling(view, "KB108", "table", tables)
    yield from _dangling(view, "KB108", "measurement", measurements)


def dangling_link(view: View) -> Iterator[Finding]:
    """KB109"""
    claims: list[Mention] = []
    checks: list[Mention] = []
    questions: list[Mention] = []
    for claim in view.base.claims.values():
        if claim.replaced_by:
            claims.append((claim.replaced_by, claim.file, ("replaced_by",)))
        for field, others in (("restates", claim.restates), ("same_evidence_as", claim.same_evidence_as)):
            claims.extend((other, claim.file, (field, index)) for index, other in enumerate(others))
        claims.extend((thesis, claim.file, ("stance", thesis)) for thesis, _ in claim.stance)
        if claim.forecast and claim.forecast.check:
            checks.append((claim.forecast.check, claim.file, ("forecast", "check")))
        if claim.question:
            questions.append((claim.question, claim.file, ("question",)))
    yield from _dangling(view, "KB109", "claim", claims)
    yield from _dangling(view, "KB109", "check", checks)
    yield from _dangling(view, "KB109", "question", questions)


def cited(view: View) -> Iterator[Mention]:
    """Every mention of a source, empty where a number has none."""
    for claim in view.base.claims.values():
        for index, evidence in enumerate(claim.evidence):
            yield evidence.source, claim.file, ("evidence", index, "source")
    for quantity in view.base.quantities.values():
        yield quantity.source, quantity.file, (quantity.id, "source")
    for check in view.base.checks.values():
        for given in check.inputs:
            if given.inline is not None:
                yield given.inline.source, check.file, ("inputs", given.name, "source")
    for table in view.base.tables.values():
        yield table.source, table.file, ("source",)


def _dangling(view: View, rule: str, kind: str, mentions: Iterable[Mention]) -> Iterator[Finding]:
    known = view.known(kind)
    missing: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention[0] not in known:
            missing.setdefault(mention[0], []).append(mention)
    for wanted, places in missing.items():
        if view.is_unread(wanted, kind):
            continue
        _, file, path = places[0]
        elsewhere = sorted({place[1] for place in places[1:]} - {file})
        also = f" (named in {some(elsewhere)} too)" if elsewhere else ""
        yield Finding(
            rule,
            f"there is no {kind} {wanted}{also}",
            file,
            path,
            f"the id of a {kind} of this base",
            view.did_you_mean(wanted, kind),
        )


RULES = (
    dangling_relation,
    dangling_check,
    dangling_source,
    dangling_quantity,
    dangling_thesis,
    dangling_undercut,
    undercut_of_claim,
    dangling_data,
    dangling_link,
)
