"""What is taken from CLDR ahead of a build is what CLDR says."""

from __future__ import annotations

import random

import pytest
from own_names import own_name

from sitegen.i18n.language import Language
from sitegen.i18n.language_names import own_names
from sitegen.i18n.locale import Locale

#: The languages of the Center's site, and those that are written in several scripts.
_CERTAIN = ("en", "zh", "ru", "kk", "ky", "tg", "uz", "uz-Cyrl", "be", "hi", "ur", "fa", "zh-Hant", "sr-Latn", "pt-PT")


def test_languages_call_themselves_as_cldr_does() -> None:
    """After an update of Babel, `python tests/scripts/own_names.py` writes the names again."""
    named = own_names()
    tags = {*_CERTAIN, *random.Random(1).sample(sorted(named), 25)}

    assert {tag: named[tag] for tag in tags} == {tag: own_name(tag) for tag in tags}


def test_a_language_without_a_name_of_its_own_has_that_of_cldr() -> None:
    assert "sr-ME" not in own_names()

    assert Locale.of(Language(tag="sr-ME", path="sr-me", fallback=(), formats="sr-ME")).name == "Srpski"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("eng", "English"),
        ("spa", "Spanish"),
        ("cmn", "Chinese"),
        ("pt-Latn", "Portuguese"),
        ("en-Latn", "English"),
        ("iw", "Hebrew"),
        ("mo", "Romanian"),
        ("en-US", "American English"),
        ("eng-GB", "British English"),
        ("zh-TW", "Traditional Chinese"),
        ("zh-Hant-HK", "Traditional Chinese"),
        ("prs", "Dari"),
    ],
)
def test_name_has_no_territory_or_script_that_the_tag_does_not_imply(tag: str, name: str) -> None:
    english = Locale.of(Language(tag="en", path="en", fallback=(), formats="en"))

    assert english.language(tag) == name
