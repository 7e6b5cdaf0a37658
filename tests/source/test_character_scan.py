"""The byte search finds whatever the pattern finds, and spares the pattern for most texts."""

from __future__ import annotations

import re
import sys
from functools import cache

from sitegen.content.dialects import FOREIGN
from sitegen.source import line_joining
from sitegen.source.character_scan import may_have_controls, may_have_digits, may_have_unspaced, signs_in
from sitegen.source.text import CONTROL


@cache
def everything() -> str:
    """All characters; not made when the tests are collected, which each process does."""
    return "".join(map(chr, range(sys.maxunicode + 1)))


def test_no_control_character_is_missed() -> None:
    found = CONTROL.findall(everything())

    assert len(found) > 2000
    assert [c for c in found if not may_have_controls(f"a{c}b".encode("utf-8", "surrogatepass"))] == []


def test_no_digit_of_any_script_is_missed() -> None:
    digits = re.findall(r"\d", everything())

    assert len(digits) > 600
    assert [digit for digit in digits if not may_have_digits(f"a{digit}b")] == []


def test_no_character_of_a_script_without_spaces_is_missed() -> None:
    found = re.findall(line_joining._UNSPACED.pattern, everything())

    assert len(found) > 90_000
    assert [character for character in found if not may_have_unspaced(f"a{character}b")] == []


def test_texts_of_the_sites_languages_spare_the_patterns() -> None:
    texts = (
        "It’s “so” — 5 € «да»…",
        "Он сказал: «да» — и всё, № 5",
        "「是」，（好）、。",
        "او گفت «بله»؛ می‌خواهم ۵",
        "वह बोला “हाँ”।",
    )

    assert [text for text in texts if may_have_controls(text.encode())] == []
    assert [text for text in texts if may_have_unspaced(text)] == ["「是」，（好）、。"]
    assert not may_have_digits("Он сказал: «да» — и всё")


def test_foreign_constructs_are_found_by_their_signs() -> None:
    text = "!!! note\n\n/// tip\n\n==words== and :tada: {: .x } [TOC] $a^2$"

    assert signs_in("a, b. c\n") == frozenset()
    assert len(FOREIGN.may_be_in(text, signs_in(text))) == 7
