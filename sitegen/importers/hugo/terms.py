"""Taxonomies of a Hugo site: each term becomes a page, and terms with the same meaning are its translations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sitegen.importers.free_names import FreeNames
from sitegen.importers.hugo.site import HugoPage, HugoSite
from sitegen.importers.keys import key_of, urlize
from sitegen.model.page import Key
from sitegen.problems.problem import Problem, counted
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.source.yaml import Node

_START = Mark(1, 1)
#: The most bytes of a term in an address: a folder has its name, and most disks take 255 bytes.
_LONGEST = 200
#: The most terms of a page, in all taxonomies together: each of them may become a page, which costs as much as another.
MOST_TERMS = 200
#: The most taxonomies of a site; each page shows the pages that name it in any of them.
MOST_TAXONOMIES = 20
_PLAIN_NAME = re.compile(r"[^\W\d_][\w-]*")
#: Taxonomies of a site without declared ones.
_TAXONOMIES = {"category": "categories", "tag": "tags"}


class Taxonomy(Struct, frozen=True):
    """A taxonomy: `singular` is the kind of its terms' pages, `plural` the field and the folder."""

    singular: str
    plural: str
    place: int  #: its place among the taxonomies


def plain_taxonomies(site: HugoSite, problems: list[Problem]) -> Iterator[Taxonomy]:
    """Yield the taxonomies that can be a folder, a field and a kind; report the others."""
    for taxonomy in _taxonomies(site):
        fault = _fault_of(taxonomy)
        if fault:
            setting = site.settings["taxonomies"]
            message = f"the taxonomy '{taxonomy.plural}' is not imported: {fault}"
            problems.append(problem_at(setting.path, "not-imported", message, setting.node.key))
        else:
            yield taxonomy


def _fault_of(taxonomy: Taxonomy) -> str:
    if taxonomy.place >= MOST_TAXONOMIES:
        return f"there are more than {MOST_TAXONOMIES}, and every page shows them all"
    is_plain = _PLAIN_NAME.fullmatch(taxonomy.singular) and _PLAIN_NAME.fullmatch(taxonomy.plural)
    return "" if is_plain else "its name must be letters, digits and hyphens"


def _taxonomies(site: HugoSite) -> Iterator[Taxonomy]:
    disabled, table = site.node("disablekinds"), site.node("taxonomies")
    if disabled is not None and {"taxonomy", "term"} & {node.text.lower() for node in disabled.items}:
        return
    is_declared = table is not None and isinstance(table.value, dict)
    found = {name: node.text for name, node in table.entries.items()} if table and is_declared else _TAXONOMIES
    for place, (singular, plural) in enumerate(found.items()):
        if singular != plural:
            yield Taxonomy(singular, plural.lower(), place)


def terms_of(page: HugoPage, plural: str) -> tuple[Node, ...]:
    """Return the terms of a page."""
    node = page.front.get(plural)
    if node is None or node.value is None or isinstance(node.value, dict):
        return ()
    return tuple(own for own in node.items if own.text)


def with_fewer_terms(page: HugoPage, plurals: Collection[str], problems: list[Problem]) -> HugoPage:
    """Return a page without the terms that are too many, which are reported."""
    front, left = dict(page.front), MOST_TERMS
    for plural in (name for name in page.front if name in plurals):
        terms = terms_of(page, plural)
        if len(terms) > left:
            message = f"{plural}: a page has at most {MOST_TERMS} terms, as each becomes a page; the rest are left out"
            problems.append(page.loss(message, terms[left].mark, "keep those that lead to other pages"))
            front[plural] = replace(page.front[plural], value=terms[:left])
        left -= min(left, len(terms))
    return replace(page, front=front) if left == 0 else page


def pages_of_terms(
    site: HugoSite,
    taxonomies: Sequence[Taxonomy],
    members: Mapping[Key, Mapping[str, HugoPage]],
    problems: list[Problem],
) -> tuple[dict[tuple[str, str, str], Key], list[tuple[Key, HugoPage]]]:
    """Return (plural, language, term) → page, and the pages.

    A term of a translation corresponds to the same word in the source, or else to the term at the same position; if
    pages disagree, the majority decides.
    """
    terms: dict[tuple[str, str, str], Key] = {}
    made: list[tuple[Key, HugoPage]] = []
    for plural, own in _using(taxonomies, members).items():
        votes: dict[tuple[str, str], Counter[str]] = {}
        for versions in own:
            _vote(site, plural, versions, votes, problems)
        keys, free = dict[str, Key](), FreeNames()
        for name in sorted((urlize(meant.most_common(1)[0][0]) for meant in votes.values()), key=_is_changed):
            _term_key(plural, name, keys, free)
        for (language, text), meant in votes.items():
            key = _term_key(plural, meant.most_common(1)[0][0], keys, free)
            terms[plural, language, text] = key
            address = f"{plural}/{urlize(text)}/" if _fits(text) else key.lstrip("/")
            made.append((key, made_page(site, language, key_of(f"{plural}/{text}"), address, text)))
        for language in dict.fromkeys(language for language, _ in votes):
            list_key = Key(f"/{plural}/")
            made.append((list_key, made_page(site, language, list_key, f"{plural}/", plural.capitalize())))
    return terms, made


def _using(
    taxonomies: Sequence[Taxonomy], members: Mapping[Key, Mapping[str, HugoPage]]
) -> dict[str, list[Mapping[str, HugoPage]]]:
    """Return taxonomy → the pages that have terms of it."""
    found: dict[str, list[Mapping[str, HugoPage]]] = {taxonomy.plural: [] for taxonomy in taxonomies}
    for versions in members.values():
        for name in dict.fromkeys(name for page in versions.values() for name in page.front if name in found):
            found[name].append(versions)
    return found


def _fits(term: str) -> bool:
    """Whether a term can be a part of an address, and so a folder's name; Hugo can't publish others."""
    return len(urlize(term).encode()) <= _LONGEST


def _is_changed(name: str) -> bool:
    """Whether the name in a term's old address can't be kept in the page's key."""
    return key_of(name) != f"/{name}/"


def _term_key(plural: str, text: str, keys: dict[str, Key], free: FreeNames) -> Key:
    """Return the key of a term's page; if keys would be the same, as for C and C++, the second one gets a number."""
    name = urlize(text)
    if name not in keys:
        own = key_of(name).strip("/").encode()[:_LONGEST].decode(errors="ignore")
        plain = f"/{plural}/{own or 'term'}"
        keys[name] = Key(free.take(f"{plain}/", numbered=lambda number: f"{plain}-{number}/"))
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
        for node in own:
            if not _fits(node.text):
                message = f"{plural}: a term is too long for an address, so its page's address has only its beginning"
                problems.append(page.loss(message, node.mark, "shorten it"))
        for text, meant in _paired([node.text for node in own], [node.text for node in wanted]):
            votes.setdefault((language, text), Counter())[meant] += 1
        if page is not source and own and len(own) != len(wanted):
            message = (
                f"{plural}: {counted(len(own), 'term')}, {len(wanted)} in {source.path}, which hold for all languages"
            )
            problems.append(page.loss(message, page.front[plural].key, "put what is missing there"))


def _paired(own: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair each term of a translation with a term of the source: by the same word, or else by position."""
    shared = set(own) & set(wanted)
    rest, others = ([text for text in texts if text not in shared] for texts in (own, wanted))
    yield from ((text, text) for text in own if text in shared)
    yield from zip(rest, others if len(rest) == len(others) else rest, strict=True)


def made_page(site: HugoSite, language: str, key: Key, url: str, title: str) -> HugoPage:
    """Return a page without a file."""
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
