"""Templates use the language of their page; what content says is never one."""

from __future__ import annotations

import pytest
from conftest import FRENCH, MakeSite


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


def test_content_never_reaches_the_template_engine(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": "---\ntitle: '{{ 7*7 }} <b>'\n---\n{{ 7*7 }} {% raw %}\n"})

    assert site.build()["en/index.html"] == "<h1>{{ 7*7 }} &lt;b&gt;</h1><p>{{ 7*7 }} {% raw %}</p>\n"


@pytest.mark.slow
def test_page_that_a_template_makes_too_long_is_a_problem_of_the_template(make_site: MakeSite) -> None:
    site = make_site({"templates/page.html": "{{ 'a' * 10 ** 8 }}{{ page.title }}"})

    told = site.told(jobs=1)

    assert (
        "templates/page.html: error[too-costly]: it makes 100,000,004 characters of one page, over 100,000,000" in told
    )
