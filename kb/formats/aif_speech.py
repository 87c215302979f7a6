"""What was said in the dialogue behind an AIF file: notes on claims, and what a base has no place for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from kb.formats.aif_graph import SCHEMES, Graph, said, spoken, too_many
from kb.formats.drafting import Drafting

_SHOWN = 5
"""Ids of this many nodes are listed; a dialogue has hundreds."""


def heard(graph: Graph) -> dict[str, list[str]]:
    """Who said each claim, and how: a sentence for each illocution that leads from a locution to it."""
    notes: defaultdict[str, list[str]] = defaultdict(list)
    for illocution in (key for key, kind in graph.kinds.items() if kind == "YA"):
        claims, locutions = _claimed(graph, illocution)
        for claim in claims:
            notes[claim].extend(_sentence(graph, locution, illocution, claim) for locution in locutions)
    return {claim: list(dict.fromkeys(sentences)) for claim, sentences in notes.items()}


def _claimed(graph: Graph, illocution: str) -> tuple[list[str], list[str]]:
    """The claims that an illocution leads to, and the locutions that it comes from; none of too many."""
    claims, locutions = graph.after(illocution, "I"), graph.before(illocution, "L")
    return ([], []) if too_many(locutions, claims) else (claims, locutions)


def lose_speech(graph: Graph, drafting: Drafting) -> None:
    """Tell of the parts of the dialogue that no note keeps."""
    kept: set[str] = set()
    anchors, others = [], []
    for key, kind in graph.kinds.items():
        if kind != "YA":
            continue
        claims, locutions = _claimed(graph, key)
        if claims and locutions:
            kept.update(locutions)
        elif any(graph.kinds.get(end) in SCHEMES for end in graph.out.get(key, ())):
            anchors.append(key)
        else:
            others.append(key)
    turns = [key for key, kind in graph.kinds.items() if kind == "TA"]
    silent = [key for key, kind in graph.kinds.items() if kind == "L" and key not in kept]
    for keys, what, why in (
        (silent, "of what was said, without a claim made of it (L)", "a base holds claims, not every word"),
        (turns, "between one locution and the next (TA)", "a base has no order of speech"),
        (anchors, "for the act of arguing, attacking or rephrasing (YA)", "what was argued is kept"),
        (others, "for acts of speech that lead to no claim (YA)", "a base has no place for them"),
    ):
        if keys:
            drafting.lose(f"{len(keys):,} node{'s'[: len(keys) != 1]} {what}: {_listed(keys)}", why)


def _sentence(graph: Graph, locution: str, illocution: str, claim: str) -> str:
    speaker, words = spoken(graph, locution)
    node = graph.nodes[illocution]
    act = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", said(node, "scheme") or said(node, "text")).strip().casefold()
    how = f" ({act})" if act not in ("", "default illocuting") else ""
    by = f" by {speaker}" if speaker else ""
    same = words == said(graph.nodes[claim], "text").strip()
    return f"Said{by}{how}{'.' if same or not words else f': {words}'}"


def _listed(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - _SHOWN:,} more" if len(keys) > _SHOWN else ""
    return ", ".join(keys[:_SHOWN]) + more
