"""An argument as Argdown: a paragraph for each claim, plain relations below it, then other steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kb.formats.argdown.claims import STAND_IN
from kb.formats.argdown.escaping import escaped, fields, flow, title_of
from kb.formats.exchange import Exchange
from kb.formats.format import Material
from kb.model import Claim, Step, Undercut

# argdown-core keeps titles in a JavaScript object, where these have a meaning already.
_TAKEN = frozenset(
    (
        *("constructor", "toString", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf"),
        *("propertyIsEnumerable", "__proto__", "__defineGetter__", "__defineSetter__"),
        *("__lookupGetter__", "__lookupSetter__"),
    )
)
_LONGEST_LINE, _LONGEST_BLOCK = 10_000, 500_000
"""Longer front matter is one JSON object: YAML over many lines is for people, and readers set it limits."""
_SIGNS = {"supports": "+", "attacks": "-"}


def written(material: Material) -> str:
    """An Argdown document with the claims, sources and questions of an exchange."""
    writer = _Writer(material.exchange)
    blocks = [*writer.front(), *writer.claims(), *writer.undercuts()]
    return "\n\n".join(blocks) + "\n"


class _Writer:
    """Titles are given first: every paragraph may name any other."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        statement, argument = _once(), _once()
        self.titles = {
            name: statement(title_of(claim.title or name) or name) for name, claim in exchange.claims.items()
        }
        steps = [step for claim in exchange.claims.values() for step in claim.steps]
        cuts = [cut for claim in exchange.claims.values() for cut in claim.undercuts]
        hit = {cut.target for cut in cuts}
        self.plain = {step.id for step in _plain(steps, hit)}
        self.plain_cuts = {cut.id for cut in _plain_cuts(cuts, hit)}
        self.arguments: dict[str, str] = {}
        for step in steps:
            if step.id not in self.plain:
                lead = "For" if step.kind == "supports" else "Against"
                self.arguments[step.id] = argument(_angled(f"{lead} {self.titles[step.conclusion]}"))
        for cut in cuts:
            if cut.id not in self.plain_cuts:
                self.arguments[cut.id] = argument(_angled(f"Undercut by {self.titles[cut.premises[0]]}"))
        self.stand_ins = {name: statement(title_of(title)) for name, title in self.arguments.items()}
        self.into: defaultdict[str, list[Step]] = defaultdict(list)
        for step in steps:
            self.into[step.conclusion].append(step)
        self.cuts: defaultdict[str, list[Undercut]] = defaultdict(list)
        for cut in cuts:
            self.cuts[cut.target].append(cut)

    def front(self) -> Iterator[str]:
        exchange = self.exchange
        questions = [
            _filled(
                {
                    "id": question.id,
                    "question": question.text,
                    "about": question.about,
                    "theses": [self.titles[thesis] for thesis in question.theses],
                }
            )
            for question in exchange.questions
        ]
        works = {name: source.csl for name, source in exchange.sources.items()}
        said = _filled(
            {"title": exchange.title, "about": exchange.about, "questions": questions, "works": works}
        )
        if not said:
            return
        lines = list(_block(said))
        if any(len(line) > _LONGEST_LINE for line in lines) or sum(map(len, lines)) > _LONGEST_BLOCK:
            lines = [flow(said)]
        yield "\n".join(["===", *lines, "==="])

    # --- claims ---------------------------------------------------------------

    def claims(self) -> Iterator[str]:
        for claim in self.exchange.claims.values():
            tags = "".join(f" #{tag}" for tag in claim.tags)
            lines = [f"[{self.titles[claim.id]}]: {escaped(claim.text)}{tags} {fields(self.data(claim))}"]
            for step in self.into[claim.id]:
                if step.id in self.plain:
                    lines.append(f"    {_SIGNS[step.kind]} [{self.titles[step.premises[0]]}]")
            yield "\n".join(lines)
            for step in self.into[claim.id]:
                if step.id not in self.plain:
                    yield from self.structure(step, f"[{self.titles[claim.id]}]", step.kind, step.scheme)

    def data(self, claim: Claim) -> dict[str, Any]:
        title = self.titles[claim.id]
        expected = "" if title == claim.id else title
        said = {
            "id": claim.id,
            "text": claim.text if claim.text != " ".join(claim.text.split()) else "",
            "notes": claim.notes,
            "origin": claim.origin if claim.origin != "text" else "",
            "sources": [
                _filled(
                    {
                        "work": found.source,
                        "at": found.at,
                        "role": found.role if found.role != "asserts" else "",
                        "note": found.note,
                    }
                )
                for found in claim.evidence
            ],
            "assumes": [self.need(need.claim, need.because) for need in claim.assumes],
            "requires": [self.need(need.claim, need.because) for need in claim.requires],
            "restates": [self.titles[other] for other in claim.restates],
            "shares-evidence-with": [self.titles[other] for other in claim.same_evidence_as],
        }
        return _filled(said) | ({"title": claim.title} if claim.title != expected else {})

    def need(self, claim: str, because: str) -> Any:
        return {"claim": self.titles[claim], "because": because} if because else self.titles[claim]

    # --- structures -----------------------------------------------------------

    def structure(self, relation: Step | Undercut, target: str, kind: str, scheme: str = "") -> Iterator[str]:
        """An argument with a premise-conclusion structure; a stand-in concludes what is no support."""
        name = self.arguments[relation.id]
        simple = (self.titles[c.premises[0]] for c in self.cuts[relation.id] if c.id in self.plain_cuts)
        yield "\n".join([f"<{name}>", *(f"    _ [{premise}]" for premise in simple)])
        lines = [f"({number}) [{self.titles[p]}]" for number, p in enumerate(relation.premises, 1)]
        said = _filled(
            {
                "id": relation.id if relation.named else "",
                "strength": relation.strength,
                "because": relation.because,
            }
        )
        rule = [scheme.replace("--", "\\--")] if scheme else []
        number = len(relation.premises) + 1
        lines += ["--", *rule, fields(said), "--"]
        if kind == "supports":
            lines.append(f"({number}) {target}")
        else:
            words = "The step “{}” does not go through." if kind == "undercuts" else "“{}” is in doubt."
            text = escaped(words.format(target[1:-1]))
            lines.append(f"({number}) [{self.stand_ins[relation.id]}]: {text} {fields({STAND_IN: True})}")
            lines.append(f"    {'_>' if kind == 'undercuts' else '->'} {target}")
        yield "\n".join(lines)

    def undercuts(self) -> Iterator[str]:
        for claim in self.exchange.claims.values():
            for cut in claim.undercuts:
                if cut.id not in self.plain_cuts:
                    yield from self.structure(cut, f"<{self.arguments[cut.target]}>", "undercuts")


def _block(said: Mapping[str, Any]) -> Iterator[str]:
    """Front matter as people write it: an entry of a list or of a table in each line."""
    for name, value in said.items():
        if isinstance(value, str):
            yield f"{name}: {flow(value)}"
            continue
        yield f"{name}:"
        if isinstance(value, Mapping):
            yield from (f"  {flow(key)}: {flow(one)}" for key, one in value.items())
        else:
            yield from (f"  - {flow(one)}" for one in value)


def _plain(steps: Iterable[Step], hit: set[str]) -> Iterator[Step]:
    """Steps that a sign and a title say all of; of several between two claims, one."""
    seen = set()
    for step in steps:
        said = step.strength != "weak" or step.because or step.scheme or step.named
        pair = (step.kind, step.premises, step.conclusion)
        if len(step.premises) == 1 and not said and step.id not in hit and pair not in seen:
            seen.add(pair)
            yield step


def _plain_cuts(cuts: Iterable[Undercut], hit: set[str]) -> Iterator[Undercut]:
    seen = set()
    for cut in cuts:
        said = cut.strength != "decisive" or cut.because or cut.named
        pair = (cut.premises, cut.target)
        if len(cut.premises) == 1 and not said and cut.id not in hit and pair not in seen:
            seen.add(pair)
            yield cut


def _once() -> Callable[[str], str]:
    """Gives each title once: a second time it gets a number."""
    taken, numbers = set(_TAKEN), defaultdict[str, int](lambda: 1)

    def given(title: str) -> str:
        found = title
        while found in taken:
            numbers[title] += 1
            found = f"{title} ({numbers[title]})"
        taken.add(found)
        return found

    return given


def _angled(words: str) -> str:
    return title_of(words, ("<", ">", "‹", "›"))


def _filled(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in ("", [], {})}
