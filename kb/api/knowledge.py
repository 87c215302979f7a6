"""A base as an object: what its files say, what its checks say, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kb.api.arguing import Argument
from kb.checks.sizes import SAMPLES
from kb.commands import opening

if TYPE_CHECKING:
    from kb.api.flat import Row, TableName
    from kb.checks import Power
    from kb.commands.check import CheckReport
    from kb.commands.history import Entry
    from kb.commands.interchange import Exported
    from kb.commands.looking import Look, Why
    from kb.commands.serve import Round
    from kb.commands.whatif import Comparison
    from kb.diagnostics import Diagnostic
    from kb.model import Account, Amount, Record, Result
    from kb.site import BuildReport
    from kb.source.verifying import Verification

#: Told after each check or page: its name, how many are done, how many there are.
Counted = Callable[[str, int, int], None]
#: Told of a check that runs at the moment: its id and the share done, from 0 to 1.
Running = Callable[[str, float], None]
#: Told the share done of what runs, from 0 to 1.
Share = Callable[[float], None]


class BaseError(Exception):
    """A base with errors, of which nothing can be computed; ``diagnostics`` are the errors, in file order."""

    def __init__(self, root: Path, diagnostics: tuple[Diagnostic, ...]) -> None:
        said = [f"{root / d.file}:{d.line}:{d.column}: {d.rule}: {d.message}" for d in diagnostics]
        super().__init__("\n".join((f"{len(said)} error{'s'[: len(said) != 1]} in the base", *said)))
        self.root = root
        self.diagnostics = diagnostics


def load(path: str | Path | None = None, *, strict: bool = True, cache: bool = True) -> KnowledgeBase:
    """Open the base in a folder; without ``path``, the one that the command line would find.

    With ``strict``, files are read at once and a base with errors is refused; without, they are read when
    something of them is asked for, and what is wrong with them is in ``diagnostics``. ``cache`` says
    whether anything is kept in the base's ``.kb``.

    Raises:
        NoBase: there is no base; the text names the places tried.
        BaseError: the base has errors (only with ``strict``).
    """
    base = KnowledgeBase(opening.find(None if path is None else str(path)), cache=cache)
    if strict and base.errors:
        raise BaseError(base.root, base.errors)
    return base


class KnowledgeBase(Argument):
    """A base: its claims, checks and sources, the results of the checks, the standings of the claims.

    Everything is lazy: files are read when something of them is first asked for, results are looked up each
    time. Nothing is computed but by ``check``, ``what_if``, ``run`` and ``power``.
    """

    # --- running checks -------------------------------------------------------

    def check(
        self,
        name: str,
        *,
        set: Mapping[str, Amount] | None = None,  # noqa: A002 - the field's name in `flips_if`, too
        reading: Mapping[str, str] | None = None,
        samples: int = SAMPLES,
        live: bool = False,
        cache: bool = True,
        progress: Share | None = None,
    ) -> Record:
        """What one check says, computed unless it is known; with other assumptions, if any are given.

        ``set`` gives inputs another value: a number in the input's unit, text with a unit, or a quantity's
        id; of a simulation, its params. ``reading`` keeps one option of reading dimensions. ``samples`` is a
        power of two, from 256 to 2**24. ``live`` measures this machine for a benchmark. A run with other
        assumptions has a key of its own: it never touches what is known of the check as stated.

        What keeps a check from running is a verdict too (could-not-run, with the reason).

        Raises:
            UnknownName: no such check, input, reading or option.
            WrongChange: a value that the input cannot have, or a wrong number of samples.
        """
        from kb.commands import whatif

        wish = whatif.wish(set, reading, samples, live)
        check = self._check(name)
        keep = cache and self._cache
        if wish == whatif.Change():
            return whatif.changed(self._base, check, wish, cache=keep, progress=progress)
        part = whatif.parts(self._base, [check.id], wish)[check.id]
        return whatif.changed(self._base, check, part, cache=keep, progress=progress)

    def what_if(
        self,
        *selectors: str,
        exclude: Collection[str] = (),
        set: Mapping[str, Amount] | None = None,  # noqa: A002 - as in `check`
        reading: Mapping[str, str] | None = None,
        samples: int = SAMPLES,
        live: bool = False,
        jobs: int = 0,
        progress: Counted | None = None,
        running: Running | None = None,
    ) -> tuple[Comparison, ...]:
        """The selected checks under other assumptions, each beside what it says as stated.

        Each check takes the part of the change that it has; those that it leaves as they are do not appear.
        Arguments and errors are those of ``check`` (``jobs``: of ``run``); ``UnknownName`` when no selected
        check has an input.
        """
        from kb.commands import whatif

        wish = whatif.wish(set, reading, samples, live)
        ids = self.select(*selectors, exclude=exclude)
        return whatif.compare(
            self._base, ids, wish, jobs=jobs, cache=self._cache, progress=progress, running=running
        )

    def run(
        self,
        *selectors: str,
        exclude: Collection[str] = (),
        since: str = "",
        jobs: int = 0,
        cluster: str = "",
        force: bool = False,
        record: bool = False,
        progress: Counted | None = None,
        running: Running | None = None,
    ) -> CheckReport:
        """Run the selected checks (all, without a selector) that are not known yet; report on all.

        ``since`` is a revision of git; then only checks that the change since touches are meant.
        ``jobs`` child processes work at once (default: one a processor); ``cluster`` hands the work to Dask
        workers ("tcp://…" or "local:N"). ``force`` computes what is known, too. ``record`` appends new
        verdicts to ``results/``. ``progress`` is told after each check, ``running`` what runs at the moment.
        Results are kept as they come, so a run that is interrupted goes on where it
        stopped.

        Raises:
            UnknownName: a selector means nothing in this base.
            NoRevision: git has no such revision, or no base in it.
            ClusterError: the address is none, or the cluster cannot be reached.
        """
        from kb.commands.check import check

        return check(
            self._opened,
            selectors,
            exclude=exclude,
            since=since,
            jobs=jobs,
            force=force,
            cache=self._cache,
            record=record,
            cluster=cluster,
            progress=progress,
            running=running,
        )

    def believe(self, name: str, record: Record) -> tuple[str, ...]:
        """What one would have to believe for a check to come out otherwise than in ``record``.

        Raises:
            ValueError: the record is of another check.
        """
        from kb import checks

        check = self._check(name)
        if record.result.check != check.id:
            raise ValueError(f"a record of {record.result.check} says nothing of {check.id}")
        return checks.believe(check, record.result)

    def power(self, name: str, *, samples: int = SAMPLES) -> Power:
        """Whether a check can tell the difference: its verdicts with the claimed value and each input moved.

        Raises:
            UnknownName: there is no such check.
            WrongChange: a wrong number of samples.
        """
        from kb import checks
        from kb.commands import whatif

        whatif.try_samples(samples)
        return checks.power(self._base, self._check(name), samples=samples)

    # --- what is known, and what follows ----------------------------------------

    def standings(
        self, *, accept_unverified: bool = False, results: Mapping[str, Record | Result] | None = None
    ) -> Mapping[str, Account]:
        """Where every claim stands, by id, given ``results`` (default: what is known of the checks).

        ``base.standings(results={**base.results(), "x": changed})`` answers what would follow from another
        result. ``accept_unverified`` counts unverified numbers as if they were verified. A claim that
        restates another has no standing of its own.
        """
        from kb.api.flat import as_records

        records = self.results() if results is None else as_records(results)
        return opening.standings(self._opened, records, accept_unverified=accept_unverified)

    def why(
        self,
        claim: str,
        *,
        depth: int = 3,
        accept_unverified: bool = False,
        results: Mapping[str, Record | Result] | None = None,
    ) -> Why:
        """The reasons of a claim's standing as a tree, ``depth`` levels down, to the checks.

        Raises:
            UnknownName: there is no such claim.
        """
        from kb.api.flat import as_records
        from kb.commands.looking import explain_claim
        from kb.commands.selecting import UnknownName

        target, kind = self.kind_of(claim)
        if kind != "claim":
            raise UnknownName(f"{claim!r} is a {kind}; only claims have reasons. Try: kb show {claim}")
        records = self.results() if results is None else as_records(results)
        return explain_claim(self._opened, target, records, depth=depth, accept_unverified=accept_unverified)

    def show(self, name: str) -> Look:
        """A thing of the base (claim, check, source, quantity, measurement, table, question) and what is
        known about it.

        Raises:
            UnknownName: nothing is called so.
        """
        from kb.commands.looking import look

        return look(self._opened, self.kind_of(name), cache=self._cache)

    def history(self, name: str) -> tuple[Entry, ...]:
        """The recorded runs of a check, oldest first, each with what changed; empty when none was recorded.

        Raises:
            UnknownName: there is no such check.
            LedgerError: the file of its records is damaged.
        """
        from kb.commands.history import history

        return history(self._opened, self._check(name).id)

    def rows(self, table: TableName) -> list[Row]:
        """One of the base's tables as flat rows of plain values, ready for ``pandas.DataFrame``.

        ``table`` is "claims", "checks", "inputs", "drivers", "turns" or "readings"; docs/api.md lists the
        columns.
        """
        from kb.api import flat

        return flat.table(self, table)

    def render(
        self,
        out: str | Path,
        *,
        accept_unverified: bool = False,
        docs: str | Path | None = None,
        progress: Counted | None = None,
    ) -> BuildReport:
        """Write the base as a static web site to the folder ``out``; computes no check.

        ``docs`` is a folder of Markdown files (UTF-8) that become pages of the site.

        Raises:
            ForeignFolderError: the folder holds something that is not ours.
            BusyError: another process writes there.
            DocsError: a file of ``docs`` cannot be shown.
        """
        from kb.commands.render import render

        return render(
            self._opened,
            Path(out),
            cache=self._cache,
            accept_unverified=accept_unverified,
            docs=Path(docs) if docs else None,
            progress=progress,
        )

    def export(self, name: str, *selectors: str, exclude: Collection[str] = ()) -> Exported:
        """The base, or the claims that selectors pick, as text in another format; runs no check.

        Raises:
            WrongFormat: there is no such format, or it is only read.
            UnknownName: a selector means nothing in this base.
            FormatError: the base lacks something that the format cannot do without.
        """
        from kb.commands.interchange import export

        return export(self._opened, name, self.results(), selectors, exclude)

    def serve(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 8000,
        remote: Collection[str] = (),
        check: bool = True,
        jobs: int = 0,
        docs: str | Path | None = None,
        started: Callable[[str], None],
        told: Callable[[Round], None],
    ) -> None:
        """Show the base's site to browsers of this machine and keep it up to date with its files.

        Returns never; KeyboardInterrupt ends it, and leaves nothing behind. ``started`` is told the address,
        ``told`` what followed from each change of files. ``port`` 0 takes any free one; ``remote`` are the
        host names under which other machines may ask, which a ``host`` that they reach needs; ``docs`` is a
        folder of Markdown files that become pages of the site.

        Raises:
            AddressError: it cannot, or should not, listen there.
        """
        from kb.commands.serve import serve

        serve(
            self._root,
            host=host,
            port=port,
            remote=remote,
            check=check,
            jobs=jobs,
            docs=Path(docs) if docs else None,
            started=started,
            told=told,
        )

    def verify_quotes(self, texts: str | Path) -> tuple[Verification, ...]:
        """Look for every pinned quote in the text files of the folder ``texts``."""
        from kb.commands.sources import verify_quotes

        return verify_quotes(self._base, Path(texts))
