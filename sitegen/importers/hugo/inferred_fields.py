"""Infers the fields of a kind and the order of its lists from the pages of a Hugo site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

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


def fields_of(families: Sequence[Family], taxonomies: Sequence[Taxonomy], problems: list[Problem]) -> dict[str, Field]:
    """Return the own fields of a kind: those for its taxonomies, and the other fields of its pages."""
    pages = [page for family in families for page in family.versions.values()]
    found: dict[str, Field] = {}
    for taxonomy in taxonomies:
        if any(terms_of(page, taxonomy.plural) for page in pages):
            item = Field(name=taxonomy.plural, type="page", kind=taxonomy.singular)
            found[taxonomy.plural] = Field(name=taxonomy.plural, type="list", item=item)
    skipped = KNOWN | FOREIGN | {taxonomy.plural for taxonomy in taxonomies}
    for name in dict.fromkeys(name for page in pages for name in page.front if name not in skipped):
        spelled = next(page.names[name] for page in pages if name in page.front)
        declared = infer_field(_free_name(spelled), [page.front[name] for page in pages if name in page.front])
        if declared is None or not re.fullmatch(r"[A-Za-z_][\w-]*", spelled):
            problems += _untold(name, pages)
        else:
            found[name] = replace(declared, side="words" if _is_word(name, declared, families) else "facts")
    return found


def _free_name(name: str) -> str:
    """Return a name that does not clash with a built-in field."""
    return f"own_{name}" if name.lower() in BASE_FIELDS or name.lower() in TRANSLATION_FIELDS else name


def _untold(name: str, pages: Iterable[HugoPage]) -> Iterator[Problem]:
    for page in pages:
        if name in page.front:
            message = (
                f"'{page.names[name]}' has another shape on other pages, or is not a valid field name; it is left out"
            )
            yield page.loss(message, page.front[name].key, "give it the same shape on all pages")


def _is_word(name: str, declared: Field, families: Iterable[Family]) -> bool:
    """Whether a field differs between languages; if no page has it in several languages, text fields are words."""
    is_fact = False
    for family in families:
        values = {written(declared, page.front[name]) for page in family.versions.values() if name in page.front}
        if len(values) > 1 or (values and name not in family.head.front):
            return True
        is_fact |= len([page for page in family.versions.values() if name in page.front]) > 1
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
