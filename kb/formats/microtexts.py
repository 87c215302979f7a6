"""Argument graphs of the arg-microtexts corpora (``arggraph.dtd``): annotated short texts.

Segments of the text (EDUs), joined where two make one point, ground argumentative units (ADUs), which
support and rebut one another; undercuts lead to an edge, and further premises are edges to an edge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from kb.formats.drafting import Drafting
from kb.formats.format import Format
from kb.formats.reading import Misread, xml_of

FORMAT = Format(
    "microtexts",
    "arg-microtexts XML",
    "xml",
    holds=frozenset({"supports", "attacks", "linked", "undercuts", "nested", "scheme", "tags"}),
    writes=False,
    coming=(
        "the roles of proponent and opponent become tags",
        "support by example is support of the scheme `example`",
        "a premise that is added to a relation is needed with the others",
    ),
)
_ROLES = {"pro": "proponent", "opp": "opponent"}
_STANCES = {"pro": "for", "con": "against", "unclear": "neither clearly for nor against"}


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Raises Misread: the file is no XML, or no argument graph."""
    root = xml_of(text)
    if root.tag != "arggraph":
        raise Misread(1, 1, f"the outermost element is <{root.tag}>, not <arggraph>")
    known: set[str] = set()
    found: defaultdict[str, list[Element]] = defaultdict(list)
    for part in root:
        name = part.get("id", "")
        if part.tag not in ("edu", "joint", "adu", "edge"):
            drafting.lose(f"<{part.tag}>", "an argument graph has only <edu>, <joint>, <adu> and <edge>")
        elif not name or name in known:
            raise Misread(1, 1, f"two elements have the id {name!r}" if name else f"a <{part.tag}> has no id")
        else:
            known.add(name)
            found[part.tag].append(part)
            drafting.counted[f"{part.tag}s"] += 1
    _about(root, drafting)
    edges = {edge.get("id", ""): edge for edge in found["edge"]}
    _units(found, drafting)
    _relations(edges, {unit.get("id", "") for unit in found["adu"]}, drafting)


def _about(root: Element, drafting: Drafting) -> None:
    topic = root.get("topic_id", "").replace("_", " ")
    drafting.title = ": ".join(filter(None, (root.get("id", ""), topic)))
    if stance := _STANCES.get(root.get("stance", "")):
        drafting.about = f"The text is {stance} the proposal{f' on {topic}' if topic else ''}."


def _units(found: Mapping[str, Sequence[Element]], drafting: Drafting) -> None:
    """A claim for each unit, with the text of the segments that ground it, in the order of the text."""
    segments = {segment.get("id", ""): segment for segment in found["edu"]}
    order = {name: place for place, name in enumerate(segments)}
    joints = {joint.get("id", "") for joint in found["joint"]}
    grounds: defaultdict[str, list[str]] = defaultdict(list)
    for edge in found["edge"]:
        if edge.get("type") == "seg":
            grounds[edge.get("trg", "")].append(edge.get("src", ""))
    used: set[str] = set()
    for unit in found["adu"]:
        name = unit.get("id", "")
        sources = [
            segment
            for ground in grounds[name]
            for segment in (grounds[ground] if ground in joints else (ground,))
            if segment in segments
        ]
        sources = sorted(dict.fromkeys(sources), key=order.__getitem__)
        used.update(sources)
        words = " ".join(filter(None, (" ".join((segments[s].text or "").split()) for s in sources)))
        if not words:
            drafting.lose(f"the text of {name}", "no segment of the text grounds it")
        role = unit.get("type", "")
        drafting.claim(name, words or name, tags=(_ROLES.get(role, role),) if role else (), place=name)
        if sources and all(segments[s].get("implicit") == "true" for s in sources):
            drafting.note(name, "Implicit: the annotators added it to the text.")
    for name, segment in segments.items():
        if name not in used:
            said = " ".join((segment.text or "").split())
            drafting.lose(f"the segment {name} ({said[:60]!r})", "it is part of no unit of the argument")


def _relations(edges: Mapping[str, Element], units: set[str], drafting: Drafting) -> None:
    added: defaultdict[str, list[str]] = defaultdict(list)
    for name, edge in edges.items():
        if edge.get("type") == "add":
            added[_relation(name, edges)].append(edge.get("src", ""))
    for name, edge in edges.items():
        kind, source, target = edge.get("type", ""), edge.get("src", ""), edge.get("trg", "")
        if kind == "und":
            drafting.undercut(name, (source, *added.pop(name, ())), _relation(name, edges))
        elif kind in ("sup", "exa", "reb") and target in units:
            effect = "attacks" if kind == "reb" else "supports"
            scheme = "example" if kind == "exa" else ""
            premises = (source, *added.pop(name, ()))
            drafting.step(name, effect, premises, target, scheme=scheme)  # type: ignore[arg-type]
        elif kind not in ("add", "seg"):
            why = (
                "a relation can only be undercut"
                if target in edges
                else "it leads to no unit of the argument"
            )
            why = why if kind in ("sup", "exa", "reb") else "there is no such type of edge"
            drafting.lose(f"the edge {name} ({kind or 'no type'}) from {source} to {target}", why)
    for name, sources in added.items():
        drafting.lose(
            f"{', '.join(sources)} added to {name or 'nothing'}", "no relation there can have premises"
        )


def _relation(name: str, edges: Mapping[str, Element]) -> str:
    """The relation that an edge leads to; a premise that is added to a relation stands for the relation."""
    seen = {name}
    name = edges[name].get("trg", "")
    while name in edges and edges[name].get("type") == "add" and name not in seen:
        seen.add(name)
        name = edges[name].get("trg", "")
    return name
