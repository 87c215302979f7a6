"""Circles in a directed graph, in linear time and without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]


def circles(graph: Graph) -> Iterator[tuple[str, ...]]:
    """One shortest circle through the least member of each strongly connected component of two or more.

    Each is a walk that ends where it starts: ("a", "b", "a"). Components after Tarjan, "Depth-first
    search and linear graph algorithms", 1972. Edges from a node to itself are no circle here.
    """
    for component in sorted(map(sorted, _components(graph))):
        if len(component) > 1:
            yield _shortest(graph, component[0], frozenset(component))


def _components(graph: Graph) -> Iterator[list[str]]:
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    for start in graph:
        if start in order:
            continue
        work = [(start, iter(graph[start]))]
        order[start] = low[start] = len(order)
        stack.append(start)
        waiting.add(start)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in order:
                    order[successor] = low[successor] = len(order)
                    stack.append(successor)
                    waiting.add(successor)
                    work.append((successor, iter(graph.get(successor, ()))))
                    break
                if successor in waiting:
                    low[node] = min(low[node], order[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == order[node]:
                    component: list[str] = []
                    while not component or component[-1] != node:
                        component.append(stack.pop())
                        waiting.discard(component[-1])
                    yield component


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
