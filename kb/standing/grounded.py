"""The grounded labelling: what follows from the attacks alone, without choosing a side anywhere."""

from __future__ import annotations

from itertools import pairwise

from kb.standing.framework import Framework

IN, UNDECIDED, OUT = 1, 0, -1


def grounded(framework: Framework) -> list[int]:
    """The grounded label of each argument: ``IN``, ``OUT`` or ``UNDECIDED``.

    An argument is in when all its attackers are out, out when one of them is in; whatever that does not
    reach stays undecided (Modgil and Caminada, Proof Theories and Algorithms for Abstract Argumentation
    Frameworks, 2009). With a count of the attackers not yet out of each argument, every attack is
    looked at twice at most (Nofal, Atkinson and Dunne, Computing Grounded Extensions of Abstract
    Argumentation Frameworks, The Computer Journal 64, 2021): linear time, and no recursion.
    """
    starts, targets = framework.attacked_at, framework.attacked
    left = [stop - start for start, stop in pairwise(framework.attackers_at)]
    labels = [UNDECIDED] * len(framework)
    accepted = [argument for argument, count in enumerate(left) if not count]
    for argument in accepted:  # grows while it is read
        labels[argument] = IN
        for loser in targets[starts[argument] : starts[argument + 1]]:
            if labels[loser] == UNDECIDED:
                labels[loser] = OUT
                for other in targets[starts[loser] : starts[loser + 1]]:
                    left[other] -= 1
                    if not left[other]:
                        accepted.append(other)
    return labels
