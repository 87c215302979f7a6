"""The chart of a fit: every row in its own shape, a curve, no text on another, the same in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.drawing.fitted import fitted
from kb.drawing.residuals import Residuals
from kb.drawing.svg import Chart
from kb.model import FitPoint, Fitted, ModelFit
from tests.test_drawing import _sound

ROLES = ("train", "held out", "left out")
MODEL = ModelFit("power-law-with-floor", (), 0.01)


def _chart(xs: list[float], ys: list[float], *, curve: bool = True, columns: int = 1) -> Chart:
    points = tuple(
        FitPoint((x,) * columns, y, y * 1.01, y * 0.98, y * 1.04, ROLES[i % 3])  # type: ignore[arg-type]
        for i, (x, y) in enumerate(zip(xs, ys, strict=True))
    )
    line = tuple((p.x[0], p.predicted, p.low, p.high) for p in sorted(points, key=lambda p: p.x))
    fit = Fitted(
        MODEL,
        None,
        ("training_compute", "tokens")[:columns],
        "loss",
        ("FLOP", "token")[:columns],
        "nat/token",
        points,
        line if curve else (),
    )
    return fitted(fit, title="The fit")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(1e-6, 1e26), st.floats(0.01, 1e9)),
        min_size=3,
        max_size=12,
        unique_by=lambda p: p[0],
    )
)
def test_charts_of_fits_are_sound(rows: list[tuple[float, float]]) -> None:
    xs, ys = [x for x, _ in rows], [y for _, y in rows]
    _sound(_chart(xs, ys))
    _sound(_chart(xs, ys, curve=False, columns=2))


def test_rows_the_fit_saw_and_did_not_see_differ_in_shape() -> None:
    chart = _chart([1e18, 1e19, 1e20, 1e21], [3.0, 2.5, 2.2, 2.0])
    # Each in the key, at its value, and below at its residual.
    assert chart.wide.count('class="dot"') == 1 + 2 + 2
    assert chart.wide.count('class="low"') == 1 + 1 + 1
    for word in ("fitted", "held out", "left out"):
        assert f">{word}</text>" in chart.wide


def test_the_words_say_what_was_predicted_of_rows_held_out() -> None:
    chart = _chart([1e18, 1e19, 1e20], [3.0, 2.5, 2.2])
    assert chart.words == "Power law with floor: 1 row fitted, 1 held out, predicted 2.525 for 2.5."


def test_points_lie_where_their_values_are() -> None:
    chart = _chart([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    dots = [part.split('"') for part in chart.wide.split("<circle")[2:]]
    value, residual = dots
    assert float(value[1]) < 250
    assert float(value[3]) > 200
    assert value[1] == residual[1]


def test_residuals_are_shares_of_what_the_fit_says_and_leave_out_what_it_never_tried() -> None:
    points = [
        FitPoint((1.0,), 9.0, 10.0, 9.5, 10.5, "train"),
        FitPoint((2.0,), 21.0, 20.0, 19.0, 21.0, "held out"),
        FitPoint((3.0,), 900.0, 30.0, 29.0, 31.0, "left out"),
    ]
    left_over = Residuals(points, "point")
    assert [round(off, 3) for _, off, _ in left_over.spans] == [-0.1, 0.05, 29.0]
    assert left_over.reach == pytest.approx(0.112)
    drawn = list(left_over.draw([10.0, 20.0, 30.0], 0.0, 0.0, 100.0, lambda x, y, i: f"{x} {y:.1f} {i}"))
    spots = [part.split() for part in drawn if part[0].isdigit()]
    assert [spot[0] for spot in spots] == ["10.0", "20.0"]
    assert float(spots[0][1]) > float(spots[1][1])  # below the fit lies lower


def test_residuals_of_values_that_may_be_negative_are_in_their_unit() -> None:
    left_over = Residuals([FitPoint((1.0,), -3.0, 2.0, 2.0, 2.0, "train")], "nat/token")
    assert left_over.spans == [(0.0, -5.0, 0.0)]
    assert left_over.title == "above or below the fit, nat/token"


def test_the_table_has_every_row_with_its_residual() -> None:
    chart = _chart([1e18, 1e19, 1e20], [3.0, 2.5, 2.2])
    assert [row[0] for row in chart.rows] == ["fitted", "held out", "left out"]
    assert chart.columns[-1] == "Above or below the fit, % of what it says"
    assert {row[-1] for row in chart.rows} == {"−0.99"}


@pytest.mark.parametrize("value", [2.0, 0.0, -3.0])
def test_a_table_whose_values_are_all_alike_has_a_chart(value: float) -> None:
    _sound(_chart([1.0, 2.0, 4.0], [value] * 3))
