"""A language with `published: false` is in previews and mentioned nowhere in public."""

from __future__ import annotations

import json

import pytest
from conftest import KINDS, MakeSite, TinySite
from hugosite import PNG

SITE = """\
title: {en: Site, fr: Site, ar: Mawqi}
base_url: https://example.org/
languages: [{tag: en}, {tag: fr}, {tag: ar, published: false}]
theme: default
"""
FILES = {
    "content/index.ar.md": "---\ntitle: بيت\n---\n",
    "content/about/index.en.md": "---\ntitle: About\n---\n[Home](/)\n",
    "content/about/index.ar.md": "---\ntitle: عن\n---\n[بيت](/)\n",
}


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    made = make_site(FILES, site=SITE)
    (made.root / "templates/page.html").unlink()
    return made


def everything(site: TinySite) -> str:
    files = (
        path for path in site.public.rglob("*") if path.is_file() and path.suffix in (".html", ".xml", ".json", "")
    )
    return "".join(path.read_text(encoding="utf-8") for path in files if path.parent.name != "assets")


def test_held_language_is_mentioned_nowhere(site: TinySite) -> None:
    site.report()

    assert not (site.public / "ar").exists()
    text = everything(site)
    assert [mark for mark in ('hreflang="ar"', 'lang="ar"', "/ar/", "العربية", "عن") if mark in text] == []


def test_held_language_is_not_in_the_status(site: TinySite) -> None:
    site.write("templates/translations.html", "{{ site.coverage|map(attribute='language')|join(' ') }}")
    site.report()

    assert json.loads((site.public / "status.json").read_text("utf-8")).keys() == {"en", "fr"}


@pytest.mark.parametrize("languages", [(), ("en", "fr"), ("fr",)], ids=len)
def test_no_language_shows_the_text_of_a_held_one(site: TinySite, languages: tuple[str, ...]) -> None:
    site.write("content/site.yaml", SITE.replace("{tag: fr}", "{tag: fr, fallback: [ar]}"))
    site.report(languages=languages)

    assert "About<" in (site.public / "fr/about/index.html").read_text("utf-8")
    assert [word for word in ("عن", "بيت", "Mawqi") if word in everything(site)] == []


def test_label_of_a_menu_in_a_held_language_alone_is_not_shown(site: TinySite) -> None:
    menus = (
        "menus: {main: [/about/, {url: 'https://a.org/', label: {ar: بيت}}, {label: {ar: عن}, entries: [/about/]}]}\n"
    )
    site.write("content/site.yaml", SITE + menus)
    site.report()

    assert [word for word in ("عن", "بيت") if word in everything(site)] == []


def test_page_in_a_held_language_alone_is_held(site: TinySite) -> None:
    site.write("content/later/index.ar.md", "---\ntitle: غدا\n---\n")
    site.write("content/both/index.ar.md", "---\ntitle: غدا\n---\n")
    site.write("content/both/index.fr.md", "---\ntitle: Deux\n---\n")
    site.report()

    assert not (site.public / "en/later").exists()
    assert "Deux" in (site.public / "en/both/index.html").read_text("utf-8")
    assert "غدا" not in everything(site)
    site.write("content/about/index.en.md", "---\ntitle: About\n---\n[Later](/later/)\n")
    assert "the page '/later/' is in no language that is published" in site.told()


def test_nothing_beside_pages_is_published_for_a_held_language(site: TinySite) -> None:
    site.write("content/kinds.yaml", KINDS + "state:\n  extends: page\n  template: translations.html\n")
    site.write("content/state/index.en.md", "---\ntitle: State\nkind: state\n---\n")
    site.write("content/about/index.en.md", "---\ntitle: About\n---\n![A](a.png) [b](b.txt)\n")
    site.write("content/only/index.en.md", "---\ntitle: SECRET\nlanguages: [ar]\n---\n")
    site.write("content/only/c.txt", "SECRET")
    site.write("content/only/below/index.en.md", "---\ntitle: Below\n---\n")
    for name in ("a.png", "a.ar.png"):
        site.write(f"content/about/{name}", PNG)
    for name in ("b.txt", "b.ar.txt", "only.ar.txt"):
        site.write(f"content/about/{name}", "SECRET" if ".ar." in name else "text")

    site.write("content/about/ar.txt", "a file for all that is named as a language is")

    for text in ("About", "Other"):  # from nothing, and again
        site.write("content/about/index.en.md", f"---\ntitle: {text}\n---\n![A](a.png) [b](b.txt)\n")
        site.report()
        files = {path: content for path, content in site.files().items() if not path.startswith("assets/")}
        assert {"en/about/a.png", "en/about/ar.txt"} <= files.keys()
        assert [path for path in files if path.startswith("ar/") or ".ar." in path or b"SECRET" in files[path]] == []
        assert "العربية" not in everything(site)


def test_held_language_is_in_previews(site: TinySite) -> None:
    site.report(drafts=True)

    assert 'hreflang="ar" href="https://example.org/ar/about/"' in (site.public / "en/about/index.html").read_text(
        "utf-8"
    )
    assert "<h1>عن</h1>" in (site.public / "ar/about/index.html").read_text("utf-8")


def test_held_language_is_built_on_request(site: TinySite) -> None:
    site.report(languages=("en", "ar"))

    assert (site.public / "ar/about/index.html").is_file()
    assert not (site.public / "fr").exists()


def test_language_is_published_once_it_is_no_longer_held(site: TinySite) -> None:
    site.report()
    site.write("content/site.yaml", SITE.replace(", published: false", ""))

    site.report()

    assert "العربية" in (site.public / "en/about/index.html").read_text("utf-8")
