"""Server configurations of a site, on real servers: nginx and Caddy answer one table of requests alike."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote, unquote

import pytest
from commands import run
from conftest import KINDS, MakeSite, TinySite
from published import matching, read_headers, require
from servers import BROTLI, FILES, PATH, SITE, WRITERS, Server, make_certificate, running, write_nginx
from waiting import free_port

from sitegen.build.options import Options
from sitegen.build.pipeline import with_site
from sitegen.hosting.headers_and_redirects import POLICY, PRIVATE, RULES, Hosting, find_ranges, hosting_of
from sitegen.hosting.hosts import HOSTS
from sitegen.i18n.locale import Locale


def make(make_site: MakeSite) -> TinySite:
    return make_site(FILES, site=SITE)


def hosting(site: TinySite, base_url: str) -> Hosting:
    options = Options(root=site.root, output=site.public, base_url=base_url)
    return with_site(options, lambda inputs, found: hosting_of(found.library, site.public))


@pytest.fixture(
    scope="module",
    params=["nginx /", "nginx /site/", "nginx /%D1%8F.b/", "caddy /", "caddy /site/", "caddy /%D1%8F.b/"],
    ids=lambda param: unquote(param).replace(" /", "-").rstrip("-/"),
)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each server with the site at its root, and below paths."""
    name, path = request.param.split()
    folder = tmp_path_factory.mktemp(name)
    site = TinySite(folder / "site")
    for file, text in {**FILES, "content/site.yaml": SITE, "content/kinds.yaml": KINDS}.items():
        site.write(file, text)
    with running(name, f"http://127.0.0.1:{free_port()}{path}", site, folder) as found:
        yield found


# one table of requests for all servers


class Case(NamedTuple):
    """A request and its answer.

    Attributes:
        path: below the site's address; `{css}` is the style sheet's published name.
        status: of the answer; a number above 300 and below 400 asks for `leads`.
        leads: address that the answer leads to, below the site's own.
        language: of the page that is answered.
        referer: below the site's own address, unless it is a whole one.
        has: headers of the answer, whole.
    """

    path: str
    status: int = 200
    leads: str = ""
    language: str = ""
    accepts: str | None = None
    encodings: str = ""
    referer: str | None = None
    has: Mapping[str, str | None] = {}

    @property
    def varies(self) -> str:
        """What the answer varies by besides the encoding: at the site's root, the language of the request."""
        return "Accept-Language Referer" if self.path.partition("?")[0] in ("", "index.html") else ""


BRIEF = "public, max-age=300, must-revalidate"
FOR_EVER = "public, max-age=31536000, immutable"
NEGOTIATED = {"cache-control": "no-cache"}
HTML = {"content-type": "text/html; charset=utf-8"}

CASES = {
    # the root, by language
    "one language": Case("", 302, "fa/", accepts="fa", has=NEGOTIATED),
    "source language": Case("", 302, "en/", accepts="en"),
    "language with a region": Case("", 302, "en/", accepts="en-US"),
    "capital letters": Case("", 302, "ru/", accepts="RU-ru"),
    "Chinese of any script": Case("", 302, "zh/", accepts="zh-TW"),
    "Chinese of mainland browsers": Case("", 302, "zh/", accepts="zh-CN,zh;q=0.9,en;q=0.8"),
    "whole tag with a script": Case("", 302, "zh/", accepts="zh-Hans-CN"),
    "Uzbek in Cyrillic letters": Case("", 302, "uz-cyrl/", accepts="uz-Cyrl"),
    "Uzbek in Cyrillic letters with a region": Case("", 302, "uz-cyrl/", accepts="uz-Cyrl-UZ,ru;q=0.5"),
    "Uzbek where nothing else is Uzbek": Case("", 302, "uz-cyrl/", accepts="uz"),
    "first of the site's": Case("", 302, "ru/", accepts="de, ru, en"),
    "language the site lacks, then a lesser one": Case("", 302, "ru/", accepts="de,ru;q=0.5"),
    "as Chrome sends it": Case("", 302, "ru/", accepts="kk-KZ,kk;q=0.9,ru;q=0.8,en-US;q=0.7,en;q=0.6"),
    "as Firefox sends it": Case("", 302, "fa/", accepts="ar,fa;q=0.8,en-US;q=0.5,en;q=0.3"),
    "higher weight behind a lower": Case("", 302, "ru/", accepts="en;q=0.5,ru;q=0.9"),
    "no weight is the highest": Case("", 302, "fa/", accepts="en;q=0.9,ru;q=0.99,fa"),
    "weight of one, written out": Case("", 302, "fa/", accepts="en;q=0.9,fa;q=1.000"),
    "blanks that no pattern goes over twice": Case("", 302, "ru/", accepts="en" + "\t" * 7000 + "x, ru;q=0.5"),
    "weights with spaces": Case("", 302, "ru/", accepts="en ; q=0.2 , ru ; q=0.3"),
    "three digits": Case("", 302, "ru/", accepts="en;q=0.125,ru;q=0.825"),
    "less than a tenth": Case("", 302, "en/", accepts="de,en;q=0.01"),
    "equal weights: the first": Case("", 302, "zh/", accepts="zh;q=0.5,ru;q=0.5"),
    "refused": Case("", 302, "en/", accepts="ru;q=0,en;q=0.1"),
    "refused in full": Case("", 302, "en/", accepts="ru;q=0.000, en;q=0.1"),
    "nothing but refused": Case("", 200, language="mul", accepts="ru;q=0, en;q=0.0"),
    "no language of the site": Case("", 200, language="mul", accepts="de-DE,de;q=0.9", has=NEGOTIATED | HTML),
    "longer word with the same beginning": Case("", 200, language="mul", accepts="run,english,zhx"),
    "any language": Case("", 200, language="mul", accepts="*"),
    "nonsense": Case("", 200, language="mul", accepts=";;=,,q"),
    "empty": Case("", 200, language="mul", accepts=""),
    "no header": Case("", 200, language="mul", has=NEGOTIATED | HTML),
    # a choice is remembered
    "asks to choose": Case("?choose", 200, language="mul", accepts="ru", has=NEGOTIATED),
    "asks to choose, with a value": Case("?a=b&choose=1", 200, language="mul", accepts="ru"),
    "asks for something else": Case("?chooser=1&x", 302, "ru/", accepts="ru"),
    "from a page of the site": Case("", 200, language="mul", accepts="ru", referer="fa/plan/"),
    "from a home page of the site": Case("", 200, language="mul", accepts="ru", referer="uz-cyrl/"),
    "from elsewhere": Case("", 302, "ru/", accepts="ru", referer="https://example.net/ru/"),
    "from the root itself": Case("", 302, "ru/", accepts="ru", referer=""),
    "from who names the site in a query": Case("", 302, "ru/", accepts="ru", referer="https://example.net/?{base}ru/"),
    # other pages never are another language's
    "home page of another language": Case("en/", 200, language="en", accepts="ru", has=HTML | {"cache-control": BRIEF}),
    "page of another language": Case("fa/plan/", 200, language="fa", accepts="ru;q=1", has=HTML | {"location": None}),
    "page in Cyrillic Uzbek": Case("uz-cyrl/plan/", 200, language="uz-Cyrl", accepts="en"),
    "the list of languages by its file": Case("index.html", 200, language="mul", accepts="ru"),
    # old addresses
    "alias in the source language": Case("en/old/", 301, "en/plan/"),
    "address without a language": Case("plan/", 301, "en/plan/", accepts="ru"),
    "alias without a language": Case("old/", 301, "en/plan/", accepts="ru"),
    "alias in Persian": Case("fa/old/", 301, "fa/plan/", accepts="ru"),
    "alias as a Mac has named its folder": Case(quote(normalize("NFD", "ru/старый план/")), 301, "ru/plan/"),
    "alias with a path in another script": Case("ru/%D1%81%D1%82%D0%B0%D1%80%D1%8B%D0%B9%20%D0%BF%D0%BB%D0%B0%D0%BD/", 301, "ru/plan/"),
    "alias with a percent sign": Case("en/5%2541/", 301, "en/plan/"),
    # what does not exist
    "missing in Persian": Case("fa/none", 404, language="fa", accepts="ru", has=HTML | {"cache-control": BRIEF}),
    "missing in Chinese": Case("zh/none/at/all/", 404, language="zh-Hans"),
    "missing in Cyrillic Uzbek": Case("uz-cyrl/none", 404, language="uz-Cyrl"),
    "missing in no language": Case("none", 404, language="en", accepts="fa", has=HTML),
    "missing in a language the site lacks": Case("de/none/", 404, language="en"),
    "missing asset is not kept for ever": Case("assets/none.css", 404, language="en", has=HTML | {"cache-control": BRIEF}),
    "missing drawing is a page": Case("ru/none.svg", 404, language="ru", has=HTML | {"content-security-policy": RULES[0].headers["Content-Security-Policy"]}),
    "missing calendar is a page": Case("ru/none.ics", 404, language="ru", has=HTML),
    "folder without a page": Case("assets/", 404, language="en"),
    "missing, compressed": Case("fa/none", 404, language="fa", encodings="br", has={"content-encoding": "br"}),
    # media types
    "feed": Case("ru/feed.xml", has={"content-type": "application/atom+xml; charset=utf-8", "cache-control": BRIEF}),
    "site map": Case("sitemap.xml", has={"content-type": "application/xml; charset=utf-8"}),
    "calendar": Case("days.ics", has={"content-type": "text/calendar; charset=utf-8"}),
    "data": Case("data.json", has={"content-type": "application/json; charset=utf-8"}),
    "text": Case("notes.txt", has={"content-type": "text/plain; charset=utf-8", "content-encoding": None}),
    "robots": Case("robots.txt", has={"content-type": "text/plain; charset=utf-8"}),
    "picture": Case("en/plan/campus.png", has={"content-type": "image/png", "cross-origin-resource-policy": None}),
    "style": Case("{css}", has={"content-type": "text/css; charset=utf-8", "cache-control": FOR_EVER, "cross-origin-resource-policy": "same-origin"}),
    "script": Case("{js}", has={"content-type": "text/javascript; charset=utf-8", "cache-control": FOR_EVER}),
    # compressed
    "page, by brotli": Case("en/", 200, language="en", encodings="gzip, deflate, br", has=HTML | {"content-encoding": "br"}),
    "page, by gzip": Case("en/plan/", 200, language="en", encodings="gzip", has={"content-encoding": "gzip"}),
    "page, as it is": Case("en/", 200, language="en", encodings="identity", has={"content-encoding": None}),
    "list of languages, by brotli": Case("", 200, language="mul", encodings="br", has={"content-encoding": "br"}),
    "style, by brotli": Case("{css}", encodings="br", has={"content-encoding": "br", "content-type": "text/css; charset=utf-8", "cache-control": FOR_EVER}),
    "data, by brotli": Case("data.json", encodings="gzip, br", has={"content-encoding": "br", "content-type": "application/json; charset=utf-8"}),
    "picture is never compressed": Case("en/plan/campus.png", encodings="gzip, br", has={"content-encoding": None}),
}  # fmt: skip


def request_headers(case: Case, base_url: str) -> dict[str, str]:
    referer = case.referer and case.referer.format(base=base_url)
    if referer is not None and not referer.startswith("https:"):
        referer = base_url + referer
    sent = {"accept_language": case.accepts, "accept_encoding": case.encodings or None, "referer": referer}
    return {name: value for name, value in sent.items() if value is not None}


@pytest.mark.parametrize("name", CASES)
def test_every_server_answers_the_same(server: Server, name: str) -> None:
    case = CASES[name]
    assets = {path.rpartition(".")[2]: path for path in server.site.files() if path.startswith("assets/")}
    path = case.path.format(css=assets["css"], js=assets["js"])

    answer = server.ask(path, **request_headers(case, server.base_url))

    assert answer.status == case.status
    if case.leads:
        assert answer.headers["location"] == server.base_path + case.leads
    if case.language:
        assert answer.language == case.language
    assert {header: answer.headers.get(header) for header in case.has} == dict(case.has)
    varies = set(filter(None, answer.headers.get("vary", "").split(", ")))
    assert varies - {"Accept-Encoding"} == set(case.varies.split())
    assert "Accept-Encoding" in varies or "content-encoding" not in answer.headers


@pytest.mark.parametrize("path", ["", "en/", "fa/none", "assets/none", "en/old/", "data.json", "en/feed.xml"])
def test_every_answer_has_the_security_headers(server: Server, path: str) -> None:
    wanted = {name.lower(): value for name, value in RULES[0].headers.items() if name != "Cache-Control"}

    answer = server.ask(path)

    assert {name: answer.headers.get(name) for name in wanted} == wanted
    assert "strict-transport-security" not in answer.headers  # of no use without encryption: RFC 6797, 7.2


def test_cached_page_is_not_sent_again(server: Server) -> None:
    first = server.ask("en/")

    again = server.ask("en/", if_none_match=first.headers["etag"])

    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"] == BRIEF


@pytest.mark.parametrize("path", ["en", "zh/plan", "ru/old"])
def test_address_without_the_slash_leads_to_its_page(server: Server, path: str) -> None:
    answer = server.ask(path)

    assert answer.status in (301, 308)  # nginx says the one, Caddy the other
    assert unquote(answer.headers["location"]) == unquote(f"{server.base_path}{path}/")


@pytest.mark.parametrize("path", ["ru/%D1%81%D1%82%D0%B0%D1%80%D1%8B%D0%B9%20%D0%BF%D0%BB%D0%B0%D0%BD", "en/5%2541"])
def test_old_address_without_the_slash_leads_to_its_page(server: Server, path: str) -> None:
    leads = {"nginx": f"{path}/", "caddy": path[:3] + "plan/"}

    answer = server.ask(path)

    assert (answer.status, answer.headers["location"]) == (301, server.base_path + leads[server.name])


def test_folder_of_the_site_leads_to_the_site(server: Server) -> None:
    if server.base_path != "/":
        answer = server.ask("/" + server.base_path.rstrip("/"))

        assert (answer.status, answer.headers["location"]) == (301, server.base_path)


def test_files_outside_the_site_are_not_found(server: Server) -> None:
    outside = "//en/" if server.base_path != "/" else "//site/en/"

    assert server.ask(outside).status == 404
    if server.base_path != "/":  # Caddy's paths are in any case, and its headers are not
        assert server.ask(f"/{server.base_path.upper()}en/").status == 404


@pytest.mark.parametrize("path", [".sitegen", "%2esitegen", ".sitegen-stage/lock", ".shard", ".lock", "en/../.sitegen"])
def test_records_of_the_generator_are_not_sent(server: Server, path: str) -> None:
    """They name every file and its digest, and lie beside the site's own files if no release is published."""
    for name in (".sitegen-stage/lock", ".shard", ".lock"):
        (server.site.public / name).parent.mkdir(exist_ok=True)
        (server.site.public / name).write_text("digests")
    assert "en/index.html" in (server.site.public / ".sitegen").read_text()

    answer = server.ask(path)

    assert answer.status == 404
    assert "<title>404</title>" in answer.text


# the servers' own judgement


@pytest.mark.parametrize("name", ["nginx", "caddy"])
@pytest.mark.parametrize("path", ["/", "/a/site/"])
def test_server_accepts_the_configuration_of_an_https_site(
    make_site: MakeSite, tmp_path: Path, name: str, path: str
) -> None:
    require(name, shutil.which(name, path=PATH) is not None and (name != "nginx" or BROTLI.exists()))
    make_certificate(tmp_path)
    text = HOSTS[name].write(hosting(make(make_site), f"https://127.0.0.1:{free_port()}{path}"))
    command = WRITERS[name](tmp_path, text.replace("/etc/letsencrypt/live/127.0.0.1", str(tmp_path)))
    test = [*command, "-t"] if name == "nginx" else [command[0], "validate", *command[2:]]

    done = subprocess.run(test, capture_output=True, text=True, env={**os.environ, "PATH": PATH, "HOME": str(tmp_path)})

    assert done.returncode == 0, done.stderr
    assert re.findall("warn|not formatted", done.stderr) == []


def test_https_site_sends_hsts(make_site: MakeSite, tmp_path: Path) -> None:
    make_certificate(tmp_path)

    with running("nginx", f"https://127.0.0.1:{free_port()}/", make(make_site), tmp_path) as server:
        answers = [server.ask(""), server.ask("fa/none"), server.ask("en/old/")]

    assert [answer.headers["strict-transport-security"] for answer in answers] == ["max-age=31536000"] * 3


def test_two_sites_live_on_one_nginx(make_site: MakeSite, tmp_path: Path) -> None:
    require("nginx", shutil.which("nginx", path=PATH) is not None and BROTLI.exists())
    site = make(make_site)
    texts = [HOSTS["nginx"].write(hosting(site, f"http://127.0.0.1:{free_port()}/{path}")) for path in ("", "a/")]
    command = [*write_nginx(tmp_path, "\n".join(texts)), "-t"]

    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": PATH})

    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"\$(site_\w+)_language \{", texts[0])).isdisjoint(
        re.findall(r"\$(site_\w+)_language \{", texts[1])
    )


# _headers and _redirects, as their hosts read them


@pytest.mark.parametrize("base", ["/", "/site/"])
@pytest.mark.parametrize("path", ["", "en/", "en/plan/", "en/feed.xml", "assets/site.1a2b3c4d.css", "days.ics", "data.json"])  # fmt: skip
def test_headers_file_gives_each_header_once(make_site: MakeSite, base: str, path: str) -> None:
    pages = make(make_site)
    pages.report(base_url=f"https://example.org{base}")

    found = matching(read_headers((pages.public / "_headers").read_text()), base + path)

    assert [name for name, values in found.items() if len(values) > 1] == []
    assert found["Content-Security-Policy"] == [POLICY]
    assert found["Strict-Transport-Security"] == ["max-age=31536000"]
    assert found.get("Cache-Control") == ([FOR_EVER] if path.startswith("assets/") else None)
    types = {"en/feed.xml": "application/atom+xml; charset=utf-8", "days.ics": "text/calendar; charset=utf-8"}
    assert found.get("Content-Type") == ([types[path]] if path in types else None)


def test_headers_file_covers_only_the_site(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report(base_url="https://example.org/site/")

    assert matching(read_headers((site.public / "_headers").read_text()), "/en/") == {}


@pytest.mark.parametrize("base", ["/", "/site/"])
def test_redirects_file_sends_aliases_to_their_page_and_misses_to_their_language(
    make_site: MakeSite, base: str
) -> None:
    site = make(make_site)
    site.report(base_url=f"https://example.org{base}")

    lines = (site.public / "_redirects").read_text().splitlines()
    rules = [line.split(" ") for line in lines if not line.startswith("#")]

    languages = ["en", "fa", "zh", "ru", "uz-cyrl"]
    old = {f"{base}{path}/old/": f"{base}{path}/plan/" for path in languages}
    old |= {f"{base}{name}/": f"{base}en/plan/" for name in ("plan", "old")}
    old[f"{base}en/5%2541/"] = old[f"{base}5%2541/"] = f"{base}en/plan/"
    old[f"{base}ru/%D1%81%D1%82%D0%B0%D1%80%D1%8B%D0%B9%20%D0%BF%D0%BB%D0%B0%D0%BD/"] = f"{base}ru/plan/"
    assert {rule[0]: rule[1] for rule in rules if rule[2] == "301"} == old
    assert {rule[0]: rule[1] for rule in rules if rule[2] == "301!"} == old
    assert [rule for rule in rules if rule[2] == "404"] == [
        [f"{base}{path}/*", f"{base}{path}/404.html", "404"] for path in languages
    ]
    private = [[base + name, f"{base}404.html", "404!"] for name in PRIVATE]
    assert [rule for rule in rules if rule[2] == "404!"] == private
    assert len(rules) == 2 * len(old) + len(private) + len(languages)
    for rule in rules:
        assert (site.public / rule[1].removeprefix(base) / ("" if "404" in rule[2] else "index.html")).is_file()


def test_an_old_address_with_an_ending_leads_to_its_page_at_once(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\naliases: [/en/Old.html, /en/older/]\n---\n"})
    moved = with_site(Options(root=site.root, output=site.public), lambda _, own: hosting_of(own.library).moved)

    assert moved == dict.fromkeys(("/en/Old.html", "/en/Old.html/", "/en/older/"), "/en/a/")


def test_new_alias_appears_in_the_redirects_file(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    site.write("content/index.en.md", "---\ntitle: Home\naliases: [/en/start/]\n---\n")

    written = site.report().change.written

    assert "_redirects" in written
    assert "/en/start/ /en/ 301\n" in (site.public / "_redirects").read_text()


def test_drafts_are_in_no_server_configuration(make_site: MakeSite) -> None:
    site = make(make_site)
    site.write("content/plan/index.en.md", "---\ntitle: Plan\ndraft: true\naliases: [/old/]\n---\n")

    assert hosting(site, "https://example.org/").moved == {}


@pytest.mark.parametrize(
    "name", ["_worker.js", "_routes.json", "CNAME", "_headers", "_redirects", "netlify.toml", "web.config", "cname/a"]
)
@pytest.mark.parametrize("language", ["", "en/"])
def test_name_that_hosts_take_for_settings_is_no_old_address_at_the_top(
    make_site: MakeSite, name: str, language: str
) -> None:
    site = make(make_site)
    text = f"---\ntitle: Plan\naliases:\n  - /{language}{name}/\n---\n"
    site.write("content/plan/index.en.md", text)

    told = [problem for problem in site.problems() if problem.code in ("address", "url-clash")]
    assert {(problem.path, problem.line) for problem in told} == {("content/plan/index.en.md", 4)}


def test_own_headers_file_is_reported(make_site: MakeSite) -> None:
    site = make(make_site)
    site.write("static/_headers", "/*\n  X: y\n")

    assert "static/_headers: error[url-clash]: /_headers is made twice" in site.told()


@pytest.mark.parametrize("host", ["headers", "redirects"])
def test_command_prints_what_the_build_writes(make_site: MakeSite, host: str) -> None:
    site = make(make_site)
    site.report()

    done = run(site.root, "hosts", host)

    assert done.stdout == (site.public / f"_{host}").read_text()


def test_command_reports_problems_and_prints_no_partial_file(make_site: MakeSite) -> None:
    site = make(make_site)
    site.write("content/plan/index.en.md", "---\ntitle: Plan\nsidebar: yes\n---\n")

    done = run(site.root, "hosts", "nginx")

    assert (done.returncode, done.stdout) == (1, "")
    assert "error[unknown-key]" in done.stderr


# language ranges


def ranges(*tags: str) -> dict[str, str]:
    return find_ranges({tag: Locale(tag, tag, (), tag) for tag in tags})


@pytest.mark.parametrize(
    ("tags", "asked", "meant"),
    [
        (("zh-Hans", "zh-Hant"), "zh-tw", "zh-Hant"),
        (("zh-Hans", "zh-Hant"), "zh", "zh-Hans"),
        (("zh-Hant", "zh-Hans"), "zh", "zh-Hans"),
        (("uz", "uz-Cyrl"), "uz", "uz"),
        (("uz-Cyrl", "uz"), "uz", "uz"),
        (("pt-PT", "pt-BR"), "pt", "pt-PT"),
        (("sr-Latn", "sr"), "sr-me", "sr-Latn"),
        (("en", "fr"), "de", None),
    ],
)
def test_language_range_matches_the_language_written_so(tags: tuple[str, ...], asked: str, meant: str | None) -> None:
    assert ranges(*tags).get(asked) == meant


def test_longer_ranges_are_tried_first() -> None:
    lengths = [len(name) for name in ranges("uz", "uz-Cyrl", "zh-Hans", "en")]

    assert lengths == sorted(lengths, reverse=True)
