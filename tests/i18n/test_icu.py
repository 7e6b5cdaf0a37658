"""Dates, ranges, numbers and quotation marks as ICU writes them."""

from __future__ import annotations

import datetime as dt
from ctypes import byref, c_char_p, c_int, c_int32, c_void_p, create_string_buffer

import pytest

from sitegen.i18n import icu
from sitegen.i18n.traditional_chinese import simplified


@pytest.mark.parametrize(
    ("locale", "style", "written"),
    [
        ("en_001", "full", "Tuesday, 2 September 2025"),
        ("en_001", "long", "2 September 2025"),
        ("en_001", "medium", "2 Sept 2025"),
        ("en_001", "short", "02/09/2025"),
        ("fa@calendar=gregorian;numbers=latn", "long", "2 سپتامبر 2025"),
        ("ur@numbers=arabext", "long", "۲ ستمبر، ۲۰۲۵"),
        ("hi@numbers=deva", "long", "२ सितंबर २०२५"),
        ("en@calendar=persian", "long", "Shahrivar 11, 1404 AP"),
    ],
)
def test_date_uses_the_requested_calendar_and_digits(locale: str, style: str, written: str) -> None:
    assert icu.date(locale, dt.date(2025, 9, 2), style) == written


@pytest.mark.parametrize(
    ("day", "persian"),
    [
        # Nowruz of leap and common years, and the last day of a leap year (Calendar Center, University of Tehran).
        ((2021, 3, 21), "۱ فروردین ۱۴۰۰"),
        ((2024, 3, 20), "۱ فروردین ۱۴۰۳"),
        ((2025, 3, 20), "۳۰ اسفند ۱۴۰۳"),
        ((2025, 3, 21), "۱ فروردین ۱۴۰۴"),
        ((1979, 2, 11), "۲۲ بهمن ۱۳۵۷"),
    ],
)
def test_solar_hijri_year_begins_at_nowruz(day: tuple[int, int, int], persian: str) -> None:
    assert icu.date("fa@calendar=persian;numbers=arabext", dt.date(*day), "long") == persian


def test_days_before_1582_are_proleptic_gregorian() -> None:
    assert icu.date("en_001", dt.date(1088, 1, 1), "long") == "1 January 1088"


def test_range_into_a_leap_month_names_both_months() -> None:
    """ICU takes a month and its leap month for one: of the 6th to the leap 6th month, it shows one day."""
    first, last = dt.date(2025, 7, 1), dt.date(2025, 7, 31)

    assert icu.date_range("ko@calendar=dangi", first, last, "yMMMMd") == "을사년 6월 7일 – 을사년 윤6월 7일"
    assert icu.date_range("ko@calendar=dangi", first, dt.date(2025, 7, 5), "yMMMMd") == "을사 6월 7–11"
    assert "윤6월 2–9" in icu.date_range("ko@calendar=dangi", dt.date(2025, 7, 26), dt.date(2025, 8, 2), "yMMMMd")


def test_ranges_before_1582_are_proleptic_gregorian_in_every_calendar_that_counts_on() -> None:
    def shown(locale: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> str:
        return icu.date_range(locale, dt.date(*first), dt.date(*last), "yMMMMd").replace("\u2009", " ")

    assert shown("en_001", (1380, 9, 8), (1380, 9, 10)) == "8–10 September 1380"
    assert shown("en_001", (4, 2, 29), (1582, 10, 4)) == "29 February 4 – 4 October 1582"
    assert shown("en_001", (1582, 10, 4), (1582, 10, 20)) == "4–20 October 1582"
    assert shown("en_001", (1582, 10, 7), (1582, 10, 20)) == "7 October 1582 – 20 October 1582"
    assert shown("th@calendar=buddhist", (1380, 9, 8), (1380, 9, 10)) == "8–10 กันยายน 1923"
    assert icu.date("th@calendar=buddhist", dt.date(1380, 9, 8), "long") == "8 กันยายน 1923"
    assert shown("fa@calendar=persian", (1380, 9, 17), (1380, 9, 17)) == icu.date(
        "fa@calendar=persian", dt.date(1380, 9, 17), "long"
    )


def test_range_writes_shared_parts_once() -> None:
    first = dt.date(2025, 9, 2)

    def until(*day: int) -> str:
        return icu.date_range("en_001", first, dt.date(*day), "yMMMMd").replace("\u2009", " ")

    assert until(2025, 9, 2) == "2 September 2025"
    assert until(2025, 9, 5) == "2–5 September 2025"
    assert until(2025, 10, 5) == "2 September – 5 October 2025"
    assert until(2026, 1, 5) == "2 September 2025 – 5 January 2026"


def test_number_mixes_no_digits_and_symbols_of_two_scripts() -> None:
    assert icu.number("fa@numbers=arabext", 1234567.5) == "۱٬۲۳۴٬۵۶۷٫۵"
    assert icu.number("fa@numbers=latn", 1234567.5) == "1,234,567.5"
    assert icu.number("en", -0.25) == "-0.25"


def test_quotation_marks_follow_the_language() -> None:
    marks = ["".join(icu.quotation_marks(tag)) for tag in ("en", "ru", "zh_Hans", "fa")]

    assert marks == ["“”", "«»", "“”", "«»"]


def test_sort_order_may_be_given_by_rules() -> None:
    words = ["яма", "ўқув", "олма"]

    assert sorted(words, key=icu.collation("uz_Cyrl", "&я<ў<<<Ў")) == ["олма", "яма", "ўқув"]
    assert sorted(words, key=icu.collation("be")) == ["олма", "ўқув", "яма"]


def test_text_longer_than_a_buffer_is_complete() -> None:
    letters = "ö" * 5_000

    assert icu.number("en", 10.0**300).count("0") == 300
    assert icu.collation("de")(letters + "a") < icu.collation("de")(letters + "b")
    assert "".join(part for part, _ in icu.visual_runs(f"ش{letters}", is_rtl=False)) == f"ش{letters}"


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("С 2025 г. (XJTU) — 45%", [("С 2025 г. (XJTU) — 45%", False)]),
        ("XJTU مرکز b", [("XJTU ", False), ("مرکز", True), (" b", False)]),
        ("a \u202ebc", [("a ", False), ("\u202ebc", True)]),  # told to turn
    ],
)
def test_line_is_split_where_its_direction_turns(line: str, runs: list[tuple[str, bool]]) -> None:
    assert icu.visual_runs(line, is_rtl=False) == runs


def test_icu_error_is_raised_with_its_name() -> None:
    with pytest.raises(icu.IcuError, match="ucol_openRules failed: error"):
        icu.collation("en", "& [no rule")


def test_traditional_han_table_equals_icu() -> None:
    han = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00))]
    name, text = "Traditional-Simplified", "\n".join(han)
    opened = icu._open("utrans_openU", icu._utf16(name), len(name), 0, None, 0, None)
    length, limit, status = c_int32(len(text)), c_int32(len(text)), c_int(0)
    buffer = create_string_buffer(text.encode("utf-16-le"), 4 * len(text))
    call = icu._function("utrans_transUChars", c_void_p, c_void_p, c_void_p, c_int32, c_int32, c_void_p, c_void_p)
    call(opened, buffer, byref(length), 2 * len(text), 0, byref(limit), byref(status))
    written = buffer.raw[: 2 * length.value].decode("utf-16-le").split("\n")

    expected = {sign: other for sign, other in zip(han, written, strict=True) if sign != other and len(other) == 1}
    assert {chr(sign): other for sign, other in simplified().items()} == expected


def test_a_locale_is_known_if_icu_lists_it() -> None:
    library, version = icu._library()
    name = icu._function("uloc_getAvailable", c_int32)
    name.restype = c_char_p
    listed = [name(number).decode() for number in range(getattr(library, f"uloc_countAvailable_{version}")())]
    assert all(icu.has(locale) for locale in listed)
    assert not any(icu.has(f"{locale}{end}") for locale in listed for end in ("0", "_QQ", "~"))
    assert not icu.has("")
