"""An argument as a plain graph with attributes: what node-link JSON and GraphML have in common."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.formats.drafting import Drafting
from kb.formats.format import Material
from kb.formats.holding import FEATURES
from kb.model import Claim

HOLDS = frozenset(FEATURES) - {"quotes", "bearings", "checks", "standings"}
_NEEDS = ("assumes", "requires", "restates", "same_evidence_as")
_AGAINST = (
    "attack",
    "con",
    "refute",
    "rebut",
    "contra",
    "oppos",
    "against",
    "object",
    "negative",
    "undercut",
)
_ABOUT_CLAIM = ("title", "text", "notes", "origin")
_OWN = frozenset({*_ABOUT_CLAIM, "kind", "tags", "label", "name"})


@dataclass(frozen=True, slots=True)
class Node:
    key: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    data: Mapping[str, Any] = field(default_factory=dict)


# --- out ------------------------------------------------------------------------


def drawn(material: Material) -> tuple[list[Node], list[Edge], dict[str, Any]]:
    """Nodes, edges, and what is said of the whole, in a fixed order.

    Attributes are texts, lists of texts, and numbers.
    """
    exchange = material.exchange
    nodes: list[Node] = []
    edges: list[Edge] = []
    for source in exchange.sources.values():
        nodes.append(Node(source.id, {"kind": "source", "csl": json.dumps(source.csl, ensure_ascii=False)}))
    for claim in exchange.claims.values():
        nodes.append(Node(claim.id, _filled({"kind": "claim", **_said(claim), **_known(material, claim)})))
        edges.extend(_cited(claim))
        edges.extend(_needed(claim))
        for step in claim.steps:
            said = {"strength": step.strength, "because": step.because, "scheme": step.scheme}
            named = {"named": True} if step.named else {}
            nodes.append(Node(step.id, _filled({"kind": "inference", "effect": step.kind, **said, **named})))
            edges.extend(Edge(premise, step.id, {"kind": "premise"}) for premise in step.premises)
            edges.append(Edge(step.id, step.conclusion, {"kind": step.kind}))
        for cut in claim.undercuts:
            named = {"named": True} if cut.named else {}
            said = {"strength": cut.strength, "because": cut.because}
            nodes.append(Node(cut.id, _filled({"kind": "undercut", **said, **named})))
            edges.extend(Edge(premise, cut.id, {"kind": "premise"}) for premise in cut.premises)
            edges.append(Edge(cut.id, cut.target, {"kind": "undercuts"}))
    for question in exchange.questions:
        nodes.append(
            Node(question.id, _filled({"kind": "question", "text": question.text, "about": question.about}))
        )
        edges.extend(Edge(question.id, thesis, {"kind": "thesis"}) for thesis in question.theses)
    return nodes, edges, _filled({"title": exchange.title, "about": exchange.about})


def _said(claim: Claim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "title": claim.title,
        "tags": list(claim.tags),
        "notes": claim.notes,
        "origin": claim.origin,
    }


def _known(material: Material, claim: Claim) -> dict[str, Any]:
    """Where the claim stands; for those who look, not for coming back."""
    account = material.account(claim.id)
    if account is None:
        return {}
    low, high = account.strength
    return {
        "standing": account.standing.value,
        "strength_low": round(low, 6),
        "strength_high": round(high, 6),
    }


def _cited(claim: Claim) -> Iterator[Edge]:
    for found in claim.evidence:
        said = {"kind": "cites", "at": found.at, "role": found.role, "note": found.note}
        yield Edge(claim.id, found.source, _filled(said))


def _needed(claim: Claim) -> Iterator[Edge]:
    for kind in ("assumes", "requires"):
        for need in getattr(claim, kind):
            yield Edge(claim.id, need.claim, _filled({"kind": kind, "because": need.because}))
    for kind in ("restates", "same_evidence_as"):
        for other in getattr(claim, kind):
            yield Edge(claim.id, other, {"kind": kind})


def _filled(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in ("", [])}


# --- in -------------------------------------------------------------------------


def draft(nodes: Sequence[Node], edges: Iterable[Edge], about: Mapping[str, Any], drafting: Drafting) -> None:
    """Tell ``drafting`` what a graph says, ours or another's."""
    drafting.title, drafting.about = (
        _text(about.get("title", about.get("name", ""))),
        _text(about.get("about", "")),
    )
    kinds = {node.key: str(node.data.get("kind", "claim")) for node in nodes}
    edges = list(edges)
    drafting.counted["nodes"], drafting.counted["edges"] = len(nodes), len(edges)
    into: defaultdict[str, list[Edge]] = defaultdict(list)
    out: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        into[edge.target].append(edge)
        out[edge.source].append(edge)
    for node in nodes:
        _node(node, kinds, into, out, drafting)
    plain = [edge for edge in edges if kinds.get(edge.source) not in ("inference", "undercut", "question")]
    for number, edge in enumerate(plain):
        if kinds.get(edge.target) not in ("inference", "undercut"):
            _edge(f"edge {number}", edge, kinds, drafting)


def _node(
    node: Node,
    kinds: Mapping[str, str],
    into: Mapping[str, list[Edge]],
    out: Mapping[str, list[Edge]],
    drafting: Drafting,
) -> None:
    said = node.data
    kind = kinds[node.key]
    premises = [e.source for e in into.get(node.key, ()) if e.data.get("kind", "premise") == "premise"]
    targets = [e.target for e in out.get(node.key, ())]
    strength, because, own = (
        _strength(said),
        _text(said.get("because", "")),
        node.key if said.get("named") in (True, "true") else "",
    )
    if kind == "source":
        csl = _csl(said)
        drafting.source(node.key, csl, id=node.key)
    elif kind == "question":
        drafting.question(
            _text(said.get("text", node.key)), targets, about=_text(said.get("about", "")), id=node.key
        )
    elif kind in ("inference", "undercut"):
        if not targets:
            drafting.lose(f"the {kind} {node.key}", "it leads to nothing")
        for number, target in enumerate(targets):
            key = node.key if not number else f"{node.key} {number + 1}"
            if kind == "undercut":
                drafting.undercut(key, premises, target, strength=strength, because=because, id=own)
            else:
                effect = _text(said.get("effect", ""))
                against = effect == "attacks" or (effect != "supports" and _against(said))
                drafting.step(
                    key,
                    "attacks" if against else "supports",
                    premises,
                    target,
                    strength=strength,
                    because=because,
                    scheme=_text(said.get("scheme", "")),
                    id=own,
                )
    elif kind == "check":
        drafting.lose(f"the check {node.key}", "what it computes is not in the file")
    else:
        name = _text(said.get("label", said.get("name", "")))
        drafting.claim(
            node.key,
            _text(said.get("text", "")) or name or node.key,
            title=_text(said.get("title", "")),
            tags=_tags(said.get("tags", ())),
            notes=_text(said.get("notes", "")),
            origin="ours" if said.get("origin") == "ours" else "text",
            id=node.key if "kind" in said else "",
            place=f"node {node.key}".strip(),
        )
        for extra in sorted(said.keys() - _OWN - {"standing", "strength_low", "strength_high"}):
            drafting.note(node.key, f"{extra}: {_text(said[extra])}")


def _edge(key: str, edge: Edge, kinds: Mapping[str, str], drafting: Drafting) -> None:
    said = edge.data
    kind = _text(said.get("kind", ""))
    if kind in _NEEDS:
        drafting.need(kind, edge.source, edge.target, because=_text(said.get("because", "")))  # type: ignore[arg-type]
    elif kind == "cites" and kinds.get(edge.target) == "source":
        role = _text(said.get("role", "asserts"))
        drafting.cite(
            edge.source,
            edge.target,
            at=_text(said.get("at", "")),
            role=role,
            note=_text(said.get("note", "")),
        )
    elif kind in ("bears", "undercuts", "same evidence"):
        drafting.lose(
            f"{edge.source} {kind} {edge.target}", "an edge of this kind needs more than two claims"
        )
    else:
        against = _against(said)
        drafting.step(
            key,
            "attacks" if against else "supports",
            [edge.source],
            edge.target,
            strength=_strength(said),
            because=_text(said.get("because", "")),
        )


def _against(said: Mapping[str, Any]) -> bool:
    words = " ".join(
        _text(said.get(name, "")) for name in ("kind", "label", "relation", "type", "effect", "stance")
    )
    return any(word in words.casefold() for word in _AGAINST)


def _strength(said: Mapping[str, Any]) -> str:
    found = _text(said.get("strength", ""))
    return found if found in ("weak", "moderate", "strong", "decisive") else ""


def _csl(said: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(said.get("csl", ""))
    except (TypeError, ValueError):
        found = None
    if isinstance(found, dict) and found.get("title"):
        return found
    return {"title": _text(said.get("title", "")) or "A source without a title"}


def _tags(value: Any) -> list[str]:
    found = value if isinstance(value, list) else str(value).split() if value else []
    return [tag for tag in map(str, found) if tag]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
