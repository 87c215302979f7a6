"""Records as JSON, and the ledger of verdicts in ``results/``.

``results/<check-id>.json`` holds ``{"check": id, "entries": [record, …]}``, oldest first: an entry is
appended each time the verdict or the key changes, so the file is the history of the check.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kb import store
from kb.checks.trouble import blame
from kb.model import Base, Record, Verdict


def record_data(record: Record) -> dict[str, Any]:
    """The record as a JSON object: ``{"result": …, "run": …}``."""
    data: dict[str, Any] = msgspec.to_builtins(record)
    return data


def record_of(data: object) -> Record | None:
    """The record that a JSON object holds; None when it is damaged or of another format."""
    try:
        return msgspec.convert(data, Record)
    except msgspec.ValidationError:
        return None


def ledger_file(root: Path, check: str) -> Path:
    return root / "results" / f"{check}.json"


def entries(root: Path, check: str) -> tuple[Record, ...]:
    """The recorded entries of a check, oldest first. An absent file has none; damaged entries are skipped."""
    try:
        data = json.loads(ledger_file(root, check).read_bytes())
    except (OSError, ValueError, RecursionError):
        return ()
    found = data.get("entries") if isinstance(data, dict) else None
    listed = found if isinstance(found, list) else []
    return tuple(record for record in map(record_of, listed) if record is not None)


def recorded(base: Base) -> dict[str, Record]:
    """The newest entry of each check of the base that has one."""
    root = Path(base.root)
    folder = root / "results"
    if not folder.is_dir():
        return {}
    files = {path.stem for path in folder.glob("*.json")}
    newest = {check: entries(root, check) for check in base.checks if check in files}
    return {check: found[-1] for check, found in newest.items() if found}


def record(root: Path | str, records: Mapping[str, Record] | Iterable[Record]) -> list[str]:
    """Append to the ledger what is new; gives the ids of the checks whose file changed.

    New is another verdict or another key than the newest entry's. A run that did not come about (a
    missing device, an error, a time-out) does not displace a verdict of the same key. A stale record is no
    run, and one without a key (measured live) is not this base's to remember: both are left out.
    """
    written = []
    for item in records.values() if isinstance(records, Mapping) else records:
        check = item.result.check
        past = entries(Path(root), check)
        kept = item.result.key and item.result.verdict is not Verdict.STALE
        if not kept or (past and not _is_new(past[-1], item)):
            continue
        content = {"check": check, "entries": [record_data(entry) for entry in (*past, item)]}
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        store.write_atomic(ledger_file(Path(root), check), text + "\n")
        written.append(check)
    return written


def _is_new(last: Record, item: Record) -> bool:
    if last.result.key != item.result.key:
        return True
    displaced = last.result.ran and bool(blame(item.result)) and not item.result.ran
    return last.result.verdict != item.result.verdict and not displaced
