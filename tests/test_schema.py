"""The schema files themselves, and the words in which a misfit is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from kb.model import (
    Driver,
    FlipResult,
    InputUsed,
    Output,
    ReadingResult,
    Record,
    Result,
    Run,
    Spread,
    Verdict,
)
from kb.resources import schema_folder
from kb.source.schemas import misfits

FILES = sorted(schema_folder().glob("*.schema.json"))
KINDS = ("base", "claim", "check", "source", "quantities", "table", "measurement", "results")


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def subschemas(schema: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property and definition, with the words that lead to it."""
    if isinstance(schema, dict):
        for keyword in ("properties", "$defs"):
            for name, inner in schema.get(keyword, {}).items():
                if isinstance(inner, dict):
                    yield f"{where}/{name}", inner
        for key, inner in schema.items():
            if key not in ("examples", "if"):
                yield from subschemas(inner, f"{where}/{key}")
    elif isinstance(schema, list):
        for inner in schema:
            yield from subschemas(inner, where)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_schema(kind: str) -> None:
    assert schema_folder() / f"{kind}.schema.json" in FILES


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_is_a_2020_12_schema(path: Path) -> None:
    schema = load(path)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == path.name
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_property_is_explained(path: Path) -> None:
    schema = load(path)
    common = load(schema_folder() / "common.schema.json")["$defs"]
    bare = []
    for where, inner in subschemas(schema):
        shared = common.get(str(inner.get("$ref", "")).rpartition("/")[2], {})
        if not inner.get("description") and not shared.get("description"):
            bare.append(where)
        if path.name != "measurement.schema.json" and not (inner.keys() | shared.keys()) & {
            "examples",
            "$ref",
            "properties",
        }:
            bare.append(f"{where} (examples)")
    assert bare == []


@pytest.mark.parametrize("kind", KINDS)
def test_its_own_examples_fit(kind: str) -> None:
    examples = load(schema_folder() / f"{kind}.schema.json")["examples"]
    assert examples
    for example in examples:
        assert misfits(kind, example) == []


def test_records_as_they_are_written_fit_the_results_schema() -> None:
    output = Output("result", "FLOP", 1.0, {"p5": 0.5, "p95": 2.0}, (0.0, 1.0, 2.0), (3, 4))
    full = Result(
        "some-check",
        "0f",
        "formula",
        Verdict.MIXED,
        provisional=True,
        p=0.5,
        p_low=0.4,
        p_high=0.6,
        band=(None, 3.0),
        output=output,
        outputs=(output,),
        readings=(ReadingResult({"stock": "s2022"}, "2022", Verdict.HOLDS, 1.0, 1.0, 1.0, output),),
        inputs=(InputUsed("N", 2.0, "parameter", Spread("uniform", (1.0, 3.0)), verified=True),),
        drivers=(Driver("N", 0.9, 0.1, 0.8),),
        flips=(FlipResult({"N": "3 parameter"}, "fails", "fails", True),),
        samples=65536,
    )
    empty = Result("some-check", "0f", "benchmark", Verdict.COULD_NOT_RUN, reason="no such device")
    records = [Record(full, Run(0.1, "linux", ("60 s",), "2025-11-22T05:00:00Z")), Record(empty)]
    written = {"check": "some-check", "entries": json.loads(json.dumps(msgspec.to_builtins(records)))}
    assert misfits("results", written) == []


CASES = [
    ("claim", {"clam": "x"}, "KB020", ("clam",), "did you mean `claim`?"),
    ("claim", {"title": "x"}, "KB021", (), "add `claim: …`"),
    ("claim", {"claim": "x", "supports": "b2"}, "KB022", ("supports",), "put it in square brackets: [b2]"),
    ("claim", {"claim": 3}, "KB022", ("claim",), "put quotes around it"),
    ("claim", {"claim": "x", "status": "acepted"}, "KB023", ("status",), 'did you mean "accepted"?'),
    ("claim", {"claim": "x", "prior": 1.5}, "KB024", ("prior",), ""),
    ("claim", {"claim": "x", "restates": ["A b"]}, "KB024", ("restates", 0), ""),
    ("claim", {"claim": "x", "stance": {"A": "for"}}, "KB024", ("stance", "A"), ""),
    ("claim", {"claim": "x", "title": None}, "KB027", ("title",), "give it a value or remove the line"),
    ("claim", {"claim": "x", "tags": ["a", "b", "a"]}, "KB028", ("tags", 2), "keep one of the two"),
    (
        "claim",
        {"claim": "x", "supports": [{"claim": "b2", "streng": 1}]},
        "KB020",
        ("supports", 0, "streng"),
        None,
    ),
    ("check", {"kind": "formula", "compute": "a", "seeds": 2}, "KB025", ("seeds",), None),
    ("check", {"kind": "formula"}, "KB021", (), "add `compute: …`"),
    ("check", {"kind": "formula", "compute": "a", "inputs": {"a": {}}}, "KB026", ("inputs", "a"), ""),
    ("check", {"kind": "formula", "compute": "a", "expect": {"about": 3}}, "KB021", ("expect",), None),
    (
        "check",
        {"kind": "formula", "compute": "a", "expect": {"at_least": 1, "at_most": 2}},
        "KB026",
        ("expect",),
        "",
    ),
    ("quantities", {"q1": {"value": "3e5"}}, "KB022", ("q1", "value"), None),
    ("quantities", {"Q": {"value": 3}}, "KB024", ("Q",), ""),
    ("source", {"title": "x", "issued": "April 2024"}, "KB024", ("issued",), ""),
    ("source", {"title": "x", "author": ["Kaplan"]}, "KB022", ("author", 0), ""),
    ("table", {"columns": []}, "KB024", ("columns",), ""),
    (
        "base",
        {"format": 1, "title": "x", "rules": {"KB101": "of"}},
        "KB023",
        ("rules", "KB101"),
        'did you mean "off"?',
    ),
]


@pytest.mark.parametrize(("kind", "value", "rule", "path", "hint"), CASES)
def test_one_fault_one_finding(
    kind: str, value: Any, rule: str, path: tuple[Any, ...], hint: str | None
) -> None:
    (misfit,) = misfits(kind, value)
    assert (misfit.rule, misfit.path) == (rule, path)
    assert hint is None or misfit.hint == hint


def test_messages_speak_no_schema() -> None:
    jargon = ("schema", "oneOf", "property", "additional", "instance", "pattern", "None", "null")
    for kind, value, *_ in CASES:
        for misfit in misfits(kind, value):
            said = f"{misfit.message} {misfit.expected} {misfit.hint}"
            assert not [word for word in jargon if word in said], said


def test_all_faults_of_a_file_are_told_at_once() -> None:
    value = {"clam": "x", "prior": 2, "status": "x", "evidence": [{"at": "p1"}, {"source": "s1", "rol": "x"}]}
    rules = [misfit.rule for misfit in misfits("claim", value)]
    assert sorted(rules) == ["KB020", "KB020", "KB021", "KB023", "KB024"]
