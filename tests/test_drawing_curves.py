"""The drawings of P over an input and of recorded runs: points where their values are, words, tables."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.drawing import bars
from kb.drawing.curve import WIDTH, curve
from kb.drawing.distribution import histogram, number_line
from kb.drawing.readings import readings
from kb.drawing.roofline import roofline as roofline_chart
from kb.drawing.sparkline import sparkline
from kb.drawing.svg import Chart
from tests.test_drawing import _overlaps, _parts, _texts


def _small(chart: Chart) -> None:
    """One drawing for both, that a phone shows as it is."""
    assert not chart.narrow
    whole, texts = _parts(chart.wide), _texts(chart.wide)
    assert whole.get("viewBox", "").split()[2] == f"{WIDTH}"
    assert whole.findtext("title")
    assert whole.findtext("desc") == chart.words
    assert _overlaps(texts) == []
    assert all(left >= -1 and right <= WIDTH + 1 for left, right, _, _ in texts), texts
    assert not re.search(r"nan|inf\b", chart.wide)


def _curve(values: list[float], chances: list[float | None], **more: object) -> Chart:
    given = {"title": "Hours", "name": "hours", "unit": "hour", "stated": values[len(values) // 2]}
    return curve(values, chances, **{**given, "fails": 0.05, "holds": 0.95, "log": False, **more})  # type: ignore[arg-type]


@settings(deadline=None)
@given(
    chances=st.lists(st.none() | st.floats(0, 1), min_size=3, max_size=41),
    low=st.floats(1e-6, 1e20),
    factor=st.floats(1.01, 1e6),
    log=st.booleans(),
    thresholds=st.sampled_from([(0.05, 0.95), (0.1, 0.9), (0.4, 0.6), (0.45, 0.55)]),
)
def test_curves_are_sound(
    chances: list[float | None], low: float, factor: float, log: bool, thresholds: tuple[float, float]
) -> None:
    steps = len(chances) - 1
    values = [
        low * factor ** (i / steps) if log else low + low * (factor - 1) * i / steps for i in range(steps + 1)
    ]
    chart = _curve(values, chances, log=log, fails=thresholds[0], holds=thresholds[1])
    _small(chart)
    assert len(chart.rows) == len(chances)


def test_the_curve_passes_where_its_points_are() -> None:
    chart = _curve([0.0, 1.0, 2.0], [0.0, 0.5, 1.0])
    (path,) = (node for node in _parts(chart.wide).iter("path") if node.get("class") == "mark computed")
    (here,) = (node for node in _parts(chart.wide).iter("g") if node.get("class") == "here")
    left, right, top, base = map(float, here.get("data-box", "").split())
    assert (
        path.get("d") == f"M{left:g} {base:g}L{(left + right) / 2:g} {(top + base) / 2:g}L{right:g} {top:g}"
    )
    dot = here.find("circle")
    assert dot is not None
    assert float(dot.get("cy", "0")) == pytest.approx((top + base) / 2)


def test_a_curve_has_a_gap_where_the_output_is_undefined() -> None:
    chart = _curve([0.0, 1.0, 2.0, 3.0, 4.0], [0.1, 0.2, None, 0.4, 0.5])
    assert chart.wide.count('class="mark computed"') == 2
    assert chart.rows[2] == ("2", "undefined")


def test_a_curve_is_told_in_words() -> None:
    assert _curve([1.0, 2.0, 3.0], [0.1, 0.9, 0.3]).words == (
        "P goes from 0.1 at 1 hour to 0.3 at 3 hours; its highest is 0.9."
    )
    assert _curve([1.0, 2.0], [None, None]).words == "The output is undefined at every value."


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=12))
def test_sparklines_are_sound(values: list[float]) -> None:
    days = [f"2026-01-{day:02}" for day in range(1, len(values) + 1)]
    chart = sparkline(days, values, title="The computed value", unit="token")
    _small(chart)
    assert chart.wide.count('class="dot"') == len(values)


def test_chances_keep_their_scale() -> None:
    def height(p: float) -> float:
        svg = sparkline(["2026-01-01", "2026-01-02"], [p, 0.5], title="P").wide
        return float(next(_parts(svg).iter("circle")).get("cy", "0"))

    assert height(0.0) > height(0.4) > height(1.0)
    assert sparkline(["a", "b"], [0.2, 0.9], title="P").words == "from 0.2 to 0.9, over 2 records."


def test_every_chart_has_a_table_of_its_numbers() -> None:
    found = histogram([0.0, 1.0, 2.0], [3, 5], title="Cost", unit="hour", median=1.2)
    assert found.columns == ("From, hour", "to", "samples")
    assert found.rows == (("0", "1", "3"), ("1", "2", "5"))
    line = number_line(2.0, title="Cost", unit="hour", claimed=1.0, band=(None, 3.0))
    assert line.rows == (("Computed", "2 hours"), ("Claimed", "1 hour"), ("Accepted", "at most 3 hours"))
    assert bars.tornado([("hours", 0.5, 0.1, 0.9)], p=0.5).rows == (("hours", "50 %", "0.1", "0.9"),)
    side = readings([("a", 1.0, 2.0, 3.0)], title="Cost", unit="hour")
    assert side.rows == (("a", "1", "2", "3"),)
    assert readings([("a", 2.0, 2.0, 2.0)], title="Cost", unit="hour").rows == (("a", "2"),)


def test_the_table_of_a_roofline_says_how_near_each_test_comes_to_the_roof() -> None:
    from kb.bench.roofline import Point, Roofline

    roof = Roofline(
        "a device",
        1e9,
        "triad",
        (Point("matmul", "fp32", "blas", 512, 80.0, 4e10), Point("fma", "fp32", "loop", 1, 10.0, 5e9)),
    )
    assert roofline_chart(roof).rows == (
        ("Memory (triad)", "–", "1 GB/s", "–"),
        ("Ridge", "40", "40 GFLOP/s", "–"),
        ("1  matrix product of 512 × 512 in fp32, BLAS library", "80", "40 GFLOP/s", "100 %"),
        ("2  multiply-add chains in fp32, plain loops", "10", "5 GFLOP/s", "50 %"),
    )


def test_names_stand_above_their_bars_on_a_phone() -> None:
    name = "Stock of high-quality language data"
    chart = bars.tornado([(name, 0.5, 0.1, 0.9)], p=0.5)
    assert f">{name}</text>" in chart.narrow


def test_long_names_beside_their_bars_take_two_lines() -> None:
    name = "Training compute that could be had for one run in 2030"
    chart = bars.tornado([(name, 0.5, 0.1, 0.9)], p=0.5)
    lines = re.findall(r'text-anchor="end" class="plain">([^<]+)<', chart.wide)
    assert " ".join(lines[:2]) == name
