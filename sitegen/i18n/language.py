"""A language of the site."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from sitegen.source.mark import Mark


class Language(Struct, frozen=True, kw_only=True):
    """One language of the site.

    Attributes:
        tag: BCP 47, as in `<html lang>`; "zh-Hans".
        path: first segment of its addresses and suffix of its files; "zh".
        fallback: paths of the languages shown where this one has nothing, in order.
        formats: tag whose CLDR formats it uses; "en-001" for English with the day before the month.
        calendar: CLDR's name of the calendar of its dates, as "persian"; "" for the one that CLDR prefers.
        digits: CLDR's name of its digits, as "arabext"; "" for those that CLDR prefers.
        base: path of the language that it is made of at build, in the script of its tag; "" for a language of its own.
        is_complete: whether an untranslated message is an error in it.
        name: its own name, as readers are shown it; "" for CLDR's.
        is_published: whether it is there for readers; else for previews alone.
        base_url: scheme, host and path of its own host, as the site's; "" for the site's.
        mark: where the site declares it.
        words: words that the script's rule would get wrong → how they are written.
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
