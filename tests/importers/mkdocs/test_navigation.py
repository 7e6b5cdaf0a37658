"""The navigation of an MkDocs site becomes a menu and short titles, and the rest is reported."""

from __future__ import annotations

from pathlib import Path

from conftest import TinySite

from sitegen.importers.importer import import_site


def test_names_in_the_navigation_are_kept_or_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write(
        "mkdocs.yml",
        "site_name: Guide\nnav:\n- Start: index.md\n- Use it:\n  - a.md\n  - Deep:\n    - Bee: b.md\n- More:\n  - a.md\n"
        "plugins:\n- search\n- i18n:\n    languages:\n    - {locale: en, default: true}\n"
        "    - {locale: fr, nav_translations: {Use it: Usage, Start: Début}, copyright: Nous}\n",
    )
    for path, text in {"index.md": "# Home", "index.fr.md": "# Accueil", "a.md": "# A", "b.md": "# B"}.items():
        old.write(f"docs/{path}", f"{text}\n\nText\n")

    problems = import_site(old.root, tmp_path / "new").problems

    new = TinySite(tmp_path / "new")
    settings = (new.root / "content/site.yaml").read_text()
    assert 'main: [/, {page: /a/, label: {en: "Use it", fr: Usage}}]\n' in settings
    assert "title:\n  en: Guide\n  fr: Guide\n" in settings
    assert "title: Home\nshort_title: Start\n" in (new.root / "content/index.en.md").read_text()
    assert "title: Accueil\nshort_title: Début\n" in (new.root / "content/index.fr.md").read_text()
    assert "title: B\nshort_title: Bee\n" in (new.root / "content/b/index.en.md").read_text()
    assert ">Usage<" in new.build()["fr/index.html"]
    assert [(problem.line, problem.message) for problem in problems] == [
        (6, "nav: the name 'Deep' is left out"),
        (8, "nav: the name 'More' is left out"),
        (12, "the setting 'copyright' of the language 'fr' is not imported"),
    ]


def test_what_the_navigation_has_besides_pages_is_reported_at_its_line(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    nav = "nav:\n  - Home: index.md\n  - Run: javascript:x\n  - More:\n    - Out: https://e.net/\n    - gone.md\n"
    old.write("mkdocs.yml", f"site_name: X\n{nav}")
    old.write("docs/index.md", "# T\n")

    problems = import_site(old.root, tmp_path / "new").problems

    assert [(problem.line, problem.message) for problem in problems] == [
        (4, "nav: 'javascript:x' is left out: a link may not begin with 'javascript:'"),
        (5, "nav: the name 'More' is left out"),
        (6, "nav: 'https://e.net/' is left out"),
        (7, "nav: 'gone.md' is left out: there is no such page"),
    ]
