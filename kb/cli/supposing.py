"""``kb whatif``: suppose that something is otherwise, and see which standings move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb.cli.options import base_option, cache_option, format_option, sound_base, stop
from kb.cli.volume import quiet
from kb.wording import interval

if TYPE_CHECKING:
    from kb.api import Hop, KnowledgeBase, WhatIf
    from kb.model import Interval, Step, Undercut

HELD_BY = {"assumes": "is assumed by", "requires": "is required by"}
LONGEST_WAY = 6
"""So many stretches of the way to a claim are told."""
SETTINGS = ("another scale", "unverified numbers accepted", "the authors' priors")


@click.command(
    epilog="""\b
Examples:
  kb whatif --verdict gpt3-petaflop-days=fails
  kb whatif --verdict gpt3-petaflop-days=0.7 --accept-unverified
  kb whatif --add "only-the-rich-can-train attacks generalist-never-pays-back [strong]"
  kb whatif --remove "a-check > a-claim" --strength a-step=decisive"""
)
@base_option
@format_option
@cache_option
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    metavar="CHECK=VERDICT",
    help="holds, fails, inconclusive, could-not-run, or the chance P that its condition is met. Repeatable.",
)
@click.option(
    "--strength",
    "strengths",
    multiple=True,
    metavar="STEP=STRENGTH",
    help="weak, moderate, strong or decisive, for a step or an undercut. Repeatable.",
)
@click.option(
    "--remove",
    multiple=True,
    metavar="RELATION",
    help='A step, an undercut, "check > claim", "a assumes b" or "a requires b". Repeatable.',
)
@click.option(
    "--add",
    multiple=True,
    metavar="RELATION",
    help='"A supports B", "A and B attacks C [strong]", "A undercuts STEP". Repeatable.',
)
@click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME=OPTION",
    help="Go by one definition where checks are read by several. Repeatable.",
)
@click.option("--use-priors", is_flag=True, help="Count the authors' priors.")
@click.option("--accept-unverified", is_flag=True, help="Count unverified numbers as if they were verified.")
def whatif(
    base_path: str | None,
    output: str,
    cache: bool,
    verdicts: tuple[str, ...],
    strengths: tuple[str, ...],
    remove: tuple[str, ...],
    add: tuple[str, ...],
    readings: tuple[str, ...],
    use_priors: bool,
    accept_unverified: bool,
) -> None:
    """See which standings would move if something were otherwise.

    Suppose verdicts, strengths or readings, take relations out or put some in: shows every claim whose
    standing moves, theses first, before and after, and how the change gets there. Computes no check and
    records nothing. For other assumptions inside a check, see `kb check CHECK --set`.
    """
    from kb.api import UnknownName, WrongSupposition

    if not (verdicts or strengths or remove or add or readings or use_priors or accept_unverified):
        stop("nothing to suppose: give at least one change, as --verdict CHECK=fails", output)
    base = sound_base(base_path, output, cache)
    try:
        added = [base.relation(text) for text in add]
        found = base.suppose(
            verdicts={name: _verdict(said) for name, said in _pairs("--verdict", verdicts, output).items()},
            strengths=_pairs("--strength", strengths, output),
            remove=remove,
            add=added,
            readings=_pairs("--reading", readings, output),
            accept_unverified=accept_unverified,
            use_priors=use_priors,
        )
    except (UnknownName, WrongSupposition) as error:
        stop(str(error), output)
    if output == "json":
        from kb.cli import printing

        printing.print_json(whatif_data(base, found))
    else:
        click.echo("\n".join(whatif_lines(base, found, added)))


def _pairs(option: str, given: Sequence[str], output: str) -> dict[str, str]:
    """``NAME=VALUE`` by name; a name may hold anything but an equals sign."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            stop(f"{option} takes NAME=VALUE, not {text!r}", output)
        if found.get(name, value) != value:
            stop(f"{option} gives {name} two values, {found[name]} and {value}", output)
        found[name] = value
    return found


def _verdict(said: str) -> str | float:
    """A verdict, or the chance that a number means."""
    try:
        return float(said)
    except ValueError:
        return said


def whatif_data(base: KnowledgeBase, found: WhatIf) -> dict[str, object]:
    from kb.cli.naming import theses

    main = set(theses(base))
    return {
        "base": str(base.root),
        "moved": [
            {
                **asdict(moved),
                "title": base.claims[moved.claim].name,
                "thesis": moved.claim in main,
                # The last stretch only: whole ways would be as many hops as the square of a long chain.
                "via": None if (hop := found.arrivals.get(moved.claim)) is None else asdict(hop),
            }
            for moved in found.moved
        ],
        "unmoved": found.unmoved,
        "unused": list(found.unused),
    }


def whatif_lines(base: KnowledgeBase, found: WhatIf, added: Sequence[Step | Undercut] = ()) -> Iterator[str]:
    """Every claim that moves, theses first; then what was left unused."""
    from kb.cli.naming import claim_name, label, relation_names, theses
    from kb.cli.paragraphs import paragraph
    from kb.cli.words import plural
    from kb.model import Step

    main = set(theses(base))
    names = relation_names(base, added)
    kinds = {item.id: item.kind for item in (*base.argument.steps, *added) if isinstance(item, Step)}
    first = [moved for moved in found.moved if moved.claim in main]
    others = [moved for moved in found.moved if moved.claim not in main]
    for heading, group in (("Theses", first), ("Other claims", others)):
        if not group:
            continue
        yield click.style(f"{heading} that would move", bold=True)
        for moved in group:
            digits = _digits(moved.before, moved.after)
            before = label(moved.standing_before, moved.open_before, moved.before, digits)
            after = label(moved.standing_after, moved.open_after, moved.after, digits)
            yield ""
            yield paragraph(claim_name(base, moved.claim), indent=2, hang=2, name=moved.claim)
            yield paragraph(f"{before} → {after}", indent=4, hang=2)
            yield paragraph(_way(base, found, moved.claim, moved.cause, names, kinds), indent=4, hang=2)
        yield ""
    if found.moved:
        they_are = "it is" if found.unmoved == 1 else "they are"
        yield f"{plural(found.unmoved, 'other claim')} would stay as {they_are}."
    else:
        yield "No standing would move."
    for name in found.unused:
        if name in base.checks:
            why = f"no claim rests on the check {name}"
        else:
            why = f"no result that is known depends on the reading {name}"
        yield paragraph(f"Left unused: {why}.", hang=2)
    if not quiet():
        yield "Nothing of this is recorded."


def _digits(before: Interval, after: Interval) -> int:
    """Two decimals, or as many more as show that the two differ."""
    return next((d for d in range(2, 9) if interval(before, d) != interval(after, d)), 2)


def _way(
    base: KnowledgeBase,
    found: WhatIf,
    claim: str,
    cause: str,
    names: Mapping[str, str],
    kinds: Mapping[str, str],
) -> str:
    """From what was changed to the claim, in words; of a long way the end."""
    from kb.cli.naming import check_name, claim_name

    path: list[Hop] = []
    hop = found.arrivals.get(claim)
    while hop is not None and len(path) < LONGEST_WAY:
        path.insert(0, hop)
        hop = found.arrivals[hop.source]
    if not cause:
        return "by way of claims whose own standing stays"
    if cause in base.checks:
        said = f"by {'' if path else 'its '}check {check_name(base, cause)}"
    elif cause in names:
        said = f"by: {names[cause]}"
    else:
        said = f"by {'' if cause in SETTINGS else 'the reading '}{cause}"
    if not path:
        return said
    steps = [f"{_verb(step, kinds)} {claim_name(base, step.target)}" for step in path[:-1]]
    steps.append(f"{_verb(path[-1], kinds)} it")
    after = "after several others, " if hop is not None else ""
    return f"{said}; {after}{claim_name(base, path[0].source)} {', which '.join(steps)}"


def _verb(hop: Hop, kinds: Mapping[str, str]) -> str:
    if hop.relation in kinds:
        return kinds[hop.relation]
    relation = hop.relation.removeprefix(hop.target).removesuffix(hop.source).strip()
    return HELD_BY.get(relation, "undercuts an argument about")
