"""Where a check's numbers come from, and what it said each time that it was recorded."""

from __future__ import annotations

from collections.abc import Sequence

import kb
from kb import wording
from kb.checks.keys import ENGINE
from kb.checks.past import Entry, told
from kb.model import Check, Record, Result
from kb.site import repository, words
from kb.site.view import View
from kb.site.words import Data

_DRAWN = {"simulation": "Runs", "fit": "Fits"}


def recorded(check: Check, records: Sequence[Record]) -> list[Data]:
    """The recorded runs of a check in words, in their order."""
    return [_entry(check, entry) for entry in told(records)]


def _entry(check: Check, entry: Entry) -> Data:
    result, when = entry.record.result, entry.record.run.finished
    output = result.output
    return {
        "when": when[:10] or "no date",
        "time": when[11:16],
        **words.verdict(check, result),
        "p": result.p,
        "p_words": "" if result.p is None else wording.chance(result.p),
        "value": output.value if output else None,
        "unit": output.unit if output else "",
        "computed": words.computed(check.expect, output),
        "changed": list(entry.changed),
        "key": result.key,
    }


def history(entries: Sequence[Data]) -> Data:
    """The recorded runs, the newest first, and what their sparkline is drawn from if there are two."""
    return {"rows": list(reversed(entries)), "trend": _trend(entries)}


def _trend(entries: Sequence[Data]) -> Data | None:
    """P, or the computed value where P never moved: as ``kb history`` has it."""
    chances = [entry for entry in entries if entry["p"] is not None]
    if len({entry["p"] for entry in chances}) > 1:
        return _series(chances, "p", "P", "")
    unit = next((entry["unit"] for entry in reversed(entries) if entry["value"] is not None), "")
    values = [entry for entry in entries if entry["value"] is not None and entry["unit"] == unit]
    return _series(values, "value", "The computed value", unit) if len(values) > 1 else None


def _series(entries: Sequence[Data], field: str, title: str, unit: str) -> Data:
    return {
        "days": [entry["when"] for entry in entries],
        "values": [entry[field] for entry in entries],
        "title": title,
        "unit": unit,
    }


def provenance(view: View, check: Check, result: Result | None, entries: Sequence[Data]) -> Data:
    """What made the numbers, so that another can make them again."""
    same = [entry for entry in entries if result and entry["key"] == result.key]
    day = f"{same[-1]['when']} {same[-1]['time']} UTC" if same and same[-1]["time"] else ""
    facts = [
        ["Program", f"kb {kb.__version__}"],
        ["Check engine", f"version {ENGINE}"],
        ["Recorded", day or "not recorded"],
        [_DRAWN.get(check.kind, "Samples"), f"{result.samples:,}" if result and result.samples > 1 else ""],
        ["Device", result.device if result else ""],
    ]
    return {
        "facts": [fact for fact in facts if fact[1]],
        "key": result.key if result else "",
        "file": check.file,
        "edit": repository.edit(view.base.config, view.place, check.file),
        "changes": repository.history(view.base.config, view.place, check.file),
    }
