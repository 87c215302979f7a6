"""In which order the arguments of a bipolar graph are computed, in as few strokes as possible.

Arguments are put in levels: each depends on earlier levels only, save those in a circle, which share the
level of their circle. A wide level is one stroke of numpy. Many narrow levels in a row, as in a deep chain,
are one *run*, where a plain loop is faster. The circles of one level are one stroke as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kb.standing.bipolar import BipolarGraph, Bools, Ints, by_key, frozen

NARROW = 24
"""Levels of fewer arguments than this are computed one argument at a time; found by trial."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Narrow levels in a row, for a loop. Values are those of ``outside`` first, then the run's own in order.

    Argument i of the run has edges ``start[i]`` to ``start[i + 1]``; ``place`` says where the value lies
    that an edge brings, and ``weight`` what it weighs.
    """

    outside: Ints
    base: tuple[float, ...]
    start: tuple[int, ...]
    place: tuple[int, ...]
    weight: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Arguments ``first`` to ``last`` of an ordered graph that are computed together.

    ``kind`` is ``wide`` or ``circle``, where ``parts`` says at which argument each circle begins, or
    ``narrow``, where ``run`` has what the loop needs.
    """

    kind: Literal["wide", "narrow", "circle"]
    first: int
    last: int
    parts: Ints | None = None
    run: Run | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """A graph with its arguments in the order of computation. Argument i of it was ``order[i]``.

    Arguments that no stroke covers have nothing acting on them.
    """

    graph: BipolarGraph
    order: Ints
    strokes: tuple[Stroke, ...]


def ordered(graph: BipolarGraph) -> Ordered:
    """Put a graph's arguments in the order of computation. Linear, whatever its depth."""
    n = len(graph)
    targets = np.repeat(np.arange(n), np.diff(graph.start))
    level = _levels(n, graph.source, targets)
    circular = np.zeros(n, dtype=bool)
    component = np.zeros(n, dtype=np.int64)
    if n and level.min() < 0:
        component, level = _levels_of_circles(n, graph.source, targets)
        circular = np.bincount(component)[component] > 1
        circular[targets[graph.source == targets]] = True
        order = np.lexsort((component, circular, level))
    else:
        order = by_key(level, n + 1)
    moved = _permuted(graph, order)
    strokes = _strokes(moved, level[order], circular[order], component[order])
    return Ordered(moved, frozen(order), strokes)


def _levels(n: int, sources: Ints, targets: Ints) -> Ints:
    """The level of each argument: 0 where nothing acts on it; −1 in circles and whatever follows them."""
    level = np.full(n, -1, dtype=np.int64)
    waiting = np.bincount(targets, minlength=n)
    by_source = by_key(sources, n)
    out = targets[by_source]
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(sources, minlength=n), out=start[1:])
    front = np.flatnonzero(waiting == 0)
    seen_at = np.empty(n, dtype=np.int64)
    depth = 0
    while len(front) >= NARROW:
        level[front] = depth
        depth += 1
        reached = out[_spans(start, front)]
        np.subtract.at(waiting, reached, 1)
        ready = reached[waiting[reached] == 0]
        seen_at[ready] = np.arange(len(ready))
        front = ready[seen_at[ready] == np.arange(len(ready))]
    return _narrow_levels(level, waiting, out, start, front, depth) if len(front) else level


def _narrow_levels(level: Ints, waiting: Ints, out: Ints, start: Ints, front: Ints, depth: int) -> Ints:
    """The rest of the levels, argument by argument; whoever comes last to an argument has the highest."""
    level[front] = depth
    levels, left, to, begin = level.tolist(), waiting.tolist(), out.tolist(), start.tolist()
    queue: list[int] = front.tolist()
    for i in queue:  # grows while it is read
        for j in to[begin[i] : begin[i + 1]]:
            left[j] -= 1
            if not left[j]:
                levels[j] = levels[i] + 1
                queue.append(j)
    return np.array(levels, dtype=np.int64)


def _spans(start: Ints, chosen: Ints) -> Ints:
    """The numbers from start[i] to start[i + 1] for each chosen i, one after the other."""
    counts = start[chosen + 1] - start[chosen]
    ends = np.cumsum(counts)
    shift = start[chosen] - ends + counts
    return np.repeat(shift, counts) + np.arange(ends[-1] if len(ends) else 0)


def _levels_of_circles(n: int, sources: Ints, targets: Ints) -> tuple[Ints, Ints]:
    """The strongly connected component of each argument, and the level of that component."""
    # Slow to import, and only circles need it.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    links = csr_array((np.ones(len(sources), dtype=np.int8), (sources, targets)), shape=(n, n))
    count, found = connected_components(links, directed=True, connection="strong")
    component = found.astype(np.int64)
    between = component[sources] != component[targets]
    level = _levels(int(count), component[sources[between]], component[targets[between]])
    return component, level[component]


def _permuted(graph: BipolarGraph, order: Ints) -> BipolarGraph:
    n = len(graph)
    new = np.empty(n, dtype=np.int64)
    new[order] = np.arange(n)
    edges = _spans(graph.start, order)
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.diff(graph.start)[order], out=start[1:])
    arrays = (graph.base[order], start, new[graph.source[edges]], graph.weight[edges])
    return BipolarGraph(*map(frozen, arrays))


def _strokes(graph: BipolarGraph, level: Ints, circular: Bools, component: Ints) -> tuple[Stroke, ...]:
    """Strokes over an ordered graph; its arguments are sorted by level, and circles come last in theirs."""
    if not len(graph):
        return ()
    key = 2 * level + circular
    starts = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1])
    kind = key[starts]
    narrow = (np.diff(np.append(starts, len(graph))) < NARROW) & (kind > 0) & (kind % 2 == 0)
    begins = ~(narrow & np.concatenate([[False], narrow[:-1]]))
    firsts = starts[begins].tolist()
    strokes = []
    for first, last, is_narrow, what in zip(
        firsts, [*firsts[1:], len(graph)], narrow[begins].tolist(), kind[begins].tolist(), strict=True
    ):
        if is_narrow:
            strokes.append(Stroke("narrow", first, last, run=_run(graph, first, last)))
        elif what % 2:
            parts = np.concatenate([[0], np.flatnonzero(np.diff(component[first:last])) + 1])
            strokes.append(Stroke("circle", first, last, parts=frozen(parts)))
        elif what:
            strokes.append(Stroke("wide", first, last))
    return tuple(strokes)


def _run(graph: BipolarGraph, first: int, last: int) -> Run:
    begin, end = graph.start[first], graph.start[last]
    source = graph.source[begin:end]
    inside = source >= first
    outside = source[~inside]
    place = np.where(inside, source - first + len(outside), np.cumsum(~inside) - 1)
    return Run(
        frozen(outside.copy()),
        tuple(graph.base[first:last].tolist()),
        tuple((graph.start[first : last + 1] - begin).tolist()),
        tuple(place.tolist()),
        tuple(graph.weight[begin:end].tolist()),
    )
