"""Plural headers are CLDR's own rules, for every language that CLDR has."""

from __future__ import annotations

import gettext

import babel
import pytest
from babel.localedata import locale_identifiers
from conftest import MakeSite

from sitegen.i18n.plurals import fault_of_rule, merged_numbers, plural_forms, same_numbers
from sitegen.translation.message_files import extract, update

ORDER = ("zero", "one", "two", "few", "many", "other")


def test_plural_header_of_every_cldr_language_agrees_with_its_rule() -> None:
    wrong, right = [], set()
    for name in locale_identifiers():
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


SLAVIC = "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"


@pytest.mark.parametrize(
    ("tag", "number", "expression", "merged"),
    [
        ("ru", 2, "(n != 1)", (2, 5)),
        ("ru", 1, "0", (1, 2)),
        ("be", 2, "n>1", (2, 5)),
        ("is", 2, "n%10==1 ? 0 : 1", (1, 11)),
        ("de", 2, "n>2", (1, 2)),
        ("ar", 3, "n==1 ? 0 : n==2 ? 1 : 2", (3, 11)),
        ("cs", 2, "(n != 1)", (2, 5)),
    ],
)
def test_rule_that_merges_numbers_of_a_language_is_found(
    tag: str, number: int, expression: str, merged: tuple[int, int]
) -> None:
    assert merged_numbers(tag, number, expression) == merged


#: Headers of gettext, Weblate, Transifex and Crowdin.
USUAL = {
    (2, "(n != 1)"): "en kk ky tg uz uz-Cyrl hi ur fa tr he mk de pt fr",
    (2, "(n > 1)"): "kk tg uz hi ur fa tr fr",
    (1, "0"): "zh zh-Hans kk ky tg uz uz-Cyrl fa tr ja",
    (3, SLAVIC): "ru be uk",
    (4, SLAVIC.replace(": 2", ": n%10==0 || n%10>=5 || n%100>=11 ? 2 : 3")): "ru be uk",
    (3, "n==1 ? 0 : n%10==1 && n%100!=11 ? 1 : 2"): "mk",
    (3, "n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2"): "lv",
    (3, "n==1 ? 0 : n!=0 && n%1000000==0 ? 1 : 2"): "es fr it pt",
    (3, "(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2"): "cs sk",
    (5, "n==1 ? 0 : n==2 ? 1 : n<7 ? 2 : n<11 ? 3 : 4"): "ga",
}


@pytest.mark.parametrize(
    ("tag", "rule"), [(tag, rule) for rule, tags in USUAL.items() for tag in tags.split()], ids=str
)
def test_usual_rule_of_a_language_is_accepted(tag: str, rule: tuple[int, str]) -> None:
    assert fault_of_rule(*rule) == ""
    assert merged_numbers(tag, *rule) is None


def test_own_rule_of_every_cldr_language_is_accepted() -> None:
    tags = [name.replace("_", "-") for name in locale_identifiers() if "_" not in name]

    assert [tag for tag in tags if fault_of_rule(*plural_forms(tag)) or merged_numbers(tag, *plural_forms(tag))] == []


def test_merged_numbers_are_a_warning_at_the_catalog(make_site: MakeSite) -> None:
    path = "translations/ru/LC_MESSAGES/messages.po"
    header = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    forms = 'msgid "%(n)s page"\nmsgid_plural "%(n)s pages"\nmsgstr[0] "%(n)s страница"\nmsgstr[1] "%(n)s страницы"\n'
    site = make_site(
        {path: header + forms},
        site="title: {en: Site, ru: Сайт}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: ru}]\n",
    )

    found = [own for own in site.report().warnings if own.code == "plural-rule"]

    assert [(own.path, own.line, own.severity, own.message) for own in found] == [
        (path, 2, "warning", "the header's Plural-Forms gives 2 and 5 the same form, and 'ru' has two")
    ]
    assert "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : " in found[0].hint


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


@pytest.mark.parametrize("charset", ["iso-8859-1", "CHARSET", "rot13"])
def test_a_catalog_is_read_and_written_in_utf_8_whatever_its_header_says(make_site: MakeSite, charset: str) -> None:
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
