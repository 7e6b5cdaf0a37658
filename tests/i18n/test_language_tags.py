"""Language tags: every one of CLDR, in any case, and its properties; against CLDR's own files and ICU."""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import os
import subprocess
import sys
from gettext import c2py

import babel
import pytest
from babel.dates import format_date
from babel.localedata import locale_identifiers
from babel.numbers import format_decimal
from conftest import REPOSITORY, SITE, MakeSite

from sitegen.i18n import icu, language_tags
from sitegen.i18n.dates_and_numbers import Formats
from sitegen.i18n.language import Language
from sitegen.i18n.language_tags import canonical_tag, full_tag, is_rtl, parse_tag
from sitegen.i18n.locale import Locale
from sitegen.i18n.plurals import plural_forms
from sitegen.translation.message_files import extract, update

DAY = dt.date(2025, 9, 2)
ALL = sorted(locale_identifiers())


def locale(tag: str) -> Locale:
    return Locale.of(Language(tag=tag, path=tag, fallback=(), formats=tag))


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("pt-br", "pt-BR"),
        ("zh-cn", "zh-CN"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("KY-ARAB", "ky-Arab"),
        ("en-001", "en-001"),
        ("ca-ES-VALENCIA", "ca-ES-valencia"),
        ("de-1996", "de-1996"),
        ("dng", "dng"),
        ("prs", "prs"),
        ("crh", "crh"),
    ],
)
def test_tag_is_accepted_in_any_case(written: str, tag: str) -> None:
    assert canonical_tag(written) == tag


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("eng", "en"),
        ("ZHO-hant", "zh-Hant"),
        ("chi", "zh"),
        ("fre-ca", "fr-CA"),
        ("per", "fa"),
        ("uzb-Cyrl", "uz-Cyrl"),
    ],
)
def test_language_that_iso_639_has_two_letters_for_is_written_with_two(written: str, tag: str) -> None:
    assert canonical_tag(written) == tag


@pytest.mark.parametrize("tag", ["cmn", "prs", "kmr", "arb", "uzn", "yue", "fil", "swc", "iw", "in", "mo", "sh", "no"])
def test_tag_that_bcp_47_has_stays_as_it_is(tag: str) -> None:
    assert canonical_tag(tag) == tag


def test_no_language_is_shortened_to_another() -> None:
    """ICU has a code of ISO 639-2 for each of two letters; those that librarians write are in no table of it."""
    librarians = "alb arm baq bur chi cze dut fre geo ger gre ice mac mao may per rum scc scr slo tib wel".split()  # noqa: SIM905
    as_cldr_has_it = {"mol": "ro", "twi": "ak"}
    library, version = icu._library()
    code_of = getattr(library, f"uloc_getISO3Language_{version}")
    code_of.restype = ctypes.c_char_p

    shortened = {code: canonical_tag(code) for code in language_tags._cldr("language_aliases") if len(code) == 3}

    assert {
        code: tag
        for code, tag in shortened.items()
        if tag != code and code not in librarians and code_of(tag.encode()).decode() != code
    } == as_cldr_has_it
    assert len({*shortened.values()}) > 180


@pytest.mark.parametrize("text", ["", "x", "xx", "english", "zh_CN", "en-", "x-foo", "und", "en\n", "ру"])
def test_other_text_is_not_a_tag(text: str) -> None:
    assert parse_tag(text) is None


#: Tag → its own name, direction, script, Open Graph's locale.
DESCRIBED = {
    "ky-Arab": ("قىرعىزچا", "rtl", "Arab", "ky_CN"),
    "tg-Arab": ("تاجیکی", "rtl", "Arab", "tg_PK"),
    "ku-Arab": ("کوردی", "rtl", "Arab", "ku_IQ"),
    "ug-Cyrl": ("Уйғурчә", "ltr", "Cyrl", "ug_KZ"),
    "ug": ("ئۇيغۇرچە", "rtl", "Arab", "ug_CN"),
    "mn-Mong": ("ᠮᠣᠩᠭᠣᠯ", "ltr", "Mong", "mn_CN"),
    "dng": ("Хуэйзў йүян", "ltr", "Cyrl", "dng_KG"),
    "prs": ("دری", "rtl", "Arab", "fa_AF"),
    "crh": ("Къырымтатарджа", "ltr", "Cyrl", "crh_UA"),
    "uz-Arab": ("اوزبیک", "rtl", "Arab", "uz_AF"),
    "pt-BR": ("Português", "ltr", "Latn", "pt_BR"),
    "zh-CN": ("简体中文", "ltr", "Hans", "zh_CN"),
    "zh-TW": ("繁體中文", "ltr", "Hant", "zh_TW"),
    "en-GB": ("British English", "ltr", "Latn", "en_GB"),
    "ca-ES-valencia": ("Català", "ltr", "Latn", "ca_ES"),
    "ady": ("Adyghe", "ltr", "Cyrl", "ady_RU"),
    "ha-Arab": ("Hausa (Arabic)", "rtl", "Arab", "ha_NG"),
}


@pytest.mark.parametrize("tag", DESCRIBED)
def test_tag_is_described_in_its_own_script(tag: str) -> None:
    own = locale(tag)

    assert (own.name, own.dir, own.script, own.og) == DESCRIBED[tag]


def test_directions_agree_with_icu_for_every_script() -> None:
    library, version = icu._library()
    short = getattr(library, f"uscript_getShortName_{version}")
    short.restype = ctypes.c_char_p
    from_right = getattr(library, f"uscript_isRightToLeft_{version}")
    names = {number: short(number) for number in range(250)}

    assert {
        name.decode() for number, name in names.items() if name and from_right(number)
    } <= language_tags._RTL_SCRIPTS


#: Forty tags of every kind: with their own data in ICU, in Babel alone, by script, territory and variant.
FORTY = (
    ["en", "en-GB", "en-001", "es", "es-419", "fr", "fr-CA", "de",  "pt", "pt-BR", "pt-PT", "it", "nl", "sv", "pl", "cs", "hu", "ro", "el", "tr", "ru", "uk", "be", "kk", "ky", "tg", "uz", "uz-Cyrl", "az", "hy", "ka", "zh-Hans", "zh-Hant", "ja", "ko", "vi", "id", "sw", "yo", "kaa", "co", "myv", "sr-Latn", "ca-ES-valencia"]
)  # fmt: skip


@pytest.mark.parametrize("tag", FORTY)
def test_formats_and_direction_agree_with_cldr(tag: str) -> None:
    formats, cldr = Formats.of(tag), locale(tag).cldr

    assert formats.nearest == ""
    assert formats.date(DAY, "medium").split() == format_date(DAY, "medium", cldr).split()
    assert formats.number(12345.5) == format_decimal(12345.5, locale=cldr, numbering_system="default")
    assert locale(tag).dir == ("rtl" if cldr.text_direction == "rtl" else "ltr")


@pytest.mark.parametrize("share", [10, pytest.param(1, marks=pytest.mark.soak)])
def test_every_tag_of_cldr_has_direction_script_name_dates_numbers_and_order(share: int) -> None:
    wrong = []
    for name in ALL[::share]:
        if name == "root":
            continue
        own, cldr = locale(canonical_tag(name.replace("_", "-"))), babel.Locale.parse(name)
        direction = "rtl" if cldr.text_direction == "rtl" else "ltr"
        written = own.date(DAY), own.date_range(DAY, dt.date(2025, 9, 5)), own.number(1234.5), own.quoted("x"), own.name
        is_right = own.dir == direction and own.script == (cldr.script or own.script) and all(written)
        if not is_right or sorted(["b", "a"], key=own.order) != ["a", "b"]:
            wrong.append((name, own.dir, own.script, written))

    assert wrong == []
    assert len(ALL) > 1_000


def test_language_unknown_to_icu_has_its_months_from_cldr() -> None:
    assert "сентябрь" in locale("kaa").date(DAY)
    assert "di sittembre" in locale("co").date(DAY)
    assert "–" in locale("co").date_range(DAY, dt.date(2025, 9, 5))


@pytest.mark.parametrize(
    ("tag", "nearest"),
    [("ky-Arab", "ug"), ("ug-Cyrl", "ru-KZ"), ("dng", "ky"), ("crh", "uk"), ("ady", "ru"), ("kk", ""), ("prs", "")],
)
def test_language_unknown_to_cldr_uses_the_nearest_of_its_script(tag: str, nearest: str) -> None:
    formats = Formats.of(tag)

    assert full_tag(formats.nearest or tag).language == full_tag(nearest or tag).language
    assert formats.date(DAY, "long") == Formats.of(nearest or tag).date(DAY, "long")
    assert is_rtl(formats.nearest or tag) == is_rtl(tag)


def test_language_without_date_formats_is_reported_once(make_site: MakeSite) -> None:
    site = SITE + "  - {tag: ky-arab}\n"

    warnings = make_site(site=site).report().warnings

    assert [(problem.code, problem.line) for problem in warnings] == [("language-data", 7)]
    assert "as in 'ug'" in warnings[0].message
    assert not make_site(site=site.replace("ky-arab", "ky-arab, formats: ug")).report().warnings


def test_site_may_name_a_language_itself(make_site: MakeSite) -> None:
    made = make_site(
        {"templates/page.html": "{{ locale.name }}|{{ locale.dir }}"},
        site=SITE + "  - {tag: DNG, name: Хуэйзў, formats: ky}\n",
    )

    assert made.build()["DNG/index.html"] == "Хуэйзў|ltr"


TOLD = """
import datetime as dt
import json
from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale
for tag in ("kaa", "arn", "sdh", "en", "xh", "ky-Arab"):
    own = Locale.of(Language(tag=tag, path=tag, fallback=(), formats=tag))
    first, last = dt.date(2025, 9, 2), dt.date(2025, 9, 5)
    print(ascii([own.date(first), own.date_range(first, last), own.number(1234.5), own.percent(.5), own.quoted("x"), own.name]))
    print(ascii(sorted("zåäöaščđ", key=own.order)))
"""


def test_nothing_depends_on_the_locale_of_the_machine() -> None:
    def told(name: str) -> str:
        environment = {**os.environ, "LC_ALL": name, "LANG": name, "LANGUAGE": name[:2], "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            [sys.executable, "-c", TOLD], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert told("sv_SE.UTF-8") == told("C") == told("tr_TR.UTF-8")


@pytest.mark.slow
def test_every_tag_has_a_plural_header_that_agrees_with_cldr() -> None:
    languages = sorted({name.split("_")[0] for name in ALL} - {"root"})
    samples = (0, 1, 2, 3, 5, 11, 21, 100, 101)

    for language in languages:
        number, expression = plural_forms(language)
        rule, form = babel.Locale.parse(language).plural_form, c2py(expression)
        assert len({(rule(n), form(n)) for n in samples}) == len({rule(n) for n in samples}), language
        assert max(form(n) for n in samples) < number
    assert [plural_forms(tag)[0] for tag in ("dng", "prs", "ky-Arab", "pt-BR", "ca-ES-valencia")] == [1, 2, 2, 2, 2]


@pytest.mark.parametrize("tag", ["dng", "prs", "ky-Arab", "PT-br", "ca-ES-valencia", "kaa"])
def test_catalogs_of_every_tag_are_written_and_read(make_site: MakeSite, tag: str) -> None:
    made = make_site({"templates/page.html": "{{ _('Home') }}"}, site=SITE + f"  - {{tag: {tag}, formats: en}}\n")
    extract(made.root)

    (path,) = update(made.root, (tag,))
    made.write(
        path,
        (made.root / path).read_text(encoding="utf-8").replace('msgid "Home"\nmsgstr ""', 'msgid "Home"\nmsgstr "X"'),
    )

    assert made.build()[f"{tag}/index.html"] == "X"


def test_recalled_tags_are_what_cldr_says() -> None:
    read = {text: (parse_tag(text), full_tag(text)) for text in ("uz-cyrl", "sr", "no", "zh-TW")}
    code = (
        "import sys, json\n"
        "from sitegen.i18n.language_tags import Tag, Tags, full_tag, parse_tag, recall\n"
        "given = json.loads(sys.argv[1])\n"
        "recall(Tags(*({text: Tag(*own[n]) for text, own in given.items()} for n in (0, 1))))\n"
        "print(json.dumps([[text, parse_tag(text), full_tag(text)] for text in given]), 'babel' in sys.modules)"
    )
    command = [sys.executable, "-c", code, json.dumps(read)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said == json.dumps([[text, *own] for text, own in read.items()]) + " False\n"
