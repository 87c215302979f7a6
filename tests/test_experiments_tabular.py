"""Experiments against theory: where a toy has a closed form, the simulation must land on it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from kb.experiments import complete, compression, confounding, find, self_play
from kb.experiments.child import main

SEEDS = range(1, 11)
FEW = range(1, 4)


def runs(name: str, seeds: range = SEEDS, **params: float) -> dict[str, list[float]]:
    outputs: dict[str, list[float]] = main(
        {"experiment": name, "params": params, "seeds": list(seeds)}, lambda done: None
    )["outputs"]
    return outputs


def run(name: str, seed: int = 1, **params: float) -> Mapping[str, float]:
    return {output: values[0] for output, values in runs(name, range(seed, seed + 1), **params).items()}


def best_ridge_error(ratio: float, noise: float) -> float:
    """Test error of the best ridge for a signal of variance 1, ``ratio`` parameters a sample.

    Dobriban & Wager 2018 (doi 10.1214/17-AOS1549), with the Stieltjes transform of Marchenko & Pastur 1967.
    """
    ridge = ratio * noise**2
    root = np.sqrt((1 - ratio + ridge) ** 2 + 4 * ratio * ridge)
    return float(noise**2 * ratio * (root - (1 - ratio + ridge)) / (2 * ratio * ridge))


# --- confounding --------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "tie", "influence", "noise"), [(0.5, 0.8, 1, 0.5), (0, 0.5, 2, 1), (-1, -0.6, 1, 0.3)]
)
def test_confounding_matches_the_linear_model(
    effect: float, tie: float, influence: float, noise: float
) -> None:
    found = run("confounding", effect=effect, confounding=tie, influence=influence, noise=noise, trials=30)
    # Cov(X, Y) / Var(X) = effect + tie · influence: the bias is what comes through the back door.
    assert found["more_data_bias"] == pytest.approx(tie * influence, abs=0.01)
    assert found["naive_bias"] == pytest.approx(tie * influence, abs=0.05)
    assert found["adjusted_bias"] == pytest.approx(0, abs=0.05)
    assert found["randomised_bias"] == pytest.approx(0, abs=0.05)
    rest = influence**2 * (1 - tie**2) + noise**2
    seen = effect**2 + influence**2 + noise**2 + 2 * effect * tie * influence
    done = effect**2 + influence**2 + noise**2
    assert found["observed_error"] == pytest.approx(rest / seen, rel=0.03)
    assert found["intervened_error"] == pytest.approx(
        1 + ((tie * influence) ** 2 - effect**2) / done, rel=0.03
    )
    assert found["adjusted_error"] == pytest.approx(1 - effect**2 / done, rel=0.03)


@pytest.mark.parametrize("error", [0.0, 0.5, 1.0, 3.0])
def test_a_badly_measured_confounder_repairs_only_part(error: float) -> None:
    found = run("confounding", measurement_error=error, trials=50)
    # E[Z | X, measured Z] gives X the weight tie · error² / (1 - tie² + error²).
    left = 0.8 * error**2 / (1 - 0.8**2 + error**2)
    assert found["adjusted_bias"] == pytest.approx(left, abs=0.02)


def test_confounding_for_every_seed() -> None:
    tied = runs("confounding")
    assert min(tied["intervened_error"]) > 1.1
    assert max(tied["observed_error"]) < 0.3
    assert min(tied["more_data_bias"]) > 0.75
    assert max(map(abs, tied["adjusted_bias"])) < 0.1
    by_lot = runs("confounding", confounding=0)
    assert max(by_lot["intervened_error"]) < 0.9
    assert max(map(abs, by_lot["more_data_bias"])) < 0.05


# --- self-play ----------------------------------------------------------------


def test_self_play_climbs_only_where_wins_decide() -> None:
    found = runs("self_play")
    assert min(found["gated_gain"]) > 0.9
    assert max(found["ungated_gain"]) < -1
    assert max(found["blind_gain"]) < 0
    noisier = runs("self_play", FEW, flip=0.4)
    assert min(noisier["gated_gain"]) > 0.7
    assert max(noisier["gated_gain"]) < min(found["gated_gain"])
    assert min(noisier["wrongly_promoted"]) > max(found["wrongly_promoted"])
    assert max(runs("self_play", FEW, flip=0.5)["gated_gain"]) < 0


def test_without_a_signal_the_gate_passes_by_luck_alone() -> None:
    found = run("self_play", flip=0.5, trials=200)
    # At least 220 heads in 400 throws of a coin.
    assert found["promoted"] == pytest.approx(stats.binom(400, 0.5).sf(219), rel=0.1)


def test_a_gate_above_what_the_signal_can_show_lets_nobody_pass() -> None:
    found = run("self_play", flip=0.45, gate=0.8)
    assert (found["promoted"], found["gated_gain"], found["wrongly_promoted"]) == (0, 0, 0)
    assert found["win_rate"] == 0.5


def test_unguided_changes_without_a_gate_are_a_random_walk() -> None:
    found = run("self_play", rounds=100, trials=2000)
    # The square of the distance grows by step² a round.
    assert found["ungated_gain"] == pytest.approx(-100 * 0.1**2, rel=0.05)


def test_guided_changes_need_no_gate() -> None:
    found = run("self_play", guidance=0.3)
    assert found["ungated_gain"] > 0.9
    assert found["gate_advantage"] == pytest.approx(0, abs=0.05)


def test_the_win_rate_is_bradley_and_terrys() -> None:
    params = complete(find("self_play"), {"rounds": 1, "trials": 1, "gate": 0, "room": 3})
    found = self_play.run(params, np.random.default_rng(1))
    assert found["win_rate"] == pytest.approx(1 / (1 + np.exp(-3 * found["gated_gain"])))


# --- compression --------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 8), st.integers(0, 5))
def test_every_message_comes_back_and_costs_at_most_two_bits_more(
    data: st.DataObject, letters: int, order: int
) -> None:
    message = data.draw(st.lists(st.integers(0, letters - 1), max_size=200))
    bits = compression.encode(message, letters, order)
    assert set(bits) <= {0, 1}
    assert compression.decode(bits, len(message), letters, order) == message
    if message:
        surprise, _ = compression.surprise_and_hits(message, letters, order)
        assert 0 < len(bits) - surprise <= 2 + 1e-9


def test_another_predictor_than_the_writers_reads_nonsense() -> None:
    message = [0, 1] * 200
    bits = compression.encode(message, 2, 1)
    assert compression.decode(bits, len(message), 2, 0) != message
    bits[3] ^= 1
    assert compression.decode(bits, len(message), 2, 1) != message


def test_the_predictor_gives_krichevsky_and_trofimovs_chances() -> None:
    message = [0] * 7 + [1] * 3
    surprise, _ = compression.surprise_and_hits(message, 2, 0)
    # The chance of a message with a zeros and b ones is B(a + 1/2, b + 1/2) / B(1/2, 1/2).
    assert surprise == pytest.approx(-np.log2(special.beta(7.5, 3.5) / special.beta(0.5, 0.5)))


def test_the_entropy_rate_of_known_chains() -> None:
    flip = 0.11
    binary = -(flip * np.log2(flip) + (1 - flip) * np.log2(1 - flip))
    assert compression.entropy_rate(np.array([[1 - flip, flip], [flip, 1 - flip]])) == pytest.approx(binary)
    assert compression.entropy_rate(np.full((64, 4), 0.25)) == pytest.approx(2)
    assert compression.entropy_rate(np.array([[0.5, 0.25, 0.25]])) == pytest.approx(1.5)
    # A chain that stays in its first state 3 times of 4 and leaves the other at once: shares 4/5 and 1/5.
    leaving = 0.8 * -(0.25 * np.log2(0.25) + 0.75 * np.log2(0.75))
    assert compression.entropy_rate(np.array([[0.75, 0.25], [1.0, 0.0]])) == pytest.approx(leaving)


def test_learning_costs_what_theory_allows() -> None:
    found = run("compression", letters=2, memory=1, order=1, evenness=1, characters=20_000, trials=5)
    # Each of the two contexts costs at most ½ log2 n + 1 bits (Krichevsky & Trofimov 1981), the coder 2;
    # what remains is the luck of the message.
    learning = (2 * (0.5 * np.log2(20_000) + 1) + 2) / 20_000
    assert found["redundancy"] == pytest.approx(learning / 2, abs=0.01)


def test_compression_for_every_seed() -> None:
    known = runs("compression")
    assert set(known["restored"]) == {1.0}
    assert min(known["coder_overhead"]) > 0
    assert max(known["coder_overhead"]) <= 2
    assert min(known["saving"]) > 0.2
    assert np.all(np.array(known["accuracy"]) > np.array(known["memoryless_accuracy"]))
    assert max(runs("compression", FEW, order=0, characters=1000)["saving"]) == 0
    # Too long a memory learns too slowly; where nothing can be predicted nothing is saved.
    longer = runs("compression", FEW, order=6)
    assert np.all(np.array(longer["coded_length"]) > np.array(known["coded_length"][: len(FEW)]))
    assert max(runs("compression", FEW, evenness=1000)["saving"]) < 0


# --- the others ---------------------------------------------------------------


@pytest.mark.parametrize("samples", [50, 150, 400])
def test_ridgeless_and_ridge_errors_follow_theory(samples: int) -> None:
    found = run("overfit_at_n", samples=samples, trials=30)
    n, d, noise = samples, 200, 0.5
    # Hastie et al. 2022, theorem 1 and corollary 1, with the exact Gaussian variance for limited n and d.
    if n < d:
        expected = 1 - n / d + noise**2 * n / (d - n - 1)
    else:
        expected = noise**2 * d / (n - d - 1)
    assert found["test_error"] == pytest.approx(expected, rel=0.06)
    # A ridge that is chosen on a hundred samples or more is close to the best one.
    if n > 100:
        assert found["ridge_test_error"] == pytest.approx(best_ridge_error(d / n, noise), rel=0.08)


def test_ridge_takes_the_peak_away() -> None:
    found = run("overfit_at_n", samples=100)
    assert found["peak_error"] > 20 * found["test_error"]
    assert found["ridge_peak_error"] < found["ridge_test_error"] < found["test_error"]
    assert found["ridge_peak_error"] == pytest.approx(best_ridge_error(1, 0.5), rel=0.1)


def test_the_typical_chain_loses_variance_as_its_logarithm_walks() -> None:
    found = run("recursive_training", generations=50, samples=100, trials=500)
    # Each fit multiplies the variance by chi²/99, whose logarithm has mean ψ(99/2) - ln(99/2).
    typical = np.exp(51 * (special.digamma(99 / 2) - np.log(99 / 2)))
    assert found["variance_replaced"] == pytest.approx(typical, rel=0.12)
    assert found["variance_accumulated"] == pytest.approx(1 - (np.pi**2 / 6 - 1) / 100, abs=0.04)


def test_the_first_corpus_holds_what_chance_gives_it() -> None:
    frequency = 1 / np.arange(1.0, 1001)
    frequency /= frequency.sum()
    found = run("recursive_training", generations=1, trials=100)
    assert found["items_first"] == pytest.approx(np.mean(1 - (1 - frequency) ** 10_000), abs=0.005)


def test_all_or_nothing_scores_are_powers_of_the_smooth_one() -> None:
    params = complete(find("emergence_metric"), {"trials": 200, "questions": 50})
    found = run("emergence_metric", trials=200, questions=50)
    size = np.linspace(0, params["decades"], int(params["decades"]) * 10 + 1)
    token = np.exp(-params["loss"] * 10 ** (-params["exponent"] * size))
    exact = token ** params["tokens"]
    assert found["final_exact"] == pytest.approx(exact[-1])
    assert found["zero_share"] == pytest.approx(np.mean((1 - exact) ** 50), abs=0.01)
    assert found["exact_jump"] == pytest.approx(max(exact[10:] - exact[:-10]))


@pytest.mark.parametrize("samples", [1e3, 1e5, 1e7])
def test_coverage_of_a_long_tail_is_as_expected(samples: float) -> None:
    found = run("zipf_coverage", items=100_000, samples=samples, trials=5)
    frequency = 1 / np.arange(1.0, 100_001)
    frequency /= frequency.sum()
    missed = np.exp(-samples * frequency)
    assert found["items_known"] == pytest.approx(np.mean(1 - missed), abs=0.003)
    missing = float(np.sum(frequency * missed))
    assert found["missing_mass"] == pytest.approx(missing, abs=0.01)
    assert found["good_turing"] == pytest.approx(missing, abs=0.03)
    assert found["tenfold_gain"] == pytest.approx(missing - np.sum(frequency * missed**10), abs=0.01)


@pytest.mark.parametrize("k", [1, 4, 9, 64])
def test_a_vote_between_two_answers_is_condorcets(k: int) -> None:
    found = run("best_of_k", samples=k, confusion=1, trials=200_000)
    right = stats.betabinom(k, 0.5, 2)
    expected = right.sf(k // 2) + (0.5 * right.pmf(k // 2) if k % 2 == 0 else 0)
    assert found["majority"] == pytest.approx(expected, abs=0.004)


def test_the_first_accepted_answer_is_worth_what_the_verifier_is() -> None:
    chance, accept, k = 0.3, 0.1, 5
    # Shapes this large put every task's chance at 0.3.
    found = run("best_of_k", samples=k, ability=30, spread=70, false_accept=accept, trials=200_000)
    stops = chance + (1 - chance) * accept
    reached = 1 - (1 - stops) ** k
    assert found["adaptive"] == pytest.approx(reached * chance / stops, abs=0.01)
    assert found["adaptive_cost"] == pytest.approx(reached / stops / k, abs=0.01)


def test_experts_and_generalist_meet_the_closed_form_at_both_ends() -> None:
    apart = run("expert_pool", shared=0, trials=20)
    # Nothing shared: 40 weights and 60 samples each. All shared: eight times the samples for the same 40.
    assert apart["expert_error"] == pytest.approx(best_ridge_error(40 / 60, 0.5), rel=0.08)
    assert apart["generalist_error"] == pytest.approx(apart["expert_error"])
    alike = run("expert_pool", shared=1, trials=20)
    assert alike["generalist_error"] == pytest.approx(best_ridge_error(40 / 480, 0.5), rel=0.1)


def test_unchecked_answers_lose_variety_as_genes_drift() -> None:
    found = run("self_training", samples=2, rate=0.3, trials=20_000)
    # Each round multiplies the mean of p(1 - p) by 1 - rate²/samples, as in the drift of Wright 1931.
    variety = (found["start_coverage"] - found["start"]) * (1 - 0.3**2 / 2) ** 20
    assert found["unchecked_coverage"] == pytest.approx(found["start"] + variety, abs=0.005)


def test_modules_are_what_the_catalogue_runs() -> None:
    for module, name in (
        (confounding, "confounding"),
        (self_play, "self_play"),
        (compression, "compression"),
    ):
        spec = find(name)
        direct = module.run(complete(spec, {"trials": 2}), np.random.default_rng(5))
        assert direct == run(name, 5, trials=2)
        assert list(direct) == list(spec.outputs)
