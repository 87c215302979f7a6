"""What a change does to a base: a revision of it against another one, or against the files as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb import checks, store
from kb.commands import opening
from kb.commands.opening import Opened
from kb.diagnostics import Diagnostic
from kb.model import Record, Verdict
from kb.review import Comparison, Move, NoRevision, Revision, State, base_at, compare
from kb.review.report import Line, Section, headline, markdown, names_of, report
from kb.wording import listed

QUICK = frozenset({"formula", "fit", "published"})
"""Kinds of checks that are computed for a comparison; others say what is known of them."""
BEFORE, AFTER, AS_THEY_ARE = "before the change", "after the change", "the files as they are"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Broken:
    """A state of the base that has errors; its files, by path, where they do not lie in the base's folder."""

    when: str
    name: str
    files: Mapping[str, bytes] | None
    errors: tuple[Diagnostic, ...]

    @property
    def words(self) -> str:
        count = len(self.errors)
        return f"the base {self.when} ({self.name}) has {count} error{'s'[: count != 1]}"


class BrokenRevision(Exception):
    """States with errors, so that nothing can be compared: ``broken`` are they, the newer one first."""

    def __init__(self, title: str, broken: tuple[Broken, ...]) -> None:
        self.title, self.broken = title, broken
        said = listed([each.words for each in broken])
        super().__init__(f"{said}, so nothing was compared; {self._cure()}")

    def _cure(self) -> str:
        if self.broken[0].when == AFTER:
            return "mend that first"
        return "compare with another revision, or mend that one first"

    def markdown(self, most: int = 60_000) -> str:
        """A comment on a pull request that says which state is broken, and where."""
        said = str(self)
        sections = (
            Section(f"Errors {each.when}: {len(each.errors)}", tuple(map(_finding, each.errors)))
            for each in self.broken
        )
        return markdown(self.title, [f"{said[0].upper()}{said[1:]}."], sections, most)


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
    states: tuple[State, State]
    sections: tuple[Section, ...]
    lead: tuple[str, ...]
    found: tuple[Diagnostic, ...]
    mended: tuple[Diagnostic, ...]
    unrun: tuple[str, ...]

    @property
    def title(self) -> str:
        return _title(self.before, self.after)

    @property
    def flipped(self) -> tuple[Move, ...]:
        """The theses with another label."""
        return tuple(move for move in self.comparison.moves if move.thesis and move.relabelled)

    def markdown(self, most: int = 60_000) -> str:
        """A comment on a pull request, no longer than ``most`` characters."""
        return markdown(self.title, self.lead, self.sections, most)

    def html(self) -> str:
        """A page that stands alone, with the maps before and after side by side."""
        from kb.site.differing import page

        names = (self.before, self.after)
        return page(self.comparison, self.states, names, self.lead, self.sections)


def diff(
    root: Path, before: str, after: str = "", *, cache: bool = True, progress: Progress | None = None
) -> Difference:
    """Compare the base at ``root`` as it was at ``before`` with that at ``after`` (without: as it is now).

    Checks of quick kinds that are not known yet are computed, for both states, and kept in the base's own
    cache; others count as what is known of them.

    Raises:
        NoRevision: there is no such revision, or no base in it.
        BrokenRevision: one of the two has errors.
        OSError: the folder of the base cannot be listed.
    """
    folder = store.cache_folder(root) if cache else None
    was = base_at(root, before)
    now = base_at(root, after, was) if after else None
    old = _opened(root, was, cache=cache)
    new = _opened(root, now, cache=cache)
    ends = ((AFTER, after or AS_THEY_ARE, new), (BEFORE, before, old))
    if broken := tuple(Broken(when, name, it.base.files, it.errors) for when, name, it in ends if it.errors):
        raise BrokenRevision(_title(before, after or AS_THEY_ARE), broken)
    states, unrun = [], []
    records: dict[str, Record] = {}
    for opened in (old, new):
        if opened is old or new.ground != old.ground:
            records = _records(opened, folder, progress)
        results = {name: record.result for name, record in records.items()}
        accounts = opening.standings(opened, records)
        states.append(State(opened.base, opened.argument, results, accounts))
        unrun.append([name for name in opened.base.checks if name not in records])
    found, mended = _findings(old, new)
    comparison = compare(*states)
    theses = {thesis for question in new.base.config.questions for thesis in question.theses}
    lead = [headline(comparison, theses)]
    if unrun[1]:
        checks_not_run = f"{len(unrun[1])} check{'s'[: len(unrun[1]) != 1]}"
        lead.append(f"{checks_not_run} of the new state never ran here: `kb check` runs them.")
    return Difference(
        before,
        after or AS_THEY_ARE,
        was.commit,
        now.commit if now else "",
        comparison,
        (states[0], states[1]),
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
        yield Section(f"{heading}: {len(findings)}", tuple(_finding(d, sign) for d in findings))


def _finding(found: Diagnostic, sign: str = "!") -> Line:
    below = (found.hint,) if found.hint else ()
    return Line(sign, f"{found.rule}: {found.message}", f"{found.file}:{found.line}:{found.column}", below)


def _title(before: str, after: str) -> str:
    return f"From {before} to {after}"


def _opened(root: Path, state: Revision | None, *, cache: bool) -> Opened:
    return opening.open_base(root, cache=cache, thorough=True, files=state.files if state else None)


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


__all__ = ["Broken", "BrokenRevision", "Difference", "NoRevision", "diff"]
