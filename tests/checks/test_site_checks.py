"""Problems between the pages of a whole site: links, and the names of the glossary."""

from __future__ import annotations

import cProfile
import itertools
import pstats
from collections.abc import Callable

import pytest
from conftest import MakeSite, TinySite

from sitegen.build.options import Options
from sitegen.build.pipeline import check
from sitegen.checks.glossary import glossary_terms
from sitegen.model.page import Key
from sitegen.problems.problem import Problem, SiteError
from sitegen.translation.review import accept
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
            profile = cProfile.Profile()
            profile.runcall(lambda: [*glossary_terms(site.root, library, library.pages[Key("/a/")])])
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    first, second, third = cost(100), cost(200), cost(400)

    assert (third - second) / (second - first) < 2.3


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


# translations beside their sources

ENGLISH = "Start.\n\n## Study\n\n- One of 86, see [home](/)\n- [Two](/a/)\n\n## Apply\n\nApply until 2026-03-14, please do so early.\n"
RUSSIAN = "Начало.\n\n## Учёба\n\n- Один из 86, см. [главную](/)\n- [Два](/a/)\n\n## Заявка\n\nПодайте до 14.03.2026, и поскорее.\n"


def told(make_site: MakeSite, russian: str, english: str = ENGLISH) -> list[str]:
    site = make(make_site, english, ru=russian)
    warnings = [w for w in site.report().warnings if w.code in ("structure", "untranslated")]
    return [f"{w.line} {w.message} ({w.hint})" for w in warnings]


def test_translation_with_the_structure_of_its_source_is_not_reported(make_site: MakeSite) -> None:
    assert (
        told(
            make_site,
            RUSSIAN.replace("14.03.2026", "14 марта 2026 года"),
            ENGLISH.replace("2026-03-14", "14 March 2026"),
        )
        == []
    )


def test_field_that_only_the_source_has_is_reported(make_site: MakeSite) -> None:
    site = make(make_site, ENGLISH, ru=RUSSIAN)
    path = site.root / "content/a/index.en.md"
    path.write_text(path.read_text().replace("title:", "summary: In short.\ntitle:", 1))

    (problem,) = (w for w in site.report().warnings if "summary" in w.message)

    assert (problem.path, problem.code) == ("content/a/index.ru.md", "structure")
    assert problem.message == "the field 'summary' of the source is missing here"


@pytest.mark.parametrize(
    ("english", "russian", "expected"),
    [
        ("What students need", "", "3:7 structure: the field 'title' of the source is empty here (fill it in)"),
        ("What students need", '""', "3:8 structure: the field 'title' of the source is empty here (fill it in)"),
        ("What students need", "What students need", "3:8 untranslated: the field 'title' has the source's text (see line 2 of the source)"),
        ("What students need", "Что нужно студентам", ""),
        ("Lomonosov Moscow State University", "Lomonosov Moscow State University", ""),
        ("Journal of the Russian Academy of Sciences", "Journal of the Russian Academy of Sciences", ""),
        ("FAQ", "FAQ", ""),
    ],
    ids=["nothing", "empty", "same text", "translated", "name", "longer name", "acronym"],
)  # fmt: skip
def test_empty_or_untranslated_field_is_reported_at_its_line(
    make_site: MakeSite, english: str, russian: str, expected: str
) -> None:
    site = make_site(
        {
            "content/a/index.en.md": f"---\ntitle: {english}\n---\n",
            "content/a/index.ru.md": f"---\nreview: human\ntitle: {russian}\n---\n",
        },
        site=SITE.replace("glossary: /glossary/\n", ""),
    )

    told = [f"{w.line}:{w.column} {w.code}: {w.message} ({w.hint})" for w in site.report().warnings]

    assert told == [expected] * bool(expected)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("- [Два](/a/)\n", "", ["8 1 list items in this section, 2 in the source's (see line 8 of the source)",
                               "8 the link to '/a/' is missing in this section (see line 9 of the source)"]),
        ("86", "68", ["8 the number 68 is 86 in the source (see line 8 of the source)"]),
        ("](/)", "](/glossary/)", ["8 the link to '/glossary/' is '/' in the source (see line 8 of the source)"]),
        ("## Заявка\n\n", "", ["11 the headings differ from those of the source: 1 here, 2 there (they differ from line 11 of the source on)"]),
        ("## Заявка", "### Заявка", ["11 the headings differ from those of the source: 2 here, 2 there (they differ from line 11 of the source on)"]),
        ("Подайте до 14 марта 2026 года, и поскорее.", "Apply until 14 March 2026, please do so early.",
         ["13 'Apply until 14 March 2026, please do so …' is the source's text (see line 13 of the source)"]),
    ],
    ids=["list item", "number", "link", "heading", "level", "untranslated"],
)  # fmt: skip
def test_translation_with_another_structure_is_reported_with_both_lines(
    make_site: MakeSite, old: str, new: str, expected: list[str]
) -> None:
    russian = RUSSIAN.replace("14.03.2026", "14 марта 2026 года")
    assert old in russian

    assert told(make_site, russian.replace(old, new), ENGLISH.replace("2026-03-14", "14 March 2026")) == expected


SECTIONS = "## A\n\nText.\n\n## B\n\nText.\n\n- Of 86\n\n## C\n\nText of 2027.\n\n## D\n\nText.\n"


@pytest.mark.parametrize(
    ("gone", "here", "there"),
    [
        ("## B\n\nText.\n\n- Of 86\n\n", 8, 8),
        ("## B\n\n", 8, 8),
        ("## C\n\nText of 2027.\n\n", 14, 14),
        ("## D\n\n", 18, 18),
        ("## D\n\nText.\n", 16, 18),
    ],
    ids=["section", "heading", "another section", "last heading", "last section"],
)
def test_missing_heading_is_reported_where_it_was(make_site: MakeSite, gone: str, here: int, there: int) -> None:
    russian = SECTIONS.replace(gone, "", 1).replace("Text", "Текст").replace("Of", "Из").replace("of", "из")

    assert told(make_site, russian, SECTIONS) == [
        f"{here} the headings differ from those of the source: 3 here, 4 there (they differ from line {there} of the source on)"
    ]


def test_first_level_heading_is_reported_as_such(make_site: MakeSite) -> None:
    site = make(make_site, SECTIONS, ru=SECTIONS.replace("## B", "# B"))

    assert [problem.code for problem in site.problems()][:1] == ["heading"]


def test_section_removed_since_acceptance_is_reported_where_it_was(make_site: MakeSite) -> None:
    english = "".join(f"## {name}\n\nText {name}.\n\n" for name in "ABCDE")
    russian = "".join(f"## {name}\n\nТекст {name}.\n\n" for name in "АБВГД")
    site = make(make_site, english, ru=russian)
    list(accept(site.root, "/a/", "ru"))
    path = site.root / "content/a/index.ru.md"
    text = path.read_text()

    path.write_text(text.replace("## Б\n\nТекст Б.\n\n", ""))

    (problem,) = (w for w in site.report().warnings if w.code == "structure")
    assert problem.line == text[: text.index("## Б")].count("\n") + 1
    assert problem.hint == "they differ from line 8 of the source on"


def test_numbers_in_other_digits_are_the_same_numbers(make_site: MakeSite) -> None:
    assert told(make_site, "Из ८६ и ۲۰۲۵", "Of 86 and 2025") == []


def test_stale_translation_is_reported_only_as_stale(make_site: MakeSite) -> None:
    site = make(make_site, ENGLISH, ru=RUSSIAN.replace("14.03.2026", "14 марта 2026 года"))
    list(accept(site.root, "/a/", "ru"))
    site.write("content/a/index.en.md", "---\ntitle: A\n---\nAnother text of 99 words.\n")

    assert [w.code for w in site.report().warnings if w.path.endswith("a/index.ru.md")] == []


# weight


BUDGETS = SITE.replace("glossary: /glossary/\n", "") + "budgets: {html: 1, css: 0.5}\n"


def test_file_over_its_budget_is_reported_at_the_budget(make_site: MakeSite) -> None:
    words = " ".join(f"word{number}" for number in range(2000))
    site = make_site(
        {"content/a/index.en.md": f"---\ntitle: A\n---\n{words}\n", "static/assets/site.css": "p {}"}, site=BUDGETS
    )
    with pytest.raises(SiteError) as caught:
        check(Options(root=site.root, output=site.public))

    assert [(problem.code, problem.path, problem.line) for problem in caught.value.problems] == [
        ("budget", "content/site.yaml", BUDGETS.count("\n"))
    ] * len(caught.value.problems)
    assert "'en/a/index.html' is " in caught.value.problems[0].message
    assert "over its budget of 1 KB" in caught.value.problems[0].message


def test_text_is_weighed_compressed(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n" + "word " * 4000}, site=BUDGETS)

    assert check(Options(root=site.root, output=site.public)) == ()


def test_heavy_static_file_is_reported_and_may_be_a_warning(make_site: MakeSite) -> None:
    style = "".join(f".c{number} {{order: {number}}}\n" for number in range(500))
    site = make_site({"static/assets/site.css": style}, site=BUDGETS.replace("off}", "off, budget: warning}"))
    found = check(Options(root=site.root, output=site.public))

    assert [(problem.code, problem.severity) for problem in found] == [("budget", "warning")]
    assert "assets/site." in found[0].message


@pytest.mark.parametrize("budgets", ["5", "{html: 0}", "{html: much}"])
def test_budget_that_is_not_a_number_is_a_problem(make_site: MakeSite, budgets: str) -> None:
    site = make_site(site=SITE + f"budgets: {budgets}\n")

    assert {problem.line for problem in site.problems()} == {SITE.count("\n") + 1}


@pytest.mark.parametrize(
    ("source", "own", "told"),
    [
        ("Text.\n", "", True),
        ("Text.\n\n## Part\n\nMore.\n", "\n", True),
        ("[^1]\n\n[^1]: A note.\n", "", True),
        ("", "", False),
        ("Text.\n", "Texte.\n", False),
    ],
)
def test_translation_without_any_text_is_reported_once(make_site: MakeSite, source: str, own: str, told: bool) -> None:
    site = make_site(
        {
            "content/a/index.en.md": f"---\ntitle: Work\n---\n{source}",
            "content/a/index.fr.md": f"---\ntitle: Travail\n---\n{own}",
        }
    )

    found = [problem.message for problem in site.report().warnings if problem.code == "structure"]

    assert found == ["the text of the source is missing here"] * told
