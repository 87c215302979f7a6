"""The rules of the argument: each has a small base that breaks it, and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import checks
from kb.diagnostics import Diagnostic, Diagnostics
from kb.diagnostics.rules import RULES
from kb.diagnostics.spelling import Spelling
from kb.graph import argument_map
from kb.lint import catalogue, lint
from kb.lint.cycles import circles
from kb.lint.view import GUESSES
from kb.source import load

FIXTURES = Path(__file__).parent / "fixtures" / "lint"
TODAY = date(2026, 1, 1)

GROWS, DEMAND, SUPPLY = "costs/costs-grow.yaml", "costs/demand-grows.yaml", "costs/supply-grows.yaml"
BROKEN = {
    "KB101": (DEMAND, 5, 11, "there is no claim cost-grow", "did you mean costs-grow?"),
    "KB102": (GROWS, 5, 13, "there is no check bills", "did you mean bill?"),
    "KB103": (GROWS, 6, 14, "there is no source esay", "did you mean essay?"),
    "KB104": ("checks/bill.yaml", 3, 20, "there is no quantity rest-days", "did you mean rest-day?"),
    "KB105": ("kb.yaml", 6, 26, "there is no claim costs-shrunk", "did you mean costs-shrink?"),
    "KB106": (
        SUPPLY,
        4,
        13,
        "there is no step, undercut or bearing",
        "did you mean demand-grows--supports--costs-grow?",
    ),
    "KB107": (
        SUPPLY,
        5,
        12,
        "an undercut takes a step, and costs-grow is a claim",
        "to argue against the claim itself, use attacks",
    ),
    "KB108": (
        "checks/trend.yaml",
        5,
        9,
        "there is no measurement gpu-1",
        "the id of a measurement of this base",
    ),
    "KB109": (GROWS, 4, 20, "there is no claim demand-grow", "the id of a claim of this base"),
    "KB201": (
        GROWS,
        5,
        12,
        "prosperity is both a premise and the conclusion",
        "remove the entry, or name the claim that was meant",
    ),
    "KB202": (
        DEMAND,
        7,
        12,
        "demand-grows attacks costs-grow and also supports it, from the",
        "the support is demand-grows--supports--costs-grow; if it",
    ),
    "KB203": (
        GROWS,
        4,
        11,
        "the claims rest on one another: costs-grow → demand-grows →",
        "remove the weakest of these links, or say it as a support",
    ),
    "KB204": (
        GROWS,
        1,
        8,
        "costs-grow names no check",
        "if no computation could decide it, a proxy or context check",
    ),
    "KB205": (
        "checks/bill.yaml",
        1,
        1,
        "no claim names the check bill",
        "add it to a claim: `checks: [bill]`, or delete the file",
    ),
    "KB206": (
        SUPPLY,
        1,
        8,
        "supply-grows is in no relation and is no thesis",
        "say what it bears on with supports or attacks",
    ),
    "KB207": ("sources/essay.yaml", 1, 1, "nothing cites the source essay", "cite it, or delete the file"),
    "KB208": (
        "quantities/time.yaml",
        5,
        1,
        "no check uses the quantity rest-days",
        "use it, or delete the entry",
    ),
    "KB209": (
        DEMAND,
        6,
        15,
        "nothing says why this reason is strong",
        "`because:` with the reason, or the default strength, weak",
    ),
    "KB210": (GROWS, 5, 26, "nothing says why bill is a proxy of this claim", "`because:` with the reason"),
    "KB211": (
        GROWS,
        5,
        73,
        "nothing says why a failure of bill counts against this claim",
        "that a proxy holds and that it fails are two arguments",
    ),
    "KB212": (
        GROWS,
        1,
        8,
        "nothing says where costs-grow comes from",
        "if no text says so and the claim is the base's own, write",
    ),
    "KB213": (
        GROWS,
        5,
        14,
        "nothing says where in essay this stands",
        "`at:` with a section, page or paragraph",
    ),
    "KB214": (
        "sources/essay.yaml",
        3,
        6,
        "essay has an address and no date at which it was read",
        "pages change; the date says which version was read",
    ),
    "KB215": (
        "sources/essay.yaml",
        2,
        9,
        "2023-02-29 is not a date",
        "a date, such as 2024-04-06, 2024-04 or 2024",
    ),
    "KB216": (
        GROWS,
        4,
        8,
        "the title has 74 characters",
        "a title is for cards; the claim itself says it in full",
    ),
    "KB217": (
        DEMAND,
        4,
        12,
        "costs-grow is retired, so this has no effect",
        "name its successor, demand-grows",
    ),
    "KB218": ("kb.yaml", 6, 5, "the question costs has 1 thesis", "add the rival answer"),
    "KB219": (
        "kb.yaml",
        6,
        26,
        "nothing argues against the thesis costs-shrink",
        "until then it is shown as uncontested and makes no headline",
    ),
    "KB220": (
        "checks/bill.yaml",
        1,
        1,
        "bill is context for 4 claims: costs-grow, demand-grows,",
        "make a claim of what the check shows, check it directly,",
    ),
    "KB222": (
        GROWS,
        3,
        10,
        "bill is computed with what it would confirm, yet it bears as",
        "or compute it from figures that do not come from the claim,",
    ),
    "KB223": (
        GROWS,
        1,
        8,
        "the 2 premises for costs-grow all come from one source, essay",
        "many reasons of one author are no more independent than one",
    ),
    "KB224": (
        DEMAND,
        6,
        15,
        "demand-grows is declared against costs-grow, but its paths there",
        "a declared stance is only compared; the relations are what",
    ),
    "KB225": (
        DEMAND,
        5,
        29,
        "a--supports--b has the form of an id that kb gives to unnamed",
        "it may come to mean another inference when relations are",
    ),
    "KB226": (
        GROWS,
        3,
        1,
        "costs-grow has no direct check, only context, and does not say why",
        "`checkable: {no: the reason}`, or a direct check",
    ),
    "KB227": (
        GROWS,
        3,
        1,
        "costs-grow is said not to be checkable, yet bill checks it",
        "if the check does not test the sentence as worded, let it",
    ),
    "KB228": (
        DEMAND,
        1,
        8,
        "demand-grows says the same words as costs-grow",
        "write `restates: [costs-grow]`, or word the difference",
    ),
    "KB229": (
        "costs/old-claim.yaml",
        4,
        9,
        "old-claim is retired and names no successor",
        "readers who follow an old link want to know; say in `notes`",
    ),
    "KB230": (
        "checks/bill.yaml",
        3,
        3,
        "nothing says where the number days comes from",
        "`source:`, or `definition: true` if it holds by definition",
    ),
    "KB231": (
        GROWS,
        4,
        1,
        "nothing will score the forecast costs-grow",
        "`check:` with the check that decides it when the day has",
    ),
    "KB232": (
        GROWS,
        4,
        16,
        "the forecast costs-grow was due by 2020-01-01",
        "see what became of it, then retire the forecast or word it",
    ),
    "KB233": (GROWS, 1, 8, "the claim has 390 characters", "split it, or move explanations to `notes`"),
    "KB234": (GROWS, 9, 12, "the quote ends at 40, before it has started", "pin the quote again"),
    "KB235": (
        "checks/bill.yaml",
        3,
        3,
        "nobody has compared days with its source, essay",
        "look it up at p. 2",
    ),
    "KB236": (
        GROWS,
        1,
        8,
        "after “… by half a year” a second claim begins",
        "make a claim of each; one may assume or support the other",
    ),
    "KB237": (
        GROWS,
        1,
        8,
        "“of course” takes sides",
        "leave the word out; the argument shows how sure the claim is",
    ),
    "KB240": (
        GROWS,
        5,
        12,
        "KB216 finds nothing in this file, so nothing need be allowed",
        "delete the allowance",
    ),
    "KB241": (
        GROWS,
        4,
        12,
        "the claims support one another in a circle: costs-grow →",
        "nothing lifts itself: inside the circle this support adds",
    ),
    "KB242": (
        DEMAND,
        6,
        13,
        "the same premises already argue for the same conclusion in",
        "keep the stronger of the two, or name the premise that",
    ),
    "KB243": (
        DEMAND,
        6,
        13,
        "demand-grows undercuts by-price, which it is itself a part of",
        "say what the undercut rests on in a claim of its own",
    ),
    "KB244": (
        DEMAND,
        5,
        11,
        "demand-grows attacks costs-grow, which it assumes or requires",
        "if this is meant as a reduction to absurdity, let a claim",
    ),
    "KB245": (
        GROWS,
        5,
        12,
        "the undercuts take one another in a circle: first → second → first",
        "name the step that is meant",
    ),
    "KB246": (
        GROWS,
        1,
        8,
        "what argues about costs-grow ends there: it bears on no other claim",
        "say what it bears on, or make it a thesis of a question",
    ),
    "KB250": (
        DEMAND,
        5,
        35,
        "the reason demand-grows--supports--costs-grow has changed since it was",
        "`kb review demand-grows--supports--costs-grow` shows what changed",
    ),
}


def findings(root: Path, today: date = TODAY) -> list[Diagnostic]:
    loaded = load(root, cache=False)
    checks.validate(loaded.base, loaded.diagnostics)
    lint(loaded.base, argument_map(loaded.base), loaded.diagnostics, today=today)
    return list(loaded.diagnostics)


def rules(root: Path) -> list[str]:
    return [finding.rule for finding in findings(root)]


@pytest.fixture
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the base that breaks the rule named by the parameter."""
    return Path(shutil.copytree(FIXTURES / request.param, tmp_path / "base"))


def write(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_text(text, "utf-8")


def append(root: Path, file: str, text: str) -> None:
    write(root, file, (root / file).read_text("utf-8") + text)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_base_that_breaks_a_rule_gets_that_finding_alone(rule: str) -> None:
    file, line, column, message, hint = BROKEN[rule]
    [found] = findings(FIXTURES / rule)
    assert (found.rule, found.file, found.line, found.column) == (rule, file, line, column)
    assert found.severity == RULES[rule].severity
    assert message in found.message
    assert hint in found.hint + found.expected


def test_every_rule_of_the_argument_and_its_references_has_such_a_base() -> None:
    ours = {rule for rule in RULES if rule.startswith(("KB10", "KB2"))}
    assert ours == set(BROKEN)


# --- what the base says about rules -------------------------------------------


@pytest.mark.parametrize("broken", ["KB206"], indirect=True)
def test_a_base_sets_its_own_severities(broken: Path) -> None:
    append(broken, "kb.yaml", "rules: {KB206: error}\n")
    assert [finding.severity for finding in findings(broken)] == ["error"]
    write(broken, "kb.yaml", "format: 1\ntitle: Quiet\nrules: {KB206: off}\n")
    assert findings(broken) == []


@pytest.mark.parametrize("broken", ["KB206"], indirect=True)
@pytest.mark.parametrize("file", ["kb.yaml", SUPPLY])
def test_a_rule_is_set_aside_for_a_file_or_for_the_base(broken: Path, file: str) -> None:
    append(broken, file, "allow:\n  - {rule: KB206, because: It is to be linked.}\n")
    assert findings(broken) == []


@pytest.mark.parametrize("broken", ["KB206"], indirect=True)
def test_an_allowance_in_another_file_covers_nothing_and_is_found(broken: Path) -> None:
    append(broken, GROWS, "allow:\n  - {rule: KB206, because: Meant for another.}\n")
    assert rules(broken) == ["KB240", "KB206"]


@pytest.mark.parametrize("broken", ["KB205"], indirect=True)
def test_findings_of_other_rooms_can_be_allowed_too(broken: Path) -> None:
    check = "checks/bill.yaml"
    text = (broken / check).read_text("utf-8")
    write(broken, check, text.replace("inputs:", "inputs:\n  idle: {value: 1, unit: day, definition: true}"))
    assert rules(broken) == ["KB205", "KB307"]
    append(broken, check, "allow:\n  - {rule: KB307, because: Shown for comparison.}\n")
    assert rules(broken) == ["KB205"]


@pytest.mark.parametrize("broken", ["KB206"], indirect=True)
def test_an_allowance_of_what_another_command_looks_for_is_not_called_needless(broken: Path) -> None:
    append(broken, GROWS, "allow:\n  - {rule: KB319, because: The bound is passed by far.}\n")
    assert rules(broken) == ["KB206"]


# --- no noise after one fault --------------------------------------------------


@pytest.mark.parametrize("broken", ["KB101"], indirect=True)
def test_a_missing_claim_is_reported_once_and_says_where_else_it_is_named(broken: Path) -> None:
    append(broken, GROWS, "assumes: [cost-grow]\n")
    [found] = findings(broken)
    assert (found.file, found.message) == (GROWS, f"there is no claim cost-grow (named in {DEMAND} too)")


@pytest.mark.parametrize("broken", ["KB101"], indirect=True)
def test_a_file_with_a_fault_is_not_called_missing(broken: Path) -> None:
    write(broken, "costs/cost-grow.yaml", "claim: [this is no text]\n")
    append(broken, GROWS, "title: Costs\n")
    write(broken, "sources/essay.yaml", "title: Cited by the file that could not be read, for all we know\n")
    assert {finding.file for finding in findings(broken)} == {"costs/cost-grow.yaml"}


@pytest.mark.parametrize("broken", ["KB104"], indirect=True)
def test_quantities_of_a_file_with_a_fault_are_not_called_missing(broken: Path) -> None:
    append(broken, "quantities/time.yaml", "rest-days: {value: many}\n")
    assert {finding.file for finding in findings(broken)} == {"quantities/time.yaml"}


@pytest.mark.parametrize("broken", ["KB224"], indirect=True)
def test_questions_of_a_base_file_with_a_fault_are_not_called_missing(broken: Path) -> None:
    append(broken, DEMAND, "question: costs\n")
    append(broken, "kb.yaml", "colour: red\n")
    assert {finding.file for finding in findings(broken)} == {"kb.yaml", DEMAND}
    assert rules(broken).count("KB109") == 0


@pytest.mark.parametrize("broken", ["KB101"], indirect=True)
def test_a_rename_is_the_best_hint(broken: Path) -> None:
    append(broken, "kb.yaml", "renamed: {cost-grow: demand-grows}\n")
    assert [finding.hint for finding in findings(broken)] == ["it was renamed to demand-grows"]


@pytest.mark.parametrize("broken", ["KB101"], indirect=True)
def test_an_id_of_another_kind_is_said_to_be_one(broken: Path) -> None:
    write(broken, "sources/cost-grow.yaml", "title: A source\nallow: [{rule: KB207, because: A test.}]\n")
    assert [finding.hint for finding in findings(broken)] == ["cost-grow is a source"]


@pytest.mark.parametrize("broken", ["KB102"], indirect=True)
def test_an_id_that_was_cut_off_is_completed(broken: Path) -> None:
    file = broken / BROKEN["KB102"][0]
    file.write_text(file.read_text("utf-8").replace("bills", "bil"), "utf-8")
    assert [finding.hint for finding in findings(broken) if finding.rule == "KB102"] == ["did you mean bill?"]


# --- finer points of single rules ----------------------------------------------


@pytest.mark.parametrize("broken", ["KB107"], indirect=True)
def test_a_check_is_no_target_either_but_its_bearing_is(broken: Path) -> None:
    check = (FIXTURES / "KB205" / "checks" / "bill.yaml").read_text("utf-8")
    write(broken, "checks/bill.yaml", check)
    write(broken, GROWS, "claim: Costs grow.\norigin: ours\nchecks: [bill]\n")
    write(broken, SUPPLY, "claim: So it is.\norigin: ours\ncheckable: {no: A test.}\nundercuts: [bill]\n")
    [found] = findings(broken)
    assert (found.rule, found.hint) == ("KB106", 'bill is a check; name its bearing: "bill > costs-grow"')
    write(broken, SUPPLY, (broken / SUPPLY).read_text("utf-8").replace("[bill]", "[bill > costs-grow]"))
    assert findings(broken) == []


@pytest.mark.parametrize("broken", ["KB201"], indirect=True)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("supports: [costs-grow]\n", "costs-grow supports itself"),
        ("requires:\n  - {claim: costs-grow}\n", "costs-grow requires itself"),
        (
            "restates: [prosperity]\nattacks: [prosperity]\n",
            "costs-grow attacks prosperity, but they are one",
        ),
    ],
)
def test_a_claim_is_no_reason_for_itself_in_any_way(broken: Path, text: str, said: str) -> None:
    write(broken, GROWS, f"claim: Costs grow.\norigin: ours\ncheckable: {{no: A test.}}\n{text}")
    write(broken, DEMAND, (broken / DEMAND).read_text("utf-8") + "attacks: [prosperity]\n")
    found = [finding for finding in findings(broken) if finding.rule == "KB201"]
    assert len(found) == 1
    assert found[0].message.startswith(said)


@pytest.mark.parametrize("broken", ["KB204", "KB212"], indirect=True)
def test_a_restatement_brings_its_check_and_its_evidence(broken: Path) -> None:
    write(
        broken,
        SUPPLY,
        "claim: It costs more every year.\nrestates: [costs-grow]\nchecks: [bill]\n"
        "evidence: [{source: essay, at: p. 1}]\n",
    )
    write(broken, "checks/bill.yaml", (FIXTURES / "KB205" / "checks" / "bill.yaml").read_text("utf-8"))
    write(broken, "sources/essay.yaml", "title: An essay\n")
    assert [rule for rule in rules(broken) if rule in ("KB204", "KB212")] == []


@pytest.mark.parametrize("broken", ["KB215"], indirect=True)
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-01-02", "in the future"),
        ("2027", "in the future"),
        ("2026-02", "in the future"),
        ("2026", ""),
        ("2026-01-01", ""),
    ],
)
def test_a_date_in_the_future_is_found_by_its_first_day(broken: Path, written: str, said: str) -> None:
    write(broken, "sources/essay.yaml", f"title: An essay\nissued: {written}\n")
    assert [said in finding.message for finding in findings(broken)] == ([True] if said else [])


@pytest.mark.parametrize("broken", ["KB232"], indirect=True)
@pytest.mark.parametrize(
    ("by", "due"), [("2025", True), ("2026", False), ("2025-12", True), ("2026-01-01", False)]
)
def test_a_forecast_is_due_when_its_day_month_or_year_is_over(broken: Path, by: str, due: bool) -> None:
    write(broken, GROWS, (broken / GROWS).read_text("utf-8").replace("2020-01-01", by))
    assert rules(broken) == (["KB232"] if due else [])


@pytest.mark.parametrize("broken", ["KB219"], indirect=True)
def test_an_undercut_of_its_only_reason_examines_a_thesis(broken: Path) -> None:
    shrinks = "claim: {}\norigin: ours\ncheckable: {{no: A test.}}\n{}"
    write(broken, DEMAND, shrinks.format("Rent falls.", "supports: [costs-shrink]\n"))
    write(
        broken,
        SUPPLY,
        shrinks.format("Rent is fixed.", "undercuts: [demand-grows--supports--costs-shrink]\n"),
    )
    assert findings(broken) == []


@pytest.mark.parametrize("broken", ["KB224"], indirect=True)
@pytest.mark.parametrize(
    ("word", "fits"), [("for", True), ("against", False), ("both", False), ("neutral", False)]
)
def test_a_declared_stance_is_compared_with_the_paths(broken: Path, word: str, fits: bool) -> None:
    text = (broken / DEMAND).read_text("utf-8").replace("against", word)
    write(broken, DEMAND, text)
    assert rules(broken) == ([] if fits else ["KB224"])


@pytest.mark.parametrize("broken", ["KB217"], indirect=True)
def test_a_retired_thesis_and_an_undercut_of_a_retired_reason_are_uses(broken: Path) -> None:
    append(broken, GROWS, "attacks: [supply-grows]\n")
    append(broken, SUPPLY, "undercuts: [costs-grow--attacks--supply-grows]\n")
    append(
        broken,
        "kb.yaml",
        "questions:\n  - {id: q1, question: Which?, theses: [demand-grows, costs-grow]}\n",
    )
    places = [(finding.file, finding.line) for finding in findings(broken) if finding.rule == "KB217"]
    assert places == [(DEMAND, 4), (SUPPLY, 5), ("kb.yaml", 4)]


# --- the parts -----------------------------------------------------------------

edges = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30)


@given(edges)
def test_circles_are_those_of_networkx_and_can_be_walked(pairs: list[tuple[int, int]]) -> None:
    graph: dict[str, list[str]] = {}
    for a, b in pairs:
        graph.setdefault(str(a), []).append(str(b))
    found = list(circles(graph))
    for circle in found:
        assert circle[0] == circle[-1] == min(circle)
        assert all(b in graph[a] for a, b in pairwise(circle))
    other: nx.DiGraph[str] = nx.DiGraph()
    other.add_edges_from((a, b) for a, successors in graph.items() for b in successors)
    knots = [knot for knot in nx.strongly_connected_components(other) if len(knot) > 1]
    assert {min(knot) for knot in knots} == {circle[0] for circle in found}
    assert all(set(circle) <= knot for circle in found for knot in knots if circle[0] in knot)


def test_a_long_chain_needs_no_deep_stack() -> None:
    chain = {str(i): [str(i + 1)] for i in range(50_000)} | {"50000": ["0"]}
    [circle] = circles(chain)
    assert len(circle) == 50_002


def test_the_nearest_spellings_come_first() -> None:
    spelling = Spelling(f"claim-number-{n}" for n in range(5000))
    assert spelling.near("claim-numbr-4711")[0] == "claim-number-4711"
    assert spelling.near("nothing-of-the-kind") == []


def test_guesses_are_few_where_everything_is_misspelt(tmp_path: Path) -> None:
    (tmp_path / "kb.yaml").write_text("format: 1\ntitle: T\n")
    (tmp_path / "a").mkdir()
    for n in range(GUESSES + 5):
        text = f"claim: Claim {n} is so.\norigin: ours\nsupports: [number-{n}-is-sso]\n"
        (tmp_path / "a" / f"number-{n}-is-so.yaml").write_text(text)
    loaded = load(tmp_path, cache=False)
    lint(loaded.base, argument_map(loaded.base), loaded.diagnostics)
    hints = [finding.hint for finding in loaded.diagnostics if finding.rule == "KB101"]
    assert len(hints) == GUESSES + 5
    assert sum(hint.startswith("did you mean") for hint in hints) == GUESSES


def test_the_page_of_rules_is_up_to_date() -> None:
    page = Path(__file__).parents[1] / "docs" / "rules.md"
    assert page.read_text("utf-8") == catalogue.to_markdown(RULES.values()), (
        "run: python -m kb.lint.catalogue docs/rules.md"
    )


def test_a_rule_that_no_part_lists_would_be_noticed() -> None:
    stray = replace(RULES["KB101"], number="KB901")
    with pytest.raises(KeyError):
        catalogue.to_markdown([stray])


def test_errors_only_finds_the_errors_and_no_more(tmp_path: Path) -> None:
    for rule, severity in (("KB101", "error"), ("KB204", "warning")):
        loaded = load(FIXTURES / rule, cache=False)
        found = Diagnostics(loaded.base.config.severities)
        lint(loaded.base, argument_map(loaded.base), found, errors_only=True)
        assert [d.rule for d in found] == ([rule] if severity == "error" else [])


def test_a_rule_that_a_base_makes_an_error_is_found_among_the_errors() -> None:
    loaded = load(FIXTURES / "KB204", cache=False)
    strict = replace(loaded.base, config=replace(loaded.base.config, severities={"KB204": "error"}))
    found = Diagnostics(strict.config.severities)
    lint(strict, argument_map(strict), found, errors_only=True)
    assert [(d.rule, d.severity) for d in found] == [("KB204", "error")]
