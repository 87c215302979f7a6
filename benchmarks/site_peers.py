"""One map in the forms of the tools that kb's site is compared with, and the command that renders each.

Every tool gets the same claims with their titles, texts, places in a source and relations, in the form in
which its users write them, and renders them with its settings as they come: doorstop a document a layer of
the argument, each linked to the one above; StrictDoc and sphinx-needs a hundred claims a document; Argdown
one text, to a map. None of them gets checks or standings, which kb renders in addition.
"""

from __future__ import annotations

import json
import subprocess
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from installing import install, node_and_npm, note


@dataclass(frozen=True)
class Node:
    """A claim and the claims that it is for and against; ``layer`` is how many steps lead to a thesis."""

    id: str
    title: str
    text: str
    found: str
    layer: int
    supports: tuple[str, ...]
    attacks: tuple[str, ...]


@dataclass(frozen=True)
class Peer:
    """A tool: its package and version, how it is fed, and what it is asked to do.

    ``write`` writes the map into a folder. ``command``, of the tool's own folder, is run there and writes to
    ``out`` in it. ``gain`` is how many times faster kb has promised to be.
    """

    name: str
    package: str
    version: str
    gain: float
    write: Callable[[Sequence[Node], Path], None]
    command: Callable[[Path], list[str]]

    def installed(self, folder: Path) -> list[str]:
        """The command to render with; installs the tool where it is not yet. Raises MissingPeer."""
        home = folder / f"{self.name.lower()}-{self.version}"
        ready = home / "ready"
        if not ready.exists():
            note(f"installing {self.name} {self.version} in {home}")
            (_install_node if self.package.startswith("@") else _install_python)(self, home)
            ready.touch()
        return self.command(home)


def _install_python(peer: Peer, home: Path) -> None:
    venv.create(home, with_pip=True, clear=True)
    wanted = f"{peer.package}=={peer.version}"
    python = str(home / "bin/python")
    install([python, "-m", "pip", "install", "--quiet", wanted], home, f"{peer.name} by pip")


def _install_node(peer: Peer, home: Path) -> None:
    _, npm = node_and_npm(peer.name)
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text('{"private": true}\n')
    wanted = f"{peer.package}@{peer.version}"
    install([npm, "install", "--silent", "--no-audit", "--no-fund", wanted], home, f"{peer.name} by npm")


def _doorstop(nodes: Sequence[Node], folder: Path) -> None:
    """A file an item. Doorstop finds its documents in a repository only."""
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    for layer in sorted({node.layer for node in nodes}):
        parent = f"  parent: L{layer - 1}-\n" if layer else ""
        (folder / f"L{layer}").mkdir()
        (folder / f"L{layer}/.doorstop.yml").write_text(
            f"settings:\n  digits: 5\n{parent}  prefix: L{layer}-\n  sep: ''\n"
        )
    uid = {node.id: f"L{node.layer}-{number:05}" for number, node in enumerate(nodes, 1)}
    for number, node in enumerate(nodes, 1):
        links = "".join(f"- {uid[to]}: null\n" for to in (*node.supports, *node.attacks))
        (folder / f"L{node.layer}/{uid[node.id]}.yml").write_text(
            f"active: true\nderived: false\nfound: {node.found}\nheader: |\n  {node.title}\n"
            f"level: '1.{number}'\nlinks:{chr(10) + links if links else ' []' + chr(10)}"
            f"normative: true\nref: ''\nreviewed: null\ntext: |\n  {node.text}\n"
        )


def _strictdoc(nodes: Sequence[Node], folder: Path) -> None:
    for number, some in enumerate(_documents(nodes)):
        parts = [f"[DOCUMENT]\nTITLE: Claims {number}\n"]
        for node in some:
            links = [f"- TYPE: Parent\n  VALUE: {to}\n" for to in (*node.supports, *node.attacks)]
            relations = "RELATIONS:\n" + "".join(links) if links else ""
            parts.append(
                f"[REQUIREMENT]\nUID: {node.id}\nTITLE: {node.title}\nSTATEMENT: {node.text}\n"
                f"COMMENT: {node.found}\n{relations}"
            )
        (folder / f"claims{number}.sdoc").write_text("\n".join(parts))


def _sphinx_needs(nodes: Sequence[Node], folder: Path) -> None:
    kinds = [{"directive": "claim", "title": "Claim", "prefix": "", "color": "#fff", "style": "node"}]
    links = {name: {"incoming": f"{name} (back)", "outgoing": name} for name in ("for", "against")}
    (folder / "conf.py").write_text(
        "project = 'A map'\nextensions = ['sphinx_needs']\nneeds_id_regex = '^[a-z0-9]+'\n"
        f"needs_types = {json.dumps(kinds)}\nneeds_links = {json.dumps(links)}\n"
        "needs_fields = {'found': {'description': 'Where it is found'}}\n"
    )
    names = []
    for number, some in enumerate(_documents(nodes)):
        title = f"Claims {number}"
        parts = [f"{title}\n{'=' * len(title)}\n"]
        for node in some:
            options = [("id", (node.id,)), ("found", (node.found,))]
            options += [("for", node.supports), ("against", node.attacks)]
            said = "".join(f"   :{name}: {', '.join(values)}\n" for name, values in options if values)
            parts.append(f".. claim:: {node.title}\n{said}\n   {node.text}\n")
        names.append(f"claims{number}")
        (folder / f"{names[-1]}.rst").write_text("\n".join(parts))
    tree = "".join(f"   {name}\n" for name in names)
    (folder / "index.rst").write_text(f"A map\n=====\n\n.. toctree::\n\n{tree}")


def _documents(nodes: Sequence[Node]) -> list[Sequence[Node]]:
    return [nodes[start : start + 100] for start in range(0, len(nodes), 100)]


def _argdown(nodes: Sequence[Node], folder: Path) -> None:
    titles = {node.id: node.title for node in nodes}
    parts = []
    for node in nodes:
        relations = [("+>", to) for to in node.supports] + [("->", to) for to in node.attacks]
        lines = [f'[{node.title}]: {node.text} {{source: "{node.found}"}}']
        lines.extend(f"  {sign} [{titles[to]}]" for sign, to in relations)
        parts.append("\n".join(lines) + "\n")
    (folder / "map.argdown").write_text("\n".join(parts))


PEERS = (
    Peer(
        "doorstop",
        "doorstop",
        "3.2",
        5.0,
        _doorstop,
        lambda home: [str(home / "bin/doorstop"), "publish", "all", "out"],
    ),
    Peer(
        "StrictDoc",
        "strictdoc",
        "0.30.4",
        5.0,
        _strictdoc,
        lambda home: [str(home / "bin/strictdoc"), "export", ".", "--output-dir", "out"],
    ),
    Peer(
        "sphinx-needs",
        "sphinx-needs",
        "9.1.0",
        5.0,
        _sphinx_needs,
        lambda home: [str(home / "bin/sphinx-build"), "-b", "html", "-q", ".", "out"],
    ),
    Peer(
        "Argdown",
        "@argdown/cli",
        "1.7.5",
        2.0,
        _argdown,
        lambda home: [str(home / "node_modules/.bin/argdown"), "map", "map.argdown", "out", "-f", "svg"],
    ),
)
