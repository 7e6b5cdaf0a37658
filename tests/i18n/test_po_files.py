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
