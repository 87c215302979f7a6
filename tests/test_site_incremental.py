"""Whatever changes in a base, the site brought up to date is the site built afresh, byte for byte."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import resources
from kb.model import (
    ArgumentMap,
    Base,
    Bearing,
    Claim,
    Dependence,
    Evidence,
    Record,
    Source,
    Step,
    Undercut,
    Verdict,
)
from kb.site import build, manifest, staging
from kb.site.pages import claim as claim_page
from kb.site.view import view_of
from kb.standing import Accounts
from tests import site_demo, site_demo_measurements, site_synthetic
from tests.conftest import PROJECT

Known = dict[str, Record]
Demo = tuple[Base, ArgumentMap, Known, Accounts]
Edit = Callable[[Random, Base, Known], tuple[Base, Known]]


def _some(rng: Random, ids: object) -> str:
    return rng.choice(sorted(ids))  # type: ignore[call-overload,no-any-return]


def _edited(base: Base, changed: Claim) -> Base:
    return replace(base, claims={**base.claims, changed.id: changed})


def claim_edit(change: Callable[[Random, Base, Claim], Claim]) -> Edit:
    """An edit of one claim, chosen at random."""

    def edit(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
        return _edited(base, change(rng, base, base.claims[_some(rng, base.claims)])), known

    edit.__name__ = change.__name__
    return edit


def reword(rng: Random, base: Base, claim: Claim) -> Claim:
    return replace(claim, text=f"Said in other words, {rng.random()}.")


def retitle(rng: Random, base: Base, claim: Claim) -> Claim:
    return replace(claim, title=rng.choice(["", f"Title {rng.random()}"]))


def annotate(rng: Random, base: Base, claim: Claim) -> Claim:
    return replace(claim, notes=f"Note {rng.random()}.", tags=(f"t{rng.randrange(5)}",), prior=rng.random())


def cite(rng: Random, base: Base, claim: Claim) -> Claim:
    entry = Evidence(rng.choice([*base.sources, "no-such-source"]), f"p{rng.randrange(9)}")
    return replace(claim, evidence=rng.choice([(), (entry,), (*claim.evidence, entry)]))


def relate(rng: Random, base: Base, claim: Claim) -> Claim:
    other, kind = _some(rng, base.claims), rng.choice(["supports", "attacks"])
    linked = [_some(rng, base.claims)] if rng.random() < 0.3 else []
    strength = rng.choice(["weak", "moderate", "strong", "decisive"])
    step = Step(f"{claim.id}--{kind}--{other}", kind, (claim.id, *linked), other, strength, owner=claim.id)  # type: ignore[arg-type]
    return replace(claim, steps=(*claim.steps, step))


def unrelate(rng: Random, base: Base, claim: Claim) -> Claim:
    return replace(claim, steps=claim.steps[1:], undercuts=claim.undercuts[1:], assumes=(), requires=())


def weigh(rng: Random, base: Base, claim: Claim) -> Claim:
    steps = tuple(replace(step, strength=rng.choice(["weak", "strong"])) for step in claim.steps)
    return replace(claim, steps=steps)


def undercut(rng: Random, base: Base, claim: Claim) -> Claim:
    steps = [step.id for other in base.claims.values() for step in other.steps]
    cuts = [cut.id for other in base.claims.values() for cut in other.undercuts]
    bearings = [f"{b.check} > {other.id}" for other in base.claims.values() for b in other.checks]
    target = rng.choice([*steps, *cuts, *bearings])
    cut = Undercut(f"{claim.id}--undercuts--{target}", (claim.id,), target, owner=claim.id)
    return replace(claim, undercuts=(*claim.undercuts, cut))


def need(rng: Random, base: Base, claim: Claim) -> Claim:
    other = (Dependence(_some(rng, base.claims), "It must."),)
    return replace(claim, requires=other) if rng.random() < 0.5 else replace(claim, assumes=other)


def share(rng: Random, base: Base, claim: Claim) -> Claim:
    both = (_some(rng, base.claims), _some(rng, base.claims))
    return replace(claim, same_evidence_as=rng.choice([(), both]))


def retire(rng: Random, base: Base, claim: Claim) -> Claim:
    return replace(
        claim, status=rng.choice(["accepted", "draft", "retired"]), replaced_by=_some(rng, base.claims)
    )


def restate(rng: Random, base: Base, claim: Claim) -> Claim:
    return replace(claim, restates=rng.choice([(), (_some(rng, base.claims),)]))


def bear(rng: Random, base: Base, claim: Claim) -> Claim:
    how = rng.choice(["direct", "corroborates", "part", "proxy", "context"])
    bearing = Bearing(_some(rng, base.checks), how, if_fails=rng.choice(["", "against"]), claim=claim.id)
    return replace(claim, checks=rng.choice([(), (bearing,), (*claim.checks, bearing)]))


def hold_to(rng: Random, base: Base, claim: Claim) -> Claim:
    return replace(claim, standard=rng.choice(["", "clear-and-convincing", "beyond-reasonable-doubt"]))


def add_claim(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    name = f"new-{rng.randrange(10**6)}"
    made = Claim(name, f"A new claim {rng.random()}.", f"topic/{name}.yaml")
    return _edited(base, relate(rng, base, made)), known


def drop_claim(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    gone = _some(rng, base.claims)
    return replace(base, claims={k: v for k, v in base.claims.items() if k != gone}), known


def reorder(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    claims = sorted(base.claims.items(), key=lambda item: rng.random())
    return replace(base, claims=dict(claims)), known


def rerun(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    name = _some(rng, base.checks)
    if name not in known or rng.random() < 0.3:
        return base, {k: v for k, v in known.items() if k != name}
    result = known[name].result
    p = rng.choice([None, 0.01, 0.5, 0.99])
    changed = replace(
        result, verdict=rng.choice(list(Verdict)), p=p, provisional=rng.random() < 0.3, reason="Why."
    )
    return base, {**known, name: Record(changed)}


def edit_check(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    check = base.checks[_some(rng, base.checks)]
    flags = {"decides": rng.random() < 0.3, "required": rng.random() < 0.3, "circular": rng.random() < 0.2}
    changed = replace(check, title=f"Check {rng.random()}", **flags)  # type: ignore[arg-type]
    return replace(base, checks={**base.checks, check.id: changed}), known


def drop_check(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    gone = _some(rng, base.checks)
    left = {k: v for k, v in base.checks.items() if k != gone}
    return replace(base, checks=left), {k: v for k, v in known.items() if k != gone}


def edit_source(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    name = rng.choice([*sorted(base.sources), "late-source"])
    changed = Source(
        name, f"Source {rng.random()}", authors=("Writer, A",), issued=f"{rng.randrange(1990, 2024)}"
    )
    return replace(base, sources={**base.sources, name: changed}), known


def edit_quantity(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    quantity = base.quantities[_some(rng, base.quantities)]
    changed = replace(quantity, value=rng.random(), title=f"Number {rng.random()}")
    return replace(base, quantities={**base.quantities, quantity.id: changed}), known


def edit_settings(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    questions = list(base.config.questions)
    which = rng.randrange(len(questions))
    theses = tuple(_some(rng, base.claims) for _ in range(rng.randrange(3)))
    questions[which] = replace(questions[which], text=f"Is it {rng.random()}?", theses=theses)
    scale = replace(base.config.scale, stands=rng.choice([0.6, 0.7]), cap=rng.choice([4.0, 2.0]))
    return replace(base, config=replace(base.config, questions=tuple(questions), scale=scale)), known


def measure(rng: Random, base: Base, known: Known) -> tuple[Base, Known]:
    """Other measurements, or none: the navigation of every page and the links of benchmark checks change."""
    left = rng.choice([[], site_demo_measurements.measurements()[1:], site_demo_measurements.measurements()])
    later = [replace(found, when=f"20{rng.randrange(24, 40)}-04-06T12:00:00Z") for found in left]
    return replace(base, measurements={found.id: found for found in later}), known


EDITS: tuple[Edit, ...] = (
    *map(
        claim_edit,
        (
            reword,
            retitle,
            annotate,
            cite,
            relate,
            unrelate,
            weigh,
            undercut,
            need,
            share,
            retire,
            restate,
            bear,
            hold_to,
        ),
    ),
    add_claim,
    drop_claim,
    reorder,
    rerun,
    edit_check,
    drop_check,
    edit_source,
    edit_quantity,
    edit_settings,
    measure,
)


def files(site: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def made_of(site: Path) -> dict[str, bytes]:
    """The files that do not tell what a site was before: no pages of what was withdrawn, no manifest."""
    gone = json.loads((site / manifest.NAME).read_bytes())["gone"]
    return {path: data for path, data in files(site).items() if path not in gone and path != manifest.NAME}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("start") / "site"
    build(*site_demo.demo(), out)
    return out


@settings(max_examples=8, deadline=None)
@given(chosen=st.lists(st.sampled_from(EDITS), min_size=1, max_size=4), seed=st.integers(0, 10**6))
def test_up_to_date_is_as_built_afresh(start: Path, chosen: list[Edit], seed: int) -> None:
    rng = Random(seed)
    base, _, known, _ = site_demo.demo()
    with TemporaryDirectory() as folder:
        out = Path(folder) / "site"
        shutil.copytree(start, out)
        for number, edit in enumerate(chosen):
            base, known = edit(rng, base, known)
            build(*site_demo.solved(base, known), out, cache=Path(folder) / "cache")
            build(*site_demo.solved(base, known), Path(folder) / str(number))
            assert made_of(out) == made_of(Path(folder) / str(number)), edit.__name__


def test_claims_in_another_order_are_worked_out_again(tmp_path: Path) -> None:
    base, _, known, _ = site_demo.demo()
    out, cache = tmp_path / "site", tmp_path / "cache"
    build(*site_demo.solved(base, known), out, cache=cache)
    base, known = reorder(Random(0), base, known)
    build(*site_demo.solved(base, known), out, cache=cache)
    build(*site_demo.solved(base, known), tmp_path / "afresh")
    assert files(out) == files(tmp_path / "afresh")


@settings(max_examples=60, deadline=None)
@given(chosen=st.lists(st.sampled_from(EDITS), min_size=1, max_size=6), seed=st.integers(0, 10**6))
def test_equal_bases_give_equal_accounts(chosen: list[Edit], seed: int) -> None:
    rng = Random(seed)
    base, _, known, before = site_demo.demo()
    for edit in chosen:
        scale = base.config.scale
        base, known = edit(rng, base, known)
        after = site_demo.solved(base, known)[3]
        if base.config.scale == scale:
            for claim in before.keys() & after.keys():
                if before.bases[claim] == after.bases[claim]:
                    assert before[claim] == after[claim], (edit.__name__, claim)
                    assert before.marks[claim] == after.marks[claim], (edit.__name__, claim)
        before = after


def test_pages_out_of_reach_are_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base, amap, known, accounts = site_synthetic.synthetic(400)
    build(base, amap, known, accounts, tmp_path)
    made: list[str] = []
    content = claim_page.content
    monkeypatch.setattr(claim_page, "content", lambda view, name: made.append(name) or content(view, name))
    build(base, amap, known, accounts, tmp_path)
    assert made == []
    changed = replace(base.claims["claim-39"], title="Another title")
    build(*site_demo.solved(_edited(base, changed), known), tmp_path)
    assert "claim-39" in made
    assert len(made) < 20


def test_a_changed_template_is_rendered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with a trace was left as it was when only its template had changed."""
    templates = tmp_path / "templates"
    shutil.copytree(resources.templates_folder(), templates)
    monkeypatch.setattr(resources, "templates_folder", lambda: templates)
    out = tmp_path / "site"
    build(*site_demo.demo(), out)
    base = templates / "base.html"
    base.write_text(base.read_text("utf-8").replace("How to read these pages", "How to read them"), "utf-8")
    build(*site_demo.demo(), out)
    assert "How to read them" in (out / "claim" / "energy.html").read_text("utf-8")


# Withdrawn pages


def without(base: Base, *claims: str) -> Base:
    return replace(base, claims={name: it for name, it in base.claims.items() if name not in claims})


def test_a_withdrawn_claim_leaves_a_page_until_it_is_back(tmp_path: Path) -> None:
    base, _, known, _ = site_demo.demo()
    title = base.claims["gpt3-days"].title
    build(*site_demo.demo(), tmp_path)
    whole = files(tmp_path)
    build(*site_demo.solved(without(base, "gpt3-days"), known), tmp_path)
    page = (tmp_path / "claim" / "gpt3-days.html").read_text("utf-8")
    assert "This claim was withdrawn. It counts for nothing" in page
    assert title in page
    assert '../check/gpt3-petaflop-days.html"' in page
    assert '<meta name="robots" content="noindex">' in page
    for path in ("sitemap.xml", "search/0.js", "data/claims.json", "map.html", "index.html"):
        assert b"gpt3-days.html" not in (tmp_path / path).read_bytes(), path
    before = files(tmp_path)
    report = build(*site_demo.solved(without(base, "gpt3-days"), known), tmp_path)
    assert (report.written, report.removed, files(tmp_path)) == (0, 0, before)
    build(*site_demo.demo(), tmp_path)
    assert files(tmp_path) == whole


def test_a_withdrawn_page_leads_only_to_what_is_there(tmp_path: Path) -> None:
    base, _, known, _ = site_demo.demo()
    build(*site_demo.demo(), tmp_path)
    build(*site_demo.solved(without(base, "gpt3-days"), known), tmp_path)
    page = tmp_path / "claim" / "gpt3-days.html"
    assert "hours-cost.html" in page.read_text("utf-8")
    build(*site_demo.solved(without(base, "gpt3-days", "hours-cost"), known), tmp_path)
    assert "hours-cost.html" not in page.read_text("utf-8")
    assert "was withdrawn" in (tmp_path / "claim" / "hours-cost.html").read_text("utf-8")
    assert broken_links(tmp_path) == []


def test_checks_sources_and_questions_leave_pages_and_hostile_titles_stay_text(tmp_path: Path) -> None:
    base = site_demo.base()
    build(*site_demo.demo(), tmp_path)
    build(*site_demo.solved(Base(base.root, replace(base.config, questions=())), {}), tmp_path)
    for page, kind in (
        ("check/gpt3-petaflop-days.html", "check"),
        ("source/gpt3-2020.html", "source"),
        ("question/compute-bill.html", "question"),
        ("claim/hostile.html", "claim"),
    ):
        assert f"This {kind} was withdrawn" in (tmp_path / page).read_text("utf-8")
    assert "<b>Bold</b>" not in (tmp_path / "claim" / "hostile.html").read_text("utf-8")
    assert broken_links(tmp_path) == []


def test_without_its_data_files_a_withdrawn_page_is_deleted(tmp_path: Path) -> None:
    base, _, known, _ = site_demo.demo()
    build(*site_demo.demo(), tmp_path)
    (tmp_path / "data" / "claims.json").write_text('{"items": 3}')
    build(*site_demo.solved(without(base, "gpt3-days"), known), tmp_path)
    assert not (tmp_path / "claim" / "gpt3-days.html").exists()
    assert broken_links(tmp_path) == []


# Builds that are cut off


def broken_links(site: Path, start: str = "index.html") -> list[str]:
    """The links that lead to no file, on all pages that can be reached from one."""
    seen, queue, found = {site / start}, [site / start], []
    for path in queue:  # grows while it is read
        for address in re.findall(r'(?:href|src)="([^"#]+)', path.read_text("utf-8")):
            if re.match(r"[a-z]+:", address):
                continue
            target = Path(os.path.normpath(path.parent / address))
            if not target.is_file():
                found.append(f"{path.relative_to(site)}: {address}")
            elif target.suffix == ".html" and target not in seen:
                seen.add(target)
                queue.append(target)
    return found


def edited() -> Demo:
    """The demo with claims removed, changed and added."""
    base, _, known, _ = site_demo.demo()
    changed = replace(base.claims["energy"], title="Another title")
    fresh = replace(base.claims["energy"], id="fresh", title="A new claim")
    kept = without(base, "gpt3-days", "railways")
    config = replace(base.config, questions=base.config.questions[:2])
    return site_demo.solved(
        replace(kept, config=config, claims={**kept.claims, "energy": changed, "fresh": fresh}), known
    )


@pytest.fixture(scope="module")
def after(start: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("after") / "site"
    shutil.copytree(start, out)
    build(*edited(), out)
    return files(out)


class Cut(BaseException):
    """The process ends here."""


def cut_after(monkeypatch: pytest.MonkeyPatch, most: int, error: BaseException) -> list[str]:
    """From the call ``most`` on, each change of the file system by a build fails; gives the calls made."""
    calls: list[str] = []

    def counted(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def call(*arguments: object, **named: object) -> object:
            if len(calls) >= most:
                raise error
            calls.append(name)
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, call)

    for owner, name in ((staging, "stage"), (staging, "_move"), (staging, "_remove"), (staging, "discard")):
        counted(owner, name)
    counted(staging.os, "fsync")
    return calls


def test_cut_off_anywhere_the_site_is_whole_and_the_next_build_ends_it(
    start: Path, after: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, wanted = files(start), edited()
    with monkeypatch.context() as patched:
        calls = cut_after(patched, 10**9, Cut())
        shutil.copytree(start, tmp_path / "counted")
        build(*wanted, tmp_path / "counted")
    assert {"stage", "fsync", "_move", "_remove"} <= set(calls)
    sealed = calls.index("fsync")
    steps = {*range(0, len(calls), 19), sealed - 1, sealed, sealed + 1, len(calls) - 2, len(calls) - 1}
    for most in sorted(steps):
        out = tmp_path / str(most)
        shutil.copytree(start, out)
        with monkeypatch.context() as patched:
            cut_after(patched, most, Cut())
            with pytest.raises(Cut):
                build(*wanted, out)
        assert broken_links(out) == [], f"cut after {most} steps"
        if most <= sealed:
            assert site_files(out) == before, f"cut after {most} steps"
        # The next build may be one of the base as it was, or of the edited one.
        build(*wanted, out)
        assert files(out) == after, f"cut after {most} steps"
        assert not (out / staging.FOLDER).exists()


def site_files(site: Path) -> dict[str, bytes]:
    """The files of a site without what a build that was cut off left beside them."""
    return {path: data for path, data in files(site).items() if not path.startswith(staging.FOLDER)}


@pytest.mark.parametrize("most", [0, 1, 20])
def test_a_full_disk_leaves_the_old_site(
    start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    real, written = staging.stage, []

    def full(out: Path, path: str, data: bytes) -> None:
        if len(written) >= most:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        real(out, path, data)

    out = tmp_path / "site"
    shutil.copytree(start, out)
    monkeypatch.setattr(staging, "stage", full)
    with pytest.raises(OSError, match="No space left"):
        build(*edited(), out)
    assert files(out) == files(start)


KILLED = """
import sys
from pathlib import Path
from kb.site import build, staging
from tests import test_site_incremental as these

real = staging._move
def slow(out, path):
    print("moving", flush=True)
    real(out, path)
staging._move = slow
print("begin", flush=True)
build(*these.edited(), Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("lines", [1, 2, 9, 30])
def test_a_killed_build_leaves_a_whole_site(
    start: Path, after: dict[str, bytes], tmp_path: Path, lines: int
) -> None:
    """Killed as it begins, and while files are moved."""
    out = tmp_path / "site"
    shutil.copytree(start, out)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(out)],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert child.stdout is not None
    for _ in range(lines):
        assert child.stdout.readline()
    child.kill()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    assert broken_links(out) == []
    build(*edited(), out)
    assert files(out) == after


def test_of_a_first_build_the_first_page_comes_when_what_it_leads_to_is_there(tmp_path: Path) -> None:
    for path in ("index.html", "map.html", "static/site.css", "zebra/a.html"):
        staging.stage(tmp_path, path, b"")
    staging.seal(tmp_path, ["index.html", "map.html", "static/site.css", "zebra/a.html"], [], manifest.NAME)
    journal = json.loads((tmp_path / staging.FOLDER / "journal.json").read_bytes())
    assert journal["moves"] == ["static", "zebra", "index.html", "map.html"]


def test_equal_bases_have_equal_manifests_in_every_run() -> None:
    """Sets have another order in each process; what a view holds must not."""
    base, *_ = site_demo.demo()
    names = [f"claim-{number}" for number in range(40)]
    told = {
        name: Claim(name, name, f"any/{name}.yaml", same_evidence_as=tuple(names[:number]))
        for number, name in enumerate(names)
    }
    view = view_of(*site_demo.solved(replace(base, claims=told, checks={}), {}))
    assert [*view.shared] == sorted(names)


def test_a_first_build_that_was_killed_is_no_stranger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        calls = cut_after(patched, 10**9, Cut())
        build(*site_demo.demo(), tmp_path / "whole")
    assert calls.count("_move") < calls.count("stage") / 2  # new folders come as a whole
    sealed = calls.index("fsync")
    for most in (sealed + 1, (sealed + len(calls)) // 2, len(calls) - 2):
        out = tmp_path / str(most)
        with monkeypatch.context() as patched:
            cut_after(patched, most, Cut())
            with pytest.raises(Cut):
                build(*site_demo.demo(), out)
        assert staging.pending(out)
        build(*site_demo.demo(), out)
        assert files(out) == files(tmp_path / "whole")


@pytest.mark.parametrize("path", ["../precious.txt", "/precious.txt", "link/precious.txt"])
def test_a_forged_journal_moves_and_deletes_nothing_outside(start: Path, tmp_path: Path, path: str) -> None:
    out = tmp_path / "site"
    shutil.copytree(start, out)
    (tmp_path / "precious.txt").write_text("precious")
    (out / "link").symlink_to(tmp_path)
    (out / staging.FOLDER).mkdir()
    journal = {"moves": [], "removals": [path], "last": manifest.NAME}
    (out / staging.FOLDER / "journal.json").write_text(json.dumps(journal))
    with pytest.raises(staging.ForeignFolderError, match="outside"):
        build(*site_demo.demo(), out)
    assert (tmp_path / "precious.txt").read_text() == "precious"


def test_a_damaged_journal_says_what_to_do(start: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    shutil.copytree(start, out)
    (out / staging.FOLDER).mkdir()
    (out / staging.FOLDER / "journal.json").write_text("{")
    with pytest.raises(staging.ForeignFolderError, match=r"damaged; delete .*kb-site-next"):
        build(*site_demo.demo(), out)
