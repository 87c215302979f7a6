"""New claims, sources and questions: written so that the base stays valid, with what is left to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kb.commands.drafts import (
    ALIKE,
    Created,
    Refused,
    TooAlike,
    alike,
    chosen_id,
    created,
    meant,
    said,
    writable,
    written,
)
from kb.commands.opening import Opened
from kb.model import Bearing, Claim, Evidence, Step, Undercut
from kb.source.editing import insert_entry
from kb.source.fields import claim_fields
from kb.source.ids import malformed
from kb.source.replacing import replace_texts, text_of
from kb.source.scanning import KINDS


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """What a new claim says; ``strength`` and ``because`` are those of each of its relations."""

    text: str
    title: str = ""
    id: str = ""
    topic: str = ""
    supports: tuple[str, ...] = ()
    attacks: tuple[str, ...] = ()
    undercuts: tuple[str, ...] = ()
    strength: str = ""
    because: str = ""
    source: str = ""
    at: str = ""
    question: str = ""
    tags: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """What a new source says; ``authors`` are "Family, Given", or the name of a body."""

    title: str
    id: str = ""
    type: str = "document"
    authors: tuple[str, ...] = ()
    issued: str = ""
    url: str = ""


def topics(opened: Opened) -> list[str]:
    """The folders that hold claims, the fullest first."""
    counted: dict[str, int] = {}
    for claim in opened.base.claims.values():
        if claim.topic:
            counted[claim.topic] = counted.get(claim.topic, 0) + 1
    return sorted(counted, key=lambda topic: (-counted[topic], topic))


def new_claim(root: Path, draft: ClaimDraft, *, anyway: bool = False) -> Created:
    """Write a claim as a draft into a file of its own.

    Raises:
        TooAlike: the base has a claim much like it, and ``anyway`` is not set. Claims that the new one
            supports or attacks do not count: a denial is worded like what it denies.
        Refused: a name means nothing, or the text cannot be a claim.
        kb.source.adding.AddingError, OSError: the file cannot be written.
    """
    opened = writable(root)
    text = said(draft.text, "a claim")
    supports = [meant(opened, name, "claim") for name in draft.supports]
    attacks = [meant(opened, name, "claim") for name in draft.attacks]
    undercuts = [meant(opened, name, "step") for name in draft.undercuts]
    if both := sorted({*supports} & {*attacks}):
        raise Refused(f"a claim cannot both support and attack {both[0]}")
    if (draft.strength or draft.because) and not (supports or attacks or undercuts):
        raise Refused("a strength or a reason (because) is that of a relation; name a claim or step it meets")
    like = alike(opened, text, 3 + len(supports) + len(attacks))
    like = tuple(found for found in like if found.id not in {*supports, *attacks})[:3]
    if like and like[0].likeness >= ALIKE and not anyway:
        raise TooAlike(like)
    name = chosen_id(opened, draft.id, draft.title or text, "claim")
    cited = (Evidence(meant(opened, draft.source, "source"), draft.at.strip()),) if draft.source else ()
    if draft.at and not cited:
        raise Refused("a place (at) is one in a source; name the source too")
    how: dict[str, Any] = {"because": draft.because.strip()}
    how |= {"strength": draft.strength} if draft.strength else {}
    claim = Claim(
        name,
        text,
        title=draft.title.strip(),
        question=meant(opened, draft.question, "question") if draft.question else "",
        tags=draft.tags,
        status="draft",
        origin="text" if cited else "ours",
        evidence=cited,
        steps=(
            *(Step("", "supports", (name,), other, **how) for other in supports),
            *(Step("", "attacks", (name,), other, **how) for other in attacks),
        ),
        undercuts=tuple(Undercut("", (name,), other, **how) for other in undercuts),
        checks=tuple(Bearing(meant(opened, check, "check")) for check in draft.checks),
    )
    path = f"{_topic(opened, draft.topic, [*supports, *attacks])}/{name}.yaml"
    return written(opened, "claim", claim_fields(claim), path, like, _left(claim))


def new_source(root: Path, draft: SourceDraft) -> Created:
    """Write a source in the fields of CSL-JSON. Raises Refused, AddingError and OSError, as ``new_claim``."""
    opened = writable(root)
    title = said(draft.title, "a source")
    year = draft.issued[:4]
    family = draft.authors[0].split(",")[0] if draft.authors else ""
    words = f"{family} {year}" if family and year else title
    name = chosen_id(opened, draft.id, words, "source")
    fields: dict[str, Any] = {"type": draft.type, "title": title}
    if draft.authors:
        fields["author"] = [_person(author) for author in draft.authors]
    fields |= {"issued": draft.issued} if draft.issued else {}
    fields |= {"URL": draft.url, "accessed": date.today().isoformat()} if draft.url else {}
    todo = (
        f"cite it: kb new claim --source {name} --at PLACE, or under `evidence` of a claim that is there",
        *(() if draft.authors and draft.issued else ("add the author and the date, if they are known",)),
    )
    return written(opened, "source", fields, f"sources/{name}.yaml", (), todo)


def new_question(
    root: Path, text: str, theses: Collection[str], *, about: str = "", name: str = ""
) -> Created:
    """Add a question to ``kb.yaml``, comments and layout kept.

    Raises Refused and OSError, as ``new_claim``; ``kb.source.editing.EditingError`` where the list of
    questions is laid out so that nothing can be added.
    """
    opened = writable(root)
    answers = [meant(opened, thesis, "claim") for thesis in theses]
    if not answers:
        raise Refused("a question needs a thesis at least: a claim that answers it")
    found = chosen_id(opened, name, text, "question")
    entry: dict[str, Any] = {"id": found, "question": said(text, "a question")}
    entry |= {"about": about.strip()} if about.strip() else {}
    entry["theses"] = answers
    before = text_of(root / "kb.yaml") or ""
    after = insert_entry(before, ("questions",), entry)
    replace_texts(root, {"kb.yaml": before}, {"kb.yaml": after})
    todo = ["see where it stands: kb show " + found]
    if len(answers) < 2:
        todo.insert(0, "name a second thesis: two to four claims that answer it differently")
    return created(opened, found, "question", (), ("kb.yaml",), after, (), todo)


def _reasons(claim: Claim) -> list[str]:
    return [*(step.because for step in claim.steps), *(cut.because for cut in claim.undercuts)]


def _topic(opened: Opened, wanted: str, related: Collection[str]) -> str:
    """The folder of a new claim: as asked, else that of a claim it argues about, else the only one."""
    topic = wanted.replace("\\", "/").strip("/")
    known = topics(opened)
    if not topic and related:
        topic = next((opened.base.claims[name].topic for name in related), "")
    if not topic and len(known) == 1:
        topic = known[0]
    if not topic:
        there = f" (there is {', '.join(known)})" if known else ""
        raise Refused(f"which topic, the folder of the claim? Name it with --topic{there}")
    if topic.split("/")[0] in KINDS or any(malformed(part) for part in topic.split("/")):
        raise Refused(f"{topic!r} cannot be a topic: small letters, digits, hyphens, and none of {[*KINDS]}")
    return topic


def _person(written: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in written.partition(","))
    return {"family": family, "given": given} if comma else {"literal": family}


def _left(claim: Claim) -> list[str]:
    """What a draft lacks until it is a claim that others can judge."""
    todo = []
    if not claim.evidence:
        todo.append("say where it is found: `evidence` with a source (kb new source) and the place in it")
    if not claim.checks:
        todo.append(f"give it a check that can fail: kb new check {claim.id}")
    if not claim.steps and not claim.undercuts:
        todo.append("say what it speaks for or against: `supports` or `attacks`, with the id of a claim")
    elif not all(_reasons(claim)):
        todo.append("say why it counts: a `because` beside each relation")
    return [*todo, "when it is ready, take out `status: draft`"]
