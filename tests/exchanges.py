"""Random pieces of argument for the tests of formats, and how they are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.format import Material
from kb.formats.holding import reduced
from kb.graph import argument_map
from kb.model import Base, Claim, Config

STRENGTHS = ("weak", "moderate", "strong", "decisive")
WORDS = (
    st.text(
        st.characters(
            codec="utf-8",
            exclude_categories=("C", "Z"),
            include_characters=" -:#[]{}()<>\"'`*_+|&%@!?~=/\\^$,.;",
        ),
        min_size=1,
        max_size=60,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: any(c.isalnum() for c in text))
)
"""A line of words with all the characters that formats give a meaning to."""
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=3).map("\n\n".join)


@st.composite
def exchanges(draw: st.DrawFn, *, most: int = 7, words: st.SearchStrategy[str] = WORDS) -> Exchange:
    """Draft claims with every relation that a base has: linked premises, cycles, undercuts of undercuts."""
    drafting = Drafting(title=draw(words), about=draw(st.just("") | words))
    count = draw(st.integers(1, most))
    names = [f"claim-{number}" for number in range(count)]
    works = [f"work-{number}" for number in range(draw(st.integers(0, 2)))]
    for work in works:
        drafting.source(work, {"title": draw(words), "type": "book"}, id=work)
    for name in names:
        drafting.claim(
            name,
            draw(words | PARAGRAPHS),
            title=draw(st.just("") | words),
            tags=draw(
                st.lists(st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True), max_size=2)
            ),
            notes=draw(st.just("") | words | PARAGRAPHS),
            origin=draw(st.sampled_from(("text", "ours"))),
            id=name,
        )
        for work in draw(st.lists(st.sampled_from(works), unique=True, max_size=2)) if works else ():
            role = draw(st.sampled_from(("asserts", "reports", "rejects")))
            drafting.cite(name, work, at=draw(st.just("") | words), role=role, note=draw(st.just("") | words))
    keys = _steps(draw, drafting, names, words)
    for number in range(draw(st.integers(0, 3)) if keys else 0):
        target = draw(st.sampled_from(keys))
        key = f"u{number}"
        premises = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        own = draw(st.sampled_from(("", f"cut-{number}")))
        drafting.undercut(
            key,
            premises,
            target,
            strength=draw(st.sampled_from(STRENGTHS)),
            because=draw(st.just("") | words),
            id=own,
        )
        keys.append(key)
    if count > 1:
        for kind in draw(
            st.lists(st.sampled_from(("assumes", "requires", "restates", "same_evidence_as")), max_size=3)
        ):
            first, second = draw(st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True))
            because = draw(st.just("") | words) if kind in ("assumes", "requires") else ""
            drafting.need(kind, first, second, because=because)  # type: ignore[arg-type]
    if draw(st.booleans()):
        drafting.question(draw(words), names[: draw(st.integers(1, count))], id="question-1")
    return drafting.finish()


def _steps(
    draw: st.DrawFn, drafting: Drafting, names: Sequence[str], words: st.SearchStrategy[str]
) -> list[str]:
    keys: list[str] = []
    if len(names) < 2:
        return keys
    for number in range(draw(st.integers(0, 2 * len(names)))):
        target, *premises = draw(st.lists(st.sampled_from(list(names)), min_size=2, max_size=4, unique=True))
        key = f"s{number}"
        drafting.step(
            key,
            draw(st.sampled_from(("supports", "attacks"))),  # type: ignore[arg-type]
            premises,
            target,
            strength=draw(st.sampled_from(STRENGTHS)),
            because=draw(st.just("") | words),
            scheme=draw(st.sampled_from(("", "expert-opinion"))),
            id=draw(st.sampled_from(("", f"step-{number}"))),
        )
        keys.append(key)
    return keys


def material_of(exchange: Exchange) -> Material:
    """What a writer is given of an exchange that is no part of a base; no check, no standing."""
    config = Config(exchange.title or "A base", about=exchange.about, questions=exchange.questions)
    base = Base("", config, claims=dict(exchange.claims), sources=dict(exchange.sources))
    return Material(base, exchange, argument_map(base))


def there_and_back(module: Any, exchange: Exchange) -> tuple[Exchange, Exchange]:
    """What a format should hold of an exchange, and what comes back from what it writes."""
    from pathlib import Path

    sent, _ = reduced(exchange, module.FORMAT.holds, draft=True)
    drafting = Drafting()
    module.read(module.write(material_of(sent)), drafting, Path("file"))
    return comparable(sent), comparable(drafting.finish())


def comparable(exchange: Exchange) -> Exchange:
    """Without what says nothing of the argument: places, counts, losses, the order of relations."""
    claims = {name: _ordered(claim) for name, claim in sorted(exchange.claims.items())}
    sources = {name: replace(source, file="") for name, source in sorted(exchange.sources.items())}
    return replace(exchange, claims=claims, sources=sources, places={}, lost=(), counted={})


def _ordered(claim: Claim) -> Claim:
    steps = sorted(claim.steps, key=lambda step: step.id)
    undercuts = sorted(claim.undercuts, key=lambda cut: cut.id)
    return replace(
        claim,
        steps=tuple(replace(step, index=0) for step in steps),
        undercuts=tuple(replace(cut, index=0) for cut in undercuts),
        restates=tuple(sorted(claim.restates)),
        same_evidence_as=tuple(sorted(claim.same_evidence_as)),
        assumes=tuple(sorted(claim.assumes, key=lambda need: need.claim)),
        requires=tuple(sorted(claim.requires, key=lambda need: need.claim)),
    )
