"""What a user installs: sdist, wheel, and a site rendered from a place that is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the sdist, not from the checkout."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(PROJECT)],
        check=True,
        capture_output=True,
    )
    assert list(out.glob("*.tar.gz"))
    return next(out.glob("*.whl"))


def test_the_wheel_carries_schemas_templates_and_the_example(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("kb/_data/schema/claim.schema.json", "kb/_data/claims/kb.yaml", "kb/py.typed"):
        assert wanted in names
    assert any(n.startswith("kb/_data/templates/") for n in names)
    starter = PROJECT / "kb/starter"
    assert {f"kb/starter/{p.relative_to(starter).as_posix()}" for p in starter.rglob("*") if p.is_file()} <= {
        *names
    }
    assert not [n for n in names if "/.kb/" in n or "__pycache__" in n or n.startswith("tests/")]


def test_an_installed_wheel_renders_the_example_elsewhere(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    # The dependencies are borrowed from this environment: what is tested is the wheel, not the registry.
    venv.create(home, with_pip=False, system_site_packages=False)
    python = home / "bin" / "python"
    site = next(home.glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    borrowed = [p for p in sys.path if p.endswith("site-packages")]
    (site / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    env = {**os.environ, "KB_CACHE_DIR": str(tmp_path / "cache")}
    env.pop("PYTHONPATH", None)

    def kb(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(python), "-m", "kb", *arguments],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )

    where = subprocess.run(
        [str(python), "-c", "import kb; print(kb.__file__)"],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert str(home) in where
    kb("validate", "--base", "example")
    kb("check", "--base", "example", "kind:formula")
    kb("render", "--base", "example", "--out", "site")
    kb("init", "new")
    kb("validate", "--base", "new")
    assert "<html" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
