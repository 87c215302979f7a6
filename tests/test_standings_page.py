"""What docs/standings.md computes by hand is what kb computes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import kb
from kb.graph import argument_map, bearing_id
from kb.model import Interval, Result
from kb.standing import solve
from kb.standing.cone import cone
from tests import documents
from tests.standing_maps import base, claim, results

PAGE = (documents.PAGES / "standings.md").read_text("utf-8")


def table(heading: str) -> Iterator[tuple[str, Interval]]:
    """The lines of the sum under a heading: what each says, and its numbers at the low and the high end."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (.*?) \| \**([−+\d.]+)\** \| \**([−+\d.]+)\** \|$", section, re.MULTILINE)
    for words, low, high in rows:
        yield words, (float(low.replace("−", "-")), float(high.replace("−", "-")))


def computed(account: kb.Account) -> list[Interval]:
    return [*(line.nats for line in account.contributions), account.log_odds, account.strength]


def near(value: Interval) -> object:
    """As printed digits are: rounded, or computed from rounded ones."""
    return pytest.approx(value, abs=0.0101)


def test_the_example() -> None:
    claims = [
        claim("payable"),
        claim("prices-fell", checks=["prices"], supports=[("payable", "strong")]),
        claim("renting-is-dearer", checks=["rent"], attacks=["payable"]),
        claim("clusters-stand-idle", attacks=["payable"]),
    ]
    made = base(claims)
    account = solve(argument_map(made), made, results(prices="holds", rent="holds"))["payable"]
    shown = [numbers for _, numbers in table("An example, by hand")]
    assert len(shown) == 6
    assert [near(numbers) for numbers in shown] == computed(account)
    assert account.open_reason == "contested"


def test_the_thesis_of_the_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every check behind it holding, as the page says of the one that it names."""
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path))
    loaded, thesis = kb.load(documents.PAGES.parent / "claims"), "synthetic-data-counts"
    behind = {bearing.check for bearing in cone(loaded.argument, thesis).bearings}
    holding: Mapping[str, Result] = {
        name: Result(name, "", loaded.checks[name].kind, kb.Verdict.HOLDS, p=1.0) for name in behind
    }
    account = loaded.why(thesis, results=holding).account
    rows = [*table("A thesis of the base, by hand")]
    assert [near(numbers) for _, numbers in rows] == computed(account)
    assert f"`kb why {thesis}`" in PAGE
    for words, line in zip([words for words, _ in rows], account.contributions, strict=False):
        titles = [loaded.claims[premise].name for premise in line.premises]
        titles += [loaded.checks[b.check].title for b in loaded.argument.bearings if bearing_id(b) == line.id]
        assert all(f"*{title}*" in words for title in titles), words
