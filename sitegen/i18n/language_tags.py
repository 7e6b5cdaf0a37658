"""BCP 47 language tags, in any case, and what CLDR implies about them: script, territory, direction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<territory>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)",
    re.IGNORECASE | re.ASCII,
)
#: ISO 15924 codes of right-to-left scripts (Unicode 17, property Bidi_Class of their letters).
_RTL_SCRIPTS = frozenset(
    """Adlm Arab Aran Armi Avst Chrs Cprt Elym Gara Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc Mero Narb Nbat Nkoo
    Orkh Ougr Palm Phli Phlp Phnx Prti Rohg Samr Sarb Sidt Sogd Sogo Syrc Syre Syrj Syrn Thaa Yezi""".split()  # noqa: SIM905
)

#: Languages with a subtag of BCP 47, which CLDR describes as another of two letters: `cmn` as `zh`. Its other codes of three
#: letters for one of two are those of ISO 639 that BCP 47 excludes (RFC 5646, 2.2.1), such as `eng`.
_DESCRIBED_AS_ANOTHER = frozenset(
    """adp als arb ayr azj cls cmn cwd drh ekk esk fat fuc gaz gug ike khk kmr knc kng kpv lvs npi ojg ory pbu pes plt prp
    quz src swh uzn ydd zsm zyb""".split()  # noqa: SIM905
)


class Tag(NamedTuple):
    """The parts of a tag as written, in CLDR's case; "" for parts that are not given."""

    language: str
    script: str
    territory: str
    variants: str = ""

    def __str__(self) -> str:
        return "-".join(part for part in self if part)

    @property
    def locale(self) -> str:
        """The locale name in CLDR and ICU, such as `zh_Hans_CN`."""
        return "_".join(part for part in self[:3] if part)


class Tags(NamedTuple):
    """Tags as they were read, by their text: CLDR's data, which take 5 ms to load, are needed once for each."""

    parsed: dict[str, Tag]
    full: dict[str, Tag]


#: Those that this process has read, and those that `recall` was given.
_known = Tags({}, {})
#: More than a site has; sites that are built in one process share them.
_MOST = 1_000


def known_tags() -> Tags:
    """The tags that were read, to be recalled by another process."""
    return _known if len(_known.full) + len(_known.parsed) < _MOST else Tags({}, {})


def recall(tags: Tags) -> None:
    """Read these tags no more; the versions of CLDR and of the engine must be the same."""
    for own, others in zip(_known, tags, strict=True):
        own.update(others)


def parse_tag(text: str) -> Tag | None:
    """Parse a tag in any case; return None if it is invalid or CLDR does not know its language."""
    tag = _known.parsed.get(text) or _parse(text)
    if tag is not None:
        _known.parsed[text] = tag
    return tag


@cache
def _parse(text: str) -> Tag | None:
    found = _TAG.fullmatch(text)
    if found is None:
        return None
    variants = found["variants"].strip("-").lower()
    language = _shortest(found["language"].lower())
    tag = Tag(language, (found["script"] or "").title(), (found["territory"] or "").upper(), variants)
    return tag if _is_known(language) else None


def _shortest(language: str) -> str:
    """Return the code of two letters for one of three, if ISO 639 has both: `en` for `eng`, `zh` for `zho` and `chi`."""
    other = _cldr("language_aliases").get(language, "")
    is_code_of_both = len(language) == 3 and len(other) == 2 and language not in _DESCRIBED_AS_ANOTHER
    return other if is_code_of_both else language


def canonical_tag(text: str) -> str:
    """Return a tag as BCP 47 has it: `pt-br` → `pt-BR`, `eng` → `en`; an invalid tag is returned unchanged."""
    tag = parse_tag(text)
    return str(tag) if tag is not None else text


def _is_known(language: str) -> bool:
    from babel.localedata import exists

    likely, aliases = _cldr("likely_subtags"), _cldr("language_aliases")
    return (language in likely and language != "und") or language in aliases or exists(language)


def _cldr(name: Literal["language_aliases", "likely_subtags"]) -> Mapping[str, str]:
    """A table of CLDR."""
    from babel.core import get_global

    table: Mapping[str, str] = get_global(name)
    return table


def full_tag(text: str) -> Tag:
    """Add the likely subtags for script and territory to a tag (UTS 35): `ru` → ru-Cyrl-RU."""
    tag = _known.full.get(text)
    if tag is None:
        tag = _known.full[text] = _complete(text)
    return tag


def described_tag(text: str) -> Tag:
    """Return a tag with the language that CLDR describes it as, and only what it names: `cmn` → zh, `prs` → fa-AF."""
    tag = parse_tag(text) or Tag("und", "", "")
    aliases = _cldr("language_aliases")
    language, script, territory = (*aliases.get(tag.language, tag.language).split("_"), "", "")[:3]
    if len(script) != 4:
        script, territory = "", script
    return Tag(language, tag.script or script, tag.territory or territory, tag.variants)


def _complete(text: str) -> Tag:
    tag, likely = described_tag(text), _cldr("likely_subtags")
    for key in (tag.locale, *_shorter(tag), f"und_{tag.script}"):
        if key in likely:
            other = (*likely[key].split("_"), "", "")[:3]
            return Tag(tag.language, tag.script or other[1], tag.territory or other[2], tag.variants)
    return Tag(tag.language, tag.script or "Latn", tag.territory or "001", tag.variants)


def _shorter(tag: Tag) -> tuple[str, ...]:
    return f"{tag.language}_{tag.script}", f"{tag.language}_{tag.territory}", tag.language


def is_rtl(text: str) -> bool:
    """Whether a language is written from right to left; HTML has no value for top to bottom, as in Mongolian."""
    return full_tag(text).script in _RTL_SCRIPTS


def names_of(text: str) -> Iterator[str]:
    """Yield the locale names that match a tag and its script, most specific first: pt_Latn_BR, pt_Latn, pt_BR, pt."""
    full = full_tag(text)
    yield from (full.locale, f"{full.language}_{full.script}")
    for name in (f"{full.language}-{full.territory}", full.language):
        if full_tag(name).script == full.script:
            yield name.replace("-", "_")


def likely_language(script: str, territory: str) -> str:
    """Return the likely language of a script and territory: fa for Arab in IR; "" if there is none."""
    likely = _cldr("likely_subtags")
    found = next((likely[key] for key in (f"und_{script}_{territory}", f"und_{script}") if key in likely), "")
    return found.split("_")[0]
