"""What a host serves is what was published: checked against a real nginx, intact and damaged."""

from __future__ import annotations

import hashlib
import http.client
import http.server
import itertools
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path

import pytest
from conftest import MakeSite, TinySite
from servers import FILES, SITE, running
from waiting import free_port

from sitegen import cli
from sitegen.problems.problem import Problem, SiteError
from sitegen.publish import live_check
from sitegen.publish.live_check import check_live
from sitegen.publish.manifest import Manifest, manifest_of
from sitegen.publish.targets import How, publish, roll_back
from sitegen.source.connections import Allowance, ExcessError, in_time
from sitegen.storage.output import MANIFEST

#: What is not the address of a site, and what the libraries that split addresses do not split.
ADDRESSES = (
    "http://[::1", "https://]", "http://[]/", "http://[::1]x/", "http://[fe80::1%25a;b]/", "http://a:99999/", "http://a:b/", "http://a:0/", "http://", "//a/",
    "ftp://a/", "http://a b/", "http://a\nb/", "http://\uff41\uff0f\uff42/", "http://\u2100/", "http://a..b/", "http://a/?q", "http://a/#f", "http://a/../b", "http://a/%00/",
)  # fmt: skip


@pytest.fixture(scope="module", params=["/", "/site/"], ids=["root", "path"])
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A release on nginx: its address and the folder of releases."""
    folder = tmp_path_factory.mktemp("live")
    site = TinySite(folder / "site")
    for file, text in {**FILES, "content/site.yaml": SITE, "content/kinds.yaml": "page: {template: page.html}"}.items():
        site.write(file, text)
    address = f"http://127.0.0.1:{free_port()}{request.param}"
    site.report(base_url=address, compress=True)
    publish(site.public, str(folder / "host"), How())
    with running("nginx", address, site, folder, folder / "host/current"):
        yield address, folder / "host"


def found(address: str, expected: Manifest | None = None) -> list[Problem]:
    """The problems reported."""
    return list(check_live(address, expected)[1])


def test_a_release_on_its_server_passes(published: tuple[str, Path]) -> None:
    assert [str(problem) for problem in found(published[0])] == []


def test_a_changed_or_missing_file_is_reported(published: tuple[str, Path]) -> None:
    address, host = published
    page, data = host / "current/en/plan/index.html", host / "current/data.json"
    whole, words = page.read_bytes(), data.read_bytes()
    try:
        page.write_bytes(whole.replace(b"Plan", b"Plot"))
        data.unlink()
        told = {(problem.path.removeprefix(address), problem.message) for problem in found(address)}
    finally:
        page.write_bytes(whole)
        data.write_bytes(words)

    assert told == {
        ("en/plan/index.html", "the file is changed"),
        ("data.json", "the file is not sent: the host answers 404"),
    }


def test_an_unexpected_release_is_reported(published: tuple[str, Path], tmp_path: Path) -> None:
    address, host = published
    manifest = manifest_of(host.parent / "site/public")
    expected = Manifest({**manifest.files, "new.txt": (1, "0" * 64)})
    told = [problem.message for problem in found(address, expected)]

    assert told[0] == f"the host has release {manifest.name}, not {expected.name}"
    assert told[1] == "the file is not sent: the host answers 404"


def test_site_that_was_built_for_another_address_is_reported(published: tuple[str, Path], tmp_path: Path) -> None:
    address, host = published
    site = TinySite(host.parent / "site")
    before = manifest_of(site.public)
    site.report(base_url=address.replace("127.0.0.1", "other.example"), compress=True)
    publish(site.public, str(host), How())
    told = found(address)
    roll_back(str(host), before.name)
    site.report(base_url=address, compress=True)

    assert [(problem.severity, problem.code) for problem in told] == [("warning", "release")]
    assert "the site was built for http://other.example:" in told[0].message
    assert f"--base-url {address}" in told[0].hint
    assert found(address) == []


def test_after_each_publication_and_rollback_the_server_sends_that_release(
    published: tuple[str, Path],
) -> None:
    address, host = published
    site = TinySite(host.parent / "site")
    before = manifest_of(site.public)
    try:
        site.write("static/notes.txt", "other words")
        site.report(base_url=address, compress=True)
        publish(site.public, str(host), How())
        assert found(address, manifest_of(site.public)) == []
        roll_back(str(host))
        assert found(address, before) == []
    finally:  # for the other tests of this release, in whatever order
        site.write("static/notes.txt", FILES["static/notes.txt"])
        site.report(base_url=address, compress=True)


class Plain(http.server.SimpleHTTPRequestHandler):
    """A server without the site."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        pass


def test_a_host_without_headers_is_reported_once_for_each(published: tuple[str, Path]) -> None:
    folder = (published[1] / "current").resolve()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Plain, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = found(f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    policy = [problem for problem in told if "Content-Security-Policy" in problem.message]

    assert {problem.code for problem in told} == {"hosting", "release"}, "it was built for another address too"
    assert len(policy) == 1
    assert "more files" in policy[0].message
    assert any("does not get its language's own page" in problem.message for problem in told)


def test_a_host_without_a_manifest_or_that_cannot_be_reached_is_reported(tmp_path: Path) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Plain, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        with pytest.raises(SiteError) as none:
            check_live(address)
        (tmp_path / MANIFEST).write_text('{"version": 1}')
        with pytest.raises(SiteError) as damaged:
            check_live(address)
        server.shutdown()
    with pytest.raises(SiteError) as gone:
        check_live(address.replace(str(server.server_port), str(free_port())))

    assert "the host has no manifest: it answers 404" in str(none.value.problems[0])
    assert "the manifest of the release is damaged" in str(damaged.value.problems[0])
    assert "the host can't be reached" in str(gone.value.problems[0])


class Dripping(http.server.BaseHTTPRequestHandler):
    """A host that sends a byte now and then, or endless data, and never ends of itself; `kind` says which."""

    kind = ""

    def do_GET(self) -> None:
        parts = {"head": b"HTTP/1.1 200 OK\r\nX: ", "body": b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"}
        self.wfile.write(parts.get(self.kind, b"HTTP/1.1 200 OK\r\n\r\n"))
        with suppress(OSError):
            while True:
                self.wfile.write(b"x" * (1 if self.kind in parts else 1_000_000))
                self.wfile.flush()
                time.sleep(0.01 if self.kind in parts else 0)

    def log_message(self, *arguments: object) -> None: ...


@pytest.mark.parametrize("kind", ["head", "body", "flood"])
def test_a_host_that_drips_or_floods_is_given_up(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_check, "PATIENCE", 30 if kind == "flood" else 0.3)
    monkeypatch.setattr(live_check, "MOST", 5_000_000)
    monkeypatch.setattr("sitegen.source.connections.SLOWEST", 200_000)
    handler = type("Handler", (Dripping,), {"kind": kind})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(SiteError) as caught:
            check_live(f"http://name:s3cret@127.0.0.1:{server.server_port}/")
        server.shutdown()

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    assert "s3cret" not in str(caught.value.problems[0])
    assert [problem.code for problem in caught.value.problems] == ["release" if kind == "flood" else "publish"]


class Large(http.server.BaseHTTPRequestHandler):
    """A host that sends two megabytes, piece by piece."""

    def do_GET(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n")
        for _ in range(20):
            self.wfile.write(b"x" * 100_000)

    def log_message(self, *arguments: object) -> None: ...


def test_a_slow_host_that_sends_everything_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte that comes extends the time, as `source/test_connections.py` shows of a host that is slow indeed."""
    extended: list[int] = []

    @contextmanager
    def watched(
        connection: http.client.HTTPConnection, seconds: float, allowance: Allowance
    ) -> Iterator[Callable[[int], None]]:
        with in_time(connection, seconds, allowance) as came:

            def counted(size: int) -> None:
                extended.append(size)
                came(size)

            yield counted

    monkeypatch.setattr(live_check, "in_time", watched)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Large) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with closing(live_check.Client(f"http://127.0.0.1:{server.server_port}/")) as client:
            assert client.get("/").size == sum(extended) == 2_000_000
        server.shutdown()
    assert len(extended) > 20, "while it comes, not at the end"


class Claiming(http.server.BaseHTTPRequestHandler):
    """A host whose manifest says that a page has a million times the bytes that anybody waits for, and sends them."""

    def do_GET(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        if self.path.endswith(MANIFEST):
            files = dict.fromkeys(("index.html", "sitemap.xml"), (10**14, "0" * 64))
            self.wfile.write(Manifest(files).as_json())
            return
        with suppress(OSError):
            while True:
                self.wfile.write(b"<loc>http://a/</loc>" * 50_000)

    def log_message(self, *arguments: object) -> None: ...


def test_a_file_or_sitemap_as_long_as_its_host_says_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_check, "MOST_OF_FILE", 5_000_000)
    monkeypatch.setattr(live_check, "MOST", 5_000_000)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Claiming) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = found(f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    assert {problem.path.rpartition("/")[2] for problem in told if problem.code == "release"} >= {"sitemap.xml"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_does_not_exist_is_a_problem_of_the_option(
    make_site: MakeSite, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_site().root
    for words in (
        ("check", "--live", address, "--root", str(root)),
        ("check", "--base-url", address, "--root", str(root)),
        ("hosts", "nginx", "--base-url", address, "--root", str(root)),
        ("init", str(root / "new"), "--languages", "en", "--minimal", "--base-url", address),
    ):
        assert cli.main(words) == 1
        told = capsys.readouterr().err
        option = "--live" if "--live" in words else "--base-url"
        assert f"{option}:1:1: error[url]: base_url: " in told
    assert not (root / "new").exists()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"Transfer-Encoding: chunked\r\n\r\n-5\r\nxx", "the host can't be reached"),
        (b"A: b\r\nno header\r\nContent-Length: 2\r\n\r\nxx", "among its headers is a line that is none: 'no header'"),
        (b"A\0: b\r\nContent-Length: 2\r\n\r\nxx", "is a line that is none: 'A\\x00: b'"),
        (b"A: b\r\r\rContent-Length: 2\r\n\r\nxx", "is a line that is none: ''"),
    ],
    ids=["a chunk of negative length", "no colon", "NUL", "CR"],
)
def test_an_answer_that_breaks_its_protocol_is_a_problem(answer: bytes, told: str) -> None:
    class Host(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # it leaves the connection open

        def do_GET(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + answer)

        def log_message(self, *arguments: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(SiteError) as caught:
                list(check_live(f"http://127.0.0.1:{server.server_port}/", None)[1])
        finally:
            server.shutdown()

    assert caught.value.problems[0].code == "publish"
    assert told in caught.value.problems[0].message


@pytest.mark.parametrize(
    "address", ["http://[::1/", "http://x.org:99999/", "http://x.org:abc/", "https://[zz]/", "http://a\u2100b/"]
)
def test_an_invalid_address_in_the_sitemap_is_another_site(address: str) -> None:
    assert not live_check._is_below(address, "http://127.0.0.1:80/")


def told_of(host: type[http.server.BaseHTTPRequestHandler]) -> tuple[str, list[Problem]]:
    """A host's address, and what is found there."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        try:
            return address, found(address)
        finally:
            server.shutdown()


def test_host_that_leads_every_page_to_its_start_page_does_not_pass(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\naliases: [/old/]\n---\n"})
    site.build()
    manifest = manifest_of(site.public)
    (site.public / MANIFEST).write_bytes(manifest.as_json())
    other = next(path for path in manifest.all if not path.endswith(("l", "_headers", "_redirects")) and path[0] != ".")

    class Leading(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(site.public))  # type: ignore[arg-type]

        def send_head(self) -> object:  # type: ignore[override]
            if self.path in ("/en/a/", "/en/old/", f"/{other}"):
                self.send_response(301)
                self.send_header("Location", "/en/")
                self.end_headers()
                return None
            return super().send_head()

        def log_message(self, *arguments: object) -> None: ...

    address, problems = told_of(Leading)

    led = {
        problem.path.removeprefix(address) for problem in problems if "the host redirects to '/en/'" in problem.message
    }
    assert led == {"en/a/index.html", other}


@pytest.mark.parametrize("count", [3, 30])
def test_answers_that_break_off_are_told_together_while_they_are_few(count: int) -> None:
    page = b"<!doctype html>"
    digest = len(page), hashlib.sha256(page).hexdigest()
    manifest = Manifest({f"{number}.txt": digest for number in range(30)} | {"bad.txt": digest})

    class Host(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/").removesuffix(".txt")
            if name.isdigit() and int(name) < count:
                self.wfile.write(b"HTTP/1.1 nonsense\r\n\r\n")
                return
            self.send_response(404 if name == "bad" else 200)
            self.end_headers()
            self.wfile.write(manifest.as_json() if self.path.endswith(MANIFEST) else page)

        def log_message(self, *arguments: object) -> None: ...

    if count < live_check.MOST_LOST:
        address, problems = told_of(Host)
        paths = {problem.path.removeprefix(address) for problem in problems if problem.code in ("publish", "release")}
        assert paths == {"0.txt", "1.txt", "2.txt", "bad.txt"}
    else:
        with pytest.raises(SiteError) as caught:
            told_of(Host)
        assert live_check.MOST_LOST <= len(caught.value.problems) < live_check.MOST_LOST + live_check.AT_ONCE


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (301, {"Location": "https://evil.example/en/"}, "not sent: the host redirects to 'https://evil.example/en/'"),
        (308, {"Location": "//evil.example/en/"}, "not sent: the host redirects to '//evil.example/en/'"),
        (301, {"Location": "https://[::1"}, "not sent: the host redirects to 'https://[::1'"),
        (301, {"Location": "/en/old/"}, "not sent: the host redirects to '/en/old/'"),
        (200, {"Content-Encoding": "br"}, "sent as 'br', which it isn't: browsers can't read it"),
        (301, {"Location": "/en/"}, None),
        (200, {"Content-Encoding": "identity"}, None),
    ],
)
def test_what_readers_would_not_get_is_reported(status: int, headers: dict[str, str], told: str | None) -> None:
    page = b"<!doctype html>"
    digest = len(page), hashlib.sha256(page).hexdigest()
    manifest = Manifest({"en/index.html": digest, "en/old/index.html": digest})

    class Host(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_old = self.path == "/en/old/"
            self.send_response(status if is_old else 200)
            for name, value in headers.items() if is_old else ():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(manifest.as_json() if self.path.endswith(MANIFEST) else page)

        def log_message(self, *arguments: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        problems = [problem for problem in found(address) if problem.code == "release"]
        server.shutdown()

    assert [(problem.path, problem.message) for problem in problems] == (
        [(f"{address}en/old/index.html", f"the file is {told}")] if told else []
    )


def hosting(count: int, answer: Callable[[http.server.BaseHTTPRequestHandler, int], None]) -> tuple[type, list[int]]:
    """A host of so many pages, each of which is answered by a function with the number of the request; and these numbers."""
    page = b"<!doctype html>"
    manifest = Manifest({f"{number}.html": (len(page), hashlib.sha256(page).hexdigest()) for number in range(count)})
    asked: list[int] = []

    class Host(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = manifest.as_json() if self.path.endswith(MANIFEST) else page
            self.send_response(200 if body is not page else getattr(answer, "status", 200))
            if body is page:
                asked.append(len(asked))
                answer(self, len(asked))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None: ...

    return Host, asked


def lead_far_away(host: http.server.BaseHTTPRequestHandler, number: int) -> None:
    host.send_header("Location", f"/{number}/{'x' * 4_000}")


lead_far_away.status = 301  # type: ignore[attr-defined]


def give_each_its_own(host: http.server.BaseHTTPRequestHandler, number: int) -> None:
    host.send_header("X-Content-Type-Options", f"{number}{'x' * 2_000}")


@pytest.mark.slow
@pytest.mark.parametrize("answer", [lead_far_away, give_each_its_own])
def test_a_host_that_says_more_than_it_may_is_not_asked_for_all_its_files(
    answer: Callable[[http.server.BaseHTTPRequestHandler, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_check, "MOST_KEPT", 15_000)
    monkeypatch.setattr(live_check, "KEPT_OF_EACH", 100)
    host, asked = hosting(200, answer)
    with pytest.raises(SiteError) as caught:
        told_of(host)

    assert len(asked) < 200
    assert [problem.code for problem in caught.value.problems] == ["publish"]
    assert "is not asked any more: it sends far more headers and redirects" in caught.value.problems[0].message


def send_nothing_more(host: http.server.BaseHTTPRequestHandler, number: int) -> None: ...


def close_the_connection(host: http.server.BaseHTTPRequestHandler, number: int) -> None:
    host.send_header("Connection", "close")


@pytest.mark.parametrize(("answer", "is_dear"), [(send_nothing_more, True), (close_the_connection, False)])
def test_a_new_connection_may_take_more_work_than_an_answer(
    answer: Callable[[http.server.BaseHTTPRequestHandler, int], None], is_dear: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host may close the connection each time; here each answer takes the work for which a new one allows."""
    ticks = itertools.count()
    monkeypatch.setattr("sitegen.source.connections._clock", lambda: lambda: next(ticks) * live_check.FOR_CONNECTION)
    monkeypatch.setattr("sitegen.source.connections.slowness", lambda: 1.0)
    monkeypatch.setattr(live_check, "AT_ONCE", 1)
    monkeypatch.setattr(live_check, "WORK", 20 * live_check.FOR_CONNECTION)
    host, asked = hosting(100, answer)
    with pytest.raises(SiteError) if is_dear else nullcontext():
        told_of(host)

    assert (len(asked) < 100) == is_dear


@pytest.mark.parametrize(("scheme", "allowed"), [("http", 0.001), ("https", 0.007)])
def test_a_secure_connection_may_take_the_work_of_its_certificates(scheme: str, allowed: float) -> None:
    with closing(live_check.Client(f"{scheme}://127.0.0.1:{free_port()}/")) as client:
        with pytest.raises(SiteError):
            client.get("/")
        assert client.allowance._work == pytest.approx(live_check.WORK + 2 * allowed), "it is tried twice"


def find_old_addresses(client: live_check.Client) -> None:
    led = {f"en/{n}.html": live_check.Seen(301, False, "identity", "../" * 1_500) for n in range(9)}
    live_check._find_wrong(client, (), led, frozenset())


def find_pages(client: live_check.Client) -> None:
    wanted = Manifest({"en/sitemap.xml": (90_000, "")})
    pages = {f"en/{number}.html": live_check.Seen(200, True, "identity", "") for number in range(9)}
    live_check._pages(client, wanted, pages, list(wanted.all))


@pytest.mark.parametrize("find", [find_old_addresses, find_pages])
def test_work_on_the_addresses_that_a_host_sends_is_counted(
    find: Callable[[live_check.Client], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = itertools.count()
    monkeypatch.setattr("sitegen.source.connections._clock", lambda: lambda: next(ticks))
    monkeypatch.setattr("sitegen.source.connections.slowness", lambda: 1.0)
    monkeypatch.setattr(live_check, "WORK", 5)
    with closing(live_check.Client("http://a/")) as client:
        answer = live_check.Answer(200, {}, 0, "", b"<loc>http://a/x/</loc>" * 9)
        monkeypatch.setattr(client, "get", lambda *_, **__: answer)
        with pytest.raises(ExcessError, match="far more work"):
            find(client)


def test_what_a_host_says_is_printed_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.problems.problem.MOST_OF_A_SORT", 5)
    _, problems = told_of(hosting(20, lead_far_away)[0])
    led = [problem for problem in problems if problem.code == "release"]

    assert len(led) == 5
    assert led[0].message.startswith("the file is not sent: the host redirects to '/")
    assert led[0].message.endswith("x\u2026'")
    assert led[-1].message.startswith("16 more problems of this sort at http://127.0.0.1:")
    assert max(len(problem.message) for problem in problems) < 300


def test_no_more_addresses_of_a_sitemap_are_read_than_the_host_has_files(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []
    wanted = Manifest({f"{language}/sitemap.xml": (90_000, "") for language in ("en", "fr")})

    def get(path: str, most: int, **_: object) -> live_check.Answer:
        asked.append((path, most))
        return live_check.Answer(200, {}, 0, "", b"<loc>http://a/1/</loc>" * 1_000 + b"<loc>" + b"x" * 100_000)

    with closing(live_check.Client("http://a/")) as client:
        monkeypatch.setattr(client, "get", get)
        read = list(live_check._locations(client, wanted, wanted.all, 30))

    assert (len(read), asked) == (30, [("/en/sitemap.xml", 90_000)])


def test_pages_in_the_second_part_of_a_sitemap_lead_nowhere_else() -> None:
    assert [
        path for path in ("sitemap.xml", "en/sitemap-2.xml", "en/mysitemap.xml") if live_check._IS_SITEMAP.search(path)
    ] == [
        "sitemap.xml",
        "en/sitemap-2.xml",
    ]


def test_outside_a_site_no_host_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    host, asked = hosting(3, send_nothing_more)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert cli.main(("check", "--live", f"http://127.0.0.1:{server.server_port}/", "--root", str(tmp_path))) == 1
        server.shutdown()

    assert "missing-content" in capsys.readouterr().err
    assert asked == []
