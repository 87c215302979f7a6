"""From the YAML of Carneades to drafts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.formats.carneades_shapes import (
    Argument,
    argument_of,
    assumed_in,
    labels_in,
    line_of,
    listed,
    mapping,
    meta_of,
    positions_of,
    text_of,
    words_of,
)
from kb.formats.drafting import Drafting

_MOST_POSITIONS = 20
_STANDARDS = {
    "PE": "preponderance of evidence",
    "CCE": "clear and convincing evidence",
    "BRD": "beyond reasonable doubt",
}
_NO_PLACE = {
    "argument_schemes": "schemes with variables describe arguments that a program makes",
    "issue_schemes": "schemes with variables describe issues that a program makes",
    "language": "words for the predicates of schemes",
    "weighing_functions": "a step has one of four strengths",
}
FIELDS = frozenset(
    {"meta", "statements", "issues", "arguments", "assumptions", "references", "tests", "labels", *_NO_PLACE}
)
_ABOUT_CLAIM = frozenset(
    {
        "title",
        "id",
        "tags",
        "notes",
        "origin",
        "evidence",
        "assumes",
        "requires",
        "restates",
        "same_evidence_as",
        "standing",
    }
)


@dataclass(slots=True)
class _Read:
    """The graph while it is drafted."""

    drafting: Drafting
    statements: dict[str, Any]
    arguments: list[Argument]
    issues: dict[str, list[str]]
    negates: dict[str, str]
    """The claim that a merely formal statement negates."""
    undercuts: dict[str, str]
    """The argument that a merely formal statement undercuts."""


def draft(graph: Mapping[str, Any], drafting: Drafting) -> None:
    """Tell ``drafting`` what a graph says. Raises Misread where a part has another shape."""
    meta = mapping(graph, "meta")
    drafting.title = text_of(meta.get("title")).strip()
    drafting.about = "\n".join(
        text_of(value).strip() if name in ("about", "notes") else f"{name}: {text_of(value).strip()}"
        for name, value in meta.items()
        if name not in ("title", "questions") and value
    )
    for name in graph:
        if name in _NO_PLACE and graph[name]:
            said = f" ({len(graph[name])})" if isinstance(graph[name], list | dict) else ""
            drafting.lose(f"{name}{said}", _NO_PLACE[name])
        elif name not in FIELDS:
            drafting.lose(str(name), "Carneades has no such field", line_of(name))
    statements = mapping(graph, "statements")
    arguments = [argument_of(key, fields) for key, fields in mapping(graph, "arguments").items()]
    issues = {key: positions_of(key, fields) for key, fields in mapping(graph, "issues").items()}
    drafting.counted.update(
        {"statements": len(statements), "arguments": len(arguments), "issues": len(issues)}
    )
    assumed = assumed_in(graph, statements)
    read = _Read(drafting, statements, arguments, issues, {}, {})
    _find_formal(read, assumed)
    _claims(read, assumed, graph)
    _relate(read)
    _issues(read, mapping(graph, "issues"))
    _questions(meta, drafting)
    for key, csl in mapping(graph, "references").items():
        drafting.counted["references"] += 1
        found = csl if isinstance(csl, dict) else {"title": text_of(csl)}
        drafting.source(str(key), {**found, "title": text_of(found.get("title")) or str(key)}, id=str(key))


# --- statements -------------------------------------------------------------------


def _find_formal(read: _Read, assumed: Mapping[str, None]) -> None:
    """Statements that say nothing but that another one is false, or that an argument does not apply.

    They are concluded by arguments and used for nothing else.
    """
    premises = {premise for argument in read.arguments for premise in argument.premises}
    concluded = {argument.conclusion for argument in read.arguments}
    cut: defaultdict[str, list[str]] = defaultdict(list)
    for argument in read.arguments:
        if argument.undercutter:
            cut[argument.undercutter].append(argument.key)
    sided = Counter(position for positions in read.issues.values() for position in positions)
    for key, said in read.statements.items():
        if key in premises or key in assumed or key not in concluded or meta_of(said):
            continue
        words = words_of(said)
        if len(cut[key]) == 1 and not sided[key] and words in ("", key, f"¬app({cut[key][0]})"):
            read.undercuts[key] = cut[key][0]
        elif key.startswith("¬") and not cut[key] and sided[key] <= 1 and key[1:] in read.statements:
            other = read.statements[key[1:]]
            if words in ("", key, f"¬{words_of(other)}", f"¬{text_of(meta_of(other).get('title'))}"):
                read.negates[key] = key[1:]


def _claims(read: _Read, assumed: Mapping[str, None], graph: Mapping[str, Any]) -> None:
    drafting = read.drafting
    labels = labels_in(graph)
    for field, said in read.statements.items():
        key, line = str(field), line_of(field)
        if key in read.negates or key in read.undercuts:
            continue
        meta = meta_of(said)
        tags = [text_of(tag) for tag in listed(meta.get("tags"))]
        wished = [f"expected-{label}" for label in labels.get(key, ())]
        wished = (["assumed"] if key in assumed else []) + wished
        name = key.replace("_", "-")
        plain = name.rstrip("0123456789").isalpha() and name[-1:].isdigit()
        words = words_of(said)
        if not words.strip() and not text_of(meta.get("title")).strip():
            drafting.lose(f"the text of {key}", "it has none", line)
        drafting.claim(
            key,
            words if words.strip() else text_of(meta.get("title")) or key,
            title=text_of(meta.get("title")),
            tags=[*tags, *(tag for tag in wished if tag not in tags)],
            notes=text_of(meta.get("notes")),
            origin="ours" if meta.get("origin") == "ours" else "text",
            id=text_of(meta.get("id")) or ("" if plain else name),
            place=f"statement {key}",
        )
        _about_claim(key, meta, drafting)


def _about_claim(key: str, meta: Mapping[str, Any], drafting: Drafting) -> None:
    for name, value in meta.items():
        if name not in _ABOUT_CLAIM and value not in (None, "", [], {}):
            drafting.note(key, f"{name}: {text_of(value)}")
    for found in listed(meta.get("evidence")):
        if isinstance(found, dict) and found.get("source"):
            at, note = text_of(found.get("at")), text_of(found.get("note"))
            drafting.cite(
                key, text_of(found["source"]), at=at, role=text_of(found.get("role")) or "asserts", note=note
            )
    for kind in ("assumes", "requires"):
        for need in listed(meta.get(kind)):
            other = need if isinstance(need, dict) else {"claim": need}
            drafting.need(kind, key, text_of(other.get("claim")), because=text_of(other.get("because")))
    for kind in ("restates", "same_evidence_as"):
        for other in listed(meta.get(kind)):
            drafting.need(kind, key, text_of(other))  # type: ignore[arg-type]


# --- arguments --------------------------------------------------------------------


def _relate(read: _Read) -> None:
    drafting = read.drafting
    for argument in read.arguments:
        fields, meta = argument.fields, meta_of(argument.fields)
        said: dict[str, Any] = {
            "strength": _strength(fields.get("weight", fields.get("weigth"))),
            "because": _because(argument, meta),
            "id": text_of(meta.get("id")),
            "line": argument.line,
        }
        premises = argument.premises
        if not premises:
            premises = [f"argument {argument.key}"]
            words = f"Argument {argument.key}, which has no premises, applies."
            drafting.claim(premises[0], words, origin="ours", place=f"argument {argument.key}")
        if argument.conclusion in read.undercuts:
            drafting.undercut(argument.key, premises, read.undercuts[argument.conclusion], **said)
        else:
            kind = "attacks" if argument.conclusion in read.negates else "supports"
            end = read.negates.get(argument.conclusion, argument.conclusion)
            scheme = text_of(meta.get("scheme") or fields.get("scheme"))
            scheme = "" if scheme == "linked" else scheme
            drafting.step(argument.key, kind, premises, end, scheme=scheme, **said)  # type: ignore[arg-type]
        if fields.get("parameters"):
            what = f"the parameters of {argument.key}: {text_of(fields['parameters'])}"
            drafting.lose(what, "a step has none", argument.line)
        if argument.undercutter and argument.undercutter not in read.undercuts:
            drafting.undercut(f"{argument.key} undercutter", [argument.undercutter], argument.key)


def _because(argument: Argument, meta: Mapping[str, Any]) -> str:
    roles = argument.fields.get("premises")
    said = [text_of(meta.get("because"))]
    if isinstance(roles, dict):
        said.append(f"The premises are, in order: {', '.join(roles)}.")
    for name, value in meta.items():
        if name not in ("because", "id", "scheme") and value not in (None, "", [], {}):
            said.append(f"{name}: {text_of(value)}")
    return "\n".join(filter(None, said))


def _strength(weight: Any) -> str:
    """The strength that a weight between 0 and 1 comes nearest to; none without a weight."""
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight > 0:
        return ""
    return next(
        (name for most, name in ((0.3, "weak"), (0.6, "moderate"), (0.9, "strong")) if weight <= most),
        "decisive",
    )


# --- issues, questions ------------------------------------------------------------


def _issues(read: _Read, fields: Mapping[str, Any]) -> None:
    """An issue of a claim and its negation is in the steps against the claim; others become questions."""
    drafting = read.drafting
    for key, positions in read.issues.items():
        there = [p for p in positions if p not in read.negates]
        if len(there) == 1 and len(positions) == 2 and read.negates.get(positions[1]) == positions[0]:
            standard = text_of(fields[key].get("standard"))
            if standard.upper() not in ("", "PE"):
                what = f"the proof standard of {there[0]}: {_STANDARDS.get(standard.upper(), standard)}"
                drafting.lose(what, "a draft has no standard yet", line_of(key))
            continue
        meta = meta_of(fields[key])
        known = [p for p in there if p in read.statements]
        words = [words_of(read.statements[p]).strip() or p for p in known]
        text = text_of(meta.get("title")) or "Which of these stands: " + " / ".join(words)
        standard = text_of(fields[key].get("standard")).upper()
        about = f"Proof standard: {_STANDARDS[standard]}." if standard in _STANDARDS else ""
        more = [f"{n}: {text_of(v)}" for n, v in meta.items() if n != "title" and v]
        drafting.question(text[:1000], known, about="\n".join(filter(None, (about, *more))), id=text_of(key))
        if len(there) > _MOST_POSITIONS:
            why = f"it has more than {_MOST_POSITIONS} positions"
            drafting.lose(f"that the positions of {key} exclude one another", why, line_of(key))
            continue
        for one in there:
            for other in there:
                if one != other:
                    said = "Positions of one issue exclude one another."
                    drafting.step(
                        f"{key}: {one}, {other}", "attacks", [one], other, because=said, line=line_of(key)
                    )


def _questions(meta: Mapping[str, Any], drafting: Drafting) -> None:
    for question in listed(meta.get("questions")):
        if isinstance(question, dict) and text_of(question.get("text")).strip():
            theses = [text_of(thesis) for thesis in listed(question.get("theses"))]
            about, name = text_of(question.get("about")), text_of(question.get("id"))
            drafting.question(text_of(question["text"]), theses, about=about, id=name)
