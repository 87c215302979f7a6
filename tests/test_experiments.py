"""Experiments: their metadata without importing them, and what each toy is known to show."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.experiments import ParamError, catalogue, complete, find, fingerprint, survey
from kb.experiments.child import main
from kb.isolate import run_child

ROOT = Path(__file__).parents[1]
OURS = sorted(catalogue())


def run(name: str, seed: int = 1, **params: float) -> Mapping[str, float]:
    found = main({"experiment": name, "params": params, "seeds": [seed]}, lambda done: None)
    return {output: values[0] for output, values in found["outputs"].items()}


# --- metadata -----------------------------------------------------------------


def test_entry_points_are_the_catalogue() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["entry-points"]["kb.experiments"]
    assert declared == {name: f"{find(name).module}:{find(name).function}" for name in OURS}


def test_catalogue_imports_neither_numpy_nor_an_experiment() -> None:
    code = (
        "import sys, kb.experiments as e; found = e.catalogue(); "
        "print([m for m in ['numpy', *(s.module for s in found.values())] if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("name", OURS)
def test_metadata_is_whole(name: str) -> None:
    spec = find(name)
    assert spec.title
    assert spec.shows.endswith(".")
    assert spec.cannot.endswith(".")
    assert "arXiv:" in spec.paper or "doi:" in spec.paper or "NIPS" in spec.paper
    assert "trials" in spec.params
    assert all(param.doc for param in spec.params.values())
    assert all(output.doc for output in spec.outputs.values())
    assert complete(spec, {}) == {key: param.default for key, param in spec.params.items()}


def test_unknown_names_are_refused_with_help() -> None:
    with pytest.raises(LookupError, match="no experiment is called 'nothing'; there are best_of_k"):
        find("nothing")
    with pytest.raises(ParamError, match="no parameter 'sample'; did you mean samples"):
        complete(find("best_of_k"), {"sample": 3})


@given(st.sampled_from(OURS), st.floats(allow_nan=True, allow_infinity=True))
def test_a_completed_run_is_within_bounds(name: str, value: float) -> None:
    spec = find(name)
    for key, param in spec.params.items():
        try:
            taken = complete(spec, {key: value})[key]
        except ParamError:
            continue
        assert param.low is None or taken >= param.low
        assert param.high is None or taken <= param.high
        assert not param.integer or taken == int(taken)


@pytest.mark.parametrize("value", [True, "7", None, float("nan"), 2.5, -1, 10**9])
def test_bad_values_are_refused(value: object) -> None:
    with pytest.raises(ParamError, match="parameter samples must be"):
        complete(find("best_of_k"), {"samples": value})


# --- other distributions ------------------------------------------------------


def install(
    folder: Path,
    *,
    name: str = "coin",
    metadata: object = None,
    body: str = "def run(params, rng):\n    return {'heads': float(rng.random() < params['bias'])}\n",
) -> None:
    """A distribution with one experiment, as pip would lay it out."""
    package = folder / "lab" / "toys"
    package.mkdir(parents=True)
    (folder / "lab" / "__init__.py").write_text("raise RuntimeError('imported')\n" if not body else "")
    (package / "__init__.py").write_text("")
    (package / "flip.py").write_text(body)
    if metadata is None:
        metadata = {
            name: {
                "title": "A coin",
                "shows": "A coin.",
                "cannot": "Anything else.",
                "params": {"bias": {"default": 0.5, "low": 0, "high": 1}},
                "outputs": {"heads": {"doc": "whether it fell on heads"}},
            }
        }
    (package / "kb-experiments.json").write_text(json.dumps(metadata))
    info = folder / "lab-2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lab\nVersion: 2.1\n")
    (info / "entry_points.txt").write_text(f"[kb.experiments]\n{name} = lab.toys.flip:run\n")


def test_third_party_experiment_is_found_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    spec = find("coin")
    assert (spec.module, spec.function, spec.distribution) == ("lab.toys.flip", "run", "lab 2.1")
    outcome = run_child(
        "kb.experiments.child:main",
        {"experiment": "coin", "params": {"bias": 1}, "seeds": [1, 2]},
        seconds=60,
        memory=None,
    )
    assert outcome.value == {"outputs": {"heads": [1.0, 1.0]}, "params": {"bias": 1.0}}


def test_third_party_is_described_without_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, body="")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find("coin").title == "A coin"
    assert "lab" not in sys.modules


@pytest.mark.parametrize(
    ("name", "metadata", "problem"),
    [
        ("best_of_k", None, "best_of_k of lab 2.1 is left out: kb has one of that name"),
        ("coin", {}, "does not describe it"),
        ("coin", [], "is not an object of objects"),
        ("coin", {"coin": {"title": "A coin"}}, "malformed"),
        ("coin", {"coin": {"title": "", "shows": "", "cannot": "", "outputs": {}}}, "names no output"),
    ],
)
def test_unusable_third_party_is_a_problem_not_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, metadata: object, problem: str
) -> None:
    install(tmp_path, name=name, metadata=metadata)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = survey()
    assert sorted(found.specs) == OURS
    assert any(problem in sentence for sentence in found.problems)


def test_undeclared_output_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, body="def run(params, rng):\n    return {'tails': 1.0}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    payload = {"experiment": "coin", "params": {}, "seeds": [1]}
    outcome = run_child("kb.experiments.child:main", payload, seconds=60, memory=None)
    assert outcome.reason.endswith("experiment coin returned tails, but declares heads")


def test_fingerprint_follows_code_and_metadata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    first = fingerprint(find("coin"))
    assert first == fingerprint(find("coin"))
    code = tmp_path / "lab" / "toys" / "flip.py"
    code.write_text(code.read_text() + "# changed\n")
    second = fingerprint(find("coin"))
    assert second != first
    (tmp_path / "lab" / "toys" / "helper.py").write_text("SIDES = 2\n")
    assert fingerprint(find("coin")) not in (first, second)


@pytest.mark.parametrize("name", OURS)
def test_our_experiments_have_no_helpers_that_a_fingerprint_would_miss(name: str) -> None:
    tree = ast.parse(Path(find(name).folder, f"{name}.py").read_text("utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert plain | named <= {"__future__", "collections.abc", "numpy", "numpy.typing"}


# --- what they show -----------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
def test_same_seed_same_numbers_and_other_seed_others(name: str) -> None:
    small = {"trials": max(2.0, find(name).params["trials"].low or 2.0)}
    assert run(name, seed=3, **small) == run(name, seed=3, **small)
    if find(name).random:
        assert run(name, seed=3, **small) != run(name, seed=4, **small)


def test_overfitting_peaks_where_samples_equal_parameters() -> None:
    few, many = run("overfit_at_n", samples=50, trials=10), run("overfit_at_n", samples=1000, trials=10)
    assert few["train_error"] < 1e-12 < many["train_error"]
    assert few["peak_error"] > 5 * max(few["test_error"], many["test_error"])
    # Hastie et al. 2022, theorem 1: risk 1 - n/d + noise² · n/(d - n), for isotropic inputs and n < d.
    assert few["test_error"] == pytest.approx(1 - 50 / 200 + 0.25 * 50 / 150, rel=0.1)
    # and noise² · d/(n - d) for n > d.
    assert many["test_error"] == pytest.approx(0.25 * 200 / 800, rel=0.15)


def test_structure_lets_few_samples_generalise() -> None:
    structured = run("overfit_at_n", samples=100, decay=2, trials=10)
    assert structured["train_error"] < 1e-12
    assert structured["ridge_test_error"] < 0.2
    assert run("overfit_at_n", samples=100, decay=0, trials=10)["ridge_test_error"] > 0.5


def test_replacing_collapses_and_accumulating_does_not() -> None:
    found = run("recursive_training", generations=200, trials=20)
    assert found["variance_replaced"] < 0.3
    assert found["variance_accumulated"] > 0.8
    assert found["items_replaced"] < 0.2
    assert found["items_accumulated"] == found["items_first"]
    assert run("recursive_training", generations=200, trials=20, fresh=0.5)["variance_replaced"] > 0.8


def test_all_or_nothing_is_sharper_only_for_long_answers() -> None:
    assert run("emergence_metric", tokens=1, trials=5)["sharpness"] == pytest.approx(1)
    long = run("emergence_metric", tokens=20, trials=5)
    assert long["sharpness"] > 1.5
    assert long["zero_share"] > 0.4
    assert long["forecast_error"] < 0.05 < long["naive_forecast_error"]


def test_sampling_gains_hang_on_the_verifier() -> None:
    perfect, blind = run("best_of_k", false_accept=0), run("best_of_k", false_accept=1)
    assert perfect["verified"] == perfect["coverage"]
    assert blind["verified_gain"] == pytest.approx(0, abs=0.01)
    # Beta(1/2, 2): the chance that all k miss is B(1/2, 2 + k) / B(1/2, 2), here for k = 4.
    four = run("best_of_k", samples=4, trials=100_000)
    missed = (2 / 2.5) * (3 / 3.5) * (4 / 4.5) * (5 / 5.5)
    assert four["coverage"] == pytest.approx(1 - missed, abs=0.01)
    assert run("best_of_k", samples=1)["majority"] == pytest.approx(run("best_of_k")["single"], abs=0.02)


def test_expert_pool_wins_on_compute_and_loses_on_data() -> None:
    found = run("expert_pool")
    assert found["cost_ratio"] == 1 / 8
    assert found["error_ratio"] > 1.05
    assert found["error_ratio_same_compute"] < 1
    assert run("expert_pool", shared=0)["error_ratio"] == pytest.approx(1)
    assert run("expert_pool", misrouted=0.5)["expert_error"] > found["expert_error"]
    assert found["combined_ratio"] > 1


def test_good_turing_estimates_what_is_missing() -> None:
    found = run("zipf_coverage", items=100_000, samples=100_000, trials=2)
    assert found["good_turing"] == pytest.approx(found["missing_mass"], rel=0.05)
    assert found["mass_known"] + found["missing_mass"] == pytest.approx(1)
    assert found["rare_share"] > 0.85
    assert found["tenfold_gain"] > 0.05


def test_self_training_climbs_only_when_checked() -> None:
    found = run("self_training")
    assert found["checked_gain"] > 0.3
    assert found["unchecked_gain"] == pytest.approx(0, abs=0.01)
    assert found["unchecked_coverage"] < found["start_coverage"]
