"""What depends on a language: names, numbers, dates, order, and messages with their fallbacks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from conftest import SITE, MakeSite

from sitegen.locales import Locale
from sitegen.model import Language


def locale(tag: str, formats: str = "") -> Locale:
    return Locale.of(Language(tag=tag, path=tag, fallback=(), formats=formats or tag))


@pytest.mark.parametrize(
    ("tag", "name", "direction", "script", "og"),
    [
        ("en", "English", "ltr", "Latn", "en_US"),
        ("ru", "Русский", "ltr", "Cyrl", "ru_RU"),
        ("zh-Hans", "简体中文", "ltr", "Hans", "zh_CN"),
        ("kk", "Қазақ тілі", "ltr", "Cyrl", "kk_KZ"),
        ("fa", "فارسی", "rtl", "Arab", "fa_IR"),
        ("ur", "اردو", "rtl", "Arab", "ur_PK"),
        ("hi", "हिन्दी", "ltr", "Deva", "hi_IN"),
        ("tg", "Тоҷикӣ", "ltr", "Cyrl", "tg_TJ"),
        ("uz", "O‘zbek", "ltr", "Latn", "uz_UZ"),
    ],
)
def test_language_is_described_as_cldr_has_it(tag: str, name: str, direction: str, script: str, og: str) -> None:
    own = locale(tag)

    assert (own.name, own.dir, own.script, own.og) == (name, direction, script, og)


@pytest.mark.parametrize(
    ("tag", "words", "expected"),
    [
        ("en", ["Zoo", "apple", "Äpfel", "book"], ["Äpfel", "apple", "book", "Zoo"]),
        ("ru", ["жук", "Ёлка", "еда", "ель"], ["еда", "Ёлка", "ель", "жук"]),
        ("kk", ["Бала", "Әке", "Ана", "Ғалым", "Гүл"], ["Ана", "Әке", "Бала", "Гүл", "Ғалым"]),
        ("zh-Hans", ["中国", "安徽", "北京", "上海"], ["安徽", "北京", "上海", "中国"]),
        ("sv", ["öl", "zon", "ål"], ["zon", "ål", "öl"]),
        ("en", ["item 10", "", "Item 2"], ["", "item 10", "Item 2"]),
    ],
    ids=["English", "Russian", "Kazakh", "Chinese by pinyin", "Swedish", "digits"],
)
def test_texts_are_sorted_as_the_language_does(tag: str, words: list[str], expected: list[str]) -> None:
    assert sorted(words, key=locale(tag).order) == expected


def test_long_texts_are_sorted_by_their_ends_too() -> None:
    order = locale("zh-Hans").order

    assert order("中" * 5000 + "安") < order("中" * 5000 + "北")


@pytest.mark.parametrize(
    ("tag", "formats", "written"),
    [("en", "", "August 5, 2026"), ("en", "en-001", "5 August 2026"), ("ru", "", "5 августа 2026\N{NARROW NO-BREAK SPACE}г."),
     ("zh-Hans", "", "2026年8月5日")],
    ids=["American", "international English", "Russian", "Chinese"],
)  # fmt: skip
def test_date_is_written_as_the_language_does(tag: str, formats: str, written: str) -> None:
    assert locale(tag, formats).date(dt.date(2026, 8, 5)) == written


def test_names_of_countries_and_languages_are_the_language_s_own() -> None:
    assert (locale("kk").country("CN"), locale("ru").country("XX1"), locale("ru").language("kk")) == (
        "Қытай",
        "XX1",
        "казахский",
    )


def test_list_is_joined_as_the_language_does() -> None:
    items = ["a", "b", "c"]

    assert locale("en").conjunction(items) == "a, b, and c"
    assert locale("en", "en-001").conjunction(items) == "a, b and c"
    assert locale("zh-Hans").conjunction(items) == "a、b和c"
    assert locale("ru").conjunction([]) == ""


# messages

SITE_KK = SITE.replace("  - {tag: fr}\n", "  - {tag: ru}\n  - {tag: kk, fallback: [ru, en]}\n").replace("fr:", "ru:")
RUSSIAN = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
PLURAL = 'msgid "%(num)d page"\nmsgid_plural "%(num)d pages"\n'
RUSSIAN_FORMS = 'msgstr[0] "%(num)d страница"\nmsgstr[1] "%(num)d страницы"\nmsgstr[2] "%(num)d страниц"\n'


def catalog(body: str, rule: str = "nplurals=2; plural=(n != 1);") -> str:
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{header}"Plural-Forms: {rule}\\n"\n\n{body}'


Speak = Callable[..., str]


@pytest.fixture
def speak(make_site: MakeSite) -> Speak:
    """What a template says in Kazakh, which falls back to Russian, then to English."""

    def say(template: str, ru: str = "", kk: str = "", rule: str = RUSSIAN) -> str:
        site = make_site(
            {
                "templates/page.html": template,
                "translations/ru/LC_MESSAGES/messages.po": catalog(ru, rule),
                "translations/kk/LC_MESSAGES/messages.po": catalog(kk),
            },
            site=SITE_KK,
        )
        return site.build()["kk/index.html"]

    return say


@pytest.mark.parametrize(
    ("ru", "kk", "said"),
    [
        ('msgid "Home"\nmsgstr "Главная"\n', 'msgid "Home"\nmsgstr "Басты бет"\n', "Басты бет"),
        ('msgid "Home"\nmsgstr "Главная"\n', 'msgid "Home"\nmsgstr ""\n', "Главная"),
        ('msgid "Home"\nmsgstr "Главная"\n', '#, fuzzy\nmsgid "Home"\nmsgstr "Үй"\n', "Главная"),
        ('msgid "Home"\nmsgstr "Главная"\n', '#~ msgid "Home"\n#~ msgstr "Үй"\n', "Главная"),
        ('msgid "Home"\nmsgstr "Главная"\n', 'msgctxt "menu"\nmsgid "Home"\nmsgstr "Үй"\n', "Главная"),
        ("", "", "Home"),
    ],
    ids=["own", "empty", "fuzzy", "obsolete", "of another context", "nobody's"],
)
def test_message_falls_back_along_the_chain(speak: Speak, ru: str, kk: str, said: str) -> None:
    assert speak("{{ _('Home') }}", ru, kk) == said


def test_message_with_a_context_falls_back_within_it(speak: Speak) -> None:
    ru = 'msgctxt "menu"\nmsgid "Home"\nmsgstr "На главную"\n\nmsgid "Home"\nmsgstr "Дом"\n'

    assert speak("{{ pgettext('menu', 'Home') }}", ru, 'msgid "Home"\nmsgstr "Үй"\n') == "На главную"


@pytest.mark.parametrize(
    "kk",
    ["", PLURAL + 'msgstr[0] "%(num)d бет"\nmsgstr[1] ""\n', "#, fuzzy\n" + PLURAL + 'msgstr[0] "x"\nmsgstr[1] "y"\n'],
    ids=["missing", "one form missing", "fuzzy"],
)
def test_untranslated_plural_takes_the_forms_and_the_rule_of_the_language_behind(speak: Speak, kk: str) -> None:
    template = "{% for n in [1, 3, 5, 21] %}{{ ngettext('%(num)d page', '%(num)d pages', n) }} {% endfor %}"

    assert speak(template, PLURAL + RUSSIAN_FORMS, kk) == "1 страница 3 страницы 5 страниц 21 страница "


def test_plural_follows_the_rule_of_the_catalog_s_header_not_of_cldr(speak: Speak) -> None:
    one_form = PLURAL + 'msgstr[0] "%(num)d стр."\n'

    assert speak(
        "{{ ngettext('%(num)d page', '%(num)d pages', 5) }}", one_form, rule="nplurals=1; plural=0;"
    ) == "5 стр."  # fmt: skip


def test_plural_that_no_language_has_is_english(speak: Speak) -> None:
    template = "{{ ngettext('%(num)d page', '%(num)d pages', 1) }} {{ ngettext('%(num)d page', '%(num)d pages', 5) }}"

    assert speak(template) == "1 page 5 pages"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('msgid "By %(name)s"\nmsgstr "%(nom)s"\n', "the placeholder %(nom)s is not in the message"),
        ('msgid "By %(name)s"\nmsgstr "Par"\n', "the placeholder %(name)s is missing"),
        ('msgid "<b>x</b>"\nmsgstr "<b>x"\n', "the tags differ from those of the message"),
        ('msgid "<b>x</b>"\nmsgstr "<script>x</script>"\n', "the tags differ from those of the message"),
        (PLURAL + 'msgstr[0] "une page"\nmsgstr[1] "%(n)d pages"\n', "the placeholder %(n)d is not in the message"),
    ],
    ids=["stray", "lost", "tag lost", "other tag", "in a plural"],
)
def test_placeholder_that_a_translation_changes_is_told(make_site: MakeSite, body: str, message: str) -> None:
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog(body)})

    problems = [problem for problem in site.problems() if problem.code == "catalog-placeholder"]

    assert message.replace("%(n)d", "%(n)s") in [problem.message for problem in problems]
    assert {problem.line for problem in problems} == {6}


@pytest.mark.parametrize(
    "body",
    ['#, fuzzy\nmsgid "By %(name)s"\nmsgstr "%(nom)s"\n', 'msgid "By %(name)s"\nmsgstr ""\n',
     PLURAL + 'msgstr[0] "une page"\nmsgstr[1] "%(num)d pages"\n'],
    ids=["fuzzy", "empty", "plural that names its number in words"],
)  # fmt: skip
def test_placeholder_problem_is_not_told_of_what_is_not_used_or_right(make_site: MakeSite, body: str) -> None:
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog(body)})

    assert site.report().warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD\n" + catalog('msgid "Home"\nmsgstr "x"\n'),
        catalog('msgid "Home\nmsgstr "x"\n'),
        catalog('msgid "Home"\nmsgstr "x"\n', rule="nplurals=2; plural=(n > ;"),
        catalog(PLURAL + 'msgstr[0] "a"\nmsgstr[1] "b"\nmsgstr[2] "c"\n'),
        catalog('msgid "Home"\n'),
        "not a catalog at all",
    ],
    ids=["merge conflict", "open quote", "plural rule", "too many forms", "half a message", "words"],
)
def test_catalog_that_cannot_be_read_is_told_and_never_a_crash(make_site: MakeSite, text: str) -> None:
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": text, "content/index.fr.md": "---\ntitle: A\n---\n"})

    problems = site.problems()

    assert "catalog-syntax" in {problem.code for problem in problems}
    assert {problem.path for problem in problems if problem.code == "catalog-syntax"} == {
        "translations/fr/LC_MESSAGES/messages.po"
    }


def test_catalog_in_another_encoding_is_told(make_site: MakeSite) -> None:
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog('msgid "a"\nmsgstr "é"\n').encode("latin-1")})

    assert [problem.code for problem in site.problems()] == ["encoding"]


def test_catalog_lies_where_babel_puts_it_by_tag(make_site: MakeSite) -> None:
    site = make_site(
        {
            "templates/page.html": "{{ _('Home') }}",
            "translations/zh_Hans/LC_MESSAGES/messages.po": catalog('msgid "Home"\nmsgstr "首页"\n'),
        },
        site=SITE.replace("{tag: fr}", "{tag: zh-Hans, path: zh}").replace(", fr: Site", ""),
    )

    assert site.build()["zh/index.html"] == "首页"


def test_message_of_the_template_that_a_language_lacks_is_a_warning(make_site: MakeSite) -> None:
    site = make_site(
        {
            "translations/messages.pot": catalog('msgid "Home"\nmsgstr ""\n\nmsgid "Read on"\nmsgstr ""\n'),
            "translations/fr/LC_MESSAGES/messages.po": catalog('msgid "Home"\nmsgstr "Accueil"\n'),
        }
    )

    assert [(problem.severity, problem.message) for problem in site.report().warnings] == [
        ("warning", "'Read on' is not translated")
    ]


def test_catalog_of_the_source_language_may_better_its_messages(make_site: MakeSite) -> None:
    site = make_site(
        {
            "templates/page.html": "{{ _('Home') }}",
            "translations/en/LC_MESSAGES/messages.po": catalog('msgid "Home"\nmsgstr "Front page"\n'),
        }
    )

    pages = site.build()

    assert (pages["en/index.html"], pages["fr/index.html"]) == ("Front page", "Front page")
