"""Hostile use of checks: numbers at the ends of a double, options without effect, damage, poor terminals."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Sequence
from decimal import Decimal
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

import kb
from kb import checks
from kb.checks.executors import address
from kb.checks.models import handy, size
from kb.checks.units import UnitError, convert, unit
from kb.cli.printing import console
from kb.cli.streams import plain
from kb.model import Base, Check, Column, Config, Expectation, Fit, Result, Table
from kb.source.tables import TableError, parse
from tests.conftest import Ran

Kb = Callable[..., Ran]


def fitted(x: Sequence[float], y: Sequence[float], output: str, **changed: object) -> Result:
    columns = (Column("size"), Column("loss"))
    rows = {"size": tuple(map(float, x)), "loss": tuple(map(float, y))}
    body = Fit(**{"table": "runs", "model": "linear", "x": ("size",), "y": "loss", **changed})
    check = Check(id="fit", kind="fit", body=body, expect=Expectation(output=output, at_most=0.05))
    base = Base(
        root="",
        config=Config("A base"),
        checks={"fit": check},
        tables={"runs": Table("runs", columns=columns, rows=rows)},
    )
    return checks.run(base, check).result


# --- fits -----------------------------------------------------------------------


@pytest.mark.parametrize("power", [-300, 300])
@pytest.mark.parametrize("interval", ["bootstrap", "covariance"])
@pytest.mark.parametrize("output", ["train_error", "r2"])
@pytest.mark.parametrize("model", ["linear", "power-law-with-floor", "logistic"])
def test_the_size_of_the_numbers_does_not_decide_a_fit(
    power: int, output: str, model: str, interval: str
) -> None:
    x = np.arange(1.0, 18.0)
    y = 2 * x + 0.1 * (x % 2)
    plain_result = fitted(x, y, output, model=model, interval=interval)
    large = fitted(x * 10.0**power, y * 10.0**power, output, model=model, interval=interval)
    assert plain_result.output is not None
    assert large.output is not None, large.reason
    assert large.output.value == pytest.approx(plain_result.output.value, rel=1e-3)


@pytest.mark.parametrize("interval", ["none", "bootstrap", "covariance"])
@pytest.mark.parametrize(
    ("model", "output"),
    [("power-law-with-floor", "exponent"), ("logistic", "rate"), ("logistic", "midpoint")],
)
def test_rows_that_are_all_alike_settle_no_shape(model: str, output: str, interval: str) -> None:
    found = fitted(range(1, 30), [5.0] * 29, output, model=model, interval=interval)
    assert found.verdict == "could-not-run"
    assert (
        found.reason
        == f"undefined: loss is the same in every row that the fit sees, which settles no {model}"
    )


def test_scaling_costs_no_digit() -> None:
    numbers = np.array([0.1, 3.7, 2.25])
    assert size(numbers) == float(np.sqrt(np.mean(numbers**2)))
    assert size(np.zeros(3)) == 1.0
    assert handy(np.array([1.7e308])) < np.inf


@pytest.mark.parametrize("output", ["worst_error", "held_out_error"])
@pytest.mark.parametrize("interval", ["none", "bootstrap"])
def test_without_a_relative_error_no_error_is_claimed(output: str, interval: str) -> None:
    x = [*range(1, 21), 30]
    found = fitted(x, [*range(3, 23), 0], output, predict="size > 25", interval=interval)
    assert found.verdict == "could-not-run"
    assert found.reason.startswith("undefined:")


@pytest.mark.parametrize("cell", ["1e-400", "-0.04e-330"])
def test_a_number_too_small_for_a_double_is_no_zero(cell: str) -> None:
    with pytest.raises(TableError, match="too small"):
        parse(f"size\n{cell}\n", Table("runs", columns=(Column("size"),)))


def test_zeros_are_numbers() -> None:
    rows = parse("size\n0\n-0.0e-400\n", Table("runs", columns=(Column("size"),)))
    assert rows["size"] == (0.0, 0.0)


def test_a_header_does_not_steer_the_terminal() -> None:
    with pytest.raises(TableError) as caught:
        parse("\x1b[31mboo\n1\n", Table("runs", columns=(Column("size"),)))
    assert caught.value.message.isprintable()


# --- other assumptions ----------------------------------------------------------


@pytest.mark.parametrize("samples", [2**40, 2**25, 10**30])
def test_samples_that_no_memory_holds_are_refused(small_base: Path, samples: int) -> None:
    base = kb.load(small_base)
    for ask in (
        lambda: base.check("tower-height", samples=samples),
        lambda: base.power("tower-height", samples=samples),
    ):
        with pytest.raises(ValueError, match="the nearest is 16,777,216"):
            ask()


@pytest.mark.parametrize("samples", ["512", 512.0, None])
def test_samples_are_a_whole_number(small_base: Path, samples: object) -> None:
    with pytest.raises(ValueError, match="a whole number"):
        kb.load(small_base).check("tower-height", samples=samples)


@pytest.mark.parametrize("value", [np.int64(3), np.float32(3), Decimal(3), np.float64(3), 3])
def test_numbers_of_any_kind_can_be_set(small_base: Path, value: float) -> None:
    found = kb.load(small_base).check("tower-height", set={"storey_height": value})
    assert found.result.output is not None
    assert found.result.output.value == pytest.approx(300, rel=0.01)


@pytest.mark.parametrize("value", [None, True, 1j, b"3", [3]])
def test_what_is_no_number_cannot_be_set(small_base: Path, value: object) -> None:
    with pytest.raises(ValueError, match="it takes a number, a text with a unit"):
        kb.load(small_base).check("tower-height", set={"storey_height": value})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--set", "storeys=80", "--set", "storeys=90"), "storeys is given twice"),
        (("--set", "storeys=80", "--cluster", "local:2"), "--cluster would have no effect with --set"),
        (("--set", "storeys=80", "--force"), "--force would have no effect"),
        (("--power", "-j", "2"), "--jobs would have no effect"),
        (("--power", "--cluster", "local:2", "--force"), "--cluster, --force would have no effect with"),
        (("--power", "--fail-on", "fails"), "--fail-on would have no effect with --power"),
        (("--power", "--samples", "512"), "--samples or --live"),
        (("--reading", "way=up"), "nothing selected has readings"),
        (("",), "nothing in this base is called ''"),
    ],
)
def test_options_without_effect_are_refused(
    kb: Kb, small_base: Path, options: tuple[str, ...], said: str
) -> None:
    ran = kb("check", "--base", small_base, *options)
    assert ran.code == 2
    assert said in " ".join(ran.err.split())


def test_settings_that_mean_nothing_are_refused_before_a_run(kb: Kb, small_base: Path) -> None:
    (small_base / "data").mkdir()
    (small_base / "data/runs.yaml").write_text("title: Runs\ncolumns: [{name: size}, {name: loss}]\n")
    lines = "".join(f"{n},{2 * n + n % 3}\n" for n in range(1, 20))
    (small_base / "data/runs.csv").write_text(f"size,loss\n{lines}")
    (small_base / "checks/runs-fit.yaml").write_text(
        "kind: fit\nfit: {table: runs, model: linear, x: size, y: loss, predict: size > 15}\n"
        "expect: {output: r2, at_most: 2}\nflips_if: {set: {model: log-linear}, to: fails}\n"
    )
    (small_base / "checks/vote.yaml").write_text(
        "kind: simulation\nexperiment: best_of_k\nparams: {trials: 200}\nseeds: 2\n"
        "expect: {output: single, at_least: 0}\nflips_if: {set: {trials: 100}, to: fails}\n"
    )
    (small_base / "checks/speed.yaml").write_text(
        "kind: benchmark\nmeasure: {test: matmul, dtype: fp32, device: {kind: cpu}}\n"
        "expect: {at_least: 1 FLOP/s}\nflips_if: {set: {rate: 0 FLOP/s}, to: fails}\n"
    )
    for setting, said in (
        ("model=wurst", "model cannot be wurst: there is no model wurst"),
        ("train=size < 0", "train cannot be size < 0: no row"),
        ("predict=import os", "predict cannot be import os"),
        ("loss=foo", "there is no loss foo"),
        ("trials=-1", "parameter trials must be at least"),
        ("trials=nan", "trials cannot be nan: 'nan' is not an amount"),
        ("rate=3 kg", "rate cannot be 3 kg: this is kg, but FLOP/s is needed"),
    ):
        ran = kb("check", "--base", small_base, "--set", setting)
        assert (ran.code, said in ran.err) == (2, True), ran.err


@pytest.mark.parametrize(
    "text",
    [
        "local:0",
        "local:",
        "local:٣",
        "tcp://",
        "tcp://host",
        "tcp://host:0",
        "tcp://host:70000",
        "tcp:/a",
        " ",
    ],
)
def test_what_is_no_address_is_refused_at_once(text: str) -> None:
    with pytest.raises(checks.ClusterError):
        address(text)


def test_addresses() -> None:
    assert address("tcp://host.example:8786") == ("tcp://host.example:8786", 0)
    assert address("tls://[::1]:8786") == ("tls://[::1]:8786", 0)
    assert address("local:4") == ("", 4)


def test_a_wrong_address_is_told_of_though_all_is_known(kb: Kb, small_base: Path) -> None:
    kb("check", "tower-height", "--base", small_base)
    ran = kb("check", "tower-height", "--base", small_base, "--cluster", "nowhere")
    assert ran.code == 2
    assert "nowhere is no address of a cluster" in ran.err


# --- what was recorded ----------------------------------------------------------


@pytest.mark.parametrize("damage", ["", "[]", "null", '{"check": "tower-height", "ent', "{}"])
def test_a_damaged_history_is_not_an_empty_one(kb: Kb, small_base: Path, damage: str) -> None:
    (small_base / "results").mkdir(exist_ok=True)
    (small_base / "results/tower-height.json").write_text(damage)
    ran = kb("history", "tower-height", "--base", small_base)
    assert ran.code == 1
    assert "results/tower-height.json:1:" in ran.err
    assert "nothing recorded" not in ran.out
    data = kb("history", "tower-height", "--base", small_base, "--format", "json")
    assert "results/tower-height.json" in json.loads(data.out)["error"]


# --- words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("1.75 × 10¹¹ → “3 × 10⁻⁸”", "ascii", '1.75 x 10^11 -> "3 x 10^-8"'),
        ("10²⁴ m², é", "latin-1", "10^24 m², é"),
        ("10¹¹ m²", "latin-1", "10¹¹ m²"),
        ("é ☃", "ascii", "e ?"),
    ],
)
def test_powers_stay_powers_in_a_poor_encoding(text: str, encoding: str, said: str) -> None:
    assert plain(text, encoding) == said


def test_one_encoding_for_all_that_is_printed(kb: Kb, small_base: Path) -> None:
    ran = kb("check", "--base", small_base, "--set", "storeys=3e-11", PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert ran.out.isascii()
    assert "10^-10" in ran.out


@pytest.mark.parametrize("columns", ["1", "20", "200"])
def test_a_narrow_terminal_leaves_words_whole(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("TERM", "xterm")
    assert console().width == max(int(columns), 60)


def test_a_unit_that_is_itself_is_told_once() -> None:
    with pytest.raises(UnitError, match="this is kg, but token is needed"):
        convert("3 kg", unit("token"))


# --- the interface for programs -------------------------------------------------


def test_misuse_is_answered_in_words(small_base: Path) -> None:
    base = kb.load(small_base)
    with pytest.raises(ValueError, match="not 'wurst'"):
        base.select(of="wurst")  # type: ignore[call-overload, arg-type]
    with pytest.raises(ValueError, match="a record of tower-climb says nothing of tower-height"):
        base.believe("tower-height", base.check("tower-climb"))
    with pytest.raises(TypeError, match="selectors are texts"):
        base.run(exclude="kind:fit")
    with pytest.raises(TypeError, match="selectors are texts"):
        base.run(["tower-height"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a name is a text, not 3"):
        base.check(3)  # type: ignore[arg-type]
    with pytest.raises(kb.UnknownName):
        base.run("")


def test_a_base_and_its_records_can_be_pickled(small_base: Path) -> None:
    base = pickle.loads(pickle.dumps(kb.load(small_base)))  # noqa: S301 - our own bytes
    assert base.check("tower-height").result.verdict == "holds"
