"""What a check's inputs vary by: inputs that share a quantity are one variable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.checks.cases import Given
from kb.checks.sampling import quantile
from kb.model import Quantity


@dataclass(frozen=True, slots=True)
class Variable:
    """The inputs that move together because they are one quantity, named by the first of them."""

    names: tuple[str, ...]
    quantity: Quantity

    @property
    def name(self) -> str:
        return self.names[0]

    def at(self, share: float) -> float:
        """The value below which a ``share`` of the distribution lies; of a point, the point."""
        if self.quantity.spread:
            return float(quantile(self.quantity.spread, share))
        return self.quantity.value or 0.0


def variables(given: Iterable[Given], *, definitions: bool = False) -> tuple[Variable, ...]:
    """The variables of a case's inputs, in their order; a definition is one only if asked for."""
    found: dict[str, list[Given]] = {}
    for item in given:
        if definitions or not item.quantity.definition:
            found.setdefault(item.variable, []).append(item)
    return tuple(Variable(tuple(g.name for g in items), items[0].quantity) for items in found.values())
