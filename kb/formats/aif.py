"""AIF, the Argument Interchange Format, in the JSON of AIFdb.

A claim is an I node; an inference from one or more of them an RA node (for) or a CA node (against), between
its premises and its conclusion. A CA node that leads to an RA or CA node undercuts it. An MA node says that
one claim rephrases another. What AIF has no field for stands under ``kb`` in each node and beside them;
other programs pass over it.

Sources: the AIF specification of 8 November 2011 (http://www.arg.dundee.ac.uk/aif), and what AIFdb writes
and takes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.formats import network
from kb.formats.aif_graph import KNOWN, Graph, graph_of, said
from kb.formats.aif_relations import inferences, lose_links, rephrasings
from kb.formats.aif_speech import heard, lose_speech
from kb.formats.drafting import Drafting
from kb.formats.format import Format, Material

FORMAT = Format(
    "aif",
    "AIF, the JSON of AIFdb",
    "json",
    holds=network.HOLDS,
    coming=(
        "who said a claim, and how, becomes a note",
        "turns of a dialogue and preferences have no place and are listed",
        "a claim that rephrases another (MA) restates it, unless one is argued from the other",
        "times, layout and the numbers of schemes are left out",
    ),
    going=("what AIF has no field for stands under `kb` in each node and beside them, where only kb looks",),
)
_NOT_SAID = frozenset({"nodeID", "text", "type", "timestamp", "scheme", "schemeID", "kb", "kind"})
"""Fields of a node that say nothing more of its claim."""
_BESIDE = frozenset({"source", "question"})
_TIES = frozenset({"assumes", "requires", "same_evidence_as", "cites", "thesis"})
_PLAIN = {
    "RA": ("Default Inference", "72"),
    "CA": ("Default Conflict", "71"),
    "MA": ("Default Rephrase", "144"),
}
"""The name and the number that AIFdb gives to a node without a scheme."""


# --- in -------------------------------------------------------------------------


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Reads xAIF too. Raises Misread: the file is no AIF."""
    graph = graph_of(text)
    names = _names(graph)
    parts: list[network.Node | network.Edge] = [
        *_claims(graph, names),
        *inferences(graph, names, drafting),
        *rephrasings(graph, names, drafting),
        *_beside(graph.own, set(names.values())),
    ]
    nodes = [part for part in parts if isinstance(part, network.Node)]
    edges = [part for part in parts if isinstance(part, network.Edge)]
    network.draft(nodes, edges, graph.own, drafting)
    drafting.counted.clear()
    drafting.counted.update({"nodes": len(graph.nodes), "edges": graph.edges_given})
    drafting.counted.update(f"{kind or 'untyped'} nodes" for kind in sorted(graph.kinds.values()))
    lose_links(graph, drafting)
    lose_speech(graph, drafting)
    for key in (key for key, kind in graph.kinds.items() if kind not in KNOWN):
        found = said(graph.nodes[key], "type")
        why = f"{found!r} is no type of AIF; a claim has the type I, an inference RA or CA"
        drafting.lose(f"node {key}", why)
    for name in graph.beside:
        drafting.lose(f"`{name}`", "what stands beside nodes and edges has no place in a base")


def _names(graph: Graph) -> dict[str, str]:
    """A key for each node: the id that it had in a base, where no other node has it."""
    own = {key: node.get("kb") for key, node in graph.nodes.items()}
    wished = {key: said(found, "id") for key, found in own.items() if isinstance(found, dict)}
    times = Counter(wished.values())
    names = {}
    for key in graph.nodes:
        wish = wished.get(key, "")
        names[key] = wish if wish and times[wish] == 1 and wish not in graph.nodes else key
    return names


def _claims(graph: Graph, names: Mapping[str, str]) -> Iterator[network.Node]:
    notes = heard(graph)
    for key in (key for key, kind in graph.kinds.items() if kind == "I"):
        node = graph.nodes[key]
        own = node.get("kb")
        fields, past = ({**own, "kind": "claim"}, {"id"}) if isinstance(own, dict) else (node, _NOT_SAID)
        about = {
            name: value for name, value in fields.items() if name not in past and value not in ("", None)
        }
        about["text"] = said(node, "text")
        about["notes"] = "\n\n".join(filter(None, (said(fields, "notes"), *notes.get(key, ()))))
        yield network.Node(names[key], about)


def _beside(own: Mapping[str, Any], taken: Collection[str]) -> Iterator[network.Node | network.Edge]:
    """Sources, questions, and the ties of claims to them and to one another, as ``aif_of`` puts them."""
    sources = set()
    for row in _rows(own, "nodes"):
        name, kind = said(row, "id"), said(row, "kind")
        if name and name not in taken and kind in _BESIDE:
            sources.update([name] if kind == "source" else [])
            yield network.Node(name, {field: value for field, value in row.items() if field != "id"})
    for row in _rows(own, "edges"):
        kind, start, end = said(row, "kind"), said(row, "source"), said(row, "target")
        if kind in _TIES and (kind != "cites" or end in sources):
            yield network.Edge(start, end, row)


def _rows(own: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = own.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


# --- out ------------------------------------------------------------------------


def write(material: Material) -> str:
    return json.dumps(aif_of(material), ensure_ascii=False, indent=1) + "\n"


def aif_of(material: Material, *, numbered: bool = False) -> dict[str, Any]:
    """The object that AIFdb takes. A node's id is that of the claim or inference, or a number from 1."""
    drawn, ties, about = network.drawn(material)
    nodes = {node.key: _written(node.data, node.key) for node in drawn if node.data["kind"] not in _BESIDE}
    others = [{"id": node.key, **node.data} for node in drawn if node.key not in nodes]
    pairs: list[tuple[str, str]] = []
    for tie in ties:
        if tie.data["kind"] == "restates":
            between = f"{tie.source}--restates--{tie.target}"
            nodes[between] = {**_scheme("MA", ""), "kb": {}}
            pairs += [(tie.source, between), (between, tie.target)]
        elif tie.data["kind"] not in _TIES:
            pairs.append((tie.source, tie.target))
    tied = [{"source": t.source, "target": t.target, **t.data} for t in ties if t.data["kind"] in _TIES]
    ids = {key: number if numbered else key for number, key in enumerate(nodes, 1)}
    edges = [
        {"edgeID": n if numbered else str(n), "fromID": ids[start], "toID": ids[end], "formEdgeID": None}
        for n, (start, end) in enumerate(pairs, 1)
    ]
    return {
        "nodes": [{"nodeID": ids[key], **node} for key, node in nodes.items()],
        "edges": edges,
        "locutions": [],
        "participants": [],
        "schemefulfillments": [
            {"nodeID": ids[key], "schemeID": node["schemeID"]}
            for key, node in nodes.items()
            if "schemeID" in node
        ],
        "kb": {**about, "nodes": others, "edges": tied},
    }


def _written(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A claim or an inference as a node, without its number."""
    own = {key: value for key, value in data.items() if key not in ("kind", "effect", "text")}
    if data["kind"] == "claim":
        shown = {"text": data["text"], "type": "I"}
    else:
        kind = "RA" if data.get("effect") == "supports" else "CA"
        shown = _scheme(kind, data.get("scheme", "").replace("-", " ").title())
    return {**shown, "kb": {"id": name, **own}}


def _scheme(kind: str, name: str) -> dict[str, Any]:
    """Type and scheme, named as AIFdb names schemes: Expert Opinion."""
    plain, number = _PLAIN[kind]
    return {"text": name or plain, "type": kind, "scheme": name or plain} | (
        {} if name else {"schemeID": number}
    )
