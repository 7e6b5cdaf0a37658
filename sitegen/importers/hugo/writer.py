"""The files of a site here, made of those of a Hugo site: pages with their front matter, kinds.yaml, site.yaml; as texts."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sitegen.i18n.language import Language
from sitegen.i18n.starter import starter_words
from sitegen.importers.html import Dialect
from sitegen.importers.hugo.links import Links
from sitegen.importers.hugo.markdown import Adapted, adapt, list_anchors
from sitegen.importers.hugo.pages import FOREIGN, Adopted, Family, terms_of
from sitegen.importers.hugo.shortcodes import replace_shortcodes
from sitegen.importers.hugo.site import HugoPage, Setting
from sitegen.importers.infer import declaration, fits, written
from sitegen.model.urls import parent_key
from sitegen.model.values import Key
from sitegen.problems.problem import Problem
from sitegen.source.edits import Traced
from sitegen.source.front_matter import list_item, page_text
from sitegen.source.mark import Mark
from sitegen.source.scalars import scalar
from sitegen.source.text import problem_at
from sitegen.source.yaml import Node

#: Field here → names that it has in Hugo, the first that is filled in.
_FACTS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "updated": ("lastmod", "modified"),
    "publish": ("publishdate", "pubdate", "published"),
    "expires": ("expirydate", "unpublishdate"),
    "order": ("weight",),
    "draft": ("draft",),
}


@dataclass
class Rewriter:
    """Writes every page's files anew.

    Attributes:
        claims: address below the site's own → the page that it is, or leads to.
    """

    folder: Path
    adopted: Adopted
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.links = Links(self.folder, self.adopted)
        self.dialect = _dialect(self.adopted)
        self.claims = {
            _joined(language, *self.adopted.segments(key, language)): key
            for key in self.adopted.families
            for language in self.adopted.site.languages
        }

    def texts(self) -> dict[str, str]:
        """Path → text, of all pages and both files of settings."""
        plain = {page.path: self._without_shortcodes(page) for page in self._pages()}
        self.links.anchors = {
            (page.language, self.adopted.of[page.language, page.key]): list_anchors(
                plain[page.path], page.text("title"), self.dialect
            )
            for page in self._pages()
        }
        self.links.place_bundles()
        texts = {}
        for family in self.adopted.families.values():
            for language, page in family.versions.items():
                text = self._text(family, page, plain.get(page.path, Traced("")))
                texts[f"content{family.key}index.{language}.md"] = text
        texts["content/kinds.yaml"] = _kinds(self.adopted)
        if Key("/search/") not in self.adopted.families and "search" not in self.adopted.fields:
            texts.update(self._search())
            texts["content/kinds.yaml"] += "search:\n  template: search.html\n"
        return {**texts, "content/site.yaml": self._settings()}

    def _search(self) -> dict[str, str]:
        """A page to search the site, in the languages that the starter knows."""
        found = {}
        for path, own in self.adopted.site.languages.items():
            is_source = path == self.adopted.site.default
            language = Language(tag=own.tag, path=path, fallback=(), formats=own.tag)
            words = starter_words(language, "en" if is_source else "")
            if words is not None:
                front = ["kind: search"] if is_source else []
                front += [f"{name}: {scalar(text)}" for name, text in words["search"].items()]
                found[f"content/search/index.{path}.md"] = page_text(front)
        return found

    def _pages(self) -> Iterator[HugoPage]:
        for family in self.adopted.families.values():
            yield from (page for page in family.versions.values() if page.path)

    def _without_shortcodes(self, page: HugoPage) -> Traced:
        def param(name: str) -> str | None:
            found = page.text(name.lower()) or self.adopted.site.setting("params", name.lower())
            return None if found is None or found == "" else str(found)

        return replace_shortcodes(
            page.body,
            lambda named: self.links.logical(page, named),
            param,
            lambda *told: self._tell(page, "shortcode", *told),
        )

    def _tell(self, page: HugoPage, code: str, message: str, offset: int, hint: str) -> None:
        """Note what can't be brought of a page's body, at a place there."""
        before = page.body[:offset]
        mark = Mark(page.first_line + before.count("\n"), offset - (before.rfind("\n") + 1) + 1)
        self.problems.append(page.problem(code, message, mark, hint))

    def _text(self, family: Family, page: HugoPage, body: Traced) -> str:
        made = adapt(
            body,
            page.text("title"),
            self.dialect,
            lambda target, is_picture: self.links.target(page, target),
            lambda *told: self._tell(page, "not-imported", *told),
            has_ids=page is family.head,
        )
        return page_text(self._front(family, page, made), made.text.strip("\n"))

    def _front(self, family: Family, page: HugoPage, made: Adapted) -> Iterator[str]:
        is_source = page.language == family.source
        fields = self.adopted.fields[family.kind]
        self._tell_foreign(page)
        if is_source:
            if family.kind != self._inherited(family.key):
                yield f"kind: {family.kind}"
            yield from self._facts(family, page)
        else:
            self._tell_other_facts(family, page)
        yield f"title: {scalar(page.text('title') or made.title or _title_of(family.key))}"
        if summary := page.text("description") or page.text("summary") or made.summary:
            yield f"summary: {scalar(summary)}"
        if slug := self._slug(family, page):
            yield f"slug: {scalar(slug)}"
        if not is_source and page.text("draft") == "true":
            yield "draft: true"
        for name, declared in fields.items():
            node = page.front.get(name)
            if node is not None and node.value is not None and declared.side == "words":
                yield f"{declared.name}: {written(declared, node)}"

    def _slug(self, family: Family, page: HugoPage) -> str:
        """The last part of the address, where it would be another one without this."""
        own = self.adopted.slug(family.key, page.language)
        inherited = "" if page is family.head else self.adopted.slug(family.key, family.source)
        return own or (family.key.rstrip("/").rpartition("/")[2] if inherited else "")

    def _inherited(self, key: Key) -> str:
        """The kind of a page that does not say it."""
        above = parent_key(key)
        parent = self.adopted.families.get(above) if above is not None else None
        return _kind_below(self.adopted, parent.kind) if parent else "page"

    def _facts(self, family: Family, page: HugoPage) -> Iterator[str]:
        for name in _FACTS:
            if value := self._fact(page, name):
                yield f"{name}: {value}"
        if aliases := list(self._aliases(family)):
            yield f"aliases: [{', '.join(list_item(alias) for alias in aliases)}]"
        for name, declared in self.adopted.fields[family.kind].items():
            node = page.front.get(name)
            if node is None or node.value is None or declared.side == "words":
                continue
            if declared.item is not None and declared.item.type == "page":
                keys = (self.adopted.terms[name, page.language, term.text] for term in terms_of(page, name))
                yield f"{declared.name}: [{', '.join(dict.fromkeys(keys))}]"
            else:
                yield f"{declared.name}: {written(declared, node)}"

    def _fact(self, page: HugoPage, name: str) -> str:
        """A fact that every page may have, as it is written here; "" for none."""
        own = next((own for own in _FACTS[name] if page.text(own)), None)
        if own is None:
            return ""
        text = page.text(own)
        if name == "draft":
            return "true" if text == "true" else ""
        if name == "order":
            return "" if _weight(page.front[own]) == float("inf") else text
        if not fits("date", replace(page.front[own], value=text[:10], text=text[:10])):
            self.problems.append(
                page.problem(
                    "not-imported", f"{own}: '{text}' is no day", page.front[own].mark, "write it as 2026-01-31"
                )
            )
            return ""
        if text[10:19].strip("T Z0:") and name in ("publish", "expires"):
            self.problems.append(
                page.problem("not-imported", f"{own}: days count here, not times", page.front[own].mark, "")
            )
        return text[:10]

    def _aliases(self, family: Family) -> Iterator[str]:
        """Addresses in Hugo that are others here, in each language."""
        for language, page in family.versions.items():
            prefix = self.adopted.site.languages[language].prefix
            own = page.url.removeprefix(prefix.rstrip("/"))
            folder = own.rstrip("/").rpartition("/")[0]
            aliases = ((node.text, node.mark) for node in terms_of(page, "aliases"))
            for old, mark in ((own, None), *aliases):
                parts = old.split("/") if old.startswith("/") else f"{folder}/{old}".split("/")
                address = _joined(language, *parts)
                if address not in self.claims:
                    self.claims[address] = family.key
                    yield address
                elif self.claims[address] != family.key and mark is not None:
                    message = f"aliases: '{old}' is the address of another page too"
                    self.problems.append(page.problem("not-imported", message, mark, "let it lead to one of them"))

    def _tell_foreign(self, page: HugoPage) -> None:
        """What a page says and nobody reads here."""
        if page.text("description") and page.text("summary"):
            message = "summary: left out, as the description is the summary here"
            self.problems.append(page.problem("not-imported", message, page.front["summary"].key))
        for name in FOREIGN & page.front.keys():
            message = f"'{page.names[name]}' tells Hugo how to build, and has no counterpart"
            self.problems.append(page.problem("not-imported", message, page.front[name].key))

    def _tell_other_facts(self, family: Family, page: HugoPage) -> None:
        """Facts hold for all languages; those of a translation that differ are told."""
        head = family.head
        if head.text("draft") == "true" and page.text("draft") != "true":
            hint = "publish the source, or hold back its language alone"
            self.problems.append(page.problem("not-imported", f"held back, as {head.path} is a draft", None, hint))
        for name, names in _FACTS.items():
            own = next((own for own in names if page.text(own)), None)
            theirs = next((head.text(other) for other in names if head.text(other)), "")
            if own and name != "draft" and page.text(own)[:10] != theirs[:10]:
                message = f"{own}: '{page.text(own)}' is not what {head.path} has, which holds for all languages"
                self.problems.append(page.problem("not-imported", message, page.front[own].mark))

    # settings

    def _settings(self) -> str:
        site = self.adopted.site
        base = site.base_url if site.base_url.startswith(("https://", "http://")) else "https://example.org/"
        lines = ["# Made of a site of Hugo; from now on it is yours.", "title:"]
        lines += [f"  {path}: {scalar(language.title)}" for path, language in site.languages.items()]
        lines += [f"base_url: {scalar(base)}", f"source_language: {site.default}", "languages:"]
        for path, language in site.languages.items():
            own = "" if path == language.tag else f", path: {path}"
            lines.append(f"  - {{tag: {language.tag}{own}}}")
        if site.languages[site.default].prefix == "/":
            lines += ["# Addresses without a language led to this one, and still do.", f"unprefixed: {site.default}"]
        zone = site.setting("timezone")
        if zone in zoneinfo.available_timezones():
            lines.append(f"time_zone: {zone}")
        lines += ["# Templates, style and messages that the site has not itself.", "theme: default"]
        menus = self._menus()
        lines += (
            ["menus:", *(f"  {scalar(name)}: [{', '.join(keys)}]" for name, keys in menus.items())] if menus else []
        )
        return "\n".join(lines) + "\n"

    def _menus(self) -> dict[str, list[str]]:
        """Menus of the settings and of front matter, in the order of their weights: name → entries as they are written."""
        menus: dict[str, dict[str, _Entry]] = {}
        for name, entry in (*self._menus_of_settings(), *self._menus_of_pages()):
            known = menus.setdefault(name, {}).setdefault(entry.target, entry)
            known.labels.update(
                {language: text for language, text in entry.labels.items() if language not in known.labels}
            )
        return {name: _written_menu(list(entries.values())) for name, entries in sorted(menus.items())}

    def _menus_of_settings(self) -> Iterator[tuple[str, _Entry]]:
        site = self.adopted.site
        home = self.adopted.families[Key("/")]
        tables = [(site.default, site.settings[name]) for name in ("menus", "menu") if name in site.settings]
        languages = site.settings.get("languages")
        named = languages.node.value if languages and isinstance(languages.node.value, dict) else {}
        for path, node in named.items():
            own = (node.value.get(name) for name in ("menus", "menu") if isinstance(node.value, dict))
            tables += [(path, Setting(languages.path, menu)) for menu in own if menu is not None]  # type: ignore[union-attr]
        tables += [
            (path, site.settings[f"{name}.{path}"])
            for path in site.languages
            for name in ("menus", "menu")
            if f"{name}.{path}" in site.settings
        ]
        for language, table in tables:
            page = home.versions.get(language, home.head)
            for name, menu in table.node.value.items() if isinstance(table.node.value, dict) else ():
                for entry in menu.value if isinstance(menu.value, tuple) else ():
                    if isinstance(entry.value, dict):
                        yield from self._entry(page, language, name, entry, table.path)

    def _entry(self, page: HugoPage, language: str, menu: str, entry: Node, path: str) -> Iterator[tuple[str, _Entry]]:
        own = {name: node.text for name, node in entry.value.items()}
        target = own.get("pageref") or own.get("url") or ""
        key = self.links.find_page(page, target) if target.startswith("/") or "pageref" in own else None
        labels = {language: own["name"]} if own.get("name") else {}
        weight, names = _weight(entry.value.get("weight")), (own.get("identifier", ""), own.get("name", ""))
        if key is not None:
            yield menu, _Entry(key, weight, own.get("parent", ""), (*names, key), labels)
        elif re.match("https?://", target) and labels:
            yield menu, _Entry(target, weight, own.get("parent", ""), names, labels)
        else:
            message = f"menus.{menu}: '{own.get('name') or target}' leads to no page of the site"
            hint = "menus name pages and addresses that begin with https://; put it into a template"
            self.problems.append(problem_at(path, "not-imported", message, entry.key or entry.mark, hint))

    def _menus_of_pages(self) -> Iterator[tuple[str, _Entry]]:
        for family in self.adopted.families.values():
            for name in ("menu", "menus"):
                node = family.head.front.get(name)
                if node is None or node.value is None:
                    continue
                if isinstance(node.value, dict):
                    for menu, entry in node.value.items():
                        own = entry.value if isinstance(entry.value, dict) else {}
                        above = own["parent"].text if "parent" in own else ""
                        names = tuple(own[key].text for key in ("identifier", "name") if key in own)
                        yield menu, _Entry(family.key, _weight(own.get("weight")), above, (*names, family.key), {})
                else:
                    for item in node.value if isinstance(node.value, tuple) else (node,):
                        weight = _weight(family.head.front.get("weight"))
                        yield item.text, _Entry(family.key, weight, "", (family.key,), {})


@dataclass(frozen=True)
class _Entry:
    """An entry of a menu of Hugo's.

    Attributes:
        target: content path of a page, or an address elsewhere.
        parent: a name of the entry above it; "" for none.
        names: by which entries below it call it.
        labels: language path → what it is called there.
    """

    target: str
    weight: float
    parent: str
    names: tuple[str, ...]
    labels: dict[str, str]


def _written_menu(entries: Sequence[_Entry]) -> list[str]:
    """The entries of a menu as site.yaml has them, those below another within it."""
    places = {name: entry for entry in entries for name in entry.names if name}
    below: dict[str, list[_Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.weight, entry.target)):
        above = places.get(entry.parent) if entry.parent else None
        below.setdefault(above.target if above is not None and above is not entry else "", []).append(entry)

    def written(entry: _Entry, above: frozenset[str]) -> str:
        inner = [
            written(child, above | {entry.target}) for child in below.get(entry.target, ()) if child.target not in above
        ]
        is_page = entry.target.startswith("/")
        if is_page and not inner:
            return entry.target
        label = ", ".join(f"{language}: {list_item(text)}" for language, text in sorted(entry.labels.items()))
        parts = [f"page: {entry.target}" if is_page else f"url: {list_item(entry.target)}"]
        parts += [f"label: {{{label}}}"] if not is_page else []
        parts += [f"entries: [{', '.join(inner)}]"] if inner else []
        return "{" + ", ".join(parts) + "}"

    return [written(entry, frozenset({entry.target})) for entry in below.get("", ())]


def _weight(node: Node | None) -> float:
    """The weight of an entry; the last for none, as for nought."""
    weight = node.value if node is not None else None
    return weight if isinstance(weight, (int, float)) and weight else float("inf")


def _joined(*parts: str) -> str:
    return "/".join(("", *filter(None, parts), ""))


def _title_of(key: Key) -> str:
    return key.rstrip("/").rpartition("/")[2].replace("-", " ").capitalize() or "Home"


def _dialect(adopted: Adopted) -> Dialect:
    site = adopted.site
    goldmark = ("markup", "goldmark")
    return Dialect(
        has_html=site.setting(*goldmark, "renderer", "unsafe") is True,
        has_attributes=site.setting(*goldmark, "parser", "attribute", "block") is True,
        has_addresses=site.setting(*goldmark, "extensions", "linkify") is not False,
    )


def _kind_below(adopted: Adopted, kind: str) -> str:
    """The kind of pages below one of a kind, unless they say another."""
    singular = next((t.singular for t in adopted.taxonomies if t.plural == kind), kind)
    return singular if singular in adopted.fields else kind


def _kinds(adopted: Adopted) -> str:
    """kinds.yaml: a kind for each section and type, with the fields that its pages have."""
    lines = [
        "# Made of a site of Hugo: a kind for each of its sections, types and taxonomies; from now on it is yours.",
        "",
    ]
    for kind, fields in sorted(adopted.fields.items(), key=lambda entry: (entry[0] != "page", entry[0])):
        lines += [f"{kind}:", "  template: page.html"]
        if kind != "page":
            lines.append(f"  children: {{kind: {_kind_below(adopted, kind)}, sort: {adopted.sorts[kind]}}}")
        for side in ("facts", "words"):
            own = [declared for declared in fields.values() if declared.side == side]
            lines += [f"  {side}:", *(f"    {one.name}: {declaration(one)}" for one in own)] if own else []
        lines.append("")
    return "\n".join(lines)
