"""Picking claims with short expressions, in the manner of dbt's node selection.

    compute-is-scarce            a claim, or all that a check or source bears on, or a question's theses
    tag:energy  source:x  topic:data  kind:benchmark  verdict:fails  standing:open  state:modified
    +x   x+   2+x   x+1          with what argues for or against it; with what it argues about; so many steps
    a b                          either
    a,b                          both

Ids and values may hold ``*``, ``?`` and ``[…]``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import fnmatchcase

from kb.diagnostics.spelling import did_you_mean
from kb.graph.relations import links, members
from kb.model import ArgumentMap, Base

Lookup = Callable[[str], Collection[str]]
"""From a claim's id to its values of one attribute."""

_ATOM = re.compile(r"(?:(?P<up>\d*)(?P<above>\+))?(?P<core>[^+]+)(?:(?P<below>\+)(?P<down>\d*))?")


class SelectionError(ValueError):
    """An expression that cannot be read, or names something that is not there; the text says what."""


def select(
    base: Base,
    amap: ArgumentMap,
    expression: str,
    attributes: Mapping[str, Lookup] | None = None,
    *,
    exclude: str = "",
) -> tuple[str, ...]:
    """The nodes of ``amap`` that an expression picks, in the order of the map.

    ``attributes`` adds look-ups by name (``verdict``, ``standing``, ``state``…) to the ones that a base
    answers itself: ``tag``, ``source``, ``topic``, ``kind`` (of its checks), ``status``, ``question``.
    An empty expression picks every claim. Raises SelectionError for an unknown id or attribute.
    """
    lookups = {**_own_lookups(base, amap), **(attributes or {})}
    chosen = _union(base, amap, expression, lookups) if expression.split() else set(amap.claims)
    if exclude.split():
        chosen -= _union(base, amap, exclude, lookups)
    return tuple(claim for claim in amap.claims if claim in chosen)


def _union(base: Base, amap: ArgumentMap, expression: str, lookups: Mapping[str, Lookup]) -> set[str]:
    chosen: set[str] = set()
    for term in expression.split():
        parts = [_atom(base, amap, atom, lookups) for atom in term.split(",")]
        chosen |= set.intersection(*parts)
    return chosen


def _atom(base: Base, amap: ArgumentMap, atom: str, lookups: Mapping[str, Lookup]) -> set[str]:
    match = _ATOM.fullmatch(atom)
    if match is None:
        raise SelectionError(f"cannot read {atom!r}; write an id or attribute:value, with + before or after")
    core = match["core"]
    name, colon, value = core.partition(":")
    if colon:
        if name not in lookups:
            raise SelectionError(f"unknown attribute {name!r} in {atom!r}{_guess(name, lookups)}")
        lookup = lookups[name]
        chosen = {claim for claim in amap.claims if _matches(lookup(claim), value)}
    else:
        chosen = _by_id(base, amap, core)
    found = set(chosen)
    if match["above"] or match["below"]:
        pairs = [(source, target) for source, target, _ in links(amap)]
        if match["above"]:
            found |= _reach(chosen, ((target, source) for source, target in pairs), match["up"])
        if match["below"]:
            found |= _reach(chosen, pairs, match["down"])
    return found


def _matches(values: Collection[str], pattern: str) -> bool:
    return any(fnmatchcase(value, pattern) for value in values)


def _by_id(base: Base, amap: ArgumentMap, name: str) -> set[str]:
    nodes = {**{claim: claim for claim in amap.claims}, **amap.alias}
    if name in nodes:
        return {nodes[name]}
    if name in base.checks:
        return {bearing.claim for bearing in amap.bearings if bearing.check == name}
    for question in base.config.questions:
        if question.id == name:
            return {nodes[thesis] for thesis in question.theses if thesis in nodes}
    if name in base.sources:
        cited = _own_lookups(base, amap)["source"]
        return {claim for claim in amap.claims if name in cited(claim)}
    if any(char in name for char in "*?["):
        return {node for claim, node in nodes.items() if fnmatchcase(claim, name)}
    if name in base.claims:
        raise SelectionError(f"{name!r} is retired")
    known = [*nodes, *base.checks, *base.sources, *(q.id for q in base.config.questions)]
    raise SelectionError(f"nothing is called {name!r}{_guess(name, known)}")


def _guess(name: str, known: Iterable[str]) -> str:
    guess = did_you_mean(name, known)
    return f"; {guess}" if guess else ""


def _reach(start: set[str], pairs: Iterable[tuple[str, str]], limit: str) -> set[str]:
    nexts: defaultdict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        nexts[source].append(target)
    seen, front = set(start), set(start)
    left = int(limit) if limit else -1
    while front and left != 0:
        front = {target for source in front for target in nexts[source]} - seen
        seen |= front
        left -= 1
    return seen


def _own_lookups(base: Base, amap: ArgumentMap) -> dict[str, Lookup]:
    merged = members(amap)
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for bearing in amap.bearings:
        kinds[bearing.claim].add(base.checks[bearing.check].kind)

    def claims(node: str) -> list[str]:
        return list(merged[node])

    return {
        "tag": lambda node: {tag for c in claims(node) for tag in base.claims[c].tags},
        "source": lambda node: {e.source for c in claims(node) for e in base.claims[c].evidence},
        "topic": lambda node: {base.claims[c].topic for c in claims(node)},
        "question": lambda node: {base.claims[c].question for c in claims(node)},
        "status": lambda node: {base.claims[node].status},
        "kind": lambda node: kinds[node],
    }
