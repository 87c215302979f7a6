"""An argument map in integers: what acts on what, in the order in which it can be computed.

A snapshot knows structure and weights and nothing of results, so one serves any number of what-ifs.
Claims, reasons, bearings and undercuts are numbers; each claim holds the numbers that concern it.

A *reason* is a step, or a proxy check: reasons 0 … S−1 are the map's steps in order, proxies follow.
A *slot* is something that an undercut can take: step i has slot i, bearing j slot S + j, undercut k
slot S + B + k.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from kb.graph.grouping import strong_components
from kb.model import ArgumentMap, Base, Scale
from kb.standing.cutting import cuts_of, idle_premises, places, with_cuts
from kb.standing.grouping import Groups, count_once
from kb.standing.roles import roles_of


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One immutable picture of a map. Every tuple is indexed by claim unless its comment says otherwise."""

    amap: ArgumentMap
    scale: Scale
    ids: tuple[str, ...]
    number: Mapping[str, int]
    # claims
    groups_for: tuple[Groups, ...]
    groups_against: tuple[Groups, ...]
    cuts: tuple[tuple[tuple[int, Groups], ...], ...]  # (slot, undercuts on it), deepest first
    bearings: tuple[tuple[int, ...], ...]  # those that set the base score
    checked: tuple[bool, ...]  # has a direct check or parts: reasons are tension, not counted
    assumes: tuple[tuple[int, ...], ...]
    requires: tuple[tuple[int, ...], ...]
    component: tuple[int, ...]
    # reasons
    sign: tuple[int, ...]
    omega: tuple[float, ...]
    weak: tuple[bool, ...]
    premises: tuple[tuple[int, ...], ...]
    slot: tuple[int, ...]
    proxy: tuple[int, ...]  # the bearing of a proxy, −1 for a step
    inside: tuple[bool, ...]  # support within one circle of claims
    circular: tuple[bool, ...]  # a premise is decided by the check that decides the conclusion
    # undercuts
    cut_premises: tuple[tuple[int, ...], ...]
    cut_weight: tuple[float, ...]
    cut_idle: tuple[frozenset[int], ...]  # premises that rest on the very check they would take
    cut_sign: tuple[int, ...]  # −1 when it works against that claim
    cut_of_check: tuple[bool, ...]  # takes, in the end, a check that sets a base score
    cut_slot: int  # slot of undercut 0
    slots: int
    # the order of computation: strongly connected components, what they depend on first
    components: tuple[tuple[int, ...], ...]
    cyclic: tuple[bool, ...]  # by component
    dependents: tuple[tuple[int, ...], ...]


def snapshot_of(amap: ArgumentMap, base: Base) -> Snapshot:
    """Compile a map. Linear in its size; nothing recurses, so chains may be of any depth."""
    scale = base.config.scale
    number = {claim: i for i, claim in enumerate(amap.claims)}
    n_steps, n_claims = len(amap.steps), len(amap.claims)
    checks = roles_of(amap, base, number)
    tokens, check_token = _evidence_tokens(amap, number, checks.deciding)

    premises = [_numbers(step.premises, number) for step in amap.steps]
    cut_premises = [_numbers(cut.premises, number) for cut in amap.undercuts]
    conclusions = [number[step.conclusion] for step in amap.steps]
    conclusions += [number[amap.bearings[j].claim] for j, _ in checks.proxies]
    sign = [step.sign for step in amap.steps] + [s for _, s in checks.proxies]

    def rests_on(linked: tuple[int, ...]) -> Iterable[int]:
        if len(linked) == 1:
            return tokens[linked[0]]
        return {token for premise in linked for token in tokens[premise]}

    def evidence(reason: int) -> Iterable[int]:
        if reason < n_steps:
            return rests_on(premises[reason])
        return (check_token[amap.bearings[checks.proxies[reason - n_steps][0]].check],)

    sides: dict[int, list[list[int]]] = {s: [[] for _ in range(n_claims)] for s in (1, -1)}
    for reason, claim in enumerate(conclusions):
        sides[sign[reason]][claim].append(reason)
    cuts, roots = cuts_of(amap, number, checks, lambda k: rests_on(cut_premises[k]))
    assumes, requires = _needs(amap.assumes, number), _needs(amap.requires, number)

    depends: list[list[int]] = [[] for _ in range(n_claims)]
    for linked, claim in zip(premises, conclusions, strict=False):
        if not checks.settle[claim]:
            depends[claim].extend(linked)
    for claim in range(n_claims):
        if not checks.settle[claim] and (assumes[claim] or requires[claim]):
            depends[claim].extend((*assumes[claim], *requires[claim]))
    idle = idle_premises(depends, checks, cut_premises, roots)
    depends = with_cuts(depends, cut_premises, roots, idle)
    components = strong_components(depends)
    component = places(components, n_claims)
    cyclic = [False] * len(components)
    dependents: list[list[int]] = [[] for _ in range(n_claims)]
    for claim, others in enumerate(depends):
        for other in others:
            if component[other] == component[claim]:
                cyclic[component[claim]] = True
                dependents[other].append(claim)

    omega = {strength: log(odds) for strength, odds in scale.odds.items()}
    n_proxies = len(checks.proxies)
    inside = [
        s > 0 and any(component[premise] == component[claim] for premise in linked)
        for s, linked, claim in zip(sign, premises, conclusions, strict=False)
    ]
    circular = [
        any(token in checks.deciding[claim] for premise in linked for token in checks.deciding[premise])
        for linked, claim in zip(premises, conclusions, strict=False)
    ]
    return Snapshot(
        amap=amap,
        scale=scale,
        ids=amap.claims,
        number=number,
        groups_for=tuple([count_once(side, evidence) for side in sides[1]]),
        groups_against=tuple([count_once(side, evidence) for side in sides[-1]]),
        cuts=cuts,
        bearings=tuple(map(tuple, checks.bearings)),
        checked=tuple(checks.settle),
        assumes=assumes,
        requires=requires,
        component=tuple(component),
        sign=tuple(sign),
        omega=tuple([omega[step.strength] for step in amap.steps] + [omega["weak"]] * n_proxies),
        weak=tuple([step.strength == "weak" for step in amap.steps] + [True] * n_proxies),
        premises=(*premises, *[()] * n_proxies),
        slot=(*range(n_steps), *(n_steps + j for j, _ in checks.proxies)),
        proxy=(*[-1] * n_steps, *(j for j, _ in checks.proxies)),
        inside=(*inside, *[False] * n_proxies),
        circular=(*circular, *[False] * n_proxies),
        cut_premises=tuple(cut_premises),
        cut_weight=tuple(scale.undercut[cut.strength] for cut in amap.undercuts),
        cut_idle=tuple(idle),
        cut_sign=tuple(root.sign for root in roots),
        cut_of_check=tuple(root.of_check for root in roots),
        cut_slot=n_steps + len(amap.bearings),
        slots=n_steps + len(amap.bearings) + len(amap.undercuts),
        components=components,
        cyclic=tuple(cyclic),
        dependents=tuple(map(tuple, dependents)),
    )


def _evidence_tokens(
    amap: ArgumentMap, number: Mapping[str, int], deciding: Sequence[tuple[str, ...]]
) -> tuple[list[tuple[int, ...]], dict[str, int]]:
    """What each claim rests on, as numbers: itself, the checks that decide it, evidence declared shared.

    Two reasons with a token in common rest on the same evidence. Also the token of each check.
    """
    n = len(number)
    check_token: dict[str, int] = {}
    for bearing in amap.bearings:
        check_token.setdefault(bearing.check, n + len(check_token))
    tokens = [(i, *[check_token[check] for check in checks]) for i, checks in enumerate(deciding)]
    for token, group in enumerate(amap.shared, start=n + len(check_token)):
        for claim in group:
            tokens[number[claim]] += (token,)
    return tokens, check_token


def _numbers(claims: tuple[str, ...], number: Mapping[str, int]) -> tuple[int, ...]:
    if len(claims) == 1:
        return (number[claims[0]],)
    return tuple([number[claim] for claim in claims])


def _needs(needs: Mapping[str, tuple[str, ...]], number: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    found: list[tuple[int, ...]] = [()] * len(number)
    for claim, others in needs.items():
        found[number[claim]] = tuple(number[other] for other in others)
    return tuple(found)
