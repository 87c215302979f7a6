"""What ``kb bench flops`` prints: a table of rates, a roofline, and what was left out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from kb.cli import printing

if TYPE_CHECKING:
    from rich.table import Table

#: Of fewer timings there is no interval of 95 % (``kb.bench.stats.FEWEST``).
_FEWEST = 6
_STOPPED = {"interval": "1 %", "budget": "time"}
_LEGEND = "timings: how many, and whether they ended when the interval was within 1 % or when the time was up"
_COLUMNS = ("test", "type", "how", "size", "rate", "95 % interval", "best", "of peak", "timings")
_RIGHT = ("size", "rate", "95 % interval", "best", "of peak")


def measured(record: Mapping[str, Any]) -> bool:
    """Whether the record holds a rate that can be trusted: every result was checked and right."""
    tests = record.get("tests", [])
    return bool(tests) and all(t.get("check", {}).get("ok") for t in tests)


def print_record(record: Mapping[str, Any]) -> None:
    """The device, a row for each test, what was left out, and the roofline where one can be drawn."""
    from kb.api import roofline_lines
    from kb.cli.paragraphs import paragraph

    device = record["device"]
    label = printing.device_kind(device["kind"], is_gpu=device["is_gpu"])
    click.echo(f"{device['name']} ({label}), {record['backend']['name']} {record['backend']['version']}")
    click.echo()
    printing.console().print(_table(record))
    if any("stats" in test for test in record["tests"]):
        click.echo(paragraph(_LEGEND, hang=2))
    for line in (*_wrong(record), *_remarks(record), *_left_out(record)):
        click.echo(paragraph(line, hang=2))
    picture, words = roofline_lines(record)
    if picture:
        click.echo()
        click.echo("Roofline: what this device can do with each byte that it fetches")
        click.echo("\n".join(picture))
        for line in words:
            click.echo(paragraph(line))


def _table(record: Mapping[str, Any]) -> Table:
    from rich.table import Table

    rows = [_row(test) for test in record["tests"] if "stats" in test]
    # A column that says nothing anywhere is left out.
    shown = [i for i, name in enumerate(_COLUMNS) if name == "test" or any(row[i] for row in rows)]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for i in shown:
        name = _COLUMNS[i]
        table.add_column(name, justify="right" if name in _RIGHT else "left", no_wrap=name != "how")
    for row in rows:
        table.add_row(*(row[i] for i in shown))
    return table


def _row(test: Mapping[str, Any]) -> tuple[str, ...]:
    from kb.wording import rate

    stats = test["stats"]
    value, unit = rate(stats["median"], stats["unit"]).split(" ")
    # Rates of one row are in one unit, which stands once.
    scale = 1000 ** round(math.log(stats["median"] / float(value.replace(",", "")), 1000))
    low, high, best = (f"{stats[end] / scale:,.4g}" for end in ("ci_low", "ci_high", "best"))
    return (
        test["test"],
        test["dtype"],
        _how(test),
        str(test["n"]),
        f"{value} {unit}",
        f"{low} to {high}" if stats["n"] >= _FEWEST else "too few timings",
        best,
        _of_peak(test),
        f"{stats['n']}, {_STOPPED[test['stop']]}",
    )


def _how(test: Mapping[str, Any]) -> str:
    """What did the work, and what is unlike the usual burst on random data."""
    said = [str(test["path"]).replace("-", " ")]
    said += ["zeros"] if test["data"] == "zeros" else []
    said += ["sustained"] if test.get("phase") == "sustained" else []
    return ", ".join(said)


def _of_peak(test: Mapping[str, Any]) -> str:
    """The share of the maker's figure; only of one that was read in the maker's document."""
    from kb.wording import percent

    peak = test.get("peak")
    if peak is None:
        return ""
    return percent(test["stats"]["median"] / peak["value"]) if peak["verified"] else "unknown"


def _remarks(record: Mapping[str, Any]) -> Iterator[str]:
    """What a reader must mind about each rate, and its energy."""
    from kb.api import disturbances
    from kb.wording import number

    for test in record["tests"]:
        name = f"{test['test']} {test['dtype']} n={test['n']} ({_how(test)})"
        if test["flags"] and test["check"]["ok"]:
            yield f"mind: {name}: {', '.join(test['flags'])}"
        energy = test.get("energy", {})
        for field, unit in (("pj_per_flop", "pJ/FLOP"), ("pj_per_byte", "pJ/B")):
            if field in energy:
                drawn = f"{number(energy[field], 3)} {unit} at {number(energy['watts'], 3)} W"
                yield f"energy: {name}: {drawn} ({energy['source']})"
    for flag, meaning in disturbances(record).items():
        yield f"{flag}: {meaning}"


def _wrong(record: Mapping[str, Any]) -> Iterator[str]:
    for test in record["tests"]:
        if not test["check"]["ok"]:
            name = f"{test['test']} {test['dtype']} n={test['n']}"
            yield f"{name}: the result was WRONG (error {test['check']['err']:.3g}); no rate is reported"


def _left_out(record: Mapping[str, Any]) -> Iterator[str]:
    """What was not measured; types that lack for one reason stand together."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for entry in record.get("skipped", ()):
        size = f" n={entry['n']}" if "n" in entry else ""
        alike.setdefault((entry["test"], size, entry["reason"]), []).append(entry.get("dtype", ""))
    for (test, size, reason), dtypes in alike.items():
        named = " ".join([test, ", ".join(dtypes)]).rstrip()
        yield f"left out: {named}{size}: {reason}"
