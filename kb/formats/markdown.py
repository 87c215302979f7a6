"""A Markdown outline: the questions, their theses, and what speaks for and against each. Written only.

A claim stands where it is nearest to a thesis; where it argues a second time, its title alone stands.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kb.formats import network
from kb.formats.format import Format, Material
from kb.model import Claim, Undercut

FORMAT = Format(
    "markdown",
    "Markdown outline",
    "md",
    holds=network.HOLDS - {"ids", "tags", "notes", "origin", "scheme", "shared", "restates", "paragraphs"}
    | {"standings"},
    reads=False,
)
_MEANT = re.compile(r"([\\`*_{}\[\]<>#|~&$]|^[-+=]|(?<=^\d)[.)])")
_SIGNS = {"supports": "**+**", "attacks": "**−**", "undercuts": "**/**"}


@dataclass(slots=True)
class _Line:
    """A reason: the words before its claim, and the claim."""

    lead: str
    claim: str
    below: list[_Line] = field(default_factory=list)
    again: bool = False


def write(material: Material) -> str:
    exchange = material.exchange
    out = [f"# {_plain(exchange.title)}", ""]
    if exchange.about:
        out += [_plain(exchange.about), ""]
    asked = {thesis for question in exchange.questions for thesis in question.theses}
    rest = [name for name in exchange.claims if name not in asked]
    groups = [(question.text, question.about, question.theses) for question in exchange.questions]
    tops = [[_Line("", thesis) for thesis in theses] for _, _, theses in groups]
    seen = _grow(exchange.claims, [line for lines in tops for line in lines], set())
    alone = [_Line("", name) for name in rest if name not in seen]
    _grow(exchange.claims, alone, seen)
    for (question, about, _), lines in zip(groups, tops, strict=True):
        out += [f"## {_plain(question)}", ""] + ([_plain(about), ""] if about else [])
        out += [*_written(material, lines), ""]
    if shown := [line for line in alone if not line.again]:
        out += [*(["## Other claims", ""] if groups else []), *_written(material, shown), ""]
    return "\n".join(out)


def _grow(claims: Mapping[str, Claim], tops: Iterable[_Line], seen: set[str]) -> set[str]:
    """Hang every claim under the first line that it argues for, against, or that it undercuts."""
    into: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    ends: dict[str, str] = {}
    cuts: list[Undercut] = []
    for claim in claims.values():
        for step in claim.steps:
            ends[step.id] = step.conclusion
            said = f" ({step.strength})" + (f" {_plain(step.because)}" if step.because else "")
            into[step.conclusion].append((f"{_SIGNS[step.kind]}{said}", step.premises))
        cuts.extend(claim.undercuts)
    _follow(cuts, ends)
    for cut in cuts:
        said = f" ({cut.strength})" + (f" {_plain(cut.because)}" if cut.because else "")
        into[ends.get(cut.id, "")].append((f"{_SIGNS['undercuts']} undercuts a step:{said}", cut.premises))
    waiting = deque(tops)
    while waiting:
        line = waiting.popleft()
        if line.claim in seen:
            line.again = True
            continue
        seen.add(line.claim)
        for lead, (first, *others) in into[line.claim]:
            reason = _Line(lead, first)
            line.below.append(reason)
            waiting.append(reason)
            for other in others:
                linked = _Line("  together with", other)
                line.below.append(linked)
                waiting.append(linked)
    return seen


def _follow(cuts: Iterable[Undercut], ends: dict[str, str]) -> None:
    """Add to the conclusion of each step that of each undercut: of the step that it takes in the end."""
    against: defaultdict[str, list[str]] = defaultdict(list)
    for cut in cuts:
        against[cut.target].append(cut.id)
    waiting = list(ends)
    while waiting:
        target = waiting.pop()
        for cut_id in against[target]:
            ends[cut_id] = ends[target]
            waiting.append(cut_id)


def _written(material: Material, tops: Iterable[_Line]) -> Iterator[str]:
    waiting = [(0, line) for line in tops][::-1]
    while waiting:
        depth, line = waiting.pop()
        claim = material.exchange.claims[line.claim]
        pad = "  " * depth
        lead = f"{line.lead.strip()} " if line.lead else ""
        if line.again:
            yield f"{pad}- {lead}“{_plain(claim.name)}”, see above"
            continue
        account = material.account(claim.id)
        stands = f" *({account.standing.value})*" if account is not None else ""
        text = f" {_plain(claim.text)}" if claim.title else ""
        works = "; ".join(
            f"{_plain(material.exchange.sources[e.source].short)}{f', {_plain(e.at)}' if e.at else ''}"
            for e in claim.evidence
            if e.source in material.exchange.sources
        )
        yield f"{pad}- {lead}**{_plain(claim.name)}**{stands}{text}{f' [{works}]' if works else ''}"
        for needed, verb in (
            *((n, "assumes") for n in claim.assumes),
            *((n, "requires") for n in claim.requires),
        ):
            yield f"{pad}  - {verb}: {_plain(material.exchange.claims[needed.claim].name)}"
        waiting.extend((depth + 1, below) for below in reversed(line.below))


def _plain(words: str) -> str:
    """Words that Markdown leaves as they are."""
    return _MEANT.sub(r"\\\1", " ".join(words.split()))
