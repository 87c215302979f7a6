"""From what a file says, under the file's own names, to draft claims with ids and relations in place."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from kb.formats.csl import sound
from kb.formats.exchange import Exchange, Loss
from kb.formats.relating import Kind, Relation, named, related
from kb.model import ROLES, Claim, Dependence, Evidence, Question, Source


@dataclass(slots=True)
class Drafting:
    """Gathers what a reader finds. Keys are the file's own; nothing need be told before it is named.

    ``taken`` are ids that the drafts must not have.
    """

    taken: set[str] = field(default_factory=set)
    title: str = ""
    about: str = ""
    counted: Counter[str] = field(default_factory=Counter)
    _claims: dict[str, Claim] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)
    _wishes: dict[str, str] = field(default_factory=dict)
    _sources: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _evidence: defaultdict[str, list[tuple[str, str, str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _notes: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _relations: list[Relation] = field(default_factory=list)
    _needs: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    _questions: list[tuple[str, str, str, tuple[str, ...]]] = field(default_factory=list)
    _lost: list[Loss] = field(default_factory=list)

    # --- what a reader tells --------------------------------------------------

    def claim(
        self,
        key: str,
        text: str,
        *,
        title: str = "",
        tags: Iterable[str] = (),
        notes: str = "",
        origin: str = "text",
        id: str = "",  # noqa: A002 - the field's name
        place: str = "",
    ) -> None:
        """A claim. ``id`` is the id that it had in a base; without one, the title or text makes it.

        A key stands for the first claim that has it; one without words is called by its key.
        """
        if key in self._claims:
            self.lose(f"{key}: {(text or title)[:200]}", "another claim of the file has this name")
            return
        title = title if title.strip() else ""
        if not (text.strip() or title):
            self.lose(f"the text of {key or 'a claim'}", "it has none")
            text = key if key.strip() else "A claim without words"
        self._claims[key] = Claim(
            key,
            text if text.strip() else title,
            title=title,
            tags=self._tags(key, tags),
            status="draft",
            origin=origin,
        )
        self._wishes[key] = id
        self._places[key] = place
        self.note(key, notes)

    def note(self, key: str, text: str) -> None:
        """A paragraph for the notes of a claim."""
        if text.strip():
            self._notes[key].append(text)

    def step(
        self,
        key: str,
        kind: Kind,
        premises: Sequence[str],
        conclusion: str,
        *,
        strength: str = "",
        because: str = "",
        scheme: str = "",
        id: str = "",  # noqa: A002 - the field's name
        line: int = 0,
    ) -> None:
        """An inference; ``key`` is that by which undercuts name it. The first premise's file will hold it."""
        self._relations.append(
            Relation(key, kind, tuple(premises), conclusion, strength, because, _slug(scheme), id, line)
        )

    def undercut(
        self,
        key: str,
        premises: Sequence[str],
        target: str,
        *,
        strength: str = "",
        because: str = "",
        id: str = "",  # noqa: A002 - the field's name
        line: int = 0,
    ) -> None:
        """A reason against a step or an undercut, named by its key."""
        self._relations.append(Relation(key, None, tuple(premises), target, strength, because, "", id, line))

    def need(
        self,
        kind: Literal["assumes", "requires", "restates", "same_evidence_as"],
        claim: str,
        other: str,
        *,
        because: str = "",
        line: int = 0,
    ) -> None:
        """A claim that another one needs, says again, or shares its evidence with."""
        self._needs.append((kind, claim, other, because, line))

    def source(self, key: str, csl: Mapping[str, Any], *, id: str = "", line: int = 0) -> None:  # noqa: A002
        """A cited work, in the fields of CSL-JSON; those that a source cannot hold are lost."""
        kept, left = sound(csl)
        for name, said in left.items():
            self.lose(f"{name} of {key}: {said[:200]}", "a source cannot hold it", line)
        if not kept.get("title"):
            self.lose(f"the title of {key}", "it has none; it is called by its key", line)
            kept = {"title": key if key.strip() else "A source without a title", **kept}
        self._sources[key] = (id, kept)

    def cite(self, claim: str, source: str, *, at: str = "", role: str = "asserts", note: str = "") -> None:
        """Where a claim is found."""
        if role not in ROLES:
            self.lose(f"the role {role!r} of {source} in {claim}", f"a source {', '.join(ROLES)} a claim")
            role = "asserts"
        self._evidence[claim].append((source, at, role, note))

    def question(self, text: str, theses: Sequence[str], *, about: str = "", id: str = "") -> None:  # noqa: A002
        """A question, with the keys of the claims that answer it."""
        if not text.strip():
            self.lose(f"the question {id}".rstrip(), "it has no words")
            return
        self._questions.append((id, text, about, tuple(theses)))

    def lose(self, what: str, why: str, line: int = 0) -> None:
        """Something of the file has no place in a base."""
        self._lost.append(Loss(what, why, line))

    def _tags(self, key: str, tags: Iterable[str]) -> tuple[str, ...]:
        found = {tag: _slug(tag) for tag in tags}
        for tag, slug in found.items():
            if not slug:
                self.lose(f"the tag {tag!r} of {key}", "it has no letter or digit that a tag can have")
        return tuple(dict.fromkeys(filter(None, found.values())))

    # --- what comes of it -----------------------------------------------------

    def finish(self) -> Exchange:
        """The drafts, each relation in the file of its first premise. Equal files give equal drafts."""
        taken = set(self.taken)
        ids = {
            key: named(self._wishes[key], claim.title or claim.text, taken, "claim")
            for key, claim in self._claims.items()
        }
        works = {
            key: named(wish, str(csl.get("title", "")), taken, "source")
            for key, (wish, csl) in self._sources.items()
        }
        steps, undercuts, lost = related(self._relations, ids, taken)
        self._lost.extend(lost)
        claims = {}
        for key, claim in self._claims.items():
            name = ids[key]
            evidence = []
            for source, at, role, note in self._evidence[key]:
                if source in works:
                    evidence.append(Evidence(works[source], at, role, None, note))
                else:
                    self.lose(f"that {key} is in {source}", "the file has no such source")
            claims[name] = Claim(
                name,
                claim.text,
                title=claim.title,
                tags=claim.tags,
                status=claim.status,
                origin=claim.origin,
                notes="\n\n".join(self._notes[key]),
                evidence=tuple(evidence),
                steps=tuple(steps[name]),
                undercuts=tuple(undercuts[name]),
            )
        self._add_needs(claims, ids)
        questions = tuple(
            Question(
                named(wish, text, taken, "question"), text, tuple(ids[t] for t in theses if t in ids), about
            )
            for wish, text, about, theses in self._questions
        )
        return Exchange(
            title=self.title,
            about=self.about,
            questions=questions,
            claims=claims,
            sources={works[key]: _source(works[key], csl) for key, (_, csl) in self._sources.items()},
            places={ids[key]: place for key, place in self._places.items() if place},
            lost=tuple(self._lost),
            counted=dict(self.counted),
        )

    def _add_needs(self, claims: dict[str, Claim], ids: Mapping[str, str]) -> None:
        for kind, key, other, because, line in self._needs:
            if key not in ids or other not in ids or key == other:
                why = "a claim cannot need itself" if key == other else "one of them is no claim of the file"
                self.lose(f"{key} {kind.replace('_', ' ')} {other}", why, line)
                continue
            claim, name = claims[ids[key]], ids[other]
            if kind in ("assumes", "requires"):
                needs: tuple[Dependence, ...] = getattr(claim, kind)
                if name not in (need.claim for need in needs):
                    more: Any = {kind: (*needs, Dependence(name, because))}
                    claims[claim.id] = replace(claim, **more)
            elif name not in (held := getattr(claim, kind)):
                more = {kind: (*held, name)}
                claims[claim.id] = replace(claim, **more)


def _slug(words: str) -> str:
    """A tag or the name of a scheme as a base writes it."""
    flat = unicodedata.normalize("NFKD", words.casefold())
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in flat if not unicodedata.combining(c))).strip("-")


def _source(name: str, csl: Mapping[str, Any]) -> Source:
    from kb.source.convert import source

    return source(name, csl, "")
