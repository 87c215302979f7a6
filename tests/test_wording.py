"""Numbers, units and chances as people write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import wording

finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-9)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (3640.0, 4, "3,640"),
        (3645.83, 4, "3,646"),
        (3645.83, 6, "3,645.83"),
        (0.047, 4, "0.047"),
        (1.75e11, 4, "1.75 × 10¹¹"),
        (1e12, 4, "10¹²"),
        (-1e-9, 4, "−1 × 10⁻⁹"),
        (-0.5, 4, "−0.5"),
        (2028.0, 4, "2028"),
        (9999.96, 4, "10,000"),
        (0.0, 4, "0"),
        (100.0, 1, "100"),
        (math.nan, 4, "undefined"),
        (-math.inf, 4, "−∞"),
    ],
)
def test_numbers_read_as_people_write_them(value: float, digits: int, text: str) -> None:
    assert wording.number(value, digits) == text


@given(finite)
def test_a_shown_number_keeps_its_value(value: float) -> None:
    text = wording.number(value, 6).replace(",", "").replace("−", "-")
    mantissa, _, power = text.partition(" × ")
    if mantissa.lstrip("-").startswith("10") and any(char in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹" for char in mantissa):
        power, mantissa = mantissa.lstrip("-"), "-1" if mantissa.startswith("-") else "1"
    plain = power[2:].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or "0"
    assert float(mantissa) * 10.0 ** int(plain) == pytest.approx(value, rel=1e-5, abs=1e-12)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("petaflop/s*day", "petaflop/s·day"),
        ("m**2", "m²"),
        ("1", ""),
        ("USD_2023", "USD (2023)"),
        ("FLOP / parameter / token", "FLOP/parameter/token"),
    ],
)
def test_units_read_as_people_write_them(unit: str, text: str) -> None:
    assert wording.unit(unit) == text


def test_amounts() -> None:
    assert wording.amount("3640 petaflop/s*day") == "3,640 petaflop/s·day"
    assert wording.amount("1.1x") == "1.1-fold"
    assert wording.amount(30e9, "token") == "3 × 10¹⁰ tokens"
    assert wording.with_unit(7.8e7, "USD_2023") == "78 million USD (2023)"
    assert wording.with_unit(6e14, "FLOP/s") == "600 teraFLOP/s"
    assert wording.with_unit(1, "day") == "1 day"
    assert wording.amount("not an amount") == "not an amount"


def test_percentages_are_never_rounded_to_certainty() -> None:
    assert [wording.percent(x) for x in (0, 0.001, 0.5, 0.999, 1)] == [
        "0 %",
        "under 1 %",
        "50 %",
        "over 99 %",
        "100 %",
    ]


def test_a_chance_is_never_rounded_to_certainty() -> None:
    assert [wording.chance(p) for p in (0, 1e-5, 0.5, 0.9867, 0.99996, 1)] == [
        "0",
        "<0.001",
        "0.5",
        "0.987",
        ">0.999",
        "1",
    ]


def test_lists() -> None:
    assert [wording.listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@pytest.mark.parametrize("value", [5e-324, 2.5e-310, 1.7976931348623157e308, -5e-324])
def test_the_smallest_and_largest_doubles_can_be_said(value: float) -> None:
    assert "× 10" in wording.number(value)
