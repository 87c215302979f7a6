"""What a reader must know beside P: too few samples or runs, inputs that act together or move together."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log2

from kb.checks.judgement import Judged
from kb.checks.sizes import MOST_SAMPLES
from kb.model import Correlation, Driver, Scale, Verdict
from kb.wording import listed, number, percent

#: The half-width of P's interval beyond which the samples are too few, whatever P is.
WIDEST = 0.01
#: From so many runs on, their share is as good as a probability for a reader.
MANY_RUNS = 30
#: What the inputs must explain one by one, so that their shares tell the story.
EXPLAINED = 0.9


def few_samples(judged: Judged, samples: int, scale: Scale, title: str = "") -> str:
    """The sentence where P is not settled by so many samples; empty where it is.

    It is not where its 95 % interval is wider than ±0.01, or reaches over a threshold that P itself does not.
    The number that would do is that of plain random sampling, whose error falls with the square root of the
    number; the points used here need fewer.
    """
    if judged.p is None or judged.p_low is None or judged.p_high is None or not samples:
        return ""
    reach = (judged.p_high - judged.p_low) / 2
    gaps = [
        abs(judged.p - threshold)
        for threshold in (scale.holds, scale.fails)
        if judged.p_low < threshold < judged.p_high
    ]
    if reach <= WIDEST and not gaps:
        return ""
    wanted = min([WIDEST, *gaps])
    under = f"Under “{title}”, t" if title else "T"
    if gaps:
        why = (
            f"{under}he verdict is not settled by {samples:,} samples: P lies between {judged.p_low:.4f} and "
            f"{judged.p_high:.4f}, on both sides of a threshold."
        )
    else:
        why = f"{under}here are too few samples ({samples:,}): P is known to ±{number(reach, 2)} only."
    if wanted <= 0 or (needed := samples * (reach / wanted) ** 2) > MOST_SAMPLES:
        return f"{why} P lies so near the threshold that more samples will hardly tell."
    return (
        f"{why} About {2 ** max(ceil(log2(needed) - 1e-9), int(log2(samples)) + 1):,} would do (`--samples`)."
    )


def unsettled(judged: Judged, trials: str, scale: Scale, title: str = "") -> str:
    """Why a fit is inconclusive, ``trials`` being what P is the share of; empty where it is not."""
    if judged.verdict is not Verdict.INCONCLUSIVE or judged.p_low is None or judged.p_high is None:
        return ""
    under = f"Under “{title}”, " if title else ""
    crossed = any(judged.p_low < threshold < judged.p_high for threshold in (scale.holds, scale.fails))
    why = (
        ", on both sides of a threshold: the verdict is not settled"
        if crossed
        else ": the rows do not settle it"
    )
    return (
        f"{under}P is the share of {trials} and lies between {judged.p_low:.3f} and {judged.p_high:.3f}{why}."
    )


def few_runs(judged: Judged, runs: int, title: str = "") -> str:
    """The sentence where P is the share of a few runs; empty with many, and with one."""
    if judged.p is None or not 1 < runs < MANY_RUNS:
        return ""
    under = f"Under “{title}”, " if title else ""
    return f"{under}P counts {runs} runs: {round(judged.p * runs)} of them met the condition."


def together(drivers: Sequence[Driver], correlations: Sequence[Correlation]) -> list[str]:
    """What the shares of an output that varies do not say: that inputs act together, or are correlated."""
    present = {driver.input for driver in drivers}
    moved = [c for c in correlations if c.rank and {c.first, c.second} <= present]
    if moved:
        names = listed(list(dict.fromkeys(name for c in moved for name in (c.first, c.second))))
        return [
            f"{names} are correlated, so their shares overlap and are no parts of a whole; where one is "
            "fixed at a value, the others stay as they are."
        ]
    total = sum(driver.share for driver in drivers)
    if len(drivers) > 1 and total < EXPLAINED:
        return [
            f"The inputs act together: one by one they explain {percent(total)} of the spread, the rest lies "
            "in their combinations."
        ]
    return []
