"""Filters format values for the reader, and reject what they can't format."""

from __future__ import annotations

import pytest
from conftest import FRENCH, KINDS, MakeSite

EVENT = "---\nkind: event\nlevel: 5\nstarts: 2026-03-01T09:30\ntitle: Evening\n---\n"


def test_heading_keeps_names_of_the_glossary_on_one_line_and_follows_them(make_site: MakeSite) -> None:
    glossary = "---\nkind: glossary\ntitle: 术语\nterms:\n  - {key: one, term: %s}\n---\n"
    site = make_site(
        {
            "content/index.zh.md": "---\ntitle: 大学人才培养合作\n---\n",
            "content/names/index.zh.md": glossary % "人才培养",
            "templates/page.html": "{{ page.title|heading }}",
        },
        site="title: {zh: 站, en: Site}\nbase_url: https://s.example/\nsource_language: zh\nlanguages: [{tag: zh}, {tag: en}]\nglossary: /names/\n",
        kinds=KINDS
        + "glossary:\n  template: page.html\n  words:\n    terms: {type: list, of: {type: group, fields: {key: {type: id}, term: {type: text}}}}\n",
    )

    assert site.build()["zh/index.html"] == "大学<wbr>人才培养<wbr>合作"
    site.write("content/index.zh.md", "---\ntitle: 大学\n---\n\n## 人才培养&计划合作 `大学`\n")
    site.write("templates/page.html", "{% for section in page.sections %}{{ section.heading|heading }}{% endfor %}")
    assert '">人才培养&amp;计划<wbr>合作 <code>大学</code></h2>' in site.build()["zh/index.html"]
    site.write("content/index.zh.md", "---\ntitle: 大学人才培养合作\n---\n")
    site.write("templates/page.html", "{{ page.title|heading }}")
    site.write("content/names/index.zh.md", glossary % "培养")
    assert site.build()["zh/index.html"] == "大学<wbr>人才<wbr>培养<wbr>合作"


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        (
            "page.facts.starts|date",
            "the filter 'date' can't show 2026-03-01 09:30, a date with a time; `.date()` is its date",
        ),
        ("page.facts.starts.date()|date_range(1)", "the filter 'date_range' can't show 2026-03-01"),
        ("page.title|date", "the filter 'date' can't show the text 'Evening'"),
        ("page.title|number", "the filter 'number' can't show the text 'Evening'"),
        ("site.languages|percent", "the filter 'percent' can't show a tuple"),
        ("1 // 0", "ZeroDivisionError: integer division or modulo by zero"),
    ],
)
def test_value_that_a_filter_rejects_is_reported_once_with_page_and_language(
    make_site: MakeSite, expression: str, told: str
) -> None:
    site = make_site(
        {
            **{f"content/{name}/index.en.md": EVENT for name in ("a", "b")},
            "templates/event.html": f"<p>\n{{{{ {expression} }}}}",
        },
        kinds=KINDS
        + "event:\n  template: event.html\n  facts:\n    starts: {type: datetime}\n    level: {type: number}\n",
    )

    (problem,) = site.problems()

    assert (problem.place, problem.code, problem.message) == ("templates/event.html:2:1", "template-error", told)
    assert problem.hint == "in the page /a/ in 'en'"


def test_date_of_a_datetime_is_formatted_by_the_date_filter(make_site: MakeSite) -> None:
    site = make_site(
        {"content/a/index.en.md": EVENT, "templates/event.html": "{{ page.facts.starts.date()|date }}"},
        kinds=KINDS
        + "event:\n  template: event.html\n  facts:\n    starts: {type: datetime}\n    level: {type: number}\n",
    )

    assert site.build()["fr/a/index.html"] == "1 mars 2026"


def test_choice_is_shown_by_its_translated_label(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": "---\nstate: open\ntitle: Home\n---\n",
            "templates/page.html": "{{ page.facts.state }} {{ page.facts.state.value }}",
            "translations/fr/LC_MESSAGES/messages.po": FRENCH + 'msgctxt "choice"\nmsgid "Open"\nmsgstr "Ouvert"\n',
        },
        kinds="page:\n  template: page.html\n  facts:\n    state: {type: choice, of: [open, closed]}\n",
    )

    assert site.build()["fr/index.html"] == "Ouvert open"


def test_words_filter_marks_the_language_of_a_text_that_fell_back(make_site: MakeSite) -> None:
    site = make_site()

    assert site.build()["fr/index.html"] == '<h1><span lang="en" dir="ltr">Home</span></h1>'
