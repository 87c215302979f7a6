"""Two ways of putting numbered things together: by shared evidence, and by mutual dependence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

Groups = tuple[tuple[int, ...], ...]
"""Reasons or undercuts by number; the members of one group share evidence, so they count once."""


def count_once(items: Sequence[int], evidence: Callable[[int], Iterable[int]]) -> Groups:
    """Items in groups that share evidence, directly or through other items; order of first mention."""
    if len(items) < 2:
        return tuple((item,) for item in items)
    parent = {item: item for item in items}

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    holder: dict[int, int] = {}
    for item in items:
        for token in evidence(item):
            parent[root(item)] = root(holder.setdefault(token, item))
    groups: dict[int, list[int]] = {}
    for item in items:
        groups.setdefault(root(item), []).append(item)
    return tuple(map(tuple, groups.values()))


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
