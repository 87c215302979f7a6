"""The ``kb`` command and its subcommands."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb import __version__
from kb.cli.arguing import audit, cruxes
from kb.cli.checking import check, history
from kb.cli.completing import completion
from kb.cli.completing import ids as proposed
from kb.cli.creating import new
from kb.cli.differing import diff
from kb.cli.environment import unknown
from kb.cli.exchanging import export_command, formats_command, import_command
from kb.cli.explaining import why
from kb.cli.measuring import bench
from kb.cli.options import FINDINGS, base_option, cache_option, format_option, sound_base, stop
from kb.cli.renaming import migrate, rename
from kb.cli.reviewing import review
from kb.cli.searching import search
from kb.cli.serving import serve
from kb.cli.solving import solve
from kb.cli.sources import sources
from kb.cli.starting import init
from kb.cli.supposing import whatif
from kb.cli.validating import validate
from kb.cli.volume import note


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kb")
def cli() -> None:
    """Argument maps that run.

    Claims are YAML files; each names a numeric check; what the checks say travels through
    the argument to the conclusions.

    \b
    Start here:
      kb init FOLDER       start a base of your own
      kb new claim         write a claim: asks for what it needs
      kb validate          are all files in order?
      kb check             run every check, print what each one says
      kb check CHECK --set INPUT=VALUE
                           what it would say under another assumption
      kb search WORDS      find claims, checks and sources
      kb why CLAIM         why a claim stands, falls or is open
      kb whatif --verdict CHECK=fails
                           what would follow if a check came out otherwise
      kb cruxes CLAIM      what would have to change for it to stand or fall
      kb render            write the web site
      kb serve             show it in the browser, and follow each save

    \b
    Exit codes: 0 clean, 1 findings (or nothing found), 2 wrong usage, 3 a bug in kb.
    """


for command in (
    *(check, history, why, whatif, cruxes, audit, bench, search, solve, serve),
    *(import_command, export_command, formats_command, diff),
    *(init, new, rename, migrate),
    *(validate, review, sources, completion),
):
    cli.add_command(command)


@cli.command(epilog="Example: kb show gpt3-petaflop-days")
@click.argument("name", shell_complete=proposed("claim", "check", "source"))
@base_option
@format_option
@cache_option
def show(name: str, base_path: str | None, output: str, cache: bool) -> None:
    """Show a claim, check, source, quantity, measurement or question. Computes nothing."""
    from kb.api import UnknownName
    from kb.cli import printing
    from kb.cli.showing import show_data, show_text

    base = sound_base(base_path, output, cache)
    try:
        thing = base.show(name)
    except UnknownName as error:
        stop(str(error), output)
    if output == "json":
        printing.print_json(show_data(thing))
    else:
        click.echo(show_text(base, thing))


@cli.command(epilog="Example: kb render --out _site && xdg-open _site/index.html")
@base_option
@format_option
@cache_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("_site"),
    show_default=True,
    help="The folder to write; only pages that changed are written.",
)
@click.option(
    "--docs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of Markdown files that become pages of the site.",
)
@click.option("--accept-unverified", is_flag=True, help="Count unverified numbers as if they were verified.")
def render(
    base_path: str | None, output: str, cache: bool, out: Path, accept_unverified: bool, docs: Path | None
) -> None:
    """Write the base as a static web site that opens from disk.

    Computes no check: a check with no result yet shows as not run. The last line printed is the path
    of the first page.
    """
    from kb.api import BusyError, DocsError, ForeignFolderError
    from kb.cli.progress import counted

    base = sound_base(base_path, output, cache)
    try:
        with counted("Pages") as progress:
            report = base.render(out, accept_unverified=accept_unverified, docs=docs, progress=progress)
    except (ForeignFolderError, BusyError) as error:
        stop(str(error), output)
    except DocsError as error:
        stop(str(error), output, code=FINDINGS)
    except OSError as error:
        stop(f"cannot write the site to {out}: {error.strerror}", output, code=FINDINGS)
    index = (out / "index.html").resolve()
    if output == "json":
        from kb.cli import printing

        printing.print_json({"index": str(index), **printing.plain(report)})
        return
    note(f"{report.written} pages written, {report.unchanged} unchanged, {report.removed} removed.")
    click.echo(str(index))


@cli.command(epilog="Example: kb explain KB101")
@click.argument("rule", required=False)
@format_option
def explain(rule: str | None, output: str) -> None:
    """Say what a numbered rule means and how to mend what it found; without RULE, list them all."""
    from kb.cli import printing
    from kb.diagnostics.rules import RULES
    from kb.diagnostics.spelling import did_you_mean

    if rule is None:
        if output == "json":
            printing.print_json([printing.rule_data(r) for r in RULES.values()])
        else:
            printing.print_rules(tuple(RULES.values()))
        return
    number = rule.upper() if rule.upper().startswith("KB") else f"KB{rule}"
    if number not in RULES:
        guess = did_you_mean(number, RULES)
        stop(f"there is no rule {rule}" + (f"; {guess}" if guess else ""), output)
    if output == "json":
        printing.print_json(printing.rule_data(RULES[number]))
    else:
        printing.print_rule(RULES[number])


@cli.command(epilog="Example: kb doctor")
@base_option
@format_option
def doctor(base_path: str | None, output: str) -> None:
    """Look at this installation: Python, packages, base, cache, devices."""
    from kb.api import Finding
    from kb.api import doctor as examine
    from kb.cli import printing

    strange = [
        Finding("variable", "note", f"{name} means nothing to kb", meant)
        for name, meant in unknown(cli).items()
    ]
    found = (*examine(base_path), *strange)
    if output == "json":
        printing.print_json([printing.plain(f) for f in found])
    else:
        printing.print_doctor(found)
    sys.exit(FINDINGS if any(f.state == "problem" for f in found) else 0)
