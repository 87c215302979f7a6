"""``kb new``: claims, counters, sources, checks and questions, asked for on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from kb.cli.asking import Desk, wants_to_ask
from kb.cli.completing import ids as proposed
from kb.cli.options import FINDINGS, base_option, format_option, found_base, stop

if TYPE_CHECKING:
    from kb.api import Created, TooAlike

STRENGTHS = ("weak", "moderate", "strong", "decisive")
BEARS = ("direct", "corroborates", "part", "proxy", "context")


@click.group()
def new() -> None:
    """Write a new claim, counter-claim, source, check or question into the base.

    On a terminal each asks for what it needs; elsewhere, give it as options. Nothing is ever replaced, and
    what is written is judged at once, as by kb validate.
    """


def _relating(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that a claim and a counter-claim share."""
    options = (
        click.option("--claim", "text", metavar="SENTENCE", help="One sentence that can be true or false."),
        click.option("--title", default="", help="A short name, for cards and lists."),
        click.option("--id", "name", default="", help="The id. [default: made of the title]"),
        click.option("--topic", default="", help="The folder. [default: that of the claim it argues about]"),
        click.option("--undercuts", multiple=True, metavar="STEP", help="A step that it takes the force of."),
        click.option("--strength", type=click.Choice(STRENGTHS), help="How much it counts. [default: weak]"),
        click.option("--because", default="", help="Why it counts; needed above weak."),
        click.option("--source", default="", metavar="ID", help="The source that says so."),
        click.option("--at", default="", metavar="PLACE", help="Where in the source."),
        click.option("--question", default="", metavar="ID", help="The question that it belongs to."),
        click.option("--tag", "tags", multiple=True, help="A tag; give it again for more."),
        click.option("--check", "checks", multiple=True, metavar="ID", help="A check that is there already."),
        click.option("--anyway", is_flag=True, help="Even if the base has a claim much like it."),
        base_option,
        format_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@new.command(
    epilog="""\b
Examples:
  kb new claim
  kb new claim --claim "Lifts stop when the wind is strong." --supports tower-is-closed \\
      --because "Visitors go up by lift." --source guide-1999 --at p4"""
)
@_relating
@click.option("--supports", multiple=True, metavar="CLAIM", help="A claim that it speaks for.")
@click.option("--attacks", multiple=True, metavar="CLAIM", help="A claim that it speaks against.")
def claim(supports: tuple[str, ...], attacks: tuple[str, ...], **given: Any) -> None:
    """Write a claim as a draft, in a file of its own.

    The id is made of the title. Claims much like it are shown first; above a likeness of 45 % it is written
    only with --anyway.
    """
    _claim(supports, attacks, given)


@new.command(
    epilog='Example: kb new counter tower-is-tall --claim "It leans." --because "Height is measured upright."'
)
@click.argument("against", metavar="CLAIM", shell_complete=proposed("claim"))
@_relating
def counter(against: str, **given: Any) -> None:
    """Write a claim that speaks against CLAIM, beside it."""
    _claim((), (against,), given)


def _claim(supports: tuple[str, ...], attacks: tuple[str, ...], given: dict[str, Any]) -> None:
    from kb.api import ClaimDraft, new_claim

    output, text, anyway = given.pop("output"), given.pop("text"), given.pop("anyway")
    root = found_base(given.pop("base_path"), output).root
    if text is None and not wants_to_ask(output):
        stop("--claim is missing: the claim as one sentence (on a terminal, kb asks for it)", output)
    given["strength"] = given["strength"] or ""
    if wants_to_ask(output):
        desk = Desk(root)
        if text is None:
            text = desk.sentence("The claim, one sentence that can be true or false")
            anyway = desk.accepts_likeness(text, (*supports, *attacks), anyway)
            given, supports, attacks = desk.claim(given, text, supports, attacks)
        elif not anyway:
            anyway = desk.accepts_likeness(text, (*supports, *attacks), anyway)
        if not given["topic"] and not supports and not attacks:
            given["topic"] = desk.topic()
    draft = ClaimDraft(
        text,
        title=given["title"],
        id=given["name"],
        supports=tuple(supports),
        attacks=tuple(attacks),
        **{name: given[name] for name in ("topic", "undercuts", "strength", "because", "source", "at")},
        **{name: given[name] for name in ("question", "tags", "checks")},
    )
    _write(lambda: new_claim(root, draft, anyway=anyway), output)


@new.command(
    epilog="""\b
Example:
  kb new source --title "A guide to the tower" --author "Rivet, Anne" --issued 1999-05"""
)
@click.option("--title", help="The work's title.")
@click.option("--id", "name", default="", help="The id. [default: made of the author and year]")
@click.option("--type", "kind", default="document", show_default=True, help="The kind of work, as in CSL.")
@click.option("--author", "authors", multiple=True, metavar="NAME", help='"Family, Given", or a body.')
@click.option("--issued", default="", metavar="DATE", help="YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--url", default="", help="Its address; today becomes the day it was looked at.")
@base_option
@format_option
def source(title: str | None, output: str, base_path: str | None, **given: Any) -> None:
    """Write a source that claims and numbers can cite."""
    from kb.api import SourceDraft, new_source

    root = found_base(base_path, output).root
    name, kind = given.pop("name"), given.pop("kind")
    if title is None:
        if not wants_to_ask(output):
            stop("--title is missing: the title of the work (on a terminal, kb asks for it)", output)
        desk = Desk(root)
        title = desk.sentence("Title of the work")
        given["authors"] = given["authors"] or desk.several("Author, as Family, Given")
        given["issued"] = given["issued"] or desk.line("Issued, as YYYY-MM-DD or YYYY")
        given["url"] = given["url"] or desk.line("Address")
    draft = SourceDraft(title, name, kind, **given)
    _write(lambda: new_source(root, draft), output)


@new.command(
    epilog="""\b
Examples:
  kb new check tower-is-tall
  kb new check tower-is-tall --input storeys=tower-storeys --input each='4 m' --source guide-1999 \\
      --compute 'storeys * each' --unit m --at-least '300 m' --flips storeys=10"""
)
@click.argument("claim_id", metavar="CLAIM", required=False, shell_complete=proposed("claim"))
@click.option("--title", default="", help="What is computed. [default: the claim's title]")
@click.option("--id", "name", default="", help="The id. [default: made of the title]")
@click.option("--bears", type=click.Choice(BEARS), help="How it bears on the claim. [default: direct]")
@click.option("--because", default="", help="Why it is worth a look; needed for a proxy or context.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="A quantity's id, or '300 m'.")
@click.option("--compute", default="", metavar="EXPRESSION", help="How the result is made of the inputs.")
@click.option("--unit", default="", help="The result's unit.")
@click.option("--about", default="", metavar="AMOUNT", help="The result is about this.")
@click.option("--within", default="", metavar="AMOUNT", help="How far it may be from it: 10%, 1.1x or 5 m.")
@click.option("--at-least", default="", metavar="AMOUNT", help="The result is at least this.")
@click.option("--at-most", default="", metavar="AMOUNT", help="The result is at most this.")
@click.option("--flips", multiple=True, metavar="INPUT=VALUE", help="A change that turns the verdict.")
@click.option("--to", default="fails", show_default=True, help="The verdict after that change.")
@click.option("--source", default="", metavar="ID", help="The source of the numbers given here.")
@click.option("--at", default="", metavar="PLACE", help="Where in the source.")
@base_option
@format_option
def check(claim_id: str | None, output: str, base_path: str | None, **given: Any) -> None:
    """Write a formula check for CLAIM, and name it in the claim's file.

    Without --input and --compute it is a sketch that runs, with remarks that say what to put where.
    """
    from kb.api import CheckDraft, new_check

    root = found_base(base_path, output).root
    if wants_to_ask(output) and (claim_id is None or given["bears"] is None):
        desk = Desk(root)
        claim_id = claim_id or desk.name("Which claim is it for? Its id", "claim")
        given["title"] = given["title"] or desk.line("What it computes, in a few words")
        given["bears"] = given["bears"] or desk.one_of("How it bears on the claim", BEARS)
        if given["bears"] in ("proxy", "context") and not given["because"]:
            given["because"] = desk.sentence("Why it is worth a look")
    if claim_id is None:
        stop("CLAIM is missing: the id of the claim that the check is for", output)
    given["bears"] = given["bears"] or "direct"
    draft = CheckDraft(claim_id, id=given.pop("name"), **given)
    _write(lambda: new_check(root, draft), output)


@new.command(
    epilog='Example: kb new question --question "Is it tall?" --thesis tower-is-tall --thesis tower-is-short'
)
@click.option("--question", "text", help="The question, as a sentence.")
@click.option("--thesis", "theses", multiple=True, metavar="ID", help="A claim that answers it; give 2 to 4.")
@click.option("--about", default="", help="What lies behind it, in a sentence or two.")
@click.option("--id", "name", default="", help="The id. [default: made of the question]")
@base_option
@format_option
def question(
    text: str | None, theses: tuple[str, ...], about: str, name: str, base_path: str | None, output: str
) -> None:
    """Add a question and the claims that answer it to kb.yaml; its comments and layout stay."""
    from kb.api import new_question

    root = found_base(base_path, output).root
    missing = [said for said, given in (("--question", text), ("--thesis", theses)) if not given]
    if missing and not wants_to_ask(output):
        stop(f"{' and '.join(missing)} missing (on a terminal, kb asks)", output)
    if missing:
        desk = Desk(root)
        text = text or desk.sentence("The question")
        theses = theses or desk.names("A claim that answers it", "claim", least=1)
        about = about or desk.line("What lies behind it, in a sentence or two")
    _write(lambda: new_question(root, text or "", theses, about=about, name=name), output)


def _write(make: Callable[[], Created], output: str) -> None:
    from kb.api import AddingError, ChangedMeanwhile, EditingError, Refused, TooAlike
    from kb.cli.asking import created_data, say_created

    try:
        done = make()
    except TooAlike as error:
        _too_alike(error, output)
    except Refused as error:
        stop(str(error), output)
    except (AddingError, ChangedMeanwhile, EditingError) as error:
        stop(str(error), output, code=FINDINGS)
    except OSError as error:
        stop(f"{error.filename or 'a file'}: {error.strerror}; nothing was written", output, code=FINDINGS)
    if output == "json":
        from kb.cli import printing

        printing.print_json(created_data(done))
    else:
        say_created(done)
    sys.exit(FINDINGS if any(found.severity == "error" for found in done.findings) else 0)


def _too_alike(error: TooAlike, output: str) -> None:
    from kb.cli import printing
    from kb.cli.asking import say_alike

    if output == "json":
        printing.print_json({"error": str(error), "nearest": [printing.plain(a) for a in error.nearest]})
    else:
        say_alike(error.nearest)
    click.echo(f"kb: {error}. If yours says something else, add --anyway.", err=True)
    sys.exit(FINDINGS)
