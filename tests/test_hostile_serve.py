"""kb serve among slow clients, bases that vanish, files that are no files, and faults of its own."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb import resources
from kb.diagnostics import Diagnostic
from kb.site.serving import Feed, PreviewServer, failure, problem, server
from tests.conftest import SMALL_BASE
from tests.serving import LIMIT, eventually, get, raw, serving
from tests.test_serve import TALL, edit
from tests.test_site_axe import context, violations


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[PreviewServer]:
    (tmp_path / "index.html").write_text("<h1>Page</h1>")
    feed = Feed()
    with PreviewServer(tmp_path, feed, "127.0.0.1", 0) as running:
        feed.tell("ready")
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        feed.close()
        running.shutdown()
        thread.join(LIMIT)


def test_a_request_sent_sign_by_sign_is_given_up(
    preview: PreviewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sign began the client's time anew, so that a few such clients could hold all places for ever."""
    monkeypatch.setattr(server._Handler, "timeout", 0.5)
    with socket.create_connection(("127.0.0.1", preview.port), timeout=0.05) as client:
        end = time.monotonic() + LIMIT
        client.sendall(b"GET / HTTP/1.1\r\nX: ")
        ended = False
        while not ended:
            assert time.monotonic() < end, "the request is still read"
            try:
                client.sendall(b"a")
                ended = client.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
    assert get(preview.port).status == 200


@pytest.mark.parametrize(
    "more",
    [
        b"Transfer-Encoding: chunked\r\nContent-Length: 30\r\n\r\n0\r\n\r\nGET /other HTTP/1.1\r\n\r\n",
        b"Connection: keep-alive\r\n\r\nGET /other HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 99\r\n\r\nGET /",
    ],
)
def test_a_connection_has_one_request_and_one_answer(preview: PreviewServer, more: bytes) -> None:
    answer = raw(preview.port, f"GET / HTTP/1.1\r\nHost: localhost:{preview.port}\r\n".encode() + more)
    assert answer.count(b"HTTP/1.") == 1
    assert b"<h1>Page" in answer


def test_a_base_that_is_moved_away_and_back_goes_on(small_base: Path) -> None:
    away = small_base.with_name("away")
    with serving(small_base) as served:
        served.said("^Ready: .*checks run")
        small_base.rename(away)
        served.said(r"\d errors?; pages stay")
        assert not small_base.exists()  # not even an empty folder: ours would be in the way of theirs
        away.rename(small_base)
        edit(small_base, TALL, "300", "301")
        eventually(lambda: "301 metres" in get(served.port, "/claim/tower-is-tall.html").text)
        assert served.stop() == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names only on Unix")
def test_a_pipe_in_place_of_a_file_does_not_hold_the_preview_up(small_base: Path) -> None:
    with serving(small_base) as served:
        served.said("^Ready: .*checks run")
        (small_base / TALL).unlink()
        os.mkfifo(small_base / TALL)
        eventually(lambda: "this is no regular file" in get(served.port, "/-/problems").text)
        (small_base / TALL).unlink()
        (small_base / TALL).write_text(SMALL_BASE[TALL].replace("300", "302"))
        eventually(lambda: "302 metres" in get(served.port, "/claim/tower-is-tall.html").text)


def test_no_line_is_shown_of_a_file_outside_the_base(tmp_path: Path, small_base: Path) -> None:
    (tmp_path / "secret.yaml").write_text("token: hunter2")
    try:
        (small_base / "towers/linked.yaml").symlink_to(tmp_path / "secret.yaml")
    except OSError:
        pytest.skip("links need a right here")
    for name in ("towers/linked.yaml", "../secret.yaml"):
        assert problem(small_base, Diagnostic("KB002", "error", "a link", name)).excerpt == ""
    assert "1 │ claim:" in problem(small_base, Diagnostic("KB001", "error", "unread", TALL)).excerpt


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A copy of kb's templates, to be broken."""
    return Path(shutil.copytree(resources.templates_folder(), tmp_path / "templates"))


BROKEN = """\
import sys
from pathlib import Path
from kb import resources
folder = Path(sys.argv.pop(1))
resources.templates_folder = lambda: folder
from kb.cli.running import main
main()
"""


def test_a_fault_of_kb_is_shown_and_outlived(small_base: Path, templates: Path) -> None:
    """A broken template, or any error in kb, ended the preview."""
    page = templates / "claim.html"
    sound = page.read_text("utf-8")
    page.write_text("{% if %}\n" + sound, "utf-8")
    with serving(small_base, program=("-c", BROKEN, str(templates))) as served:
        served.said("kb failed: TemplateSyntaxError")
        shown = get(served.port, "/-/problems").text
        assert "claim.html:1" in shown
        assert "please report it" in shown
        page.write_text(sound, "utf-8")
        edit(small_base, TALL, "300", "303")
        eventually(lambda: "303 metres" in get(served.port, "/claim/tower-is-tall.html").text)
        assert "error" not in get(served.port, "/-/problems").text
        assert served.stop() == 0


def test_a_fault_names_its_place() -> None:
    try:
        raise LookupError("no such thing")
    except LookupError as error:
        found = failure(error)
    assert found.message == "kb failed: LookupError: no such thing"
    assert "test_hostile_serve.py:" in found.place


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_errors_are_accessible_over_a_page_and_on_their_own(
    browser: Any, axe: Any, small_base: Path, scheme: str
) -> None:
    with serving(small_base) as served:
        served.said("^Ready: .*checks run")
        opened = context(browser, 390, scheme)
        opened.set_default_timeout(LIMIT * 1000)
        page = opened.new_page()
        page.goto(served.address)
        edit(small_base, TALL, "title: ", "titel: ")
        page.get_by_role("dialog").get_by_role("heading", level=1).wait_for()
        assert violations(axe, page) == []
        page.goto(f"{served.address}-/problems")
        assert violations(axe, page) == []
        opened.close()
