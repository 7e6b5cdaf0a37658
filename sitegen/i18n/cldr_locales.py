"""CLDR's locale for a language tag, in Babel and in ICU, or that of the nearest language.

The nearest language is the likely one for the same script and territory. Nothing depends on the machine's locale.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from sitegen.i18n import icu
from sitegen.i18n.language_tags import Tag, full_tag, likely_language, names_of

if TYPE_CHECKING:
    import babel

#: ICU's locale without a language.
ROOT = "root"


@cache
def cldr_locale(tag: str) -> babel.Locale:
    """Return Babel's locale for a tag in its script, or for the nearest language if CLDR has none."""
    full = full_tag(tag)
    near = Tag(likely_language(full.script, full.territory) or "en", full.script, full.territory)
    found = first_in_cldr((*names_of(tag), *names_of(str(near)), "en"))
    assert found is not None, "it has English"
    return found


@cache
def own_locale(tag: str) -> babel.Locale | None:
    """Return Babel's locale for a language in any script; None if CLDR has no data for it."""
    return first_in_cldr((*names_of(tag), full_tag(tag).language))


def first_in_cldr(names: Iterable[str]) -> babel.Locale | None:
    """Return Babel's locale for the first of these names that it has; None if it has none."""
    import babel  # takes 4 ms, and isn't needed by an edit
    from babel.localedata import exists

    name = next((name for name in names if exists(name)), None)
    return babel.Locale.parse(name) if name else None


@cache
def icu_locale(tag: str) -> str:
    """Return ICU's locale name for a tag in its script, or for the nearest language, for collation and punctuation."""
    return next((name for name in names_of(tag) if icu.has(name)), "") or nearest_locale(tag)


def nearest_locale(tag: str) -> str:
    """Return ICU's locale name for the likely language of a tag's script and territory."""
    full = full_tag(tag)
    near = Tag(likely_language(full.script, full.territory) or full.language, full.script, full.territory)
    return next((name for name in names_of(str(near)) if icu.has(name)), ROOT)
