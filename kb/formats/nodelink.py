"""Node-link JSON, as networkx reads and writes it (``node_link_graph``, ``node_link_data``).

Claims, inferences and undercuts are nodes, as in ``kb.graph.to_networkx``: an edge ``premise`` leads from
a claim into an inference, and ``supports``, ``attacks`` or ``undercuts`` out of it. In other people's graphs
a node is a claim and an edge between two claims a support, unless its ``kind``, ``label`` or ``relation``
says that it attacks.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kb.formats import network
from kb.formats.drafting import Drafting
from kb.formats.format import Format, Material
from kb.formats.reading import Misread, json_of

FORMAT = Format(
    "node-link",
    "node-link JSON of networkx",
    "json",
    holds=network.HOLDS,
    coming=("a node with no text is named by its id",),
)


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Raises Misread: the file is no graph in this form."""
    graph = json_of(text)
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    links = graph.get("edges", graph.get("links")) if isinstance(graph, dict) else None
    if not isinstance(nodes, list) or not isinstance(links, list):
        raise Misread(1, 1, "a graph is an object with the lists `nodes` and `edges` (or `links`)")
    found: list[network.Node] = []
    for place, node in enumerate(nodes):
        if not isinstance(node, dict) or "id" not in node:
            raise Misread(1, 1, f"nodes[{place}] is no object with an `id`")
        found.append(network.Node(_key(node["id"]), {k: v for k, v in node.items() if k != "id"}))
    edges: list[network.Edge] = []
    for place, link in enumerate(links):
        if not isinstance(link, dict) or not {"source", "target"} <= link.keys():
            raise Misread(1, 1, f"edges[{place}] is no object with a `source` and a `target`")
        edges.append(network.Edge(_key(link["source"]), _key(link["target"]), dict(link)))
    about = graph.get("graph")
    network.draft(found, edges, about if isinstance(about, dict) else {}, drafting)


def write(material: Material) -> str:
    nodes, edges, about = network.drawn(material)
    graph: dict[str, Any] = {
        "directed": True,
        "multigraph": True,
        "graph": about,
        "nodes": [{"id": node.key, **node.data} for node in nodes],
        "edges": [
            {"source": edge.source, "target": edge.target, "key": key, **edge.data}
            for key, edge in enumerate(edges)
        ],
    }
    return json.dumps(graph, ensure_ascii=False, indent=1) + "\n"


def _key(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
