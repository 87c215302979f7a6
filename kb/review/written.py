"""What differs between two bases as they are written: claims, relations, checks, sources and the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from kb.model import Base, Claim, Step, Table, Undercut
from kb.review.model import Change, Edit, Kind
from kb.source.home import read

# Where a thing stands and how it is laid out is not what it says.
_NOT_SAID = frozenset({"file", "index", "owner", "id", "named", "raw", "csv"})
# What only holds other fields has no name in a file.
_UNNAMED = frozenset({"body", "inline", "spread"})
_NEEDS, _TIES = ("assumes", "requires"), ("restates", "same_evidence_as")
_RELATIONS = frozenset(("steps", "undercuts", "checks", *_NEEDS, *_TIES))

Related = tuple[str, dict[str, str], str]
"""A relation's title in words, what is said of it, its file."""


def written(before: Base, after: Base, renamed: Mapping[str, str]) -> tuple[Change, ...]:
    """Every difference; ``renamed`` sends old ids to new ones."""
    return (
        *_claims(before, after, renamed),
        *_relations(before, after, renamed),
        *_shelf("check", before.checks, after.checks, renamed),
        *_shelf("source", before.sources, after.sources, renamed),
        *_shelf("quantity", before.quantities, after.quantities, renamed),
        *_tables(before, after, renamed),
        *_shelf("measurement", before.measurements, after.measurements, renamed),
        *_settings(before, after, renamed),
    )


def renames(before: Base, after: Base) -> dict[str, str]:
    """From old ids to new: as ``kb.yaml`` says, else where a claim or question that went says what one that
    came does.
    """
    said = {old: new for old, new in after.config.renamed.items() if old not in after.claims}
    claims = tuple({claim.id: claim.text for claim in base.claims.values()} for base in (before, after))
    questions = tuple({asked.id: asked.text for asked in base.config.questions} for base in (before, after))
    for old, new in (claims, questions):
        gone = {text: name for name, text in old.items() if name not in new and name not in said}
        for name, text in new.items():
            if name not in old and text in gone and name not in said.values():
                said[gone.pop(text)] = name
    return said


def relation_now(part: Step | Undercut, renamed: Mapping[str, str]) -> str:
    """The name of a relation by the ids as they are now."""
    return part.id if part.named else _joined(part.id, renamed)


def _joined(name: str, renamed: Mapping[str, str]) -> str:
    return "--".join(renamed.get(part, part) for part in name.split("--"))


def _claims(before: Base, after: Base, renamed: Mapping[str, str]) -> Iterator[Change]:
    old = {renamed.get(name, name): claim for name, claim in before.claims.items()}
    for name, claim in after.claims.items():
        was = old.get(name)
        if was is None:
            yield Change("claim", "added", name, claim.name, _edits(None, claim, _RELATIONS), claim.file)
            continue
        edits = () if was == claim else _edits(was, claim, _RELATIONS)
        if claim.status == "retired" != was.status:
            yield Change("claim", "retired", name, claim.name, edits, claim.file)
        elif was.id != name:
            yield Change("claim", "renamed", name, claim.name, edits, claim.file, was.id)
        elif edits:
            yield Change("claim", "changed", name, claim.name, edits, claim.file)
    for name, was in old.items():
        if name not in after.claims:
            yield Change("claim", "removed", was.id, was.name, (), was.file)


def _relations(before: Base, after: Base, renamed: Mapping[str, str]) -> Iterator[Change]:
    # Where no id has changed, a claim that says the same has the same relations.
    same = set() if renamed else {n for n, c in after.claims.items() if before.claims.get(n) == c}
    old, new = (dict(_related(base, names, same)) for base, names in ((before, renamed), (after, {})))
    for key, (title, said, file) in new.items():
        if key not in old:
            yield Change("relation", "added", key, title, _edits_of({}, said), file)
        elif edits := _edits_of(old[key][1], said):
            yield Change("relation", "changed", key, title, edits, file)
    for key, (title, _, file) in old.items():
        if key not in new:
            yield Change("relation", "removed", key, title, (), file)


def _related(base: Base, renamed: Mapping[str, str], but: Collection[str]) -> Iterator[tuple[str, Related]]:
    """Each relation by a name that survives renames, but for those in the files of the claims ``but``."""

    def called(name: str) -> str:
        claim = base.claims.get(name)
        return f"“{claim.name}”" if claim else plain(name)

    def plain(name: str) -> str:
        return renamed.get(name, name)

    for claim in base.claims.values():
        if claim.id in but:
            continue
        for part in _parts(claim):
            yield relation_now(part, renamed), (_inference(part, called), _said(part, renamed), claim.file)
        for kind in _NEEDS:
            for need in getattr(claim, kind):
                key = f"{plain(claim.id)} {kind} {plain(need.claim)}"
                yield (
                    key,
                    (f"{called(claim.id)} {kind} {called(need.claim)}", _said(need, renamed), claim.file),
                )
        for kind, word in (("restates", "restates"), ("same_evidence_as", "has the same evidence as")):
            for other in getattr(claim, kind):
                key = f"{plain(claim.id)} {word} {plain(other)}"
                yield key, (f"{called(claim.id)} {word} {called(other)}", {}, claim.file)
        for bearing in claim.checks:
            key = f"{plain(bearing.check)} > {plain(claim.id)}"
            check = base.checks.get(bearing.check)
            words = f"the check “{check.title or check.id}”" if check else bearing.check
            yield key, (f"{words} bears on {called(claim.id)}", _said(bearing, renamed), claim.file)


def _parts(claim: Claim) -> tuple[Step | Undercut, ...]:
    return (*claim.steps, *claim.undercuts)


def _inference(part: Step | Undercut, called: Callable[[str], str]) -> str:
    premises = " and ".join(called(premise) for premise in part.premises)
    if isinstance(part, Undercut):
        return f"{premises} undercut{'s'[: len(part.premises) == 1]} {part.target}"
    verb = part.kind if len(part.premises) == 1 else part.kind.removesuffix("s")
    return f"{premises} {verb} {called(part.conclusion)}"


def _shelf(
    kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any], renamed: Mapping[str, str]
) -> Iterator[Change]:
    was = {renamed.get(name, name): (name, item) for name, item in old.items()}
    for name, item in new.items():
        title = getattr(item, "title", "") or name
        if name not in was:
            yield Change(kind, "added", name, title, _edits(None, item), item.file)
            continue
        before, thing = was[name]
        edits = () if thing == item else _edits(thing, item)
        if before != name:
            yield Change(kind, "renamed", name, title, edits, item.file, before)
        elif edits:
            yield Change(kind, "changed", name, title, edits, item.file)
    for name, (before, thing) in was.items():
        if name not in new:
            yield Change(kind, "removed", before, getattr(thing, "title", "") or before, (), thing.file)


def _tables(before: Base, after: Base, renamed: Mapping[str, str]) -> Iterator[Change]:
    """What differs in the sidecars of tables, and in their rows."""
    shelved = {change.id: change for change in _shelf("table", before.tables, after.tables, renamed)}
    old = {renamed.get(name, name): table for name, table in before.tables.items()}
    for name, table in after.tables.items():
        if name in old and (rows := _rows(before, old[name])) != (now := _rows(after, table)):
            new = len(set(now) - set(rows))
            edit = Edit("rows", f"{len(rows)}", f"{len(now)}, {new} of them new")
            title = table.title or name
            change = shelved.get(name) or Change("table", "changed", name, title, file=table.file)
            shelved[name] = replace(change, edits=(*change.edits, edit))
    yield from shelved.values()


def _rows(base: Base, table: Table) -> list[str]:
    """The lines of numbers, without white space and the kind of line ends; none where there is no file."""
    try:
        text = read(base.home, table.csv).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    return ["".join(line.split()) for line in text.splitlines()[1:] if line.strip()]


def _settings(before: Base, after: Base, renamed: Mapping[str, str]) -> Iterator[Change]:
    old, new = ({q.id: q for q in base.config.questions} for base in (before, after))
    for change in _shelf("question", _filed(old), _filed(new), renamed):
        asked = new.get(change.id) or old[change.id]
        yield replace(change, title=asked.text)
    was, now = (replace(base.config, questions=(), renamed={}) for base in (before, after))
    if edits := _edits(was, now):
        yield Change("setting", "changed", "kb.yaml", "the base’s settings", edits, "kb.yaml")


@dataclass(frozen=True, slots=True)
class _Filed:
    """A question with the file that it stands in."""

    text: str
    about: str
    theses: tuple[str, ...]
    file: str = "kb.yaml"


def _filed(questions: Mapping[str, Any]) -> dict[str, _Filed]:
    return {name: _Filed(found.text, found.about, found.theses) for name, found in questions.items()}


def _edits(before: Any, after: Any, but: frozenset[str] = frozenset()) -> tuple[Edit, ...]:
    if before is None:
        return _edits_of({}, _fields(after, but))
    return _edits_of(dict(_leaves((), before, but)), dict(_leaves((), after, but)))


def _edits_of(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Edit, ...]:
    names = dict.fromkeys((*before, *after))
    pairs = ((name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(Edit(name.replace("_", " "), was, now) for name, was, now in pairs if was != now)


def _said(thing: Any, renamed: Mapping[str, str]) -> dict[str, str]:
    """What is said of a relation, with ids as they are now."""
    found = _fields(thing, frozenset({"reviewed", "claim", "check"}))
    for name in ("conclusion", "target"):
        if name in found:
            found[name] = _joined(found[name], renamed)
    if "premises" in found:
        found["premises"] = ", ".join(renamed.get(premise, premise) for premise in thing.premises)
    return found


def _fields(thing: Any, but: frozenset[str]) -> dict[str, str]:
    """A thing's fields that say something, as text."""
    names = (found.name for found in fields(thing) if found.name not in _NOT_SAID | but)
    return {name: text for name in names if (text := _text(getattr(thing, name)))}


def _leaves(
    path: tuple[str, ...], value: Any, but: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """All that is said within a thing, each by the names that lead to it: ``inputs sphere unit``."""
    if is_dataclass(value) and not isinstance(value, type):
        for found in fields(value):
            if found.name not in _NOT_SAID | but:
                step = () if found.name in _UNNAMED else (found.name,)
                yield from _leaves((*path, *step), getattr(value, found.name))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves((*path, str(name)), item)
    elif isinstance(value, tuple) and value and all(hasattr(item, "name") for item in value):
        for item in value:
            yield from _leaves((*path, item.name), item, frozenset({"name"}))
    elif text := _text(value):
        yield " ".join(path), text


def _text(value: Any) -> str:
    if value is None or value == "" or value == () or value == {}:
        return ""
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(f"{name}: {text}" for name, text in _fields(value, frozenset()).items())
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(item)}" for name, item in value.items())
    if isinstance(value, tuple | list | frozenset):
        return "; ".join(map(_text, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
