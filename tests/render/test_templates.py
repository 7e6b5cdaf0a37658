"""Templates use the language of their page, and mistakes in them are reported with file and line."""

from __future__ import annotations

import pytest
from conftest import KINDS, MakeSite

EVENT = "---\nkind: event\nlevel: 5\nstarts: 2026-03-01T09:30\ntitle: Evening\n---\n"
FRENCH = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'


def test_macro_imported_without_context_uses_the_language_of_its_page(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.fr.md": "---\ntitle: Salut\n---\n",
            "templates/page.html": "{% from 'm.html' import hello %}{{ hello() }}",
            "templates/m.html": "{% macro hello() %}{{ _('Hello') }}{% endmacro %}",
            "translations/fr/LC_MESSAGES/messages.po": FRENCH + 'msgid "Hello"\nmsgstr "Bonjour"\n',
        }
    )

    pages = site.build()

    assert pages["en/index.html"] == "Hello"
    assert pages["fr/index.html"] == "Bonjour"


def test_filter_of_a_constant_uses_the_language_of_its_page(make_site: MakeSite) -> None:
    """Compiled templates are shared between languages, so nothing of a language may be computed while compiling."""
    site = make_site({"templates/page.html": "{{ 'RU'|country }} {{ 1234.5|number }}"})

    pages = site.build()

    assert pages["en/index.html"] == "Russia 1,234.5"
    assert pages["fr/index.html"] == "Russie 1\N{NARROW NO-BREAK SPACE}234,5"


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


def test_plural_follows_the_rule_of_the_language(make_site: MakeSite) -> None:
    forms = 'msgid "%(num)d page"\nmsgid_plural "%(num)d pages"\nmsgstr[0] "%(num)d page-un"\nmsgstr[1] "%(num)d pages-plus"\n'
    site = make_site(
        {
            "templates/page.html": "{{ ngettext('%(num)d page', '%(num)d pages', 0) }}",
            "translations/fr/LC_MESSAGES/messages.po": FRENCH + forms,
        }
    )

    pages = site.build()

    assert pages["en/index.html"] == "0 pages"
    assert pages["fr/index.html"] == "0 page-un"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        (
            "ok\n{{ page.titel }}",
            "templates/page.html:2:1: error[template-undefined]: a page has no 'titel'\n"
            "  2 | {{ page.titel }}\n    | ^\n  hint: did you mean 'title'?",
        ),
        (
            "{{ page.facts.nothing }}",
            "templates/page.html:1:1: error[template-undefined]: the page's kind has no 'nothing'\n"
            "  1 | {{ page.facts.nothing }}\n    | ^",
        ),
        (
            "{% if page.title\n<p>\n{{ page.title }}{% endif %}",
            "templates/page.html:1:1: error[template-syntax]: a tag is opened here but not closed\n"
            "  1 | {% if page.title\n    | ^^\n  hint: end it with %}",
        ),
        (
            "{{ site.page('/plan/').title }}",
            "templates/page.html:1:1: error[template-error]: there is no page '/plan/'\n"
            "  1 | {{ site.page('/plan/').title }}\n    | ^",
        ),
        (
            "{% if %}",
            "templates/page.html:1:1: error[template-syntax]: expected an expression, got 'end of statement block'\n"
            "  1 | {% if %}\n    | ^",
        ),
        (
            "\n{% include 'gone.html' %}",
            "templates/page.html:2:1: error[missing-template]: there is no template 'gone.html'\n"
            "  2 | {% include 'gone.html' %}\n    | ^",
        ),
        (
            "{{ asset('gone.css') }}",
            "templates/page.html:1:1: error[template-error]: there is no static/assets/gone.css\n"
            "  1 | {{ asset('gone.css') }}\n    | ^",
        ),
    ],
    ids=["page attribute", "field", "open tag", "page", "syntax", "include", "asset"],
)
def test_mistake_is_reported_once_with_file_and_line(make_site: MakeSite, template: str, told: str) -> None:
    site = make_site({"templates/page.html": template})

    assert site.told() == told


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


def test_content_never_reaches_the_template_engine(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": "---\ntitle: '{{ 7*7 }} <b>'\n---\n{{ 7*7 }} {% raw %}\n"})

    assert site.build()["en/index.html"] == "<h1>{{ 7*7 }} &lt;b&gt;</h1><p>{{ 7*7 }} {% raw %}</p>\n"


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


def test_misspelt_fact_is_reported_with_the_one_meant_of_any_kind(make_site: MakeSite) -> None:
    kinds = KINDS + "project: {extends: page, facts: {status: {type: choice, of: [open, done]}}}\n"
    site = make_site({"templates/page.html": "{{ page.facts.statu }}"}, kinds=kinds)

    told = site.told()
    assert "the page's kind has no 'statu'" in told
    assert "did you mean 'status'?" in told
