"""Addresses of pages in Hugo, from `url`, `slug`, `permalinks` and `uglyURLs`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection

from sitegen.importers.hugo.site import HugoPage, HugoSite
from sitegen.importers.keys import urlize
from sitegen.model.page import Key
from sitegen.model.urls import ancestor_keys, last_part, parent_key

#: A token of a pattern, such as `:year` or `:sections[1:]`.
_TOKEN = re.compile(r":([a-z]+)(?:\[(\w*+)(:?)(\w*+)\])?")


def address_of(site: HugoSite, page: HugoPage, sections: Collection[Key]) -> str:
    """Return the address of a page in Hugo, relative to the site's address, such as `/fr/posts/one/`.

    Args:
        sections: folders with their own page in this language; folders of the first level are always sections.
    """
    prefix = site.languages[page.language].prefix
    if own := page.text("url"):
        path = own if own.startswith("/") else f"{prefix}{own}"
        return path if path.startswith(prefix) else f"{prefix}{path.lstrip('/')}"
    pattern = _pattern(site, page)
    if pattern:
        path = filled_in(page, pattern, sections)
    elif page.is_section:
        path = page.key
    else:
        path = f"{parent_key(page.key) or ''}{urlize(page.text('slug')) or last_part(page.key)}/"
    if _is_ugly(site, page) and not page.is_section:
        path = path.rstrip("/") + ".html"
    return prefix + path.lstrip("/")


def _pattern(site: HugoSite, page: HugoPage) -> str:
    """Return the pattern for the page's section, preferring that of its language; "" if there is none."""
    kind = "section" if page.is_section else "page"
    for outer in (("languages", page.language), ()):
        for names in ((kind, page.section), *(((page.section,),) if not page.is_section else ())):
            found = site.setting(*outer, "permalinks", *names)
            if isinstance(found, str):
                return found
    return ""


def _is_ugly(site: HugoSite, page: HugoPage) -> bool:
    """Whether the page's address ends in `.html`: `uglyURLs` is set for all pages or for its section."""
    return True in (
        site.setting_of(page.language, "uglyurls", page.section),
        site.setting_of(page.language, "uglyurls"),
    )


def filled_in(page: HugoPage, pattern: str, sections: Collection[Key] = ()) -> str:
    """Fill in a pattern of `permalinks` for a page: `/:year/:slug/` → `/2024/one/`; unknown tokens are left out."""
    path = _TOKEN.sub(lambda found: _token(page, found, sections), pattern)
    path = re.sub(r"/{2,}", "/", f"/{path}/")
    return path.rstrip("/") if path.endswith(".html/") else path


def _token(page: HugoPage, found: re.Match[str], sections: Collection[Key]) -> str:
    name, first, colon, last = found[1], found[2], found[3], found[4]
    if name in ("sections", "sectionslugs"):
        own = [key for key in (*ancestor_keys(page.key), page.key) if key in sections or key.count("/") == 2]
        parts = [last_part(key) for key in own if key != page.key or page.is_section]
        return "/".join(parts if first is None else _slice(parts, first, colon, last))
    slug, title, stem = urlize(page.text("slug")), urlize(page.text("title")), last_part(page.key)
    tokens = {
        "title": title,
        "slug": slug or title,
        **dict.fromkeys(("section", "sectionslug"), page.section),
        **dict.fromkeys(("filename", "contentbasename"), stem),
        **dict.fromkeys(("slugorfilename", "slugorcontentbasename"), slug or stem),
    }
    return tokens[name] if name in tokens else _of_the_day(page.text("date"), name)


def _slice(parts: list[str], first: str, colon: str, last: str) -> list[str]:
    """Return a slice of the sections in Hugo's syntax: `[0]`, `[last]`, `[1:]`, `[:last]`, `[1:2]`."""

    def number(text: str, otherwise: int) -> int:
        return len(parts) - 1 if text == "last" else int(text) if text.isdecimal() and len(text) < 10 else otherwise

    start = number(first, 0)
    return parts[start : number(last, len(parts))] if colon else parts[start : start + 1]


def _of_the_day(date: str, name: str) -> str:
    try:
        day = dt.date.fromisoformat(date[:10])
    except ValueError:
        return ""
    parts = {
        "year": f"{day.year:04}",
        "month": f"{day.month:02}",
        "monthname": _MONTHS[day.month - 1],
        "day": f"{day.day:02}",
        "weekday": str(day.isoweekday() % 7),
        "weekdayname": _WEEKDAYS[day.weekday()],
        "yearday": str(day.timetuple().tm_yday),
    }
    return parts.get(name, "")


#: Hugo uses English names in all languages.
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
