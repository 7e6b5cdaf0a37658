"""Converts the pages of a Hugo site: groups their translations, and determines their kinds and paths.

Pages that Hugo generates without a file (lists of sections, pages of terms) become normal pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from sitegen.importers.hugo.inferred_fields import fields_of, sort_of
from sitegen.importers.hugo.site import Family, HugoPage, HugoSite
from sitegen.importers.hugo.terms import Taxonomy, made_page, pages_of_terms, plain_taxonomies, with_fewer_terms
from sitegen.model.fields import Field
from sitegen.model.page import Key
from sitegen.model.slugs import is_slug
from sitegen.model.urls import last_part, parent_key
from sitegen.problems.problem import Problem


class Adopted(Struct, frozen=True, dict=True):
    """A site whose pages have their new paths."""

    site: HugoSite
    families: Mapping[Key, Family]
    of: Mapping[tuple[str, Key], Key]  #: (language, key in Hugo) → new key
    taxonomies: tuple[Taxonomy, ...]
    terms: Mapping[tuple[str, str, str], Key]  #: (plural, language, term as written) → key of its page
    fields: Mapping[str, Mapping[str, Field]]  #: kind → its own fields by lowercase name
    sorts: Mapping[str, str]  #: kind → sort order of its child pages
    problems: tuple[Problem, ...]

    def kind_below(self, kind: str) -> str:
        """Return the default kind of the pages below a page of this kind."""
        singular = self._singular.get(kind, kind)
        return singular if singular in self.fields else kind

    @cached_property
    def _singular(self) -> dict[str, str]:
        return {taxonomy.plural: taxonomy.singular for taxonomy in self.taxonomies}

    def fields_of(self, family: Family, page: HugoPage) -> list[tuple[str, Field]]:
        """Return the own fields of a page that are filled in, by lowercase name, in the order of its kind."""
        places, fields = self._places[family.kind], self.fields[family.kind]
        names = [name for name, node in page.front.items() if name in places and node.value is not None]
        return [(name, fields[name]) for name in sorted(names, key=places.__getitem__)]

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        return {kind: {name: place for place, name in enumerate(fields)} for kind, fields in self.fields.items()}

    @cached_property
    def by_url(self) -> dict[str, Key]:
        """Address in Hugo → new key of the page."""
        return {page.url: family.key for family in self.families.values() for page in family.versions.values()}

    def segments(self, key: Key, language: str) -> tuple[str, ...]:
        """Return the parts of a page's new address, without the language."""
        if key == "/":
            return ()
        above = parent_key(key) or Key("/")
        own = self.slug(key, language) or key.removeprefix(above).rstrip("/")
        if above not in self.families:
            return (*(part for part in above.split("/") if part), own)
        return (*self.segments(above, language), own)

    def slug(self, key: Key, language: str) -> str:
        """Return a page's slug, or its source's slug if it is not translated; "" if it is the name of its folder."""
        return self._slugs[key, language] if key != "/" else ""

    @cached_property
    def _slugs(self) -> dict[tuple[Key, str], str]:
        """(page, language) → slug; if two pages in a folder have the same slug, the second uses its folder's name."""
        folders: dict[Key | None, set[str]] = {}
        for key in self.families:
            folders.setdefault(parent_key(key), set()).add(last_part(key))
        found: dict[tuple[Key, str], str] = {}
        for language in self.site.languages:
            taken: dict[Key | None, set[str]] = {}
            for key, family in self.families.items():
                above = taken.setdefault(parent_key(key), set())
                own = _own_slug(family, language)
                found[key, language] = "" if own in folders[parent_key(key)] or own in above else own
                above.add(found[key, language])
        return found


def _own_slug(family: Family, language: str) -> str:
    """Return the last part of a version's old address; "" if it is the name of the page's folder."""
    last = family.versions.get(language, family.head).url.rstrip("/").rpartition("/")[2].removesuffix(".html")
    return last if last and last != last_part(family.key) and is_slug(last) else ""


def adopt(site: HugoSite) -> Adopted:
    """Determine the new path of every page."""
    problems: list[Problem] = []
    taxonomies = tuple(plain_taxonomies(site, problems))
    by_plural = {taxonomy.plural: taxonomy for taxonomy in taxonomies}
    written = (with_fewer_terms(page, by_plural, problems) for page in _without_stubs(site, problems))
    of, members = _families(site, [*written, *_made_sections(site)], problems)
    terms, made = pages_of_terms(site, taxonomies, members, problems)
    for key, page in made:
        members.setdefault(key, {}).setdefault(page.language, page)
        of.setdefault((page.language, page.key), key)
    families = {key: _family(site, key, versions, by_plural) for key, versions in sorted(members.items())}
    of_kind: dict[str, list[Family]] = {}
    for family in families.values():
        of_kind.setdefault(family.kind, []).append(family)
    own = {kind: fields_of(found, by_plural, problems) for kind, found in sorted(of_kind.items())}
    sorts = {kind: sort_of(found, kind in by_plural) for kind, found in of_kind.items()}
    return Adopted(site, families, of, taxonomies, terms, own, sorts, tuple(problems))


def _family(site: HugoSite, key: Key, found: Mapping[str, HugoPage], taxonomies: Mapping[str, Taxonomy]) -> Family:
    versions = dict(sorted(found.items(), key=lambda entry: site.order[entry[0]]))
    source = site.default if site.default in versions else next(iter(versions))
    return Family(key, source, _kind(key, versions[source], taxonomies), versions)


def _kind(key: Key, page: HugoPage, taxonomies: Mapping[str, Taxonomy]) -> str:
    """Return a page's kind: that of its taxonomy for a term, otherwise its type or its section, or else `page`."""
    parts = [part for part in key.split("/") if part]
    if parts and parts[0] in taxonomies:
        return parts[0] if len(parts) == 1 else taxonomies[parts[0]].singular
    name = page.text("type") or (parts[0] if len(parts) > 1 or (parts and page.is_section) else "page")
    return re.sub(r"[^\w-]+", "-", name.lower()) or "page"


def _without_stubs(site: HugoSite, problems: list[Problem]) -> Iterator[HugoPage]:
    """Skip translations without title and text, so that their readers get the fallback language with a notice."""
    written_keys = {page.key for page in site.pages if not _is_stub(page)}
    for page in site.pages:
        if _is_stub(page) and page.key in written_keys:
            message, hint = "a translation without a title or text is left out", "translate it, or remove the file"
            problems.append(page.loss(message, hint=hint))
        else:
            yield page


def _is_stub(page: HugoPage) -> bool:
    return not page.text("title") and not page.body.strip()


# translations


def _families(
    site: HugoSite, pages: Iterable[HugoPage], problems: list[Problem]
) -> tuple[dict[tuple[str, Key], Key], dict[Key, dict[str, HugoPage]]]:
    """Group pages by `translationKey`, or else by their path below their language's folder."""
    own: dict[str, list[HugoPage]] = {}
    for page in sorted(pages, key=lambda page: (site.order[page.language], page.key)):
        name = page.text("translationkey") if page.key != "/" else ""  # a home page stays one
        own.setdefault(name, []).append(page)
    heads = {name: _first(site, group).key for name, group in own.items() if name}
    named = {(page.language, page.key): key for name, key in heads.items() for page in own[name]}
    of: dict[tuple[str, Key], Key] = {}
    members: dict[Key, dict[str, HugoPage]] = {}
    for page in sorted((p for group in own.values() for p in group), key=lambda p: (p.key.count("/"), p.key)):
        key = named.get((page.language, page.key)) or _below(page, of)
        if page.language in members.get(key, {}):
            message = f"the same page as {members[key][page.language].path}"
            problems.append(page.loss(message, hint="join the two, or rename one"))
            continue
        of[page.language, page.key] = key
        members.setdefault(key, {})[page.language] = page
    return of, members


def _first(site: HugoSite, group: Sequence[HugoPage]) -> HugoPage:
    return next((page for page in group if page.language == site.default), group[0])


def _below(page: HugoPage, of: Mapping[tuple[str, Key], Key]) -> Key:
    """Return the new path of a page, below the new path of its parent."""
    above = parent_key(page.key)
    if above is None:
        return page.key
    return Key(of.get((page.language, above), above) + page.key.removeprefix(above))


def _made_sections(site: HugoSite) -> Iterator[HugoPage]:
    """Create the home page and the pages of sections, like Hugo, unless there is a file in any language."""
    written_keys = {page.key for page in site.pages}
    if "/" not in written_keys:
        for language in site.languages.values():
            yield made_page(site, language.path, Key("/"), "", language.title)
    sections = {(page.language, page.section) for page in site.pages if page.section}
    for path, name in sorted(sections):
        if f"/{name}/" not in written_keys:
            yield made_page(site, path, Key(f"/{name}/"), f"{name}/", name.replace("-", " ").capitalize())
