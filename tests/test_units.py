"""Unit texts, amounts, and the dimension pass."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.checks.dimension_pass import DimensionError, dimension
from kb.checks.dimensions import as_unit, show
from kb.checks.expressions import parse
from kb.checks.units import DEFINITIONS, UnitError, amount, convert, unit


@pytest.mark.parametrize(
    ("text", "factor", "shown"),
    [
        ("1", 1.0, "a plain number"),
        ("%", 0.01, "a plain number"),
        ("percent", 0.01, "a plain number"),
        ("petaflop", 1e15, "FLOP"),
        ("petaFLOP", 1e15, "FLOP"),
        ("PFLOP", 1e15, "FLOP"),
        ("PFLOP/s", 1e15, "FLOP/s"),
        ("petaflop/s*day", 8.64e19, "FLOP"),
        ("petaflop / s · day", 8.64e19, "FLOP"),
        ("exaFLOP", 1e18, "FLOP"),
        ("tokens", 1.0, "token"),
        ("FLOP/parameter/token", 1.0, "FLOP/parameter/token"),
        ("FLOP/(parameter*token)", 1.0, "FLOP/parameter/token"),
        ("kWh", 3.6e6, "J"),
        ("MW", 1e6, "J/s"),
        ("kg*m^2/s**2", 1.0, "J"),
        ("year", 365.25 * 86400, "s"),
        ("GPU-hour", 3600.0, "GPU*s"),
        ("USD2023/GPU_hour", 1 / 3600, "USD2023/GPU/s"),
        ("MUSD", 1e6, "USD"),
        ("TB", 8e12, "bit"),
        ("GiB", 8 * 2**30, "bit"),
        ("m^-2", 1.0, "1/m^2"),
        ("1/s", 1.0, "1/s"),
        ("words", 1.0, "word"),
        ("K", 1.0, "K"),
    ],
)
def test_what_units_mean(text: str, factor: float, shown: str) -> None:
    found = unit(text)
    assert math.isclose(found.factor, factor, rel_tol=1e-12)
    assert show(found.dimension) == shown


@pytest.mark.parametrize(
    "text", ["USD", "USD2020", "USD2024", "EUR2024", "token", "parameter", "FLOP", "operation"]
)
def test_what_is_counted_is_a_dimension_of_its_own(text: str) -> None:
    others = {"USD", "USD2020", "USD2024", "EUR2024", "token", "parameter", "FLOP", "operation"} - {text}
    assert all(unit(other).dimension != unit(text).dimension for other in others)


def test_every_name_of_the_definitions_means_itself() -> None:
    """No prefix and name together spell another unit's name."""
    for line in DEFINITIONS.read_text("utf-8").splitlines():
        names = [part.strip() for part in line.split("#")[0].split("=")]
        if len(names) < 2 or names[0].endswith("-"):
            continue
        first = unit(names[0])
        for other in (name for name in names[2:] if name != "_"):  # pint's word for: no symbol
            assert unit(other).dimension == first.dimension, other
            assert unit(other).factor == first.factor, other


ATTACKS = [
    "9**9**9*m",
    "9**9**9 meter",
    "m**9**9**9",
    "m^999999999999",
    "m**10",
    "m^00912",
    "m^0",
    "m^1.5",
    "m^(2)",
    "m^-",
    "2*s",
    "1.5",
    "10",
    "s*" * 3000 + "s",
    "(" * 50 + "s" + ")" * 50,
    "__import__('os')",
    "s.__class__",
    "s s",
    "s*",
    "*s",
    "/s",
    "(s",
    "s)",
    "",
    " ",
    "-s",
    "s-",
    "s;m",
    "s,m",
    "s[0]",
    "$",
    "°C",
    "degC",
    "tokns",
    "flops",
    "FLOPS",
    "petaflops",
    "TFLOPS",
    "petaflop/s-day",
    "USD/GPU-hour",
    "USD1800",
    "²",
    "m²",
    "Ym^9*Ym^9*Ym^9",
    "x" * 121,
    "s\n\nm",
    "to",
    "delta_K",
    "dimensionless**9",
]


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_what_is_no_unit_is_refused_with_its_column(text: str) -> None:
    with pytest.raises(UnitError) as refused:
        unit(text)
    assert 1 <= refused.value.column <= len(text) + 1


@given(st.text(max_size=30))
def test_any_text_is_a_unit_or_refused(text: str) -> None:
    try:
        found = unit(text)
    except UnitError:
        return
    assert 0 < found.factor < math.inf


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("tokns", "token"),
        ("petaflp", "petaflop"),
        ("FLOPS", "FLOP/s"),
        ("petaflop/s-day", "petaflop/s*day"),
        ("dya", "day"),
    ],
)
def test_a_refused_unit_comes_with_a_suggestion(text: str, word: str) -> None:
    with pytest.raises(UnitError) as refused:
        unit(text)
    assert word in refused.value.hint


@given(st.sampled_from(["FLOP", "token/s", "USD2023", "kg*m^2/s^2", "J/K", "m^2/s"]))
def test_a_dimension_written_as_a_unit_is_that_dimension(text: str) -> None:
    assert unit(as_unit(unit(text).dimension)).dimension == unit(text).dimension


# --- amounts ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "place", "value"),
    [
        (12.0, "day", 12.0),
        ("12", "day", 12.0),
        ("48 hour", "day", 2.0),
        ("3640 petaflop/s*day", "FLOP", 3640 * 8.64e19),
        ("10%", "1", 0.1),
        ("-5e-1 kg", "gram", -500.0),
        ("30e9token", "token", 30e9),
        ("1 GPU_hour", "GPU*s", 3600.0),
    ],
)
def test_amounts(written: float | str, place: str, value: float) -> None:
    assert math.isclose(convert(written, unit(place)), value, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("written", "place", "column"),
    [
        ("3,640 FLOP", "FLOP", 2),
        ("FLOP", "FLOP", 1),
        ("1e999 FLOP", "FLOP", 1),
        ("5 dya", "day", 3),
        ("nan", "1", 1),
        ("inf", "1", 1),
        ("", "1", 1),
        ("1 2", "1", 3),
        ("5 day", "FLOP", 1),
        ("5 FLOP/s", "FLOP", 1),
    ],
)
def test_amounts_that_do_not_fit(written: str, place: str, column: int) -> None:
    with pytest.raises(UnitError) as refused:
        convert(written, unit(place))
    assert refused.value.column == column


@given(st.floats(-1e300, 1e300, allow_nan=False))
def test_a_number_survives_being_written(number: float) -> None:
    assert amount(f"{number!r} token", unit("1")).value == number


# --- the dimension pass -------------------------------------------------------

NAMES = {
    name: unit(text).dimension
    for name, text in {
        "n": "parameter",
        "d": "token",
        "c": "FLOP/parameter/token",
        "rate": "petaFLOP/s",
        "old": "USD2020",
        "new": "USD2024",
        "deflator": "USD2024/USD2020",
        "x": "1",
        "days": "day",
        "energy": "kWh",
        "power": "W",
    }.items()
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("c*n*d", "FLOP"),
        ("c*n*d/rate", "s"),
        ("6*c*n*d + rate*days", "FLOP"),
        ("-days", "s"),
        ("sqrt(days*days)", "s"),
        ("days**2/days", "s"),
        ("days**(1/2)*days**0.5", "s"),
        ("n**-1*n", "a plain number"),
        ("log10(c*n*d/(rate*days))", "a plain number"),
        ("2**x", "a plain number"),
        ("x**x", "a plain number"),
        ("max(days, days)", "s"),
        ("where(n > n, days, days)", "s"),
        ("(old*deflator + new) < new", "a plain number"),
        ("energy/power", "s"),
        ("abs(days)", "s"),
        ("exp(x)", "a plain number"),
    ],
)
def test_dimensions_of_expressions(text: str, wanted: str) -> None:
    assert show(dimension(parse(text), NAMES)) == wanted


@pytest.mark.parametrize(
    ("text", "column", "words", "hint"),
    [
        ("n + d", 3, "cannot add token to parameter", ""),
        ("c*n*d - rate", 7, "cannot subtract FLOP/s from FLOP", "rate"),
        ("rate < c*n*d", 6, "cannot compare FLOP/s with FLOP", "amount"),
        ("c*n*d + 6*n*d", 7, "cannot add parameter*token to FLOP", "FLOP/parameter/token"),
        ("old + new", 5, "cannot add USD2024 to USD2020", "USD2024/USD2020"),
        ("log(days)", 1, "log needs a plain number, this is s", "reference"),
        ("exp(n)", 1, "exp needs", ""),
        ("round(days)", 1, "round needs", ""),
        ("n**x", 2, "number written in place", "reference"),
        ("x**n", 2, "exponent is a plain number", ""),
        ("min(n, d)", 1, "min of parameter and token", ""),
        ("where(n, d, d)", 1, "comparison first", ""),
        ("where(n > n, n, d)", 1, "must agree", ""),
        ("n + 1", 3, "cannot add a plain number to parameter", ""),
    ],
)
def test_units_that_do_not_fit(text: str, column: int, words: str, hint: str) -> None:
    with pytest.raises(DimensionError) as refused:
        dimension(parse(text), NAMES)
    assert refused.value.column == column
    assert words in refused.value.message
    assert hint in refused.value.hint
