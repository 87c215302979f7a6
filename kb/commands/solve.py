"""Ask an argumentation framework from a file what the argumentation competition asks its solvers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kb.diagnostics.spelling import did_you_mean
from kb.formats import iccma
from kb.standing import extensions
from kb.standing.framework import Framework

SEMANTICS: dict[str, extensions.Semantics] = {
    "gr": "grounded",
    "co": "complete",
    "pr": "preferred",
    "st": "stable",
}
TASKS = {
    "EE": "enumerate all extensions",
    "SE": "give some extension",
    "DC": "decide whether some extension has the argument",
    "DS": "decide whether every extension has the argument",
}


class WrongQuestion(ValueError):
    """A question that cannot be asked of this framework; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a framework answers.

    ``extensions`` are those asked for, arguments in the order of the file; empty for DC and DS.
    ``accepted`` answers DC and DS; None for EE and SE.
    """

    semantics: str
    task: str
    argument: str | None = None
    extensions: tuple[tuple[str, ...], ...] = ()
    accepted: bool | None = None

    @property
    def notation(self) -> str:
        """The answer as the competition writes it: ``[[a,b],[c]]``, ``[a,b]`` or ``NO``, ``YES`` or ``NO``.

        After the solver requirements of ICCMA 2015 to 2019. Those of 2023 ask for ``w 1 2`` with the same
        content.
        """
        if self.accepted is not None:
            return "YES" if self.accepted else "NO"
        listed = [f"[{','.join(found)}]" for found in self.extensions]
        if self.task == "SE":
            return listed[0] if listed else "NO"
        return f"[{','.join(listed)}]"


def solve(path: Path, semantics: str, task: str, argument: str | None = None) -> Answer:
    """What the framework of a file (``.apx``, ``.tgf`` or ``.af``) answers.

    ``semantics`` is gr, co, pr or st; ``task`` is EE, SE, DC or DS, of which the last two need an
    ``argument``: a name, or a number for the numeric format. Extensions are in a fixed order.

    Raises:
        WrongQuestion: an unknown semantics, task or argument, or an argument too many or too few.
        kb.formats.reading.FormatError: the file is not in the format of its suffix.
        kb.standing.extensions.SolverMissing: the question needs clingo, which is not installed.
        OSError: the file cannot be read.
    """
    if semantics not in SEMANTICS:
        raise WrongQuestion(f"no semantics is called {semantics!r}; there is {', '.join(SEMANTICS)}")
    if task not in TASKS:
        raise WrongQuestion(f"no task is called {task!r}; there is {', '.join(TASKS)}")
    if (argument is not None) != (task in ("DC", "DS")):
        need = "takes no argument" if argument is not None else "needs an argument"
        raise WrongQuestion(f"{task} {need}: it is to {TASKS[task]}")
    framework, chosen = iccma.read(path), SEMANTICS[semantics]
    if argument is not None:
        decide = extensions.credulous if task == "DC" else extensions.sceptical
        accepted = decide(framework, chosen, _number(framework, path, argument))
        return Answer(semantics, task, argument, accepted=accepted)
    if task == "EE":
        found = sorted(extensions.extensions(framework, chosen))
    else:
        some = extensions.some_extension(framework, chosen)
        found = [] if some is None else [some]
    names = framework.names
    return Answer(semantics, task, extensions=tuple(tuple(names[a] for a in one) for one in found))


def _number(framework: Framework, path: Path, argument: str) -> int:
    if argument not in framework.number:
        few = framework.names if len(framework) <= 1_000 else ()
        guess = did_you_mean(argument, few)
        said = f"{path} has no argument {argument!r}"
        raise WrongQuestion("; ".join(filter(None, (said, guess))))
    return framework.number[argument]
