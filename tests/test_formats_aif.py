"""AIF and xAIF: dialogues and arguments in the shapes that AIFdb, OVA and others write, there and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings

from kb.formats import aif, xaif
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.reading import FormatError, Misread, json_of, json_place, text_of
from tests.conftest import Ran, missing
from tests.exchanges import exchanges, material_of, there_and_back

BOTH = pytest.mark.parametrize("module", [aif, xaif])


def graph(
    nodes: Iterable[str], edges: Iterable[str], number: Callable[[str], object] = str
) -> dict[str, Any]:
    """An AIF graph of nodes as "12 I some text" and edges as "12 13"."""
    found = []
    for node in nodes:
        key, kind, text = node.split(" ", 2)
        found.append({"nodeID": number(key), "text": text, "type": kind, "timestamp": "2014-04-28 15:51:38"})
    pairs = [edge.split() for edge in edges]
    return {
        "nodes": found,
        "edges": [
            {"edgeID": number(str(900 + n)), "fromID": number(a), "toID": number(b), "formEdgeID": None}
            for n, (a, b) in enumerate(pairs)
        ],
    }


DIALOGUE_NODES = (
    "1 I the bridge should be closed",
    "2 I its cables are worn",
    "3 I worn cables may break",
    "4 I the cables were replaced last year",
    "5 I nobody has looked at the cables",
    "6 I the bridge must be shut",
    "11 L AB : the bridge should be closed",
    "12 L CD : but they were all replaced last year",
    "13 L Analyst: AB : the bridge should be closed",
    "20 RA Default Inference",
    "21 CA Default Conflict",
    "22 CA Default Conflict",
    "23 MA Default Rephrase",
    "30 YA Asserting",
    "31 YA Disagreeing",
    "32 YA Analysing",
    "33 YA Arguing",
    "40 TA Default Transition",
)
DIALOGUE_EDGES = (
    *("2 20", "3 20", "20 1", "4 21", "21 2", "5 22", "22 20", "6 23", "23 1"),
    *("11 30", "30 1", "12 31", "31 4", "13 32", "32 11", "11 40", "40 12", "40 33", "33 21"),
)


def drafted(value: object) -> Exchange:
    """What comes of a file with this JSON value, or this text."""
    drafting = Drafting()
    aif.read(value if isinstance(value, str) else json.dumps(value), drafting, Path("file.json"))
    return drafting.finish()


def wrapped(inside: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A graph as OVA passes it on."""
    people = [{"participantID": 1, "firstname": "Ada", "surname": "Byron"}]
    said = [{"nodeID": inside["nodes"][6]["nodeID"], "personID": 1, "start": None, "end": None}]
    layout = {"firstname": "", "surname": "", "url": "", "nodes": [], "edges": []}
    return {"AIF": {**inside, "participants": people, "locutions": said}, "OVA": layout, "text": "", **more}


# --- reading --------------------------------------------------------------------


@pytest.mark.parametrize("number", [str, int], ids=["strings", "integers"])
@pytest.mark.parametrize("shape", ["without locutions", "with locutions", "xAIF"])
def test_a_dialogue_becomes_claims_with_notes(number: Callable[[str], object], shape: str) -> None:
    value = graph(DIALOGUE_NODES, DIALOGUE_EDGES, number)
    if shape == "with locutions":
        value["locutions"] = [{"nodeID": number("11"), "personID": "7", "source": None}]
    found = drafted(wrapped(value) if shape == "xAIF" else value)

    bridge, cables = found.claims["the-bridge-should-be-closed"], found.claims["its-cables-are-worn"]
    assert [claim.text for claim in found.claims.values()] == [
        node.split(" ", 2)[2] for node in DIALOGUE_NODES[:6]
    ]
    (support,) = cables.steps
    assert (support.kind, support.premises, support.conclusion) == (
        "supports",
        ("its-cables-are-worn", "worn-cables-may-break"),
        bridge.id,
    )
    assert (support.scheme, support.because) == ("", "")
    (attack,) = found.claims["the-cables-were-replaced-last-year"].steps
    assert (attack.kind, attack.conclusion) == ("attacks", cables.id)
    (cut,) = found.claims["nobody-has-looked-at-the-cables"].undercuts
    assert cut.target == support.id
    assert found.claims["the-bridge-must-be-shut"].restates == (bridge.id,)
    # A participant named beside the graph is not the prefix of the words, which then stay as they are.
    said = (
        "Said by Ada Byron (asserting): AB : the bridge should be closed"
        if shape == "xAIF"
        else "Said by AB (asserting)."
    )
    assert bridge.notes == said
    assert found.claims["the-cables-were-replaced-last-year"].notes == (
        "Said by CD (disagreeing): but they were all replaced last year"
    )
    assert found.places[bridge.id] == "node 1"


def test_everything_is_counted_and_what_has_no_place_is_told() -> None:
    found = drafted(graph(DIALOGUE_NODES, DIALOGUE_EDGES))
    types = Counter(node.split()[1] for node in DIALOGUE_NODES)
    assert found.counted == {
        "nodes": len(DIALOGUE_NODES),
        "edges": len(DIALOGUE_EDGES),
        **{f"{kind} nodes": times for kind, times in types.items()},
    }
    assert [
        (loss.what.split(":")[1].strip(), loss.what.split("(")[1][:2].strip(" )")) for loss in found.lost
    ] == [
        ("13", "L"),
        ("40", "TA"),
        ("33", "YA"),
        ("32", "YA"),
    ]


@pytest.mark.parametrize(
    ("nodes", "edges", "lost"),
    [
        (["1 I a", "2 I b"], ["1 2"], "the edge I 1 → I 2: AIF has a node between two claims"),
        (["1 I a", "2 RA x"], ["2 1"], "RA 2: no claim leads to it"),
        (["1 I a", "2 RA x"], ["1 2"], "RA 2: it leads to no claim"),
        (["1 I a", "2 I b", "3 PA x"], ["1 3", "3 2"], "PA 3: I 1 is preferred to I 2: a base has no"),
        (["1 I a", "2 I b", "3 XX x"], ["1 3", "3 2"], "node 3: 'XX' is no type of AIF"),
        (["1 I a", "2 I b", "3 RA x"], ["1 3", "3 2", "1 9"], "the edge I 1 → node 9: there is no node 9"),
        (
            ["1 I a", "2 I b", "3 RA x", "4 I c", "5 RA y"],
            ["1 3", "3 2", "4 5", "5 3"],
            "the edge RA 5 → RA 3: a base has no reasons for an inference; likely meant: its premises",
        ),
        (
            ["1 I a", "2 I b", "3 MA x", "4 I c", "5 CA y"],
            ["1 3", "3 2", "4 5", "5 3"],
            "the edge CA 5 → MA 3: only inferences and attacks are undercut",
        ),
        (
            ["1 I a", "2 I b", "3 RA x", "4 L c"],
            ["1 3", "3 2", "4 3"],
            "the edge L 4 → RA 3: what was said is",
        ),
        (
            ["1 I a", "2 I b", "3 RA x", "4 MA y"],
            ["1 3", "3 2", "1 4", "4 2"],
            "MA 4: I 1 rephrases I 2: one is argued from the other",
        ),
        (
            ["1 I a", "2 I b", "3 I c", "4 RA x", "5 MA y", "6 MA z"],
            ["1 4", "4 3", "1 5", "5 2", "2 6", "6 3"],
            "MA 6: I 2 rephrases I 3: one is argued from the other",
        ),
        (
            ["1 I a", "2 I b", "3 I c", "4 RA x", "5 I d", "6 CA y"],
            ["1 4", "4 2", "4 3", "5 6", "6 4"],
            "CA 6 against all but the first conclusion of RA 4",
        ),
        (
            ["1 I a", "2 I b", "3 RA x", "4 CA Bias", "5 I c"],
            ["1 3", "3 2", "5 4", "4 3"],
            "the scheme 'Bias' of CA 4",
        ),
    ],
)
def test_what_a_base_cannot_say_is_told_with_its_likely_meaning(
    nodes: list[str], edges: list[str], lost: str
) -> None:
    found = drafted(graph(nodes, edges))
    told = [f"{loss.what}: {loss.why}" for loss in found.lost]
    assert any(line.startswith(lost) for line in told), told
    assert len(found.claims) == sum(" I " in node for node in nodes)


def test_a_conflict_with_a_claim_and_an_inference_is_an_attack_and_an_undercut() -> None:
    nodes = ["1 I a1", "2 I b1", "3 I c1", "4 RA x", "5 CA y"]
    found = drafted(graph(nodes, ["1 4", "4 2", "3 5", "5 2", "5 4"]))
    (attack,), (cut,) = found.claims["c1"].steps, found.claims["c1"].undercuts
    assert (attack.kind, attack.conclusion) == ("attacks", "b1")
    assert cut.target == "a1--supports--b1"


def test_schemes_and_explanations() -> None:
    value = graph(
        ["1 I a1", "2 I b1", "3 RA Expert Opinion", "4 I c1", "5 RA She would know."],
        ["1 3", "3 2", "4 5", "5 2"],
    )
    value["nodes"][4]["scheme"] = "Position To Know"
    found = drafted(value)
    assert [(s.scheme, s.because) for s in found.claims["a1"].steps] == [("expert-opinion", "")]
    assert [(s.scheme, s.because) for s in found.claims["c1"].steps] == [
        ("position-to-know", "She would know.")
    ]


def test_fields_of_other_programs_become_notes() -> None:
    value = graph(["1 I a1"], [])
    value["nodes"][0].update(uncert="Confirmed", source="", kind="source", csl="{}")
    assert drafted(value).claims["a1"].notes == "csl: {}\n\nuncert: Confirmed"


def test_conflicts_in_a_circle_come_in() -> None:
    nodes = ["1 I a1", "2 I b1", "3 CA x", "4 CA y"]
    found = drafted(graph(nodes, ["1 3", "2 4", "3 4", "4 3"]))
    (one,), (other,) = found.claims["a1"].undercuts, found.claims["b1"].undercuts
    assert (one.target, other.target) == (other.id, one.id)


# --- there and back -------------------------------------------------------------


@BOTH
@given(exchanges())
@settings(max_examples=200, deadline=None)
def test_nothing_is_lost_there_and_back(module: ModuleType, exchange: Exchange) -> None:
    sent, back = there_and_back(module, exchange)
    assert back == sent


@BOTH
def test_long_text_and_a_lonely_claim(module: ModuleType) -> None:
    drafting = Drafting(title="One")
    drafting.claim("it", "All words count. " * 6_000, id="it")
    sent, back = there_and_back(module, drafting.finish())
    assert back == sent
    assert len(back.claims["it"].text) > 100_000


@BOTH
@given(exchanges())
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_aif(module: ModuleType, exchange: Exchange) -> None:
    value = json.loads(module.write(material_of(exchange)))
    inside = value["AIF"] if module is xaif else value
    kinds = {node["nodeID"]: node["type"] for node in inside["nodes"]}
    assert len(kinds) == len(inside["nodes"])
    assert len({edge["edgeID"] for edge in inside["edges"]}) == len(inside["edges"])
    assert {type(key) for key in kinds} == {int if module is xaif else str}
    for edge in inside["edges"]:
        assert (kinds[edge["fromID"]], kinds[edge["toID"]]) in {
            *(("I", "RA"), ("RA", "I"), ("I", "CA"), ("CA", "I"), ("CA", "RA"), ("CA", "CA")),
            *(("I", "MA"), ("MA", "I")),
        }
    steps = [step for claim in exchange.claims.values() for step in claim.steps]
    cuts = sum(len(claim.undercuts) for claim in exchange.claims.values())
    restated = sum(len(claim.restates) for claim in exchange.claims.values())
    attacks = sum(step.kind == "attacks" for step in steps)
    wanted = {"I": len(exchange.claims), "RA": len(steps) - attacks, "CA": attacks + cuts, "MA": restated}
    assert Counter(kinds.values()) == Counter(wanted)
    # AIFdb's upload asks for all of these.
    assert {"nodes", "edges", "schemefulfillments", "participants", "locutions"} <= inside.keys()


ARGUEBUF = """
import json, sys
import arguebuf
for path in sys.argv[1:]:
    value = json.load(open(path, encoding="utf-8"))
    found = arguebuf.load.xaif(value) if "AIF" in value else arguebuf.load.file(path)
    schemes = sorted([type(node.scheme).__name__, node.scheme.value] for node in found.scheme_nodes.values())
    texts = sorted(node.text for node in found.atom_nodes.values())
    edges = sorted([edge.source.id, edge.target.id] for edge in found.edges.values())
    print(json.dumps([texts, schemes, edges]))
"""


@BOTH
def test_arguebuf_loads_it(tmp_path: Path, module: ModuleType) -> None:
    """arguebuf 2.7.2, here or in an environment of its own, whose Python KB_ARGUEBUF_PYTHON names."""
    python = os.environ.get("KB_ARGUEBUF_PYTHON") or (sys.executable if find_spec("arguebuf") else None)
    if python is None:
        missing("arguebuf is not here")
    written: list[str] = []

    @given(exchanges())
    @settings(max_examples=25, deadline=None, database=None)
    def gather(exchange: Exchange) -> None:
        written.append(module.write(material_of(exchange)))

    gather()
    paths = [tmp_path / f"{number}.json" for number in range(len(written))]
    for path, text in zip(paths, written, strict=True):
        path.write_text(text, encoding="utf-8")
    done = subprocess.run([python, "-c", ARGUEBUF, *paths], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    # arguebuf knows Expert Opinion as a scheme of reasons for something only.
    names = {"RA": "Support", "CA": "Attack", "MA": "Rephrase"}
    known = {("RA", "Expert Opinion"): "Expert Opinion"}
    for line, text in zip(done.stdout.splitlines(), written, strict=True):
        texts, schemes, edges = json.loads(line)
        value = json.loads(text)
        inside = value.get("AIF", value)
        assert texts == sorted(node["text"] for node in inside["nodes"] if node["type"] == "I")
        assert schemes == sorted(
            [names[node["type"]], known.get((node["type"], node["text"]), "Default")]
            for node in inside["nodes"]
            if node["type"] != "I"
        )
        assert edges == sorted([edge["fromID"], edge["toID"]] for edge in inside["edges"])


# --- bad files ------------------------------------------------------------------


def test_a_file_cut_short_anywhere_ends_in_one_sentence(tmp_path: Path) -> None:
    data = json.dumps(wrapped(graph(DIALOGUE_NODES, DIALOGUE_EDGES)), indent=1, ensure_ascii=False).encode()
    path = tmp_path / "cut.json"
    for end in range(0, len(data) - 1, 7):
        path.write_bytes(data[:end])
        with pytest.raises((Misread, FormatError)):
            aif.read(text_of(path), Drafting(), path)


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-8 with CRLF"])
def test_marks_and_line_ends_do_not_matter(tmp_path: Path, coding: str) -> None:
    text = json.dumps(graph(DIALOGUE_NODES, DIALOGUE_EDGES), indent=1)
    path = tmp_path / "file.json"
    text = text.replace("\n", "\r\n") if "CRLF" in coding else text
    path.write_bytes(text.encode(coding.split()[0]))
    assert drafted(text_of(path)) == drafted(graph(DIALOGUE_NODES, DIALOGUE_EDGES))


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("[]", (1, 1), "has one as `AIF`"),
        ("{}", (1, 1), "`nodes` is missing"),
        ('{"nodes": [],\n "edges": 5}', (2, 11), "`edges` is missing or is no list"),
        ('{"AIF":\n {"nodes": []}}', (2, 2), "`edges` is missing"),
        ('{"nodes": [{"nodeID": 1},\n 7], "edges": []}', (2, 2), "nodes[1] is no object"),
        ('{"edges": [], "nodes": [{},\n{}]}', (1, 25), "nodes[0] has no `nodeID`"),
        ('{"nodes": [{"nodeID": true}], "edges": []}', (1, 12), "nodes[0] has no `nodeID`"),
        ('{"nodes": [], "edges": [\n {"fromID": 1}]}', (2, 2), "edges[0] has no `toID`"),
        (
            '{"nodes": [{"nodeID": 1, "text": "a"},\n{"nodeID": "1", "text": "b"}], "edges": []}',
            (2, 1),
            "a second node has the nodeID 1",
        ),
        ('{"nodes": [],\n "nodes": []}', (1, 2), "the name 'nodes' is given twice"),
        ('{"nodes": ' + "[" * 10_000, (1, 1), "nested more than 500 deep"),
        (
            '{"nodes": [], "edges": [], "x": ' + "[" * 600 + "]" * 600 + "}",
            (1, 1),
            "nested more than 500 deep",
        ),
        ('{"nodes": [\n' + "1" * 5_000 + '], "edges": []}', (2, 1), "too many digits"),
        ('{"nodes": [],\n "edges": ["\\ud83d\\ude00 \\ud83d"]}', (2, 26), "half of a character"),
    ],
)
def test_a_file_that_is_no_aif_is_told_with_the_place(text: str, place: tuple[int, int], said: str) -> None:
    with pytest.raises(Misread) as caught:
        drafted(text)
    assert said in str(caught.value)
    assert (caught.value.line, caught.value.column) == place


def test_a_place_in_json_is_found_by_names_and_indices() -> None:
    text = '{"a b": [1, {"x": "],}",\n "y": [true, null, 5]}]}'
    assert json_of(text)["a b"][1]["y"][2] == 5
    assert json_place(text, "a b", 1, "y", 2) == (2, 20)
    assert json_place(text) == (1, 1)


@pytest.mark.parametrize(
    "own", [5, "x", [], {"id": 7, "tags": 3, "strength": [], "named": "true", "notes": {}}]
)
def test_what_stands_under_kb_need_not_be_ours(own: object) -> None:
    value = graph(["1 I a1", "2 I b1", "3 RA x", "4 MA y"], ["1 3", "3 2", "1 4", "4 2"])
    for node in value["nodes"]:
        node["kb"] = own
    rows = [5, {}, {"id": "a1", "kind": "source"}, {"kind": "cites", "source": "1", "target": "2"}]
    value["kb"] = {"title": ["x"], "nodes": rows, "edges": rows}
    found = drafted(value)
    assert len(found.claims) == 2
    assert sum(len(claim.steps) for claim in found.claims.values()) == 1


def test_an_inference_may_have_very_many_premises() -> None:
    many = range(10, 2_010)
    found = drafted(
        graph(["1 RA x", "2 I end", *(f"{n} I c{n}" for n in many)], ["1 2", *(f"{n} 1" for n in many)])
    )
    (step,) = found.claims["c10"].steps
    assert len(step.premises) == 2_000


def test_too_many_pairs_are_refused_and_not_multiplied() -> None:
    many = range(10, 1_010)
    nodes = [
        "1 RA x",
        "2 MA y",
        "3 YA Asserting",
        *(f"{n} I c{n}" for n in many),
        *(f"9{n:04} L l" for n in many),
    ]
    edges = [f"{n} {hub}" for n in many for hub in (1, 2)] + [f"{hub} {n}" for n in many for hub in (1, 2, 3)]
    found = drafted(graph(nodes, [*edges, *(f"9{n:04} 3" for n in many)]))
    assert found.relations == 0
    assert {"RA 1", "MA 2"} <= {loss.what for loss in found.lost}


# --- by the command line --------------------------------------------------------


@pytest.mark.parametrize("name", ["aif", "xaif"])
def test_import_validate_render_export(kb: Callable[..., Ran], tmp_path: Path, name: str) -> None:
    path = tmp_path / "../bridge.json" if name == "aif" else tmp_path / "bridge.json"
    path.write_text(json.dumps(graph(DIALOGUE_NODES, DIALOGUE_EDGES)), encoding="utf-8")
    done = kb("import", name, path, "--into", "base", "--format", "json")
    assert done.code == 0, done.err
    assert (done.json["claims"], done.json["relations"], done.json["found"]["nodes"]) == (6, 4, 18)
    base = tmp_path / "base"
    assert kb("validate", cwd=base).code == 0
    assert kb("render", "--out", tmp_path / "site", cwd=base).code == 0
    written = kb("export", name, cwd=base)
    assert written.code == 0
    assert len(drafted(written.out).claims) == 6


def test_ids_with_path_separators_stay_inside(kb: Callable[..., Ran], tmp_path: Path) -> None:
    value = graph(["../../x I /etc/passwd", "2 I ../../../y"], [])
    value["nodes"][0]["kb"] = {"id": "../../z"}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file.json").write_text(json.dumps(value), encoding="utf-8")
    assert kb("import", "aif", "in/file.json", "--into", "in/base").code == 0
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml")}
    assert files == {
        "in/base/kb.yaml",
        "in/base/file/etc-passwd.yaml",
        "in/base/file/claim-y.yaml",
        "in/base/sources/file.yaml",
    }
