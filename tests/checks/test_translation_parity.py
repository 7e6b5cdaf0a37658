"""Differences between a translation and its source."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import MakeSite, TinySite

from sitegen.build.options import Options
from sitegen.build.pipeline import problems_of
from sitegen.checks import translation_parity
from sitegen.i18n.numbers_in_text import Number, find_numbers
from sitegen.translation.review import accept

SITE = """\
title: {en: Site}
base_url: https://example.org/
languages: [{tag: en}, {tag: ru}, {tag: zh-Hans, path: zh}]
checks: {untracked: off}
"""
ENGLISH = "Start.\n\n## Study\n\n- One of 86, see [home](/)\n- [Two](/a/)\n\n## Apply\n\nApply until 2026-03-14, please do so early.\n"
RUSSIAN = "Начало.\n\n## Учёба\n\n- Один из 86, см. [главную](/)\n- [Два](/a/)\n\n## Заявка\n\nПодайте до 14.03.2026, и поскорее.\n"


def make(make_site: MakeSite, english: str, russian: str) -> TinySite:
    texts = {"en": english, "ru": russian}
    files = {f"content/a/index.{path}.md": f"---\ntitle: A\n---\n{text}\n" for path, text in texts.items()}
    return make_site({"content/b/index.en.md": "---\ntitle: B\n---\n", **files}, site=SITE)


def told(make_site: MakeSite, russian: str, english: str = ENGLISH) -> list[str]:
    site = make(make_site, english, russian)
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
    site = make(make_site, ENGLISH, RUSSIAN)
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
        site=SITE,
    )

    told = [f"{w.line}:{w.column} {w.code}: {w.message} ({w.hint})" for w in site.report().warnings]

    assert told == [expected] * bool(expected)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("- [Два](/a/)\n", "", ["8 1 list items in this section, 2 in the source's (see line 8 of the source)",
                               "8 the link to '/a/' is missing in this section (see line 9 of the source)"]),
        ("86", "68", ["8 the number 68 is 86 in the source (see line 8 of the source)"]),
        ("](/)", "](/b/)", ["8 the link to '/b/' is '/' in the source (see line 8 of the source)"]),
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
    site = make(make_site, SECTIONS, SECTIONS.replace("## B", "# B"))

    assert [problem.code for problem in site.problems()][:1] == ["heading"]


def test_section_removed_since_acceptance_is_reported_where_it_was(make_site: MakeSite) -> None:
    english = "".join(f"## {name}\n\nText {name}.\n\n" for name in "ABCDE")
    russian = "".join(f"## {name}\n\nТекст {name}.\n\n" for name in "АБВГД")
    site = make(make_site, english, russian)
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
    site = make(make_site, ENGLISH, RUSSIAN.replace("14.03.2026", "14 марта 2026 года"))
    list(accept(site.root, "/a/", "ru"))
    site.write("content/a/index.en.md", "---\ntitle: A\n---\nAnother text of 99 words.\n")

    assert [w.code for w in site.report().warnings if w.path.endswith("a/index.ru.md")] == []


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


@pytest.mark.parametrize(
    ("source", "own"),
    [("Text.\n", "# Prices\n-\n-\n"), ("# Prices\n-\n-\n", "Text.\n"), ("## Prices\n---\n", "## Prix\n---\n---\n")],
)
def test_headings_of_python_markdown_on_lines_of_dashes_are_compared(
    make_site: MakeSite, source: str, own: str
) -> None:
    """Two of them were taken to stand on one line, which ended the build."""
    pages = {
        "content/a/index.en.md": f"---\ntitle: A\n---\n{source}",
        "content/a/index.ru.md": f"---\ntitle: B\n---\n{own}",
    }
    site = make_site(pages, site=SITE + "markdown: {engine: python-markdown}\n")

    found = problems_of(Options(root=site.root, output=site.public))

    assert {problem.code for problem in found} <= {"heading", "structure", "untracked"}


def test_a_mark_without_a_name_is_told_where_it_stands_in_a_translated_page(make_site: MakeSite) -> None:
    pages = {
        "content/a/index.en.md": "---\ntitle: A\n---\nAt\n:::5 minutes\n",
        "content/a/index.ru.md": "---\ntitle: B\n---\nВ\n",
    }

    told = {(problem.path, problem.code) for problem in make_site(pages, site=SITE).problems()}

    assert ("content/a/index.en.md", "block") in told


def test_lines_without_a_number_are_not_searched_for_it(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A translation of 480 pages that lacked numbers of its source took three times as long as one that had them."""
    searched = 0

    def counted(text: str) -> Iterator[Number]:
        nonlocal searched
        searched += 1
        return find_numbers(text)

    monkeypatch.setattr(translation_parity, "find_numbers", counted)
    lines = "".join(f"Room {number}.\n\n" for number in range(1_000, 1_060))
    others = "".join(f"Зал {number}.\n\n" for number in range(2_000, 2_060))

    assert len(told(make_site, others, lines)) > 20
    assert searched < 100
