"""KB20x, KB21x, KB23x: sources, places, dates and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from kb.diagnostics import PathItem
from kb.lint.references import cited
from kb.lint.view import Finding, View
from kb.model import Quantity

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?")


def unused_source(view: View) -> Iterator[Finding]:
    """KB207"""
    if view.unread:
        return  # a file that could not be used may name it
    used = {source for source, _, _ in cited(view)}
    for source in view.base.sources.values():
        if source.id not in used:
            yield Finding(
                "KB207",
                f"nothing cites the source {source.id}",
                source.file,
                (),
                "a claim, a number or a table that cites it",
                "cite it, or delete the file",
            )


def unused_quantity(view: View) -> Iterator[Finding]:
    """KB208"""
    if view.unread:
        return  # a file that could not be used may name it
    used: set[object] = set()
    for check in view.base.checks.values():
        used.update(given.quantity for given in check.inputs)
        for flip in check.flips_if:
            used.update(flip.set.values())
        for option in (option for reading in check.readings for option in reading.options):
            used.update(option.set.values())
    for quantity in view.base.quantities.values():
        if quantity.id not in used:
            yield Finding(
                "KB208",
                f"no check uses the quantity {quantity.id}",
                quantity.file,
                (quantity.id,),
                "a check with it among its inputs",
                "use it, or delete the entry",
            )


def without_evidence(view: View) -> Iterator[Finding]:
    """KB212"""
    for claim in view.accepted:
        if claim.origin == "text" and not view.evidence(claim.id):
            yield Finding(
                "KB212",
                f"nothing says where {claim.id} comes from",
                claim.file,
                ("claim",),
                "`evidence:` with a source and the place in it",
                "if no text says so and the claim is the base's own, write `origin: ours`",
            )


def without_place(view: View) -> Iterator[Finding]:
    """KB213"""
    for claim in view.live:
        for index, evidence in enumerate(claim.evidence):
            if not evidence.at and evidence.quote is None:
                yield Finding(
                    "KB213",
                    f"nothing says where in {evidence.source} this stands",
                    claim.file,
                    ("evidence", index, "source"),
                    "`at:` with a section, page or paragraph",
                )


def without_access_date(view: View) -> Iterator[Finding]:
    """KB214"""
    for source in view.base.sources.values():
        if source.url and not source.accessed:
            yield Finding(
                "KB214",
                f"{source.id} has an address and no date at which it was read",
                source.file,
                ("URL",),
                "`accessed:` with a date, such as 2024-04-06",
                "pages change; the date says which version was read",
            )


def bad_date(view: View) -> Iterator[Finding]:
    """KB215"""
    for written, file, path, may_be_ahead in _dates(view):
        earliest = _earliest(written)
        if earliest is None:
            said = f"{written} is not a date"
        elif earliest > view.today and not may_be_ahead:
            said = f"{written} is in the future"
        else:
            continue
        yield Finding("KB215", said, file, path, "a date, such as 2024-04-06, 2024-04 or 2024")


def _dates(view: View) -> Iterator[tuple[str, str, tuple[PathItem, ...], bool]]:
    """Every date of the base: as written, file, path, and whether it may lie ahead."""
    for source in view.base.sources.values():
        yield from _given(source.issued, source.file, ("issued",))
        yield from _given(source.accessed, source.file, ("accessed",))
    for quantity, file, path in numbers(view):
        yield from _given(quantity.as_of, file, (*path, "as_of"))
    for measurement in view.base.measurements.values():
        yield from _given(measurement.when, measurement.file, ("when",))
    for claim in view.base.claims.values():
        if claim.forecast:
            yield claim.forecast.by, claim.file, ("forecast", "by"), True


def _given(
    written: str, file: str, path: tuple[PathItem, ...]
) -> Iterator[tuple[str, str, tuple[PathItem, ...], bool]]:
    if written:
        yield written, file, path, False


def _earliest(written: str) -> date | None:
    """The first day that a date, month or year may mean; None when it is none."""
    parts = _DATE.fullmatch(written)
    if parts is None:
        return None
    try:
        return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        return None


def numbers(view: View) -> Iterator[tuple[Quantity, str, tuple[PathItem, ...]]]:
    """Every quantity, shared or written in a check, with its file and the path to it."""
    for quantity in view.base.quantities.values():
        yield quantity, quantity.file, (quantity.id,)
    for check in view.base.checks.values():
        for given in check.inputs:
            if given.inline is not None:
                yield given.inline, check.file, ("inputs", given.name)


def uncited_number(view: View) -> Iterator[Finding]:
    """KB230"""
    for quantity, file, path in numbers(view):
        if not quantity.source and not quantity.definition:
            yield Finding(
                "KB230",
                f"nothing says where the number {quantity.id} comes from",
                file,
                path,
                "`source:`, or `definition: true` if it holds by definition",
            )


def _only_source(view: View, claims: Iterable[str]) -> str:
    """The source of all evidence for all of the claims, or nothing when there are several or none."""
    only = ""
    for claim in claims:
        sources = {evidence.source for evidence in view.evidence(claim)}
        if len(sources) != 1 or only not in ("", *sources):
            return ""
        (only,) = sources
    return only


def one_source(view: View) -> Iterator[Finding]:
    """KB223"""
    if len(view.base.sources) < 2:
        return
    for conclusion, steps in view.into.items():
        premises = {premise for step in steps if step.kind == "supports" for premise in step.premises}
        if len(premises) > 1 and (source := _only_source(view, premises)):
            yield Finding(
                "KB223",
                f"the {len(premises)} premises for {conclusion} all come from one source, {source}",
                view.base.claims[conclusion].file,
                ("claim",),
                "reasons from at least two sources",
                "many reasons of one author are no more independent than one",
            )


def impossible_pin(view: View) -> Iterator[Finding]:
    """KB234"""
    for claim in view.live:
        for index, evidence in enumerate(claim.evidence):
            pin = evidence.quote
            if pin is None:
                continue
            length = pin.end - pin.start
            # n words have n - 2 runs of three, and at least n letters with n - 1 spaces between them.
            if length <= 0:
                said = f"the quote ends at {pin.end}, before it has started"
            elif pin.shingles and 2 * len(pin.shingles) + 3 > length:
                said = f"{length} characters do not hold {len(pin.shingles) + 2} words"
            else:
                continue
            yield Finding(
                "KB234",
                said,
                claim.file,
                ("evidence", index, "quote", "end"),
                f"a place after {pin.start}",
                "pin the quote again",
            )


def unverified_number(view: View) -> Iterator[Finding]:
    """KB235"""
    counted = {check for check, users in view.users.items() if any(b.bears != "context" for b in users)}
    for check in view.base.checks.values():
        for given in check.inputs if check.id in counted else ():
            number = given.inline or view.base.quantities.get(given.quantity)
            if number is not None and number.source and not (number.verified or number.definition):
                yield Finding(
                    "KB235",
                    f"nobody has compared {given.name} with its source, {number.source}",
                    check.file,
                    ("inputs", given.name),
                    "`verified: true`, once somebody has",
                    f"look it up at {number.at}" if number.at else "",
                )


RULES = (
    unused_source,
    unused_quantity,
    without_evidence,
    without_place,
    without_access_date,
    bad_date,
    one_source,
    uncited_number,
    impossible_pin,
    unverified_number,
)
