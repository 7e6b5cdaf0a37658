"""The pages of a Hugo site as pages of a site here: which belong together, of what kind they are, where they lie.

What Hugo makes without a file (lists of sections, pages of terms) becomes a page like others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sitegen.importers.hugo.addresses import key_of, urlize
from sitegen.importers.hugo.site import HugoPage, HugoSite
from sitegen.importers.infer import infer_field, written
from sitegen.model.fields import Field
from sitegen.model.kinds import BASE_FIELDS, TRANSLATION_FIELDS
from sitegen.model.urls import is_slug, parent_key
from sitegen.model.values import Key
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.source.yaml import Node

_START = Mark(1, 1)
_PLAIN_NAME = re.compile(r"[^\W\d_][\w-]*")
#: Taxonomies of a site that names none.
_TAXONOMIES = {"category": "categories", "tag": "tags"}

#: Fields that pages here have under another name, or that are told by where a page lies.
KNOWN = frozenset(
    """title description summary date publishdate pubdate published expirydate unpublishdate lastmod modified draft weight
    slug url aliases translationkey type cascade menu menus iscjklanguage headless build _build""".split()  # noqa: SIM905
)
#: Fields that tell Hugo how to build; nothing here corresponds to them.
FOREIGN = frozenset("layout markup outputs resources sitemap".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Family:
    """A page in all its languages.

    Attributes:
        key: where it lies here.
        source: path of the language whose version has the facts.
        versions: language → page, in the order of the languages.
    """

    key: Key
    source: str
    kind: str
    versions: Mapping[str, HugoPage]

    @property
    def head(self) -> HugoPage:
        """The version that has the facts."""
        return self.versions[self.source]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Terms of one sort: `singular` is the kind of their pages, `plural` the field and the folder."""

    singular: str
    plural: str


@dataclass(frozen=True)
class Adopted:
    """A site whose pages have their places.

    Attributes:
        of: (language, key in Hugo) → key here.
        terms: (plural, language, term as written) → key of its page.
        fields: kind → its own fields by their names in small letters.
        sorts: kind → how pages below one of it are listed.
    """

    site: HugoSite
    families: Mapping[Key, Family]
    of: Mapping[tuple[str, Key], Key]
    taxonomies: tuple[Taxonomy, ...]
    terms: Mapping[tuple[str, str, str], Key]
    fields: Mapping[str, Mapping[str, Field]]
    sorts: Mapping[str, str]
    problems: tuple[Problem, ...]

    @cached_property
    def by_url(self) -> dict[str, Key]:
        """Address in Hugo → page."""
        return {page.url: family.key for family in self.families.values() for page in family.versions.values()}

    def segments(self, key: Key, language: str) -> tuple[str, ...]:
        """The parts of a page's address here, below the language."""
        if key == "/":
            return ()
        above = parent_key(key) or Key("/")
        own = self.slug(key, language) or key.removeprefix(above).rstrip("/")
        if above not in self.families:
            return (*(part for part in above.split("/") if part), own)
        return (*self.segments(above, language), own)

    def slug(self, key: Key, language: str) -> str:
        """The last part of a page's address, where it is not its folder's name; its source's where it is not translated."""
        return self._slugs[key, language] if key != "/" else ""

    @cached_property
    def _slugs(self) -> dict[tuple[Key, str], str]:
        """(page, language) → its slug; of two pages in a folder with one address the second keeps its folder's name."""
        folders: dict[Key | None, set[str]] = {}
        for key in self.families:
            folders.setdefault(parent_key(key), set()).add(_name(key))
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
    """What the address of a version ends in, where that is not the name of the page's folder."""
    last = family.versions.get(language, family.head).url.rstrip("/").rpartition("/")[2].removesuffix(".html")
    return last if last and last != _name(family.key) and is_slug(last) else ""


def _name(key: Key) -> str:
    return key.rstrip("/").rpartition("/")[2]


def adopt(site: HugoSite) -> Adopted:
    """Give every page its place."""
    problems: list[Problem] = []
    taxonomies = tuple(_plain_taxonomies(site, problems))
    pages = [*_without_stubs(site, problems), *_made_sections(site)]
    of, members = _families(site, pages, problems)
    terms, made = _terms(site, taxonomies, members, problems)
    for key, page in made:
        members.setdefault(key, {}).setdefault(page.language, page)
        of.setdefault((page.language, page.key), key)
    families = {key: _family(site, key, versions, taxonomies) for key, versions in sorted(members.items())}
    of_kind: dict[str, list[Family]] = {}
    for family in families.values():
        of_kind.setdefault(family.kind, []).append(family)
    own = {kind: _fields(kind, found, taxonomies, problems) for kind, found in sorted(of_kind.items())}
    sorts = {kind: _sort(found, kind in {t.plural for t in taxonomies}) for kind, found in of_kind.items()}
    return Adopted(site, families, of, taxonomies, terms, own, sorts, tuple(problems))


def _family(site: HugoSite, key: Key, found: Mapping[str, HugoPage], taxonomies: Sequence[Taxonomy]) -> Family:
    versions = {language: found[language] for language in site.languages if language in found}
    source = site.default if site.default in versions else next(iter(versions))
    return Family(key, source, _kind(key, versions[source], taxonomies), versions)


def _kind(key: Key, page: HugoPage, taxonomies: Sequence[Taxonomy]) -> str:
    """Its type, else the section that it lies in, else `page`; a term's is its taxonomy's."""
    parts = [part for part in key.split("/") if part]
    for taxonomy in taxonomies:
        if parts[:1] == [taxonomy.plural]:
            return taxonomy.plural if len(parts) == 1 else taxonomy.singular
    name = page.text("type") or (parts[0] if len(parts) > 1 or (parts and page.is_section) else "page")
    return re.sub(r"[^\w-]+", "-", name.lower()) or "page"


def _without_stubs(site: HugoSite, problems: list[Problem]) -> Iterator[HugoPage]:
    """Pages but translations with neither title nor text: their readers get the next language and a notice instead."""
    written_keys = {page.key for page in site.pages if not _is_stub(page)}
    for page in site.pages:
        if _is_stub(page) and page.key in written_keys:
            message, hint = "a translation without a title or text is left out", "translate it, or remove the file"
            problems.append(page.problem("not-imported", message, None, hint))
        else:
            yield page


def _is_stub(page: HugoPage) -> bool:
    return not page.text("title") and not page.body.strip()


def _plain_taxonomies(site: HugoSite, problems: list[Problem]) -> Iterator[Taxonomy]:
    """Taxonomies whose names can be those of a folder, a field and a kind."""
    for taxonomy in _taxonomies(site):
        if _PLAIN_NAME.fullmatch(taxonomy.singular) and _PLAIN_NAME.fullmatch(taxonomy.plural):
            yield taxonomy
        else:
            setting = site.settings["taxonomies"]
            message = f"the taxonomy '{taxonomy.plural}' is not imported: its name must be letters, digits and hyphens"
            problems.append(problem_at(setting.path, "not-imported", message, setting.node.key))


# what belongs together


def _families(
    site: HugoSite, pages: Iterable[HugoPage], problems: list[Problem]
) -> tuple[dict[tuple[str, Key], Key], dict[Key, dict[str, HugoPage]]]:
    """Pages by their `translationKey`, else by where they lie below their language's folder."""
    order = list(site.languages)
    own: dict[str, list[HugoPage]] = {}
    for page in sorted(pages, key=lambda page: (order.index(page.language), page.key)):
        own.setdefault(page.text("translationkey"), []).append(page)
    named = {
        (page.language, page.key): _first(site, group).key for name, group in own.items() if name for page in group
    }
    of: dict[tuple[str, Key], Key] = {}
    members: dict[Key, dict[str, HugoPage]] = {}
    for page in sorted((p for group in own.values() for p in group), key=lambda p: (p.key.count("/"), p.key)):
        key = named.get((page.language, page.key)) or _below(page, of)
        if page.language in members.get(key, {}):
            message = f"the same page as {members[key][page.language].path}"
            problems.append(page.problem("not-imported", message, None, "join the two, or rename one"))
            continue
        of[page.language, page.key] = key
        members.setdefault(key, {})[page.language] = page
    return of, members


def _first(site: HugoSite, group: Sequence[HugoPage]) -> HugoPage:
    return next((page for page in group if page.language == site.default), group[0])


def _below(page: HugoPage, of: Mapping[tuple[str, Key], Key]) -> Key:
    """Where a page lies, below the page that its folder is here."""
    above = parent_key(page.key)
    if above is None:
        return page.key
    return Key(of.get((page.language, above), above) + page.key.removeprefix(above))


def _made(site: HugoSite, language: str, key: Key, url: str, title: str) -> HugoPage:
    """A page that has no file."""
    return HugoPage(
        path="",
        language=language,
        key=key,
        folder=key,
        is_section=True,
        front={"title": Node(title, title, _START)},
        names={"title": "title"},
        body="",
        first_line=1,
        url=site.languages[language].prefix + url,
    )


def _made_sections(site: HugoSite) -> Iterator[HugoPage]:
    """The home page and the lists of sections that no file describes in any language, as Hugo makes them."""
    written_keys = {page.key for page in site.pages}
    if "/" not in written_keys:
        for language in site.languages.values():
            yield _made(site, language.path, Key("/"), "", language.title)
    sections = {(page.language, page.section) for page in site.pages if page.section}
    for path, name in sorted(sections):
        if f"/{name}/" not in written_keys:
            yield _made(site, path, Key(f"/{name}/"), f"{name}/", name.replace("-", " ").capitalize())


# terms


def _taxonomies(site: HugoSite) -> Iterator[Taxonomy]:
    disabled = site.settings.get("disablekinds")
    off = disabled.node.value if disabled and isinstance(disabled.node.value, tuple) else ()
    if {"taxonomy", "term"} & {node.text.lower() for node in off}:
        return
    table = site.settings.get("taxonomies")
    found = (
        {k: n.text for k, n in table.node.value.items()}
        if table and isinstance(table.node.value, dict)
        else _TAXONOMIES
    )
    yield from (Taxonomy(singular, plural.lower()) for singular, plural in found.items() if singular != plural)


def terms_of(page: HugoPage, plural: str) -> tuple[Node, ...]:
    """The terms that a page names."""
    node = page.front.get(plural)
    if node is None or node.value is None or isinstance(node.value, dict):
        return ()
    return tuple(own for own in (node.value if isinstance(node.value, tuple) else (node,)) if own.text)


def _terms(
    site: HugoSite,
    taxonomies: Sequence[Taxonomy],
    members: Mapping[Key, Mapping[str, HugoPage]],
    problems: list[Problem],
) -> tuple[dict[tuple[str, str, str], Key], list[tuple[Key, HugoPage]]]:
    """(plural, language, term) → page, and those pages.

    A term of a translation is the source's of the same word, else the one at its place, in most pages that have both.
    """
    terms: dict[tuple[str, str, str], Key] = {}
    made: list[tuple[Key, HugoPage]] = []
    for plural in (taxonomy.plural for taxonomy in taxonomies):
        votes: dict[tuple[str, str], Counter[str]] = {}
        for versions in members.values():
            _vote(site, plural, versions, votes, problems)
        keys: dict[str, Key] = {}
        for name in sorted((urlize(meant.most_common(1)[0][0]) for meant in votes.values()), key=_is_changed):
            _term_key(plural, name, keys)
        for (language, text), meant in votes.items():
            key = _term_key(plural, meant.most_common(1)[0][0], keys)
            terms[plural, language, text] = key
            made.append((key, _made(site, language, key_of(f"{plural}/{text}"), f"{plural}/{urlize(text)}/", text)))
        for language in dict.fromkeys(language for language, _ in votes):
            list_key = Key(f"/{plural}/")
            made.append((list_key, _made(site, language, list_key, f"{plural}/", plural.capitalize())))
    return terms, made


def _is_changed(name: str) -> bool:
    """Whether the page of a term can't have the name that its address has."""
    return key_of(name) != f"/{name}/"


def _term_key(plural: str, text: str, keys: dict[str, Key]) -> Key:
    """Where the page of a term lies; of two whose letters are the same, such as C and C++, the second has a number."""
    name = urlize(text)
    if name not in keys:
        plain = f"/{plural}/{key_of(name).strip('/') or 'term'}"
        number = sum(key.startswith((f"{plain}/", f"{plain}-")) for key in keys.values()) + 1
        keys[name] = Key(f"{plain}-{number}/" if f"{plain}/" in keys.values() else f"{plain}/")
    return keys[name]


def _vote(
    site: HugoSite,
    plural: str,
    versions: Mapping[str, HugoPage],
    votes: dict[tuple[str, str], Counter[str]],
    problems: list[Problem],
) -> None:
    source = next((versions[path] for path in (site.default, *site.languages) if path in versions), None)
    assert source is not None
    wanted = terms_of(source, plural)
    for language, page in versions.items():
        own = terms_of(page, plural)
        for text, meant in _paired([node.text for node in own], [node.text for node in wanted]):
            votes.setdefault((language, text), Counter())[meant] += 1
        if page is not source and own and len(own) != len(wanted):
            message = f"{plural}: {len(own)} terms, {len(wanted)} in {source.path}, which hold for all languages"
            problems.append(page.problem("not-imported", message, page.front[plural].key, "put what is missing there"))


def _paired(own: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each term of a translation with that of the source: the same word before the same place among the rest."""
    shared = set(own) & set(wanted)
    rest, others = ([text for text in texts if text not in shared] for texts in (own, wanted))
    yield from ((text, text) for text in own if text in shared)
    yield from zip(rest, others if len(rest) == len(others) else rest, strict=True)


# fields


def _fields(
    kind: str, families: Sequence[Family], taxonomies: Sequence[Taxonomy], problems: list[Problem]
) -> dict[str, Field]:
    """Fields of a kind that no other page has: those of its taxonomies, and whatever its pages say besides."""
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
    """A name that means nothing else here."""
    return f"own_{name}" if name.lower() in BASE_FIELDS or name.lower() in TRANSLATION_FIELDS else name


def _untold(name: str, pages: Iterable[HugoPage]) -> Iterator[Problem]:
    for page in pages:
        if name in page.front:
            message = f"'{page.names[name]}' is of another shape elsewhere, or no name of a field; it is left out"
            yield page.problem("not-imported", message, page.front[name].key, "give it one shape in all pages")


def _is_word(name: str, declared: Field, families: Iterable[Family]) -> bool:
    """Whether languages differ in a field; where no page tells, texts are words."""
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


def _sort(families: Sequence[Family], is_list_of_terms: bool) -> str:
    """How such pages are listed: by weight where most have one, else the newest first, else by title."""
    pages = [family.head for family in families if family.head.path and not family.head.is_section]
    if not is_list_of_terms and pages:
        for name, sort in (("weight", "order"), ("date", "-date")):
            if sum(page.text(name) not in ("", "0") for page in pages) * 2 > len(pages):
                return sort
    return "title"
