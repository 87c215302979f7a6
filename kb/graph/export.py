"""The argument map as a networkx graph, for those who want to compute on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.graph.relations import bearing_id, members
from kb.model import ArgumentMap, Base

if TYPE_CHECKING:
    import networkx


def to_networkx(base: Base, amap: ArgumentMap) -> networkx.MultiDiGraph[str]:
    """A directed multigraph of the map; nodes are ids, every node and edge has a ``kind``.

    Nodes: ``claim`` (text, title, topic, status, members), ``inference`` (supports or attacks as
    ``effect``, strength, because), ``undercut`` (strength, because), ``check``, ``source``, ``question``.

    Edges: claim ``premise`` → inference or undercut · inference ``supports`` or ``attacks`` → claim ·
    undercut ``undercuts`` → inference, undercut or check (``bearing`` then names the bearing taken) ·
    check ``bears`` (``bears`` says how) → claim · claim ``assumes``, ``requires`` → the claim needed ·
    claim ``same evidence`` → claim · claim ``cites`` → source · question ``thesis`` → claim.
    """
    import networkx

    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(title=base.config.title)
    for node, merged in members(amap).items():
        claim = base.claims[node]
        graph.add_node(
            node,
            kind="claim",
            text=claim.text,
            title=claim.title,
            topic=claim.topic,
            status=claim.status,
            members=merged,
        )
        for member in merged:
            for evidence in base.claims[member].evidence:
                if evidence.source in base.sources:
                    title = base.sources[evidence.source].title
                    graph.add_node(evidence.source, kind="source", title=title)
                    graph.add_edge(node, evidence.source, kind="cites", at=evidence.at, role=evidence.role)
    for step in amap.steps:
        graph.add_node(
            step.id, kind="inference", effect=step.kind, strength=step.strength, because=step.because
        )
        graph.add_edge(step.id, step.conclusion, kind=step.kind)
        for premise in step.premises:
            graph.add_edge(premise, step.id, kind="premise")
    bearings = {}
    for bearing in amap.bearings:
        check = base.checks[bearing.check]
        graph.add_node(check.id, kind="check", title=check.title, method=check.kind)
        graph.add_edge(check.id, bearing.claim, kind="bears", bears=bearing.bears)
        bearings[bearing_id(bearing)] = bearing.check
    for cut in amap.undercuts:
        graph.add_node(cut.id, kind="undercut", strength=cut.strength, because=cut.because)
        for premise in cut.premises:
            graph.add_edge(premise, cut.id, kind="premise")
        if cut.target in bearings:
            graph.add_edge(cut.id, bearings[cut.target], kind="undercuts", bearing=cut.target)
        else:
            graph.add_edge(cut.id, cut.target, kind="undercuts")
    for kind, needs in (("assumes", amap.assumes), ("requires", amap.requires)):
        for claim_id, others in needs.items():
            for other in others:
                graph.add_edge(claim_id, other, kind=kind)
    for group in amap.shared:
        first, *rest = sorted(group)
        for other in rest:
            graph.add_edge(first, other, kind="same evidence")
    for question in base.config.questions:
        graph.add_node(question.id, kind="question", text=question.text)
        for thesis in question.theses:
            thesis = amap.alias.get(thesis, thesis)
            if thesis in graph:
                graph.add_edge(question.id, thesis, kind="thesis")
    return graph
