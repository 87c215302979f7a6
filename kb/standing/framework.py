"""Abstract argumentation (Dung, Artificial Intelligence 77, 1995): arguments, and which attack which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Framework:
    """Arguments by number and the attacks among them, each kept in both directions.

    The arguments that attack argument i are ``attackers[attackers_at[i]:attackers_at[i + 1]]``, in
    ascending order; those that i attacks are found in ``attacked`` in the same way. ``names`` are unique.
    Attacks are a set, so two frameworks with the same names and attacks are equal.
    """

    names: tuple[str, ...]
    attackers_at: tuple[int, ...]
    attackers: tuple[int, ...]
    attacked_at: tuple[int, ...]
    attacked: tuple[int, ...]

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The number of each name."""
        return {name: i for i, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def attackers_of(self, argument: int) -> tuple[int, ...]:
        return self.attackers[self.attackers_at[argument] : self.attackers_at[argument + 1]]

    def attacked_by(self, argument: int) -> tuple[int, ...]:
        return self.attacked[self.attacked_at[argument] : self.attacked_at[argument + 1]]

    def attacks(self) -> Iterable[tuple[int, int]]:
        """Every attack as (attacker, attacked), in ascending order."""
        for argument in range(len(self.names)):
            for other in self.attacked_by(argument):
                yield argument, other


def framework(names: Iterable[str], attacks: Iterable[tuple[int, int]]) -> Framework:
    """A framework from names and attacks (attacker, attacked) by number; an attack given twice counts once.

    Raises:
        ValueError: a name is given twice, or an attack names a number outside the arguments.
    """
    names = tuple(names)
    n = len(names)
    if len(set(names)) < n:
        raise ValueError("two arguments have one name")
    targets: list[list[int]] = [[] for _ in names]
    for attacker, attacked in attacks:
        if not (0 <= attacker < n and 0 <= attacked < n):
            raise ValueError(f"an attack of {attacker} on {attacked} among {n} arguments")
        targets[attacker].append(attacked)
    sources: list[list[int]] = [[] for _ in names]
    for attacker, out in enumerate(targets):
        if len(out) > 1:
            out[:] = sorted(set(out))
        for attacked in out:
            sources[attacked].append(attacker)
    return Framework(names, *_flat(sources), *_flat(targets))


def _flat(lists: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lists laid end to end: where each begins (and the last ends), and all their members."""
    starts = [0]
    members: list[int] = []
    for some in lists:
        members.extend(some)
        starts.append(len(members))
    return tuple(starts), tuple(members)
