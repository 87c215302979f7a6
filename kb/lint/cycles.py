"""Circles in a directed graph, in linear time and without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from kb.graph.grouping import strong_components

Graph = Mapping[str, Sequence[str]]


def circles(graph: Graph) -> Iterator[tuple[str, ...]]:
    """One shortest circle through the least member of each strongly connected component of two or more.

    Each is a walk that ends where it starts: ("a", "b", "a"). Edges from a node to itself are no circle
    here.
    """
    for component in sorted(map(sorted, _components(graph))):
        if len(component) > 1:
            yield _shortest(graph, component[0], frozenset(component))


def _components(graph: Graph) -> Iterator[list[str]]:
    names = list(dict.fromkeys([*graph, *chain.from_iterable(graph.values())]))
    number = {name: i for i, name in enumerate(names)}
    for component in strong_components([[number[o] for o in graph.get(name, ())] for name in names]):
        yield [names[i] for i in component]


def _shortest(graph: Graph, start: str, component: frozenset[str]) -> tuple[str, ...]:
    """Breadth first from ``start`` back to it, inside its component."""
    came: dict[str, str] = {}
    queue = [start]
    for node in queue:
        for successor in graph.get(node, ()):
            if successor == start and node != start:
                walk = [start, node]
                while walk[-1] != start:
                    walk.append(came[walk[-1]])
                return tuple(reversed(walk))
            if successor in component and successor not in came and successor != start:
                came[successor] = node
                queue.append(successor)
    raise ValueError(f"{start} is not in a circle of its component")
