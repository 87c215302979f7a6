"""``kb rename`` and ``kb migrate``: every reference follows, and nothing else moves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import source
from kb.commands import opening
from kb.commands.drafts import Refused
from kb.commands.migrating import migrate
from kb.commands.renaming import rename
from kb.source.editing import replace_at
from tests.conftest import PROJECT, Ran

Kb = Callable[..., Ran]


def files(root: Path) -> dict[str, bytes]:
    found = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    return {path: text for path, text in found.items() if not path.startswith(".kb/")}


def errors(root: Path) -> list[str]:
    return [d.message for d in opening.open_base(root, cache=False).errors]


@pytest.fixture
def linked(small_base: Path) -> Path:
    """The small base, with every kind of reference to the claim tower-is-short."""
    (small_base / "towers/linked.yaml").write_text(
        """\
# tower-is-short is the one
claim: "All of it hangs together."   # as it were
status: draft
attacks:
- claim: tower-is-tall
  with: [tower-is-short]   # linked
undercuts:
- tower-is-climbed--supports--tower-is-short
- step: 'tower-steps > tower-is-short'
  id: cut-of-steps
assumes: [tower-is-short]
requires:
  - claim: "tower-is-short"

    because: It is needed.
same_evidence_as: [tower-is-short]
stance: {tower-is-short: for, tower-is-tall: against}
"""
    )
    assert not errors(small_base)
    return small_base


def test_every_reference_to_a_claim_follows_and_the_rest_stays(linked: Path, kb: Kb) -> None:
    before = files(linked)
    done = kb("rename", "tower-is-short", "tower-is-low", "--base", linked)
    assert done.code == 0, done.out + done.err
    after = files(linked)
    old = before["towers/linked.yaml"].decode()
    comment, rest = old.split("\n", 1)
    assert (
        after["towers/linked.yaml"].decode() == f"{comment}\n{rest.replace('tower-is-short', 'tower-is-low')}"
    )
    assert after["towers/tower-is-low.yaml"] == before["towers/tower-is-short.yaml"]
    assert "towers/tower-is-short.yaml" not in after
    assert after["kb.yaml"].decode() == before["kb.yaml"].decode().replace(
        "tower-is-short", "tower-is-low"
    ) + ("renamed:\n  tower-is-short: tower-is-low\n")
    assert "towers/linked.yaml:1" in done.out.replace("\\", "/")
    assert not errors(linked)


def test_a_trial_writes_nothing(linked: Path, kb: Kb) -> None:
    before = files(linked)
    done = kb("rename", "tower-is-short", "low", "--dry-run", "--base", linked, "--format", "json")
    assert (done.code, files(linked)) == (0, before)
    assert done.json["moved"] == {"towers/tower-is-short.yaml": "towers/low.yaml"}
    assert set(done.json["changed"]) == {"kb.yaml", "towers/linked.yaml", "towers/tower-is-climbed.yaml"}


@pytest.mark.parametrize(
    ("old", "kind"),
    [
        ("tower-height", "check"),
        ("guide-1999", "source"),
        ("tower-storeys", "quantity"),
        ("height", "question"),
        ("cut-of-steps", "inference"),
        ("tower-is-tall", "claim"),
    ],
)
def test_other_things_are_renamed_as_well(linked: Path, old: str, kind: str) -> None:
    assert rename(linked, old, "another-name").kind == kind
    assert not errors(linked)
    assert source.load(linked, cache=False).base.config.renamed == {old: "another-name"}
    again = rename(linked, "another-name", "yet-another")
    assert again.kind == kind
    assert not errors(linked)


def test_a_record_of_verdicts_goes_with_its_check(linked: Path, kb: Kb) -> None:
    assert kb("check", "--record", "--base", linked).code == 0
    rename(linked, "tower-height", "height-in-metres")
    moved = json.loads((linked / "results/height-in-metres.json").read_text())
    assert moved["check"] == moved["entries"][0]["result"]["check"] == "height-in-metres"
    assert not (linked / "results/tower-height.json").exists()
    history = kb("history", "height-in-metres", "--base", linked)
    assert (history.code, "holds" in history.out) == (0, True)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("tower-is-shor", "low", "did you mean tower-is-short"),
        ("tower-is-short", "Low", "is not an id"),
        ("tower-is-short", "tower-height", "taken"),
        ("tower-is-short", "tower-is-short", "called that already"),
        ("tower-is-short", "con", "device"),
    ],
)
def test_what_cannot_be_renamed_is_refused(linked: Path, old: str, new: str, why: str) -> None:
    before = files(linked)
    with pytest.raises(Refused, match=why):
        rename(linked, old, new)
    assert files(linked) == before


def test_an_old_id_is_not_given_again(linked: Path) -> None:
    rename(linked, "tower-is-short", "low")
    with pytest.raises(Refused, match="taken, or was once"):
        rename(linked, "low", "tower-is-short")
    with pytest.raises(Refused, match="was renamed to low already"):
        rename(linked, "tower-is-short", "lower")


def test_all_of_it_or_nothing(linked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb import store

    write = store.write_atomic
    written: list[Path] = []

    def full(path: Path, data: bytes | str) -> None:
        if path.suffix == ".yaml" and len(written) == 2:
            written.append(path)
            raise OSError(28, "No space left on device", str(path))
        written.extend([path] if path.suffix == ".yaml" else [])
        write(path, data)

    before = files(linked)
    monkeypatch.setattr(store, "write_atomic", full)
    with pytest.raises(OSError, match="No space left"):
        rename(linked, "tower-is-short", "low")
    assert files(linked) == before


def test_any_id_of_a_large_base_can_be_renamed(tmp_path: Path) -> None:
    """The shipped base in a copy: the most used of each kind of thing."""
    import shutil

    root = tmp_path / "claims"
    shutil.copytree(PROJECT / "claims", root, ignore=shutil.ignore_patterns(".kb"))
    base = source.load(root, cache=False).base
    cited = [found.source for claim in base.claims.values() for found in claim.evidence]
    argued = [step.conclusion for claim in base.claims.values() for step in claim.steps]
    used = [bearing.check for claim in base.claims.values() for bearing in claim.checks]
    tables = sorted(base.tables)[:1]
    for names in (cited, argued, used, tables):
        name = max(sorted(set(names)), key=names.count)
        rename(root, name, f"{name[:50]}-anew")
    assert not errors(root)
    after = source.load(root, cache=False).base
    for shelf in ("claims", "checks", "sources", "quantities", "tables"):
        assert len(getattr(after, shelf)) == len(getattr(base, shelf))


# --- migrate ------------------------------------------------------------------


def test_the_newest_format_is_left_as_it_is(small_base: Path, kb: Kb) -> None:
    before = files(small_base)
    done = kb("migrate", "--base", small_base)
    assert (done.code, files(small_base)) == (0, before)
    assert "format 1, the newest" in done.out


def test_a_base_goes_through_each_step_at_once(small_base: Path) -> None:
    def shout(kind: str, text: str) -> str:
        return text.replace("Rivet", "RIVET") if kind == "source" else text

    def mark(kind: str, text: str) -> str:
        return replace_at(text, ("title",), "A new title") if kind == "base" else text

    kb_yaml = small_base / "kb.yaml"
    kb_yaml.write_text(kb_yaml.read_text().replace("format: 1", "format: 1 # the first"))
    before = files(small_base)
    steps = {1: shout, 2: mark}
    trial = migrate(small_base, trial=True, steps=steps, newest=3)
    assert files(small_base) == before
    done = migrate(small_base, steps=steps, newest=3)
    assert trial == done
    assert (done.before, done.after, done.changed) == (1, 3, ("kb.yaml", "sources/guide-1999.yaml"))
    assert "RIVET" in (small_base / "sources/guide-1999.yaml").read_text()
    assert kb_yaml.read_text().startswith("format: 3 # the first\ntitle: A new title\n")


@pytest.mark.parametrize(
    ("config", "why"),
    [("format: 2\ntitle: x\n", "format 2"), ("title: x\n", "names no format"), ("a: [", "kb.yaml:2")],
)
def test_a_base_that_cannot_be_migrated_is_refused(small_base: Path, kb: Kb, config: str, why: str) -> None:
    (small_base / "kb.yaml").write_text(config)
    done = kb("migrate", "--base", small_base, "--format", "json")
    assert (done.code, why in done.json["error"]) == (2, True), done.out
