"""A small base with every feature that a page can show, for tests of the site."""

from __future__ import annotations

from kb.graph import argument_map
from kb.model import ArgumentMap, Base, Config, Quantity, Question, Record
from kb.standing import Accounts, solve
from tests.site_demo_checks import checks
from tests.site_demo_claims import claims, sources
from tests.site_demo_measurements import measurements


def base() -> Base:
    questions = (
        Question(
            "compute-bill",
            "Is the compute bill payable?",
            ("bill-payable", "bill-unpayable"),
            "Training cost grows faster than model size. Can that bill be paid, or avoided?",
        ),
        Question(
            "enough-data",
            "Is there enough data?",
            ("data-enough",),
            "Scaling laws ask for data in step with parameters. Where does it come from?",
        ),
        Question("empty-question", "Do models understand, or memorise?", ()),
    )
    config = Config(
        "Will scaling up today’s models keep paying off?",
        about="Should we expect more parameters, data and compute to keep buying proportionate gains? "
        "Claims from five documents, for and against. Where a claim contains a number, code checks it.",
        questions=questions,
        repository="https://example.org/repo",
        site="https://example.org/site",
        renamed={"gpt3-pfs-days": "gpt3-days"},
    )
    quantities = [
        Quantity(
            "gpt3-tokens",
            3e11,
            unit="token",
            title="Training tokens of GPT-3",
            source="gpt3-2020",
            at="Table D.1",
            verified=True,
        ),
        Quantity(
            "gpt3-parameters",
            1.75e11,
            unit="parameter",
            title="Parameters of GPT-3",
            source="gpt3-2020",
            at="p8",
            verified=True,
        ),
    ]
    return Base(
        "/somewhere/claims",
        config,
        {claim.id: claim for claim in claims()},
        {check.id: check for check, _ in checks()},
        {source.id: source for source in sources()},
        {quantity.id: quantity for quantity in quantities},
        measurements={measurement.id: measurement for measurement in measurements()},
    )


def demo() -> tuple[Base, ArgumentMap, dict[str, Record], Accounts]:
    """All that ``kb.site.build`` needs."""
    records = {check.id: Record(result) for check, result in checks() if result is not None}
    return solved(base(), records)


def solved(found: Base, records: dict[str, Record]) -> tuple[Base, ArgumentMap, dict[str, Record], Accounts]:
    amap = argument_map(found)
    return (
        found,
        amap,
        records,
        solve(amap, found, {name: record.result for name, record in records.items()}),
    )
