"""Argument graphs of Carneades 4 in YAML.

A claim is a statement, a step an argument with a conclusion, premises and an undercutter. What argues
against a claim concludes its negation, ``¬claim``, and an issue holds the two against each other; what
undercuts argument a concludes ``¬app(a)``, its undercutter. What Carneades has no field for is metadata.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kb.formats import network
from kb.formats.carneades_reading import FIELDS, draft
from kb.formats.drafting import Drafting
from kb.formats.format import Format, Material
from kb.formats.reading import MOST_BYTES, Misread
from kb.formats.yaml_text import yaml_of
from kb.model import Claim, Step, Undercut
from kb.source.writer import dump_yaml

FORMAT = Format(
    "carneades",
    "Carneades 4 YAML",
    "yml",
    holds=network.HOLDS,
    coming=(
        "the positions of an issue attack one another",
        "assumptions and expected labels become tags",
        "argument schemes with variables, the language and weighing functions have no place",
        "an argument without premises gets one, that it applies",
    ),
    going=(
        "strengths become weights: 0.25, 0.5, 0.75 and 1",
        "hyphens in ids become underscores, for Carneades reads a hyphen as minus",
    ),
)
WEIGHTS = {"weak": 0.25, "moderate": 0.5, "strong": 0.75, "decisive": 1.0}
"""The weight that stands for a strength."""
_TESTS = ("in", "out", "undecided")


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Raises Misread: the file is no YAML, or no argument graph."""
    graph = yaml_of(text)
    if not isinstance(graph, dict) or not graph.keys() & FIELDS:
        raise Misread(1, 1, "an argument graph of Carneades has `statements:` and `arguments:`")
    draft(graph, drafting)


def write(material: Material) -> str:
    exchange = material.exchange
    statements: dict[str, Any] = {}
    for claim in exchange.claims.values():
        statements[_key(claim.id)] = _statement(material, claim)
    keys = _argument_keys(exchange.claims.values())
    arguments: dict[str, dict[str, Any]] = {}
    against: dict[str, str] = {}
    for claim in exchange.claims.values():
        for step in claim.steps:
            end = _key(step.conclusion)
            if step.kind == "attacks":
                against[f"¬{end}"] = end
                statements.setdefault(f"¬{end}", f"¬{exchange.claims[step.conclusion].name}")
            arguments[keys[step.id]] = _argument(step, end if step.kind == "supports" else f"¬{end}")
        for cut in claim.undercuts:
            arguments[keys[cut.id]] = _argument(cut, f"¬app({keys[cut.target]})")
    for claim in exchange.claims.values():
        for cut in claim.undercuts:
            formal = f"¬app({keys[cut.target]})"
            statements[formal] = formal
            arguments[keys[cut.target]]["undercutter"] = formal
    tagged = {tag: [_key(c.id) for c in exchange.claims.values() if tag in c.tags] for tag in _tags()}
    graph = {
        "meta": _filled(
            {
                "title": exchange.title,
                "about": exchange.about,
                "questions": [
                    _filled(
                        {"id": q.id, "text": q.text, "about": q.about, "theses": list(map(_key, q.theses))}
                    )
                    for q in exchange.questions
                ],
            }
        ),
        "statements": statements,
        "issues": {
            f"i{number}": {"positions": [claim, negation], "standard": "PE"}
            for number, (negation, claim) in enumerate(against.items(), 1)
        },
        "arguments": arguments,
        "assumptions": tagged["assumed"],
        "references": {source.id: dict(source.csl) for source in exchange.sources.values()},
        "tests": _filled({label: tagged[f"expected-{label}"] for label in _TESTS}),
    }
    return dump_yaml(_filled(graph), most=MOST_BYTES)


def _tags() -> tuple[str, ...]:
    return ("assumed", *(f"expected-{label}" for label in _TESTS))


def _key(claim: str) -> str:
    """The id of a statement: an atom, as Carneades reads terms."""
    return claim.replace("-", "_")


def _argument_keys(claims: Sequence[Claim] | Any) -> dict[str, str]:
    """A short key for each step and undercut by its id; those with names of their own keep them."""
    keys: dict[str, str] = {}
    number = 0
    for claim in claims:
        for relation in (*claim.steps, *claim.undercuts):
            number += 1
            keys[relation.id] = _key(relation.id) if relation.named else f"a{number}_"
    taken = set(keys.values())
    return {name: _plain(key, taken) for name, key in keys.items()}


def _plain(key: str, taken: set[str]) -> str:
    short = key.removesuffix("_")
    return short if re.fullmatch(r"a\d+_", key) and short not in taken else key


def _statement(material: Material, claim: Claim) -> dict[str, Any]:
    account = material.account(claim.id)
    meta = {
        "title": claim.title,
        "id": claim.id if re.fullmatch(r"[a-z]+\d+", claim.id) else "",
        "tags": list(claim.tags),
        "notes": claim.notes,
        "origin": claim.origin if claim.origin != "text" else "",
        "evidence": [
            _filled(
                {
                    "source": e.source,
                    "at": e.at,
                    "role": e.role if e.role != "asserts" else "",
                    "note": e.note,
                }
            )
            for e in claim.evidence
        ],
        "assumes": [_filled({"claim": _key(n.claim), "because": n.because}) for n in claim.assumes],
        "requires": [_filled({"claim": _key(n.claim), "because": n.because}) for n in claim.requires],
        "restates": list(map(_key, claim.restates)),
        "same_evidence_as": list(map(_key, claim.same_evidence_as)),
        "standing": account.standing.value if account else "",
    }
    return _filled({"text": claim.text, "meta": _filled(meta)})


def _argument(relation: Step | Undercut, conclusion: str) -> dict[str, Any]:
    usual = "weak" if isinstance(relation, Step) else "decisive"
    meta = {
        "id": relation.id if relation.named else "",
        "scheme": relation.scheme if isinstance(relation, Step) else "",
        "because": relation.because,
    }
    weight = WEIGHTS[relation.strength] if relation.strength != usual else ""
    return _filled(
        {
            "meta": _filled(meta),
            "conclusion": conclusion,
            "premises": list(map(_key, relation.premises)),
            "weight": weight,
        }
    )


def _filled(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in ("", [], {})}
