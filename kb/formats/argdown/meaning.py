"""What an Argdown document means in a base.

A statement is a claim, and so is an argument that has no premise-conclusion structure (its gist). Each
inference of a structure is a step. A conclusion with ``stand-in`` in its data is no claim: it only says what
its argument as a whole attacks or undercuts, and the inference does so itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from kb.formats.argdown.claims import Claims, key_of, stand_ins, text_of
from kb.formats.argdown.document import Document, Effect, End, Inference, Relation
from kb.formats.drafting import Drafting
from kb.formats.relating import Kind

_STRENGTHS = ("weak", "moderate", "strong", "decisive")
_KINDS: Mapping[Effect, Kind] = {"support": "supports", "attack": "attacks", "contradictory": "attacks"}


def draft(document: Document, drafting: Drafting) -> None:
    """Tell ``drafting`` what a document says."""
    _Meaning(document, drafting).tell()


class _Meaning:
    def __init__(self, document: Document, drafting: Drafting) -> None:
        self.document, self.drafting = document, drafting
        self.relations = document.final()
        self._steps: defaultdict[End, list[str]] = defaultdict(list)
        self._cutting: defaultdict[str, list[tuple[End, Inference, str]]] = defaultdict(list)
        self._stand_ins = stand_ins(document)

    def tell(self) -> None:
        document, drafting = self.document, self.drafting
        counted = {
            "statements": len(document.statements),
            "arguments": len(document.arguments),
            "relations": len(self.relations),
            "inferences": sum(map(len, document.structures.values())),
            "sections": len(document.sections),
        }
        drafting.counted.update(counted)
        for what, why, line in document.lost:
            drafting.lose(what, why, line)
        if document.comments:
            drafting.lose(f"comments ({document.comments})", "they say nothing of the argument")
        Claims(document, drafting, self._stand_ins).tell()
        self.inferences()
        late = []
        for relation in self.relations:
            if relation.effect == "undercut":
                late.append(relation)
            else:
                self.relation(relation)
        for relation in late:
            self.undercut(relation)

    # --- steps ----------------------------------------------------------------

    def inferences(self) -> None:
        """Every inference as a step, or as what its stand-in attacks or undercuts."""
        aims: defaultdict[str, list[Relation]] = defaultdict(list)
        for relation in self.relations:
            if relation.source.title in self._stand_ins and relation.source.kind == "statement":
                aims[relation.source.title].append(relation)
        for title, steps in self.document.structures.items():
            for number, step in enumerate(steps):
                end = End("inference", title, number)
                for premise in step.unused:
                    said = f"({premise}) in the structure of <{title}>"
                    self.drafting.lose(said, "no inference uses it", step.line)
                gist = self.gist(title, step) if number == len(steps) - 1 else self.rules(step)
                if step.conclusion not in self._stand_ins:
                    self.step(end, step, "supports", End("statement", step.conclusion), gist)
                    continue
                for relation in aims[step.conclusion]:
                    if relation.effect == "undercut":
                        self._cutting[step.conclusion].append((end, step, gist))
                    else:
                        self.step(end, step, _KINDS[relation.effect], relation.target, gist)
                if not aims[step.conclusion]:
                    self.drafting.lose(
                        f"the inference of <{title}>", "its conclusion leads to nothing", step.line
                    )

    def gist(self, title: str, step: Inference) -> str:
        """Why the last step of an argument holds: our own field, else what the file says of the argument."""
        if "because" in step.data or "strength" in step.data:
            return text_of(step.data.get("because", ""))
        end, members = End("argument", title), self.document.arguments[title]
        words = "" if end in self.document.untitled else title
        said = " ".join(dict.fromkeys(member.text for member in members if member.text))
        words = f"{words}: {said}" if words and said else words or said
        return " ".join(filter(None, (words, self.rules(step))))

    def rules(self, step: Inference) -> str:
        if "because" in step.data or "strength" in step.data:
            return text_of(step.data.get("because", ""))
        return f"By {', '.join(step.rules)}." if len(step.rules) > 1 else ""

    def step(self, end: End, step: Inference, kind: Kind, target: End, because: str) -> None:
        key = self.new_key(end)
        self._steps[end].append(key)
        scheme = step.rules[0] if len(step.rules) == 1 else ""
        self.drafting.step(
            key,
            kind,
            [key_of(End("statement", premise)) for premise in step.premises],
            key_of(target),
            strength=_strength(step.data),
            because=because,
            scheme=scheme,
            id=text_of(step.data.get("id", "")),
            line=step.line,
        )

    def cuts(self, end: End, step: Inference, target: End, because: str) -> None:
        keys = self._steps[target] if target.kind == "argument" else [key_of(target)]
        for aim in keys:
            key = self.new_key(end)
            self._steps[end].append(key)
            premises = [key_of(End("statement", premise)) for premise in step.premises]
            given, name = _strength(step.data), text_of(step.data.get("id", ""))
            self.drafting.undercut(
                key, premises, aim, strength=given, because=because, id=name, line=step.line
            )

    def new_key(self, end: End) -> str:
        """The key of an inference; of further ones that it stands for, with a number."""
        key = key_of(end)
        number = len(self._steps[end])
        return f"{key}\0{number}" if number else key

    def relation(self, relation: Relation) -> None:
        effect, source, target, line = relation
        if source.title in self._stand_ins and source.kind == "statement":
            return
        if target.title in self._stand_ins and target.kind == "statement":
            self.drafting.lose(
                f"{source.title} {effect}s {target.title}", "that only stands in for a step", line
            )
            return
        mutual = effect == "contradictory" or (
            self.document.strict and effect == "attack" and source.kind == target.kind == "statement"
        )
        if target.kind == "argument" and (steps := self.document.structures.get(target.title)):
            self.at_structure(relation, steps)
            return
        for first, second in ((source, target), (target, source))[: 1 + mutual]:
            key = f"{key_of(first)}\0{effect}\0{key_of(second)}"
            self._steps[first].append(key)
            self.drafting.step(key, _KINDS[effect], [key_of(first)], key_of(second), line=line)

    def at_structure(self, relation: Relation, steps: Sequence[Inference]) -> None:
        """What speaks for or against a reconstructed argument as a whole speaks of its only premise.

        Where it has several, an attack is read as an undercut and a support as one of its conclusion.
        """
        effect, source, target, line = relation
        key = f"{key_of(source)}\0{effect}\0{key_of(target)}"
        premises = steps[0].premises if len(steps) == 1 else ()
        said = f"which premise of <{target.title}> {source.title} {effect}s"
        if len(premises) == 1 or effect == "support":
            aim = premises[0] if len(premises) == 1 else steps[-1].conclusion
            if len(premises) != 1:
                self.drafting.lose(said, "the file does not tell; kept as a support of its conclusion", line)
            self.drafting.step(
                key, _KINDS[effect], [key_of(source)], key_of(End("statement", aim)), line=line
            )
        else:
            self.drafting.lose(said, "the file does not tell; kept as an undercut of its last step", line)
            last = key_of(End("inference", target.title, len(steps) - 1))
            self.drafting.undercut(key, [key_of(source)], last, line=line)

    def undercut(self, relation: Relation) -> None:
        """An undercut of a step; of a sketched argument, it is one of every step that it takes part in."""
        _, source, target, line = relation
        if source.title in self._stand_ins and source.kind == "statement":
            for end, step, gist in self._cutting.pop(source.title, ()):
                self.cuts(end, step, target, gist)
            return
        key = f"{key_of(source)}\0undercuts\0{key_of(target)}"
        if target.kind == "inference":
            self.drafting.undercut(key, [key_of(source)], key_of(target), line=line)
            return
        steps = list(self._steps[target]) if target.kind == "argument" else []
        for number, aim in enumerate(steps):
            self.drafting.undercut(f"{key}\0{number}", [key_of(source)], aim, line=line)
        if not steps:
            said = f"that {source.title} undercuts {target.title}"
            self.drafting.lose(said, "there is no inference in that; kept as an attack", line)
            self.drafting.step(key, "attacks", [key_of(source)], key_of(target), line=line)


def _strength(data: Mapping[str, Any]) -> str:
    found = data.get("strength")
    return found if found in _STRENGTHS else ""
