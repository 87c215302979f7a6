"""What a base's files say: claims, checks, sources, what is wrong with them, and picking parts of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kb.commands import opening

if TYPE_CHECKING:
    from kb.commands.opening import Findings, Opened
    from kb.commands.reviewing import Reviewed
    from kb.commands.searching import SearchResult
    from kb.diagnostics import Diagnostic, PathItem
    from kb.model import (
        ArgumentMap,
        Base,
        Check,
        Claim,
        Measurement,
        Quantity,
        Question,
        Record,
        Source,
        Table,
    )


class Contents:
    """The files of a base, read once, when something of them is first asked for.

    Later changes of files are seen by another ``kb.load``.
    """

    def __init__(self, root: Path, *, cache: bool = True) -> None:
        self._root = root
        self._cache = cache

    def __repr__(self) -> str:
        return f"<kb base {str(self._root)!r}>"

    @property
    def root(self) -> Path:
        """The folder that holds ``kb.yaml``."""
        return self._root

    @property
    def cache_folder(self) -> Path | None:
        """Where results are kept between runs; None where nothing can be, or should."""
        from kb import store

        return store.cache_folder(self._root) if self._cache else None

    @property
    def title(self) -> str:
        return self._opened.base.config.title

    @property
    def claims(self) -> Mapping[str, Claim]:
        """The claims by id, retired and restated ones included."""
        return self._opened.base.claims

    @property
    def checks(self) -> Mapping[str, Check]:
        return self._opened.base.checks

    @property
    def sources(self) -> Mapping[str, Source]:
        return self._opened.base.sources

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        return self._opened.base.quantities

    @property
    def measurements(self) -> Mapping[str, Measurement]:
        return self._opened.base.measurements

    @property
    def tables(self) -> Mapping[str, Table]:
        return self._opened.base.tables

    @property
    def questions(self) -> Mapping[str, Question]:
        """The questions by id, in the base's order."""
        return {q.id: q for q in self._opened.base.config.questions}

    @property
    def argument(self) -> ArgumentMap:
        """The argument ready for reasoning: restated claims merged, relations resolved."""
        return self._opened.argument

    @cached_property
    def findings(self) -> Findings:
        """Everything that ``kb validate`` reports; of an unchanged base without reading its files."""
        return opening.findings(self._root, cache=self._cache)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the base, in file order: errors, warnings and notes."""
        return self.findings.diagnostics

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that keep a base from being computed."""
        return self._opened.errors

    @property
    def notes(self) -> tuple[str, ...]:
        """What loading has to tell beside diagnostics, as of a cache that was damaged."""
        return self._opened.notes

    def place(self, file: str, path: tuple[PathItem, ...]) -> tuple[int, int]:
        """The line and column, from 1, of a value in one of the base's files."""
        from kb.source import place

        return place(self._root, file, path)

    # --- reviewing ------------------------------------------------------------

    def review(self, *names: str, everything: bool = False) -> tuple[Reviewed, ...]:
        """The relations and bearings that changed since they were reviewed; with ``names`` all that these
        claims, steps, undercuts or bearings have part in, with ``everything`` all of the base.

        Raises:
            UnknownName: nothing is called so.
        """
        from kb.commands.reviewing import review

        return review(self._opened, names, everything=everything)

    def stamp(self, chosen: Collection[Reviewed]) -> tuple[Reviewed, ...]:
        """Write into the files that these were read as they are; gives those that were not stamped so yet.

        Raises:
            StampingError: the base came with kb, or a file is laid out so that a person has to do it.
            OSError: a file cannot be written; the others are as they were.
        """
        from kb.commands.reviewing import stamp

        return stamp(self._opened, chosen)

    # --- picking --------------------------------------------------------------

    def select(
        self,
        *selectors: str,
        exclude: Collection[str] = (),
        of: Literal["checks", "claims"] = "checks",
    ) -> tuple[str, ...]:
        """The ids that selectors pick, in the base's order; all of them without a selector.

        Selectors are those of the command line: an id, ``tag:``, ``topic:``, ``source:``, ``kind:``, ``+x``,
        ``x+``; several mean either, a comma within one means both. A claim stands for its checks.

        Raises:
            UnknownName: a selector means nothing in this base.
        """
        from kb.commands import selecting

        if of not in ("checks", "claims"):
            raise ValueError(f"what to select is 'checks' or 'claims', not {of!r}")
        if of == "claims":
            return selecting.claims_of(self._opened, selectors, exclude)
        return selecting.checks_of(self._opened, selectors, exclude, verdicts=self._verdicts)

    def kind_of(self, name: str) -> tuple[str, str]:
        """The id and the kind of thing ("claim", "check" …) that a name stands for, through renames.

        Raises:
            UnknownName: nothing is called so.
        """
        from kb.commands.selecting import resolve

        return resolve(self._opened, name)

    def search(self, text: str, kinds: Collection[str] = ()) -> SearchResult:
        """What has every word of ``text`` in its title, text or id, the best first; computes no check.

        ``kinds`` ("question", "claim", "check", "source", "measurement") leave out all others; ValueError for
        another.
        """
        from kb.commands.searching import search

        return search(self._opened, text, kinds, cache=self._cache)

    def results(self) -> dict[str, Record]:
        """What is known of each check, from the cache, else from ``results/``; computes nothing.

        A check that never ran is absent; one whose record is of another key has the verdict "stale".
        """
        from kb import checks

        return checks.known(self._base, cache=self._cache)

    @cached_property
    def _opened(self) -> Opened:
        return opening.open_base(self._root, cache=self._cache)

    @property
    def _base(self) -> Base:
        return self._opened.base

    def _check(self, name: str) -> Check:
        from kb.commands.selecting import UnknownName

        target, kind = self.kind_of(name)
        if kind != "check":
            raise UnknownName(f"{name!r} is a {kind}, not a check")
        return self._base.checks[target]

    def _verdicts(self) -> Mapping[str, str]:
        return {check: str(record.result.verdict) for check, record in self.results().items()}
