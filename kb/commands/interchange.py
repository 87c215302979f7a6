"""Bring a file of another format into a base as drafts, and write a base in another format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kb import formats, source
from kb.commands import opening
from kb.commands.opening import Opened
from kb.commands.selecting import UnknownName, claims_of, names
from kb.diagnostics.spelling import did_you_mean
from kb.formats.exchange import Exchange, Loss
from kb.formats.format import Format, Material, chosen
from kb.formats.holding import reduced
from kb.formats.reading import FormatError, Misread, text_of
from kb.source.fields import claim_fields, source_fields
from kb.source.naming import id_from
from kb.source.portable import fault
from kb.source.scanning import KINDS, NOT_TOPICS
from kb.source.unseen import counted

if TYPE_CHECKING:
    from kb.model import Record


class WrongFormat(ValueError):
    """A format that there is none of, or that goes the other way only; the text says what there is."""


class WrongFolder(ValueError):
    """A folder that drafts cannot be put in; the text says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: the base and the files written there (none in a trial run), and what was lost."""

    root: Path
    files: tuple[str, ...]
    exchange: Exchange
    new: bool
    written: bool


@dataclass(frozen=True, slots=True)
class Exported:
    text: str
    claims: int
    relations: int
    lost: tuple[Loss, ...]


def known_formats() -> tuple[Format, ...]:
    """Every format, by name."""
    return tuple(formats.module(name).FORMAT for name in formats.MODULES)


def import_file(
    name: str, path: Path, into: Path | None = None, *, base: str | None = None, trial: bool = False
) -> Imported:
    """Write the claims of a file as drafts, one file each: all of them, or nothing.

    ``into`` is a folder of a base (made when it is missing); elsewhere, a missing or empty folder becomes
    a new base. Without it, the base that ``base`` names, or the nearest one, gets a folder named after the
    file. ``trial`` writes nothing.

    Raises:
        WrongFormat: there is no such format, or it cannot be read.
        FormatError: the file is not in that format; the text has the place.
        WrongFolder: the drafts cannot be put there.
        kb.source.NoBase: there is no base to put them in.
        kb.source.adding.AddingError: a file of that name is there already.
        OSError: a file cannot be read or written.
    """
    from kb.formats.drafting import Drafting
    from kb.formats.placing import Origin, files_of
    from kb.source.adding import add

    module = formats.module(_format(name, "reads").name)
    root, topic, new = _target(path, into, base)
    taken = set() if new else _ids(root)
    drafting = Drafting(taken)
    text = text_of(path)
    if not text.strip():
        raise FormatError(f"{path}: the file is empty")
    try:
        module.read(text, drafting, path)
    except Misread as wrong:
        raise FormatError(f"{path}:{wrong.line}:{wrong.column}: {wrong}") from None
    exchange = drafting.finish()
    if not exchange.claims and not exchange.sources:
        raise FormatError(f"{path}: no claim and no source was found in this file")
    origin = Origin(path.name, module.FORMAT.title, date.today().isoformat())
    files = files_of(exchange, origin, root, topic, taken, new=new)
    exchange = replace(exchange, lost=(*exchange.lost, *unseen(exchange)))
    if not trial:
        root.mkdir(parents=True, exist_ok=True)
        add(root, files)
    return Imported(root, tuple(files), exchange, new, not trial)


def export(
    opened: Opened,
    name: str,
    records: Mapping[str, Record],
    selection: Collection[str] = (),
    exclude: Collection[str] = (),
) -> Exported:
    """The base, or the claims that a selection picks, in another format; with what that cannot hold.

    Raises:
        WrongFormat: there is no such format, or it cannot be written.
        UnknownName: a selector means nothing in the base.
        FormatError: the base lacks something that the format cannot do without.
    """
    form = _format(name, "writes")
    base, argument = opened.base, opened.argument
    if selection or exclude:
        nodes = set(claims_of(opened, selection, exclude))
        ids = {claim for claim in base.claims if argument.alias.get(claim, claim) in nodes}
    else:
        ids = {claim.id for claim in base.claims.values() if claim.status != "retired"}
    whole = chosen(base, ids)
    exchange, lost = reduced(whole, form.holds)
    results = {check: record.result for check, record in records.items()}
    material = Material(base, exchange, argument, results, opening.standings(opened, records))
    text = formats.module(name).write(material)
    written = len(exchange.claims) - len(material.left)
    left = (Loss(f"claims ({times})", why) for why, times in Counter(material.left.values()).items())
    return Exported(text, written, exchange.relations, (*whole.lost, *left, *lost))


def unseen(found: Exchange) -> tuple[Loss, ...]:
    """That characters were left out which no file of a base may hold, if there were any."""
    things = [*map(claim_fields, found.claims.values()), *map(source_fields, found.sources.values())]
    if number := counted(things):
        why = "they cannot be seen, or turn the order of letters round"
        return (Loss(f"{number:,} character{'s'[: number > 1]}", why),)
    return ()


def _format(name: str, way: str) -> Format:
    if name not in formats.MODULES:
        guess = did_you_mean(name, formats.MODULES)
        there = ", ".join(formats.MODULES)
        raise WrongFormat(f"no format is called {name!r}; " + (guess or f"there are {there}"))
    found = formats.module(name).FORMAT
    if not getattr(found, way):
        other = "written (kb export)" if way == "reads" else "read (kb import)"
        raise WrongFormat(f"{found.title} can only be {other}")
    return found


def _target(path: Path, into: Path | None, base: str | None) -> tuple[Path, str, bool]:
    """The base's folder, the folder of the claims in it, and whether the base is a new one."""
    from kb.resources import is_shipped

    named = id_from(path.stem, (), otherwise="imported")
    if named in KINDS:
        named = f"{named}-claims"
    if into is None:
        root = source.find(None, base)
        topic = named
    elif (found := _base_above(into.absolute())) is None:
        if into.exists() and (not into.is_dir() or any(into.iterdir())):
            raise WrongFolder(f"{into} lies in no base and is not empty; a new base needs an empty folder")
        return into, named, True
    else:
        root, inner = found, into.resolve()
        if not inner.is_relative_to(found.resolve()):
            raise WrongFolder(f"{into} leads out of the base {found}")
        topic = inner.relative_to(found.resolve()).as_posix()
        topic = named if topic == "." else topic
        for part in topic.split("/"):
            if part.startswith((".", "_")) or part in NOT_TOPICS:
                raise WrongFolder(f"{into}: a base reads no claims in a folder called {part}")
            if what := fault(part):
                raise WrongFolder(f"{into}: {part!r} {what}; choose another name")
        if topic.split("/")[0] in KINDS:
            raise WrongFolder(f"{into} is for {topic.split('/')[0]}; claims go to a folder of another name")
    if is_shipped(root):
        raise WrongFolder(f"{root} is part of the program and read-only; name a folder with --into")
    return root, topic, False


def _base_above(folder: Path) -> Path | None:
    for above in (folder, *folder.parents):
        if (above / "kb.yaml").is_file():
            return above
    return None


def _ids(root: Path) -> set[str]:
    opened = opening.open_base(root)
    steps = {step.id for claim in opened.base.claims.values() for step in claim.steps}
    cuts = {cut.id for claim in opened.base.claims.values() for cut in claim.undercuts}
    return {*names(opened), *opened.base.config.renamed, *steps, *cuts}


__all__ = [
    "Exported",
    "FormatError",
    "Imported",
    "UnknownName",
    "WrongFolder",
    "WrongFormat",
    "export",
    "import_file",
    "known_formats",
]
