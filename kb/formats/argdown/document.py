"""An Argdown document as it was read: who is said where, and how they relate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Effect = Literal["support", "attack", "contradictory", "undercut"]


class End(NamedTuple):
    """One end of a relation: a statement or an argument by its title, or the inference of an argument.

    ``number`` is that of the inference, from 0; else 0.
    """

    kind: Literal["statement", "argument", "inference"]
    title: str
    number: int = 0


class Relation(NamedTuple):
    effect: Effect
    source: End
    target: End
    line: int


@dataclass(slots=True)
class Member:
    """A place where a statement or an argument is said or referred to.

    ``tags`` and ``sections`` are as they are written; ``links`` are pairs of words and address.
    """

    end: End
    line: int
    refers: bool = False
    text: str = ""
    tags: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    data: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[str, ...] = ()


@dataclass(slots=True)
class Inference:
    """A step of a premise-conclusion structure; premises and conclusion are statements' titles.

    ``numbered`` are the numbers in brackets by which ``data["uses"]`` names them.
    """

    rules: tuple[str, ...]
    data: Mapping[str, Any]
    line: int
    conclusion: str = ""
    premises: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


@dataclass(slots=True)
class Document:
    """All members by title, in the order in which they first appear.

    ``untitled`` are statements and arguments without a title; theirs are made up ("Untitled 1").
    ``structures`` are the inferences of reconstructed arguments, the last with the main conclusion.
    """

    front: Mapping[str, Any] = field(default_factory=dict)
    statements: dict[str, list[Member]] = field(default_factory=dict)
    arguments: dict[str, list[Member]] = field(default_factory=dict)
    untitled: set[End] = field(default_factory=set)
    structures: dict[str, list[Inference]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    comments: int = 0
    lost: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def strict(self) -> bool:
        """Whether an attack between statements is meant to go both ways (as contraries)."""
        model = self.front.get("model")
        return isinstance(model, dict) and model.get("mode") == "strict"

    def final(self) -> list[Relation]:
        """The relations as argdown-core 1.7.5 counts them, each once.

        What a reconstructed argument supports, attacks or undercuts, its main conclusion does; what undercuts
        it undercuts its last inference; a statement's attack on it says nothing new where the statement
        attacks or contradicts one of its premises.
        """
        found: dict[tuple[Effect, End, End], Relation] = {}
        for effect, source, target, line in self.relations:
            if source.kind == "argument" and (steps := self.structures.get(source.title)):
                source = End("statement", steps[-1].conclusion)
                if source == target:
                    continue
            if (
                effect == "undercut"
                and (steps := self.structures.get(target.title))
                and target.kind == "argument"
            ):
                target = End("inference", target.title, len(steps) - 1)
            mutual = effect == "contradictory" or (
                self.strict and effect == "attack" and source.kind == target.kind == "statement"
            )
            if not mutual or (effect, target, source) not in found:
                found.setdefault((effect, source, target), Relation(effect, source, target, line))
        premises = {title: _premises(steps) for title, steps in self.structures.items()}
        return [relation for relation in found.values() if not self._said_already(relation, found, premises)]

    def _said_already(
        self,
        relation: Relation,
        found: Mapping[tuple[Effect, End, End], Relation],
        premises: Mapping[str, list[End]],
    ) -> bool:
        effect, source, target, _ = relation
        if effect != "attack" or source.kind != "statement" or target.kind != "argument":
            return False
        return any(
            ("attack", source, premise) in found
            or (self.strict and ("attack", premise, source) in found)
            or ("contradictory", source, premise) in found
            or ("contradictory", premise, source) in found
            for premise in premises.get(target.title, ())
        )


def _premises(steps: list[Inference]) -> list[End]:
    concluded = {step.conclusion for step in steps}
    named = (title for step in steps for title in (*step.premises, *step.unused))
    return [End("statement", title) for title in named if title not in concluded]
