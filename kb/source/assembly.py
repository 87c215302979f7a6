"""The outcomes of all files, put together to a ``kb.model.Base``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.diagnostics import Diagnostic, Diagnostics, PathItem
from kb.diagnostics.rules import RULES
from kb.model import Allowance, Base, Config
from kb.source import convert, convert_check
from kb.source.home import Home
from kb.source.ids import clashes
from kb.source.scanning import Seen

Outcome = tuple[Any, list[Diagnostic]]
_REFUSED = "KB034"

_CONVERT: Mapping[str, Callable[[str, Any, str], Any]] = {
    "check": convert_check.check,
    "source": convert.source,
    "table": convert.table,
    "measurement": convert.measurement,
}
_SHELVES = {
    "claim": "claims",
    "check": "checks",
    "source": "sources",
    "quantities": "quantities",
    "table": "tables",
    "measurement": "measurements",
}


@dataclass(frozen=True, slots=True)
class Assembled:
    base: Base
    diagnostics: Diagnostics
    failed: frozenset[str]


def stem(path: str) -> str:
    """The id that a file's name gives."""
    return path.rpartition("/")[2].removesuffix(".yaml")


def settled(kind: str, path: str, fields: Any) -> Any:
    """What is kept of a sound file: of a claim the claim itself, made once, since a base is mostly claims."""
    return convert.claim(stem(path), fields, path) if kind == "claim" and fields is not None else fields


def assemble(
    root: Path,
    seen: Iterable[Seen],
    outcomes: Iterable[tuple[Seen, Outcome]],
    early: Iterable[Diagnostic],
    files: Mapping[str, bytes] | None = None,
) -> Assembled:
    """Sound files become the base; findings are collected under the base's own severities.

    ``outcomes`` are in the order of their paths, claims as ``settled`` leaves them. A base that this kb
    refuses gives that finding alone. ``files`` are the base's own where they do not lie in ``root``.
    """
    rest = []
    config, about_config = Config(title=root.resolve().name), [_no_config()]
    for file, (fields, findings) in outcomes:
        if file.kind != "base":
            rest.append((file, fields, findings))
            continue
        about_config = findings
        if fields is not None:
            config = convert.config(fields)
    found = Diagnostics(config.severities)
    found.extend(about_config)
    if any(d.rule == _REFUSED for d in about_config):
        return Assembled(Base(str(root), config, files=files), found, frozenset())
    found.extend(early)
    shelves: dict[str, dict[str, Any]] = {kind: {} for kind in _SHELVES}
    failed = set()
    for file, fields, findings in rest:
        found.extend(findings)
        if fields is None:
            failed.add(stem(file.path))
            continue
        for name, item in _items(file, fields):
            kept = shelves[file.kind].setdefault(name, item)
            if kept is not item:
                _second(file, name, kept.file, found)
    base = Base(str(root), config, **{_SHELVES[kind]: shelf for kind, shelf in shelves.items()}, files=files)
    _halves(seen, found)
    _identities(base, found)
    _settings(base, found)
    return Assembled(base, found, frozenset(failed))


def _no_config() -> Diagnostic:
    return Diagnostic("KB033", "error", "the folder has no kb.yaml", "kb.yaml", hint="`kb init` makes a base")


def _items(file: Seen, fields: Any) -> Iterator[tuple[str, Any]]:
    if file.kind == "quantities":
        yield from convert_check.quantities(fields, file.path).items()
    elif file.kind == "claim":
        yield fields.id, fields
    else:
        name = stem(file.path)
        yield name, _CONVERT[file.kind](name, fields, file.path)


def _second(file: Seen, name: str, first: str, found: Diagnostics) -> None:
    found.add(
        "KB111",
        f'the id "{name}" is already used in {first}',
        file=file.path,
        hint="rename one of the two",
        path=(name,) if file.kind == "quantities" else (),
    )


def _halves(seen: Iterable[Seen], found: Diagnostics) -> None:
    """A table's numbers and its description belong together."""
    halves = {f.path: f.kind for f in seen if f.kind in ("table", "csv")}
    for path, kind in halves.items():
        name = path.rpartition(".")[0]
        other = f"{name}.csv" if kind == "table" else f"{name}.yaml"
        if other not in halves:
            found.add("KB032", f"the other half of this table, {other}, is missing", file=path, hint="add it")


def _identities(base: Base, found: Diagnostics) -> None:
    for problem in clashes(base):
        line, column = _place(base.home, problem.file, problem.path)
        found.add(
            problem.rule,
            problem.message,
            file=problem.file,
            line=line,
            column=column,
            expected=problem.expected,
            hint=problem.hint,
            path=problem.path,
        )


def _settings(base: Base, found: Diagnostics) -> None:
    """Rules that are set or set aside must exist, and those about unreadable files stay."""
    holders: tuple[tuple[str, tuple[Allowance, ...]], ...] = (
        ("kb.yaml", base.config.allow),
        *((c.file, c.allow) for c in base.claims.values() if c.allow),
        *((c.file, c.allow) for c in base.checks.values() if c.allow),
        *((s.file, s.allow) for s in base.sources.values() if s.allow),
    )
    named: list[tuple[str, str, tuple[PathItem, ...]]] = [
        ("kb.yaml", rule, ("rules", rule)) for rule in base.config.severities
    ]
    named += [(file, a.rule, ("allow", i, "rule")) for file, allow in holders for i, a in enumerate(allow)]
    for file, rule, path in named:
        if rule in RULES and RULES[rule].adjustable:
            continue
        problem = f"{rule} cannot be set" if rule in RULES else f"there is no rule {rule}"
        line, column = _place(base.home, file, path)
        found.add(
            "KB035",
            problem,
            file=file,
            line=line,
            column=column,
            hint="`kb explain` lists the rules",
            path=path,
        )


def _place(home: Home, file: str, path: tuple[PathItem, ...]) -> tuple[int, int]:
    if not path:
        return 1, 1
    from kb.source.places import place

    return place(home, file, path)
