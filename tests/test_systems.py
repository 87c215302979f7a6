"""What other systems lack or spell otherwise. Nothing of it ran on Windows: what that lacks is taken away."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import PureWindowsPath

from kb.cli.printing import near
from kb.source.portable import fault, troubles
from tests.conftest import PROJECT

WITHOUT = """
import os, pkgutil, signal, sys, types
# Libraries, which have their own ways, come first.
import asyncio, multiprocessing.pool, tempfile
import jsonschema_rs, networkx, numpy, rich.progress, scipy.stats, yaml
for name in ("fcntl", "resource", "pwd", "grp", "termios", "pty", "tty"):
    sys.modules[name] = None
for name in ("SIGKILL", "SIGHUP", "SIGALRM", "SIGUSR1"):
    delattr(signal, name)
for name in ("killpg", "fork", "setsid", "getuid", "statvfs", "O_NOFOLLOW", "sysconf", "getloadavg"):
    delattr(os, name)
sys.modules["msvcrt"] = types.ModuleType("msvcrt")
ours, sys.platform = sys.platform, "win32"
import kb.store
sys.platform = ours
import kb
for module in pkgutil.walk_packages(kb.__path__, "kb."):
    if not module.name.endswith("__main__"):
        __import__(module.name)
print(len([name for name in sys.modules if name.startswith("kb.")]))
"""


def test_every_module_is_imported_where_posix_is_absent() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 300


def test_an_address_has_forward_slashes() -> None:
    assert near(PureWindowsPath(r"C:\base\towers\tower-is-tall.yaml")) == "C:/base/towers/tower-is-tall.yaml"


def test_names_that_windows_refuses() -> None:
    refused = (
        "con",
        "Aux",
        "nul.d",
        "COM7",
        "lpt0.yaml",
        "a:b",
        "a\\b",
        "what?",
        "a|b",
        "end.",
        "end ",
        "con .x",
    )
    assert [name for name in refused if not fault(name)] == []
    fine = ("console", "com10", "towers", "a-b", "v1.2", ".kb", "größe", "two words")
    assert [name for name in fine if fault(name)] == []


def test_each_folder_is_told_once_and_names_that_become_one() -> None:
    assert list(troubles(["kb.yaml", "towers/old/aa.yaml", "towers/bb.yaml"])) == []
    told = list(troubles(["nul/inner./aa.yaml", "nul/inner./bb.yaml", "nul/cc.yaml"]))
    assert [(path, what.split('"')[1]) for path, what, _ in told] == [
        ("nul/inner./aa.yaml", "inner."),
        ("nul/inner./aa.yaml", "nul"),
    ]
    accents = [unicodedata.normalize(form, "höhe") for form in ("NFC", "NFD")]
    paths = [
        "Towers/aa.yaml",
        "towers/bb.yaml",
        "data/T.csv",
        "data/t.csv",
        *(f"{name}/cc.yaml" for name in accents),
    ]
    told = list(troubles(paths))
    assert {path for path, _, _ in told} == {"Towers/aa.yaml", "data/T.csv", f"{accents[0]}/cc.yaml"}
    assert len(told) == 3
