"""Charts and numbers for people."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.drawing import bars
from kb.drawing.distribution import histogram, number_line
from kb.drawing.readings import readings
from kb.drawing.svg import BOLD, FONT, Axis, Chart, is_log_spaced, limits, text_width

finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-9)


def _parts(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def _texts(svg: str) -> list[tuple[float, float, float, str]]:
    """(left, right, baseline, text) of every label, by our own measure of text."""
    found = []
    for node in _parts(svg).iter("text"):
        text, x = node.text or "", float(node.get("x", "0"))
        width = text_width(text, BOLD if "lab" in (node.get("class") or "") else FONT)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[node.get("text-anchor", "start")]
        found.append((left, left + width, float(node.get("y", "0")), text))
    return found


def _overlaps(texts: list[tuple[float, float, float, str]]) -> list[tuple[str, str]]:
    return [
        (a[3], b[3])
        for i, a in enumerate(texts)
        for b in texts[i + 1 :]
        if abs(a[2] - b[2]) < 12 and a[0] < b[1] and b[0] < a[1]
    ]


def _width(svg: str) -> float:
    return float((_parts(svg).get("viewBox") or "").split()[2])


def _sound(chart: Chart) -> None:
    for svg in (chart.wide, chart.narrow):
        texts, width = _texts(svg), _width(svg)
        assert _overlaps(texts) == []
        assert all(left >= -1 and right <= width + 1 for left, right, _, _ in texts), texts
        assert not re.search(r"nan|inf\b", svg)
        whole = _parts(svg)
        assert whole.get("role") == "img"
        assert whole.findtext("title")
        assert whole.findtext("desc") == chart.words
    # Beside the margins of a phone of 390 px, so that text is never scaled below its 13 px by much.
    assert _width(chart.narrow) <= 358
    assert all(len(row) == len(chart.columns) for row in chart.rows)
    assert all(cell for row in chart.rows for cell in row)


@settings(deadline=None)
@given(
    median=st.floats(1e-6, 1e12),
    sigma=st.floats(0.01, 3),
    log=st.booleans(),
    claimed=st.none() | st.floats(1e-6, 1e12),
    bounded=st.sampled_from(["both", "low", "high", "none"]),
)
def test_histograms_have_no_label_on_another(
    median: float, sigma: float, log: bool, claimed: float | None, bounded: str
) -> None:
    at = [-3 + 0.15 * i for i in range(41)]
    edges = [median * math.exp(sigma * z) if log else median * (1 + sigma * z) for z in at]
    counts = [round(1000 * math.exp(-z * z / 2)) for z in at[:-1]]
    middle = claimed or median
    band = {
        "both": (middle / 1.3, middle * 1.3),
        "low": (middle / 1.3, None),
        "high": (None, middle * 1.3),
        "none": None,
    }[bounded]
    _sound(
        histogram(
            edges,
            counts,
            title="The output",
            unit="petaflop/s·day",
            median=median,
            claimed=claimed,
            band=band,
        )
    )


@given(value=finite, claimed=st.none() | finite)
def test_number_lines_have_no_label_on_another(value: float, claimed: float | None) -> None:
    band = None if claimed is None else (claimed - abs(claimed) / 10 - 0.1, claimed + abs(claimed) / 10 + 0.1)
    _sound(number_line(value, title="The output", unit="token", claimed=claimed, band=band))


@given(
    st.lists(
        st.tuples(
            st.text("abcdefghij ", min_size=1, max_size=60), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_tornadoes_are_sound(rows: list[tuple[str, float, float, float]]) -> None:
    chart = bars.tornado(rows, p=0.5)
    _sound(chart)
    assert chart.wide.count('class="swing"') == len(rows)


@given(
    st.lists(
        st.tuples(st.text("abcdefghij ", min_size=1, max_size=50), st.floats(0.01, 1e9)),
        min_size=2,
        max_size=5,
    )
)
def test_readings_are_sound(rows: list[tuple[str, float]]) -> None:
    chart = readings(
        [(name, x / 1.2, x, x * 1.2) for name, x in rows], title="The output", unit="token", band=(1.0, None)
    )
    _sound(chart)
    for svg in (chart.wide, chart.narrow):
        assert svg.count('class="dot"') == len(rows)


def test_hostile_text_is_escaped() -> None:
    chart = bars.tornado([('<script>"', 0.5, 0.1, 0.9)], p=0.5)
    assert "<script" not in chart.wide
    _parts(chart.wide)


def test_the_claimed_value_is_drawn_where_it_is() -> None:
    svg = number_line(5.0, title="The output", unit="", claimed=10.0, band=(8.0, 12.0)).wide
    band = next(node for node in _parts(svg).iter("rect") if node.get("class") == "band")
    mark = next(node for node in _parts(svg).iter("path") if node.get("class") == "mark claimed")
    x = float(re.match(r"M([\d.]+)", mark.get("d", "")).group(1))  # type: ignore[union-attr]
    left = float(band.get("x", "0"))
    assert x == pytest.approx(left + float(band.get("width", "0")) / 2, abs=0.3)


def test_a_claim_far_off_is_pointed_at() -> None:
    edges = [1 + 0.01 * i for i in range(11)]
    svg = histogram(
        edges, [1] * 10, title="The output", unit="", median=1.05, claimed=50.0, band=(45.0, 55.0)
    ).wide
    assert "claimed 50 →" in svg


def test_log_edges_are_seen() -> None:
    assert is_log_spaced([10.0**i for i in range(5)])
    assert not is_log_spaced([1.0, 2.0, 3.0])
    assert not is_log_spaced([-1.0, 0.0, 1.0])


def test_axes_leave_out_marks_that_would_squeeze_the_rest() -> None:
    assert limits(1.0, 2.0, [1000.0], log=False) == (1.0, 2.0)
    low, high = limits(1.0, 2.0, [3.0], log=False)
    assert low == 1.0
    assert high > 3.0


@given(low=st.floats(1e-9, 1e9), factor=st.floats(1.001, 1e9), log=st.booleans(), width=st.integers(150, 800))
def test_ticks_stand_apart(low: float, factor: float, log: bool, width: int) -> None:
    axis = Axis(low, low * factor, 0, width, log)
    ends = -math.inf
    for value, text in axis.ticks():
        half = text_width(text) / 2
        assert axis.at(value) - half >= ends
        ends = axis.at(value) + half


def test_the_strength_bar_says_it_in_words() -> None:
    svg = bars.strength_bar((0.25, 0.75), 0.4, 0.6)
    assert "0.25 to 0.75" in (_parts(svg).findtext("desc") or "")
