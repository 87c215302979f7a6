"""Frameworks, their grounded labelling and their extensions, against definitions tried on every set."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.standing.extensions import (
    Semantics,
    SolverMissing,
    credulous,
    extensions,
    sceptical,
    some_extension,
)
from kb.standing.framework import Framework, framework
from kb.standing.grounded import IN, OUT, UNDECIDED, grounded

Sets = set[tuple[int, ...]]
ALL: tuple[Semantics, ...] = ("grounded", "complete", "preferred", "stable")
MANY = settings(max_examples=150, deadline=None)


def made(text: str) -> Framework:
    """A framework from "a>b b>a c": attacks, and arguments alone."""
    pairs = [word.split(">") for word in text.split()]
    names = sorted({name for pair in pairs for name in pair})
    return framework(names, [(names.index(p[0]), names.index(p[1])) for p in pairs if len(p) == 2])


@st.composite
def frameworks(draw: st.DrawFn, most: int = 8) -> Framework:
    n = draw(st.integers(0, most))
    pairs = [(a, b) for a in range(n) for b in range(n)]
    density = draw(st.sampled_from([1, 2, 4]))
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=density * n)) if pairs else []
    return framework([f"a{i}" for i in range(n)], chosen)


# --- the definitions, tried on every set of arguments ---------------------------


def attacked_by(af: Framework, some: Iterable[int]) -> set[int]:
    return {b for a, b in af.attacks() if a in set(some)}


def complete_sets(af: Framework) -> Sets:
    found = set()
    for size in range(len(af) + 1):
        for some in combinations(range(len(af)), size):
            beaten = attacked_by(af, some)
            defended = {x for x in range(len(af)) if all(a in beaten for a, b in af.attacks() if b == x)}
            if not beaten & set(some) and defended == set(some):
                found.add(some)
    return found


def by_definition(af: Framework) -> Mapping[Semantics, Sets]:
    complete = complete_sets(af)
    return {
        "complete": complete,
        "grounded": {one for one in complete if all(set(one) <= set(other) for other in complete)},
        "preferred": {one for one in complete if not any(set(one) < set(other) for other in complete)},
        "stable": {one for one in complete if len(attacked_by(af, one) | set(one)) == len(af)},
    }


def fixpoint(af: Framework) -> list[int]:
    """The least three-valued fixpoint, by going through all arguments until nothing changes."""
    labels = [UNDECIDED] * len(af)
    while True:
        new = []
        for argument in range(len(af)):
            theirs = [labels[a] for a, b in af.attacks() if b == argument]
            new.append(-max(theirs, default=OUT))
        if new == labels:
            return labels
        labels = new


# --- frameworks -----------------------------------------------------------------


def test_attacks_are_a_set_kept_in_both_directions() -> None:
    af = framework(["a", "b", "c"], [(2, 0), (0, 1), (2, 1), (0, 1)])
    assert list(af.attacks()) == [(0, 1), (2, 0), (2, 1)]
    assert af.attackers_of(1) == (0, 2)
    assert af.attacked_by(2) == (0, 1)
    assert af.number == {"a": 0, "b": 1, "c": 2}
    assert af == framework("abc", [(2, 1), (2, 0), (0, 1)])


def test_wrong_frameworks_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        framework(["a", "a"], [])
    for attack in ((0, 1), (-1, 0)):
        with pytest.raises(ValueError, match="among 1 arguments"):
            framework(["a"], [attack])


# --- grounded -------------------------------------------------------------------


@MANY
@given(frameworks(12))
def test_grounded_is_the_naive_fixpoint(af: Framework) -> None:
    assert grounded(af) == fixpoint(af)


@pytest.mark.parametrize("length", [200_000, 200_001])
def test_a_long_chain_is_labelled_from_its_end(length: int) -> None:
    af = framework(map(str, range(length)), ((i, i + 1) for i in range(length - 1)))
    assert grounded(af) == [IN if i % 2 == 0 else OUT for i in range(length)]


def test_a_long_circle_stays_undecided_until_it_is_broken() -> None:
    n = 200_000
    circle = [(i, (i + 1) % n) for i in range(n)]
    assert set(grounded(framework(map(str, range(n)), circle))) == {UNDECIDED}
    broken = grounded(framework(map(str, range(n + 1)), [*circle, (n, 0)]))
    assert broken[:4] == [OUT, IN, OUT, IN]
    assert UNDECIDED not in broken


# --- extensions -----------------------------------------------------------------

KNOWN: Mapping[str, tuple[str, dict[str, list[str]]]] = {
    "empty framework": ("", {"grounded": [""], "complete": [""], "preferred": [""], "stable": [""]}),
    "Nixon diamond": (
        "a>b b>a",
        {"grounded": [""], "complete": ["", "a", "b"], "preferred": ["a", "b"], "stable": ["a", "b"]},
    ),
    "odd circle": ("a>b b>c c>a", {"grounded": [""], "complete": [""], "preferred": [""], "stable": []}),
    "self attack": ("a>a b", {"grounded": ["b"], "complete": ["b"], "preferred": ["b"], "stable": []}),
    "attacked by a self-attacker": ("a>a a>b", {"complete": [""], "preferred": [""], "stable": []}),
    "floating acceptance": (
        "a>b b>a a>c b>c c>d",
        {"grounded": [""], "complete": ["", "ad", "bd"], "preferred": ["ad", "bd"], "stable": ["ad", "bd"]},
    ),
    "reinstatement": ("a>b b>c", {"grounded": ["ac"], "preferred": ["ac"], "stable": ["ac"]}),
    "preferred without stable": (
        "a>b b>a b>c c>d d>e e>c",
        {"grounded": [""], "preferred": ["a", "bd"], "stable": ["bd"]},
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_frameworks(name: str) -> None:
    text, expected = KNOWN[name]
    af = made(text)
    for semantics, sets in expected.items():
        found = ["".join(af.names[a] for a in one) for one in extensions(af, semantics)]  # type: ignore[arg-type]
        assert sorted(found) == sorted(sets), semantics


@MANY
@given(frameworks())
def test_extensions_are_those_of_the_definitions(af: Framework) -> None:
    expected = by_definition(af)
    for semantics in ALL:
        found = list(extensions(af, semantics))
        assert len(found) == len(set(found))
        assert set(found) == expected[semantics], semantics
        assert all(one == tuple(sorted(one)) for one in found)
        some = some_extension(af, semantics)
        assert some in expected[semantics] if expected[semantics] else some is None


@MANY
@given(frameworks(6))
def test_acceptance_is_that_of_the_definitions(af: Framework) -> None:
    expected = by_definition(af)
    for semantics in ALL:
        for argument in range(len(af)):
            has = [argument in one for one in expected[semantics]]
            assert credulous(af, semantics, argument) == any(has), semantics
            assert sceptical(af, semantics, argument) == all(has), semantics


@settings(max_examples=30, deadline=None)
@given(frameworks())
def test_the_order_of_extensions_is_the_same_in_every_run(af: Framework) -> None:
    for semantics in ALL:
        assert list(extensions(af, semantics)) == list(extensions(af, semantics))


def test_some_extension_of_many_is_found_without_listing_them() -> None:
    """Forty diamonds have 3^40 complete extensions and 2^40 preferred ones."""
    pairs = [pair for i in range(0, 80, 2) for pair in ((i, i + 1), (i + 1, i))]
    af = framework(map(str, range(80)), pairs)
    assert some_extension(af, "complete") == ()
    for semantics in ("preferred", "stable"):
        some = some_extension(af, semantics)
        assert some is not None
        assert len(some) == 40
    assert credulous(af, "preferred", 7)
    assert not sceptical(af, "preferred", 7)


def test_only_what_leads_to_an_argument_decides_whether_it_is_accepted() -> None:
    """Forty diamonds, and one argument that floats above the first: all 2^40 preferred extensions have it."""
    pairs = [pair for i in range(0, 80, 2) for pair in ((i, i + 1), (i + 1, i))]
    af = framework(map(str, range(82)), [*pairs, (0, 80), (1, 80), (80, 81)])
    assert sceptical(af, "preferred", 81)
    assert not credulous(af, "preferred", 80)


@pytest.fixture
def without_clingo(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def blocked(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "clingo":
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", blocked)


@pytest.mark.usefixtures("without_clingo")
def test_without_the_solver_only_what_the_grounded_extension_settles_is_answered() -> None:
    af = made("a>b b>c")
    assert list(extensions(af, "grounded")) == [(0, 2)]
    assert some_extension(af, "complete") == (0, 2)
    assert sceptical(af, "complete", 2)
    asked: list[Callable[[], object]] = [
        lambda: list(extensions(af, "complete")),
        lambda: some_extension(af, "preferred"),
        lambda: credulous(af, "complete", 0),
        lambda: sceptical(af, "stable", 0),
    ]
    for ask in asked:
        with pytest.raises(SolverMissing, match=r"kb-argmap\[solver\]"):
            ask()
