"""The base for programs: ``data/*.json``, one file a kind, with the schema that describes them.

Data format 1: a field that is there stays and keeps its meaning, and fields may be added. Every field of a
row is always there; text that is not known is empty, and a number that is not known is null. Rows are in the
order of the base's files, one a line, so that equal bases give equal bytes and versions can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

import kb
from kb import resources
from kb.site import data_rows, words
from kb.site.page import Asset
from kb.site.view import View
from kb.site.words import Data

FORMAT = 1
SCHEMA = "data.schema.json"


def files(view: View) -> Iterator[Asset]:
    """The data files, what they are described by, and the index of them."""
    for kind in KINDS:
        yield Asset(f"data/{kind}.json", partial(_file, view, kind))
    yield Asset("data/index.json", partial(_index, view))
    yield Asset(f"data/schema/{SCHEMA}", partial(Path.read_bytes, resources.schema_folder() / SCHEMA))


def listed(view: View) -> list[Data]:
    """Each data file in words, with how many rows it has."""
    return [
        {"kind": kind, "href": f"data/{kind}.json", "what": what, "count": count(view)}
        for kind, (what, _, count) in KINDS.items()
    ]


def _file(view: View, kind: str) -> bytes:
    """A data file: one row a line, under a head that says what it is."""
    _, rows, _ = KINDS[kind]
    head = {"$schema": f"schema/{SCHEMA}", "format": FORMAT, "kind": kind}
    encode = msgspec.json.Encoder().encode
    body = b",\n".join(map(encode, rows(view)))
    return encode(head)[:-1] + b',"items":[\n' + body + b"\n]}\n"


def _index(view: View) -> bytes:
    config = view.base.config
    content = {
        "$schema": f"schema/{SCHEMA}",
        "format": FORMAT,
        "kind": "index",
        "title": config.title,
        "about": config.about,
        "site": words.web_address(config.site),
        "repository": words.web_address(config.repository),
        "made_by": f"kb {kb.__version__}",
        "items": [
            {"kind": row["kind"], "file": f"{row['kind']}.json", "count": row["count"], "what": row["what"]}
            for row in listed(view)
        ],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


Rows = Callable[[View], Iterator[dict[str, Any]]]
KINDS: dict[str, tuple[str, Rows, Callable[[View], int]]] = {
    "claims": (
        "Every claim: what it says, how it stands and why, where it is found, what bears on it",
        data_rows.claims,
        lambda view: len(view.base.claims),
    ),
    "checks": (
        "Every check with its result: the verdict, what was computed, its inputs and what drives it",
        data_rows.checks,
        lambda view: len(view.base.checks),
    ),
    "sources": (
        "Every work cited, and the claims found in it",
        data_rows.sources,
        lambda view: len(view.base.sources),
    ),
    "quantities": (
        "Every shared number, with its spread, unit and place in a source",
        data_rows.quantities,
        lambda view: len(view.base.quantities),
    ),
    "relations": (
        "Every reason for or against a claim and every undercut, with what it can move",
        data_rows.relations,
        lambda view: sum(len(found) for table in (view.incoming, view.undercuts) for found in table.values()),
    ),
    "questions": (
        "Every question, with its theses and how they stand",
        data_rows.questions,
        lambda view: len(view.questions),
    ),
    "measurements": (
        "Every recorded measurement of a device",
        data_rows.measurements,
        lambda view: len(view.base.measurements),
    ),
}
"""By kind: what is in the file, its rows, and how many they are without making them."""
