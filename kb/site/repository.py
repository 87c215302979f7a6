"""Where a base's files are on the site that hosts their repository: to edit one, see its past, add another.

What each kind of host takes in an address: GitHub's new-file page takes ``filename`` and ``value``; Gitea and
Forgejo take the same two (Gitea's documentation, "Integrations"); GitLab's takes ``file_name`` and ignores
the text (its work item 594214), which the reader then pastes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from kb.model import Config
from kb.site import words
from kb.site.words import Data


@dataclass(frozen=True, slots=True)
class Place:
    """Where a base lies: its folder within its repository, and whether it holds its own schemas."""

    folder: str = ""
    own_schema: bool = False


@dataclass(frozen=True, slots=True)
class _Host:
    """Paths below a repository's address, and the names of what its new-file page takes."""

    name: str
    edit: str
    history: str
    new: str
    file: str
    text: str


_HOSTS = {
    "github": _Host("GitHub", "edit", "commits", "new", "filename", "value"),
    "gitlab": _Host("GitLab", "-/edit", "-/commits", "-/new", "file_name", ""),
    "forgejo": _Host("Forgejo", "_edit", "commits/branch", "_new", "filename", "value"),
    "gitea": _Host("Gitea", "_edit", "commits/branch", "_new", "filename", "value"),
}
_BY_DOMAIN = {"codeberg.org": "forgejo"}


def place_of(root: Path) -> Place:
    """The place of the base at ``root``; outside of any repository its folder is taken by its name."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    folder = root.name if top is None else root.relative_to(top).as_posix()
    return Place("" if folder == "." else folder, (root / "schema").is_dir())


def edit(config: Config, place: Place, file: str) -> str:
    """Where a file of the base is edited; nothing where the host is not known."""
    host = _host(config)
    return _address(config, host.edit, place, file) if host and file else ""


def history(config: Config, place: Place, file: str) -> str:
    """Where the changes of a file are listed; nothing where the host is not known."""
    host = _host(config)
    return _address(config, host.history, place, file) if host and file else ""


def new_file(config: Config, place: Place) -> Data:
    """How a page opens the host's form for a new file: empty without a repository.

    ``name`` of the host, ``address`` of the base's folder on its new-file page, and the names under which the
    page takes the file's name and text. Of an unknown host only the repository's own address is known.
    """
    repository, host = _repository(config), _host(config)
    if host is None:
        return {"name": "", "address": repository, "file": "", "text": ""} if repository else {}
    address = _address(config, host.new, place, "")
    return {"name": host.name, "address": address, "file": host.file, "text": host.text}


def _repository(config: Config) -> str:
    return words.web_address(config.repository).rstrip("/").removesuffix(".git")


def _host(config: Config) -> _Host | None:
    """The kind of host that the settings name, else the one that its domain gives away."""
    if not _repository(config):
        return None
    domain = (urlsplit(_repository(config)).hostname or "").lower()
    named = config.host or _BY_DOMAIN.get(domain) or next((kind for kind in _HOSTS if kind in domain), "")
    return _HOSTS.get(named)


def _address(config: Config, page: str, place: Place, file: str) -> str:
    path = "/".join(part for part in (config.branch, place.folder, file) if part)
    return f"{_repository(config)}/{page}/{quote(path)}"
