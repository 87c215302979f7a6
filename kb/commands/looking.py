"""Look at one thing of a base, or at why a claim stands where it does. Nothing is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb import checks
from kb.commands.opening import Opened, standings
from kb.model import Account, Bearing, Check, Claim, Measurement, Quantity, Question, Record, Source, Table
from kb.review.stamps import suspects

Thing = Claim | Check | Source | Quantity | Measurement | Table | Question


@dataclass(frozen=True, slots=True)
class Look:
    """A thing of the base with what is known about it and where it is used.

    ``believe`` says in sentences what would have to be true for a check to come out otherwise; ``suspect``
    are the relations and bearings of a claim's file, or the bearings of a check, that have changed since they
    were reviewed, by their ids.
    """

    kind: str
    thing: Thing
    account: Account | None = None
    record: Record | None = None
    used_by: tuple[str, ...] = ()
    records: Mapping[str, Record] | None = None
    believe: tuple[str, ...] = ()
    suspect: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """A claim's account, the records of its checks, and the same for the premises of its reasons.

    ``again`` marks a claim whose explanation already stands higher up in the tree.
    """

    claim: str
    account: Account
    checks: tuple[tuple[Bearing, Record | None], ...]
    reasons: Mapping[str, tuple[Why, ...]]
    again: bool = False


def look(opened: Opened, target: tuple[str, str], *, cache: bool = True) -> Look:
    """Everything about the thing with this id and kind."""
    name, kind = target
    base = opened.base
    records = checks.known(base, cache=cache)
    match kind:
        case "claim":
            accounts = standings(opened, records)
            node = opened.argument.alias.get(name, name)
            again = tuple(review.id for review in suspects(base) if review.owner == name)
            return Look(kind, base.claims[name], account=accounts.get(node), records=records, suspect=again)
        case "check":
            users = tuple(c.id for c in base.claims.values() if any(b.check == name for b in c.checks))
            record = records.get(name)
            believe = checks.believe(base.checks[name], record.result) if record else ()
            again = tuple(
                review.id
                for review in suspects(base)
                if isinstance(review.part, Bearing) and review.part.check == name
            )
            return Look(kind, base.checks[name], None, record, users, believe=believe, suspect=again)
        case "source":
            users = tuple(c.id for c in base.claims.values() if any(e.source == name for e in c.evidence))
            return Look(kind, base.sources[name], used_by=users)
        case "quantity":
            users = tuple(c.id for c in base.checks.values() if any(i.quantity == name for i in c.inputs))
            return Look(kind, base.quantities[name], used_by=users)
        case "measurement":
            return Look(kind, base.measurements[name])
        case "table":
            return Look(kind, base.tables[name])
        case _:
            return Look(kind, next(q for q in base.config.questions if q.id == name))


def explain_claim(
    opened: Opened,
    claim: str,
    records: Mapping[str, Record],
    *,
    depth: int = 3,
    accept_unverified: bool = False,
) -> Why:
    """The tree of reasons under a claim, down to ``depth`` levels and to the checks."""
    accounts = standings(opened, records, accept_unverified=accept_unverified)
    bearings: dict[str, list[Bearing]] = {}
    for bearing in opened.argument.bearings:
        bearings.setdefault(bearing.claim, []).append(bearing)
    seen: set[str] = set()

    def grow(node: str, left: int) -> Why:
        account = accounts[node]
        again = node in seen
        seen.add(node)
        lines = (*account.contributions, *account.tension)
        reasons = {
            line.id: tuple(grow(premise, left - 1) for premise in line.premises)
            for line in lines
            if line.premises and left > 0 and not again
        }
        return Why(
            node,
            account,
            tuple((b, records.get(b.check)) for b in bearings.get(node, ())),
            reasons,
            again,
        )

    return grow(opened.argument.alias.get(claim, claim), depth)
