"""A site of a theme overrides one template, one block, one style, one message, and keeps the rest."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from conftest import HOME, REPOSITORY, SITE, TinySite
from lxml import html

from sitegen.problems.problem import SiteError
from sitegen.render.menus import MenuView
from sitegen.render.page_views import PageView

THEME = REPOSITORY / "sitegen/theme"
CATALOGS = sorted(path.parts[-3] for path in THEME.glob("translations/*/LC_MESSAGES/messages.po"))
THEMED = SITE + "theme: default\n"
ABOUT = {"content/about/index.en.md": "---\ntitle: About\n---\nSome words.\n"}
#: Templates that no kind has.
NO_KINDS = {"404.html", "base.html", "chooser.html", "macros.html"}
MakeSite = Callable[..., TinySite]


def themed(make_site: MakeSite, files: dict[str, str] | None = None, site: str = THEMED) -> TinySite:
    """A site with nothing but its content."""
    made = make_site({"content/index.en.md": HOME, **ABOUT, **(files or {})}, site=site)
    if "templates/page.html" not in (files or {}):
        (made.root / "templates/page.html").unlink()
    return made


def test_site_without_templates_is_rendered_by_the_theme(make_site: MakeSite) -> None:
    site = themed(make_site)

    site.build()

    assert "<h1>About</h1>" in (site.public / "en/about/index.html").read_text(encoding="utf-8")
    assert (site.public / "fr/404.html").is_file()
    assert (site.public / "index.html").is_file()


GLOSSARY = """
page:
  template: page.html
glossary:
  extends: page
  template: glossary.html
  words:
    terms: {type: list, of: {type: group, fields: {key: {type: id}, term: {type: text}, form: {type: choice, of: {ours: Ours}}, avoid: {type: list, of: {type: text}}}}}
"""


def test_glossary_lists_every_entry_whatever_its_quotation_marks(make_site: MakeSite) -> None:
    terms = ["Center", "“Center”", "“”", "Alpha", "Alpha"]
    entries = "".join(f"  - {{key: t{number}, term: {term}, form: ours}}\n" for number, term in enumerate(terms))
    page = f"---\nkind: glossary\ntitle: Names\nterms:\n{entries}---\n"
    files = {"content/kinds.yaml": GLOSSARY, "content/names/index.en.md": page}
    site = themed(make_site, files, f"{THEMED}glossary: /names/\n")

    shown = html.fromstring(site.build()["en/names/index.html"]).xpath("//*[@data-term]//*[@class='term']")

    assert sorted(own.text_content().strip() for own in shown) == sorted(terms)


def test_glossary_leaves_out_an_entry_without_a_name_and_needs_no_form(make_site: MakeSite) -> None:
    entries = "  - {key: a, term: Alpha}\n  - {key: b, term: ''}\n  - {key: c}\n"
    page = f"---\nkind: glossary\ntitle: Names\nterms:\n{entries}---\n"
    files = {"content/kinds.yaml": GLOSSARY, "content/names/index.en.md": page}
    site = themed(make_site, files, f"{THEMED}glossary: /names/\n")

    shown = html.fromstring(site.build()["en/names/index.html"]).xpath("//*[@data-term]//dd")

    assert [own.text_content().split() for own in shown] == [["Alpha"]]


def test_site_overrides_one_block_of_one_template(make_site: MakeSite) -> None:
    own = '{% extends "theme/page.html" %}{% block text %}<b>ours</b>{{ super() }}{% endblock %}'
    site = themed(make_site, {"templates/page.html": own})

    site.build()

    page = (site.public / "en/about/index.html").read_text(encoding="utf-8")
    assert "<b>ours</b>" in page
    assert "Some words." in page
    assert "<h1>About</h1>" in page


def test_template_extends_the_one_of_the_same_name_in_the_theme_below(make_site: MakeSite) -> None:
    layer = '{{% extends "theme/page.html" %}}{{% block text %}}<b>{}</b>{{{{ super() }}}}{{% endblock %}}'
    files = {"templates/page.html": layer.format("site"), "ours/templates/page.html": layer.format("ours")}
    site = themed(make_site, files, SITE + "theme: [ours, default]\n")

    site.build()

    page = (site.public / "en/about/index.html").read_text(encoding="utf-8")
    assert page.index("<b>site</b>") < page.index("<b>ours</b>") < page.index("Some words.")


def test_problem_in_a_theme_template_names_its_file(make_site: MakeSite) -> None:
    site = themed(make_site, {"ours/templates/page.html": "a\n{{ page.titel }}"}, SITE + "theme: [ours, default]\n")

    with pytest.raises(SiteError) as caught:
        site.build()

    assert {(p.path, p.line, p.code) for p in caught.value.problems} == {
        ("ours/templates/page.html", 2, "template-undefined")
    }


def test_own_style_is_appended_to_that_of_the_theme(make_site: MakeSite) -> None:
    site = themed(make_site, {"static/assets/own.css": ":root { --weft: green; background: url(dot.svg); }"})
    site.write("static/assets/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')

    site.build()

    (sheet,) = (site.public / "assets").glob("site.*.css")
    (dot,) = (site.public / "assets").glob("dot.*.svg")
    assert (
        sheet.read_text(encoding="utf-8")
        .rstrip()
        .endswith(f':root {{ --weft: green; background: url("{dot.name}"); }}')
    )
    assert not list((site.public / "assets").glob("own.*.css"))


def test_style_sheet_of_the_site_may_import_that_of_the_theme(make_site: MakeSite) -> None:
    site = themed(make_site, {"static/assets/site.css": '@import "theme/site.css";\nb { color: red; }'})

    site.build()

    (sheet,) = (site.public / "assets").glob("site.*.css")
    text = sheet.read_text(encoding="utf-8")
    assert ".breadcrumbs" in text
    assert text.endswith("b { color: red; }")
    assert "@import" not in text


def test_style_sheets_that_import_each_other_are_joined_once(make_site: MakeSite) -> None:
    files = {"static/assets/a.css": '@import "b.css";a{}', "static/assets/b.css": '@import "a.css";b{}'}
    site = themed(make_site, files)

    site.build()

    assert list((site.public / "assets").glob("[ab].*.css")) == []


def test_message_of_the_site_overrides_that_of_the_theme(make_site: MakeSite) -> None:
    own = 'msgid ""\nmsgstr ""\n"Language: ru\\n"\n\nmsgid "Page not found"\nmsgstr "Нет такой"\n'
    languages = "title: {en: Site}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: ru}]\ntheme: default\n"
    site = themed(make_site, {"translations/ru/LC_MESSAGES/messages.po": own}, languages)

    site.build()

    page = (site.public / "ru/404.html").read_text(encoding="utf-8")
    assert ("<h1>Нет такой</h1>" in page and "Основное меню" in page) or "меню" in page


@pytest.mark.parametrize(
    ("tag", "word"),
    [("zh-CN", "找不到页面"), ("zh", "找不到页面"), ("ru-KZ", "Страница не найдена"), ("en-GB", "Page not found")],
)
def test_theme_catalog_is_found_by_language_and_script(make_site: MakeSite, tag: str, word: str) -> None:
    settings = (
        f"title: {{en: S}}\nbase_url: https://example.org/\nlanguages: [{{tag: en}}, {{tag: {tag}}}]\ntheme: default\n"
    )

    pages = themed(make_site, site=settings).build()

    assert f"<h1>{word}</h1>" in pages[f"{tag}/404.html"]


def test_language_that_the_theme_lacks_is_reported_and_update_creates_its_catalog(make_site: MakeSite) -> None:
    from sitegen.translation.message_files import update

    site = themed(
        make_site,
        site="title: {en: S}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: sw}]\ntheme: default\n",
    )
    told = [(w.code, w.path) for w in site.report().warnings]
    assert ("missing-message", "translations/sw/LC_MESSAGES/messages.po") in told

    made = list(update(site.root))

    text = (site.root / made[0]).read_text(encoding="utf-8")
    assert made == ["translations/sw/LC_MESSAGES/messages.po"]
    assert 'msgid "Page not found"' in text


def test_change_to_a_theme_in_the_site_folder_is_noticed(make_site: MakeSite) -> None:
    site = themed(make_site, {"ours/templates/page.html": "one"}, SITE + "theme: [ours, default]\n")
    site.build()

    site.write("ours/templates/page.html", "two")
    site.build()

    assert (site.public / "en/about/index.html").read_text(encoding="utf-8") == "two"


@pytest.mark.parametrize("language", CATALOGS)
def test_catalog_of_the_theme_is_complete(language: str) -> None:
    with (THEME / "translations/messages.pot").open("rb") as file:
        wanted = {(m.context, m.id) for m in read_po(file) if m.id}
    with (THEME / f"translations/{language}/LC_MESSAGES/messages.po").open("rb") as file:
        catalog = read_po(file, locale=language)

    assert {(m.context, m.id) for m in catalog if m.id} == wanted
    assert [m.id for m in catalog if m.id and (not m.string or m.fuzzy)] == []
    assert [error for message in catalog for error in message.check()] == []


@pytest.mark.slow
def test_messages_of_the_theme_are_those_of_its_templates(tmp_path: Path) -> None:
    import shutil

    from sitegen.translation.message_files import extract_theme

    shutil.copytree(THEME, tmp_path / "theme")

    list(extract_theme(tmp_path / "theme"))

    for path in THEME.rglob("messages.po*"):
        assert (tmp_path / "theme" / path.relative_to(THEME)).read_bytes() == path.read_bytes(), path


def test_messages_are_extracted_from_themes_alone(tmp_path: Path) -> None:
    from sitegen.translation.message_files import extract_theme

    with pytest.raises(SiteError) as caught:
        list(extract_theme(tmp_path / "nope"))

    assert caught.value.problems[0].message == "there is no theme here: it has no templates/"
    assert not (tmp_path / "nope").exists()


def test_theme_mentions_nothing_of_the_center() -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for path in THEME.rglob("*")
        if path.suffix in (".html", ".css", ".js", ".pot", ".yaml")
    ]

    assert [
        word for word in ("XJTU", "SCO", "Xi'an", "the Center", "Jiaotong") if any(word in text for text in texts)
    ] == []


def test_catalogs_are_accepted_by_msgfmt() -> None:
    import shutil

    if not shutil.which("msgfmt"):
        pytest.skip("msgfmt (gettext) is not installed")
    for language in CATALOGS:
        path = THEME / f"translations/{language}/LC_MESSAGES/messages.po"
        done = subprocess.run(
            ["msgfmt", "--check", "-o", "/dev/null", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_notice_in_another_language_says_which(make_site: MakeSite) -> None:
    site = themed(make_site, site=SITE.replace("fr", "he") + "  - {tag: ru}\ntheme: default\n")

    site.build()

    hebrew, russian = ((site.public / f"{path}/about/index.html").read_text(encoding="utf-8") for path in ("he", "ru"))
    assert '<p class="note" lang="en" dir="ltr">' in hebrew
    assert '<p class="note">' in russian
    assert "Эта страница ещё не переведена" in russian


LISTS = """\
page: {template: page.html}
home: {extends: page, template: home.html}
partners: {extends: page, template: list.html, children: {kind: page, per_page: 1}}
projects: {extends: page, template: newsroom.html, children: {kind: page}}
"""


def test_list_shows_its_text_then_its_pages_and_leads_to_the_next(make_site: MakeSite) -> None:
    files = {
        "content/partners/index.en.md": "---\nkind: partners\ntitle: Partners\n---\nWith whom we work.\n",
        "content/partners/a/index.en.md": "---\ntitle: Mill\norder: 1\nlanguages: [en]\n---\n",
        "content/partners/b/index.en.md": "---\ntitle: Loom\norder: 2\nlanguages: [en]\n---\n",
    }
    pages = themed(make_site, {**files, "content/kinds.yaml": LISTS}).build()

    main = text_of(pages["en/partners/index.html"], "main")
    assert "With whom we work. Mill Page 1 of 2 Next" in main
    assert "Loom Previous Page 2 of 2" in text_of(pages["en/partners/page/2/index.html"], "main")


def test_list_without_dates_has_no_column_for_them_and_offers_no_calendar(make_site: MakeSite) -> None:
    files = {
        "content/projects/index.en.md": "---\nkind: projects\ntitle: Projects\n---\nWhat we build.\n",
        "content/projects/a/index.en.md": "---\ntitle: Mill\nlanguages: [en]\n---\n",
    }
    calendar = "event: {extends: page, calendar: {start: starts}, facts: {starts: {type: date}}}\n"
    event = "---\nkind: event\ntitle: Day\nstarts: 2026-01-01\nlanguages: [en]\n---\n"
    files["content/day/index.en.md"] = event
    pages = themed(make_site, {**files, "content/kinds.yaml": LISTS + calendar}).build()

    (main,) = html.fromstring(pages["en/projects/index.html"]).xpath("//main")
    assert "What we build. Mill" in " ".join(main.text_content().split())
    assert not main.xpath(".//*[contains(@class, 'dated')] | .//a[@type='text/calendar']")


def test_menu_is_drawn_once_for_all_pages_and_marks_each_page_and_what_it_is_below(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[str, str]] = []
    title = vars(MenuView)["title"].fget

    def counted(entry: MenuView) -> Any:
        assert entry.scope is not None
        drawn.append((entry.scope.locale.path, entry.key))
        return title(entry)

    monkeypatch.setattr(MenuView, "title", property(counted))
    files = {f"content/about/{name}/index.en.md": "---\ntitle: T\n---\n" for name in "abc"}
    kinds = {"content/kinds.yaml": "page: {template: chapter.html}\n"}
    menu = "[{page: /about/, children: true}, /]"

    pages = themed(make_site, {**files, **kinds}, f"{THEMED}menus: {{main: {menu}, footer: {menu}}}\n").build()

    current = r'<a href="/en([^"]*)" aria-current="(\w+)"'
    chapter, footer = ("/about/b/", "page"), ("/about/b/", "page")
    assert re.findall(current, pages["en/about/b/index.html"]) == [
        ("/about/", "true"),
        ("/about/b/", "page"),
        chapter,
        footer,
    ]
    assert re.findall(current, pages["en/index.html"]) == [("/", "page")] * 3
    beside = 1  # as the chapter before or after another
    assert drawn.count(("en", "/about/a/")) == 3 + 2 * beside
    assert drawn.count(("en", "/about/b/")) == 3 + 2 * beside


def test_values_of_a_list_are_drawn_once_for_all_its_pages_and_each_page_marks_its_own(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled: list[tuple[str, bool]] = []
    label = PageView._selection_label

    def counted(page: PageView, value: Any) -> str:
        own = page._selections.get(page.part)
        labelled.append((page.scope.locale.path, own is not None and own.value == value))
        return label(page, value)

    monkeypatch.setattr(PageView, "_selection_label", counted)
    kinds = (
        "page: {template: page.html, facts: {year: {type: date}, topics: {type: list, of: {type: choice, of: [a, b, c]}}}}\n"
        "narrowed: {extends: page, template: list.html, children: {kind: page, by: [topics, year], per_page: 4}}\n"
    )
    topics = ("[a, b]", "[b, c]", "[c, a]")
    items = {
        f"content/list/p{n}/index.en.md": f"---\ntitle: P\ntopics: {topics[n % 3]}\nyear: 200{n % 2}-01-01\n---\n"
        for n in range(9)
    }
    files = {"content/list/index.en.md": "---\nkind: narrowed\ntitle: L\n---\n", "content/kinds.yaml": kinds}

    pages = themed(make_site, {**files, **items}).build()

    current = r'<a href="/en/list/([^"]*)" aria-current="page"'
    assert re.findall(current, pages["en/list/index.html"]) == []
    assert re.findall(current, pages["en/list/topics/b/index.html"]) == ["topics/b/"]
    assert re.findall(current, pages["en/list/topics/b/page/2/index.html"]) == ["topics/b/"]
    assert re.findall(current, pages["en/list/year/2001/index.html"]) == ["year/2001/"]
    offered = r'<a href="/en/list/([^/]*/[^/]*/)"[^>]*>[^<]*</a> <small>'
    values = ["topics/a/", "topics/b/", "topics/c/", "year/2001/", "year/2000/"]
    assert re.findall(offered, pages["en/list/topics/b/index.html"]) == values
    assert len([path for path, is_own in labelled if path == "en" and not is_own]) == len(values)


def test_home_page_shows_the_pages_of_a_menu_s_groups(make_site: MakeSite) -> None:
    menu = (
        "menus: {main: [{label: {en: Us}, entries: [/about/, {label: {en: More}, entries: [/a/]}]}, /b/, "
        "{label: {en: Out}, url: 'https://example.com/'}]}\n"
    )
    files = {
        "content/index.en.md": "---\nkind: home\ntitle: Home\n---\n",
        "content/a/index.en.md": "---\ntitle: Mill\n---\n",
        "content/b/index.en.md": "---\ntitle: Loom\n---\n",
    }
    page = themed(make_site, {**files, "content/kinds.yaml": LISTS}, THEMED + menu).build()["en/index.html"]

    assert [text.strip() for text in html.fromstring(page).xpath("//main//*[@class='card']//a/text()")] == [
        "About",
        "Mill",
        "Loom",
    ]


def text_of(page: str, tag: str) -> str:
    """The words of an element, with single spaces."""
    return " ".join(html.fromstring(page).xpath(f"//{tag}")[0].text_content().split())


def test_each_template_of_the_theme_shows_pages_whose_kind_has_none_of_its_fields(make_site: MakeSite) -> None:
    shown = sorted({path.name for path in (THEME / "templates").glob("*.html")} - NO_KINDS)
    kinds = "page: {template: page.html}\n" + "".join(f"k{n}: {{template: {name}}}\n" for n, name in enumerate(shown))
    pages = {"content/kinds.yaml": kinds}
    for number, _ in enumerate(shown):
        pages[f"content/p{number}/index.en.md"] = f"---\nkind: k{number}\ntitle: A\n---\nText\n"
        pages[f"content/p{number}/below/index.en.md"] = "---\nkind: page\ntitle: B\n---\nText\n"

    themed(make_site, pages).build()

    assert len(shown) > 10
