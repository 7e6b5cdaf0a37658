"""Infers the fields of a kind and the order of its lists from the pages of a Hugo site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from sitegen.importers.hugo.site import Family, HugoPage
from sitegen.importers.hugo.terms import Taxonomy, terms_of
from sitegen.importers.infer import infer_field, written
from sitegen.model.fields import Field
from sitegen.model.kinds import BASE_FIELDS, TRANSLATION_FIELDS
from sitegen.problems.problem import Problem

#: Fields that have a counterpart here, or that follow from the path of the page.
KNOWN = frozenset(
    """title description summary date publishdate pubdate published expirydate unpublishdate lastmod modified draft weight
    slug keywords url aliases translationkey type cascade menu menus iscjklanguage headless build _build""".split()  # noqa: SIM905
)
#: Build settings of Hugo without a counterpart here.
FOREIGN = frozenset("layout markup outputs resources sitemap".split())  # noqa: SIM905
_SKIPPED = KNOWN | FOREIGN


def fields_of(
    families: Iterable[Family], taxonomies: Mapping[str, Taxonomy], problems: list[Problem]
) -> dict[str, Field]:
    """Return the own fields of a kind: those for its taxonomies, which are given by plural, and those of its pages."""
    users = _users(families)
    found: dict[str, Field] = {}
    own = [taxonomies[name] for name in users if name in taxonomies]
    for taxonomy in sorted(own, key=lambda taxonomy: taxonomy.place):
        if any(terms_of(page, taxonomy.plural) for _, pages in users[taxonomy.plural] for page in pages):
            item = Field(name=taxonomy.plural, type="page", kind=taxonomy.singular)
            found[taxonomy.plural] = Field(name=taxonomy.plural, type="list", item=item)
    for name in (name for name in users if name not in _SKIPPED and name not in taxonomies):
        pages = [page for _, versions in users[name] for page in versions]
        spelled = pages[0].names[name]
        declared = infer_field(_free_name(spelled), [page.front[name] for page in pages])
        if declared is None or not re.fullmatch(r"[A-Za-z_][\w-]*", spelled):
            problems += _untold(name, pages)
        else:
            found[name] = replace(declared, side="words" if _is_word(name, declared, users[name]) else "facts")
    return found


def _users(families: Iterable[Family]) -> dict[str, list[tuple[Family, list[HugoPage]]]]:
    """Return field → the pages that have it, each with those of its versions that do."""
    found: dict[str, list[tuple[Family, list[HugoPage]]]] = {}
    for family in families:
        own: dict[str, list[HugoPage]] = {}
        for page in family.versions.values():
            for name in page.front:
                own.setdefault(name, []).append(page)
        for name, pages in own.items():
            found.setdefault(name, []).append((family, pages))
    return found


def _free_name(name: str) -> str:
    """Return a name that does not clash with a built-in field."""
    return f"own_{name}" if name.lower() in BASE_FIELDS or name.lower() in TRANSLATION_FIELDS else name


def _untold(name: str, pages: Iterable[HugoPage]) -> Iterator[Problem]:
    for page in pages:
        message = f"'{page.names[name]}' has another shape on other pages, or is not a valid field name; it is left out"
        yield page.loss(message, page.front[name].key, "give it the same shape on all pages")


def _is_word(name: str, declared: Field, users: Iterable[tuple[Family, Sequence[HugoPage]]]) -> bool:
    """Whether a field differs between languages; if no page has it in several languages, text fields are words."""
    is_fact = False
    for family, pages in users:
        values = {written(declared, page.front[name]) for page in pages}
        if len(values) > 1 or (values and name not in family.head.front):
            return True
        is_fact |= len(pages) > 1
    return not is_fact and _is_text(declared)


def _is_text(declared: Field) -> bool:
    within = [declared.item] if declared.item is not None else declared.fields.values()
    return declared.type == "text" or any(_is_text(own) for own in within)


def sort_of(families: Sequence[Family], is_list_of_terms: bool) -> str:
    """Return the sort order of pages: by weight if most have one, newest first if most have a date, else by title."""
    pages = [family.head for family in families if family.head.path and not family.head.is_section]
    if not is_list_of_terms and pages:
        for name, sort in (("weight", "order"), ("date", "-date")):
            if sum(page.text(name) not in ("", "0") for page in pages) * 2 > len(pages):
                return sort
    return "title"
