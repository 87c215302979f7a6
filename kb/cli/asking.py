"""Questions on a terminal, for what a command was not told; and the answer to what was written."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.options import FINDINGS, stop
from kb.cli.paragraphs import paragraph

if TYPE_CHECKING:
    from kb.api import Alike, Created

STRENGTHS = ("weak", "moderate", "strong", "decisive")


def wants_to_ask(output: str) -> bool:
    """Whether somebody is there to answer: both ends are terminals, and no machine reads along."""
    return output == "text" and sys.stdin.isatty() and sys.stdout.isatty()


class Desk:
    """Asks, and asks again until the answer means something in the base."""

    def __init__(self, root: Path) -> None:
        from kb.api import Refused, writable

        try:
            self._base = writable(root)
        except Refused as error:
            stop(str(error), "text")

    def line(self, asked: str) -> str:
        """A line, which may be empty."""
        return str(click.prompt(f"{asked} (optional)", default="", show_default=False)).strip()

    def sentence(self, asked: str) -> str:
        """A line that says something."""
        return " ".join(str(click.prompt(asked)).split())

    def several(self, asked: str) -> tuple[str, ...]:
        """Lines, up to an empty one."""
        return tuple(iter(lambda: self.line(asked), ""))

    def one_of(self, asked: str, choices: Sequence[str]) -> str:
        return str(click.prompt(asked, type=click.Choice(choices), default=choices[0]))

    def name(self, asked: str, kind: str, *, optional: bool = False) -> str:
        """The id of a thing of that kind; a misspelt one is asked for again, with what may be meant."""
        from kb.api import Refused, meant

        while True:
            answer = self.line(asked) if optional else self.sentence(asked)
            if not answer:
                return ""
            try:
                return meant(self._base, answer, kind)
            except Refused as error:
                click.echo(f"  {error}")

    def names(self, asked: str, kind: str, *, least: int = 0) -> tuple[str, ...]:
        """Ids, up to an empty line."""
        found: list[str] = []
        while answer := self.name(asked, kind, optional=len(found) >= least):
            if answer not in found:
                found.append(answer)
            asked = "Another one"
        return tuple(found)

    def topic(self) -> str:
        """The folder of a claim."""
        from kb.api import topics

        known = topics(self._base)
        if len(known) > 1:
            click.echo(f"Topics of this base: {', '.join(known)}.")
        return str(click.prompt("Topic, the folder of the claim", default=known[0] if known else None))

    def accepts_likeness(self, text: str, related: Collection[str], anyway: bool) -> bool:
        """Show claims that are like it; where one is much like it, ask whether to go on, or leave."""
        from kb.api import ALIKE, alike

        found = [each for each in alike(self._base, text, 3 + len(related)) if each.id not in related][:3]
        if not found or anyway:
            return anyway
        say_alike(found)
        if found[0].likeness < ALIKE:
            return False
        if not click.confirm("Does yours say something else? Write it"):
            stop("nothing was written", "text", code=FINDINGS)
        return True

    def claim(
        self,
        given: dict[str, Any],
        text: str,
        supports: tuple[str, ...],
        attacks: tuple[str, ...],
    ) -> tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]]:
        """What else a claim needs: its name, what it argues about and why, where it is found."""
        from kb.api import free_id

        told = dict(given)
        told["title"] = told["title"] or self.line("A short title, for cards and lists")
        proposed = free_id(self._base, told["title"] or text, "claim")
        told["name"] = told["name"] or click.prompt("Its id", default=proposed)
        supports = supports or self.names("A claim that it speaks for, by its id", "claim")
        attacks = attacks or self.names("A claim that it speaks against, by its id", "claim")
        if (supports or attacks or told["undercuts"]) and not told["because"]:
            told["because"] = self.line("Why does it count for or against that?")
        if told["because"] and not told["strength"]:
            told["strength"] = self.one_of("How much does it count?", STRENGTHS)
        told["source"] = told["source"] or self.name(
            "A source that says so, by its id", "source", optional=True
        )
        if told["source"] and not told["at"]:
            told["at"] = self.line("Where in the source (page, section)")
        return told, supports, attacks


def shown_path(root: Path, path: str) -> str:
    """A file of the base as somebody in the working directory would name it."""
    try:
        return Path(os.path.relpath(root / path)).as_posix()
    except (ValueError, OSError):
        return (root / path).as_posix()


def say_alike(found: Iterable[Alike]) -> None:
    """The claims of the base that are like a new one."""
    click.echo("Claims of this base that are like it:")
    for each in found:
        click.echo(paragraph(f"{each.likeness:.0%} {each.text}", indent=2, hang=4, name=each.id))


def say_created(done: Created) -> None:
    """The file that was written, what is wrong with it, and what is left to do."""
    for path in done.files:
        click.echo(f"Wrote {shown_path(done.root, path)}, the {done.kind} {done.id}.")
    for path in done.changed:
        click.echo(f"Added it to {shown_path(done.root, path)}.")
    if done.nearest:
        say_alike(done.nearest)
    if done.findings:
        from kb.cli import printing

        printing.print_diagnostics(done.root, done.findings)
    else:
        click.echo("kb validate finds nothing new.")
    click.echo("Left to do:")
    for left in done.todo:
        click.echo(paragraph(f"- {left}", indent=2, hang=2))


def created_data(done: Created) -> dict[str, Any]:
    """The same for programs."""
    from kb.cli import printing

    return {
        "id": done.id,
        "kind": done.kind,
        "base": str(done.root),
        "files": list(done.files),
        "changed": list(done.changed),
        "text": done.text,
        "nearest": [printing.plain(each) for each in done.nearest],
        "diagnostics": [printing.diagnostic_data(found) for found in done.findings],
        "todo": list(done.todo),
    }
