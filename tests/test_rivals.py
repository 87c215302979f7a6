"""The other gradual semantics: against independent programs, and which properties each of them has.

A property is tried on random graphs under every semantics that has it; where one lacks it, a test shows a
graph that breaks it. ``ours`` is the log-odds semantics of docs/standings.md in its point reading: every
base score a single number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import Bearing, Scale, Step
from kb.standing import all_grounds, all_scores, snapshot_of, solve, strengths
from kb.standing.bipolar import BipolarGraph, bipolar_graph, graph_of
from kb.standing.levels import NARROW, ordered
from kb.standing.modular import in_turn
from kb.standing.reducing import Reduced, lost, reduced
from kb.standing.rivals import SEMANTICS, solve_graph
from tests.standing_maps import base, claim, random_case, result

FIXTURE = json.loads((Path(__file__).parent / "fixtures" / "bipolar_graphs.json").read_text())
RANDOM = st.integers(0, 2**48).map(Random)
MANY = settings(max_examples=60, deadline=None)
RIVALS = tuple(SEMANTICS)
SHARE = {"moderate": 0.5, "strong": 0.75, "decisive": 1.0}

Edge = tuple[int, int, int, str]  # who, on whom, +1 or −1, strength


@dataclass(frozen=True)
class Graph:
    base: tuple[float, ...]
    edges: tuple[Edge, ...]

    def plus(self, *edges: Edge, base: Sequence[float] = ()) -> Graph:
        return Graph((*self.base, *base), (*self.edges, *edges))


def plain(graph: Graph, name: str) -> BipolarGraph:
    odds = Scale().odds
    weights = [
        sign * (log(odds[word]) if SEMANTICS[name].weighing == "nats" else SHARE[word])
        for _, _, sign, word in graph.edges
    ]
    return bipolar_graph(graph.base, [e[0] for e in graph.edges], [e[1] for e in graph.edges], weights)


def read(graph: Graph, name: str) -> list[float]:
    """The strengths of a graph's arguments under a semantics, or under ours."""
    if name != "ours":
        found: list[float] = solve_graph(plain(graph, name), SEMANTICS[name]).strength.tolist()
        return found
    steps: dict[int, list[Step]] = {}
    for number, (source, target, sign, strength) in enumerate(graph.edges):
        kind = "supports" if sign > 0 else "attacks"
        steps.setdefault(source, []).append(
            Step(f"s{number}", kind, (f"c{source}",), f"c{target}", strength, named=True)
        )
    claims = [
        replace(claim(f"c{i}", prior=score), steps=tuple(steps.get(i, ())))
        for i, score in enumerate(graph.base)
    ]
    made = base(claims)
    accounts = solve(argument_map(made), made, {}, use_priors=True)
    for account in accounts.values():
        assert account.strength[1] - account.strength[0] < 1e-9
    return [accounts[c.id].strength[0] for c in claims]


def random_graph(r: Random, most: int = 7) -> Graph:
    """Edges run from later arguments to earlier ones, one at most between two: no circles."""
    n = r.randint(2, most)
    pairs = [(a, b) for b in range(n) for a in range(b + 1, n)]
    chosen = r.sample(pairs, r.randint(0, min(len(pairs), 2 * n)))
    words = list(SHARE)
    return Graph(
        tuple(r.uniform(0.05, 0.95) for _ in range(n)),
        tuple((a, b, r.choice([1, -1]), r.choice(words)) for a, b in chosen),
    )


def every(*names: str) -> Callable[[Any], Any]:
    return pytest.mark.parametrize("name", names)


ALL = ("ours", *RIVALS)

# --- against other programs ---------------------------------------------------


def test_the_fixture_is_large_enough() -> None:
    graphs = FIXTURE["graphs"]
    assert len(graphs) >= 20
    assert sum(graph["circles"] for graph in graphs) >= 10
    programs = {p for graph in graphs for by in graph["strengths"].values() for p in by}
    assert programs == set(FIXTURE["made_with"])
    assert len(programs) >= 2


@pytest.mark.parametrize("number", range(len(FIXTURE["graphs"])))
def test_strengths_agree_with_independent_programs(number: int) -> None:
    """To 1e-9, on graphs with and without circles, with the numbers that those programs printed."""
    item = FIXTURE["graphs"][number]
    edges = item["edges"]
    graph = bipolar_graph(item["base"], [e[0] for e in edges], [e[1] for e in edges], [e[2] for e in edges])
    for name, by in item["strengths"].items():
        solved = solve_graph(graph, SEMANTICS[name])
        assert solved.settled
        assert (solved.method != "one pass") == item["circles"]
        for program, expected in by.items():
            assert solved.strength == pytest.approx(expected, abs=1e-9), (name, program)


# --- properties ----------------------------------------------------------------


@every(*ALL)
@MANY
@given(RANDOM)
def test_stability(name: str, r: Random) -> None:
    """What nothing acts on keeps its base score (Amgoud and Ben-Naim 2018)."""
    graph = random_graph(r)
    acted_on = {edge[1] for edge in graph.edges}
    found = read(graph, name)
    assert all(found[i] == pytest.approx(graph.base[i]) for i in range(len(graph.base)) if i not in acted_on)


@every(*RIVALS)
@MANY
@given(RANDOM)
def test_neutrality(name: str, r: Random) -> None:
    """An argument of strength 0 has no effect (Amgoud and Ben-Naim 2018)."""
    graph = random_graph(r)
    n = len(graph.base)
    dead = graph.plus((n, r.randrange(n), r.choice([1, -1]), "decisive"), base=[0.0])
    assert read(dead, name)[:n] == pytest.approx(read(graph, name), abs=1e-12)


@MANY
@given(RANDOM)
def test_neutrality_of_ours_reaches_to_one_half(r: Random) -> None:
    graph = random_graph(r)
    n = len(graph.base)
    more = graph.plus((n, r.randrange(n), r.choice([1, -1]), "decisive"), base=[r.uniform(0.02, 0.5)])
    assert read(more, "ours")[:n] == pytest.approx(read(graph, "ours"), abs=1e-12)


@every(*RIVALS)
def test_no_rival_is_neutral_towards_a_coin(name: str) -> None:
    assert read(Graph((0.5, 0.5), ((1, 0, 1, "decisive"),)), name)[0] > 0.55


@every(*ALL)
@MANY
@given(RANDOM)
def test_balance(name: str, r: Random) -> None:
    """Supporters and attackers that match one another leave the base score (Potyka 2018)."""
    pairs = [(r.uniform(0.05, 0.95), r.choice(list(SHARE))) for _ in range(r.randint(1, 4))]
    scores = [r.uniform(0.05, 0.95)]
    edges: list[Edge] = []
    for score, word in pairs:
        for sign in (1, -1):
            edges.append((len(scores), 0, sign, word))
            scores.append(score)
    r.shuffle(edges)
    assert read(Graph(tuple(scores), tuple(edges)), name)[0] == pytest.approx(scores[0])


def one_pair_more(graph: Graph, r: Random) -> Graph:
    n, target = len(graph.base), r.randrange(len(graph.base))
    score, word = r.uniform(0.02, 0.98), r.choice(list(SHARE))
    return graph.plus((n, target, 1, word), (n + 1, target, -1, word), base=[score, score])


@every("ours", "quadratic-energy", "euler", "mlp")
@MANY
@given(RANDOM)
def test_franklin(name: str, r: Random) -> None:
    """A supporter and an attacker of equal strength cancel, whatever else there is (Amgoud, Ben-Naim)."""
    graph = random_graph(r)
    assert read(one_pair_more(graph, r), name)[: len(graph.base)] == pytest.approx(
        read(graph, name), abs=1e-9
    )


def test_df_quad_lacks_franklin() -> None:
    graph = Graph((0.5, 0.8), ((1, 0, -1, "decisive"),))
    more = graph.plus((2, 0, 1, "decisive"), (3, 0, -1, "decisive"), base=[0.8, 0.8])
    assert read(graph, "df-quad")[0] == pytest.approx(0.1)
    assert read(more, "df-quad")[0] == pytest.approx(0.42)


def test_ours_lacks_franklin_where_weak_reasons_reach_their_cap() -> None:
    """Beyond the cap a weak supporter adds nothing, so that its twin attacker is not made up for."""
    many = tuple((i, 0, 1, "weak") for i in range(1, 5))
    graph = Graph((0.5, *[0.95] * 4), many)
    more = graph.plus((5, 0, 1, "weak"), (6, 0, -1, "weak"), base=[0.95, 0.95])
    assert read(more, "ours")[0] < read(graph, "ours")[0] - 0.1


@every(*ALL)
@MANY
@given(RANDOM)
def test_monotonicity(name: str, r: Random) -> None:
    """One more supporter, or a stronger one, never weakens; one more attacker never strengthens."""
    graph = random_graph(r)
    n, target, sign = len(graph.base), r.randrange(len(graph.base)), r.choice([1, -1])
    weak, strong = sorted(r.uniform(0.02, 0.98) for _ in range(2))
    word = r.choice(list(SHARE))
    without, with_weak, with_strong = (
        read(g, name)[target]
        for g in (graph, *(graph.plus((n, target, sign, word), base=[s]) for s in (weak, strong)))
    )
    assert sign * without <= sign * with_weak + 1e-12 <= sign * with_strong + 2e-12


@every("quadratic-energy", "euler", "mlp")
@MANY
@given(RANDOM)
def test_strict_monotonicity(name: str, r: Random) -> None:
    """A supporter above 0 strengthens, however weak it is."""
    graph = Graph((r.uniform(0.1, 0.9), r.uniform(0.1, 0.9)), ((1, 0, r.choice([1, -1]), "moderate"),))
    more = graph.plus((2, 0, 1, "moderate"), base=[r.uniform(0.05, 0.9)])
    assert read(more, name)[0] > read(graph, name)[0]


def test_df_quad_lacks_strict_monotonicity() -> None:
    """A supporter of strength 1 leaves nothing for another to add."""
    graph = Graph((0.5, 1.0), ((1, 0, 1, "decisive"),))
    more = graph.plus((2, 0, 1, "decisive"), base=[0.9])
    assert read(more, "df-quad")[0] == read(graph, "df-quad")[0]


@MANY
@given(RANDOM)
def test_strict_monotonicity_of_ours_above_one_half(r: Random) -> None:
    graph = Graph((r.uniform(0.1, 0.9), r.uniform(0.1, 0.9)), ((1, 0, r.choice([1, -1]), "moderate"),))
    more = graph.plus((2, 0, 1, "moderate"), base=[r.uniform(0.51, 0.9)])
    assert read(more, "ours")[0] > read(graph, "ours")[0]


def test_ours_lacks_strict_monotonicity_at_or_below_one_half() -> None:
    graph = Graph((0.5,), ())
    more = graph.plus((1, 0, 1, "decisive"), base=[0.5])
    assert read(more, "ours")[0] == read(graph, "ours")[0]


def beset(name: str, against: float, count: int, sign: int) -> float:
    """What becomes of 0.6 with one reason of strength ``against`` and ``count`` of 0.9 the other way."""
    edges: list[Edge] = [(1, 0, -sign, "decisive")]
    edges += [(i, 0, sign, "decisive") for i in range(2, count + 2)]
    return read(Graph((0.6, against, *[0.9] * count), tuple(edges)), name)[0]


@every("ours", "quadratic-energy", "mlp")
@pytest.mark.parametrize("sign", [1, -1])
def test_open_mindedness(name: str, sign: int) -> None:
    """Enough reasons bring any argument as near to 1, or to 0, as one likes (Potyka 2019)."""
    far = beset(name, 0.95, 200, sign)
    assert (far if sign > 0 else 1 - far) > 0.9999


def test_df_quad_lacks_open_mindedness() -> None:
    """One attacker of strength 0.95 keeps any number of supporters below 0.6 + 0.4·0.05."""
    assert beset("df-quad", 0.95, 200, 1) == pytest.approx(0.62)


def test_euler_lacks_open_mindedness_downwards() -> None:
    """No attackers bring an argument below the square of its base score."""
    assert beset("euler", 0.95, 200, -1) == pytest.approx(0.36)
    assert beset("euler", 0.95, 200, 1) > 0.9999


def test_ours_lacks_open_mindedness_of_weak_reasons_and_of_doubtful_ones() -> None:
    weak = Graph((0.2, *[0.95] * 99), tuple((i, 0, 1, "weak") for i in range(1, 100)))
    assert read(weak, "ours")[0] == pytest.approx(0.5)
    doubtful = Graph((0.2, *[0.5] * 99), tuple((i, 0, 1, "decisive") for i in range(1, 100)))
    assert read(doubtful, "ours")[0] == pytest.approx(0.2)


def mirrored(graph: Graph) -> Graph:
    """The same with the claim 0 turned into its opposite: base score 1 − b, supporters as attackers."""
    edges = tuple((a, b, -sign if b == 0 else sign, word) for a, b, sign, word in graph.edges)
    return Graph((1 - graph.base[0], *graph.base[1:]), edges)


@every("ours", "df-quad", "quadratic-energy", "mlp")
@MANY
@given(RANDOM)
def test_duality(name: str, r: Random) -> None:
    """Support is to 1 as attack is to 0 (Potyka 2018)."""
    graph = random_graph(r)
    assert read(mirrored(graph), name)[0] == pytest.approx(1 - read(graph, name)[0])


def test_euler_lacks_duality() -> None:
    graph = Graph((0.5, 0.9), ((1, 0, 1, "decisive"),))
    assert read(mirrored(graph), "euler")[0] > 1 - read(graph, "euler")[0] + 0.03


@every(*ALL)
@MANY
@given(RANDOM)
def test_anonymity(name: str, r: Random) -> None:
    """What an argument is called, and where it is stored, changes nothing."""
    graph = random_graph(r)
    to = r.sample(range(len(graph.base)), len(graph.base))
    scores = dict(zip(to, graph.base, strict=True))
    edges = [(to[a], to[b], sign, word) for a, b, sign, word in graph.edges]
    r.shuffle(edges)
    found = read(Graph(tuple(scores[i] for i in range(len(to))), tuple(edges)), name)
    assert [found[i] for i in to] == pytest.approx(read(graph, name), abs=1e-12)


@every(*ALL)
@MANY
@given(RANDOM)
def test_directionality(name: str, r: Random) -> None:
    """A new edge changes nothing but what can be reached along it."""
    graph = random_graph(r)
    n = len(graph.base)
    target = r.randrange(n)
    after = read(graph.plus((n, target, r.choice([1, -1]), "strong"), base=[0.9]), name)
    before = read(graph, name)
    # Edges run from later to earlier arguments, so nothing after the target can be reached from it.
    assert after[target + 1 : n] == pytest.approx(before[target + 1 :], abs=1e-12)


@every(*ALL)
@MANY
@given(RANDOM, RANDOM)
def test_independence(name: str, r: Random, other: Random) -> None:
    """Two graphs side by side are as each by itself."""
    one, two = random_graph(r), random_graph(other)
    n = len(one.base)
    both = one.plus(*((a + n, b + n, s, w) for a, b, s, w in two.edges), base=two.base)
    assert read(both, name) == pytest.approx([*read(one, name), *read(two, name)], abs=1e-12)


# --- circles, depth, order ------------------------------------------------------


def with_circles(r: Random, n: int) -> BipolarGraph:
    m = r.randint(n, 3 * n)
    return bipolar_graph(
        [r.random() for _ in range(n)],
        [r.randrange(n) for _ in range(m)],
        [r.randrange(n) for _ in range(m)],
        [r.choice([-1, 1]) * r.uniform(0.1, 1) for _ in range(m)],
    )


def update(graph: BipolarGraph, strength: Sequence[float], name: str, i: int) -> float:
    """One argument's strength from those of the others: the definitions, written out."""
    edges = range(graph.start[i], graph.start[i + 1])
    brought = [graph.weight[e] * strength[graph.source[e]] for e in edges]
    b = float(graph.base[i])
    if name == "df-quad":
        support = attack = 1.0
        for value in brought:
            support, attack = (
                (support * (1 - value), attack) if value > 0 else (support, attack * (1 + value))
            )
        energy = attack - support
        return b + (1 - b) * energy if energy > 0 else b + b * energy
    energy = sum(brought)
    if name == "quadratic-energy":
        h = energy**2 / (1 + energy**2)
        return b + (1 - b) * h if energy > 0 else b - b * h
    if name == "euler":
        return 1 - (1 - b * b) / (1 + b * exp(energy))
    return b / (b + (1 - b) * exp(-energy)) if 0 < b < 1 else b


@every(*RIVALS)
@MANY
@given(RANDOM)
def test_every_strength_is_an_equilibrium(name: str, r: Random) -> None:
    graph = with_circles(r, r.randint(1, 3 * NARROW))
    solved = solve_graph(graph, SEMANTICS[name])
    assert solved.restless == 0
    found = solved.strength.tolist()
    assert [update(graph, found, name, i) for i in range(len(graph))] == pytest.approx(found, abs=1e-10)


SWINGS = bipolar_graph([0.99, 0.99, 0.5], [0, 1, 0], [1, 0, 2], [-8.0, -8.0, 1.0])


def test_a_circle_that_swings_comes_to_rest_by_its_dynamics() -> None:
    """Passed over again and again, both go up and down together; followed in time, they settle."""
    solved = solve_graph(SWINGS, SEMANTICS["quadratic-energy"])
    assert solved.method == "dynamics"
    assert solved.settled
    found = solved.strength.tolist()
    assert found[0] == pytest.approx(found[1])
    assert update(SWINGS, found, "quadratic-energy", 0) == pytest.approx(found[0], abs=1e-11)


def restless() -> BipolarGraph:
    """Three that attack each other in turn, so heavily that they chase one another for ever."""
    high = 1 / (1 + exp(-5))
    edges = [(0, 1, -10.0), (1, 2, -10.0), (2, 0, -10.0), (0, 3, 1.0), (3, 4, 1.0), (4, 3, 1.0), (5, 6, 1.0)]
    source, target, weight = zip(*edges, strict=True)
    return bipolar_graph([high, high - 1e-3, high, 0.5, 0.5, 0.5, 0.5], source, target, weight)


def test_a_circle_without_rest_is_reported_and_so_is_what_depends_on_it() -> None:
    solved = solve_graph(restless(), SEMANTICS["mlp"])
    assert solved.method == "dynamics"
    assert solved.restless == 3
    assert not solved.settled
    assert np.isnan(solved.strength[:5]).all()
    assert solved.strength[6] == pytest.approx(1 / (1 + exp(-0.5)))


@every(*RIVALS)
def test_one_circle_does_not_disturb_another(name: str) -> None:
    """Circles of one level are passed over together; each ends up as it would alone."""
    calm = bipolar_graph([0.3, 0.8], [0, 1], [1, 0], [-0.4, 0.7])
    alone = solve_graph(calm, SEMANTICS[name]).strength
    wild = 8.0 if SEMANTICS[name].energy == "sum" else 1.0
    both = bipolar_graph([0.3, 0.8, 0.99, 0.99], [0, 1, 2, 3], [1, 0, 3, 2], [-0.4, 0.7, -wild, -wild])
    assert solve_graph(both, SEMANTICS[name]).strength[:2] == pytest.approx(alone, abs=1e-10)


@every(*RIVALS)
def test_wide_levels_and_narrow_runs_give_the_same(name: str) -> None:
    """A graph with levels of every width against its definition, argument by argument."""
    r = Random(5)
    n = 40 * NARROW
    edges = [(r.randrange(i), i) for i in range(1, n // 2) for _ in range(r.randint(0, 2))]
    edges += [(i - 1, i) for i in range(n // 2, n)] + [(r.randrange(i), i) for i in range(n // 2, n, 3)]
    source, target = zip(*edges, strict=True)
    graph = bipolar_graph(
        [r.random() for _ in range(n)], source, target, [r.choice([-1.0, 0.7, 1.0]) for _ in edges]
    )
    kinds = {stroke.kind for stroke in ordered(graph).strokes}
    assert kinds == {"wide", "narrow"}
    expected: list[float] = []
    for i in range(n):
        expected.append(update(graph, expected, name, i))
    assert solve_graph(graph, SEMANTICS[name]).strength == pytest.approx(expected, abs=1e-12)


@every(*RIVALS)
def test_a_chain_of_a_hundred_thousand_levels(name: str) -> None:
    n = 100_000
    signs = np.where(np.arange(n - 1) % 3, 1.0, -1.0)
    graph = bipolar_graph(np.full(n, 0.4), np.arange(n - 1), np.arange(1, n), signs)
    solved = solve_graph(graph, SEMANTICS[name])
    assert solved.method == "one pass"
    expected = [0.4]
    for i in range(1, n):
        expected.append(update(graph, expected, name, i))
    assert solved.strength == pytest.approx(expected)


def test_nothing_at_all() -> None:
    assert len(solve_graph(bipolar_graph([], [], []), SEMANTICS["euler"]).strength) == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (([1.2], [], []), "base scores"),
        (([0.5], [0], [1]), "numbered from 0 to 0"),
        (([0.5], [0], []), "source, a target"),
        (([0.5], [0], [0], [float("nan")]), "finite"),
    ],
)
def test_impossible_graphs_are_refused(given: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        bipolar_graph(*given)


def test_a_product_takes_no_weight_beyond_one() -> None:
    graph = bipolar_graph([0.5, 0.5], [0], [1], [2.0])
    with pytest.raises(ValueError, match="DF-QuAD"):
        solve_graph(graph, SEMANTICS["df-quad"])
    assert solve_graph(graph, SEMANTICS["mlp"]).settled


def test_a_graph_is_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        bipolar_graph([0.5], [], []).base[0] = 1


# --- from maps ------------------------------------------------------------------


def reduction(claims: Sequence[Any], found: Mapping[str, Any], weighing: Any = "share") -> Reduced:
    made = base(claims)
    snap = snapshot_of(argument_map(made), made)
    scores = all_scores(snap, made, found)
    grounds = all_grounds(snap, made, scores)
    return reduced(snap, scores, grounds, strengths(snap, scores, grounds), weighing)


def lost_of(claims: Sequence[Any]) -> list[str]:
    made = base(claims)
    return [*lost(snapshot_of(argument_map(made), made))]


def acting_on(graph: BipolarGraph, i: int) -> list[tuple[int, float]]:
    edges = slice(graph.start[i], graph.start[i + 1])
    return [*zip(graph.source[edges].tolist(), graph.weight[edges].tolist(), strict=True)]


def test_a_map_becomes_a_plain_graph() -> None:
    claims = [
        claim("a", checks=[], assumes=["d"]),
        claim("b", checks=["k"], supports=[("a", "strong")]),
        claim("c", checks=["l"], attacks=[("a", "moderate", "b")]),
        claim("d", attacks=[("b", "decisive"), ("a", "weak")]),
        claim("u", checks=["m"], undercuts=[("b--supports--a", "moderate")]),
    ]
    found = {
        name: result(name, verdict) for name, verdict in {"k": "holds", "l": "fails", "m": "holds"}.items()
    }
    graph = graph_of(reduction(claims, found))
    assert graph.base.tolist() == pytest.approx([0.5, 0.95, 0.05, 0.5, 0.95])
    # κ = 1 − ½·0.9; of b and c together the weaker acts; a check settles b, so nothing acts on it.
    assert acting_on(graph, 0) == [(1, pytest.approx(0.75 * 0.55)), (2, -0.5), (3, -0.25)]
    assert acting_on(graph, 1) == []
    said = " ".join(lost_of(claims))
    assert all(word in said for word in ("One step", "Undercuts", "assume", "capped", "middle"))
    nats = graph_of(reduction(claims, found, "nats"))
    assert acting_on(nats, 0)[1] == (2, pytest.approx(-log(4)))


def test_shared_evidence_and_proxies_in_a_plain_graph() -> None:
    claims = [
        claim("a", checks=[Bearing("p", bears="proxy", if_fails="against")]),
        claim("b", checks=["k"], supports=[("a", "moderate")]),
        claim("c", checks=["k"], supports=[("a", "strong")]),
    ]
    graph = graph_of(reduction(claims, {"k": result("k", "holds"), "p": result("p", "fails")}))
    assert graph.base.tolist() == pytest.approx([0.5, 0.95, 0.95, 0.05, 0.95])
    assert acting_on(graph, 0) == [(2, 0.75), (3, 0.25), (4, -0.25)]
    assert any(sentence.startswith("1 of the reasons share") for sentence in lost_of(claims))


@MANY
@given(RANDOM, st.booleans())
def test_any_map_can_be_reduced(r: Random, cyclic: bool) -> None:
    made, found = random_case(r, cyclic=cyclic)
    for name, semantics in SEMANTICS.items():
        got = reduction([*made.claims.values()], found, semantics.weighing)
        assert len(got.base) >= len(made.claims), name
        strength = solve_graph(graph_of(got), semantics).strength
        assert ((strength >= 0) & (strength <= 1)).all()
        alone = in_turn(got.base, got.edges, semantics)
        if not cyclic:
            assert alone == pytest.approx(strength.tolist(), abs=1e-12)


def test_a_circle_is_not_taken_in_turn() -> None:
    assert in_turn([0.5, 0.5], [(0, 1, 0.5), (1, 0, -0.5)], SEMANTICS["df-quad"]) is None
