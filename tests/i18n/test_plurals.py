"""Plural headers are CLDR's own rules, for every language that CLDR has."""

from __future__ import annotations

import gettext

import babel
import pytest
from babel.localedata import locale_identifiers
from conftest import MakeSite
from plural_rules import OF_EACH_RULE

from sitegen.i18n.plurals import plural_forms, same_numbers
from sitegen.translation.message_files import extract, update

ORDER = ("zero", "one", "two", "few", "many", "other")


@pytest.mark.parametrize(
    "names",
    [OF_EACH_RULE, pytest.param(locale_identifiers(), marks=pytest.mark.soak)],
    ids=["each rule", "each locale"],
)
def test_plural_header_of_every_cldr_language_agrees_with_its_rule(names: list[str]) -> None:
    """Portugal's Portuguese is the only language whose rule depends on the territory."""
    wrong, right = [], set()
    for name in names:
        rule = babel.Locale.parse(name).plural_form
        number, expression = plural_forms(name.replace("_", "-"))
        if (repr(rule), number, expression) in right:  # most of a thousand locales share their rule with others
            continue
        form, categories = gettext.c2py(expression), [rule(n) for n in range(300)]
        used = [category for category in ORDER if category in categories]
        if number == len(used) and [used[form(n)] for n in range(300)] == categories:
            right.add((repr(rule), number, expression))
        else:
            wrong.append(name)

    assert wrong == []
    assert len(right) == len(OF_EACH_RULE)


@pytest.mark.parametrize(
    ("tag", "number", "forms"),
    [
        ("hy", 2, {0: 0, 1: 0, 2: 1}),
        ("tr", 2, {0: 1, 1: 0, 2: 1}),
        ("mk", 2, {1: 0, 11: 1, 21: 0, 22: 1}),
        ("cy", 6, {0: 0, 1: 1, 2: 2, 3: 3, 4: 5, 6: 4}),
        ("dsb", 4, {1: 0, 2: 1, 3: 2, 4: 2, 5: 3, 101: 0}),
        ("pt", 2, {0: 0, 1: 0, 2: 1}),
        ("ar", 6, {0: 0, 1: 1, 2: 2, 3: 3, 11: 4, 99: 4, 100: 5}),
        ("my", 1, {0: 0, 5: 0}),
    ],
)
def test_numbers_have_the_forms_of_their_language(tag: str, number: int, forms: dict[int, int]) -> None:
    form = gettext.c2py(plural_forms(tag)[1])

    assert plural_forms(tag)[0] == number
    assert {n: form(n) for n in forms} == forms


@pytest.mark.parametrize(
    ("tag", "number", "expression", "is_same"),
    [
        ("ar", 6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=0 && n%100<=2 ? 4 : 5", True),
        ("pt", 2, "(n != 1)", False),
        ("ru", 1, "0", False),
    ],
    ids=["another order", "other numbers", "fewer forms"],
)
def test_forms_in_another_order_are_the_same(tag: str, number: int, expression: str, is_same: bool) -> None:
    assert same_numbers(tag, number, expression) is is_same


def test_catalog_with_another_plural_rule_gets_the_header_of_its_language(make_site: MakeSite) -> None:
    site = make_site(
        {
            "templates/page.html": "{% trans n=2 %}{{ n }} page{% pluralize %}{{ n }} pages{% endtrans %}",
            "translations/pt/LC_MESSAGES/messages.po": 'msgid ""\nmsgstr ""\n'
            '"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n',
        },
        site="title: {en: Site, pt: Site}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: pt}]\n",
    )

    extract(site.root)
    list(update(site.root, ("pt",)))

    text = (site.root / "translations/pt/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    assert "nplurals=2; plural=(n > 1);" in text


@pytest.mark.parametrize("charset", ["us-ascii", "CHARSET"])
def test_a_catalog_is_read_and_written_in_utf_8_if_its_header_says_no_other_encoding(
    make_site: MakeSite, charset: str
) -> None:
    path = "translations/fr/LC_MESSAGES/messages.po"
    site = make_site(
        {
            "templates/page.html": "{% trans %}Hello{% endtrans %}",
            path: f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={charset}\\n"\n\n'
            'msgid "Hello"\nmsgstr "Привет – œ"\n',
        }
    )

    assert site.build()["fr/index.html"] == "Привет – œ"
    extract(site.root)
    list(update(site.root, ("fr",)))

    text = (site.root / path).read_text(encoding="utf-8")
    assert 'msgstr "Привет – œ"' in text
    assert "charset=utf-8" in text
