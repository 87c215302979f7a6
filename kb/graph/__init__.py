"""The argument as a graph: building the map, picking parts of it, exporting it.

``argument_map`` merges restated claims and resolves ids; everything that reasons starts from its
result. Nothing here imports networkx except ``to_networkx``, which is for the border.
"""

from __future__ import annotations

from kb.graph.building import argument_map
from kb.graph.export import to_networkx
from kb.graph.relations import bearing_id, effects, links, members, stance
from kb.graph.selection import Lookup, SelectionError, select

__all__ = [
    "Lookup",
    "SelectionError",
    "argument_map",
    "bearing_id",
    "effects",
    "links",
    "members",
    "select",
    "stance",
    "to_networkx",
]
