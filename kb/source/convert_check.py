"""Checks and the quantities they use, from plain values that fit their schema to ``kb.model``."""

from __future__ import annotations

from typing import Any

from kb.model import (
    Amount,
    Benchmark,
    Body,
    Check,
    Correlation,
    Expectation,
    Fit,
    Flip,
    Formula,
    Input,
    Option,
    Published,
    Quantity,
    Reading,
    Simulation,
    Spread,
)
from kb.source.convert import Fields, allowances


def quantities(fields: Fields, file: str) -> dict[str, Quantity]:
    return {name: _quantity(name, entry, file) for name, entry in fields.items()}


def _quantity(name: str, fields: Fields, file: str) -> Quantity:
    value, spread = fields.get("value"), fields.get("distribution")
    definition = fields.get("definition", False)
    return Quantity(
        id=name,
        value=None if value is None else float(value),
        spread=None if spread is None else _spread(spread),
        unit=str(fields.get("unit", "1")),
        title=fields.get("title", ""),
        source=fields.get("source", ""),
        at=str(fields.get("at", "")),
        version=str(fields.get("version", "")),
        as_of=str(fields.get("as_of", "")),
        verified=fields.get("verified", definition),
        definition=definition,
        protocol=fields.get("protocol", ""),
        note=fields.get("note", ""),
        file=file,
    )


def _spread(fields: Fields) -> Spread:
    """Parameters in the order that ``Spread`` promises."""
    match fields:
        case {"p5": low, "p95": high}:
            return Spread("percentiles", (float(low), float(high)))
        case {"uniform": [low, high]}:
            return Spread("uniform", (float(low), float(high)))
        case {"normal": {"mean": mean, "sd": sd}}:
            return Spread("normal", (float(mean), float(sd)))
        case {"beta": beta}:
            ends = (beta.get("low", 0), beta.get("high", 1))
            return Spread("beta", (float(beta["a"]), float(beta["b"]), *map(float, ends)))
        case {"triangular": [low, mode, high]}:
            return Spread("triangular", (float(low), float(mode), float(high)))
        case {"discrete": {"values": values, "weights": weights}}:
            return Spread("discrete", (*map(float, values), *map(float, weights)))
        case {"discrete": {"values": values}}:
            return Spread("discrete", (*map(float, values), *([1.0 / len(values)] * len(values))))
    raise ValueError(f"not a distribution: {sorted(fields)}")


def check(name: str, fields: Fields, file: str) -> Check:
    expect = fields.get("expect")
    flips = fields.get("flips_if", [])
    return Check(
        id=name,
        kind=fields["kind"],
        body=_body(fields),
        file=file,
        title=fields.get("title", ""),
        notes=fields.get("notes", ""),
        inputs=tuple(_input(key, entry, file) for key, entry in fields.get("inputs", {}).items()),
        correlations=tuple(_correlation(entry) for entry in fields.get("correlations", [])),
        expect=_expectation(expect) if expect else None,
        readings=tuple(_reading(key, entry) for key, entry in fields.get("readings", {}).items()),
        flips_if=tuple(_flip(f) for f in (flips if isinstance(flips, list) else [flips])),
        circular=fields.get("circular", False),
        decides=fields.get("decides", False),
        required=fields.get("required", False),
        allow=allowances(fields),
    )


def _body(fields: Fields) -> Body:
    match fields["kind"]:
        case "formula":
            let = {name: str(text) for name, text in fields.get("let", {}).items()}
            return Formula(str(fields["compute"]), str(fields.get("unit", "1")), let)
        case "published":
            return Published(fields["protocol"], str(fields["compute"]), str(fields.get("unit", "1")))
        case "simulation":
            return Simulation(fields["experiment"], fields.get("params", {}), fields.get("seeds", 1))
        case "benchmark":
            measure = fields["measure"]
            return Benchmark(
                measure["test"],
                measure.get("dtype", "fp32"),
                measure.get("device", {}),
                str(fields.get("compute", "rate")),
                str(fields.get("unit", "FLOP/s")),
            )
        case _:
            return _fit(fields["fit"])


def _fit(fields: Fields) -> Fit:
    x = fields["x"]
    return Fit(
        table=fields["table"],
        model=fields["model"],
        x=(x,) if isinstance(x, str) else tuple(x),
        y=fields["y"],
        train=str(fields.get("train", "")),
        predict=str(fields.get("predict", "")),
        at=_amounts(fields.get("at", {})),
        loss=fields.get("loss", "squares"),
        interval=fields.get("interval", "bootstrap"),
        compare=fields.get("compare", ""),
    )


def _input(name: str, entry: str | Fields, file: str) -> Input:
    if isinstance(entry, str):
        return Input(name, quantity=entry)
    if "quantity" in entry:
        return Input(name, quantity=entry["quantity"])
    return Input(name, inline=_quantity(name, entry, file))


def _correlation(fields: Fields) -> Correlation:
    first, second = fields["between"]
    return Correlation(first, second, float(fields["rank"]), fields.get("because", ""))


def _amount(written: Any) -> Amount:
    return written if isinstance(written, str) else float(written)


def _amounts(fields: Fields) -> dict[str, Amount]:
    return {name: _amount(value) for name, value in fields.items()}


def _expectation(fields: Fields) -> Expectation:
    given = {
        name: _amount(fields[name]) for name in ("about", "within", "at_least", "at_most") if name in fields
    }
    between = fields.get("between")
    return Expectation(
        output=fields.get("output", ""),
        about=given.get("about"),
        within=given.get("within"),
        at_least=given.get("at_least"),
        at_most=given.get("at_most"),
        between=(_amount(between[0]), _amount(between[1])) if between else None,
        is_true=fields.get("is_true", ""),
    )


def _reading(name: str, options: Fields) -> Reading:
    return Reading(name, tuple(_option(key, entry) for key, entry in options.items()))


def _option(name: str, fields: Fields) -> Option:
    expect = fields.get("expect")
    return Option(
        name,
        fields.get("title", ""),
        _amounts(fields.get("set", {})),
        str(fields.get("compute", "")),
        _expectation(expect) if expect else None,
    )


def _flip(fields: Fields) -> Flip:
    return Flip(_amounts(fields["set"]), fields["to"], fields.get("because", ""))
