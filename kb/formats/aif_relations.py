"""What leads from claim to claim in an AIF file: inferences, conflicts, rephrases; and what leads nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kb.formats.aif_graph import SPEECH, Graph, said, too_many
from kb.formats.drafting import Drafting
from kb.formats.network import Edge, Node

_PLAIN = frozenset(
    {"", "ra", "ca", "default", "default inference", "default conflict", "inference", "conflict"}
    | {"support", "attack", "pro", "con"}
)
"""Names of schemes that say no more than that a node argues for or against."""
_LONGEST_SCHEME = 60
_ALLOWED = frozenset(
    {("I", scheme) for scheme in ("RA", "CA", "MA", "PA")}
    | {(scheme, "I") for scheme in ("RA", "CA", "MA", "PA")}
    | {("CA", "RA"), ("CA", "CA"), ("L", "YA"), ("L", "TA"), ("TA", "L"), ("TA", "YA")}
    | {("YA", kind) for kind in ("I", "L", "TA", "YA", "RA", "CA", "MA", "PA")}
)


def inferences(graph: Graph, names: Mapping[str, str], drafting: Drafting) -> Iterator[Node | Edge]:
    """RA and CA nodes with their premises and ends.

    A CA node that attacks claims and undercuts inferences at once becomes two nodes.
    """
    reasons = [key for key, kind in graph.kinds.items() if kind in ("RA", "CA")]
    several = {key for key in reasons if len(graph.after(key, "I")) > 1}
    for key in reasons:
        kind = graph.kinds[key]
        premises, claims = graph.before(key, "I"), graph.after(key, "I")
        undercut = [end for end in _undercut(graph, key) if end != key]
        if not _complete(graph, key, premises, [*claims, *undercut], drafting):
            continue
        name = names[key]
        about = _about(graph, key, bool(undercut), drafting)
        if claims:
            effect = "supports" if kind == "RA" else "attacks"
            yield from _node(name, {**about, "kind": "inference", "effect": effect}, premises, claims, names)
        if undercut:
            name = f"{name} (undercut)" if claims else name
            yield from _node(name, {**about, "kind": "undercut"}, premises, undercut, names)
            for end in undercut:
                if end in several:
                    what = f"{graph.named(key)} against all but the first conclusion of {graph.named(end)}"
                    drafting.lose(what, "each conclusion is a step of its own; undercut the others by hand")


def rephrasings(graph: Graph, names: Mapping[str, str], drafting: Drafting) -> Iterator[Edge]:
    """MA nodes as one claim restating another, unless the one is argued from the other.

    A base takes claims that restate one another for one claim, which cannot be its own reason.
    """
    wanted: dict[tuple[str, str], str] = {}
    for key in (key for key, kind in graph.kinds.items() if kind == "MA"):
        ours = isinstance(graph.nodes[key].get("kb"), dict)
        starts, ends = graph.before(key, "I"), graph.after(key, "I")
        if not _complete(graph, key, starts, ends, drafting):
            continue
        for pair in ((start, end) for start in starts for end in ends if start != end):
            if ours:
                yield Edge(names[pair[0]], names[pair[1]], {"kind": "restates"})
            else:
                wanted.setdefault(pair, key)
    refused = set(_against_reasons(wanted, _argued(graph))) if wanted else set()
    for pair, key in wanted.items():
        start, end = pair
        if pair in refused:
            drafting.lose(
                f"{graph.named(key)}: {graph.named(start)} rephrases {graph.named(end)}",
                "one is argued from the other (or from its rephrases), so they are kept as two claims",
            )
        else:
            yield Edge(names[start], names[end], {"kind": "restates"})


def lose_links(graph: Graph, drafting: Drafting) -> None:
    """Tell of preferences, and of edges that AIF does not allow, with what they likely mean."""
    for key in (key for key, kind in graph.kinds.items() if kind == "PA"):
        more, less = graph.before(key, "I"), graph.after(key, "I")
        words = f": {_all(graph, more)} is preferred to {_all(graph, less)}" if more and less else ""
        drafting.lose(f"{graph.named(key)}{words}", "a base has no preferences; say how strong a reason is")
    for start, end in graph.edges:
        kinds = (graph.kinds.get(start, "?"), graph.kinds.get(end, "?"))
        if kinds in _ALLOWED and start != end:
            continue
        missing = [key for key in (start, end) if key not in graph.kinds]
        if missing:
            why = f"there is no node {missing[0]}"
        else:
            why = "it leads back to where it begins" if start == end else _likely(*kinds)
        drafting.lose(f"the edge {graph.named(start)} → {graph.named(end)}", why)


def _likely(start: str, end: str) -> str:
    """What an edge that AIF does not have between two types of nodes was likely meant to say."""
    if (start, end) == ("I", "I"):
        return "AIF has a node between two claims; likely meant: a reason for it (RA)"
    if start in SPEECH or end in SPEECH:
        return "what was said is no part of an inference; likely meant: the claim that was made by it"
    if start == "RA" and end in ("RA", "CA"):
        return "a base has no reasons for an inference; likely meant: its premises are premises of the other"
    if start in ("RA", "CA"):
        return "only inferences and attacks are undercut; likely meant: a reason against one of the claims"
    return "AIF has no such link; likely meant: one with the claim that the first leads to"


def _undercut(graph: Graph, key: str) -> list[str]:
    if graph.kinds[key] != "CA":
        return []
    return [end for end in graph.out.get(key, ()) if graph.kinds.get(end) in ("RA", "CA")]


def _complete(
    graph: Graph, key: str, premises: Sequence[str], ends: Sequence[str], drafting: Drafting
) -> bool:
    why = ""
    if not premises or not ends:
        why = "no claim leads to it" if not premises else "it leads to no claim"
    elif too_many(premises, ends):
        why = f"{len(premises):,} premises for each of {len(ends):,} conclusions are no inference of a person"
    if why:
        drafting.lose(graph.named(key), why)
    return not why


def _about(graph: Graph, key: str, undercuts: bool, drafting: Drafting) -> dict[str, Any]:
    """What is said of an inference: by kb, or by the name of its scheme and a text of its own."""
    node = graph.nodes[key]
    own = node.get("kb")
    if isinstance(own, dict):
        return {name: own[name] for name in ("strength", "because", "scheme", "named") if name in own}
    scheme, text = said(node, "scheme").strip(), said(node, "text").strip()
    if not scheme and len(text) <= _LONGEST_SCHEME:
        scheme = text
    because = "" if text == scheme or text.casefold() in _PLAIN else text
    scheme = "" if scheme.casefold() in _PLAIN else scheme
    if undercuts and scheme:
        drafting.lose(f"the scheme {scheme!r} of {graph.named(key)}", "an undercut has none")
    return {"scheme": scheme, "because": because}


def _node(
    name: str,
    about: Mapping[str, Any],
    premises: Iterable[str],
    ends: Iterable[str],
    names: Mapping[str, str],
) -> Iterator[Node | Edge]:
    yield Node(name, about)
    yield from (Edge(names[premise], name, {"kind": "premise"}) for premise in premises)
    yield from (Edge(name, names[end], {"kind": about["kind"]}) for end in ends)


def _argued(graph: Graph) -> Iterator[tuple[str, str]]:
    """Premise and conclusion of each inference."""
    for key, kind in graph.kinds.items():
        if kind in ("RA", "CA"):
            premises, ends = graph.before(key, "I"), graph.after(key, "I")
            if not too_many(premises, ends):
                yield from ((premise, end) for premise in premises for end in ends)


def _against_reasons(
    pairs: Iterable[tuple[str, str]], argued: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """The pairs that, joined after those before them, would make one of the argued pairs one claim."""
    above: dict[str, str] = {}
    apart: defaultdict[str, set[str]] = defaultdict(set)

    def top(claim: str) -> str:
        while (found := above.get(claim, claim)) != claim:
            above[claim] = above.get(found, found)
            claim = found
        return claim

    for premise, conclusion in argued:
        apart[premise].add(conclusion)
        apart[conclusion].add(premise)
    for pair in pairs:
        few, many = sorted(map(top, pair), key=lambda claim: len(apart[claim]))
        if few == many:
            continue
        if any(top(other) == many for other in apart[few]):
            yield pair
        else:
            above[few] = many
            apart[many] |= apart.pop(few)


def _all(graph: Graph, keys: Iterable[str]) -> str:
    return ", ".join(map(graph.named, keys))
