"""The argument map: merging, resolving, selecting, exporting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.graph import SelectionError, argument_map, effects, members, select, stance, to_networkx
from kb.model import Base, Bearing, Config, Evidence, Question, Source, Step, Undercut
from tests.standing_maps import base, claim


def test_a_plain_map_keeps_what_was_written() -> None:
    made = base(
        [claim("a", supports=["b"], undercuts=["c--attacks--b"]), claim("b"), claim("c", attacks=["b"])]
    )
    amap = argument_map(made)
    assert amap.claims == ("a", "b", "c")
    assert [step.id for step in amap.steps] == ["a--supports--b", "c--attacks--b"]
    assert [cut.target for cut in amap.undercuts] == ["c--attacks--b"]
    assert amap.alias == {}


def test_restated_claims_become_one_node_through_chains() -> None:
    made = base(
        [
            claim("z", restates=("y",), supports=["t"], assumes=["p"], checks=["k"]),
            claim("y", restates=("x",), checks=["m"], same_evidence_as=("p",)),
            claim("x", checks=["k"]),
            claim("p"),
            claim("t"),
        ]
    )
    amap = argument_map(made)
    assert amap.alias == {"y": "x", "z": "x"}
    assert amap.claims == ("x", "p", "t")
    assert amap.steps[0].premises == ("x",)
    assert sorted(b.check for b in amap.bearings) == ["k", "m"]
    assert {b.claim for b in amap.bearings} == {"x"}
    assert amap.assumes == {"x": ("p",)}
    assert amap.shared == (frozenset({"x", "p"}),)
    assert members(amap)["x"] == ("x", "y", "z")


def test_circles_of_restating_take_the_first_by_id() -> None:
    amap = argument_map(base([claim("b", restates=("a",)), claim("a", restates=("b",))]))
    assert amap.claims == ("a",)
    assert amap.alias == {"b": "a"}


def test_merging_never_makes_a_claim_its_own_premise() -> None:
    made = base(
        [claim("a", restates=("b",), supports=["b"]), claim("b", assumes=["a"]), claim("c", attacks=["c"])]
    )
    amap = argument_map(made)
    assert amap.steps == ()
    assert amap.assumes == {}


def test_linked_premises_that_merge_are_one_premise() -> None:
    made = base([claim("a", supports=[("t", "weak", "b")]), claim("b", restates=("a",)), claim("t")])
    assert argument_map(made).steps[0].premises == ("a",)


def test_retired_and_missing_claims_take_their_relations_with_them() -> None:
    made = base(
        [
            claim("old", status="retired", supports=["t"]),
            claim("a", supports=["old", "nowhere", ("t", "weak", "old")], assumes=["old", "nowhere"]),
            claim("b", undercuts=["a--supports--old", "nothing"], checks=[Bearing("no-check")]),
            claim("t", restates=("old",)),
        ]
    )
    made = replace(made, checks={})
    amap = argument_map(made)
    assert amap.claims == ("a", "b", "t")
    assert (amap.steps, amap.undercuts, amap.bearings, amap.assumes) == ((), (), (), {})


def test_default_ids_that_clash_are_told_apart() -> None:
    made = base(
        [
            claim("a", supports=["t", ("t", "strong", "b")]),
            claim("b", undercuts=["a--supports--t"]),
            claim("t"),
        ]
    )
    amap = argument_map(made)
    assert [step.id for step in amap.steps] == ["a--supports--t", "a--supports--t--2"]
    assert amap.undercuts[0].target == "a--supports--t"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("alias--supports--t", "alias--supports--t"),
        ("a--supports--t", "alias--supports--t"),
        ("k > alias", "k > a"),
        ("k>a", "k > a"),
        ("by-name", "by-name"),
        ("u--undercuts--by-name", "u--undercuts--by-name"),
        ("v--undercuts--by-name", "u--undercuts--by-name"),
    ],
)
def test_undercut_targets_are_found_through_aliases(target: str, expected: str) -> None:
    named = claim("c", checks=["k"])
    named = replace(named, steps=(Step("by-name", "attacks", ("c",), "t", named=True),))
    made = base(
        [
            claim("alias", restates=("a",), supports=["t"]),
            claim("a", checks=["k"]),
            named,
            claim("u", undercuts=["by-name"]),
            claim("v", restates=("u",)),
            claim("w", undercuts=[target]),
            claim("t"),
        ]
    )
    amap = argument_map(made)
    assert {cut.target for cut in amap.undercuts if cut.premises == ("w",)} == {expected}


def test_undercuts_that_take_only_one_another_are_left_out() -> None:
    one = replace(claim("a"), undercuts=(Undercut("x", ("a",), "y", named=True),))
    two = replace(claim("b"), undercuts=(Undercut("y", ("b",), "x", named=True),))
    assert argument_map(base([one, two])).undercuts == ()


def test_of_two_bearings_of_one_check_the_stronger_stays() -> None:
    made = base(
        [
            claim("a", checks=[Bearing("k", bears="proxy")]),
            claim("b", restates=("a",), checks=[Bearing("k", bears="direct")]),
        ]
    )
    assert [(b.claim, b.bears) for b in argument_map(made).bearings] == [("a", "direct")]


def test_effects_turn_the_sign_at_each_undercut() -> None:
    made = base(
        [
            claim("a", attacks=["t"]),
            claim("u", undercuts=["a--attacks--t"]),
            claim("v", undercuts=["u--undercuts--a--attacks--t"]),
            claim("w", undercuts=["k > t"]),
            claim("t", checks=["k"]),
        ]
    )
    found = effects(argument_map(made))
    assert found["u--undercuts--a--attacks--t"] == ("t", 1)
    assert found["v--undercuts--u--undercuts--a--attacks--t"] == ("t", -1)
    assert found["w--undercuts--k > t"] == ("t", -1)


def test_stance_follows_the_signs_along_paths() -> None:
    made = base(
        [
            claim("t", requires=["need"]),
            claim("pro", supports=["t"]),
            claim("con", attacks=["t"]),
            claim("con-of-con", attacks=["con"]),
            claim("rebuts-undercut", undercuts=["pro--supports--t"]),
            claim("torn", supports=["pro", "con"]),
            claim("need"),
            claim("elsewhere"),
        ]
    )
    assert stance(argument_map(made), "t") == {
        "pro": "for",
        "con": "against",
        "con-of-con": "for",
        "rebuts-undercut": "against",
        "torn": "both",
        "need": "for",
    }


def test_stance_ends_on_circles_and_deep_chains() -> None:
    ring = [claim(f"c{i}", attacks=[f"c{(i + 1) % 3}"]) for i in range(3)]
    assert stance(argument_map(base(ring)), "c0") == {"c1": "both", "c2": "both"}
    chain = [claim(f"c{i}", supports=[f"c{i - 1}"] if i else []) for i in range(5000)]
    assert stance(argument_map(base(chain)), "c0")["c4999"] == "for"


def selectable() -> Base:
    made = base(
        [
            claim("a", tags=("x", "y"), supports=["b"], evidence=(Evidence("book"),), checks=["k"]),
            claim("b", tags=("x",), supports=["c"]),
            claim("c", tags=("y",)),
            claim("d", restates=("c",), tags=("only-d",)),
            claim("gone", status="retired"),
        ]
    )
    config = Config("Test", questions=(Question("q", "Is it?", ("d",)),))
    return replace(made, config=config, sources={"book": Source("book", "Book")})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", "a b c"),
        ("a", "a"),
        ("d", "c"),
        ("a c", "a c"),
        ("tag:x,tag:y", "a"),
        ("tag:x tag:y", "a b c"),
        ("tag:only-d", "c"),
        ("+c", "a b c"),
        ("1+c", "b c"),
        ("0+c", "c"),
        ("a+", "a b c"),
        ("a+1", "a b"),
        ("1+b+1", "a b c"),
        ("+b,tag:y", "a"),
        ("source:book", "a"),
        ("book", "a"),
        ("k", "a"),
        ("q", "c"),
        ("topic:topic", "a b c"),
        ("kind:formula", "a"),
        ("tag:*", "a b c"),
        ("[ab]", "a b"),
        ("standing:open", "b"),
    ],
)
def test_select(expression: str, expected: str) -> None:
    made = selectable()
    found = select(made, argument_map(made), expression, {"standing": lambda c: ["open"] if c == "b" else []})
    assert " ".join(found) == expected


def test_select_takes_away_what_is_excluded() -> None:
    made = selectable()
    assert select(made, argument_map(made), "+c", exclude="tag:y") == ("b",)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("aa", "did you mean a\\?"),
        ("tga:x", "did you mean tag\\?"),
        ("gone", "retired"),
        ("a++b", "cannot read"),
    ],
)
def test_select_says_what_it_cannot_find(expression: str, words: str) -> None:
    made = selectable()
    with pytest.raises(SelectionError, match=words):
        select(made, argument_map(made), expression)


def test_networkx_has_every_kind_of_node_and_edge() -> None:
    made = selectable()
    more = [
        claim(
            "u", undercuts=["a--supports--b", "k > a"], assumes=["b"], requires=["c"], same_evidence_as=("a",)
        ),
        claim("v", undercuts=["u--undercuts--a--supports--b"], attacks=["u"]),
    ]
    made = replace(made, claims={**made.claims, **{c.id: c for c in more}})
    graph = to_networkx(made, argument_map(made))
    kinds = {kind for _, kind in graph.nodes(data="kind")}
    assert kinds == {"claim", "inference", "undercut", "check", "source", "question"}
    assert {kind for _, _, kind in graph.edges(data="kind")} == {
        "premise", "supports", "attacks", "undercuts", "bears", "assumes", "requires",
        "same evidence", "cites", "thesis",
    }  # fmt: skip
    assert graph.nodes["c"]["members"] == ("c", "d")
    assert graph.edges["u--undercuts--k > a", "k", 0]["bearing"] == "k > a"
