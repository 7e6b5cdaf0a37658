"""Language tags (BCP 47), in whatever case they are written, and what CLDR takes for granted about each: script, territory, direction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from babel.core import get_global
from babel.localedata import exists

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<territory>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)",
    re.IGNORECASE | re.ASCII,
)
#: ISO 15924 codes of scripts that run from right to left (Unicode 17, property Bidi_Class of their letters).
_RTL_SCRIPTS = frozenset(
    [
        "Adlm",
        "Arab",
        "Aran",
        "Armi",
        "Avst",
        "Chrs",
        "Cprt",
        "Elym",
        "Gara",
        "Hatr",
        "Hebr",
        "Hung",
        "Khar",
        "Lydi",
        "Mand",
        "Mani",
        "Mend",
        "Merc",
        "Mero",
        "Narb",
        "Nbat",
        "Nkoo",
        "Orkh",
        "Ougr",
        "Palm",
        "Phli",
        "Phlp",
        "Phnx",
        "Prti",
        "Rohg",
        "Samr",
        "Sarb",
        "Sidt",
        "Sogd",
        "Sogo",
        "Syrc",
        "Syre",
        "Syrj",
        "Syrn",
        "Thaa",
        "Yezi",
    ]
)


class Tag(NamedTuple):
    """A tag's parts as they are written, in CLDR's case; "" where it says nothing."""

    language: str
    script: str
    territory: str
    variants: str = ""

    def __str__(self) -> str:
        return "-".join(part for part in self if part)

    @property
    def locale(self) -> str:
        """As CLDR's files and ICU name it: `zh_Hans_CN`."""
        return "_".join(part for part in self[:3] if part)


@cache
def parse_tag(text: str) -> Tag | None:
    """The parts of a tag in any case; None where it is none, or its language has no name in CLDR."""
    found = _TAG.fullmatch(text)
    if found is None:
        return None
    variants = found["variants"].strip("-").lower()
    tag = Tag(found["language"].lower(), (found["script"] or "").title(), (found["territory"] or "").upper(), variants)
    return tag if _is_known(tag.language) else None


def canonical_tag(text: str) -> str:
    """A tag in the case that BCP 47 recommends, `pt-br` as `pt-BR`; a text that is no tag as it is."""
    tag = parse_tag(text)
    return str(tag) if tag is not None else text


def _is_known(language: str) -> bool:
    likely: Mapping[str, str] = get_global("likely_subtags")
    aliases: Mapping[str, str] = get_global("language_aliases")
    return (language in likely and language != "und") or language in aliases or exists(language)


@cache
def full_tag(text: str) -> Tag:
    """A tag with the script and territory that go without saying (UTS 35, likely subtags): `ru` is ru-Cyrl-RU."""
    tag = parse_tag(text) or Tag("und", "", "")
    aliases: Mapping[str, str] = get_global("language_aliases")
    likely: Mapping[str, str] = get_global("likely_subtags")
    language, script, territory = (*aliases.get(tag.language, tag.language).split("_"), "", "")[:3]
    if len(script) != 4:
        script, territory = "", script
    tag = Tag(language, tag.script or script, tag.territory or territory, tag.variants)
    for key in (tag.locale, *_shorter(tag), f"und_{tag.script}"):
        if key in likely:
            other = (*likely[key].split("_"), "", "")[:3]
            return Tag(tag.language, tag.script or other[1], tag.territory or other[2], tag.variants)
    return Tag(tag.language, tag.script or "Latn", tag.territory or "001", tag.variants)


def _shorter(tag: Tag) -> tuple[str, ...]:
    return f"{tag.language}_{tag.script}", f"{tag.language}_{tag.territory}", tag.language


def is_rtl(text: str) -> bool:
    """Whether a language is written from right to left; from top to bottom, as Mongolian, HTML has no word for."""
    return full_tag(text).script in _RTL_SCRIPTS


def names_of(text: str) -> Iterator[str]:
    """Names of locales that describe a tag and its script, the most telling first: pt_Latn_BR, pt_Latn, pt_BR, pt."""
    full = full_tag(text)
    yield from (full.locale, f"{full.language}_{full.script}")
    for name in (f"{full.language}-{full.territory}", full.language):
        if full_tag(name).script == full.script:
            yield name.replace("-", "_")


def likely_language(script: str, territory: str) -> str:
    """The language that is likely in a script and territory: fa for Arab in IR; "" where none is."""
    likely: Mapping[str, str] = get_global("likely_subtags")
    found = next((likely[key] for key in (f"und_{script}_{territory}", f"und_{script}") if key in likely), "")
    return found.split("_")[0]
