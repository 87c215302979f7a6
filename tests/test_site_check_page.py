"""The page of a check: sliders that say what the engine computed, its past, its charts with their numbers."""

from __future__ import annotations

import html
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.checks import record, run, run_all
from kb.commands.opening import open_base, standings
from kb.model import Check, Formula, Record
from kb.site import build
from kb.site.pages import check_past, check_tries
from tests.conftest import SMALL_BASE, write_base
from tests.test_curves import CHECKS, QUANTITIES
from tests.test_site_browser import address, opened

UNRUN = CHECKS["walk"].replace("How far one walks", "Not run yet")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = SMALL_BASE | {"quantities/walks.yaml": QUANTITIES}
    files |= {f"checks/{name}.yaml": text for name, text in CHECKS.items()}
    files["checks/unrun.yaml"] = UNRUN
    files["kb.yaml"] += "repository: https://github.com/example/walks\n"
    return write_base(tmp_path_factory.mktemp("checked") / "walks", files)


@pytest.fixture(scope="module")
def records(root: Path) -> dict[str, Record]:
    base = open_base(root, cache=False).base
    found = run_all(base, [name for name in base.checks if name != "unrun"], cache=False)
    before = run(base, base.checks["walk"], overrides={"days": 3})
    record(root, [before])
    record(root, [found["walk"]])
    return found


@pytest.fixture(scope="module")
def site(root: Path, records: dict[str, Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    opened_base = open_base(root, cache=False)
    out = tmp_path_factory.mktemp("site")
    build(opened_base.base, opened_base.argument, records, standings(opened_base, records), out)
    return out


def text(site: Path, name: str) -> str:
    return (site / f"check/{name}.html").read_text(encoding="utf-8")


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


# --- what is written ----------------------------------------------------------


def test_each_uncertain_input_has_a_slider_the_strongest_first(
    site: Path, records: dict[str, Record]
) -> None:
    found = re.findall(r'<div class="slide" data-p="([^"]*)".*?data-names="([^"]*)"', text(site, "walk"))
    curves = records["walk"].result.curves
    assert [names for _, names in found] == [" ".join(curve.inputs) for curve in curves]
    for (shares, _), curve in zip(found, curves, strict=True):
        assert [float(share) for share in shares.split(" ")] == list(curve.p)


def test_the_command_of_a_slider_is_one_that_kb_takes(site: Path, root: Path, kb: Any) -> None:
    (line,) = re.findall(r'<code id="exact-pace">(.*?)</code>', text(site, "read"))
    words = shlex.split(html.unescape(line))
    assert words[:4] == ["kb", "check", "read", "--set"]
    assert words[5:] == ["--reading", "span=week"]
    assert kb(*words[1:], "--base", root).code == 0


def test_a_slider_of_two_inputs_that_are_one_quantity_sets_both(site: Path) -> None:
    (line,) = re.findall(r'<code id="exact-morning">(.*?)</code>', text(site, "walk"))
    assert line == "kb check walk --set morning=7.746 --set evening=7.746"


def test_where_there_is_no_slider_the_page_says_why(site: Path) -> None:
    page = words(text(site, "fixed"))
    assert "Every input is a plain number, so the condition is met or it is not, and P has no curve." in page
    assert "kb check fixed --set days=1 must give: fails" in page
    assert 'type="range"' not in text(site, "fixed")
    assert "slider.js" not in text(site, "fixed")


def test_a_check_not_run_has_its_commands_and_no_slider(site: Path) -> None:
    page = text(site, "unrun")
    assert 'class="slide"' not in page
    assert "This check has no recorded result yet" in page
    assert "kb check unrun --set days=0" in page
    assert "Nothing recorded yet." in page
    assert "kb check unrun --record" in page
    assert re.search(r'<meta name="description" content="Not run yet. Claimed: [^";.]+\.">', page)


def test_what_it_said_before_is_told_newest_first_with_what_changed(site: Path) -> None:
    page = text(site, "walk")
    past = words(page[page.index('id="history"') :])
    assert past.index("days: 3 → 2") < past.index("first record")
    assert "from one recorded run to the next" in past
    assert page.count("P over time") == 1


def test_numbers_that_were_recorded_have_their_day(site: Path, records: dict[str, Record]) -> None:
    day = records["walk"].run.finished[:10]
    recorded, other = (words(text(site, name)) for name in ("walk", "alone"))
    assert f"Recorded {day}" in recorded
    assert "Recorded not recorded" in other
    assert records["walk"].result.key[:12] in recorded
    assert "https://github.com/example/walks/edit/main/walks/checks/walk.yaml" in text(site, "walk")


def test_every_chart_has_words_and_a_table_of_its_numbers(site: Path) -> None:
    for path in (site / "check").glob("*.html"):
        page = path.read_text(encoding="utf-8")
        for figure in re.findall(r"<figure>.*?</figure>", page, re.DOTALL):
            svgs = re.findall(
                r'<svg class="chart (\w+)"[^>]*role="img"><title>[^<]+</title><desc>[^<]+</desc>', figure
            )
            assert svgs in (["wide", "narrow"], ["small"]), path.name
            past = "over time</title>" in figure
            assert past or '<details class="numbers">' in figure, path.name


def test_a_page_of_sliders_stays_light(site: Path) -> None:
    import gzip

    assert len(gzip.compress((site / "check/walk.html").read_bytes())) < 15_000


def test_commands_are_quoted_for_a_shell() -> None:
    assert (
        check_tries.command("a-check", {"x": "3 km"}, {"r": "o"})
        == "kb check a-check --set 'x=3 km' --reading r=o"
    )


def test_a_value_just_beyond_a_turn_turns_the_answer(root: Path, records: dict[str, Record]) -> None:
    base = open_base(root, cache=False).base
    result = records["walk"].result
    lines = dict(check_tries._beyond(base.checks["walk"], result))
    assert lines
    for line, note in lines.items():
        settings = dict(word.split("=") for word in shlex.split(line) if "=" in word)
        tried = run(base, base.checks["walk"], overrides={k: float(v) for k, v in settings.items()}).result
        assert tried.p is not None
        assert (tried.p >= 0.5) == ("more likely met" in note), line


def test_the_past_follows_the_computed_value_where_p_never_moved(records: dict[str, Record]) -> None:
    found = records["alone"]
    assert found.result.output is not None
    moved = replace(found, result=replace(found.result, output=replace(found.result.output, value=3.0)))
    entries = check_past.recorded(Check("alone", "formula", Formula("hours * 2", "hour")), [found, moved])
    trend = check_past.history(entries)["trend"]
    assert trend["title"] == "The computed value"
    assert trend["values"][1] == 3.0
    assert check_past.history(entries[:1])["trend"] is None


# --- in a browser -------------------------------------------------------------


#: The size of the text of each visible chart, in px of the window.
SIZES = """() => [...document.querySelectorAll('svg.chart')].filter(svg => svg.checkVisibility()).map(svg => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return scale * parseFloat(getComputedStyle(svg).fontSize);
})"""


def _slide(page: Any, name: str) -> Any:
    return page.locator(".slide", has=page.locator(f"#exact-{name}"))


@pytest.mark.browser
def test_a_slider_says_p_between_the_points_of_the_curve(
    browser: Any, site: Path, records: dict[str, Record]
) -> None:
    curve = next(curve for curve in records["walk"].result.curves if curve.inputs == ("rest",))
    with opened(browser) as page:
        page.goto(address(site, "check/walk.html"))
        slide = _slide(page, "rest")
        slider = slide.get_by_role("slider", name="Rest, hour")
        said = slide.locator("output")
        # Ten steps of the slider lead from one point to the next.
        for place in (0, 13, 40):
            slider.evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }", 10 * place)
            value, p = float(f"{curve.at(place):.4g}"), curve.p[place]
            assert p is not None
            assert f"P {p:.2f} (interpolated)" in said.inner_text() or p in (0, 1)
            assert f"kb check walk --set rest={value:g}" == slide.locator(".exact code").inner_text()
            assert "interpolated" in (slider.get_attribute("aria-valuetext") or "")
        slider.evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }", 135)
        between = sorted(p for p in curve.p[13:15] if p is not None)
        shown = re.search(r"P ([\d.]+)", said.inner_text())
        assert shown
        assert between[0] - 0.006 <= float(shown[1]) <= between[1] + 0.006


@pytest.mark.browser
def test_a_slider_follows_the_keyboard_and_goes_back(browser: Any, site: Path) -> None:
    with opened(browser, 390) as page:
        page.goto(address(site, "check/alone.html"))
        slide = _slide(page, "hours")
        slider, said, command = (
            slide.get_by_role("slider"),
            slide.locator("output"),
            slide.locator(".exact code"),
        )
        stated = command.inner_text()
        assert stated == "kb check alone --set hours=7.746"
        slider.focus()
        page.keyboard.press("Home")
        assert "Fails" in said.inner_text()
        assert slide.locator("output .g-no").count() == 1
        low = slide.locator(".here circle").get_attribute("cx")
        page.keyboard.press("End")
        assert "Holds" in said.inner_text()
        assert slide.locator(".here circle").get_attribute("cx") != low
        assert slider.get_attribute("aria-valuetext") == "11.12 hours: P 1.00, interpolated, Holds"
        slide.get_by_role("button", name="Back to the stated value").click()
        assert command.inner_text() == stated


@pytest.mark.browser
def test_the_command_can_be_copied(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "check/alone.html"))
        slide = _slide(page, "hours")
        slide.get_by_role("button", name="Copy").click()
        assert slide.locator("[role=status]").inner_text() != ""


@pytest.mark.browser
def test_without_script_the_curve_and_its_numbers_stay(browser: Any, site: Path) -> None:
    with opened(browser, script=False) as page:
        page.goto(address(site, "check/walk.html"))
        assert page.locator("input[type=range]:visible").count() == 0
        assert page.get_by_role("button", name="Copy").count() == 0
        slide = page.locator(".slide").first
        assert slide.locator("svg.small").is_visible()
        slide.locator("summary").click()
        assert slide.locator("tbody tr:visible").count() == 41


@pytest.mark.browser
@pytest.mark.parametrize("name", ["walk", "read", "alone", "unrun", "fixed"])
def test_on_a_phone_no_text_of_a_chart_is_small_and_nothing_runs_over(
    browser: Any, site: Path, name: str
) -> None:
    with opened(browser, 390) as page:
        page.goto(address(site, f"check/{name}.html"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        sizes = page.evaluate(SIZES)
        assert all(size >= 12 for size in sizes), sizes
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_printed_the_sliders_go_and_the_curves_stay(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.emulate_media(media="print")
        page.goto(address(site, "check/walk.html"))
        assert page.locator("input[type=range]:visible").count() == 0
        assert page.locator(".slide svg:visible").count() == 3
