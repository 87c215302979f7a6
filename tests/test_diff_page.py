"""``kb diff``: the page with both maps, and what is said where a state of the base is broken."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import html5lib
import pytest

from kb import checks
from kb.commands.diff import BrokenRevision, diff
from kb.commands.opening import open_base
from kb.review import base_at
from tests.conftest import SMALL_BASE, Ran, write_base
from tests.site_html import HTML, faults
from tests.test_diff import CLIMBED, EDITS, LEANS, SHORT, TALL, commit, git, put
from tests.test_site_axe import violations

Kb = Callable[..., Ran]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tagged states: as it was, with edits of many kinds, and with errors; the last is checked out."""
    top = tmp_path_factory.mktemp("repository")
    root = write_base(top / "claims", SMALL_BASE)
    (top / ".gitignore").write_text(".kb/\n", "utf-8")
    git(top, "init", "-q")
    commit(top)
    git(top, "tag", "start")
    EDITS["a number of a check is changed"].edit(root)
    put(root, SHORT, "a hill nearby", "any <hill> & mountain")
    (root / CLIMBED).unlink()
    write_base(root, {"towers/tower-leans.yaml": LEANS})
    commit(top)
    git(top, "tag", "edited")
    put(root, SHORT, "attacks: [tower-is-tall]", "attacks: [no-such-claim]")
    commit(top)
    git(top, "tag", "broken")
    return top


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return diff(repository / "claims", "start", "edited").html()


def texts(page: str, kind: str) -> list[str]:
    """The words of each element of a class, in their order."""
    found = html5lib.parse(page).iter()
    return [
        " ".join("".join(each.itertext()).split()) for each in found if kind in each.get("class", "").split()
    ]


def test_the_page_is_valid_and_loads_nothing(page: str) -> None:
    parsed: Any = html5lib.HTMLParser(strict=True).parse(page)
    assert [fault for fault in faults(Path("diff.html"), parsed) if "style" not in fault] == []
    [style] = parsed.iter(f"{HTML}style")
    policy = re.search(r"default-src 'none'; style-src 'sha256-([^']+)'; img-src data:;", page)
    assert policy
    assert policy[1] == b64encode(sha256(style.text.encode()).digest()).decode()
    assert not re.search(r"<script|<img|\bsrc=|\bon\w+=|\sstyle=|url\((?!\"?data:|%23)", page)
    assert "any &lt;hill&gt; &amp; mountain" in page
    assert "<hill>" not in page


def test_both_maps_face_each_other_and_say_what_was_done(page: str) -> None:
    rows = texts(page, "pair")[1:]
    [leans] = [row for row in rows if "The tower leans" in row]
    assert "Not there before" in leans
    assert "+ Added" in leans
    assert [row for row in rows if row.endswith("− Removed")]
    [short] = [row for row in rows if "any <hill> & mountain" in row]
    assert "a hill nearby" in short.partition("After:")[0]
    assert "~ Changed" in short
    [tall] = [row for row in rows if "Thesis" in row and "Its standing changes" in row]
    assert "Stands" in tall.partition("After:")[0]
    assert "Falls" in tall.partition("After:")[2]


def test_what_moves_comes_first_with_its_way(page: str) -> None:
    turns = texts(page, "turn")
    assert turns[0].startswith("Stands")
    assert "becomes Falls" in turns[0]
    assert any("Holds" in turn and "becomes Fails" in turn for turn in turns)
    assert page.index('id="moves"') < page.index('class="asked"') < page.index('id="all"')


def test_the_page_of_no_change_says_so(repository: Path) -> None:
    page = diff(repository / "claims", "start", "start").html()
    assert "Nothing that is said differs" in page
    assert texts(page, "pair") == []


def test_what_is_renamed_keeps_its_place(repository: Path, tmp_path: Path) -> None:
    """A question and a claim under other ids; the claim's card tells of its relation that went."""
    git(tmp_path, "clone", "-q", str(repository), "clone")
    root = tmp_path / "clone" / "claims"
    git(root, "checkout", "-q", "start")
    put(root, "kb.yaml", "id: height", "id: tallness")
    lines = (root / SHORT).read_text("utf-8").splitlines(keepends=True)
    (root / "towers/tower-is-low.yaml").write_text(
        "".join(line for line in lines if not line.startswith("attacks:")), "utf-8"
    )
    (root / SHORT).unlink()
    put(root, "kb.yaml", "tower-is-short", "tower-is-low")
    for file in (CLIMBED, TALL):
        text = (root / file).read_text("utf-8")
        (root / file).write_text(text.replace("tower-is-short", "tower-is-low"), "utf-8")
    page = diff(root, "start").html()
    assert page.count('class="asked"') == 1
    assert "Question renamed" in page
    [low] = [row for row in texts(page, "pair")[1:] if "Renamed" in row and "Question" not in row]
    assert "− Relation removed" in low


@pytest.mark.browser
def test_the_page_suits_everybody(page: str, tmp_path: Path, axe: Any, browser: Any) -> None:
    file = tmp_path / "diff.html"
    file.write_text(page, "utf-8")
    for width, scheme in ((1280, "light"), (390, "dark")):
        opened = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        opened.goto(file.as_uri())
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(axe, opened) == []
        opened.close()


def test_the_page_goes_where_it_is_asked_to(repository: Path, kb: Kb, tmp_path: Path, page: str) -> None:
    base, out = ("--base", repository / "claims"), tmp_path / "change.html"
    ran = kb("diff", "start", "edited", *base, "--format", "html", "--out", out)
    assert (ran.code, ran.out) == (0, "")
    assert out.read_text("utf-8") == page
    ran = kb("diff", "start", "edited", *base, "--out", out)
    assert ran.code == 2
    assert "--out needs --format" in ran.err


# --- broken states ------------------------------------------------------------------


def test_a_comment_says_which_state_is_broken(repository: Path, kb: Kb) -> None:
    put(repository / "claims", TALL, "checks:", "cheks:")
    base = ("--base", repository / "claims")
    try:
        with pytest.raises(BrokenRevision) as caught:
            diff(repository / "claims", "broken")
        ran = kb("diff", "broken", *base, "--format", "markdown")
        data = kb("diff", "start", "broken", *base, "--format", "json")
    finally:
        git(repository, "checkout", "-q", "--", ".")
    assert [each.when for each in caught.value.broken] == ["after the change", "before the change"]
    assert ran.code == 1
    assert ran.out.startswith("## From broken to the files as they are\n\nThe base after the change (")
    assert "the base before the change (broken) has 2 errors, so nothing was compared" in ran.out
    assert ran.out.count("**!** KB101") == 2
    assert "cheks" in ran.out
    assert data.code == 1
    [state] = json.loads(data.out)["broken"]
    assert state["name"] == "broken"
    assert {found["rule"] for found in state["diagnostics"]} == {"KB101", "KB106"}


def test_errors_of_an_earlier_state_are_shown_with_its_own_lines(repository: Path, kb: Kb) -> None:
    git(repository, "checkout", "-q", "edited")
    ran = kb("diff", "broken", "--base", repository / "claims")
    assert (ran.code, ran.out) == (1, "")
    assert "| attacks: [no-such-claim]" in ran.err
    assert "Errors before the change (broken):" in ran.err
    assert "compare with another revision" in ran.err


def test_a_check_that_moves_keeps_its_result(repository: Path) -> None:
    root = repository / "claims"
    git(repository, "checkout", "-q", "edited")
    (root / "checks/heights").mkdir()
    (root / "checks/tower-height.yaml").rename(root / "checks/heights/tower-height.yaml")
    try:
        files = (base_at(root, "edited").files, None)
        states = [open_base(root, cache=False, files=each).base for each in files]
        assert diff(root, "edited").comparison.changes == ()
    finally:
        git(repository, "stash", "-q", "-u")
    keys = [checks.key(base, base.checks["tower-height"]) for base in states]
    assert keys[0] == keys[1]
