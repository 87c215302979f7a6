"""``kb validate --fix``: cure what has one safe cure, in a copy first, then in the base's files.

Comments and layout stay. Each change is judged before it counts: the file must lose the finding and get no
other one. The base's files are written last, all or none.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from kb.commands.opening import Findings, findings, open_base
from kb.diagnostics import Diagnostic
from kb.lint.cures import CURES, Case, cure
from kb.resources import is_shipped
from kb.source.outcome import examine
from kb.source.replacing import ChangedMeanwhile, replace_texts, text_of, write_text
from kb.source.scanning import KINDS, scan

_ROUNDS = 20  # a cure can bring another fault to light; this many layers no file has
_ENDING = "KB030"


class FixingError(Exception):
    """The files cannot be fixed; the text says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was cured, what the files were and are (None: no such file), and what is left to do."""

    cured: tuple[Diagnostic, ...]
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    left: Findings

    def diff(self) -> str:
        """The change as a unified diff, as ``patch -p1`` reads it in the base's folder."""
        return "".join(_diff(file, self.before[file], self.after[file]) for file in sorted(self.after))


def fix(root: Path, *, dry_run: bool = False) -> Fixed:
    """Cure what can be cured safely in the base at ``root``; with ``dry_run`` write nothing.

    Doing it again changes nothing more.

    Raises:
        FixingError: the base came with kb, or a file was changed meanwhile.
        OSError: a file cannot be written; those written before it are as they were.
    """
    if is_shipped(root):
        raise FixingError(f"{root} came with kb and is never changed; copy it first")
    found = findings(root)
    if not any(d.rule == _ENDING or d.rule in CURES for d in found.diagnostics):
        return Fixed((), {}, {}, found)
    with tempfile.TemporaryDirectory(prefix="kb-fix-") as folder:
        copy = Path(folder) / "base"
        _copied(root, copy)
        cured: list[Diagnostic] = []
        changed: dict[str, str | None] = {}
        for _ in range(_ROUNDS):
            done, files = _round(copy)
            if not done:
                break
            cured += done
            changed |= files
            for file, text in files.items():
                write_text(copy / file, text)
        rest = open_base(copy, thorough=True)
    before = {file: text_of(root / file) for file in changed}
    after = {file: text for file, text in changed.items() if text != before[file]}
    left = Findings(root, rest.diagnostics, rest.files)
    if not dry_run:
        try:
            replace_texts(root, before, after)
        except ChangedMeanwhile as error:
            raise FixingError(str(error)) from None
    return Fixed(tuple(cured), before, after, left)


def _copied(root: Path, copy: Path) -> None:
    """All that counts as the base, and the names of strays, which may be files with a wrong ending."""
    seen, strays = scan(root)
    for file in (*(s.path for s in seen), *(d.file for d in strays if d.rule == _ENDING)):
        target = copy / file
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # what cannot be read is reported already, and is not for us to change
            shutil.copyfile(root / file, target)
    if (root / "schema").is_dir():
        (copy / "schema").mkdir(exist_ok=True)


def _round(root: Path) -> tuple[list[Diagnostic], dict[str, str | None]]:
    """What one look at the base cures, and the new texts."""
    opened = open_base(root, thorough=True)
    kinds = {file.path: file.kind for file in scan(root)[0]}
    by_file: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    cured: list[Diagnostic] = []
    files: dict[str, str | None] = {}
    for finding in opened.diagnostics:
        if finding.rule in CURES:
            by_file[finding.file].append(finding)
        elif finding.rule == _ENDING and (named := _well_named(root, finding.file)):
            cured.append(finding)
            files |= named
    for file, here in by_file.items():
        if (text := text_of(root / file)) is None or file not in kinds:
            continue
        for finding in reversed(here):  # from the end, so that the places of the others stay
            new = cure(Case(finding, text, kinds[file], opened.base))
            if new is not None and new != text and _better(finding, text, new, kinds[file]):
                cured.append(finding)
                text = files[file] = new
    return sorted(cured, key=lambda d: d.order), files


def _better(finding: Diagnostic, old: str, new: str, kind: str) -> bool:
    """Whether the new text has no fault of its own that the old one did not have, and lacks this one."""
    was, now = (
        Counter((d.rule, d.message) for d in examine(text.encode(), finding.file, kind)[1])
        for text in (old, new)
    )
    return not now - was and (sum(now.values()) < sum(was.values()) or not was)


def _well_named(root: Path, file: str) -> dict[str, str | None] | None:
    """A file under the ending that kb reads, if nothing is there and it is a sound file of its place."""
    target = file.rpartition(".")[0] + ".yaml"
    text = text_of(root / file)
    if text is None or (root / target).exists():
        return None
    kind = KINDS.get(file.split("/")[0], "claim") if "/" in file else "claim"
    return None if examine(text.encode(), target, kind)[1] else {file: None, target: text}


def _diff(file: str, before: str | None, after: str | None) -> str:
    old, new = (_lines(text) for text in (before, after))
    names = ("/dev/null" if before is None else f"a/{file}", "/dev/null" if after is None else f"b/{file}")
    return "".join(unified_diff(old, new, *names))


def _lines(text: str | None) -> list[str]:
    lines = (text or "").splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n\\ No newline at end of file\n"
    return lines


__all__ = ["Fixed", "FixingError", "fix"]
