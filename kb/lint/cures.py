"""What ``kb validate --fix`` does: for each rule with one safe cure, the change to the file.

A cure takes the finding and its file's text, and gives the new text, or None where a person has to decide. It
changes nothing but what the finding is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kb.diagnostics import Diagnostic, PathItem
from kb.model import Base
from kb.source.editing import EditingError, remove_at, rename_field, replace_at
from kb.source.modelines import with_kind
from kb.source.reader import Tree, read_yaml
from kb.source.scalars import OutOfRangeError, plain
from kb.source.unseen import named

Path = tuple[PathItem, ...]
_MEANT = re.compile(r"did you mean [`\"]([^`\"]+)[`\"]\?")
_SHORTEST = 4  # in a shorter word one letter makes too much of a difference
_BRACKETS, _QUOTES, _NO_QUOTES = "put it in square brackets", "put quotes around it", "remove the quotes"


class Case(NamedTuple):
    """A finding, its file's text and kind, and the base as far as it could be read."""

    finding: Diagnostic
    text: str
    kind: str
    base: Base


def cure(case: Case) -> str | None:
    """The file's text without the fault; None where there is no safe cure."""
    apply = CURES.get(case.finding.rule)
    if apply is None:
        return None
    try:
        return apply(case)
    except EditingError:
        return None  # laid out so that only a person can change it


def _byte_order_mark(case: Case) -> str | None:
    return case.text.removeprefix("\ufeff") if case.text.startswith("\ufeff") else None


def _unseen(case: Case) -> str | None:
    """A byte order mark changes nothing where it stands; of any other character a person has to judge."""
    return case.text.replace("\ufeff", "") if named("\ufeff") in case.finding.message else None


def _field_name(case: Case) -> str | None:
    meant, path = _meant(case), case.finding.path
    return rename_field(case.text, path, meant) if meant and one_slip(str(path[-1]), meant) else None


def _word(case: Case) -> str | None:
    meant, (path, written) = _meant(case), _found(case)
    if not meant or not isinstance(written, str):
        return None
    alike = _bare(written) == _bare(meant)
    return replace_at(case.text, path, meant) if alike or one_slip(written, meant) else None


def _kind_of_value(case: Case) -> str | None:
    path, value = _found(case)
    hint = case.finding.hint
    if not path or isinstance(value, list | dict):
        return None
    if hint.startswith(_BRACKETS):
        return replace_at(case.text, path, [value]) if "," not in str(value) else None
    if hint.startswith(_QUOTES):
        node = Tree(case.text).find(path)[1]
        return replace_at(case.text, path, str(node.value)) if node is not None else None
    if hint.startswith(_NO_QUOTES) and isinstance(value, str):
        try:
            number = plain(value)
        except OutOfRangeError:
            return None
        if isinstance(number, int | float) and not isinstance(number, bool):
            return replace_at(case.text, path, number)
    return None


def _entry(case: Case) -> str | None:
    return remove_at(case.text, case.finding.path)


def _schema_line(case: Case) -> str | None:
    return with_kind(case.text, case.kind)


def _renamed(case: Case) -> str | None:
    """The new name of whatever was renamed, whether it is a value or (in ``stance``) a field's name."""
    path, value = _found(case)
    names = case.base.config.renamed
    if isinstance(value, str) and (new := _parts_now(value, names)) != value:
        return replace_at(case.text, path, new)
    if path[:1] == ("stance",) and (new := _now(str(path[-1]), names)) != path[-1]:
        return rename_field(case.text, path, new)
    return None


def _default_name(case: Case) -> str | None:
    """The name goes where it is the one that the inference has without it, so undercuts find it as before."""
    for claim in case.base.claims.values():
        if claim.file != case.finding.file:
            continue
        kind, index = case.finding.path[:2]
        for step in claim.steps:
            usual = f"{claim.id}--{step.kind}--{step.conclusion}"
            if (step.kind, step.index) == (kind, index) and step.id == usual:
                return remove_at(case.text, case.finding.path)
        for cut in claim.undercuts:
            usual = f"{claim.id}--undercuts--{cut.target}"
            if (kind, cut.index) == ("undercuts", index) and cut.id == usual:
                return remove_at(case.text, case.finding.path)
    return None


def _allowance(case: Case) -> str | None:
    _, index, *_ = case.finding.path
    value, _ = read_yaml(case.text, case.finding.file)
    return remove_at(case.text, ("allow",) if len(value["allow"]) == 1 else ("allow", index))


CURES: Mapping[str, Callable[[Case], str | None]] = {
    "KB003": _byte_order_mark,
    "KB012": _unseen,
    "KB020": _field_name,
    "KB022": _kind_of_value,
    "KB023": _word,
    "KB028": _entry,
    "KB036": _schema_line,
    "KB101": _renamed,
    "KB102": _renamed,
    "KB103": _renamed,
    "KB104": _renamed,
    "KB105": _renamed,
    "KB106": _renamed,
    "KB108": _renamed,
    "KB109": _renamed,
    "KB225": _default_name,
    "KB240": _allowance,
}
"""The rules that another text of the file cures. (KB030, a wrong file ending, is cured by a new name.)"""


def one_slip(written: str, meant: str) -> bool:
    """Whether one letter too many, missing or wrong, or two swapped ones, are all the difference."""
    if min(len(written), len(meant)) < _SHORTEST or written == meant:
        return False
    same = next((i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), None)
    at = min(len(written), len(meant)) if same is None else same
    left, right = written[at:], meant[at:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:] and len(left) > 1
    return swapped or left[1:] == right or left == right[1:] or left[1:] == right[1:]


def _bare(word: str) -> str:
    return re.sub(r"[\s_-]", "", word).casefold()


def _meant(case: Case) -> str:
    """The likeliest name, which the finding's hint says."""
    found = _MEANT.match(case.finding.hint)
    return found[1] if found else ""


def _found(case: Case) -> tuple[Path, Any]:
    """The value that the finding is about, and the path to it: of an entry's short form, the entry itself."""
    value, _ = read_yaml(case.text, case.finding.file)
    path: list[PathItem] = []
    for step in case.finding.path:
        if not isinstance(value, list | dict):
            break
        try:
            value = value[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return (), None
        path.append(step)
    return tuple(path), value


def _now(name: str, renamed: Mapping[str, str]) -> str:
    """What an id is called today; itself where renames run in a circle."""
    seen = {name}
    now = name
    while (new := renamed.get(now)) is not None:
        if new in seen:
            return name
        seen.add(new)
        now = new
    return now


def _parts_now(name: str, renamed: Mapping[str, str]) -> str:
    """As ``_now``; of the default name of an inference or of a check's bearing, for each id in it."""
    if name in renamed:
        return _now(name, renamed)
    return "".join(_now(part, renamed) for part in re.split(r"(--| > )", name))
