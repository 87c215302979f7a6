"""Kialo exports: items over several lines, links, references in every direction, several theses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.formats import kialo
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.markdown_links import linked
from kb.formats.reading import Misread


def read(text: str) -> Exchange:
    drafting = Drafting()
    kialo.read(text, drafting, Path("export.txt"))
    return drafting.finish()


def steps(exchange: Exchange) -> set[tuple[str, str, str]]:
    """Relations by the first words of their ends."""
    name = {claim.id: claim.text.split()[0] for claim in exchange.claims.values()}
    return {
        (name[step.premises[0]], step.kind, name[step.conclusion])
        for claim in exchange.claims.values()
        for step in claim.steps
    }


DEBATE = """Discussion Title: Should tea be free?

1. Alpha holds.
It goes on:

1. a list
2. of two
1.1. Pro: Beta, says [the \\[old\\] report](https://a.org/x_(y)?z=1 "Report").
1.1.1. Con: -> See 1.2.1.
1.2. Con: Gamma \\(or so\\) costs [much](/relative).
1.2.1. Pro: Delta, see [the report](https://a.org/x_(y)?z=1) and ![a chart](https://b.org/c.png).
1.3. Pro: -> See 1.2.1.
1.4. Con: -> See 1.9.
1.5. Pro: -> See discussion #42: Epsilon matters.
"""


def test_a_debate() -> None:
    found = read(DEBATE)
    assert found.title == "Should tea be free?"
    assert [claim.text for claim in found.claims.values()] == [
        "Alpha holds.\nIt goes on:\n\n1. a list\n2. of two",
        "Beta, says the [old] report.",
        "Gamma (or so) costs much.",
        "Delta, see the report and a chart.",
        "Epsilon matters.",
    ]
    assert steps(found) == {
        ("Beta,", "supports", "Alpha"),
        ("Delta,", "attacks", "Beta,"),
        ("Gamma", "attacks", "Alpha"),
        ("Delta,", "supports", "Gamma"),
        ("Delta,", "supports", "Alpha"),
        ("Epsilon", "supports", "Alpha"),
    }
    assert {source.url: source.title for source in found.sources.values()} == {
        "https://a.org/x_(y)?z=1": "the [old] report",
        "https://b.org/c.png": "a chart",
    }
    assert [loss.what for loss in found.lost] == ["the link to /relative", "1.4. -> See 1.9."]
    assert [loss.line for loss in found.lost] == [10, 13]
    assert found.questions[0].theses == (next(iter(found.claims)),)
    assert found.counted["items"] == len(re.findall(r"(?m)^1\.[\d.]*\d\. ", DEBATE)) + 1
    epsilon = list(found.claims.values())[-1]
    assert epsilon.notes == "Argued in another discussion, #42."
    assert found.places[epsilon.id] == "line 14, 1.5."


def test_references_that_go_in_a_circle() -> None:
    found = read("Discussion Title: T\n1. Alpha.\n1.1. Pro: -> See 1.2.\n1.2. Con: -> See 1.1.\n")
    assert not found.relations
    assert len(found.lost) == 2


def test_references_to_references() -> None:
    text = "Discussion Title: T\n1. Alpha.\n1.1. Pro: -> See 1.2.\n1.2. Con: -> See 1.3.\n1.3. Pro: Beta.\n"
    assert steps(read(text)) == {("Beta.", "supports", "Alpha."), ("Beta.", "attacks", "Alpha.")}


def test_several_theses() -> None:
    text = "Discussion Title: Drinks\n\n1. Which is best?\n1.1. Tea is.\n1.1.1. Con: Cold it is not.\n"
    text += "1.2. Milk is.\n"
    found = read(text)
    assert [claim.text for claim in found.claims.values()] == ["Tea is.", "Cold it is not.", "Milk is."]
    (question,) = found.questions
    assert question.text == "Which is best?"
    assert question.theses == ("tea-is", "milk-is")
    assert steps(found) == {("Cold", "attacks", "Tea")}


def test_theses_side_by_side() -> None:
    found = read("Discussion Title: Drinks\n\n1. Tea is best.\n1.1. Pro: It is hot.\n2. Milk is best.\n")
    assert len(found.questions[0].theses) == 2
    assert found.relations == 1


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("1. Alpha.\n", 1, "Discussion Title"),
        ("\n\nDiscussion Title: T\n\nAlpha.\n", 5, "an item such as"),
        ("Discussion Title: T\n\n", 1, "an item such as"),
    ],
)
def test_what_is_no_export(text: str, line: int, said: str) -> None:
    with pytest.raises(Misread, match=said) as caught:
        read(text)
    assert caught.value.line == line


def test_links_of_markdown() -> None:
    text, links = linked(
        r"[a](http://x.org/\_b) [b](<http://y.org>) \[c](http://z.org) [d] (http://e.org) [[f]](http://g.org)"
    )
    assert text == "a b [c](http://z.org) [d] (http://e.org) [f]"
    assert [(link.words, link.address) for link in links] == [
        ("a", "http://x.org/_b"),
        ("b", "http://y.org"),
        ("[f]", "http://g.org"),
    ]
    assert not any(
        linked(f"[x]({address})")[1][0].sound for address in ("javascript:alert(1)", "/x", "mailto:a@b")
    )


def test_ten_thousand_items_and_brackets() -> None:
    text = "Discussion Title: T\n\n1. Alpha.\n" + "".join(
        f"1.{n}. Pro: Beta {n}.\n" for n in range(1, 10_000)
    )
    assert read(text).relations == 9_999
    assert linked("[" * 100_000 + "](" * 50_000)[1] == []
