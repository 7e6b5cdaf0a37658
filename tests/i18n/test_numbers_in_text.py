"""Numbers of two texts are compared, each by the rules of its language."""

from __future__ import annotations

import pytest

from sitegen.i18n.numbers_in_text import find_numbers, other_numbers


def differences(own: str, source: str) -> tuple[list[str], list[str]]:
    """The numbers, as written, that a translation lacks, and those that only it has."""
    lacking, strange = other_numbers(find_numbers(own), find_numbers(source))
    return [number.text for number in lacking], [number.text for number in strange]


@pytest.mark.parametrize(
    ("source", "own"),
    [
        ("3.5 per cent, 1,250.50 yuan", "3,5 pour cent, 1250,50 yuans"),
        ("1,250.50", "1\u202f250,50"),
        ("1,250.50", "1 250,50"),
        ("1,250.50", "1.250,50"),
        ("1,250.50", "1'250.50"),
        ("1,250.50", "۱٬۲۵۰٫۵۰"),
        ("100,000 members", "1,00,000 सदस्य"),
        ("100,000 members", "१,००,००० सदस्य"),
        ("12,345,678", "1,23,45,678"),
        ("1,000 guests", "1000 invitados"),
        ("1,000 guests", "۱۰۰۰ مهمان"),
        ("1,000 guests", "1000人"),
        ("over 1,000 guests", "一千多位客人"),
        ("about 0.1%", "0,1 %"),
        ("about 0.1%", "۰٫۱٪"),
        ("at 17:30 on 12 May 2024", "17 h 30 le 12 mai 2024"),
        ("at 17:30 on 12 May 2024", "12.05.2024 um 17.30"),
        ("at 17:30 on 12 May 2024", "2024年5月12日17时30分"),
        ("250,000 readers", "25万读者"),
        ("250,000 readers", "2.5 लाख पाठक"),
        ("2.5 million readers", "250万读者"),
        ("2.5 million readers", "2,5 млн читателей"),
        ("1,300 million", "13亿"),
        ("rooms 21, 22 and 23", "21,22,23号房间"),
        ("rooms 12 and 345", "12,345"),
        ("in 2024 300 people", "en 2024, 300 personnes"),
        ("ten states", "10 states"),
        ("version 3.10.2", "version 3.10.2"),
        ("WCAG 2.2", "WCAG 2.2"),
        ("on 31 January", "31-го января"),
        ("007 and 0.05", "007 and 0,05"),
        ("９９ bottles", "99 bottles"),
    ],
)
def test_numbers_are_equal_by_the_rules_of_both_languages(source: str, own: str) -> None:
    assert differences(own, source) == ([], [])
    assert differences(source, own) == ([], [])


@pytest.mark.parametrize(
    ("source", "own", "lacking", "strange"),
    [
        ("3.5 per cent", "3,7 pour cent", ["3.5"], ["3,7"]),
        ("3.5 per cent", "35 pour cent", ["3.5"], ["35"]),
        ("3.05", "3.5", ["3.05"], ["3.5"]),
        ("1,250 yuan", "1 350 yuans", ["1,250"], ["1 350"]),
        ("5,000 people", "3,000 people", ["5,000"], ["3,000"]),
        ("250,000 readers", "25亿", ["250,000"], ["25"]),
        ("in 2025", "in the year", ["2025"], []),
        ("in the year", "in 2025", [], ["2025"]),
        ("100,000", "1,000,000", ["100,000"], ["1,000,000"]),
        ("86 seats", "८७ सीटें", ["86"], ["८७"]),
    ],
)
def test_other_numbers_are_named_as_they_are_written(
    source: str, own: str, lacking: list[str], strange: list[str]
) -> None:
    assert differences(own, source) == (lacking, strange)


def test_a_long_run_of_digits_is_not_a_number() -> None:
    assert list(find_numbers("4" * 41)) == []
