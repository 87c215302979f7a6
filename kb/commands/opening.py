"""Open a base: find it, load it, judge it, and read what its checks are known to say."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kb
from kb import resources, source, store

if TYPE_CHECKING:
    from kb.diagnostics import Diagnostic
    from kb.model import ArgumentMap, Base, Record
    from kb.standing import Accounts


@dataclass(frozen=True, slots=True)
class Opened:
    """A base that was found and loaded, with what is wrong with it: the errors at least.

    ``ground`` is a hash of all its files but the claims; where it is equal, checks are known to say the same.
    """

    root: Path
    base: Base
    argument: ArgumentMap
    diagnostics: tuple[Diagnostic, ...]
    files: int
    notes: tuple[str, ...] = ()
    ground: str = ""

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
    """All diagnostics of the base at ``root``; without reading a file when none changed since."""
    folder = store.cache_folder(root) if cache else None
    kept = store.get(folder, _findings_key(source.fingerprint(root))) if folder else None
    if kept is not None:
        return Findings(root, _restored(kept), kept["files"])
    opened = open_base(root, cache=cache, thorough=True)
    return Findings(root, opened.diagnostics, opened.files, opened.notes)


def open_base(
    root: Path, *, cache: bool = True, thorough: bool = False, files: Mapping[str, bytes] | None = None
) -> Opened:
    """Load the base at ``root`` with its errors, or everything found when ``thorough``; run no check.

    ``files`` are those of another state of the base, by path, read in place of what lies in the folder.
    """
    from kb.graph import argument_map

    folder = store.cache_folder(root) if cache else None
    loaded = source.load(root, cache=cache, files=files)
    argument = argument_map(loaded.base)
    key = _findings_key(loaded.fingerprint)
    if (kept := store.get(folder, key)) is not None:
        diagnostics = _restored(kept)
    else:
        diagnostics = _judged(loaded, argument, folder, thorough=thorough)
        if thorough:
            store.put(folder, key, _storable(diagnostics, len(loaded.files)))
    return Opened(root, loaded.base, argument, diagnostics, len(loaded.files), loaded.notes, _ground(loaded))


def standings(opened: Opened, records: Mapping[str, Record], *, accept_unverified: bool = False) -> Accounts:
    """Where every claim stands, given what the checks are known to say."""
    from kb.standing import solve

    results = {check: record.result for check, record in records.items()}
    return solve(opened.argument, opened.base, results, accept_unverified=accept_unverified)


def _judged(
    loaded: source.Loaded, argument: ArgumentMap, folder: Path | None, *, thorough: bool
) -> tuple[Diagnostic, ...]:
    from kb.diagnostics import Diagnostics
    from kb.lint import lint

    diagnostics = Diagnostics(loaded.base.config.severities)
    diagnostics.extend(loaded.diagnostics)
    diagnostics.extend(_about_checks(loaded, folder))
    lint(loaded.base, argument, diagnostics, errors_only=not thorough)
    return tuple(diagnostics)


def _about_checks(loaded: source.Loaded, folder: Path | None) -> tuple[Diagnostic, ...]:
    """What is wrong with the checks; kept apart, since units take long to load and claims change most."""
    from kb import checks
    from kb.diagnostics import Diagnostics

    base = loaded.base
    uses = sorted({(b.check, b.bears) for claim in base.claims.values() for b in claim.checks})
    key = store.digest(["checks", kb.__version__, _code_stamp(), _installed(), _ground(loaded), uses])
    if (kept := store.get(folder, key)) is not None:
        return _restored(kept)
    found = Diagnostics(base.config.severities)
    checks.validate(base, found)
    store.put(folder, key, _storable(tuple(found), len(loaded.files)))
    return tuple(found)


def _ground(loaded: source.Loaded) -> str:
    files = loaded.files.values()
    return store.digest([(file.path, file.digest) for file in files if file.kind != "claim"])


def _findings_key(fingerprint: str) -> str:
    """The key under which the diagnostics of a base with this fingerprint are kept."""
    # The date is part of the key because some rules ask whether a date lies in the future.
    about_code = [kb.__version__, _code_stamp(), _installed()]
    return store.digest(["findings", about_code, date.today().isoformat(), fingerprint])


@cache
def _installed() -> list[str]:
    """The installed distributions, by the folders of their metadata: experiments come and go with them."""
    folders = [folder for folder in map(Path, dict.fromkeys(sys.path)) if folder.is_dir()]
    found = (str(path) for folder in folders for path in folder.iterdir())
    return sorted(name for name in found if name.endswith((".dist-info", ".egg-info")))


@cache
def _code_stamp() -> list[list[object]]:
    """What the rules and schemas are today, so that a working copy never shows yesterday's findings."""
    stamps: list[list[object]] = []
    waiting = [str(Path(__file__).parents[1]), str(resources.schema_folder())]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir() and entry.name not in ("__pycache__", "_data"):
                    waiting.append(entry.path)
                elif entry.name.endswith((".py", ".json", ".txt")):
                    status = entry.stat()
                    stamps.append([entry.path, status.st_mtime_ns, status.st_size])
    return sorted(stamps, key=str)


def _storable(diagnostics: tuple[Diagnostic, ...], files: int) -> dict[str, Any]:
    import msgspec

    return {"diagnostics": msgspec.to_builtins(diagnostics), "files": files}


def _restored(kept: Mapping[str, Any]) -> tuple[Diagnostic, ...]:
    if not kept["diagnostics"]:
        return ()
    from kb.diagnostics import Diagnostic

    return tuple(Diagnostic(**{**d, "path": tuple(d["path"])}) for d in kept["diagnostics"])
