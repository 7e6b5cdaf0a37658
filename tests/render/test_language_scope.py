"""Shared templates and macros use the language of the page that they are rendered for."""

from __future__ import annotations

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
