"""The chart of a fit: every row in its own shape, a curve, no text on another, the same in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.drawing.fitted import fitted
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
    # One more of each in the key.
    assert chart.wide.count('class="dot"') == 3
    assert chart.wide.count('class="low"') == 2
    for word in ("fitted", "held out", "left out"):
        assert f">{word}</text>" in chart.wide


def test_the_words_say_what_was_predicted_of_rows_held_out() -> None:
    chart = _chart([1e18, 1e19, 1e20], [3.0, 2.5, 2.2])
    assert chart.words == "Power law with floor: 1 row fitted, 1 held out, predicted 2.525 for 2.5."


def test_points_lie_where_their_values_are() -> None:
    chart = _chart([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    dots = [part.split('"') for part in chart.wide.split("<circle")[2:]]
    assert len(dots) == 1
    assert float(dots[0][1]) < 250
    assert float(dots[0][3]) > 200


@pytest.mark.parametrize("value", [2.0, 0.0, -3.0])
def test_a_table_whose_values_are_all_alike_has_a_chart(value: float) -> None:
    _sound(_chart([1.0, 2.0, 4.0], [value] * 3))
