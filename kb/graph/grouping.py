"""Two ways of putting things together: by what links them, and by mutual dependence."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def joined(pairs: Iterable[tuple[T, T]]) -> list[list[T]]:
    """The groups that pairs link, directly or through others; all in order of first mention."""
    parent: dict[T, T] = {}

    def root(item: T) -> T:
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for left, right in pairs:
        first = root(left)
        parent[root(right)] = first
    groups: dict[T, list[T]] = {}
    for item in list(parent):
        groups.setdefault(root(item), []).append(item)
    return list(groups.values())


def strong_components(depends: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Strongly connected components, each after those it depends on (Tarjan 1972, without recursion)."""
    n = len(depends)
    index, low = [-1] * n, [0] * n
    on_stack = [False] * n
    stack: list[int] = []
    found: list[tuple[int, ...]] = []
    counter = 0
    for start in range(n):
        if index[start] >= 0:
            continue
        if not depends[start]:
            index[start] = n
            found.append((start,))
            continue
        index[start] = low[start] = counter
        counter += 1
        stack.append(start)
        on_stack[start] = True
        work = [(start, iter(depends[start]))]
        while work:
            node, rest = work[-1]
            for other in rest:
                if index[other] < 0:
                    index[other] = low[other] = counter
                    counter += 1
                    stack.append(other)
                    on_stack[other] = True
                    work.append((other, iter(depends[other])))
                    break
                if on_stack[other] and index[other] < low[node]:
                    low[node] = index[other]
            else:
                work.pop()
                if work and low[node] < low[work[-1][0]]:
                    low[work[-1][0]] = low[node]
                if low[node] == index[node]:
                    members = []
                    while True:
                        other = stack.pop()
                        on_stack[other] = False
                        members.append(other)
                        if other == node:
                            break
                    found.append(tuple(members))
    return tuple(found)
