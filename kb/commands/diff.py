"""What a change does to a base: a revision of it against another one, or against the files as they are."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb import checks, store
from kb.commands import opening
from kb.commands.opening import Opened
from kb.diagnostics import Diagnostic
from kb.model import Record, Verdict
from kb.review import Comparison, Move, NoRevision, Revision, State, base_at, compare
from kb.review.report import Line, Section, headline, markdown, names_of, report

QUICK = frozenset({"formula", "fit", "published"})
"""Kinds of checks that are computed for a comparison; others say what is known of them."""
Progress = Callable[[str, int, int], None]


class BrokenRevision(Exception):
    """A state of the base has errors, so there is nothing to compare; ``diagnostics`` are they."""

    def __init__(self, name: str, root: Path, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{name} has {len(diagnostics)} error{'s'[: len(diagnostics) != 1]}")
        self.name, self.root, self.diagnostics = name, root, diagnostics


@dataclass(frozen=True, slots=True)
class Difference:
    """A comparison of two states, with the findings that came and went, and the checks that nobody ran.

    ``before`` and ``after`` name the states; ``commit_before`` and ``commit_after`` are their commits, the
    latter empty for the files as they are.
    """

    before: str
    after: str
    commit_before: str
    commit_after: str
    comparison: Comparison
    sections: tuple[Section, ...]
    lead: tuple[str, ...]
    found: tuple[Diagnostic, ...]
    mended: tuple[Diagnostic, ...]
    unrun: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"From {self.before} to {self.after}"

    @property
    def flipped(self) -> tuple[Move, ...]:
        """The theses with another label."""
        return tuple(move for move in self.comparison.moves if move.thesis and move.relabelled)

    def markdown(self, most: int = 60_000) -> str:
        """A comment on a pull request, no longer than ``most`` characters."""
        return markdown(self.title, self.lead, self.sections, most)


def diff(
    root: Path, before: str, after: str = "", *, cache: bool = True, progress: Progress | None = None
) -> Difference:
    """Compare the base at ``root`` as it was at ``before`` with that at ``after`` (without: as it is now).

    Checks of quick kinds that are not known yet are computed, for both states, and kept in the base's own
    cache; others count as what is known of them.

    Raises:
        NoRevision: there is no such revision, or no base in it.
        BrokenRevision: one of the two has errors.
        OSError: the files of a revision cannot be put anywhere.
    """
    folder = store.cache_folder(root) if cache else None
    if folder is not None:
        return _compared(root, before, after, folder, folder / "revisions", progress)
    with tempfile.TemporaryDirectory(prefix="kb-diff-") as keep:
        return _compared(root, before, after, None, Path(keep), progress)


def _compared(
    root: Path, before: str, after: str, folder: Path | None, keep: Path, progress: Progress | None
) -> Difference:
    was = base_at(root, before, keep)
    now = base_at(root, after, keep) if after else Revision("the files as they are", "", root)
    old, new = (_opened(state, root, cache=folder is not None) for state in (was, now))
    states, unrun = [], []
    for opened in (old, new):
        records = _records(opened, folder, progress)
        results = {name: record.result for name, record in records.items()}
        accounts = opening.standings(opened, records)
        states.append(State(opened.base, opened.argument, results, accounts))
        unrun.append([name for name in opened.base.checks if name not in records])
    found, mended = _findings(old, new)
    comparison = compare(*states)
    theses = [thesis for question in new.base.config.questions for thesis in question.theses]
    lead = [headline(comparison, theses)]
    if unrun[1]:
        checks_not_run = f"{len(unrun[1])} check{'s'[: len(unrun[1]) != 1]}"
        lead.append(f"{checks_not_run} of the new state never ran here: `kb check` runs them.")
    return Difference(
        before,
        now.name,
        was.commit,
        now.commit,
        comparison,
        (
            *report(comparison, names_of(*states)),
            *_about("New findings", "!", found),
            *_about("Findings that are gone", "·", mended),
        ),
        tuple(lead),
        found,
        mended,
        tuple(unrun[1]),
    )


def _about(heading: str, sign: str, findings: Collection[Diagnostic]) -> Iterator[Section]:
    if findings:
        lines = tuple(
            Line(sign, f"{d.rule}: {d.message}", f"{d.file}:{d.line}:{d.column}", (d.hint,) if d.hint else ())
            for d in findings
        )
        yield Section(f"{heading}: {len(findings)}", lines)


def _opened(state: Revision, root: Path, *, cache: bool) -> Opened:
    like = None if state.root == root else root
    opened = opening.open_base(state.root, cache=cache, thorough=True, like=like)
    if opened.errors:
        raise BrokenRevision(state.name, state.root, opened.errors)
    return opened


def _records(opened: Opened, folder: Path | None, progress: Progress | None) -> dict[str, Record]:
    base = opened.base
    known = checks.known(base, cache=folder)
    stale = {name for name, record in known.items() if record.result.verdict is Verdict.STALE}
    missing = [
        name
        for name, check in base.checks.items()
        if (name not in known or name in stale) and check.kind in QUICK
    ]
    if not missing:
        return known
    return {**known, **checks.run_all(base, missing, cache=folder, progress=progress)}


def _findings(old: Opened, new: Opened) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Findings that only the new state has, and those that only the old one had, wherever they stand."""

    def said(finding: Diagnostic) -> tuple[str, str, str]:
        return finding.rule, Path(finding.file).name, finding.message

    counts = [Counter(map(said, opened.diagnostics)) for opened in (old, new)]
    more = (counts[1] - counts[0], counts[0] - counts[1])
    pairs = ((more[0], new), (more[1], old))
    came, went = (tuple(_taken(left, opened, said)) for left, opened in pairs)
    return came, went


def _taken(
    left: Counter[tuple[str, str, str]], opened: Opened, said: Callable[[Diagnostic], tuple[str, str, str]]
) -> list[Diagnostic]:
    taken = []
    for finding in opened.diagnostics:
        if left[said(finding)] > 0:
            left[said(finding)] -= 1
            taken.append(finding)
    return taken


__all__ = ["BrokenRevision", "Difference", "NoRevision", "diff"]
