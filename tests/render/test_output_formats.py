"""Feeds, sitemaps, redirects and the like, each read by an independent parser."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import feedparser
import pytest
from conftest import HOME, MakeSite, TinySite
from conftest import SITE as PLAIN_SITE
from lxml import etree, html

from sitegen.model.page import Key
from sitegen.render import sitemaps
from sitegen.render.sitemaps import most_entries, sitemap_parts, sitemap_path

SITE = """\
title: {en: Site & Co, ru: Сайт}
base_url: https://example.org/repo/
time_zone: Asia/Shanghai
languages:
  - {tag: en}
  - {tag: ru}
  - {tag: zh-Hans, path: zh}
checks: {untracked: off}
"""
KINDS = """\
page: {template: page.html}
newsroom: {template: page.html, children: {kind: news, sort: -date, per_page: 2}}
news: {template: page.html}
"""
PAGE = """\
<!doctype html><html lang="{{ locale.tag }}"><head><title>{{ page.title }}</title>
<link rel="canonical" href="{{ page.canonical_url }}">
{% for a in page.alternates %}<link rel="alternate" hreflang="{{ a.tag }}" href="{{ a.url }}">{% endfor %}
{% if page.alternates %}<link rel="alternate" hreflang="x-default" href="{{ site.chooser_absolute_url }}">{% endif %}
</head><body><main lang="{{ page.shown.tag }}" dir="{{ page.shown.dir }}">{{ page.content }}</main></body></html>
"""
FILES = {
    "templates/page.html": PAGE,
    "content/news/index.en.md": "---\nkind: newsroom\ntitle: News <1>\n---\n",
    "content/news/index.ru.md": "---\ntitle: Новости\nslug: новости\n---\n",
    "content/news/first/index.en.md": "---\ndate: 2026-01-01\ntitle: First & best\nsummary: 1 < 2\n---\n",
    "content/news/second/index.en.md": "---\ndate: 2026-02-01\ntitle: Second\n---\n",
    "content/news/second/index.ru.md": "---\ntitle: Вторая\n---\n",
    "content/news/third/index.en.md": "---\ndate: 2025-12-01\ntitle: Third\n---\n",
    "content/news/undated/index.en.md": "---\ntitle: Undated\n---\n",
}
ORIGIN = "https://example.org"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """News in English, half of it in Russian, none in Chinese, on a host's path /repo/."""
    return make_site(FILES, site=SITE, kinds=KINDS)


def sitemap(text: str) -> dict[str, dict[str, str]]:
    """Address → hreflang → address, of a sitemap."""
    root = etree.fromstring(text.encode())
    return {
        str(url.findtext("s:loc", namespaces=SITEMAP)): {
            str(link.get("hreflang")): str(link.get("href")) for link in url.findall("x:link", SITEMAP)
        }
        for url in root.findall("s:url", SITEMAP)
    }


def feed(text: str) -> Any:
    found = feedparser.parse(text)
    assert not found.bozo, found.bozo_exception
    return found


# feeds


def test_feed_lists_the_newest_first_with_absolute_addresses(site: TinySite) -> None:
    found = feed(site.build()["en/news/feed.xml"])

    assert found.version == "atom10"
    assert (found.feed.title, found.feed.language) == ("News <1>", "en")
    assert [(e.title, e.link, e.published) for e in found.entries] == [
        ("Second", f"{ORIGIN}/repo/en/news/second/", "2026-02-01T00:00:00+08:00"),
        ("First & best", f"{ORIGIN}/repo/en/news/first/", "2026-01-01T00:00:00+08:00"),
        ("Third", f"{ORIGIN}/repo/en/news/third/", "2025-12-01T00:00:00+08:00"),
    ]
    assert found.entries[1].summary == "1 < 2"
    assert found.feed.updated == "2026-02-01T00:00:00+08:00"
    assert len({entry.id for entry in found.entries}) == 3


def test_names_in_feeds_and_sitemaps_have_no_prefix(site: TinySite) -> None:
    """Not all readers of feeds read namespaces."""
    files = site.build()

    for path, name in (("en/news/feed.xml", "feed"), ("sitemap.xml", "sitemapindex"), ("en/sitemap.xml", "urlset")):
        assert f"\n<{name} xmlns=" in files[path]
        assert "<ns0:" not in files[path]


@pytest.mark.parametrize(
    ("day", "published"),
    [
        ("0001-01-01", "0001-01-01T00:00:00+00:00"),
        ("1900-01-02", "1900-01-01T15:54:17+00:00"),
        ("9999-12-31", "9999-12-31T00:00:00+08:00"),
    ],
)
def test_feed_has_the_days_before_time_zones_in_universal_time(site: TinySite, day: str, published: str) -> None:
    site.write("content/news/third/index.en.md", f"---\ndate: {day}\ntitle: Third\n---\n")

    entries = feed(site.build()["en/news/feed.xml"]).entries

    assert {entry.title: entry.published for entry in entries}["Third"] == published


def test_feed_names_itself_and_its_page(site: TinySite) -> None:
    found = feed(site.build()["ru/новости/feed.xml"])

    links = {link.rel: urlsplit(link.href).path for link in found.feed.links}
    news = "/repo/ru/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/"
    assert links == {"self": f"{news}feed.xml", "alternate": news}


def test_a_home_page_that_lists_the_newest_first_has_the_feed_of_its_language(make_site: MakeSite) -> None:
    """It was made twice, of the home page and of the language, which no new name could mend."""
    kinds = "page:\n  template: page.html\n  children: {kind: post, sort: -date}\npost: {template: page.html, facts: {date: {type: date}}}\n"
    head = "---\nkind: page\ntitle: All\n---\n"
    made = make_site(
        {
            "content/a/index.en.md": "---\ntitle: First\ndate: 2026-01-01\n---\n",
            "content/b/index.en.md": head,
            "content/b/c/index.en.md": "---\ntitle: Second\ndate: 2026-01-02\n---\n",
            "templates/page.html": "{{ page.feed_url }} {{ site.feed_url }}",
        },
        kinds=kinds,
    ).build()

    assert [entry.title for entry in feed(made["en/feed.xml"]).entries] == ["Second", "First"]
    assert [entry.title for entry in feed(made["en/b/feed.xml"]).entries] == ["Second"]
    assert made["en/index.html"] == "/en/feed.xml /en/feed.xml"


def test_feed_only_holds_pages_in_its_language(site: TinySite) -> None:
    pages = site.build()

    assert [entry.title for entry in feed(pages["ru/feed.xml"]).entries] == ["Вторая"]
    assert feed(pages["zh/feed.xml"]).entries == []
    assert feed(pages["zh/news/feed.xml"]).entries == []
    assert len(feed(pages["en/feed.xml"]).entries) == 3


def test_feed_has_the_author_and_time_that_atom_requires(site: TinySite) -> None:
    pages = site.build()

    for path in ("en/feed.xml", "zh/feed.xml", "ru/новости/feed.xml"):
        found = feed(pages[path]).feed
        assert found.id
        assert found.title
        assert found.updated_parsed
        assert found.author in ("Site & Co", "Сайт")


def test_feed_is_no_longer_than_its_limit(site: TinySite) -> None:
    for day in range(1, 31):
        site.write(f"content/news/n{day}/index.en.md", f"---\ndate: 2026-03-{day:02}\ntitle: N{day}\n---\n")

    entries = feed(site.build()["en/feed.xml"]).entries

    assert len(entries) == 20
    assert entries[0].title == "N30"


# sitemaps and hreflang


def test_sitemap_holds_the_pages_of_each_language_with_all_translations(site: TinySite) -> None:
    pages = site.build()
    maps = {path: sitemap(pages[f"{path}/sitemap.xml"]) for path in ("en", "ru", "zh")}

    base = f"{ORIGIN}/repo"
    both = {"en": f"{base}/en/news/second/", "ru": f"{base}/ru/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/second/"}
    assert set(maps["en"]) == {
        f"{base}/en/", f"{base}/en/news/", f"{base}/en/news/page/2/",
        *(f"{base}/en/news/{name}/" for name in ("first", "second", "third", "undated")),
    }  # fmt: skip
    assert maps["en"][both["en"]] == both
    assert maps["ru"][both["ru"]] == both
    assert maps["zh"] == {}


def test_every_address_of_a_sitemap_is_a_page(site: TinySite) -> None:
    pages = site.build()

    urls = {url for path in ("en", "ru") for url in sitemap(pages[f"{path}/sitemap.xml"])}
    files = {html.fromstring(f'<a href="{url}"></a>').get("href") for url in urls}
    from urllib.parse import unquote

    assert {unquote(str(url)).removeprefix(f"{ORIGIN}/repo/") + "index.html" for url in files} <= set(pages)


def test_sitemap_is_split_at_the_limit_of_the_protocol(site: TinySite, monkeypatch: pytest.MonkeyPatch) -> None:
    library = site.report().library

    def parts_of(most: int) -> list[Key]:
        monkeypatch.setattr(sitemaps, "most_entries", lambda languages: most)
        return sitemap_parts(library, "en")

    assert [most_entries(languages) for languages in (1, 4, 12)] == [7575, 3030, 1165]
    assert all(most_entries(n) <= 50_000 and most_entries(n) * (n + 1) * 3_300 <= 50_000_000 for n in range(1, 99))
    assert sitemap_parts(library, "en") == ["/"]
    # The list has two pages, and those stay together.
    assert parts_of(3) == ["/", "/news/first/", "/news/undated/"]
    assert parts_of(2) == ["/", "/news/", "/news/first/", "/news/third/"]
    assert parts_of(1) == ["/", "/news/", "/news/first/", "/news/second/", "/news/third/", "/news/undated/"]
    assert [sitemap_path("en", number) for number in (1, 2)] == ["en/sitemap.xml", "en/sitemap-2.xml"]


def test_languages_that_are_not_built_are_mentioned_nowhere(make_site: MakeSite) -> None:
    template = (
        "{% for a in page.alternates %}<link rel=alternate hreflang={{ a.tag }} href={{ a.url }}>{% endfor %}"
        "{% for v in page.translations %}<a href={{ v.url }}>{{ v.locale.name }}</a>{% endfor %}{{ page.canonical_url }}"
        "{{ page.source_url }}{% for l in site.languages %}{{ l.tag }} {% endfor %}{{ page.version('fr') is none }}{{ page.content }}"
    )
    files = {
        "content/index.en.md": "---\ntitle: Home\n---\n[Bonjour](/seul/), [a](/a/)\n",
        "content/index.fr.md": "---\ntitle: Accueil\n---\n",
        "content/a/index.fr.md": "---\ntitle: En français\n---\n",
        "content/seul/index.fr.md": "---\ntitle: Seul\nlanguages: [fr, en]\n---\n",
        "templates/page.html": template,
        "templates/chooser.html": template.replace("page.", "site.home."),
    }
    site = make_site(files)

    texts = site.build(languages=("en",))

    assert "en/a/index.html" in texts
    assert [path for path, text in texts.items() if "/fr/" in text or "fran" in text.replace("En français", "")] == []
    assert "/fr/" in site.build()["en/index.html"]


def test_hreflang_is_reciprocal_in_pages_and_agrees_with_the_sitemap(site: TinySite) -> None:
    pages = site.build()
    sets: dict[str, dict[str, str]] = {}
    for path, text in pages.items():
        if path.endswith("index.html"):
            page = html.fromstring(text)
            own = str(page.xpath("string(//link[@rel='canonical']/@href)"))
            links = {str(a.get("hreflang")): str(a.get("href")) for a in page.xpath("//link[@hreflang]")}
            if links:
                assert sets.setdefault(own, links) == links
    listed = {url: links for path in ("en", "ru", "zh") for url, links in sitemap(pages[f"{path}/sitemap.xml"]).items()}

    for own, links in sets.items():
        real = {tag: url for tag, url in links.items() if tag != "x-default"}
        assert own in real.values()
        assert all(sets[url] == links for url in real.values())
        assert listed[own] == real
        assert links["x-default"] == f"{ORIGIN}/repo/"
    assert len(sets) == len(listed) == 10


def test_fallback_page_is_in_no_sitemap_and_its_canonical_is_the_shown_page(site: TinySite) -> None:
    pages = site.build()

    page = html.fromstring(pages["zh/news/second/index.html"])
    assert (page.get("lang"), page.xpath("string(//main/@lang)"), page.xpath("string(//main/@dir)")) == (
        "zh-Hans", "en", "ltr",
    )  # fmt: skip
    assert page.xpath("string(//link[@rel='canonical']/@href)") == f"{ORIGIN}/repo/en/news/second/"
    assert page.xpath("//link[@hreflang]") == []
    assert "zh/news/second" not in "".join(text for path, text in pages.items() if path.endswith(".xml"))


def test_sitemap_index_names_the_sitemap_of_every_language(site: TinySite) -> None:
    root = etree.fromstring(site.build()["sitemap.xml"].encode())

    assert [entry.text for entry in root.iter("{*}loc")] == [
        f"{ORIGIN}/repo/{path}/sitemap.xml" for path in ("en", "ru", "zh")
    ]  # fmt: skip


def test_date_of_a_page_is_its_last_modification_in_the_sitemap(site: TinySite) -> None:
    root = etree.fromstring(site.build()["en/sitemap.xml"].encode())

    days = {url.findtext("{*}loc"): url.findtext("{*}lastmod") for url in root}
    assert days[f"{ORIGIN}/repo/en/news/first/"] == "2026-01-01"
    assert days[f"{ORIGIN}/repo/en/"] is None


def test_robots_txt_allows_everything_and_names_the_sitemap(site: TinySite) -> None:
    assert site.build()["robots.txt"] == f"User-agent: *\nAllow: /\nSitemap: {ORIGIN}/repo/sitemap.xml\n"


# other files


def test_redirect_leads_readers_and_search_engines_to_the_new_address(site: TinySite) -> None:
    site.write("content/a/index.en.md", "---\naliases: [/old/]\ntitle: 'A & \"B\"'\n---\n")

    page = html.fromstring(site.build()["zh/old/index.html"])

    assert page.xpath("string(//meta[@http-equiv='refresh']/@content)") == "0; url=/repo/zh/a/"
    assert page.xpath("string(//link[@rel='canonical']/@href)") == f"{ORIGIN}/repo/en/a/"
    assert page.xpath("string(//a/@href)") == "/repo/zh/a/"
    assert page.xpath("string(//title)") == 'A & "B"'
    assert page.get("lang") == "en"


def test_not_found_page_and_chooser_are_built_if_the_site_has_their_templates(site: TinySite) -> None:
    assert "404.html" not in site.build()

    site.write("templates/404.html", "{{ locale.path }} {{ _('Gone') }} {{ site.home.url }}")
    site.write(
        "templates/chooser.html", "{% for l in site.languages %}{{ l.path }}={{ site.home_url(l) }} {% endfor %}"
    )
    pages = site.build()

    assert pages["index.html"] == "en=/repo/en/ ru=/repo/ru/ zh=/repo/zh/ "
    assert [pages[f"{path}404.html"] for path in ("", "ru/", "zh/")] == [
        "en Gone /repo/en/", "ru Gone /repo/ru/", "zh Gone /repo/zh/",
    ]  # fmt: skip


def test_no_output_file_is_below_the_base_path(site: TinySite) -> None:
    """A host serves the folder itself at /repo/."""
    assert [path for path in site.build() if path.startswith("repo")] == []


def test_title_with_characters_that_xml_forbids_never_breaks_a_feed(make_site: MakeSite) -> None:
    site = make_site(
        {**FILES, "content/news/second/index.en.md": '---\ndate: 2026-02-01\ntitle: "a\\x0bb"\n---\n'},
        site=SITE,
        kinds=KINDS,
    )

    try:
        pages = site.build()
    except Exception as error:
        assert type(error).__name__ == "SiteError", repr(error)  # noqa: PT017 - a problem is right too
    else:
        etree.fromstring(pages["en/feed.xml"].encode())


def test_home_page_alone_is_a_complete_site(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": HOME})

    assert set(site.build()) == {
        "en/index.html", "fr/index.html", "en/feed.xml", "fr/feed.xml", "en/sitemap.xml", "fr/sitemap.xml",
        "sitemap.xml", "robots.txt",
    }  # fmt: skip


def test_changed_date_reaches_readers_feeds_and_search_engines(make_site: MakeSite) -> None:
    kinds = "page:\n  template: page.html\nnews:\n  extends: page\n  schema: {type: NewsArticle}\nroom:\n  extends: page\n  children: {kind: news, sort: -date}\n"
    site = make_site(
        {
            "content/news/index.en.md": "---\nkind: room\ntitle: News\n---\n",
            "content/news/a/index.en.md": "---\ndate: 2026-01-02\nupdated: 2026-02-03\ntitle: A\n---\n",
            "templates/page.html": "<h1>{{ page.title }}</h1>{{ page.updated or '' }}{{ page.jsonld }}",
        },
        kinds=kinds,
    )
    pages = site.build()
    (entry,) = feedparser.parse(pages["en/news/feed.xml"]).entries

    assert "2026-02-03" in pages["en/news/a/index.html"]
    assert '"dateModified":"2026-02-03"' in pages["en/news/a/index.html"]
    assert (entry.published[:10], entry.updated[:10]) == ("2026-01-02", "2026-02-03")
    assert "<lastmod>2026-02-03</lastmod>" in pages["en/sitemap.xml"]


def test_error_report_link_names_the_page_and_its_language(make_site: MakeSite) -> None:
    template = {"templates/page.html": '<h1>{{ page.title }}</h1><a href="{{ page.report_url }}">x</a>'}
    site = make_site(template, site=PLAIN_SITE + "report: editors@example.org\n")
    (link,) = html.document_fromstring(site.build()["fr/index.html"]).xpath("//a/@href")
    address, _, query = link.partition("?")

    assert address == "mailto:editors@example.org"
    assert parse_qs(query) == {"subject": ["Site: Home"], "body": ["https://example.org/fr/\nEnglish (en)\n\n"]}


def test_site_without_a_report_address_offers_no_report_link(make_site: MakeSite) -> None:
    site = make_site({"templates/page.html": "<h1>{{ page.title }}</h1>{{ page.report_url is none }}"})

    assert "True" in site.build()["en/index.html"]


def test_invalid_report_address_is_reported(make_site: MakeSite) -> None:
    assert "content/site.yaml:7:9: error[email]" in make_site(site=PLAIN_SITE + "report: editors\n").told()
