"""What-if in the page: its engine against kb's own, on random maps and on the first base; and the page."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, unquote

import pytest

from kb import load, resources
from kb.commands.opening import open_base
from kb.graph import argument_map, bearing_id
from kb.model import (
    STRENGTHS,
    ArgumentMap,
    Base,
    Question,
    Record,
    Result,
    Standing,
    Step,
    Undercut,
)
from kb.site import snapshot
from kb.site.pages.every import completed
from kb.site.view import View, view_of
from kb.standing import OPEN_REASONS, solve
from kb.standing.editing import need_id, strengthened, without
from kb.standing.resolving import known_of
from kb.standing.supposing import supposed
from kb.standing.whatif import Changes, Moved, whatif
from kb.wording import interval
from tests import standing_maps
from tests.conftest import PROJECT, SMALL_BASE, Ran, write_base
from tests.standing_maps import random_case, result
from tests.test_site_browser import CONTRAST, address, opened

pytestmark = pytest.mark.browser

CLOSE = 1e-9
VERDICTS = {"holds": "holds", "fails": "fails", "not-run": "could-not-run"}
KINDS = ("direct", "direct", "part", "corroborates", "proxy", "context")
STANDINGS = {1: Standing.STANDS, -1: Standing.FALLS, 0: Standing.OPEN}

SOLVE = """cases => cases.map(([data, {checks, strengths, without}]) => kbStanding.suppose(data, {
  checks: new Map(checks), strengths: new Map(strengths), without: new Set(without) }))"""
FLIP = """([data, flips]) => flips.map(([check, verdict]) => {
  const found = kbStanding.suppose(data, {
    checks: new Map([[check, verdict]]), strengths: new Map(), without: new Set() });
  return data.theses.map(i => [found.low[i], found.high[i], found.standing[i], found.why[i]]); })"""


def view_for(base: Base, results: Mapping[str, Result], *, accept_unverified: bool = False) -> View:
    """The view of a base, as far as the snapshot needs it."""
    amap = argument_map(base)
    records = {check: Record(result) for check, result in results.items()}
    accounts = solve(amap, base, results, accept_unverified=accept_unverified)
    return completed(view_of(base, amap, records, accounts))


def asking(base: Base) -> Base:
    """The base with one question, to which every claim is a thesis: so nothing lies outside."""
    asked = Question("q", "Is it so?", tuple(base.claims))
    return replace(base, config=replace(base.config, questions=(asked,)))


def varied(r: Random) -> tuple[Base, Mapping[str, Result]]:
    """A random base, some with standards of proof, restated claims and checks that count for nothing."""
    base, results = random_case(r, cyclic=r.random() < 0.6, most=r.choice([4, 7, 12]), kinds=KINDS)
    claims = dict(base.claims)
    for name, claim in base.claims.items():
        if r.random() < 0.15:
            standard = r.choice(["clear-and-convincing", "beyond-reasonable-doubt", "preponderance"])
            claims[name] = replace(claim, standard=standard)
    if r.random() < 0.15:
        claims["c0"] = replace(claims["c0"], restates=("c1",))
    checks = {
        name: replace(check, circular=True) if r.random() < 0.08 else check
        for name, check in base.checks.items()
    }
    checks = {
        name: replace(check, expect=None) if r.random() < 0.08 else check for name, check in checks.items()
    }
    base = replace(base, claims=claims, checks=checks)
    return (asking(tangled(r, base)), settled(base)) if r.random() < 0.4 else (asking(base), results)


def tangled(r: Random, base: Base) -> Base:
    """The base with steps that mostly support, decisively, and with every undercut undercut in turn."""
    cuts = [cut.id for claim in base.claims.values() for cut in claim.undercuts]
    claims = {}
    for name, claim in base.claims.items():
        steps = tuple(
            replace(step, kind=r.choice(["supports", "supports", "attacks"]), strength="decisive")
            for step in claim.steps
        )
        more = tuple(
            Undercut(f"{cut}-by-{name}", (name,), cut, r.choice(STRENGTHS), named=True)
            for cut in cuts
            if r.random() < 0.4
        )
        claims[name] = replace(claim, steps=steps, undercuts=(*claim.undercuts, *more))
    return replace(base, claims=claims)


def settled(base: Base) -> dict[str, Result]:
    return {check: result(check, "holds") for check in base.checks}


def changes_for(r: Random, amap: ArgumentMap, data: dict[str, Any]) -> tuple[Changes, dict[str, Any]]:
    """Some random changes, in the words of kb and in those of the page."""
    names = [
        *(step.id for step in amap.steps),
        *(bearing_id(b) for claim in amap.claims for b in amap.bearings if b.claim == claim),
        *(cut.id for cut in amap.undercuts),
    ]
    slot = {name: place for place, name in enumerate(names)}
    number = {claim: place for place, claim in enumerate(amap.claims)}
    checks = {row[0]: place for place, row in enumerate(data["checks"])}
    needs = {
        need_id(claim, relation, other): f"{relation} {number[claim]} {number[other]}"
        for relation, table in (("assumes", amap.assumes), ("requires", amap.requires))
        for claim, others in table.items()
        for other in others
    }
    share = r.choice([0.0, 0.1, 0.4])
    gone = [name for name in (*names, *needs) if r.random() < share / 2]
    left = without(amap, gone)
    inferences: list[Step | Undercut] = [*left.steps, *left.undercuts]
    weights = {item.id: r.choice(STRENGTHS) for item in inferences if r.random() < share}
    verdicts = {check: r.choice(list(VERDICTS)) for check in checks if r.random() < 0.4}
    return (
        Changes({check: VERDICTS[verdict] for check, verdict in verdicts.items()}, {}, weights, gone),
        {
            "checks": [[checks[check], verdict] for check, verdict in verdicts.items()],
            "strengths": [[slot[name], STRENGTHS.index(weight)] for name, weight in weights.items()],
            "without": [slot.get(name, needs.get(name)) for name in gone],
        },
    )


def differences(
    base: Base,
    results: Mapping[str, Result],
    changes: Changes,
    found: dict[str, list[Any]],
    *,
    accept_unverified: bool = False,
    ids: tuple[str, ...] = (),
) -> list[str]:
    """Where the page's engine and kb's differ under some changes; of all claims, or of those with ``ids``."""
    amap = strengthened(without(argument_map(base), changes.remove), changes.strengths)
    after = {
        **results,
        **{c: supposed(base.checks[c], verdict, base) for c, verdict in changes.verdicts.items()},
    }
    known = known_of(amap, base, after, accept_unverified=accept_unverified)
    marks = solve(amap, base, after, accept_unverified=accept_unverified).marks
    told = []
    for place, claim in enumerate(ids or amap.claims):
        low, high = known.interval(known.snap.number[claim])
        if max(abs(low - found["low"][place]), abs(high - found["high"][place])) > CLOSE:
            told.append(f"{claim}: {low, high}, in the page {found['low'][place], found['high'][place]}")
        why = found["why"][place]
        label = (
            STANDINGS[found["standing"][place]],
            OPEN_REASONS[why] if why >= 0 else "",
            found["decided"][place],
            found["contested"][place],
        )
        if label != tuple(marks[claim]):
            told.append(f"{claim}: {tuple(marks[claim])}, in the page {label}")
    return told


def engine(page: Any) -> None:
    page.goto("about:blank")
    for part in ("standing-structure", "standing-strengths", "standing"):
        page.add_script_tag(path=str(resources.templates_folder() / "static" / f"{part}.js"))


def test_the_engine_of_the_page_is_kbs_own_on_random_maps(browser: Any) -> None:
    r = Random(20)
    seen: set[object] = set()
    with opened(browser) as page:
        engine(page)
        for _ in range(5):
            cases, sent = [], []
            for _ in range(60):
                base, results = varied(r)
                accept = r.random() < 0.2
                data = snapshot.snapshot(view_for(base, results, accept_unverified=accept), "q")
                changes, words = changes_for(r, argument_map(base), data)
                cases.append((base, results, changes, accept))
                sent.append(json.loads(json.dumps([data, words])))
            answers = page.evaluate(SOLVE, sent)
            for (base, results, changes, accept), found in zip(cases, answers, strict=True):
                told = differences(base, results, changes, found, accept_unverified=accept)
                assert not told, (told, changes)
                seen.update((*found["standing"], *(OPEN_REASONS[why] for why in found["why"] if why >= 0)))
    assert seen == {1, 0, -1, *OPEN_REASONS}


def test_support_in_a_circle_adds_nothing_at_the_low_end_in_the_page_either(browser: Any) -> None:
    claims = [
        standing_maps.claim("ground", checks=("holds",), supports=(("one", "strong"),)),
        standing_maps.claim("one", supports=(("two", "decisive"),)),
        standing_maps.claim("two", supports=(("one", "decisive"),)),
    ]
    base, results = asking(standing_maps.base(claims)), {"holds": result("holds", "holds")}
    data = snapshot.snapshot(view_for(base, results), "q")
    with opened(browser) as page:
        engine(page)
        (found,) = page.evaluate(SOLVE, [[data, {"checks": [], "strengths": [], "without": []}]])
    assert differences(base, results, Changes(), found) == []
    assert found["low"][2] == pytest.approx(0.2)


def test_every_check_of_the_first_base_turns_its_theses_as_in_a_terminal(browser: Any) -> None:
    base, records = open_base(PROJECT / "claims").base, load(PROJECT / "claims").results()
    amap, results = argument_map(base), {check: record.result for check, record in records.items()}
    view, now = view_for(base, results), known_of(amap, base, results)
    told: dict[tuple[str, str], Mapping[str, Moved]] = {}
    with opened(browser) as page:
        engine(page)
        for question in base.config.questions:
            data = json.loads(json.dumps(snapshot.snapshot(view, question.id)))
            flips: list[tuple[int, str]] = [
                (place, verdict) for place in range(len(data["checks"])) for verdict in VERDICTS
            ]
            for (place, verdict), found in zip(flips, page.evaluate(FLIP, [data, flips]), strict=True):
                key = data["checks"][place][0], VERDICTS[verdict]
                if key not in told:
                    moved = whatif(amap, base, results, Changes(dict([key]))).moved
                    told[key] = {one.claim: one for one in moved}
                for number, (low, high, standing, why) in zip(data["theses"], found, strict=True):
                    thesis = data["claims"][number][0]
                    then = told[key].get(thesis)
                    expected = then.after if then else now.interval(now.snap.number[thesis])
                    assert (low, high) == pytest.approx(expected, abs=CLOSE), (key, thesis)
                    label = (then.standing_after, then.open_after) if then else tuple(view.marks[thesis])[:2]
                    assert (STANDINGS[standing], OPEN_REASONS[why] if why >= 0 else "") == label
    assert any(one.relabelled for moved in told.values() for one in moved.values())


TOWER = {
    "towers/surveyors-erred.yaml": """\
claim: The surveyors measured in the wrong unit.
title: The surveyors erred
evidence: [{source: guide-1999, at: p4}]
checkable: {no: Their notes are lost.}
undercuts: [{step: tower-climb > tower-is-climbed, strength: weak, because: They also counted the steps.}]
""",
}
PAGE = "whatif/height.html"
STEP = "tower-is-climbed--supports--tower-is-short"
CUT = "surveyors-erred--undercuts--tower-climb > tower-is-climbed"


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of two theses, its checks run."""
    root = write_base(tmp_path_factory.mktemp("tower") / "base", {**SMALL_BASE, **TOWER})
    load(root).run()
    return root


@pytest.fixture(scope="module")
def site(tower: Path) -> Path:
    load(tower).render(tower.parent / "site")
    return tower.parent / "site"


def would_be(page: Any) -> list[str]:
    """Where each claim at the top would stand, as it reads."""
    return [text.strip() for text in page.locator("#outcome .turn > .mark:last-child").all_inner_texts()]


def choose(page: Any, check: str, verdict: str) -> None:
    page.get_by_role("radiogroup", name=check).get_by_role("radio", name=verdict, exact=True).check()


def fragment(page: Any) -> str:
    return unquote(page.evaluate("location.hash")).removeprefix("#")


def test_a_flipped_check_moves_a_thesis_and_is_undone(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, PAGE))
        assert would_be(page) == ["Stands", "Open: no check decides it"]
        assert page.locator("#said").inner_text() == "Nothing is changed: this is how it stands."
        choose(page, "The tower's height from its storeys", "Fails")
        assert would_be(page) == ["Falls", "Open: no check decides it"]
        assert page.locator("#said").inner_text() == "1 change: “The tower is tall” would fall."
        assert page.locator("#outcome .before").all_inner_texts() == ["Stands"]
        assert fragment(page) == "fails=tower-height"
        assert page.locator("#command").inner_text() == "kb whatif --verdict tower-height=fails"
        page.emulate_media(media="print")
        assert page.locator("#outcome .t").first.is_visible()
        assert page.locator(".supposing").is_hidden()
        assert page.locator(".paper").inner_text() == f"This page is interactive. It is at {page.url}."
        page.emulate_media(media="screen")
        page.get_by_role("button", name="Undo: “The tower's height from its storeys” fails").click()
        assert would_be(page) == ["Stands", "Open: no check decides it"]
        assert fragment(page) == ""
        assert (
            page.locator("[data-check] input:checked").evaluate_all("all => all.map(it => it.value)")
            == [""] * 2
        )
        assert page.evaluate("document.activeElement.id") == "changed-title"


def test_a_keyboard_is_enough(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, PAGE))
        page.get_by_role("radiogroup").first.get_by_role("radio", name="As it is").focus()
        for verdict in ("holds", "fails", "not-run"):
            page.keyboard.press("ArrowRight")
            assert fragment(page) == f"{verdict}=tower-height"
        assert would_be(page)[0] == "Open: not run"
        page.locator("#weights > summary").focus()
        page.keyboard.press("Enter")
        page.get_by_label("“Visitors climb a thousand steps” supports “The tower is short”").focus()
        page.keyboard.type("strong")
        assert fragment(page) == f"not-run=tower-height&strong={STEP}"
        assert would_be(page)[1] == "Stands: uncontested"
        page.locator("#reset").focus()
        page.keyboard.press("Enter")
        assert fragment(page) == ""
        assert would_be(page) == ["Stands", "Open: no check decides it"]


def test_the_address_brings_everything_back(browser: Any, site: Path) -> None:
    said = f"fails=tower-height&strong={STEP}&without={CUT}&c=tower-is-climbed&holds=no-such-check"
    with opened(browser) as page:
        page.goto(address(site, f"{PAGE}#{quote(said, safe='=&')}"))
        assert would_be(page) == ["Stands", "Falls", "Stands: uncontested"]
        assert page.locator("#changes > li").count() == 3
        assert page.locator("#unknown").inner_text() == "Not in this argument, so left out: no-such-check."
        assert page.locator("#relations select").evaluate_all("all => all.map(it => it.value)").count("") == 1
        page.get_by_role("button", name="Reset").click()
        assert fragment(page) == "c=tower-is-climbed"
        assert would_be(page) == ["Stands", "Stands", "Open: no check decides it"]
        page.evaluate("location.hash = 'fails=tower-height'")
        page.wait_for_function("document.querySelectorAll('#changes > li').length === 1")
        assert would_be(page) == ["Falls", "Open: no check decides it"]


def test_the_command_gives_the_same_in_a_terminal(
    browser: Any,
    site: Path,
    tower: Path,
    kb: Callable[..., Ran],
) -> None:
    hash_ = quote(f"fails=tower-height&not-run=tower-climb&decisive={STEP}&without={CUT}", safe="=&")
    with opened(browser) as page:
        page.goto(address(site, f"{PAGE}#{hash_}"))
        command = shlex.split(page.locator("#command").inner_text())
        figures = page.locator("#outcome .figures").all_inner_texts()
    assert command[0] == "kb"
    ran = kb(*command[1:], "--base", tower, "--format", "json")
    assert ran.code == 0, ran.err
    moved = {one["claim"]: one for one in ran.json["moved"]}
    for thesis, text in zip(("tower-is-tall", "tower-is-short"), figures, strict=True):
        ends = [interval(moved[thesis][when]) for when in ("before", "after")]
        assert text == f"strength {ends[0]} → {ends[1]}"


def test_an_undercut_goes_with_what_it_takes(browser: Any, tmp_path: Path) -> None:
    """kb refuses a strength for an undercut that is gone; so the command must not have one."""
    doubt = TOWER["towers/surveyors-erred.yaml"].replace("tower-climb > tower-is-climbed", STEP)
    root = write_base(tmp_path / "base", {**SMALL_BASE, "towers/surveyors-erred.yaml": doubt})
    load(root).render(tmp_path / "site")
    cut = f"surveyors-erred--undercuts--{STEP}"
    with opened(browser) as page:
        page.goto(address(tmp_path / "site", f"{PAGE}#strong={cut}"))
        assert page.locator("#command").inner_text() == f"kb whatif --strength {cut}=strong"
        page.goto(address(tmp_path / "site", f"{PAGE}#strong={cut}&without={STEP}"))
        page.reload()
        assert page.locator("#command").inner_text() == f"kb whatif --remove {STEP}"


def test_the_words_filter_checks_and_reasons(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, PAGE))
        page.locator("#weights > summary").click()
        page.locator("#filter").fill("STEPS climb")
        assert page.locator("[data-check] .t").all_inner_texts() == ["Steps that a visitor climbs"]
        assert page.locator("#checks-about").inner_text() == "1 of 2 checks match."
        assert page.locator("#weights-count").inner_text() == "2 of 3 match"
        page.locator("#filter").fill("")
        assert page.locator("[data-check]").count() == 2
        assert page.locator("#relations > li").count() == 3


@pytest.mark.parametrize(
    ("width", "dark"), [(1440, False), (1440, True), (765, False), (390, False), (390, True)]
)
def test_the_page_fits_and_reads(browser: Any, site: Path, width: int, dark: bool) -> None:
    with opened(browser, width, dark=dark) as page:
        page.goto(address(site, f"{PAGE}#fails=tower-height&decisive={STEP}"))
        page.locator("#relations > li").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(CONTRAST) == []
        small = (
            "all => all.map(it => it.getBoundingClientRect()).filter(it => it.width < 24 || it.height < 24)"
        )
        controls = page.locator("#whatif :is(button, input, select, summary):visible")
        assert controls.evaluate_all(small) == []
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert page.locator("#outcome").is_visible()


def test_what_gets_the_focus_is_not_under_the_standings_on_a_phone(browser: Any, site: Path) -> None:
    with opened(browser, 390) as page:
        page.goto(address(site, f"{PAGE}#decisive={STEP}"))
        page.locator("#relations > li").first.wait_for()
        page.locator("#relations select").last.focus()
        for _ in range(12):
            page.keyboard.press("Shift+Tab")
            top, bottom, inside = page.evaluate(
                "[document.activeElement.getBoundingClientRect().top,"
                " document.querySelector('.outcome').getBoundingClientRect().bottom,"
                " document.activeElement.closest('.supposing') !== null]"
            )
            assert top >= bottom - 1 or not inside


def test_without_script_it_says_where_else_to_look(browser: Any, site: Path) -> None:
    with opened(browser, script=False) as page:
        page.goto(address(site, PAGE))
        assert page.locator(".need-js:visible").count() == 0
        assert "needs JavaScript" in page.locator("main").inner_text()
        assert page.locator("noscript a").first.get_attribute("href") == "../cruxes.html#q-height"
        standings = [" ".join(text.split()) for text in page.locator("noscript li").all_inner_texts()]
        assert standings == ["The tower is tall Stands", "The tower is short Open: no check decides it"]


def test_a_page_without_its_data_says_so_and_shows_no_dead_controls(
    browser: Any, site: Path, tmp_path: Path
) -> None:
    shutil.copytree(site, tmp_path / "copy")
    for script in ("whatif/height.js", "map/height.js"):
        (tmp_path / "copy" / script).unlink()
    page = browser.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(address(tmp_path / "copy", PAGE))
    assert "whatif/height.js did not load" in page.locator("main").inner_text()
    assert page.locator("#whatif").is_hidden()
    page.goto(address(tmp_path / "copy", "map/height.html"))
    assert "map/height.js, which did not load" in page.locator("main").inner_text()
    assert page.locator(".need-js button:visible, .map-bar:visible").count() == 0
    assert page.locator(".card .ti:visible").count() == page.locator(".card").count() > 2
    page.close()
    assert trouble == []


def test_a_hundred_changes_are_held_by_the_address(browser: Any, tmp_path: Path) -> None:
    names = [f"reason-{number}" for number in range(120)]
    reasons = {
        f"towers/{name}.yaml": f"claim: It has been said {name} times.\nsupports: [tower-is-tall]\n"
        for name in names
    }
    load(write_base(tmp_path / "base", {**SMALL_BASE, **reasons})).render(tmp_path / "site")
    struck = ",".join(f"{name}--supports--tower-is-tall" for name in names)
    with opened(browser) as page:
        page.goto(address(tmp_path / "site", f"{PAGE}#without={struck}"))
        assert page.locator("#changes > li").count() == 120
        choose(page, "The tower's height from its storeys", "Fails")
        assert fragment(page) == f"fails=tower-height&without={struck}"
        assert page.locator("#command").inner_text().count("--remove") == 120


def test_pages_lead_there(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        for start, end in (
            ("question/height.html", "#"),
            ("cruxes.html", "#"),
            ("claim/tower-is-tall.html", "#"),
            ("claim/tower-is-climbed.html", "#c=tower-is-climbed"),
        ):
            page.goto(address(site, start))
            page.get_by_role("link", name="Try other answers").first.click()
            page.locator("#outcome > li").first.wait_for()
            assert page.url.partition("whatif/height.html")[2] == end.rstrip("#"), start
            assert would_be(page)[-2:] == ["Stands", "Open: no check decides it"]


def test_too_much_behind_a_question_is_said(
    browser: Any,
    tower: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshot, "MOST_BEHIND", 3)
    load(tower).render(tmp_path / "site")
    with opened(browser) as page:
        page.goto(address(tmp_path / "site", PAGE))
        assert "More than 3 claims lie behind this question" in page.locator("main").inner_text()
        assert page.locator("#whatif").count() == 0
        page.goto(address(tmp_path / "site", "claim/tower-is-climbed.html"))
        assert page.get_by_role("link", name="Try other answers").count() == 0


def test_only_a_change_behind_a_question_has_its_arrays_made_again(
    tower: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shutil.copytree(tower, tmp_path / "base")
    (root / "towers" / "aside.yaml").write_text(
        "claim: It rains.\nevidence: [{source: guide-1999, at: p9}]\ncheckable: {no: It is no matter.}\n"
    )
    load(root).render(tmp_path / "site")
    script = (tmp_path / "site" / "whatif" / "height.js").read_bytes()
    made = []
    snapped = snapshot.snapshot

    def watch(view: View, question: str) -> dict[str, Any]:
        made.append(question)
        return snapped(view, question)

    monkeypatch.setattr(snapshot, "snapshot", watch)

    def edit(file: str, old: str, new: str) -> None:
        path = root / "towers" / file
        path.write_text(path.read_text().replace(old, new))
        load(root).render(tmp_path / "site")

    edit("aside.yaml", "It rains.", "It snows.")
    assert made == []
    edit("tower-is-climbed.yaml", "strength: moderate", "strength: strong")
    assert made == ["height"]
    assert (tmp_path / "site" / "whatif" / "height.js").read_bytes() != script
    edit("tower-is-climbed.yaml", "strength: strong", "strength: moderate")
    assert (tmp_path / "site" / "whatif" / "height.js").read_bytes() == script
