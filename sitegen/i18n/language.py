"""A language of the site."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from sitegen.source.mark import Mark


class Language(Struct, frozen=True, kw_only=True):
    """One language of the site.

    Attributes:
        tag: BCP 47 tag, as in `<html lang>`, such as "zh-Hans".
        path: first segment of its addresses and suffix of its files, such as "zh".
        fallback: paths of the languages to show where this one has no translation, in order.
        formats: tag whose CLDR formats it uses, such as "en-001" for English with the day before the month.
        calendar: CLDR's name of the calendar of its dates, such as "persian"; "" for CLDR's default.
        digits: CLDR's name of its digits, such as "arabext"; "" for CLDR's default.
        base: path of the language from which it is transliterated at build time; "" if it is not derived.
        is_complete: whether an untranslated message is an error.
        name: its own name, as shown to readers; "" for CLDR's.
        is_published: whether it is published; if not, it appears only in previews.
        base_url: base URL of its own host; "" for the site's.
        mark: position of its declaration.
        words: words that transliteration would get wrong → their spelling.
    """

    tag: str
    path: str
    fallback: tuple[str, ...]
    formats: str
    calendar: str = ""
    digits: str = ""
    base: str = ""
    is_complete: bool = False
    name: str = ""
    is_published: bool = True
    base_url: str = ""
    mark: Mark | None = None
    words: Mapping[str, str] = field(default_factory=dict)
