"""A language with its own host: on pages, in feeds and sitemaps, and as two real servers answer for two names."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import MakeSite, TinySite
from servers import hosts_of_languages
from waiting import SOON, free_port

from sitegen.build.options import Options
from sitegen.build.pipeline import with_site
from sitegen.cli import main
from sitegen.hosting.headers_and_redirects import DRAWING_POLICY, POLICY, headers_of, hosting_of
from sitegen.publish.folder import served_folder
from sitegen.publish.live_check import check_live
from sitegen.publish.manifest import manifest_of
from sitegen.storage.output import MANIFEST

SITE = """\
title: {{en: Site, fr: Site, zh: 站}}
base_url: http://one.example{port}/
languages: [{{tag: en}}, {{tag: fr}}, {{tag: zh-Hans, path: zh, base_url: "http://two.example{port}"}}]
"""
PAGE = """\
<!doctype html><html lang="{{ locale.tag }}"><link rel="canonical" href="{{ page.canonical_url }}">
{% for a in page.alternates %}<link rel="alternate" hreflang="{{ a.tag }}" href="{{ a.url }}">{% endfor %}
{% for v in page.translations %}<a href="{{ v.url }}">{{ v.locale.tag }}</a>{% endfor %}
<h1>{{ page.title|words }}</h1>{{ page.content }}
"""
FILES = {
    "content/index.en.md": "---\ntitle: Home\n---\n",
    "content/index.zh.md": "---\ntitle: 首页\n---\n",
    "content/news/index.en.md": "---\nkind: newsroom\ntitle: News\n---\n",
    "content/news/one/index.en.md": "---\ntitle: One\ndate: 2026-01-02\naliases: [/zh/old/]\n---\n[News](/news/)\n",
    "content/news/one/index.zh.md": "---\ntitle: 一\n---\n[新闻](/news/)\n",
    "content/news/one/map.svg": '<svg xmlns="http://www.w3.org/2000/svg"><title>Map</title></svg>',
    "content/news/one/PLAN.SVG": '<svg xmlns="http://www.w3.org/2000/svg"><title>Plan</title></svg>',
    "static/old/Logo.SvgZ": "packed",
    "static/old/notes.svg.txt": "text",
    "templates/page.html": PAGE,
    "templates/404.html": '<!doctype html><html lang="{{ locale.tag }}"><title>404</title>',
    "templates/chooser.html": '<!doctype html><html lang="mul"><title>Languages</title>',
}
KINDS = "page: {template: page.html}\nnewsroom: {template: page.html, children: {kind: page, sort: -date}}\n"


def make(make_site: MakeSite, port: str = "") -> TinySite:
    return make_site(FILES, site=SITE.format(port=port), kinds=KINDS)


def test_canonical_alternates_feed_and_sitemap_use_the_host_of_the_language(make_site: MakeSite) -> None:
    pages = make(make_site).build()

    english, chinese = pages["en/news/one/index.html"], pages["zh/news/one/index.html"]
    assert '<link rel="canonical" href="http://one.example/en/news/one/">' in english
    assert '<link rel="canonical" href="http://two.example/zh/news/one/">' in chinese
    for page in (english, chinese):
        assert 'hreflang="zh-Hans" href="http://two.example/zh/news/one/">' in page
        assert 'hreflang="en" href="http://one.example/en/news/one/">' in page
    assert '<a href="http://two.example/zh/news/one/">zh-Hans</a>' in english
    assert '<a href="/fr/news/one/">fr</a>' in english
    assert '<a href="http://one.example/en/news/one/">en</a>' in chinese
    assert '<a href="/zh/news/">新闻</a>' in chinese
    assert "http://two.example/zh/feed.xml" in pages["zh/feed.xml"]
    assert "http://two.example/zh/news/one/" in pages["zh/sitemap.xml"]
    assert "http://two.example/zh/sitemap.xml" in pages["sitemap.xml"]
    assert "http://one.example/en/sitemap.xml" in pages["sitemap.xml"]


def test_base_url_of_the_command_line_applies_to_all_languages(make_site: MakeSite) -> None:
    pages = make(make_site).build(base_url="https://preview.example/")

    assert "two.example" not in "".join(pages.values())


def test_host_must_serve_the_same_folders(make_site: MakeSite) -> None:
    site = make_site(FILES, site=SITE.format(port="").replace('two.example"', 'two.example/mirror/"'), kinds=KINDS)

    assert "content/site.yaml:3:" in site.told()
    assert "write http://two.example/" in site.told()


#: The address of a language that can't be right, for a site at http://one.example/ → what to do about it.
WRONG = {
    "http://two.example:8080/": "write http://two.example/",
    "http://[::1]:8080/": "write http://[::1]/",
    "https://two.example/": "write http://two.example/",
    "http://one.example:8080/": "name another host, or leave it out",
}


@pytest.mark.parametrize("address", WRONG)
def test_host_of_a_language_may_differ_in_its_name_only(make_site: MakeSite, address: str) -> None:
    """Servers compare names without ports: another port on the site's own host redirected each page to itself."""
    site = make_site(FILES, site=SITE.format(port="").replace("http://two.example", address), kinds=KINDS)

    found = [f"{problem.path}:{problem.line}: {problem.hint}" for problem in site.problems()]

    assert found == [f"content/site.yaml:3: {WRONG[address]}"]


@pytest.mark.parametrize(
    ("address", "others"),
    [
        ("http://two.example:80", {"http://two.example": ("zh",)}),
        ("http://one.example:80/", {}),
        ("http://ONE.example./", {}),
    ],
)
def test_address_of_a_host_spelled_otherwise_is_no_other_one(
    make_site: MakeSite, address: str, others: dict[str, tuple[str]]
) -> None:
    site = make_site(FILES, site=SITE.format(port="").replace("http://two.example", address), kinds=KINDS)

    told = with_site(Options(root=site.root, output=site.public), lambda _, read: hosting_of(read.library))

    assert told.others == others


def test_redirects_lead_home_pages_to_the_host_of_the_language(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()

    text = (site.public / "_redirects").read_text(encoding="utf-8")

    assert "http://one.example/zh/ http://two.example/zh/ 301!" in text
    assert "http://two.example/en/ http://one.example/en/ 301!" in text
    assert ":splat" not in text  # would lead away the pictures beside pages too


@pytest.fixture(params=["nginx", "caddy"])
def port(request: pytest.FixtureRequest, make_site: MakeSite) -> Iterator[int]:
    """A real server of both names, at this port."""
    number = free_port()
    with hosts_of_languages(str(request.param), make(make_site, f":{number}"), number):
        yield number


ONE, TWO = "http://one.example:{port}", "http://two.example:{port}"
#: Host, address, Accept-Language → status and where it leads; 301 stands for 308 too, which Caddy answers for folders.
REQUESTS = [
    ("one", "/en/", "", 200, ""),
    ("one", "/fr/", "", 200, ""),
    ("two", "/zh/", "", 200, ""),
    ("two", "/zh/news/one/", "", 200, ""),
    ("one", "/zh/", "", 301, TWO + "/zh/"),
    ("one", "/zh/news/one/", "", 301, TWO + "/zh/news/one/"),
    ("one", "/zh/news/one/?a=b", "", 301, TWO + "/zh/news/one/?a=b"),
    ("two", "/en/", "", 301, ONE + "/en/"),
    ("two", "/fr/news/", "", 301, ONE + "/fr/news/"),
    ("two", "/", "en", 302, "/zh/"),
    ("two", "/", "", 302, "/zh/"),
    ("one", "/", "fr", 302, "/fr/"),
    ("one", "/?choose", "fr", 200, ""),
    ("one", "/en/news/one/", "", 200, ""),
    ("one", "/en/news/one/index.html", "", 200, ""),
    ("one", "/en/news/one", "", 301, "/en/news/one/"),
    ("one", "/fr/news/one/", "fr", 200, ""),
    ("one", "/en/feed.xml", "", 200, ""),
    ("two", "/zh/feed.xml", "", 200, ""),
    ("one", "/zh/feed.xml", "", 200, ""),
    ("two", "/en/news/one/map.svg", "", 200, ""),
    ("two", "/en/news/one/PLAN.SVG?a=/", "", 200, ""),
    ("two", "/en/news/one/none.svg", "", 404, ""),
    ("two", "/en/news/one", "", 301, "/en/news/one/"),
    ("two", "/en/news/one/", "", 301, ONE + "/en/news/one/"),
    ("two", "/en//news/one/", "", 301, ONE + "/en//news/one/"),
    ("two", "/en/none/", "", 301, ONE + "/en/none/"),
    ("one", "/sitemap.xml", "", 200, ""),
    ("two", "/sitemap.xml", "", 200, ""),
    ("two", "/zh/sitemap.xml", "", 200, ""),
    ("two", "/robots.txt", "", 200, ""),
    ("two", "/en/sitemap.xml", "", 200, ""),
    ("two", "/zh/old/", "", 301, "/zh/news/one/"),
    ("one", "/zh/old/", "", 301, TWO + "/zh/old/"),
    ("two", "/", "fr", 302, "/zh/"),
    ("one", "/", "zh", 302, "/zh/"),
    ("one", "/", "de;q=0.9, en;q=0.1", 302, "/en/"),
    ("two", "/?choose", "", 302, "/zh/"),
    ("one", "/zh", "", 301, "/zh/"),
    ("two", "/en", "", 301, "/en/"),
    ("one", "/zh/%E4%B8%80/", "", 301, TWO + "/zh/%E4%B8%80/"),
    ("one", "/none/", "", 404, ""),
    ("two", "/none/", "", 404, ""),
    ("two", "/zh/none/", "", 404, ""),
    ("one", "/zhx/", "", 404, ""),
    ("two", "//zh/", "", 200, ""),
]


def test_each_host_serves_its_languages(port: int) -> None:
    found = []
    for host, path, language, _, _ in REQUESTS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)
        connection.request("GET", path, headers={"Host": f"{host}.example:{port}", "Accept-Language": language})
        answer = connection.getresponse()
        answer.read()
        status = 301 if answer.status == 308 else answer.status
        found.append((host, path, language, status, answer.getheader("Location") or ""))
        connection.close()

    expected = [(*row[:4], row[4].format(port=port)) for row in REQUESTS]
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_each_host_passes_the_check_of_what_is_published(make_site: MakeSite, name: str) -> None:
    """Pages in another language are sent by its own host, and a missing one is missed there."""
    number = free_port()
    names = SITE.format(port=f":{number}").replace("one.example", "127.0.0.1").replace("two.example", "localhost")
    site = make_site(FILES, site=names, kinds=KINDS)

    with hosts_of_languages(name, site, number):
        (site.public / MANIFEST).write_bytes(manifest_of(site.public).as_json())
        found = [check_live(f"http://{host}:{number}/")[1] for host in ("127.0.0.1", "localhost")]
        (site.public / "zh/news/one/index.html").unlink()
        missed = [check_live(f"http://{host}:{number}/")[1] for host in ("127.0.0.1", "localhost")]

    assert found == [(), ()]
    lost = [f"http://localhost:{number}/zh/{page}/index.html" for page in ("news/one", "old")]
    assert [[problem.path for problem in told] for told in missed] == [[], lost]


#: Address → the policy of a file; a drawing may be opened by itself, and that of pages would let it run scripts.
POLICIES = {
    "/en/news/one/map.svg": DRAWING_POLICY,
    "/en/news/one/PLAN.SVG": DRAWING_POLICY,
    "/old/Logo.SvgZ": DRAWING_POLICY,
    "/old/notes.svg.txt": POLICY,
    "/en/news/one/": POLICY,
}


def test_drawing_in_any_folder_is_sandboxed_whatever_the_case_of_its_name(port: int) -> None:
    policies = {}
    for path in POLICIES:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)
        connection.request("GET", path, headers={"Host": f"one.example:{port}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        policies[path] = answer.headers.get_all("Content-Security-Policy")
        connection.close()

    assert policies == {path: [policy] for path, policy in POLICIES.items()}
    assert {path: headers_of(path)["Content-Security-Policy"] for path in POLICIES} == POLICIES


@pytest.mark.parametrize("flags", [0, re.IGNORECASE], ids=["Cloudflare", "Netlify"])
def test_drawing_in_any_folder_is_sandboxed_by_hosts_that_read_headers(make_site: MakeSite, flags: int) -> None:
    """Both let `*` stand for any characters, slashes too; the last rule wins where `!` takes the others back."""
    site = make(make_site)
    site.report()
    rules: dict[str, list[str]] = {}
    for line in (site.public / "_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            own = rules.setdefault(line, [])
        elif line.strip().startswith(("!", "Content-Security-Policy:")):
            own.append(line.strip())
    assert len(rules) <= 100  # more are not read by Cloudflare

    def policy(path: str) -> str:
        found = ""
        for pattern, lines in rules.items():
            if re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path, flags):
                for line in lines:
                    found = "" if line == "! Content-Security-Policy" else found + line.partition(": ")[2]
        return found

    both_cases = {path: own for path, own in POLICIES.items() if flags or not path.endswith("SvgZ")}
    assert {path: policy(path) for path in both_cases} == both_cases


def test_nginx_without_the_module_for_brotli_and_a_folder_of_releases(
    make_site: MakeSite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make(make_site)
    assert main(["build", "--root", str(site.root)]) == 0
    assert main(["publish", str(tmp_path / "host"), "--root", str(site.root)]) == 0
    capsys.readouterr()

    assert main(["hosts", "nginx", "--no-brotli", "--folder", str(tmp_path / "host"), "--root", str(site.root)]) == 0
    told = capsys.readouterr().out
    assert "brotli" not in told
    assert "gzip_static on;" in told
    assert f"{tmp_path}/host/current/" in told


def test_old_addresses_named_as_folders_of_releases_do_not_lead_the_server_elsewhere(tmp_path: Path) -> None:
    for name in ("releases", "current"):
        (tmp_path / name).mkdir()

    assert served_folder(tmp_path) == tmp_path
