"""Addresses of other sites are requested politely and answers are distinguished; against a real server."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
from conftest import MakeSite
from msgspec.structs import replace

from sitegen.checks import external_links
from sitegen.checks.external_links import AGENT, HOLDS, MEMORY, Answer, Manner, addresses_of, ask_all, check_external
from sitegen.source import connections

#: No answer is late on a busy machine, but that of a host which never gives one.
QUICK = Manner(pace=0.0, patience=30.0, retries=2, longest_wait=0.2, is_public=False)
DAY = dt.date(2026, 5, 4)


#: Path → status and where it leads.
MOVES = {
    "moved": (301, "/ok"), "moved-308": (308, "/ok"), "found": (302, "/ok"), "see-other": (303, "/ok"),
    "temporary": (307, "/ok"), "chain": (301, "/found"), "loop": (302, "/loop"), "script": (302, "javascript:x()"),
    "moved-to-nothing": (301, "/404"), "unreadable": (301, "https://[::1"), "led-to-costly": (302, "/costly"),
    "endless-address": (301, "../" * 20_000),
}  # fmt: skip
#: Path → status of the first requests, and how many they are.
AT_FIRST = {"flaky": (500, 3), "busy": (429, 1), "limited": (429, 99)}
HEAD_ALONE = {"no-head": 405, "head-lies": 404}


class Host(ThreadingHTTPServer):
    """A host with twenty behaviours, one per path; records its requests."""

    daemon_threads = True
    seen: Counter[tuple[str, str]]
    times: list[float]
    agents: set[str]
    gone: set[str]
    is_over: threading.Event
    worked = 0.0  #: the seconds of processor time that its answers are said to have taken

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Behaviour(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Host

    def log_message(self, *arguments: object) -> None:
        pass

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        name = path.strip("/")
        self.server.seen[self.command, path] += 1
        self.server.times.append(time.monotonic())
        self.server.agents.add(self.headers["User-Agent"])
        if name == "costly":
            self.server.worked += 10
        if name == "slow":
            self.server.is_over.wait()
        if name == "hangs-up":
            self.close_connection = True
            self.connection.close()
            return
        status, location = MOVES.get(name, (self._status(name), ""))
        self._send(404 if name in self.server.gone else status, location)

    def _status(self, name: str) -> int:
        count = self.server.seen["HEAD", f"/{name}"] + self.server.seen["GET", f"/{name}"]
        at_first, until = AT_FIRST.get(name, (200, 0))
        if count <= until:
            return at_first
        if name == "query":
            return 200 if self.path.endswith("?a=1") else 404
        if self.command == "HEAD" and name in HEAD_ALONE:
            return HEAD_ALONE[name]
        return int(name) if name.isdecimal() else 200

    def _send(self, status: int, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        if status == 429:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = _answer  # noqa: N815


@pytest.fixture
def host() -> Iterator[Host]:
    server = Host(("127.0.0.1", 0), Behaviour)
    server.seen, server.times, server.agents, server.gone = Counter(), [], set(), set()
    server.is_over = threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.is_over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def ask(host: Host, name: str) -> Answer:
    url = f"{host.url}/{name}"
    return ask_all([url], replace(QUICK, patience=0.1) if name == "slow" else QUICK)[url]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("ok", "alive"),
        ("moved", "moved"),
        ("moved-308", "moved"),
        ("found", "alive"),
        ("see-other", "alive"),
        ("temporary", "alive"),
        ("chain", "alive"),
        ("loop", "dead"),
        ("script", "dead"),
        ("unreadable", "dead"),
        ("endless-address", "dead"),
        ("moved-to-nothing", "dead"),
        ("404", "dead"),
        ("410", "dead"),
        ("400", "dead"),
        ("401", "refused"),
        ("403", "refused"),
        ("limited", "refused"),
        ("no-head", "alive"),
        ("head-lies", "alive"),
        ("flaky", "alive"),
        ("busy", "alive"),
        ("500", "failing"),
        ("503", "failing"),
        ("slow", "failing"),
        ("hangs-up", "failing"),
        ("query?a=1", "alive"),
        ("путь", "alive"),
    ],
)
def test_answers_of_hosts_are_distinguished(host: Host, name: str, verdict: str) -> None:
    assert ask(host, name).verdict == verdict


def test_moved_address_is_reported_with_its_target(host: Host) -> None:
    assert ask(host, "moved").target == f"{host.url}/ok"


@pytest.mark.parametrize("url", ["http://example../", "http://a b/", "http://a:99999/", f"http://{'a' * 64}.example/"])
def test_an_address_that_can_have_no_host_is_dead_and_not_asked_again_tomorrow(url: str) -> None:
    assert ask_all([url], QUICK)[url] == Answer("dead", "its host or port can't exist")


def test_unknown_host_and_refusing_host_are_dead() -> None:
    answers = ask_all(["http://no-such-host.invalid/", "http://127.0.0.1:9/"], QUICK)

    assert [answer.verdict for answer in answers.values()] == ["dead", "dead"]


def test_a_name_that_no_host_can_have_is_not_even_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    # Python encodes a label in the square of its length
    monkeypatch.setattr("encodings.idna.ToASCII", encoded.append)
    url = f"http://{'西' * 300}.example/"

    assert ask_all([url], QUICK)[url] == Answer("dead", "there is no such host")
    assert not encoded


def test_working_address_is_requested_once_by_head(host: Host) -> None:
    ask(host, "ok")

    assert host.seen == {("HEAD", "/ok"): 1}
    assert host.agents == {AGENT}


def test_addresses_of_one_host_are_requested_one_by_one_at_its_pace(host: Host) -> None:
    ask_all([f"{host.url}/ok?{n}" for n in range(4)], Manner(pace=0.05, retries=0, is_public=False))

    gaps = [later - earlier for earlier, later in zip(host.times, host.times[1:], strict=False)]
    assert len(gaps) == 3
    assert min(gaps) >= 0.05


def test_dead_link_is_reported_at_every_place_and_counted_from_day_to_day(host: Host, make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": f"---\ntitle: Home\n---\n[a]({host.url}/404) [b]({host.url}/ok#part)\n",
            "content/a/index.en.md": f"---\ntitle: A\n---\n::button[A]{{to={host.url}/404}}\n",
        },
        site="title: {en: S}\nbase_url: https://example.org/\nlanguages: [{tag: en}]\nchecks: {url: off}\n",
    )
    library = site.report().library

    first = check_external(site.root, library, DAY, QUICK)
    same_day = check_external(site.root, library, DAY, QUICK)
    third = [check_external(site.root, library, DAY + dt.timedelta(days=n), QUICK, times=3) for n in (1, 2)]

    assert [(p.path, p.line, p.column) for p in first] == [
        ("content/index.en.md", 4, 5),
        ("content/a/index.en.md", 4, 16),
    ]
    assert "is dead: 404 Not Found" in first[0].message
    assert len(same_day) == 2
    assert [len(found) for found in third] == [0, 2]
    assert "3 times in a row" in third[1][0].message
    assert host.seen["HEAD", "/ok"] == 1


def test_good_answer_is_kept_for_a_week(host: Host, make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": f"---\ntitle: H\n---\n[b]({host.url}/ok)\n"}, site=(
        "title: {en: S}\nbase_url: https://example.org/\nlanguages: [{tag: en}]\nchecks: {url: off}\n"
    ))  # fmt: skip
    library = site.report().library

    for days in (0, 1, HOLDS - 1, HOLDS):
        check_external(site.root, library, DAY + dt.timedelta(days=days), QUICK)

    assert host.seen["HEAD", "/ok"] == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer("refused", "403 Forbidden", times=1, day=DAY.isoformat()),
        Answer("alive", "200 OK", times=-5, day=DAY.isoformat()),
        Answer("alive", "200 OK", day=(DAY + dt.timedelta(days=900)).isoformat()),
    ],
    ids=["refused once", "alive less than never", "alive in days to come"],
)
def test_what_no_check_can_have_recorded_is_asked_again(host: Host, make_site: MakeSite, answer: Answer) -> None:
    """A branch may have brought it, or the clock was wrong once."""
    url = f"{host.url}/404"
    site = make_site({"content/index.en.md": f"---\ntitle: H\n---\n[b]({url})\n"}, site=(
        "title: {en: S}\nbase_url: https://example.org/\nlanguages: [{tag: en}]\nchecks: {url: off}\n"
    ))  # fmt: skip
    site.write(MEMORY, msgspec.json.encode({url: msgspec.structs.asdict(answer)}).decode())

    (problem,) = check_external(site.root, site.report().library, DAY, QUICK)

    assert problem.message == f"{url} is dead: 404 Not Found"


def test_recovered_address_is_no_longer_counted(host: Host, make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": f"---\ntitle: H\n---\n[b]({host.url}/page)\n"}, site=(
        "title: {en: S}\nbase_url: https://example.org/\nlanguages: [{tag: en}]\nchecks: {url: off}\n"
    ))  # fmt: skip
    library = site.report().library
    counts = []
    for days, is_gone in enumerate([True, True, False, True]):
        host.gone = {"page"} if is_gone else set()
        counts.append(len(check_external(site.root, library, DAY + dt.timedelta(days=8 * days), QUICK, times=2)))

    assert counts == [0, 1, 0, 0]


def test_addresses_of_fields_and_blocks_are_found(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": "---\ntitle: H\nhome: https://a.example/\n---\n<https://b.example/#x>\n\n"
            "::video[A]{src=https://c.example/w}\n\n[m](mailto:a@b.example)\n"
        },
        kinds="page:\n  template: page.html\n  facts:\n    home: {type: url}\n",
    )

    assert list(addresses_of(site.report().library)) == [
        "https://b.example/", "https://c.example/w", "https://a.example/",
    ]  # fmt: skip


class Endless(BaseHTTPRequestHandler):
    """Says repeatedly that it will answer."""

    def do_HEAD(self) -> None:
        with suppress(OSError):
            while True:
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def test_an_address_that_takes_more_work_than_it_may_is_given_up_alone(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither other hosts nor the other addresses of one that leads there are to blame."""
    monkeypatch.setattr(connections, "_clock", lambda: lambda: host.worked)
    monkeypatch.setattr(connections, "slowness", lambda: 1.0)
    monkeypatch.setattr(external_links, "SPARE", 15.0)
    asked = [f"{host.url}/{name}" for name in ("costly?1", "costly?2", "led-to-costly", "ok", "404")]
    answers = ask_all([*asked, f"{host.url.replace('127.0.0.1', 'localhost')}/ok"], replace(QUICK, at_once=1))

    assert [answer.verdict for answer in answers.values()] == ["alive", "failing", "failing", "alive", "dead", "alive"]
    assert "far more work" in answers[asked[1]].reason


def test_a_host_is_one_however_its_name_is_written(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its addresses are asked one after another, and no longer when they have taken too long in all."""
    monkeypatch.setattr(connections, "PROMPT", -100)
    names = [host.url.replace("//", f"//{user}@") for user in "abc"]
    answers = ask_all([f"{name}/ok" for name in names], replace(QUICK, in_all=50))

    assert [answer.verdict for answer in answers.values()] == ["failing"] * 3
    assert host.seen.total() == 1


def test_a_redirect_to_what_no_host_accepts_is_not_even_read(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_links, "joined", None)

    assert ask(host, "endless-address").reason == "it redirects to an address of 60,000 characters"


def test_no_address_is_advised_that_is_too_long_to_write(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOVES, "far", (301, f"/ok?{'x' * external_links.LONGEST}"))

    assert ask(host, "far").verdict == "alive"


def test_an_endless_answer_is_given_up() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        try:
            answer = ask_all([url], Manner(pace=0.0, retries=0, is_public=False))[url]
        finally:
            server.shutdown()

    assert (answer.verdict, answer.reason) == (
        "failing",
        "it sends far more headers than a site has",
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", False), ("10.1.2.3", False), ("192.168.0.1", False), ("172.16.0.1", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1", False), ("fd00::1", False),
        ("::ffff:127.0.0.1", False), ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False), ("ff02::1", False),
        ("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True),
    ],
)  # fmt: skip
def test_address_that_only_machines_near_this_one_reach_is_not_public(address: str, expected: bool) -> None:
    assert connections.is_public(address) is expected


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "inside.example"])
def test_checker_asks_no_service_of_this_machine(host: Host, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may propose a link; what is found is a line of a log that everybody can read."""
    resolve = socket.getaddrinfo
    names = {"inside.example": "127.0.0.1"}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda name, *more, **other: resolve(names.get(name, name), *more, **other)
    )
    url = f"http://{name}:{host.server_port}/ok"

    answer = ask_all([url], replace(QUICK, is_public=True))[url]

    assert (answer.verdict, answer.reason) == ("dead", "its address, 127.0.0.1, is not public")
    assert host.seen.total() == 0


def test_redirect_into_this_machine_is_not_followed(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host counts as public here; the one that it leads to is the same one under another address."""
    monkeypatch.setitem(MOVES, "inwards", (302, f"http://127.0.0.2:{host.server_port}/ok"))
    monkeypatch.setattr(connections, "_is_public", lambda address: address == "127.0.0.1")
    url = f"{host.url}/inwards"

    answer = ask_all([url], replace(QUICK, is_public=True))[url]

    assert (answer.verdict, answer.reason) == ("dead", "its address, 127.0.0.2, is not public")
    assert {path for _, path in host.seen} == {"/inwards"}


@pytest.mark.parametrize(("base_url", "times"), [("http://127.0.0.1/", 0), ("https://8.8.8.8/", 1)])
def test_site_within_a_network_may_link_to_its_neighbours(
    host: Host, make_site: MakeSite, base_url: str, times: int
) -> None:
    settings = f"title: {{en: Site}}\nbase_url: {base_url}\nlanguages: [{{tag: en}}]\n"
    site = make_site({"content/index.en.md": f"---\ntitle: Home\n---\n[A]({host.url}/ok)\n"}, site=settings)

    problems = check_external(site.root, site.report().library, DAY, replace(QUICK, is_public=True))

    assert len(problems) == times
