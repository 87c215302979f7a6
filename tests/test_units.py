"""Unit texts, amounts, and the dimension pass."""

from __future__ import annotations

import math
from functools import lru_cache

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.checks.devices import devices
from kb.checks.dimension_pass import DimensionError, dimension
from kb.checks.dimensions import as_unit, show
from kb.checks.expressions import parse
from kb.checks.unit_names import DEFINITIONS, named
from kb.checks.units import UnitError, amount, convert, unit


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
        ("petaflop/s-day", 8.64e19, "FLOP"),
        ("petaflop/s-days", 8.64e19, "FLOP"),
        ("petaFLOP/s-days", 8.64e19, "FLOP"),
        ("PFLOP/s-day", 8.64e19, "FLOP"),
        ("PF-days", 8.64e19, "FLOP"),
        ("PF-day", 8.64e19, "FLOP"),
        ("exaflop/s-day", 8.64e22, "FLOP"),
        ("EFLOP/s-days", 8.64e22, "FLOP"),
        ("TF-day", 8.64e16, "FLOP"),
        ("PF-day/parameter", 8.64e19, "FLOP/parameter"),
        ("USD2023/(petaflop/s-day)", 1 / 8.64e19, "USD2023/FLOP"),
        ("USD2023/PF-day", 1 / 8.64e19, "USD2023/FLOP"),
        ("exaFLOP", 1e18, "FLOP"),
        ("tokens", 1.0, "token"),
        ("FLOP/parameter/token", 1.0, "FLOP/parameter/token"),
        ("FLOP/(parameter*token)", 1.0, "FLOP/parameter/token"),
        ("kWh", 3.6e6, "J"),
        ("MW", 1e6, "J/s"),
        ("kg*m^2/s**2", 1.0, "J"),
        ("year", 365.25 * 86400, "s"),
        ("GPU-hour", 3600.0, "GPU*s"),
        ("GPU-hours", 3600.0, "GPU*s"),
        ("gpu_hours", 3600.0, "GPU*s"),
        ("GPU_years", 365.25 * 86400, "GPU*s"),
        ("A100_hour", 3600.0, "A100*s"),
        ("H100-hours", 3600.0, "H100*s"),
        ("B200_days", 86400.0, "B200*s"),
        ("V100*hour", 3600.0, "V100*s"),
        ("kH800_hour", 3.6e6, "H800*s"),
        ("GB200_hour", 3600.0, "GB200*s"),
        ("TPU_v4_hours", 3600.0, "TPU_v4*s"),
        ("TPUv5p-hour", 3600.0, "TPU_v5p*s"),
        ("RTX_4090_hour", 3600.0, "RTX_4090*s"),
        ("USD2024/H100_hour", 1 / 3600, "USD2024/H100/s"),
        ("days", 86400.0, "s"),
        ("hrs", 3600.0, "s"),
        ("queries/day", 1 / 86400, "query/s"),
        ("parameters", 1.0, "parameter"),
        ("nats/token", 1.4426950408889634, "bit/token"),
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


COUNTED = [
    *("USD", "USD2020", "USD2024", "EUR2024", "token", "parameter", "sample", "FLOP", "operation"),
    *("GPU", "chip", "A100", "A800", "H100", "H200", "V100", "B200", "GB200", "TPU_v3", "TPU_v4", "TPU_v5p"),
]


@pytest.mark.parametrize("text", COUNTED)
def test_what_is_counted_is_a_dimension_of_its_own(text: str) -> None:
    assert all(unit(other).dimension != unit(text).dimension for other in COUNTED if other != text)


@pytest.mark.parametrize("device", devices())
def test_every_device_has_its_hours_and_spellings(device: str) -> None:
    hour = unit(f"{device}_hour")
    assert hour.dimension == tuple(sorted([(device, 1), ("s", 1)]))
    for other in (device, *devices()[device]):
        for text in (f"{other}_hours", f"{other}-hour", f"{other}*h"):
            assert (unit(text).factor, unit(text).dimension) == (3600.0, hour.dimension), text


PREFIXES = [
    *("kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta", "milli", "micro", "nano"),
    *("k", "M", "G", "T", "P", "E", "Z", "Y", "m", "u", "µ", "n", "Ki", "Mi", "Gi", "Ti"),
]


def _listed_names() -> list[str]:
    lines = [line.split("#")[0].split("=") for line in DEFINITIONS.read_text("utf-8").splitlines()]
    return [parts[0].strip() for parts in lines if len(parts) > 1 and "-" not in parts[0]]


def test_a_prefix_and_a_name_mean_their_product_unless_they_spell_another_name() -> None:
    symbols = ("s", "h", "m", "g", "t", "W", "B", "J", "N", "A", "C", "K", "L", "FLOP", "gpu", "TPUv4")
    names = [*_listed_names(), *devices(), *symbols]
    alike = set()
    for prefix in PREFIXES:
        for name in names:
            whole, part, size = unit(prefix + name), unit(name), unit(f"{prefix}token").factor
            if whole.dimension != part.dimension or not math.isclose(whole.factor, size * part.factor):
                alike.add(prefix + name)
    assert alike == {"GB200", "GB300", "GH200"}  # a device, not 1e9 of another


SI = [
    *("percent", "ppm", "second", "minute", "hour", "day", "week", "month", "year", "century", "hertz"),
    *("metre", "mile", "hectare", "litre", "kilogram", "gram", "tonne"),
    *("newton", "pascal", "joule", "electronvolt", "calorie", "watt", "watt_hour", "kelvin", "ampere"),
    *("coulomb", "volt", "ohm", "mole", "byte", "millimetre", "kilometre", "centimetre"),
]


@pytest.mark.parametrize("name", SI)
def test_common_units_are_as_large_as_in_pint_s_own_list(name: str) -> None:
    theirs = _pints_own().Quantity(1, name).to_base_units()
    assert math.isclose(unit(name).factor, theirs.magnitude, rel_tol=1e-12)


@pytest.mark.parametrize(
    "prefix",
    [
        *("quecto", "ronto", "yocto", "zepto", "atto", "femto", "pico", "nano", "micro", "milli", "centi"),
        *("kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta", "ronna", "quetta"),
        *("kibi", "mebi", "gibi", "tebi", "pebi"),
    ],
)
def test_prefixes_are_as_large_as_in_pint_s_own_list(prefix: str) -> None:
    theirs = _pints_own().Quantity(1, f"{prefix}byte").to("byte")
    assert math.isclose(unit(f"{prefix}byte").factor / 8, theirs.magnitude, rel_tol=1e-12)


def test_no_name_changes_what_others_mean() -> None:
    """pint takes kgram for a new definition of kilogram, in terms of itself."""
    named.cache_clear()
    unit.cache_clear()
    assert unit("kgram").factor == 1.0
    assert unit("kmetre").factor == 1000.0
    assert show(unit("kWh").dimension) == "J"
    assert unit("kilometre").factor == 1000.0


def test_every_si_name_of_the_list_is_compared_with_pint() -> None:
    """Names that pint's own list has are compared above, but for those that mean something else there."""
    ours_alone = {
        "bit",  # a base of ours, a plain number of theirs
        "nat",  # theirs is a nano-technical-atmosphere
        "decade",  # theirs is a ratio of frequencies
    }
    known = {name for name in _listed_names() if name in _pints_own()}
    assert known - ours_alone <= set(SI)


@lru_cache(maxsize=1)
def _pints_own() -> pint.UnitRegistry[float]:
    return pint.UnitRegistry()


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
    "FLOP/s-day",
    "petaflop/s-hour",
    "petaflop/s-daily",
    "petaflop/s - day",
    "petaflop/s-day^2",
    "xpetaflop/s-day",
    "pF-day",
    "TFLOPS-day",
    "USD/GPU-hour",
    "H1000_hour",
    "H100_fortnight",
    "H100_hour_hour",
    "B100s_hour_",
    "Ws",
    "Pas",
    "kgs",
    "Gb",
    "MFLOPs",
    "qFLOPs",
    "USD1800",
    "USD2051",
    "²",
    "m²",
    "Ym^9*Ym^9*Ym^9",
    "1/(qm^9*qm^9)",
    "1/(qm^9*qm*ng)",
    "(((m^9)^9)^9)^9",
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
        ("FLOP/s-day", "write s*day to multiply by day, (s*day) to divide by both"),
        ("USD2024/GPU-hour", "(GPU*hour)"),
        ("dya", "day"),
        ("Day", "did you mean day?"),
        ("KB", "did you mean kB?"),
        ("usd2024", "did you mean USD2024?"),
        ("h100_hours", "did you mean H100_hours?"),
        ("H10_hour", "H100_hour"),
        ("Ws", "did you mean W or W*s?"),
        ("kgs", "did you mean kg or kg*s?"),
        ("Gb", "Gbit or GB"),
        ("m²", "m^2"),
        ("$", "USD2024"),
        ("€/year", "EUR2024"),
        ("°C", "1 K"),
        ("degC", "1 K"),
        ("M", "million"),
        ("dollars", "USD2024"),
        ("USD1800", "1950 to 2050"),
        ("PF", "PF-day"),
        ("1/s-", "remove it"),
        ("B parameters", "write billion"),
        ("H800 GPU hours", "H800_hour"),
        ("million tokens", "write * or /"),
        ("ton", "tonne"),
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
        ("3640 petaflop/s-days", "petaflop/s*day", 3640.0),
        ("3640PF-days", "petaflop/s*day", 3640.0),
        ("2.788e6 H800-hours", "H800_hour", 2.788e6),
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
        ("0x10", "1", 2),
        ("0x10 FLOP", "FLOP", 2),
        ("1_000 FLOP", "FLOP", 2),
        ("1e999", "1", 1),
        ("-1e999 m", "m", 1),
        ("1e308 quettaFLOP", "FLOP", 1),
        ("1e-300 quectoFLOP", "FLOP", 1),
        ("0 quectoFLOP/s", "FLOP", 1),
        ("٣ FLOP", "FLOP", 1),
        ("1-2 m", "m", 2),
        ("1 to 2 m", "m", 2),
        ("1..2 m", "m", 3),
        ("5 ± 1 m", "m", 2),
        ("1 m 2 s", "m", 5),
        ("5 m; import os", "m", 4),
        ("5e-324 m", "m", 1),
        (math.inf, "m", 1),
        (math.nan, "m", 1),
        (10**400, "m", 1),
        ("5" * 121, "1", 1),
    ],
)
def test_amounts_that_do_not_fit(written: float | str, place: str, column: int) -> None:
    with pytest.raises(UnitError) as refused:
        convert(written, unit(place))
    assert refused.value.column == column
    assert refused.value.message


@pytest.mark.parametrize(
    ("written", "place", "message", "hint"),
    [
        ("5 FLOP/s", "FLOP", "this is FLOP/s, but FLOP is needed", "multiply it by a time"),
        ("5 FLOP", "petaflop/s", "this is FLOP, but FLOP/s is needed", "write FLOP/s if only the per-second"),
        ("5 kW", "kWh", "kW is J/s, but J is needed", "J and kWh are energy, W and kW power"),
        ("175B", "parameter", "B is bit, but parameter is needed", "write billion"),
        ("300 K", "token", "this is K, but token is needed", "write thousand"),
        ("10%", "FLOP", "% is a plain number, but FLOP is needed", "multiply by 1 + the share"),
        ("5 A100_hour", "H100_hour", "A100_hour is A100*s, but H100*s is needed", "A100/H100"),
        ("5 USD2020", "USD2024", "this is USD2020, but USD2024 is needed", "USD2024/USD2020"),
        ("1e308 quettaFLOP", "FLOP", "too large or too small to be held in FLOP", ""),
        ("1-2 m", "m", "not a range", "p5"),
        ("3 640 m", "m", "no separators", "3640"),
        ("3'640 m", "m", "no separators", "3640"),
    ],
)
def test_an_amount_that_does_not_fit_says_why(written: str, place: str, message: str, hint: str) -> None:
    with pytest.raises(UnitError) as refused:
        convert(written, unit(place))
    assert message in refused.value.message
    assert hint in refused.value.hint


@given(st.floats(-1e300, 1e300, allow_nan=False, allow_subnormal=False))
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
        "a100": "A100_hour",
        "h100": "H100_hour",
        "gpus": "GPU_hour",
        "hours": "hour",
        "speed": "FLOP/s",
        "text": "word",
        "ops": "operation",
        "bits": "bit",
        "bytes": "byte",
        "share": "percent",
        "flop": "FLOP",
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
        ("bits + bytes", "bit"),
        ("n*(1 + share) + n*share", "parameter"),
        ("a100*x + a100", "A100*s"),
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
        ("n + 1", 3, "cannot add a plain number to parameter", "multiply by 1 + the share"),
        ("n + x", 3, "cannot add a plain number to parameter", "make it an input that has one"),
        (
            "d  -  n",
            4,
            "cannot subtract parameter from token",
            "multiply the parameter by an input in token/",
        ),
        (
            "a100 + h100",
            6,
            "cannot add H100*s to A100*s",
            "A100 and H100 are different devices: multiply the H100",
        ),
        ("a100 > gpus", 6, "cannot compare A100*s with GPU*s", "GPU states no kind of device"),
        ("a100 + hours", 6, "cannot add s to A100*s", "the unit A100"),
        ("speed*h100 < c*n*d", 12, "cannot compare FLOP*H100 with FLOP", "FLOP/s/H100"),
        ("energy - power", 8, "cannot subtract J/s from J", "J and kWh are energy, W and kW power"),
        ("days + 1/days", 6, "cannot add 1/s to s", ""),
        ("d + text", 3, "cannot add word to token", "an input in word/token"),
        ("flop + ops", 6, "cannot add operation to FLOP", "any other"),
        ("old <= new", 5, "cannot compare USD2020 with USD2024", "a deflator, an input in USD2024/USD2020"),
        ("n**2000", 2, "beyond 1000", "exponents"),
        ("((n**1e308)**1e308)", 4, "beyond 1000", "exponents"),
        ("sqrt(" * 12 + "n" + ")" * 12, 11, "beyond 1000", "exponents"),
    ],
)
def test_units_that_do_not_fit(text: str, column: int, words: str, hint: str) -> None:
    with pytest.raises(DimensionError) as refused:
        dimension(parse(text), NAMES)
    assert refused.value.column == column
    assert words in refused.value.message
    assert hint in refused.value.hint
