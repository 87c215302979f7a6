"""Open a base: find it, load it, judge it, and read what its checks are known to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import kb
from kb import resources, source, store
from kb.diagnostics import Diagnostic, Diagnostics
from kb.model import Account, ArgumentMap, Base, Record


@dataclass(frozen=True, slots=True)
class Opened:
    """A base that was found and loaded, with everything that is wrong with it."""

    root: Path
    base: Base
    argument: ArgumentMap
    diagnostics: tuple[Diagnostic, ...]
    notes: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.severity == "error")


@dataclass(frozen=True, slots=True)
class Findings:
    """Every diagnostic of a base, and how many files were read for them."""

    root: Path
    diagnostics: tuple[Diagnostic, ...]
    files: int
    notes: tuple[str, ...] = ()


def find(explicit: str | None = None, start: Path | None = None) -> Path:
    """The folder that holds ``kb.yaml``. Raises ``kb.source.NoBase`` with the places tried."""
    return source.find(start, explicit)


def findings(root: Path, *, cache: bool = True) -> Findings:
    """All diagnostics of the base at ``root``; from the cache when no file changed since."""
    folder = store.cache_folder(root) if cache else None
    key = _findings_key(root) if folder is not None else ""
    kept = store.get(folder, key) if folder is not None else None
    if kept is not None:
        return Findings(
            root, tuple(_diagnostic(d) for d in kept["diagnostics"]), kept["files"], tuple(kept["notes"])
        )
    opened, files = _open(root, cache=cache)
    if folder is not None:
        store.put(
            folder,
            key,
            {
                "diagnostics": [asdict(d) for d in opened.diagnostics],
                "files": files,
                "notes": [],
            },
        )
    return Findings(root, opened.diagnostics, files, opened.notes)


def open_base(root: Path, *, cache: bool = True) -> Opened:
    """Load the base at ``root`` with its diagnostics, running no check."""
    folder = store.cache_folder(root) if cache else None
    kept = store.get(folder, _findings_key(root)) if folder is not None else None
    if kept is None:
        opened, _ = _open(root, cache=cache)
        return opened
    from kb.graph import argument_map

    loaded = source.load(root, cache=cache)
    return Opened(
        root,
        loaded.base,
        argument_map(loaded.base),
        tuple(_diagnostic(d) for d in kept["diagnostics"]),
        loaded.notes,
    )


def standings(
    opened: Opened, records: Mapping[str, Record], *, accept_unverified: bool = False
) -> Mapping[str, Account]:
    """Where every claim stands, given what the checks are known to say."""
    from kb.standing import solve

    results = {check: record.result for check, record in records.items()}
    return solve(opened.argument, opened.base, results, accept_unverified=accept_unverified)


def _open(root: Path, *, cache: bool) -> tuple[Opened, int]:
    from kb import checks
    from kb.graph import argument_map
    from kb.lint import lint

    loaded = source.load(root, cache=cache)
    diagnostics = Diagnostics(loaded.diagnostics)
    argument = argument_map(loaded.base)
    checks.validate(loaded.base, diagnostics)
    lint(loaded.base, argument, diagnostics)
    return Opened(root, loaded.base, argument, tuple(diagnostics), loaded.notes), len(loaded.files)


def _findings_key(root: Path) -> str:
    # The date is part of the key because some rules ask whether a date lies in the future.
    return store.digest(
        ["findings", kb.__version__, _code_stamp(), date.today().isoformat(), source.fingerprint(root)]
    )


def _code_stamp() -> list[list[object]]:
    """What the rules and schemas are today, so that a working copy never shows yesterday's findings."""
    folders = (Path(__file__).parents[1], resources.schema_folder())
    stamps = []
    for folder in folders:
        for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.json"), *folder.rglob("*.txt"))):
            status = path.stat()
            stamps.append([path.name, status.st_mtime_ns, status.st_size])
    return stamps


def _diagnostic(kept: Mapping[str, object]) -> Diagnostic:
    fields = dict(kept)
    fields["path"] = tuple(fields.get("path", ()))  # type: ignore[arg-type]
    return Diagnostic(**fields)  # type: ignore[arg-type]
