"""Solve one generated graph with one program, as often as asked, and print seconds and results as JSON.

    python standing.py PROGRAM TASK FILE REPEATS

Runs in the environment of the program. TASK is ``df-quad`` or ``grounded``. The clock starts when names,
base scores and edges are lists in memory. *End to end* is until strengths or accepted names are by name
in a Python object; *solve* is that without building the program's own data structure, which for kb and
networkx, where they can be kept for the next solve, includes the order of computation.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

ENOUGH = 10.0
"""Seconds after which nothing is repeated any more."""

Graph = dict[str, Any]
"""``names``, ``base`` by name, and ``edges``: (source, target, +1 or −1)."""
Parts = tuple[Callable[[Graph], Any], Callable[[Any], Any], Callable[[Graph, Any], Any]]
"""Build the program's own structure; solve it; say the result by name."""


def as_given(graph: Graph, found: Any) -> Any:
    return found


def kb_df_quad() -> Parts:
    from kb.standing.bipolar import bipolar_graph
    from kb.standing.levels import ordered
    from kb.standing.rivals import SEMANTICS, solve_graph

    def build(graph: Graph) -> Any:
        number = {name: i for i, name in enumerate(graph["names"])}
        edges = graph["edges"]
        source, target = [number[a] for a, _, _ in edges], [number[b] for _, b, _ in edges]
        signs = [sign for _, _, sign in edges]
        return ordered(bipolar_graph([*graph["base"].values()], source, target, signs))

    def named(graph: Graph, found: Any) -> Any:
        return dict(zip(graph["names"], found.strength.tolist(), strict=True))

    return build, lambda made: solve_graph(made, SEMANTICS["df-quad"]), named


def kb_grounded() -> Parts:
    from kb.standing.framework import framework
    from kb.standing.grounded import IN, grounded

    def build(graph: Graph) -> Any:
        number = {name: i for i, name in enumerate(graph["names"])}
        return framework(graph["names"], [(number[a], number[b]) for a, b, _ in graph["edges"]])

    def named(graph: Graph, found: Any) -> Any:
        return [name for name, label in zip(graph["names"], found, strict=True) if label == IN]

    return build, grounded, named


def networkx_df_quad() -> Parts:
    import networkx as nx

    def build(graph: Graph) -> Any:
        made = nx.DiGraph()
        made.add_nodes_from((name, {"base": base}) for name, base in graph["base"].items())
        made.add_edges_from((a, b, {"sign": sign}) for a, b, sign in graph["edges"])
        return made, list(nx.topological_sort(made))

    def solve(made: Any) -> Any:
        digraph, order = made
        strength: dict[str, float] = {}
        for node in order:
            support = attack = 1.0
            for other, edge in digraph.pred[node].items():
                if edge["sign"] > 0:
                    support *= 1 - strength[other]
                else:
                    attack *= 1 - strength[other]
            base, energy = digraph.nodes[node]["base"], attack - support
            strength[node] = base + (1 - base) * energy if energy > 0 else base + base * energy
        return strength

    return build, solve, as_given


def networkx_grounded() -> Parts:
    import networkx as nx

    def build(graph: Graph) -> Any:
        made = nx.DiGraph()
        made.add_nodes_from(graph["names"])
        made.add_edges_from((a, b) for a, b, _ in graph["edges"])
        return made

    def solve(made: Any) -> Any:
        """The fixpoint, pass after pass over what is still undecided."""
        accepted: set[str] = set()
        rejected: set[str] = set()
        undecided = list(made)
        while True:
            new = [x for x in undecided if all(y in rejected for y in made.pred[x])]
            if not new:
                return sorted(accepted)
            accepted.update(new)
            rejected.update(y for x in new for y in made.succ[x])
            undecided = [x for x in undecided if x not in accepted and x not in rejected]

    return build, solve, as_given


def lists_df_quad() -> Parts:
    """Plain Python over adjacency lists of numbers: as fast as a loop without numpy gets."""

    def build(graph: Graph) -> Any:
        number = {name: i for i, name in enumerate(graph["names"])}
        n = len(number)
        into: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        out: list[list[int]] = [[] for _ in range(n)]
        for a, b, sign in graph["edges"]:
            into[number[b]].append((number[a], sign))
            out[number[a]].append(number[b])
        left = [len(edges) for edges in into]
        ready = deque(i for i in range(n) if not left[i])
        order = []
        while ready:
            i = ready.popleft()
            order.append(i)
            for j in out[i]:
                left[j] -= 1
                if not left[j]:
                    ready.append(j)
        return order, into, [*graph["base"].values()]

    def solve(made: Any) -> Any:
        order, into, scores = made
        strength = [0.0] * len(order)
        for i in order:
            support = attack = 1.0
            for j, sign in into[i]:
                if sign > 0:
                    support *= 1 - strength[j]
                else:
                    attack *= 1 - strength[j]
            base, energy = scores[i], attack - support
            strength[i] = base + (1 - base) * energy if energy > 0 else base + base * energy
        return strength

    return build, solve, lambda graph, found: dict(zip(graph["names"], found, strict=True))


def formal_argumentation_df_quad() -> Parts:
    from argumentation.gradual.dfquad import dfquad_strengths
    from argumentation.gradual.gradual import WeightedBipolarGraph

    def build(graph: Graph) -> Any:
        return WeightedBipolarGraph(
            frozenset(graph["names"]),
            graph["base"],
            frozenset((a, b) for a, b, sign in graph["edges"] if sign < 0),
            frozenset((a, b) for a, b, sign in graph["edges"] if sign > 0),
        )

    return build, dfquad_strengths, lambda graph, found: found.strengths


def formal_argumentation_grounded() -> Parts:
    from argumentation.core.dung import ArgumentationFramework, grounded_extension

    def build(graph: Graph) -> Any:
        return ArgumentationFramework(
            frozenset(graph["names"]), frozenset((a, b) for a, b, _ in graph["edges"])
        )

    return build, grounded_extension, lambda graph, found: sorted(found)


def python_argumentation_grounded() -> Parts:
    from py_arg.abstract_argumentation_classes.abstract_argumentation_framework import (
        AbstractArgumentationFramework,
    )
    from py_arg.abstract_argumentation_classes.argument import Argument
    from py_arg.abstract_argumentation_classes.defeat import Defeat
    from py_arg.algorithms.semantics.get_grounded_extension import get_grounded_extension

    def build(graph: Graph) -> Any:
        made = {name: Argument(name) for name in graph["names"]}
        defeats = [Defeat(made[a], made[b]) for a, b, _ in graph["edges"]]
        return AbstractArgumentationFramework("", list(made.values()), defeats)

    return build, get_grounded_extension, lambda graph, found: sorted(x.name for x in found)


def pygarg_grounded() -> Parts:
    from pygarg.dung.solver import compute_grounded_extension

    def build(graph: Graph) -> Any:
        return graph["names"], [[a, b] for a, b, _ in graph["edges"]]

    return build, lambda made: compute_grounded_extension(*made), lambda graph, found: sorted(found)


PROGRAMS: dict[tuple[str, str], Callable[[], Parts]] = {
    ("kb", "df-quad"): kb_df_quad,
    ("kb", "grounded"): kb_grounded,
    ("networkx", "df-quad"): networkx_df_quad,
    ("networkx", "grounded"): networkx_grounded,
    ("plain lists", "df-quad"): lists_df_quad,
    ("formal-argumentation", "df-quad"): formal_argumentation_df_quad,
    ("formal-argumentation", "grounded"): formal_argumentation_grounded,
    ("python-argumentation", "grounded"): python_argumentation_grounded,
    ("pygarg", "grounded"): pygarg_grounded,
}


def main(program: str, task: str, file: str, repeats: int) -> None:
    graph = json.loads(Path(file).read_text(encoding="utf-8"))
    graph["edges"] = [tuple(edge) for edge in graph["edges"]]
    build, solve, named = PROGRAMS[program, task]()
    solved, whole = [], []
    result: Any = None
    for _ in range(repeats):
        if sum(whole) > ENOUGH:
            break
        gc.collect()
        start = time.perf_counter()
        made = build(graph)
        built = time.perf_counter()
        found = solve(made)
        done = time.perf_counter()
        result = named(graph, found)
        whole.append(time.perf_counter() - start)
        solved.append(done - built)
        del made, found
    told = result if isinstance(result, dict) else sorted(result)
    print(json.dumps({"solve": min(solved), "whole": min(whole), "result": told}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
