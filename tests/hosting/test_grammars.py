"""Whatever is written into a server's configuration is parsed back unchanged by that server, or refused."""

from __future__ import annotations

import http.client
import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import KINDS, MakeSite
from published import read_headers, require
from servers import BROTLI, FILES, PATH, SITE, wait_for, write_nginx
from waiting import SOON, free_port

from sitegen.build.options import Options
from sitegen.build.pipeline import with_site
from sitegen.hosting import caddy, nginx
from sitegen.hosting.headers_and_redirects import Hosting, hosting_of
from sitegen.hosting.hosts import HOSTS
from sitegen.model.aliases import fault_of_alias
from sitegen.model.base_url import site_url
from sitegen.problems.problem import SiteError

SIGNS = "\\\"'`$;#*?=~^|&!%@:,()[]<> /-_.aZ9яあ\N{COMBINING ACUTE ACCENT}\N{ZERO WIDTH NON-JOINER}"


def texts(signs: str, count: int) -> list[str]:
    """Words of all characters that are hard to quote, the same each time."""
    chance = random.Random(count)
    made = [letter * times for letter in signs for times in (1, 2, 3)]
    made += ["".join(chance.choices(signs, k=chance.randint(1, 9))) for _ in range(count)]
    return [text for text in dict.fromkeys(made) if text.strip() and text.isprintable()]


def writable(quote: Callable[[str], str], candidates: list[str]) -> list[str]:
    """Those that the host's grammar can express."""
    kept = []
    for text in candidates:
        try:
            quote(text)
        except SiteError:
            continue
        kept.append(text)
    return kept


def test_caddy_parses_each_word_back(tmp_path: Path) -> None:
    require("caddy", shutil.which("caddy", path=PATH) is not None)
    words = writable(caddy.literal, texts(SIGNS, 300))
    lines = [f"handle /{number} {{\n respond * {caddy.literal(word)} 200\n}}" for number, word in enumerate(words)]
    (tmp_path / "Caddyfile").write_text("\n".join([":8080 {", *lines, "}"]), encoding="utf-8")

    done = subprocess.run(
        ["caddy", "adapt", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"],
        capture_output=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)

    assert len(words) > 250
    assert sorted(bodies_in(found)) == sorted(words)


def bodies_in(node: Any) -> Iterator[str]:
    """Every text that a configuration of Caddy answers with."""
    if isinstance(node, dict):
        if node.get("handler") == "static_response":
            yield node["body"]
        node = list(node.values())
    for child in node if isinstance(node, list) else ():
        yield from bodies_in(child)


def test_nginx_parses_each_word_back(tmp_path: Path) -> None:
    require("nginx", shutil.which("nginx", path=PATH) is not None and BROTLI.exists())
    words = writable(nginx.literal, texts(SIGNS, 300))
    port = free_port()
    lines = [f"location = /{number} {{ return 200 {nginx.literal(word)}; }}" for number, word in enumerate(words)]
    text = "\n".join([f"server {{ listen 127.0.0.1:{port};", *lines, "}"])

    with nginx_running(tmp_path, text, port), closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        found = []
        for number in range(len(words)):
            connection.request("GET", f"/{number}")
            found.append(connection.getresponse().read().decode())

    assert len(words) > 200
    assert found == words


@contextmanager
def nginx_running(folder: Path, text: str, port: int) -> Iterator[None]:
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(write_nginx(folder, text), stderr=output, env={"PATH": PATH})
        try:
            wait_for(port, process, log)
            yield
        finally:
            process.terminate()
            process.wait(SOON)


@pytest.mark.parametrize("quote", [caddy.literal, nginx.literal])
@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b", "a\x1bb", "a\u2028b", "a\u202eb", "\x85"])
def test_line_ends_and_invisible_characters_are_never_written(quote: Callable[[str], str], text: str) -> None:
    with pytest.raises(SiteError) as caught:
        quote(text)

    assert caught.value.problems[0].severity == "error"


# from the source to the server

ATTACK = '/en/x\\" y\n}\n}\n}\n:8099 {\nroot * /\nfile_server browse\n}\n:8098 {\nroute {\nmap {path} {moved} {\n#/'
#: Old addresses that can't be, and a part of what is said of each.
REFUSED = {
    ATTACK: "what follows ?", "/a\nb/": "can't be used in it", "/a%0Ab/": "can't be used in it", "/a\\b/": "can't be used in it",
    '/a"b/': "can't be used in it", "/l'été/": "can't be used in it", "/a`b/": "can't be used in it", "/{env.HOME}/": "can't be used in it",
    "/{$HOME}/": "can't be used in it", "/a$b/": "can't be used in it", "/a*/": "can't be used in it",
    "/?p=1": "what follows ?", "/a/#b": "what follows ?", "https://old.example/a/": "without the host", "//old.example/": "without",
}  # fmt: skip


@pytest.mark.parametrize("alias", REFUSED)
def test_invalid_alias_is_reported_at_the_page(make_site: MakeSite, alias: str) -> None:
    site = make_site({"content/a/index.en.md": f"---\naliases: [{json.dumps(alias)}]\ntitle: A\n---\n"})

    found = [problem for problem in site.problems() if problem.code == "address"]

    assert [(problem.path, problem.line) for problem in found] == [("content/a/index.en.md", 2)]
    assert REFUSED[alias] in found[0].message


@pytest.mark.parametrize(
    "alias", ["/old plan/", "/old%20plan/", "/старый/", "/a+b(c)/x,y/", "/wiki/File:X/", "/100%25/", "/2019/09/"]
)
def test_alias_of_other_generators_is_accepted(alias: str) -> None:
    assert fault_of_alias(alias) == ""


#: base_url → what servers, feeds and browsers are told.
ADDRESSES = {
    "https://центр.рф": "https://xn--e1aqjhr.xn--p1ai/",
    "https://Example.ORG/Site": "https://example.org/Site/",
    "https://bücher.example:8443/a//b/": "https://xn--bcher-kva.example:8443/a/b/",
    "http://[::1]:8000/": "http://[::1]:8000/",
    "http://127.0.0.1": "http://127.0.0.1/",
    "https://example.org/сайт/": "https://example.org/%D1%81%D0%B0%D0%B9%D1%82/",
    "https://example.org/%D1%81%D0%B0%D0%B9%D1%82": "https://example.org/%D1%81%D0%B0%D0%B9%D1%82/",
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_base_url_is_normalized_as_servers_expect_it(text: str) -> None:
    assert site_url(text) == ADDRESSES[text]
    assert site_url(ADDRESSES[text]) == ADDRESSES[text]


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org:99999/", "https://example.org:x/", "https://example.org:0/", "https://u:p@example.org/", "https://example.org/?a",
        "https://example.org/#a", "https://example.org/a b/", "https://example.org/a;b/", "https://example.org/{$HOME}/", "https://ex ample.org/",
        "https://example.org/%0A/", "https://exa_mple..org/", "https://-/", "https://" + "a" * 64 + ".org/", "https://example.org/%22/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["site.yaml", "--base-url"])
def test_invalid_base_url_is_reported(make_site: MakeSite, text: str, place: str) -> None:
    own = "https://example.org/" if place == "--base-url" else text
    site = make_site(
        site=f"title: {{en: S}}\nbase_url: {json.dumps(own)}\nsource_language: en\nlanguages: [{{tag: en}}]\n"
    )

    found = site.problems(**({"base_url": text} if place == "--base-url" else {}))

    assert [problem.code for problem in found] == ["url"]
    assert found[0].path == ("--base-url" if place == "--base-url" else "content/site.yaml")


def hosting(make_site: MakeSite, base_url: str) -> Hosting:
    site = make_site(FILES, site=SITE.replace("https://example.org/", base_url))
    return with_site(Options(root=site.root, output=site.public), lambda _, own: hosting_of(own.library, site.public))


def test_servers_match_the_host_name_that_browsers_send(make_site: MakeSite) -> None:
    told = hosting(make_site, "https://центр.рф/")

    text = HOSTS["nginx"].write(told)
    assert 'server_name "xn--e1aqjhr.xn--p1ai";' in text
    assert "https?://xn--e1aqjhr\\\\.xn--p1ai/" in text
    assert "центр" not in text
    assert "\nhttps://xn--e1aqjhr.xn--p1ai {" in HOSTS["caddy"].write(told)


def test_nginx_knows_an_ipv6_address_as_requests_have_it(make_site: MakeSite) -> None:
    text = HOSTS["nginx"].write(hosting(make_site, "https://[::1]/"))

    assert re.findall("server_name (.*?);", text) == ['"[::1]"', '"[::1]"']


def test_a_site_below_a_path_in_another_script_is_found_by_servers(make_site: MakeSite) -> None:
    """They compare decoded addresses and send encoded targets."""
    told = hosting(make_site, "https://example.org/сайт/")

    assert 'location = "/сайт/" {' in HOSTS["nginx"].write(told)
    assert 'return 301 "/%D1%81%D0%B0%D0%B9%D1%82/en/plan/"' in HOSTS["nginx"].write(told)
    assert '"/сайт/en/old/index.html"' in HOSTS["caddy"].write(told) or '"/сайт/en/old/"' in HOSTS["caddy"].write(told)
    assert all(
        pattern.startswith("/%D1%81%D0%B0%D0%B9%D1%82/") for pattern in read_headers(HOSTS["headers"].write(told))
    )


def test_two_language_paths_that_differ_only_in_case_are_reported(make_site: MakeSite) -> None:
    site = make_site(site=SITE.replace("- {tag: ru}", "- {tag: ru}\n  - {tag: zh-Hant, path: ZH}"), kinds=KINDS)

    assert "the language 'ZH' appears twice" in site.told()
