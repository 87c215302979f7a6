"""The checks of the demo base with their results: every verdict, kind and flag. All numbers are invented."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from kb.model import (
    Benchmark,
    Check,
    Driver,
    Expectation,
    Flip,
    FlipResult,
    Formula,
    Input,
    InputUsed,
    Option,
    Output,
    Published,
    Quantity,
    Reading,
    ReadingResult,
    Result,
    Simulation,
    Spread,
    Verdict,
)


def histogram(median: float, sigma: float, *, log: bool = True, bins: int = 40) -> Output:
    """A lognormal (or normal) output, as a sampler would report it."""
    at = [-3 + 6 * i / bins for i in range(bins + 1)]
    edges = tuple(median * math.exp(sigma * z) if log else median * (1 + sigma * z) for z in at)
    cumulative = [0.5 * (1 + math.erf(z / math.sqrt(2))) for z in at]
    counts = tuple(round(65536 * (b - a)) for a, b in pairwise(cumulative))
    low, high = (median * math.exp(sigma * z) if log else median * (1 + sigma * z) for z in (-1.6449, 1.6449))
    return Output("result", "petaflop/s*day", median, {"p5": low, "p50": median, "p95": high}, edges, counts)


def _used(name: str, value: float, unit: str, **more: object) -> InputUsed:
    return InputUsed(name, value, unit, **more)  # type: ignore[arg-type]


def checks() -> list[tuple[Check, Result | None]]:
    """Each check with its result, or None when it has not run."""
    about = Expectation(about="3640 petaflop/s*day", within="1.1x")
    tokens = _used(
        "tokens",
        3e11,
        "token",
        spread=Spread("percentiles", (2.7e11, 3.3e11)),
        source="gpt3-2020",
        at="Table D.1",
        verified=True,
        title="Training tokens",
    )
    params = _used(
        "parameters",
        1.75e11,
        "parameter",
        source="gpt3-2020",
        at="p8",
        verified=True,
        title="Parameters of GPT-3",
    )
    six = _used("six", 6, "FLOP/parameter/token", definition=True, title="FLOP per parameter and token")
    found: list[tuple[Check, Result | None]] = []

    def add(check: Check, result: Result | None) -> None:
        found.append((replace(check, file=f"checks/{check.id}.yaml"), result))

    def point(
        name: str,
        verdict: Verdict,
        value: float,
        unit: str,
        expect: Expectation,
        band: tuple[float | None, float | None],
        claimed: str,
    ) -> None:
        output = Output("result", unit, value)
        add(
            Check(
                name,
                "formula",
                Formula("a / b", unit),
                inputs=(
                    Input(
                        "a", inline=Quantity("a", value=value, unit=unit, source="brute-force-2025", at="p3")
                    ),
                ),
                expect=expect,
            ),
            Result(
                name,
                name,
                "formula",
                verdict,
                condition=claimed,
                claimed=claimed,
                band=band,
                output=output,
                p=float(verdict is Verdict.HOLDS),
                inputs=(_used("a", value, unit, source="brute-force-2025", at="p3"),),
            ),
        )

    add(
        Check(
            "gpt3-petaflop-days",
            "formula",
            Formula("flop / second_per_day", "petaflop/s*day", {"flop": "six * parameters * tokens"}),
            title="Do parameters times tokens give GPT-3’s compute?",
            expect=about,
            inputs=(Input("tokens", "gpt3-tokens"), Input("parameters", "gpt3-parameters")),
            flips_if=(
                Flip({"tokens": "30e9 token"}, "fails", "A tenth of the tokens is a tenth of the work."),
            ),
            notes="The six counts multiply and add.",
        ),
        Result(
            "gpt3-petaflop-days",
            "k1",
            "formula",
            Verdict.HOLDS,
            p=0.914,
            p_low=0.911,
            p_high=0.917,
            condition="within a factor of 1.1 of 3640 petaflop/s*day: 3309.09 to 4004 petaflop/s*day",
            claimed="3640 petaflop/s*day",
            band=(3309.09, 4004.0),
            output=histogram(3645.83, 0.055, log=True),
            inputs=(params, six, tokens),
            drivers=(Driver("tokens", 0.97, 0.52, 0.61), Driver("parameters", 0.03, 0.90, 0.93)),
            flips=(
                FlipResult(
                    {"tokens": "30e9 token"},
                    "fails",
                    "fails",
                    True,
                    "A tenth of the tokens is a tenth of the work.",
                ),
            ),
            samples=65536,
        ),
    )
    add(
        Check(
            "gpt3-on-gpus",
            "benchmark",
            Benchmark("matmul", "bf16", {"kind": "gpu", "name": "H100*"}, "3640e15 * 86400 / rate", "s"),
            title="The same run on recorded GPUs",
            expect=Expectation(at_most="30 day"),
        ),
        Result(
            "gpt3-on-gpus",
            "k2",
            "benchmark",
            Verdict.COULD_NOT_RUN,
            reason="No recorded measurement matches device kind gpu, name H100*.",
        ),
    )
    point(
        "gpu-hour-price",
        Verdict.HOLDS,
        2.49,
        "USD_2025",
        Expectation(at_least=1.0),
        (1.0, None),
        "at least 1.0 USD_2025",
    )
    add(
        Check(
            "gpt4-share",
            "formula",
            Formula("cost / revenue", "percent"),
            title="What share of a year’s revenue did GPT-4 cost?",
            expect=Expectation(about=0.03, within="2x"),
        ),
        Result(
            "gpt4-share",
            "k3",
            "formula",
            Verdict.INCONCLUSIVE,
            provisional=True,
            p=0.58,
            p_low=0.575,
            p_high=0.585,
            condition="within a factor of 2 of 0.03 percent",
            claimed="0.03 percent",
            band=(0.015, 0.06),
            output=replace(histogram(0.047, 0.55), unit="percent"),
            samples=65536,
            inputs=(
                _used(
                    "cost",
                    7.8e7,
                    "USD_2023",
                    spread=Spread("percentiles", (4e7, 1.5e8)),
                    source="brute-force-2025",
                    at="p4",
                    title="Cost of the final training run",
                ),
                _used(
                    "revenue",
                    2.11e11,
                    "USD_2023",
                    source="brute-force-2025",
                    at="p4",
                    verified=True,
                    title="Revenue",
                ),
            ),
            drivers=(Driver("cost", 1.0, 0.93, 0.02),),
        ),
    )
    reading = Reading(
        "exponent",
        (
            Option("fixed", "Tokens fixed at today’s number"),
            Option("chinchilla", "Tokens grow with parameters"),
        ),
    )
    add(
        Check(
            "quadratic-fit",
            "formula",
            Formula("scale", "1"),
            readings=(reading,),
            expect=Expectation(between=(1.9, 2.1)),
            title="Is the exponent two?",
        ),
        Result(
            "quadratic-fit",
            "k4",
            "formula",
            Verdict.MIXED,
            condition="between 1.9 and 2.1",
            claimed="1.9 to 2.1",
            band=(1.9, 2.1),
            output=Output("result", "1", 1.5),
            readings=(
                ReadingResult(
                    {"exponent": "fixed"},
                    "Tokens fixed at today’s number",
                    Verdict.FAILS,
                    0.0,
                    output=Output("result", "1", 1.0),
                    condition="between 1.9 and 2.1",
                ),
                ReadingResult(
                    {"exponent": "chinchilla"},
                    "Tokens grow with parameters",
                    Verdict.HOLDS,
                    1.0,
                    output=Output("result", "1", 2.0),
                    condition="between 1.9 and 2.1",
                ),
            ),
        ),
    )
    add(
        Check(
            "chinchilla-ratio",
            "published",
            Published("Chinchilla, approach 1", "ratio", "1"),
            expect=Expectation(about=20, within="25 %"),
        ),
        None,
    )
    point("law-fit", Verdict.HOLDS, -0.05, "1", Expectation(at_most=-0.03), (None, -0.03), "at most -0.03")
    point(
        "llama-tokens",
        Verdict.HOLDS,
        1875,
        "token/parameter",
        Expectation(at_least=100.0),
        (100.0, None),
        "at least 100 token/parameter",
    )
    point(
        "efficiency-trend",
        Verdict.HOLDS,
        8.4,
        "month",
        Expectation(at_most=9.0),
        (None, 9.0),
        "at most 9.0 month",
    )
    point(
        "railway-share",
        Verdict.FAILS,
        5.7,
        "percent",
        Expectation(about=7, within="5 %"),
        (6.65, 7.35),
        "7 percent",
    )
    add(
        Check(
            "text-stock",
            "formula",
            Formula("stock / need", "1"),
            title="Does the stock of text last for two more orders of magnitude?",
            expect=Expectation(at_least=1.0),
        ),
        Result(
            "text-stock",
            "k5",
            "formula",
            Verdict.INCONCLUSIVE,
            p=0.44,
            p_low=0.436,
            p_high=0.444,
            condition="at least 1",
            claimed="at least 1",
            band=(1.0, None),
            output=replace(histogram(0.8, 1.4), unit="1"),
            samples=65536,
        ),
    )
    point(
        "text-date",
        Verdict.FAILS,
        2028,
        "year",
        Expectation(at_most=2025.0),
        (None, 2025.0),
        "at most 2025.0 year",
    )
    add(
        Check(
            "reuse-toy",
            "simulation",
            Simulation("repeated_data", {"passes": 4, "tokens": 100000}, 5),
            expect=Expectation(at_most=0.1),
        ),
        Result(
            "reuse-toy",
            "k6",
            "simulation",
            Verdict.HOLDS,
            p=1.0,
            condition="at most 0.1",
            claimed="at most 0.1",
            band=(None, 0.1),
            output=Output("gap", "1", 0.04),
            outputs=(Output("gap", "1", 0.04), Output("loss", "nat/token", 2.131)),
        ),
    )
    add(
        Check(
            "h100-matmul",
            "benchmark",
            Benchmark("matmul", "bf16", {"kind": "gpu"}),
            expect=Expectation(at_least="600 teraflop/s"),
            title="What rate does one GPU reach?",
        ),
        Result(
            "h100-matmul",
            "k7",
            "benchmark",
            Verdict.STALE,
            reason="The recorded result belongs to other inputs.",
        ),
    )
    return found
