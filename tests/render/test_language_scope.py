"""Shared templates and macros use the language of the page that they are rendered for."""

from __future__ import annotations

import re

from conftest import FRENCH, MakeSite


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


def test_a_link_to_a_file_keeps_what_stands_behind_its_name(make_site: MakeSite) -> None:
    """`#page=2` opens a PDF at its second page; fields and buttons lost it, links in the text did not."""
    links = ["plan.pdf#page=2", "/a/plan.pdf?v=1#page=3", "plan.pdf"]
    buttons = "\n\n".join(f"::button[B]{{to={link}}}" for link in links)
    site = make_site(
        {
            "content/a/index.en.md": f"---\ntitle: A\nlinks: ['{links[0]}', '{links[1]}', {links[2]}]\n---\n{buttons}\n",
            "content/a/plan.pdf": b"%PDF-1.4\n%%EOF\n",
            "templates/page.html": "{% for link in page.facts.links or () %}{{ link.url }} {{ link.file.size }}, {% endfor %}{{ page.content }}",
        },
        kinds="page: {template: page.html, facts: {links: {type: list, of: {type: link}}}}\n",
    )

    page = site.build()["en/a/index.html"]

    assert page.startswith("/en/a/plan.pdf#page=2 15, /en/a/plan.pdf?v=1#page=3 15, /en/a/plan.pdf 15, ")
    assert re.findall(r'href="(.*?)"', page) == ["/en/a/plan.pdf#page=2", "/en/a/plan.pdf?v=1#page=3", "/en/a/plan.pdf"]
