"""Trees of the Trustable Software Framework, as trudag keeps them.

The graph is a DOT file of its own (``.dotstop.dot``): ``"A" -> "B"`` says that statement A rests on B. Each
statement is a Markdown file ``A.md``, anywhere in the graph's folder, with YAML front matter.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from kb.formats.drafting import Drafting
from kb.formats.format import Format
from kb.formats.reading import FormatError, Misread, place_of, text_of
from kb.formats.yaml_text import yaml_of

FORMAT = Format(
    "trudag",
    "trudag graph (Trustable Software Framework)",
    "dot",
    holds=frozenset({"titles", "paragraphs", "supports", "sources", "tags", "notes"}),
    writes=False,
    coming=(
        "scores, evidence and the other fields of the front matter become notes",
        "fingerprints of statements and links are left out",
    ),
)
_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/)|(?P<arrow>->)|(?P<sign>[{}\[\];,=])"""
    r"""|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[\w.+-]+?(?=->|[^\w.+-]|\Z))""",
    re.DOTALL,
)
_PAGE = re.compile(r"(?:https?|ftp)://\S+\Z")
_MOST_FILES = 200_000


@dataclass(slots=True)
class _Graph:
    nodes: dict[str, int] = field(default_factory=dict)
    """The line in which each statement is named first."""
    edges: list[tuple[str, str, int]] = field(default_factory=list)
    fingerprints: int = 0


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Raises Misread: the file is no graph of trudag, or a statement's file cannot be read."""
    graph = _graph(text)
    drafting.title = path.absolute().parent.name
    drafting.counted["statements"], drafting.counted["links"] = len(graph.nodes), len(graph.edges)
    files = _files(path.absolute().parent, graph.nodes)
    for name, line in graph.nodes.items():
        if name in files:
            _statement(name, line, files[name], drafting)
        else:
            drafting.claim(name, name, title=name, place=name)
            drafting.lose(f"the text of {name}", f"there is no file {name}.md in the folder", line)
    for number, (whole, part, line) in enumerate(graph.edges):
        drafting.step(f"link {number}", "supports", [part], whole, line=line)
    if graph.fingerprints:
        drafting.lose(f"fingerprints ({graph.fingerprints})", "a base keeps none of other tools")


# --- the graph -------------------------------------------------------------------


def _graph(text: str) -> _Graph:
    tokens = list(_tokens(text))
    at = 0
    words = []
    while at < len(tokens) and tokens[at][0] != "{":
        words.append(tokens[at][0].casefold())
        at += 1
    if "digraph" not in words or at == len(tokens):
        line = tokens[0][1] if tokens else 1
        raise Misread(line, 1, "a graph of trudag begins with `digraph G {`; give the file .dotstop.dot")
    graph = _Graph()
    at += 1
    while at < len(tokens):
        token, line, kind = tokens[at]
        if token == "}" and kind == "sign":
            return graph
        if kind == "sign" and token == ";":
            at += 1
        elif kind in ("quoted", "word"):
            at = _said(tokens, at, graph)
        else:
            raise Misread(line, 1, f"{token!r} is not expected here, but a statement or a link")
    raise Misread(tokens[-1][1], 1, "the graph is not closed: `}` is missing at its end")


def _said(tokens: list[tuple[str, int, str]], at: int, graph: _Graph) -> int:
    """One statement or chain of links with its attributes; where the next one begins."""
    chain: list[tuple[str, int]] = []
    while True:
        name, line, kind = tokens[at] if at < len(tokens) else ("the end", tokens[-1][1], "end")
        if kind not in ("quoted", "word"):
            raise Misread(line, 1, f"{name!r} is not expected here, but the name of a statement")
        chain.append((name, line))
        at += 1
        if at == len(tokens) or tokens[at][2] != "arrow":
            break
        at += 1
    if kind == "word" and name.casefold() == "subgraph":
        raise Misread(line, 1, "a subgraph: trudag writes none")
    attributes, at = _attributes(tokens, at)
    if len(chain) == 1 and kind == "word" and name.casefold() in ("node", "edge", "graph"):
        return at
    graph.fingerprints += "sha" in attributes
    for each, where in chain:
        graph.nodes.setdefault(each, where)
    graph.edges.extend((a, b, where) for (a, where), (b, _) in pairwise(chain))
    return at


def _attributes(tokens: list[tuple[str, int, str]], at: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while at < len(tokens) and tokens[at][0] == "[" and tokens[at][2] == "sign":
        begun, at = tokens[at][1], at + 1
        name = ""
        while at < len(tokens) and (tokens[at][0], tokens[at][2]) != ("]", "sign"):
            token, line, kind = tokens[at]
            if kind == "arrow" or token in ("{", "}", "["):
                raise Misread(line, 1, f"{token!r} is not expected within [ ]")
            if kind != "sign" and not name:
                name = token
            elif kind != "sign":
                found[name], name = token, ""
            elif token in ",;":
                name = ""
            at += 1
        if at == len(tokens):
            raise Misread(begun, 1, "`[` is not closed")
        at += 1
    return found, at


def _tokens(text: str) -> Iterator[tuple[str, int, str]]:
    """Each token with its line and kind."""
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise Misread(*place_of(text, at), f"{text[at]!r} is not expected in a graph")
        kind, said = str(found.lastgroup), found[0]
        if kind == "quoted":
            yield re.sub(r'\\(["\\])', r"\1", found["quoted"]), line, kind
        elif kind != "blank":
            yield said, line, kind
        line += said.count("\n")
        at = found.end()


# --- the statements ---------------------------------------------------------------


def _files(folder: Path, names: Mapping[str, int]) -> dict[str, Path]:
    """The Markdown file of each statement, by the statement's name; none outside the folder.

    Raises Misread where two files have the name of one statement.
    """
    found: dict[str, Path] = {}
    count = 0
    for home, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "node_modules")
        for file in sorted(files):
            count += 1
            name = file.removesuffix(".md")
            if name == file or name not in names or (Path(home) / file).is_symlink():
                continue
            if name in found:
                raise Misread(names[name], 1, f"{name} has two files: {found[name]} and {Path(home) / file}")
            found[name] = Path(home) / file
        if len(found) == len(names) or count > _MOST_FILES:
            break
    return found


def _statement(name: str, line: int, file: Path, drafting: Drafting) -> None:
    try:
        text = text_of(file)
        front, body, begun = _parts(text)
        try:
            fields = yaml_of(front) or {}
        except Misread as wrong:
            raise Misread(line, 1, f"{file}:{wrong.line + 1}:{wrong.column}: {wrong}") from None
    except FormatError as error:
        raise Misread(line, 1, str(error)) from None
    except OSError as error:
        raise Misread(line, 1, f"{file} cannot be read: {error.strerror}") from None
    if not isinstance(fields, dict):
        raise Misread(line, 1, f"{file}:2:1: the front matter holds no fields such as `normative: true`")
    if not body:
        drafting.lose(f"the text of {name}", f"{file.name} has none", line)
    normative = fields.pop("normative", True)
    drafting.claim(
        name,
        body or name,
        title=name,
        tags=() if normative is True else ("context",),
        place=f"{name}, line {begun}",
    )
    for reference in _references(fields.pop("references", None)):
        drafting.counted["references"] += 1
        _cite(name, reference, drafting)
    for field_name, value in fields.items():
        if value not in (None, "", [], {}):
            drafting.note(name, f"{field_name}: {_words(value)}")


def _parts(text: str) -> tuple[str, str, int]:
    """Front matter, body, and the line in which the body begins."""
    lines = text.split("\n")
    end = 0
    if lines[0].strip() == "---":
        end = next((at for at in range(1, len(lines)) if lines[at].strip() in ("---", "...")), 0)
    body = lines[end + 1 :] if end else lines
    blank = next((at for at, line in enumerate(body) if line.strip()), 0)
    begun = (end + 1 if end else 0) + blank + 1
    return "\n".join(lines[1:end]), "\n".join(body).strip(), begun


def _references(value: Any) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, dict) and each]


def _cite(name: str, reference: Mapping[str, Any], drafting: Drafting) -> None:
    where = next((str(reference[key]) for key in ("url", "path", "id") if reference.get(key)), "")
    title = str(reference.get("description") or reference.get("name") or where)
    rest = {k: v for k, v in reference.items() if k not in ("url", "path", "description")}
    if not title.strip():
        drafting.note(name, f"reference: {_words(rest)}")
        return
    key = f"{where or title}"
    csl: dict[str, Any] = {"title": title if _PAGE.match(where) else where or title}
    if _PAGE.match(where):
        csl = {"type": "webpage", "title": title, "URL": where}
    drafting.source(key, csl)
    note = "; ".join(filter(None, ("" if title == csl["title"] else title, _words(rest) if rest else "")))
    drafting.cite(name, key, note=note)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
