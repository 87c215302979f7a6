"""Argdown: the grammar, what it means in a base, and that argdown itself reads what kb writes alike."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kb.commands.interchange import import_file
from kb.formats import argdown
from kb.formats.argdown.escaping import escaped, flow
from kb.formats.argdown.parser import parsed
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.holding import reduced
from kb.formats.reading import Misread
from tests.conftest import missing
from tests.exchanges import PARAGRAPHS, WORDS, exchanges, material_of, there_and_back

NODE = Path(__file__).parent / "node"
DEBATE = """\
===
title: Should the tower be repainted?
===

# Cost #money

[Repaint]: The tower should be *repainted* this year. #paint #(long view)
    + <Rust>: Rust eats what paint does not cover,
      see [the survey](https://example.org/survey). {strength: strong}
        - The survey is old.
        _ [Dry air]: The air there is dry.
    - [Dear]: It costs too much.
        >< [Cheap]: It costs next to nothing.
    +> <Prestige>

## Method

<Brushes> {source: "A painter's guide"}

(1) [Cheap]
(2) Brushes are to be had.
-- Modus ponens {uses: [1, 2]} --
    _ [Dry air]
(3) [By hand]: The work can be done by hand. // as in 1968
(4) Hands are free.
----
(5) [Repaint]
"""


def read(text: str, path: Path = Path("file.argdown")) -> Exchange:
    drafting = Drafting()
    argdown.read(text, drafting, path)
    return drafting.finish()


def refusal(text: str, path: Path = Path("file.argdown")) -> str:
    with pytest.raises(Misread) as wrong:
        read(text, path)
    return f"{wrong.value.line}:{wrong.value.column}: {wrong.value}"


# --- the grammar ------------------------------------------------------------------


def test_a_debate_is_read_whole() -> None:
    found = read(DEBATE)
    assert found.title == "Should the tower be repainted?"
    assert found.counted == {"statements": 8, "arguments": 3, "relations": 7, "inferences": 2, "sections": 2}
    claims = {claim.name: claim for claim in found.claims.values()}
    repaint, rust = claims["Repaint"], claims["Rust"]
    assert repaint.text == "The tower should be repainted this year."
    assert repaint.tags == ("paint", "long-view", "cost", "money", "method")
    assert rust.text == "Rust eats what paint does not cover, see the survey."
    assert [found.sources[e.source].url for e in rust.evidence] == ["https://example.org/survey"]
    assert found.places[rust.id] == "line 8"
    assert "Prestige" in claims  # a mere name is a claim as well
    assert [(s.kind, s.conclusion) for s in claims["Dear"].steps] == [
        ("attacks", "repaint"),
        ("attacks", "cheap"),
    ]
    assert [cut.target for cut in claims["Dry air"].undercuts] == [
        rust.steps[0].id,
        "cheap--supports--by-hand",
    ]


def test_contradictions_go_both_ways() -> None:
    found = read("[alpha]: One.\n  >< [beta]: Two.\n\n[beta]\n  >< [alpha]\n")
    steps = [(c.id, s.kind, s.conclusion) for c in found.claims.values() for s in c.steps]
    assert steps == [("alpha", "attacks", "beta"), ("beta", "attacks", "alpha")]
    assert found.counted["relations"] == 1


def test_attacks_of_a_strict_document_go_both_ways() -> None:
    found = read("===\nmodel: {mode: strict}\n===\n\n[alpha]: One.\n  - [beta]: Two.\n")
    assert {s.conclusion for c in found.claims.values() for s in c.steps} == {"alpha", "beta"}


@pytest.mark.parametrize(
    ("sign", "premise", "kind"),
    [
        ("+", "beta", "supports"),
        ("<+", "beta", "supports"),
        ("-", "beta", "attacks"),
        ("<-", "beta", "attacks"),
        ("+>", "alpha", "supports"),
        ("->", "alpha", "attacks"),
    ],
)
def test_relations_point_both_ways(sign: str, premise: str, kind: str) -> None:
    found = read(f"[alpha]: One.\n  {sign} [beta]: Two.\n")
    (step,) = (step for claim in found.claims.values() for step in claim.steps)
    assert (step.premises, step.kind) == ((premise,), kind)
    assert {step.conclusion, premise} == {"alpha", "beta"}


def test_indentation_is_a_tree() -> None:
    found = read("[aa]: a\n  + [bb]: b\n      - [cc]: c\n    + [dd]: d\n  - [ee]: e\n")
    steps = {claim.id: [(s.kind, s.conclusion) for s in claim.steps] for claim in found.claims.values()}
    assert steps == {
        "aa": [],
        "bb": [("supports", "aa")],
        "cc": [("attacks", "bb")],
        "dd": [("supports", "aa")],  # between two depths: as argdown has it, beside the one that is less deep
        "ee": [("attacks", "aa")],
    }


def test_a_structure_is_a_step_and_what_undercuts_it_an_undercut() -> None:
    found = read(
        "<why>: As all agree.\n  _ [undercutter]: No.\n\n"
        "(1) [first]: One.\n(2) [second]: Two.\n----\n(3) [middle]: Three.\n(4) [fourth]: Four.\n"
        "--\nModus ponens\n--\n(5) [last]: Five.\n  -> [other]: Six.\n"
    )
    steps = [step for claim in found.claims.values() for step in claim.steps]
    assert [(s.premises, s.kind, s.conclusion) for s in steps] == [
        (("first", "second"), "supports", "middle"),
        (("middle", "fourth"), "supports", "last"),
        (("last",), "attacks", "other"),
    ]
    assert (steps[1].scheme, steps[1].because) == ("modus-ponens", "why: As all agree.")
    assert [cut.target for cut in found.claims["undercutter"].undercuts] == [steps[1].id]


def test_uses_name_the_premises() -> None:
    found = read("(1) [pa]: a\n(2) [pb]: b\n--\n{uses: [2]}\n--\n(3) [pc]: c\n")
    assert [step.premises for claim in found.claims.values() for step in claim.steps] == [("pb",)]
    assert "no inference uses it" in [loss.why for loss in found.lost]


def test_an_undercut_of_a_sketched_argument_undercuts_what_it_argues() -> None:
    found = read("[thesis]: t\n  + <sketch>: s\n    _ [doubt]: d\n")
    (step,) = found.claims["sketch"].steps
    assert [cut.target for cut in found.claims["doubt"].undercuts] == [step.id]


def test_an_attack_on_a_structure_says_what_became_of_it() -> None:
    found = read("<arg>\n  - [foe]: f\n\n(1) [pa]: a\n(2) [pb]: b\n----\n(3) [pc]: c\n")
    assert len(found.claims["foe"].undercuts) == 1
    assert any("kept as an undercut" in loss.why for loss in found.lost)
    one = read("<arg>\n  - [foe]: f\n\n(1) [pa]: a\n----\n(2) [pc]: c\n")
    assert [step.conclusion for step in one.claims["foe"].steps] == ["pa"]


def test_of_one_title_the_last_text_is_taken_and_the_others_are_kept() -> None:
    found = read("[same]: The first.\n\n[same]: The second. #tagged\n\n[same] {colour: red}\n")
    (claim,) = found.claims.values()
    assert claim.text == "The second."
    assert claim.tags == ("tagged",)
    assert claim.notes == "Also said so: The first.\n\ncolour: red"


def test_signs_shortcodes_mentions_and_comments() -> None:
    found = parsed(
        "[x]: p .v. q \\#no \\[tag\\] @[A title] __bold *both*__ :happy: snake_case /* out */ end. <!-- off\n"
        "and on --> // rest\n"
    )
    assert found.statements["x"][0].text == ("p ∨ q #no [tag] “A title” bold both 😀 snake_case end.")
    assert found.comments == 3


def test_lists_headings_and_block_data() -> None:
    found = parsed(
        "# One\n\n## Two #t\n\n* [a]: x\n* [b]: y {\nlinks:\n    - p\n    - q\n}\n\n1. z\n2. <c>\n"
    )
    assert list(found.statements) == ["a", "b", "Untitled 1"]
    assert list(found.arguments) == ["c"]
    assert found.statements["a"][0].sections == ("One", "Two", "t")
    assert found.statements["b"][0].data == {"links": ["p", "q"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A\n\n  + B\n", "3:1: a relation (+)"),
        ("A\n+ B\n", "2:1: a relation (+)"),
        ("[A] text\n", "1:5: text after [A]"),
        ("some [A] text\n", "1:6: [A] in the middle"),
        ("(1) a\n(2) b\n", "a premise-conclusion structure ends"),
        ("(1) a\n----\n", "3:1: a conclusion"),
        ("<A>\n\n(1) a\n----\n(2) b\n\n<A>\n\n(1) a\n----\n(2) b\n", "a second premise-conclusion structure"),
        ("[A]: x {a: [}\n", "1:13: this data is no YAML"),
        ("===\na: : b\n===\n\nA\n", "this front matter is no YAML"),
        ("A\n  >< <B>\n", "only statements contradict"),
        ("(1) a\n----\n  + b\n(2) c\n", "only what undercuts it"),
        ("A {a: 1} b\n", "text after data"),
        ("A\n* b\n", "2:1: a list item"),
    ],
)
def test_what_has_no_reading_is_refused_with_its_place(text: str, said: str) -> None:
    assert said in refusal(text)


def test_an_address_that_a_comment_eats_is_told() -> None:
    found = read("See https://example.org/x\nfor more.\n")
    assert next(iter(found.claims.values())).text == "See https: for more."
    assert any("//example.org/x" in loss.what for loss in found.lost)


def test_links_are_sources_unless_they_lead_into_the_file() -> None:
    found = read(
        "[A]: See [here](www.example.org) and [top](#heading-top). {sources: [A book, {work: [1]}]}\n"
    )
    assert sorted((source.title, source.url) for source in found.sources.values()) == [
        ("A book", ""),
        ("here", ""),
        ('{"work": [1]}', ""),
    ]
    assert "the link to #heading-top" in [loss.what for loss in found.lost]


def test_a_long_title_gives_the_source_and_the_question_ids_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "long.argdown"
    file.write_text(
        f"===\ntitle: {'a stylized reconstruction of a debate ' * 3}\n===\n\n[aa]: A.\n  + [bb]: B.\n"
    )
    done = import_file("argdown", file, tmp_path / "base")
    (question,) = re.findall(r"id: (\S+)", (done.root / "kb.yaml").read_text(encoding="utf-8"))
    assert f"sources/{question}.yaml" not in done.files


# --- includes ---------------------------------------------------------------------


def test_files_are_included_once_from_the_same_folder(tmp_path: Path) -> None:
    folder = tmp_path / "map"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "one.argdown").write_text("[one]: One.\n\n@include(../main.argdown)\n")
    text = "[main]: Main.\n\n@include(parts/one.argdown)\n\n@include(parts/one.argdown)\n"
    found = read(text, folder / "main.argdown")
    assert set(found.claims) == {"main", "one"}
    assert [loss.why for loss in found.lost] == ["the file is included already, and is read once"] * 2


def test_no_file_outside_the_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "map"
    folder.mkdir()
    (tmp_path / "secret.argdown").write_text("[secret]: x\n")
    (folder / "link.argdown").symlink_to(tmp_path / "secret.argdown")
    for name in ("../secret.argdown", str(tmp_path / "secret.argdown"), "link.argdown", "/etc/passwd"):
        assert "leads out of the folder" in refusal(f"@include({name})\n", folder / "main.argdown")
    assert "cannot be read" in refusal("@include(none.argdown)\n", folder / "main.argdown")


def test_a_mistake_in_an_included_file_is_told_by_its_place_there(tmp_path: Path) -> None:
    (tmp_path / "part.argdown").write_text("[A]: x\n\n[B] y\n")
    told = refusal("first\n\n@include(part.argdown)\n", tmp_path / "main.argdown")
    assert "in part.argdown, line 3: text after [B]" in told


# --- there and back ---------------------------------------------------------------


@given(exchanges())
@settings(max_examples=200, deadline=None)
def test_argdown_loses_nothing(exchange: Exchange) -> None:
    sent, back = there_and_back(argdown, exchange)
    assert back == sent


@given(WORDS)
@settings(max_examples=500, deadline=None)
def test_escaped_words_are_words(words: str) -> None:
    assert parsed(f"[A]: {escaped(words)}\n").statements["A"][0].text == " ".join(words.split())


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), PARAGRAPHS | st.lists(WORDS), min_size=1)
)
@settings(deadline=None)
def test_data_end_where_they_end(data: Mapping[str, Any]) -> None:
    found = parsed(f"[A]: x {flow(data)}\n  + [B]: y\n\n[A]\n{flow(data)}\n\nend }}\n")
    assert [dict(member.data) for member in found.statements["A"]] == [data, data]


def test_long_texts_and_titles() -> None:
    drafting = Drafting(title="t" * 30_000)
    drafting.claim("a", "x" * 100_000 + "\n\nmore", title="constructor", id="aa", notes="n" * 100_000)
    drafting.claim("b", "y", title="constructor " * 1000, id="bb")
    drafting.step("s", "supports", ["a"], "b")
    sent, back = there_and_back(argdown, drafting.finish())
    assert back == sent


# --- bad files --------------------------------------------------------------------


def test_a_cut_file_is_refused_or_read() -> None:
    for end in range(0, len(DEBATE), 7):
        with suppress(Misread):
            read(DEBATE[:end])


@given(st.text(st.sampled_from(" \n\t[]<>(){}@#*_+-=/\\.:,;1ab'\"!|"), max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_refused_or_read(text: str) -> None:
    with suppress(Misread):
        read(text)


@pytest.mark.parametrize("sign", ["[", "{", "<", "(", "*", "_", "===", "@[", "[a](", "}", "--\n", "#", "{}"])
def test_a_hundred_thousand_signs_take_no_time(sign: str) -> None:
    with suppress(Misread):
        read(f"[A]: x\n{sign * 100_000}\n")


def test_ten_thousand_levels() -> None:
    text = "".join(f"{' ' * depth}{'+ ' if depth else ''}[c{depth}]: x\n" for depth in range(10_000))
    found = parsed(text)
    assert len(found.relations) == 9_999


# --- argdown itself ---------------------------------------------------------------


@pytest.fixture(scope="module")
def referee(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """What ``argdown json`` makes of a text."""
    program = NODE / "node_modules" / "@argdown" / "cli" / "dist" / "cli.js"
    if shutil.which("node") is None:
        missing("node is not installed")
    if not program.exists():
        missing("npm ci was not run in tests/node")
    folder = tmp_path_factory.mktemp("argdown")

    def parse(text: str) -> dict[str, Any]:
        (folder / "map.argdown").write_text(text, encoding="utf-8")
        (folder / "out" / "map.json").unlink(missing_ok=True)
        # What it prints as JSON is cut off, so it writes a file.
        command = ["node", str(program), "json", "map.argdown", "out", "--throwExceptions"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        assert (folder / "out" / "map.json").exists(), done.stdout + done.stderr
        found: dict[str, Any] = json.loads((folder / "out" / "map.json").read_text(encoding="utf-8"))
        return found

    return parse


def same(text: str, theirs: Mapping[str, Any]) -> None:
    """What argdown finds is what kb finds: titles, tags, and which relation holds between what."""
    ours = parsed(text)
    assert set(theirs["statements"]) == set(ours.statements)
    assert set(theirs["arguments"]) == set(ours.arguments)
    expected = sorted((r.effect, r.source.title, r.target.title) for r in ours.final())
    assert sorted((r["relationType"], r["from"], r["to"]) for r in theirs["relations"]) == expected
    for title, members in ours.statements.items():
        tags = {tag for member in members for tag in member.tags}
        assert set(theirs["statements"][title].get("tags", [])) == tags


def test_argdown_reads_a_debate_alike(referee: Callable[[str], dict[str, Any]]) -> None:
    same(DEBATE, referee(DEBATE))


def test_argdown_reads_alike_what_kb_writes(referee: Callable[[str], dict[str, Any]]) -> None:
    texts: list[str] = []

    @given(exchanges())
    @settings(max_examples=40, deadline=None, phases=[Phase.generate], database=None, derandomize=True)
    def gather(exchange: Exchange) -> None:
        sent, _ = reduced(exchange, argdown.FORMAT.holds, draft=True)
        texts.append(argdown.write(material_of(sent)))

    gather()
    for text in sorted(set(texts), key=len)[-3:]:
        same(text, referee(text))
