"""Complete, preferred and stable extensions, and which arguments they accept, through clingo.

The grounded extension needs no solver, nor does what it settles: it is itself complete, it lies
in every complete extension, and it is all that every one of them has in common.
Sets of arguments are tuples of numbers in ascending order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from kb.standing.framework import Framework
from kb.standing.framework import framework as make
from kb.standing.grounded import IN, grounded

if TYPE_CHECKING:
    from clingo import Control

Semantics = Literal["grounded", "complete", "preferred", "stable"]
Extension = tuple[int, ...]

COMPLETE = """
{in(X)} :- arg(X).
beaten(X) :- in(Y), att(Y,X).
exposed(X) :- att(Y,X), not beaten(Y).
:- in(X), beaten(X).
:- in(X), exposed(X).
:- arg(X), not in(X), not exposed(X).
#show in/1.
"""
"""An argument is in exactly when each of its attackers is attacked from within (Egly, Gaggl and Woltran,
Answer-set programming encodings for argumentation frameworks, Argument and Computation 1, 2010)."""

STABLE = ":- arg(X), not in(X), not beaten(X)."
PREFERRED = "#heuristic in(X) : arg(X). [1,true]"
"""Preferred extensions are the largest complete ones: clingo tries ``in`` first, and under ``domRec`` passes
over what lies within a model already found (Gebser et al., Domain-Specific Heuristics in Answer Set
Programming, AAAI 2013)."""

PATIENCE = 0.2
"""Seconds of search after which Python has a turn, so that it can be interrupted."""


class SolverMissing(RuntimeError):
    """The package that computes extensions is missing or does not load; the text names the extra it is in."""


def extensions(framework: Framework, semantics: Semantics) -> Iterator[Extension]:
    """Every extension, each once, as they are found; the order is the same in every run.

    Raises:
        SolverMissing: clingo is not installed, and the semantics is not grounded.
    """
    if semantics == "grounded":
        yield _grounded(framework)
        return
    yield from _models(_control(framework, semantics))


def some_extension(framework: Framework, semantics: Semantics) -> Extension | None:
    """One extension; None when there is none, which happens under stable semantics only.

    Raises:
        SolverMissing: as ``extensions``, except that a complete extension needs no solver.
    """
    if semantics == "complete":
        return _grounded(framework)
    return next(extensions(framework, semantics), None)


def credulous(framework: Framework, semantics: Semantics, argument: int) -> bool:
    """Whether some extension has the argument.

    Raises:
        SolverMissing: clingo is not installed, and the semantics is not grounded.
    """
    if semantics == "grounded":
        return argument in _grounded(framework)
    if semantics == "stable":
        return _some(framework, "stable", f":- not in({argument}).")
    # What is in some complete extension is in a largest one, so both are asked in the same way.
    part, argument = _leading_to(framework, argument)
    return _some(part, "complete", f":- not in({argument}).")


def sceptical(framework: Framework, semantics: Semantics, argument: int) -> bool:
    """Whether every extension has the argument; so it has where there is no extension at all.

    Raises:
        SolverMissing: clingo is not installed, and the semantics is neither grounded nor complete.
    """
    if semantics in ("grounded", "complete"):
        return argument in _grounded(framework)
    if semantics == "stable":
        return not _some(framework, "stable", f":- in({argument}).")
    part, argument = _leading_to(framework, argument)
    return all(argument in found for found in extensions(part, "preferred"))


def _grounded(framework: Framework) -> Extension:
    return tuple([argument for argument, label in enumerate(grounded(framework)) if label == IN])


def _leading_to(framework: Framework, argument: int) -> tuple[Framework, int]:
    """The arguments from which a chain of attacks leads to this one, and its number among them.

    Under complete and preferred semantics nothing else matters to it (directionality: Baroni and
    Giacomin, On principle-based evaluation of extension-based argumentation semantics, 2007).
    """
    reached = {argument}
    queue = [argument]
    for one in queue:  # grows while it is read
        new = [other for other in framework.attackers_of(one) if other not in reached]
        reached.update(new)
        queue.extend(new)
    number = {old: new for new, old in enumerate(sorted(reached))}
    attacks = ((number[a], number[b]) for b in number for a in framework.attackers_of(b))
    return make((framework.names[old] for old in number), attacks), number[argument]


def _some(framework: Framework, semantics: Semantics, question: str) -> bool:
    return next(_models(_control(framework, semantics, question)), None) is not None


def _control(framework: Framework, semantics: Semantics, question: str = "") -> Control:
    """A solver that holds the framework, ground and ready."""
    try:
        from clingo import Control
    except ImportError as error:
        # Installed is not enough: a wheel may be for another C library, or half removed.
        absent = isinstance(error, ModuleNotFoundError)
        why = "which is not installed" if absent else f"which cannot be loaded ({error})"
        raise SolverMissing(
            f"{semantics} extensions are computed by the package clingo, {why}: "
            "pip install 'kb-argmap[solver]'. The grounded extension does without it."
        ) from error
    largest = ["--heuristic=Domain", "--enum-mode=domRec"] if semantics == "preferred" else []
    # Its notes go nowhere: one says that nothing is left to choose. Its errors are raised.
    control = Control(["0", *largest], logger=lambda code, text: None)
    extra = {"stable": STABLE, "preferred": PREFERRED}.get(semantics, "")
    facts = [f"arg(0..{len(framework) - 1}).", *(f"att({a},{b})." for a, b in framework.attacks())]
    control.add("base", [], "\n".join((COMPLETE, extra, question, *facts)))
    control.ground([("base", [])])
    return control


def _models(control: Control) -> Iterator[Extension]:
    with control.solve(yield_=True, async_=True) as search:
        while True:
            search.resume()
            while not search.wait(PATIENCE):
                pass
            model = search.model()
            if model is None:
                return
            yield tuple(sorted(atom.arguments[0].number for atom in model.symbols(shown=True)))
