"""``kb import``, ``kb export`` and ``kb formats`` as people run them: where files go, and where never."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kb import formats, store
from kb.commands.interchange import WrongFolder, export, import_file
from kb.commands.opening import open_base
from kb.resources import is_shipped
from kb.source.adding import AddingError
from tests.conftest import PROJECT
from tests.test_formats_bad import BOTH, READ, SMALL, text_in

TEA = SMALL["kialo"]
"""Three claims, one linked page."""


def kb(*arguments: str | Path, cwd: Path | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kb", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.run(command, cwd=cwd, env=env, input=given, capture_output=True, text=True, check=False)


def listing(root: Path) -> dict[str, bytes]:
    """Every file under a folder, but for what kb keeps of its own."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".kb" not in path.parts
    }


def folders(root: Path) -> list[Path]:
    """Every file and folder, but for what kb keeps of its own."""
    return sorted(path for path in root.rglob("*") if ".kb" not in path.parts)


@pytest.fixture
def tea(tmp_path: Path) -> Path:
    file = tmp_path / "tea.txt"
    file.write_text(TEA, encoding="utf-8")
    return file


def test_into_the_base_around(tea: Path, small_base: Path) -> None:
    before = listing(small_base)
    done = kb("import", "kialo", tea, cwd=small_base)
    assert done.returncode == 0, done.stderr
    after = listing(small_base)
    assert {path: after[path] for path in before} == before
    new = sorted(after.keys() - before.keys())
    assert [path for path in new if path.startswith("tea/")] == [
        path for path in new if "sources/" not in path
    ]
    assert len(new) == 5
    assert "3 claims with 3 relations" in done.stdout
    assert kb("validate", cwd=small_base).returncode == 0


def test_into_a_folder_of_a_base(tea: Path, small_base: Path) -> None:
    before = listing(small_base)
    done = kb("import", "kialo", tea, "--into", small_base / "drinks" / "hot")
    assert done.returncode == 0, done.stderr
    new = listing(small_base).keys() - before.keys()
    assert sum(path.startswith("drinks/hot/") for path in new) == 3
    assert kb("validate", "--base", small_base).returncode == 0


def test_into_a_new_folder(tea: Path, tmp_path: Path) -> None:
    done = kb("import", "kialo", tea, "--into", tmp_path / "new", "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["new_base"]
    assert report["written"]
    assert sorted(report["files"]) == sorted(listing(tmp_path / "new"))
    assert report["found"] == {"items": 4, "pros": 1, "cons": 2, "references": 1, "links": 1}
    assert (report["claims"], report["relations"], report["sources"]) == (3, 3, 1)
    assert kb("validate", "--base", tmp_path / "new").returncode == 0


def test_a_trial_writes_nothing(tea: Path, small_base: Path, tmp_path: Path) -> None:
    before = listing(tmp_path)
    done = kb("import", "kialo", tea, "--dry-run", cwd=small_base)
    assert done.returncode == 0
    assert "Would write 3 claims" in done.stdout
    assert kb("import", "kialo", tea, "--dry-run", "--into", tmp_path / "no" / "where").returncode == 0
    assert listing(tmp_path) == before
    assert not (tmp_path / "no").exists()


def test_the_same_file_again_gets_other_ids(tea: Path, tmp_path: Path) -> None:
    """Nothing is replaced: ids that are taken are numbered."""
    root = tmp_path / "new"
    assert kb("import", "kialo", tea, "--into", root).returncode == 0
    before = listing(root)
    assert kb("import", "kialo", tea, "--into", root / "again").returncode == 0
    after = listing(root)
    assert {path: after[path] for path in before} == before
    assert len(after) == 2 * len(before) - 1
    assert kb("validate", "--base", root).returncode == 0


def test_a_file_that_is_there_already(tea: Path, small_base: Path) -> None:
    """One that is no part of the base, so that its name is free as an id."""
    first = import_file("kialo", tea, small_base / "tea", trial=True).files
    claim = next(path for path in first if path.startswith("tea/"))
    (small_base / "tea").mkdir()
    (small_base / claim).symlink_to("nowhere")
    before = folders(small_base)
    with pytest.raises(AddingError, match="is there already; nothing was written"):
        import_file("kialo", tea, small_base / "tea")
    assert folders(small_base) == before


def test_an_interrupted_write_leaves_nothing(
    tea: Path, small_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folders(small_base)
    written: list[Path] = []
    write = store.write_atomic

    def failing(path: Path, text: str) -> None:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(path)
        write(path, text)

    monkeypatch.setattr(store, "write_atomic", failing)
    with pytest.raises(KeyboardInterrupt):
        import_file("kialo", tea, small_base / "tea")
    assert len(written) == 3
    assert folders(small_base) == before


def test_two_imports_at_once(tea: Path, tmp_path: Path) -> None:
    """One of two that want the same files writes them all; the other one says so, and writes none."""
    root = tmp_path / "new"
    command = [sys.executable, "-m", "kb", "import", "kialo", str(tea), "--into", str(root)]
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    runs = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ends = [(run.communicate(), run.returncode) for run in runs]
    assert sorted({code for _, code in ends}) in ([0], [0, 1], [0, 2], [0, 1, 2])
    assert all("Traceback" not in said[1] for said, _ in ends)
    assert all(text for text in listing(root).values())
    assert kb("validate", "--base", root).returncode == 0


@pytest.mark.parametrize(
    ("into", "said"),
    [
        ("base/sources", "is for sources"),
        ("base/sources/deep", "is for sources"),
        ("base/checks", "is for checks"),
        ("base/towers/../checks", "is for checks"),
        ("full", "is not empty"),
        ("file", "is a file"),
    ],
)
def test_folders_that_are_refused(tea: Path, small_base: Path, into: str, said: str) -> None:
    home = small_base.parent
    (home / "full").mkdir()
    (home / "full" / "thing").touch()
    (home / "file").touch()
    before = listing(home)
    done = kb("import", "kialo", tea, "--into", home / into)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert listing(home) == before


def test_links_and_dots_lead_into_the_base_or_nowhere(tea: Path, small_base: Path) -> None:
    home = small_base.parent
    outside = home / "outside"
    outside.mkdir()
    (small_base / "way-out").symlink_to(outside, target_is_directory=True)
    before = listing(home)
    done = kb("import", "kialo", tea, "--into", small_base / "way-out")
    assert done.returncode in (1, 2), done.stdout
    assert "Traceback" not in done.stderr
    assert listing(home) == before
    done = kb("import", "kialo", tea, "--into", small_base / "towers" / ".." / "tea")
    assert done.returncode == 0, done.stderr
    assert sum(path.startswith("base/tea/") for path in listing(home)) == 3
    (home / "way-in").symlink_to(small_base, target_is_directory=True)
    done = kb("import", "kialo", tea, "--into", home / "way-in" / "more")
    assert done.returncode == 0, done.stderr
    (small_base / "way-out").unlink()
    assert kb("validate", "--base", small_base).returncode == 0


def test_folders_that_a_base_does_not_read(tea: Path, small_base: Path) -> None:
    """What is written where no base looks would be lost in silence."""
    for name in (".hidden", "_private", "schema", "node_modules", "towers/__pycache__"):
        with pytest.raises(WrongFolder):
            import_file("kialo", tea, small_base / name)


def test_the_shipped_base_is_read_only(tea: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import kb.resources

    assert not is_shipped(tmp_path)
    monkeypatch.setattr(kb.resources, "is_shipped", lambda root: True)
    (tmp_path / "kb.yaml").write_text("format: 1\ntitle: A base\nquestions: []\n", encoding="utf-8")
    with pytest.raises(WrongFolder, match="read-only"):
        import_file("kialo", tea, tmp_path / "tea")


@pytest.mark.parametrize("name", READ)
def test_each_format_validates_and_renders(name: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(text_in(name), encoding="utf-8")
    done = kb("import", name, file, "--into", tmp_path / "new")
    assert done.returncode == 0, done.stderr
    checked = kb("validate", "--base", tmp_path / "new", "--format", "json")
    assert checked.returncode == 0, checked.stdout
    if formats.module(name).FORMAT.holds & {"supports"}:
        drawn = kb("render", "--base", tmp_path / "new", "--out", tmp_path / "site")
        assert drawn.returncode == 0, drawn.stderr
        assert (tmp_path / "site" / "index.html").is_file()


@pytest.mark.parametrize("name", BOTH)
def test_out_of_one_base_into_another(name: str, small_base: Path, tmp_path: Path) -> None:
    out = kb("export", name, cwd=small_base)
    assert out.returncode == 0, out.stderr
    (tmp_path / "file").write_text(out.stdout, encoding="utf-8")
    done = kb("import", name, tmp_path / "file", "--into", tmp_path / "new")
    assert done.returncode == 0, done.stderr
    sent = export(open_base(small_base), name, {})
    back = open_base(tmp_path / "new").base
    assert len(back.claims) == sent.claims == 3
    assert sum(len(claim.steps) for claim in back.claims.values()) == 2


def test_formats_are_listed() -> None:
    listed = kb("formats", "--format", "json")
    assert listed.returncode == 0
    found = {form["name"]: form for form in json.loads(listed.stdout)}
    assert list(found) == list(formats.MODULES)
    for name, form in found.items():
        module = formats.module(name)
        assert (form["reads"], form["writes"]) == (module.FORMAT.reads, module.FORMAT.writes)
        assert form["reads"] == hasattr(module, "read")
        assert form["writes"] == hasattr(module, "write")
    words = kb("formats").stdout
    assert all(name in words for name in formats.MODULES)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("import", "kiallo", "tea.txt"), 2, "kialo"),
        (("import", "dot", "tea.txt"), 2, "only be written"),
        (("export", "kialo"), 2, "only be read"),
        (("import", "kialo", "missing.txt"), 2, "does not exist"),
        (("import", "kialo", "tea.txt"), 2, "no base here"),
        (("import", "carneades", "tea.txt", "--into", "new"), 1, "tea.txt:"),
        (("import", "kialo", "tea.txt", "--into", "new"), 0, ""),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], code: int, said: str, tea: Path, small_base: Path) -> None:
    done = kb(*arguments, cwd=small_base if arguments[0] == "export" else tea.parent)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
