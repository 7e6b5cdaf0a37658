"""Writes a Hugo site in our format: pages, kinds.yaml, blocks.yaml with its templates, site.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sitegen.i18n.language import Language
from sitegen.i18n.starter_words import starter_words
from sitegen.importers.hugo.bodies import Bodies
from sitegen.importers.hugo.front_matter import FrontMatter
from sitegen.importers.hugo.links import Links
from sitegen.importers.hugo.menus import Menus
from sitegen.importers.hugo.pages import Adopted
from sitegen.importers.hugo.site import HugoSite
from sitegen.importers.infer import declaration
from sitegen.importers.site_settings import first_lines
from sitegen.model.base_url import is_site_url
from sitegen.model.dates_and_times import time_zones
from sitegen.model.page import Key
from sitegen.problems.problem import Problem
from sitegen.source.front_matter import page_text
from sitegen.source.scalars import scalar
from sitegen.source.text import problem_at


def texts_of(folder: Path, adopted: Adopted, links: Links, problems: list[Problem]) -> dict[str, str]:
    """Return path → text for all pages, the settings and the blocks with their templates.

    Args:
        problems: list to which what can't be converted is added.
    """
    links.place_bundles()
    bodies = Bodies(folder, adopted, links, problems)
    bodies.read()
    front = FrontMatter(adopted, problems)
    texts = {}
    for family in adopted.families.values():
        for language, page in family.versions.items():
            body = bodies.adapted(family, page)
            written = page_text(front.lines(family, page, body), body.text.strip("\n"))
            texts[f"content{family.key}index.{language}.md"] = written
    texts |= bodies.declared.texts()
    texts["content/kinds.yaml"] = _kinds(adopted)
    if Key("/search/") not in adopted.families and "search" not in adopted.fields:
        texts.update(_search(adopted.site))
        texts["content/kinds.yaml"] += "search:\n  template: search.html\n"
    menus = Menus(adopted, links, problems).written()
    texts["content/site.yaml"] = _settings(adopted.site, menus, problems, has_formulas=bodies.has_formulas)
    return texts


def _search(site: HugoSite) -> dict[str, str]:
    """Return a search page, in the languages that the starter supports."""
    found = {}
    for path, own in site.languages.items():
        is_source = path == site.default
        language = Language(tag=own.tag, path=path, fallback=(), formats=own.tag)
        words = starter_words(language, "en" if is_source else "")
        if words is not None:
            front = ["kind: search"] if is_source else []
            front += [f"{name}: {scalar(text)}" for name, text in words["search"].items()]
            found[f"content/search/index.{path}.md"] = page_text(front)
    return found


def _settings(
    site: HugoSite, menus: Mapping[str, Sequence[str]], problems: list[Problem], *, has_formulas: bool
) -> str:
    if "baseurl" in site.settings and not is_site_url(site.base_url):
        path, mark = site.settings["baseurl"].path, site.settings["baseurl"].node.mark
        message = f"baseURL: '{site.base_url}' is not the address of a site"
        hint = "write it as base_url in content/site.yaml"
        problems.append(problem_at(path, "not-imported", message, mark, hint))
    titles = {path: language.title for path, language in site.languages.items()}
    tags = {path: language.tag for path, language in site.languages.items()}
    common = first_lines("a Hugo site", titles=titles, base_url=site.base_url, source=site.default, tags=tags)
    lines = [*common]
    if site.languages[site.default].prefix == "/":
        lines += ["# Addresses without a language led to this one, and still do.", f"unprefixed: {site.default}"]
    zone = site.setting("timezone")
    if zone in time_zones():
        lines.append(f"time_zone: {zone}")
    lines += [
        "# The source of the templates, styles and messages that the site does not have itself.",
        "theme: default",
    ]
    options = ["math: true"] if has_formulas else []
    options += ["highlight: true"] if site.setting("markup", "highlight", "codefences") is not False else []
    lines += [f"markdown: {{{', '.join(options)}}}"] if options else []
    if menus:
        lines += ["menus:", *(f"  {scalar(name)}: [{', '.join(keys)}]" for name, keys in menus.items())]
    return "\n".join(lines) + "\n"


def _kinds(adopted: Adopted) -> str:
    """Return kinds.yaml, with a kind for each section, type and taxonomy, and the fields of its pages."""
    lines = [
        "# Made from a Hugo site: a kind for each of its sections, types and taxonomies; from now on it is yours.",
        "",
    ]
    for kind, fields in sorted(adopted.fields.items(), key=lambda entry: (entry[0] != "page", entry[0])):
        lines += [f"{kind}:", "  template: page.html"]
        if kind != "page":
            lines.append(f"  children: {{kind: {adopted.kind_below(kind)}, sort: {adopted.sorts[kind]}}}")
        for side in ("facts", "words"):
            own = [declared for declared in fields.values() if declared.side == side]
            lines += [f"  {side}:", *(f"    {one.name}: {declaration(one)}" for one in own)] if own else []
        lines.append("")
    return "\n".join(lines)
