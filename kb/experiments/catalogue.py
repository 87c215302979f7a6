"""Find the experiments of this installation by their metadata alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.experiments.spec import Spec, read

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "kb.experiments"
METADATA = "kb-experiments.json"
_OURS = Path(__file__).parent
_OUR_PACKAGE = __name__.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Survey:
    """The usable experiments by name, and a sentence on each that could not be used."""

    specs: Mapping[str, Spec]
    problems: tuple[str, ...] = ()


def survey() -> Survey:
    """Our experiments and those of other installed distributions. No experiment is imported."""
    specs = dict(_own())
    problems = []
    for entry in _entry_points():
        where = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown distribution"
        if entry.module.startswith(f"{_OUR_PACKAGE}."):
            continue
        if entry.name in specs:
            taken = specs[entry.name].distribution or "kb"
            problems.append(f"experiment {entry.name} of {where} is left out: {taken} has one of that name")
            continue
        try:
            specs[entry.name] = _third_party(entry, where)
        except (OSError, ValueError) as error:
            problems.append(f"experiment {entry.name} of {where} is left out: {error}")
    return Survey(specs, tuple(problems))


def catalogue() -> Mapping[str, Spec]:
    """Every usable experiment by name."""
    return survey().specs


def find(name: str) -> Spec:
    """The experiment of that name; our own are found without a look at other distributions.

    Raises LookupError.
    """
    spec = _own().get(name) or survey().specs.get(name)
    if spec is None:
        raise LookupError(f"no experiment is called {name!r}; there are {', '.join(sorted(catalogue()))}")
    return spec


def fingerprint(spec: Spec) -> str:
    """SHA-256 of an experiment's code and metadata.

    Ours are a module each and import nothing of kb. Of another distribution its version counts, and every
    Python file in and below the folder of the module, where its helpers are. So it changes whenever the
    experiment's results may change, short of its dependencies'. Raises OSError.
    """
    from hashlib import sha256

    folder = Path(spec.folder)
    ours = folder / f"{spec.module.rpartition('.')[2]}.py"
    code = sorted(folder.rglob("*.py")) if spec.distribution else [ours]
    found = sha256(f"{spec.name} {spec.module} {spec.function} {spec.distribution}".encode())
    for path in (*code, folder / METADATA):
        found.update(f"{path.relative_to(folder)} {sha256(path.read_bytes()).hexdigest()}".encode())
    return found.hexdigest()


def _own() -> dict[str, Spec]:
    data = _metadata(_OURS)
    return {
        name: read(name, f"{_OUR_PACKAGE}.{name}", "run", entry, folder=str(_OURS))
        for name, entry in data.items()
    }


def _entry_points() -> Iterator[EntryPoint]:
    from importlib.metadata import entry_points

    yield from sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.dist.name if e.dist else ""))


def _third_party(entry: EntryPoint, where: str) -> Spec:
    folder = _folder(entry.module)
    data = _metadata(folder)
    if entry.name not in data:
        raise ValueError(f"{folder / METADATA} does not describe it")
    return read(
        entry.name,
        entry.module,
        entry.attr or "run",
        data[entry.name],
        folder=str(folder),
        distribution=where,
    )


def _folder(module: str) -> Path:
    """The folder of a module inside a package, found without importing anything. Raises ValueError."""
    from importlib.util import find_spec

    top, *inner = module.split(".")[:-1] or [""]
    found = find_spec(top) if top else None
    if found is None or not found.submodule_search_locations:
        raise ValueError(f"{module} is not a module inside an installed package")
    # A package may have several folders (PEP 420); the metadata file says which is meant.
    folders = [Path(location, *inner) for location in found.submodule_search_locations]
    return next((folder for folder in folders if (folder / METADATA).is_file()), folders[0])


def _metadata(folder: Path) -> dict[str, dict[str, object]]:
    data = json.loads((folder / METADATA).read_bytes())
    if not isinstance(data, dict) or not all(isinstance(entry, dict) for entry in data.values()):
        raise ValueError(f"{folder / METADATA} is not an object of objects")
    return data
