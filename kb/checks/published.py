"""Published checks: figures that sources report, compared only where they were made the same way."""

from __future__ import annotations

from kb.checks import formula
from kb.checks.cases import Case, givens
from kb.checks.formula import Evaluated
from kb.checks.trouble import CouldNotRunError
from kb.model import Base, Published


def strangers(protocols: dict[str, str], protocol: str) -> list[str]:
    """The inputs whose protocol is not the check's, white space and case aside."""
    return [name for name, found in protocols.items() if _plain(found) != _plain(protocol)]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def evaluate(base: Base, case: Case, samples: int) -> Evaluated:
    """Compute over reported figures.

    Raises:
        CouldNotRunError: a figure was made by another protocol, or the computation is wrong.
    """
    body = case.check.body
    assert isinstance(body, Published)
    protocols = {item.name: item.quantity.protocol for item in givens(base, case)}
    if odd := strangers(protocols, body.protocol):
        raise CouldNotRunError(
            f"error: {odd[0]} was reported on “{protocols[odd[0]] or 'no stated protocol'}”, "
            f"the check compares on “{body.protocol}”"
        )
    return formula.evaluate(base, case, samples)
