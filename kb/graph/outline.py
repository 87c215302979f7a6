"""The argument as a tree: each claim once, under the first conclusion that reaches it.

The graph may join and circle; a second way to a claim becomes a cross link ("also") instead of a second
card. Growth is breadth first, so a claim hangs where it is nearest to a thesis.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kb.model import Base, Bearing, Question, Step, Undercut


class Neighbours(Protocol):
    """What leads to each claim. ``node`` gives the claim that stands for one that restates it."""

    @property
    def base(self) -> Base: ...
    @property
    def questions(self) -> Mapping[str, Question]: ...
    @property
    def incoming(self) -> Mapping[str, Sequence[Step]]: ...
    @property
    def undercuts(self) -> Mapping[str, Sequence[Undercut]]: ...
    @property
    def bearings(self) -> Mapping[str, Sequence[Bearing]]: ...
    @property
    def assumes(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def requires(self) -> Mapping[str, Sequence[str]]: ...
    def node(self, claim: str) -> str: ...
    def reasons(self, claim: str) -> Sequence[Step]: ...


@dataclass(frozen=True, slots=True)
class Link:
    """A way from a card into the argument that the tree does not hold; ``beside`` as for a card."""

    relation: str
    to: str
    beside: str = ""


@dataclass(slots=True)
class Node:
    """A card. ``relation`` is pro, con, and (a linked premise), cut, need, thesis, question or top.

    ``beside`` names the card whose step to the same parent this one joins or undercuts, or the parent itself
    where a check of it is undercut; ``step`` is the id of the step or undercut that leads to the parent;
    ``also`` lists links that the tree does not hold; ``more`` counts reasons left out for size.
    """

    key: str
    relation: str
    parent: str = ""
    beside: str = ""
    word: str = ""
    step: str = ""
    children: list[Node] = field(default_factory=list)
    also: list[Link] = field(default_factory=list)
    more: int = 0


@dataclass(slots=True)
class Outline:
    """A tree of cards and every card by its key."""

    top: Node
    nodes: dict[str, Node]

    def path(self, key: str) -> list[str]:
        """The keys from the card's parent up to the top."""
        found, seen = [], self.nodes.get(key)
        while seen is not None and seen.parent:
            found.append(seen.parent)
            seen = self.nodes.get(seen.parent)
        return found


def grow(view: Neighbours, questions: Iterable[str], limit: float, *, depth: float = 60) -> Outline:
    """The outline of these questions (all their theses first), with at most ``limit`` claims.

    With one question its card is the top; with several a card for the base is.
    """
    chosen = [view.questions[question] for question in questions]
    top = Node("top", "top") if len(chosen) != 1 else Node(chosen[0].id, "question")
    outline = Outline(top, {top.key: top})
    waiting: deque[tuple[Node, int]] = deque()
    for question in chosen:
        node = top if len(chosen) == 1 else _place(outline, Node(question.id, "question"), top)
        for thesis in map(view.node, question.theses):
            if thesis not in view.base.claims:
                continue
            if thesis in outline.nodes:
                outline.nodes[thesis].also.append(Link("thesis", question.id))
            else:
                waiting.append((_place(outline, Node(thesis, "thesis"), node), 0))
    while waiting:
        node, level = waiting.popleft()
        before = len(outline.nodes)
        if before >= limit or level >= depth:
            node.more = len(view.incoming.get(node.key, ()))
            continue
        _add_reasons(view, outline, node)
        waiting.extend((child, level + 1) for child in node.children)
    return outline


def _place(outline: Outline, node: Node, parent: Node) -> Node:
    node.parent = parent.key
    outline.nodes[node.key] = node
    parent.children.append(node)
    return node


def _add_reasons(view: Neighbours, outline: Outline, node: Node) -> None:
    for step in view.reasons(node.key):
        relation = "pro" if step.sign > 0 else "con"
        hit = _add_premises(outline, node, step, relation)
        _add_undercuts(view, outline, node, step.id, hit)
    for bearing in view.bearings.get(node.key, ()):
        _add_undercuts(view, outline, node, f"{bearing.check} > {node.key}", node.key)
    for word, needs in (("requires", view.requires), ("assumes", view.assumes)):
        for other in needs.get(node.key, ()):
            if other in outline.nodes:
                outline.nodes[other].also.append(Link("need", node.key))
            else:
                _place(outline, Node(other, "need", word=word), node)


def _add_undercuts(view: Neighbours, outline: Outline, node: Node, target: str, hit: str) -> None:
    """Undercutters stand beside the step they hit, under the same conclusion."""
    pending = deque((cut, hit) for cut in view.undercuts.get(target, ()))
    seen = set()
    while pending:
        cut, hit = pending.popleft()
        if cut.id in seen:
            continue
        seen.add(cut.id)
        by = _add_premises(outline, node, cut, "cut", hit)
        pending.extend((deeper, by) for deeper in view.undercuts.get(cut.id, ()))


def _add_premises(outline: Outline, node: Node, step: Step | Undercut, relation: str, hit: str = "") -> str:
    """Place the premises that have no card yet; returns the one from which the step is drawn."""
    first = ""
    for premise in step.premises:
        if premise in outline.nodes:
            outline.nodes[premise].also.append(Link(relation, node.key, hit))
        elif first:
            _place(outline, Node(premise, "and", beside=first, word=relation, step=step.id), node)
        else:
            _place(outline, Node(premise, relation, beside=hit, step=step.id), node)
            first = premise
    return first or step.premises[0]
