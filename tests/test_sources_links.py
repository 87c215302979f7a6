"""``kb sources links``: asked on request only, of public machines only; every server here is this machine."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kb import source
from kb.commands import calling, drafts, linking
from kb.commands.calling import Pace, is_public
from kb.commands.drafts import Refused
from kb.commands.linking import Link, check_links, save_archived
from tests.conftest import Ran

Kb = Callable[..., Ran]
COPY = "https://web.archive.org/web/2020/https://example.org/guide"


class Pages(http.server.BaseHTTPRequestHandler):
    """A path of numbers answers with that status; others are told below."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str, str, str]]
    held: threading.Event

    def do_GET(self) -> None:
        self.asked.append(
            (self.command, self.path, self.headers["User-Agent"], self.headers.get("Range", ""))
        )
        name = self.path.strip("/").partition("?")[0]
        match name:
            case "moved":
                self.say(301, "/200")
            case "moved-then-lent":
                self.say(308, "/lent")
            case "lent":
                self.say(302, "/200")
            case "circle":
                self.say(302, "/circle")
            case "endless":
                self.say(302, "/endless?" + "x" * len(self.path))
            case "private":
                self.say(302, "http://10.0.0.1/secret")
            case "metadata":
                self.say(301, "http://169.254.169.254/latest/meta-data")
            case "to-a-file":
                self.say(302, "file:///etc/passwd")
            case "head-unknown":
                self.say(501 if self.command == "HEAD" else 206)
            case "huge":
                self.send_response(405 if self.command == "HEAD" else 200)
                self.send_header("Content-Length", str(10**12))
                self.end_headers()
            case "strange":
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=no-such-charset")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "silent":
                self.held.wait(60)
            case "dripping":
                while not self.held.wait(0.05):
                    self.wfile.write(b"H")
            case "nonsense":
                self.wfile.write(b"\0\0\0\n")
                self.close_connection = True
            case _:
                self.say(int(name))

    def do_HEAD(self) -> None:
        self.do_GET()

    def say(self, status: int, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Tests are silent."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what is tested."""


@pytest.fixture
def site() -> Iterator[tuple[str, list[tuple[str, str, str, str]]]]:
    """The address of a server of this machine, and what it was asked."""
    held, asked = threading.Event(), []  # type: ignore[var-annotated]
    handler = type("Handler", (Pages,), {"asked": asked, "held": held})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    held.set()
    server.shutdown()
    thread.join()
    server.server_close()


def linked(root: Path, url: str, more: str = "") -> Path:
    (root / "sources/page.yaml").write_text(f"title: A page\nURL: {url}\naccessed: 2024-01-01\n{more}")
    return root


def one(root: Path, url: str, *, seconds: float = 5, loopback: bool = True, more: str = "") -> Link:
    linked(root, url, more)
    [link] = check_links(root, ["page"], seconds=seconds, loopback=loopback, pace=Pace(0))
    return link


@pytest.mark.parametrize(
    ("page", "state", "says"),
    [
        ("200", "ok", ""),
        ("lent", "ok", ""),
        ("head-unknown", "ok", ""),
        ("huge", "ok", ""),
        ("strange", "ok", ""),
        ("moved", "moved", "it has moved for good"),
        ("moved-then-lent", "moved", "/lent"),
        ("404", "gone", "the server answers 404"),
        ("410", "gone", "410"),
        ("401", "cannot tell", "login"),
        ("403", "cannot tell", "no programs"),
        ("429", "cannot tell", "429"),
        ("418", "cannot tell", "418"),
        ("503", "unreachable", "503"),
        ("circle", "unreachable", "in a circle"),
        ("endless", "unreachable", "more than 8 times"),
        ("nonsense", "unreachable", "no sensible answer"),
        ("private", "not asked", "10.0.0.1, which is no public address"),
        ("metadata", "not asked", "169.254.169.254, which is no public address"),
        ("to-a-file", "not asked", "only http and https"),
    ],
)
def test_each_answer_is_told_for_what_it_is(
    small_base: Path, site: tuple[str, list[Any]], page: str, state: str, says: str
) -> None:
    link = one(small_base, f"{site[0]}/{page}")
    assert (link.state, says in link.says) == (state, True), link


def test_a_link_that_moved_names_its_new_address_as_far_as_it_is_lasting(
    small_base: Path, site: tuple[str, list[Any]]
) -> None:
    assert one(small_base, f"{site[0]}/moved").now == f"{site[0]}/200"
    assert one(small_base, f"{site[0]}/moved-then-lent").now == f"{site[0]}/lent"


@pytest.mark.parametrize("page", ["silent", "dripping"])
def test_a_server_that_takes_its_time_is_left(
    small_base: Path, site: tuple[str, list[Any]], page: str
) -> None:
    link = one(small_base, f"{site[0]}/{page}", seconds=0.3)
    assert (link.state, link.says) == ("unreachable", "no answer within 0.3 seconds")


def test_a_request_is_plain_and_small(small_base: Path, site: tuple[str, list[Any]]) -> None:
    one(small_base, f"{site[0]}/200")
    one(small_base, f"{site[0]}/404?a=%20b")
    assert [(method, path, piece) for method, path, _, piece in site[1]] == [
        ("HEAD", "/200", ""),
        ("HEAD", "/404?a=%20b", ""),
        ("GET", "/404?a=%20b", "bytes=0-1023"),
    ]
    assert all(agent.startswith("kb/") for _, _, agent, _ in site[1])


def test_this_machine_is_not_asked(small_base: Path, site: tuple[str, list[Any]]) -> None:
    port = site[0].rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::1]", "2130706433", "0.0.0.0", "[::ffff:127.0.0.1]"):
        link = one(small_base, f"http://{host}:{port}/200", loopback=False)
        assert link.state in ("not asked", "unreachable"), host
    assert site[1] == []


def test_the_machine_that_was_looked_at_is_the_one_that_is_asked(
    small_base: Path, site: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that stands for a public machine at first and for this one later leads nowhere."""
    asked: list[Any] = []
    port = int(site[0].rpartition(":")[2])

    def resolved(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        where = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, port))]

    monkeypatch.setattr(calling.socket, "getaddrinfo", resolved)
    assert one(small_base, f"http://rebinding.example:{port}/200").state == "ok"
    assert asked == ["rebinding.example"]
    assert one(small_base, f"http://rebinding.example:{port}/200").state == "not asked"


def test_one_private_address_of_a_name_is_enough(small_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, 1, 6, "", (where, 80)) for where in ("93.184.216.34", "192.168.0.1")]
    monkeypatch.setattr(calling.socket, "getaddrinfo", lambda *_, **__: both)
    assert "192.168.0.1" in one(small_base, "http://mixed.example/").says


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::5db8:d822", True),
        *(
            (private, False)
            for private in (
                *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
                *("100.64.0.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1"),
                *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "fec0::1", "ff0e::1"),
                *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::"),
            )
        ),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.org/x", "only http and https are asked, not ftp"),
        ("http://me:secret@127.0.0.1/", "a user's name or password"),
        ("http://127.0.0.1:99999/", "no address"),
        ("http://no-such-name.invalid/", "has no address"),
    ],
)
def test_addresses_that_cannot_be_asked(small_base: Path, url: str, says: str) -> None:
    link = one(small_base, url)
    assert link.state in ("not asked", "unreachable")
    assert says in link.says


def test_a_port_where_nobody_listens(small_base: Path) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        link = one(small_base, f"http://127.0.0.1:{free.getsockname()[1]}/")
    assert (link.state, "no connection" in link.says) == ("unreachable", True)


def test_a_host_is_asked_once_a_second() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(1.0, lambda: now[0], sleep)
    for host, passed in (("a", 0.25), ("b", 0.0), ("a", 0.0), ("a", 5.0), ("a", 0.0)):
        pace.wait(host)
        now[0] += passed
    assert slept == [0.75, 1.0]


def test_the_command_lists_what_needs_a_person(small_base: Path, site: tuple[str, list[Any]], kb: Kb) -> None:
    linked(small_base, f"{site[0]}/410", f"archive_location: {COPY}\n")
    done = kb("sources", "links", "--base", small_base, "--allow-loopback")
    assert done.code == 1
    assert done.out.startswith(f"gone         {site[0]}/410 [page]")
    assert f"archived copy: {COPY}" in done.out
    assert done.out.endswith("1 address: 1 gone.\n")
    data = kb("sources", "links", "page", "--base", small_base, "--format", "json").json
    assert (data["counts"], data["links"][0]["archived"]) == ({"not asked": 1}, COPY)
    missing = kb("sources", "links", "pag", "--base", small_base)
    assert (missing.code, "page" in missing.err) == (2, True)


def test_no_other_command_opens_a_connection(
    small_base: Path, site: tuple[str, list[Any]], kb: Kb, tmp_path: Path
) -> None:
    linked(small_base, f"{site[0]}/200")
    for command in (("validate",), ("check",), ("render", "--out", tmp_path / "out"), ("show", "page")):
        kb(*command, "--base", small_base)
    assert site[1] == []


# --- archived copies --------------------------------------------------------------


def test_an_archived_copy_is_noted_in_the_file(small_base: Path, kb: Kb) -> None:
    file = small_base / "sources/guide-1999.yaml"
    file.write_text("# Kept.\n" + file.read_text())
    before = file.read_text()
    done = kb("sources", "links", "guide-1999", "--archive", COPY, "--base", small_base)
    assert done.code == 0, done.err
    assert file.read_text() == before + f'archive_location: "{COPY}"\n'
    assert linking.archived(source.load(small_base, cache=False).base.sources["guide-1999"]) == COPY
    assert save_archived(small_base, "guide-1999", COPY) == "sources/guide-1999.yaml"
    for wrong, says in (("https://archive.org/other", "already"), ("not an address", "https://")):
        with pytest.raises(Refused, match=says):
            save_archived(small_base, "guide-1999", wrong)
    assert kb("sources", "links", "--archive", COPY, "--base", small_base).code == 2


def test_the_base_that_comes_with_kb_is_left_alone(small_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "is_shipped", lambda root: True)
    with pytest.raises(Refused, match="read-only"):
        save_archived(small_base, "guide-1999", COPY)


def test_the_page_of_a_source_leads_to_the_archived_copy(small_base: Path, kb: Kb, tmp_path: Path) -> None:
    linked(small_base, "https://example.org/guide", f"archive_location: {COPY}\n")
    assert kb("render", "--base", small_base, "--out", tmp_path / "site").code == 0
    page = (tmp_path / "site/source/page.html").read_text()
    assert f'href="{COPY}"' in page
    assert "Archived copy" in page
    other = (tmp_path / "site/source/guide-1999.html").read_text()
    assert "Archived copy" not in other
