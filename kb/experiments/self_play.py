"""Getting better by playing against oneself, when the result of a game is partly luck.

A player has some settings; its strength falls with the square of their distance from the best ones. Each
round a challenger, which is the champion with random changes, plays a match against it. The stronger wins a
game with the logistic probability of the difference in strength (Bradley & Terry 1952), and a share of the
results is reported the wrong way round. *Gated*, the challenger replaces the champion if it wins at least
the gate's share of the match; *ungated*, always; *blind*, the gate judges results that were drawn by lot.
So the three differ only in what a win is allowed to decide.

Papers: Silver et al. 2017 (AlphaGo Zero, doi 10.1038/nature24270), a gate of 55 % in 400 games; Silver et al.
2018 (AlphaZero, doi 10.1126/science.aar6404), no gate, since its changes are themselves learnt from wins: see
``guidance``. Shows that a noisy win signal suffices to climb, and that without one random changes do not.
Cannot show that a task has a win signal, where helpful changes come from, how hard real games are, or games
in which strength goes round in circles as in rock, paper, scissors.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Means over independent histories (``trials``); gains are shares of the way from start to best play."""
    gate, flip = params["gate"], params["flip"]
    gated, promoted, worse = _history(params, gate, flip, rng)
    ungated, _, _ = _history(params, 0.0, flip, rng)
    blind, _, _ = _history(params, gate, 0.5, rng)
    return {
        "gated_gain": float(np.mean(gated)),
        "ungated_gain": float(np.mean(ungated)),
        "blind_gain": float(np.mean(blind)),
        "gate_advantage": float(np.mean(gated) - np.mean(ungated)),
        "win_rate": float(np.mean(_wins(params["room"] * gated))),
        "promoted": float(promoted),
        "wrongly_promoted": float(worse),
    }


def _history(
    params: Mapping[str, float], gate: float, flip: float, rng: np.random.Generator
) -> tuple[Array, float, float]:
    """Each history's gain (shape: trials), share of rounds with a new champion, and of these with a worse."""
    trials, size, games = int(params["trials"]), int(params["settings"]), int(params["games"])
    rounds, step, guidance = int(params["rounds"]), params["step"], params["guidance"]
    champion = np.zeros((trials, size))
    champion[:, 0] = 1.0  # the best settings are all 0, so that every history starts at distance 1
    strength = _strength(champion, params["room"])
    promoted = worse = 0
    for _ in range(rounds):
        random = rng.standard_normal((trials, size)) / np.sqrt(size)
        ahead = -champion / np.maximum(np.linalg.norm(champion, axis=1, keepdims=True), 1e-12)
        challenger = champion + step * (guidance * ahead + np.sqrt(1 - guidance**2) * random)
        tried = _strength(challenger, params["room"])
        reported = flip + (1 - 2 * flip) * _wins(tried - strength)
        # The tolerance keeps a gate such as 0.55 from asking for 221 games of 400.
        taken = rng.binomial(games, reported) >= gate * games - 1e-9
        promoted += int(np.sum(taken))
        worse += int(np.sum(taken & (tried < strength)))
        champion = np.where(taken[:, None], challenger, champion)
        strength = np.where(taken, tried, strength)
    return 1 + strength / params["room"], promoted / (trials * rounds), worse / max(promoted, 1)


def _strength(settings: Array, room: float) -> Array:
    """Log-odds (in nats) of winning against best play, which has strength 0; shape (trials,)."""
    return np.asarray(-room * np.sum(settings**2, axis=1))


def _wins(lead: Array) -> Array:
    """The chance to win a game with such a lead in log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(lead, -700, 700))))
