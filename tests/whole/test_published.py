"""The Center's site as readers, search engines and feed readers get it."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import feedparser
import pytest
from lxml import etree, html
from published import BASE, REPOSITORY, Published, require

from sitegen.i18n.po_files import MESSAGES
from sitegen.translation.message_files import extract
from sitegen.translation.status_report import find_status

LANGUAGES = {
    **{path: (path, "ltr") for path in ("en", "ru", "kk", "ky", "tg", "uz", "be", "hi")},
    "zh": ("zh-Hans", "ltr"),
    "uz-cyrl": ("uz-Cyrl", "ltr"),
    "ur": ("ur", "rtl"),
    "fa": ("fa", "rtl"),
}
BUDGET, REQUESTS, SCRIPT_BUDGET = 40_000, 6, 10_000
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.slow
def test_no_link_anchor_picture_or_style_sheet_is_dead(center: Published) -> None:
    dead = []
    ids = {center.file_of(page.url): set(page.root.xpath("//@id")) for page in center.pages.values()}

    for page in center.pages.values():
        for target in page.targets():
            address, anchor = urldefrag(target)
            file = center.file_of(address)
            if (address.startswith(BASE) and not file.is_file()) or (
                anchor and file in ids and anchor not in ids[file]
            ):
                dead.append((page.path, target))

    assert dead == []


def test_ids_are_unique_on_each_page(center: Published) -> None:
    for page in center.pages.values():
        ids = page.root.xpath("//@id")
        assert len(ids) == len(set(ids)), page.path


def test_page_declares_its_language_and_direction(center: Published) -> None:
    for page in center.pages.values():
        if page.language:
            assert (page.root.get("lang"), page.root.get("dir")) == LANGUAGES[page.language], page.path


def test_page_has_one_main_heading(center: Published) -> None:
    for page in center.pages.values():
        assert len(page.root.xpath("//h1")) == 1, page.path
        assert page.root.xpath("string(//title)").strip(), page.path


def test_hreflang_sets_are_reciprocal_and_hold_real_translations_alone(center: Published) -> None:
    by_url = {page.url: page for page in center.real}
    tags = {path: tag for path, (tag, _) in LANGUAGES.items()}

    for page in center.real:
        assert page.alternates.pop("x-default") == BASE, page.path
        assert page.alternates[tags[page.language]] == page.url == page.canonical
        for url in page.alternates.values():
            assert {**by_url[url].alternates, "x-default": BASE} == {**page.alternates, "x-default": BASE}, page.path


def test_fallback_page_is_in_no_index_and_names_the_page_it_shows(center: Published) -> None:
    sitemaps = "".join(path.read_text() for path in center.folder.rglob("sitemap.xml"))

    for page in center.pages.values():
        if page.is_fallback:
            assert center.file_of(page.canonical or "").is_file()
            assert page.alternates == {}
            assert f"<loc>{page.url}</loc>" not in sitemaps


@pytest.mark.slow
def test_every_page_can_be_reached_from_its_home_page(center: Published) -> None:
    for language in LANGUAGES:
        seen: set[str] = set()
        waiting = [f"{BASE}{language}/"]
        while waiting:
            url = waiting.pop()
            if url not in seen and center.file_of(url).is_file() and url.startswith(f"{BASE}{language}/"):
                seen.add(url)
                name = center.file_of(url).relative_to(center.folder).as_posix()
                if name in center.pages:
                    waiting += [urldefrag(target)[0] for target in center.pages[name].targets()]
        pages = {p.url for p in center.pages.values() if p.language == language and not (p.is_error or p.is_redirect)}
        assert pages - seen == set()


def test_sitemaps_name_each_canonical_page_once_with_its_translations(center: Published) -> None:
    index = etree.parse(center.folder / "sitemap.xml")
    found: dict[str, dict[str, str]] = {}

    for location in index.xpath("//s:sitemap/s:loc/text()", namespaces=SITEMAP):
        for entry in etree.parse(center.file_of(location)).xpath("//s:url", namespaces=SITEMAP):
            (url,) = entry.xpath("s:loc/text()", namespaces=SITEMAP)
            assert url not in found
            links = entry.xpath("x:link", namespaces=SITEMAP)
            found[url] = {link.get("hreflang"): link.get("href") for link in links}

    assert found.keys() == {page.url for page in center.real}
    for page in center.real:
        assert found[page.url] == {tag: url for tag, url in page.alternates.items() if tag != "x-default"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_feed_has_the_elements_that_rfc_4287_requires(center: Published, language: str) -> None:
    path = center.folder / language / "feed.xml"
    feed = feedparser.parse(path.read_bytes())
    root = etree.parse(path).getroot()

    assert feed.bozo == 0
    assert feed.version == "atom10"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == LANGUAGES[language][0]
    assert feed.feed.id == f"{BASE}{language}/feed.xml"
    assert feed.feed.title
    assert feed.feed.author
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == 7
    for entry in feed.entries:
        assert entry.title
        assert entry.summary
        assert center.file_of(entry.link).is_file()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", entry.updated)
    assert [entry.updated for entry in feed.entries] == sorted((entry.updated for entry in feed.entries), reverse=True)


@pytest.mark.slow
def test_structured_data_agrees_with_the_page(center: Published) -> None:
    types = set()
    names: dict[str, set[str]] = {}

    for page in center.real:
        (text,) = page.root.xpath("//script[@type='application/ld+json']/text()")
        data = json.loads(text)
        thing = data["@graph"][0]
        types.add(thing["@type"])
        assert data["@context"] == "https://schema.org"
        assert "".join(thing["name"].split()) in "".join(page.visible.split())
        assert thing["url"] == page.url
        names.setdefault(thing["@id"], set()).add(page.language)
        if page.path.count("/") > 1:
            trail = data["@graph"][1]["itemListElement"]
            assert data["@graph"][1]["@type"] == "BreadcrumbList"
            assert [item["position"] for item in trail] == list(range(1, len(trail) + 1))
            assert trail[-1]["item"] == page.url

    assert {"EducationalOrganization", "Event", "NewsArticle", "EducationalOccupationalProgram", "Person"} <= types
    for thing, languages in names.items():
        assert languages == set(LANGUAGES), thing


def test_open_graph_is_complete(center: Published) -> None:
    for page in center.real:
        found = {m.get("property"): m.get("content") for m in page.root.xpath("//meta[starts-with(@property,'og:')]")}
        assert {"og:title", "og:description", "og:url", "og:type", "og:image", "og:locale", "og:site_name"} <= set(
            found
        )
        assert found["og:url"] == page.url
        assert center.file_of(found["og:image"]).is_file()
        others = page.root.xpath("//meta[@property='og:locale:alternate']/@content")
        assert len(others) == len(page.alternates.keys() - {"x-default"}) - 1


def test_robots_names_the_sitemap(center: Published) -> None:
    assert f"Sitemap: {BASE}sitemap.xml" in (center.folder / "robots.txt").read_text().splitlines()


def test_page_needs_nothing_from_another_host_and_holds_no_script_or_style(center: Published) -> None:
    for page in center.pages.values():
        needed = page.root.xpath("//script/@src | //img/@src | //link[not(@rel='canonical') and not(@hreflang)]/@href")
        assert all(urlsplit(str(target)).netloc == "" for target in needed), page.path
        assert page.root.xpath("//script[not(@src) and not(@type='application/ld+json')]") == []
        assert page.root.xpath("//style | //*[@style] | //@*[starts-with(name(), 'on')]") == []


@pytest.mark.slow
def test_page_is_small(center: Published) -> None:
    """What a page transfers with everything it needs: at most 40 KB in at most 6 requests, scripts below 10 KB."""
    for page in center.pages.values():
        needed = page.root.xpath("//script/@src | //img/@src | //link[@rel='stylesheet' or @rel='icon']/@href")
        files = [center.file_of(page.url)] + [center.file_of(str(n)) for n in set(needed)]
        size = sum(len(gzip.compress(file.read_bytes())) for file in files)
        scripts = sum(center.file_of(str(src)).stat().st_size for src in page.root.xpath("//script/@src"))
        assert size <= BUDGET, page.path
        assert len(files) <= REQUESTS, page.path
        assert scripts < SCRIPT_BUDGET, page.path


def test_style_sheet_uses_logical_properties_only() -> None:
    """Logical properties alone mirror the whole layout for right-to-left languages."""
    physical = re.compile(
        r"(?<![\w-])(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b"
        r"|(?<![\w-])(?:left|right)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius"
    )
    sheets = sorted(path for folder in ("static", "sitegen/theme") for path in Path(folder).rglob("*.css"))

    assert sheets
    for sheet in sheets:
        assert physical.findall(sheet.read_text(encoding="utf-8")) == []


def test_language_switcher_names_every_language_by_its_own_name(center: Published) -> None:
    own = {
        "en": "English", "zh": "简体中文", "ru": "Русский", "kk": "Қазақ тілі", "ky": "Кыргызча", "tg": "Тоҷикӣ",
        "uz": "O‘zbek", "uz-cyrl": "Ўзбекча", "be": "Беларуская", "hi": "हिन्दी", "ur": "اردو", "fa": "فارسی",
    }  # fmt: skip

    for page in center.pages.values():
        if page.language and not (page.is_error or page.is_redirect):
            links = page.root.xpath("//header//a[@hreflang]")
            current = page.root.xpath("//header//*[@aria-current='true' or @aria-current='page'][@lang]")
            names = {element.get("lang"): " ".join(element.text_content().split()) for element in (*links, *current)}
            for path, (tag, _) in LANGUAGES.items():
                assert names[tag].startswith(own[path]), (page.path, names)


@pytest.mark.slow
def test_every_page_is_current_in_every_language() -> None:
    found = find_status(REPOSITORY)

    assert {own.language for own in found.languages} == set(LANGUAGES)
    assert [(own.language, page.key) for own in found.languages for page in own.behind] == []
    assert [path for path, (done, count) in found.messages.items() if done != count] == []
    assert found.orphans == ()


@pytest.mark.parametrize(
    "path", sorted(REPOSITORY.glob("translations/*/LC_MESSAGES/*.po")), ids=lambda path: path.parts[-3]
)
def test_catalog_passes_msgfmt_and_is_complete(path: Path) -> None:
    require("msgfmt", shutil.which("msgfmt") is not None)

    checked = subprocess.run(
        ["msgfmt", "--check", "--statistics", "-o", "/dev/null", str(path)],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip

    assert checked.returncode == 0, checked.stderr
    assert re.fullmatch(r"\d+ translated messages\.", checked.stderr.splitlines()[-1])


def test_messages_are_those_of_the_templates(tmp_path: Path) -> None:
    """messages.pot is not behind: extracting anew changes nothing."""
    for folder in ("content", "templates", "translations"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)

    extract(tmp_path)

    assert (tmp_path / MESSAGES).read_text() == (REPOSITORY / MESSAGES).read_text()


DIGITS = re.compile(r"[0-9]")


def test_persian_pages_only_show_persian_digits(center: Published) -> None:
    """Digits of Latin words, codes and other languages aside."""
    mixed = []
    for path, page in center.pages.items():
        if page.language == "fa" and not page.is_fallback:
            root = html.document_fromstring(page.text.encode())
            for node in root.xpath(
                "//body//*[self::bdi or self::code or self::script or @lang[not(starts-with(., 'fa'))] or @class='print-only']"
            ):
                node.drop_tree()
            text = " ".join(root.xpath("//body")[0].text_content().split())
            mixed += [(path, text[max(0, found.start() - 20) : found.end() + 20]) for found in DIGITS.finditer(text)]

    assert mixed == []


def test_every_page_that_states_facts_names_its_sources_and_the_day_it_changed(center: Published) -> None:
    """Pages about the site itself, and the list of news, state none of their own."""
    own = [page for page in center.real if page.language == "en"]
    stating = [page for page in own if not page.path.startswith(("en/site/", "en/search/", "en/news/index"))]

    assert len(stating) > 25
    assert [page.path for page in stating if not page.root.xpath("//*[@id='part-sources']")] == []
    assert [page.path for page in own if not page.root.xpath("//*[contains(@class, 'colophon')]//time")] == []


def test_people_and_organizations_have_their_native_name(center: Published) -> None:
    """In Chinese, and to readers of Chinese in English; marked as that language."""

    def names(path: str) -> list[tuple[str, str]]:
        found = center.pages[f"{path}/index.html"].root.xpath("//*[@class='home-name']")
        return [(name.get("lang"), name.text_content()) for name in found]

    assert names("ru/about/people/zhang-liqun") == [("zh-Hans", "张立群")]
    assert names("zh/about/people/zhang-liqun") == [("en", "Zhang Liqun")]
    assert names("ur/about/partners/xjtu") == [("zh-Hans", "西安交通大学")]
    for language in ("en", "ru", "fa"):
        bodies = [name for _, name in names(f"{language}/about/partners")]
        assert bodies == ["西安交通大学", "陕西省人民政府", "教育部", "外交部", "中国—上海合作组织职业教育合作中心"]


def test_not_found_page_uses_the_language_of_its_address(center: Published) -> None:
    for language in ("en", "tg", "ur"):
        links = center.pages[f"{language}/404.html"].root.xpath("//main//*[@class='cards']//a/@href")
        assert [link.rstrip("/").rpartition("/")[2] for link in links] == [
            "about", "study", "universities", "news", "faq", "contact",
        ]  # fmt: skip
        assert all(link.startswith(f"/{language}/") for link in links)
