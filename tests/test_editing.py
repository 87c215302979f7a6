"""Changes to a text that a person wrote: what was asked for happens, and nothing else moves."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.source.editing import (
    EditingError,
    insert_entry,
    insert_field,
    remove_at,
    rename_field,
    replace_at,
)
from kb.source.reader import read_yaml
from kb.source.writer import dump_yaml, flow_yaml, scalar

CLAIM = """\
# yaml-language-server: $schema=x
claim: "It is 'so'."   # said twice

# Why it matters.
supports:
  - other   # short
  # the long one
  - claim: third
    because: 'It''s so.'

tags: [a, b]  # two
checks: []
notes: |
  One.

  Two.

# the end
"""


def value(text: str) -> Any:
    found, wrong = read_yaml(text, "x")
    assert not wrong, list(wrong)
    return found


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (lambda t: replace_at(t, ("claim",), "Not so."), "\"It is 'so'.\"", '"Not so."'),
        (lambda t: replace_at(t, ("supports", 1, "because"), "It's not."), "'It''s so.'", "'It''s not.'"),
        (
            lambda t: replace_at(t, ("supports", 0), {"claim": "other", "reviewed": "9f"}),
            "- other   # short\n",
            '- claim: other   # short\n    reviewed: "9f"\n',
        ),
        (lambda t: replace_at(t, ("tags", 1), "c"), "[a, b]", "[a, c]"),
        (lambda t: replace_at(t, ("notes",), "Short."), "|\n  One.\n\n  Two.\n", "Short.\n"),
        (lambda t: insert_entry(t, ("tags",), "c"), "[a, b]", "[a, b, c]"),
        (lambda t: insert_entry(t, ("checks",), "x"), "checks: []", "checks: [x]"),
        (
            lambda t: insert_entry(t, ("checks",), {"check": "x", "bears": "proxy"}),
            "checks: []\n",
            "checks:\n  - check: x\n    bears: proxy\n",
        ),
        (
            lambda t: insert_entry(t, ("supports",), "new"),
            "    because: 'It''s so.'\n",
            "    because: 'It''s so.'\n  - new\n",
        ),
        (
            lambda t: insert_entry(t, ("attacks",), "new"),
            "  Two.\n",
            "  Two.\nattacks: [new]\n",
        ),
        (
            lambda t: insert_field(t, ("supports", 1, "id"), "by-x"),
            "    because: 'It''s so.'\n",
            "    because: 'It''s so.'\n    id: by-x\n",
        ),
        (lambda t: remove_at(t, ("supports", 0)), "  - other   # short\n", ""),
        (lambda t: remove_at(t, ("supports", 1, "claim")), "claim: third\n    because", "because"),
        (lambda t: remove_at(t, ("tags", 1)), "[a, b]", "[a]"),
        (lambda t: remove_at(t, ("tags", 0)), "[a, b]", "[b]"),
        (lambda t: remove_at(t, ("notes",)), "notes: |\n  One.\n\n  Two.\n", ""),
        (lambda t: rename_field(t, ("supports", 1, "because"), "why"), "because:", "why:"),
    ],
)
@pytest.mark.parametrize("feed", ["\n", "\r\n"])
def test_a_change_changes_its_place_only(edit: Any, before: str, after: str, feed: str) -> None:
    assert CLAIM.count(before) == 1
    text = CLAIM.replace("\n", feed)
    expected = CLAIM.replace(before, after).replace("\n", feed)
    assert edit(text) == expected


def test_what_is_missing_on_the_way_is_made() -> None:
    assert insert_field("title: x\n", ("renamed", "old"), "new") == "title: x\nrenamed:\n  old: new\n"
    assert insert_entry("title: x", ("a", "b"), 1) == "title: x\na:\n  b: [1]\n"
    assert insert_entry("a:\nb: 1\n", ("a",), "x") == "a: [x]\nb: 1\n"
    assert insert_entry("a:  # why\nb: 1\n", ("a",), {"c": 1}) == "a:  # why\n  - c: 1\nb: 1\n"


def test_a_list_in_brackets_is_broken_where_it_grows_long() -> None:
    text = f"tags: [{', '.join(['tokens-of-text'] * 6)}]\n"
    grown = insert_entry(insert_entry(text, ("tags",), "x" * 20), ("tags",), "y")
    assert grown.count("\n") == 2
    assert max(map(len, grown.split("\n"))) <= 110


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda: replace_at("a: 1\n", ("b",), 2), "there is no b"),
        (lambda: replace_at("a: [1]\n", ("a", 3), 2), "there is no a.3"),
        (lambda: replace_at("a: 1\n", ("a", "b"), 2), "there is no a.b"),
        (lambda: replace_at("a: 1\n", (), {}), "a whole text"),
        (lambda: insert_entry("a: 1\n", ("a",), 2), "a is no list"),
        (lambda: insert_field("a: 1\n", ("a",), 2), "a is there already"),
        (lambda: insert_field("a: [1]\n", ("a", "b"), 2), "a has no fields"),
        (lambda: rename_field("a: 1\nb: 2\n", ("a",), "b"), "b is there already"),
        (lambda: rename_field("a: [1]\n", ("a", 0), "b"), "a.0 is no field"),
        (lambda: remove_at("a: &x 1\n", ("a",)), "anchors"),
        (lambda: remove_at("- 1\n-\n  a: 1\n", (1,)), "by hand"),
        (lambda: remove_at("a: 1\n", ("b",)), "there is no b"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(edit: Any, why: str) -> None:
    with pytest.raises(EditingError, match=why):
        edit()


# --- any text, any place ------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
NAMES = st.sampled_from(["a", "b", "claim", "x-y", "it's", "1", "with space"])
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | WORDS | st.just("two\nlines\n")
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
REMARKS = st.sampled_from(["", "  # why: [so]"])


def laid_out(draw: Any, value: Any, indent: int, head: str) -> str:
    """The value after ``head`` (its name and colon, or a dash), in one of the ways in which people write."""
    pad, remark = " " * indent, draw(REMARKS)
    if not value or not isinstance(value, dict | list) or draw(st.booleans()):
        ways = [flow_yaml(value)]
        if isinstance(value, str) and value.isprintable():
            ways += ["'" + value.replace("'", "''") + "'", json.dumps(value, ensure_ascii=False)]
        elif isinstance(value, str) and "\n" in value:
            lines = "".join(f"\n{pad}  {line}" for line in value.removesuffix("\n").split("\n"))
            ways.append(f"|{lines}")
        elif value is None:
            ways.append("")
        written = draw(st.sampled_from(ways))
        return f"{head} {written}{'' if written.startswith('|') else remark}\n"
    between = draw(st.sampled_from(["", "\n", f"{pad}# a remark\n"]))
    inner = indent + draw(st.sampled_from([2, 4]))
    if isinstance(value, list):
        inner = draw(st.sampled_from([inner, indent])) if head.endswith(":") else inner
        parts = [laid_out(draw, item, inner, " " * inner + "-") for item in value]
    else:
        parts = [laid_out(draw, item, inner, f"{' ' * inner}{scalar(name)}:") for name, item in value.items()]
    if head.endswith("-"):
        gap = " " * (inner - indent - 1)
        return f"{head}{gap}{parts[0].lstrip(' ')}{between}{''.join(parts[1:])}"
    return f"{head}{remark}\n{between}{between.join(parts)}"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for step, item in inner for place in places(item, (*path, step)))]


@settings(deadline=None)
@given(st.data(), VALUES, VALUES)
def test_whatever_is_changed_its_neighbours_stay_to_the_byte(data: Any, old: Any, new: Any) -> None:
    field = laid_out(data.draw, old, 0, "field:")
    above = '# head\n\nfirst: "1"  # one\nlist:\n- a\n\n# on the field\n'
    below = "\n# below\nlast: {a: 'b',  c: d}\n# end\n"
    text = above + field + below
    whole = value(text)
    assert whole["field"] == old
    path = data.draw(st.sampled_from(places(old, ("field",))))
    home: Any = whole
    for step in path[:-1]:
        home = home[step]
    here = home[path[-1]]
    expected = copy.deepcopy(whole)
    inside: Any = expected
    for step in path[:-1]:
        inside = inside[step]
    change = data.draw(st.sampled_from(["replace", "insert", "remove"]))
    if change == "replace":
        changed = replace_at(text, path, new)
        inside[path[-1]] = new
    elif change == "remove":
        changed = remove_at(text, path)
        del inside[path[-1]]
    elif isinstance(here, dict):
        changed = insert_field(text, (*path, "new"), new)
        inside[path[-1]]["new"] = new
    elif isinstance(here, list) or here is None:
        changed = insert_entry(text, path, new)
        inside[path[-1]] = [*(here or []), new]
    else:
        return
    assert json.dumps(value(changed), sort_keys=True) == json.dumps(expected, sort_keys=True)
    assert changed.startswith(above)
    assert changed.endswith(below)
    if change == "insert" and here:
        for remark in ("# why: [so]", "# a remark"):
            assert changed.count(remark) == text.count(remark)


@settings(deadline=None)
@given(VALUES.filter(lambda found: isinstance(found, dict) and bool(found)), VALUES)
def test_what_kb_wrote_is_changed_as_well(old: dict[str, Any], new: Any) -> None:
    text = dump_yaml(old)
    for path in places(old)[1:]:
        changed = replace_at(text, path, new)
        assert value(replace_at(changed, path, new)) == value(changed)
