"""What a check said each time that its verdict was recorded, and what changed in between."""

from __future__ import annotations

from pathlib import Path

from kb.checks.past import Entry, changes, told
from kb.checks.records import LedgerError, entries, ledger_file, written
from kb.commands.opening import Opened

__all__ = ["Entry", "changes", "history"]


def history(opened: Opened, check: str) -> tuple[Entry, ...]:
    """The recorded runs of a check, oldest first; empty when none was ever recorded.

    Entries of another version of kb are left out.

    Raises:
        LedgerError: the file of records is damaged.
    """
    try:
        written(opened.root, check)
    except LedgerError as error:
        place = f"{ledger_file(Path(), check)}:{error.line}:{error.column}"
        raise LedgerError(f"{place}: {error}", error.line, error.column) from None
    return told(entries(opened.root, check))
