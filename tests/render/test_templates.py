"""Templates use the language of their page, and mistakes in them are reported with file and line."""

from __future__ import annotations

import pytest
from conftest import FRENCH, KINDS, MakeSite


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


def test_content_never_reaches_the_template_engine(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": "---\ntitle: '{{ 7*7 }} <b>'\n---\n{{ 7*7 }} {% raw %}\n"})

    assert site.build()["en/index.html"] == "<h1>{{ 7*7 }} &lt;b&gt;</h1><p>{{ 7*7 }} {% raw %}</p>\n"


def test_misspelt_fact_is_reported_with_the_one_meant_of_any_kind(make_site: MakeSite) -> None:
    kinds = KINDS + "project: {extends: page, facts: {status: {type: choice, of: [open, done]}}}\n"
    site = make_site({"templates/page.html": "{{ page.facts.statu }}"}, kinds=kinds)

    told = site.told()
    assert "the page's kind has no 'statu'" in told
    assert "did you mean 'status'?" in told
