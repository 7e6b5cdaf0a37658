"""The plural rule of a catalog's header: each usual one of a language is accepted, and one that merges numbers is not."""

from __future__ import annotations

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from conftest import MakeSite
from plural_rules import OF_EACH_RULE

from sitegen.i18n.catalog_checks import fault_of_rule, merged_numbers
from sitegen.i18n.plurals import plural_forms

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


@pytest.mark.parametrize(
    "names",
    [OF_EACH_RULE, pytest.param(locale_identifiers(), marks=pytest.mark.soak)],
    ids=["each rule", "each locale"],
)
def test_own_rule_of_every_cldr_language_is_accepted(names: list[str]) -> None:
    """Languages with one rule in CLDR have one rule in catalogs, of which the first is looked at."""
    rules = {tag: (repr(Locale.parse(tag).plural_form), *plural_forms(tag)) for tag in names if "_" not in tag}
    first = {rule: tag for tag, rule in reversed(rules.items())}

    assert len(first) > 20
    assert [
        tag
        for (_, number, expression), tag in first.items()
        if fault_of_rule(number, expression) or merged_numbers(tag, number, expression)
    ] == []


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
