"""What the single names of a unit mean: those of ``units.txt``, money by its year, devices and their time.

A name is a prefix or none, a name of the lists, and a plural s or none. Which of them a text is, is settled
here by look-up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from kb.checks.devices import devices
from kb.checks.dimensions import CURRENCIES, NONE, Dimension, power, product
from kb.checks.trouble import MisreadError
from kb.diagnostics.spelling import asked, did_you_mean

DEFINITIONS = Path(__file__).with_name("units.txt")
YEARS = range(1950, 2051)

#: A plural needs a word before its s: Pas is pascal-second elsewhere, and ms a millisecond.
_SHORTEST_PLURAL = 4
_AMOUNT_OR_RATE = re.compile(r"\w*flops", re.IGNORECASE)
_BIT_OR_BYTE = re.compile(r"[kKMGTP]?i?b")
_DEVICE_TIME = re.compile(r"(?P<device>\w+)_(?P<time>second|minute|hour|day|week|month|year)s?")
#: In the list: a product or quotient of numbers and names with whole powers, read from the left.
_FACTOR = re.compile(r"(?:([*/]) )?([\w.+-]+)(?: \*\* ([1-9]))?")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MONEY = "name the year of the money, such as USD2024"
_MEANT = {
    "k": "write thousand, or e3 after the number",
    "M": "write million, or e6 after the number",
    "G": "write billion, or e9 after the number",
    "T": "write trillion, or e12 after the number",
    "bn": "write billion, or e9 after the number",
    "dollar": _MONEY,
    "dollars": _MONEY,
    "euro": _MONEY,
    "euros": _MONEY,
    "degC": "write K: a difference of one degree Celsius is 1 K",
    "celsius": "write K: a difference of one degree Celsius is 1 K",
    "ton": "write tonne, which is 1000 kg",
    "tons": "write tonne, which is 1000 kg",
    "TF": "write TFLOP/s for the rate, TF-day for a day of it",
    "PF": "write PFLOP/s for the rate, PF-day for a day of it",
    "EF": "write EFLOP/s for the rate, EF-day for a day of it",
}


@lru_cache(maxsize=4096)
def named(name: str) -> tuple[float, Dimension]:
    """One name: how many base units it is, and of which dimension.

    Raises:
        MisreadError: it means nothing, or may mean two things.
    """
    if _AMOUNT_OR_RATE.fullmatch(name):
        raise MisreadError(
            f"{name} may mean an amount or a rate",
            1,
            "write FLOP for an amount of computation, FLOP/s for a rate",
        )
    if _BIT_OR_BYTE.fullmatch(name):
        raise MisreadError(f"{name} may mean bits or bytes", 1, "write bit or byte, as in Gbit or GB")
    meant = _meant(name)
    if meant is None:
        raise MisreadError(f"unknown unit {name!r}", 1, _suggestion(name))
    prefix, parts = meant
    factor, dimension = _listed()[1][prefix], NONE
    for part in parts:
        size, more = _size(part)
        factor, dimension = factor * size, product(dimension, more)
    return factor, dimension


@lru_cache(maxsize=4096)
def _size(name: str) -> tuple[float, Dimension]:
    """How many base units a name without prefix is, and of which dimension; each device and money is one."""
    meaning = _listed()[0].get(name)
    if meaning is None:
        return 1.0, ((_device_spellings().get(name, name), Fraction(1)),)
    if meaning.startswith("["):
        return 1.0, ((meaning[1:-1], Fraction(1)),)
    factor, dimension = 1.0, NONE
    for sign, part, exponent in _FACTOR.findall(meaning):
        size, more = (float(part), NONE) if part[0].isdigit() else _size(part)
        size, more = size ** int(exponent or 1), power(more, Fraction(exponent or 1))
        factor = factor / size if sign == "/" else factor * size
        dimension = product(dimension, more, -1 if sign == "/" else 1)
    return factor, dimension


def _meant(name: str) -> tuple[str, tuple[str, ...]] | None:
    """The prefix of a name, which may be empty, and the listed names whose product it is."""
    for prefix in filter(name.startswith, _listed()[1]):
        rest = name[len(prefix) :]
        if rest in _spellings():
            return prefix, (rest,)
        if len(rest) >= _SHORTEST_PLURAL and rest.endswith("s") and rest[:-1] in _spellings():
            return prefix, (rest[:-1],)
        time = _DEVICE_TIME.fullmatch(rest)
        if time and time["device"] in _device_spellings():
            return prefix, (time["device"], time["time"])
    return None


def _suggestion(name: str) -> str:
    """What the writer of an unknown name probably meant."""
    if name in _MEANT:
        return _MEANT[name]
    if name[:3] in CURRENCIES and re.fullmatch("_?[0-9]+", name[3:], re.ASCII):
        return f"money has a year from {YEARS[0]} to {YEARS[-1]}, written USD2024"
    if raised := re.fullmatch("([A-Za-z_]+)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", name):
        return f"write {raised[1]}^{raised[2].translate(_SUPERSCRIPTS)}"
    if name.endswith("s") and _meant(name[:-1]):
        return asked([name[:-1], f"{name[:-1]}*s"])
    # Capitals where there are none, or the other way round.
    alike = [name.lower(), name.upper(), name[:4].upper() + name[4:].lower(), f"k{name[1:]}"]
    same = [other for other in alike if _meant(other)]
    return asked(same[:1]) or did_you_mean(name, _suggested(), 3)


# --- the lists ------------------------------------------------------------------


@lru_cache(maxsize=1)
def _listed() -> tuple[Mapping[str, str], Mapping[str, float]]:
    """What each name of ``units.txt`` means, and the size of each prefix; that of none, the first, is 1."""
    names: dict[str, str] = {}
    prefixes = {"": 1.0}
    for line in DEFINITIONS.read_text("utf-8").splitlines():
        first, *others = (part.strip() for part in line.partition("#")[0].split("="))
        # The second part is what the first means.
        spellings = [first, *(other for other in others[1:] if other != "_")]
        if first.endswith("-"):
            prefixes |= {spelling.removesuffix("-"): float(others[0]) for spelling in spellings}
        elif first:
            names |= dict.fromkeys(spellings, others[0])
    return names, prefixes


@lru_cache(maxsize=1)
def _device_spellings() -> Mapping[str, str]:
    """Each name of a device, with the one that it is counted under."""
    return {spelling: device for device, others in devices().items() for spelling in (device, *others)}


@lru_cache(maxsize=1)
def _spellings() -> frozenset[str]:
    """Every name that may stand alone."""
    money = frozenset(f"{currency}{year}" for currency in CURRENCIES for year in YEARS)
    return money.union(_listed()[0], _device_spellings())


@lru_cache(maxsize=1)
def _suggested() -> tuple[str, ...]:
    """What a misspelt name is compared with: names without a prefix, and with those that FLOP often has."""
    large = [prefix + flop for prefix in ("mega", "giga", "tera", "peta", "exa") for flop in ("flop", "FLOP")]
    hours = [f"{device}_hour" for device in devices()]
    return tuple(dict.fromkeys([*_listed()[0], *large, *devices(), *hours]))
