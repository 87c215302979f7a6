"""``kb solve``: ask an argumentation framework from a file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from kb.cli.options import FINDINGS, format_option, stop
from kb.cli.streams import speaks_unicode


@click.command(
    epilog="""\b
Examples:
  kb solve debate.apx --semantics gr --task SE
  kb solve debate.af --semantics pr --task DS --argument 3"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--semantics",
    type=click.Choice(["gr", "co", "pr", "st"]),
    default="gr",
    show_default=True,
    help="Grounded, complete, preferred or stable.",
)
@click.option(
    "--task",
    type=click.Choice(["EE", "SE", "DC", "DS"]),
    default="SE",
    show_default=True,
    help="All extensions, one of them, or: is the argument in some (DC), in every (DS)?",
)
@click.option("--argument", metavar="A", help="The argument that DC and DS ask about.")
@format_option
def solve(file: Path, semantics: str, task: str, argument: str | None, output: str) -> None:
    """Solve an argumentation framework (.apx, .tgf or .af) under Dung's semantics.

    It is the solver behind the crisp reading of a base, made to be audited: the answer is in the notation
    of the ICCMA competitions. Grounded needs nothing more; the others need clingo:
    pip install 'kb-argmap[solver]'.
    """
    from kb.api import FormatError, SolverMissing, WrongQuestion
    from kb.api import solve as answered

    try:
        answer = answered(file, semantics, task, argument)
    except (WrongQuestion, SolverMissing) as error:
        stop(str(error), output)
    except FormatError as error:
        stop(str(error), output, code=FINDINGS)
    if output == "json":
        from kb.cli import printing

        printing.print_json({**asdict(answer), "notation": answer.notation})
        return
    if not (answer.notation.isascii() or speaks_unicode()):
        # Elsewhere kb spells what cannot be shown in other letters; a name so spelled may be another's.
        said = "the answer has names that standard output, not being Unicode, may lack letters for"
        stop(f"{said}: use --format json", output, code=FINDINGS)
    click.echo(answer.notation)
