"""Catalogs are read from one place for each language."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

CATALOG = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Hello"\nmsgstr "Bonjour"\n'
FR = "translations/fr/LC_MESSAGES/messages.po"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("translations/fr.po", "a catalog is translations/fr/LC_MESSAGES/messages.po, with the tag of its language"),
        (
            "translations/fr/messages.PO",
            "a catalog is translations/fr/LC_MESSAGES/messages.po, with the tag of its language",
        ),
        (
            "translations/fr/LC_MESSAGES/site.po",
            "a catalog is translations/fr/LC_MESSAGES/messages.po, with the tag of its language",
        ),
        ("translations/FR/LC_MESSAGES/messages.po", f"rename it to {FR}"),
        ("translations/zh-hans/lc_messages/messages.po", "rename it to translations/zh_Hans/LC_MESSAGES/messages.po"),
    ],
)
def test_catalog_that_nothing_reads_is_a_warning(make_site: MakeSite, path: str, hint: str) -> None:
    site = make_site({path: CATALOG}, site=SITE.replace("- {tag: fr}", "- {tag: fr}\n  - {tag: zh-Hans}"))

    found = [
        (problem.path, problem.hint, problem.severity)
        for problem in site.report().warnings
        if "not read" in problem.message
    ]

    assert found == [(path, hint, "warning")]


def test_other_files_of_translations_are_no_problem(make_site: MakeSite) -> None:
    texts = {FR: CATALOG, "translations/tt/LC_MESSAGES/messages.po": CATALOG, "translations/messages.pot": CATALOG}
    site = make_site({**texts, "translations/README.md": "Ours", "translations/memory.csv": "a,b\n"})

    assert [problem for problem in site.report().warnings if problem.code == "misplaced-catalog"] == []


@pytest.mark.parametrize("escape", ["\\303", "\\x41", "\\a"])
def test_character_written_as_a_number_is_told_with_the_command_that_writes_it_as_it_is(
    make_site: MakeSite, escape: str
) -> None:
    site = make_site({FR: CATALOG.replace("Bonjour", f"Bonjour {escape}")})

    (told,) = [problem for problem in site.problems() if problem.code == "catalog-syntax"]

    assert (told.path, told.line) == (FR, 6)
    assert told.hint == f"write characters as they are, not {escape}; `msgcat --no-escape` does so"
