"""What follows from a base's argument, what would follow otherwise, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kb.api.contents import Contents

if TYPE_CHECKING:
    from kb.commands.arguing import Remarks
    from kb.model import Record, Result, Scale, Standing, Step, Undercut
    from kb.standing.audits import AuditFinding
    from kb.standing.crisp import Crisp, Disagreement
    from kb.standing.cruxes import Cruxes
    from kb.standing.levers import Levers
    from kb.standing.robustness import Outcome, Robustness
    from kb.standing.whatif import WhatIf
    from kb.standing.worth import Ranking

Results = Mapping[str, "Record | Result"]


class Argument(Contents):
    """The questions that one may put to the argument of a base. None of them computes a check.

    Each goes by ``results`` (default: what is known of the checks); ``accept_unverified`` counts unverified
    numbers as if they were verified. A claim that restates another is asked as that one.
    """

    # --- what if ------------------------------------------------------------------

    def suppose(
        self,
        *,
        verdicts: Mapping[str, str | float] | None = None,
        changed: Results | None = None,
        strengths: Mapping[str, str] | None = None,
        remove: Sequence[str] = (),
        add: Sequence[str | Step | Undercut] = (),
        readings: Mapping[str, str] | None = None,
        scale: Scale | None = None,
        accept_unverified: bool = False,
        use_priors: bool = False,
        results: Results | None = None,
    ) -> WhatIf:
        """Which standings move when something is otherwise, by how much and by which way; records nothing.

        ``verdicts``: by check, "holds", "fails", "inconclusive", "could-not-run" or the chance P that its
        condition is met. ``changed``: by check, another result, as of ``check(…, set=…)``. ``strengths``:
        by step or undercut. ``remove``: names of steps and undercuts, "check > claim", "a requires b".
        ``add``: relations, in words ("a supports b [strong]"; see ``relation``) or as steps and undercuts.
        ``readings``: by reading, the one definition to go by. ``scale``: other thresholds, weights or bands.
        ``use_priors`` counts the authors' priors.

        Raises:
            UnknownName: there is no such check, relation, claim, reading or strength.
            WrongSupposition: no such verdict, a chance outside 0 to 1, or a relation that cannot be.
        """
        from kb.api.flat import as_records
        from kb.commands import supposing
        from kb.standing.whatif import Changes

        changes = Changes(
            verdicts=verdicts or {},
            results={check: record.result for check, record in as_records(changed or {}).items()},
            strengths=strengths or {},
            remove=remove,
            add=[self.relation(item) if isinstance(item, str) else item for item in add],
            readings=readings or {},
            scale=scale,
            accept_unverified=accept_unverified,
            use_priors=use_priors,
        )
        return supposing.suppose(self._opened, self._given(results), changes)

    def relation(self, text: str) -> Step | Undercut:
        """A relation in words: "a supports b", "a and b attacks c [strong]", "a undercuts some-step".

        Raises:
            UnknownName: there is no such claim or strength.
            WrongSupposition: the text cannot be read, or the relation is there already.
        """
        from kb.commands import supposing

        return supposing.relation(self._opened, text)

    # --- what would turn it ---------------------------------------------------------

    def cruxes(
        self,
        claim: str,
        *,
        to: Standing | str | None = None,
        claims: bool = False,
        largest: int = 3,
        budget: int | None = None,
        accept_unverified: bool = False,
        results: Results | None = None,
    ) -> Cruxes:
        """The smallest sets of checks that would have to come out otherwise for a claim's label to flip.

        ``to`` asks for one label. With ``claims``, open claims behind it that have no check may be decided,
        too. Sets have at most ``largest`` changes; ``budget`` bounds the maps solved.

        Raises:
            UnknownName: there is no such claim.
            ValueError: ``to`` is no label.
        """
        from kb.commands import arguing
        from kb.model import Standing

        return arguing.cruxes(
            self._opened,
            self._given(results),
            claim,
            to=None if to is None else Standing(to),
            claims=claims,
            largest=largest,
            budget=budget,
            accept_unverified=accept_unverified,
        )

    def worth_checking(
        self, *claims: str, accept_unverified: bool = False, results: Results | None = None
    ) -> Ranking:
        """What to check next: all that is undecided behind the claims (default: all theses), first what could
        turn most of them. Of very many, the nearest are tried; ``untried`` of the answer counts the others.

        Raises:
            UnknownName: there is no such claim.
        """
        from kb.commands import arguing

        records = self._given(results)
        return arguing.worth_checking(self._opened, records, claims, accept_unverified=accept_unverified)

    def levers(
        self, claim: str, *, accept_unverified: bool = False, results: Results | None = None
    ) -> Levers:
        """How fast and how far a claim moves with every check and relation behind it.

        Raises:
            UnknownName: there is no such claim.
        """
        from kb.commands import arguing

        records = self._given(results)
        return arguing.levers(self._opened, records, claim, accept_unverified=accept_unverified)

    # --- how far to trust it ----------------------------------------------------------

    def robustness(
        self, claim: str | None = None, *, accept_unverified: bool = False, results: Results | None = None
    ) -> Robustness:
        """The label of each thesis (or of one) under other semantics, base bands and strength scales.

        Raises:
            UnknownName: there is no such claim.
        """
        from kb.commands import arguing

        records = self._given(results)
        return arguing.robustness(self._opened, records, claim, accept_unverified=accept_unverified)

    def standings_by(
        self, semantics: str, *, accept_unverified: bool = False, results: Results | None = None
    ) -> Mapping[str, Outcome]:
        """Where every claim stands under "df-quad", "quadratic-energy", "euler" or "mlp".

        Raises:
            WrongSupposition: there is no such semantics.
        """
        from kb.commands import arguing

        records = self._given(results)
        return arguing.standings_by(self._opened, records, semantics, accept_unverified=accept_unverified)

    def audits(
        self, *, accept_unverified: bool = False, results: Results | None = None
    ) -> tuple[AuditFinding, ...]:
        """What to look into: one-sided arguments, single sources, double counting, mere proxies, idle
        relations."""
        from kb.commands import arguing

        return arguing.audits(self._opened, self._given(results), accept_unverified=accept_unverified)

    def crisp(
        self, *, accept_unverified: bool = False, results: Results | None = None
    ) -> Mapping[str, Crisp]:
        """What each claim is when no reason weighs more than another: "in", "out" or "undecided"."""
        from kb.commands import opening

        records = self._given(results)
        return opening.standings(self._opened, records, accept_unverified=accept_unverified).crisp

    def disagreements(
        self, *, accept_unverified: bool = False, results: Results | None = None
    ) -> tuple[Disagreement, ...]:
        """The claims whose standing and crisp reading differ, each with a sentence on why."""
        from kb.commands import arguing

        return arguing.disagreements(self._opened, self._given(results), accept_unverified=accept_unverified)

    def remarks(
        self, claim: str, *, accept_unverified: bool = False, results: Results | None = None
    ) -> Remarks:
        """What to know of a claim beside its reasons: proof standard, nearest check, crisp reading.

        Raises:
            UnknownName: there is no such claim.
        """
        from kb.commands import arguing

        records = self._given(results)
        return arguing.remarks(self._opened, records, claim, accept_unverified=accept_unverified)

    def _given(self, results: Results | None) -> Mapping[str, Record]:
        from kb.api.flat import as_records

        return self.results() if results is None else as_records(results)
