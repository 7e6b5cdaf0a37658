"""Catalogs are read again only if they, or what they are compared with, have changed; problems in them are always told."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from conftest import MakeSite, TinySite

from sitegen.build import inputs
from sitegen.i18n.catalogs import read_messages
from sitegen.storage.cache import CATALOGS, Cache

CATALOG = "translations/fr/LC_MESSAGES/messages.po"


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Mock:
    seen = Mock(wraps=read_messages)
    monkeypatch.setattr(inputs, "read_messages", seen)
    return seen


@pytest.fixture
def site(make_site: MakeSite, reading: Mock) -> TinySite:
    made = make_site(
        {
            "content/index.fr.md": "---\ntitle: Accueil\n---\n",
            "templates/page.html": "{{ _('Home') }}, {{ _('Search') }} {{ page.title|words }}",
            "translations/messages.pot": 'msgid ""\nmsgstr ""\n\nmsgid "Home"\nmsgstr ""\n\nmsgid "Search"\nmsgstr ""\n',
            CATALOG: 'msgid ""\nmsgstr ""\n\nmsgid "Home"\nmsgstr "Accueil"\n',
        }
    )
    made.report()
    return made


def entries(site: TinySite) -> list[Path]:
    return [path for path in (site.root / CATALOGS).rglob("*") if path.is_file()]


def lacking(site: TinySite, **options: bool) -> list[str]:
    return [problem.message for problem in site.report(**options).warnings if problem.code == "missing-message"]


def test_catalogs_are_read_once_for_all_builds(site: TinySite, reading: Mock) -> None:
    site.write("content/index.fr.md", "---\ntitle: Autre\n---\n")
    assert lacking(site) == ["'Search' is not translated"]
    assert site.pages()["fr/index.html"] == "Accueil, Search Autre"
    assert reading.call_count == 1


def test_changed_template_leaves_the_messages_as_they_are(site: TinySite, reading: Mock) -> None:
    site.write("templates/page.html", "{{ _('Home') }}!")
    assert site.build()["fr/index.html"] == "Accueil!"
    assert reading.call_count == 1


@pytest.mark.parametrize(
    ("path", "old", "new", "shown", "lacks"),
    [
        (CATALOG, '"Accueil"', '"Maison"', "Maison, Search", ["'Search' is not translated"]),
        ("translations/messages.pot", 'msgid "Search"\nmsgstr ""\n', "", "Accueil, Search", []),
    ],
    ids=["catalog", "template of catalogs"],
)
def test_changed_file_is_read(site: TinySite, path: str, old: str, new: str, shown: str, lacks: list[str]) -> None:
    site.write(path, (site.root / path).read_text().replace(old, new))
    assert lacking(site) == lacks
    assert site.pages()["fr/index.html"].startswith(shown)
    assert len(entries(site)) == 1


def test_clean_build_reads_again(site: TinySite, reading: Mock) -> None:
    assert lacking(site, clean=True) == ["'Search' is not translated"]
    assert reading.call_count == 2


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x90", b"\x82\xa8compiled\x80\xa8problems\x91\x01"])
def test_damaged_entry_is_read_again(site: TinySite, content: bytes) -> None:
    (own,) = entries(site)
    Cache.of(site.root, CATALOGS).keep(own.name, content)
    site.write("content/index.fr.md", "---\ntitle: Autre\n---\n")
    assert lacking(site) == ["'Search' is not translated"]
    assert site.pages()["fr/index.html"] == "Accueil, Search Autre"


def test_catalog_that_changes_while_it_is_read_is_kept_and_shown_as_it_was(
    site: TinySite, reading: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (site.root / CATALOG).read_text()
    site.write(CATALOG, before.replace('"Accueil"', '"Maison"'))

    def read(*given: object) -> object:
        site.write(CATALOG, before.replace('"Accueil"', '"Logis"'))
        return reading(*given)

    monkeypatch.setattr(inputs, "read_messages", read)
    site.report()
    assert site.pages()["fr/index.html"].startswith("Maison")

    site.report()
    assert site.pages()["fr/index.html"].startswith("Logis")
