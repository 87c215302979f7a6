"""The argument as a tree: each claim once, under the first conclusion that reaches it.

The graph may join and circle; a second way to a claim becomes a cross link ("also") instead of a second
card. Growth is breadth first, so a claim hangs where it is nearest to a thesis.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.model import Undercut
from kb.site.view import View


@dataclass(slots=True)
class Node:
    """A card. ``relation`` is pro, con, and (a linked premise), cut, need, thesis, question or top.

    ``beside`` names the card whose step this one joins or undercuts; ``also`` lists (relation, card) links
    that the tree does not hold; ``more`` counts reasons left out for size.
    """

    key: str
    relation: str
    parent: str = ""
    beside: str = ""
    word: str = ""
    children: list[Node] = field(default_factory=list)
    also: list[tuple[str, str]] = field(default_factory=list)
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


def grow(view: View, questions: Iterable[str], limit: int, *, depth: int = 60) -> Outline:
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
                outline.nodes[thesis].also.append(("thesis", question.id))
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


def _add_reasons(view: View, outline: Outline, node: Node) -> None:
    for step in view.reasons(node.key):
        relation = "pro" if step.sign > 0 else "con"
        beside = ""
        for premise in step.premises:
            if premise in outline.nodes:
                outline.nodes[premise].also.append((relation, node.key))
            else:
                kind = "and" if beside else relation
                _place(outline, Node(premise, kind, beside=beside, word=relation), node)
            beside = beside or premise
        _add_undercuts(view, outline, node, step.id, beside)
    for bearing in view.bearings.get(node.key, ()):
        _add_undercuts(view, outline, node, f"{bearing.check} > {node.key}", node.key)
    for word, needs in (("requires", view.requires), ("assumes", view.assumes)):
        for other in needs.get(node.key, ()):
            if other in outline.nodes:
                outline.nodes[other].also.append(("need", node.key))
            else:
                _place(outline, Node(other, "need", word=word), node)


def _add_undercuts(view: View, outline: Outline, node: Node, target: str, beside: str) -> None:
    """Undercutters stand beside the step they hit, under the same conclusion."""
    pending: list[tuple[Undercut, str]] = [(cut, beside) for cut in view.undercuts.get(target, ())]
    seen = set()
    while pending:
        cut, hit = pending.pop(0)
        if cut.id in seen:
            continue
        seen.add(cut.id)
        by = ""
        for premise in cut.premises:
            if premise in outline.nodes:
                outline.nodes[premise].also.append(("cut", hit))
            elif by:
                _place(outline, Node(premise, "and", beside=by, word="cut"), node)
            else:
                _place(outline, Node(premise, "cut", beside=hit), node)
            by = by or premise
        pending.extend((deeper, by) for deeper in view.undercuts.get(cut.id, ()))
