"""Graphs of arg-microtexts: grounds, roles, undercuts, added premises."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.formats import microtexts
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.reading import Misread

GRAPH = """<?xml version='1.0' encoding='UTF-8'?>
<arggraph id="micro_1" topic_id="free_tea" stance="pro">
  <edu id="e1"><![CDATA[Tea costs a lot,]]></edu>
  <edu id="e2"><![CDATA[and it is <hot>.]]></edu>
  <edu id="e3">Still it wakes &amp; warms.</edu>
  <edu id="e4">Look at England.</edu>
  <edu id="e5" implicit="true">Money is no matter.</edu>
  <edu id="e6">Good morning.</edu>
  <joint id="j1"/>
  <adu id="a1" type="opp"/><adu id="a3" type="pro"/><adu id="a4" type="pro"/><adu id="a5" type="pro"/>
  <edge id="s2" src="e2" trg="j1" type="seg"/><edge id="s1" src="e1" trg="j1" type="seg"/>
  <edge id="s3" src="j1" trg="a1" type="seg"/><edge id="s4" src="e3" trg="a3" type="seg"/>
  <edge id="s5" src="e4" trg="a4" type="seg"/><edge id="s6" src="e5" trg="a5" type="seg"/>
  <edge id="c1" src="a1" trg="a3" type="reb"/>
  <edge id="c2" src="a4" trg="a3" type="exa"/>
  <edge id="c3" src="a5" trg="c1" type="und"/>
  <edge id="c4" src="a4" trg="c3" type="add"/>
  <edge id="c5" src="a1" trg="c3" type="und"/>
  <edge id="c6" src="a1" trg="c2" type="sup"/>
  <edge id="c7" src="a1" trg="a3" type="why"/>
</arggraph>
"""


def read(text: str) -> Exchange:
    drafting = Drafting()
    microtexts.read(text, drafting, Path("micro.xml"))
    return drafting.finish()


def test_a_graph() -> None:
    found = read(GRAPH)
    assert found.title == "micro_1: free tea"
    assert found.about == "The text is for the proposal on free tea."
    key = {place: found.claims[name] for name, place in found.places.items()}
    assert {place: claim.text for place, claim in key.items()} == {
        "a1": "Tea costs a lot, and it is <hot>.",
        "a3": "Still it wakes & warms.",
        "a4": "Look at England.",
        "a5": "Money is no matter.",
    }
    assert key["a1"].tags == ("opponent",)
    assert key["a5"].notes.startswith("Implicit")
    (against,) = key["a1"].steps
    assert (against.kind, against.conclusion) == ("attacks", key["a3"].id)
    (example,) = key["a4"].steps
    assert (example.kind, example.scheme) == ("supports", "example")
    (cut,) = key["a5"].undercuts
    assert (cut.premises, cut.target) == ((key["a5"].id, key["a4"].id), against.id)
    assert [found.target for found in key["a1"].undercuts] == [cut.id]
    assert [loss.what.split(" from")[0] for loss in found.lost] == [
        "the segment e6 ('Good morning.')",
        "the edge c6 (sup)",
        "the edge c7 (why)",
    ]


def test_counts() -> None:
    """As many of each element as the text has tags of that name."""
    counted = read(GRAPH).counted
    assert counted == {f"{tag}s": GRAPH.count(f"<{tag} ") for tag in ("edu", "joint", "adu", "edge")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<graph/>", "not <arggraph>"),
        ('<arggraph id="x"><adu id="a"/><adu id="a"/></arggraph>', "two elements have the id 'a'"),
        ('<arggraph id="x"><adu/></arggraph>', "has no id"),
        ("<arggraph", "this is no XML"),
    ],
)
def test_what_is_no_graph(text: str, said: str) -> None:
    with pytest.raises(Misread, match=said):
        read(text)


def test_premises_added_in_a_circle() -> None:
    text = '<arggraph id="x"><edu id="e">T.</edu><adu id="a"/><edge id="s" src="e" trg="a" type="seg"/>'
    text += "{}</arggraph>"
    loop = '<edge id="c" src="a" trg="d" type="add"/><edge id="d" src="a" trg="c" type="add"/>'
    found = read(text.format(loop))
    assert len(found.claims) == 1
    assert len(found.lost) == 2
