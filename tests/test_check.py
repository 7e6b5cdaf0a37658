"""Problems between the pages of a whole site: links, and the names of the glossary."""

from __future__ import annotations

import pytest
from conftest import MakeSite, TinySite

from sitegen.errors import Problem

SITE = """\
title: {en: Site}
base_url: https://example.org/
languages: [{tag: en}, {tag: ru}, {tag: zh-Hans, path: zh}]
glossary: /glossary/
checks: {untracked: off}
"""
TERMS = "{type: list, of: {type: group, fields: {key: {type: text}, term: {type: text}, avoid: {type: list, of: {type: text}}}}}"
KINDS = f"page: {{template: page.html}}\nglossary: {{template: page.html, words: {{terms: {TERMS}}}}}\n"
GLOSSARY = {
    "content/glossary/index.en.md": (
        "---\nkind: glossary\ntitle: Glossary\nterms:\n"
        "  - {key: charter, term: Shanghai Charter}\n  - {key: un, term: UN}\n---\n"
    ),
    "content/glossary/index.ru.md": (
        "---\ntitle: Глоссарий\nterms:\n"
        "  - {key: charter, term: Шанхайская хартия, avoid: [Шанхайский устав]}\n  - {key: un, term: ООН}\n---\n"
    ),
    "content/glossary/index.zh.md": (
        "---\ntitle: 词汇\nterms:\n  - {key: charter, term: 上海宪章, avoid: [上海宪法]}\n---\n"
    ),
}


def make(make_site: MakeSite, english: str, **translations: str) -> TinySite:
    files = {f"content/a/index.{path}.md": f"---\ntitle: A\n---\n{text}\n" for path, text in translations.items()}
    return make_site(
        {**GLOSSARY, "content/a/index.en.md": f"---\ntitle: A\n---\n{english}\n", **files}, site=SITE, kinds=KINDS
    )


def warnings(site: TinySite) -> list[Problem]:
    return [problem for problem in site.report().warnings if problem.code == "glossary"]


@pytest.mark.parametrize(
    "translation",
    ["Шанхайская хартия принята.", "Текст Шанхайской хартии.", "О Шанхайской\nхартии", "**Шанхайской** хартией"],
    ids=["as it stands", "genitive", "over two lines", "with emphasis"],
)
def test_name_of_the_glossary_is_found_in_any_grammatical_form(make_site: MakeSite, translation: str) -> None:
    assert warnings(make(make_site, "The Shanghai Charter.", ru=translation)) == []


def test_name_that_a_translation_renders_otherwise_is_a_warning(make_site: MakeSite) -> None:
    (warning,) = warnings(make(make_site, "The Shanghai Charter.", ru="Важный документ."))

    assert (warning.path, warning.message, warning.hint) == (
        "content/a/index.ru.md",
        "the name 'Шанхайская хартия' is not used",
        "the source has 'Shanghai Charter'",
    )


def test_banned_rendering_is_told_at_its_place(make_site: MakeSite) -> None:
    site = make(make_site, "A text.", ru="Первая строка.\n\nЭто Шанхайский устав.", zh="根据上海宪法。")

    found = {(warning.path, warning.line, warning.column, warning.message) for warning in warnings(site)}

    assert found == {
        ("content/a/index.ru.md", 6, 5, "'Шанхайский устав' is not the name to use"),
        ("content/a/index.zh.md", 4, 3, "'上海宪法' is not the name to use"),
    }


def test_chinese_name_is_found_within_a_sentence(make_site: MakeSite) -> None:
    assert warnings(make(make_site, "The Shanghai Charter.", zh="根据上海宪章第一条。")) == []


def test_short_name_is_not_found_within_other_words(make_site: MakeSite) -> None:
    """`UN` is no part of `University`, nor of `UNESCO`."""
    assert warnings(make(make_site, "A University, UNESCO and LUNCH.", ru="Вуз.")) == []


def test_name_in_a_link_s_address_is_no_use_of_it(make_site: MakeSite) -> None:
    site = make(make_site, "The [Shanghai Charter](https://a.org).", ru="[Документ](https://a.org/Шанхайская-хартия).")

    assert [warning.message for warning in warnings(site)] == ["the name 'Шанхайская хартия' is not used"]


def test_glossary_itself_may_name_what_it_bans(make_site: MakeSite) -> None:
    assert warnings(make(make_site, "Text.")) == []


def test_site_without_a_glossary_has_no_such_warnings(make_site: MakeSite) -> None:
    site = make(make_site, "The Shanghai Charter.", ru="Документ.")
    site.write("content/site.yaml", SITE.replace("glossary: /glossary/\n", ""))

    assert warnings(site) == []


def test_glossary_that_does_not_exist_is_told(make_site: MakeSite) -> None:
    site = make_site(site=SITE.replace("/glossary/", "/words/"))

    assert site.told().startswith(
        "content/site.yaml:4:11: error[reference]: glossary: the page '/words/' does not exist"
    )
