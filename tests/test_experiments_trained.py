"""Experiments that train something by gradient descent, and what a run says while it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.experiments import ParamError, complete, find
from kb.experiments.child import main
from kb.experiments.grokking import _sums
from kb.experiments.knowledge_recall import _beyond_luck, _crossing, _learn
from kb.experiments.sparse_parity import _eliminate, _samples
from kb.experiments.spec import read
from kb.isolate import run_child

#: Sizes that take a fraction of a second and show the same as the full ones.
SMALL: dict[str, dict[str, float]] = {
    "grokking": {"modulus": 13, "width": 96, "train_share": 0.7, "steps": 500},
    "sparse_parity": {"bits": 8, "degree": 2},
    "knowledge_recall": {"width": 16, "doublings": 6, "facts": 20},
}
TRAINED = sorted(SMALL)


def run(name: str, seeds: int = 1, **params: float) -> Mapping[str, list[float]]:
    """One value a seed of each output, at the small size unless params say otherwise."""
    payload = {"experiment": name, "params": {**SMALL[name], **params}, "seeds": list(range(seeds))}
    found: Mapping[str, list[float]] = main(payload, lambda done: None)["outputs"]
    return found


# --- numbers that stay --------------------------------------------------------

GOLDEN: dict[str, dict[str, float]] = {
    "grokking": {
        "train_accuracy": 1,
        "test_accuracy": 1,
        "train_accuracy_without_decay": 1,
        "test_accuracy_without_decay": 0,
        "decay_gain": 1,
        "steps_to_memorise": 30,
        "steps_to_generalise": 320,
        "delay": 10.6667,
    },
    "knowledge_recall": {
        "recall_rare": 0.0166667,
        "recall_common": 1,
        "recall_gap": 0.983333,
        "exposures_to_half": 25.3984,
        "recall_even": 0.35,
        "facts_per_parameter": 0.0899698,
        "bits_per_parameter": 0.449849,
        "bits_per_parameter_early": 0.0063004,
        "recall_kept": 0.367347,
    },
    "sparse_parity": {
        "descent_accuracy": 0.952,
        "descent_steps": 29,
        "descent_samples": 928,
        "growth_exponent": 1.42742,
        "elimination_accuracy": 1,
        "elimination_samples": 11,
        "sample_ratio": 84.3636,
    },
}


@pytest.mark.parametrize("name", TRAINED)
def test_golden_values(name: str) -> None:
    found = {output: values[0] for output, values in run(name).items()}
    tolerance = find(name).tolerance
    assert found == pytest.approx(GOLDEN[name], rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("name", TRAINED)
def test_the_seed_decides(name: str) -> None:
    first, second = run(name, seeds=2), run(name, seeds=2)
    assert first == second
    assert any(values[0] != values[1] for values in first.values())


class Shaken:
    """A generator whose real numbers differ in the last digits, as on another platform."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rng, name)

    def standard_normal(self, shape: tuple[int, ...]) -> Any:
        return self._rng.standard_normal(shape) * (1 + 1e-14)

    def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> Any:
        return self._rng.uniform(low, high, shape) * (1 + 1e-14)


@pytest.mark.parametrize("name", TRAINED)
def test_rounding_stays_within_the_tolerance(name: str) -> None:
    from importlib import import_module

    spec = find(name)
    params = complete(spec, SMALL[name])
    module: Any = import_module(spec.module)
    plain = module.run(params, np.random.default_rng(0), lambda share: None)
    shaken = module.run(params, Shaken(0), lambda share: None)
    assert shaken == pytest.approx(plain, rel=spec.tolerance, abs=spec.tolerance)


# --- what they show, and when it goes away ------------------------------------


def test_grokking_comes_late_and_with_decay() -> None:
    found = run("grokking", seeds=3)
    assert found["train_accuracy"] == found["train_accuracy_without_decay"] == [1, 1, 1]
    assert min(found["test_accuracy"]) > 0.95
    assert max(found["test_accuracy_without_decay"]) < 0.3
    assert min(found["delay"]) > 3


def test_grokking_needs_decay_and_enough_sums() -> None:
    without = run("grokking", decay=0)
    assert without["decay_gain"] == [0]
    assert without["steps_to_generalise"] == [500]
    starved = run("grokking", train_share=0.3)
    assert starved["train_accuracy"] == [1]
    assert max(starved["test_accuracy"]) < 0.3


def test_grokking_has_no_delay_with_nearly_all_sums_and_few_neurons() -> None:
    found = run("grokking", seeds=2, modulus=17, train_share=0.9, width=48, steps=400)
    assert max(found["delay"]) < 2.5
    assert min(found["test_accuracy_without_decay"]) > 0.9


def test_grokking_trains_on_one_part_of_all_sums_and_is_asked_the_other() -> None:
    (x, y), (other_x, other_y) = _sums(7, 0.5, np.random.default_rng(0))
    inputs = np.vstack([x, other_x])
    assert len(np.unique(inputs, axis=0)) == 49
    a, b = inputs[:, :7].argmax(axis=1), inputs[:, 7:].argmax(axis=1)
    assert np.array_equal(np.vstack([y, other_y]).argmax(axis=1), (a + b) % 7)
    assert len(x) == 24


def test_parity_costs_descent_far_more_samples_than_elimination() -> None:
    two, three = run("sparse_parity", seeds=5), run("sparse_parity", seeds=2, degree=3)
    assert min(two["sample_ratio"]) > 40
    assert min(three["sample_ratio"]) > 2 * max(two["sample_ratio"])
    assert min(two["elimination_accuracy"]) == 1
    assert min(two["elimination_samples"]) >= 8
    assert np.median(two["growth_exponent"]) > 0.4


def test_parity_of_one_bit_is_no_barrier() -> None:
    assert max(run("sparse_parity", seeds=3, degree=1)["sample_ratio"]) < 40


def test_parity_is_not_learned_in_too_few_steps() -> None:
    found = run("sparse_parity", seeds=2, degree=3, bits=16, steps=30)
    assert max(found["descent_accuracy"]) < 0.65
    assert found["descent_steps"] == [30, 30]


def test_wrong_labels_break_elimination_and_not_descent() -> None:
    found = run("sparse_parity", seeds=3, noise=0.3, steps=3000)
    assert max(found["elimination_accuracy"]) < 0.7
    assert min(found["descent_accuracy"]) >= 0.95


def test_parity_of_more_bits_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="a parity of 5 bits does not fit into 4"):
        run("sparse_parity", bits=4, degree=5)


@pytest.mark.parametrize("bits", [2, 5, 30, 64])
def test_elimination_finds_the_parity_from_about_as_many_samples_as_bits(bits: int) -> None:
    for seed in range(10):
        drawn, accuracy = _eliminate(bits, min(bits, 3), 0.0, np.random.default_rng(seed))
        assert accuracy == 1
        assert bits <= drawn <= bits + 15


def test_samples_carry_their_parity() -> None:
    x, y = _samples(200, 6, 3, np.random.default_rng(0))
    assert set(np.unique(x)) == {-1.0, 1.0}
    assert np.array_equal(y == -1, (x[:, :3] == -1).sum(axis=1) % 2 == 1)


def test_rare_facts_are_not_recalled_and_common_ones_are() -> None:
    found = run("knowledge_recall", seeds=3)
    assert max(found["recall_rare"]) < 0.2
    assert min(found["recall_common"]) > 0.8
    assert all(8 < half < 64 for half in found["exposures_to_half"])


def test_a_large_and_fast_memory_recalls_what_it_saw_a_few_times() -> None:
    found = run("knowledge_recall", seeds=3, width=512, rate=1)
    assert max(found["exposures_to_half"]) < 5
    assert found["recall_even"] == [1, 1, 1]
    assert found["recall_kept"] == [1, 1, 1]


def test_capacity_does_not_grow_with_the_number_of_facts() -> None:
    full: dict[str, Any] = {"width": 16, "doublings": 9}
    some = np.mean(run("knowledge_recall", seeds=2, facts=20, **full)["bits_per_parameter"])
    many = np.mean(run("knowledge_recall", seeds=2, facts=40, **full)["bits_per_parameter"])
    assert 0.5 < some < 1.1
    assert many == pytest.approx(some, rel=0.25)
    few = run("knowledge_recall", seeds=3, facts=5, width=64, doublings=9)["bits_per_parameter"]
    assert max(few) < 0.3


def test_more_exposures_store_more_bits() -> None:
    found = run("knowledge_recall", seeds=3, doublings=9, facts=10)
    assert all(
        late > 1.2 * early
        for early, late in zip(found["bits_per_parameter_early"], found["bits_per_parameter"], strict=True)
    )


def test_a_full_memory_forgets_what_is_not_repeated() -> None:
    assert max(run("knowledge_recall", seeds=3, doublings=9)["recall_kept"]) < 0.2


def test_one_fact_is_learned_step_by_step() -> None:
    subjects, answers = np.array([[1.0]]), np.array([1])
    memory = np.zeros((1, 2))
    once = _learn(memory, subjects, answers, np.array([0]), 0.5)
    # Cross-entropy from equal chances: the slope is the chance minus the answer, (1/2, -1/2).
    assert once.tolist() == [[-0.25, 0.25]]
    assert not memory.any()


def test_exposures_to_half_lie_between_two_rungs() -> None:
    seen = np.array([1.0, 2.0, 4.0])
    assert _crossing(np.array([0.0, 0.25, 0.75]), seen) == pytest.approx(2 * 2**0.5)
    assert _crossing(np.array([0.5, 0.9, 1.0]), seen) == 1
    assert _crossing(np.array([0.0, 0.1, 0.4]), seen) == 4


def test_lucky_guesses_are_not_knowledge() -> None:
    right = np.arange(320) < 10
    assert _beyond_luck(right, 32) == pytest.approx(0)
    assert _beyond_luck(np.ones(320, dtype=bool), 32) == pytest.approx(320)


@pytest.mark.parametrize(
    ("name", "param", "value"),
    [
        ("grokking", "train_share", 1),
        ("grokking", "modulus", 98),
        ("grokking", "decay", -0.1),
        ("grokking", "steps", 10.5),
        ("sparse_parity", "noise", 0.51),
        ("sparse_parity", "bits", 1),
        ("knowledge_recall", "values", 1),
        ("knowledge_recall", "doublings", 13),
    ],
)
def test_params_out_of_bounds_are_refused(name: str, param: str, value: float) -> None:
    with pytest.raises(ParamError, match=f"parameter {param} must be"):
        complete(find(name), {param: value})


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("grokking", {"modulus": 5, "train_share": 0.01, "width": 1, "steps": 10}),
        ("sparse_parity", {"bits": 2, "degree": 1, "batch": 1, "width": 1, "steps": 1}),
        ("knowledge_recall", {"width": 1, "values": 2, "doublings": 1, "facts": 5, "rate": 10}),
    ],
)
def test_the_smallest_sizes_give_numbers(name: str, params: dict[str, Any]) -> None:
    assert all(np.isfinite(values[0]) for values in run(name, **params).values())


# --- progress -----------------------------------------------------------------


@pytest.mark.parametrize("name", [*TRAINED, "best_of_k"])
def test_progress_rises_to_one(name: str) -> None:
    said: list[float] = []
    params = {**SMALL.get(name, {}), "trials": 2 if name in SMALL else 10}
    main({"experiment": name, "params": params, "seeds": [1, 2]}, said.append)
    assert said == sorted(said)
    assert said[-1] == 1
    # Trained ones speak within a seed; others only after each.
    assert (len(said) > 4) == (name in SMALL)
    assert 0.5 in said


def test_progress_reaches_the_parent() -> None:
    said: list[float] = []
    payload = {"experiment": "knowledge_recall", "params": SMALL["knowledge_recall"], "seeds": [1]}
    outcome = run_child("kb.experiments.child:main", payload, seconds=60, memory=None, progress=said.append)
    assert outcome.value is not None
    assert said[0] == pytest.approx(1 / 3)
    assert said[-1] == 1


def test_an_experiment_that_overstates_is_held_to_its_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "boaster"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "flip.py").write_text(
        "def run(params, rng, progress):\n    progress(-3)\n    progress(7)\n    return {'heads': 1.0}\n"
    )
    (package / "kb-experiments.json").write_text(
        '{"boast": {"title": "A", "shows": "A.", "cannot": "B.", "outputs": {"heads": {}}}}'
    )
    info = tmp_path / "boaster-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: boaster\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[kb.experiments]\nboast = boaster.flip:run\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    said: list[float] = []
    main({"experiment": "boast", "seeds": [1, 2]}, said.append)
    assert said == [0, 0.5, 0.5, 0.5, 1, 1]


# --- tolerance ----------------------------------------------------------------

BARE = {"title": "A", "shows": "A.", "cannot": "B.", "outputs": {"heads": {}}}


def test_tolerance_is_read_and_has_a_default() -> None:
    assert read("coin", "lab.flip", "run", BARE).tolerance == 1e-9
    assert read("coin", "lab.flip", "run", {**BARE, "tolerance": 0.01}).tolerance == 0.01


@pytest.mark.parametrize("value", ["much", None, -0.1, 1, float("nan")])
def test_a_senseless_tolerance_is_malformed(value: object) -> None:
    with pytest.raises(ValueError, match="experiment 'coin'"):
        read("coin", "lab.flip", "run", {**BARE, "tolerance": value})
