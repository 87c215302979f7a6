"""Whatever changes in a base, the site brought up to date is the site built afresh, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import resources
from kb.model import Base, Bearing, Claim, Dependence, Evidence, Record, Source, Step, Undercut, Verdict
from kb.site import build
from kb.site.pages import claim as claim_page
from tests import site_demo, site_demo_measurements, site_synthetic

Known = dict[str, Record]
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


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("start") / "site"
    build(*site_demo.demo(), out)
    return out


@settings(max_examples=15, deadline=None)
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
            assert files(out) == files(Path(folder) / str(number)), edit.__name__


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
