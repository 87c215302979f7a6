"""Random texts: each is read or refused, soon, in little memory, and touches no file or process.

``KB_FUZZ_SECONDS`` sets how long each kind of text is tried (4 by default): a night's run is
``KB_FUZZ_SECONDS=7200 pytest tests/test_expressions_fuzz.py``.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from kb.checks.devices import devices
from kb.checks.expressions import FUNCTIONS
from tests.confined import Confined

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")

LONGEST = 1.0
SECONDS = float(os.environ.get("KB_FUZZ_SECONDS", "4"))
ERRORS = {
    "expression": {"", "ExpressionError", "DimensionError"},
    "unit": {"", "UnitError"},
    "amount": {"", "UnitError"},
    "expectation": {"", "ExpectationError"},
}


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    reader = Confined()
    yield reader
    reader.close()


def survives(confined: Confined, kind: str, text: Any) -> None:
    outcome = confined.read(kind, text)
    assert outcome.kind in ERRORS[kind], outcome
    assert outcome.seconds < LONGEST
    assert outcome.events == []
    assert outcome.value not in ("inf", "-inf")
    if outcome.kind:
        assert " " in outcome.refused
        assert outcome.column >= 1


# --- texts ----------------------------------------------------------------------

_digits = st.text("0123456789", min_size=1, max_size=400)
_numbers = st.one_of(
    st.floats(0, 1e308).map(repr),
    st.integers(0, 10**30).map(str),
    st.builds("{}.{}e{}{}".format, _digits, _digits, st.sampled_from("+- "), st.integers(0, 10**6)),
    st.sampled_from(["0", "1e308", "5e-324", "1e400", "1e-400", ".5", "5.", "0x1", "1_0", "1j", "00", "08"]),
)
_words = st.sampled_from(
    [*FUNCTIONS, "a", "tokens", "_", "__class__", "lambda", "import", "None", "nan", "inf", "ａ", "э"]
)
_marks = st.sampled_from(
    [*"+-*/()<>=,.:;'\"[]{}@#$%^&|~!?\\`", "**", "//", "==", "<=", ":=", "->", "...", "\n", "\t", "\0", " "]
)


def _inside(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!="])
    return st.one_of(
        st.builds("{} {} {}".format, inner, signs, inner),
        st.builds("({}){}({})".format, inner, signs, inner),
        st.builds("-{}".format, inner),
        st.builds("{}({})".format, st.sampled_from([*FUNCTIONS]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds("where({}, {}, {})".format, inner, inner, inner),
    )


_grammatical = st.recursive(
    st.one_of(_numbers, st.sampled_from(["a", "b", "tokens"])), _inside, max_leaves=60
)
_jumble = st.lists(st.one_of(_numbers, _words, _marks), max_size=60).map("".join)
_repeated = st.builds(
    lambda before, part, times, middle, after: (before + part * times + middle + after * times)[:2100],
    _marks,
    st.one_of(_words, _marks, _jumble),
    st.integers(1, 700),
    _words,
    st.one_of(_marks, st.just("")),
)
_raw = st.text(max_size=200)


@st.composite
def _damaged(draw: st.DrawFn, whole: st.SearchStrategy[str]) -> str:
    """A good text with a piece cut out and another put in."""
    text = draw(whole)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 5)))
    return text[:start] + draw(st.one_of(_marks, _words, st.characters(), st.just(""))) + text[end:]


_expressions = st.one_of(_grammatical, _damaged(_grammatical), _jumble, _repeated, _raw)

_names = st.one_of(
    st.sampled_from(
        ["FLOP", "token", "USD2024", "s", "day", "kWh", "qm", "Qm", "GiB", "%", "1", "kgram", "B"]
    ),
    st.sampled_from([*devices()]).map("{}_hours".format),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "k", "peta", "q", "Q", "Ki", "mm"]),
        st.sampled_from(["flop", "m", "kg", "eV", "month", "GPU", "H100", "nat", "USD", "ppm", "tok"]),
        st.sampled_from(["", "", "s", "_hour", "/s-day", "/s-days", "F-days", "²"]),
    ),
)
_products = st.recursive(
    _names,
    lambda inner: st.one_of(
        st.builds("{}{}{}".format, inner, st.sampled_from(["*", "/", " / ", "-", "·", " "]), inner),
        st.builds("({})".format, inner),
        st.builds("{}{}{}".format, inner, st.sampled_from(["^", "**", "^-"]), st.integers(0, 12)),
        st.builds("({})^{}".format, inner, st.sampled_from(["9", "-9", "2"])),
    ),
    max_leaves=12,
)
_units = st.one_of(_products, _damaged(_products), _repeated, _jumble, _raw)
_figures = st.one_of(_numbers, st.sampled_from(["-", "+", "nan", "inf", "", "1-2", "1e"]))
_written = st.builds("{}{}{}".format, _figures, st.sampled_from(["", " "]), st.one_of(st.just(""), _units))
_amounts = st.one_of(_written, _damaged(_written), st.integers(-(10**400), 10**400), st.floats())
_within = st.one_of(_amounts, st.builds("{}{}".format, _figures, st.sampled_from(["x", "×", "%", " x "])))
_expectations = st.one_of(
    st.fixed_dictionaries({"about": _amounts, "within": _within}),
    st.fixed_dictionaries({"at_least": _amounts}),
    st.fixed_dictionaries({"at_most": _amounts}),
    st.fixed_dictionaries({"between": st.lists(_amounts, min_size=2, max_size=2)}),
    st.fixed_dictionaries({"is_true": _raw}),
)
_TEXTS = {"expression": _expressions, "unit": _units, "amount": _amounts, "expectation": _expectations}


@pytest.mark.parametrize("kind", _TEXTS)
def test_any_text_is_read_or_refused_soon_and_touches_nothing(confined: Confined, kind: str) -> None:
    """Rounds of hypothesis until the time is up; each starts from a seed that its failure names."""
    long = "KB_FUZZ_SECONDS" in os.environ
    end = time.monotonic() + SECONDS
    number = random.SystemRandom().getrandbits(32) if long else 1
    while time.monotonic() < end:

        @seed(number)
        @settings(
            max_examples=200,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(_TEXTS[kind])
        def round_of_texts(text: Any) -> None:
            survives(confined, kind, text)

        round_of_texts()
        number += 1
