"""A Mermaid flowchart, which many places that show Markdown draw. Written only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.formats import dot
from kb.formats.format import Format, Material
from kb.formats.pictured import card, joined, wrapped
from kb.model import Step, Undercut

FORMAT = Format(
    "mermaid",
    "Mermaid flowchart",
    "mmd",
    holds=dot.FORMAT.holds,
    reads=False,
    going=dot.FORMAT.going,
)
_ARROWS = {"supports": ("-->", "==>"), "attacks": ("-.->", "-.->")}
# What would end a label, or be taken for Markdown or an entity in it.
_MEANT = str.maketrans({char: f"#{ord(char)};" for char in '"#&<>`*_[]{}()|\\;'})


def write(material: Material) -> str:
    exchange = material.exchange
    claims = exchange.claims.values()
    parts: list[Step | Undercut] = []
    for claim in claims:
        parts += [*claim.steps, *claim.undercuts]
    # Names of our own: an id such as "end" is a word of the language.
    names = {claim.id: f"c{number}" for number, claim in enumerate(claims)}
    names |= {part.id: f"r{number}" for number, part in enumerate(parts)}
    lines = ["flowchart RL", *(f"  {line}" for line in _cards(material, names))]
    split = joined(claims)
    for part in parts:
        lines.extend(f"  {line}" for line in _relation(part, names, part.id in split))
    for claim in claims:
        for need in claim.assumes:
            lines.append(f"  {names[claim.id]} --o|assumes| {names[need.claim]}")
        for need in claim.requires:
            lines.append(f"  {names[claim.id]} --o|requires| {names[need.claim]}")
    return "\n".join([*lines, ""])


def _cards(material: Material, names: Mapping[str, str]) -> Iterator[str]:
    for number, question in enumerate(material.exchange.questions):
        yield f"q{number}{{{{{_text(wrapped(question.text))}}}}}"
        for thesis in question.theses:
            yield f"{names[thesis]} -.- q{number}"
    for claim in material.exchange.claims.values():
        yield f"{names[claim.id]}[{_text(card(material, claim).label)}]"


def _relation(part: Step | Undercut, names: Mapping[str, str], split: bool) -> Iterator[str]:
    if isinstance(part, Undercut):
        target, arrow, word = names[part.target], "-.-x", "undercuts"
    else:
        weak, strong = _ARROWS[part.kind]
        target, arrow = names[part.conclusion], weak if part.strength in ("weak", "moderate") else strong
        word = f"{part.kind}, {part.strength}"
    if not split:
        yield f"{names[part.premises[0]]} {arrow}|{word}| {target}"
        return
    yield f'{names[part.id]}(("·"))'
    for premise in part.premises:
        yield f"{names[premise]} --- {names[part.id]}"
    yield f"{names[part.id]} {arrow}|{word}| {target}"


def _text(words: str) -> str:
    return '"' + words.translate(_MEANT).replace("\n", "<br/>") + '"'
