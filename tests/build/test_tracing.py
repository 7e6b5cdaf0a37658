"""Nothing is read untraced: a warm build once missed each of these changes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

import pytest
from conftest import MakeSite, TinySite
from invented import outcome
from published import REPOSITORY

from sitegen.library.library import Library
from sitegen.render.dependency_recording import ALL, MANY, TRACED, Aspect, Trace, TracedLibrary

LANGUAGES = """\
title: {en: Site, ru: Сайт}
base_url: https://example.org/
languages:
  - {tag: en}
  - {tag: ru}
  - {tag: kk, fallback: [ru, en]}
checks: {untracked: off, structure: off}
"""
KINDS = """\
page: {template: page.html, facts: {level: {type: choice, of: [low, high]}}}
list: {extends: page, children: {kind: page, sort: title, per_page: 2, by: [level]}}
"""
ABOVE = "{% for p in page.ancestors %}{{ p.title }}>{% endfor %}{{ page.title }} {{ page.parent.title if page.parent }} {{ page.jsonld }}"
LANGUAGE = "{{ page.canonical_url }}{% for a in page.alternates %} {{ a.url }}{% endfor %}"


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.build.incremental.UNSETTLED", 0)


def page(title: str, **facts: str) -> str:
    return "---\n" + "".join(f"{name}: {value}\n" for name, value in {**facts, "title": title}.items()) + "---\nText.\n"


def rebuilt(site: TinySite, edits: Mapping[str, str]) -> dict[str, str]:
    """The site after each edit as a warm build writes it; a clean build writes the same."""
    site.report()
    for path, text in edits.items():
        site.write(path, text)
        site.report()
    warm, clean = site.files(), outcome(site.root, "clean", remembers=False)
    assert isinstance(clean, dict)
    assert {path for path in warm.keys() | clean.keys() if warm.get(path) != clean.get(path)} == set()
    return {path: content.decode() for path, content in warm.items()}


def make(make_site: MakeSite, template: str, files: Mapping[str, str]) -> TinySite:
    given = {"content/site.yaml": LANGUAGES, "content/kinds.yaml": KINDS, "templates/page.html": template}
    return make_site({**given, "content/index.en.md": page("Home"), **files})


def test_new_page_above_another_appears_in_its_breadcrumbs(make_site: MakeSite) -> None:
    site = make(make_site, ABOVE, {"content/a/b/index.en.md": page("Deep")})
    made = rebuilt(site, {"content/a/index.en.md": page("Above")})

    assert made["en/a/b/index.html"].startswith("Home>Above>Deep Above ")
    assert '"name":"Above"' in made["en/a/b/index.html"]


def test_summary_from_the_fallback_chain_is_found_by_the_search(make_site: MakeSite) -> None:
    files = {
        "templates/search.html": "{{ site.search_url }}",
        "content/a/index.en.md": page("A", summary="English"),
        "content/a/index.ru.md": page("А", summary="Прежнее"),
        "content/a/index.kk.md": page("Ә"),
    }
    made = rebuilt(make(make_site, "x", files), {"content/a/index.ru.md": page("А", summary="Нынешнее")})

    assert ["/kk/a/", "Ә", "Нынешнее"] in json.loads(made["kk/search-pages-0.json"])
    assert "нынешнее" in made["kk/search-terms-0.json"]


@pytest.mark.parametrize("where", ["", "level/low/"])
def test_alternates_of_a_later_list_page_are_the_languages_that_have_one(make_site: MakeSite, where: str) -> None:
    lists = {"content/l/index.en.md": page("L", kind="list"), "content/l/index.ru.md": page("Л")}
    some = {f"content/l/p{n}/index.en.md": page(f"P{n}", level="low", languages="[en]") for n in range(3)}
    site = make(make_site, LANGUAGE, {**lists, **some})
    site.report()
    before = (site.public / f"en/l/{where}page/2/index.html").read_text()
    more = {path: page(f"P{n}", level="low") for n, path in enumerate(some)}
    made = rebuilt(site, more)

    assert "/ru/" not in before
    assert f"https://example.org/ru/l/{where}page/2/" in made[f"en/l/{where}page/2/index.html"]


def test_search_pages_keep_their_numbers(make_site: MakeSite) -> None:
    pages = {f"content/{name}/index.en.md": page(name.upper()) for name in "abcd"}
    site = make(make_site, "x", {**pages, "templates/search.html": "{{ site.search_url }}"})
    made = rebuilt(site, {"content/a/index.en.md": page("New"), "content/c/index.en.md": page("C") + "More.\n"})

    assert [title for _, title, _ in json.loads(made["en/search-pages-0.json"])] == ["Home", "New", "B", "C", "D"]


def test_changed_title_leaves_sitemaps_and_redirects_alone(make_site: MakeSite) -> None:
    site = make(make_site, "{{ page.title }}", {"content/a/index.en.md": page("A"), "content/a/index.ru.md": page("А")})
    site.report()
    site.write("content/a/index.ru.md", page("Новое"))
    made = site.report().made

    assert "ru/a/index.html" in made
    assert not {"ru/sitemap.xml", "_redirects", "en/a/index.html"} & made.keys()


# the façade


def test_every_part_of_the_library_is_traced_or_refused() -> None:
    assert {field.name for field in dataclasses.fields(Library)} == TRACED.keys()


def test_untraced_data_cannot_be_read(make_site: MakeSite) -> None:
    site = make(make_site, "x", {"content/a/index.en.md": page("A")})
    traced = TracedLibrary(site.report().library, Trace())

    for name in ("held", "below", "shelf", "moved", "at", "beside", "keys"):
        with pytest.raises(AttributeError):
            len(getattr(traced, name))
    with pytest.raises(AttributeError):
        _ = traced.pages[next(iter(traced.pages))].versions["en"].marks


def test_a_cached_value_is_traced_for_each_reader() -> None:
    trace = Trace()
    aspect = Aspect("page", ALL)

    def make() -> int:
        trace.seen.add(aspect)
        return 1

    assert trace.of(lambda: trace.once("one", make))[1] == (aspect,)
    assert trace.of(lambda: trace.once("one", make))[1] == (aspect,)


def test_many_dependencies_become_one() -> None:
    trace = Trace()
    _, seen = trace.of(lambda: trace.seen.update(Aspect("words", str(n), "en") for n in range(MANY + 1)))  # type: ignore[arg-type]
    assert seen == (Aspect("words", ALL, "en"),)


@pytest.mark.parametrize(
    "name",
    [
        "atom_feed",
        "blocks",
        "calendars",
        "editor_config",
        "output_formats",
        "sitemaps",
        "language_scope",
        "menus",
        "structured_data",
        "page_views",
    ],
)
def test_views_of_the_library_keep_nothing_unrecorded(name: str) -> None:
    """`recorded` and `Trace.once` keep values together with what they depend on; functools does not."""
    text = (REPOSITORY / f"sitegen/render/{name}.py").read_text(encoding="utf-8")
    assert "cached_property" not in text
    assert "lru_cache" not in text
