"""Records as JSON, and the ledger of verdicts in ``results/``.

``results/<check-id>.json`` holds ``{"check": id, "entries": [record, …]}``, oldest first: an entry is
appended each time the verdict or the key changes, so the file is the history of the check.
"""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from kb import store
from kb.checks.trouble import blame
from kb.model import Base, Record, Verdict
from kb.resources import is_shipped
from kb.source.home import Home, read
from kb.source.unseen import UNSEEN, counted, without

_may_hide = re.compile(rf"\\[bfru]|{UNSEEN}").search


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


class LedgerError(Exception):
    """A ledger file that cannot be read, so that nothing may be added to it; with the place of the damage."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def written(home: Home, check: str) -> list[Any]:
    """The entries of a check as its file has them, oldest first; an absent file has none.

    Raises LedgerError when the file is there and holds no list of entries.
    """
    try:
        text = read(home, f"results/{check}.json")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(f"the file cannot be read: {error.strerror}") from None
    try:
        data = msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _damage(text, error) from None
    found = data.get("entries") if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise LedgerError("the file has no list of entries")
    return found


def _damage(text: bytes, error: Exception) -> LedgerError:
    try:
        json.loads(text)
    except json.JSONDecodeError as place:
        return LedgerError(f"the file is not JSON: {place.msg}", place.lineno, place.colno)
    except (ValueError, RecursionError):
        pass
    return LedgerError(f"the file is not JSON: {error}")


def entries(home: Home, check: str) -> tuple[Record, ...]:
    """The recorded entries of a check that can be understood, oldest first; ``damage`` tells of others.

    An entry with characters that no file may hold (``kb.source.unseen``) is one of those.
    """
    try:
        listed = written(home, check)
    except LedgerError:
        return ()
    return tuple(record for record in map(_understood, listed) if record is not None)


def damage(home: Home, check: str) -> LedgerError | None:
    """What is wrong with the ledger file of a check, if anything is."""
    try:
        listed = written(home, check)
    except LedgerError as error:
        return error
    found = {str(number): record_of(entry) for number, entry in enumerate(listed, 1)}
    if lost := [number for number, record in found.items() if record is None]:
        return LedgerError(f"this version of kb does not understand entry {', '.join(lost)}")
    if hiding := [number for number, record in found.items() if record and _hides(record)]:
        return LedgerError(f"entry {', '.join(hiding)} holds a character that cannot be seen")
    return None


def _understood(entry: object) -> Record | None:
    record = record_of(entry)
    return None if record and _hides(record) else record


def _hides(record: Record) -> bool:
    """Whether it has characters that no file may hold: they could make it look other than it is."""
    # Nearly all are cleared by their text, which spares a walk over thousands of numbers.
    return bool(_may_hide(msgspec.json.encode(record).decode())) and counted(record_data(record)) > 0


def recorded(base: Base) -> dict[str, Record]:
    """The newest entry of each check of the base that has one."""
    return {check: found[-1] for check, found in histories(base).items()}


def histories(base: Base) -> dict[str, tuple[Record, ...]]:
    """The entries of each check of the base that has any, oldest first."""
    root = Path(base.root)
    files = {path.stem for path in (root / "results").glob("*.json")}
    every = {check: entries(root, check) for check in base.checks if check in files}
    return {check: found for check, found in every.items() if found}


def record(root: Path | str, records: Mapping[str, Record] | Iterable[Record]) -> list[str]:
    """Append to the ledger what is new; gives the ids of the checks whose file changed.

    New is another verdict or another key than the newest entry's. A run that did not come about (a
    missing device, an error, a time-out) does not displace a verdict of the same key. A stale record is no
    run, and one without a key (measured live) is not this base's to remember: both are left out. Entries
    that are there stay as they are, understood or not.

    Raises LedgerError when a file is damaged, OSError when one cannot be written; what came before is kept.
    """
    if is_shipped(Path(root)):
        raise PermissionError(errno.EROFS, "the shipped base is read-only; record in a copy", str(root))
    folder = store.cache_folder(Path(root))
    changed = []
    for item in records.values() if isinstance(records, Mapping) else records:
        # Two runs that record at once must not drop each other's entries.
        with store.lock(folder, "results") if folder else nullcontext():
            if _append(Path(root), item):
                changed.append(item.result.check)
    return changed


def _append(root: Path, item: Record) -> bool:
    check = item.result.check
    listed = written(root, check)
    past = [record for record in map(_understood, listed) if record is not None]
    kept = item.result.key and item.result.verdict is not Verdict.STALE
    if not kept or (past and not _is_new(past[-1], item)):
        return False
    content = {"check": check, "entries": [*listed, without(record_data(item))]}
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    store.write_atomic(ledger_file(root, check), text + "\n")
    return True


def _is_new(last: Record, item: Record) -> bool:
    if last.result.key != item.result.key:
        return True
    displaced = last.result.ran and bool(blame(item.result)) and not item.result.ran
    return last.result.verdict != item.result.verdict and not displaced
