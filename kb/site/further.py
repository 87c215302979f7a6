"""What pages say beyond standings and takes long to work out, kept in the cache between builds.

A thesis's outlook is kept under the faces (``kb.site.traces``) of all that lies behind it, and what concerns
the whole base under the faces of all, both with the order of the claims, in which equals are taken: so what
is kept is what would be worked out again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from kb import store
from kb.graph import links
from kb.model import ArgumentMap, Result
from kb.site.outlook import EACH, MOST_BEHIND, TOTAL, Outlook, outlook
from kb.site.view import View
from kb.standing import Accounts
from kb.standing.audits import AuditFinding, audits
from kb.standing.cone import restricted
from kb.standing.crisp import disagreements

MOST_THESES = 300
"""Theses that have an outlook; of bases with more, the first of the questions in their order."""

T = TypeVar("T")
Into = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Remarks:
    """What concerns the whole base.

    ``crisp``: a sentence by claim where the reading without weights differs from the standing. ``steps``:
    by claim, how many steps the nearest check is away; absent where no check lies behind it.
    """

    crisp: dict[str, str]
    steps: dict[str, int]
    audits: tuple[AuditFinding, ...]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where results are kept (None: nowhere), and what all of them depend on beside their faces."""

    folder: Path | None
    setting: str

    def kept(self, kind: type[T], about: object, make: Callable[[], T]) -> T:
        """What was kept about something; made, and kept, when there is nothing of the kind."""
        key = store.digest([kind.__name__, self.setting, about])
        if (found := store.get(self.folder, key)) is not None:
            with suppress(msgspec.ValidationError):  # then it is no such thing, and is made again
                return msgspec.convert(found, kind)
        made = msgspec.to_builtins(make())
        store.put(self.folder, key, made)
        # What is made has to be what will be found, down to the order of names, which JSON sorts.
        return msgspec.convert(json.loads(store.canonical(made)), kind)


def with_further(
    view: View,
    amap: ArgumentMap,
    accounts: Accounts,
    faces: Mapping[str, str],
    keeping: Keeping,
    *,
    accept_unverified: bool = False,
) -> View:
    """The view with its tables of outlooks, audits, crisp readings and steps to the nearest check."""
    results = dict(view.results)
    into: defaultdict[str, list[str]] = defaultdict(list)
    for source, target, _ in links(amap):
        into[target].append(source)

    def remark() -> Remarks:
        return Remarks(
            {found.claim: found.words for found in disagreements(accounts.marks, accounts.crisp)},
            _steps(amap),
            audits(amap, view.base, results, accept_unverified=accept_unverified),
        )

    remarks = keeping.kept(Remarks, [amap.claims, sorted(faces.items())], remark)
    by_kind: defaultdict[str, list[AuditFinding]] = defaultdict(list)
    for finding in remarks.audits:
        by_kind[finding.kind].append(finding)
    return replace(
        view,
        outlooks=_outlooks(view, amap, results, into, faces, keeping, accept_unverified),
        audits=dict(by_kind),
        crisp=remarks.crisp,
        steps=remarks.steps,
    )


def _outlooks(
    view: View,
    amap: ArgumentMap,
    results: Mapping[str, Result],
    into: Into,
    faces: Mapping[str, str],
    keeping: Keeping,
    accept_unverified: bool,
) -> dict[str, Outlook]:
    theses = [thesis for thesis in view.theses if thesis in view.bases][:MOST_THESES]
    budget = min(EACH, TOTAL // max(1, len(theses)))
    union: list[ArgumentMap] = []

    def part(kept: set[str]) -> ArgumentMap:
        # Cutting a cone out of the whole map is linear in the map; all of them together are not.
        if not union:
            union.append(restricted(amap, set().union(*cones.values())))
        return restricted(union[0], kept)

    place = {claim: number for number, claim in enumerate(amap.claims)}
    cones = {thesis: _behind(into, thesis) for thesis in theses}
    cones = {thesis: cone for thesis, cone in cones.items() if len(cone) <= MOST_BEHIND}
    found = {}
    for thesis in theses:
        if thesis not in cones:
            found[thesis] = Outlook(thesis, MOST_BEHIND + 1, partly=True)
            continue
        cone = cones[thesis]

        def work(thesis: str = thesis, cone: set[str] = cone) -> Outlook:
            return outlook(
                part(cone), view.base, results, thesis, budget, accept_unverified=accept_unverified
            )

        order = sorted(cone, key=lambda claim: place.get(claim, -1))
        about = [thesis, budget, order, [[name, faces.get(name, "")] for name in _concerned(view, cone)]]
        found[thesis] = keeping.kept(Outlook, about, work)
    return found


def _behind(into: Into, thesis: str) -> set[str]:
    """All that a thesis rests on, itself included; more than ``MOST_BEHIND`` when there is too much of it."""
    seen = {thesis}
    queue = [thesis]
    for reached in queue:  # grows while it is read
        if len(seen) > MOST_BEHIND:
            break
        new = [source for source in into.get(reached, ()) if source not in seen]
        seen.update(new)
        queue.extend(dict.fromkeys(new))
    return seen


def _concerned(view: View, cone: Iterable[str]) -> list[str]:
    """The claims of a cone, those that restate them, and the checks on them."""
    names = set(cone)
    for claim in cone:
        names.update(view.members.get(claim, ()))
        names.update(bearing.check for bearing in view.bearings.get(claim, ()))
    return sorted(names)


def _steps(amap: ArgumentMap) -> dict[str, int]:
    """For each claim how many steps lie between it and the nearest claim with a check; context counts not."""
    onward: defaultdict[str, list[str]] = defaultdict(list)
    for source, target, _ in links(amap):
        onward[source].append(target)
    steps = {bearing.claim: 0 for bearing in amap.bearings if bearing.bears != "context"}
    queue = list(steps)
    for reached in queue:  # grows while it is read
        for target in onward[reached]:
            if target not in steps:
                steps[target] = steps[reached] + 1
                queue.append(target)
    return steps
