"""Converts the front matter of Hugo pages: facts go to the source version only, words to every version."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.importers.hugo.inferred_fields import FOREIGN
from sitegen.importers.hugo.markdown import Adapted
from sitegen.importers.hugo.pages import Adopted
from sitegen.importers.hugo.site import Family, HugoPage
from sitegen.importers.hugo.terms import terms_of
from sitegen.importers.infer import fits, title_of, written
from sitegen.model.aliases import fault_of_alias
from sitegen.model.page import Key
from sitegen.model.urls import join_key, last_part, parent_key
from sitegen.problems.problem import Problem
from sitegen.source.front_matter import list_item
from sitegen.source.scalars import scalar
from sitegen.source.yaml import Node

#: Our field → its names in Hugo; the first one that is filled in is used.
_FACTS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "updated": ("lastmod", "modified"),
    "publish": ("publishdate", "pubdate", "published"),
    "expires": ("expirydate", "unpublishdate"),
    "order": ("weight",),
    "draft": ("draft",),
}
#: Fields that are one text, number or date.
_TEXTS = {"title", "description", "summary", "slug", "url", "type", "translationkey", "headless"}.union(
    *_FACTS.values()
)


class FrontMatter(Struct, dict=True):
    """Writes the front matter of all pages."""

    adopted: Adopted
    problems: list[Problem]  #: list to which problems are added
    #: Address relative to the site's → the page at this address, or to which it redirects.
    claims: dict[str, Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.claims = {
            _joined(language, *self.adopted.segments(key, language)): key
            for key in self.adopted.families
            for language in self.adopted.site.languages
        }

    def lines(self, family: Family, page: HugoPage, made: Adapted) -> Iterator[str]:
        is_source = page.language == family.source
        fields = self.adopted.fields[family.kind]
        self._tell_foreign(page)
        if is_source:
            if family.kind != self._inherited(family.key):
                yield f"kind: {family.kind}"
            yield from self._facts(family, page)
        else:
            self._tell_other_facts(family, page)
        yield f"title: {scalar(page.text('title') or made.title or title_of(family.key))}"
        if summary := page.text("description") or page.text("summary") or made.summary:
            yield f"summary: {scalar(summary)}"
        if slug := self._slug(family, page):
            yield f"slug: {scalar(slug)}"
        if "keywords" not in fields and (words := terms_of(page, "keywords")):
            yield f"keywords: [{', '.join(list_item(word.text) for word in words)}]"
        if not is_source and page.text("draft") == "true":
            yield "draft: true"
        for name, declared in self.adopted.fields_of(family, page):
            if declared.side == "words":
                yield f"{declared.name}: {written(declared, page.front[name])}"

    def _slug(self, family: Family, page: HugoPage) -> str:
        """Return the slug, if the address would differ without it; otherwise ""."""
        own = self.adopted.slug(family.key, page.language)
        inherited = "" if page is family.head else self.adopted.slug(family.key, family.source)
        return own or (last_part(family.key) if inherited else "")

    def _inherited(self, key: Key) -> str:
        """Return the default kind of a page."""
        above = parent_key(key)
        parent = self.adopted.families.get(above) if above is not None else None
        return self.adopted.kind_below(parent.kind) if parent else "page"

    def _facts(self, family: Family, page: HugoPage) -> Iterator[str]:
        for name in _FACTS:
            if value := self._fact(page, name):
                yield f"{name}: {value}"
        if aliases := list(self._aliases(family)):
            yield f"aliases: [{', '.join(list_item(alias) for alias in aliases)}]"
        for name, declared in self.adopted.fields_of(family, page):
            if declared.side == "words":
                continue
            if declared.item is not None and declared.item.type == "page":
                keys = (self.adopted.terms[name, page.language, term.text] for term in terms_of(page, name))
                yield f"{declared.name}: [{', '.join(dict.fromkeys(keys))}]"
            else:
                yield f"{declared.name}: {written(declared, page.front[name])}"

    def _fact(self, page: HugoPage, name: str) -> str:
        """Return a fact that all pages can have, as written in our front matter; "" if there is none."""
        own = next((own for own in _FACTS[name] if page.text(own)), None)
        if own is None:
            return ""
        text = page.text(own)
        if name == "draft":
            return "true" if text == "true" else ""
        if name == "order":
            return "" if weight_of(page.front[own]) == float("inf") else text
        if not fits("date", replace(page.front[own], value=text[:10], text=text[:10])):
            message, hint = f"{own}: '{text}' is not a date", "write it as 2026-01-31"
            self.problems.append(page.loss(message, page.front[own].mark, hint))
            return ""
        if text[10:19].strip("T Z0:") and name in ("publish", "expires"):
            message = f"{own}: only the day is used here, not the time"
            self.problems.append(page.loss(message, page.front[own].mark))
        return text[:10]

    def _aliases(self, family: Family) -> Iterator[str]:
        """Yield the old addresses in each language that differ from the new ones."""
        for language, page in family.versions.items():
            prefix = self.adopted.site.languages[language].prefix
            own = page.url.removeprefix(prefix.rstrip("/"))
            folder = own.rstrip("/").rpartition("/")[0]
            aliases = ((node.text, node.mark) for node in terms_of(page, "aliases"))
            for old, mark in ((own, None), *aliases):
                address = _joined(language, *join_key(Key(f"{folder}/"), old).split("/"))
                if fault := fault_of_alias(address):
                    message = f"aliases: '{old}' is left out: {fault}"
                    self.problems.append(page.loss(message, mark, "redirect it on the server"))
                elif address not in self.claims:
                    self.claims[address] = family.key
                    yield address
                elif self.claims[address] != family.key and mark is not None:
                    message = f"aliases: '{old}' is the address of another page too"
                    self.problems.append(page.loss(message, mark, "keep it on one of them"))

    @cached_property
    def _lists(self) -> frozenset[str]:
        """The fields that are lists of texts."""
        return frozenset({"aliases", "keywords", *(taxonomy.plural for taxonomy in self.adopted.taxonomies)})

    def _tell_foreign(self, page: HugoPage) -> None:
        """Report fields that have no use here, or another shape than Hugo's."""
        self.problems += _find_misshaped(page, self._lists)
        if page.text("description") and page.text("summary"):
            message = "summary: left out, as the description is the summary here"
            self.problems.append(page.loss(message, page.front["summary"].key))
        for name in FOREIGN & page.front.keys():
            message = f"'{page.names[name]}' is a build setting of Hugo without a counterpart"
            self.problems.append(page.loss(message, page.front[name].key))

    def _tell_other_facts(self, family: Family, page: HugoPage) -> None:
        """Report facts of a translation that differ from the source's, as facts are the same in all languages."""
        head = family.head
        if head.text("draft") == "true" and page.text("draft") != "true":
            hint = "publish the source, or hold back only its language"
            self.problems.append(page.loss(f"held back, as {head.path} is a draft", None, hint))
        for name, names in _FACTS.items():
            own = next((own for own in names if page.text(own)), None)
            theirs = next((head.text(other) for other in names if head.text(other)), "")
            if own and name != "draft" and page.text(own)[:10] != theirs[:10]:
                message = f"{own}: '{page.text(own)}' is not what {head.path} has, which holds for all languages"
                self.problems.append(page.loss(message, page.front[own].mark))


def _find_misshaped(page: HugoPage, lists: Collection[str]) -> Iterator[Problem]:
    """Report the built-in fields whose value is left out because of its shape."""
    for name, node in page.front.items():
        if fault := _fault_of_shape(name, node, lists):
            why, hint = fault
            yield page.loss(f"'{page.names[name]}' is left out{why}", node.key, hint)


def _fault_of_shape(name: str, node: Node, lists: Collection[str]) -> tuple[str, str] | None:
    """Return where or why a value is left out, and what to do; None if its shape is right."""
    if name in _TEXTS and _is_filled_collection(node):
        return f", as it is {node.type_name}", "write it as one text"
    if name in lists and any(map(_is_filled_collection, node.items)):
        return " where it is not a list of texts", "write it as [one, two]"
    if name == "weight" and node.text and not isinstance(node.value, (int, float)):
        return f", as '{node.text}' is not a number", "write it as a number"
    if name in ("draft", "headless") and node.text.lower() not in ("", "true", "false"):
        return f", as '{node.text}' is neither true nor false", "write true or false"
    return None


def _is_filled_collection(node: Node) -> bool:
    return isinstance(node.value, (dict, tuple)) and bool(node.value)


def weight_of(node: Node | None) -> float:
    """Return the weight of an entry; infinity, which sorts last, if it is missing or 0."""
    weight = node.value if node is not None else None
    return weight if isinstance(weight, (int, float)) and weight else float("inf")


def _joined(*parts: str) -> str:
    return "/".join(("", *filter(None, parts), ""))
