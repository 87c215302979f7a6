"""KB0xx: files, YAML and their fields."""

from __future__ import annotations

from kb.diagnostics.rule import Rule

FILE_RULES: tuple[Rule, ...] = (
    Rule(
        "KB001",
        "unreadable file",
        "error",
        "The file is there but cannot be read: it is gone again, is no regular file, or its permissions "
        "forbid it.",
        "chmod 000 economics/compute-bill.yaml",
        adjustable=False,
    ),
    Rule(
        "KB002",
        "link out of the base",
        "error",
        "A symbolic link leads to a folder, or out of the base's folder. A base is complete in itself: put "
        "the file in.",
        "economics/passwords.yaml -> /etc/passwd",
        adjustable=False,
    ),
    Rule(
        "KB003",
        "not plain UTF-8",
        "error",
        "Files are UTF-8 without a byte order mark, so that each byte means the same everywhere.",
        "a file saved as UTF-16 or Latin-1",
        adjustable=False,
        fix="takes a byte order mark away.",
    ),
    Rule(
        "KB004",
        "empty file",
        "error",
        "The file has no content, or only comments. Fill it in or delete it.",
        "# to be written",
        adjustable=False,
    ),
    Rule(
        "KB005",
        "broken YAML",
        "error",
        "The text is not YAML. The usual causes are a colon followed by a space in unquoted text, an "
        "unclosed quote or "
        "bracket, and uneven indentation.",
        "claim: Note: this needs quotes",
        adjustable=False,
    ),
    Rule(
        "KB006",
        "field given twice",
        "error",
        "The same field stands twice in one mapping. Most readers would silently take the last.",
        "title: One\ntitle: Two",
        adjustable=False,
    ),
    Rule(
        "KB007",
        "YAML feature that kb does not read",
        "error",
        "Anchors, aliases, tags, merge keys, directives and several documents in one file are refused: they "
        "hide what a "
        "file says from its readers, and some can blow a small file up to gigabytes.",
        "supports: *shared",
        adjustable=False,
    ),
    Rule(
        "KB008",
        "too large",
        "error",
        "A file is at most 1 MB, a line at most 20,000 characters, and values nest at most 40 deep. "
        "Nothing that people write comes near.",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]…",
        adjustable=False,
    ),
    Rule(
        "KB009",
        "field name that is not text",
        "error",
        "Names of fields are text. Put quotes around a number, true, false or null that is meant as a name.",
        "2024: x",
        adjustable=False,
    ),
    Rule(
        "KB010",
        "number out of range",
        "error",
        "Numbers are IEEE doubles: infinite and undefined values (.inf, .nan) and numbers beyond 1.8e308 "
        "are refused.",
        "value: 1e999",
        adjustable=False,
    ),
    Rule(
        "KB011",
        "tab in the indentation",
        "error",
        "YAML is indented with spaces. Most editors can turn tabs into spaces.",
        "evidence:\n\t- {source: x}",
        adjustable=False,
    ),
    Rule(
        "KB012",
        "character that cannot be seen",
        "error",
        "A file holds no control characters, which can give commands to a terminal; none that turn the "
        "order of the letters round (U+202A to U+202E, U+2066 to U+2069), so that a text reads otherwise "
        "than it is written; no byte order mark; and no line or paragraph separator but the line feed, as "
        "editors disagree about where the lines end. Inside double quotes an escape of a separator, such as "
        "\\u2028, is read; an escape of any of the others is refused too.",
        "claim: a\\x07b",
        adjustable=False,
        fix="takes a byte order mark away from within a file.",
    ),
    Rule(
        "KB020",
        "unknown field",
        "error",
        "The format has no field of this name here. A misspelt field would otherwise be lost without a word.",
        "suports: [compute-bill]",
        adjustable=False,
        fix="corrects a name with one wrong letter, if the value then fits.",
    ),
    Rule(
        "KB021",
        "missing field",
        "error",
        "A field that must be there is not.",
        "title: A claim without its claim",
        adjustable=False,
    ),
    Rule(
        "KB022",
        "wrong kind of value",
        "error",
        "The field holds text where a number belongs, one value where a list belongs, or the like.",
        "supports: compute-bill   # a list: [compute-bill]",
        adjustable=False,
        fix="puts brackets around the one entry of a list, quotes around a number that is text, "
        "and takes the quotes off a number.",
    ),
    Rule(
        "KB023",
        "word that is not in the list",
        "error",
        "The field takes one of a few words.",
        "strength: huge",
        adjustable=False,
        fix="corrects a word with one wrong letter, or in other capitals.",
    ),
    Rule(
        "KB024",
        "value out of bounds or of the wrong form",
        "error",
        "The value is of the right kind but too small, too large, too short, too long, or not in the form "
        "that the "
        "field needs (a date, an id, a hash).",
        "prior: 1.4",
        adjustable=False,
    ),
    Rule(
        "KB025",
        "field of another kind",
        "error",
        "The field exists, but not for this kind of check or together with what else is given here.",
        "kind: formula\nmeasure: {test: matmul}",
        adjustable=False,
    ),
    Rule(
        "KB026",
        "exactly one of several fields",
        "error",
        "Of these fields exactly one must be given: a value or a distribution, one condition in an "
        "expectation.",
        "expect: {at_least: 3, at_most: 5}",
        adjustable=False,
    ),
    Rule(
        "KB027",
        "field without a value",
        "error",
        "The field's name is there but nothing follows. Give it a value or remove the line.",
        "title:",
        adjustable=False,
    ),
    Rule(
        "KB028",
        "entry given twice",
        "error",
        "The same entry stands twice in a list where it can only count once.",
        "tags: [cost, cost]",
        adjustable=False,
        fix="removes the later one.",
    ),
    Rule(
        "KB029",
        "more faults than are shown",
        "error",
        "So many faults mean that the file is not what its place says. Only the first hundred are shown.",
        "a file of another program in quantities/",
        adjustable=False,
    ),
    Rule(
        "KB030",
        "wrong file ending",
        "warning",
        "kb reads files that end in .yaml. A file with another ending is not part of the base, though it "
        "may look so.",
        "economics/compute-bill.yml",
        fix="gives it the ending .yaml, if it is a sound file of its place and the name is free.",
    ),
    Rule(
        "KB031",
        "stray file",
        "warning",
        "The file lies in a folder whose files kb knows by their endings, and is none of them. It is not "
        "read.",
        "checks/gpt3.py",
    ),
    Rule(
        "KB032",
        "table without its other half",
        "error",
        "A data table is two files: the numbers in <id>.csv and what they are in <id>.yaml.",
        "data/growth.csv without data/growth.yaml",
    ),
    Rule(
        "KB033",
        "no kb.yaml",
        "error",
        "The folder has no kb.yaml, or it cannot be used. Without it the base has no title, no questions "
        "and the usual "
        "thresholds.",
        "kb --base some/folder validate",
        adjustable=False,
    ),
    Rule(
        "KB034",
        "made for another version of kb",
        "error",
        "`format` or `requires` in kb.yaml asks for a version of kb that this one is not. Install that "
        "version.",
        "format: 2",
        adjustable=False,
    ),
    Rule(
        "KB035",
        "setting for a rule that cannot be set",
        "error",
        "`rules` and `allow` name rules by number (`kb explain` lists them). Rules about files that cannot "
        "be read "
        "keep their severity.",
        "rules: {KB999: off}",
        adjustable=False,
    ),
    Rule(
        "KB036",
        "schema line of another kind",
        "warning",
        "The comment at the top of a file names the schema by which editors complete and judge it. This one "
        "is for another kind of file, so the editor's advice is wrong.",
        "# yaml-language-server: $schema=../schema/check.schema.json   # in a claim's file",
        fix="names the schema of the file's own kind.",
    ),
)
