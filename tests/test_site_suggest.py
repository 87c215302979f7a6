"""The form for a new claim: the file that it writes, the rules that it checks, where it sends a reader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.graph import argument_map
from kb.model import Config
from kb.resources import schema_folder
from kb.site import build, repository
from kb.site.pages.suggest import KINDS
from kb.site.repository import Place, place_of
from kb.source.ids import malformed
from kb.source.loading import load
from kb.source.reader import read_yaml
from kb.source.schemas import misfits
from kb.source.unseen import without
from tests import site_demo
from tests.conftest import SMALL_BASE, Ran, write_base
from tests.test_site_browser import opened

browser_test = pytest.mark.browser
GITHUB = Config("t", repository="https://github.com/o/r.git")
TARGET = "suggest.html#to=tower-is-tall&as=attacks"


def rendered(root: Path, out: Path, settings_of: str = "") -> Path:
    """The site of the small base, with further lines in its kb.yaml."""
    files = {**SMALL_BASE, "kb.yaml": SMALL_BASE["kb.yaml"] + settings_of}
    files["towers/tower-is-round.yaml"] = (
        "claim: The tower is round.\ntitle: The tower is round\norigin: ours\n"
        "checkable: {no: It is a shape.}\n"
        "undercuts: [tower-is-climbed--supports--tower-is-short]\ntags: [shape, size]\n"
    )
    loaded = load(write_base(root, files), cache=False)
    assert not list(loaded.diagnostics)
    amap = argument_map(loaded.base)
    build(*site_demo.solved(loaded.base, {}), out)
    assert amap.undercuts
    return out


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("suggest")
    return rendered(home / "base", home / "site", "repository: https://github.com/owner/towers\n")


def form(page: Any, site: Path, where: str = TARGET) -> Any:
    path, _, fragment = where.partition("#")
    page.goto(f"{(site / path).as_uri()}#{fragment}")
    page.wait_for_selector("#desk:not([hidden])")
    return page


@pytest.fixture(scope="module")
def tool(browser: Any, site: Path) -> Iterator[Any]:
    """A page on which the functions that write and check files are called."""
    with opened(browser) as page:
        form(page, site)
        text = (site / "suggest" / "schemas.js").read_text(encoding="utf-8")
        shipped = json.loads(text.removeprefix("kbSuggest.schemas(").removesuffix(");\n"))
        assert set(shipped) == set(KINDS)
        page.evaluate("rules => { window.rules = rules; }", shipped)
        yield page


# The file


HOSTILE = (
    "no", "yes", "Null", "~", "true", "1e5", "012", "0x1F", "2024-04-06", ".inf", "-", "- a", "-- dash",
    "---", "...", "? what", ": colon", "a: b", "ends with:", "a #b", "#b", "# yaml", "%TAG", "&anchor",
    "*alias", "!tag", "| bar", "> fold", "[a, b]", "{a: b}", "a, b", "'single'", '"double"',
    'both \' and "', "back\\slash", "\\n", "a\tb", "naïve – “quoted” …", "😀 emoji 👩‍👩‍👧", "العربية",
    "漢字かな", "e\u0301", "\u200bzero width", "a\u00a0b", "a\u2028b", "\ufeffbom", "\x07bell", "\x85nel",
    "first\nsecond", "first\n\nthird\n", " led\nby space", "a\n b\n c", "trailing \nspace", "cr\r\nlf",
    "\n", "word " * 60 + "end", "x" * 30_000, "<script>alert(1)</script>", "${x} `y`", "@at", "=1+1",
)  # fmt: skip


def document(text: str) -> dict[str, Any]:
    return {
        "title": text,
        "claim": f"{text} x",
        "status": "draft",
        "tags": ["a", "no", "1e5"],
        "evidence": [{"source": "guide-1999", "at": text}],
        "attacks": [{"claim": "tower-is-tall", "strength": "strong", "because": text}],
        "notes": text,
    }


def read(file: str) -> Any:
    """What kb reads in a file, which has to be sound."""
    value, trouble = read_yaml(file, "f")
    assert list(trouble) == []
    return value


def written(page: Any, fields: dict[str, Any]) -> str:
    text = page.evaluate("fields => kbFile.yaml(fields, '../schema/claim.schema.json')", fields)
    assert isinstance(text, str)
    return text


@browser_test
def test_every_text_that_a_reader_may_type_passes_kb_validate(
    tool: Any, tmp_path: Path, kb: Callable[..., Ran]
) -> None:
    base = write_base(tmp_path / "base", SMALL_BASE)
    for number, text in enumerate(hostile for hostile in HOSTILE if hostile.strip("\n")):
        file = written(tool, document(text))
        assert read(file) == without(document(text))
        (base / "towers" / f"hostile-{number}.yaml").write_text(file, encoding="utf-8", newline="\n")
    ran = kb("validate", "--base", base)
    assert ran.code == 0, ran.out
    assert " error" not in ran.out


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.sampled_from(HOSTILE)
long_texts = st.lists(st.text("ab :#-'\"\n\\é", min_size=1, max_size=90), max_size=60).map(" ".join)
values = st.recursive(
    texts | long_texts | st.integers(-(2**53), 2**53) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcde"), inner, max_size=4),
    max_leaves=8,
)


@browser_test
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    fields=st.dictionaries(
        st.sampled_from(["title", "claim", "notes", "tags", "evidence"]), values, min_size=1
    )
)
def test_the_file_reads_back_as_it_was_filled_in(tool: Any, fields: dict[str, Any]) -> None:
    file = written(tool, fields)
    assert read(file) == without(fields)
    assert max(map(len, file.splitlines())) < 20_000


@browser_test
def test_the_file_looks_like_those_of_the_base(tool: Any) -> None:
    sentence = "The tower’s shadow, at noon, covers " + "the square and " * 10 + "the hill."
    made = written(
        tool,
        {
            "title": "Its shadow: a test",
            "claim": sentence,
            "tags": ["size", "shape"],
            "evidence": [{"source": "guide-1999", "at": "p1"}],
            "notes": "One.\n\nTwo.",
        },
    )
    lines = made.splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../schema/claim.schema.json"
    assert lines[1:3] == ['title: "Its shadow: a test"', "claim: >-"]
    assert "tags: [size, shape]" in lines
    assert lines[-6:] == ["  - source: guide-1999", "    at: p1", "notes: |-", "  One.", "", "  Two."]
    assert max(map(len, lines)) <= 113


# The rules


def faults(found: list[dict[str, Any]], value: Any) -> set[tuple[tuple[Any, ...], str]]:
    """Faults of the page in kb's terms, which has a rule of its own for a field that holds nothing."""
    return {
        (
            tuple(f["path"]),
            "null" if f["kind"] in ("type", "word") and _at(value, f["path"]) is None else f["kind"],
        )
        for f in found
    }


def _at(value: Any, path: list[Any]) -> Any:
    for step in path:
        value = value[step]
    return value


RULES = {
    "KB020": "unknown",
    "KB021": "missing",
    "KB022": "type",
    "KB023": "word",
    "KB024": "form",
    "KB026": "one",
    "KB027": "null",
    "KB028": "twice",
}


def expected(kind: str, value: Any) -> set[tuple[tuple[Any, ...], str]]:
    return {
        ((*m.path, m.meant) if m.rule == "KB021" else m.path, RULES[m.rule]) for m in misfits(kind, value)
    }


junk: st.SearchStrategy[Any] = st.sampled_from(
    ["", " ", "x", "good-id", "Bad Id", "strong", 3, 0.5, -1, True, None, [], {}, ["a", "a"]]
)
ids = st.sampled_from(["good-id", "a", "UPPER", "a-b > c-d", "", 7])
link = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("claim", "step", "strength", "because", "with", "id", "zzzzzzzz"), junk | ids),
)
claims = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("title", "claim", "status", "origin", "prior", "notes", "question", "zzzz"), junk),
        "tags": junk | st.lists(st.sampled_from(["a", "B", "c c"]), max_size=3),
        "evidence": junk
        | st.lists(
            junk
            | st.fixed_dictionaries({}, optional={"source": ids, "at": junk, "role": junk, "quote": junk}),
            max_size=2,
        ),
        **{
            name: junk | st.lists(junk | ids | link, max_size=2)
            for name in ("supports", "attacks", "undercuts")
        },
        "stance": junk | st.dictionaries(st.sampled_from(["good-id", "a", "UPPER"]), junk, max_size=2),
        "forecast": junk
        | st.fixed_dictionaries({}, optional={"by": junk, "probability": junk, "check": ids}),
    },
)
people = st.fixed_dictionaries({}, optional={"family": junk, "given": junk, "literal": junk})
sources = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("title", "type", "volume", "publisher", "zzzzzzzz"), junk),
        "author": junk | st.lists(junk | people, max_size=2),
        "issued": junk | st.sampled_from(["2024", "2024-13", "2024-04-06", 2024, 12]),
        "URL": junk | st.sampled_from(["https://a", "http://a b", "javascript:x", "https://é/x"]),
    },
)


@browser_test
@pytest.mark.parametrize(("kind", "strategy"), [("claim", claims), ("source", sources)])
def test_the_page_finds_what_kb_finds_in_a_file(tool: Any, kind: str, strategy: Any) -> None:
    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(value=strategy)
    def compared(value: Any) -> None:
        found = tool.evaluate("([kind, value]) => kbFile.check(rules, kind, value)", [kind, value])
        assert faults(found, value) == expected(kind, value)
        assert all(fault["words"].strip().endswith(".") for fault in found)

    compared()


@browser_test
def test_a_rule_that_the_page_does_not_know_is_no_silent_pass(tool: Any) -> None:
    schemas = {"claim": {"dependentRequired": {"a": ["b"]}}, "common": {}}
    assert tool.evaluate(
        "schemas => { try { kbFile.check(schemas, 'claim', {}); } catch (error) { return error.message; } }",
        schemas,
    ).endswith("dependentRequired")


# Names and addresses


@browser_test
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=texts, taken=st.lists(st.sampled_from(["no", "new-claim", "a-b", "con"]), unique=True))
def test_a_proposed_id_is_well_formed_and_free(tool: Any, words: str, taken: list[str]) -> None:
    found = tool.evaluate(
        "([words, taken]) => kbFile.freeId(words, new Set(taken))", [words, [*taken, "con", "aux"]]
    )
    assert found not in taken
    assert found in ("prn", "nul") or malformed(found) is None or re.fullmatch(r"(com|lpt)\d", found)


@browser_test
def test_the_claims_are_looked_up_in_the_shard_that_the_site_puts_them_in(tool: Any) -> None:
    from zlib import crc32

    for name in ("tower-is-tall", "a0", "x" * 63):
        for count in (1, 2, 7, 1000):
            assert tool.evaluate("([n, c]) => kbFile.shardOf(n, c)", [name, count]) == (
                crc32(f"claim/{name}.html".encode()) % count
            )


def test_addresses_of_each_kind_of_host() -> None:
    place = Place("claims")
    file = "cost/a b.yaml"
    cases = {
        "https://github.com/o/r": (
            "https://github.com/o/r/edit/dev/x/claims/cost/a%20b.yaml",
            "https://github.com/o/r/commits/dev/x/claims/cost/a%20b.yaml",
            "https://github.com/o/r/new/dev/x/claims",
        ),
        "https://gitlab.com/o/r/": (
            "https://gitlab.com/o/r/-/edit/dev/x/claims/cost/a%20b.yaml",
            "https://gitlab.com/o/r/-/commits/dev/x/claims/cost/a%20b.yaml",
            "https://gitlab.com/o/r/-/new/dev/x/claims",
        ),
        "https://codeberg.org/o/r": (
            "https://codeberg.org/o/r/_edit/dev/x/claims/cost/a%20b.yaml",
            "https://codeberg.org/o/r/commits/branch/dev/x/claims/cost/a%20b.yaml",
            "https://codeberg.org/o/r/_new/dev/x/claims",
        ),
    }
    for address, (edit, history, new) in cases.items():
        config = Config("t", repository=address, branch="dev/x")
        assert repository.edit(config, place, file) == edit
        assert repository.history(config, place, file) == history
        assert repository.new_file(config, place)["address"] == new


def test_a_host_of_ones_own_is_named_in_the_settings() -> None:
    unknown = Config("t", repository="https://code.example.org/o/r")
    assert repository.edit(unknown, Place("claims"), "a.yaml") == ""
    assert repository.new_file(unknown, Place())["address"] == "https://code.example.org/o/r"
    named = Config("t", repository="https://code.example.org/o/r", host="forgejo")
    assert repository.edit(named, Place(), "a.yaml") == "https://code.example.org/o/r/_edit/main/a.yaml"
    assert repository.new_file(Config("t"), Place()) == {}
    assert repository.new_file(Config("t", repository="javascript:alert(1)"), Place()) == {}


def test_the_folder_of_a_base_is_its_place_in_the_repository(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "claims"
    (inner / "schema").mkdir(parents=True)
    assert place_of(inner) == Place("claims", True)
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert place_of(inner) == Place("a/claims", True)
    assert place_of(tmp_path) == Place("", False)


def test_the_setting_of_a_host_is_read(tmp_path: Path) -> None:
    lines = "repository: https://code.example.org/o/r\nhost: gitlab\n"
    root = write_base(tmp_path / "base", {**SMALL_BASE, "kb.yaml": SMALL_BASE["kb.yaml"] + lines})
    assert load(root, cache=False).base.config.host == "gitlab"
    allowed = json.loads((schema_folder() / "base.schema.json").read_text())["properties"]["host"]["enum"]
    assert all(
        repository.new_file(Config("t", repository="https://x.example", host=name), Place())["name"]
        for name in allowed
    )


@browser_test
@pytest.mark.parametrize(
    ("repo", "text_field", "name_field"),
    [
        ("https://github.com/o/r", "value", "filename"),
        ("https://gitlab.com/o/r", "", "file_name"),
        ("https://codeberg.org/o/r", "value", "filename"),
    ],
)
def test_the_hosts_page_gets_the_name_and_the_text(
    tool: Any, repo: str, text_field: str, name_field: str
) -> None:
    host = repository.new_file(Config("t", repository=repo), Place("claims"))
    text = "title: a & b = “c” #d +e\nclaim: 100 % 😀\n"
    call = "([host, text]) => kbFile.newFile(host, 'cost & more/x', 'id.yaml', text)"
    found = tool.evaluate(call, [host, text])
    parts = urlsplit(found["url"])
    assert unquote(parts.path).endswith("/main/claims/cost & more/x")
    asked = {name: value[0] for name, value in parse_qs(parts.query).items()}
    assert asked == {name_field: "id.yaml", **({text_field: text} if text_field else {})}
    assert found["filled"] is bool(text_field)
    long = tool.evaluate(call, [host, "x" * 8000])
    assert (long["filled"], long["tooLong"]) == (False, bool(text_field))
    assert len(long["url"]) < 200


# The form


def fill(page: Any, **fields: str) -> None:
    for name, text in fields.items():
        page.fill(f"#{name.replace('_', '-')}", text)


@browser_test
def test_a_counter_claim_is_written_by_keyboard_and_saved(
    browser: Any, site: Path, tmp_path: Path, kb: Callable[..., Ran]
) -> None:
    with opened(browser) as page:
        page.goto((site / "claim/tower-is-tall.html").as_uri())
        page.get_by_role("link", name="Suggest a counter-claim").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#desk:not([hidden])")
        assert page.locator("h1").inner_text() == "Suggest a counter-claim"
        assert "The tower is tall" in page.locator("#about").inner_text()
        page.focus("#title")
        for text in ("Its base is: sunk", "The tower’s base lies ten metres under ground."):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Tab")  # past the choice of the relation
        page.keyboard.press("ArrowDown")  # weak to moderate
        page.keyboard.press("Tab")
        page.keyboard.type("Height counts from the ground.")
        with page.expect_download() as download:
            page.focus("#claim-save")
            page.keyboard.press("Enter")
        assert download.value.suggested_filename == "its-base-is-sunk.yaml"
        saved = Path(download.value.path()).read_text(encoding="utf-8")
        assert saved == page.locator("#claim-text").text_content()
        assert page.locator("#claim-status").inner_text() == "Saved as its-base-is-sunk.yaml."
    base = write_base(tmp_path / "base", SMALL_BASE)
    (base / "towers" / "its-base-is-sunk.yaml").write_text(saved, encoding="utf-8")
    assert kb("validate", "--base", base).code == 0
    value = read(saved)
    assert value == {
        "title": "Its base is: sunk",
        "claim": "The tower’s base lies ten metres under ground.",
        "status": "draft",
        "origin": "ours",
        "attacks": [
            {"claim": "tower-is-tall", "strength": "moderate", "because": "Height counts from the ground."}
        ],
    }


@browser_test
def test_faults_show_at_their_fields_and_hold_the_file_back(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        form(page, site)
        assert page.locator("[aria-invalid]").count() == 0
        page.click("#claim-copy")
        assert page.evaluate("document.activeElement.id") == "faults"
        assert page.locator("#faults li").all_inner_texts() == ["The claim in full: This is needed."]
        assert page.get_attribute("#claim", "aria-invalid") == "true"
        assert "claim-fault" in page.get_attribute("#claim", "aria-describedby")
        page.click("#faults a")
        assert page.evaluate("document.activeElement.id") == "claim"
        fill(page, claim="It leans.", tags="Size, size", id="tower-is-short")
        assert page.locator("#tags-fault").inner_text() == "Write small letters, digits and hyphens."
        assert "tower-is-short-2" in page.locator("#id-fault").inner_text()
        fill(page, tags="size", id="it-leans")
        assert page.locator("[aria-invalid]").count() == 0
        assert page.locator("#faults").is_hidden()
        fill(page, title="", notes="", claim="")
        page.check("input[value=undercuts]")
        page.click("#claim-copy")
        named = [text.split(":")[0] for text in page.locator("#faults li").all_inner_texts()]
        assert named == ["The claim in full", "Which step"]
        assert page.input_value("#strength") == "decisive"
        page.check("input[value=attacks]")
        assert page.input_value("#strength") == "weak"
        fill(page, claim="It leans.")
        page.select_option("#strength", "strong")
        page.focus("#because")
        page.click("#claim-copy")
        assert page.locator("#because-fault").inner_text() == "Better: Say why it is strong."
        fill(page, title="x" * 61)
        assert "61 characters, and 60 are enough" in page.locator("#title-fault").inner_text()
        assert page.get_attribute("#claim-host", "href").startswith(
            "https://github.com/owner/towers/new/main/base/towers?filename=it-leans.yaml&value="
        )


@browser_test
def test_an_undercut_names_a_step_and_a_new_source_is_a_second_file(
    browser: Any, site: Path, tmp_path: Path, kb: Callable[..., Ran]
) -> None:
    with opened(browser, 390, dark=True) as page:
        page.goto((site / "claim/tower-is-short.html").as_uri())
        page.get_by_role("link", name=re.compile("Undercut this step from “Visitors")).click()
        page.wait_for_selector("#desk:not([hidden])")
        assert page.input_value("#step") == "tower-is-climbed--supports--tower-is-short"
        steps = page.locator("#step option").evaluate_all("all => all.map(one => one.value)")
        assert steps[1:] == [
            "tower-is-climbed--supports--tower-is-short",
            "tower-steps > tower-is-short",
            "tower-is-round--undercuts--tower-is-climbed--supports--tower-is-short",
        ]
        fill(page, title="Lifts", claim="Visitors take a lift.")
        page.select_option("#source", "+")
        fill(page, source_title="Lifts: a history", source_author="Otis, Elisha\nLift Company", place="p4")
        fill(page, source_issued="1999-13", source_url="www.example.org")
        page.click("#source-copy")
        assert page.locator("#faults li").count() == 2
        fill(page, source_issued="1999", source_url="https://example.org/lifts")
        assert page.locator("#source-path").inner_text() == "base/sources/otis-1999.yaml"
        texts = {
            "sources/otis-1999.yaml": page.locator("#source-text").text_content(),
            "towers/lifts.yaml": page.locator("#claim-text").text_content(),
        }
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    base = write_base(tmp_path / "base", {**SMALL_BASE, **texts})
    ran = kb("validate", "--base", base)
    assert ran.code == 0, ran.out
    source = read(texts["sources/otis-1999.yaml"])
    assert source["author"] == [{"family": "Otis", "given": "Elisha"}, {"literal": "Lift Company"}]
    claim = read(texts["towers/lifts.yaml"])
    assert claim["undercuts"] == [{"step": "tower-is-climbed--supports--tower-is-short"}]
    assert claim["evidence"] == [{"source": "otis-1999", "at": "p4"}]
    assert "origin" not in claim


@browser_test
def test_the_draft_survives_a_reload_until_the_form_is_emptied(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        form(page, site)
        page.check("input[value=supports]")
        fill(page, title="Kept", claim="It is kept.", notes="One.\n\nTwo.")
        before = page.locator("#claim-text").text_content()
        page.goto((site / "index.html").as_uri())
        form(page, site, "suggest.html#to=tower-is-tall")
        assert page.locator("#claim-text").text_content() == before
        assert "|-\n  One.\n\n  Two.\n" in before
        form(page, site, "suggest.html#to=tower-is-short&as=attacks")
        page.reload()
        page.wait_for_selector("#desk:not([hidden])")
        assert page.input_value("#title") == ""
        form(page, site, "suggest.html#to=tower-is-tall")
        page.reload()
        page.wait_for_selector("#desk:not([hidden])")
        page.click("#clear")
        assert page.input_value("#title") == ""
        page.reload()
        page.wait_for_selector("#desk:not([hidden])")
        assert page.input_value("#title") == ""


@browser_test
def test_the_form_works_where_nothing_can_be_stored(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.add_init_script(
            "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('refused'); }})"
        )
        form(page, site)
        fill(page, title="Not kept", claim="It is not kept.")
        assert "title: Not kept" in page.locator("#claim-text").text_content()
    with opened(browser) as page:
        page.add_init_script(
            "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }"
        )
        form(page, site)
        fill(page, title="Too much", claim="There is no room.")
        assert "title: Too much" in page.locator("#claim-text").text_content()


@browser_test
def test_a_copy_is_what_the_page_shows(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        form(page, site)
        fill(page, title="Copied", claim="It is copied.")
        page.click("#claim-copy")
        page.locator("#claim-status", has_text="Copied.").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == page.locator("#claim-text").text_content()


@browser_test
def test_a_text_too_long_for_an_address_is_copied_instead(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        form(page, site)
        fill(page, title="Long", claim="It is long.", notes="word " * 2000)
        assert page.get_attribute("#claim-host", "href").endswith("?filename=long.yaml")
        assert "too long" in page.locator("#claim-note").inner_text()


@browser_test
@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ("", None),
        ("repository: https://gitlab.com/o/r\n", "Open on GitLab"),
        ("repository: https://code.example.org/o/r\n", "Open the repository"),
    ],
)
def test_other_hosts_and_none(browser: Any, tmp_path: Path, lines: str, shown: str | None) -> None:
    site = rendered(tmp_path / "base", tmp_path / "site", lines)
    with opened(browser) as page:
        form(page, site)
        if shown is None:
            assert page.locator("#claim-host").count() == 0
            assert "kb validate" in page.locator("#claim-note").inner_text()
        else:
            assert page.locator("#claim-host").inner_text() == shown
            assert "paste it there" in page.locator("#claim-note").inner_text()


@browser_test
@pytest.mark.parametrize("fragment", ["", "to=", "to=no-such-claim&as=attacks", "to=__proto__"])
def test_an_address_without_a_claim_says_what_to_do(browser: Any, site: Path, fragment: str) -> None:
    with opened(browser) as page:
        page.goto(f"{(site / 'suggest.html').as_uri()}#{fragment}")
        page.wait_for_selector("#lost:not([hidden])")
        assert "Open the claim" in page.locator("#lost").inner_text()
        assert page.locator("#desk").is_hidden()


@browser_test
def test_the_skip_link_keeps_the_draft(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        form(page, site)
        fill(page, title="Kept")
        page.evaluate("location.hash = '#main'")
        page.wait_for_url("**#to=tower-is-tall*")
        assert page.input_value("#title") == "Kept"


@browser_test
def test_without_script_the_page_says_how_to_write_the_file(browser: Any, site: Path) -> None:
    with opened(browser, 390, script=False) as page:
        page.goto((site / "suggest.html").as_uri())
        assert page.locator("form").is_hidden()
        example = page.locator("section.prose pre code").inner_text()
        assert misfits("claim", read(example)) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
