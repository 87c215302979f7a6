"""The interface of kb for programs: open a base, run its checks, ask what they say and what follows.

    import kb
    base = kb.load("claims")                               # or kb.load(): found as the command line finds it
    record = base.check("gpt3-petaflop-days", set={"tokens": "150e9 token"})
    record.result.verdict, record.result.p
    base.standings()["compute-is-a-bottleneck"].strength

``KnowledgeBase`` is all of it; what it returns are the frozen data classes of ``kb.model``. The command line
is written on top of this and uses nothing else. Everything is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.api.flat import Row, rows
    from kb.api.knowledge import BaseError, KnowledgeBase, load
    from kb.checks import SAMPLES, ClusterError, LedgerError, Power, record_data
    from kb.commands.arguing import Nearest, Remarks, WrongSupposition
    from kb.commands.bench import (
        Listing,
        MeasurementFailed,
        NoSuchDevice,
        choose_device,
        devices,
        disturbances,
        meaning,
        measure,
        on_battery,
        roofline_lines,
        save_measurement,
    )
    from kb.commands.check import FAIL_ON, CheckReport, Moved
    from kb.commands.creating import ClaimDraft, SourceDraft, new_claim, new_question, new_source, topics
    from kb.commands.creating_checks import CheckDraft, new_check
    from kb.commands.diff import BrokenRevision, Difference, diff
    from kb.commands.doctor import Finding, doctor
    from kb.commands.drafts import ALIKE, Alike, Created, Refused, TooAlike, alike, free_id, meant, writable
    from kb.commands.fixing import Fixed, FixingError, fix
    from kb.commands.history import Entry
    from kb.commands.interchange import (
        Exported,
        Imported,
        WrongFolder,
        WrongFormat,
        import_file,
        known_formats,
    )
    from kb.commands.linking import Link, check_links, save_archived
    from kb.commands.looking import Look, Why
    from kb.commands.migrating import Migrated, migrate
    from kb.commands.opening import Findings
    from kb.commands.pinning import NotPinned, Pinned, pin_quote
    from kb.commands.proposing import file_ids
    from kb.commands.renaming import Renamed, rename
    from kb.commands.reviewing import Reviewed, StampingError
    from kb.commands.searching import Hit, SearchResult
    from kb.commands.selecting import UnknownName
    from kb.commands.serve import AddressError, FileChange, Round
    from kb.commands.solve import Answer, WrongQuestion, solve
    from kb.commands.sourcing import Added, AlreadyThere, Repeated, add_sources
    from kb.commands.starting import Started, init
    from kb.commands.whatif import Change, Comparison, WrongChange
    from kb.diagnostics import Diagnostic
    from kb.formats.exchange import Exchange, Loss
    from kb.formats.format import Format
    from kb.formats.reading import FormatError
    from kb.model import (
        Account,
        Amount,
        Check,
        Claim,
        Measurement,
        Quantity,
        Question,
        Record,
        Result,
        Source,
        Standing,
        Table,
        Verdict,
    )
    from kb.review import NoRevision
    from kb.review.report import Section
    from kb.site import BuildReport, DocsError, ForeignFolderError
    from kb.source import NoBase
    from kb.source.adding import AddingError
    from kb.source.editing import EditingError
    from kb.source.replacing import ChangedMeanwhile
    from kb.source.scanning import own_file
    from kb.source.verifying import Verification
    from kb.standing import OPEN_WORDS
    from kb.standing.audits import AuditFinding
    from kb.standing.crisp import Disagreement
    from kb.standing.cruxes import Crux, Cruxes
    from kb.standing.extensions import SolverMissing
    from kb.standing.levers import Levers
    from kb.standing.robustness import Outcome, Robustness
    from kb.standing.whatif import Hop, WhatIf
    from kb.standing.worth import Ranking, Worth
    from kb.store import BusyError, write_atomic

_HOMES = {
    "kb.api.flat": ("Row", "rows"),
    "kb.api.knowledge": ("BaseError", "KnowledgeBase", "load"),
    "kb.checks": ("ClusterError", "LedgerError", "Power", "SAMPLES", "record_data"),
    "kb.commands.arguing": ("Nearest", "Remarks", "WrongSupposition"),
    "kb.commands.bench": (
        "Listing",
        "MeasurementFailed",
        "NoSuchDevice",
        "choose_device",
        "devices",
        "disturbances",
        "meaning",
        "measure",
        "on_battery",
        "roofline_lines",
        "save_measurement",
    ),
    "kb.commands.check": ("CheckReport", "FAIL_ON", "Moved"),
    "kb.commands.creating": (
        "ClaimDraft",
        "SourceDraft",
        "new_claim",
        "new_question",
        "new_source",
        "topics",
    ),
    "kb.commands.creating_checks": (
        "CheckDraft",
        "new_check",
    ),
    "kb.commands.drafts": (
        "ALIKE",
        "Alike",
        "Created",
        "Refused",
        "TooAlike",
        "alike",
        "free_id",
        "meant",
        "writable",
    ),
    "kb.source.replacing": ("ChangedMeanwhile",),
    "kb.source.editing": ("EditingError",),
    "kb.commands.diff": ("BrokenRevision", "Difference", "diff"),
    "kb.commands.doctor": ("Finding", "doctor"),
    "kb.commands.fixing": ("Fixed", "FixingError", "fix"),
    "kb.commands.history": ("Entry",),
    "kb.commands.interchange": (
        "Exported",
        "Imported",
        "WrongFolder",
        "WrongFormat",
        "import_file",
        "known_formats",
    ),
    "kb.commands.linking": ("Link", "check_links", "save_archived"),
    "kb.commands.looking": ("Look", "Why"),
    "kb.commands.opening": ("Findings",),
    "kb.commands.reviewing": ("Reviewed", "StampingError"),
    "kb.commands.proposing": ("file_ids",),
    "kb.commands.pinning": ("NotPinned", "Pinned", "pin_quote"),
    "kb.commands.searching": ("Hit", "SearchResult"),
    "kb.commands.selecting": ("UnknownName",),
    "kb.commands.serve": ("AddressError", "FileChange", "Round"),
    "kb.commands.solve": ("Answer", "WrongQuestion", "solve"),
    "kb.commands.migrating": ("Migrated", "migrate"),
    "kb.commands.renaming": ("Renamed", "rename"),
    "kb.commands.sourcing": ("Added", "AlreadyThere", "Repeated", "add_sources"),
    "kb.commands.starting": ("Started", "init"),
    "kb.commands.whatif": ("Change", "Comparison", "WrongChange"),
    "kb.diagnostics": ("Diagnostic",),
    "kb.formats.exchange": ("Exchange", "Loss"),
    "kb.formats.format": ("Format",),
    "kb.formats.reading": ("FormatError",),
    "kb.model": (
        "Account",
        "Amount",
        "Check",
        "Claim",
        "Measurement",
        "Quantity",
        "Question",
        "Record",
        "Result",
        "Source",
        "Standing",
        "Table",
        "Verdict",
    ),
    "kb.review": ("NoRevision",),
    "kb.review.report": ("Section",),
    "kb.site": ("BuildReport", "DocsError", "ForeignFolderError"),
    "kb.source": ("NoBase",),
    "kb.source.adding": ("AddingError",),
    "kb.source.verifying": ("Verification",),
    "kb.source.scanning": ("own_file",),
    "kb.standing": ("OPEN_WORDS",),
    "kb.standing.audits": ("AuditFinding",),
    "kb.standing.crisp": ("Disagreement",),
    "kb.standing.cruxes": ("Crux", "Cruxes"),
    "kb.standing.extensions": ("SolverMissing",),
    "kb.standing.levers": ("Levers",),
    "kb.standing.robustness": ("Outcome", "Robustness"),
    "kb.standing.whatif": ("Hop", "WhatIf"),
    "kb.standing.worth": ("Ranking", "Worth"),
    "kb.store": ("BusyError", "write_atomic"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ALIKE",
    "FAIL_ON",
    "OPEN_WORDS",
    "SAMPLES",
    "Account",
    "Added",
    "AddingError",
    "AddressError",
    "Alike",
    "AlreadyThere",
    "Amount",
    "Answer",
    "AuditFinding",
    "BaseError",
    "BrokenRevision",
    "BuildReport",
    "BusyError",
    "Change",
    "ChangedMeanwhile",
    "Check",
    "CheckDraft",
    "CheckReport",
    "Claim",
    "ClaimDraft",
    "ClusterError",
    "Comparison",
    "Created",
    "Crux",
    "Cruxes",
    "Diagnostic",
    "Difference",
    "Disagreement",
    "DocsError",
    "EditingError",
    "Entry",
    "Exchange",
    "Exported",
    "FileChange",
    "Finding",
    "Findings",
    "Fixed",
    "FixingError",
    "ForeignFolderError",
    "Format",
    "FormatError",
    "Hit",
    "Hop",
    "Imported",
    "KnowledgeBase",
    "LedgerError",
    "Levers",
    "Link",
    "Listing",
    "Look",
    "Loss",
    "Measurement",
    "MeasurementFailed",
    "Migrated",
    "Moved",
    "Nearest",
    "NoBase",
    "NoRevision",
    "NoSuchDevice",
    "NotPinned",
    "Outcome",
    "Pinned",
    "Power",
    "Quantity",
    "Question",
    "Ranking",
    "Record",
    "Refused",
    "Remarks",
    "Renamed",
    "Repeated",
    "Result",
    "Reviewed",
    "Robustness",
    "Round",
    "Row",
    "SearchResult",
    "Section",
    "SolverMissing",
    "Source",
    "SourceDraft",
    "StampingError",
    "Standing",
    "Started",
    "Table",
    "TooAlike",
    "UnknownName",
    "Verdict",
    "Verification",
    "WhatIf",
    "Why",
    "Worth",
    "WrongChange",
    "WrongFolder",
    "WrongFormat",
    "WrongQuestion",
    "WrongSupposition",
    "add_sources",
    "alike",
    "check_links",
    "choose_device",
    "devices",
    "diff",
    "disturbances",
    "doctor",
    "file_ids",
    "fix",
    "free_id",
    "import_file",
    "init",
    "known_formats",
    "load",
    "meaning",
    "meant",
    "measure",
    "migrate",
    "new_check",
    "new_claim",
    "new_question",
    "new_source",
    "on_battery",
    "own_file",
    "pin_quote",
    "record_data",
    "rename",
    "roofline_lines",
    "rows",
    "save_archived",
    "save_measurement",
    "solve",
    "topics",
    "writable",
    "write_atomic",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME_OF[name]), name)
