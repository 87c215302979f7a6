"""The first base itself: clean, every check able to fail, every feature of the format used for real."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from kb import checks
from kb.commands.opening import Opened, open_base, standings
from kb.model import Record, Verdict
from kb.site.pages import argument
from kb.site.view import view_of
from kb.standing import Accounts
from tests.conftest import PROJECT

CLAIMS = PROJECT / "claims"
RUN = 8


@pytest.fixture(scope="module")
def opened() -> Opened:
    return open_base(CLAIMS)


@pytest.fixture(scope="module")
def records(opened: Opened) -> Mapping[str, Record]:
    ids = tuple(opened.base.checks)
    known = {
        c: r for c, r in checks.known(opened.base, cache=True).items() if r.result.verdict != Verdict.STALE
    }
    return known | checks.run_all(opened.base, [c for c in ids if c not in known], jobs=2, cache=True)


@pytest.fixture(scope="module")
def accounts(opened: Opened, records: Mapping[str, Record]) -> Accounts:
    return standings(opened, records)


def test_no_file_has_a_fault(opened: Opened) -> None:
    assert [f"{d.file}:{d.line} {d.rule} {d.message}" for d in opened.errors] == []


def test_every_check_gives_a_verdict(opened: Opened, records: Mapping[str, Record]) -> None:
    assert set(records) == set(opened.base.checks)
    failed = {c: r.result.reason for c, r in records.items() if checks.blame(r.result) == "error"}
    assert failed == {}


def test_every_flip_flips_to_the_verdict_it_names(opened: Opened, records: Mapping[str, Record]) -> None:
    for check in opened.base.checks.values():
        flips = records[check.id].result.flips
        assert len(flips) == len(check.flips_if)
        for flip in flips:
            assert flip.proven, f"{check.id}: {flip.set} gave {flip.got}, not {flip.to}"
            assert flip.got != records[check.id].result.verdict


def test_every_check_that_counts_declares_a_flip(opened: Opened) -> None:
    counting = {b.check for b in opened.argument.bearings if b.bears != "context"}
    assert [c for c in sorted(counting) if not opened.base.checks[c].flips_if] == []


def test_the_base_is_large_enough_and_rests_on_all_five_texts(opened: Opened) -> None:
    base = opened.base
    assert len(base.claims) >= 50
    assert len(base.checks) >= 30
    texts = {e.source for c in base.claims.values() for e in c.evidence if c.origin == "text"}
    assert len(texts) >= 5


def test_every_feature_of_the_format_is_used(
    opened: Opened, records: Mapping[str, Record], accounts: Accounts
) -> None:
    argument = opened.argument
    targets = {u.target for u in argument.undercuts}
    verdicts = {r.result.verdict for r in records.values()}
    assert targets & {s.id for s in argument.steps}, "an undercut of a step"
    assert targets & {u.id for u in argument.undercuts}, "an undercut of an undercut"
    assert [t for t in targets if " > " in t], "an undercut of a bearing"
    assert [s for s in argument.steps if len(s.premises) > 1], "linked premises"
    assert argument.assumes
    assert argument.requires
    assert argument.alias, "a restatement"
    assert argument.shared, "declared shared evidence"
    assert {Verdict.HOLDS, Verdict.FAILS, Verdict.MIXED, Verdict.COULD_NOT_RUN} <= verdicts
    assert [r for r in records.values() if r.result.readings]
    assert [r for r in records.values() if r.result.provisional]
    assert [a for a in accounts.values() if a.cyclic], "a cycle"
    assert {c.kind for c in opened.base.checks.values()} >= {
        "formula",
        "simulation",
        "benchmark",
        "published",
    }


def test_every_claim_says_why_it_stands_where_it_does(opened: Opened, accounts: Accounts) -> None:
    for node in opened.argument.claims:
        assert accounts[node].because.strip().endswith((".", "”", "?")), node


def test_a_claim_without_a_direct_check_says_so(opened: Opened) -> None:
    direct = {b.claim for b in opened.argument.bearings if b.bears in ("direct", "part")}
    silent = [c for c in opened.argument.claims if c not in direct and not opened.base.claims[c].uncheckable]
    assert silent == []


def test_titles_fit_a_card(opened: Opened) -> None:
    titles = {c.id: c.title for c in opened.base.claims.values()}
    titles |= {c.id: c.title for c in opened.base.checks.values()}
    assert [name for name, title in titles.items() if not 0 < len(title) <= 60] == []


def test_a_claim_is_one_or_two_sentences(opened: Opened) -> None:
    ends = {c.id: len(re.findall(r"[.!?](?=\s|$)", c.text)) for c in opened.base.claims.values()}
    assert {claim: count for claim, count in ends.items() if not 1 <= count <= 2} == {}


def test_a_map_opens_on_as_many_cards_as_a_reader_can_take_in(
    opened: Opened, records: Mapping[str, Record], accounts: Accounts
) -> None:
    view = view_of(opened.base, opened.argument, records, accounts)
    for question in opened.base.config.questions:
        page = argument.of_question(view, question.id)
        shown = [card for card in page["nodes"] if card["level"] <= page["open"]]
        assert len(question.theses) < len(shown) <= 60, question.id
        assert not any(card["more"] for card in page["nodes"]), "every reason has its card further down"


def test_every_thesis_is_spoken_for_and_against(opened: Opened, records: Mapping[str, Record]) -> None:
    """By a reason or a proxy check, or by an undercut of a step towards it."""
    steps = {s.id: s for s in opened.argument.steps}
    for thesis in (t for question in opened.base.config.questions for t in question.theses):
        kinds = {s.kind for s in steps.values() if s.conclusion == thesis}
        cut = [
            u for u in opened.argument.undercuts if u.target in steps and steps[u.target].conclusion == thesis
        ]
        own = [b for b in opened.argument.bearings if b.claim == thesis and b.bears in ("direct", "part")]
        assert own or ("supports" in kinds and ("attacks" in kinds or cut)), thesis


def test_measurements_decide_or_inform_enough_claims(opened: Opened) -> None:
    measured = {c.id for c in opened.base.checks.values() if c.kind == "benchmark" and not c.circular}
    bears = {b.claim for b in opened.argument.bearings if b.check in measured and b.bears != "context"}
    assert len(bears) >= 6


def words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"[a-z0-9]+(?:['’.,][a-z0-9]+)*", folded)


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of eight words of a sentence, wherever its lines break; a blank line ends a sentence."""
    for paragraph in re.split(r"\n\s*\n", text):
        unbroken = re.sub(r"\n\s*(?:[#>*]\s+)?", " ", paragraph)
        for sentence in re.split(r"(?<=[.!?])\s", unbroken):
            found = words(sentence)
            yield from (tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1))


def titles(opened: Opened) -> set[tuple[str, ...]]:
    """The runs within titles of works, which anyone who cites them has to repeat."""
    return {run for source in opened.base.sources.values() for run in runs(source.title)}


@pytest.mark.skipif(
    not os.environ.get("KB_SEED_TEXTS"), reason="KB_SEED_TEXTS does not name the folder of the seed texts"
)
def test_no_sentence_of_the_texts_stands_in_the_project(opened: Opened) -> None:
    texts = sorted(Path(os.environ["KB_SEED_TEXTS"]).glob("*.txt"))
    assert texts
    theirs = {run for path in texts for run in runs(path.read_text(encoding="utf-8"))}
    theirs -= titles(opened)
    suffixes = {".yaml", ".csv", ".md", ".txt", ".py", ".html", ".json", ".j2", ".js", ".css"}
    folders = ("claims", "docs", "kb", "templates", "schema", "tests", "benchmarks")
    ours = [
        path
        for path in (*PROJECT.glob("*.md"), *(p for name in folders for p in (PROJECT / name).rglob("*")))
        if path.suffix in suffixes and not {".kb", "node_modules"} & {*path.parts}
    ]
    assert {path.relative_to(PROJECT).parts[0] for path in ours} >= {*folders, "README.md"}
    assert PROJECT / "docs" / "findings.md" in ours
    shared = {
        f"{path.relative_to(PROJECT)}: {' '.join(run)}"
        for path in ours
        for run in runs(path.read_text(encoding="utf-8"))
        if run in theirs
    }
    assert shared == set()


def test_the_comparison_with_the_texts_can_fail() -> None:
    sentence = "one two three four five six seven eight nine"
    assert set(runs(f"Before. {sentence}. After.")) & set(runs(f"So it says: {sentence}"))
    assert set(runs(sentence)) & set(runs("# One two three\n#   four five\n  six seven eight.")), (
        "across lines"
    )
    assert not set(runs(sentence)) & set(runs("One two three four.\n\nFive six seven eight nine."))
    assert all(a != b for a, b in pairwise(runs(sentence)))
