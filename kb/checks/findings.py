"""Adding a finding at the right line and column of a base's file."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.checks.dimensions import Dimension
from kb.checks.units import Unit, UnitError, amount, unit
from kb.diagnostics import Diagnostics, PathItem
from kb.model import Amount, Base, Check
from kb.source.home import read

Way = tuple[PathItem, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Where the passes over checks put what they find. Files are only read where something is found."""

    base: Base
    diagnostics: Diagnostics
    _texts: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        rule: str,
        message: str,
        file: str,
        way: Way,
        *,
        written: str = "",
        column: int = 1,
        hint: str = "",
        expected: str = "",
    ) -> None:
        """A finding at a value; ``column`` counts within ``written``, the value's text."""
        line, start = self._place(file, way)
        at = self._inside(file, line, start, written, column)
        self.diagnostics.add(
            rule, message, file=file, line=line, column=at, hint=hint, expected=expected, path=way
        )

    def _place(self, file: str, way: Way) -> tuple[int, int]:
        from kb.source import locate

        text = self._text(file)
        found = locate(text, way, value=True)
        if "flips_if" in way and found == locate(text, ("flips_if",), value=True):
            # A single change may stand without a list.
            return locate(text, tuple(step for step in way if step != 0), value=True)
        return found

    def _inside(self, file: str, line: int, start: int, written: str, column: int) -> int:
        """The column of a character of a plain or quoted one-line text; else where the text starts."""
        lines = self._text(file).splitlines()
        rest = lines[line - 1][start - 1 :] if line <= len(lines) else ""
        if written and rest.startswith(written):
            return start + column - 1
        if written and rest[:1] in ("'", '"') and rest[1:].startswith(written):
            return start + column
        return start

    def _text(self, file: str) -> str:
        if file not in self._texts:
            try:
                self._texts[file] = read(self.base.home, file).decode("utf-8")
            except (OSError, UnicodeDecodeError):
                self._texts[file] = ""
        return self._texts[file]

    def unit(self, text: str, file: str, way: Way) -> Unit | None:
        """The unit that a text means; None, with a finding, when it means none."""
        try:
            return unit(text)
        except UnitError as error:
            self.add("KB303", error.message, file, way, written=text, column=error.column, hint=error.hint)
            return None

    def amount(self, written: Amount, place: Unit, file: str, way: Way) -> None:
        """A finding where an amount cannot be read or has another dimension than its place."""
        text = written if isinstance(written, str) else ""
        try:
            amount(written, place).to(place)
        except UnitError as error:
            self.add("KB305", error.message, file, way, written=text, column=error.column, hint=error.hint)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the expressions of a check may name: each name's unit, None where that is at fault already."""

    check: Check
    units: dict[str, Unit | None]
    used: set[str] = field(default_factory=set)

    def dimensions(self) -> dict[str, Dimension]:
        return {name: found.dimension for name, found in self.units.items() if found}
