"""kb serve over real sockets: what it shows as files change, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import Message
from pathlib import Path

import pytest

from kb.api import load
from kb.commands import rechecking, serve
from kb.diagnostics import Diagnostic
from kb.site.serving import Feed, PreviewServer, guard, pages, problem, server
from kb.site.serving.watcher import FileChange, Watcher
from tests.conftest import SMALL_BASE, Ran
from tests.serving import LIMIT, eventually, get, raw, serving

Kb = Callable[..., Ran]
TALL, CLIMBED = "towers/tower-is-tall.yaml", "towers/tower-is-climbed.yaml"
PAGE = b"""<!doctype html><html><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'">
<script src="static/site.js"></script></head><body><h1>Page</h1></body></html>
"""


def edit(base: Path, name: str, old: str, new: str) -> None:
    """Save as most editors do: a draft beside the file, moved over it."""
    path = base / name
    text = path.read_text()
    assert old in text
    draft = path.with_name(f".{path.name}.swp")
    draft.write_text(text.replace(old, new))
    draft.replace(path)


# --- the server alone, on a folder of files -----------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    for name, data in {
        "index.html": PAGE,
        "404.html": PAGE.replace(b"Page", b"Nothing here"),
        "claim/a-claim.html": PAGE.replace(b'"static', b'"../static'),
        "static/site.js": b"// a script",
        "static/site.css": b"",
        "data/a.json": b"{}",
        ".kb-site.json": b"{}",
        "noending": b"<script>",
    }.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(data)
    (tmp_path / "secret.html").write_text("secret")
    return site


@pytest.fixture
def preview(folder: Path) -> Iterator[PreviewServer]:
    feed = Feed()
    with PreviewServer(folder, feed, "127.0.0.1", 0, remote=["Preview.example"]) as running:
        feed.tell("ready")
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        feed.close()
        running.shutdown()
        thread.join(LIMIT)


def test_pages_are_served_with_a_script_that_the_files_lack(preview: PreviewServer, folder: Path) -> None:
    answer = get(preview.port)
    assert answer.status == 200
    assert answer.text.count('<script src="/-/live.js"') == 1
    assert answer.text.index("/-/live.js") < answer.text.index("</body>")
    assert "content=\"connect-src 'self'; default-src 'none'; script-src 'self'\"" in answer.text
    assert (folder / "index.html").read_bytes() == PAGE
    assert get(preview.port, "/claim/a-claim.html?x=1").status == 200
    for path, kind in {
        "/": "text/html; charset=utf-8",
        "/static/site.js": "text/javascript; charset=utf-8",
        "/static/site.css": "text/css; charset=utf-8",
        "/data/a.json": "application/json; charset=utf-8",
        "/noending": "application/octet-stream",
        "/-/live.js": "text/javascript; charset=utf-8",
        "/-/live.css": "text/css; charset=utf-8",
        "/-/problems": "text/html; charset=utf-8",
    }.items():
        headers = get(preview.port, path).headers
        assert headers["Content-Type"] == kind
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_head_has_the_headers_alone(preview: PreviewServer) -> None:
    whole, head = get(preview.port), get(preview.port, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == whole.headers["Content-Length"] == str(len(whole.body))
    assert get(preview.port, "/-/events?/", method="HEAD").body == b""


def test_a_missing_page_is_said_to_be_missing_at_any_depth(preview: PreviewServer, folder: Path) -> None:
    for path in ("/claim/no-such.html", "/no/such/folder/", "/claim/", "/claim", "/static/"):
        answer = get(preview.port, path)
        assert answer.status == 404, path
        assert "Nothing here" in answer.text
        assert 'src="/static/site.js"' in answer.text
        assert "a-claim" not in answer.text  # no listing
    (folder / "404.html").unlink()
    assert get(preview.port, "/nothing").text == "There is no page at this address.\n"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/claim/../../secret.html",
        "/%2e%2e/secret.html",
        "/..%2fsecret.html",
        "/%2e%2e%2fsecret.html",
        "/%252e%252e/secret.html",
        "/..\\secret.html",
        "/..%5csecret.html",
        "/claim/..%5c..%5csecret.html",
        "/./index.html",
        "//index.html/",
        "/claim//a-claim.html",
        "/%00index.html",
        "/index.html%00.css",
        "/c:/index.html",
        "/index.html::$DATA",
        "/.kb-site.json",
        "/%2ekb-site.json",
        "/claim/.hidden",
        "/%ff%fe",
        "/%E2%80%AEindex.html",
        "secret.html",
        "http://127.0.0.1/index.html",
        "*",
        "/out.html",
        "/linked/secret.html",
    ],
)
def test_no_address_leads_out_of_the_folder(preview: PreviewServer, folder: Path, path: str) -> None:
    (folder / "out.html").symlink_to(folder.parent / "secret.html")
    (folder / "linked").symlink_to(folder.parent, target_is_directory=True)
    sent = f"GET {path} HTTP/1.1\r\nHost: localhost:{preview.port}\r\n\r\n".encode()
    answer = raw(preview.port, sent)
    assert answer.startswith((b"HTTP/1.0 404 ", b"HTTP/1.0 400 "))
    assert b"secret" not in answer


def test_a_link_within_the_folder_is_followed(preview: PreviewServer, folder: Path) -> None:
    (folder / "same.html").symlink_to(folder / "index.html")
    assert get(preview.port, "/same.html").status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:{port}", 200),
        ("LOCALHOST:{port}", 200),
        ("127.0.0.1:{port}", 200),
        ("[::1]:{port}", 200),
        ("preview.example", 200),
        ("preview.example:443", 200),
        ("localhost", 421),
        ("127.0.0.1:1", 421),
        ("evil.example", 421),
        ("evil.example:{port}", 421),
        ("localhost:{port}.evil.example", 421),
        ("localhost.evil.example:{port}", 421),
        ("evil.example@localhost:{port}", 421),
        ("preview.example.evil.example", 421),
        ("", 421),
    ],
)
def test_only_requests_to_our_own_name_are_answered(preview: PreviewServer, host: str, status: int) -> None:
    for path in ("/", "/static/site.js", "/-/problems", "/-/live.js"):
        answer = get(preview.port, path, Host=host.format(port=preview.port))
        assert answer.status == status, path
        assert status == 200 or "kb serve" in answer.text
    if status != 200:
        assert get(preview.port, "/-/events?/", Host=host.format(port=preview.port)).status == status


def test_a_request_names_one_host(preview: PreviewServer) -> None:
    here = f"Host: localhost:{preview.port}\r\n"
    for hosts in ("", here + here, here + "Host: evil.example\r\n"):
        assert raw(preview.port, f"GET / HTTP/1.1\r\n{hosts}\r\n".encode()).startswith(b"HTTP/1.0 421 ")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "script"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
    ],
)
def test_pages_of_other_sites_get_nothing(
    preview: PreviewServer, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.format(port=preview.port) for name, value in headers.items()}
    for path in ("/", "/static/site.js", "/-/problems"):
        assert get(preview.port, path, **sent).status == status
    assert get(preview.port, "/-/events?/", "HEAD", **sent).status == status


def test_nothing_but_get_and_head(preview: PreviewServer, folder: Path) -> None:
    before = sorted(path.name for path in folder.rglob("*"))
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "MKCOL", "BREW"):
        answer = get(preview.port, "/index.html", method)
        assert answer.status == 405, method
        assert answer.headers["Allow"] == "GET, HEAD"
    assert sorted(path.name for path in folder.rglob("*")) == before


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / JUNK\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03 a TLS hello \r\n\r\n",
    ],
)
def test_junk_does_no_harm(preview: PreviewServer, sent: bytes) -> None:
    answer = raw(preview.port, sent)
    assert b"200 OK" not in answer
    assert b"<h1>" not in answer
    assert get(preview.port).status == 200


class Stream:
    """An open page's stream of news."""

    def __init__(self, port: int, address: str = "/") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.socket.sendall(f"GET /-/events?{address} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])

    def news(self) -> dict[str, object]:
        while line := self.file.readline():
            if line.startswith(b"data: "):
                found = json.loads(line[6:])
                assert isinstance(found, dict)
                return found
        return {}

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def test_an_open_page_hears_of_its_own_changes(preview: PreviewServer, folder: Path) -> None:
    stream, other = Stream(preview.port, "/index.html"), Stream(preview.port, "%2Fclaim%2Fa-claim.html")
    first, first_other = stream.news(), other.news()
    assert f'data-version="{first["version"]}"' in get(preview.port).text
    assert f'data-version="{first_other["version"]}"' in get(preview.port, "/claim/a-claim.html").text
    (folder / "index.html").write_bytes(PAGE.replace(b"Page", b"Changed"))
    preview.feed.tell("ready")
    assert stream.news()["version"] != first["version"]
    assert other.news()["version"] == first_other["version"]
    (folder / "static/site.js").write_text("// changed")
    preview.feed.tell("ready")
    assert other.news()["version"] != first_other["version"]
    gone = Stream(preview.port, "/claim/gone.html")
    assert gone.news()["version"] == ""
    for open_ in (stream, other, gone):
        open_.close()


def test_a_stream_ends_with_the_preview(preview: PreviewServer) -> None:
    stream = Stream(preview.port)
    stream.news()
    preview.feed.close()
    assert stream.news() == {}
    stream.close()


def test_streams_are_bounded_and_free_again_when_pages_close(
    preview: PreviewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview.streams = threading.BoundedSemaphore(2)
    monkeypatch.setattr(server, "HEARTBEAT", 0.05)
    open_ = [Stream(preview.port), Stream(preview.port)]
    assert [stream.news()["phase"] for stream in open_] == ["ready", "ready"]
    assert get(preview.port, "/-/events?/").status == 503
    assert get(preview.port).status == 200
    for stream in open_:
        stream.close()
    eventually(lambda: get(preview.port, "/-/events?/", "HEAD").status == 200)


def test_clients_that_hang_keep_nobody_waiting(
    preview: PreviewServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server._Handler, "timeout", 0.5)
    (folder / "large.csv").write_bytes(b"1,2,3\n" * 3_000_000)
    silent = [socket.create_connection(("127.0.0.1", preview.port)) for _ in range(20)]
    slow = socket.create_connection(("127.0.0.1", preview.port))
    slow.sendall(f"GET /large.csv HTTP/1.1\r\nHost: localhost:{preview.port}\r\n\r\n".encode())
    deaf = [Stream(preview.port) for _ in range(3)]
    assert get(preview.port).status == 200
    for _ in range(3):
        preview.feed.tell("ready")  # returns though nobody reads
    # Silent ones are let go; more connections than there are places are turned away, and then let in again.
    for client in silent:
        client.settimeout(LIMIT)
        assert client.recv(1) == b""
        client.close()
    for stream in deaf:
        stream.close()
    slow.close()
    crowd = [socket.create_connection(("127.0.0.1", preview.port)) for _ in range(server.CONNECTIONS + 20)]
    eventually(lambda: _answers(preview.port))
    for client in crowd:
        client.close()


def _answers(port: int) -> bool:
    try:
        return get(port).status == 200
    except OSError:
        return False


def test_before_there_is_a_site_each_address_says_so(folder: Path) -> None:
    feed = Feed()
    with PreviewServer(folder, feed, "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, args=(0.05,)).start()
        waiting = get(running.port, "/claim/x.html")
        assert waiting.status == 503
        assert "Preparing the site" in waiting.text
        assert 'data-version="waiting-0"' in waiting.text
        stream = Stream(running.port, "/claim/x.html")
        assert stream.news()["version"] == "waiting-0"
        feed.tell("ready")
        assert stream.news()["version"] == ""
        stream.close()
        running.shutdown()
        feed.close()


# --- its parts ----------------------------------------------------------------


def test_which_addresses_only_this_machine_reaches() -> None:
    assert all(map(guard.is_loopback, ("localhost", "127.0.0.1", "127.8.9.1", "::1")))
    assert not any(map(guard.is_loopback, ("0.0.0.0", "::", "192.168.1.5", "example.com", "", "localhost.x")))
    assert "localhost" in guard.hosts("127.0.0.1", 80)
    assert "localhost" not in guard.hosts("127.0.0.1", 8000)
    assert "127.8.9.1:8000" in guard.hosts("127.8.9.1", 8000)
    assert "[::1]:8000" in guard.hosts("::1", 8000)
    assert "0.0.0.0:8000" not in guard.hosts("0.0.0.0", 8000)


def test_hosts_with_ports_are_read_from_the_end() -> None:
    message = Message()
    message["Host"] = "[fe80::1]:8000"
    assert guard.refusal(message, (), ("[fe80::1]",)) is None
    assert guard.refusal(message, (), ("[fe80:",)) is not None


def test_the_script_comes_last_and_a_page_without_end_gets_it_too() -> None:
    assert pages.live(b"<body></body> </body>", "1").endswith(b"</script>\n</body>")
    assert pages.live(b"<p>cut off", "1").endswith(b"</script>\n")


def test_an_excerpt_points_at_the_column(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("one: 1\r\ntwo: \u6f22\u5b57\t[x]\nthree: \x1b[31m\u202e3\n" + "y" * 999)

    def shown(line: int, column: int) -> list[str]:
        return problem(
            tmp_path, Diagnostic("KB001", "error", "Wrong.", "a.yaml", line, column)
        ).excerpt.split("\n")

    assert shown(2, 9) == [
        "  1 │ one: 1",
        "> 2 │ two: \u6f22\u5b57\t[x]",
        "    │      \u3000\u3000\t^",
        "  3 │ three: \ufffd[31m\ufffd3",
        f"  4 │ {'y' * 160}",
    ]
    far = shown(4, 700)
    assert far[2][6:] == "y" * 160
    assert far[3].index("^") == 6 + 79
    assert shown(5, 1) == shown(0, 1) == [""]
    missing = problem(tmp_path, Diagnostic("KB001", "error", "Gone.", "b.yaml"))
    assert (missing.place, missing.excerpt) == ("b.yaml:1:1", "")


def test_the_watcher_names_what_happened_to_files(small_base: Path) -> None:
    watcher = Watcher(small_base)
    assert watcher.wait(0) == ()
    edit(small_base, TALL, "300", "301")
    assert watcher.wait(LIMIT) == (FileChange(TALL, "claim", "changed"),)
    (small_base / CLIMBED).rename(small_base / "towers/climbed.yaml")
    assert set(watcher.wait(LIMIT)) == {
        FileChange(CLIMBED, "claim", "removed"),
        FileChange("towers/climbed.yaml", "claim", "added"),
    }
    (small_base / "towers/x.yml").write_text("claim: No.")
    assert watcher.wait(LIMIT)[0].path == "towers/x.yml"
    (small_base / ".draft.yaml").write_text("no file of the base")
    assert watcher.wait(0) == ()
    assert watcher.wait(until=lambda: True) == ()


def test_a_file_that_never_stands_still_is_a_change_all_the_same(small_base: Path) -> None:
    watcher, ended = Watcher(small_base), threading.Event()

    def scribble() -> None:
        number = 0
        while not ended.wait(0.02):
            number += 1
            (small_base / TALL).write_text(SMALL_BASE[TALL] + "#" * number)

    writer = threading.Thread(target=scribble)
    writer.start()
    try:
        assert watcher.wait(LIMIT)[0].path == TALL
    finally:
        ended.set()
        writer.join(LIMIT)


# --- the command --------------------------------------------------------------


def test_saves_are_followed(small_base: Path) -> None:
    (small_base / "_site").mkdir()
    with serving(small_base) as served:
        served.said("^Ready: .*3 checks run")
        assert "more than 300 metres" in served.get("/claim/tower-is-tall.html").text
        assert served.get("/check/tower-height.html").status == 200

        edit(small_base, TALL, "300 metres", "299 metres")
        line = served.said(f"^{TALL} changed: 1 claim, .*pages? written")
        assert "check" not in line.partition(":")[2]
        assert "more than 299 metres" in served.get("/claim/tower-is-tall.html").text

        edit(small_base, "checks/tower-height.yaml", "value: 4,", "value: 2,")
        served.said("^checks/tower-height.yaml changed: 1 check run")
        # The check fails now, and says so on the page of its claim.
        eventually(lambda: "Falls" in served.get("/claim/tower-is-tall.html").text)

        (small_base / "towers/new-claim.yaml").write_text(
            "claim: It is red.\ntitle: It is red\nevidence: [{source: guide-1999, at: p9}]\n"
            "checkable: {no: Nobody looked.}\nchecks:\n"
            "  - {check: tower-steps, bears: context, because: Steps are no colour.}\n"
        )
        served.said("^towers/new-claim.yaml added: 1 claim")
        assert "It is red" in served.get("/claim/new-claim.html").text
        (small_base / "towers/new-claim.yaml").rename(small_base / "towers/red-claim.yaml")
        served.said("new-claim.yaml removed, towers/red-claim.yaml added|red-claim.yaml added.*removed")
        assert served.get("/claim/red-claim.html").status == 200
        (small_base / "towers/red-claim.yaml").unlink()
        served.said("^towers/red-claim.yaml removed")
        assert "withdrawn" in served.get("/claim/red-claim.html").text

        edit(small_base, "kb.yaml", "title: Is the tower tall?", "title: The tower")
        served.said("^kb.yaml changed")
        assert "<title>The tower</title>" in served.get().text
        assert served.stop() == 0
        assert served.lines[-1] == "Stopped."
    assert list((small_base / "_site").iterdir()) == []
    left = [path for path in (small_base / ".kb/serve").rglob("*") if path.suffix != ".lock"]
    assert left == []


def test_while_a_file_is_wrong_pages_stay_and_say_where(small_base: Path) -> None:
    with serving(small_base) as served:
        served.said("^Ready: .*checks run")
        good = served.get("/claim/tower-is-climbed.html").body
        stream = Stream(served.port, "/claim/tower-is-climbed.html")
        while stream.news()["phase"] != "ready":
            pass
        edit(small_base, CLIMBED, "[tower-climb]", "[tower-clim]")
        served.said("1 error; pages stay as they were")
        served.said(rf"{CLIMBED}:4:10: error KB102: there is no check tower-clim")
        while (news := stream.news())["phase"] != "broken":
            pass
        assert news["problems"] == 1
        assert served.get("/claim/tower-is-climbed.html").body == good
        listed = served.get("/-/problems").text
        assert f"{CLIMBED}:4:10" in listed
        assert "&gt; 4 │ checks: [tower-clim]\n    │          ^" in listed
        assert "did you mean tower-climb?" in listed
        assert "the id of a check of this base" in listed
        edit(small_base, CLIMBED, "[tower-clim]", "[tower-climb]")
        while (news := stream.news())["phase"] != "ready":
            pass
        assert news["problems"] == 0
        assert served.get("/claim/tower-is-climbed.html").body == good
        stream.close()


def test_a_base_that_is_wrong_from_the_start_is_served_with_what_is_wrong(small_base: Path) -> None:
    edit(small_base, CLIMBED, "title:", "<b>titel:")
    with serving(small_base) as served:
        served.said("^Ready: .*errors?;")
        answer = served.get("/claim/tower-is-tall.html")
        assert answer.status == 503
        assert f"{CLIMBED}:" in answer.text
        assert "<b>" not in answer.text
        assert "/-/live.js" in answer.text
        edit(small_base, CLIMBED, "<b>titel:", "title:")
        eventually(lambda: served.get("/claim/tower-is-tall.html").status == 200)


def test_a_base_whose_settings_vanish_comes_back(small_base: Path) -> None:
    with serving(small_base, "--no-check") as served:
        served.said("^Ready")
        (small_base / "kb.yaml").rename(small_base.parent / "kb.yaml")
        served.said("^kb.yaml removed: .*error")
        assert served.get().status == 200
        (small_base.parent / "kb.yaml").rename(small_base / "kb.yaml")
        served.said("^kb.yaml added: .*pages? written")


def test_without_checks_nothing_is_computed_and_words_are_followed(small_base: Path, tmp_path: Path) -> None:
    words = tmp_path / "words" / "index.md"
    words.parent.mkdir()
    words.write_text("# Before\n")
    with serving(small_base, "--no-check", "--docs", words.parent) as served:
        assert "check" not in served.said("^Ready")
        assert "Not run yet" in served.get("/check/tower-height.html").text
        # The pages lie in the cache: they come back when somebody empties it.
        shutil.rmtree(small_base / ".kb")
        eventually(lambda: served.get("/claim/tower-is-tall.html").status == 200)
        assert "Before" in served.get("/docs/index.html").text
        words.write_text("# After\n")
        served.said("index.md changed: .*pages? written")
        assert "After" in served.get("/docs/index.html").text


def test_many_saves_in_a_row_end_at_the_last(small_base: Path) -> None:
    with serving(small_base) as served:
        served.said("^Ready")
        for height in range(301, 341):
            edit(small_base, TALL, f"{height - 1} metres", f"{height} metres")
            edit(small_base, "checks/tower-height.yaml", f"{height - 1} m", f"{height} m")
        eventually(lambda: "more than 340 metres" in served.get("/claim/tower-is-tall.html").text)
        eventually(lambda: "340" in served.get("/check/tower-height.html").text)
        assert served.process.poll() is None


def test_two_previews_of_one_base_and_one_that_was_killed(small_base: Path) -> None:
    with serving(small_base) as first, serving(small_base) as second:
        first.said("^Ready")
        second.said("^Ready")
        edit(small_base, TALL, "300 metres", "305 metres")
        for served in (first, second):
            served.said(f"^{TALL} changed")
            eventually(lambda s=served: "305 metres" in s.get("/claim/tower-is-tall.html").text)  # type: ignore[misc]
        first.stop(signal.SIGKILL)
        left = small_base / ".kb/serve/1/index.html"
        with serving(small_base) as third:
            third.said("^Ready")
            assert "305 metres" in third.get("/claim/tower-is-tall.html").text
            assert second.get().status == 200
            assert third.stop(signal.SIGTERM) == 128 + signal.SIGTERM
    assert not left.exists()
    assert [p for p in (small_base / ".kb/serve").iterdir() if p.suffix != ".lock"] == []


def test_a_base_that_cannot_be_written_to_is_served(small_base: Path, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    blocked = tmp_path / "file"
    blocked.write_text("")
    with serving(small_base, KB_CACHE_DIR=str(blocked / "cache"), TMPDIR=str(tmp_path / "tmp")) as served:
        served.said("^Ready: .*3 checks run")
        edit(small_base, TALL, "300 metres", "299 metres")
        assert "check" not in served.said(f"^{TALL} changed").partition(":")[2]
        served.stop()
    assert not any(path.name.startswith("kb-serve") for path in (tmp_path / "tmp").iterdir())
    assert not (small_base / ".kb").exists()


class Over(Exception):
    """Ends a preview from within."""


def test_checks_that_run_long_neither_hold_up_pages_nor_begin_again(
    small_base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go, begun = tmp_path / "go", tmp_path / "begun"
    code = (
        "import json, os, pathlib, runpy, sys, time; sys.path[:] = json.loads(sys.argv.pop(1))\n"
        f"with open({str(begun)!r}, 'a') as file: file.write(f'{{os.getpid()}}\\n')\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)\n"
        "runpy.run_module('kb', run_name='__main__', alter_sys=True)"
    )
    monkeypatch.setattr(rechecking, "_KB", (sys.executable, "-P", "-c", code))
    monkeypatch.setattr(serve, "GRACE", 0.2)
    rounds: list[serve.Round] = []
    addresses: list[str] = []
    over = threading.Event()

    def told(done: serve.Round) -> None:
        rounds.append(done)
        if over.is_set():
            raise Over

    def run() -> None:
        with suppress(Over):
            serve.serve(small_base, port=0, started=addresses.append, told=told)

    def processes() -> list[int]:
        return [int(line) for line in begun.read_text().split()] if begun.exists() else []

    thread = threading.Thread(target=run)
    thread.start()
    try:
        eventually(lambda: rounds and processes())
        assert (rounds[0].checking, rounds[0].checked) == (3, 0)
        assert rounds[0].report is not None
        port = int(addresses[0].rstrip("/").rpartition(":")[2])
        stream = Stream(port, "/check/tower-height.html")
        news = stream.news()
        assert (news["phase"], news["note"]) == ("checking", "Running 3 checks…")
        assert "Not run yet" in get(port, "/check/tower-height.html").text

        # A save that touches none of the checks leaves them running; the page of the claim is there at once.
        edit(small_base, TALL, "300 metres", "299 metres")
        eventually(lambda: len(rounds) == 2)
        assert "299 metres" in get(port, "/claim/tower-is-tall.html").text
        assert len(processes()) == 1
        # One that touches a check stops them.
        edit(small_base, "checks/tower-height.yaml", "at_least: 300 m", "at_least: 299 m")
        eventually(lambda: len(rounds) == 3 and len(processes()) == 2)
        assert rounds[2].checking == 3
        assert not Path(f"/proc/{processes()[0]}").exists()

        go.touch()
        while (news := stream.news())["phase"] != "ready":
            pass
        assert f'data-version="{news["version"]}"' in get(port, "/check/tower-height.html").text
        assert "Holds" in get(port, "/check/tower-height.html").text
        eventually(lambda: len(rounds) == 4)
        assert (rounds[3].checked, rounds[3].checking) == (3, 0)
        stream.close()
    finally:
        over.set()
        edit(small_base, "kb.yaml", "Is the tower tall?\nq", "Is it over?\nq")
        thread.join(LIMIT)
    assert not thread.is_alive()
    assert len(processes()) == 2


def test_a_check_process_that_dies_is_told_of(small_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rechecking, "_KB", (sys.executable, "-c", "raise SystemExit('it broke') "))
    checker = rechecking.Checker(small_base)
    monkeypatch.setattr(rechecking, "_FINISHED", (0,))
    checker.aim({"tower-height": "k"})
    eventually(lambda: not checker.busy())
    assert checker.trouble() == "it broke"
    checker.aim({"tower-height": "k"})  # in vain once is enough
    assert not checker.busy()
    checker.stop()
    assert checker.trouble() == ""


def test_variables_of_the_check_command_do_not_reach_the_preview(
    small_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_CHECK_RECORD", "1")
    monkeypatch.setenv("KB_CHECK_NO_CACHE", "1")
    checker = rechecking.Checker(small_base)
    checker.aim({"tower-climb": "k"})
    eventually(lambda: not checker.busy())
    assert checker.trouble() == ""
    checker.stop()
    assert load(small_base).results().keys() == {"tower-climb"}
    assert not (small_base / "results").exists()


def test_a_port_that_is_taken_is_named_with_a_free_one(kb: Kb, small_base: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = kb("serve", "--base", small_base, "--port", port)
    assert ran.code == 1
    assert f"port {port} is taken by another program; try --port {port + 1}"[:-1] in ran.err
    assert ran.out == ""
    assert not (small_base / ".kb/serve/1").exists()


def test_other_machines_are_let_in_only_by_name(kb: Kb, small_base: Path) -> None:
    ran = kb("serve", "--base", small_base, "--host", "0.0.0.0", "--port", "0")
    assert ran.code == 1
    assert "can be reached from other machines" in ran.err
    assert "--allow-remote NAME" in ran.err
    with serving(small_base, "--host", "0.0.0.0", "--allow-remote", "box.example", "--no-check") as served:
        served.said("whoever reaches it reads the whole base")
        served.said("^Ready")
        assert served.get(Host="box.example").status == 200
        assert served.get(Host="other.example").status == 421


def test_serve_says_what_is_wrong_with_its_arguments(kb: Kb, small_base: Path, tmp_path: Path) -> None:
    assert kb("serve", "--base", tmp_path / "nothing").code == 2
    assert kb("serve", "--base", small_base, "--port", "70000").code == 2
    ran = kb("serve", "--base", small_base, "--host", "192.0.2.1", "--allow-remote", "x")
    assert (ran.code, ran.out) == (1, "")
    assert "cannot listen on 192.0.2.1" in ran.err
    shown = kb("serve", "--help").out
    assert "Example: kb serve" in shown


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="processes are counted in /proc")
def test_ctrl_c_leaves_no_process(small_base: Path) -> None:
    with serving(small_base) as served:
        served.said("Ctrl-C")
        assert served.stop() == 0  # perhaps while checks run
    root = str(small_base).encode()
    running = [
        line for line in Path("/proc").glob("[0-9]*/cmdline") if line.exists() and root in _bytes(line)
    ]
    assert running == []


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
