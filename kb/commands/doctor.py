"""What this machine and installation can do, each line with the next step if something lacks."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import kb
from kb import resources, source, store

PACKAGES = (
    "click",
    "networkx",
    "PyYAML",
    "Jinja2",
    "numpy",
    "scipy",
    "msgspec",
    "jsonschema-rs",
    "Pint",
    "rich",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report; ``state`` is "ok", "note" or "problem"."""

    subject: str
    state: str
    says: str
    cure: str = ""


def doctor(explicit: str | None = None) -> tuple[Finding, ...]:
    """Look at Python, packages, the base, the cache, devices and other programs called kb."""
    return (
        _python(),
        *(_package(name) for name in PACKAGES),
        _yaml_parser(),
        _resources(),
        *_base(explicit),
        *_other_programs(),
        *_devices(),
    )


def _python() -> Finding:
    return Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}; kb {kb.__version__}")


def _package(name: str) -> Finding:
    try:
        return Finding(name, "ok", metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, "problem", "not installed", f"pip install {name}")


def _yaml_parser() -> Finding:
    import yaml

    if yaml.__with_libyaml__:
        return Finding("YAML parser", "ok", "libyaml (C)")
    return Finding(
        "YAML parser",
        "problem",
        "PyYAML was built without libyaml",
        "install a PyYAML wheel from PyPI: pip install --force-reinstall pyyaml",
    )


def _resources() -> Finding:
    missing = [
        str(folder)
        for folder in (resources.schema_folder(), resources.templates_folder())
        if not folder.is_dir()
    ]
    if missing:
        return Finding(
            "schemas and templates", "problem", f"missing: {', '.join(missing)}", "reinstall kb-argmap"
        )
    return Finding("schemas and templates", "ok", str(resources.schema_folder().parent))


def _base(explicit: str | None) -> tuple[Finding, ...]:
    try:
        root = source.find(None, explicit)
    except source.NoBase as error:
        return (Finding("base", "note", str(error), "run kb inside a base's folder, or pass --base"),)
    folder = store.cache_folder(root)
    cache = (
        Finding("cache", "ok", str(folder))
        if folder is not None
        else Finding(
            "cache",
            "note",
            f"{root} cannot be written, so nothing is kept between runs",
            "set KB_CACHE_DIR to a folder that you can write",
        )
    )
    return Finding("base", "ok", str(root)), cache


def _other_programs() -> tuple[Finding, ...]:
    """Other executables called ``kb`` that may run instead of this one."""
    ours = {Path(sys.executable).parent, Path(sys.argv[0]).resolve().parent}
    others = []
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        found = shutil.which("kb", path=folder)
        if found and Path(found).parent not in ours and Path(found).resolve().parent not in ours:
            others.append(found)
    if not others:
        return ()
    return (
        Finding(
            "other programs called kb",
            "note",
            ", ".join(dict.fromkeys(others)),
            "call this one as python -m kb, or by its full path",
        ),
    )


def _devices() -> tuple[Finding, ...]:
    from kb.bench import devices

    return tuple(
        Finding("device", "ok", f"{d.name} ({d.backend}, {'GPU' if d.is_gpu else d.kind})") for d in devices()
    )
