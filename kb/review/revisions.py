"""A base as it was at a revision, read from git; nothing is written and the work tree is never touched."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.source.limits import MAX_BYTES, MAX_TABLE_BYTES

_PLAIN = frozenset({"100644", "100755"})
_LINK = "120000"
_ENDINGS = (".yaml", ".csv")
_LACKING = "git lacks files of that revision; git fetch --refetch --no-filter may bring them"
# Set where git runs a hook: they name the repository of the hook, and its top for the folder that we are in.
_OF_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"})


class NoRevision(LookupError):
    """A revision that cannot be had; the text says why and what may help."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision: its name as asked, its commit, and the files of its base by their paths in it.

    Of files that no base reads there is the name alone. ``blobs`` are git's names of the contents.
    """

    name: str
    commit: str
    files: Mapping[str, bytes]
    blobs: Mapping[str, str]


def base_at(root: Path, revision: str, like: Revision | None = None) -> Revision:
    """The base at ``root`` as it was at ``revision``; what is equal in ``like`` is not read again.

    Links to files of the base are followed; other links are passed over, and so are modules of git and files
    that are too large.

    Raises:
        NoRevision: no git, no such revision, or no base in it.
    """
    asked = (
        "rev-parse",
        "--show-prefix",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{revision}^{{commit}}",
    )
    found = _git(root, *asked)
    if found is None:
        raise NoRevision(_why(root, revision))
    inside, _, name = os.fsdecode(found).removesuffix("\n").rpartition("\n")
    folder = f"{name}:{inside}"
    listed = _git(root, "ls-tree", "-r", "-z", "--long", "--full-tree", folder)
    if listed is None:
        if _git(root, "rev-parse", "--verify", "--quiet", folder) is not None:
            raise NoRevision(_LACKING)
        where = inside or "."
        raise NoRevision(
            f"at {revision} there is no folder {where}; was the base somewhere else then, or is it new?"
        )
    blobs = dict(_blobs(listed))
    blobs |= dict(_links(root, listed, blobs))
    if not blobs.get("kb.yaml"):
        raise NoRevision(f"at {revision} there is no base in {inside or 'the top folder'} (no kb.yaml)")
    known = {like.blobs[path]: data for path, data in like.files.items()} if like else {}
    known[""] = b""
    known.update(_contents(root, {blob for blob in blobs.values() if blob not in known}))
    return Revision(revision, name, {path: known[blob] for path, blob in blobs.items()}, blobs)


def commits_with(root: Path, text: str, most: int = 5) -> list[str]:
    """The latest commits that brought or took a text within the base's folder; none without git."""
    try:
        found = _git(root, "log", "-S", text, "--format=%H", f"--max-count={most}", "--", ".")
    except NoRevision:
        return []
    return (found or b"").decode().split()


def _blobs(listed: bytes) -> Iterator[tuple[str, str]]:
    """The files of a tree with the names of their contents; without one those that no base reads."""
    for path, mode, blob, size in _entries(listed):
        if mode not in _PLAIN:
            continue
        read = (path.endswith(_ENDINGS) or path.startswith("results/")) and "/." not in f"/{path}"
        if read and not size.isdecimal():  # git knows no size of what it lacks
            raise NoRevision(_LACKING)
        if not read or int(size) <= (MAX_TABLE_BYTES if path.endswith(".csv") else MAX_BYTES):
            yield path, blob if read else ""


def _links(root: Path, listed: bytes, blobs: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The links to files of the base, with the names of those files' contents."""
    links = {path: blob for path, mode, blob, _ in _entries(listed) if mode == _LINK}
    ways = dict(_contents(root, {*links.values()})) if links else {}
    for path, blob in links.items():
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(ways[blob])))
        if found := blobs.get(target):
            yield path, found


def _entries(listed: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Path, mode, content's name and size of each entry of a tree."""
    for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = entry.partition("\t")
        if path:
            mode, _, blob, size = head.split()
            yield path, mode, blob, size


def _contents(root: Path, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    answer = _git(root, "cat-file", "--batch", "--buffer", given=asked) or b""
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        blob, kind, *length = answer[at:end].split()
        if kind == b"missing":
            raise NoRevision(_LACKING)
        start, at = end + 1, end + 2 + int(length[0])
        yield blob.decode(), answer[start : at - 1]


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What git says; None when it says no. Raises NoRevision when there is no git."""
    # Settings of the repository must not name programs that git would run for us here, be it to fetch.
    command = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments)
    around = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    environment = {**around, "GIT_ALLOW_PROTOCOL": "", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, cwd=root, input=given, capture_output=True, env=environment, check=False
        )
    except FileNotFoundError:
        raise NoRevision("git is not installed, and revisions are kept by git") from None
    return done.stdout if done.returncode == 0 else None


def _why(root: Path, revision: str) -> str:
    if _git(root, "rev-parse", "--git-dir") is None:
        return f"{root} is in no git repository, so it has no earlier revisions"
    shallow = (_git(root, "rev-parse", "--is-shallow-repository") or b"").strip() == b"true"
    hint = (
        "; the clone is shallow: git fetch --unshallow"
        if shallow
        else "; git log --oneline lists what there is"
    )
    return f"git knows no revision {revision!r}{hint}"
