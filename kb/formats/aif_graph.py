"""The JSON of AIFdb and of xAIF as nodes and edges, whichever way the ids are written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.formats.reading import Misread, json_of, json_place

SPEECH = frozenset({"L", "TA", "YA"})
"""What was said, how one turn led to the next, and what was done by saying it."""
SCHEMES = frozenset({"RA", "CA", "MA", "PA"})
KNOWN = SPEECH | SCHEMES | {"I"}
MOST_PAIRS = 1_000
"""What leads into a node times what leads out, where both are several; AIF asks for one conclusion."""


@dataclass(frozen=True, slots=True)
class Graph:
    """What an AIF file has.

    ``nodes`` and ``kinds`` (the types, in capitals) are by id as a text; ``edges`` are pairs of such ids
    without repetition, ``into`` and ``out`` the same by node. ``speakers`` are by locution. ``own`` is what
    kb itself put beside the graph, ``beside`` whatever else is there, by name.
    """

    nodes: Mapping[str, Mapping[str, Any]]
    kinds: Mapping[str, str]
    edges: Sequence[tuple[str, str]]
    edges_given: int
    into: Mapping[str, Sequence[str]]
    out: Mapping[str, Sequence[str]]
    speakers: Mapping[str, str]
    own: Mapping[str, Any]
    beside: Mapping[str, Any]

    def named(self, key: str) -> str:
        """A node as a reader of the file finds it: "RA 12"."""
        return f"{self.kinds[key] or 'node'} {key}" if key in self.kinds else f"node {key}"

    def before(self, key: str, kind: str) -> list[str]:
        return [other for other in self.into.get(key, ()) if self.kinds.get(other) == kind]

    def after(self, key: str, kind: str) -> list[str]:
        return [other for other in self.out.get(key, ()) if self.kinds.get(other) == kind]


def graph_of(text: str) -> Graph:
    """The graph of a file, bare (AIFdb) or under ``AIF`` (xAIF). Raises Misread."""
    whole = json_of(text)
    if not isinstance(whole, dict):
        raise Misread(1, 1, "AIF is an object with the lists `nodes` and `edges`, or has one as `AIF`")
    wrapped = isinstance(whole.get("AIF"), dict)
    graph: dict[str, Any] = whole["AIF"] if wrapped else whole
    steps = ("AIF",) if wrapped else ()
    nodes: dict[str, Mapping[str, Any]] = {}
    for index, node in _objects(graph, "nodes", text, steps):
        key = _id(node, "nodeID", text, (*steps, "nodes", index))
        if nodes.setdefault(key, node) != node:
            raise Misread(*json_place(text, *steps, "nodes", index), f"a second node has the nodeID {key}")
    given = []
    for index, edge in _objects(graph, "edges", text, steps):
        place = (*steps, "edges", index)
        given.append((_id(edge, "fromID", text, place), _id(edge, "toID", text, place)))
    edges = list(dict.fromkeys(given))
    into: defaultdict[str, list[str]] = defaultdict(list)
    out: defaultdict[str, list[str]] = defaultdict(list)
    for start, end in edges:
        out[start].append(end)
        into[end].append(start)
    own = graph.get("kb")
    known = {"nodes", "edges", "locutions", "participants", "schemefulfillments", "dialog", "kb", "AIF"}
    return Graph(
        nodes=nodes,
        kinds={key: said(node, "type").strip().upper() for key, node in nodes.items()},
        edges=edges,
        edges_given=len(given),
        into=into,
        out=out,
        speakers=_speakers(graph),
        own=own if isinstance(own, dict) else {},
        beside={
            name: value
            for name, value in {**graph, **whole}.items()
            if name not in known and any(value.values() if isinstance(value, dict) else [value])
        },
    )


def too_many(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether each of these with each of those is more than anybody means."""
    return len(before) > 1 and len(after) > 1 and len(before) * len(after) > MOST_PAIRS


def said(node: Mapping[str, Any], name: str) -> str:
    """A field that is a text, else nothing."""
    value = node.get(name)
    return value if isinstance(value, str) else ""


def _objects(
    graph: Mapping[str, Any], name: str, text: str, steps: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    found = graph.get(name)
    if not isinstance(found, list):
        place = json_place(text, *steps, name) if name in graph else json_place(text, *steps)
        raise Misread(*place, f"AIF has the lists `nodes` and `edges`; `{name}` is missing or is no list")
    for index, value in enumerate(found):
        if not isinstance(value, dict):
            raise Misread(*json_place(text, *steps, name, index), f"{name}[{index}] is no object")
        yield index, value


def _id(value: Mapping[str, Any], name: str, text: str, steps: tuple[str | int, ...]) -> str:
    """An id as a text: some programs write 12 where others write "12"."""
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, (str, int)) or found == "":
        what = f"{steps[-2]}[{steps[-1]}]"
        raise Misread(*json_place(text, *steps), f"{what} has no `{name}`, which is a text or a whole number")
    return str(found)


def _speakers(graph: Mapping[str, Any]) -> dict[str, str]:
    """The name of each locution's speaker; AIFdb gives none, and puts it before the words."""

    def listed(name: str) -> Iterator[Mapping[str, Any]]:
        found = graph.get(name)
        return (row for row in (found if isinstance(found, list) else ()) if isinstance(row, dict))

    people = {
        str(person.get("participantID")): " ".join(
            name for name in (said(person, "firstname"), said(person, "surname")) if name not in ("", "None")
        )
        for person in listed("participants")
    }
    return {
        str(row.get("nodeID")): name
        for row in listed("locutions")
        if (name := people.get(str(row.get("personID")), ""))
    }


_PREFIX = re.compile(r"(?P<speaker>[^:\n]{1,60}?)\s+:\s+(?P<words>.+)", re.DOTALL)


def spoken(graph: Graph, locution: str) -> tuple[str, str]:
    """Who said a locution, where the file says so, and the words."""
    words = said(graph.nodes[locution], "text").strip()
    name = graph.speakers.get(locution, "")
    if name:
        before, colon, after = words.partition(":")
        return name, after.strip() if colon and before.strip() == name else words
    found = _PREFIX.fullmatch(words)
    return (found["speaker"], found["words"]) if found else ("", words)
