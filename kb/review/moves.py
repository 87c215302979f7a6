"""Verdicts and standings that differ between two states of a base, and the way that a change came."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kb.graph import links
from kb.model import Account, Claim, Standing, Step, Undercut
from kb.review.model import Change, Move, State, Verdicts, span

SAME = 1e-9
"""Strengths that differ by less have not moved."""
SAME_CHANCE = 0.005
"""Chances that differ by less read the same."""


def moved_verdicts(before: State, after: State, renamed: Mapping[str, str]) -> tuple[Verdicts, ...]:
    """The checks whose verdict or chance differs, in their order before, then those that came."""
    return tuple(_verdicts(before, after, renamed))


def _verdicts(before: State, after: State, renamed: Mapping[str, str]) -> Iterator[Verdicts]:
    old = {renamed.get(name, name): result for name, result in before.results.items()}
    for name in dict.fromkeys((*(renamed.get(n, n) for n in before.base.checks), *after.base.checks)):
        was, now = old.get(name), after.results.get(name)
        said = (was.verdict.value if was else "", now.verdict.value if now else "")
        chances = (was.p if was else None, now.p if now else None)
        if said[0] != said[1] or _apart(*chances):
            check = after.base.checks.get(name) or before.base.checks.get(name)
            title = (check.title or name) if check else name
            yield Verdicts(name, title, *said, *chances)


def moved_standings(
    before: State,
    after: State,
    renamed: Mapping[str, str],
    changes: Iterable[Change],
    verdicts: Iterable[Verdicts],
) -> tuple[Move, ...]:
    old_claims = {renamed.get(name, name): claim for name, claim in before.base.claims.items()}
    back = {new: old for old, new in renamed.items()}
    theses = {t for base in (before.base, after.base) for q in base.config.questions for t in q.theses}
    found: dict[str, Move] = {}
    for name in dict.fromkeys((*after.base.claims, *old_claims)):
        if _reached(before, back.get(name, name)) == _reached(after, name):
            continue
        was = _account(before, back.get(name, name))
        now = _account(after, name)
        if (was is None and now is None) or (was is not None and now is not None and _same(was, now)):
            continue
        claim = after.base.claims.get(name) or old_claims[name]
        found[name] = Move(
            name,
            claim.name,
            name in theses or back.get(name, name) in theses,
            was.standing if was else None,
            now.standing if now else None,
            was.strength if was else None,
            now.strength if now else None,
            was.open_reason if was else "",
            now.open_reason if now else "",
        )
    paths = _paths(before, after, renamed, found, _touched(after, changes, verdicts))
    moves = [replace(move, path=paths.get(name, ())) for name, move in found.items() if _legible(move)]
    return tuple(sorted(moves, key=lambda m: (not m.thesis, not m.relabelled, -_distance(m), m.claim)))


def _apart(was: float | None, now: float | None) -> bool:
    if was is None or now is None:
        return was is not now
    return abs(was - now) > SAME_CHANCE


def _reached(state: State, claim: str) -> tuple[Standing, str, float, float] | None:
    """What can be said of a claim before its account is written; where it is equal, none need be."""
    return state.accounts.reached.get(state.argument.alias.get(claim, claim))


def _account(state: State, claim: str) -> Account | None:
    return state.accounts.get(state.argument.alias.get(claim, claim))


def _same(was: Account, now: Account) -> bool:
    return (
        was.standing is now.standing
        and was.open_reason == now.open_reason
        and all(abs(a - b) <= SAME for a, b in zip(was.strength, now.strength, strict=True))
    )


def _legible(move: Move) -> bool:
    """Whether a move can be read off what is shown; smaller ones only carry others."""
    was = (move.before, move.reason_before, span(move.strength_before))
    return was != (move.after, move.reason_after, span(move.strength_after))


def _distance(move: Move) -> float:
    if move.strength_before is None or move.strength_after is None:
        return 1.0
    return max(abs(a - b) for a, b in zip(move.strength_before, move.strength_after, strict=True))


def _touched(after: State, changes: Iterable[Change], verdicts: Iterable[Verdicts]) -> set[str]:
    """The claims on which the change acts itself."""
    found: set[str] = set()
    checks = {moved.check for moved in verdicts}
    for change in changes:
        if change.kind == "claim":
            found.add(change.id)
        elif change.kind == "relation":
            found.update(change.id.replace(" > ", "--").replace(" ", "--").split("--"))
        elif change.kind == "check":
            checks.add(change.id)
        elif change.kind == "setting":
            found.update(after.base.claims)
    for bearing in after.argument.bearings:
        if bearing.check in checks:
            found.add(bearing.claim)
    owners = {part.id: part for claim in after.base.claims.values() for part in _parts(claim)}
    for change in changes:
        if change.kind == "relation" and (part := owners.get(change.id)) is not None:
            found.update(part.premises)
            found.add(part.target if isinstance(part, Undercut) else part.conclusion)
    return found


def _parts(claim: Claim) -> tuple[Step | Undercut, ...]:
    return (*claim.steps, *claim.undercuts)


def _paths(
    before: State, after: State, renamed: Mapping[str, str], moved: Mapping[str, Move], touched: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """For each claim that moved the shortest way to it from one that was touched, through ones that moved."""
    onward: defaultdict[str, list[str]] = defaultdict(list)
    for source, target, _ in links(after.argument):
        onward[source].append(target)
    for source, target, _ in links(before.argument):
        onward[renamed.get(source, source)].append(renamed.get(target, target))
    came: dict[str, str] = dict.fromkeys(touched, "")
    queue = deque(came)
    while queue:
        reached = queue.popleft()
        for target in onward[reached]:
            if target in moved and target not in came:
                came[target] = reached
                queue.append(target)
    paths = {}
    for name in moved:
        path, at = [], name
        while at:
            path.append(at)
            at = came.get(at, "")
        if name in came:
            paths[name] = tuple(reversed(path))
    return paths
