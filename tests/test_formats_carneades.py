"""Carneades YAML: there and back, the shapes that its files have, bad files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings

from kb.formats import carneades
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.reading import Misread
from tests.exchanges import exchanges, material_of, there_and_back
from tests.test_formats_bad import example


@given(exchanges())
@settings(max_examples=200, deadline=None)
def test_there_and_back(exchange: Exchange) -> None:
    sent, back = there_and_back(carneades, exchange)
    assert back == sent


GRAPH = """
meta: {title: Harry, source: Toulmin}
statements:
  born: {text: Harry was born in Bermuda., assumed: true}
  usual: Who is born there is usually British.
  british: Harry is British.
  ¬british: ¬Harry is British.
  american: {text: Harry became American., meta: {title: American, mood: sure}}
  ¬app(a1): ¬app(a1)
  tea: Tea.
  coffee: Coffee.
arguments:
  a1:
    scheme: cumulative
    premises: {datum: born, warrant: usual}
    conclusion: british
    undercutter: ¬app(a1)
    weight: 0.5
  a2: {premises: [american], conclusion: ¬app(a1)}
  a3: {premises: [american], conclusion: ¬british}
  a4: {conclusion: tea, undercutter: coffee}
issues:
  i1: {positions: [british, ¬british]}
  i2: {positions: [tea, coffee], standard: CCE}
assumptions: [usual]
tests: {in: [born], out: [british]}
references:
  toulmin: {title: The uses of argument, creator: Toulmin, date: 1958}
language: {a/1: "%s"}
"""


def test_the_shapes_of_its_files() -> None:
    found = read(GRAPH)
    assert found.counted == {"statements": 8, "arguments": 4, "issues": 2, "references": 1}
    assert list(found.claims) == [
        "born",
        "usual",
        "british",
        "american",
        "tea",
        "coffee",
        "argument-a4-which-has-no-premises-applies",
    ]
    assert found.claims["born"].tags == ("assumed", "expected-in")
    assert found.claims["british"].tags == ("expected-out",)
    assert found.claims["american"].notes == "mood: sure"
    (step,) = found.claims["born"].steps
    assert (step.premises, step.conclusion, step.strength) == (("born", "usual"), "british", "moderate")
    assert step.scheme == "cumulative"
    assert step.because == "The premises are, in order: datum, warrant."
    (against,) = found.claims["american"].steps
    assert (against.kind, against.conclusion) == ("attacks", "british")
    (cut,) = found.claims["american"].undercuts
    assert cut.target == step.id
    (stand_in,) = found.claims["argument-a4-which-has-no-premises-applies"].steps
    assert [u.target for u in found.claims["coffee"].undercuts] == [stand_in.id]
    assert [s.conclusion for s in found.claims["coffee"].steps] == ["tea"]
    (question,) = found.questions
    assert (question.theses, question.about) == (
        ("tea", "coffee"),
        "Proof standard: clear and convincing evidence.",
    )
    assert found.about == "source: Toulmin"
    assert [loss.what for loss in found.lost] == [
        "language (1)",
        "creator of toulmin: Toulmin",
        "date of toulmin: 1958",
    ]


def read(text: str) -> Exchange:
    drafting = Drafting()
    carneades.read(text, drafting, Path("graph.yml"))
    return drafting.finish()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: b\n", 1, "statements:"),
        ("statements: [a]\n", 1, "holds no fields"),
        ("statements: {a: b}\narguments:\n  a1: {premises: [a]}\n", 3, "no `conclusion:`"),
        ("statements:\n  a: b\n  a: c\n", 3, "given twice"),
        ("statements: &x\n  a: b\n", 1, "anchors and aliases"),
        ("statements:\n  a: [\n", 3, "this is no YAML"),
        ("statements: {a: b}\n---\nx: y\n", 2, "a second document"),
    ],
)
def test_what_is_no_graph(text: str, line: int, said: str) -> None:
    with pytest.raises(Misread, match=said) as caught:
        read(text)
    assert caught.value.line == line


def test_weights_stand_for_strengths() -> None:
    for strength, weight in carneades.WEIGHTS.items():
        said = f"{{premises: [p], conclusion: q, weight: {weight}}}"
        text = f"statements: {{p: P, q: Q}}\narguments: {{a: {said}}}"
        assert read(text).claims["claim-p"].steps[0].strength == strength


def test_what_is_written_is_what_carneades_reads() -> None:
    """Every name that an argument or issue uses is a statement; no statement is in two issues."""
    exchange = example()
    graph = yaml.safe_load(carneades.write(material_of(exchange)))
    statements = graph["statements"]
    used = [position for found in graph["issues"].values() for position in found["positions"]]
    assert len(used) == len(set(used))
    for argument in graph["arguments"].values():
        used += [*argument["premises"], argument["conclusion"], *filter(None, [argument.get("undercutter")])]
        assert "scheme" not in argument
    assert set(used) <= statements.keys()
    assert all("-" not in name for name in statements)
    relations = sum(len(claim.steps) + len(claim.undercuts) for claim in exchange.claims.values())
    assert len(graph["arguments"]) == relations
