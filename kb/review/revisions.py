"""A base as it was at a revision in git, put into a folder of its own; the work tree is never touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kb.source.limits import MAX_BYTES, MAX_TABLE_BYTES

KEPT = 20
"""As many old states stay in the cache, those used last."""
_DRAFT = "kb-revision-"
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


def base_at(root: Path, revision: str, keep: Path) -> Revision:
    """The base at ``root`` as it was at ``revision``.

    Its files are put into ``keep``, once for each state that the base ever had; the ``KEPT`` last used ones
    stay there. Links and modules of git are passed over, and so are files that no base has.

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
    kept = keep / state
    if kept.is_dir():
        _used(kept)
        return Revision(revision, name, kept)
    keep.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=keep))
    try:
        wanted = _wanted(root, state)
        left = _linked(root, wanted, folder, keep)
        for path, content in _contents(root, left):
            (folder / path).write_bytes(content)
        if not (folder / "kb.yaml").is_file():
            raise NoRevision(f"at {revision} there is no base in {inside or 'the top folder'} (no kb.yaml)")
        try:
            folder.rename(kept)
        except OSError:  # somebody else put the same there meanwhile
            if not kept.is_dir():
                raise
            shutil.rmtree(folder)
        _used(kept)
        return Revision(revision, name, kept)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _used(kept: Path) -> None:
    """Mark a state as used just now, and let go of those that were not used for longest."""
    with suppress(OSError):
        os.utime(kept)
    for _, folder in sorted(_kept(kept.parent), reverse=True)[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)


def _kept(keep: Path) -> Iterator[tuple[int, Path]]:
    """The states that are kept, with the time of their last use."""
    for folder in keep.iterdir():
        if not folder.name.startswith(_DRAFT):
            with suppress(OSError):  # another process may be letting go of it
                yield folder.stat().st_mtime_ns, folder


def commits_with(root: Path, text: str, most: int = 5) -> list[str]:
    """The latest commits that brought or took a text within the base's folder; none without git."""
    try:
        found = _git(root, "log", "-S", text, "--format=%H", f"--max-count={most}", "--", ".")
    except NoRevision:
        return []
    return (found or b"").decode().split()


def _wanted(root: Path, tree: str) -> dict[str, str]:
    """The files of a tree that a base may have, with the names of their contents."""
    listed = _git(root, "ls-tree", "-r", "-z", "--long", "--full-tree", tree) or b""
    wanted: dict[str, str] = {}
    for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = entry.partition("\t")
        if not path:
            continue
        mode, _, blob, size = head.split()
        limit = MAX_TABLE_BYTES if path.endswith(".csv") else MAX_BYTES
        hidden = any(part.startswith(".") for part in path.split("/"))
        if mode in _PLAIN and path.endswith(_ENDINGS) and not hidden and int(size) <= limit:
            wanted[path] = blob
    return wanted


def _linked(root: Path, wanted: Mapping[str, str], folder: Path, keep: Path) -> dict[str, str]:
    """Take what the state used last has, too, as links to its files; gives what is left to write.

    Nobody writes into a kept state, so a link is as good as a copy, and costs neither room nor reading.
    """
    for parent in dict.fromkeys((folder / path).parent for path in wanted):
        parent.mkdir(parents=True, exist_ok=True)
    states = sorted(_kept(keep))
    have = _wanted(root, states[-1][1].name) if states else {}
    left = {}
    for path, blob in wanted.items():
        try:
            if have.get(path) != blob:
                raise FileNotFoundError
            (folder / path).hardlink_to(states[-1][1] / path)
        except OSError:
            left[path] = blob
    return left


def _contents(root: Path, wanted: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    asked = "".join(f"{blob}\n" for blob in wanted.values()).encode()
    answer = _git(root, "cat-file", "--batch", given=asked) or b""
    at = 0
    for path in wanted:
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
