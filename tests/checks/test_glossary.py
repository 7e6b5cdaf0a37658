"""The names of the glossary, and the translations that use others."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from conftest import MakeSite, TinySite
from work import calls

from sitegen.checks.glossary import glossary_terms
from sitegen.model.page import Key
from sitegen.problems.problem import Problem
from sitegen.translation.source_records import whole_library

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
def test_glossary_name_is_found_in_any_grammatical_form(make_site: MakeSite, translation: str) -> None:
    assert warnings(make(make_site, "The Shanghai Charter.", ru=translation)) == []


def test_name_at_the_start_of_a_heading_may_be_capitalized(make_site: MakeSite) -> None:
    terms = "terms:\n  - {{key: joint, term: {}}}\n  - {{key: one, term: {}}}\n---\n"
    site = make(make_site, "## Joint training", ru="## Совместная подготовка")
    site.write(
        "content/glossary/index.en.md",
        "---\nkind: glossary\ntitle: Glossary\n" + terms.format("joint training", "training"),
    )
    site.write(
        "content/glossary/index.ru.md", "---\ntitle: Глоссарий\n" + terms.format("совместная подготовка", "план")
    )

    assert warnings(site) == []

    site.write("content/a/index.ru.md", "---\ntitle: A\n---\n## Документ\n")
    assert [warning.message for warning in warnings(site)] == ["the name 'совместная подготовка' is not used"]


def test_name_translated_against_the_glossary_is_a_warning(make_site: MakeSite) -> None:
    (warning,) = warnings(make(make_site, "The Shanghai Charter.", ru="Важный документ."))

    assert (warning.path, warning.message, warning.hint) == (
        "content/a/index.ru.md",
        "the name 'Шанхайская хартия' is not used",
        "the source has 'Shanghai Charter'",
    )


def test_banned_term_is_reported_at_its_position(make_site: MakeSite) -> None:
    site = make(make_site, "A text.", ru="Первая строка.\n\nЭто Шанхайский устав.", zh="根据上海宪法。")

    found = {(warning.path, warning.line, warning.column, warning.message) for warning in warnings(site)}

    assert found == {
        ("content/a/index.ru.md", 6, 5, "'Шанхайский устав' is not the term to use"),
        ("content/a/index.zh.md", 4, 3, "'上海宪法' is not the term to use"),
    }


def test_chinese_name_is_found_inside_a_sentence(make_site: MakeSite) -> None:
    assert warnings(make(make_site, "The Shanghai Charter.", zh="根据上海宪章第一条。")) == []


def test_short_name_is_not_found_inside_other_words(make_site: MakeSite) -> None:
    """`UN` is found neither in `University` nor in `UNESCO`."""
    assert warnings(make(make_site, "A University, UNESCO and LUNCH.", ru="Вуз.")) == []


def test_name_in_a_link_address_does_not_count(make_site: MakeSite) -> None:
    site = make(make_site, "The [Shanghai Charter](https://a.org).", ru="[Документ](https://a.org/Шанхайская-хартия).")

    assert [warning.message for warning in warnings(site)] == ["the name 'Шанхайская хартия' is not used"]


def test_name_in_a_code_block_does_not_count(make_site: MakeSite) -> None:
    code = "```\n{}\n```"
    site = make(make_site, code.format("The Shanghai Charter"), ru=code.format("Шанхайский устав"))

    assert warnings(site) == []


def long_glossary(site: TinySite, names: list[str]) -> None:
    """A glossary whose names are the same in both languages, except that Russian has one word before each, to be avoided."""
    for language, kind in (("en", "kind: glossary\n"), ("ru", "")):
        rows = "".join(f"  - {{key: k{n}, term: {name}, avoid: [bad {name}]}}\n" for n, name in enumerate(names))
        site.write(f"content/glossary/index.{language}.md", f"---\n{kind}title: G\nterms:\n{rows}---\n")


#: Names of the glossary of a size, and a text of the page in both languages: with all names, or with none.
COMPARED: dict[str, Callable[[int], tuple[list[str], str]]] = {
    "names that begin alike": lambda size: ([f"Center {n}x" for n in range(size)], "Center " * size),
    "all of them": lambda size: ([f"Name{n} one" for n in range(size)], " ".join(f"Name{n} one" for n in range(size))),
    "to be avoided": lambda size: ([f"n{n}" for n in range(size)], "\n".join(f"bad n{n}" for n in range(size))),
    "that share many words": lambda size: ([f"of{' of' * (n % 20)} b{n}" for n in range(size)], "of " * size + "b1"),
    "Chinese": lambda size: ([f"中{chr(0x4E00 + n)}心" for n in range(size)], "中心" * size),
}


@pytest.mark.parametrize("name", COMPARED)
def test_glossary_costs_no_more_than_text_and_names(make_site: MakeSite, name: str) -> None:
    """Calls and places compared, at n, 2n and 4n of both."""
    site = make(make_site, "A text.", ru="Текст.")

    def cost(size: int) -> int:
        names, text = COMPARED[name](size)
        long_glossary(site, names)
        for language in ("en", "ru"):
            site.write(f"content/a/index.{language}.md", f"---\ntitle: A\n---\n{text}\n")
        with whole_library(site.root) as (library, _):
            return calls(lambda: [*glossary_terms(site.root, library, library.pages[Key("/a/")])])

    first, second, third = cost(100), cost(200), cost(400)

    assert (third - second) / (second - first) < 2.3


@pytest.mark.slow
def test_names_of_the_same_few_words_in_every_order_are_too_costly(make_site: MakeSite) -> None:
    names = [" ".join(words) for words in itertools.product(("one", "two"), repeat=9)]
    site = make(make_site, ". ".join(names), ru="one two " * 4_000)
    long_glossary(site, names)

    (found,) = [problem for problem in site.problems() if problem.code == "too-costly"]

    assert (found.path, found.severity) == ("content/a/index.en.md", "error")


def test_glossary_may_mention_the_terms_it_bans(make_site: MakeSite) -> None:
    assert warnings(make(make_site, "Text.")) == []


def test_site_without_a_glossary_has_no_such_warnings(make_site: MakeSite) -> None:
    site = make(make_site, "The Shanghai Charter.", ru="Документ.")
    site.write("content/site.yaml", SITE.replace("glossary: /glossary/\n", ""))

    assert warnings(site) == []


def test_missing_glossary_is_reported(make_site: MakeSite) -> None:
    site = make_site(site=SITE.replace("/glossary/", "/words/"))

    assert site.told().startswith(
        "content/site.yaml:4:11: error[reference]: glossary: the page '/words/' does not exist"
    )
