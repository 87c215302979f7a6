"""Statements and sketched arguments of an Argdown document as claims, its front matter, links and sources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from kb.formats.argdown.document import Document, End, Member
from kb.formats.drafting import Drafting

STAND_IN = "stand-in"
OWN = frozenset(
    f"{STAND_IN} id title text notes origin sources assumes requires restates shares-evidence-with".split()
)
_ABOUT_MAPS = frozenset(
    ["isInGroup", "isGroup", "isClosed", "isCanonical", "color", "images", "fontColor", "labelColor"]
)
_SOURCES = frozenset(("source", "sources", "link", "links", "url", "reference", "references", "ref"))
_NEEDS: Mapping[str, Literal["assumes", "requires", "restates", "same_evidence_as"]] = {
    "assumes": "assumes",
    "requires": "requires",
    "restates": "restates",
    "shares-evidence-with": "same_evidence_as",
}
_ROLES = ("asserts", "reports", "asks", "concedes", "rejects", "quotes")


class Claims:
    """Tells ``drafting`` the claims of a document, under the keys of ``key_of``."""

    def __init__(self, document: Document, drafting: Drafting, stand_ins: frozenset[str]) -> None:
        self.document, self.drafting, self._stand_ins = document, drafting, stand_ins
        self._works: dict[str, str] = {}

    def tell(self) -> None:
        self.front()
        for end, members in self.claims():
            self.claim(end, members)
            self.needs(end, members)

    def claims(self) -> Iterator[tuple[End, list[Member]]]:
        for title, members in self.document.statements.items():
            if title not in self._stand_ins:
                yield End("statement", title), members
        for title, members in self.document.arguments.items():
            if title not in self.document.structures:
                yield End("argument", title), members

    def front(self) -> None:
        front, drafting = dict(self.document.front), self.drafting
        drafting.title, drafting.about = text_of(front.pop("title", "")), text_of(front.pop("about", ""))
        works = front.pop("works", {})
        for name, csl in works.items() if isinstance(works, dict) else ():
            if isinstance(csl, dict) and isinstance(csl.get("title"), str) and csl["title"]:
                drafting.source(name, csl, id=name)
                self._works[name] = name
        for question in _dicts(front.pop("questions", ())):
            theses = [key_of(End("statement", text_of(title))) for title in _list(question.get("theses"))]
            words, about = text_of(question.get("question", "")), text_of(question.get("about", ""))
            if not words:
                drafting.lose("a question in the front matter", "it has no words")
                continue
            drafting.question(words, theses, about=about, id=text_of(question.get("id", "")))
        for name in front:
            drafting.lose(f"{name!r} in the front matter", "a base has no field for it")

    def claim(self, end: End, members: Sequence[Member]) -> None:
        data: dict[str, Any] = {name: value for member in members for name, value in member.data.items()}
        said = [member for member in members if not member.refers and member.text]
        chosen = next(
            (m for m in reversed(said) if m.data.get("isCanonical")), said[-1] if said else members[0]
        )
        key, identity = key_of(end), text_of(data.get("id", ""))
        title = "" if end in self.document.untitled or end.title == identity else end.title
        title = text_of(data["title"]) if "title" in data else title
        text = text_of(data.get("text", "")) or chosen.text
        tags = [tag for member in members for tag in member.tags]
        if not identity:
            tags += [section for member in members for section in member.sections]
        self.drafting.claim(
            key,
            text or title or end.title,
            title=title if text else "",
            tags=dict.fromkeys(tags),
            notes=text_of(data.get("notes", "")),
            origin="ours" if data.get("origin") == "ours" else "text",
            id=identity,
            place=f"line {chosen.line}",
        )
        for other in dict.fromkeys(m.text for m in said if m is not chosen and m.text != chosen.text):
            self.drafting.note(key, f"Also said so: {other}")
        for label, address in (link for member in members for link in member.links):
            if address.startswith("#"):
                self.drafting.lose(f"the link to {address}", "it leads to a place in the file", chosen.line)
            else:
                self.cite(key, _work(label, address))
        if data:
            self.sources(key, data)
        for name, value in data.items():
            if name in _ABOUT_MAPS:
                self.drafting.lose(f"{name!r} of {end.title}", "it is about maps", chosen.line)
            elif name not in OWN and name not in _SOURCES:
                self.drafting.note(key, f"{name}: {text_of(value)}")

    def sources(self, key: str, data: Mapping[str, Any]) -> None:
        for found in (found for name in sorted(_SOURCES & data.keys()) for found in _list(data[name])):
            work = found.get("work") if isinstance(found, dict) else None
            if isinstance(work, str) and work in self._works:
                role = found.get("role")
                self.drafting.cite(
                    key,
                    self._works[work],
                    at=text_of(found.get("at", "")),
                    role=role if role in _ROLES else "asserts",
                    note=text_of(found.get("note", "")),
                )
            elif found not in (None, ""):
                words = text_of(found.get("title", found)) if isinstance(found, dict) else text_of(found)
                self.cite(key, _work(words, words))

    def cite(self, key: str, csl: Mapping[str, str]) -> None:
        work = "\0".join(csl.values())
        if work not in self._works:
            self.drafting.source(work, csl)
            self._works[work] = work
        self.drafting.cite(key, work)

    def needs(self, end: End, members: Sequence[Member]) -> None:
        for member in members:
            for field in sorted(_NEEDS.keys() & member.data.keys()):
                for found in _list(member.data[field]):
                    named = found if isinstance(found, dict) else {"claim": found}
                    other = key_of(End("statement", text_of(named.get("claim", ""))))
                    why = text_of(named.get("because", ""))
                    self.drafting.need(_NEEDS[field], key_of(end), other, because=why, line=member.line)


def stand_ins(document: Document) -> frozenset[str]:
    """The titles of the statements that only say what an argument attacks or undercuts."""
    statements = document.statements.items()
    return frozenset(t for t, members in statements if any(m.data.get(STAND_IN) for m in members))


def key_of(end: End) -> str:
    return (
        f"[{end.title}]"
        if end.kind == "statement"
        else f"<{end.title}>" + f"({end.number})" * (end.kind == "inference")
    )


def _work(words: str, address: str) -> dict[str, str]:
    """A cited work in fields of CSL-JSON; an address that is none of the web's goes to its note."""
    if address.startswith(("http://", "https://")):
        return {"type": "webpage", "title": words or address, "URL": address}
    return {"type": "document", "title": words or address, **({"note": address} if address != words else {})}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [found for found in _list(value) if isinstance(found, dict)]


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
