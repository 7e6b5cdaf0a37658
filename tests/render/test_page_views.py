"""What templates see of pages, languages and the site as a whole."""

from __future__ import annotations

import pytest
from conftest import MakeSite, TinySite

from sitegen.translation.review import accept

SITE = """\
title: {en: Site, ru: Сайт}
base_url: https://example.org/repo/
languages:
  - {tag: en}
  - {tag: ru}
  - {tag: kk, fallback: [ru, en]}
  - {tag: fa, fallback: [en]}
organisation: /a/
menus: {main: [/, /a/]}
checks: {untracked: off}
"""
KINDS = """\
page:
  template: page.html
  facts:
    status: {type: choice, of: [open, on-hold]}
    day: {type: date}
    topics: {type: list, of: {type: text}}
    friend: {type: page}
    address: {type: group, fields: {street: {type: text}, town: {type: text}}}
  words:
    motto: {type: text}
    notes: {type: list, of: {type: text}}
newsroom: {template: page.html, children: {kind: news, sort: -date, per_page: 1}}
news: {template: page.html}
"""
FILES = {
    "content/a/index.en.md": "---\nstatus: on-hold\nday: 2026-01-31\nfriend: /b/\naddress: {street: Main}\n"
    "title: Page A\nsummary: Sum\nmotto: Go\nnotes: [one, two]\n---\n",
    "content/a/index.ru.md": "---\ntitle: Страница А\n---\n",
    "content/a/c/index.en.md": "---\ntitle: C\norder: 2\n---\n",
    "content/a/d/index.en.md": "---\ntitle: D\norder: 1\n---\n",
    "content/b/index.en.md": "---\ntitle: B\n---\n",
}


def make(make_site: MakeSite, template: str, files: dict[str, str] | None = None) -> TinySite:
    return make_site({"templates/page.html": template, **FILES, **(files or {})}, site=SITE, kinds=KINDS)


@pytest.mark.parametrize(
    ("template", "english"),
    [
        ("{{ page.key }} {{ page.kind }}", "/a/ page"),
        ("{{ page.url }} {{ page.absolute_url }}", "/repo/en/a/ https://example.org/repo/en/a/"),
        ("{{ page.title }}: {{ page.summary }}", "Page A: Sum"),
        ("{{ page.facts.status.value }} {{ page.facts.status.label }}", "on-hold On hold"),
        ("{{ page.facts.day.year }} {{ page.facts.day|date }}", "2026 January 31, 2026"),
        ("{{ page.date }} {{ page.facts.topics }}", "None ()"),
        ("{{ page.facts.friend.title }} {{ page.facts.friend.url }}", "B /repo/en/b/"),
        ("{{ page.facts.address.street }} {{ page.facts.address.town }}", "Main None"),
        ("{{ page.words.motto }} {{ page.words.notes|join('+') }}", "Go one+two"),
        ("{{ page.words.motto.locale.path }}", "en"),
        ("{{ page.parent.key }} {{ page.ancestors|map(attribute='key')|join(' ') }}", "/ /"),
        ("{{ page.children|map(attribute='title')|join(' ') }}", "D C"),
        ("{{ page.siblings|map(attribute='key')|join(' ') }}", "/b/"),
        ("{{ page.source.path }} {{ page.source_url }} {{ page.review }}", "en /repo/en/a/ None"),
        ("{{ page.pager }} {{ page.items|length }} {{ page.feed_url }}", "None 2 None"),
        ("{{ site.title }} {{ site.home.url }} {{ site.organisation.title }}", "Site /repo/en/ Page A"),
        ("{{ site.menus.main|map(attribute='url')|join(' ') }}", "/repo/en/ /repo/en/a/"),
        ("{{ site.page('/b/').title }} {{ site.languages|map(attribute='path')|join(' ') }}", "B en ru kk fa"),
        ("{{ site.chooser_url }} {{ site.chooser_absolute_url }}", "/repo/ https://example.org/repo/"),
        ("{{ site.feed_url }} {{ site.base_url }}", "/repo/en/feed.xml https://example.org/repo/"),
        ("{{ locale.tag }} {{ locale.path }} {{ locale.name }} {{ locale.dir }}", "en en English ltr"),
        ("{{ page.is_within(site.home) }} {{ page.is_within(page) }}", "False True"),
        ("{{ page.children[0].is_within(page) }} {{ page.is_within(page.children[0]) }}", "True False"),
        ("{{ site.home.is_within(site.home) }}", "True"),
    ],
)
def test_template_sees_a_page_and_its_site(make_site: MakeSite, template: str, english: str) -> None:
    site = make(make_site, f"{{% if page.key == '/a/' %}}{template}{{% endif %}}")

    assert site.build()["en/a/index.html"] == english


def test_fallback_page_has_its_own_url_and_the_language_and_canonical_of_the_shown_text(make_site: MakeSite) -> None:
    template = (
        "{{ page.url }} {{ page.shown.tag }} {{ page.shown.dir }} {{ page.is_fallback }} {{ page.state }} "
        "{{ page.canonical_url }} {{ page.alternates|length }} {{ page.is_listed }} {{ locale.dir }}"
    )

    pages = make(make_site, template).build()

    site = "https://example.org/repo"
    assert pages["en/a/index.html"] == f"/repo/en/a/ en ltr False source {site}/en/a/ 2 True ltr"
    assert pages["kk/a/index.html"] == f"/repo/kk/a/ ru ltr True missing {site}/ru/a/ 0 False ltr"
    assert pages["fa/a/index.html"] == f"/repo/fa/a/ en ltr True missing {site}/en/a/ 0 False rtl"


def test_words_filter_marks_language_and_direction_of_each_text_that_fell_back(make_site: MakeSite) -> None:
    pages = make(make_site, "{{ page.title|words }} {{ page.summary|words }}").build()

    assert pages["ru/a/index.html"] == 'Страница А <span lang="en" dir="ltr">Sum</span>'
    assert pages["kk/a/index.html"] == (
        '<span lang="ru" dir="ltr">Страница А</span> <span lang="en" dir="ltr">Sum</span>'
    )


def test_alternates_are_reciprocal_and_hold_real_translations_only(make_site: MakeSite) -> None:
    template = "{% for a in page.alternates %}{{ a.tag }}={{ a.url }} {% endfor %}"

    pages = make(make_site, template).build()

    both = "en=https://example.org/repo/en/a/ ru=https://example.org/repo/ru/a/ "
    assert pages["en/a/index.html"] == both
    assert pages["ru/a/index.html"] == both
    assert pages["en/b/index.html"] == "en=https://example.org/repo/en/b/ "
    assert pages["ru/b/index.html"] == ""


def test_alternates_and_canonical_of_a_long_list_name_pages_that_exist(make_site: MakeSite) -> None:
    """A list may be longer in one language than in another."""
    template = "{{ page.canonical_url }} {% for a in page.alternates %}{{ a.url }} {% endfor %}"
    site = make(
        make_site,
        template,
        {
            "content/news/index.en.md": "---\nkind: newsroom\ntitle: News\n---\n",
            "content/news/index.ru.md": "---\ntitle: Новости\n---\n",
            "content/news/a/index.en.md": "---\ntitle: A\nlanguages: [en]\n---\n",
            "content/news/b/index.en.md": "---\ntitle: B\n---\n",
            "content/news/c/index.fa.md": "---\ntitle: C\nlanguages: [fa]\n---\n",
            "content/news/d/index.fa.md": "---\ntitle: D\nlanguages: [fa]\n---\n",
        },
    )

    pages = site.build()

    lists = {path: text for path, text in pages.items() if "/news/page/" in path}
    assert "en/news/page/2/index.html" in lists
    assert "ru/news/page/2/index.html" not in lists
    files = {
        url.replace("https://example.org/repo/", "") + "index.html" for text in lists.values() for url in text.split()
    }
    assert files - set(pages) == set()


def test_translations_list_every_language_of_the_site(make_site: MakeSite) -> None:
    template = (
        "{% for t in page.translations %}{{ t.locale.path }} {{ t.url }} {{ t.title }} {{ t.is_translated }} "
        "{{ t.is_current }};{% endfor %}"
    )
    site = make(make_site, template, {"content/b/index.en.md": "---\nlanguages: [en, ru]\ntitle: B\n---\n"})

    pages = site.build()

    assert pages["ru/a/index.html"].split(";") == [
        "en /repo/en/a/ Page A True False",
        "ru /repo/ru/a/ Страница А True True",
        "kk /repo/kk/a/ Страница А False False",
        "fa /repo/fa/a/ Page A False False",
        "",
    ]
    assert pages["en/b/index.html"].split(";")[2] == "kk /repo/kk/ Home False False"


def test_review_of_a_translation_is_shown(make_site: MakeSite) -> None:
    site = make(
        make_site, "{{ page.review }}", {"content/a/index.ru.md": "---\ntitle: А\nreview: machine\n---\n"}
    )  # fmt: skip

    pages = site.build()

    assert [pages[f"{path}/a/index.html"] for path in ("en", "ru", "kk", "fa")] == [
        "None", "machine", "machine", "None",
    ]  # fmt: skip


def test_filters_use_the_language_of_the_reader(make_site: MakeSite) -> None:
    template = (
        "{{ 1234567|number }} {{ 'CN'|country }} {{ 'en'|language }} {{ ['a', 'b']|conjunction }} "
        "{{ ['я', 'ё', 'е']|by_name|join }} {{ ['CN', 'BY', 'IN']|by_country|join(' ') }}"
    )

    pages = make(make_site, template).build()

    assert pages["en/index.html"] == "1,234,567 China English a and b еёя BY CN IN"
    assert pages["ru/index.html"] == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567 Китай английский a и b еёя BY IN CN"


TRACKED = (
    '---\ntitle: T\nsource:\n  - "s000000000000 t000000000000 title"\n  - "s000000000000 t000000000000 #"\n'
    '  - "s000000000000 t000000000000 #one"\n---\nНачало.\n\n## Раз\n\nТекст.\n\n## Два\n\nЕщё.\n'
)


def test_sections_are_marked_if_the_source_has_changed(make_site: MakeSite) -> None:
    """All but the last, which the translation has recorded."""
    english = "---\ntitle: T\n---\nStart.\n\n## One\n\nText.\n\n## Two\n\nMore.\n"
    template = (
        "{% for s in page.sections %}{{ s.heading }}|{{ s.is_stale }}|{{ s.source_url }}|{{ s.content }};{% endfor %}"
    )
    site = make(make_site, template, {"content/a/index.en.md": english, "content/a/index.ru.md": TRACKED})
    list(accept(site.root, "/a/", "ru", "#two"))

    page = site.build()["ru/a/index.html"].replace("\n", "")

    assert page == (
        "|True|/repo/en/a/|<p>Начало.</p>;"
        '<h2 id="one">Раз</h2>|True|/repo/en/a/#one|<p>Текст.</p>;'
        '<h2 id="two">Два</h2>|False|/repo/en/a/#two|<p>Ещё.</p>;'
    )


def test_sections_together_equal_the_content(make_site: MakeSite) -> None:
    text = "Start.\n\n> ## in a quotation\n\n## One\n\n- ## in a list\n\n### Two {#x}\n\nEnd.\n"
    template = "{{ page.content }}=={% for s in page.sections %}{{ s.heading }}{{ s.content }}{% endfor %}"

    whole, _, parts = (
        make(make_site, template, {"content/b/index.en.md": f"---\ntitle: B\n---\n{text}"})
        .build()["en/b/index.html"]
        .partition("==")
    )

    assert parts == whole


def test_coverage_is_available_to_templates_and_published_as_data(make_site: MakeSite) -> None:
    template = "{% for own in site.coverage %}{{ site.locale_of(own.language).tag }} {{ own.share|percent }} {{ own.behind|length }};{% endfor %}{{ site.status_url }}"
    pages = make(make_site, template, {"templates/translations.html": ""}).build()

    assert pages["en/a/index.html"] == "en 100% 0;ru 0% 5;kk 0% 5;fa 0% 5;/repo/status.json"


def test_states_are_available_to_templates_page_by_page(make_site: MakeSite) -> None:
    template = "{% for p, states in site.matrix %}{{ p.key }}{% for name, own in states.items() %} {{ name }}={{ own|map(attribute='path')|join(',') }}{% endfor %};{% endfor %}"

    assert make(make_site, template).build()["kk/a/index.html"] == (
        "/ source=en missing=ru,kk,fa;/a/ source=en untracked=ru missing=kk,fa;/a/c/ source=en missing=ru,kk,fa;"
        "/a/d/ source=en missing=ru,kk,fa;/b/ source=en missing=ru,kk,fa;"
    )


def test_short_title_and_publisher_are_in_the_language_of_the_reader_or_absent(make_site: MakeSite) -> None:
    site = make(make_site, "{{ site.title }}|{{ site.short_title }}|{{ site.publisher or 'nobody' }}")
    title, *plain = site.build()["en/index.html"].split("|")
    settings = (site.root / "content/site.yaml").read_text(encoding="utf-8")
    more = "short_title: {en: Brief}\npublisher: {en: The office, ru: Управление}\n"
    site.write("content/site.yaml", f"{settings}\n{more}")

    pages = site.build()

    assert plain == [title, "nobody"]
    assert pages["en/index.html"].endswith("|Brief|The office")
    assert pages["ru/index.html"].endswith("|Brief|Управление")
    assert pages["kk/index.html"].endswith("|Brief|Управление")
