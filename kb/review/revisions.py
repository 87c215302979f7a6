"""A base as it was at a revision in git, put into a folder of its own; the work tree is never touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.source.limits import MAX_BYTES, MAX_TABLE_BYTES

_PLAIN = frozenset({"100644", "100755"})
_ENDINGS = (".yaml", ".csv", ".json")


class NoRevision(LookupError):
    """A revision that cannot be had; the text says why and what may help."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision: its name as asked, its commit, and the folder where its base now stands."""

    name: str
    commit: str
    root: Path


def base_at(root: Path, revision: str, keep: Path | None) -> Revision:
    """The base at ``root`` as it was at ``revision``.

    Its files are put into ``keep``, once for each state that the base ever had, else into a temporary folder
    that stays. Links and modules of git are passed over, and so are files that no base has.

    Raises:
        NoRevision: no git, no such revision, or no base in it.
        OSError: the files cannot be written.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise NoRevision(_why(root, revision))
    inside = (_git(root, "rev-parse", "--show-prefix") or b"").decode().rstrip("\n")
    name = commit.decode().strip()
    tree = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}:{inside}")
    if tree is None:
        raise NoRevision(
            f"at {revision} there is no folder {inside or '.'}; was the base somewhere else then?"
        )
    state = tree.decode().strip()
    if keep is not None and (kept := keep / state).is_dir():
        return Revision(revision, name, kept)
    folder = Path(tempfile.mkdtemp(prefix="kb-revision-", dir=_made(keep)))
    try:
        for path, content in _files(root, state):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if not (folder / "kb.yaml").is_file():
            raise NoRevision(f"at {revision} there is no base in {inside or 'the top folder'} (no kb.yaml)")
        if keep is None:
            return Revision(revision, name, folder)
        try:
            folder.rename(kept)
        except OSError:  # somebody else put the same there meanwhile
            if not kept.is_dir():
                raise
            shutil.rmtree(folder)
        return Revision(revision, name, kept)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _made(keep: Path | None) -> Path | None:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    return keep


def _files(root: Path, tree: str) -> Iterator[tuple[str, bytes]]:
    """The files of a tree that a base may have, and their bytes."""
    listed = _git(root, "ls-tree", "-r", "-z", "--long", "--full-tree", tree) or b""
    wanted: list[tuple[str, str]] = []
    for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = entry.partition("\t")
        if not path:
            continue
        mode, _, blob, size = head.split()
        limit = MAX_TABLE_BYTES if path.endswith(".csv") else MAX_BYTES
        hidden = any(part.startswith(".") for part in path.split("/"))
        if mode in _PLAIN and path.endswith(_ENDINGS) and not hidden and int(size) <= limit:
            wanted.append((path, blob))
    asked = "".join(f"{blob}\n" for _, blob in wanted).encode()
    answer = _git(root, "cat-file", "--batch", given=asked) or b""
    at = 0
    for path, _ in wanted:
        end = answer.index(b"\n", at)
        length = int(answer[at:end].split()[2])
        yield path, answer[end + 1 : end + 1 + length]
        at = end + 2 + length


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What git says; None when it says no. Raises NoRevision when there is no git."""
    # Settings of the repository must not name programs that git would run for us here.
    command: Sequence[str] = (
        "git",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
        *arguments,
    )
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
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
