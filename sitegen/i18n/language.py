"""A language of the site."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from sitegen.source.mark import Mark


class Language(Struct, frozen=True, kw_only=True):
    """One language of the site."""

    tag: str  #: BCP 47 tag, as in `<html lang>`, such as "zh-Hans"
    path: str  #: first segment of its addresses and suffix of its files, such as "zh"
    fallback: tuple[str, ...]  #: paths of the languages to show where this one has no translation, in order
    formats: str  #: tag whose CLDR formats it uses, such as "en-001" for English with the day before the month
    calendar: str = ""  #: CLDR's name of the calendar of its dates, such as "persian"; "" for CLDR's default
    digits: str = ""  #: CLDR's name of its digits, such as "arabext"; "" for CLDR's default
    base: str = ""  #: path of the language from which it is transliterated at build time; "" if it is not derived
    is_complete: bool = False  #: whether an untranslated message is an error
    name: str = ""  #: its own name, as shown to readers; "" for CLDR's
    is_published: bool = True  #: whether it is published; if not, it appears only in previews
    base_url: str = ""  #: base URL of its own host; "" for the site's
    mark: Mark | None = None  #: position of its declaration
    #: Words that transliteration would get wrong → their spelling.
    words: Mapping[str, str] = field(default_factory=dict)
