"""What depends on a language: names, numbers, dates, order, and messages with their fallbacks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from conftest import REPOSITORY, SITE, MakeSite

from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale
from sitegen.i18n.po_files import catalog_path, read_po
from sitegen.model.loading import load_config


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
def test_language_is_described_as_in_cldr(tag: str, name: str, direction: str, script: str, og: str) -> None:
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
def test_texts_are_sorted_by_the_rules_of_the_language(tag: str, words: list[str], expected: list[str]) -> None:
    assert sorted(words, key=locale(tag).order) == expected


def test_long_texts_are_sorted_to_their_end() -> None:
    order = locale("zh-Hans").order

    assert order("中" * 5000 + "安") < order("中" * 5000 + "北")


@pytest.mark.parametrize(
    ("tag", "formats", "written"),
    [("en", "", "August 5, 2026"), ("en", "en-001", "5 August 2026"), ("ru", "", "5 августа 2026\N{NARROW NO-BREAK SPACE}г."),
     ("zh-Hans", "", "2026年8月5日")],
    ids=["American", "international English", "Russian", "Chinese"],
)  # fmt: skip
def test_date_is_formatted_by_the_language(tag: str, formats: str, written: str) -> None:
    assert locale(tag, formats).date(dt.date(2026, 8, 5)) == written


def test_names_of_countries_and_languages_are_localized() -> None:
    assert (locale("kk").country("CN"), locale("ru").country("XX1"), locale("ru").language("kk")) == (
        "Қытай",
        "XX1",
        "казахский",
    )


def test_list_is_joined_by_the_rules_of_the_language() -> None:
    items = ["a", "b", "c"]

    assert locale("en").conjunction(items) == "a, b, and c"
    assert locale("en", "en-001").conjunction(items) == "a, b and c"
    assert locale("zh-Hans").conjunction(items) == "a、b和c"
    assert locale("ru").conjunction([]) == ""


def test_list_in_a_second_script_is_joined_in_that_script_and_its_items_stay() -> None:
    latin = Locale.of(Language(tag="sr-Latn", path="sr-latn", fallback=(), formats="sr", base="sr"))

    assert latin.conjunction(["Francuska", "Италија", "100 %"]) == "Francuska, Италија i 100 %"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("ar", "\u200f٤٨٬٠٠٠٫٥٠\u00a0€"),
        ("fa", "\u200e€\u00a0۴۸٬۰۰۰٫۵۰"),
        ("mr", "€४८,०००.५०"),
        ("en", "€48,000.50"),
        ("fr", "48\u202f000,50\u00a0€"),
    ],
)
def test_amount_has_the_separators_of_its_digits(tag: str, expected: str) -> None:
    assert locale(tag).money(Decimal("48000.50"), "EUR") == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [("1.235", "1,235"), ("5.999", "5,999"), ("0.004", "0,004"), ("5.9", "5,90")]
)
def test_no_digit_of_an_amount_is_rounded(amount: str, expected: str) -> None:
    assert locale("fr").money(Decimal(amount), "KWD") == f"{expected}\u00a0KWD"


@pytest.mark.parametrize(
    ("hours", "minutes", "expected"),
    [(5, 30, "GMT+05:30"), (0, -30, "GMT-00:30"), (-3, -30, "GMT-03:30"), (-9, 0, "GMT-09:00"), (0, 0, "GMT+00:00")],
)
def test_zone_of_a_moment_is_its_distance_from_greenwich(hours: int, minutes: int, expected: str) -> None:
    zone = dt.timezone(dt.timedelta(hours=hours, minutes=minutes))

    assert locale("en").zone(dt.datetime(2027, 2, 1, 9, tzinfo=zone)) == expected


def test_time_of_an_end_is_not_taken_for_that_of_a_beginning_without_one() -> None:
    end = dt.datetime(2027, 2, 1, 10, tzinfo=dt.UTC)

    assert locale("en").when(end.date(), end) == "February 1, 2027\u2009\u2013\u2009February 1, 2027, 10:00\u202fAM"
    assert locale("en").when(end, end.date()) == locale("en").datetime(end)


def test_code_of_a_currency_stays_as_it_is_in_another_script() -> None:
    cyrillic = Locale.of(Language(tag="uz-Cyrl", path="uz-cyrl", fallback=(), formats="uz", base="uz"))

    assert cyrillic.money(Decimal(48000), "AED") == "48\u00a0000\u00a0AED"
    assert cyrillic.money(Decimal(48000), "UZS") == "48\u00a0000\u00a0сўм"


# the languages of the Center, row by row

CENTER = load_config(REPOSITORY).languages
NARROW, THIN, FIXED, RLM = "\u202f", "\u2009", "\u00a0", "\u200f"
#: Path → 2 September 2025; 2–5 September; 31 August to 1 September; 1234567.5; a, b and c; a quotation.
#: Source, where no other is named: CLDR 47, charts "Gregorian", "Numbers", "List patterns", "Characters: quotation marks".
WRITTEN: dict[str, tuple[str, str, str, str, str, str]] = {
    "en": ("2 September 2025", "2–5 September 2025", f"31 August{THIN}–{THIN}1 September 2025", "1,234,567.5", "a, b and c", "“x”"),
    "zh": ("2025年9月2日", f"2025年9月2日{THIN}–{THIN}5日", f"2025年8月31日{THIN}–{THIN}9月1日", "1,234,567.5", "a、b和c", "“x”"),
    "ru": (f"2 сентября 2025{NARROW}г.", f"2–5 сентября 2025{NARROW}г.", f"31 августа – 1 сентября 2025{NARROW}г.",
           f"1{FIXED}234{FIXED}567,5", "a, b и c", "«x»"),
    # "and" of the list: Қазақ тілінің орфографиялық ережесі; CLDR joins by commas alone.
    "kk": (f"2025{NARROW}ж. 2 қыркүйек", f"2025{NARROW}ж. 2–5 қыркүйек", f"2025{NARROW}ж. 31 тамыз – 1 қыркүйек",
           f"1{FIXED}234{FIXED}567,5", "a, b және c", "«x»"),
    "ky": ("2025-ж., 2-сентябрь", "2–5-сентябрь 2025-ж.", "31-август – 1-сентябрь 2025-ж.",
           f"1{FIXED}234{FIXED}567,5", "a, b жана c", "«x»"),
    # Dates as president.tj writes them; "and" of the list: Қоидаҳои имлои забони тоҷикӣ (2021).
    "tg": ("2 сентябри соли 2025", "2–5 сентябри соли 2025", "31 августи – 1 сентябри соли 2025",
           f"1{FIXED}234{FIXED}567,5", "a, b ва c", "“x”"),
    "uz": ("2-sentabr, 2025", f"2{THIN}–{THIN}5-sentabr, 2025", f"31-avgust{THIN}–{THIN}1-sentabr, 2025",
           f"1{FIXED}234{FIXED}567,5", "a, b va c", "“x”"),
    # The Latin form, letter by letter, so that dates in texts and in facts agree.
    "uz-cyrl": ("2-сентябрь, 2025", f"2{THIN}–{THIN}5-сентябрь, 2025", f"31-август{THIN}–{THIN}1-сентябрь, 2025",
                f"1{FIXED}234{FIXED}567,5", "a, b ва c", "“x”"),
    "be": (f"2 верасня 2025{NARROW}г.", "2–5 верасня 2025", "31 жніўня – 1 верасня 2025", f"1{FIXED}234{FIXED}567,5", "a, b і c", "«x»"),
    "hi": ("2 सितंबर 2025", "2–5 सितंबर 2025", "31 अगस्त – 1 सितंबर 2025", "12,34,567.5", "a, b, और c", "“x”"),
    "ur": ("2 ستمبر، 2025", "2–5 ستمبر 2025", "31 اگست – 1 ستمبر، 2025", "1,234,567.5", "a، b، اور c", "”x“"),
    # Solar Hijri, the official calendar of Iran (law of 31 March 1925), in Persian digits.
    "fa": ("۱۱ شهریور ۱۴۰۴", "۱۱ تا ۱۴ شهریور ۱۴۰۴", "۹ تا ۱۰ شهریور ۱۴۰۴", "۱٬۲۳۴٬۵۶۷٫۵", f"a،{RLM} b، و c", "«x»"),
}  # fmt: skip


@pytest.mark.parametrize("path", CENTER)
@pytest.mark.parametrize("value", [0.0004, 3.14159])
def test_no_digit_of_a_number_is_rounded(path: str, value: float) -> None:
    digits = [character for character in Locale.of(CENTER[path]).number(value) if character.isdigit()]

    assert "".join(str(int(digit)) for digit in digits) == str(value).replace(".", "")


@pytest.mark.parametrize("path", WRITTEN)
def test_formats_of_the_center_s_languages(path: str) -> None:
    own = Locale.of(CENTER[path])
    first, last = dt.date(2025, 9, 2), dt.date(2025, 9, 5)

    written = (
        own.date(first),
        own.date_range(first, last),
        own.date_range(dt.date(2025, 8, 31), dt.date(2025, 9, 1)),
        own.number(1234567.5),
        own.conjunction(["a", "b", "c"]),
        own.quoted("x"),
    )

    assert written == WRITTEN[path]
    assert own.date_range(first, first) == own.date(first)


def test_range_over_the_turn_of_the_year_in_tajik() -> None:
    own = Locale.of(CENTER["tg"])

    assert own.date_range(dt.date(2025, 12, 31), dt.date(2026, 1, 2)) == "31 декабри соли 2025 – 2 январи соли 2026"


#: Path → its alphabet in order (the language's own spelling rules; zh: by pinyin, Xinhua Dictionary).
ALPHABETS = {
    "zh": "安 北 成 大 俄 法 国 河 江 开 兰 美 南 欧 浦 青 人 上 天 外 西 新 云 中",
    "ru": "а б в г д ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я",
    "kk": "а ә б в г ғ д е ё ж з и й к қ л м н ң о ө п р с т у ұ ү ф х һ ц ч ш щ ъ ы і ь э ю я",
    "ky": "а б в г д е ё ж з и й к л м н ң о ө п р с т у ү ф х ц ч ш щ ъ ы ь э ю я",
    "tg": "а б в г ғ д е ё ж з и ӣ й к қ л м н о п р с т у ӯ ф х ҳ ч ҷ ш ъ э ю я",
    "uz": "a b d e f g h i j k l m n o p q r s t u v x y z oʻ gʻ sh ch",
    "uz-cyrl": "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш ъ ь э ю я ў қ ғ ҳ",
    "be": "а б в г д е ё ж з і й к л м н о п р с т у ў ф х ц ч ш ы ь э ю я",
    "hi": "अ आ इ ई उ ऊ ऋ ए ऐ ओ औ क ख ग घ ङ च छ ज झ ञ ट ठ ड ढ ण त थ द ध न प फ ब भ म य र ल व श ष स ह",
    "ur": "ا ب پ ت ٹ ث ج چ ح خ د ڈ ذ ر ڑ ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ہ ھ ی ے",
    "fa": "آ ا ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ه ی",
}


@pytest.mark.parametrize("path", ALPHABETS)
def test_names_are_sorted_by_the_alphabet_of_the_language(path: str) -> None:
    """Each letter followed by the last of the alphabet sorts before the next letter followed by the first."""
    letters = ALPHABETS[path].split()
    order = Locale.of(CENTER[path]).order
    words = [first + second for first in letters for second in (letters[0], letters[-1])]
    mixed = [*words[1::2], *words[::2]]

    assert sorted(mixed, key=order) == words


def test_countries_are_sorted_by_the_language() -> None:
    codes = ["BY", "CN", "IN", "IR", "KZ", "KG", "PK", "RU", "TJ", "UZ"]

    def listed(path: str) -> str:
        own = Locale.of(CENTER[path])
        return " ".join(sorted((own.country(code) for code in codes), key=own.order))

    assert listed("zh") == "巴基斯坦 白俄罗斯 俄罗斯 哈萨克斯坦 吉尔吉斯斯坦 塔吉克斯坦 乌兹别克斯坦 伊朗 印度 中国"
    assert listed("kk") == "Беларусь Иран Қазақстан Қырғызстан Қытай Өзбекстан Пәкістан Ресей Тәжікстан Үндістан"
    assert listed("tg").split()[0] == "Беларус"
    assert "Чин" in listed("tg").split()
    assert listed("fa") == "ازبکستان ایران بلاروس پاکستان تاجیکستان چین روسیه قرقیزستان قزاقستان هند"


@pytest.mark.parametrize("path", [path for path, own in CENTER.items() if path != "en" and not own.base])
def test_catalog_has_the_plural_forms_of_cldr(path: str) -> None:
    """Numbers that CLDR (as ICU's MessageFormat has it) puts into one form are in one form of the catalog."""
    from gettext import c2py

    from icu4py.messageformat import MessageFormat

    header = read_po(REPOSITORY, catalog_path(CENTER[path]), CENTER[path].tag).mime_headers
    rule = dict(header)["Plural-Forms"]
    count, expression = re.fullmatch(r"nplurals=(\d); plural=(.*?);?", rule).groups()  # type: ignore[union-attr]
    form = c2py(expression)
    message = MessageFormat("{n, plural, one{one} few{few} many{many} other{other}}", CENTER[path].tag)
    pairs = {(form(n), message.format({"n": n})) for n in range(201)}

    assert len(pairs) == int(count) == len({name for _, name in pairs}) == len({number for number, _ in pairs})


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
    """The messages of a template in Kazakh, which falls back to Russian, then to English."""

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


def test_message_with_a_context_falls_back_in_that_context(speak: Speak) -> None:
    ru = 'msgctxt "menu"\nmsgid "Home"\nmsgstr "На главную"\n\nmsgid "Home"\nmsgstr "Дом"\n'

    assert speak("{{ pgettext('menu', 'Home') }}", ru, 'msgid "Home"\nmsgstr "Үй"\n') == "На главную"


@pytest.mark.parametrize(
    "kk",
    ["", PLURAL + 'msgstr[0] "%(num)d бет"\nmsgstr[1] ""\n', "#, fuzzy\n" + PLURAL + 'msgstr[0] "x"\nmsgstr[1] "y"\n'],
    ids=["missing", "one form missing", "fuzzy"],
)
def test_untranslated_plural_uses_forms_and_rule_of_the_fallback_language(speak: Speak, kk: str) -> None:
    template = "{% for n in [1, 3, 5, 21] %}{{ ngettext('%(num)d page', '%(num)d pages', n) }} {% endfor %}"

    assert speak(template, PLURAL + RUSSIAN_FORMS, kk) == "1 страница 3 страницы 5 страниц 21 страница "


def test_plural_follows_the_catalog_header_not_cldr(speak: Speak) -> None:
    one_form = PLURAL + 'msgstr[0] "%(num)d стр."\n'

    assert speak(
        "{{ ngettext('%(num)d page', '%(num)d pages', 5) }}", one_form, rule="nplurals=1; plural=0;"
    ) == "5 стр."  # fmt: skip


def test_plural_without_any_translation_is_english(speak: Speak) -> None:
    template = "{{ ngettext('%(num)d page', '%(num)d pages', 1) }} {{ ngettext('%(num)d page', '%(num)d pages', 5) }}"

    assert speak(template) == "1 page 5 pages"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('msgid "By %(name)s"\nmsgstr "%(nom)s"\n', "the placeholder %(nom)s is not in the message"),
        ('msgid "By %(name)s"\nmsgstr "Par"\n', "the placeholder %(name)s is missing"),
        ('msgid "<b>x</b>"\nmsgstr "<b>x"\n', "the tags differ from those of the message"),
        ('msgid "By %(name)s"\nmsgstr "Par %(name)d"\n', "the placeholder %(name)d is not in the message"),
        ('msgid "By %(name)s"\nmsgstr "Par %(name)99999999s"\n', "'%(name)999999' is not a placeholder"),
        ('msgid "By %(name)s"\nmsgstr "100% sans %(name)s"\n', "'% sans ' is not a placeholder"),
        ('msgid "By %(name)s"\nmsgstr "Par %(name)с"\n', "'%(name)с' is not a placeholder"),
        ('msgid "Half"\nmsgstr "50 %"\n', "'%' is not a placeholder"),
        ('msgid "<b>x</b>"\nmsgstr "</b>x<b>"\n', "the tags differ from those of the message"),
        ('msgid "<b>x</b>"\nmsgstr "<b>x<b>"\n', "the tags differ from those of the message"),
        (
            "msgid \"<a href='/a/'>x</a>\"\nmsgstr \"<a href='//b.example'>x</a>\"\n",
            "the tags differ from those of the message",
        ),
        (
            'msgid "Skip"\nmsgstr "<meta http-equiv=refresh content=0;url=https://b.example/ x="\n',
            "the tags differ from those of the message",
        ),
        (
            'msgid "<a title=\\"%(name)s\\">x</a>"\nmsgstr "<a title=%(name)s>x</a>"\n',
            "the tags differ from those of the message",
        ),
        ('msgid "By %(name)s"\nmsgstr "<%(name)s"\n', "the tags differ from those of the message"),
        ('msgid "<b>x</b> %(name)s"\nmsgstr "<b>x</b> </%(name)s"\n', "the tags differ from those of the message"),
        ('msgid "Skip"\nmsgstr "a <"\n', "the tags differ from those of the message"),
        ('msgid "Skip"\nmsgstr "a <!-- b"\n', "the tags differ from those of the message"),
        ('msgid "Skip"\nmsgstr "<?php x"\n', "the tags differ from those of the message"),
        (
            PLURAL + 'msgstr[0] "<script src=/a.js></script>"\nmsgstr[1] "%(num)d pages"\n',
            "the tags differ from those of the message",
        ),
        (
            PLURAL + 'msgstr[0] "une page"\nmsgstr[1] "<img src=x onerror=alert(1)> %(num)d"\n',
            "the tags differ from those of the message",
        ),
        (PLURAL + 'msgstr[0] "une page"\nmsgstr[1] "des pages"\n', "the placeholder %(num)d is missing"),
        ('msgctxt "choice"\nmsgid "Open"\nmsgstr "<b>"\n', "the tags differ from those of the message"),
        ('msgid "<b>x</b>"\nmsgstr "<script>x</script>"\n', "the tags differ from those of the message"),
        (PLURAL + 'msgstr[0] "une page"\nmsgstr[1] "%(n)d pages"\n', "the placeholder %(n)d is not in the message"),
    ],
    ids=[
        "stray",
        "lost",
        "tag lost",
        "number",
        "width",
        "percent and space",
        "Cyrillic",
        "percent",
        "turned around",
        "two beginnings",
        "other address",
        "never closed",
        "quotes that a value leaves",
        "tag that a value completes",
        "end of a tag that a value completes",
        "tag that the page completes",
        "comment",
        "instruction",
        "tag in a plural",
        "picture in a plural",
        "lost in a plural",
        "tag in a label",
        "other tag",
        "in a plural",
    ],
)
def test_changed_placeholder_is_reported(make_site: MakeSite, body: str, message: str) -> None:
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog(body)})

    problems = [problem for problem in site.problems() if problem.code == "catalog-placeholder"]

    assert message in [problem.message for problem in problems]
    assert {problem.line for problem in problems} <= set(range(7 if "msgctxt" in body else 6, 10))


@pytest.mark.parametrize(("message", "most"), [("Home", 1_000), ("long " * 40, 2_000)])
def test_translation_has_a_bounded_length(make_site: MakeSite, message: str, most: int) -> None:
    def body(size: int) -> str:
        return f'msgid "one"\nmsgid_plural "{message}"\nmsgstr[0] "x"\nmsgstr[1] "{"x" * size}"\n'

    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog(body(most))})
    assert site.report().warnings == ()

    site.write("translations/fr/LC_MESSAGES/messages.po", catalog(body(most + 1)))

    assert f":9:1: error[too-costly]: the translation has {most + 1:,} characters, over {most:,}" in site.told()


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("nplurals=99999999; plural=n;", "nplurals=99999999: a language has from 1 to 10 plural forms"),
        ("nplurals=0; plural=0;", "nplurals=0: a language has from 1 to 10 plural forms"),
        ("nplurals=2; plural=n/0;", "the header's Plural-Forms can't be used: it divides by zero for 0"),
        ("nplurals=2; plural=1/(n<3 ? 1 : n-3);", "the header's Plural-Forms can't be used: it divides by zero for 3"),
        ("nplurals=2; plural=n/;", "the header's Plural-Forms can't be used: unexpected end of plural form"),
        (
            "nplurals=2; plural=n;",
            "the header's Plural-Forms can't be used: it gives 2 for 2, but nplurals=2 allows only 0 to 1",
        ),
        (
            "nplurals=2; plural=n-1;",
            "the header's Plural-Forms can't be used: it gives -1 for 0, but nplurals=2 allows only 0 to 1",
        ),
        (
            "nplurals=2; plural=n<200 ? n>1 : 2;",
            "the header's Plural-Forms can't be used: it gives 2 for 200, but nplurals=2 allows only 0 to 1",
        ),
    ],
)
def test_rule_that_no_page_could_use_is_reported_at_its_catalog(make_site: MakeSite, rule: str, told: str) -> None:
    path = "translations/fr/LC_MESSAGES/messages.po"
    site = make_site({path: catalog(PLURAL + 'msgstr[0] "une page"\nmsgstr[1] "%(num)d pages"\n', rule)})

    assert [(problem.path, problem.code, problem.message) for problem in site.problems()] == [
        (path, "catalog-syntax", told)
    ]


@pytest.mark.parametrize(("wrong", "line"), [(0, 11), (1, 12), (2, 14)])
def test_plural_form_is_reported_at_its_own_line(make_site: MakeSite, wrong: int, line: int) -> None:
    forms = ["%(num)d страница", "%(num)d страницы", "%(num)d страниц"]
    forms[wrong] = "%(nom)d страниц"
    body = (
        '# shown in lists\n#: a.html:1\nmsgid "%(num)d page"\nmsgid_plural ""\n"%(num)d pages"\n'
        f'msgstr[0] "{forms[0]}"\nmsgstr[1] ""\n"{forms[1]}"\nmsgstr[2] ""\n"{forms[2]}"\n\n'
        'msgid "Home"\nmsgstr "Главная"\n'
    )
    site = make_site({"translations/ru/LC_MESSAGES/messages.po": catalog(body, RUSSIAN)}, site=SITE_KK)

    problems = [problem for problem in site.problems() if problem.code == "catalog-placeholder"]

    assert {problem.line for problem in problems} == {line}


@pytest.mark.parametrize(
    "body",
    ['msgid "By %(name)s"\nmsgstr "À 100 %% par %(name)s"\n', 'msgctxt "choice"\nmsgid "Half"\nmsgstr "50 %"\n',
     'msgid "<b>x</b> <i>y</i>"\nmsgstr "<i>y</i> &lt; <b >x</b>"\n', 'msgid "5 < 6"\nmsgstr "5 < 6"\n',
     'msgid "<a href=\'/a/\' rel=next>x</a>"\nmsgstr "<a rel=\\"next\\" href=\\"/a/\\">x</a>"\n',
     '#, fuzzy\nmsgid "By %(name)s"\nmsgstr "%(nom)s"\n', 'msgid "By %(name)s"\nmsgstr ""\n',
     PLURAL + 'msgstr[0] "une page"\nmsgstr[1] "%(num)d pages"\n'],
    ids=["two percent signs", "percent sign in a label", "tags in another order", "less than", "other quotes", "fuzzy", "empty", "plural that names its number in words"],
)  # fmt: skip
def test_placeholder_problem_is_not_reported_for_unused_or_correct_messages(make_site: MakeSite, body: str) -> None:
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog(body)})

    assert site.report().warnings == ()


def test_quotation_mark_in_a_translation_does_not_end_an_attribute(make_site: MakeSite) -> None:
    text = 'msgid "Go to %(name)s"\nmsgstr "Aller à \\"%(name)s\\" href=\'//b.example\'"\n'
    text += 'msgid "<a href=\'/a/\'>x</a>"\nmsgstr "\\"<a href=\'/a/\'>x</a>\\""\n'
    site = make_site(
        {
            "content/index.fr.md": "---\ntitle: Accueil\n---\n",
            "templates/page.html": """<i title="{{ _("Go to %(name)s", name="A") }}"></i>{{ _("<a href='/a/'>x</a>") }}""",
            "translations/fr/LC_MESSAGES/messages.po": catalog(text),
        }
    )

    page = site.build()["fr/index.html"]

    assert page == """<i title="Aller à &#34;A&#34; href=&#39;//b.example&#39;"></i>&#34;<a href='/a/'>x</a>&#34;"""


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
def test_unreadable_catalog_is_reported_and_never_a_crash(make_site: MakeSite, text: str) -> None:
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": text, "content/index.fr.md": "---\ntitle: A\n---\n"})

    problems = site.problems()

    code = "merge-conflict" if text.startswith("<") else "catalog-syntax"
    assert code in {problem.code for problem in problems}
    assert {problem.path for problem in problems if problem.code == code} == {"translations/fr/LC_MESSAGES/messages.po"}


@pytest.mark.parametrize("charset", ["utf-7", "iso-8859-1", "undefined", "UTF-16"])
def test_catalog_that_states_another_encoding_is_reported_at_that_line(make_site: MakeSite, charset: str) -> None:
    text = catalog('msgid "Home"\nmsgstr "x+AOk-"\n').replace("charset=utf-8", f"charset={charset}")
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": text})

    line = text.split("charset=")[0].count("\n") + 1
    assert [(problem.line, problem.code) for problem in site.problems() if charset.lower() in problem.message] == [
        (line, "catalog-syntax")
    ]


@pytest.mark.parametrize("charset", ["UTF-8", "utf8", "US-ASCII", "CHARSET"])
def test_encodings_that_are_utf_8_are_accepted(make_site: MakeSite, charset: str) -> None:
    text = catalog('msgid "Home"\nmsgstr "x"\n').replace("charset=utf-8", f"charset={charset}")
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": text})

    assert "catalog-syntax" not in {problem.code for problem in site.report().warnings}


OUT_OF_ORDER: dict[str, tuple[str, int, str]] = {
    "twice": ('msgid "Home"\nmsgstr "x"\n\nmsgid "Home"\nmsgstr "y"\n', 9, "the message occurs twice"),
    "twice, once with a plural": ('msgid "%(num)d page"\nmsgstr "x"\n\n' + PLURAL + 'msgstr[0] ""\nmsgstr[1] ""\n', 9, "the message occurs twice"),
    "two headers": ('msgid ""\nmsgstr "Language: kk\\n"\n', 6, "the message occurs twice"),
    "two translations": ('msgid "Home"\nmsgstr "x"\nmsgstr "y"\n', 8, "`msgstr` can't stand here"),
    "a form without plural": ('msgid "Home"\nmsgstr[0] "x"\n', 7, "`msgstr[0]` can't stand here"),
    "a plural without forms": ('msgid "Home"\nmsgid_plural "Homes"\nmsgstr "x"\n', 8, "`msgstr` can't stand here"),
    "a form twice": (PLURAL + 'msgstr[0] "x"\nmsgstr[0] "y"\n', 9, "`msgstr[0]` can't stand here"),
    "a form left out": (PLURAL + 'msgstr[1] "x"\n', 8, "`msgstr[1]` can't stand here"),
    "no message": ('msgstr "x"\nmsgstr "y"\n', 6, "`msgstr` can't stand here"),
    "an escape of no character": ('msgid "Home"\nmsgstr "a\\qb"\n', 7, "this line does not belong in a catalog"),
    "an escape by number": ('msgid "Home"\nmsgstr "a\\x41"\n', 7, "this line does not belong in a catalog"),
}  # fmt: skip


@pytest.mark.parametrize("what", OUT_OF_ORDER)
def test_a_catalog_of_which_gettext_would_lose_a_part_is_refused_at_its_line(make_site: MakeSite, what: str) -> None:
    """Each of them is refused by msgfmt as well."""
    text, line, message = OUT_OF_ORDER[what]
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog(text)})

    found = [(problem.line, problem.message) for problem in site.problems() if problem.code == "catalog-syntax"]
    assert found[0] == (line, message)


def test_a_plural_with_some_forms_says_how_many(make_site: MakeSite) -> None:
    files = {
        "translations/fr/LC_MESSAGES/messages.po": catalog(PLURAL + 'msgstr[0] "une page"\n'),
        "templates/page.html": "{{ ngettext('%(num)d page', '%(num)d pages', 2) }}",
        "translations/messages.pot": 'msgid ""\nmsgstr ""\n\n' + PLURAL + 'msgstr[0] ""\nmsgstr[1] ""\n',
    }

    told = [str(problem) for problem in make_site(files).report().warnings]

    assert any("'%(num)d page' is not translated in all plural forms: it has 1 of 2" in line for line in told)


def test_catalog_in_another_encoding_is_reported(make_site: MakeSite) -> None:
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": catalog('msgid "a"\nmsgstr "é"\n').encode("latin-1")})

    assert [problem.code for problem in site.problems()] == ["encoding"]


def test_catalog_is_where_babel_puts_it(make_site: MakeSite) -> None:
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


def test_catalog_of_the_source_language_may_reword_its_messages(make_site: MakeSite) -> None:
    site = make_site(
        {
            "templates/page.html": "{{ _('Home') }}",
            "translations/en/LC_MESSAGES/messages.po": catalog('msgid "Home"\nmsgstr "Front page"\n'),
        }
    )

    pages = site.build()

    assert (pages["en/index.html"], pages["fr/index.html"]) == ("Front page", "Front page")


def test_untranslated_message_is_an_error_in_a_complete_language(make_site: MakeSite) -> None:
    files = {
        "translations/messages.pot": catalog('msgid "Home"\nmsgstr ""\n'),
        "translations/fr/LC_MESSAGES/messages.po": catalog('msgid "Home"\nmsgstr ""\n'),
    }
    (warning,) = make_site(files).report().warnings
    (error,) = make_site(files, site=SITE.replace("{tag: fr}", "{tag: fr, complete: true}")).problems()

    assert (warning.code, warning.severity) == ("missing-message", "warning")
    assert (error.code, error.severity, error.line) == ("incomplete", "error", 6)


@pytest.mark.parametrize("path", [path for path, own in CENTER.items() if path != "en" and not own.base])
def test_catalog_is_read_by_the_library_that_weblate_uses(path: str) -> None:
    from translate.storage.po import pofile

    stores = [pofile.parsefile(str(REPOSITORY / top / catalog_path(CENTER[path]))) for top in ("", "sitegen/theme")]

    units = [unit for store in stores for unit in store.units if unit.source and not unit.isobsolete()]
    assert len(units) > 70
    assert all(unit.istranslated() for unit in units)


@pytest.mark.parametrize(
    ("tag", "text", "parts"),
    [
        ("zh-Hans", "上合组织国家卓越工程人才培养与评价标准研究项目",
         ["上合组织", "国家", "卓越", "工程", "人才", "培养", "与评价", "标准", "研究", "项目"]),
        ("zh-Hans", "中心工作，向大学介绍。", ["中心", "工作，", "向大学", "介绍。"]),
        ("zh-Hans", "优秀工程师的培养", ["优秀", "工程师的", "培养"]),
        ("zh-Hans", "中国—上合组织2025年计划", ["中国—", "上合组织", "2025年", "计划"]),
        ("zh-Hans", "术语表", ["术语表"]),
        ("ja", "大学の協力", ["大学の", "協力"]),
        ("en", "Higher education", ["Higher education"]),
        ("ur", "اعلیٰ تعلیم", ["اعلیٰ تعلیم"]),
        ("zh-Hans", "", []),
    ],
)  # fmt: skip
def test_heading_breaks_lines_only_between_words(tag: str, text: str, parts: list[str]) -> None:
    """A one-character word stays with the next, a suffix with its word, no mark begins a line, and nothing is lost."""
    found = locale(tag).phrases(text)

    assert "".join(found) == text
    assert found == parts or (not text and found in ([], [""]))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("西安交通大学主办上合大学年会", ["西安交通大学", "主办", "上合大学年会"]),
        ("卓越工程师人才培养方案", ["卓越", "工程师", "人才培养", "方案"]),  # of a name 师 is no part
        ("单志伟副校长向上合组织秘书处介绍工作", ["单志伟副校长", "向上合组织秘书处", "介绍", "工作"]),
        ("在西安交通大学", ["在西安交通大学"]),
        ("人才培养的方案", ["人才培养的", "方案"]),
        ("“上合组织”，", ["“上合组织”，"]),
    ],
)
def test_no_line_ends_within_a_name(text: str, parts: list[str]) -> None:
    names = re.compile("西安交通大学|上合组织秘书处|上合组织|上合大学|人才培养")

    assert locale("zh-Hans").phrases(text, lambda path: names) == parts
    assert locale("ru").phrases(text, lambda path: names) == [text]


@pytest.mark.parametrize("tag", ["fr", "la"])
@pytest.mark.parametrize("value", [None, "2026-03-01", 5])
def test_what_is_no_day_is_refused_in_every_language(tag: str, value: object) -> None:
    """Babel, which formats where ICU does not, shows today in place of nothing."""
    with pytest.raises((TypeError, AttributeError)):
        locale(tag).date(value)  # type: ignore[arg-type]
    with pytest.raises((TypeError, AttributeError)):
        locale(tag).date_range(dt.date(2026, 3, 1), value)  # type: ignore[arg-type]
