"""What the site says would change a standing: as the functions behind it find, and kept between builds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kb.graph import argument_map
from kb.model import (
    Base,
    Bearing,
    Check,
    Claim,
    Config,
    Expectation,
    Formula,
    Question,
    Record,
    Result,
    Verdict,
)
from kb.site import build, further, traces
from kb.site.further import Keeping, Remarks, with_further
from kb.site.outlook import Outlook, outlook
from kb.site.pages import claim as claim_page
from kb.site.pages import cruxes as cruxes_page
from kb.site.pages.every import completed
from kb.site.view import View, view_of
from kb.standing import solve
from kb.standing.cone import cone
from kb.standing.cruxes import cruxes
from kb.standing.resolving import known_of
from kb.standing.robustness import robustness
from kb.standing.worth import worth_checking
from tests import site_demo, site_synthetic
from tests.site_demo_claims import step, undercut


def seen(base: Base, records: dict[str, Record], folder: Path | None = None) -> View:
    """The whole view of a base, as a build makes it."""
    found = site_demo.solved(base, records)
    plain = completed(view_of(*found))
    return with_further(plain, found[1], found[3], traces.faces(plain), Keeping(folder, "setting"))


def demo() -> View:
    base, _, records, _ = site_demo.demo()
    return seen(base, records)


def results(records: Mapping[str, Record]) -> dict[str, Result]:
    return {name: record.result for name, record in records.items()}


@pytest.mark.parametrize("accept_unverified", [False, True])
def test_an_outlook_starts_from_where_the_thesis_stands(accept_unverified: bool) -> None:
    base, amap, records, _ = site_demo.demo()
    accounts = solve(amap, base, results(records), accept_unverified=accept_unverified)
    plain = completed(view_of(base, amap, records, accounts))
    faces, keeping = traces.faces(plain), Keeping(None, "")
    view = with_further(plain, amap, accounts, faces, keeping, accept_unverified=accept_unverified)
    assert view.outlooks
    for thesis, found in view.outlooks.items():
        assert found.cruxes is not None
        assert (found.cruxes.standing, found.cruxes.strength) == (
            accounts[thesis].standing,
            accounts[thesis].strength,
        )


def small(verdict: Verdict = Verdict.HOLDS, **thesis: object) -> tuple[Base, dict[str, Record]]:
    """A thesis with one strong reason, which a check decides; and a weak objection that nothing tests."""
    claims = (
        Claim("thesis", "It is so.", "a/thesis.yaml", "It is so", **thesis),  # type: ignore[arg-type]
        Claim(
            "ground",
            "The ground is firm.",
            "a/ground.yaml",
            "Firm ground",
            checks=(Bearing("firm", claim="ground"),),
            steps=(step("supports", "ground", "thesis", strength="decisive"),),
        ),
        Claim("doubt", "One may doubt.", "a/doubt.yaml", steps=(step("attacks", "doubt", "thesis"),)),
        Claim("apart", "It rains.", "a/apart.yaml"),
    )
    check = Check("firm", "formula", Formula("1"), title="Is it firm?", expect=Expectation(at_least=1))
    config = Config("Small", questions=(Question("q", "Is it so?", ("thesis",)),))
    base = Base("", config, {claim.id: claim for claim in claims}, {"firm": check})
    return base, {"firm": Record(Result("firm", "key", "formula", verdict, p=float(verdict == "holds")))}


def test_the_page_of_a_question_says_what_would_turn_each_thesis(tmp_path: Path) -> None:
    build(*site_demo.solved(*small()), tmp_path)
    page = (tmp_path / "question" / "q.html").read_text(encoding="utf-8")
    assert '<a href="../check/firm.html">Is it firm?</a> <b>fails</b>' in page
    assert '<a href="../claim/thesis.html#change">What else would change it</a>' in page


def test_outlooks_are_what_the_functions_find_in_the_whole_map() -> None:
    base, amap, records, _ = site_demo.demo()
    view = demo()
    assert view.outlooks.keys() == view.theses.keys()
    robust = {thesis.thesis: thesis for thesis in robustness(amap, base, results(records)).theses}
    for thesis, found in view.outlooks.items():
        known = known_of(cone(amap, thesis), base, results(records))
        assert found.cruxes is not None
        assert found.cruxes.found == cruxes(known, thesis, budget=10_000).found
        assert [(o.standing, o.choice.title) for o in robust[thesis].outcomes] == [
            (other.standing, other.title) for other in found.judged
        ]
        assert found.robust == replace(robust[thesis], name="It").words


def test_what_to_check_next_is_the_same_for_all_theses_of_a_question_together() -> None:
    base, amap, records, _ = site_demo.demo()
    view = demo()
    question = base.config.questions[0]
    together = worth_checking(known_of(amap, base, results(records)), question.theses)
    shown = cruxes_page.content(view)["questions"][0]["next"]
    assert together
    assert [line["id"] for line in shown] == [worth.id for worth in together][: len(shown)]
    assert [line["expected"] for line in shown] == [f"{worth.expected:.2f}" for worth in together][
        : len(shown)
    ]


def test_a_crux_is_told_in_words_with_what_it_leads_to() -> None:
    found = cruxes_page.would_change(seen(*small()), "thesis")
    assert found is not None
    (crux,) = found["sets"]
    (change,) = crux["changes"]
    assert (change["title"], change["happens"], change["now"]) == ("Is it firm?", "fails", "now: holds")
    assert crux["to"] == "becomes open"
    (row,) = found["rows"]
    assert row["turns"][0] is None
    assert row["turns"][1]["label"] == "open"
    assert row["slope"].startswith("+")
    assert [line["words"] for line in found["flipping"]] == [
        "the step by which “Firm ground” supports “It is so”",
        "what the check “Is it firm?” says about “Firm ground”",
    ]


def test_open_claims_are_told_of_where_no_check_turns_a_thesis() -> None:
    base, records = small()
    idle = replace(base.claims["ground"], steps=())
    firm = replace(base.claims["doubt"], steps=(step("supports", "doubt", "thesis", strength="decisive"),))
    base = replace(base, claims={**base.claims, "ground": idle, "doubt": firm})
    found = cruxes_page.would_change(seen(base, records), "thesis")
    assert found is not None
    assert [
        (line["changes"][0]["id"], line["changes"][0]["happens"], line["to"]) for line in found["sets"]
    ] == [("doubt", "is shown to be so", "stands")]
    assert "one open claim behind it" in found["said"]


def test_a_proof_that_checks_alone_change_nothing_is_told_beside_the_wider_search() -> None:
    base, records = small()
    weak = replace(base.claims["ground"], steps=(step("supports", "ground", "thesis", strength="weak"),))
    firm = replace(base.claims["doubt"], steps=(step("attacks", "doubt", "thesis", strength="decisive"),))
    base = replace(base, claims={**base.claims, "ground": weak, "doubt": firm})
    found = cruxes_page.would_change(seen(base, records), "thesis")
    assert found is not None
    assert found["said"].startswith(
        "Nothing that could come of the one check behind it would change its label. "
        "With open claims decided as well: "
    )


def test_a_check_that_did_not_run_has_no_slope() -> None:
    base, _ = small()
    found = cruxes_page.would_change(seen(base, {}), "thesis")
    assert found is not None
    assert [row["slope"] for row in found["rows"]] == [""]
    assert found["next"][0]["id"] == "firm"


def test_only_theses_have_an_outlook(tmp_path: Path) -> None:
    build(*site_demo.demo(), tmp_path)
    assert "What would change it</h2>" in (tmp_path / "claim" / "bill-payable.html").read_text("utf-8")
    assert "What would change it</h2>" not in (tmp_path / "claim" / "gpt3-days.html").read_text("utf-8")
    page = (tmp_path / "cruxes.html").read_text("utf-8")
    base = site_demo.base()
    for question in base.config.questions:
        for thesis in question.theses:
            assert f'<h3><a href="claim/{thesis}.html">' in page
    assert 'id="audits"' in page


@pytest.mark.parametrize(
    ("standard", "said", "ends"),
    [
        ("", "", (0.4, 0.6)),
        ("clear-and-convincing", "clear and convincing evidence: it stands at 0.75 or more", (0.25, 0.75)),
        ("beyond-reasonable-doubt", "proof beyond reasonable doubt: it stands at 0.9 or more", (0.1, 0.9)),
    ],
)
def test_a_proof_standard_is_told_and_drawn(standard: str, said: str, ends: tuple[float, float]) -> None:
    account = claim_page.content(seen(*small(standard=standard)), "thesis")["account"]
    assert said in account["standard"]
    assert bool(account["standard"]) == bool(standard)
    assert (account["falls"], account["stands"]) == pytest.approx(ends)


def test_the_way_to_the_nearest_check_is_counted() -> None:
    base, records = small()
    further_on = replace(
        base.claims["doubt"], undercuts=(undercut("doubt", "ground--supports--thesis"),), steps=()
    )
    base = replace(base, claims={**base.claims, "doubt": further_on})
    view = seen(base, records)
    told = {name: claim_page.content(view, name)["nearest"] for name in base.claims}
    assert told == {
        "thesis": "It is 1 step from the nearest check.",
        "ground": "A check bears on it.",
        "doubt": "No check lies behind it.",
        "apart": "No check lies behind it.",
    }


def test_the_reading_without_weights_is_told_where_it_differs() -> None:
    # Weighed, the decisive reason wins over an objection that is open; without weights nothing is settled.
    view = seen(*small())
    assert "weighed, what is unsettled cannot bring it down" in view.crisp["thesis"]
    assert claim_page.content(view, "thesis")["account"]["crisp"] == view.crisp["thesis"]
    assert claim_page.content(view, "ground")["account"]["crisp"] == ""


def test_a_thesis_with_too_much_behind_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(further, "MOST_BEHIND", 2)
    base, records = small()
    build(*site_demo.solved(base, records), tmp_path)
    for name in ("claim/thesis.html", "cruxes.html"):
        assert "More than 2 claims lie behind it, so nothing was tried here." in (tmp_path / name).read_text(
            "utf-8"
        )


def test_a_search_that_stopped_early_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(further, "TOTAL", 3)
    base, records = small()
    build(*site_demo.solved(base, records), tmp_path)
    page = (tmp_path / "claim" / "thesis.html").read_text("utf-8")
    assert "The search stopped early" in page
    assert "some of what could be tried was left out here" in page


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The theses whose outlook is worked out from now on."""
    made: list[str] = []

    def note(*args: object, **options: object) -> Outlook:
        made.append(str(args[3]))
        return outlook(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("kb.site.further.outlook", note)
    return made


def test_an_outlook_is_worked_out_once_until_something_behind_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = counted(monkeypatch)
    base, _, records, _ = site_synthetic.synthetic(120)
    first = seen(base, records, tmp_path)
    assert len(made) == len(first.theses) > 2
    made.clear()
    again = seen(base, records, tmp_path)
    assert made == []
    for name in ("outlooks", "audits", "crisp", "steps"):
        assert getattr(again, name) == getattr(first, name)
    changed = replace(base.claims["claim-39"], title="Another title")
    seen(replace(base, claims={**base.claims, "claim-39": changed}), records, tmp_path)
    assert 0 < len(made) < len(first.theses)


def test_a_changed_weight_of_an_undercut_that_takes_nothing_yet_counts(tmp_path: Path) -> None:
    base, _ = small()

    def cut(strength: str) -> Base:
        taker = replace(
            base.claims["doubt"],
            steps=(),
            undercuts=(undercut("doubt", "ground--supports--thesis", strength=strength),),
            checks=(Bearing("firm", claim="doubt"),),
        )
        return replace(base, claims={**base.claims, "doubt": taker})

    # Its premise falls now, so it takes nothing, however strong; would the check hold, it took some.
    _, fails = small(Verdict.FAILS)
    weak, decisive = (seen(cut(strength), fails, tmp_path).outlooks for strength in ("weak", "decisive"))
    assert weak != decisive
    assert decisive == seen(cut("decisive"), fails).outlooks


def test_what_was_kept_and_is_damaged_is_worked_out_again(tmp_path: Path) -> None:
    base, records = small()
    first = seen(base, records, tmp_path)
    for path in (tmp_path / "objects").rglob("*.json"):
        path.write_bytes(b"cut")
    assert seen(base, records, tmp_path).outlooks == first.outlooks


def test_what_was_kept_of_another_kind_is_worked_out_again(tmp_path: Path) -> None:
    from kb import store

    keeping = Keeping(tmp_path, "setting")
    store.put(tmp_path, store.digest(["Outlook", "setting", "about"]), {"thesis": 3})
    assert keeping.kept(Outlook, "about", lambda: Outlook("thesis", 1)) == Outlook("thesis", 1)


def test_a_circle_of_theses_has_outlooks(tmp_path: Path) -> None:
    base, records = small()
    back = replace(base.claims["thesis"], steps=(step("supports", "thesis", "doubt"),))
    base = replace(base, claims={**base.claims, "thesis": back})
    amap = argument_map(base)
    assert len(amap.steps) == 3
    build(*site_demo.solved(base, records), tmp_path)
    assert "What would change it</h2>" in (tmp_path / "claim" / "thesis.html").read_text("utf-8")


def test_what_is_worked_out_is_what_is_found_later(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path, "")
    made = keeping.kept(Remarks, "x", lambda: Remarks({"b": "1", "a": "2"}, {"z": 1, "y": 2}, ()))
    found = keeping.kept(Remarks, "x", lambda: Remarks({}, {}, ()))
    assert found == made
    assert [list(found.crisp), list(found.steps)] == [list(made.crisp), list(made.steps)]
