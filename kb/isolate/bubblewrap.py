"""A read-only view of the system for the child, by bubblewrap (``bwrap``, Linux), where it works.

Inside, the file system holds what an interpreter needs and what our search path names, all read-only; only
the child's own folder can be written. Processes, network and System V memory are the child's own. There are
no devices but the harmless ones (``/dev/null`` …), so nothing that talks to a GPU runs here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What programs and the libraries of linear algebra read of a system; none of it is anybody's own.
_SYSTEM = (
    "/usr",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/passwd",
    "/sys/devices/system/cpu",
)
_APART = ("--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try")
_PATIENCE = 10.0


def command(folder: str, search_path: Iterable[str]) -> list[str]:
    """The words to put before a command, so that it sees only what it needs and writes only in ``folder``.

    Empty where bubblewrap does not work: ``problem`` says why.
    """
    if problem():
        return []
    return [*_start(), *_view(search_path, folder), "--"]


def problem() -> str:
    """Why bubblewrap cannot be used on this machine, in a few words; "" when it can. Tried once a process."""
    return _probe()[1]


def _start() -> tuple[str, ...]:
    return _probe()[0]


@cache
def _probe() -> tuple[tuple[str, ...], str]:
    """The first words of a bubblewrap that started this interpreter, or why none did.

    Root needs no namespace of users and reads everybody's files without one; in a container without the
    right to mount only one of users may help.
    """
    program = shutil.which("bwrap") if sys.platform.startswith("linux") else None
    if program is None:
        return (), "bubblewrap is not installed"
    reason = ""
    for users in ((), ("--unshare-user",)):
        start = (program, *_APART, *users, "--die-with-parent")
        try:
            done = subprocess.run(
                [*start, *_view(), "--", sys.executable, "-I", "-S", "-c", "import ctypes, json, socket"],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return (), f"bubblewrap does not start: {error}"
        if done.returncode == 0:
            return start, ""
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = reason or f"bubblewrap does not work here ({said[-1] if said else done.returncode})"
    return (), reason


def _view(search_path: Iterable[str] = (), folder: str = "") -> list[str]:
    """The arguments that show a command the system and ``search_path`` to read, and ``folder`` to write."""
    shown = [argument for path in _shown(search_path) for argument in ("--ro-bind-try", path, path)]
    own = ["--bind", folder, folder, "--chdir", folder] if folder else []
    return [*shown, "--dev", "/dev", "--proc", "/proc", *own, "--remount-ro", "/"]


def _shown(search_path: Iterable[str]) -> list[str]:
    """The paths to show, each once and none below another; a link and what it points to both count."""
    interpreter = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, sys.executable)
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    asked = [*_SYSTEM, *interpreter, *filter(None, libraries)]
    for entry in search_path:
        asked += [entry, *_editable(Path(entry))]
    both = {name for path in asked for name in (str(Path(path).absolute()), str(Path(path).resolve()))}
    found: list[str] = []
    # Parents come before what is in them.
    for path in sorted(both, key=lambda path: (path.count("/"), path)):
        if not any(Path(path).is_relative_to(parent) for parent in found):
            found.append(path)
    return found


def _editable(site: Path) -> Iterator[str]:
    """The folders of projects installed in place, which import hooks find off the search path (PEP 610)."""
    for note in site.glob("*.dist-info/direct_url.json"):
        try:
            origin = json.loads(note.read_bytes())
            if origin.get("dir_info", {}).get("editable"):
                yield unquote(urlsplit(origin["url"]).path)
        except (OSError, ValueError, KeyError, AttributeError):
            # Not ours to judge: pip complains of a damaged note, and an import says what it misses.
            continue
