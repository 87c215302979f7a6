"""GraphML, as networkx, Gephi and yEd read and write it.

The nodes and edges are those of ``kb.formats.nodelink``; a list of tags is one text with spaces. Labels
that yEd draws are read as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from kb.drawing.svg import sound
from kb.formats import network
from kb.formats.drafting import Drafting
from kb.formats.format import Format, Material
from kb.formats.reading import Misread, xml_of

FORMAT = Format(
    "graphml",
    "GraphML",
    "graphml",
    holds=network.HOLDS,
    coming=("graphs within nodes, ports and hyperedges have no place",),
    going=("a character that XML cannot carry becomes the replacement character",),
)
_SPACE = "http://graphml.graphdrawing.org/xmlns"
_TYPES = {bool: "boolean", int: "long", float: "double"}
_NUMBERS = {"int": int, "long": int, "float": float, "double": float}


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Raises Misread: the file is no XML, or no GraphML."""
    root = xml_of(text)
    if _local(root) != "graphml":
        raise Misread(1, 1, f"the outermost element is <{_local(root)}>, not <graphml>")
    keys = {
        key.get("id", ""): (key.get("attr.name", ""), key.get("attr.type", "string"))
        for key in _all(root, "key")
    }
    graphs = list(_all(root, "graph"))
    if not graphs:
        raise Misread(1, 1, "there is no <graph> in the file")
    nodes, edges, about = [], [], _data(graphs[0], keys)
    for node in _all(root, "node"):
        nodes.append(network.Node(node.get("id", ""), _data(node, keys)))
    for edge in _all(root, "edge"):
        edges.append(network.Edge(edge.get("source", ""), edge.get("target", ""), _data(edge, keys)))
    for kind in ("hyperedge", "port"):
        for lost in _all(root, kind):
            drafting.lose(f"the {kind} {lost.get('id', lost.get('name', ''))}".strip(), "a base has none")
    network.draft(nodes, edges, about, drafting)


def write(material: Material) -> str:
    nodes, edges, about = network.drawn(material)
    keys: dict[tuple[str, str], tuple[str, str]] = {}

    def data(where: str, said: Mapping[str, Any]) -> Iterator[str]:
        for name, value in said.items():
            kind = _TYPES.get(type(value), "string")
            identity, _ = keys.setdefault((where, name), (f"d{len(keys)}", kind))
            yield f'<data key="{identity}">{_escaped(_written(value))}</data>'

    lines = ["".join(data("graph", about))]
    for node in nodes:
        lines.append(f'<node id="{_escaped(node.key)}">{"".join(data("node", node.data))}</node>')
    for number, edge in enumerate(edges):
        ends = f'id="e{number}" source="{_escaped(edge.source)}" target="{_escaped(edge.target)}"'
        lines.append(f"<edge {ends}>{''.join(data('edge', edge.data))}</edge>")
    declared = [
        f'<key id="{identity}" for="{where}" attr.name="{name}" attr.type="{kind}"/>'
        for (where, name), (identity, kind) in keys.items()
    ]
    head = ['<?xml version="1.0" encoding="UTF-8"?>', f'<graphml xmlns="{_SPACE}">', *declared]
    return "\n".join(
        [*head, '<graph edgedefault="directed">', *filter(None, lines), "</graph>", "</graphml>", ""]
    )


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _local(element) == name)


def _data(element: Element, keys: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in element:
        if _local(part) != "data":
            continue
        name, kind = keys.get(part.get("key", ""), ("", "string"))
        if len(part):
            labels = [label for label in part.iter() if _local(label) in ("NodeLabel", "EdgeLabel")]
            if said := "\n".join((label.text or "").strip() for label in labels).strip():
                found["label"] = said
        elif part.text:
            found[name or part.get("key", "")] = _value(part.text, kind)
    return found


def _value(text: str, kind: str) -> Any:
    try:
        return _NUMBERS[kind](text) if kind in _NUMBERS else text
    except ValueError:
        return text


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else str(value)


def _escaped(text: str) -> str:
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\r", "&#13;")):
        text = text.replace(char, entity)
    return sound(text)
