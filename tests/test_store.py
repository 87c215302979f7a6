"""Atomic writes, the cache by content hash, and locks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import store

PROJECT = Path(__file__).parents[1]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "kept.txt"
    store.write_atomic(target, "old")

    def refuse(self: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        store.write_atomic(target, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("kept.txt", "old")]


def test_a_write_makes_folders_and_keeps_permissions(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "c.txt"
    store.write_atomic(target, "é\n")
    assert target.read_bytes() == "é\n".encode()
    target.chmod(0o640)
    store.write_atomic(target, b"x")
    assert target.stat().st_mode & 0o777 == 0o640


@given(st.dictionaries(st.text(), JSON))
def test_the_digest_knows_content_not_order(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert store.digest(value) == store.digest(turned) == store.digest(json.loads(json.dumps(value)))
    assert store.digest(value) != store.digest({**value, "one more": 1, "": value})


def test_the_digest_refuses_what_json_has_not() -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.digest({"a": float("nan")})


def test_get_gives_what_was_put(tmp_path: Path) -> None:
    assert store.get(tmp_path, "ab12") is None
    assert store.put(tmp_path, "ab12", {"a": [1, 2.5, "é"]})
    assert store.get(tmp_path, "ab12") == {"a": [1, 2.5, "é"]}
    assert store.get(tmp_path, "ab13") is None


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"value": {"a": 2}}', b'{"sha256": "0", "value": {"a": 1}}'],
)
def test_a_damaged_object_is_absent(tmp_path: Path, damage: bytes) -> None:
    store.put(tmp_path, "ab12", {"a": 1})
    (file,) = (p for p in tmp_path.rglob("*") if p.is_file())
    file.write_bytes(damage)
    assert store.get(tmp_path, "ab12") is None


def test_a_changed_number_is_noticed(tmp_path: Path) -> None:
    store.put(tmp_path, "ab12", {"a": 12345})
    (file,) = (p for p in tmp_path.rglob("*") if p.is_file())
    file.write_bytes(file.read_bytes().replace(b"12345", b"12346"))
    assert store.get(tmp_path, "ab12") is None


@pytest.mark.parametrize("key", ["", "../x", "a/b", ".hidden", "x" * 300, "a\n"])
def test_keys_stay_in_their_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not a cache key"):
        store.put(tmp_path, key, {})


def test_without_a_folder_nothing_is_kept() -> None:
    assert not store.put(None, "ab12", {"a": 1})
    assert store.get(None, "ab12") is None


def test_the_cache_ignores_itself_in_git(tmp_path: Path) -> None:
    folder = store.cache_folder(tmp_path)
    assert folder == tmp_path / ".kb"
    assert (folder / ".gitignore").read_text() == "*\n"


def test_the_environment_moves_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path / "elsewhere"))
    assert store.cache_folder(tmp_path / "base") == tmp_path / "elsewhere"
    assert not (tmp_path / "base").exists()


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / ".kb").write_text("a file where the folder should be")
    assert store.cache_folder(tmp_path) is None


def test_a_shipped_base_is_not_written_into(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kb.resources._PACKAGE", tmp_path / "kb")
    monkeypatch.delenv("KB_CACHE_DIR", raising=False)
    root = tmp_path / "kb" / "_data" / "claims"
    root.mkdir(parents=True)
    assert store.cache_folder(root) is None
    assert list(root.iterdir()) == []


def test_a_lock_keeps_a_second_holder_out(tmp_path: Path) -> None:
    with store.lock(tmp_path, "one"):
        with store.lock(tmp_path, "other", seconds=0):
            pass
        with pytest.raises(store.BusyError), store.lock(tmp_path, "one", seconds=0.05):
            pass
    with store.lock(tmp_path, "one", seconds=0):
        pass


def test_a_lock_is_dropped_when_its_holder_dies(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; from kb import store\n"
        "with store.lock(pathlib.Path(sys.argv[1]), 'one'): os._exit(7)"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment, check=False)
    assert ran.returncode == 7
    with store.lock(tmp_path, "one", seconds=0):
        pass


def test_writers_in_turn_lose_nothing(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")

    def add() -> None:
        for _ in range(20):
            with store.lock(tmp_path, "counter"):
                store.write_atomic(counter, str(int(counter.read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read_text() == "60"
